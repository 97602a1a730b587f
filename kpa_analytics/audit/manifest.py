"""The manifest of a pack: what it is, where it came from, and the hash of every file in it.

The last entry is the manifest's own seal: the SHA-256 of everything above it. So an accidental
change is found in any file, the manifest included. The seal has no key: it proves nothing against
somebody who rewrites files, manifest and seal together. To find that, keep the seal apart from the
pack, for example in the letter that accompanies it.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

from kpa_analytics.audit.checksums import CHECKSUMS, checksums
from kpa_analytics.audit.litter import is_litter
from kpa_analytics.errors import KPADataError

MANIFEST = "manifest.json"
#: Raised when the meaning of a manifest changes.
FORMAT = 1

_SEAL = "seal"
#: Files by which a pack that has lost its manifest is still recognized.
_OF_A_PACK = (MANIFEST, "report.html", "audit.pdf", "records.csv", "expiry_status.csv")


class Finding(NamedTuple):
    """A file or folder that differs from the manifest: its path in the pack, and what is wrong."""

    path: str
    finding: str
    detail: str


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
    return [file for path, file in _files(folder).items() if not is_litter(folder / path)]


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read a pack's manifest, or raise a KPADataError that names the folder."""
    try:
        content = json.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError as error:
        raise KPADataError(
            f"{folder} is not a pack of this package: it has no {MANIFEST}"
        ) from error
    except (OSError, ValueError) as error:
        raise KPADataError(f"{folder / MANIFEST} can't be read: {error}") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise KPADataError(f"{folder / MANIFEST} is not a manifest of this version ({FORMAT})")
    return content


def refuse_other_folders(folder: Path) -> None:
    """Raise an error for a folder that has neither a manifest nor another file of a pack."""
    if folder.is_dir() and not any((folder / name).exists() for name in _OF_A_PACK):
        raise KPADataError(f"{folder} is not a pack of this package: it has no {MANIFEST}")


def check_manifest(folder: Path) -> list[Finding]:
    """Compare every file of a folder with its manifest.

    The result has one finding per file that was changed, is missing or was added, and per added
    folder without files, sorted by path. A file left by a file manager or an office program is
    `litter`. If the seal is broken, the manifest itself comes first.
    """
    if not (folder / MANIFEST).is_file():
        return [Finding(MANIFEST, "missing", "nothing can be verified without it")]
    raw = (folder / MANIFEST).read_bytes()
    try:
        content = json.loads(raw)
        seal = content.pop(_SEAL)
        listed = {str(file["path"]): file for file in content["files"]}
        sealed = seal == _seal(content) and raw == _bytes({**content, _SEAL: seal})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return [Finding(MANIFEST, "changed", "it cannot be read, so nothing can be verified")]
    broken = [] if sealed else [Finding(MANIFEST, "changed", "its seal is broken")]
    findings = _differences(folder, listed, _files(folder)) + _empty_folders(folder, listed)
    return broken + sorted(findings)


def _empty_folders(folder: Path, listed: dict[str, Any]) -> list[Finding]:
    """The folders that were added and contain no file, or only litter."""
    files = [path for path in folder.rglob("*") if not _is_folder(path) and not is_litter(path)]
    holding = {parent for path in files for parent in path.parents}
    holding |= {parent for path in listed for parent in (folder / path).parents}
    return [
        Finding(
            _in_letters(path.relative_to(folder).as_posix()),
            "added",
            "a folder that is not in the manifest",
        )
        for path in folder.rglob("*")
        if _is_folder(path) and path not in holding
    ]


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _differences(folder: Path, listed: dict[str, Any], present: dict[str, Any]) -> list[Finding]:
    findings = []
    for path in sorted(listed.keys() | present.keys()):
        name = _in_letters(path)
        if path not in present:
            findings.append(Finding(name, "missing", "listed in the manifest, but not found"))
        elif path not in listed and is_litter(folder / path):
            findings.append(Finding(name, "litter", "left by a file manager or an office program"))
        elif path not in listed:
            findings.append(Finding(name, "added", "found, but not listed in the manifest"))
        elif listed[path] != present[path]:
            findings.append(
                Finding(name, "changed", "its content was changed after it was written")
            )
    return findings


def _in_letters(path: str) -> str:
    r"""A path with every undecodable byte escaped, e.g. `caf\udce9.txt`."""
    return path.encode("utf-8", "backslashreplace").decode()


def _files(folder: Path) -> dict[str, Any]:
    """Every file but the manifest, by its path in the folder: path, sha256, bytes."""
    paths = {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if not _is_folder(path)
    }
    return {name: _entry(name, path) for name, path in paths.items() if name != MANIFEST}


def _entry(name: str, path: Path) -> dict[str, Any]:
    if path.is_symlink() or not path.is_file():
        return {"path": name, "sha256": "", "bytes": 0}
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return {"path": name, "sha256": sha256, "bytes": path.stat().st_size}


def _seal(content: dict[str, Any]) -> str:
    return hashlib.sha256(_bytes(content)).hexdigest()


def _bytes(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
