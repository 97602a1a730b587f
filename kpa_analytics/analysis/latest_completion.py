"""Which completion counts: the latest of each person and training, from its day to the next's."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.analysis.names import people_names
from kpa_analytics.analysis.required import required_pairs
from kpa_analytics.employment import employment
from kpa_analytics.inputs import AnyFrame, need
from kpa_analytics.schema import COMPLETIONS

_PAIR = ("m_user_id", "training_id")
#: What makes a completion later than another; the last only settles copies of one record.
_AGE = ("date", "created", "id", "special_expiration_date")
#: Since when an undated record counts: before every possible day.
ALWAYS = date.min
#: Person and training as one number: it sorts many times faster than the two.
PAIR = (pl.col("person").cast(pl.Int128) * 2**64 + pl.col("training_id")).alias("pair")
#: The day a record counts from.
_SINCE = pl.col("date").fill_null(ALWAYS)
#: Pair and day as one number, for the same reason.
_PAIR_AND_DAY = pl.col("pair") * 2**32 + _SINCE.to_physical()


def records_of(completions: AnyFrame, required: AnyFrame | None = None) -> pl.LazyFrame:
    """What is recorded, and a record of nulls for each pair that is required.

    Args:
        completions: as `load_completions()` makes them.
        required: who must have what, as `required_pairs` takes it.

    Returns:
        A lazy frame of m_user_id, training_id, date, created, id and special_expiration_date.
    """
    done = need(completions, COMPLETIONS, *_PAIR, *_AGE).select(*_PAIR, *_AGE)
    return pl.concat([done, required_pairs(required)], how="diagonal")


def people_of(records: pl.LazyFrame, users: AnyFrame | None) -> pl.LazyFrame:
    """The people of these records, numbered in the order of their ids.

    Args:
        records: any frame with m_user_id; people whom `users` does not know are among them.
        users: as `load_users()` makes them, or None where they are not known.

    Returns:
        A lazy frame with one row per person, in order of person (the number, from 0): m_user_id,
        user ("Last, First", or the id), and the days of their `employment`.
    """
    return (
        records.select(pl.col("m_user_id").unique().sort())
        .with_row_index("person")
        .join(employment(users), on="m_user_id", how="left", maintain_order="left")
        .join(
            people_names(users, "m_user_id", "user"),
            on="m_user_id",
            how="left",
            maintain_order="left",
        )
        .with_columns(pl.col("user").fill_null(pl.col("m_user_id")))
    )


def ordered_records(records: pl.LazyFrame, people: pl.LazyFrame) -> pl.LazyFrame:
    """The records of these people by person, training and age.

    This one sort does it all, for any day: of what had happened by then, the last record of each
    pair is the one that counts, and it stands in the order of the answer, which every later step
    keeps.

    Args:
        records: as `records_of` makes them.
        people: as `people_of` makes them; the records of others are left out.

    Returns:
        A lazy frame of pair (the number of person and training), person, training_id, date,
        completion_id, special_expiration_date, and the span of days in which the record is the
        latest: `since`, and `until`, the day that the next record of the pair counts from (null
        where there is none). Of records that count from the same day only the last is kept.
    """
    has_next = pl.col("pair") == pl.col("pair").shift(-1)
    return (
        records.join(people.select("person", "m_user_id"), on="m_user_id", nulls_equal=True)
        .select(PAIR, "person", "training_id", *_AGE)
        .sort(_PAIR_AND_DAY, *_AGE)
        .drop("created")
        .rename({"id": "completion_id"})
        .with_columns(_SINCE.alias("since"))
        .with_columns(pl.when(has_next).then(pl.col("since").shift(-1)).alias("until"))
        .filter(pl.col("until").ne_missing(pl.col("since")))
    )


def latest(ordered: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """The latest record of each person and each training, on a day.

    Args:
        ordered: as `ordered_records` makes them.
        as_of: the day; completions after it have not happened yet. Undated ones stay.

    Returns:
        Those records in their order; all nulls but the pair where the training is only required.
    """
    superseded = (pl.col("until") <= as_of).fill_null(False)
    return ordered.filter((pl.col("since") <= as_of) & ~superseded)
