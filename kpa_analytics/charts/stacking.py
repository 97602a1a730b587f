"""Bars of several parts, in which the smallest part that stands for something is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Pixels that a mark has at least, where it stands for something; what is thinner may not be drawn.
LEAST = 1.6


def stacked(values: Sequence[float], least: float) -> list[tuple[float, float]]:
    """Where each part of a bar begins and ends.

    A part of less than `least`, but more than 0, is drawn as `least`. The largest part gives what
    that takes, as far as it can; so a bar is as long as its values say, or consists of such parts.

    Args:
        values: the parts, from the bar's foot.
        least: the smallest length that is seen, in the unit of the values.

    Examples:
        >>> stacked([0, 1, 9_999], least=50)
        [(0, 0), (0, 50), (50, 10000)]
    """
    drawn = [max(value, least) if value > 0 else 0 for value in values]
    if drawn:
        largest = drawn.index(max(drawn))
        drawn[largest] = max(
            drawn[largest] - (sum(drawn) - sum(values)), least if any(values) else 0
        )
    ends = [sum(drawn[: place + 1]) for place in range(len(drawn))]
    return [(end - part, end) for end, part in zip(ends, drawn, strict=True)]
