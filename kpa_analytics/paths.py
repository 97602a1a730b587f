"""Paths and URLs of folders as people type them."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from kpa_analytics.errors import KPADataError
from kpa_analytics.utf8 import need_utf8_path


def typed_path(value: str | os.PathLike[str], *, utf8: bool = True) -> Path:
    """Read a path that may begin with `~` or `~name`, a home folder.

    `utf8`: whether the path must be UTF-8, because polars or typst writes there. Otherwise it only
    has to be a path of this system.

    Raises:
        KPADataError: the value is empty or not a valid path, it is not UTF-8, a name in it is too
            long for this system, or the home folder does not exist; the message names the value.

    Examples:
        >>> typed_path("~no-such-user/audit")
        Traceback (most recent call last):
        kpa_analytics.errors.KPADataError: ~no-such-user/audit: there is no such home folder; ...
    """
    try:
        path = Path(value)
    except TypeError as error:
        raise KPADataError(f"a path must be text or a Path, not {value!r}") from error
    if isinstance(value, str) and not value.strip():
        raise KPADataError(f"{value!r} can't be a path: it is empty")
    if "\0" in str(path):
        raise KPADataError(f"{str(path)!r} can't be a path: it contains a zero character")
    if utf8 or not _is_path(path):
        need_utf8_path(path)
    try:
        path = path.expanduser()
    except RuntimeError as error:
        raise KPADataError(f"{path}: there is no such home folder; write the whole path") from error
    _refuse_too_long(path)
    return path


def folder_url(url: str, *, login: str) -> SplitResult:
    """The parts of the URL of a folder, without a password or a key: files and errors show it.

    Args:
        url: the URL.
        login: where the password or the key can be given instead, for the error.

    Raises:
        KPADataError: it is not valid, is not UTF-8, or has a password, a query or a fragment. The
            message does not show them.

    Examples:
        >>> folder_url("s3a://key:hidden@bucket/kpa", login="the settings of Spark")
        Traceback (most recent call last):
        kpa_analytics.errors.KPADataError: the address of s3a://bucket... must not have a password
        or a key in it: give the login in the settings of Spark
    """
    need_utf8_path(url)
    try:
        parts = urlsplit(url)
    except ValueError:  # neither it nor the URL is shown: both may have a password in them
        raise KPADataError(
            "folder is not a valid URL: write one such as s3://bucket/folder"
        ) from None
    if parts.password or parts.query or parts.fragment:
        raise KPADataError(
            f"the address of {parts.scheme}://{parts.hostname or ''}... must not have a password "
            f"or a key in it: give the login in {login}"
        )
    return parts


def content_of(path: Path) -> bytes:
    """The content of a file.

    Raises:
        KPADataError: the file can't be read; the message names it.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise KPADataError(f"{path} can't be read: {error.strerror or error}") from error


def _is_path(path: Path) -> bool:
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return False
    return True


def _refuse_too_long(path: Path) -> None:
    try:
        path.lstat()
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise KPADataError(
                f"{path} can't be a path: it is too long, or a name in it is; choose a shorter one"
            ) from error
