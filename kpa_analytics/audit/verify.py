"""`verify_audit()`: check that a pack is unchanged since it was written."""

from __future__ import annotations

import os

import polars as pl

from kpa_analytics.audit.bagit import check_bag, is_bag
from kpa_analytics.audit.manifest import check_manifest
from kpa_analytics.errors import KPADataError
from kpa_analytics.paths import typed_path
from kpa_analytics.schema import VERIFICATION


def verify_audit(out: str | os.PathLike[str]) -> pl.DataFrame:
    """Recompute the hash of every file of a pack and compare it with the manifest.

    The manifest is sealed by a hash of its own, which has no key. So this finds what was changed by
    accident or carelessly. It does not find that somebody rewrote the files and the manifest
    together; for that, keep the seal (at the end of manifest.json) apart from the pack.

    Args:
        out: the folder of a pack, as `export_audit()` or `kpa-analytics demo` made it; or of a
            BagIt bag, as `export_audit(bagit=True)` made it.

    Returns:
        A frame in `schema.VERIFICATION`, sorted by path: one row per file that was changed, is
        missing or was added, and per added folder without files. A file that a file manager or an
        office program leaves in an opened folder (desktop.ini, Thumbs.db, .DS_Store,
        ~$audit.xlsx, .~lock.audit.xlsx#) is `litter`. If there are no rows, or only litter, the
        files are those in the manifest.

    Raises:
        KPADataError: the folder does not exist, or a file in it cannot be read.

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
    try:
        findings = check_bag(folder) if is_bag(folder) else check_manifest(folder)
    except OSError as error:
        raise KPADataError(f"{error.filename} can't be read: {error.strerror}") from error
    return pl.DataFrame(findings, schema=VERIFICATION.schema, orient="row")
