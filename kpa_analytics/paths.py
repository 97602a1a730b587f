"""Paths and URLs of folders as people type them."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from kpa_analytics.errors import KPADataError
from kpa_analytics.utf8 import need_utf8_path

#: The start of a URL. A single letter is a drive of Windows.
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:[/\\]")


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
    parts = _parts_of(url)
    shown = f"the address of {parts.scheme}://{parts.hostname or ''}..."
    if parts.password or ":" in unquote(parts.username or ""):
        raise KPADataError(
            f"{shown} must not have a password or a key in it: give the login in {login}"
        )
    if "?" in url or "#" in url:
        instead = "give the path, not a URL" if parts.scheme == "file" else ""
        raise KPADataError(
            f"{shown} must not have ? or # in it: {instead or f'give a key in {login}'}"
        )
    return parts


def refuse_path_of_url(path: str | os.PathLike[str]) -> None:
    """Raise a KPADataError for a URL of which a Path made a path: `Path("s3://bucket/folder")`."""
    if _SCHEME.match(os.fspath(path)):
        raise KPADataError(
            "folder is a URL with a single slash, as a Path makes it: give it as text, such as "
            "'s3://bucket/folder'"
        )


def _parts_of(url: str) -> SplitResult:
    """The parts of a URL; an error does not show the URL, which may have a password in it."""
    invalid = KPADataError("folder is not a valid URL: write one such as s3://bucket/folder")
    # Other programs may find a password in what is no URL here, or in the path after a wrong port.
    if not _SCHEME.match(url) or not url.isprintable():
        raise invalid
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise invalid from None
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
