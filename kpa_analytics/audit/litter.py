"""Files that file managers and office programs leave in a folder that somebody opened."""

from __future__ import annotations

import re
from pathlib import Path

#: Their names; verify.html uses the same pattern.
LITTER = (
    r"desktop\.ini|(eh)?thumbs(_vista)?\.db(:encryptable)?"  # Windows Explorer
    r"|\.ds_store|\.localized|icon\r|\._.+"  # macOS Finder
    r"|\.directory"  # KDE
    r"|~\$.+"  # Microsoft Office, of an open document
    r"|\.~lock\..+#"  # LibreOffice, likewise
)
_LITTER = re.compile(LITTER, re.IGNORECASE | re.DOTALL)


def is_litter(path: Path) -> bool:
    """Whether a file has a name that only such programs use; never true of links and folders.

    Examples:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> (folder / "Thumbs.db").touch()
        >>> is_litter(folder / "Thumbs.db"), is_litter(folder / "audit.xlsx")
        (True, False)
    """
    return bool(_LITTER.fullmatch(path.name)) and path.is_file() and not path.is_symlink()
