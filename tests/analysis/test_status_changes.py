"""Every changed status has exactly one cause, and a detail that names what differs."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.analysis.situation import Situation
from kpa_analytics.analysis.status_changes import STEPS, changed_cases
from kpa_analytics.schema import COMPLETIONS, STATUS_CHANGES, TRAININGS, USERS
from tests.analysis.company import LAST, catalogue, company, completions, roster, some_day

CASE = ["m_user_id", "training_id"]


def situation(seed: int, people: int = 60, count: int = 1200) -> Situation:
    done, trainings, users, pairs = company(seed, people, count)
    required = pl.DataFrame(pairs, ["m_user_id", "training_id"], orient="row")
    return Situation(done, trainings, users, required, some_day(random.Random(seed)), 30)


def mixed(old: pl.DataFrame, new: pl.DataFrame, rng: random.Random) -> pl.DataFrame:
    """The old rows, of which some are removed, and some are replaced by new ones or added."""
    kept = old.filter(pl.Series([rng.random() < 0.9 for _ in range(old.height)]))
    come = new.filter(pl.Series([rng.random() < 0.1 for _ in range(new.height)]))
    key = "id" if "id" in old.columns else CASE
    rows = pl.concat([come, kept]).unique(key, keep="first", maintain_order=True)
    return rows.sample(fraction=1, shuffle=True, seed=rng.randrange(9999))


def later(old: Situation, seed: int, steps: tuple[str, ...] = tuple(STEPS)) -> Situation:
    """The same accounts after random edits of the named kinds."""
    rng = random.Random(seed)
    people = old.users["id"].n_unique()
    changes = {
        "time": {"as_of": min(LAST, old.as_of + timedelta(days=rng.randrange(200)))},
        "requirement": {"required": mixed(old.required, situation(seed, people).required, rng)},
        "person": {"users": mixed(old.users, roster(rng, people), rng)},
        "rule": {"trainings": mixed(old.trainings, catalogue(rng), rng), "expiring_days": 45},
        "record": {
            "completions": mixed(
                old.completions, completions(rng, people, old.completions.height), rng
            )
        },
    }
    return old._replace(**{name: value for step in steps for name, value in changes[step].items()})


def statuses(side: Situation) -> dict[tuple[str, int], str]:
    rows = kpa.expiry_status(
        side.completions,
        side.trainings,
        side.users,
        as_of=side.as_of,
        expiring_days=side.expiring_days,
        required=side.required,
    )
    return {
        (person, course): status for person, course, status in rows.select(*CASE, "status").rows()
    }


@pytest.mark.parametrize("seed", range(6))
def test_every_difference_has_the_last_step_that_matters_as_its_cause(seed):
    old = situation(seed)
    new = later(old, seed + 100)
    rows = changed_cases(old, new)
    assert STATUS_CHANGES.fits(rows)
    chain, side = [statuses(old)], old
    for fields in STEPS.values():
        side = side._replace(**{name: getattr(new, name) for name in fields})
        chain.append(statuses(side))
    expected = {}
    for case in {*chain[0], *chain[-1]}:
        if chain[0].get(case) == chain[-1].get(case):
            continue
        steps = zip(STEPS, chain, chain[1:], strict=False)
        cause = [step for step, one, other in steps if one.get(case) != other.get(case)][-1]
        expected[case] = (chain[0].get(case), chain[-1].get(case), cause)
    got = {row[:2]: row[2:] for row in rows.select(*CASE, "before", "after", "cause").rows()}
    assert got == expected
    assert rows.height == len(expected) > 100
    assert rows["detail"].null_count() == 0
    assert set(rows["cause"]) == set(STEPS)


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
            ("expired", "current", "record", "record 2 added, completed 2026-06-01"),
        ),
        (
            account([{**TRAINED, "date": date(2026, 6, 1)}]),
            account([TRAINED]),
            7,
            ("current", "expired", "record", "record 1 edited: date 2026-06-01 -> 2025-01-31"),
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
            account([TRAINED], [LADDERS]),
            account([TRAINED], []),
            7,
            ("expired", "current", "rule", "Ladders (7): removed from the catalogue"),
        ),
        (
            account(BOTH, [LADDERS, FOUR_YEARS, HEIGHTS]),
            account(BOTH, [{**LADDERS, "renewal_months": None}, FOUR_YEARS, HEIGHTS]),
            9,
            ("expired", "current", "rule", "Ladders (7): renewal_months 12 -> nothing"),
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
            ("expired", None, "person", "terminationDate nothing -> 2026-06-01 05:00:00 UTC"),
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
            account(),
            9,
            ("missing", None, "requirement", "no longer required"),
        ),
        (
            account([TRAINED], as_of=date(2026, 1, 31)),
            account([TRAINED]),
            7,
            ("expiring", "expired", "time", "as of 2026-06-30 instead of 2026-01-31"),
        ),
    ],
)
def test_the_detail_names_what_differs(old, new, training, expected):
    rows = changed_cases(old, new).filter(training_id=training, m_user_id="a")
    assert rows.select("before", "after", "cause", "detail").rows() == [expected]


def test_the_vendors_duplicates_are_one_record():
    twice = account([TRAINED, TRAINED])
    assert changed_cases(twice, twice).is_empty()
    renewed = account([TRAINED, TRAINED, *[{**TRAINED, "id": 2, "date": DAY}] * 2])
    assert changed_cases(twice, renewed)["detail"].to_list() == [
        "record 2 added, completed 2026-06-30"
    ]


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
