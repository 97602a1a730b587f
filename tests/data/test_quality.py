from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.data.quality import KINDS, data_quality
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
from tests.analysis.company import FIRST, LAST, company
from tests.analysis.oracle import by_id
from tests.analysis.oracle_schedule import windows
from tests.frames import PEOPLE, completions, frame_of, sessions

AS_OF = date(2026, 6, 30)
GOOD = {
    "id": 1,
    "training_id": 7,
    "m_user_id": "ann",
    "date": date(2026, 5, 4),
    "m_instructor_id": "ike",
    "group_training_id": 50,
}
SESSION = {"id": 50, "m_trainees_id": ["ann"], "trainings_id": [7], "m_instructor_id": "ike"}


@dataclass(frozen=True)
class Load:
    """All collections, without findings unless a test replaces one."""

    completions: pl.DataFrame = field(default_factory=lambda: frame_of(COMPLETIONS, GOOD))
    trainings: pl.DataFrame = field(default_factory=lambda: frame_of(TRAININGS, {"id": 7}))
    users: pl.DataFrame = field(
        default_factory=lambda: frame_of(USERS, {"id": "ann"}, {"id": "bob"}, {"id": "ike"})
    )
    group_trainings: pl.DataFrame = field(
        default_factory=lambda: frame_of(GROUP_TRAININGS, SESSION)
    )
    employee_status: pl.DataFrame = field(
        default_factory=lambda: frame_of(EMPLOYEE_STATUS, {"m_user_id": "ann"})
    )
    faults: pl.DataFrame = field(default_factory=FAULTS.empty)
    snapshots: dict[str, object] = field(default_factory=dict)


def completed(**fields):
    return {"completions": frame_of(COMPLETIONS, GOOD | fields)}


def findings_of(**frames):
    return data_quality(Load(**frames), as_of=AS_OF).drop("message").rows()


def test_sound_records_have_no_findings():
    findings = data_quality(Load(), as_of=AS_OF)
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
            {"trainings": frame_of(TRAININGS, {"id": 7, "included_trainings_id": [7, 8]})},
            ("unknown_training", "trainings", "7", "included_trainings_id", "8"),
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
    findings = data_quality(Load(completions=rows), as_of=AS_OF)
    assert findings["finding"].to_list() == ["same_day_repeat"] * 2
    assert findings["record_id"].to_list() == ["3", "12"]
    assert findings["message"].unique().to_list() == [
        "Person ann completed training 7 more than once on 2026-05-04: completions 3, 12."
    ]


def test_a_message_lists_at_most_ten_repeated_completions():
    rows = frame_of(COMPLETIONS, *(GOOD | {"id": number} for number in range(1000)))
    findings = data_quality(Load(completions=rows), as_of=AS_OF)
    assert findings.height == 1000
    assert findings["message"][0].endswith("completions 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 990 more.")


def test_a_record_sent_twice_is_a_duplicate_but_not_a_repeat():
    assert findings_of(completions=frame_of(COMPLETIONS, GOOD, GOOD)) == [
        ("duplicate_id", "completions", "1", "id", "1")
    ]


def test_allowed_values_are_not_reported():
    same_day = completed(date=AS_OF, special_expiration_date=AS_OF)
    assert findings_of(**same_day) == []
    alone = completed(m_instructor_id=None, group_training_id=None)
    assert findings_of(**alone, group_trainings=GROUP_TRAININGS.empty()) == []


JUNE = {
    "id": 7,
    "schedule_type": "window",
    "window_open_month": 6,
    "window_open_day": 1,
    "window_close_month": 6,
    "window_close_day": 30,
}


THREE_AND_ONE = [*[date(2025, 6, 10)] * 3, date(2026, 6, 5)]


def unrecorded(*days, as_of, offered=None, users=None, **training):
    """The offering_not_recorded findings: the value, and the number of people in the message."""
    rows = [
        {
            "id": n,
            "training_id": 7,
            "m_user_id": f"p{n}",
            **(day if isinstance(day, dict) else {"date": day}),
        }
        for n, day in enumerate(days, 1)
    ]
    window = JUNE | {"window_last_offered_date": offered} | training
    load = Load(
        completions=frame_of(COMPLETIONS, *rows),
        trainings=frame_of(TRAININGS, window),
        users=frame_of(USERS, *(users or [])),
    )
    findings = data_quality(load, as_of=as_of).filter(finding="offering_not_recorded")
    assert findings["record_id"].to_list() == ["7"] * findings.height
    assert findings["field"].to_list() == ["window_last_offered_date"] * findings.height
    return findings.select(
        "value", pl.col("message").str.extract(r": (\d+) (person|people) ")
    ).rows()


