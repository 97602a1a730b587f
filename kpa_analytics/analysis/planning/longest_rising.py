"""The most numbers of a sequence that do not descend."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence


def longest_rising(numbers: Sequence[int]) -> list[int]:
    """The places, in their order, of as many numbers as possible that do not descend.

    Examples:
        >>> longest_rising([0, 3, 1, 1, 2])
        [0, 2, 3, 4]
        >>> longest_rising([1, 0])  # the first of equal choices
        [0]
    """
    negated: list[int] = []  # of sequences of one number, of two, and so on: the greatest beginning
    begins: list[int] = []  # the places of these numbers
    after: dict[int, int | None] = {}
    for place in reversed(range(len(numbers))):
        length = bisect_right(negated, -numbers[place])
        after[place] = begins[length - 1] if length else None
        negated[length : length + 1] = [-numbers[place]]
        begins[length : length + 1] = [place]
    places = []
    following = begins[-1] if begins else None
    while following is not None:
        places.append(following)
        following = after[following]
    return places
