"""Offerings of window trainings that nobody recorded, or that did not take place.

Under the vendor's rule a completion stops being valid when the training is offered again, not when
a window passes (docs/rules.md section 2). If a window opened after a completion and has closed, and
the last offered date did not change, either the training was not offered or nobody recorded the
offering.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics import report_text as texts
from kpa_analytics.analysis.engine import Engine, Rules
from kpa_analytics.analysis.windows import outlasts_window
from kpa_analytics.data.checks import Check, row_sentences
from kpa_analytics.employment import has_left

_OFFERED = pl.col("offered")
_LAST, _LATER = pl.col("window_last_offered_date"), pl.col("offered_later")


def offering_not_recorded(
    completions: pl.LazyFrame, rules: Rules, users: pl.LazyFrame, today: date
) -> Check:
    """Window trainings whose completions are valid only because no later offering is recorded.

    There is one finding per such training. Only the latest completion of each person who has not
    left counts; offerings and completions after the day are ignored.
    """
    relying = _people(completions, rules, users, today)
    offered = (
        pl.when(_LAST.is_not_null())
        .then(row_sentences(texts.LAST_OFFERED))
        .when(_LATER.is_not_null())
        .then(row_sentences(texts.NEXT_OFFERED))
        .otherwise(pl.lit(texts.NEVER_OFFERED))
    )
    affected = (
        rules.offerings.lazy()
        .join(relying, on="training_id")
        .select(
            "training_id",
            "people",
            pl.when(today >= _OFFERED).then(_OFFERED).alias("window_last_offered_date"),
            pl.when(today < _OFFERED).then(_OFFERED).alias("offered_later"),
            pl.lit(today).alias("as_of"),
        )
        .with_columns(
            offered.alias("offered"), row_sentences(texts.RELYING_PEOPLE).alias("relying")
        )
    )
    return Check(
        "offering_not_recorded",
        "trainings",
        "window_last_offered_date",
        affected,
        texts.OFFERING_NOT_RECORDED,
        record="training_id",
        value="window_last_offered_date",
    )


def _people(
    completions: pl.LazyFrame, rules: Rules, users: pl.LazyFrame, today: date
) -> pl.LazyFrame:
    """How many people of each training are valid only because no later offering is recorded.

    Returns:
        training_id, people.
    """
    of_windows = completions.join(rules.offerings.lazy(), on="training_id", how="semi")
    engine = Engine(of_windows.collect(engine="in-memory"), rules, users, None, only=today)
    outlasting = (
        engine.expirations.lazy()
        .join(rules.windows_on(today).lazy(), on="training_id")
        .filter(outlasts_window(pl.lit(today)))
    )
    employed = engine.people.lazy().filter(~has_left(today))
    return (
        engine.rows.lazy()
        .join(outlasting, left_on="expiration_row", right_on="expiry_key", how="semi")
        .join(employed, on="person", how="semi")
        .group_by("training_id")
        .agg(pl.len().alias("people"))
    )
