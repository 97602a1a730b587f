"""The vendor's verdict, rule by rule, on examples worked out by hand from the written rules."""

from datetime import UTC, date, datetime

import pytest

from kpa_analytics.demo import organisation, serve
from kpa_analytics.demo.rules import Schedule
from kpa_analytics.demo.verdict import Verdict

from .asking import post

DAY = date.fromisoformat


def window(opens, closes, **more):
    return {
        "schedule_type": "window",
        "window_open_month": opens[0],
        "window_open_day": opens[1],
        "window_close_month": closes[0],
        "window_close_day": closes[1],
        **more,
    }


def rolling(months, **more):
    return {"schedule_type": "rolling", "renewal_months": months, **more}


def fixed(month, day, months=None, **more):
    return rolling(months, expires_on_month=month, expires_on_day=day, **more)


SPRING = window((3, 1), (4, 30))
WINTER = window((12, 15), (1, 15))
LEAP = window((2, 1), (2, 29))


@pytest.mark.parametrize(
    ("schedule", "done", "expires", "starts"),
    [
        (rolling(12), "2025-06-30", "2026-06-30", "2026-05-31"),
        (rolling(1), "2024-01-31", "2024-02-29", "2024-01-30"),
        (rolling(1), "2023-01-31", "2023-02-28", "2023-01-29"),
        (rolling(24, expiring_days=60), "2024-02-29", "2026-02-28", "2025-12-30"),
        (rolling(12, expiring_days=0), "2025-06-30", "2026-06-30", "2026-06-30"),
        (rolling(None), "2025-06-30", None, None),
        (rolling(0), "2025-06-30", None, None),
        (fixed(7, 15), "2022-05-06", "2022-07-15", "2022-06-15"),
        (fixed(7, 15), "2022-07-15", "2023-07-15", "2023-06-15"),
        (fixed(7, 15, 12), "2022-05-06", "2022-07-15", "2022-06-15"),
        (fixed(7, 15, 12), "2022-07-15", "2023-07-15", "2023-06-15"),
        (fixed(7, 15, 24), "2022-08-01", "2024-07-15", "2024-06-15"),
        (fixed(7, 15, 3), "2022-08-01", "2023-07-15", "2023-06-15"),
        (fixed(2, 29, 12), "2024-03-01", "2025-02-28", "2025-01-29"),
        (SPRING, "2025-02-28", "2025-04-30", "2025-03-01"),
        (SPRING, "2025-03-01", "2026-04-30", "2026-03-01"),
        (SPRING, "2025-12-31", "2026-04-30", "2026-03-01"),
        (WINTER, "2025-12-14", "2026-01-15", "2025-12-15"),
        (WINTER, "2025-12-15", "2027-01-15", "2026-12-15"),
        (WINTER, "2026-01-02", "2027-01-15", "2026-12-15"),
        (LEAP, "2023-05-01", "2024-02-29", "2024-02-01"),
        (LEAP, "2024-05-01", "2025-02-28", "2025-02-01"),
    ],
)
def test_what_is_done_expires_by_the_schedule(schedule, done, expires, starts):
    expected = tuple(day and DAY(day) for day in (expires, starts))
    assert tuple(Schedule(schedule).deadline(DAY(done))) == expected


@pytest.mark.parametrize("schedule", [rolling(12), rolling(None), fixed(7, 15, 12), SPRING])
def test_a_special_date_overrides_the_schedule(schedule):
    deadline = Schedule(schedule).deadline(DAY("2025-01-01"), DAY("2025-09-30"))
    assert tuple(deadline) == (DAY("2025-09-30"), DAY("2025-08-31"))


OFFERED = SPRING | {"window_last_offered_date_number": 20260310}


@pytest.mark.parametrize(
    ("schedule", "done", "as_of", "status"),
    [
        (rolling(12), "2025-06-30", "2026-05-30", "current"),
        (rolling(12), "2025-06-30", "2026-05-31", "expiring"),
        (rolling(12), "2025-06-30", "2026-06-30", "expiring"),
        (rolling(12), "2025-06-30", "2026-07-01", "expired"),
        (rolling(None), "1999-06-30", "2026-07-01", "current"),
        (SPRING, "2025-03-20", "2026-02-28", "current"),
        (SPRING, "2025-03-20", "2026-03-01", "expiring"),
        (SPRING, "2025-03-20", "2026-05-01", "expired"),
        (OFFERED, "2026-03-05", "2026-04-30", "expiring"),
        (OFFERED, "2026-03-05", "2026-05-01", "expired"),
        (OFFERED, "2026-03-10", "2026-05-01", "current"),
        (OFFERED, "2025-03-20", "2026-02-28", "current"),  # before it was offered again
    ],
)
def test_the_status_of_what_was_done(schedule, done, as_of, status):
    assert Schedule(schedule).status(DAY(done), None, DAY(as_of)) == status


