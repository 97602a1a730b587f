"""Days of the calendar that still can't be right: mistyped years, odd dates of employment."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.data.findings import finding_rows
from kpa_analytics.employment import FIRST_DAY, LAST_DAY, is_believed, local_day

#: A completion this many days after its record was made can't be one (`implausible_date`).
MOST_DAYS_AHEAD = 366
#: Nor can one this many years before its record was made, or before the first of these days.
MOST_YEARS_BACK = 50
FIRST_COMPLETION = date(1950, 1, 1)


def implausible_dates(completions: pl.LazyFrame) -> pl.LazyFrame:
    """Completions dated implausibly far from the making of their record, as 1926 or 2206.

    A date is implausible more than 366 days after the UTC day on which the record was created, more
    than 50 years before that day, or before 1950-01-01. [ours]
    """
    made = pl.col("created").dt.date()
    ahead = pl.col("date") > made + pl.duration(days=MOST_DAYS_AHEAD)
    back = pl.col("date") < made.dt.offset_by(f"-{MOST_YEARS_BACK}y")
    odd = completions.filter(
        ahead.fill_null(False) | back.fill_null(False) | (pl.col("date") < FIRST_COMPLETION)
    )
    created = pl.format(", but its record was made on {}", made)
    message = pl.format(
        "Completion {} is dated {}{}: the year looks mistyped.",
        "id",
        "date",
        pl.when(made.is_null()).then(pl.lit("")).otherwise(created),
    )
    return finding_rows(odd, "implausible_date", "completions", "date", message, value="date")


def odd_employment(users: pl.LazyFrame) -> list[pl.LazyFrame]:
    """Hire and termination dates that can't be right, and hires after leaving; a row per person.

    Each message says which dates stand in the profile and how the person is judged. Which moments
    are believed, and on which days a person is there, is decided in `employment.py`.
    """
    made = pl.col("created").dt.date()
    people = users.unique("id", keep="first", maintain_order=True).with_columns(
        *(local_day(name).alias(f"{name}:day") for name in ("hireDate", "terminationDate")),
        pl.when(made.is_between(FIRST_DAY, LAST_DAY)).then(made).alias("made"),
    )
    hired, left = is_believed("hireDate"), is_believed("terminationDate")
    later = pl.col("hireDate:day") > pl.col("terminationDate:day")
    return [
        _about(people.filter(~hired), "implausible_hire_date", "hireDate", _not_hired_then()),
        _about(
            people.filter(~left),
            "implausible_termination_date",
            "terminationDate",
            _not_left_then(),
        ),
        _about(people.filter(hired & left & later), "hired_after_leaving", "hireDate", _away()),
    ]


def _about(people: pl.LazyFrame, kind: str, field: str, message: pl.Expr) -> pl.LazyFrame:
    return finding_rows(people, kind, "users", field, message, value=f"{field}:day")


def _not_hired_then() -> pl.Expr:
    since_profile = pl.format("as hired when the profile was made, on {}", "made")
    judged = pl.when(pl.col("made").is_null()).then(pl.lit("as if no hire date were known"))
    return pl.format(
        "User {} has the hire date {}, which can't be right: the person is judged {}.",
        "id",
        "hireDate:day",
        judged.otherwise(since_profile),
    )


def _not_left_then() -> pl.Expr:
    return pl.format(
        "User {} has the termination date {}, which can't be right: the person is judged as still "
        "employed.",
        "id",
        "terminationDate:day",
    )


def _away() -> pl.Expr:
    return pl.format(
        "User {} has the hire date {}, after the termination date {}: the person is judged as "
        "employed before the termination date, as gone from that day on, and as employed again "
        "from the hire date on.",
        "id",
        "hireDate:day",
        "terminationDate:day",
    )