@pytest.mark.parametrize(
    ("days", "offered", "as_of", "expected"),
    [
        # never offered: a window has closed since the oldest completion
        ([date(2019, 6, 10)], None, date(2026, 3, 1), [(None, "1")]),
        ([date(2025, 6, 10)], None, date(2026, 6, 30), []),
        ([date(2025, 6, 10)], None, date(2026, 7, 1), [(None, "1")]),
        # offered: people who completed it then or later, if a window has closed since
        ([date(2025, 6, 10)], date(2025, 6, 1), date(2026, 6, 30), []),
        ([date(2025, 6, 10)], date(2025, 6, 1), date(2026, 7, 1), [("2025-06-01", "1")]),
        (THREE_AND_ONE, date(2025, 6, 30), date(2026, 9, 1), [("2025-06-30", "3")]),
        # the window of the offering itself does not count
        ([date(2025, 6, 10)], date(2025, 6, 12), date(2025, 9, 1), []),
        # superseded: not valid at all
        ([date(2024, 6, 10)], date(2025, 6, 1), date(2026, 9, 1), []),
        ([date(2024, 6, 10)], date(2025, 3, 1), date(2026, 9, 1), []),
        # an offering after the day is ignored
        ([date(2024, 6, 10)], date(2026, 6, 1), date(2025, 9, 1), [(None, "1")]),
        # nobody relies on it
        ([], date(2020, 6, 1), date(2026, 9, 1), []),
    ],
)  # fmt: skip
def test_an_offering_that_is_not_recorded_is_reported(days, offered, as_of, expected):
    assert unrecorded(*days, offered=offered, as_of=as_of) == expected


def test_only_latest_completions_of_current_employees_are_counted():
    as_of, old = date(2026, 9, 1), date(2019, 6, 10)
    special = {"date": old, "special_expiration_date": date(2030, 1, 1)}
    again = {"date": date(2026, 8, 1), "m_user_id": "p1"}
    assert unrecorded(old, again, as_of=as_of) == []
    assert unrecorded(special, {"date": None}, as_of=as_of) == []
    left = {"id": "p1", "terminationDate": datetime(2026, 8, 1, 5, tzinfo=UTC)}
    assert unrecorded(old, old, as_of=as_of, users=[left]) == [(None, "1")]
    assert unrecorded(old, as_of=as_of, schedule_type="Window") == []
    assert unrecorded(old, as_of=as_of, window_close_day=None) == []


def test_the_message_about_an_unrecorded_offering_is_one_sentence():
    load = Load(
        completions=frame_of(COMPLETIONS, GOOD | {"date": date(2019, 6, 10)}),
        trainings=frame_of(TRAININGS, JUNE | {"window_last_offered_date": date(2018, 6, 1)}),
    )
    assert data_quality(load, as_of=AS_OF + timedelta(days=1))["message"].to_list() == [
        "Training 7 was last offered on 2018-06-01, and one of its windows has closed since then: "
        "1 person is up to date only because no later offering is recorded."
    ]


@pytest.mark.parametrize("kind", ["Window", "annual", "fixed"])
def test_an_unknown_schedule_type_is_reported(kind):
    assert findings_of(trainings=frame_of(TRAININGS, {"id": 7, "schedule_type": kind})) == [
        ("unknown_schedule", "trainings", "7", "schedule_type", kind)
    ]


@pytest.mark.parametrize("kind", ["rolling", "window", None, "", " "])
def test_a_known_or_empty_schedule_type_is_not_reported(kind):
    assert findings_of(trainings=frame_of(TRAININGS, JUNE | {"schedule_type": kind})) == []


@pytest.mark.parametrize(
    ("schedule", "field", "value"),
    [
        ({"schedule_type": "window"}, "window_open_month", "?-? to ?-?"),
        (JUNE | {"window_close_day": None}, "window_open_month", "6-1 to 6-?"),
        (JUNE | {"window_open_month": 13}, "window_open_month", "13-1 to 6-30"),
        ({"expires_on_month": 13, "expires_on_day": 1}, "expires_on_month", "13-1"),
        ({"expires_on_month": 2, "expires_on_day": 32}, "expires_on_month", "2-32"),
    ],
)
def test_a_schedule_with_impossible_days_is_reported(schedule, field, value):
    trainings = frame_of(TRAININGS, {"id": 7, "renewal_months": 12} | schedule)
    assert findings_of(trainings=trainings) == [
        ("unknown_schedule", "trainings", "7", field, value)
    ]
    status = expiry_status(frame_of(COMPLETIONS, GOOD), trainings, as_of=AS_OF)
    assert status["expiration_source"].to_list() == ["unknown"]


