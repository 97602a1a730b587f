"""Which completion counts: the latest of each person and training, as of a day."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.analysis.pairs import Pairs
from kpa_analytics.analysis.requirements import required_pairs
from kpa_analytics.employment import employment
from kpa_analytics.inputs import AnyFrame, need
from kpa_analytics.names import with_names
from kpa_analytics.schema import CASE_KEY, COMPLETIONS

#: Completions are ordered by these columns; the last one only separates copies of a record.
AGE = ("date", "created", "id", "special_expiration_date")
#: A record without a date counts from this day, before every possible date.
ALWAYS = date.min
#: The day from which a record counts.
_SINCE = pl.col("date").fill_null(ALWAYS)


def records_of(completions: AnyFrame, required: AnyFrame | None = None) -> pl.LazyFrame:
    """The completions, and a record of nulls for each required pair of person and training."""
    completed = need(completions, COMPLETIONS, *CASE_KEY, *AGE).select(*CASE_KEY, *AGE)
    return pl.concat([completed, required_pairs(required)], how="diagonal")


def people_of(records: pl.LazyFrame, users: AnyFrame | None) -> pl.LazyFrame:
    """The people of the records, numbered in the order of their ids.

    Returns one row per person: person (a number from 0, in this order), m_user_id, user ("Last,
    First", or the id), and the days of `employment`. People who are not in `users` are included.
    """
    return (
        records.select("m_user_id")
        .unique()
        .sort("m_user_id")
        .with_row_index("person")
        .join(employment(users), on="m_user_id", how="left", maintain_order="left")
        .pipe(with_names, users, "m_user_id", "user")
    )


def ordered_records(records: pl.LazyFrame, people: pl.LazyFrame, pairs: Pairs) -> pl.LazyFrame:
    """The records of these people, sorted by person, training and age.

    This is the only sort, and it serves every day: the last record of each pair up to the day is
    the one that counts, and the rows are in the order of the result.

    Returns pair (the number of person and training), person, training_id, date, completion_id,
    special_expiration_date, `since` (the first day on which the record counts) and `until` (the day
    from which the next record of the pair counts; null for the last). Of records starting the same
    day, only the last is kept.
    """
    has_next = pl.col("pair") == pl.col("pair").shift(-1)
    return (
        records.join(
            people.select("person", "m_user_id"), on="m_user_id", how="left", nulls_equal=True
        )
        .select(pairs.with_day, *AGE)
        .sort("pair_and_day", *AGE)
        .drop("created")
        .rename({"id": "completion_id"})
        .with_columns(*pairs.split, _SINCE.alias("since"))
        .with_columns(pl.when(has_next).then(pl.col("since").shift(-1)).alias("until"))
        .filter(pl.col("until").ne_missing(pl.col("since")))
        .drop("pair_and_day")
    )


def latest(ordered: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """The ordered record that counts for each person and training on a day.

    Later completions are left out; records without a date are not.
    """
    superseded = (pl.col("until") <= as_of).fill_null(False)
    return ordered.filter((pl.col("since") <= as_of) & ~superseded)
