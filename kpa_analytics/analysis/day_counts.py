"""Count the cases of each status, day by day, from their spans."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from kpa_analytics.analysis.case_groups import group_columns, members, with_group_names
from kpa_analytics.analysis.status_spans import IN_ORDER, POSITIONS
from kpa_analytics.schema import STATUS_OVER_TIME
from kpa_analytics.statuses import FROM_REQUIREMENTS, STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpa_analytics.analysis.engine import Engine
    from kpa_analytics.analysis.sampled_days import SampledDays
    from kpa_analytics.inputs import AnyFrame

_NUMBER = pl.UInt32
_NUMBERED = ("key", "group")


class Grouping(NamedTuple):
    """The groups of the cases.

    Attributes:
        column: the column of a span that decides its groups.
        key: for each value of that column, a key.
        of_key: the groups of each key: key and group.
        named: the groups in the order of the result: group (a number from 0), and their columns.
    """

    column: str
    key: pl.Series
    of_key: pl.DataFrame
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
        of_key = named.select(pl.col("title").alias("key"), "group")
        key = engine.titles["title"]
        return Grouping("title", key, of_key, named.drop("title"))
    person = engine.people.select("person", "m_user_id")
    if by is None or users is None:
        everybody = pl.DataFrame(
            {"key": [0], "group": [0]}, schema=dict.fromkeys(_NUMBERED, _NUMBER)
        )
        key = pl.repeat(0, person.height, dtype=_NUMBER, eager=True)
        return Grouping("person", key, everybody, everybody.select("group"))
    return _people_grouping(person, by, users, groups)


def _people_grouping(
    person: pl.DataFrame, by: str, users: AnyFrame, groups: AnyFrame | None
) -> Grouping:
    """People who are in the same groups share a key, so that few keys are counted."""
    identifier, name = group_columns(by)
    listed = person.lazy().join(members(users, by), on="m_user_id", how="left")
    named = (
        listed.select(pl.col(identifier).unique())
        .pipe(with_group_names, by, users, groups)
        .sort(name, identifier, nulls_last=True)
        .with_row_index("group")
        .collect(engine="in-memory")
    )
    sets = (
        listed.join(named.lazy().select(identifier, "group"), on=identifier, nulls_equal=True)
        .group_by("person")
        .agg(pl.col("group").sort())
        .sort("person")
        .collect(engine="in-memory")
    )
    of_key = sets.select(pl.col("group").unique()).with_row_index("key")
    key = sets.join(of_key, on="group", how="left", maintain_order="left")["key"]
    return Grouping("person", key, of_key.explode("group"), named)


def day_counts(
    spans: pl.DataFrame, grouping: Grouping, days: SampledDays, *, known: bool
) -> pl.DataFrame:
    """The rows of `status_over_time()`: the sums of what begins and ends up to each day.

    Args:
        spans: as `StatusSpans.frame` returns them, for these days.
        grouping: the groups to count.
        days: the days.
        known: whether requirements were provided. If not, missing and not_due are null, unless a
            case has such a status on some day.
    """
    end = days.count
    keyed = spans.lazy().with_columns(
        pl.lit(grouping.key).gather(pl.col(grouping.column)).cast(pl.Int64).alias("key")
    )
    changes = (
        pl.concat(_changes(keyed, end), how="diagonal")
        .with_columns(pl.col("key").cast(_NUMBER))
        .join(grouping.of_key.lazy(), on="key")
        .group_by("group", "position")
        .agg(pl.col(STATUSES).sum())
        .collect(engine="in-memory")
    )
    named = grouping.named.lazy()
    if len(grouping.named.columns) > 1:
        named = named.join(changes.lazy().select("group"), on="group", how="semi")
    positions = pl.int_range(end + 1, dtype=pl.Int64, eager=True).alias("position").to_frame()
    counted = (
        named.join(positions.lazy(), how="cross")
        .join(changes.lazy(), on=["group", "position"], how="left")
        .sort("group", "position")
        # What begins in a group also ends, at the last position, so each group's sum starts at 0.
        .with_columns(pl.col(STATUSES).fill_null(0).cum_sum())
        .filter(pl.col("position") < end)
        .sort("position", "group")
        .with_columns(
            pl.lit(days.days).gather(pl.col("position")).alias("day"),
            pl.sum_horizontal(STATUSES).alias("total"),
        )
    ).collect(engine="in-memory")
    known = known or any(counted.select(pl.col(FROM_REQUIREMENTS).sum()).row(0))
    unknown = [] if known else [pl.lit(None, pl.Int64).alias(name) for name in FROM_REQUIREMENTS]
    groups = [name for name in grouping.named.columns if name != "group"]
    return counted.with_columns(unknown).select("day", *groups, *STATUSES, "total")


def _changes(keyed: pl.LazyFrame, end: int) -> Iterator[pl.LazyFrame]:
    """The number of cases that begin and cease to have each status, by key and position."""
    cell = pl.col("cell")
    for is_held, statuses in IN_ORDER.items():
        spans = keyed.filter(held=is_held)
        for number, position in enumerate(POSITIONS):
            count = pl.len().cast(pl.Int64)
            begun = [count.alias(status) for status in statuses[number : number + 1]]
            ceased = [(-count).alias(status) for status in statuses[:number][-1:]]
            yield (
                spans.group_by((pl.col("key") * (end + 1) + pl.col(position)).alias("cell"))
                .agg(*begun, *ceased)
                .with_columns(key=cell // (end + 1), position=cell % (end + 1))
                .drop("cell")
            )
