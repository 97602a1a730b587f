"""Which included training limits a composed one: the reason behind a derived row."""

from __future__ import annotations

import polars as pl

from kpa_analytics.names import with_titles
from kpa_analytics.schema import CASE_KEY
from kpa_analytics.statuses import MISSING, VALID

#: Whether a row of `expiry_status()` says that the person holds the training, by a completion or
#: through included trainings. A record without any date proves nothing.
HELD = pl.col("date").is_not_null() | pl.col("expiration_source").is_in(["special", "composed"])
#: The same, for a training that the person also holds on the day: it has not expired.
HELD_TODAY = (HELD & pl.col("status").is_in(VALID)).fill_null(False)
#: Whether a completion of the training itself proves that the person holds or held it.
OWN_PROOF = HELD.fill_null(False) & pl.col("expiration_source").ne_missing(pl.lit("composed"))
#: The columns that `limiting_trainings` adds.
LIMITS = ("limited_by_id", "limited_by", "limited_by_date", "limited_by_completion_id")


def limiting_trainings(status: pl.DataFrame, trainings: pl.DataFrame) -> pl.DataFrame:
    """Add, to the row of each composed training, the training that limits it.

    A person who holds a composed training through its included trainings holds it as long as the
    first of them to expire; that one limits it. If it is itself composed, the training that limits
    it is taken instead. Where the composed training's own schedule ends first, it limits itself. A
    composed training that never expires has no limit. If it is missing, the included trainings that
    the person does not hold are named, with their ids where titles repeat, and `limited_by_id` is
    null.

    Args:
        status: the result of `expiry_status()`, with the rows of the included trainings.
        trainings: the catalogue.

    Returns:
        The same rows with the columns of `LIMITS`, null in all other rows.
    """
    parts = (
        trainings.unique("id", keep="first", maintain_order=True)
        .select(training_id="id", part_id="included_trainings_id")
        .explode("part_id")
        .drop_nulls()
        .unique(maintain_order=True)
    )
    if parts.is_empty():
        return status.with_columns(_nothing())
    limits = pl.concat([_limits(status, parts), _lacking(status, parts, trainings)])
    return status.join(limits, on=CASE_KEY, how="left", maintain_order="left")


def _nothing() -> list[pl.Expr]:
    dtypes = (pl.Int64, pl.String, pl.Date, pl.Int64)
    return [pl.lit(None, dtype).alias(name) for name, dtype in zip(LIMITS, dtypes, strict=True)]


def _limits(status: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """The limit of each derived row that expires; a composed limit gives way to its own limit."""
    derived = status.filter(
        (pl.col("expiration_source") == "composed") & pl.col("expiration_date").is_not_null()
    ).select(*CASE_KEY, "expiration_date", limited_by_id="training_id")
    same_end = ["m_user_id", "part_id", "expiration_date"]
    ends = status.select("m_user_id", "expiration_date", part_id="training_id")
    through = (
        derived.join(parts, on="training_id")
        .join(ends, on=same_end, how="semi")
        .group_by(CASE_KEY)
        .agg(pl.col("part_id").min())
    )
    limits = derived.select(*CASE_KEY, "limited_by_id")
    for _ in range(parts["training_id"].n_unique()):
        deeper = limits.join(
            through.rename({"training_id": "limited_by_id", "part_id": "deeper"}),
            on=["m_user_id", "limited_by_id"],
            how="left",
            maintain_order="left",
        )
        if deeper["deeper"].null_count() == deeper.height:
            break
        limits = deeper.select(
            *CASE_KEY, pl.coalesce("deeper", "limited_by_id").alias("limited_by_id")
        )
    facts = status.select(
        "m_user_id",
        limited_by_id="training_id",
        limited_by="training",
        limited_by_date="date",
        limited_by_completion_id="completion_id",
    )
    return limits.join(facts, on=["m_user_id", "limited_by_id"], how="left").select(
        *CASE_KEY, *LIMITS
    )


def _lacking(status: pl.DataFrame, parts: pl.DataFrame, trainings: pl.DataFrame) -> pl.DataFrame:
    """The included trainings that a person lacks for a composed training that is missing."""
    held = status.filter(HELD)
    part_ids = parts.lazy().select("part_id", training_id="part_id").unique()
    titles = with_titles(part_ids, trainings).select("part_id", part="training").collect()
    same_title = pl.col("part").is_in(_repeated_titles(trainings).implode())
    named = pl.format("{} ({})", "part", "part_id")
    titles = titles.with_columns(pl.when(same_title).then(named).otherwise("part").alias("part"))
    lacking = (
        status.filter(pl.col("status") == MISSING)
        .select(CASE_KEY)
        .join(parts, on="training_id")
        .join(
            held.select("m_user_id", part_id="training_id"), on=["m_user_id", "part_id"], how="anti"
        )
        .join(titles, on="part_id")
        .sort("part", "part_id")
        .group_by(CASE_KEY, maintain_order=True)
        .agg(pl.col("part").str.join("; ").alias("limited_by"))
    )
    return lacking.with_columns(
        expr for expr in _nothing() if expr.meta.output_name() != "limited_by"
    ).select(*CASE_KEY, *LIMITS)


def _repeated_titles(trainings: pl.DataFrame) -> pl.Series:
    titles = trainings.unique("id", keep="first", maintain_order=True)["title"].drop_nulls()
    return titles.filter(titles.is_duplicated()).unique()
