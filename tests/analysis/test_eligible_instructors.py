"""Who may teach next, compared with plain Python on random companies."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from dateutil.relativedelta import relativedelta

import kpa_analytics as kpa
from kpa_analytics.schema import COMPLETIONS, ELIGIBLE_INSTRUCTORS, TRAININGS, USERS
from kpa_analytics.statuses import CURRENT, EXPIRED, EXPIRING
from tests.analysis.company import company
from tests.frames import frame_of

DAY = date(2026, 6, 30)
LADDERS = {"id": 7, "title": "Ladders", "schedule_type": "rolling", "renewal_months": 12}


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def taught(number: int, by: str | None, day: date | None, training: int = 7) -> dict[str, Any]:
    return {
        **{"id": number, "training_id": training, "m_user_id": "pupil", "date": day},
        "m_instructor_id": by,
    }


def own(
    number: int, person: str, day: date | None, training: int = 7, **fields: Any
) -> dict[str, Any]:
    return {"id": number, "training_id": training, "m_user_id": person, "date": day, **fields}


def instructors(
    *records: dict[str, Any],
    people: tuple[Any, ...] = ("ike", "ann", "pupil"),
    trainings: tuple[dict[str, Any], ...] = (LADDERS,),
    as_of: str = str(DAY),
    **options: Any,
) -> pl.DataFrame:
    profiles = [person if isinstance(person, dict) else {"id": person} for person in people]
    rows = kpa.eligible_instructors(
        frame_of(COMPLETIONS, *records),
        frame_of(TRAININGS, *trainings),
        frame_of(USERS, *profiles),
        as_of=as_of,
        **options,
    )
    assert ELIGIBLE_INSTRUCTORS.fits(rows)
    return rows


def test_an_instructor_who_taught_lately_and_holds_it_is_eligible_until_it_expires() -> None:
    done = [own(1, "ike", date(2025, 9, 1)), taught(2, "ike", date(2026, 5, 4))]
    assert instructors(*done).drop("demo").rows() == [
        (
            *(7, "Ladders", "ike", "ike", 1, date(2026, 5, 4), date(2026, 9, 1), CURRENT),
            *(True, None, date(2026, 9, 1), date(2026, 9, 1)),
        )
    ]
    on_its_last_day = instructors(*done, as_of="2026-09-01")
    assert on_its_last_day.select("status", "eligible").row(0) == (EXPIRING, True)


@pytest.mark.parametrize(
    ("records", "person", "reason"),
    [
        ([own(1, "ike", date(2025, 5, 1))], {}, "own certificate expired on 1 May 2026"),
        ([], {}, "no certificate of this training on record"),
        ([own(1, "ike", date(2026, 7, 1))], {}, "no certificate of this training on record"),
        (
            [own(1, "ike", date(2025, 9, 1))],
            {"terminationDate": noon(date(2026, 6, 30))},
            "left on 30 Jun 2026",
        ),
        (
            [own(1, "ike", date(2025, 5, 1))],
            {"terminationDate": noon(date(2026, 6, 1))},
            "left on 1 Jun 2026, own certificate expired on 1 May 2026",
        ),
    ],
)
def test_the_reason_says_why_somebody_may_not_teach(
    records: list[dict[str, Any]], person: dict[str, Any], reason: str
) -> None:
    done = [*records, taught(9, "ike", date(2026, 5, 4))]
    row = instructors(*done, people=({"id": "ike", **person}, "pupil")).row(0, named=True)
    assert (row["eligible"], row["reason"]) == (False, reason)
    assert row["eligible_until"] is row["last_eligible_until"] is None


def test_a_person_without_a_profile_is_not_eligible() -> None:
    done = [own(1, "ike", date(2025, 9, 1)), taught(2, "ike", date(2026, 5, 4))]
    row = instructors(*done, people=("pupil",)).row(0, named=True)
    assert (row["instructor"], row["eligible"]) == ("ike", False)
    assert row["reason"] == "not in the user list"


def test_a_training_that_nobody_taught_in_the_period_is_not_left_out() -> None:
    done = [own(1, "ike", date(2025, 9, 1)), taught(2, "ike", date(2026, 5, 4))]
    idle = {"id": 8, "title": "Idle", "schedule_type": "rolling"}
    rows = instructors(*done, trainings=(LADDERS, idle), months=1)
    assert rows.select(
        "training", "m_instructor_id", "completions", "eligible", "reason"
    ).rows() == [
        ("Idle", None, 0, False, "nobody taught it in the last month"),
        ("Ladders", None, 0, False, "nobody taught it in the last month"),
    ]
    assert instructors(*done, trainings=(LADDERS, idle))["eligible"].to_list() == [False, True]


def test_a_composed_training_is_held_through_its_parts() -> None:
    whole = {"id": 9, "title": "Rescue", "schedule_type": "rolling", "included_trainings_id": [7]}
    done = [own(1, "ike", date(2025, 9, 1)), taught(2, "ike", date(2026, 5, 4), 9)]
    rows = instructors(*done, trainings=(LADDERS, whole)).filter(training="Rescue")
    assert rows.select("eligible", "eligible_until").row(0) == (True, date(2026, 9, 1))


def test_a_training_loses_its_last_eligible_instructor_on_the_latest_of_their_days() -> None:
    done = [
        *(own(1, "ike", date(2025, 9, 1)), taught(2, "ike", date(2026, 5, 4))),
        *(own(3, "ann", date(2025, 8, 1)), taught(4, "ann", date(2026, 5, 4))),
    ]
    rows = instructors(*done)
    assert rows["m_instructor_id"].to_list() == ["ike", "ann"]
    assert rows["last_eligible_until"].to_list() == [date(2026, 9, 1)] * 2
    leaver = {"id": "ike", "terminationDate": noon(date(2026, 7, 15))}
    rows = instructors(*done, people=(leaver, "ann"))
    assert rows["eligible_until"].to_list() == [date(2026, 8, 1), date(2026, 7, 14)]
    assert rows["last_eligible_until"].to_list() == [date(2026, 8, 1)] * 2
    lasting = {**LADDERS, "renewal_months": None}
    assert instructors(*done, trainings=(lasting,))["last_eligible_until"].to_list() == [None] * 2


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_equal_to_plain_python_in_random_companies(seed: int) -> None:
    completions, trainings, users, _ = company(seed, people=8, count=200)
    completions = completions.with_columns(m_instructor_id=pl.col("m_user_id").shuffle(seed=seed))
    rows = kpa.eligible_instructors(completions, trainings, users, as_of=DAY, months=30)
    since = DAY - relativedelta(months=30)
    recent: dict[Any, list[date]] = {}
    for row in completions.to_dicts():
        if row["date"] and since < row["date"] <= DAY:
            recent.setdefault((row["training_id"], row["m_instructor_id"]), []).append(row["date"])
    status = {
        (row["training_id"], row["m_user_id"]): row["status"]
        for row in kpa.expiry_status(completions, trainings, users, as_of=DAY).to_dicts()
    }
    known = set(users["id"])
    expected = {
        pair: (len(days), max(days), pair[1] in known and status.get(pair) in (CURRENT, EXPIRING))
        for pair, days in recent.items()
    }
    ours = {
        (row["training_id"], row["m_instructor_id"]): (
            *(row["completions"], row["last_taught"], row["eligible"]),
        )
        for row in rows.to_dicts()
        if row["m_instructor_id"]
    }
    assert ours == expected
    assert set(rows["training_id"]) == {*trainings["id"], *completions["training_id"]}
    assert (rows["eligible"] == rows["reason"].is_null()).all()
    lazy = kpa.eligible_instructors(completions.lazy(), trainings, users, as_of=DAY, months=30)
    assert lazy.collect().equals(rows)
    assert EXPIRED in status.values()


def test_what_is_wrong_is_named() -> None:
    frames = (COMPLETIONS.empty(), TRAININGS.empty(), USERS.empty())
    with pytest.raises(kpa.errors.KPADataError, match="months must be a whole number from 1 to"):
        kpa.eligible_instructors(*frames, months=0)
    with pytest.raises(kpa.errors.KPADataError, match="as_of must be a day"):
        kpa.eligible_instructors(*frames, as_of="soon")
    with pytest.raises(kpa.errors.KPADataError, match="no column 'm_instructor_id'"):
        kpa.eligible_instructors(frames[0].drop("m_instructor_id"), *frames[1:])


def test_a_wrong_day_is_named_before_a_lazy_frame_is_collected() -> None:
    with pytest.raises(kpa.errors.KPADataError, match="as_of must be a day"):
        kpa.eligible_instructors(
            COMPLETIONS.empty().lazy(), TRAININGS.empty(), USERS.empty(), as_of="soon"
        )


#: Each June; new employees may wait for the next window.
JUNE = {
    **{"id": 7, "title": "Ladders", "schedule_type": "window"},
    **{"window_open_month": 6, "window_open_day": 1},
    **{"window_close_month": 6, "window_close_day": 30},
    "window_required_for_new_employees": False,
}


@pytest.mark.parametrize("day", ["2026-06-15", "2026-07-15"])
def test_a_record_without_a_date_makes_nobody_eligible(day: str) -> None:
    """Not even while a window is open, when the case counts as expiring soon."""
    done = [own(1, "ike", None), taught(2, "ike", date(2026, 5, 4))]
    rows = instructors(*done, trainings=(JUNE,), as_of=day)
    no_proof = "no certificate of this training on record"
    assert rows.select("eligible", "reason", "eligible_until").rows() == [(False, no_proof, None)]
