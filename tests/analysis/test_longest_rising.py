"""The most numbers that do not descend, by trying all."""

from __future__ import annotations

from itertools import combinations, product

from kpa_analytics.analysis.planning.longest_rising import longest_rising


def test_no_longer_sequence_rises() -> None:
    for length in range(6):
        for numbers in product(range(3), repeat=length):
            places = longest_rising(numbers)
            kept = [numbers[place] for place in places]
            assert places == sorted({*places})
            assert kept == sorted(kept)
            longer = combinations(numbers, len(places) + 1)
            assert not any([*some] == sorted(some) for some in longer)
