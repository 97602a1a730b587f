"""Who must have what by the catalogue's rule, and where the vendor's list differs."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.analysis.assignment_rules import assignment, public_conditions
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import (
    COMPLETIONS,
    EMPLOYEE_STATUS,
    GROUPS,
    REQUIRED_FOR,
    REQUIRED_TRAININGS,
    TRAININGS,
    USERS,
)
from kpa_analytics.statuses import CURRENT, EXPIRED, EXPIRING, MISSING, NOT_DUE
from tests.frames import frame_of

DAY = "2026-06-30"
LISTED_AT = datetime(2026, 6, 30, 6, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, 12, tzinfo=UTC)
WINDOW = {
    **{"schedule_type": "window", "window_open_month": 9, "window_open_day": 1},
    **{"window_close_month": 9, "window_close_day": 30},
}


def limited(field: str, *values: str) -> dict[str, str]:
    condition = {"data": {"fieldId": field, "settings": {"values": list(values)}}}
    return {"assigned_to_type": "limited", "assigned_to_condition": json.dumps(condition)}


def training(number: int, rule: dict[str, Any], **fields: Any) -> dict[str, Any]:
    plain = {"id": number, "title": f"T{number}", "schedule_type": "rolling", "created": LONG_AGO}
    return {**plain, **rule, **fields}


ALL = {"assigned_to_type": "all", "assigned_to_condition": "{}"}
NONE = {"assigned_to_type": "none", "assigned_to_condition": "{}"}
PEOPLE = [
    {"id": "ann", "jobTitle_id": "rig", "isDriver": True},
    {"id": "bob", "jobTitle_id": "desk", "isDriver": False},
    {"id": "cat"},
]


def rules(*trainings: dict[str, Any]) -> list[tuple[str, int, bool | None, str]]:
    rows = kpa.required_trainings(
        frame_of(TRAININGS, *trainings), frame_of(USERS, *PEOPLE), as_of=DAY
    )
    assert REQUIRED_TRAININGS.fits(rows)
    assert rows["listed"].null_count() == rows["cause"].null_count() == rows.height
    assert rows["reason"].null_count() == 0
    return rows.select("m_user_id", "training_id", "required", "rule").rows()


def test_everyone_nobody_job_titles_and_drivers() -> None:
    assert rules(
        training(1, ALL),
        training(2, NONE),
        training(3, limited("job-title", "rig", "shop")),
        training(4, limited("driver", "true")),
        training(5, limited("driver", "false")),
    ) == [
        ("ann", 1, True, "all"),
        ("ann", 3, True, "job-title"),
        ("ann", 4, True, "driver"),
        ("bob", 1, True, "all"),
        ("bob", 5, True, "driver"),
        ("cat", 1, True, "all"),
        ("cat", 4, None, "cannot_tell"),
        ("cat", 5, None, "cannot_tell"),
    ]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (limited("region", "north"), "limited by region, which the API does not show"),
        (limited("job-title"), "limited, but the API does not show to whom"),
        (limited("driver", "perhaps"), "limited, but the API does not show to whom"),
        ({"assigned_to_type": "limited"}, "limited, but the API does not show to whom"),
        (
            {"assigned_to_type": "limited", "assigned_to_condition": "[1"},
            "limited, but the API does not show to whom",
        ),
        (
            {"assigned_to_type": "limited", "assigned_to_condition": '{"data": []}'},
            "limited, but the API does not show to whom",
        ),
        ({"assigned_to_type": "some"}, "assigned_to_type 'some' is not known"),
        ({}, "assigned_to_type is empty"),
    ],
)
def test_what_the_api_does_not_show_cannot_be_told(rule: dict[str, Any], reason: str) -> None:
    rows = kpa.required_trainings(
        frame_of(TRAININGS, training(1, rule)), frame_of(USERS, *PEOPLE), as_of=DAY
    )
    assert rows.select("m_user_id", "required", "rule", "reason").rows() == [
        (person, None, "cannot_tell", reason) for person in ("ann", "bob", "cat")
    ]


def test_people_who_left_are_left_out_and_repeated_records_count_once() -> None:
    gone = datetime(2026, 6, 30, 12, tzinfo=UTC)
    people = [{"id": "ann"}, {"id": "ann"}, {"id": "bob", "terminationDate": gone}]
    catalogue = [training(1, ALL), training(1, NONE)]
    frames = frame_of(TRAININGS, *catalogue), frame_of(USERS, *people)
    for day, expected in ((DAY, ["ann"]), ("2026-06-29", ["ann", "bob"])):
        rows = kpa.required_trainings(*frames, as_of=day)
        assert rows["m_user_id"].to_list() == expected
        lazy = kpa.required_trainings(frames[0].lazy(), frames[1], as_of=day)
        assert lazy.collect().equals(rows)


def vendors(**lists: tuple[list[int], list[int]]) -> pl.DataFrame:
    """The vendor's list: incomplete and complete trainings of each person."""
    rows = [
        {
            **{"m_user_id": person, "incomplete_training_ids": incomplete},
            **{"complete_training_ids": complete, "last_updated": LISTED_AT},
        }
        for person, (incomplete, complete) in lists.items()
    ]
    return frame_of(EMPLOYEE_STATUS, *rows)


