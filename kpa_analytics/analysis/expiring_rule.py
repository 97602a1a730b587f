"""The rule by which each case counts as expiring soon, in a few words."""

from __future__ import annotations

import polars as pl

from kpa_analytics import report_text as text
from kpa_analytics.statuses import EXPIRING
from kpa_analytics.wording import say


def with_expiring_rule(
    rows: pl.DataFrame, schedules: pl.DataFrame, expiring_days: int
) -> pl.DataFrame:
    """Add the column `expiring_rule` to rows of `expiry_status()`.

    It is null where nothing can expire: without an expiration date, unless a window is open for a
    person who never completed the training.

    Args:
        rows: the rows.
        schedules: the schedules of the catalogue, as `schedules()` returns them.
        expiring_days: the number for trainings without their own.

    Source: docs/rules.md sections 1, 2, 3 and 5.
    """
    own = dict(schedules.select("training_id", "expiring_days").drop_nulls().iter_rows())
    default = say(text.EXPIRING_DEFAULT_DAYS, days=expiring_days)
    said = {training: say(text.EXPIRING_OWN_DAYS, days=days) for training, days in own.items()}
    in_window, with_parts = text.EXPIRING_IN_WINDOW, text.EXPIRING_WITH_PARTS
    kinds = pl.Enum([*dict.fromkeys([default, *said.values(), in_window, with_parts])])
    counted = pl.col("training_id").replace_strict(said, default=default, return_dtype=kinds)
    source = pl.col("expiration_source")
    waits = source.is_null() & (pl.col("status") == EXPIRING)
    rule = (
        pl.when((source == "window").fill_null(False) | waits)
        .then(pl.lit(in_window, kinds))
        .when(pl.col("expiration_date").is_null())
        .then(pl.lit(None, kinds))
        .when(source == "composed")
        .then(pl.lit(with_parts, kinds))
        .otherwise(counted)
    )
    return rows.with_columns(rule.alias("expiring_rule"))