def test_a_future_offering_is_named_in_the_message():
    load = Load(
        completions=frame_of(COMPLETIONS, GOOD | {"date": date(2019, 6, 10)}),
        trainings=frame_of(TRAININGS, JUNE | {"window_last_offered_date": date(2027, 6, 1)}),
    )
    assert data_quality(load, as_of="2026-03-01")["message"].to_list() == [
        "Training 7 is next offered on 2027-06-01, after the as-of date 2026-03-01, and one of its "
        "windows has closed since its oldest completion: 1 person is up to date only because no "
        "later offering is recorded."
    ]


@pytest.mark.slow
@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10**6), as_of=st.dates(FIRST, LAST))
def test_counted_people_are_valid_although_a_window_has_closed(seed, as_of):
    """Compare with the engine: valid on the day although the first renewal window has closed."""
    records, trainings, users, _ = company(seed, people=12, count=200)
    status = expiry_status(records, trainings, users, as_of=as_of)
    catalogue = by_id(trainings.to_dicts())
    people = Counter()
    for row in status.filter(
        pl.col("expiration_source") == "window", pl.col("status") != "expired"
    ).iter_rows(named=True):
        done = row["date"]
        around = windows(catalogue[row["training_id"]], done.year - 1, done.year + 1)
        if next(closes for opens, closes in around if opens > done) < as_of:
            people[str(row["training_id"])] += 1
    load = Load(completions=records, trainings=trainings, users=users)
    findings = data_quality(load, as_of=as_of).filter(finding="offering_not_recorded")
    counted = findings.select(
        "record_id", pl.col("message").str.extract(r": (\d+) (person|people) ").cast(pl.Int64)
    )
    assert dict(counted.iter_rows()) == people


def test_if_the_loaded_user_list_is_empty_every_person_is_unknown():
    loaded = Load(users=USERS.empty(), snapshots={"users": "the load that found none"})
    kinds = data_quality(loaded, as_of=AS_OF)["finding"].to_list()
    assert kinds == ["unknown_user"] * 3 + ["unknown_instructor"] * 2


def test_without_a_loaded_list_nothing_is_reported_as_unknown():
    alone = TrainingData(completions=frame_of(COMPLETIONS, GOOD))
    assert data_quality(alone, as_of=AS_OF).is_empty()


def test_each_message_is_a_sentence_that_names_the_record_and_the_value():
    rows = frame_of(
        COMPLETIONS,
        GOOD | {"id": 2, "special_expiration_date": date(2026, 1, 1), "m_instructor_id": "w"},
        GOOD | {"id": 3, "date": date(2027, 1, 1), "m_user_id": "x", "training_id": 9},
        GOOD | {"id": 4, "group_training_id": 60},
        GOOD | {"id": 5, "date": None},
        GOOD | {"id": 5},
        GOOD | {"id": 6, "date": date(1926, 5, 4)},
        GOOD | {"id": 7, "date": date(2020, 6, 10), "training_id": 8},
    )
    window = JUNE | {"id": 8, "window_last_offered_date": date(2019, 6, 1)}
    trainings = frame_of(TRAININGS, {"id": 7}, window, {"id": 11, "schedule_type": "annual"})
    people = frame_of(
        USERS,
        {"id": "bob", "hireDate": datetime(1970, 1, 1, tzinfo=UTC)},
        {"id": "ike", "terminationDate": datetime(1800, 1, 1, tzinfo=UTC)},
        {
            "id": "ann",
            "hireDate": datetime(2024, 5, 1, 5, tzinfo=UTC),
            "terminationDate": datetime(2023, 5, 1, 5, tzinfo=UTC),
        },
    )
    fault = {"table": "users", "record_id": "ann", "field": "day", "value": "20201301"}
    load = Load(completions=rows, trainings=trainings, users=people, faults=frame_of(FAULTS, fault))
    findings = data_quality(load, as_of=AS_OF)
    assert set(findings["finding"]) == set(KINDS) - {"blank_ids"}  # about no one record
    for row in findings.to_dicts():
        assert row["message"].endswith(".")
        assert row["record_id"] in row["message"]
        assert (row["value"] or "no date") in row["message"]