@pytest.mark.parametrize(
    ("offered", "newcomers", "hired", "as_of", "status"),
    [
        (20260310, True, "2026-03-11", "2026-06-30", "missing"),
        (20260310, False, "2026-03-11", "2026-04-30", "expiring"),
        (20260310, False, "2026-03-11", "2026-06-30", "not_due"),
        (20260310, False, "2026-03-10", "2026-06-30", "missing"),
        (20260310, False, "2020-01-01", "2025-06-30", "not_due"),  # before it was ever offered
        (None, True, "2020-01-01", "2026-06-30", "missing"),
        (None, False, "2020-01-01", "2026-04-01", "expiring"),
        (None, False, "2020-01-01", "2026-06-30", "not_due"),
    ],
)
def test_the_status_of_who_never_came_to_a_window(offered, newcomers, hired, as_of, status):
    schedule = Schedule(
        SPRING
        | {
            "window_last_offered_date_number": offered,
            "window_required_for_new_employees": newcomers,
        }
    )
    assert schedule.status_of_never(DAY(hired), DAY(as_of)) == status


def test_who_never_came_to_anything_else_is_missing():
    assert Schedule(rolling(12)).status_of_never(DAY("2026-06-29"), DAY("2026-06-30")) == "missing"


def ms(day):
    return int(datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC).timestamp() * 1000)


def training(number, parts=(), assigned="all", schedule=None, jobs=()):
    return {
        "id": number,
        "included_trainings_id": list(parts),
        "assigned_to_type": assigned,
        "assigned_to_condition": {"data": {"settings": {"values": list(jobs)}}},
        **(schedule or rolling(12)),
    }


def judge(trainings, done, people=("ann",), as_of="2026-06-30", **params):
    """The employees of the verdict; `done` is (person, training, day, special) each."""
    rows = [
        (person, key, int(day.replace("-", "")), ms("2020-01-01"), number, special)
        for number, (person, key, day, special) in enumerate(done)
    ]
    users = [{"id": one, "created": ms("2015-01-01"), "jobTitle_id": "j"} for one in people]
    return Verdict(users, trainings, rows, DAY(as_of)).select(params).stretch(0, 10)


def test_the_wire_shape_of_a_verdict():
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
    assert [(one["id"], one["is_required"]) for one in everything] == [
        (1, True),
        (2, True),
        (4, False),
    ]
    one = judge(trainings, done, training_ids=[1])[0]
    assert (one["status"], one["incomplete_training_ids"]) == ("active", [])


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
def test_the_status_of_an_employee_is_the_worst_of_what_is_required(done, status):
    assert judge([training(1)], done)[0]["status"] == status


def test_nothing_required_is_unassigned():
    assert judge([training(1, assigned="none")], [])[0]["status"] == "unassigned"


def test_limited_trainings_are_required_of_those_jobs_alone():
    theirs = training(1, assigned="limited", jobs=["j"])
    others = training(2, assigned="limited", jobs=["k"])
    assert judge([theirs, others], [])[0]["incomplete_training_ids"] == [1]


def test_a_composed_training_stands_by_its_parts():
    trainings = [
        training(1, [2, 3]),
        training(2, assigned="none"),
        training(3, [4], assigned="none"),
        training(4, assigned="none", schedule=rolling(None)),
    ]
    whole = [("ann", 2, "2025-09-01", None), ("ann", 4, "2026-02-01", None)]
    assert judge(trainings, whole)[0]["last_completed"] == [
        {"id": 1, "date_number": 20260201, "expiresOn": 20260901, "startsExpiringOn": 20260802}
    ]
    assert judge(trainings, whole[:1])[0]["incomplete_training_ids"] == [1]
    own = [*whole[:1], ("ann", 1, "2026-03-01", None)]
    assert judge(trainings, own)[0]["last_completed"][0]["expiresOn"] == 20270301
    assert judge(trainings, whole, as_of="2026-09-02")[0]["status"] == "incomplete"


def test_who_has_left_is_left_out():
    user = {"id": "ann", "created": 0, "terminationDate": ms("2026-06-30")}
    assert Verdict([user], [training(1)], [], DAY("2026-06-30")).select({}).total == 0
    assert Verdict([user], [training(1)], [], DAY("2026-06-29")).select({}).total == 1


def test_people_and_pages_can_be_chosen_over_http():
    company = organisation(people=60, completions=1500)
    method = "training-employee-status.list"
    with serve(company) as api:
        everybody = post(api, method).json()["employees"]
        two = [everybody[3]["m_user_id"], everybody[5]["m_user_id"]]
        chosen = post(api, method, m_user_ids=two).json()
        assert chosen["employees"] == [everybody[3], everybody[5]]
        assert chosen["paging"] == {"total": 2, "last_page": 1}
        assert post(api, method, limit=2, page=2).json()["employees"] == everybody[2:4]
