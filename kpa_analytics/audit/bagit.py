"""A pack as a bag of BagIt 1.0, which archives can check with their own tools.

The pack is in data/, exactly as it would be without the bag. Beside data/ are the bag's own files:
bagit.txt, bag-info.txt, manifest-sha256.txt (a hash of every file in data/) and
tagmanifest-sha256.txt (a hash of the other three).

Source: RFC 8493, The BagIt File Packaging Format (V1.0).
"""

from __future__ import annotations

import hashlib
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

from kpa_analytics.audit.checksums import CHECKSUMS
from kpa_analytics.audit.file_differences import DETAILS, Difference, file_differences, files
from kpa_analytics.audit.manifest import MANIFEST, check_manifest

PAYLOAD = "data"
DECLARATION = "bagit.txt"
INFO = "bag-info.txt"
TAG_CHECKSUMS = "tagmanifest-sha256.txt"

#: What bagit.txt says.
DECLARED = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
TAG_FILES = (INFO, DECLARATION, CHECKSUMS)
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
#: What RFC 8493 (2.1.3) encodes in a path, and nothing else.
_ENCODED = {"%": "%25", "\n": "%0A", "\r": "%0D"}


def write_bag(folder: Path, description: str) -> None:
    """Write the bag's own files beside data/, which must hold the finished pack.

    Args:
        folder: the folder of the bag.
        description: what the bag is, in one line.

    Examples:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> (folder / "data").mkdir()
        >>> _ = (folder / "data" / "records.csv").write_text("id")
        >>> write_bag(folder, "Training records as of 2026-06-30")
        >>> [file.name for file in sorted(folder.iterdir())]
        ['bag-info.txt', 'bagit.txt', 'data', 'manifest-sha256.txt', 'tagmanifest-sha256.txt']
    """
    payload = {f"{PAYLOAD}/{name}": file for name, file in files(folder / PAYLOAD).items()}
    info = {
        "External-Description": description,
        "Bag-Software-Agent": f"kpa_analytics {version('kpa-analytics')}",
        "Payload-Oxum": f"{sum(file['bytes'] for file in payload.values())}.{len(payload)}",
    }
    (folder / DECLARATION).write_bytes(DECLARED)
    lines = "".join(f"{name}: {value}\n" for name, value in info.items())
    (folder / INFO).write_bytes(lines.encode())
    (folder / CHECKSUMS).write_bytes(
        _lines({name: file["sha256"] for name, file in payload.items()})
    )
    (folder / TAG_CHECKSUMS).write_bytes(_tag_lines(folder))


def is_bag(folder: Path) -> bool:
    """Whether a folder is a bag rather than a pack; true also if the bag has lost files."""
    if (folder / MANIFEST).exists():
        return False
    return (folder / DECLARATION).exists() or (folder / PAYLOAD / MANIFEST).exists()


def pack_in(folder: Path) -> Path:
    """The folder of the pack: data/ of a bag, or else the folder itself."""
    return folder / PAYLOAD if is_bag(folder) else folder


def check_bag(folder: Path) -> list[Difference]:
    """Compare a bag with its own manifests, and the pack in it with manifest.json.

    Returns:
        As `check_manifest()`, with paths from the folder of the bag.
    """
    of_pack = [
        difference._replace(path=f"{PAYLOAD}/{difference.path}")
        for difference in check_manifest(folder / PAYLOAD)
    ]
    differences: dict[tuple[str, str], Difference] = {}
    for difference in [*of_pack, *_differences(folder)]:
        differences.setdefault((difference.path, difference.finding), difference)
    return sorted(differences.values())


def _differences(folder: Path) -> list[Difference]:
    tags: dict[str, Any] = {name: {} for name in TAG_FILES} | _read(folder / TAG_CHECKSUMS)
    payload = {
        name: file
        for name, file in _read(folder / CHECKSUMS).items()
        if name.startswith(f"{PAYLOAD}/")
    }
    differences = file_differences(folder, {**tags, **payload, TAG_CHECKSUMS: {}}, files(folder))
    whole = not {*tags, TAG_CHECKSUMS} & {difference.path for difference in differences}
    if not whole:
        return differences
    as_written = {
        DECLARATION: DECLARED,
        CHECKSUMS: _lines({name: file["sha256"] for name, file in payload.items()}),
        TAG_CHECKSUMS: _tag_lines(folder),
    }
    rewritten = [
        Difference(name, "changed", DETAILS["rewritten"])
        for name, content in as_written.items()
        if (folder / name).read_bytes() != content
    ]
    return [*differences, *rewritten]


def _tag_lines(folder: Path) -> bytes:
    return _lines(
        {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in TAG_FILES}
    )


def _lines(hashes: dict[str, str]) -> bytes:
    encoded = str.maketrans(_ENCODED)
    lines = [f"{sha256}  {name.translate(encoded)}\n" for name, sha256 in hashes.items()]
    return "".join(lines).encode("utf-8", "surrogateescape")


def _read(path: Path) -> dict[str, dict[str, str]]:
    """The hashes in one of the bag's manifests, by path; a line that cannot be read is left out."""
    if not path.is_file():
        return {}
    text = path.read_bytes().decode("utf-8", "replace")
    matches = [_LINE.fullmatch(line) for line in text.split("\n")]
    return {_decoded(match[2]): {"sha256": match[1]} for match in matches if match}


def _decoded(path: str) -> str:
    for sign, code in reversed(_ENCODED.items()):
        path = path.replace(code, sign)
    return path
