"""Who takes which course when: people renew around the expiration, come late, or lapse.

All of it is arithmetic on columns, so a million completions take seconds.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.demo.catalogue import Course
from kpa_analytics.demo.chance import draw
from kpa_analytics.demo.people import JOBS

_DAYS_A_MONTH = 30.4375
_WEEKS_AFTER_FIXED_DAY = 28
_ONCE = 100 * 365.0
_UPTAKE = 0.08
_OWN_RECORD_OF_COMPOSED = 0.02


def invent_history(
    staff: pl.DataFrame, chosen: list[Course], begins: date, ends: date, seed: int
) -> pl.DataFrame:
    """Invent who took which course on which day.

    Returns:
        One row per completion: person, course, bundle, office (numbers), date, step (number of
        earlier completions), earliest (the first possible day), season (the first day of its
        season, or null), special (whether it may have a special expiration date).
    """
    takers = staff.join(_audience(chosen), on="job", maintain_order="left").filter(
        draw(seed, "comes", "person", "course") < pl.col("share") - 0.06 * _care(seed)
    )
    columns = ["person", "course", "bundle", "office", "date", "step"]
    columns += ["earliest", "season", "special"]
    frames = (
        _recurring(takers.filter(~pl.col("yearly")), begins, ends, seed),
        _yearly(takers.filter("yearly"), begins, ends, seed),
    )
    return (
        pl.concat([frame.select(columns) for frame in frames])
        .filter(pl.col("date").is_between(pl.col("earliest"), ends))
        .unique(["person", "course", "date"], keep="first", maintain_order=True)
    )


def _audience(chosen: list[Course]) -> pl.DataFrame:
    """One row per course and job: the share of people who take the course, how often, and when."""
    bundles = _bundle_numbers(chosen)
    rows = []
    for course in chosen:
        (month, day), length = _season(course) if course.yearly else ((1, 1), 0)
        share = _UPTAKE if course.jobs is None else 1.0
        rows += [
            {
                "course": course.number,
                "bundle": bundles[course.number],
                "job": job,
                "share": _OWN_RECORD_OF_COMPOSED if course.parts else share,
                "interval": (course.interval or 0) * _DAYS_A_MONTH or _ONCE,
                "yearly": course.yearly,
                "every": max(1, (course.interval or 12) // 12),
                "month": month,
                "day": day,
                "length": length,
                "welcomes": course.schedule.get("window_required_for_new_employees", True),
                "special": "window_open_month" not in course.schedule and not course.parts,
            }
            for job in course.jobs or range(JOBS)
        ]
    types = {"course": pl.UInt16, "bundle": pl.UInt16, "job": pl.UInt8}
    return pl.DataFrame(rows, schema_overrides=types)


def _bundle_numbers(chosen: list[Course]) -> list[int]:
    """Number the bundles: each has the number of its first course."""
    first: dict[str, int] = {}
    return [
        first.setdefault(course.bundle, course.number) if course.bundle else course.number
        for course in chosen
    ]


def _care(seed: int) -> pl.Expr:
    """A person's carelessness: 1 for one person in four, near 0 for the others."""
    return pl.when(draw(seed, "care", "person") < 0.25).then(1.0).otherwise(0.02)


def _recurring(takers: pl.DataFrame, begins: date, ends: date, seed: int) -> pl.DataFrame:
    """People take a course when new, then around each expiration; some skip the last renewal."""
    times = ((ends - begins).days / pl.col("interval") + 3).cast(pl.UInt8)
    times = pl.when(pl.col("interval") < _ONCE).then(times).otherwise(1)
    rows = takers.with_columns(step=pl.int_ranges(times, dtype=pl.UInt8)).explode("step")
    phase = draw(seed, "phase", "bundle", "person") * pl.min_horizontal("interval", 360.0)
    since_hired = (pl.col("hired") - begins).dt.total_days() + 1
    first = (
        pl.when(pl.col("hired") >= begins)
        .then(since_hired + draw(seed, "start", "person") * 21)
        .otherwise(phase)
    )
    later = pl.col("interval") + _punctuality(seed)
    days = pl.col("gap").cum_sum().over("person", "course").cast(pl.Int64)
    last = pl.col("step") == pl.col("step").max().over("person", "course")
    lapsed = draw(seed, "lapsed", "person", "course") < 0.11 * _care(seed)
    return (
        rows.with_columns(gap=pl.when(pl.col("step") == 0).then(first).otherwise(later))
        .with_columns(
            date=pl.lit(begins) + pl.duration(days=days),
            earliest=pl.max_horizontal("hired", pl.lit(begins)),
            season=pl.lit(None, pl.Date),
        )
        .filter(pl.col("date") <= pl.min_horizontal(pl.col("left").fill_null(ends), pl.lit(ends)))
        .filter(~(last & (pl.col("step") > 0) & lapsed))
    )


def _punctuality(seed: int) -> pl.Expr:
    """Days from the expiration to the renewal; negative before the expiration."""
    u = draw(seed, "how punctual", "bundle", "person", "step") * (0.88 + 0.12 * _care(seed))
    v = draw(seed, "by how much", "bundle", "person", "step")
    return (
        pl.when(u < 0.72)
        .then(-30 * v)
        .when(u < 0.86)
        .then(-30 - 60 * v)
        .when(u < 0.96)
        .then(25 * v)
        .otherwise(25 + 120 * v)
    )


def _yearly(takers: pl.DataFrame, begins: date, ends: date, seed: int) -> pl.DataFrame:
    """People take a course each year in its window, or after its fixed day.

    A completion before the fixed day would expire on that day, so nobody comes early.
    """
    years = list(range(begins.year - 1, ends.year + 1))
    steps = pl.lit(list(range(len(years))), pl.List(pl.UInt8))
    year = pl.col("step").cast(pl.Int32) + years[0]
    into = draw(seed, "in season", "bundle", "person", "step") ** 2 * pl.col("length")
    came = draw(seed, "came", "person", "course", "step") > 0.13 * _care(seed)
    season = (
        takers.with_columns(step=steps)
        .explode("step")
        .filter(came, (pl.col("step") + pl.col("person")) % pl.col("every") == 0)
        .with_columns(season=pl.date(year, "month", "day"), into=into)
    )
    welcome = takers.filter(pl.col("hired") >= begins, pl.col("welcomes")).with_columns(
        step=pl.lit(len(years), pl.UInt8),
        season=pl.col("hired"),
        into=1 + draw(seed, "start", "person") * 21,
    )
    return (
        pl.concat([season, welcome])
        .with_columns(
            date=pl.col("season") + pl.duration(days=pl.col("into").cast(pl.Int64)),
            earliest=pl.max_horizontal("season", "hired", pl.lit(begins)),
        )
        .filter(pl.col("date") <= pl.col("left").fill_null(ends))
    )


def _season(course: Course) -> tuple[tuple[int, int], int]:
    """The first day of a course's season, and the season's length in days."""
    wire = course.schedule
    if "window_open_month" in wire:
        opens = (wire["window_open_month"], wire["window_open_day"])
        closes = (wire["window_close_month"], wire["window_close_day"])
        length = (date(2001, *_plain(closes)) - date(2001, *_plain(opens))).days % 365
        return opens, length
    return (wire["expires_on_month"], wire["expires_on_day"]), _WEEKS_AFTER_FIXED_DAY


def _plain(day: tuple[int, int]) -> tuple[int, int]:
    """Replace 29 February by 28 February."""
    return (2, 28) if day == (2, 29) else day
