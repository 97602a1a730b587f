"""Put completions into group sessions, and give them instructors."""

from __future__ import annotations

import random
from datetime import date

import polars as pl

from kpa_analytics.demo.catalogue import Course
from kpa_analytics.demo.chance import draw
from kpa_analytics.demo.people import person_id

FIRST_SESSION_ID = 5001
_ROOM = ["bundle", "office", "date"]
_SESSION = [*_ROOM, "chunk"]
_TYPICAL_SIZE = 11
_SEATS = 25
_RARE, _IN_SEASON = 91, 10  # days between sessions, at most


def gather(history: pl.DataFrame, chosen: list[Course], begins: date, seed: int) -> pl.DataFrame:
    """Move most completions to a session day of their office, with 2 to 25 people per session.

    Adds a Boolean `together` and `chunk`, the number of the session on that day.
    """
    share = pl.DataFrame(
        {
            "course": [course.number for course in chosen],
            "grouped": [course.grouped for course in chosen],
        },
        schema_overrides={"course": pl.UInt16},
    )
    wants = draw(seed, "together", "bundle", "person", "step") < pl.col("grouped")
    once = pl.struct("person", "course", "moved", "together").is_first_distinct()
    return (
        history.join(share, on="course", maintain_order="left")
        .with_columns(moved=_session_day(begins, seed), wants=wants)
        .with_columns(moved=pl.col("moved") + pl.duration(days=_to_monday("moved")))
        .with_columns(together=pl.col("wants") & (pl.col("moved") >= pl.col("earliest")))
        .with_columns(together=pl.col("together") & once)
        .with_columns(date=pl.when("together").then("moved").otherwise("date"))
        .drop("moved", "wants", "grouped")
        .unique(["person", "course", "date"], keep="first", maintain_order=True)
        .with_columns(chunk=_room_number(seed))
        .with_columns(
            together=pl.col("together") & (pl.col("person").n_unique().over(_SESSION) > 1)
        )
    )


def _session_day(begins: date, seed: int) -> pl.Expr:
    """The latest session day before a date; busy courses have session days more often."""
    span = (pl.col("date").max() - pl.lit(begins)).dt.total_days() + 1
    busy = pl.len().over("bundle", "office")
    widest = pl.when(pl.col("season").is_null()).then(_RARE).otherwise(_IN_SEASON)
    width = (_TYPICAL_SIZE * span / busy).ceil().clip(1, widest).cast(pl.Int64)
    shift = (draw(seed, "shift", "bundle", "office") * width).cast(pl.Int64)
    anchor = pl.coalesce("season", pl.lit(begins) + pl.duration(days=shift))
    days = (pl.col("date") - anchor).dt.total_days()
    return anchor + pl.duration(days=days // width * width)


def _to_monday(column: str) -> pl.Expr:
    """Days from a weekend day to the following Monday."""
    weekday = pl.col(column).dt.weekday().cast(pl.Int64)
    return pl.when(weekday > 5).then(8 - weekday).otherwise(0)


def _room_number(seed: int) -> pl.Expr:
    """Fill rooms of 8 to 25 seats in turn; a person outside sessions has a separate room."""
    seats = 8 + draw(seed, "seats", *_ROOM) * (_SEATS - 7)
    turn = pl.col("person").rank("dense").over(*_ROOM, "together") - 1
    room = (turn / seats.floor()).floor().cast(pl.UInt32)
    return pl.when("together").then(room).otherwise(pl.col("person") + 1_000_000)


def teach(
    history: pl.DataFrame,
    chosen: list[Course],
    staff: pl.DataFrame,
    instructors: int,
    seed: int,
) -> pl.DataFrame:
    """Give each session, and some other completions, one of the course's instructors.

    Adds `m_instructor_id` and `group_training_id`, either of which may be null.
    """
    coached = pl.DataFrame(
        {"course": [c.number for c in chosen], "coached": [c.coached for c in chosen]},
        schema_overrides={"course": pl.UInt16},
    )
    pools = _pools(chosen, staff.head(instructors), seed)
    slot = (draw(seed, "instructor", *_SESSION) ** 1.6 * pl.col("pool_size")).cast(pl.UInt8)
    taught = pl.col("together") | (draw(seed, "coached", *_SESSION) < pl.col("coached"))
    gone = pl.col("teacher_left") < pl.col("date")
    session = pl.struct(_SESSION).rank("dense").cast(pl.Int64) + FIRST_SESSION_ID - 1
    led = (
        history.join(coached, on="course", maintain_order="left")
        .join(pools.filter(slot=0).select("bundle", "pool_size", first="teacher"), on="bundle")
        .with_columns(slot=slot, taught=taught)
        .join(pools.drop("pool_size"), on=["bundle", "slot"], how="left", maintain_order="left")
        .with_columns(teacher=pl.when(gone).then("first").otherwise("teacher"))
    )
    attends = pl.col("teacher") != pl.col("person")
    ids = pl.Series([person_id(number) for number in range(instructors)])
    alone = pl.col("person").filter("together").n_unique().over(_SESSION) < 2
    return (
        led.with_columns(together=pl.col("together") & attends, taught=pl.col("taught") & attends)
        .with_columns(together=pl.col("together") & ~alone)
        .with_columns(
            m_instructor_id=pl.when("taught").then(
                pl.col("teacher").replace_strict(
                    list(range(instructors)), ids, return_dtype=pl.String
                )
            ),
            group_training_id=pl.when("together").then(session),
        )
    )


def _pools(chosen: list[Course], teachers: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The instructors of each bundle; the first is still employed and replaces those who left."""
    chance = random.Random(f"instructors {seed}")  # noqa: S311 - an invention, not a secret
    left = teachers["left"].to_list()
    staying = [number for number, day in enumerate(left) if day is None]
    rows = []
    for course in chosen:
        size = 1 if course.lone else chance.randint(2, 5)
        first = chance.choice(staying)
        others = [number for number in range(len(left)) if number != first]
        pool = [first, *chance.sample(others, min(size - 1, len(others)))]
        rows += [
            (course.number, slot, teacher, left[teacher], len(pool))
            for slot, teacher in enumerate(pool)
        ]
    schema = {
        "bundle": pl.UInt16,
        "slot": pl.UInt8,
        "teacher": pl.UInt32,
        "teacher_left": pl.Date,
        "pool_size": pl.UInt8,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def session_list(completions: pl.DataFrame) -> pl.DataFrame:
    """The API's group trainings for these completions."""
    return (
        completions.lazy()
        .filter(pl.col("group_training_id").is_not_null())
        .group_by("group_training_id")
        .agg(
            pl.col("created").min(),
            pl.col("m_user_id").unique().sort().alias("m_trainees_id"),
            pl.col("training_id").unique().sort().alias("trainings_id"),
            pl.col("m_instructor_id").first(),
        )
        .select(pl.col("group_training_id").alias("id"), pl.exclude("group_training_id"))
        .with_columns(notes=pl.lit(""))
        .sort("id")
        .collect()
    )
