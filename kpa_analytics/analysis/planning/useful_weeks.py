"""In which weeks a session helps a person: the first one, and how long the person stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

_END = ("training_id", "expires")
#: Numbers before and after those of all days.
_EARLIEST, _LATEST = -(2**31), 2**31 - 1
_DUE_END = ("due_id", "due_expires")


def with_useful_weeks(
    cases: pl.DataFrame, expirations: pl.DataFrame, days: Sequence[date]
) -> pl.DataFrame:
    """Add `first_week` and `weeks_employed` to cases, in their order.

    `first_week` is the number of the first week in which a completion gives a later expiration
    date, or the number of weeks if there is none. If a composed training is due, the date of the
    composed training must be later, too. `weeks_employed` is the number of weeks before the person
    leaves.

    Args:
        cases: as `session_cases()` returns them.
        expirations: the expirations of sessions on these days (`PlanBasis.session_expirations`).
        days: the day of the sessions of each week.
    """
    weeks = len(days)
    before_leaving = (pl.col("last_day") - days[0]).dt.total_days() // 7 + 1
    firsts = _first_weeks(cases, expirations, days).lazy()
    of_due = firsts.select(due_id="training_id", due_expires="expires", due_first="first_week")
    return (
        cases.lazy()
        .join(firsts, on=_END, how="left", nulls_equal=True, maintain_order="left")
        .join(of_due, on=_DUE_END, how="left", nulls_equal=True, maintain_order="left")
        .with_columns(
            pl.max_horizontal(pl.col("first_week", "due_first").fill_null(weeks)).alias(
                "first_week"
            ),
            before_leaving.clip(0, weeks).fill_null(weeks).alias("weeks_employed"),
        )
        .drop("due_first")
        .collect(engine="in-memory")
    )


def _first_weeks(
    cases: pl.DataFrame, expirations: pl.DataFrame, days: Sequence[date]
) -> pl.DataFrame:
    """The first useful week of each training and expiration date that has one.

    A completion that never expires counts as later than every date. A case without an expiration
    date counts as earlier than every date.
    """
    of_due = cases.lazy().select(training_id="due_id", expires="due_expires")
    needed = (
        pl.concat([cases.lazy().select(_END), of_due])
        .unique()
        .with_columns(pl.col("expires").to_physical().fill_null(_EARLIEST).alias("end"))
        .sort("end")
    )
    first_day = pl.col("date").cum_min(reverse=True).over("training_id")
    first_days = (
        expirations.lazy()
        .select("training_id", "date", end=pl.col("expiration_date").to_physical())
        .with_columns(pl.col("end").fill_null(_LATEST))
        .sort("end")
        .select("training_id", "end", first_day.alias("first_day"))
    )
    week = (pl.col("first_day") - days[0]).dt.total_days() // 7
    return (
        needed.join_asof(
            first_days,
            on="end",
            by="training_id",
            strategy="forward",
            allow_exact_matches=False,
            check_sortedness=False,  # both are sorted above
        )
        .filter(pl.col("first_day").is_not_null())
        .select(*_END, week.alias("first_week"))
        .collect(engine="in-memory")
    )
