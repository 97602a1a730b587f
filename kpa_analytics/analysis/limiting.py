"""Which included training limits a composed one: the reason behind a derived row."""

from __future__ import annotations

import polars as pl

from kpa_analytics.names import with_titles
from kpa_analytics.schema import CASE_KEY
from kpa_analytics.statuses import MISSING, VALID

_IS_COMPOSED = pl.col("expiration_source").eq_missing(pl.lit("composed"))
#: Whether the person completed the training of a row of `expiry_status()`, itself or through its
#: included trainings. It may have expired. A record without any date proves nothing.
COMPLETED = (
    pl.col("date").is_not_null() | _IS_COMPOSED | (pl.col("expiration_source") == "special")
).fill_null(False)
#: Whether the person also holds the training on the day: it has not expired.
HELD = COMPLETED & pl.col("status").is_in(VALID)
#: Whether a completion of the training itself proves it.
OWN_PROOF = COMPLETED & ~_IS_COMPOSED
#: The columns that `limiting_trainings` adds.
LIMITS = ("limited_by_id", "limited_by", "limited_by_date", "limited_by_completion_id")


def limiting_trainings(status: pl.DataFrame, trainings: pl.DataFrame) -> pl.DataFrame:
    """Add, to the row of each composed training, the training that limits it.

    A person who holds a composed training through its included trainings holds it as long as the
    first of them to expire; that one limits it. If it is itself composed, the training that limits
    it is taken instead. Where the composed training's own schedule ends first, it limits itself. A
    composed training that never expires has no limit. If it is missing, the included trainings that
    the person never completed are named, with their ids where titles repeat, and `limited_by_id` is
    null.

    Args:
        status: the result of `expiry_status()`, with the rows of the included trainings.
        trainings: the catalogue.

    Returns:
        The same rows with the columns of `LIMITS`, null in all other rows.
    """
    included = (
        trainings.unique("id", keep="first", maintain_order=True)
        .select(training_id="id", included_id="included_trainings_id")
        .explode("included_id")
        .drop_nulls()
        .unique(maintain_order=True)
    )
    if included.is_empty():
        return status.with_columns(_nothing())
    limits = pl.concat([_limits(status, included), _lacking(status, included, trainings)])
    return status.join(limits, on=CASE_KEY, how="left", maintain_order="left")


def _nothing() -> list[pl.Expr]:
    dtypes = (pl.Int64, pl.String, pl.Date, pl.Int64)
    return [pl.lit(None, dtype).alias(name) for name, dtype in zip(LIMITS, dtypes, strict=True)]


def _limits(status: pl.DataFrame, included: pl.DataFrame) -> pl.DataFrame:
    """The limit of each derived row that expires; a composed limit gives way to its own limit."""
    derived = status.filter(_IS_COMPOSED & pl.col("expiration_date").is_not_null()).select(
        *CASE_KEY, "expiration_date", limited_by_id="training_id"
    )
    same_end = ["m_user_id", "included_id", "expiration_date"]
    ends = status.select("m_user_id", "expiration_date", included_id="training_id")
    through = (
        derived.join(included, on="training_id")
        .join(ends, on=same_end, how="semi")
        .group_by(CASE_KEY)
        .agg(pl.col("included_id").min())
    )
    limits = derived.select(*CASE_KEY, "limited_by_id")
    for _ in range(included["training_id"].n_unique()):
        deeper = limits.join(
            through.rename({"training_id": "limited_by_id", "included_id": "deeper"}),
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


def _lacking(status: pl.DataFrame, included: pl.DataFrame, trainings: pl.DataFrame) -> pl.DataFrame:
    """The included trainings that a person lacks for a composed training that is missing."""
    completed = status.filter(COMPLETED).select("m_user_id", included_id="training_id")
    ids = included.lazy().select("included_id", training_id="included_id").unique()
    titles = with_titles(ids, trainings).select("included_id", name="training").collect()
    same_title = pl.col("name").is_in(_repeated_titles(trainings).implode())
    named = pl.format("{} ({})", "name", "included_id")
    titles = titles.with_columns(pl.when(same_title).then(named).otherwise("name").alias("name"))
    lacking = (
        status.filter(pl.col("status") == MISSING)
        .select(CASE_KEY)
        .join(included, on="training_id")
        .join(completed, on=["m_user_id", "included_id"], how="anti")
        .join(titles, on="included_id")
        .sort("name", "included_id")
        .group_by(CASE_KEY, maintain_order=True)
        .agg(pl.col("name").str.join("; ").alias("limited_by"))
    )
    return lacking.with_columns(
        expr for expr in _nothing() if expr.meta.output_name() != "limited_by"
    ).select(*CASE_KEY, *LIMITS)


def _repeated_titles(trainings: pl.DataFrame) -> pl.Series:
    titles = trainings.unique("id", keep="first", maintain_order=True)["title"].drop_nulls()
    return titles.filter(titles.is_duplicated()).unique()
