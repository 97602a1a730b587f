"""Stacked bars in which even the smallest part is visible."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: The smallest size of a mark, in pixels: a thinner mark may be invisible.
MIN_PIXELS = 1.6


def stacked(values: Sequence[float], least: float) -> list[tuple[float, float]]:
    """Where each part of a bar begins and ends.

    A part between 0 and `least` gets the length `least`. The largest part becomes shorter to make
    up for it, so the bar keeps its length unless every part is that small.

    Args:
        values: the parts, from the start of the bar.
        least: the smallest visible length, in the unit of the values.

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
