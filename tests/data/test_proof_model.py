"""The proof of data/proof.py, tried on thousands of accounts that are edited while they load."""

from __future__ import annotations

import random

import pytest

from kpa_analytics.data.reading import pages_needed
from tests.data.moving_account import (
    Account,
    Script,
    Scripted,
    ask_all,
    every,
    load,
    sometimes,
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("share", "enough"), [(0.02, 3_000), (0.15, 3_000), (0.3, 3_000), (0.6, 1_000)]
)
def test_no_accepted_load_misses_or_invents_a_record(share: float, enough: int) -> None:
    """5,200 records in pages of 1,000, at a twentieth of the size: 10,000 accepted in all."""
    chance, accepted = random.Random(1), 0
    for _ in range(12_000):
        outcome = load(Account(260, chance), 50, sometimes(share, chance))
        accepted += outcome.keys is not None
        if outcome.keys is not None:
            assert not outcome.missing
            assert not outcome.invented
        if accepted == enough:
            break
    assert accepted == enough


@pytest.mark.slow
def test_at_its_real_size_too() -> None:
    chance = random.Random(2)
    loads = [load(Account(5_200, chance), 1000, sometimes(0.15, chance)) for _ in range(100)]
    accepted = [outcome for outcome in loads if outcome.keys is not None]
    assert len(accepted) > 80
    assert not any(outcome.missing or outcome.invented for outcome in accepted)


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.05, 0.15, 0.3])
def test_forty_pages_that_never_hold_still_are_loaded(share: float) -> None:
    chance = random.Random(22)
    loads = [load(Account(2_000, chance), 50, sometimes(share, chance)) for _ in range(1_000)]
    assert sum(outcome.keys is not None for outcome in loads) >= 990
    assert not any(
        outcome.missing or outcome.invented for outcome in loads if outcome.keys is not None
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    ["change", "add", "remove", "date_anew", "date_to_the_top", "enter_again_elsewhere"],
)
def test_forty_pages_with_a_change_at_every_20th_request(change: str) -> None:
    chance = random.Random(4)
    for _ in range(30):
        account = Account(40_000, chance)
        account.change = getattr(account, change)
        outcome = load(account, 1000, every(20))
        assert outcome.keys is not None
        assert not outcome.missing
        assert not outcome.invented
        assert outcome.requests <= 1.6 * 40


#: Changes that hide a record that moved up, in accounts of 40 pages, with the size of a page.
HIDDEN: dict[str, tuple[int, Script]] = {
    "a record beside it had moved down before": (
        1000,
        {20: [(14_118, 25_887)], 40: [(39_733, 14_186)]},
    ),
    "another that had been read moves up later": (50, {20: [(1_152, 493)], 40: [(688, 200)]}),
    "another moves down while it is looked for": (
        50,
        {40: [(1_801, 1_427)], 57: [(1_260, 1_644)], 77: [(872, 714)]},
    ),
    "one is deleted beside it while it is looked for": (
        50,
        {
            28: [(1_580, 451)],
            36: [(1_890, 1_163)],
            44: [(983, None), (None, 983)],
            58: [(417, None)],
            65: [(None, 0)],
            68: [(828, 1_673)],
            74: [(1_495, None)],
            77: [(1_108, None), (None, 1_768)],
            79: [(None, 0)],
        },
    ),
}


@pytest.mark.parametrize("case", HIDDEN)
def test_a_record_that_another_change_hides_is_found_in_time(case: str) -> None:
    size, script = HIDDEN[case]
    account = Scripted(40 * size, script)
    outcome = load(account, size, account.happens)
    assert outcome.keys is not None
    assert not outcome.missing
    assert not outcome.invented
    assert outcome.requests <= 1.6 * 40


def test_the_search_does_not_end_while_a_part_that_it_read_has_changed() -> None:
    """Later changes explain the shift of the whole, but not that of the part with the record."""
    account = Scripted(2000, {39: [(1_862, 1_102)], 46: [(None, 82)], 55: [(113, 1_757)]})
    outcome = load(account, 50, account.happens)
    assert outcome.keys is not None
    assert not outcome.missing
    assert not outcome.invented


@pytest.mark.parametrize("count", [40_000, 100_000, 157_000, 1_000_000])
def test_a_collection_that_holds_still_costs_at_most_seven_hundredths_more(count: int) -> None:
    assert pages_needed(count, 1000) <= 1.07 * count / 1000


def test_the_pages_of_a_collection_that_holds_still() -> None:
    assert ask_all(range(999), 1000) == [(1, 1000)]
    assert ask_all(range(1_000), 1000) == [(1, 1000), (2, 990)]
    assert ask_all(range(3_500), 1000) == [(1, 1000), (2, 990), (3, 985), (4, 981)]
