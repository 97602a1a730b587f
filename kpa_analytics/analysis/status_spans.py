"""Each case's status through time, as spans between sampled days.

A span is a row of person, title_row, `completed` and four positions (`SampledDays.position`). A
completed case is current from `since`, expiring from `starts` and expired from `over`, until before
`until`. A case that was never completed is, in the same order, not due, expiring and missing. Two
of these may be equal: such a status lasts no day. The spans of a case never overlap.

The days on which statuses change come from `status_rules` and `windows`, which state the rules for
the engine, too; this module places them among the sampled days.
"""

from __future__ import annotations

from functools import cached_property

import polars as pl

from kpa_analytics.analysis.composed_spans import POSITIONS as POSITIONS
from kpa_analytics.analysis.composed_spans import completed_between, composed_spans
from kpa_analytics.analysis.engine import Engine
from kpa_analytics.analysis.latest_completion import ALWAYS
from kpa_analytics.analysis.sampled_days import SampledDays
from kpa_analytics.analysis.status_rules import EXISTS_FROM, MISSING_FROM, counted_back
from kpa_analytics.analysis.window_cycles import WindowCycles
from kpa_analytics.analysis.windows import EXPIRED_FROM, OFFERING, SUPERSEDED
from kpa_analytics.statuses import CURRENT, EXPIRED, EXPIRING, MISSING, NOT_DUE

#: The statuses of a completed case, and of one that was never completed, in the order of a span.
IN_ORDER = {True: (CURRENT, EXPIRING, EXPIRED), False: (NOT_DUE, EXPIRING, MISSING)}
_SPAN = ("person", "title_row", "completed", *POSITIONS)
_SINCE, _UNTIL = pl.col("since"), pl.col("until")
_IS_WINDOW = pl.col("expiration_source") == "window"


