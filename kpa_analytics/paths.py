"""Paths as people type them."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from kpa_analytics.errors import KPADataError
from kpa_analytics.utf8 import need_utf8_path


def typed_path(value: str | os.PathLike[str]) -> Path:
    """Read a path that may begin with `~` or `~name`, a home folder.

    Raises:
        KPADataError: the value is not a valid path, it is not UTF-8, a name in it is too long for
            this system, or the home folder does not exist; the message names the value.

    Examples:
        >>> typed_path("~no-such-user/audit")
        Traceback (most recent call last):
        kpa_analytics.errors.KPADataError: ~no-such-user/audit: there is no such home folder; ...
    """
    try:
        path = Path(value)
    except TypeError as error:
        raise KPADataError(f"a path must be text or a Path, not {value!r}") from error
    if "\0" in str(path):
        raise KPADataError(f"{str(path)!r} can't be a path: it contains a zero character")
    need_utf8_path(path)
    try:
        path = path.expanduser()
    except RuntimeError as error:
        raise KPADataError(f"{path}: there is no such home folder; write the whole path") from error
    _refuse_too_long(path)
    return path


def _refuse_too_long(path: Path) -> None:
    try:
        path.lstat()
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise KPADataError(
                f"{path} can't be a path: it is too long, or a name in it is; choose a shorter one"
            ) from error