def test_each_difference_from_the_vendors_list_has_its_cause() -> None:
    gone = datetime(2026, 6, 1, 12, tzinfo=UTC)
    later = datetime(2026, 6, 30, 7, tzinfo=UTC)
    catalogue = [
        training(1, ALL, included_trainings_id=[6]),
        training(2, NONE),
        training(3, limited("job-title", "rig")),
        training(4, ALL, **WINDOW),
        training(5, ALL, created=later),
        training(6, NONE),
        training(7, limited("region", "north")),
        training(8, ALL),
    ]
    people = [
        {"id": "ann", "jobTitle_id": "desk"},
        {"id": "bob", "jobTitle_id": "rig"},
        {"id": "left", "terminationDate": gone},
        {"id": "new", "created": later},
    ]
    listed = vendors(
        new=([], []), ann=([1, 2], [3, 6, 99]), left=([1], []), ghost=([1], []), absent=([], [])
    )
    rows = kpa.required_trainings(
        frame_of(TRAININGS, *catalogue), frame_of(USERS, *people), listed, as_of=DAY
    )
    assert REQUIRED_TRAININGS.fits(rows)
    assert rows.filter(m_user_id="ann").select(
        "training_id", "required", "listed", "cause"
    ).rows() == [
        (1, True, True, None),
        (2, False, True, "assigned_otherwise"),
        (3, False, True, "condition_not_met"),
        (4, True, False, "window_in_neither_list"),
        (5, True, False, "newer_than_list"),
        (6, False, True, "part_of_composed"),
        (7, None, False, "cannot_tell"),
        (8, True, False, "not_known"),
        (99, None, True, "not_in_catalogue"),
    ]
    assert set(rows.filter(m_user_id="bob", required=True)["cause"]) == {"person_not_listed"}
    assert {*rows.filter(m_user_id="new", required=True)["cause"]} == {"newer_than_list"}
    others = rows.filter(pl.col("m_user_id").is_in(["left", "ghost"]))
    assert others.select("m_user_id", "cause").rows() == [
        ("ghost", "not_in_user_list"),
        ("left", "left"),
    ]
    assert rows["reason"].null_count() == rows["rule"].null_count() == 0


