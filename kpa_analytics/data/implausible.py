"""Dates that exist but are implausible: mistyped years, odd hire and termination dates."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics import report_text as texts
from kpa_analytics.data.checks import Check, row_sentences
from kpa_analytics.employment import is_believed, local_day

#: A completion dated more than this many days after its record was created is implausible.
MOST_DAYS_AHEAD = 366
#: So is one dated more than this many years before its record was created, ...
MOST_YEARS_BACK = 50
#: ... or before this day.
FIRST_COMPLETION = date(1950, 1, 1)


def implausible_dates(completions: pl.LazyFrame) -> Check:
    """Completions dated implausibly far from the creation of their record, such as 1926 or 2206.

    A date is implausible more than 366 days after the UTC day on which the record was created, more
    than 50 years before that day, or before 1950-01-01. [ours]
    """
    created = pl.col("created").dt.date()
    too_late = pl.col("date") > created + pl.duration(days=MOST_DAYS_AHEAD)
    too_early = pl.col("date") < created.dt.offset_by(f"-{MOST_YEARS_BACK}y")
    created_on = row_sentences(texts.BUT_CREATED_ON).fill_null("")
    implausible = completions.filter(
        too_late.fill_null(False) | too_early.fill_null(False) | (pl.col("date") < FIRST_COMPLETION)
    ).with_columns(created.alias("created_day"))
    rows = implausible.with_columns(created_on.alias("created_on"))
    text = texts.IMPLAUSIBLE_DATE
    return Check("implausible_date", "completions", "date", rows, text, value="date")


def odd_employment(users: pl.LazyFrame) -> list[Check]:
    """Implausible dates of profiles, of hires and of terminations, and hires after leaving.

    One row per person and kind.

    Each message gives the dates in the profile and how the person is treated. `employment.py`
    decides which dates are plausible and on which days a person is employed.
    """
    created = pl.col("created").dt.date()
    people = users.unique("id", keep="first", maintain_order=True).with_columns(
        *(local_day(name).alias(f"{name}_day") for name in ("hireDate", "terminationDate")),
        pl.when(is_believed("created")).then(created).alias("profile_created"),
        created.alias("created_day"),
    )
    plausible_hire, plausible_end = is_believed("hireDate"), is_believed("terminationDate")
    rehired = pl.col("hireDate_day") > pl.col("terminationDate_day")
    instead = row_sentences(texts.HIRED_WITH_PROFILE).fill_null(texts.NO_HIRE_DATE)
    people = people.with_columns(instead.alias("instead"))
    return [
        Check(kind, "users", field, rows, text, value=f"{field}_day")
        for kind, field, rows, text in (
            (
                "implausible_profile_date",
                "created",
                people.filter(~is_believed("created")),
                texts.IMPLAUSIBLE_PROFILE,
            ),
            (
                "implausible_hire_date",
                "hireDate",
                people.filter(~plausible_hire),
                texts.IMPLAUSIBLE_HIRE,
            ),
            (
                "implausible_termination_date",
                "terminationDate",
                people.filter(~plausible_end),
                texts.IMPLAUSIBLE_TERMINATION,
            ),
            (
                "hired_after_leaving",
                "hireDate",
                people.filter(plausible_hire & plausible_end & rehired),
                texts.HIRED_AFTER_LEAVING,
            ),
        )
    ]
