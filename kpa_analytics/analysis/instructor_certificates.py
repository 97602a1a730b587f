"""Whether instructors held a valid certificate of what they taught, on the day they taught it."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics import report_text as texts
from kpa_analytics.analysis.engine import Engine, Rules
from kpa_analytics.analysis.sampled_days import SampledDays
from kpa_analytics.analysis.schedules import as_expiring_days
from kpa_analytics.analysis.status_spans import StatusSpans
from kpa_analytics.data.checks import row_sentences
from kpa_analytics.data.included_trainings import included_trainings
from kpa_analytics.data.training_circles import in_or_above_circles
from kpa_analytics.statuses import EXPIRING_DAYS

#: Who taught what on which day.
TAUGHT = ("m_instructor_id", "training_id", "date")
_PARTS = "included_trainings_id"


def certificates(
    taught: pl.DataFrame, completions: pl.LazyFrame, trainings: pl.LazyFrame
) -> pl.LazyFrame:
    """The instructors' own certificates of the trainings that they taught, as of those days.

    Args:
        taught: m_instructor_id, training_id and date (the day of teaching).
        completions: all completions.
        trainings: the catalogue.

    Returns:
        One row for each instructor, training and day of `taught`, if the instructor had completed
        the training by then: these columns, `had_expired`, and `expired_on` (the text
        `texts.EXPIRED_ON`; empty if it had not expired, or if the day is not known).
    """
    who = taught["m_instructor_id"].unique().implode()
    own = completions.filter(pl.col("m_user_id").is_in(who)).collect(engine="in-memory")
    days = _days(taught, own)
    engine = Engine(own, _rules(trainings), None, None)
    spans = StatusSpans(engine, days).frame(
        as_expiring_days(EXPIRING_DAYS), include_terminated=True
    )
    position, since, over = pl.col("position"), pl.col("since"), pl.col("over")
    last_valid = pl.lit(days.days).gather((over - 1).clip(0))
    return (
        taught.lazy()
        .select(TAUGHT)
        .unique()
        .join(engine.people.lazy().select("person", m_instructor_id="m_user_id"), on=TAUGHT[0])
        .join(engine.titles.lazy().select("title_row", "training_id"), on="training_id")
        .with_columns(days.position(pl.col("date")).alias("position"))
        .join(spans.lazy().filter("completed"), on=["person", "title_row"])
        .filter(since <= position, position < pl.col("until"))
        .with_columns((over <= position).alias("had_expired"), last_valid.alias("last_valid"))
        .with_columns(
            pl.when((over > since) & (over <= position))
            .then(row_sentences(texts.EXPIRED_ON))
            .otherwise(pl.lit(""))
            .alias("expired_on")
        )
        .select(*TAUGHT, "had_expired", "expired_on")
    )


def _days(*frames: pl.DataFrame) -> SampledDays:
    dates = pl.concat([frame["date"] for frame in frames]).drop_nulls()
    if dates.is_empty():
        return SampledDays(pl.Series([date.min]))
    first, last = dates.sort()[0], dates.sort()[-1]
    return SampledDays.between(first, last, "1d")


def _rules(trainings: pl.LazyFrame) -> Rules:
    """The rules of the catalogue; a training in or above a circle counts as not composed."""
    circular = in_or_above_circles(included_trainings(trainings))
    is_sound = ~pl.col("id").is_in([*circular])
    return Rules(trainings.with_columns(pl.when(is_sound).then(pl.col(_PARTS)).alias(_PARTS)))
