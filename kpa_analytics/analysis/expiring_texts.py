"""The rule by which each case counts as expiring soon, in a few words."""

from __future__ import annotations

import polars as pl

from kpa_analytics import report_text as text
from kpa_analytics.statuses import EXPIRING
from kpa_analytics.wording import listing, say

#: What decides: the window, the included trainings, the training's own number of days, or another.
_WINDOW, _INCLUDED, _OWN, _DEFAULT = "window", "composed", "own", "default"


def with_expiring_rule(
    rows: pl.DataFrame, schedules: pl.DataFrame, expiring_days: int
) -> pl.DataFrame:
    """Add the column `expiring_rule` to rows of `expiry_status()`.

    It says "own" of a training's own number of days, and "default" of that of all other trainings.
    It is null where nothing can expire: without an expiration date, unless a window is open for a
    person who never completed the training.

    Args:
        rows: the rows.
        schedules: the schedules of the catalogue, as `schedules()` returns them.
        expiring_days: the number for trainings without their own.

    Source: docs/rules.md sections 1, 2, 3 and 5.
    """
    own = _own_days(schedules)
    said = {training: say(text.EXPIRING_RULE_OWN, days=days) for training, days in own.items()}
    others = {
        _WINDOW: text.EXPIRING_RULE_WINDOW,
        _INCLUDED: text.EXPIRING_RULE_INCLUDED,
        _DEFAULT: say(text.EXPIRING_RULE_DEFAULT, days=expiring_days),
    }
    kinds = pl.Enum([*dict.fromkeys([*others.values(), *said.values()])])
    rule = (
        pl.when(_decides(own) == _OWN)
        .then(pl.col("training_id").replace_strict(said, default=None, return_dtype=kinds))
        .otherwise(_decides(own).replace_strict(others, default=None, return_dtype=kinds))
    )
    return rows.with_columns(rule.alias("expiring_rule"))


def expiring_meaning(rows: pl.DataFrame, schedules: pl.DataFrame, expiring_days: int) -> list[str]:
    """Say what expiring soon means for these rows, in one sentence; none if nothing can expire.

    The arguments are those of `with_expiring_rule`. The sentence names the trainings whose own
    number of days gives another status than `expiring_days` would. Composed trainings follow their
    included trainings, which the rule of composed trainings says.

    Source: docs/rules.md sections 1, 2 and 3.
    """
    own = _own_days(schedules)
    with_rules = rows.with_columns(decides=_decides(own))
    kinds, rules = with_rules["decides"].to_list(), []
    if _DEFAULT in kinds:
        rules.append(say(text.EXPIRING_WITHIN, days=expiring_days))
    if _OWN in kinds:
        named = _named(with_rules.filter(pl.col("decides") == _OWN), own, expiring_days)
        rules.append(f"{text.EXPIRING_WITHIN_OWN}{f' ({named})' if named else ''}")
    if _WINDOW in kinds:
        rules.append(text.EXPIRING_OPEN_WINDOW)
    return [say(text.EXPIRING_MEANS, rules=", or ".join(rules))] if rules else []


def _named(rows: pl.DataFrame, own: dict[int, int], expiring_days: int) -> str:
    """The numbers of the trainings that make a difference, or that of the only training."""
    by_default = pl.col("days_left").is_between(0, expiring_days)
    differs = (pl.col("status") == EXPIRING) != by_default
    only = rows["training_id"].n_unique() == 1
    numbers = (
        rows.filter(differs | only)
        .select("training", days=pl.col("training_id").replace_strict(own, return_dtype=pl.Int64))
        .unique()
        .sort("days", "training")
        .group_by("days", maintain_order=True)
        .agg("training")
    )
    return "; ".join(
        say(text.EXPIRING_OWN_OF, days=days, trainings=listing(titles, len(titles)))
        for days, titles in numbers.iter_rows()
    )


def _own_days(schedules: pl.DataFrame) -> dict[int, int]:
    """The trainings with their own number of days."""
    return dict(schedules.select("training_id", "expiring_days").drop_nulls().iter_rows())


def _decides(own: dict[int, int]) -> pl.Expr:
    """The kind of rule by which a row counts as expiring soon; null where nothing can expire."""
    source = pl.col("expiration_source").cast(pl.String)
    waits = source.is_null() & (pl.col("status") == EXPIRING)
    return (
        pl.when((source == "window").fill_null(False) | waits)
        .then(pl.lit(_WINDOW))
        .when(pl.col("expiration_date").is_null())
        .then(None)
        .when(source == "composed")
        .then(pl.lit(_INCLUDED))
        .when(pl.col("training_id").is_in([*own]))
        .then(pl.lit(_OWN))
        .otherwise(pl.lit(_DEFAULT))
    )
