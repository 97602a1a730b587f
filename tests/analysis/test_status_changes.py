"""Every changed status has exactly one cause, and a detail that names what differs."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from kpa_analytics.analysis.situation import Situation
from kpa_analytics.analysis.status_changes import STEPS, changed_cases
from kpa_analytics.schema import COMPLETIONS, TRAININGS, USERS
from tests.analysis.change_cases import Pair, check_changes, later, situation, small_pair


@pytest.mark.slow
@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))]
)
def test_every_difference_has_the_last_step_that_matters_as_its_cause(seed):
    old = situation(seed)
    rows = check_changes(Pair(old, later(old, seed + 100), False))
    assert rows.height > 100
    assert set(rows["cause"]) == set(STEPS)


@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 8))]
)
def test_every_difference_of_small_accounts_is_explained(seed):
    """`tests/benchmarks/bench_changes.py` does this with 10,000 pairs."""
    check_changes(small_pair(seed))


@pytest.mark.parametrize("step", STEPS)
def test_if_only_one_thing_changed_it_is_the_cause_of_all(step):
    old = situation(7)
    rows = changed_cases(old, later(old, 8, (step,)))
    assert rows.height > 10
    assert set(rows["cause"]) == {step}
    assert rows["detail"].null_count() == 0


def test_nothing_changed_is_no_row():
    assert changed_cases(situation(1), situation(1)).is_empty()


TRAINED = {"id": 1, "training_id": 7, "m_user_id": "a", "date": date(2025, 1, 31)}
LADDERS = {"id": 7, "title": "Ladders", "renewal_months": 12}
ANN = {"id": "a", "lastname": "Moe", "firstname": "Ann"}
PAIR = {"m_user_id": ["a"], "training_id": [9]}
DAY = date(2026, 6, 30)


def account(completions=(), trainings=(LADDERS,), users=(ANN,), required=None, as_of=DAY, days=30):
    pairs = None if required is None else pl.DataFrame(required)
    frames = [
        pl.DataFrame(list(rows), schema=table.schema, orient="row")
        for table, rows in ((COMPLETIONS, completions), (TRAININGS, trainings), (USERS, users))
    ]
    return Situation(*frames, pairs, as_of, days)


FOUR_YEARS = {"id": 8, "title": "Ropes", "renewal_months": 48, "included_trainings_id": None}
HEIGHTS = {"id": 9, "title": "Heights", "included_trainings_id": [7, 8]}
BOTH = [TRAINED, {**TRAINED, "id": 2, "training_id": 8}]
LEFT = {**ANN, "terminationDate": datetime(2026, 6, 1, 5, tzinfo=UTC)}
SPECIAL = {**TRAINED, "training_id": 99, "special_expiration_date": date(2026, 8, 1)}


@pytest.mark.parametrize(
    ("old", "new", "training", "expected"),
    [
        (
            account([TRAINED]),
            account([TRAINED, {**TRAINED, "id": 2, "date": date(2026, 6, 1)}]),
            7,
            ("expired", "current", "record", "record 2 added, completed 1 Jun 2026"),
        ),
        (
            account([{**TRAINED, "date": date(2026, 6, 1)}]),
            account([TRAINED]),
            7,
            ("current", "expired", "record", "record 1 edited: date 1 Jun 2026 -> 31 Jan 2025"),
        ),
        (
            account([TRAINED]),
            account([{**TRAINED, "m_user_id": "b"}]),
            7,
            ("expired", None, "record", "record 1 edited: m_user_id a -> b"),
        ),
        (
            account([TRAINED]),
            account([TRAINED], [{**LADDERS, "renewal_months": 36}]),
            7,
            ("expired", "current", "rule", "Ladders (7): renewal_months 12 -> 36"),
        ),
        (
            account([TRAINED], [{**LADDERS, "title": ""}]),
            account([TRAINED], [{**LADDERS, "title": " ", "renewal_months": 36}]),
            7,
            ("expired", "current", "rule", "7: renewal_months 12 -> 36"),
        ),
        (
            account([TRAINED], [LADDERS]),
            account([TRAINED], []),
            7,
            ("expired", "current", "rule", "Ladders (7): removed from the catalogue"),
        ),
        (
            account(BOTH, [LADDERS, FOUR_YEARS, HEIGHTS]),
            account(BOTH, [{**LADDERS, "renewal_months": None}, FOUR_YEARS, HEIGHTS]),
            9,
            ("expired", "current", "rule", "Ladders (7): renewal_months 12 -> (empty)"),
        ),
        (
            account(BOTH, [LADDERS, FOUR_YEARS, HEIGHTS]),
            account(BOTH, [LADDERS, FOUR_YEARS, {**HEIGHTS, "included_trainings_id": [8]}]),
            9,
            ("expired", "current", "rule", "Heights (9): included_trainings_id 7; 8 -> 8"),
        ),
        (
            account([SPECIAL]),
            account([SPECIAL], days=45),
            99,
            ("current", "expiring", "rule", "99: expiring_days of the report 30 -> 45"),
        ),
        (
            account([TRAINED]),
            account([TRAINED], users=[LEFT]),
            7,
            ("expired", None, "person", "terminationDate (empty) -> 1 Jun 2026, 05:00:00 UTC"),
        ),
        (
            account([TRAINED], users=[LEFT]),
            account([TRAINED], users=[]),
            7,
            (None, "expired", "person", "profile removed"),
        ),
        (
            account(required={"m_user_id": [], "training_id": []}),
            account(required=PAIR),
            9,
            (None, "missing", "requirement", "now required"),
        ),
        (
            account(required=PAIR),
            account(required={"m_user_id": [], "training_id": []}),
            9,
            ("missing", None, "requirement", "no longer required"),
        ),
        (
            account(),
            account(required=PAIR),
            9,
            (None, "missing", "requirement", "required now, not known before"),
        ),
        (
            account(required=PAIR),
            account(),
            9,
            ("missing", None, "requirement", "required before, not known now"),
        ),
        (
            account([TRAINED], as_of=date(2026, 1, 31)),
            account([TRAINED]),
            7,
            ("expiring", "expired", "time", "as of 30 Jun 2026 instead of 31 Jan 2026"),
        ),
    ],
)
def test_the_detail_names_what_differs(old, new, training, expected):
    rows = changed_cases(old, new).filter(training_id=training, m_user_id="a")
    assert rows.select("before", "after", "cause", "detail").rows() == [expected]


SECOND = datetime(2026, 6, 1, 5, tzinfo=UTC)


def test_a_record_made_milliseconds_later_is_an_edit():
    first = {**TRAINED, "created": SECOND, "special_expiration_date": date(2027, 1, 1)}
    other = {**TRAINED, "id": 2, "created": SECOND.replace(microsecond=1000)}
    later_first = {**first, "created": SECOND.replace(microsecond=2000)}
    rows = changed_cases(account([first, other]), account([later_first, other]))
    assert rows.select("before", "after", "cause", "detail").rows() == [
        (
            "expired",
            "current",
            "record",
            "record 1 edited: created 1 Jun 2026, 05:00:00 UTC -> 1 Jun 2026, 05:00:00.002 UTC",
        )
    ]


def test_a_record_without_a_date_is_named_as_such():
    undated = {**TRAINED, "date": None, "special_expiration_date": date(2027, 1, 1)}
    rows = changed_cases(account(), account([undated]))
    assert rows["detail"].to_list() == ["record 1 added, without a date"]


@pytest.mark.parametrize("parts", [[8], [], [None]])
def test_a_training_that_the_catalogue_repeats_has_the_parts_of_its_first_row(parts):
    rules = [LADDERS, FOUR_YEARS, HEIGHTS, {**HEIGHTS, "included_trainings_id": parts}]
    blank = {**HEIGHTS, "included_trainings_id": [7, None, 8]}
    for catalogue in (rules, [LADDERS, FOUR_YEARS, blank]):
        renewed = [*BOTH, {**TRAINED, "id": 3, "date": DAY}]
        rows = changed_cases(account(BOTH, catalogue), account(renewed, catalogue))
        assert rows.filter(training_id=9)["detail"].to_list() == [
            "record 3 added, completed 30 Jun 2026"
        ]


def test_the_vendors_duplicates_are_one_record():
    twice = account([TRAINED, TRAINED])
    assert changed_cases(twice, twice).is_empty()
    renewed = account([TRAINED, TRAINED, *[{**TRAINED, "id": 2, "date": DAY}] * 2])
    assert changed_cases(twice, renewed)["detail"].to_list() == [
        "record 2 added, completed 30 Jun 2026"
    ]


def test_cases_without_a_person_are_compared_too():
    nobody = {**TRAINED, "m_user_id": None}
    older = account([nobody], [{**LADDERS, "renewal_months": 36}])
    (row,) = changed_cases(older, account([nobody])).to_dicts()
    assert (row["m_user_id"], row["before"], row["after"]) == (None, "current", "expired")
    assert row["detail"] == "Ladders (7): renewal_months 36 -> 12"
    needed = {"m_user_id": [None], "training_id": [7]}
    required = {
        name: pl.Series(ids, dtype=COMPLETIONS.schema[name]) for name, ids in needed.items()
    }
    (row,) = changed_cases(account(), account(required=required)).to_dicts()
    assert (row["m_user_id"], row["cause"], row["detail"]) == (
        *(None, "requirement"),
        "required now, not known before",
    )


def test_of_many_differences_three_are_listed():
    more = [{**TRAINED, "id": 10 + n, "date": DAY} for n in range(5)]
    detail = changed_cases(account([TRAINED]), account([TRAINED, *more]))["detail"].item()
    assert detail.endswith("; and 2 more")
    assert detail.count("added") == 3


def test_people_who_left_can_be_counted():
    old, new = account([TRAINED], users=[LEFT]), account(BOTH, users=[LEFT])
    assert changed_cases(old, new).is_empty()
    rows = changed_cases(old, new, include_terminated=True)
    assert rows.select("training_id", "before", "after").rows() == [(8, None, "current")]
