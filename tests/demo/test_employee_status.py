"""The demo server's statuses of employees and their required trainings."""

from datetime import UTC, datetime, timedelta

import pytest

from kpa_analytics.demo import organisation, serve
from kpa_analytics.demo.employee_status import EmployeeStatuses
from kpa_analytics.demo.employment import employment
from tests.demo.status_cases import DAY, JUNE, fixed, offered, rolling

from .http_client import post


def ms(day):
    return int(datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC).timestamp() * 1000)


def training(number, parts=(), assigned="all", schedule=None, jobs=(), created="2015-01-01"):
    return {
        "id": number,
        "created": ms(created),
        "included_trainings_id": list(parts),
        "assigned_to_type": assigned,
        "assigned_to_condition": {"data": {"settings": {"values": list(jobs)}}},
        **(schedule or rolling(12)),
    }


def judge(trainings, done, people=("ann",), as_of="2026-06-30", **params):
    """The employees' statuses; `done` has a (person, training, day, special) per completion."""
    rows = [
        (person, key, int(day.replace("-", "")), ms("2020-01-01"), number, special)
        for number, (person, key, day, special) in enumerate(done)
    ]
    users = [{"id": person, "created": ms("2015-01-01"), "jobTitle_id": "j"} for person in people]
    return EmployeeStatuses(users, trainings, rows, DAY(as_of)).select(params).stretch(0, 10)


def test_the_fields_of_an_employee_status():
    trainings = [training(1), training(2), training(3), training(4, assigned="none")]
    done = [
        ("ann", 1, "2025-08-01", None),
        ("ann", 2, "2025-06-01", None),
        ("ann", 4, "2026-01-01", None),
    ]
    last = {"id": 1, "date_number": 20250801, "expiresOn": 20260801, "startsExpiringOn": 20260702}
    expired = {
        "id": 2,
        "date_number": 20250601,
        "expiresOn": 20260601,
        "startsExpiringOn": 20260502,
    }
    assert judge(trainings, done) == [
        {
            "status": "incomplete",
            "m_user_id": "ann",
            "percent_complete": 33.3,
            "incomplete_training_ids": [2, 3],
            "complete_training_ids": [1],
            "last_completed": [last, expired],
        }
    ]
    everything = judge(trainings, done, include_all_completions=True)[0]["last_completed"]
    assert [(entry["id"], entry["is_required"]) for entry in everything] == [
        (1, True),
        (2, True),
        (4, False),
    ]
    entry = judge(trainings, done, training_ids=[1])[0]
    assert (entry["status"], entry["incomplete_training_ids"]) == ("active", [])


@pytest.mark.parametrize(
    ("done", "status"),
    [
        ([("ann", 1, "2026-01-01", None)], "active"),
        ([("ann", 1, "2025-07-01", None)], "expiring"),
        ([("ann", 1, "2025-06-29", None)], "incomplete"),
        ([], "incomplete"),
        ([("ann", 1, "2026-07-01", None)], "incomplete"),
        ([("ann", 1, "2020-02-30", None)], "incomplete"),
        ([("ann", 1, "2024-01-01", 20301231), ("ann", 1, "2025-01-01", None)], "incomplete"),
        ([("ann", 1, "2024-01-01", 20301231)], "active"),
    ],
)
def test_the_status_of_an_employee_is_the_worst_of_the_required_trainings(done, status):
    assert judge([training(1)], done)[0]["status"] == status


def test_nothing_required_is_unassigned():
    assert judge([training(1, assigned="none")], [])[0]["status"] == "unassigned"


def test_limited_trainings_are_required_only_for_their_job_titles():
    theirs = training(1, assigned="limited", jobs=["j"])
    others = training(2, assigned="limited", jobs=["k"])
    assert judge([theirs, others], [])[0]["incomplete_training_ids"] == [1]


def last_completed(trainings, done, as_of="2026-06-30"):
    everything = judge(trainings, done, as_of=as_of)[0]["last_completed"]
    return {entry.pop("id"): entry for entry in everything}


NEVER = rolling(None)


def test_the_status_of_a_composed_training_comes_from_its_parts():
    trainings = [
        training(1, [2, 3], schedule=NEVER),
        training(2, assigned="none"),
        training(3, [4], assigned="none", schedule=NEVER),
        training(4, assigned="none", schedule=NEVER),
    ]
    whole = [("ann", 2, "2025-09-01", None), ("ann", 4, "2026-02-01", None)]
    assert last_completed(trainings, whole)[1] == {
        "date_number": 20260201,
        "expiresOn": 20260901,
        "startsExpiringOn": 20260802,
    }
    assert judge(trainings, whole[:1])[0]["incomplete_training_ids"] == [1]
    trainings[0] |= rolling(12)
    own = [*whole[:1], ("ann", 1, "2026-03-01", None)]
    assert last_completed(trainings, own)[1]["expiresOn"] == 20270301
    assert judge(trainings, whole, as_of="2026-09-02")[0]["status"] == "incomplete"


