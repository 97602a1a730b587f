"""Paths as people type them."""

from __future__ import annotations

import os
from pathlib import Path

from kpa_analytics.errors import KPADataError


def typed_path(value: str | os.PathLike[str]) -> Path:
    """Read a path that may begin with `~` or `~name`, a home folder.

    Raises:
        KPADataError: the value is not a valid path, or the home folder does not exist; the message
            names the value.

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
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise KPADataError(f"{path}: there is no such home folder; write the whole path") from error
