"""Read the tables of a pack that is compared, or say which file is not what a pack has there."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from kpa_analytics.audit.manifest import MANIFEST
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import CASES, PACK_REQUIRED, PACK_TRAININGS, PEOPLE, RECORDS
from kpa_analytics.wording import one_line

_TABLES = {
    "cases": CASES,
    "people": PEOPLE,
    "records": RECORDS,
    "required": PACK_REQUIRED,
    "trainings": PACK_TRAININGS,
}
#: The columns without which nothing can be compared. Earlier versions wrote fewer of the others.
_NEEDED = {
    "cases": (
        *("m_user_id", "user", "training_id", "training"),
        *("completion_id", "date", "expiration_date", "status"),
    ),
    "people": ("m_user_id", "user", "hired", "left", "employed"),
    "records": ("id", "m_user_id", "training_id", "date", "created"),
    "required": ("m_user_id", "training_id"),
    "trainings": ("training_id", "training", "included_trainings_id"),
}


def pack_table(pack: Path, name: str) -> pl.DataFrame:
    """Read a table of a pack from its Parquet file, with the types that it has here.

    Raises:
        KPADataError: the file is not Parquet, has no column that is needed, or has other values
            in one; the message names the file.
    """
    path, schema = pack / f"{name}.parquet", _TABLES[name].schema
    try:
        frame = pl.read_parquet(path)
        if missing := [column for column in _NEEDED[name] if column not in frame.columns]:
            raise KPADataError(f"{path} is not a table of a pack: it has no {', '.join(missing)}")
        typed = [
            pl.col(column).cast(dtype)
            for column, dtype in schema.items()
            if column in frame.columns and (column in _NEEDED[name] or dtype != pl.Enum)
        ]
        return frame.with_columns(typed)
    except pl.exceptions.PolarsError as error:
        raise unreadable_table(path, error) from error


def unreadable_table(path: Path, error: Exception) -> KPADataError:
    """The error for a file with values that a pack does not have there."""
    return KPADataError(f"{path} is not a table of a pack: {one_line(str(error).splitlines()[0])}")


def need_facts(pack: Path, manifest: dict[str, Any]) -> None:
    """Raise a KPADataError unless a manifest has the facts by which packs are compared."""
    try:
        date.fromisoformat(manifest["as_of"])
        settings, hosts = manifest["settings"], manifest["hosts"]
        parts = [settings["scope"][name] for name in ("people", "trainings") if "scope" in settings]
        typed = isinstance(settings["expiring_days"], int) and isinstance(settings["required"], str)
        lists = all(isinstance(texts, list) for texts in (hosts, *parts))
    except (KeyError, TypeError, ValueError):
        typed = lists = False
    if not (typed and lists):
        raise KPADataError(
            f"{pack / MANIFEST} is not the manifest of an evidence pack: it lacks its day, its "
            "settings or its hosts"
        )
