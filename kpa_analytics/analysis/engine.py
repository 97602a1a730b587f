"""The expiry engine: it prepares the records once and then gives the statuses of any day.

A result has three kinds of rows: trainings that people completed, composed trainings that they
completed through the included trainings, and required trainings that they never completed.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property, lru_cache

import polars as pl

from kpa_analytics.analysis.composed import composed_trainings, derived_completions
from kpa_analytics.analysis.derived_records import DerivedRecords, derived_records
from kpa_analytics.analysis.expirations import expirations, numbered_expirations, with_expiry_key
from kpa_analytics.analysis.latest_completion import (
    latest,
    ordered_records,
    people_of,
    records_of,
)
from kpa_analytics.analysis.pairs import Pairs
from kpa_analytics.analysis.schedules import schedules
from kpa_analytics.analysis.status_rules import STATUS_COLUMNS, never_completed, statuses_on
from kpa_analytics.analysis.windows import windows_on, with_offerings
from kpa_analytics.employment import has_left
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import AnyFrame
from kpa_analytics.names import known_trainings
from kpa_analytics.schema import COMPLETIONS, EXPIRY_STATUS
from kpa_analytics.statuses import GAPS, VALID

#: The columns that identify a row, before the names are added.
_KEYS = ("pair", "person", "title_row", "training_id", "completion_id")
#: The columns of completed trainings, and of trainings that people never completed.
_COMPLETED = (*_KEYS, "row", "date", *STATUS_COLUMNS)
_NEVER_COMPLETED = (*_KEYS, "expiration_source", "status")
#: The number of days whose windows are kept.
_KEPT = 4


class Rules:
    """The rules of a training catalogue, for any day.

    Attributes:
        schedules: what each training requires, as `schedules` returns it.
        composed: the composed trainings in the order of computation, as `composed_trainings`
            returns them.
        included: the included trainings of each composed training.
        trainings: the catalogue.
        offerings: the schedules with the last offering of window trainings (`with_offerings`).
        windows_on: returns the windows on a day, as `windows.windows_on` does.

    Raises:
        KPADataError: a column is missing, or composed trainings include each other in a circle.
    """

    def __init__(self, trainings: AnyFrame | None) -> None:
        self.schedules = schedules(trainings)
        self.composed = composed_trainings(trainings)
        self.included = {key: ids for included in self.composed for key, ids in included.items()}
        self.trainings = trainings
        self.offerings = with_offerings(self.schedules)
        self.windows_on = lru_cache(maxsize=_KEPT)(lambda day: windows_on(self.offerings, day))

    def titles(self, records: pl.DataFrame) -> pl.DataFrame:
        """The trainings of the records and the catalogue, numbered from 0 in `title_row`."""
        titles = known_trainings(records.lazy(), self.trainings)
        return titles.with_row_index("title_row").collect(engine="in-memory")

    def record_statuses(
        self, records: pl.DataFrame, as_of: date, expiring_days: int
    ) -> pl.DataFrame:
        """Add the columns of `STATUS_COLUMNS` to each record, even if a later record supersedes it.

        The records keep their order. A record with neither a date nor a special expiration date has
        the source `unknown`.
        """
        rows = with_expiry_key(records.lazy()).drop("has_proof").collect(engine="in-memory")
        statuses = self.key_statuses(rows.unique("expiry_key"), as_of, expiring_days)
        return rows.join(statuses, on="expiry_key", how="left", maintain_order="left").drop(
            "expiry_key"
        )

    def key_statuses(self, distinct: pl.DataFrame, as_of: date, expiring_days: int) -> pl.DataFrame:
        """The statuses of distinct expiry keys (`with_expiry_key`), as `statuses_on` has them."""
        ids = distinct["training_id"].unique()
        own = self.schedules.filter(pl.col("training_id").is_in(ids.implode()))
        by_key = expirations(distinct.lazy(), own)
        return statuses_on(by_key, self.windows_on(as_of), as_of, expiring_days)


class Engine:
    """The statuses of one set of records on any day.

    The order of the records and the expiration dates do not depend on the day, so they are computed
    once. Records with the same training, date and special expiration date share one expiration.
    With `only`, no other day can be computed.

    Attributes:
        rules: the rules of the catalogue.
        people: the people of the records, as `people_of` returns them.
        titles: the trainings of the records and the catalogue, as `Rules.titles` returns them.
        expirations: the distinct expirations, as `numbered_expirations` returns them.
        rows: the records in the order of the result, as `ordered_records` returns them; with
            `row` (a number from 0), `title_row` (the row of `titles`), `has_proof`, and
            `expiration_row` (the row of `expirations`; null without proof).

    Raises:
        KPADataError: a column is missing, or a completion or a requirement has no training.
    """

    def __init__(
        self,
        completions: AnyFrame,
        rules: Rules,
        users: AnyFrame | None,
        required: AnyFrame | None,
        *,
        only: date | None = None,
    ) -> None:
        self.rules, self._only = rules, only
        records = records_of(completions, required)
        _check_trainings(records)
        self.people = people_of(records, users).collect(engine="in-memory")
        self._pairs = Pairs(records, self.people, rules.trainings)
        ordered = ordered_records(records, self.people.lazy(), self._pairs)
        if only is not None:
            ordered = latest(ordered, only)
        rows, self.expirations = numbered_expirations(with_expiry_key(ordered), rules.schedules)
        self.titles = rules.titles(rows)
        self.rows = (
            rows.lazy()
            .join(self._title_rows, on="training_id", how="left", maintain_order="left")
            .drop("special_expiration_date")
            .with_row_index("row")
            .collect(engine="in-memory")
        )

    @cached_property
    def derived(self) -> list[DerivedRecords]:
        """The derived completions of composed trainings, for any day."""
        return derived_records(self.rows, self.titles, self.rules.composed, self.rules.schedules)

    @cached_property
    def _without_proof(self) -> pl.DataFrame:
        """The rows that prove no completion, as `rows` has them."""
        return self.rows.filter(~pl.col("has_proof"))

    @property
    def _title_rows(self) -> pl.LazyFrame:
        return self.titles.lazy().select("training_id", "title_row")

    def status(
        self, as_of: date, expiring_days: int, include_terminated: bool | pl.Series
    ) -> pl.DataFrame:
        """The statuses on a day (`schema.EXPIRY_STATUS`), sorted by m_user_id and training_id."""
        completed = self.counting(as_of, expiring_days, include_terminated)
        return self.status_of(completed, as_of, expiring_days, include_terminated)

    def counting(
        self, as_of: date, expiring_days: int, include_terminated: bool | pl.Series
    ) -> pl.DataFrame:
        """The result of `completed`, without people who left.

        `include_terminated` includes all of them, or those with these ids.
        """
        return self.completed(as_of, expiring_days, *self._employed(as_of, include_terminated))

    def status_of(
        self,
        completed: pl.DataFrame,
        as_of: date,
        expiring_days: int,
        include_terminated: bool | pl.Series,
    ) -> pl.DataFrame:
        """The result of `status`; `completed` is that of `counting`, with the same arguments."""
        employed = self._employed(as_of, include_terminated)
        return self._named(_merged(self._kinds(completed, as_of, expiring_days, employed)))

    def gaps_of(
        self, completed: pl.DataFrame, as_of: date, expiring_days: int, include_terminated: bool
    ) -> pl.DataFrame:
        """The gaps among the rows of `status_of`."""
        employed = self._employed(as_of, include_terminated)
        return self._gaps(self._kinds(completed, as_of, expiring_days, employed))

    def gaps_if_completed(
        self,
        places: pl.DataFrame,
        completed: pl.DataFrame,
        as_of: date,
        expiring_days: int,
        include_terminated: bool,
    ) -> pl.DataFrame:
        """The result of `gaps_of` if these trainings were also completed.

        Args:
            places: m_user_id, training_id, date, and the columns of `STATUS_COLUMNS` on the day;
                each person and training once. The people are those of the records, the trainings
                are in the records or the catalogue.
            completed: as for `gaps_of`.
            as_of: the day, which is not before these dates.
            expiring_days: as for `status`.
            include_terminated: as for `status`.
        """
        employed = self._employed(as_of, include_terminated)
        people = self.people.lazy().select("m_user_id", "person")
        before = completed.lazy().select("pair", before="date")
        new = (
            places.lazy()
            .join(people, on="m_user_id", how="left", nulls_equal=True)
            .join(self._title_rows, on="training_id", how="left")
            .with_columns(
                self._pairs.number,
                completion_id=pl.lit(None, pl.Int64),
                row=pl.lit(None, pl.UInt32),
            )
            .join(before, on="pair", how="left")
            .filter(pl.col("before").is_null() | (pl.col("before") < pl.col("date")), *employed)
            .select(_COMPLETED)
            .collect(engine="in-memory")
        )
        others = ~pl.col("pair").is_in(new["pair"].implode())
        completed = pl.concat([completed.filter(others), new])
        *kinds, never = self._kinds(completed, as_of, expiring_days, employed)
        return self._gaps([*kinds, never.filter(others)])

    def completed(self, as_of: date, expiring_days: int, *conditions: pl.Expr) -> pl.DataFrame:
        """The completions that count on a day, including those of people who left.

        They are in the order of `rows`, and meet all `conditions`. They have the columns of `rows`
        that identify them, date, and those of `STATUS_COLUMNS`.
        """
        windows = self.rules.windows_on(as_of)
        statuses = statuses_on(self.expirations.lazy(), windows, as_of, expiring_days)
        counting = self._latest(as_of).filter("has_proof", *conditions)
        rows = counting.collect(engine="in-memory")
        return rows.hstack(statuses.select(STATUS_COLUMNS)[rows["expiration_row"]]).select(
            _COMPLETED
        )

    def valid(
        self, completed: pl.DataFrame, as_of: date, expiring_days: int, include_terminated: bool
    ) -> pl.DataFrame:
        """The current and expiring rows that `status` would return, in any order.

        `completed` must be for the same day.
        """
        employed = self._employed(as_of, include_terminated)
        windows = self.rules.windows_on(as_of)
        is_open = windows.filter("is_open")["training_id"]
        may_expire = pl.col("training_id").is_in(is_open.implode())  # the others are missing
        conditions = [*employed, may_expire]
        rows = pl.concat(
            self._kinds(completed.filter(*employed), as_of, expiring_days, conditions),
            how="diagonal",
        )
        return self._named(rows.filter(pl.col("status").is_in(VALID)))

    def _latest(self, as_of: date) -> pl.LazyFrame:
        """The rows that count on a day."""
        if self._only not in (None, as_of):
            raise ValueError(f"this engine has the records of {self._only} only, not of {as_of}")
        return latest(self.rows.lazy(), as_of)

    def _kinds(
        self, completed: pl.DataFrame, as_of: date, expiring_days: int, conditions: list[pl.Expr]
    ) -> list[pl.DataFrame]:
        """The three kinds of rows of `status`; `conditions` filter the third."""
        never = never_completed(
            latest(self._without_proof.lazy(), as_of).filter(*conditions),
            self.people.lazy(),
            self.rules.schedules,
            self.rules.windows_on(as_of),
            as_of,
        )
        kinds = [completed]
        if self.rules.composed:
            derived = self._derived(completed, as_of, expiring_days)
            never = never.join(derived.lazy(), on="pair", how="anti", maintain_order="left")
            kinds.append(derived)
        return [*kinds, never.select(_NEVER_COMPLETED).collect(engine="in-memory")]

    def _gaps(self, kinds: list[pl.DataFrame]) -> pl.DataFrame:
        """The gaps of all kinds, as `status` would return them."""
        is_gap = pl.col("status").is_in(GAPS)
        return self._named(_merged([rows.filter(is_gap) for rows in kinds]))

    def _employed(self, as_of: date, include_terminated: bool | pl.Series) -> list[pl.Expr]:
        """A condition that keeps the rows of people employed on a day; empty if it keeps all."""
        if include_terminated is True or not self.people["left"].count():
            return []
        employed = ~self.people.select(has_left(as_of)).to_series()
        if isinstance(include_terminated, pl.Series):
            employed |= self.people["m_user_id"].is_in(include_terminated.implode())
        return [pl.lit(employed).gather(pl.col("person"))]

    def _derived(self, completed: pl.DataFrame, as_of: date, expiring_days: int) -> pl.DataFrame:
        def own_schedule(expiry_keys: pl.DataFrame) -> pl.DataFrame:
            return self.rules.key_statuses(expiry_keys, as_of, expiring_days)

        derived = derived_completions(completed, self.rules.composed, own_schedule, as_of)
        return (
            derived.join(self._title_rows, on="training_id", how="left")
            .with_columns(self._pairs.number)
            .sort("pair")
            .collect(engine="in-memory")
        )

    def _named(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.with_columns(
            self.people["m_user_id"].gather(rows["person"]),
            self.people["user"].gather(rows["person"]),
            self.titles["training"].gather(rows["title_row"]),
        ).select(EXPIRY_STATUS.schema.names())


def _check_trainings(records: pl.LazyFrame) -> None:
    """A record without a training has no status, and neither has a requirement."""
    is_unknown = pl.col("training_id").is_null()
    unknown = records.filter(is_unknown).select("id").collect(engine="in-memory")
    if unknown.height:
        ids = unknown["id"].drop_nulls()
        row = f"completion {ids[0]}" if ids.len() else "a row"
        raise KPADataError(f"{COMPLETIONS.name} or required: {row} has no 'training_id'")


def _merged(kinds: list[pl.DataFrame]) -> pl.DataFrame:
    """The rows of all kinds, sorted by pair."""
    rows = pl.concat(kinds, how="diagonal")
    return rows if rows["pair"].is_sorted() else rows.sort("pair")
