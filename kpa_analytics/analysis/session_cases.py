"""The cases that a plan of sessions is about: gaps, and certificates that end within its weeks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

import polars as pl

from kpa_analytics.analysis.case_groups import members, with_group_names
from kpa_analytics.analysis.engine import Rules
from kpa_analytics.analysis.expirations import expirations, with_expiry_key
from kpa_analytics.analysis.limiting import HELD
from kpa_analytics.analysis.names import known_trainings
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.employment import employment
from kpa_analytics.statuses import GAPS

_CASE = ("m_user_id", "training_id")
_ONE_DAY = timedelta(days=1)


class SessionCase(NamedTuple):
    """A person who needs a session of a training.

    Attributes:
        m_user_id, user: the person.
        training_id, training: the training that a session must teach.
        status: the status of the case; None if only a composed training asks for it.
        expires: the last day on which the person holds it, or may do without; None if never held.
        due: the last day for a session in time: `expires`, or the day of the plan for a gap.
        is_gap: whether the person has no valid certificate now.
        composed: the title of the composed training that asks for it; empty if it is due itself.
        group: the name of the person's group; None without groups.
        last_day: the last day of the person's employment; None if it is not known.
    """

    m_user_id: str
    user: str
    training_id: int
    training: str
    status: str | None
    expires: date | None
    due: date
    is_gap: bool
    composed: str = ""
    group: str | None = None
    last_day: date | None = None

    @property
    def need(self) -> tuple[object, ...]:
        """All that is said about why the person needs a session."""
        return self[4:9]

    def leaves_before(self, day: date) -> bool:
        """Whether the person is no longer employed on a day."""
        return self.last_day is not None and self.last_day < day


def session_cases(
    data: TrainingData, status: pl.DataFrame, rules: Rules, *, as_of: date, end: date
) -> list[SessionCase]:
    """The gaps on a day, and the cases that are due by `end`, each person and training once.

    People who leave before their certificate expires are left out. A composed training that a
    person would hold through the included trainings is replaced by those that must be completed.

    Args:
        data: the records.
        status: their statuses on the day.
        rules: the rules of their catalogue.
        as_of: the day.
        end: the last day of the plan.
    """
    due = _due(data, status, rules, as_of, end)
    composed = {training: parts for part in rules.composed for training, parts in part.items()}
    through = pl.col("training_id").is_in([*composed]) & pl.col("completion_id").is_null()
    cases = {(case.m_user_id, case.training_id): case for case in _rows(due.filter(~through))}
    for case in _parts(data, status, _rows(due.filter(through)), composed):
        key = (case.m_user_id, case.training_id)
        known = cases.get(key)
        cases[key] = case if known is None else known._replace(due=min(known.due, case.due))
    return sorted(cases.values(), key=lambda case: (case.due, case.user, case.m_user_id))


def _due(
    data: TrainingData, status: pl.DataFrame, rules: Rules, as_of: date, end: date
) -> pl.DataFrame:
    closing = rules.windows_on(as_of).lazy().select("training_id", "next_closes")
    is_gap = pl.col("status").is_in(GAPS)
    leaves = (pl.col("left") <= pl.col("expires") + _ONE_DAY).fill_null(False)
    return (
        status.lazy()
        .join(closing, on="training_id", how="left", maintain_order="left")
        .join(employment(data.users).select("m_user_id", "left"), on="m_user_id", how="left")
        .with_columns(
            pl.when(is_gap | pl.col("completion_id").is_not_null() | HELD)
            .then("expiration_date")
            .otherwise("next_closes")
            .alias("expires")
        )
        .filter(is_gap | ((pl.col("expires") <= end).fill_null(False) & ~leaves))
        .with_columns(pl.when(is_gap).then(pl.lit(as_of)).otherwise("expires").alias("due"))
        .with_columns(is_gap.alias("is_gap"))
        .collect(engine="in-memory")
    )


def _rows(due: pl.DataFrame) -> list[SessionCase]:
    columns = ("m_user_id", "user", "training_id", "training", "status", "expires", "due", "is_gap")
    ends = (
        pl.lit("").alias("composed"),
        pl.lit(None, pl.String).alias("group"),
        (pl.col("left") - _ONE_DAY).alias("last_day"),
    )
    return [*map(SessionCase._make, due.select(*columns, *ends).iter_rows())]


def _parts(
    data: TrainingData,
    status: pl.DataFrame,
    cases: list[SessionCase],
    composed: dict[int, list[int]],
) -> Iterator[SessionCase]:
    """The included trainings that make composed ones valid again.

    These are the ones that the person does not hold. If the person holds all of them and none is
    due by then, the training's own schedule decides, and the one that expires first begins it anew.
    """
    if not cases:
        return
    involved = {*composed, *(part for parts in composed.values() for part in parts)}
    held: dict[tuple[str, int], dict[str, Any]] = {
        (row["m_user_id"], row["training_id"]): row
        for row in status.filter(
            HELD,
            pl.col("m_user_id").is_in({case.m_user_id for case in cases}),
            pl.col("training_id").is_in(involved),
        )
        .select(*_CASE, "completion_id", "expiration_date", "status")
        .iter_rows(named=True)
    }
    titles = dict(
        known_trainings(status.lazy().select("training_id"), data.trainings).collect().iter_rows()
    )

    def single(person: str, training: int) -> set[int]:
        """The trainings that must be completed one by one to hold a training."""
        own = held.get((person, training))
        if training not in composed or (own and own["completion_id"] is not None):
            return {training}
        return {leaf for part in composed[training] for leaf in single(person, part)}

    for case in cases:
        parts = sorted(single(case.m_user_id, case.training_id))
        lacking = [part for part in parts if (case.m_user_id, part) not in held]
        ends = [
            (row["expiration_date"] or date.max, part)
            for part in parts
            if (row := held.get((case.m_user_id, part)))
        ]
        renewed = [] if lacking or min(ends)[0] <= case.due else [min(ends)[1]]
        for part in (*lacking, *renewed):
            row = held.get((case.m_user_id, part), {})
            yield case._replace(
                training_id=part,
                training=titles[part],
                status=row.get("status"),
                expires=row.get("expiration_date"),
                is_gap=not row or row["status"] in GAPS,
                composed=case.training,
            )


def in_groups(cases: list[SessionCase], data: TrainingData, by: str | None) -> list[SessionCase]:
    """The cases with the name of each person's group: of several, the alphabetically first one."""
    if by is None:
        return cases
    named = with_group_names(members(data.users, by), by, data.users, data.groups)
    first = named.group_by("m_user_id").agg(pl.col(by).min())
    groups = dict(first.collect(engine="in-memory").iter_rows())
    return [case._replace(group=groups.get(case.m_user_id)) for case in cases]


def new_expirations(
    rules: Rules, trainings: set[int], days: list[date]
) -> dict[int, list[date | None]]:
    """Until when each training would be valid if it were completed on each of these days."""
    records = pl.LazyFrame({"date": days}, schema={"date": pl.Date}).join(
        pl.LazyFrame({"training_id": [*trainings]}, schema={"training_id": pl.Int64}), how="cross"
    )
    keyed = with_expiry_key(records.with_columns(special_expiration_date=pl.lit(None, pl.Date)))
    ends = (
        expirations(keyed.drop("has_proof"), rules.schedules)
        .sort("date")
        .group_by("training_id", maintain_order=True)
        .agg("expiration_date")
        .collect(engine="in-memory")
    )
    return dict(ends.iter_rows())
