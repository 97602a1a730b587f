"""The rule that decides each case, in a few words."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics import report_text as text
from kpa_analytics.analysis.schedule_texts import schedule_texts
from kpa_analytics.audit.identity import labels_of
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.wording import day_texts, say


def with_rules(data: TrainingData, cases: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Add the column `rule` to cases, as `audit_cases()` returns them."""
    rule = _rule(schedule_texts(data.trainings, as_of)).alias("rule")
    return cases.with_columns(labels_of(data).of(cases).select(rule).to_series())


def _rule(schedules: dict[int, str]) -> pl.Expr:
    """The rule that decides a case, in a few words."""
    schedule = pl.col("training_id").replace_strict(
        schedules, default=text.NOT_KNOWN, return_dtype=pl.String
    )
    source = pl.col("expiration_source").cast(pl.String)
    by_source = pl.format("{}: {}", source, schedule)
    for key, said in text.CASE_RULES.items():
        by_source = pl.when(source == key).then(pl.lit(said)).otherwise(by_source)
    never = (
        pl.col("status")
        .cast(pl.String)
        .replace_strict(text.NEVER_COMPLETED_RULES, default=None, return_dtype=pl.String)
    )
    return pl.coalesce(_composed(), by_source, never)


def _composed() -> pl.Expr:
    """The training that limits a composed one, or what it still lacks; null elsewhere."""
    return (
        pl.when(pl.col("limited_by_id") == pl.col("training_id"))
        .then(pl.lit(text.COMPOSED_OWN_RULE))
        .when(pl.col("limited_by_id").is_not_null())
        .then(_named(text.COMPOSED_RULE, limit_and_day()))
        .otherwise(_named(text.COMPOSED_MISSING_RULE, pl.col("limited_by")))
    )


def limit_and_day() -> pl.Expr:
    """The training that limits a composed one, with the day of its completion if it has one."""
    limit, day = pl.col("limited_by"), day_texts(pl.col("limited_by_date"))
    return pl.coalesce(pl.format(say(text.LIMITED_BY, limit="{}", day="{}"), limit, day), limit)


def _named(sentence: str, limits: pl.Expr) -> pl.Expr:
    return pl.format(say(sentence, limits="{}"), limits)
