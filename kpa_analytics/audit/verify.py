"""`verify_audit()`: check that a pack agrees with its manifest, and who signed it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import polars as pl

from kpa_analytics.audit.bagit import check_bag, is_bag, pack_in
from kpa_analytics.audit.differences import Finding
from kpa_analytics.audit.manifest import MANIFEST, check_manifest
from kpa_analytics.audit.sign import PublicKey, check_signature, public_key
from kpa_analytics.errors import KPADataError
from kpa_analytics.paths import typed_path
from kpa_analytics.schema import VERIFICATION


def verify_audit(
    out: str | os.PathLike[str], *, key: str | os.PathLike[str] | PublicKey | None = None
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
    folder = typed_path(out)
    if not folder.is_dir():
        raise KPADataError(f"{folder} is not a folder")
    signer = key if key is None or isinstance(key, PublicKey) else public_key(key)
    try:
        findings = check_bag(folder) if is_bag(folder) else check_manifest(folder)
        if signer:
            findings = _with_signature(findings, folder, signer)
    except OSError as error:
        raise KPADataError(f"{error.filename} can't be read: {error.strerror}") from error
    return pl.DataFrame(findings, schema=VERIFICATION.schema, orient="row")


def what_was_shown(manifest: dict[str, Any], key: PublicKey | None) -> str:
    """Say in one line what a verification without findings shows, and what it does not show."""
    if key:
        return f"signed by the holder of the private key of {key}"
    if "signature" in manifest:
        return (
            "there is a signature, which was not checked: give the signer's public key with --key"
        )
    return (
        "not signed: if somebody rewrote the files and the manifest together, only a seal that was "
        "kept apart from the pack shows it"
    )


def _with_signature(findings: list[Finding], folder: Path, key: PublicKey) -> list[Finding]:
    """Add what is wrong with the signature, unless the manifest was damaged or is missing."""
    finding = check_signature(pack_in(folder), key)
    place = pack_in(folder).relative_to(folder)
    damaged = {(place / MANIFEST).as_posix()} & {other.path for other in findings}
    if finding is None or damaged:
        return findings
    named = finding._replace(path=(place / finding.path).as_posix())
    others = [other for other in findings if other[:2] != named[:2]]
    return sorted([*others, named])
