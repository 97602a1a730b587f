"""manifest-sha256.txt: the hashes of a pack's files, as the command `sha256sum -c` reads them.

Each file has one line: the SHA-256, two spaces, the path. Lines end in a line feed on every system,
because `sha256sum` reads a carriage return as a part of the name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

CHECKSUMS = "manifest-sha256.txt"

_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}


def checksums(files: Iterable[Mapping[str, Any]]) -> bytes:
    r"""The lines of the files of a manifest (their `path` and `sha256`), in their order.

    A name with a backslash or a line break is escaped, and its line begins with a backslash.

    Examples:
        >>> checksums([{"path": "staff list.csv", "sha256": "e3b0c442"}])
        b'e3b0c442  staff list.csv\n'
        >>> checksums([{"path": "two\nlines", "sha256": "e3b0c442"}])
        b'\\e3b0c442  two\\nlines\n'
    """
    return b"".join(_line(file["sha256"], file["path"]) for file in files)


def _line(sha256: str, path: str) -> bytes:
    escaped = "".join(_ESCAPES.get(sign, sign) for sign in path)
    mark = "\\" if escaped != path else ""
    return f"{mark}{sha256}  {escaped}\n".encode("utf-8", "surrogateescape")
