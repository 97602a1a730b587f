"""The manifest of a pack: its contents, its origin, and the hash of every file in it.

The last entry is the manifest's own seal: the SHA-256 of everything above it. So an accidental
change is found in any file, the manifest included. The seal has no key: it proves nothing against
somebody who rewrites files, manifest and seal together. To notice that, keep the seal in another
place than the pack, for example in the letter that accompanies it.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from kpa_analytics.audit.checksums import CHECKSUMS, checksums
from kpa_analytics.audit.file_differences import DETAILS, Difference, file_differences, files
from kpa_analytics.audit.litter import is_litter
from kpa_analytics.errors import KPADataError

MANIFEST = "manifest.json"
SIGNATURE = "manifest.json.sig"
TIMESTAMP = "manifest.json.tsr"
#: Raised when the meaning of a manifest changes.
FORMAT = 1

_SEAL = "seal"
#: Files that are made from the manifest, so that it can only announce them, by the fact that does.
ANNOUNCED = {"signature": SIGNATURE, "timestamp": TIMESTAMP}
#: Files by which a pack that has lost its manifest is still recognized.
_OF_A_PACK = (
    *(MANIFEST, "report.html", "audit.pdf", "records.csv", "expiry_status.csv"),
    "parts.csv",  # of several accounts
)


def write_manifest(folder: Path, facts: dict[str, Any]) -> str:
    """Write the manifest of a finished folder, after every other file, and return its seal.

    It lists every file except the litter of file managers (`litter`), and holds the facts.

    Examples:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "records.csv").write_text("id")
        >>> seal = write_manifest(folder, {"as_of": "2026-06-30"})
        >>> check_manifest(folder)
        []
    """
    content = {"format": FORMAT, **facts, "files": _to_list(folder)}
    seal = _seal(content)
    (folder / MANIFEST).write_bytes(_bytes({**content, _SEAL: seal}))
    return seal


def write_checksums(folder: Path) -> None:
    """Write manifest-sha256.txt of a finished folder, before its manifest, which lists it too."""
    (folder / CHECKSUMS).write_bytes(checksums(_to_list(folder)))


def _to_list(folder: Path) -> list[dict[str, Any]]:
    return [file for name, file in _but_manifest(folder).items() if not is_litter(folder / name)]


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read a pack's manifest, or raise a KPADataError that names the folder."""
    try:
        content: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError as error:
        raise KPADataError(
            f"{folder} is not a pack of this package: it has no {MANIFEST}"
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise KPADataError(f"{folder / MANIFEST} can't be read: {error}") from error
    _refuse_other_format(folder, content)
    return content


def refuse_other_folders(folder: Path) -> None:
    """Raise an error for a folder that has neither a manifest nor another file of a pack."""
    if folder.is_dir() and not any((folder / name).exists() for name in _OF_A_PACK):
        raise KPADataError(f"{folder} is not a pack of this package: it has no {MANIFEST}")


def check_manifest(folder: Path) -> list[Difference]:
    """Compare every file of a folder with its manifest.

    The result has one row per file that was changed, is missing or was added, and per added
    folder without files, sorted by path. A file left by a file manager or an office program is
    `litter`. If the seal is broken, the manifest itself comes first.
    """
    if not (folder / MANIFEST).is_file():
        return [Difference(MANIFEST, "missing", DETAILS["no manifest"])]
    raw = (folder / MANIFEST).read_bytes()
    try:
        content = json.loads(raw)
        seal = content.pop(_SEAL)
        listed = _listed(content["files"])
        listed |= {name: {} for fact, name in ANNOUNCED.items() if fact in content}
        sealed = seal == _seal(content) and raw == _bytes({**content, _SEAL: seal})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return [Difference(MANIFEST, "changed", DETAILS["unreadable manifest"])]
    if sealed:
        _refuse_other_format(folder, content)
    broken = [] if sealed else [Difference(MANIFEST, "changed", DETAILS["broken seal"])]
    if (folder / MANIFEST).is_symlink():
        broken = [Difference(MANIFEST, "changed", DETAILS["changed to a link"])]
    return broken + file_differences(folder, listed, _but_manifest(folder))


def _listed(entries: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The files by path; a ValueError if one has no hash or is listed twice."""
    listed = {file["path"]: dict(file) for file in entries}
    hashed = all(isinstance(file["sha256"], str) for file in entries)
    if (
        not hashed
        or len(listed) < len(entries)
        or not all(isinstance(path, str) for path in listed)
    ):
        raise ValueError("not a list of files and their hashes")
    return listed


def _refuse_other_format(folder: Path, content: Any) -> None:
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise KPADataError(f"{folder / MANIFEST} is not a manifest of this version ({FORMAT})")


def _but_manifest(folder: Path) -> dict[str, dict[str, Any]]:
    return {name: file for name, file in files(folder).items() if name != MANIFEST}


def _seal(content: dict[str, Any]) -> str:
    return hashlib.sha256(_bytes(content)).hexdigest()


def _bytes(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