def test_as_of_defaults_to_today():
    tomorrow = completed(date=date.today() + timedelta(days=2))
    findings = data_quality(Load(**tomorrow))
    assert findings["finding"].to_list() == ["completion_in_future"]
    with pytest.raises(KPADataError, match="as_of must be"):
        data_quality(Load(), as_of="soon")


def test_a_missing_column_is_named():
    with pytest.raises(KPADataError, match=r"no column 'm_trainees_id'; load_group_trainings\(\)"):
        data_quality(Load(group_trainings=frame_of(GROUP_TRAININGS).drop("m_trainees_id")))


def test_a_single_frame_is_refused():
    with pytest.raises(KPADataError, match=r"expected the result of load_all\(\), got DataFrame"):
        data_quality(frame_of(COMPLETIONS))


@pytest.mark.slow
@settings(deadline=None, max_examples=30)
@given(completions(), sessions(), st.randoms(use_true_random=False))
def test_findings_match_plain_python_in_any_row_order(rows, groups, random):
    load = {
        "trainings": frame_of(TRAININGS, {"id": 1}, {"id": 2}),
        "users": frame_of(USERS, *({"id": person} for person in PEOPLE[:3])),
        "employee_status": EMPLOYEE_STATUS.empty(),
    }
    findings = data_quality(Load(rows, group_trainings=groups, **load), as_of=AS_OF)
    shuffled = list(range(rows.height))
    random.shuffle(shuffled)
    again = Load(rows[shuffled], group_trainings=groups.reverse(), **load)
    assert_frame_equal(data_quality(again, as_of=AS_OF), findings)
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


MOE = {"id": "ann", "firstname": "Ann", "lastname": "Moe", "employeeNumber": "E7"}
NAMED_PEOPLE = frame_of(USERS, MOE, {"id": "bob", "lastname": " "}, {"id": "ike"})
LADDERS = frame_of(TRAININGS, {"id": 7, "title": "Ladders"})
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TWICE = frame_of(COMPLETIONS, *(GOOD | {"id": number} for number in (12, 3)))


@pytest.mark.parametrize(
    ("frames", "said"),
    [
        (
            {"completions": TWICE},
            "Person ann (Moe, Ann, E7) completed training 7 (Ladders) more than once",
        ),
        (
            {"group_trainings": frame_of(GROUP_TRAININGS, SESSION | {"m_trainees_id": []})},
            "has a completion by person ann (Moe, Ann, E7), who is not on its list.",
        ),
        (
            {"users": frame_of(USERS, {"id": "ike"}, MOE, MOE)},
            "2 records in users share the id ann (Moe, Ann, E7).",
        ),
        (
            {"employee_status": frame_of(EMPLOYEE_STATUS, *[{"m_user_id": "ann"}] * 2)},
            "2 records in employee_status share the id ann (Moe, Ann, E7).",
        ),
        (
            {"users": frame_of(USERS, {"id": "ike"}, MOE | {"hireDate": EPOCH})},
            "User ann (Moe, Ann, E7) has the hire date 1970-01-01",
        ),
        (
            {"trainings": LADDERS.with_columns(schedule_type=pl.lit("annual"))},
            "Training 7 (Ladders) has the schedule type annual",
        ),
        (
            {"trainings": LADDERS.with_columns(included_trainings_id=pl.lit([8]))},
            "Training 7 (Ladders) refers to training 8, which is not in the catalogue.",
        ),
        (
            {
                "trainings": frame_of(TRAININGS, JUNE | {"title": "Heat"}),
                **completed(date=date(2019, 6, 10)),
            },
            "Training 7 (Heat) has no last offered date",
        ),
        (
            {
                "faults": frame_of(
                    FAULTS,
                    {"table": "trainings", "record_id": "7", "field": "x", "value": "0"},
                )
            },
            "Training 7 (Ladders) has 0 as its x",
        ),
        (
            {"group_trainings": frame_of(GROUP_TRAININGS, SESSION | {"m_trainees_id": ["bob"]})},
            "lists person bob, who has no completion in it.",
        ),
    ],
)  # fmt: skip
def test_people_and_trainings_are_named_beside_their_ids(frames, said):
    load = Load(**({"users": NAMED_PEOPLE, "trainings": LADDERS} | frames))
    messages = data_quality(load, as_of=date(2026, 7, 1))["message"]
    assert any(said in message for message in messages), messages.to_list()
