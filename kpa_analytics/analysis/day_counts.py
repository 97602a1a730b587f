"""Count the cases of each status, day by day, from their spans."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from kpa_analytics.analysis.case_groups import group_columns, with_group_names, with_groups
from kpa_analytics.analysis.status_spans import IN_ORDER, POSITIONS
from kpa_analytics.schema import STATUS_OVER_TIME
from kpa_analytics.statuses import FROM_REQUIREMENTS, STATUSES

if TYPE_CHECKING:
    from kpa_analytics.analysis.engine import Engine
    from kpa_analytics.analysis.sampled_days import SampledDays
    from kpa_analytics.inputs import AnyFrame


class Grouping(NamedTuple):
    """The groups of the cases.

    Attributes:
        column: the column of a span that decides its groups: person or title_row.
        members: the groups of each value of that column: the column and `group`; None if the cases
            are not grouped.
        named: the groups in the order of the result: `group` (a number from 0), and their columns.
    """

    column: str
    members: pl.DataFrame | None
    named: pl.DataFrame


def trend_schema(by: str | None) -> pl.Schema:
    """The columns of `status_over_time()`."""
    day, *counts = STATUS_OVER_TIME.schema.items()
    identifier = pl.Int64 if by == "training" else pl.String
    columns = zip(group_columns(by), (identifier, pl.String), strict=True) if by else ()
    return pl.Schema([day, *columns, *counts])


def grouping(
    engine: Engine, by: str | None, users: AnyFrame | None, groups: AnyFrame | None
) -> Grouping:
    """The groups of the cases of an engine, as for `status_over_time()`."""
    if by == "training":
        named = engine.titles.sort("training", "training_id").with_row_index("group")
        return Grouping("title_row", named.select("title_row", "group"), named.drop("title_row"))
    if by is None or users is None:
        return Grouping("person", None, pl.DataFrame({"group": [0]}, {"group": pl.UInt32}))
    return _people_grouping(engine.people, by, users, groups)


def _people_grouping(
    people: pl.DataFrame, by: str, users: AnyFrame, groups: AnyFrame | None
) -> Grouping:
    identifier, name = group_columns(by)
    listed = with_groups(people.lazy(), users, by)
    named = (
        listed.select(pl.col(identifier).unique())
        .pipe(with_group_names, by, users, groups)
        .sort(name, identifier, nulls_last=True)
        .with_row_index("group")
        .collect(engine="in-memory")
    )
    numbered = listed.join(named.lazy(), on=identifier, nulls_equal=True)
    return Grouping("person", numbered.select("person", "group").collect(engine="in-memory"), named)


def day_counts(
    spans: pl.DataFrame, grouping: Grouping, days: SampledDays, *, known: bool
) -> pl.DataFrame:
    """The rows of `status_over_time()`.

    A case has a status from one position of its span until before the next. So the cases of a
    status on a day are the spans that have reached the one position, less those that have reached
    the other.

    Args:
        spans: as `StatusSpans.frame` returns them, for these days.
        grouping: the groups to count.
        days: the days.
        known: whether requirements were provided. If not, missing and not_due are null, unless a
            case has such a status on some day.
    """
    if grouping.members is None:
        rows = spans.with_columns(group=pl.lit(0, pl.UInt32))
    else:
        rows = spans.join(grouping.members, on=grouping.column)
    named = grouping.named
    if len(named.columns) > 1:
        named = named.filter(pl.col("group").is_in(rows["group"].unique().implode()))
    positions = pl.int_range(days.count, dtype=pl.Int64, eager=True).alias("position").to_frame()
    cells = named.join(positions, how="cross", maintain_order="left_right")
    by_cell = cells.select(_numbers(days, "position")).to_series()
    counts = dict.fromkeys(STATUSES, pl.lit(0))
    for is_completed, statuses in IN_ORDER.items():
        spans = rows.filter(completed=is_completed).select(_numbers(days, *POSITIONS).sort())
        reached = [_reached(spans[position], by_cell) for position in POSITIONS]
        for status, begun, ceased in zip(statuses, reached, reached[1:], strict=False):
            counts[status] += pl.lit(begun) - pl.lit(ceased)
    counted = (
        cells.with_columns(**counts)
        .with_columns(
            pl.lit(days.days).gather(pl.col("position")).alias("day"),
            pl.sum_horizontal(STATUSES).alias("total"),
        )
        .sort("position", maintain_order=True)
    )
    known = known or any(counted.select(pl.col(FROM_REQUIREMENTS).sum()).row(0))
    unknown = [] if known else [pl.lit(None, pl.Int64).alias(name) for name in FROM_REQUIREMENTS]
    groups = [name for name in grouping.named.columns if name != "group"]
    return counted.with_columns(unknown).select("day", *groups, *STATUSES, "total")


def _numbers(days: SampledDays, *positions: str) -> pl.Expr:
    """Positions of the groups as numbers, in the order of the groups."""
    return pl.col(positions) + pl.col("group").cast(pl.Int64) * (days.count + 1)


def _reached(spans: pl.Series, cells: pl.Series) -> pl.Series:
    """For each cell, how many spans have reached a position, with all spans of earlier groups.

    `spans` must be sorted.
    """
    return spans.search_sorted(cells, side="right").cast(pl.Int64)