class StatusSpans:
    """The spans of all cases of an engine on the sampled days."""

    def __init__(self, engine: Engine, days: SampledDays) -> None:
        self._engine, self._days = engine, days
        self._schedules = engine.rules.schedules
        self._cycles = WindowCycles(self._schedules, days)
        self._offerings = engine.rules.offerings.lazy().select("training_id", *OFFERING)
        self._never: pl.DataFrame | None = None

    def frame(self, expiring_days: int, *, include_terminated: bool) -> pl.DataFrame:
        """The spans, in any order; without people who left, unless they are included."""
        completed = self._with_starts(self._completed, self._engine.expirations, expiring_days)
        derived = self._engine.derived
        own = (
            self._with_starts(spans, each.expirations, expiring_days)
            for each, spans in zip(derived, self._derived, strict=True)
        )
        composed = composed_spans(derived, self._completed_between, own, completed)
        if self._never is None:  # the same for any number of days
            self._never = self._never_completed(composed)
        spans = pl.concat([completed, composed, self._never])
        return spans if include_terminated else self.employed(spans)

    def _with_starts(
        self, completed: pl.DataFrame, by_key: pl.DataFrame, expiring_days: int
    ) -> pl.DataFrame:
        """Spans of `_of_records` with `starts` for a number of days. Nothing else depends on it."""
        by_date = self._days.position(counted_back(expiring_days))
        by_key = by_key.select(pl.when(_IS_WINDOW).then(None).otherwise(by_date).alias("starts"))
        counted = pl.lit(by_key.to_series()).gather(pl.col("expiration_row")).clip(_SINCE, _UNTIL)
        return completed.with_columns(pl.coalesce(counted, "starts").alias("starts")).select(_SPAN)

    @cached_property
    def _completed(self) -> pl.DataFrame:
        return self._of_records(self._engine.rows.filter("has_proof"), self._engine.expirations)

    @cached_property
    def _derived(self) -> list[pl.DataFrame]:
        return [self._of_records(each.rows, each.expirations) for each in self._engine.derived]

    @cached_property
    def _completed_between(self) -> list[pl.DataFrame]:
        return [completed_between(each, self._days) for each in self._engine.derived]

    def _placed(self, records: pl.DataFrame) -> pl.DataFrame:
        """The records that count on a sampled day, with positions for their days.

        Records have person, title_row, expiration_row, since and until. `last_year` is added: the
        year of the last window cycle (`WindowCycles`) that the record can reach.
        """
        position = self._days.position
        last_year = pl.coalesce(_UNTIL.dt.year() + 1, self._cycles.years[1])
        return (
            records.lazy()
            .select(
                "person",
                "title_row",
                "expiration_row",
                last_year.alias("last_year"),
                position(_SINCE).alias("since"),
                position(_UNTIL).alias("until"),
            )
            .filter(_SINCE < _UNTIL)
            .collect(engine="in-memory")
        )

    def _limits(self, by_key: pl.DataFrame) -> pl.DataFrame:
        """The positions that decide the statuses of each expiry key, in the order of the keys.

        From `lost` on, the completion is current until it begins to expire, expiring until `over`
        and then expired. A window training's completion begins to expire when it is `lost`. Before,
        it is valid, and is renewed in the windows from `first_year` on; `window` is null for other
        trainings.
        """
        position, is_window = self._days.position, _IS_WINDOW
        expires = pl.col("expiration_date").to_physical()
        lost = pl.when(is_window & SUPERSEDED).then("offered")
        over = pl.when(is_window).then(EXPIRED_FROM.to_physical()).otherwise(expires + 1)
        return (
            by_key.lazy()
            .join(self._offerings, on="training_id", how="left", maintain_order="left")
            .join(self._cycles.numbers.lazy(), on="training_id", how="left", maintain_order="left")
            .select(
                pl.when(is_window).then("window").alias("window"),
                pl.col("expiring_from").dt.year().alias("first_year"),
                pl.when(is_window).then(position(lost)).otherwise(0).alias("lost"),
                position(over).alias("over"),
            )
            .collect(engine="in-memory")
        )

    def _of_records(self, records: pl.DataFrame, by_key: pl.DataFrame) -> pl.DataFrame:
        """The spans of records that prove a completion, with expiration_row, a row of `by_key`.

        `starts` is that of window trainings alone.
        """
        placed, limits = self._placed(records), self._limits(by_key)
        ruled = placed.with_columns(
            series.gather(placed["expiration_row"]) for series in limits
        ).lazy()
        decided = ruled.with_columns(
            pl.max_horizontal("since", "lost").alias("since"), starts="lost"
        )
        valid = ruled.filter(pl.col("window").is_not_null()).with_columns(
            pl.min_horizontal("until", "lost").alias("until")
        )
        is_first = pl.col("year") == pl.col("first_year")
        renewed = (
            self._cycles.each(
                valid.filter(_SINCE < _UNTIL), pl.col("first_year"), pl.col("last_year")
            )
            .with_columns(
                pl.when(is_first)
                .then("since")
                .otherwise(pl.max_horizontal("since", "cycle_begins"))
                .alias("since"),
                pl.col("cycle_opens").alias("starts"),
                pl.min_horizontal("until", "cycle_ends").alias("until"),
            )
            .with_columns(_UNTIL.alias("over"))
        )
        spans = [
            each.pipe(_fitted, "expiration_row", completed=True) for each in (decided, renewed)
        ]
        return pl.concat(spans).collect(engine="in-memory")

    def _never_completed(self, composed: pl.DataFrame) -> pl.DataFrame:
        """The spans of required trainings, and of records that prove nothing.

        They end when the training is completed, also through the included trainings.
        """
        position = self._days.position
        derived = composed.lazy().group_by("person", "title_row").agg(_SINCE.min().alias("derived"))
        titles = self._engine.titles.lazy().select("title_row", "training_id")
        catalogue = titles.join(self._schedules.lazy(), on="training_id", how="left").join(
            self._cycles.numbers.lazy(), on="training_id", how="left"
        )
        rows = (
            self._engine.rows.lazy()
            .filter(~pl.col("has_proof"))
            .select("person", "title_row", position(_UNTIL).alias("until"))
            .join(self._engine.people.lazy(), on="person", how="left")
            .join(catalogue, on="title_row", how="left")
            .join(derived, on=["person", "title_row"], how="left")
            .select(
                "person",
                "title_row",
                "window",
                position(EXISTS_FROM.fill_null(ALWAYS)).alias("since"),
                pl.min_horizontal("until", "derived").alias("until"),
                position(MISSING_FROM).alias("missing_from"),
            )
            .collect(engine="in-memory")
            .lazy()
        )
        missing = rows.with_columns(
            pl.max_horizontal("since", "missing_from").alias("since")
        ).with_columns(starts="since", over="since")
        waiting = rows.with_columns(pl.min_horizontal("until", "missing_from").alias("until"))
        has_window = pl.col("window").is_not_null()
        never_open = waiting.filter(~has_window).with_columns(starts="until", over="until")
        lowest, highest = self._cycles.years
        yearly = self._cycles.each(
            waiting.filter(has_window & (_SINCE < _UNTIL)), pl.lit(lowest), pl.lit(highest)
        ).select(
            "person",
            "title_row",
            pl.max_horizontal("since", "cycle_begins").alias("since"),
            pl.col("cycle_opens").alias("starts"),
            pl.min_horizontal("until", "cycle_ends").alias("until"),
            pl.min_horizontal("until", "cycle_ends").alias("over"),
        )
        spans = [each.pipe(_fitted, completed=False) for each in (missing, never_open, yearly)]
        return pl.concat(spans).collect(engine="in-memory")

    def employed(self, spans: pl.DataFrame) -> pl.DataFrame:
        """The spans without the days on which the person is not employed."""
        people, position = self._engine.people, self._days.position
        has_left = people["left"].is_not_null()
        if not has_left.any():
            return spans
        days = people.lazy().select(
            "person", position(pl.col("left")).alias("left"), position(pl.col("back")).alias("back")
        )
        is_leaver = pl.lit(has_left).gather(pl.col("person"))
        stayed = spans.lazy().filter(~is_leaver)
        of_leavers = spans.lazy().filter(is_leaver).join(days, on="person")
        before = of_leavers.with_columns(pl.min_horizontal("until", "left").alias("until"))
        after = of_leavers.with_columns(pl.max_horizontal("since", "back").alias("since"))
        kept = [each.pipe(_fitted) for each in (before, after)]
        return pl.concat([stayed, *kept]).collect(engine="in-memory")


def _fitted(spans: pl.LazyFrame, *more: str, completed: bool | None = None) -> pl.LazyFrame:
    """The spans that last at least one day, with `starts` and `over` from since to until."""
    if completed is not None:
        spans = spans.with_columns(pl.lit(completed).alias("completed"))
    return (
        spans.filter(_SINCE < _UNTIL)
        .with_columns(pl.col("starts", "over").clip(_SINCE, _UNTIL))
        .select(*_SPAN, *more)
    )
