"""A folder that appears whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kpa_analytics.errors import KPADataError
from kpa_analytics.paths import typed_path


@contextmanager
def new_folder(
    out: str | os.PathLike[str], *, replaces: Callable[[Path], bool] | None = None
) -> Iterator[Path]:
    """Fill a folder beside its place; it gets its name once everything in it is written.

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
        raise KPADataError(f"{target} can't be written: {error.strerror}") from error
    try:
        yield beside
        refuse_occupied(target, replaces)
        _put(beside, target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


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
        raise KPADataError(f"{target} is not empty, and nothing is overwritten: name a new folder")


def _put(beside: Path, target: Path) -> None:
    """Give the finished folder its name; what was there stands aside until that has worked."""
    aside = beside.with_suffix(".old")
    try:
        if target.exists():
            target.replace(aside)
        beside.replace(target)
    except OSError as error:
        if aside.exists() and not target.exists():
            aside.replace(target)
        raise KPADataError(f"{target} can't be written: {error.strerror}") from error
    shutil.rmtree(aside, ignore_errors=True)
