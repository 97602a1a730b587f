"""Write a folder that appears complete or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kpa_analytics.busy_files import patiently
from kpa_analytics.errors import KPADataError
from kpa_analytics.paths import typed_path
from kpa_analytics.system_errors import system_refusal
from kpa_analytics.utf8 import need_utf8_path

#: The errors by which systems report that a folder is not empty.
_OCCUPIED = (errno.ENOTEMPTY, errno.EEXIST)


@contextmanager
def new_folder(
    out: str | os.PathLike[str], *, replaces: Callable[[Path], bool] | None = None
) -> Iterator[Path]:
    """Fill a temporary folder, and give it its final name once everything is written.

    If several writers want the same name, one gets it and the others get an error. If another
    program (a virus scanner, a sync client) holds a file, renaming is retried for about 2 seconds.

    Yields:
        The folder to write into. If the block fails, it is deleted and `out` is left unchanged.

    Raises:
        KPADataError: `out` exists and may not be replaced, or cannot be written; the message
            names it.

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
        raise KPADataError(f"{target} can't be written: {error.strerror}") from error
    try:
        yield beside
        _put(beside, target, replaces)
    except Exception as error:
        if (said := system_refusal(error)) and _is_in(beside, error):
            raise KPADataError(f"{target} can't be written: {said}") from error
        raise
    finally:
        if beside.exists():
            _delete(beside)


def refuse_occupied(target: Path, replaces: Callable[[Path], bool] | None = None) -> None:
    """Raise an error unless `target` is missing, empty, or a folder that may be replaced.

    A path that is not UTF-8 is refused too, because polars and typst cannot write there. So is the
    current folder: after another folder gets its name, a shell would still be in the old one.
    """
    need_utf8_path(target)
    try:
        if not target.exists() and not target.is_symlink():
            return
        if not target.is_dir() or target.is_symlink():
            raise KPADataError(f"{target} is not a folder: choose another path")
        if any(target.iterdir()) and not (replaces and replaces(target)):
            raise _occupied(target)
        if Path.cwd().resolve().is_relative_to(target.resolve()):
            raise KPADataError(
                f"{target} can't be replaced, because it is the current folder or contains it: "
                "choose a new folder, for example in it"
            )
    except OSError as error:
        raise KPADataError(f"{target} can't be written: {error.strerror}") from error


def _put(beside: Path, target: Path, replaces: Callable[[Path], bool] | None) -> None:
    """Give the finished folder its name, unless another writer has taken the name.

    Renaming a folder onto one that is not empty fails on every system, so of two writers one gets
    the name and the other an error. Checking before renaming could not guarantee that.
    """
    aside = beside.with_suffix(".old")
    try:
        if _is_taken(target) and replaces:
            _set_aside(target, aside, replaces)
        _rename_to_new(beside, target)
    except FileExistsError as error:
        if aside.exists() and replaces and replaces(aside):
            _delete(aside)  # another writer has replaced it
        raise _occupied(target) from error
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        if aside.exists() and not target.exists():
            patiently(lambda: aside.rename(target))
    if aside.exists() and not _delete(aside):
        raise KPADataError(
            f"{target} is written, but the folder it replaces could not be deleted: "
            f"delete {aside} yourself"
        )


def _is_in(folder: Path, error: Exception) -> bool:
    """Whether an error is about a file of this folder; about which one, not every error says."""
    place = getattr(error, "filename", None)
    return place is None or Path(place).is_relative_to(folder)


def _is_taken(target: Path) -> bool:
    return target.is_dir() and any(target.iterdir())


def _set_aside(target: Path, aside: Path, replaces: Callable[[Path], bool]) -> None:
    """Move away a folder that may be replaced, or raise FileExistsError.

    It is checked where no other writer can change it. The caller moves it back.
    """
    patiently(lambda: target.rename(aside))
    if not replaces(aside):
        raise FileExistsError(str(target))


def _rename_to_new(beside: Path, target: Path) -> None:
    """Rename a folder to a free name or an empty folder's; FileExistsError if it is taken."""
    try:
        try:
            patiently(lambda: beside.rename(target))
        except FileExistsError:
            target.rmdir()  # Windows cannot rename onto a folder, not even an empty one
            patiently(lambda: beside.rename(target))
    except OSError as error:
        if isinstance(error, FileExistsError | NotADirectoryError) or error.errno in _OCCUPIED:
            raise FileExistsError(str(target)) from error
        raise


def _delete(folder: Path) -> bool:
    """Delete a temporary folder; return whether that succeeded."""
    try:
        patiently(lambda: shutil.rmtree(folder))
    except OSError:
        return False
    return True


def _occupied(target: Path) -> KPADataError:
    return KPADataError(
        f"{target} is not empty, and existing files are never overwritten: choose a new folder"
    )


def _unwritable(target: Path, error: OSError) -> KPADataError:
    """The error for a finished folder that does not get its name."""
    may_be_held = isinstance(error, PermissionError)
    held = ": another program may hold a file in it" if may_be_held else ""
    return KPADataError(f"{target} can't be written: {error.strerror}{held}")
