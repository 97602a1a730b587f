"""Dates that exist but are implausible: mistyped years, odd hire and termination dates."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.data.findings import finding_rows
from kpa_analytics.employment import FIRST_DAY, LAST_DAY, is_believed, local_day

#: A completion dated more than this many days after its record was created is implausible.
MOST_DAYS_AHEAD = 366
#: So is one dated more than this many years before its record was created, ...
MOST_YEARS_BACK = 50
#: ... or before this day.
FIRST_COMPLETION = date(1950, 1, 1)


def implausible_dates(completions: pl.LazyFrame) -> pl.LazyFrame:
    """Completions dated implausibly far from the creation of their record, such as 1926 or 2206.

    A date is implausible more than 366 days after the UTC day on which the record was created, more
    than 50 years before that day, or before 1950-01-01. [ours]
    """
    created = pl.col("created").dt.date()
    too_late = pl.col("date") > created + pl.duration(days=MOST_DAYS_AHEAD)
    too_early = pl.col("date") < created.dt.offset_by(f"-{MOST_YEARS_BACK}y")
    implausible = completions.filter(
        too_late.fill_null(False) | too_early.fill_null(False) | (pl.col("date") < FIRST_COMPLETION)
    )
    but_created = pl.format(", but its record was created on {}", created)
    message = pl.format(
        "Completion {} is dated {}{}: the year may be mistyped.",
        "id",
        "date",
        pl.when(created.is_null()).then(pl.lit("")).otherwise(but_created),
    )
    return finding_rows(
        implausible, "implausible_date", "completions", "date", message, value="date"
    )


def odd_employment(users: pl.LazyFrame) -> list[pl.LazyFrame]:
    """Implausible hire and termination dates, and hires after termination; one row per person.

    Each message gives the dates in the profile and how the person is treated. `employment.py`
    decides which dates are plausible and on which days a person is employed.
    """
    created = pl.col("created").dt.date()
    people = users.unique("id", keep="first", maintain_order=True).with_columns(
        *(local_day(name).alias(f"{name}:day") for name in ("hireDate", "terminationDate")),
        pl.when(created.is_between(FIRST_DAY, LAST_DAY)).then(created).alias("profile_created"),
    )
    plausible_hire, plausible_end = is_believed("hireDate"), is_believed("terminationDate")
    rehired = pl.col("hireDate:day") > pl.col("terminationDate:day")
    return [
        _user_findings(
            people.filter(~plausible_hire),
            "implausible_hire_date",
            "hireDate",
            _hire_date_message(),
        ),
        _user_findings(
            people.filter(~plausible_end),
            "implausible_termination_date",
            "terminationDate",
            _termination_date_message(),
        ),
        _user_findings(
            people.filter(plausible_hire & plausible_end & rehired),
            "hired_after_leaving",
            "hireDate",
            _rehired_message(),
        ),
    ]


def _user_findings(people: pl.LazyFrame, kind: str, field: str, message: pl.Expr) -> pl.LazyFrame:
    return finding_rows(people, kind, "users", field, message, value=f"{field}:day")


def _hire_date_message() -> pl.Expr:
    hired = pl.format("hired on {}, when the profile was created", "profile_created")
    unknown = pl.lit("having no hire date")
    return pl.format(
        "User {} has the hire date {}, which is implausible: the person is treated as {}.",
        "id",
        "hireDate:day",
        pl.when(pl.col("profile_created").is_null()).then(unknown).otherwise(hired),
    )


def _termination_date_message() -> pl.Expr:
    return pl.format(
        "User {} has the termination date {}, which is implausible: the person is treated as "
        "still employed.",
        "id",
        "terminationDate:day",
    )


def _rehired_message() -> pl.Expr:
    return pl.format(
        "User {} has the hire date {}, after the termination date {}: the person is treated as "
        "employed before the termination date, not employed from then until the hire date, and "
        "employed again from the hire date on.",
        "id",
        "hireDate:day",
        "terminationDate:day",
    )