@pytest.mark.slow
def test_every_pair_of_either_list_is_there_and_every_difference_has_a_cause() -> None:
    for seed in range(6):
        rng = random.Random(seed)
        kinds = [ALL, NONE, limited("job-title", "rig"), limited("driver", "true"), {}]
        catalogue = [training(number, rng.choice(kinds)) for number in range(6)]
        lists = [rng.sample(range(8), 3) for _ in range(6)]
        listed = vendors(ann=(lists[0], lists[1]), bob=(lists[2], []), eve=(lists[3], lists[4]))
        frames = frame_of(TRAININGS, *catalogue), frame_of(USERS, *PEOPLE)
        ours = kpa.required_trainings(*frames, as_of=DAY)
        rows = kpa.required_trainings(*frames, listed, as_of=DAY)
        theirs = {
            (row["m_user_id"], number)
            for row in listed.to_dicts()
            for number in (*row["incomplete_training_ids"], *row["complete_training_ids"])
        }
        pairs = rows.select("m_user_id", "training_id").rows()
        assert len(pairs) == len(set(pairs))
        assert set(pairs) == {*ours.select("m_user_id", "training_id").rows(), *theirs}
        agrees = pl.col("required").eq_missing(True) & pl.col("listed")
        assert (rows.select(agrees).to_series() == rows["cause"].is_null()).all()


def company(*completions: dict[str, Any]) -> kpa.TrainingData:
    return kpa.TrainingData(
        completions=frame_of(COMPLETIONS, *completions),
        trainings=frame_of(
            TRAININGS,
            training(1, ALL, renewal_months=12),
            training(2, limited("job-title", "rig"), renewal_months=12),
            training(3, limited("job-title", "desk")),
            training(4, limited("driver", "true")),
            training(5, ALL, **WINDOW),
            training(6, {}),
        ),
        users=frame_of(USERS, *({**person, "created": LONG_AGO} for person in PEOPLE)),
        groups=frame_of(
            GROUPS,
            {"kind": "job_title", "id": "rig", "name": "Rig Hand"},
            {"kind": "job_title", "id": "desk", "name": "Clerk"},
        ),
    )


def needs(data: kpa.TrainingData, *who: str, **job: Any) -> list[tuple[Any, ...]]:
    rows = kpa.required_for(data, *who, as_of=DAY, **job)
    assert REQUIRED_FOR.fits(rows)
    return rows.select("training_id", "required", "held", "status").rows()


@pytest.mark.slow
def test_a_new_employee_needs_everything_that_the_job_asks() -> None:
    assert needs(company(), job_title="rig hand") == [
        (1, True, False, MISSING),
        (2, True, False, MISSING),
        (4, None, False, None),
        (5, True, False, NOT_DUE),
        (6, None, False, None),
    ]
    assert (4, True, False, MISSING) in needs(company(), job_title="Clerk", driver=True)
    assert 4 not in [row[0] for row in needs(company(), job_title="Clerk", driver=False)]


def test_a_change_of_job_says_what_is_held_already() -> None:
    own = {"m_user_id": "bob"}
    data = company(
        {"id": 1, "training_id": 1, "date": date(2025, 7, 10), **own},
        {"id": 2, "training_id": 2, "date": date(2025, 1, 1), **own},
        {"id": 3, "training_id": 3, "date": date(2025, 1, 1), **own},
        {"id": 4, "training_id": 2, "date": date(2026, 1, 1), "m_user_id": "ann"},
    )
    assert needs(data, "bob", job_title="Rig Hand") == [
        (1, True, True, EXPIRING),
        (2, True, False, EXPIRED),
        (5, True, False, NOT_DUE),
        (6, None, False, None),
    ]
    assert (3, True, True, CURRENT) in needs(data, "bob")


@pytest.mark.slow
def test_a_record_without_a_date_is_not_held_even_while_a_window_is_open() -> None:
    undated = {"id": 1, "training_id": 5, "m_user_id": "ann", "date": None}
    rows = kpa.required_for(company(undated), "ann", as_of="2026-09-15")
    of_window = rows.filter(pl.col("training_id") == 5)
    assert of_window.select("held", "status").rows() == [(False, EXPIRING)]


