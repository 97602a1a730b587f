"""Random pairs of accounts, and a check of every changed status between them.

The expected cause of a change comes from one `expiry_status()` per step; the differences that its
detail must count come from comparing the records one by one.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

import polars as pl

import kpa_analytics as kpa
from kpa_analytics.analysis.schedules import SCHEDULE_FIELDS
from kpa_analytics.analysis.situation import Situation
from kpa_analytics.analysis.status_changes import STEPS, changed_cases
from kpa_analytics.schema import STATUS_CHANGES
from kpa_analytics.wording import day
from tests.analysis.company import LAST, catalogue, company, completions, roster, some_day

CASE = ["m_user_id", "training_id"]
COMPOSED = pl.col("included_trainings_id").list.len() > 0

Case = tuple[str, int]
Records = dict[Any, dict[str, Any]]


@cache
def situation(seed: int, people: int = 60, count: int = 1200) -> Situation:
    done, trainings, users, pairs = company(seed, people, count)
    types = {"m_user_id": pl.String, "training_id": pl.Int64}
    required = pl.DataFrame(pairs, types, orient="row")
    return Situation(done, trainings, users, required, some_day(random.Random(seed)), 30)


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


class Pair(NamedTuple):
    """Two accounts, and whether people who left are counted."""

    old: Situation
    new: Situation
    include_terminated: bool


def small_pair(seed: int) -> Pair:
    """Two small accounts that differ in anything: records, rules, people, requirements, days."""
    rng = random.Random(seed)
    old, other = small_account(rng), small_account(rng)
    changes: dict[str, Any] = {}
    if rng.random() < 0.5:
        changes["as_of"] = old.as_of + timedelta(days=rng.choice([1, 30, 400]))
    if rng.random() < 0.3:
        changes["expiring_days"] = rng.choice([0, 45, 365])
    if rng.random() < 0.5:
        known = old.required is not None and other.required is not None
        changes["required"] = mixed(old.required, other.required, rng) if known else other.required
    for field in ("users", "trainings", "completions"):
        if rng.random() < 0.6:
            change = rng.choice([mixed, edited, edited, shuffled, replaced])
            changes[field] = change(getattr(old, field), getattr(other, field), rng)
    if rng.random() < 0.2:
        changes["trainings"] = recomposed(changes.get("trainings", old.trainings), rng)
    return Pair(old, old._replace(**changes), rng.random() < 0.3)


def small_account(rng: random.Random) -> Situation:
    """A few people; now and then nothing is known of the people, the rules or the requirements."""
    side = situation(rng.randrange(10**9), rng.randint(1, 6), rng.choice([20, 60, 120]))
    side = side._replace(expiring_days=rng.choice([0, 30, 30, 90]))
    if rng.random() < 0.3:
        copies = side.trainings.filter(COMPOSED).head(2)
        side = side._replace(trainings=pl.concat([side.trainings, recomposed(copies, rng)]))
    for field in ("completions", "trainings", "users"):
        if rng.random() < 0.07:
            side = side._replace(**{field: getattr(side, field).clear()})
    return side if rng.random() < 0.85 else side._replace(required=None)


def mixed(old: pl.DataFrame, new: pl.DataFrame, rng: random.Random) -> pl.DataFrame:
    """The old rows, of which some are removed, and some are replaced by new ones or added."""
    kept = old.filter(pl.Series([rng.random() < 0.9 for _ in range(old.height)], dtype=pl.Boolean))
    come = new.filter(pl.Series([rng.random() < 0.1 for _ in range(new.height)], dtype=pl.Boolean))
    key = "id" if "id" in old.columns else CASE
    rows = pl.concat([come, kept]).unique(key, keep="first", maintain_order=True)
    return shuffled(rows, rows, rng)


def edited(old: pl.DataFrame, new: pl.DataFrame, rng: random.Random) -> pl.DataFrame:
    """The old rows; in one or two records, one field has the value of another record.

    Or its creation moves by milliseconds.
    """
    fields = [name for name in old.columns if name not in ("id", "included_trainings_id")]
    for _ in range(rng.randint(1, 2) if old.height and new.height else 0):
        field = rng.choice([*fields, *CASE, "date", "created"])
        if field not in fields:
            continue
        value = pl.lit(new[rng.randrange(new.height) :][field].head(1)).first()
        if field == "created" and rng.random() < 0.5:
            value = pl.col(field) + timedelta(milliseconds=rng.choice([-1, 1, 3_600_000]))
        is_record = pl.col("id") == old["id"][rng.randrange(old.height)]
        old = old.with_columns(pl.when(is_record).then(value).otherwise(field).alias(field))
    return old


def recomposed(old: pl.DataFrame, rng: random.Random) -> pl.DataFrame:
    """A catalogue in which one composed training has other parts; one of them may be blank."""
    composed = old.filter(COMPOSED)["id"].to_list()
    if not composed:
        return old
    parts = [*rng.sample(range(100, 130), rng.randrange(4)), *rng.choice([[], [], [None]])]
    is_record = pl.col("id") == rng.choice(composed)
    included = pl.lit(pl.Series([parts], dtype=pl.List(pl.Int64))).first()
    name = "included_trainings_id"
    return old.with_columns(pl.when(is_record).then(included).otherwise(name).alias(name))


def shuffled(old: pl.DataFrame, new: pl.DataFrame, rng: random.Random) -> pl.DataFrame:
    return old.sample(fraction=1, shuffle=True, seed=rng.randrange(9999))


def replaced(old: pl.DataFrame, new: pl.DataFrame, rng: random.Random) -> pl.DataFrame:
    return new


def check_changes(pair: Pair) -> pl.DataFrame:
    """Check that each changed case has one cause, the right one, and a detail that explains it."""
    rows = changed_cases(*pair[:2], include_terminated=pair.include_terminated)
    assert STATUS_CHANGES.fits(rows)
    got = {row[:2]: row[2:] for row in rows.select(*CASE, "before", "after", "cause").rows()}
    assert got == expected_changes(pair)
    assert rows.height == len(got)
    sides = Sides(pair.old, pair.new)
    for person, training, cause, detail in rows.select(*CASE, "cause", "detail").rows():
        sides.check(cause, (person, training), detail)
    return rows


def expected_changes(pair: Pair) -> dict[Case, tuple[str | None, str | None, str]]:
    """The statuses of each changed case, and the last step that changes its status."""
    side = pair.old
    chain = [statuses(side, pair.include_terminated)]
    for fields in STEPS.values():
        changes = {name: getattr(pair.new, name) for name in fields}
        same = all(getattr(side, name) is value for name, value in changes.items())
        side = side._replace(**changes)
        chain.append(chain[-1] if same else statuses(side, pair.include_terminated))
    expected = {}
    for case in {*chain[0], *chain[-1]}:
        through = [status.get(case) for status in chain]
        if through[0] != through[-1]:
            moves = zip(STEPS, through, through[1:], strict=False)
            cause = [step for step, before, after in moves if before != after][-1]
            expected[case] = (through[0], through[-1], cause)
    return expected


def statuses(side: Situation, include_terminated: bool) -> dict[Case, str]:
    rows = kpa.expiry_status(
        side.completions,
        side.trainings,
        side.users,
        as_of=side.as_of,
        expiring_days=side.expiring_days,
        required=side.required,
        include_terminated=include_terminated,
    )
    return {
        (person, course): value for person, course, value in rows.select(*CASE, "status").rows()
    }


class Sides:
    """The records of both accounts by id, to check details."""

    def __init__(self, old: Situation, new: Situation) -> None:
        self.old, self.new = old, new
        self.trainings = first_rows(old.trainings), first_rows(new.trainings)
        self.users = first_rows(old.users), first_rows(new.users)
        self.records = first_rows(old.completions), first_rows(new.completions)
        self.required = [
            set() if side.required is None else {*side.required.select(CASE).rows()}
            for side in (old, new)
        ]

    def check(self, cause: str, case: Case, detail: str) -> None:
        """Check that a detail counts exactly the differences on which the case depends."""
        checks: dict[str, Callable[[Case, str], None]] = {
            "time": self._time,
            "record": self._records,
            "rule": self._rules,
            "person": self._person,
            "requirement": self._requirement,
        }
        checks[cause](case, detail)

    def _time(self, case: Case, detail: str) -> None:
        assert self.old.as_of < self.new.as_of
        assert detail == f"as of {day(self.new.as_of)} instead of {day(self.old.as_of)}"

    def _records(self, case: Case, detail: str) -> None:
        person, parts = case[0], self.parts(case[1])
        fields = ("training_id", "m_user_id", "created", "date", "special_expiration_date")
        expected = {
            number
            for number, *both in differences(self.records, fields)
            if any(
                row and row["m_user_id"] == person and row["training_id"] in parts for row in both
            )
        }
        listed = {
            int(number) for number in re.findall(r"record (\d+) (?:added|removed|edited)", detail)
        }
        assert listed <= expected, (case, detail)
        assert 0 < len(listed) == len(expected) - more(detail), (case, detail, expected)

    def _rules(self, case: Case, detail: str) -> None:
        parts = self.parts(case[1])
        count = sum(row[0] in parts for row in differences(self.trainings, SCHEDULE_FIELDS))
        if self.old.expiring_days != self.new.expiring_days:
            own = (self.trainings[1].get(part, {}).get("expiring_days") for part in parts)
            count += sum(days is None or days < 0 for days in own)
        assert count > 0
        assert more(detail) == max(count - 3, 0), (case, detail, count)
        assert "-> " in detail or "catalogue" in detail

    def _person(self, case: Case, detail: str) -> None:
        fields = ("created", "hireDate", "terminationDate")
        [both] = [row[1:] for row in differences(self.users, fields) if row[0] == case[0]]
        assert detail.startswith("profile ") == (None in both), (case, detail)
        assert " -> " in detail or None in both

    def _requirement(self, case: Case, detail: str) -> None:
        before, after = (case in pairs for pairs in self.required)
        assert before != after
        known = all(side.required is not None for side in (self.old, self.new))
        expected = (
            ("now required" if after else "no longer required")
            if known
            else ("required now, not known before" if after else "required before, not known now")
        )
        assert detail == expected

    def parts(self, training: int) -> set[int]:
        """The training and all that it includes, before or after."""
        included_ids = set()
        for catalogue_of in self.trainings:
            waiting = [training]
            while waiting:
                part = waiting.pop()
                included = catalogue_of.get(part, {}).get("included_trainings_id") or []
                waiting += [other for other in included if other is not None]
                included_ids.add(part)
        return included_ids


def first_rows(frame: pl.DataFrame) -> Records:
    return {row["id"]: row for row in reversed(frame.to_dicts())}


def differences(sides: tuple[Records, Records], fields: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """The id and both rows of each record that differs in one of the fields."""
    old, new = sides
    both = [(number, old.get(number), new.get(number)) for number in {*old, *new}]
    return [
        (number, before, after)
        for number, before, after in both
        if not (before and after) or any(before[name] != after[name] for name in fields)
    ]


def more(detail: str) -> int:
    """How many differences the detail only counts."""
    counted = re.search(r"; and (\d+) more$", detail)
    return int(counted[1]) if counted else 0
