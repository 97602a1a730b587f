"""Trainings that somebody taught while that person's own certificate of them had expired.

This is this project's rule (docs/rules.md section 7). The certificate is judged as of the day on
which the person taught, with the records of today.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics import report_text as texts
from kpa_analytics.analysis.engine import Engine, Rules
from kpa_analytics.analysis.sampled_days import SampledDays
from kpa_analytics.analysis.schedules import as_expiring_days
from kpa_analytics.analysis.status_spans import StatusSpans
from kpa_analytics.data.checks import Check, row_sentences
from kpa_analytics.data.training_circles import in_or_above_circles, included_trainings
from kpa_analytics.statuses import EXPIRING_DAYS

_TAUGHT = ("m_instructor_id", "training_id", "date")
_KIND = "taught_while_expired"
_PARTS = "included_trainings_id"


def taught_while_expired(
    completions: pl.LazyFrame, trainings: pl.LazyFrame, sessions: pl.LazyFrame, today: date
) -> tuple[Check, Check]:
    """Group sessions, and completions outside of them, that were taught on an expired certificate.

    A listed group session has one row for each training in question; any other completion has a
    row of its own. Somebody who had not completed the training by then is not reported, because
    nothing says that the person ever needed it.
    """
    taught = (
        completions.filter(pl.col("m_instructor_id").is_not_null(), pl.col("date") <= today)
        .select("id", "group_training_id", *_TAUGHT)
        .collect(engine="in-memory")
    )
    expired = certificates(taught, completions, trainings).filter("had_expired")
    rows = taught.lazy().join(expired, on=_TAUGHT)
    rows = rows.with_columns(pl.col("m_instructor_id").alias("m_user_id"))
    listed = sessions.select(pl.col("id").alias("group_training_id")).unique()
    together = (
        rows.join(listed, on="group_training_id", how="semi")
        .drop("id")
        .unique(["group_training_id", *_TAUGHT])
        .rename({"group_training_id": "id"})
    )
    alone = rows.join(listed, on="group_training_id", how="anti")
    in_session, in_record = texts.TAUGHT_WHILE_EXPIRED, texts.COACHED_WHILE_EXPIRED
    training = "training_id"
    return (
        Check(_KIND, "group_trainings", "trainings_id", together, in_session, value=training),
        Check(_KIND, "completions", training, alone, in_record, value=training),
    )


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
        `texts.EXPIRED_ON`, empty if the day is not known).
    """
    who = taught["m_instructor_id"].unique().implode()
    own = completions.filter(pl.col("m_user_id").is_in(who)).collect(engine="in-memory")
    days = _days(taught, own)
    engine = Engine(own, _rules(trainings), None, None)
    spans = StatusSpans(engine, days).frame(
        as_expiring_days(EXPIRING_DAYS), include_terminated=True
    )
    at, since, over = pl.col("at"), pl.col("since"), pl.col("over")
    last_valid = pl.lit(days.days).gather((over - 1).clip(0))
    return (
        taught.lazy()
        .select(_TAUGHT)
        .unique()
        .join(engine.people.lazy().select("person", m_instructor_id="m_user_id"), on=_TAUGHT[0])
        .join(engine.titles.lazy().select("title", "training_id"), on="training_id")
        .with_columns(days.position(pl.col("date")).alias("at"))
        .join(spans.lazy().filter("held"), on=["person", "title"])
        .filter(since <= at, at < pl.col("until"))
        .with_columns((over <= at).alias("had_expired"), last_valid.alias("last_valid"))
        .with_columns(
            pl.when(over > since)
            .then(row_sentences(texts.EXPIRED_ON))
            .otherwise(pl.lit(""))
            .alias("expired_on")
        )
        .select(*_TAUGHT, "had_expired", "expired_on")
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
