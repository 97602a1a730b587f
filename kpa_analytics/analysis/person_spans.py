"""The statuses of one person's trainings through time, as spans of days."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from kpa_analytics.analysis.engine import Engine, Rules
from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.analysis.requirements import required_pairs
from kpa_analytics.analysis.sampled_days import SampledDays
from kpa_analytics.analysis.schedules import as_expiring_days
from kpa_analytics.analysis.status_spans import IN_ORDER, POSITIONS, StatusSpans
from kpa_analytics.inputs import AnyFrame, need
from kpa_analytics.schema import COMPLETIONS, STATUS, USERS
from kpa_analytics.statuses import CURRENT, EXPIRING, VALID

_DAY = pl.duration(days=1)
#: The columns of spans.
SPANS: dict[str, pl.DataType] = {
    "training_id": pl.Int64(),
    "training": pl.String(),
    "status": STATUS,
    "first": pl.Date(),
    "last": pl.Date(),
    "ahead": pl.Boolean(),
}


class PersonRecords:
    """The records and requirements of one person.

    Attributes:
        completions: the person's completions.
        required: the person's requirements; None if requirements are not known.
    """

    def __init__(
        self,
        m_user_id: str,
        completions: AnyFrame,
        trainings: AnyFrame | None,
        users: AnyFrame | None,
        required: AnyFrame | None,
    ) -> None:
        self.completions = _of(need(completions, COMPLETIONS, "m_user_id"), "m_user_id", m_user_id)
        self.required = (
            None if required is None else _of(required_pairs(required), "m_user_id", m_user_id)
        )
        self._users = None if users is None else _of(need(users, USERS, "id"), "id", m_user_id)
        self._trainings = None if trainings is None else trainings.lazy().collect()

    def status(self, as_of: date, expiring_days: int) -> pl.DataFrame:
        """The result of `expiry_status()`, also if the person has left."""
        return expiry_status(
            self.completions,
            self._trainings,
            self._users,
            as_of=as_of,
            expiring_days=expiring_days,
            required=self.required,
            include_terminated=True,
        )

    def spans(self, start: date, as_of: date, expiring_days: int) -> pl.DataFrame:
        """Each status of each training from `start` on: `first` and `last` are its days.

        Up to `as_of`, these are the statuses on each day. After it (`ahead`), they are how long
        valid completions stay valid if nothing is renewed; `last` is null if there is no end.
        """
        status = self.status(as_of, expiring_days)
        past = self._past(start, as_of, expiring_days)
        return pl.concat([past, _ahead(status, as_of)]).sort("training_id", "first")

    def _past(self, start: date, as_of: date, expiring_days: int) -> pl.DataFrame:
        engine = Engine(self.completions, Rules(self._trainings), self._users, self.required)
        days = SampledDays.between(start, as_of, "1d")
        spans = StatusSpans(engine, days).frame(
            as_expiring_days(expiring_days), include_terminated=True
        )
        by_status = [
            spans.filter(completed=is_completed).select(
                "title_row",
                pl.lit(status, STATUS).alias("status"),
                pl.col(POSITIONS[number]).alias("begin"),
                pl.col(POSITIONS[number + 1]).alias("end"),
            )
            for is_completed, statuses in IN_ORDER.items()
            for number, status in enumerate(statuses)
        ]
        position = {
            name: pl.lit(start) + pl.duration(days=pl.col(name)) for name in ("begin", "end")
        }
        dated = (
            pl.concat(by_status)
            .filter(pl.col("begin") < pl.col("end"))
            .sort("title_row", "begin")
            .with_columns(_stretch().alias("stretch"))
            .group_by("title_row", "stretch", "status")
            .agg(pl.col("begin").min(), pl.col("end").max())
            .join(engine.titles.select("title_row", "training_id", "training"), on="title_row")
            .with_columns(pl.col("end") - 1)
        )
        return dated.select(
            "training_id",
            "training",
            "status",
            position["begin"].alias("first"),
            position["end"].alias("last"),
            pl.lit(False).alias("ahead"),
        ).cast(SPANS)  # type: ignore[arg-type]


def _of(rows: pl.LazyFrame, column: str, m_user_id: str) -> pl.DataFrame:
    return rows.filter(pl.col(column) == m_user_id).collect()


def _stretch() -> pl.Expr:
    """A number for spans of one status that follow each other without a day between."""
    follows = (
        (pl.col("title_row") == pl.col("title_row").shift())
        & (pl.col("status") == pl.col("status").shift())
        & (pl.col("begin") == pl.col("end").shift())
    )
    return (~follows.fill_null(False)).cum_sum()


def _ahead(status: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """How long valid completions stay valid after a day."""
    if as_of == date.max:
        return pl.DataFrame(schema=SPANS)
    tomorrow = pl.lit(as_of + timedelta(days=1))
    valid = status.filter(pl.col("status").is_in(VALID))
    ends = pl.col("expiration_date")
    turns = pl.max_horizontal("starts_expiring", tomorrow)
    current = valid.filter(status=CURRENT).select(
        "training_id",
        "training",
        pl.lit(CURRENT, STATUS).alias("status"),
        tomorrow.alias("first"),
        pl.min_horizontal(ends, pl.col("starts_expiring") - _DAY).alias("last"),
    )
    expiring = valid.filter(ends.is_not_null(), pl.col("starts_expiring").is_not_null()).select(
        "training_id",
        "training",
        pl.lit(EXPIRING, STATUS).alias("status"),
        turns.alias("first"),
        ends.alias("last"),
    )
    both = pl.concat([current, expiring])
    kept = both.filter(pl.col("last").is_null() | (pl.col("first") <= pl.col("last")))
    return kept.with_columns(ahead=True).cast(SPANS)  # type: ignore[arg-type]
