"""Each fault in the records makes one finding."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from kpa_analytics.data.quality import record_findings
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import (
    COMPLETIONS,
    EMPLOYEE_STATUS,
    FAULTS,
    FINDINGS,
    GROUP_TRAININGS,
    TRAININGS,
    USERS,
)
from tests.conftest import at_most
from tests.data.quality_cases import AS_OF, GOOD, SESSION, collections_with, completed, findings_of
from tests.frames import PEOPLE, completions, frame_of, sessions


def test_sound_records_have_no_findings():
    findings = record_findings(collections_with(), as_of=AS_OF)
    assert findings.is_empty()
    assert findings.schema == FINDINGS.schema


@pytest.mark.parametrize(
    ("frames", "finding"),
    [
        (completed(date=None), ("impossible_date", "completions", "1", "date", None)),
        (
            completed(special_expiration_date=date(2026, 5, 3)),
            (
                "expiration_before_completion",
                "completions",
                "1",
                "special_expiration_date",
                "2026-05-03",
            ),
        ),
        (
            completed(date=date(2026, 7, 1)),
            ("completion_in_future", "completions", "1", "date", "2026-07-01"),
        ),
        (
            {"trainings": frame_of(TRAININGS, {"id": 7}, {"id": 7})},
            ("duplicate_id", "trainings", "7", "id", "7"),
        ),
        (
            {"users": frame_of(USERS, *({"id": name} for name in ("ann", "ike", "ike")))},
            ("duplicate_id", "users", "ike", "id", "ike"),
        ),
        (
            {"group_trainings": frame_of(GROUP_TRAININGS, SESSION, SESSION)},
            ("duplicate_id", "group_trainings", "50", "id", "50"),
        ),
        (
            {"employee_status": frame_of(EMPLOYEE_STATUS, *[{"m_user_id": "ann"}] * 2)},
            ("duplicate_id", "employee_status", "ann", "m_user_id", "ann"),
        ),
        (
            completed(training_id=8),
            ("unknown_training", "completions", "1", "training_id", "8"),
        ),
        (
            completed(m_instructor_id="who?"),
            ("unknown_instructor", "completions", "1", "m_instructor_id", "who?"),
        ),
        (
            {
                "trainings": frame_of(
                    TRAININGS, {"id": 6}, {"id": 7, "included_trainings_id": [6, 8]}
                )
            },
            ("unknown_training", "trainings", "7", "included_trainings_id", "8"),
        ),
        (
            {"trainings": frame_of(TRAININGS, {"id": 7, "included_trainings_id": [7]})},
            ("training_circle", "trainings", "7", "included_trainings_id", "7"),
        ),
        (
            {"group_trainings": frame_of(GROUP_TRAININGS, SESSION | {"trainings_id": [8, 8]})},
            ("unknown_training", "group_trainings", "50", "trainings_id", "8"),
        ),
        (
            {"group_trainings": frame_of(GROUP_TRAININGS, SESSION | {"m_instructor_id": "x"})},
            ("unknown_instructor", "group_trainings", "50", "m_instructor_id", "x"),
        ),
        (
            {"employee_status": frame_of(EMPLOYEE_STATUS, {"m_user_id": "x"})},
            ("unknown_user", "employee_status", "x", "m_user_id", "x"),
        ),
        (
            {
                "group_trainings": frame_of(
                    GROUP_TRAININGS, SESSION | {"m_trainees_id": ["ann", "bob"]}
                )
            },
            ("attendees_differ", "group_trainings", "50", "m_trainees_id", "bob"),
        ),
        (
            {"group_trainings": frame_of(GROUP_TRAININGS, SESSION | {"m_trainees_id": None})},
            ("attendees_differ", "group_trainings", "50", "m_trainees_id", "ann"),
        ),
    ],
)
def test_each_fault_makes_one_finding(frames, finding):
    assert findings_of(**frames) == [finding]


def test_an_unknown_person_is_reported_for_the_completion_and_for_the_session_list():
    stranger = frame_of(GROUP_TRAININGS, SESSION | {"m_trainees_id": ["x"]})
    assert findings_of(**completed(m_user_id="x"), group_trainings=stranger) == [
        ("unknown_user", "completions", "1", "m_user_id", "x"),
        ("unknown_user", "group_trainings", "50", "m_trainees_id", "x"),
    ]


def test_a_session_that_is_not_in_the_list_is_only_reported_as_unknown():
    assert findings_of(
        group_trainings=frame_of(GROUP_TRAININGS, {"id": 60, "m_instructor_id": "ike"})
    ) == [("unknown_group_session", "completions", "1", "group_training_id", "50")]


def test_an_impossible_date_is_reported_once_with_the_value_that_the_api_sent():
    faults = frame_of(
        FAULTS,
        {"table": "completions", "record_id": "1", "field": "date", "value": "20200230"},
        {"table": "trainings", "record_id": "7", "field": "window_last_offered_date", "value": "0"},
    )
    assert findings_of(**completed(date=None), faults=faults) == [
        ("impossible_date", "completions", "1", "date", "20200230"),
        ("impossible_date", "trainings", "7", "window_last_offered_date", "0"),
    ]


@pytest.mark.parametrize(
    ("table", "field"), [("completions", "special_expiration_date"), ("trainings", "date")]
)
def test_a_fault_in_another_field_does_not_hide_a_missing_date(table, field):
    fault = {"table": table, "record_id": "1", "field": field, "value": "0"}
    assert findings_of(**completed(date=None), faults=frame_of(FAULTS, fault)) == [
        ("impossible_date", "completions", "1", "date", None),
        ("impossible_date", table, "1", field, "0"),
    ]


def test_every_record_of_a_same_day_repeat_has_a_row():
    rows = frame_of(COMPLETIONS, *(GOOD | {"id": number} for number in (12, 3)))
    findings = record_findings(collections_with(completions=rows), as_of=AS_OF)
    assert findings["finding"].to_list() == ["same_day_repeat"] * 2
    assert findings["record_id"].to_list() == ["3", "12"]
    assert findings["message"].unique().to_list() == [
        "Person ann completed training 7 more than once on 4 May 2026: completions 3, 12."
    ]


def test_a_message_lists_at_most_ten_repeated_completions():
    rows = frame_of(COMPLETIONS, *(GOOD | {"id": number} for number in range(1000)))
    findings = record_findings(collections_with(completions=rows), as_of=AS_OF)
    assert findings.height == 1000
    assert findings["message"][0].endswith("completions 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 990 more.")


def test_a_record_sent_twice_is_a_duplicate_but_not_a_repeat():
    assert findings_of(completions=frame_of(COMPLETIONS, GOOD, GOOD)) == [
        ("duplicate_id", "completions", "1", "id", "1")
    ]


@pytest.mark.slow
def test_allowed_values_are_not_reported():
    same_day = completed(date=AS_OF, special_expiration_date=AS_OF)
    assert findings_of(**same_day) == []
    alone = completed(m_instructor_id=None, group_training_id=None)
    assert findings_of(**alone, group_trainings=GROUP_TRAININGS.empty()) == []


def test_if_the_loaded_user_list_is_empty_every_person_is_unknown():
    loaded = collections_with(users=USERS.empty(), loaded=["users"])
    kinds = record_findings(loaded, as_of=AS_OF)["finding"].to_list()
    assert kinds == ["unknown_user"] * 3 + ["unknown_instructor"] * 2


def test_without_a_loaded_list_nothing_is_reported_as_unknown():
    alone = TrainingData(completions=frame_of(COMPLETIONS, GOOD))
    assert record_findings(alone, as_of=AS_OF).is_empty()


def test_as_of_defaults_to_today():
    tomorrow = completed(date=date.today() + timedelta(days=2))
    findings = record_findings(collections_with(**tomorrow))
    assert findings["finding"].to_list() == ["completion_in_future"]
    with pytest.raises(KPADataError, match="as_of must be"):
        record_findings(collections_with(), as_of="soon")


def test_a_missing_column_is_named():
    with pytest.raises(KPADataError, match=r"no column 'm_trainees_id'; load_group_trainings\(\)"):
        record_findings(
            collections_with(group_trainings=frame_of(GROUP_TRAININGS).drop("m_trainees_id"))
        )


def test_a_single_frame_is_refused():
    with pytest.raises(KPADataError, match=r"must be the result of load_all\(\), not DataFrame"):
        record_findings(frame_of(COMPLETIONS))


@pytest.mark.slow
@settings(max_examples=at_most(15))
@given(completions(), sessions(), st.randoms(use_true_random=False))
def test_findings_match_plain_python_in_any_row_order(rows, groups, random):
    usual = {
        "trainings": frame_of(TRAININGS, {"id": 1}, {"id": 2}),
        "users": frame_of(USERS, *({"id": person} for person in PEOPLE[:3])),
        "employee_status": EMPLOYEE_STATUS.empty(),
    }
    findings = record_findings(
        collections_with(completions=rows, group_trainings=groups, **usual), as_of=AS_OF
    )
    shuffled = list(range(rows.height))
    random.shuffle(shuffled)
    again = collections_with(completions=rows[shuffled], group_trainings=groups.reverse(), **usual)
    assert_frame_equal(record_findings(again, as_of=AS_OF), findings)
    about = findings.select("finding", "table", "record_id", "value").rows()
    assert sorted(about, key=str) == sorted(_expected(rows.to_dicts(), groups.to_dicts()), key=str)


def _expected(records, lists):
    """Every finding (kind, table, record, value) of the random records, in plain Python."""
    ids = [r["id"] for r in records]
    yield from (
        ("duplicate_id", "completions", str(n), str(n)) for n in set(ids) if ids.count(n) > 1
    )
    keys = {(r["id"], r["m_user_id"], r["training_id"], r["date"]) for r in records if r["date"]}
    for number, *rest in keys:
        if sum(other[1:] == tuple(rest) for other in keys) > 1:
            yield "same_day_repeat", "completions", str(number), str(rest[2])
    for r in records:
        number, day, expires = str(r["id"]), r["date"], r["special_expiration_date"]
        if day is None:
            yield "impossible_date", "completions", number, None
        if day and expires and expires < day:
            yield "expiration_before_completion", "completions", number, str(expires)
        if day and day > r["created"].date() + timedelta(days=366):
            yield "implausible_date", "completions", number, str(day)
        if day and day > AS_OF:
            yield "completion_in_future", "completions", number, str(day)
        if r["m_user_id"] not in PEOPLE[:3]:
            yield "unknown_user", "completions", number, r["m_user_id"]
        if r["training_id"] not in (1, 2):
            yield "unknown_training", "completions", number, str(r["training_id"])
        if lists and r["group_training_id"] not in [None, *(g["id"] for g in lists)]:
            yield "unknown_group_session", "completions", number, str(r["group_training_id"])
    for g in lists:
        listed = set(g["m_trainees_id"])
        recorded = {r["m_user_id"] for r in records if r["group_training_id"] == g["id"]}
        about = ("group_trainings", str(g["id"]))
        yield from (("attendees_differ", *about, person) for person in listed ^ recorded)
        yield from (("unknown_user", *about, person) for person in listed - set(PEOPLE[:3]))
        yield from (("unknown_training", *about, str(n)) for n in set(g["trainings_id"]) - {1, 2})
        if g["m_instructor_id"] not in PEOPLE[:3]:
            yield "unknown_instructor", *about, g["m_instructor_id"]
