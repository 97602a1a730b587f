"""The records, rules, people and requirements in an evidence pack, as frames to compute with."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from kpa_analytics.audit.bagit import pack_in
from kpa_analytics.audit.manifest import check_manifest, read_manifest
from kpa_analytics.audit.pack_tables import need_facts, pack_table, unreadable_table
from kpa_analytics.audit.recompute import BETWEEN
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import with_all_columns
from kpa_analytics.schema import COMPLETIONS, TRAININGS, USERS

RECORDS_FILE = "records.parquet"
#: The tables of a pack that are also in Parquet files: from these, every status follows.
IN_PARQUET = ("cases", "people", "records", "required", "trainings")


class PackData(NamedTuple):
    """The content of a pack.

    Attributes:
        folder: the folder of the pack.
        manifest: its manifest.
        data: its completions, trainings and people. A person's profile only has what the pack
            shows: the id, the name, the employee number, and the days of hire and termination.
        people: everyone in the pack, with what it shows of them; `id` is the person's id.
        required: every required pair, or None if the requirements are not known.
    """

    folder: Path
    manifest: dict[str, Any]
    data: TrainingData
    people: pl.DataFrame
    required: pl.DataFrame | None

    @property
    def as_of(self) -> date:
        """The day of its statuses."""
        return date.fromisoformat(self.manifest["as_of"])

    @property
    def names(self) -> bool | None:
        """Whether it has names, and not pseudonyms."""
        names: bool | None = self.manifest.get("settings", {}).get("names")
        return names


def read_pack(folder: Path) -> PackData:
    """Read a pack, or the pack in a BagIt bag.

    Raises:
        KPADataError: it is not an evidence pack, one of its files was changed or is missing (the
            message names it), or an older version wrote it, without the files that are needed.
    """
    folder = pack_in(folder)
    manifest = read_manifest(folder)
    for finding in check_manifest(folder):
        if finding.finding in ("changed", "missing"):
            raise KPADataError(f"{folder / finding.path} was damaged: {finding.detail}")
    if not (folder / RECORDS_FILE).is_file():
        raise KPADataError(f"{folder} is not an evidence pack: it has no {RECORDS_FILE}")
    need_facts(folder, manifest)
    frames = {name: _table(folder, name) for name in IN_PARQUET}
    try:
        trainings = _trainings(frames["trainings"])
    except pl.exceptions.PolarsError as error:
        raise unreadable_table(folder / "trainings.parquet", error) from error
    data = TrainingData(
        completions=with_all_columns(frames["records"], COMPLETIONS.schema),
        trainings=trainings,
        users=_users(frames["people"]),
    )
    known = manifest["settings"]["required"] != "unknown"
    pairs = frames["required"].select("m_user_id", "training_id")
    people = frames["people"].rename({"m_user_id": "id"}).drop("employed")
    return PackData(folder, manifest, data, people, pairs if known else None)


def _table(folder: Path, name: str) -> pl.DataFrame:
    path = folder / f"{name}.parquet"
    if not path.is_file():
        raise KPADataError(
            f"{folder} was written by an older version: it has no {path.name} to compare; "
            "write the pack again"
        )
    return pack_table(folder, name)


def _trainings(rows: pl.DataFrame) -> pl.DataFrame:
    ids = pl.col("included_trainings_id").str.split(BETWEEN).list.filter(pl.element() != "")
    included = ids.cast(pl.List(pl.Int64))
    named = rows.rename({"training_id": "id", "training": "title"})
    return with_all_columns(named.with_columns(included), TRAININGS.schema)


def _users(people: pl.DataFrame) -> pl.DataFrame:
    """The profiles of a pack; midnight UTC is within the days of hire and termination."""
    midnight = [
        pl.col(day).cast(USERS.schema[moment]).alias(moment)
        for day, moment in (("hired", "hireDate"), ("left", "terminationDate"))
    ]
    named = people.rename({"m_user_id": "id", "user": "lastname"})
    return with_all_columns(named.with_columns(midnight), USERS.schema)
