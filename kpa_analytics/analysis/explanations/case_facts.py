"""The facts behind each case (one person and one training), as the expiry engine has them.

The engine decides the statuses; this module puts beside each of them what it decided on.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import polars as pl

from kpa_analytics.analysis.engine import Engine, Rules
from kpa_analytics.analysis.expirations import RENEWAL
from kpa_analytics.analysis.limiting import COMPLETED, LIMITS, OWN_PROOF, limiting_trainings
from kpa_analytics.analysis.requirements import required_pairs, required_sources
from kpa_analytics.analysis.schedules import RENEWS
from kpa_analytics.analysis.status_rules import has_grace, not_yet
from kpa_analytics.analysis.windows import EXPIRED_FROM, SUPERSEDED
from kpa_analytics.employment import employment, has_left
from kpa_analytics.inputs import AnyFrame, read
from kpa_analytics.names import with_names, with_titles
from kpa_analytics.schema import CASE_KEY, COMPLETIONS, EXPIRY_STATUS

#: One row of `case_facts`.
CaseFacts = dict[str, Any]

_OWN = ("expiration_source", "expiration_date", "starts_expiring")


def case_facts(
    completions: pl.DataFrame,
    trainings: pl.DataFrame,
    users: pl.DataFrame,
    rules: Rules,
    required: AnyFrame | None,
    required_by: str,
    as_of: date,
    expiring_days: int,
) -> pl.DataFrame:
    """Every case that names a person, also those without a status, with the facts behind it.

    There is one row per person and training with a record, a requirement or a status. People who
    left have their statuses, too. Besides the columns of `expiry_status()` there are

    - of the records: `counted` and `later` (the numbers of completions up to the day, or without a
      date, and after it), `undated` (whether one has no date), `undated_id`, `first_later` and
      `first_later_id`, `latest_special` (the latest special expiration date of those counted); of
      the status, `completed` and `own_proof`;
    - of the person: `hired`, `exists_since`, `left`, `back`, `has_left`, `not_yet`, `has_grace`;
    - of the training: the columns of `schedules` and `windows_on`, `superseded`, `in_time`,
      `renewal` (the day on which the renewal period ends);
    - of the requirement: `required_by`, `listed_in`, `listed_at`;
    - of a composed training: the columns of `limiting_trainings`, and `own_expiration_source`,
      `own_expiration_date` and `own_starts_expiring`, by its own schedule from the derived date.
    """
    engine = Engine(completions, rules, users, required, only=as_of)
    status = engine.status(as_of, expiring_days, include_terminated=True)
    is_composed = (status["expiration_source"] == "composed").any()
    limited = limiting_trainings(status, trainings) if is_composed else status
    pairs = [
        limited.select(CASE_KEY),
        completions.select(CASE_KEY),
        required_pairs(required).collect(),
    ]
    return (
        pl.concat(pairs)
        .unique(maintain_order=True)
        .drop_nulls()
        .lazy()
        .join(limited.drop("user", "training").lazy(), on=CASE_KEY, how="left")
        .pipe(with_names, users, "m_user_id", "user")
        .pipe(with_titles, trainings)
        .join(_records(completions, as_of), on=CASE_KEY, how="left")
        .join(required_sources(required, by=required_by).lazy(), on=CASE_KEY, how="left")
        .join(employment(users), on="m_user_id", how="left")
        .join(rules.schedules.lazy(), on="training_id", how="left")
        .join(rules.windows_on(as_of).lazy(), on="training_id", how="left")
        .join(_own_schedules(status, rules, as_of, expiring_days), on=CASE_KEY, how="left")
        .with_columns(
            SUPERSEDED.alias("superseded"),
            (as_of < EXPIRED_FROM).fill_null(False).alias("in_time"),
            pl.when(as_of <= pl.col("offering_closes"))
            .then("year_before_opens")
            .alias("in_time_since"),
            not_yet(as_of).alias("not_yet"),
            has_grace(as_of).alias("has_grace"),
            has_left(as_of),
            COMPLETED.alias("completed"),
            OWN_PROOF.alias("own_proof"),
            pl.when(RENEWS).then(RENEWAL).clip(upper_bound=date.max).alias("renewal"),
            *(pl.lit(None).alias(name) for name in LIMITS if name not in limited.columns),
        )
        .with_columns(pl.selectors.date().clip(date.min, date.max))
        .sort(CASE_KEY)
        .collect(engine="in-memory")
    )


def _records(completions: pl.DataFrame, as_of: date) -> pl.LazyFrame:
    """The numbers of completions of each case, up to the day and after it."""
    columns = ("id", *CASE_KEY, "date", "special_expiration_date")
    later = (pl.col("date") > as_of).fill_null(False)
    return (
        read(completions, COMPLETIONS, *columns)
        .lazy()
        .sort("date", "id")
        .group_by(CASE_KEY)
        .agg(
            (~later).sum().alias("counted"),
            later.sum().alias("later"),
            pl.col("date").is_null().any().alias("undated"),
            pl.col("id").filter(pl.col("date").is_null()).last().alias("undated_id"),
            pl.col("special_expiration_date").filter(~later).max().alias("latest_special"),
            pl.col("date").filter(later).first().alias("first_later"),
            pl.col("id").filter(later).first().alias("first_later_id"),
        )
    )


def _own_schedules(
    status: pl.DataFrame, rules: Rules, as_of: date, expiring_days: int
) -> pl.LazyFrame:
    """The expiration of each derived row by its own schedule, as the engine computes it."""
    derived = status.filter(pl.col("expiration_source") == "composed").select(
        *CASE_KEY, "date", special_expiration_date=pl.lit(None, pl.Date)
    )
    if derived.is_empty():  # a click has to be answered at once
        dtypes = {name: EXPIRY_STATUS.schema[name] for name in _OWN}
        own = derived.with_columns(
            pl.lit(None, dtype).alias(name) for name, dtype in dtypes.items()
        )
    else:
        own = rules.record_statuses(derived, as_of, expiring_days)
    return own.lazy().select(*CASE_KEY, *(pl.col(name).alias(f"own_{name}") for name in _OWN))


def by_person(facts: pl.DataFrame) -> Iterable[dict[int, CaseFacts]]:
    """The facts of each person, by training; `facts` is sorted by person."""
    cases: dict[int, CaseFacts] = {}
    person = None
    for row in facts.iter_rows(named=True):
        if row["m_user_id"] != person and cases:
            yield cases
            cases = {}
        person = row["m_user_id"]
        cases[row["training_id"]] = row
    if cases:
        yield cases
