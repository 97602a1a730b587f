"""The places of a plan whose new certificates expire before the plan ends."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from kpa_analytics.analysis.planning import session_texts as text
from kpa_analytics.employment import employment, has_left
from kpa_analytics.inputs import AnyFrame
from kpa_analytics.schema import EXPIRING_AGAIN
from kpa_analytics.statuses import EXPIRED
from kpa_analytics.wording import one_line, say

#: Trainings that the sentence names.
_NAMED = 3
_ONE_DAY = timedelta(days=1)


def expiring_again(places: pl.DataFrame, users: AnyFrame | None) -> pl.DataFrame:
    """The places whose certificates are expired on the last day of a plan, those first to expire.

    People who leave before the new certificate expires are left out, as for the first one.

    Args:
        places: session, `date`, and the person and training of each place, with the status and
            expiration_date that it gives on the last day.
        users: the profiles of the people.

    Returns:
        The places in `schema.EXPIRING_AGAIN`.
    """
    expired = places.filter(pl.col("status") == EXPIRED)
    if expired.is_empty():  # as usual
        return EXPIRING_AGAIN.empty()
    return (
        expired.lazy()
        .join(employment(users), on="m_user_id", how="left")
        .filter(~has_left(pl.col("expiration_date") + _ONE_DAY))
        .rename({"date": "week"})
        .select(EXPIRING_AGAIN.schema.names())
        .sort("expiration_date", "training", "training_id", "user", "m_user_id", "session")
        .collect(engine="in-memory")
    )


def in_a_sentence(rows: pl.DataFrame, end: date) -> list[str]:
    """A sentence about places in `schema.EXPIRING_AGAIN`; none if there are no such places.

    It names the first trainings and counts the others. A single training more is named.

    Examples:
        >>> row = (1, date(2026, 7, 6), "bob", "Moe, Bob", 7, "Ladders", date(2026, 7, 15))
        >>> rows = pl.DataFrame([row], EXPIRING_AGAIN.schema, orient="row")
        >>> sentence = in_a_sentence(rows, date(2026, 8, 2))[0]
        >>> sentence.removeprefix("1 certificate earned in these sessions will expire ")
        'before the plan ends on 2 Aug 2026 (Ladders: 1 on 15 Jul 2026); no second session is
        planned'
    """
    if rows.is_empty():
        return []
    trainings = (
        rows.group_by("training_id", "training")
        .agg(
            pl.len().alias("number"),
            pl.col("expiration_date").min().alias("day"),
            pl.col("expiration_date").n_unique().alias("days"),
        )
        .sort("day", "training", "training_id")
    )
    shown = trainings.height if trainings.height <= _NAMED + 1 else _NAMED
    named = [
        say(
            text.ON_A_DAY if row["days"] == 1 else text.FROM_A_DAY,
            training=one_line(row["training"]),
            day=row["day"],
            number=row["number"],
        )
        for row in trainings.head(shown).iter_rows(named=True)
    ]
    more = trainings.height - shown
    others = [say(text.MORE_TRAININGS, more=more)] if more else []
    which = "; ".join([*named, *others])
    return [say(text.EXPIRING_AGAIN, number=rows.height, end=end, which=which)]
