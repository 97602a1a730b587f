"""Stacked bars in which even the smallest part is visible."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.charts.theme import SPACING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: The smallest size of a mark, in pixels: a thinner mark may be invisible.
MIN_PIXELS = 1.6
#: The smallest length of a part of a bar: such a mark, and the gap beside it.
MIN_PART = MIN_PIXELS + SPACING


def stacked(values: Sequence[float], least: float) -> list[tuple[float, float]]:
    """The start and the end of each part of a bar.

    A part between 0 and `least` gets the length `least`. The largest part becomes shorter to make
    up for it, so the bar keeps its length unless every part is that small.

    Examples:
        >>> stacked([0, 1, 9_999], least=50)
        [(0, 0), (0, 50), (50, 10000)]
    """
    lengths = [max(value, least) if value > 0 else 0 for value in values]
    if lengths:
        largest = lengths.index(max(lengths))
        excess = sum(lengths) - sum(values)
        lengths[largest] = max(lengths[largest] - excess, least if any(values) else 0)
    ends = accumulate(lengths)
    return [(end - length, end) for end, length in zip(ends, lengths, strict=True)]


def stack(frame: pl.DataFrame, parts: Sequence[str], least: float, kind: str) -> pl.DataFrame:
    """Turn one row per bar into one row per part, with the first part at the bottom.

    Args:
        frame: one row per bar, with a column of numbers for each part.
        parts: the names of these columns.
        least: the smallest visible length, in the unit of the parts.
        kind: the name of the column that will name the part.

    Returns:
        One row per bar and part that is not 0: the columns of the frame, the column `kind`, and
        value, low, high (Float64; where the part begins and ends).
    """
    pieces = [
        (at, part, value, low, high)
        for at, bar in enumerate(frame[list(parts)].iter_rows())
        for part, value, (low, high) in zip(parts, bar, stacked(bar, least), strict=True)
        if value > 0
    ]
    number = frame.schema[parts[0]]
    columns = {"at": pl.UInt32(), kind: pl.String(), "value": number}
    schema = pl.Schema({**columns, "low": pl.Float64(), "high": pl.Float64()})
    placed = pl.DataFrame(pieces, schema, orient="row")
    return frame[placed.drop_in_place("at")].hstack(placed)
