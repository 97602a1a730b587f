"""A folder that appears whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kpa_analytics.errors import KPADataError
from kpa_analytics.paths import typed_path
from kpa_analytics.patience import patiently

#: How systems say that a folder holds something.
_OCCUPIED = (errno.ENOTEMPTY, errno.EEXIST)


@contextmanager
def new_folder(
    out: str | os.PathLike[str], *, replaces: Callable[[Path], bool] | None = None
) -> Iterator[Path]:
    """Fill a folder beside its place; it gets its name once everything in it is written.

    Of several writers at once only one gets the name; the others get an error. What another program
    holds for a moment (a virus scanner, a sync client) is tried again for about 2 seconds.

    Args:
        out: the folder to make; it must not exist, or be empty.
        replaces: tells of a folder that is not empty whether it may be replaced; default: none may.

    Yields:
        The folder to write into. Where the block fails it is deleted, and `out` is as it was.

    Raises:
        KPADataError: `out` is there and may not be replaced, or can't be written; it is named.

    Examples:
        >>> import tempfile
        >>> place = Path(tempfile.mkdtemp()) / "pack"
        >>> with new_folder(place) as folder:
        ...     _ = (folder / "records.csv").write_text("id")
        >>> [file.name for file in place.iterdir()]
        ['records.csv']
    """
    target = typed_path(out).absolute()
    refuse_occupied(target, replaces)
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        beside.mkdir(parents=True)
    except OSError as error:
        raise _unwritable(target, error) from error
    try:
        yield beside
        _put(beside, target, replaces)
    finally:
        if beside.exists():
            _delete(beside)


def refuse_occupied(target: Path, replaces: Callable[[Path], bool] | None = None) -> None:
    """Raise unless `target` is free: not there, an empty folder, or one that may be replaced.

    Raises:
        KPADataError: it is taken; the message names it.
    """
    if not target.exists() and not target.is_symlink():
        return
    if not target.is_dir() or target.is_symlink():
        raise KPADataError(f"{target} is not a folder: name another place")
    if any(target.iterdir()) and not (replaces and replaces(target)):
        raise _taken(target)


def _put(beside: Path, target: Path, replaces: Callable[[Path], bool] | None) -> None:
    """Give the finished folder its name, unless somebody took the name meanwhile.

    Renaming a folder onto one that holds anything fails on every system, so that of two writers one
    gets the name and the other an error; a look beforehand could not tell them apart.
    """
    aside = beside.with_suffix(".old")
    try:
        if _is_taken(target) and replaces:
            _set_aside(target, aside, replaces)
        _rename_to_new(beside, target)
    except FileExistsError as error:
        if aside.exists() and replaces and replaces(aside):
            _delete(aside)  # another writer has replaced it
        raise _taken(target) from error
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        if aside.exists() and not target.exists():
            patiently(lambda: aside.rename(target))
    if aside.exists() and not _delete(aside):
        raise KPADataError(
            f"{target} is written, but the folder that was there before could not be deleted: "
            f"delete {aside} yourself"
        )


def _is_taken(target: Path) -> bool:
    return target.is_dir() and any(target.iterdir())


def _set_aside(target: Path, aside: Path, replaces: Callable[[Path], bool]) -> None:
    """Move away what may be replaced. It is judged where nobody else can be writing into its name.

    Raises:
        FileExistsError: it may not be replaced, and is back in its place.
    """
    patiently(lambda: target.rename(aside))
    if not replaces(aside):
        raise FileExistsError(str(target))


def _rename_to_new(beside: Path, target: Path) -> None:
    """Rename a folder to a name that is free, or that of an empty folder.

    Raises:
        FileExistsError: the name is taken.
    """
    try:
        try:
            patiently(lambda: beside.rename(target))
        except FileExistsError:
            target.rmdir()  # Windows renames onto no folder at all, not even onto an empty one
            patiently(lambda: beside.rename(target))
    except OSError as error:
        if isinstance(error, FileExistsError | NotADirectoryError) or error.errno in _OCCUPIED:
            raise FileExistsError(str(target)) from error
        raise


def _delete(folder: Path) -> bool:
    """Delete a folder of ours, and tell whether that worked."""
    try:
        patiently(lambda: shutil.rmtree(folder))
    except OSError:
        return False
    return True


def _taken(target: Path) -> KPADataError:
    return KPADataError(f"{target} is not empty, and nothing is overwritten: name a new folder")


def _unwritable(target: Path, error: OSError) -> KPADataError:
    held = ": another program holds a file in it" if isinstance(error, PermissionError) else ""
    return KPADataError(f"{target} can't be written: {error.strerror}{held}")