@pytest.mark.parametrize(
    ("own", "as_of", "expires", "status"),
    [
        (rolling(6), "2026-02-01", 20260801, "active"),  # sooner than the parts
        (rolling(6), "2026-07-10", 20260801, "expiring"),
        (rolling(6), "2026-08-02", 20260801, "incomplete"),
        (rolling(36), "2026-08-02", 20260901, "expiring"),  # the parts are sooner
        (fixed(3, 31), "2026-02-01", 20260331, "active"),
        (offered(JUNE, 20260601), "2026-06-15", 20260630, "expiring"),
        (offered(JUNE, 20260601), "2026-07-01", 20260630, "incomplete"),
        (rolling(1, schedule_type="annual"), "2026-07-10", 20260901, "active"),
    ],
)
def test_a_composed_trainings_own_schedule_counts_from_its_last_part(own, as_of, expires, status):
    trainings = [training(1, [2, 3], schedule=own), *(training(n, assigned="none") for n in (2, 3))]
    done = [("ann", 2, "2025-09-01", None), ("ann", 3, "2026-02-01", None)]
    assert last_completed(trainings, done, as_of)[1]["expiresOn"] == expires
    assert judge(trainings, done, as_of=as_of)[0]["status"] == status


def test_a_part_that_the_catalogue_does_not_have_is_missing():
    done = [("ann", 2, "2026-01-01", None), ("ann", 99, "2026-01-01", None)]
    parts = [training(1, [2, 99]), training(2)]
    assert judge(parts, done)[0]["incomplete_training_ids"] == [1]


def test_nobody_misses_a_training_before_it_or_the_person_existed():
    trainings = [training(1, created="2020-01-01"), training(2, created="2021-01-02")]
    user = {"id": "ann", "created": ms("2015-01-01"), "hireDate": ms("2021-01-01")}

    def incomplete(day):
        employee = EmployeeStatuses([user], trainings, [], DAY(day)).select({}).stretch(0, 1)[0]
        return employee["incomplete_training_ids"]

    assert [incomplete(day) for day in ("2020-12-31", "2021-01-01", "2021-01-02")] == [
        [],
        [1],
        [1, 2],
    ]


def moment(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("left", "first_day_gone"),
    [
        ("2026-06-30T05:00", "2026-06-30"),  # midnight in the central United States
        ("2026-06-30T12:00", "2026-06-30"),
        ("2026-06-29T13:00", "2026-06-30"),  # midnight east of Greenwich
        ("2026-06-29T23:00", "2026-06-30"),
        ("2026-06-30T13:00:01", "2026-06-30"),
    ],
)
def test_people_who_left_are_omitted(left, first_day_gone):
    user = {"id": "ann", "created": 0, "terminationDate": moment(left)}
    day = DAY(first_day_gone)
    assert EmployeeStatuses([user], [training(1)], [], day).select({}).total == 0
    assert (
        EmployeeStatuses([user], [training(1)], [], day - timedelta(days=1)).select({}).total == 1
    )


@pytest.mark.parametrize(
    "odd", [0, 86_400_000, moment("1929-12-31T05:00"), moment("2100-01-01T05:00")]
)
def test_implausible_employment_dates_are_ignored(odd):
    assert employment({"created": 0, "hireDate": odd, "terminationDate": odd})[1:] == (None, None)


def test_rehired_people_are_not_employed_in_between():
    dates = {"hireDate": moment("2026-05-01T05:00"), "terminationDate": moment("2026-02-01T05:00")}
    user = {"id": "ann", "created": ms("2020-01-01"), **dates}

    def incomplete(day):
        employees = EmployeeStatuses([user], [training(1)], [], DAY(day)).select({}).stretch(0, 1)
        return [entry["incomplete_training_ids"] for entry in employees]

    assert incomplete("2019-12-31") == [[]]  # nobody there yet who could miss anything
    assert incomplete("2026-01-31") == incomplete("2026-05-01") == [[1]]
    assert incomplete("2026-02-01") == incomplete("2026-04-30") == []


@pytest.mark.slow
def test_people_and_pages_can_be_selected_over_http():
    company = organisation(people=60, completions=1500)
    method = "training-employee-status.list"
    with serve(company) as api:
        everybody = post(api, method).json()["employees"]
        two = [everybody[3]["m_user_id"], everybody[5]["m_user_id"]]
        chosen = post(api, method, m_user_ids=two).json()
        assert chosen["employees"] == [everybody[3], everybody[5]]
        assert chosen["paging"] == {"total": 2, "last_page": 1}
        assert post(api, method, limit=2, page=2).json()["employees"] == everybody[2:4]
