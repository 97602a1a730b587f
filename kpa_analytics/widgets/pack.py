"""The folders that explorers write: the evidence pack, and where a folder goes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kpa_analytics.errors import KPAError

if TYPE_CHECKING:
    from kpa_analytics.data.training_data import TrainingData

_PACKAGE = Path(__file__).parents[1]
#: Why a pack is refused: it would be about nobody.
NO_PACK = "No case matches these choices, so there is nothing to export."


def write_pack(
    data: TrainingData, as_of: date, expiring_days: int, out: str | os.PathLike[str] | None
) -> Path:
    """Write the evidence pack of some records.

    Returns:
        The folder `out`, by default the first of `audit-DAY`, `audit-DAY-2`, ... that does not
        exist in the current folder. Only its owner can read it: on POSIX systems, its files have
        mode 0600.

    Raises:
        KPAError: the extra `audit` is not installed, or the folder can't be written.
    """
    from kpa_analytics.audit.export import export_audit

    with private_files():
        return export_audit(
            data, out or free_folder("audit", as_of), as_of=as_of, expiring_days=expiring_days
        )


@contextmanager
def private_files() -> Iterator[None]:
    """Files that are made here can be read by their owner only (on POSIX systems)."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def free_folder(kind: str, as_of: date) -> Path:
    """The first of `KIND-DAY`, `KIND-DAY-2`, ... that does not exist in the current folder.

    Raises:
        KPAError: the current folder is in the installed package.
    """
    folder, number = Path(f"{kind}-{as_of}").absolute(), 1
    if folder.is_relative_to(_PACKAGE):
        raise KPAError(
            f"nothing can be written into the installed package ({folder.parent}): start in "
            "another folder"
        )
    while folder.exists():
        number += 1
        folder = folder.with_name(f"{kind}-{as_of}-{number}")
    return folder