@pytest.mark.parametrize(
    ("who", "job", "message"),
    [
        ((), {}, "required_for needs a person, a job title, or both"),
        (("zoe",), {}, "^person: no person in the records is called 'zoe'"),
        ((5,), {}, "^person: a person must be named by its id or name as text, not 5"),
        ((), {"job_title": 5}, "^job_title: a job title must be named by its id or name"),
        (("bob",), {"driver": "yes"}, "driver must be True, False or None, not 'yes'"),
        (
            (),
            {"job_title": "Rig Hnd"},
            "^job_title: no job title in the records is called 'Rig Hnd'; is it Rig",
        ),
        ((), {"job_title": "Rig Hxxx"}, "called 'Rig Hxxx'; give an id or a whole name"),
    ],
)
def test_what_is_not_known_is_named(
    who: tuple[Any, ...], job: dict[str, Any], message: str
) -> None:
    with pytest.raises(kpa.errors.KPADataError, match=message):
        kpa.required_for(company(), *who, **job)


@pytest.mark.slow
def test_an_explanation_says_how_the_catalogue_assigns_the_training() -> None:
    listed = vendors(ann=([1, 2, 6], []))
    data = replace(company(), employee_status=listed)
    said = {number: str(kpa.explain(data, "ann", number, as_of=DAY)) for number in (1, 2, 6)}
    assert "The catalogue assigns it to everyone." in said[1]
    assert "The catalogue assigns it by job title." in said[2]
    assert "The catalogue assigns" not in said[6]


@pytest.mark.parametrize("lazy", [False, True])
def test_only_what_is_known_to_be_required_counts_as_missing(lazy: bool) -> None:
    catalogue = [training(1, ALL), training(2, NONE), training(3, limited("region", "north"))]
    data = kpa.TrainingData(
        completions=COMPLETIONS.empty(),
        trainings=frame_of(TRAININGS, *catalogue),
        users=frame_of(USERS, *PEOPLE),
        employee_status=vendors(ann=([2], [])),
    )
    pairs = kpa.required_trainings(data.trainings, data.users, data.employee_status, as_of=DAY)
    assert {*pairs["required"]} == {True, False, None}
    given: Any = pairs.lazy() if lazy else pairs
    status = kpa.expiry_status(
        data.completions, data.trainings, data.users, as_of=DAY, required=given
    )
    expected = [("ann", 1, MISSING), ("bob", 1, MISSING), ("cat", 1, MISSING)]
    assert status.select("m_user_id", "training_id", "status").rows() == expected
    with pytest.raises(KPADataError, match="is not known to need it"):
        kpa.explain(data, "ann", 2, as_of=DAY, required=given)


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        (None, None),
        ("{}", "{}"),
        ("not JSON", "{}"),
        ({"data": {"fieldId": None, "settings": {"values": ["Ann"]}}}, {}),
        ({"data": {"fieldId": "region"}}, {"data": {"fieldId": "region"}}),
        (
            {
                "data": {
                    "fieldId": "supervisor",
                    "settings": {"values": ["5e58"], "labels": ["Ann"]},
                }
            },
            {"data": {"fieldId": "supervisor"}},
        ),
        (
            {
                "data": {
                    "fieldId": "job-title",
                    "settings": {"values": ["j1"], "labels": ["Welder"]},
                }
            },
            {"data": {"fieldId": "job-title", "settings": {"values": ["j1"]}}},
        ),
    ],
)
def test_a_condition_without_names_gives_the_same_rule(condition: Any, kept: Any) -> None:
    texts = [json.dumps(each) if isinstance(each, dict) else each for each in (condition, kept)]
    whole = pl.DataFrame({"assigned_to_condition": texts[:1]}, {"assigned_to_condition": pl.String})
    assert public_conditions(whole)["assigned_to_condition"].to_list() == texts[1:]
    assert assignment("limited", texts[0]) == assignment("limited", texts[1])
