"""Completions that were recorded long after their date, and renewals recorded after an expiration.

Until such a record was made, nobody could see the completion. The training took place in time and
was entered late, or the date is wrong: the records do not say which. `created` is UTC and days of
training are local, so a record can be a day earlier or later than it seems.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics import report_text as texts
from kpa_analytics.analysis.engine import Engine, Rules
from kpa_analytics.analysis.renewals import with_own_expirations
from kpa_analytics.data.checks import Check
from kpa_analytics.schema import CASE_KEY

_DATE, _CREATED = pl.col("date"), pl.col("created_day")
#: The slack of time zones.
_SLACK = pl.duration(days=1)
#: A completion that is recorded more than this many days after its date is recorded late.
MOST_DAYS_LATE = 30


def recorded_late(completions: pl.LazyFrame) -> Check:
    """Completions whose record was created more than 30 days after their date.

    The number of days is this project's decision.
    """
    created = pl.col("created").dt.date()
    late = completions.with_columns(
        created.alias("created_day"), (created - _DATE).dt.total_days().alias("days")
    ).filter(pl.col("days") > MOST_DAYS_LATE)
    text = texts.RECORDED_LATE
    return Check("recorded_late", "completions", "created", late, text, value="created_day")


def recorded_after_expiry(completions: pl.LazyFrame, rules: Rules, today: date) -> Check:
    """Renewals that were recorded when the previous completion had expired.

    This is this project's rule. A completion is reported if it is dated on or before the expiration
    date of the person's previous completion of the same training, and neither it nor a later one
    was recorded by the day after that date. Completions after the day, and those without a date or
    a time of creation, are not looked at.
    """
    dated = completions.filter(_DATE.le(today), pl.col("created").is_not_null()).collect()
    engine = Engine(dated, rules, None, None)
    recorded = (
        dated.lazy()
        .group_by(*CASE_KEY, "date")
        .agg(pl.col("created").dt.date().min().alias("created_day"))
        .sort(*CASE_KEY, "date")
        # A later completion that was recorded earlier shows that the person was not expired.
        .with_columns(_CREATED.reverse().cum_min().reverse().over(CASE_KEY).alias("known_on"))
    )
    is_next = pl.col("pair") == pl.col("pair").shift(-1)
    rows = (
        engine.rows.lazy()
        .with_columns(
            pl.when(is_next).then(pl.col("completion_id").shift(-1)).alias("id"),
        )
        .filter(pl.col("has_proof"), pl.col("id").is_not_null())
        .join(engine.people.lazy().select("person", "m_user_id"), on="person")
        .join(recorded.rename({"date": "until"}), on=[*CASE_KEY, "until"])
        .with_columns(pl.col("known_on").alias("as_of"))
    )
    renewed = pl.col("until")
    expired = pl.col("expiration_date")
    late = with_own_expirations(rows, engine).filter(
        (renewed <= expired) & (pl.col("known_on") > expired + _SLACK)
    )
    return Check(
        "recorded_after_expiry",
        "completions",
        "created",
        late.select("id", *CASE_KEY, "created_day", date=renewed, expired_on=expired),
        texts.RECORDED_AFTER_EXPIRY,
        value="created_day",
    )
