"""`verify_audit()`: check that a pack agrees with its manifest, and who signed it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from kpa_analytics.audit.bagit import INFO, check_bag, is_bag, pack_in
from kpa_analytics.audit.file_differences import Difference
from kpa_analytics.audit.manifest import MANIFEST, check_manifest, read_manifest
from kpa_analytics.audit.sign import PublicKey, check_signature, public_key
from kpa_analytics.audit.timestamp import (
    Authority,
    authority,
    check_timestamp,
    what_the_timestamp_shows,
)
from kpa_analytics.errors import KPADataError
from kpa_analytics.paths import typed_path
from kpa_analytics.report_text import COLLECTION_NAMES
from kpa_analytics.schema import VERIFICATION
from kpa_analytics.wording import listing

_NOT_SIGNED = (
    "not signed: if somebody rewrote the files and the manifest together, only a seal that you "
    "received separately can show that"
)
_CHANGED = (
    "the records were changed after the download, before the pack was made: {which} (the report "
    "says how)"
)
_OF_A_BAG = f"{INFO} was not compared with the pack: neither seal nor signature covers it"


def verify_audit(
    out: str | os.PathLike[str],
    *,
    key: str | os.PathLike[str] | PublicKey | None = None,
    tsa_ca: str | os.PathLike[str] | Authority | None = None,
) -> pl.DataFrame:
    """Recompute the hash of every file of a pack and compare it with the manifest.

    The manifest is sealed by a hash of its own, which has no key. So without `key`, this finds
    files that were changed by accident or carelessly, but it does not notice if somebody rewrote
    the files and the manifest together. With the signer's public key it does. Or compare the seal
    (at the end of manifest.json) with a copy of it that was kept in another place.

    Args:
        out: the folder of a pack, written by `export_audit()` or `kpa-analytics demo`; or of a
            BagIt bag, written by `export_audit(bagit=True)`.
        key: the public key (a PEM file) of whoever must have signed the pack; default: the
            signature is not checked.
        tsa_ca: the certificates (a PEM file) of the authority that must have made the timestamp;
            default: a timestamp is only compared with the manifest.

    Returns:
        A frame in `schema.VERIFICATION`, sorted by path: one row per file that was changed, is
        missing or was added, and per added folder without files. A signature that the key does not
        accept is `unverified`; with a key, an absent signature is `missing`. A file that
        a file manager or an office program leaves in an opened folder (desktop.ini, Thumbs.db,
        .DS_Store, ~$audit.xlsx, .~lock.audit.xlsx#) is `litter`. If there are no rows, or only
        litter, the files are those in the manifest and the key, if given, accepts the signature.

    Raises:
        KPADataError: the folder does not exist, or a file in it or the key cannot be read.
        KPAError: a key is given, and the package cryptography is not installed.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "records.csv").write_text("id")
        >>> from kpa_analytics.audit.manifest import write_manifest
        >>> seal = write_manifest(folder, {"as_of": "2026-06-30"})
        >>> _ = (folder / "records.csv").write_text("ID")
        >>> verify_audit(folder).row(0)
        ('records.csv', 'changed', 'its content was changed after it was written')
    """
    folder = typed_path(out, utf8=False)
    if not folder.is_dir():
        raise KPADataError(
            f"{folder} is not a folder: give the folder of a pack, unpacked from its ZIP file if "
            "it came in one"
        )
    signer = key if key is None or isinstance(key, PublicKey) else public_key(key)
    trusted = tsa_ca if tsa_ca is None or isinstance(tsa_ca, Authority) else authority(tsa_ca)
    try:
        differences = check_bag(folder) if is_bag(folder) else check_manifest(folder)
        if not _manifest_differs(folder, differences):  # or else there is nothing to check
            if signer:
                differences = _with(check_signature(pack_in(folder), signer), differences, folder)
            differences = _with(check_timestamp(pack_in(folder), trusted), differences, folder)
    except OSError as error:
        raise KPADataError(f"{error.filename} can't be read: {error.strerror}") from error
    return pl.DataFrame(differences, schema=VERIFICATION.schema, orient="row")


def what_was_shown(folder: Path, *, key: PublicKey | None, tsa_ca: Authority | None) -> list[str]:
    """Say in lines what a verification without differences shows, and what it does not show.

    The lines also say if the manifest names demo data, or records that were changed.
    """
    pack = pack_in(folder)
    manifest = read_manifest(pack)
    if key:
        lines = [f"signed by the holder of the private key of {key}"]
    elif "signature" in manifest:
        lines = ["the signature was not checked: give the signer's public key with --key"]
    else:
        lines = [_NOT_SIGNED]
    if "timestamp" in manifest:
        lines.append(what_the_timestamp_shows(pack, tsa_ca))
    if is_bag(folder):
        lines.append(_OF_A_BAG)
    return [*_of_the_records(manifest), *lines]


def _of_the_records(manifest: Mapping[str, Any]) -> list[str]:
    """Lines for records that are demo data, or not as they were downloaded."""
    parts = manifest.get("parts", {}).values()  # those of the accounts
    changed = {name: None for each in (manifest, *parts) for name in each.get("altered", {})}
    lines = [manifest["notice"]] if "notice" in manifest else []
    if changed:
        which = listing([COLLECTION_NAMES[name] for name in changed])
        lines.append(_CHANGED.format(which=which))
    return lines


def _manifest_differs(folder: Path, differences: list[Difference]) -> bool:
    manifest = (pack_in(folder) / MANIFEST).relative_to(folder).as_posix()
    return any(difference.path == manifest for difference in differences)


def _with(
    difference: Difference | None, differences: list[Difference], folder: Path
) -> list[Difference]:
    """Add what is wrong with a signature or timestamp."""
    if difference is None:
        return differences
    place = pack_in(folder).relative_to(folder)
    named = difference._replace(path=(place / difference.path).as_posix())
    others = [other for other in differences if other[:2] != named[:2]]
    return sorted([*others, named])
