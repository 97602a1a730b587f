"""The details of a completion: id, recording time, notes, signature and files."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.demo.catalogue import FIRST_TRAINING_ID
from kpa_analytics.demo.chance import draw
from kpa_analytics.demo.people import milliseconds, person_id
from kpa_analytics.demo.wire import COMPLETION_TYPES

FIRST_COMPLETION_ID = 100_001
_HOUR = 3_600_000
_NOTES = (
    "Needs glasses for the written test",
    "Practical part repeated once, passed",
    "Taken in Spanish",
    "Make-up session",
    "Certificate from a previous employer seen",
    "Éval. pratique réussie",
)


def file_completions(taught: pl.DataFrame, ends: date, seed: int) -> pl.DataFrame:
    """Turn a history with instructors into completion records.

    No record is created later than about 11 hours after noon, UTC, of the last day.
    """
    return (
        taught.lazy()
        .with_columns(created=_recorded(ends, seed))
        .sort("created", "course", "person")
        .with_columns(special=_special(seed), files=_files(seed))
        .select(
            pl.int_range(pl.len(), dtype=pl.Int64).alias("id") + FIRST_COMPLETION_ID,
            pl.col("course").cast(pl.Int64).alias("training_id") + FIRST_TRAINING_ID,
            _person_ids(taught["person"].max()).alias("m_user_id"),
            "created",
            _number("date").alias("date_number"),
            _number("special").alias("special_expiration_date_number"),
            "m_instructor_id",
            "group_training_id",
            _notes(seed).alias("notes"),
            ((draw(seed, "signed", "person", "step") < 0.6) & pl.col("together")).alias("signed"),
            "files",
        )
        .cast(pl.Schema(COMPLETION_TYPES))
        .collect()
    )


def _person_ids(last: object) -> pl.Expr:
    numbers = range(int(str(last)) + 1) if last is not None else range(0)
    ids = pl.Series([person_id(number) for number in numbers], dtype=pl.String)
    return pl.lit(ids).gather(pl.col("person"))


def _number(column: str) -> pl.Expr:
    day = pl.col(column)
    return day.dt.year() * 10_000 + day.dt.month().cast(pl.Int32) * 100 + day.dt.day()


def _recorded(ends: date, seed: int) -> pl.Expr:
    """The recording time: usually the same afternoon, sometimes days later.

    All completions of a session are recorded within a second.
    """
    session = ("bundle", "office", "date", "chunk")
    afternoon = (14 + 9 * draw(seed, "hour", *session)) * _HOUR
    late = draw(seed, "filed late", *session)
    delay = pl.when(late < 0.2).then((late * 45).floor() * 24 * _HOUR).otherwise(0)
    moment = pl.col("date").cast(pl.Datetime("ms")).dt.epoch("ms") + (afternoon + delay).cast(
        pl.Int64
    )
    close = milliseconds(ends) + 11 * _HOUR
    apart = (draw(seed, "apart", "person", "course") * 1000).cast(pl.Int64)
    return pl.min_horizontal(moment, pl.lit(close)) + apart


def _special(seed: int) -> pl.Expr:
    """One completion in sixty has a special expiration date, half of them early, half late."""
    u = draw(seed, "special", "person", "course", "step")
    days = pl.when(u < 1 / 120).then(60 + u * 10_000).otherwise(400 + u * 20_000)
    own = pl.col("date") + pl.duration(days=days.cast(pl.Int64))
    return pl.when(pl.col("special") & (u < 1 / 60)).then(own)


def _files(seed: int) -> pl.Expr:
    u = draw(seed, "files", "person", "course", "step")
    return pl.when(u < 0.02).then(2).when(u < 0.15).then(1).otherwise(0)


def _notes(seed: int) -> pl.Expr:
    u = draw(seed, "notes", "person", "course", "step") * 25 * len(_NOTES)
    chosen = pl.when(u < len(_NOTES)).then(u.cast(pl.UInt32))
    return chosen.replace_strict(
        list(range(len(_NOTES))), list(_NOTES), default=None, return_dtype=pl.String
    )
