"""Orders that change from page to page: the whole collection, or none of it."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from kpa_analytics.data.reading import Seen
from kpa_analytics.data.sightings import Sightings
from tests.data.moving_account import Account, load, sometimes


class Untidy(Account):
    """Records of a few days, those of one day in another order for each request."""

    def __init__(self, count: int, days: int, chance: random.Random) -> None:
        super().__init__(count, chance)
        self.days = days
        self.order = random.Random(count)

    def page(self, start: int, limit: int) -> Sequence[int]:
        day = {key: key % self.days for key in self.keys}
        mixed = sorted(self.keys, key=lambda key: (day[key], self.order.random()))
        return mixed[start : start + limit]


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.0, 0.02, 0.15, 0.6])
def test_whatever_changes_meanwhile_no_record_is_missed(share: float) -> None:
    """A deleted id replaces one that was never seen; counting does not show it."""
    chance = random.Random(5)
    loads = [load(Untidy(260, 14, chance), 50, sometimes(share, chance)) for _ in range(300)]
    accepted = [outcome for outcome in loads if outcome.keys is not None]
    assert len(accepted) > 30
    assert not any(outcome.missing or outcome.invented for outcome in accepted)


@pytest.mark.parametrize(("count", "days"), [(5_500, 28), (2_500, 1)])
def test_at_their_real_size_they_are_loaded(count: int, days: int) -> None:
    chance = random.Random(6)
    outcome = load(Untidy(count, days, chance), 1000, sometimes(0, chance))
    assert not outcome.missing
    assert outcome.keys is not None


def _sightings(*pages: tuple[Sequence[int], int]) -> list[int] | None:
    sightings, rows = Sightings(), 0
    for keys, total in pages:
        sightings.note(Seen(keys, total, rows))
        rows += len(keys)
    return sightings.whole_at_one_moment()


def test_as_many_ids_as_the_total_prove_nothing_where_one_may_be_gone() -> None:
    assert _sightings(([1, 2], 3), ([3], 3)) is None
    assert _sightings(([1, 2], 3), ([3], 3), ([3, 1], 3), ([2], 3)) == [0, 1, 2]
    assert _sightings(([1, 2], 3), ([3], 3), ([3, 1], 3), ([4], 3)) is None


def test_a_total_that_changes_counts_for_its_own_moment() -> None:
    assert _sightings(([1], 9), ([2], 2), ([1], 9)) == [0, 1]
    assert _sightings(([1], 9), ([2], 3), ([1], 2)) is None


def test_a_record_that_had_gone_by_that_moment_is_not_among_the_whole() -> None:
    sightings = Sightings()
    sightings.note(Seen((1, 2), total=3, first_row=0))
    sightings.note(Seen((2, 3), total=2, first_row=2))  # 1 is gone, so 2 and 3 are all there are
    assert sightings.whole_at_one_moment() == [2, 3]
