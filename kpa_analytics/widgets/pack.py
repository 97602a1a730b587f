"""The audit pack of what an explorer shows."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.data.training_data import Scope
from kpa_analytics.errors import KPAError

if TYPE_CHECKING:
    from kpa_analytics.data.training_data import TrainingData

_PACKAGE = Path(__file__).parents[1]
_ASKED_FOR = ("incomplete_training_ids", "complete_training_ids")


def shown(
    data: TrainingData, trainings: Sequence[int], people: pl.Series | None, words: str
) -> TrainingData:
    """The part of the records that is about some trainings and some people.

    Args:
        data: the records.
        trainings: ids of trainings, empty for all. What they are composed of comes with them.
        people: ids of people, None for everyone. All profiles stay, for instructors' names.
        words: the choice, for a reader.

    Returns:
        The same kind of records, their provenance unchanged, and the scope that they are of;
        all of them where nothing is chosen.
    """
    if not trainings and people is None:
        return data
    scope = Scope(words=words, whole=data, trainings=tuple(trainings), people=people)
    data = replace(data, scope=scope)
    if trainings:
        wanted = _with_parts(data.trainings, trainings)
        data = replace(
            data,
            completions=data.completions.filter(pl.col("training_id").is_in(wanted)),
            trainings=data.trainings.filter(pl.col("id").is_in(wanted)),
            group_trainings=data.group_trainings.filter(
                pl.col("trainings_id").list.set_intersection(wanted).list.len() > 0
            ),
            employee_status=data.employee_status.with_columns(
                pl.col(_ASKED_FOR).list.set_intersection(wanted),
                pl.col("last_completed").list.filter(pl.element().struct.field("id").is_in(wanted)),
            ),
        )
    if people is not None:
        ids = people.implode()
        done = data.completions.filter(pl.col("m_user_id").is_in(ids))
        sessions = done["group_training_id"].drop_nulls().unique().implode()
        data = replace(
            data,
            completions=done,
            employee_status=data.employee_status.filter(pl.col("m_user_id").is_in(ids)),
            group_trainings=data.group_trainings.filter(pl.col("id").is_in(sessions)).with_columns(
                pl.col("m_trainees_id").list.filter(pl.element().is_in(people.to_list()))
            ),
        )
    return data


def _with_parts(catalogue: pl.DataFrame, trainings: Sequence[int]) -> list[int]:
    """The trainings and all that they are composed of."""
    parts = dict(catalogue.select("id", "included_trainings_id").iter_rows())
    found: list[int] = []
    waiting = list(trainings)
    while waiting:
        training = waiting.pop()
        if training not in found:
            found.append(training)
            waiting += parts.get(training) or []
    return sorted(found)


def write_pack(
    data: TrainingData, as_of: date, expiring_days: int, out: str | os.PathLike[str] | None
) -> Path:
    """Write the audit pack of some records.

    Args:
        data: the records.
        as_of: the day asked for.
        expiring_days: days before expiration that count as expiring.
        out: the folder to make; None takes the first free `audit-DAY`, `audit-DAY-2`, ... in the
            current folder.

    Returns:
        The folder. Only its owner can read it: files have mode 0600, where there are such modes.

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
            f"no pack is written into the installed package ({folder.parent}): start in a folder "
            "of your own"
        )
    while folder.exists():
        number += 1
        folder = folder.with_name(f"audit-{as_of}-{number}")
    return folder
