"""The expiry engine: prepared once from records, then used for any day.

Three kinds of rows make an answer: what people hold by a completion of their own, what they hold
through the parts of a composed training, and what they must have and do not hold.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import polars as pl

from kpa_analytics.analysis.composed import composed_trainings, derived_completions
from kpa_analytics.analysis.expirations import expirations, with_case
from kpa_analytics.analysis.latest_completion import (
    PAIR,
    latest,
    ordered_records,
    people_of,
    records_of,
)
from kpa_analytics.analysis.names import training_titles
from kpa_analytics.analysis.schedules import schedules
from kpa_analytics.analysis.status_rules import STATUS_COLUMNS, case_statuses, never_completed
from kpa_analytics.analysis.windows import windows_on
from kpa_analytics.employment import has_left
from kpa_analytics.inputs import AnyFrame
from kpa_analytics.schema import EXPIRY_STATUS

#: What is known of a row before it is named.
_PLACE = ("pair", "person", "title", "training_id", "completion_id")
_ROW = (*_PLACE, "date", *STATUS_COLUMNS)
_UNHELD = (*_PLACE, "expiration_source", "status")
_CASE = ("training_id", "date", "special_expiration_date", "case")
_KEPT = 4


class Rules:
    """What a catalogue says, ready for any day.

    Args:
        trainings: as `load_trainings()` makes them, or None where they are not known.

    Raises:
        KPADataError: a column is missing, or composed trainings include each other in a circle.
    """

    def __init__(self, trainings: AnyFrame | None) -> None:
        self.schedules = schedules(trainings)
        self.composed = composed_trainings(trainings)
        self._titles = training_titles(trainings).collect(engine="in-memory")
        self.windows_on = lru_cache(maxsize=_KEPT)(lambda day: windows_on(self.schedules, day))

    def titles_of(self, met: pl.Series) -> pl.DataFrame:
        """What the trainings met and those of the catalogue are called.

        Args:
            met: ids of trainings.

        Returns:
            A frame, unique by training_id, of title (a number from 0), training_id and training:
            the training's title, else its id.
        """
        return (
            pl.concat([met.unique(), self.schedules["training_id"]])
            .unique()
            .to_frame("training_id")
            .lazy()
            .join(self._titles.lazy(), on="training_id", how="left")
            .with_columns(pl.col("training").fill_null(pl.col("training_id").cast(pl.String)))
            .with_row_index("title")
            .collect(engine="in-memory")
        )

    def judged(self, records: pl.DataFrame, as_of: date, expiring_days: int) -> pl.DataFrame:
        """Judge each record by itself, whether another one superseded it or not.

        Args:
            records: records with training_id, date and special_expiration_date.
            as_of: the day.
            expiring_days: days before expiration that count as expiring, where a training has none.

        Returns:
            The records in their order, with the columns of `STATUS_COLUMNS`: until when each is
            valid, by which rule, and its status on the day. A record with neither a day nor a
            special expiration date has the source `unknown`.
        """
        rows = with_case(records.lazy()).drop("has_proof")
        cases = expirations(rows.unique("case"), self.schedules)
        found = case_statuses(cases, self.windows_on(as_of), as_of, expiring_days)
        return (
            rows.join(found.lazy(), on="case", how="left", maintain_order="left")
            .drop("case")
            .collect(engine="in-memory")
        )


class Engine:
    """The statuses of one set of records, day after day.

    What is the same for every day is worked out once: the order of the records, and when each
    distinct case of training, day and special date expires for the first time.

    Args:
        completions: as `load_completions()` makes them.
        rules: the catalogue.
        users: as `load_users()` makes them, or None where they are not known.
        required: who must have what, as `required_pairs` takes it; None where it is not known.
        only: the single day that will be computed; None: any day.

    Raises:
        KPADataError: a frame lacks a column.
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
        self._rules = rules
        records = records_of(completions, required)
        self._people = people_of(records, users).collect(engine="in-memory")
        ordered = ordered_records(records, self._people.lazy())
        if only is not None:
            ordered = latest(ordered, only)
        rows = with_case(ordered).collect(engine="in-memory")
        distinct = rows.lazy().filter("has_proof").select(_CASE).unique("case").with_row_index("at")
        numbered = distinct.collect(engine="in-memory").lazy()
        self._cases = expirations(
            numbered.drop("case").rename({"at": "case"}), rules.schedules
        ).collect(engine="in-memory")
        self._titles = rules.titles_of(rows["training_id"])
        self._rows = (
            rows.lazy()
            .join(numbered.select("case", "at"), on="case", how="left", maintain_order="left")
            .join(self._title_numbers, on="training_id", how="left", maintain_order="left")
            .drop("special_expiration_date", "case")
            .collect(engine="in-memory")
        )

    @property
    def _title_numbers(self) -> pl.LazyFrame:
        return self._titles.lazy().select("training_id", "title")

    def status(self, as_of: date, expiring_days: int, include_terminated: bool) -> pl.DataFrame:
        """The status of each person and training on a day (`schema.EXPIRY_STATUS`).

        Args:
            as_of: the day.
            expiring_days: days before expiration that count as expiring, where a training has none.
            include_terminated: count people who had left on the day, too.

        Returns:
            The statuses, by m_user_id and training_id.
        """
        windows = self._rules.windows_on(as_of)
        rows = latest(self._rows.lazy(), as_of)
        if not include_terminated and self._people["left"].count():
            stays = ~self._people.select(has_left(as_of)).to_series()
            rows = rows.filter(pl.lit(stays).gather(pl.col("person")))
        judged = case_statuses(self._cases.lazy(), windows, as_of, expiring_days).sort("case")
        held = rows.filter("has_proof").collect(engine="in-memory")
        held = held.hstack(judged.select(STATUS_COLUMNS)[held["at"]]).select(_ROW)
        answers = [held]
        others = never_completed(
            rows.filter(~pl.col("has_proof")),
            self._people.lazy(),
            self._rules.schedules,
            windows,
            as_of,
        )
        if self._rules.composed:
            derived = self._derived(held, as_of, expiring_days)
            others = others.join(derived.lazy(), on="pair", how="anti", maintain_order="left")
            answers.append(derived)
        answers.append(others.select(_UNHELD).collect(engine="in-memory"))
        return self._named(_merged(answers))

    def _derived(self, held: pl.DataFrame, as_of: date, expiring_days: int) -> pl.DataFrame:
        def own_schedule(days: pl.DataFrame) -> pl.DataFrame:
            return self._rules.judged(days, as_of, expiring_days)

        derived = derived_completions(held, self._rules.composed, own_schedule, as_of)
        return (
            derived.lazy()
            .join(self._title_numbers, on="training_id", how="left")
            .with_columns(PAIR)
            .sort("pair")
            .collect(engine="in-memory")
        )

    def _named(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.with_columns(
            self._people["m_user_id"].gather(rows["person"]),
            self._people["user"].gather(rows["person"]),
            self._titles["training"].gather(rows["title"]),
        ).select(EXPIRY_STATUS.schema.names())


def _merged(answers: list[pl.DataFrame]) -> pl.DataFrame:
    """The rows of several answers, each by pair, in the order of their pairs."""
    whole = pl.concat(answers, how="diagonal")
    return whole if whole["pair"].is_sorted() else whole.sort("pair")
