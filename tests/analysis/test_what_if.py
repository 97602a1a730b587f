"""Statuses after planned sessions: those of expiry_status(), and never taken for real ones."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import COMPLETIONS, EXPIRY_STATUS, TRAININGS, USERS, WHAT_IF
from tests.analysis.company import company

AS_OF = date(2026, 6, 30)
LADDERS = {"id": 7, "title": "Ladders", "schedule_type": "rolling", "renewal_months": 12}
BOTH = {"id": 9, "title": "Both", "schedule_type": "rolling", "included_trainings_id": [7, 8]}
ROPES = {"id": 8, "title": "Ropes", "schedule_type": "rolling", "renewal_months": 24}


def small() -> kpa.TrainingData:
    done = [
        {"id": 1, "training_id": 7, "m_user_id": "ann", "date": date(2025, 5, 4)},
        {"id": 2, "training_id": 8, "m_user_id": "ann", "date": date(2026, 5, 4)},
        {"id": 3, "training_id": 7, "m_user_id": "bob", "date": date(2026, 5, 4)},
    ]
    return kpa.TrainingData(
        completions=pl.DataFrame(done, schema=COMPLETIONS.schema),
        trainings=pl.DataFrame([LADDERS, ROPES, BOTH], schema=TRAININGS.schema),
        users=pl.DataFrame([{"id": "ann"}, {"id": "bob"}], schema=USERS.schema),
    )


def session(day: date = date(2026, 7, 6), **changes: Any) -> pl.DataFrame:
    row = {"m_user_id": "ann", "training_id": 7, "date": day, **changes}
    return pl.DataFrame(
        [row], schema={"m_user_id": pl.String, "training_id": pl.Int64, "date": pl.Date}
    )


def test_the_row_of_the_session_is_hypothetical_and_so_is_what_rests_on_it() -> None:
    after = kpa.what_if(small(), session(), as_of=AS_OF)
    assert WHAT_IF.fits(after)
    rows = after.select("m_user_id", "training_id", "completion_id", "status", "hypothetical")
    assert rows.rows() == [
        ("ann", 7, -1, "current", True),
        ("ann", 8, 2, "current", False),
        ("ann", 9, None, "current", True),
        ("bob", 7, 3, "current", False),
    ]


@pytest.mark.slow
def test_what_an_own_completion_in_between_proves_is_not_hypothetical() -> None:
    """The own completion of the middle one counts, not the planned session of its part."""
    outer = {"id": 10, "title": "Outer", "included_trainings_id": [9]}
    own = {"id": 4, "training_id": 9, "m_user_id": "bob", "date": date(2026, 5, 4)}
    data = small()
    data = kpa.TrainingData(
        completions=pl.concat([data.completions, pl.DataFrame([own], schema=COMPLETIONS.schema)]),
        trainings=pl.DataFrame([LADDERS, ROPES, BOTH, outer], schema=TRAININGS.schema),
    )
    planned = pl.concat(
        [session(), session(m_user_id="bob"), session(m_user_id="bob", training_id=8)]
    )
    after = kpa.what_if(data, planned, as_of=AS_OF).filter(pl.col("training_id") >= 9)
    assert after.select("m_user_id", "training_id", "hypothetical").rows() == [
        ("ann", 9, True),
        ("ann", 10, True),
        ("bob", 9, False),
        ("bob", 10, False),
    ]


@pytest.mark.slow
def test_the_records_and_the_status_of_today_stay() -> None:
    data = small()
    before = data.completions.clone()
    kpa.what_if(data, session(), as_of=AS_OF)
    assert data.completions.equals(before)
    nothing = kpa.what_if(data, session().clear(), as_of=AS_OF)
    now = kpa.expiry_status(data.completions, data.trainings, data.users, as_of=AS_OF)
    assert nothing.select(EXPIRY_STATUS.schema.names()).equals(now)
    assert not nothing["hypothetical"].any()


def test_sessions_after_the_day_do_not_count() -> None:
    before = kpa.what_if(small(), session(), as_of=AS_OF, until=date(2026, 7, 5))
    assert before["status"][0] == "expired"
    assert not before["hypothetical"].any()


@pytest.mark.slow
def test_the_statuses_of_the_day_itself_count_the_sessions_of_that_day() -> None:
    today = kpa.what_if(small(), session(AS_OF), as_of=AS_OF, until=AS_OF)
    assert today.select("status", "hypothetical").row(0) == ("current", True)


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_it_says_what_expiry_status_says_after_such_completions(seed: int) -> None:
    """Random companies: every kind of schedule, composed trainings, leavers and unknown people."""
    done, catalogue, people, required = company(seed, people=40, count=600)
    data = kpa.TrainingData(completions=done, trainings=catalogue, users=people)
    pairs = pl.DataFrame(
        required, schema={"m_user_id": pl.String, "training_id": pl.Int64}, orient="row"
    )
    rng = Random(seed)
    as_of = date(2025, 3, 1)
    planned = (
        done.select("m_user_id", "training_id")
        .sample(60, seed=seed)
        .with_columns(
            pl.Series("date", [as_of + timedelta(days=rng.randrange(90)) for _ in range(60)])
        )
    )
    until = as_of + timedelta(days=60)
    real = planned.with_columns(id=pl.lit(10**6, pl.Int64) + pl.int_range(60))
    after = kpa.what_if(data, planned, as_of=as_of, until=until, required=pairs)
    expected = kpa.expiry_status(
        pl.concat([done, real], how="diagonal"), catalogue, people, as_of=until, required=pairs
    )
    same = [name for name in EXPIRY_STATUS.schema.names() if name != "completion_id"]
    assert after.select(same).equals(expected.select(same))
    without = kpa.expiry_status(done, catalogue, people, as_of=until, required=pairs)
    changed = after.select(EXPIRY_STATUS.schema.names()).join(
        without, on=EXPIRY_STATUS.schema.names(), how="anti", nulls_equal=True
    )
    marked = after.filter("hypothetical").select("m_user_id", "training_id")
    assert changed.join(marked, on=["m_user_id", "training_id"], how="anti").is_empty()


@pytest.mark.slow
def test_a_plan_its_people_and_its_moved_sessions() -> None:
    data = small()
    done = pl.concat(
        [
            data.completions,
            pl.DataFrame(
                [{"id": 9, "training_id": 7, "m_user_id": "ann", "date": date(2025, 5, 4),
                  "m_instructor_id": "bob"}],
                schema=COMPLETIONS.schema,
            ),
        ]
    )  # fmt: skip
    data = kpa.TrainingData(completions=done, trainings=data.trainings, users=data.users)
    plan = kpa.plan_sessions(data, as_of=AS_OF, weeks=4)
    assert plan.people["m_user_id"].to_list() == ["ann"]
    of_plan, of_people, of_frames = (
        kpa.what_if(data, given, as_of=AS_OF)
        for given in (plan, plan.people, (plan.sessions, plan.people))
    )
    assert of_plan.equals(of_people)
    assert of_plan.equals(kpa.what_if(data, plan))  # a plan has its own day
    assert of_plan.equals(of_frames)
    moved = plan.sessions.with_columns(pl.col("week") + timedelta(days=7))
    later = kpa.what_if(data, (moved, plan.people.lazy()), as_of=AS_OF)
    assert later["date"][0] == date(2026, 7, 13)
    dropped = kpa.what_if(data, (plan.sessions.clear(), plan.people), as_of=AS_OF)
    assert dropped["status"][0] == "expired"


@pytest.mark.slow
def test_charts_say_that_the_sessions_have_not_been_held() -> None:
    data = small()
    after = kpa.what_if(data, session(), as_of=AS_OF)
    said = "if the planned sessions are held"
    whole = after.drop("hypothetical")
    options: dict[str, dict[str, Any]] = {
        "expirations_by_week": {"weeks": 104},
        "expiry_by_group": {"users": data.users},
        "expiry_by_training": {},
        "expiry_timeline": {},
        "status_summary": {},
        "training_matrix": {},
    }
    for name, more in options.items():
        chart = getattr(kpa.charts, name)
        assert said in chart(after, **more).description, name
        assert said not in chart(whole, **more).description, name


@pytest.mark.parametrize(
    ("planned", "options", "said"),
    [
        (
            session(date(2026, 6, 29)),
            {},
            "sessions: no session can be planned before as_of, 30 Jun 2026: 29 Jun 2026",
        ),
        (session(training_id=99), {}, "sessions: no training in the records has the id 99"),
        (session(m_user_id="zoe"), {}, "sessions: no person in the records has the id zoe"),
        (session(m_user_id=None), {}, "sessions: row 1 has no person"),
        (
            pl.concat([session(), session(training_id=None, date=None)]),
            {},
            "sessions: row 2 has no training and no day",
        ),
        (session().drop("date"), {}, "sessions: no column 'date'"),
        (session().with_columns(pl.col("date").cast(pl.String)), {}, "column 'date' is String"),
        ("monday", {}, "sessions: expected a polars frame"),
        (
            session(),
            {"until": "2026-06-29"},
            "until must not be before as_of: until is 29 Jun 2026",
        ),
        (session(), {"as_of": "soon"}, "as_of must be a day such as 2026-06-30, not 'soon'"),
    ],
)
def test_bad_input_is_named(planned: Any, options: dict[str, Any], said: str) -> None:
    with pytest.raises(KPADataError) as caught:
        kpa.what_if(small(), planned, **{"as_of": AS_OF, **options})
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_pair_has_two_frames() -> None:
    with pytest.raises(KPADataError, match="sessions: expected a pair of frames, not 1"):
        kpa.what_if(small(), (session(),), as_of=AS_OF)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("numbers", "of_people", "said"),
    [
        ([1, 2, 2, 1], [1, 2], "sessions: several rows have the session number 1, 2"),
        ([1, 5, 2, 4], [1, 2], "sessions: no people are listed for session 4, 5"),
        ([1, None], [1], "sessions: row 2 of the sessions has no session number"),
        ([1], [1, 1, None], "sessions: row 3 of the people has no session number"),
    ],
)
def test_session_numbers_that_do_not_fit_are_named(
    numbers: list[int | None], of_people: list[int | None], said: str
) -> None:
    week = session().select(week="date")
    sessions, people = (
        pl.DataFrame({"session": given}).join(rows, how="cross")
        for given, rows in ((numbers, week), (of_people, session()))
    )
    with pytest.raises(KPADataError) as caught:
        kpa.what_if(small(), (sessions, people), as_of=AS_OF)
    assert str(caught.value) == said


def test_the_people_of_a_session_that_is_left_out_have_no_place() -> None:
    people = pl.concat([session(), session(m_user_id="bob")]).with_columns(
        session=pl.Series([1, 2])
    )
    only = pl.DataFrame({"session": [2], "week": [date(2026, 7, 6)]})
    after = kpa.what_if(small(), (only, people), as_of=AS_OF)
    assert after.filter("hypothetical").select("m_user_id", "date").rows() == [
        ("bob", date(2026, 7, 6))
    ]
