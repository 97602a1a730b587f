"""The counts of the trend explorer, without any drawing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import polars as pl

from kpa_analytics.analysis.case_groups import id_text
from kpa_analytics.analysis.day_counts import day_counts, grouping, trend_schema
from kpa_analytics.analysis.engine import Engine, Rules
from kpa_analytics.analysis.renewal_punctuality import by_month
from kpa_analytics.analysis.renewals import Certificates
from kpa_analytics.analysis.requirements import requirements_note
from kpa_analytics.analysis.sampled_days import SampledDays
from kpa_analytics.analysis.selected_bars import in_bars
from kpa_analytics.analysis.status_over_time import usual_start
from kpa_analytics.analysis.status_spans import POSITIONS, StatusSpans
from kpa_analytics.inputs import ACCOUNT, with_all_columns
from kpa_analytics.statuses import FROM_REQUIREMENTS, GAPS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kpa_analytics.analysis.choices import Choices, TrendChoices
    from kpa_analytics.analysis.people_filter import PeopleFilter
    from kpa_analytics.data.training_data import TrainingData

#: The columns of cases.
CASES = pl.Schema(
    {
        "m_user_id": pl.String,
        "user": pl.String,
        "training_id": pl.Int64,
        "training": pl.String,
        "expiration_date": pl.Date,
        "status": pl.String,
        "outcome": pl.String,
        "change": pl.String,
    }
)
#: The number of results to keep.
_KEPT = 4
#: Spans are computed for these days before and after a period, too, so that `start` and `as_of`
#: can move that far without new ones.
_BEFORE, _AFTER = timedelta(days=4 * 366), timedelta(days=183)


class TrendView:
    """The statuses of one set of records through time, for any choices.

    Attributes:
        requirements_note: which requirements are not known; empty if all are.
        begun: the day of the first completion; None if no completion has a date. Nobody knows what
            the statuses were before it.
    """

    def __init__(self, data: TrainingData, people_filter: PeopleFilter) -> None:
        required = data.requirements
        self.requirements_note = requirements_note(data)
        some_known = pl.lit(required is not None)
        self._is_known = some_known & ~pl.col(ACCOUNT).is_in(data.without_requirements)
        self._people_filter = people_filter
        self._engine = engine = Engine(
            data.completions, Rules(data.trainings), data.users, required
        )
        self.begun = data.begun
        self._grouping = lru_cache(lambda by: grouping(engine, by, data.users, data.groups))
        self._status = lru_cache(maxsize=_KEPT)(engine.status)
        self._completed = lru_cache(maxsize=_KEPT)(engine.completed)
        self._valid = lru_cache(maxsize=_KEPT)(self._valid_cases)
        self._certificates = Certificates(engine)
        self._due = lru_cache(maxsize=_KEPT)(self._came_due)
        self._spans = lru_cache(maxsize=_KEPT)(self._daily_spans)
        self._every_day = SampledDays.between(date.max, date.max, "1d")
        self._of_every_day = StatusSpans(engine, self._every_day)

    @property
    def requirements_known(self) -> bool:
        """Whether missing trainings can be found."""
        return not self.requirements_note

    def first_day(self, choices: TrendChoices) -> date:
        """The day from which statuses are counted: `start`, or by default a year before `as_of`.

        It is not before the first completion, unless `as_of` is.
        """
        return choices.start or usual_start(choices.as_of, self.begun)

    def trend(self, choices: TrendChoices, by: str | None) -> pl.DataFrame:
        """The counts of each day (`status_over_time()`), counted back from `as_of`.

        By account, missing and not_due are null for accounts whose requirements are not known,
        unless a case of the account has such a status on some day, as `Fleet.status_over_time()`.
        There is no row if `as_of` is before the first completion.
        """
        if self.begun is not None and choices.as_of < self.begun:
            return trend_schema(by).to_frame()
        days = SampledDays.up_to(choices.as_of, self.first_day(choices), choices.every)
        spans = self._chosen_spans(choices, days)
        known = self.requirements_known or by == ACCOUNT
        counts = day_counts(spans, self._grouping(by), days, known=known)
        if by != ACCOUNT:
            return counts
        has_some = pl.sum_horizontal(FROM_REQUIREMENTS).sum().over(ACCOUNT) > 0
        return counts.with_columns(
            pl.when(self._is_known | has_some).then(name).alias(name) for name in FROM_REQUIREMENTS
        )

    def due(self, choices: TrendChoices) -> pl.DataFrame:
        """The certificates that expire after the first day and came due by `as_of`.

        Returns:
            expiration_date and outcome, as in `renewals()`.
        """
        return self._due_cases(choices).select("expiration_date", "outcome")

    def _due_cases(self, choices: TrendChoices) -> pl.DataFrame:
        first = self.first_day(choices)
        due = self._due(first, choices.as_of, choices.expiring_days, choices.include_terminated)
        return due.filter(pl.col("expiration_date") > first, *self._cases(choices))

    @staticmethod
    def by_month(due: pl.DataFrame, as_of: date) -> pl.DataFrame:
        """The outcomes of these certificates by month (`renewal_punctuality()`)."""
        return by_month(due.lazy(), as_of)

    def status(self, choices: TrendChoices) -> pl.DataFrame:
        """The statuses on the day `as_of` (`schema.EXPIRY_STATUS`)."""
        rows = self._status(choices.as_of, choices.expiring_days, choices.include_terminated)
        return self._filtered(rows, choices)

    def valid(self, choices: TrendChoices) -> pl.DataFrame:
        """The current and expiring rows of `status`, in any order."""
        rows = self._valid(choices.as_of, choices.expiring_days, choices.include_terminated)
        return self._filtered(rows, choices)

    def _filtered(self, rows: pl.DataFrame, choices: TrendChoices) -> pl.DataFrame:
        conditions = self._people_filter.conditions(choices)
        return rows.filter(*conditions) if conditions else rows

    def cases(self, choices: TrendChoices, bars: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
        """The cases behind these bars, in the order of the bars.

        Args:
            choices: the choices.
            bars: each with a day and a status, with a day and a group_id (as a text; "" for no
                group), with a day and an earlier day `since`, with a month and an outcome, with a
                week, or with an outcome and `over`: whether the certificate expired before the day
                `as_of`. The cases of a group, one of those that `by` chooses, are its gaps on the
                day. With `since`, the cases are those that are a gap on exactly one of the two
                days. The cases of a week are the valid ones on the day `as_of` that expire in it;
                `only` keeps those of a training, `without` leaves them out.

        Returns:
            m_user_id, user, training_id, training, expiration_date, status (null for the cases of
            an outcome), outcome and change (null for the others).
        """
        return pl.concat([CASES.to_frame(), *(self._rows_of(choices, bar) for bar in bars)])

    def _rows_of(self, choices: TrendChoices, bar: Mapping[str, Any]) -> pl.DataFrame:
        if "outcome" in bar:
            expires = pl.col("expiration_date")
            fields = {"month": expires.dt.month_start(), "over": expires < choices.as_of}
            due = self._due_cases(choices).filter(in_bars([bar], fields))
            people = self._engine.people.select("person", "m_user_id", "user")
            titles = self._engine.titles.select("title_row", "training")
            ordered = due.sort("row")
            named = ordered.join(people, on="person", maintain_order="left")
            rows = named.join(titles, on="title_row", maintain_order="left")
        elif "since" in bar:
            rows = self._gap_changes(choices, bar["since"], bar["day"])
        elif "day" in bar:
            rows = self.status(replace(choices, as_of=bar["day"]))
            if "group_id" in bar:
                is_gap = pl.col("status").is_in(GAPS)
                rows = rows.filter(is_gap, self._is_in_group(choices.by, bar["group_id"]))
            else:
                rows = rows.filter(pl.col("status") == bar["status"])
        else:
            week = pl.col("expiration_date") - pl.lit(bar["week"])
            ending = self.valid(choices).filter(week.dt.total_days().is_between(0, 6))
            training = pl.col("training_id")
            only = [training == bar["only"]] if "only" in bar else []
            others = [training != bar["without"]] if "without" in bar else []
            rows = ending.filter(*only, *others).sort("m_user_id", "training_id")
        return with_all_columns(rows, CASES)

    def _gap_changes(self, choices: TrendChoices, since: date, day: date) -> pl.DataFrame:
        """The cases that are a gap on exactly one of two days, with their status on the later day.

        `change` is opened or closed. A case that does not exist on the later day has no status.
        """
        before, after = (self.status(replace(choices, as_of=each)) for each in (since, day))
        pair, is_gap = ["m_user_id", "training_id"], pl.col("status").is_in(GAPS)
        gaps_before, gaps_after = before.filter(is_gap), after.filter(is_gap)
        new = gaps_after.join(gaps_before, on=pair, how="anti", nulls_equal=True)
        closed = gaps_before.join(gaps_after, on=pair, how="anti", nulls_equal=True)
        now = after.select(*pair, "expiration_date", "status")
        closed = closed.drop("expiration_date", "status").join(
            now, on=pair, how="left", nulls_equal=True
        )
        changes = [
            rows.sort(pair).with_columns(change=pl.lit(change))
            for change, rows in (("opened", new), ("closed", closed))
        ]
        return pl.concat(changes, how="diagonal")

    def _is_in_group(self, by: str | None, group_id: str) -> pl.Expr:
        """Whether a row of the statuses belongs to this group."""
        grouping = self._grouping(by)
        if grouping.members is None:
            return pl.lit(True)
        same = id_text(by) == group_id if by else pl.lit(True)
        chosen = grouping.members.filter(
            pl.col("group").is_in(grouping.named.filter(same)["group"].implode())
        )
        if grouping.column == "title_row":
            titles = self._engine.titles.join(chosen, on="title_row", how="semi")
            return pl.col("training_id").is_in(titles["training_id"].implode())
        people = self._engine.people.join(chosen, on="person", how="semi")
        return pl.col("m_user_id").is_in(people["m_user_id"].implode(), nulls_equal=True)

    def _valid_cases(
        self, as_of: date, expiring_days: int, include_terminated: bool
    ) -> pl.DataFrame:
        completed = self._completed(as_of, expiring_days)
        return self._engine.valid(completed, as_of, expiring_days, include_terminated)

    def _came_due(
        self, first: date, as_of: date, expiring_days: int, include_terminated: bool
    ) -> pl.DataFrame:
        completed = self._completed(as_of, expiring_days)
        due = self._certificates.came_due(
            completed, as_of, expiring_days, include_terminated, first=first
        )
        columns = ("person", "title_row", "training_id", "row", "expiration_date", "outcome")
        return due.select(columns).collect(engine="in-memory")

    def _chosen_spans(self, choices: TrendChoices, days: SampledDays) -> pl.DataFrame:
        """The spans of the chosen cases, between these days."""
        first, last = days.days[0], days.days[-1]
        if not self._every_day.days[0] <= first <= last <= self._every_day.days[-1]:
            self._every_day = _around(first, last)
            self._of_every_day = StatusSpans(self._engine, self._every_day)
            self._spans.cache_clear()
        spans = self._spans(choices.expiring_days, choices.include_terminated)
        position = days.positions_of(self._every_day)
        placed = [pl.lit(position).gather(pl.col(name)).alias(name) for name in POSITIONS]
        return (
            spans.lazy()
            .filter(*self._cases(choices))
            .with_columns(placed)
            .filter(pl.col("since") < pl.col("until"))
            .collect(engine="in-memory")
        )

    def _daily_spans(self, expiring_days: int, include_terminated: bool) -> pl.DataFrame:
        """The spans between all days of some time, from which those between any days follow."""
        if include_terminated:
            return self._of_every_day.frame(expiring_days, include_terminated=True)
        return self._of_every_day.employed(self._spans(expiring_days, True))

    def _cases(self, choices: Choices) -> list[pl.Expr]:
        """The chosen people and trainings as filters of person and title_row."""
        conditions = []
        if choices.trainings:
            chosen = self._engine.titles["training_id"].is_in(choices.trainings)
            conditions.append(pl.lit(chosen).gather(pl.col("title_row")))
        people = self._people_filter.matching(choices)
        if people is not None:
            chosen = self._engine.people["m_user_id"].is_in(people.implode())
            conditions.append(pl.lit(chosen).gather(pl.col("person")))
        return conditions


def _around(first: date, last: date) -> SampledDays:
    """Every day of a period and of the months around it."""
    begin = max(first, date.min + _BEFORE) - _BEFORE
    end = min(last, date.max - _AFTER) + _AFTER
    return SampledDays.between(begin, end, "1d")
