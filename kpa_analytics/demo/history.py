"""Who took which course when: people renew around the expiry, come late, lapse, come and go.

Everything is arithmetic on columns, so a million completions take seconds.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.demo.catalogue import Course
from kpa_analytics.demo.chance import draw

_DAYS_A_MONTH = 30.4375
_WEEKS_AFTER_FIXED_DAY = 28
_UPTAKE = 0.08
_OWN_RECORD_OF_COMPOSED = 0.02


def invent_history(
    staff: pl.DataFrame, chosen: list[Course], begins: date, ends: date, seed: int
) -> pl.DataFrame:
    """Invent who took what on which day.

    Args:
        staff: `People.staff`.
        chosen: the courses.
        begins: the first day of the records.
        ends: the last day of the records.
        seed: the organisation's seed.

    Returns:
        One row per completion: person, course, bundle, office (numbers), date, step (how many
        times before), earliest (the first day on which it makes sense), season (the day on
        which its season opens, null: none), special (whether it may have its own expiration).
    """
    bundles = _bundle_numbers(chosen)
    frames = []
    for course in chosen:
        takers = _takers(staff, course, bundles[course.number], seed)
        invent = _yearly if course.yearly else _recurring
        frames.append(invent(takers, course, begins, ends, seed))
    columns = [
        "person",
        "course",
        "bundle",
        "office",
        "date",
        "step",
        "earliest",
        "season",
        "special",
    ]
    return (
        pl.concat([frame.select(columns) for frame in frames])
        .filter(pl.col("date").is_between(pl.col("earliest"), ends))
        .unique(["person", "course", "date"], keep="first", maintain_order=True)
    )


def _bundle_numbers(chosen: list[Course]) -> list[int]:
    """Number the bundles: courses of one bundle have the number of its first course."""
    first: dict[str, int] = {}
    return [
        first.setdefault(course.bundle, course.number) if course.bundle else course.number
        for course in chosen
    ]


def _takers(staff: pl.DataFrame, course: Course, bundle: int, seed: int) -> pl.DataFrame:
    people = staff.with_columns(
        pl.lit(course.number, pl.UInt16).alias("course"), pl.lit(bundle, pl.UInt16).alias("bundle")
    )
    if course.jobs:
        people = people.filter(pl.col("job").is_in(course.jobs))
    if course.parts:
        return people.filter(draw(seed, "own record", "person", "course") < _OWN_RECORD_OF_COMPOSED)
    if course.jobs is None:
        return people.filter(draw(seed, "uptake", "person", "course") < _UPTAKE)
    return people.filter(draw(seed, "never came", "person", "course") > 0.06 * _care(seed))


def _recurring(
    takers: pl.DataFrame, course: Course, begins: date, ends: date, seed: int
) -> pl.DataFrame:
    """Take a course when new, then again around each expiry."""
    interval = (course.interval or 1200) * _DAYS_A_MONTH
    times = int((ends - begins).days / interval) + 3 if course.interval else 1
    rows = takers.with_columns(step=pl.lit(list(range(times)), pl.List(pl.UInt8))).explode("step")
    u = draw(seed, "how punctual", "bundle", "person", "step") * (0.88 + 0.12 * _care(seed))
    v = draw(seed, "by how much", "bundle", "person", "step")
    punctuality = (
        pl.when(u < 0.72)
        .then(-30 * v)
        .when(u < 0.86)
        .then(-30 - 60 * v)
        .when(u < 0.96)
        .then(25 * v)
        .otherwise(25 + 120 * v)
    )
    phase = draw(seed, "phase", "bundle", "person") * min(interval, 360.0)
    first = (
        pl.when(pl.col("hired") >= begins)
        .then((pl.col("hired") - begins).dt.total_days() + 1 + draw(seed, "start", "person") * 21)
        .otherwise(phase)
    )
    later = pl.when(pl.col("step") == 0).then(first).otherwise(interval + punctuality)
    days = pl.col("gap").cum_sum().over("person").cast(pl.Int64)
    return (
        rows.with_columns(gap=later)
        .with_columns(
            date=pl.lit(begins) + pl.duration(days=days),
            earliest=pl.max_horizontal("hired", pl.lit(begins)),
            season=pl.lit(None, pl.Date),
            special=pl.lit(course.interval is not None and not course.parts),
        )
        .filter(pl.col("date") <= pl.min_horizontal(pl.col("left").fill_null(ends), pl.lit(ends)))
        .filter(~_lapsed(course, seed))
    )


def _lapsed(course: Course, seed: int) -> pl.Expr:
    """Some people did not come the last time, though they should have."""
    last = (pl.col("step") == pl.col("step").max().over("person")) & (pl.col("step") > 0)
    return last & (draw(seed, "lapsed", "person", "course") < 0.11 * _care(seed))


def _care(seed: int) -> pl.Expr:
    """How careless a person is: 1 for one in four, next to nothing for the others."""
    return pl.when(draw(seed, "care", "person") < 0.25).then(1.0).otherwise(0.02)


def _yearly(
    takers: pl.DataFrame, course: Course, begins: date, ends: date, seed: int
) -> pl.DataFrame:
    """Take a course each year in its window, or from its fixed day on.

    Who comes before the fixed day gains nothing by it: the expiration stays on that day.
    """
    years = list(range(begins.year - 1, ends.year + 2))
    opens, length = _season(course)
    every = max(1, (course.interval or 12) // 12)
    rows = takers.with_columns(step=pl.lit(list(range(len(years))), pl.List(pl.UInt8))).explode(
        "step"
    )
    opening = pl.date(pl.col("step").cast(pl.Int32) + years[0], opens[0], opens[1])
    late = draw(seed, "in season", "bundle", "person", "step") ** 2 * length
    season = rows.with_columns(
        date=opening + pl.duration(days=late.cast(pl.Int64)), opening=opening
    ).filter(
        draw(seed, "came", "person", "course", "step") > 0.13 * _care(seed),
        (pl.col("step") + pl.col("person")) % every == 0,
    )
    hired = takers.filter(pl.col("hired") >= begins) if _welcomes(course) else takers.clear()
    welcome = hired.with_columns(
        step=pl.lit(len(years), pl.UInt8),
        date=pl.col("hired")
        + pl.duration(days=(1 + draw(seed, "start", "person") * 21).cast(pl.Int64)),
        opening=pl.col("hired"),
    )
    return (
        pl.concat([season, welcome])
        .with_columns(
            earliest=pl.max_horizontal("opening", "hired", pl.lit(begins)),
            season="opening",
            special=pl.lit("window_open_month" not in course.schedule),
        )
        .filter(pl.col("date") <= pl.col("left").fill_null(ends))
    )


def _welcomes(course: Course) -> bool:
    """Whether newcomers take it when they come, outside its season."""
    return bool(course.schedule.get("window_required_for_new_employees", True))


def _season(course: Course) -> tuple[tuple[int, int], int]:
    """The day on which people begin to take it, and for how many days."""
    wire = course.schedule
    if "window_open_month" in wire:
        opens = (wire["window_open_month"], wire["window_open_day"])
        closes = (wire["window_close_month"], wire["window_close_day"])
        length = (date(2001, *_plain(closes)) - date(2001, *_plain(opens))).days % 365
        return opens, length
    return (wire["expires_on_month"], wire["expires_on_day"]), _WEEKS_AFTER_FIXED_DAY


def _plain(day: tuple[int, int]) -> tuple[int, int]:
    """A month and day that every year has."""
    return (2, 28) if day == (2, 29) else day
