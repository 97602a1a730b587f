"""The outcome of each certificate that came due: renewed on time, renewed late, lapsed, pending."""

from __future__ import annotations

from datetime import date
from functools import cached_property

import polars as pl

from kpa_analytics.analysis.engine import Engine, Rules
from kpa_analytics.analysis.latest_completion import records_of
from kpa_analytics.analysis.schedules import as_expiring_days
from kpa_analytics.analysis.status_rules import starts_expiring
from kpa_analytics.analysis.windows import WINDOWS, moved_on, with_windows
from kpa_analytics.as_of import Day, as_day, day_of
from kpa_analytics.employment import employment, has_left
from kpa_analytics.inputs import AnyFrame, Frame, computed, need_same_account, need_switch
from kpa_analytics.outcomes import LAPSED, PENDING, RENEWED_LATE, RENEWED_ON_TIME
from kpa_analytics.schema import OUTCOME, RENEWALS
from kpa_analytics.statuses import CURRENT, EXPIRED

_DUE, _RENEWED = pl.col("expiration_date"), pl.col("renewed_on")
_CERTIFICATE_COLUMNS = (
    *("person", "title_row", "training_id", "completion_id", "row"),
    *("expiration_date", "renewed_on", "days_late", "outcome"),
)


def renewals(
    completions: Frame,
    trainings: AnyFrame | None = None,
    users: AnyFrame | None = None,
    *,
    as_of: Day | None = None,
    expiring_days: int = 30,
    include_terminated: bool = False,
) -> Frame:
    """List each certificate that came due by a day, and what became of it.

    A certificate is a completion with an expiration date. It has come due when it starts expiring
    (`starts_expiring` in `expiry_status()`) on or before `as_of`. The person's next completion of
    the same training renews it, however early. Source: docs/rules.md section 8.

    The outcome is

    - `on_time`: renewed on or before the expiration date;
    - `late`: renewed after it;
    - `lapsed`: expired before `as_of`, and not renewed by `as_of`;
    - `pending`: not renewed by `as_of`, but still valid on that day.

    A window training's certificate has the expiration date of `expiry_status()` as of the day on
    which it was renewed, or else as of `as_of`. So a certificate that stays valid because the
    training was not offered again has not lapsed. Only the last offering is in the catalogue;
    certificates that an earlier one ended count as valid until they were renewed.

    These are left out: certificates of people who were not employed on the expiration date (or on
    `as_of`, if that is earlier), because nobody had to renew them; composed trainings that a person
    holds through the included trainings, because each of these is listed itself; a completion
    without a date if there is a later one with a date, because it is not known which came first; of
    several completions on one day, all except the one that counts.

    Args:
        completions: as `load_completions()` returns them, or the completions of some of the people.
        trainings: as `load_trainings()` returns them. Without them only special expiration dates
            are known.
        users: as `load_users()` returns them. Without them, names are ids and nobody has left.
        as_of: the day of the outcomes; a date or ISO text. Default: today, or for demo data
            `demo.AS_OF`. Later completions do not count.
        expiring_days: days before expiration from which a certificate is due, for trainings without
            their own number of days; default 30, at most 36,500.
        include_terminated: also list certificates of people who were not employed on the day;
            default False.

    Returns:
        A frame of the same kind as `completions` in the columns of `schema.RENEWALS`, one row per
        certificate, sorted by m_user_id, training_id and the date of completion. `days_late` is
        `renewed_on - expiration_date` in days: negative if early, null if not renewed.

    Raises:
        KPADataError: a column is missing, `as_of` is not a calendar day, `expiring_days` is not a
            number of days, or composed trainings include each other in a circle.

    Examples:
        >>> from kpa_analytics.schema import COMPLETIONS, TRAININGS
        >>> days = [date(2023, 5, 2), date(2024, 4, 20), date(2025, 6, 1)]
        >>> done = pl.DataFrame(
        ...     [{"id": n, "training_id": 7, "m_user_id": "a", "date": day}
        ...      for n, day in enumerate(days)], schema=COMPLETIONS.schema)
        >>> catalogue = pl.DataFrame(
        ...     [{"id": 7, "title": "Ladders", "schedule_type": "rolling", "renewal_months": 12}],
        ...     schema=TRAININGS.schema)
        >>> came_due = renewals(done, catalogue, as_of="2026-06-30")
        >>> came_due.select("expiration_date", "days_late", "outcome").rows()
        [(datetime.date(2024, 5, 2), -12, 'on_time'),
         (datetime.date(2025, 4, 20), 42, 'late'),
         (datetime.date(2026, 6, 1), None, 'lapsed')]
    """
    need_same_account(completions, trainings, users)
    days = as_expiring_days(expiring_days)
    need_switch(include_terminated, "include_terminated")
    as_day(as_of)  # checked before a LazyFrame is collected
    rules = Rules(trainings)
    records_of(completions), employment(users)

    def outcomes(records: pl.DataFrame) -> pl.DataFrame:
        today = day_of(as_of, records, users)
        engine = Engine(records, rules, users, None)
        due = Certificates(engine).came_due(
            engine.completed(today, days), today, days, include_terminated
        )
        return _named(due, engine)

    return computed(completions, outcomes, RENEWALS)


