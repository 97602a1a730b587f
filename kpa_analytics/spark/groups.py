"""The shuffle: all rows of a person (or a session) come together, and the executors compute them.

A partition is sorted and read in groups of whole persons. So the memory of an executor depends on
`ROWS_AT_ONCE` and not on the number of records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

import polars as pl
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's documentation uses

from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import ACCOUNT
from kpa_analytics.spark.columns import Wire, arrow_batches, spark_schema

if TYPE_CHECKING:
    import pyarrow as pa

    from kpa_analytics.spark.arguments import Argument

#: About how many rows are computed at once.
ROWS_AT_ONCE = 250_000
#: The rows of a partition, if the caller does not give the number of partitions.
ROWS_OF_A_PARTITION = 500_000
#: Columns of a shuffled row: which of the frames it is from, and its place there.
_FRAME, _PLACE = "_frame", "_place"

#: Computes a result from the frames of some persons of an account.
Work = Callable[[str | None, list[pl.DataFrame]], pl.DataFrame]


class GroupedFrame(NamedTuple):
    """A frame whose rows are computed together with those of others.

    Attributes:
        argument: the frame.
        key: its column that names the person or the session.
    """

    argument: Argument
    key: str


def by_group(
    frames: list[GroupedFrame], key: str, work: Work, schema: pl.Schema, partitions: int
) -> DataFrame:
    """Compute a result from all rows of each person, or of each session.

    The partitions are ranges of account and key: a large account is spread over many partitions,
    and a small one is computed at once. The result is in the order of account and key.

    Args:
        frames: the frames.
        key: the name that their keys have in common.
        work: computes the result of some keys of one account from their rows of each frame.
        schema: the columns of the result, to which the account is added.
        partitions: the number of partitions.
    """
    wires = [frame.argument.wire._replace(key=frame.key, name=key) for frame in frames]
    tagged = (
        _tagged(number, frame.argument.spark, wire)
        for number, (frame, wire) in enumerate(zip(frames, wires, strict=True))
    )
    rows = reduce(lambda left, right: left.unionByName(right, allowMissingColumns=True), tagged)
    result = spark_schema(schema)

    def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for account, received in _received(batches, key, wires):
            yield from arrow_batches(account, work(account, received), result)

    return (
        rows.repartitionByRange(partitions, ACCOUNT, key)
        .sortWithinPartitions(ACCOUNT, key)
        .mapInArrow(run, result)
    )


def partitions_of(partitions: int | None) -> int | None:
    """Check the argument `partitions`.

    Raises:
        KPADataError: it is not a whole number from 1.
    """
    is_whole = isinstance(partitions, int) and not isinstance(partitions, bool)
    if partitions is not None and not (is_whole and partitions >= 1):
        raise KPADataError(f"partitions must be a whole number from 1, not {partitions!r}")
    return partitions


def enough_partitions(completions: DataFrame) -> int:
    """One partition for each `ROWS_OF_A_PARTITION` completions; Spark counts them."""
    return 1 + completions.count() // ROWS_OF_A_PARTITION


def _tagged(number: int, frame: DataFrame, wire: Wire) -> DataFrame:
    """The rows as Spark sends them; those of every frame but the first have their place.

    The first frame has the most rows, and no function depends on their order.
    """
    place = F.monotonically_increasing_id() if number else F.lit(None).cast("long")
    tags = (F.lit(number).alias(_FRAME), place.alias(_PLACE))
    return frame.select(*wire.sent(), *tags)


def _received(
    batches: Iterable[pa.RecordBatch], key: str, wires: list[Wire]
) -> Iterator[tuple[str | None, list[pl.DataFrame]]]:
    """The frames of some whole keys of an account at a time."""
    for rows in whole_groups(map(_frame, batches), key, ROWS_AT_ONCE):
        for of_account in rows.partition_by(ACCOUNT, maintain_order=True):
            frames = [
                wire.received(_in_place(of_account.filter(pl.col(_FRAME) == number)))
                for number, wire in enumerate(wires)
            ]
            yield of_account[ACCOUNT][0], frames


def _in_place(rows: pl.DataFrame) -> pl.DataFrame:
    return rows if rows[_PLACE].has_nulls() else rows.sort(_PLACE)


def _frame(batch: pa.RecordBatch) -> pl.DataFrame:
    frame = pl.from_arrow(batch)
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - for the type checker
    return frame


def whole_groups(frames: Iterable[pl.DataFrame], key: str, rows: int) -> Iterator[pl.DataFrame]:
    """Join sorted frames to frames that have all rows of each of their keys.

    Args:
        frames: frames in the order of `account` and the key.
        key: the column of the key.
        rows: a frame has about as many rows, or the rows of one key if it has more.
    """
    waiting: list[pl.DataFrame] = []
    height, enough = 0, rows
    for frame in frames:
        waiting.append(frame)
        height += frame.height
        if height < enough:
            continue
        joined = pl.concat(waiting)
        cut = _start_of_last(joined, key)
        if cut:
            yield joined.head(cut)
        waiting, height = [joined.tail(height - cut)], height - cut
        enough = max(rows, 2 * height)
    if height:
        yield pl.concat(waiting)


def _start_of_last(rows: pl.DataFrame, key: str) -> int:
    """The position of the first row of the last key."""
    is_last = [pl.col(name).eq_missing(pl.col(name).last()) for name in (ACCOUNT, key)]
    return rows.height - int(rows.select(pl.all_horizontal(is_last).sum()).item())
