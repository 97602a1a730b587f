"""The audit pack that an explorer writes."""

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


def write_pack(
    data: TrainingData, as_of: date, expiring_days: int, out: str | os.PathLike[str] | None
) -> Path:
    """Write the audit pack of some records.

    Returns:
        The folder `out`, by default the first of `audit-DAY`, `audit-DAY-2`, ... that does not
        exist in the current folder. Only its owner can read it: on POSIX systems, its files have
        mode 0600.

    Raises:
        KPAError: the extra `audit` is not installed, or the folder can't be written.
    """
    from kpa_analytics.audit.export import export_audit

    with _private():
        return export_audit(data, out or _free(as_of), as_of=as_of, expiring_days=expiring_days)


@contextmanager
def _private() -> Iterator[None]:
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _free(as_of: date) -> Path:
    folder, number = Path(f"audit-{as_of}").absolute(), 1
    if folder.is_relative_to(_PACKAGE):
        raise KPAError(
            f"a pack cannot be written into the installed package ({folder.parent}): start in "
            "another folder"
        )
    while folder.exists():
        number += 1
        folder = folder.with_name(f"audit-{as_of}-{number}")
    return folder