class Certificates:
    """The certificates of one set of records, and their outcomes on any day.

    Once a certificate has been renewed, its outcome never changes, so it is computed once.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def came_due(
        self,
        completed: pl.DataFrame,
        today: date,
        expiring_days: int,
        include_terminated: bool,
        *,
        first: date = date.min,
    ) -> pl.LazyFrame:
        """The certificates of `renewals()` without names, in any order.

        Those that expire before the day `first` are left out.

        `completed` is the result of `engine.completed` for the day and the number of days.

        Returns person, title_row, training_id, completion_id, row (of `Engine.rows`),
        expiration_date, renewed_on, days_late and outcome.
        """
        renewed = (
            self._renewed.lazy()
            .filter(first <= _DUE, today >= _RENEWED)
            .filter(starts_expiring(expiring_days) <= today)
            .with_columns(_DUE.clip(date.min, date.max))
        )
        status = pl.col("status")  # exact, also at the end of the calendar
        others = (
            completed.lazy()
            .filter(first <= _DUE, status != CURRENT)
            .with_columns(
                pl.lit(None, pl.Date).alias("renewed_on"),
                pl.lit(None, pl.Int64).alias("days_late"),
                pl.when(status == EXPIRED)
                .then(pl.lit(LAPSED, OUTCOME))
                .otherwise(pl.lit(PENDING, OUTCOME))
                .alias("outcome"),
            )
        )
        due = pl.concat([rows.select(_CERTIFICATE_COLUMNS) for rows in (renewed, others)])
        return due if include_terminated else _of_employees(due, self._engine.people, today)

    @cached_property
    def _renewed(self) -> pl.DataFrame:
        """Every certificate that was renewed, as it was on the day of its renewal."""
        until = pl.col("until")
        rows = self._engine.rows.lazy().filter(
            "has_proof", until.is_not_null(), pl.col("date").is_not_null()
        )
        return (
            with_own_expirations(rows.with_columns(renewed_on=until, as_of=until), self._engine)
            .with_columns(
                (_RENEWED - _DUE).dt.total_days().alias("days_late"),
                pl.when(_RENEWED <= _DUE)
                .then(pl.lit(RENEWED_ON_TIME, OUTCOME))
                .otherwise(pl.lit(RENEWED_LATE, OUTCOME))
                .alias("outcome"),
            )
            .select(*_CERTIFICATE_COLUMNS, "expiring_from", "expiring_days")
            .collect(engine="in-memory")
        )


def with_own_expirations(rows: pl.LazyFrame, engine: Engine) -> pl.LazyFrame:
    """The records that expire, each with its expiration as of a day of its own.

    Args:
        rows: records of the engine, with the day in `as_of`.
        engine: the engine.

    Returns:
        The rows in their order, with the columns of `expirations`.
    """
    as_of = pl.col("as_of")
    records = rows.collect(engine="in-memory")
    of_key = engine.expirations.drop("training_id", "date", "expiry_key")
    dated = records.hstack(of_key[records["expiration_row"]]).lazy().filter(_DUE.is_not_null())
    of_windows = dated.filter(pl.col("expiration_source") == "window")
    days = of_windows.select("training_id", "as_of").unique()
    offerings = engine.rules.offerings.lazy().drop("expiring_days", "made")
    windows = with_windows(days.join(offerings, on="training_id"), as_of).select(
        "training_id", "as_of", *WINDOWS
    )
    known = dated.join(windows, on=["training_id", "as_of"], how="left", maintain_order="left")
    return moved_on(known, as_of)


def _of_employees(due: pl.LazyFrame, people: pl.DataFrame, today: date) -> pl.LazyFrame:
    """The certificates of people employed on the expiration date, or `today` if that is earlier."""
    day = pl.min_horizontal(_DUE, pl.lit(today))
    days = [pl.lit(people[name]).gather(pl.col("person")).alias(name) for name in ("left", "back")]
    return due.with_columns(days).filter(~has_left(day))


def _named(due: pl.LazyFrame, engine: Engine) -> pl.DataFrame:
    names = engine.people.lazy().select("person", "m_user_id", "user")
    titles = engine.titles.lazy().select("title_row", "training")
    return (
        due.sort("row")
        .join(names, on="person", how="left", maintain_order="left")
        .join(titles, on="title_row", how="left", maintain_order="left")
        .select(RENEWALS.schema.names())
        .collect(engine="in-memory")
    )
