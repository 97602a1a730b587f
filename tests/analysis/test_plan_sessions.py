"""Plans of sessions: who, when, with whom, and why; nobody is dropped."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics import schema
from kpa_analytics.analysis.engine import Rules
from kpa_analytics.analysis.planning.expiring_again import in_a_sentence
from kpa_analytics.analysis.planning.gaps_left import gaps_left
from kpa_analytics.analysis.planning.instructor_weeks import why_not_eligible
from kpa_analytics.analysis.planning.last_instructors import in_sentences
from kpa_analytics.analysis.planning.plan_basis import PlanBasis
from kpa_analytics.analysis.planning.plan_sessions import booked_plan
from kpa_analytics.analysis.planning.session_cases import in_groups
from kpa_analytics.analysis.planning.session_reasons import Place, SessionReasons
from kpa_analytics.analysis.planning.session_texts import WITHOUT_REQUIREMENTS
from kpa_analytics.errors import KPADataError
from kpa_analytics.report_text import NO_REQUIREMENTS
from kpa_analytics.schema import (
    COMPLETIONS,
    EXPIRING_AGAIN,
    LAST_INSTRUCTORS,
    PLANNED_PEOPLE,
    PLANNED_SESSIONS,
    TRAININGS,
    UNPLACED,
    USERS,
)
from kpa_analytics.statuses import GAPS
from tests.analysis.company import company
from tests.frames import frame_of

AS_OF = date(2026, 6, 30)
MONDAYS = [date(2026, 7, 6), date(2026, 7, 13), date(2026, 7, 20), date(2026, 7, 27)]
LADDERS = {"id": 7, "title": "Ladders", "schedule_type": "rolling", "renewal_months": 12}


def account(
    done: list[tuple[str, int, date]],
    catalogue: list[dict[str, Any]] | None = None,
    *,
    teachers: list[tuple[str, int, date]] = (),
    left: dict[str, date] | None = None,
    hired: dict[str, date] | None = None,
    offices: dict[str, str] | None = None,
) -> kpa.TrainingData:
    """Completions of (person, training, day); each teacher completed a training on a day."""
    rows = [
        {"id": number, "m_user_id": person, "training_id": training, "date": day}
        for number, (person, training, day) in enumerate(done, 1)
    ]
    for number, (person, training, day) in enumerate(teachers, 1000):
        own = {"id": number, "m_user_id": person, "training_id": training, "date": day}
        pupil = {"m_user_id": f"pupil-{training}", "date": date(2026, 6, 1)}
        rows += [own, {**own, **pupil, "id": number + 1000, "m_instructor_id": person}]
    people = sorted({str(row["m_user_id"]) for row in rows})
    gone, back = (
        {
            person: datetime(day.year, day.month, day.day, 5, tzinfo=UTC)
            for person, day in (days or {}).items()
        }
        for days in (left, hired)
    )
    profiles = [
        {
            "id": person,
            "lastname": person.capitalize(),
            "terminationDate": gone.get(person),
            "hireDate": back.get(person),
            "fieldOffice_id": [offices[person]] if offices and person in offices else [],
        }
        for person in people
    ]
    named = [{"kind": "field_office", "id": "n", "name": "North"}]
    return kpa.TrainingData(
        completions=pl.DataFrame(rows, schema=COMPLETIONS.schema),
        trainings=pl.DataFrame(catalogue or [LADDERS], schema=TRAININGS.schema),
        users=pl.DataFrame(profiles, schema=USERS.schema),
        groups=pl.DataFrame(named, schema=schema.GROUPS.schema),
    )


IKE = [("ike", 7, date(2026, 5, 1))]


def due_on(*days: date, training: int = 7) -> list[tuple[str, int, date]]:
    """People whose certificates of a year end on these days."""
    return [
        (f"p{number}", training, day.replace(year=day.year - 1)) for number, day in enumerate(days)
    ]


def plan(data: kpa.TrainingData, **options: Any) -> kpa.SessionPlan:
    return kpa.plan_sessions(data, as_of=AS_OF, **{"weeks": 4, **options})


@pytest.mark.slow
def test_tables_and_the_last_week_before_the_day() -> None:
    data = replace(account(due_on(date(2026, 7, 14)), teachers=IKE), account="north")
    made = plan(data)
    assert made.account == "north"
    with pytest.raises(KPADataError, match=r"several accounts \(north, south\)"):
        kpa.what_if(replace(data, account="south"), made)
    assert PLANNED_SESSIONS.fits(made.sessions)
    assert PLANNED_PEOPLE.fits(made.people)
    assert UNPLACED.fits(made.unplaced)
    (session,) = made.sessions.to_dicts()
    assert session["week"] == date(2026, 7, 13)
    assert (session["session"], session["seats"], session["filled"]) == (1, 12, 1)
    assert (session["m_instructor_id"], session["instructor"]) == ("ike", "Ike")
    assert session["cost"] == made.cost == 500 + 0.5
    assert made.people.select("session", "m_user_id", "due").row(0) == (
        *(1, "p0", date(2026, 7, 14)),
    )
    assert made.people["reason"].item() == (
        "expires on 14 Jul 2026; the session of 13 Jul 2026 is the last before it"
    )


@pytest.mark.slow
def test_the_last_day_of_the_last_eligible_instructor_is_a_sentence() -> None:
    """Those of Slings and Ladders end within the weeks, that of Ropes on the last day of them."""
    teachers = [
        *[("ike", 7, date(2025, 7, 14)), ("zoe", 7, date(2025, 7, 20))],
        *[
            ("ann", 7, date(2025, 7, 20)),
            ("ike", 8, date(2025, 8, 2)),
            ("ike", 9, date(2025, 7, 10)),
        ],
    ]
    titles = {7: "Ladders", 8: "Ropes", 9: "Slings"}
    catalogue = [{**LADDERS, "id": number, "title": title} for number, title in titles.items()]
    data = account([("x", 7, date(2024, 1, 1))], catalogue, teachers=teachers)
    made = plan(data)
    assert LAST_INSTRUCTORS.fits(made.last_instructors)
    assert made.warnings == [
        f"{title}: nobody is eligible to teach it after {day} Jul 2026, unless a certificate is "
        f"renewed (last eligible: {name})"
        for title, day, name in (("Slings", 10, "Ike"), ("Ladders", 20, "Ann, Zoe"))
    ]
    assert str(made).endswith("\n".join(made.warnings))
    assert escape(made.warnings[0]) in made._repr_html_()
    assert plan(data, weeks=1).warnings == made.warnings[:1]


def test_of_many_last_instructors_the_first_are_named_and_the_others_counted() -> None:
    rows = [(number, f"T{number}", date(2026, 7, number), "Ike") for number in range(1, 8)]
    frame = pl.DataFrame(rows, LAST_INSTRUCTORS.schema, orient="row")
    assert len(in_sentences(frame)) == 7
    assert in_sentences(frame, 6) == in_sentences(frame), "a single one more is named"
    assert in_sentences(frame, 5)[4:] == [
        in_sentences(frame)[4],
        "2 more trainings lose their last eligible instructor before the plan ends",
    ]


FIRE = {"id": 8, "title": "Fire", "schedule_type": "rolling", "renewal_months": 12}
FIXED = {"expires_on_month": 7, "expires_on_day": 15}


@pytest.mark.slow
def test_certificates_that_expire_again_before_the_plan_ends_are_a_sentence(tmp_path: Path) -> None:
    """Those of Fire end on a fixed day, those of Ladders a year after the session."""
    done = [("x", 8, date(2024, 1, 1)), ("y", 8, date(2024, 1, 1)), ("z", 8, date(2024, 1, 1))]
    teachers = [*IKE, ("ike", 8, date(2026, 5, 1))]
    gone = {"z": date(2026, 7, 16)}  # whose last day is the 15th
    data = account(done, [LADDERS, {**FIRE, **FIXED}], teachers=teachers, left=gone)
    made = plan(data)
    assert EXPIRING_AGAIN.fits(made.expiring_again)
    assert made.people.filter(training_id=8)["m_user_id"].to_list() == ["x", "y", "z"]
    again = made.expiring_again.select("session", "m_user_id", "expiration_date").rows()
    assert again == [(1, "x", date(2026, 7, 15)), (1, "y", date(2026, 7, 15))]
    sentence = (
        "2 certificates earned in these sessions will expire before the plan ends on 2 Aug 2026 "
        "(Fire: 2 on 15 Jul 2026); no second session is planned"
    )
    assert made.warnings[0] == sentence
    assert sentence in str(made)
    assert sentence in made._repr_html_()
    folder = kpa.export_plan(made, tmp_path / "plan")
    about = pl.read_excel(folder / "plan.xlsx", sheet_name="about", has_header=False)
    assert sentence in about.to_series(1).cast(pl.String).to_list()
    assert plan(data, weeks=1).expiring_again.is_empty()  # until 12 July


def test_of_many_trainings_that_expire_again_the_first_are_named() -> None:
    rows = [
        (1, MONDAYS[0], "x", "X", number, f"T{number}", date(2026, 7, day))
        for number, days in ((1, (9, 10)), (2, (8,)), (3, (9,)), (4, (20,)), (5, (21,)))
        for day in days
    ]
    frame = pl.DataFrame(rows, EXPIRING_AGAIN.schema, orient="row")
    end = date(2026, 8, 2)
    (said,) = in_a_sentence(frame, end)
    assert said == (
        "6 certificates earned in these sessions will expire before the plan ends on 2 Aug 2026 "
        "(T2: 1 on 8 Jul 2026; T1: 2, the first on 9 Jul 2026; T3: 1 on 9 Jul 2026; and 2 more "
        "trainings); no second session is planned"
    )
    (four,) = in_a_sentence(frame.filter(pl.col("training_id") != 5), end)
    assert "; T4: 1 on 20 Jul 2026)" in four, "a single one more is named"
    assert in_a_sentence(frame.clear(), end) == []


def test_people_who_may_not_teach_for_the_same_reason_share_it() -> None:
    lacking, gone = "no certificate of this training on record", "left on 4 Jun 2025"
    rows = [("Moe, Al", lacking), ("Low, Bo", lacking), ("Roe, Cy", gone), (None, "nobody did")]
    frame = pl.DataFrame(rows, ["instructor", "reason"], orient="row")
    assert why_not_eligible(frame.head(3)) == f"Low, Bo; Moe, Al: {lacking}; Roe, Cy: {gone}"
    assert why_not_eligible(frame.tail(1)) == "nobody did"
    many = [(f"P{number}", lacking) for number in range(5)]
    assert why_not_eligible(pl.DataFrame(many, frame.schema, orient="row")) == (
        f"P0, P1, P2 and 2 more: {lacking}"
    )


@pytest.mark.slow
def test_one_session_serves_neighbours_and_a_full_one_sends_people_earlier() -> None:
    days = [date(2026, 7, 15), date(2026, 7, 16), date(2026, 7, 24)]
    together = plan(account(due_on(*days), teachers=IKE))
    assert together.sessions.select("week", "filled").rows() == [(MONDAYS[1], 3)]
    full = plan(account(due_on(*[date(2026, 7, 15)] * 3), teachers=IKE), capacity=2)
    assert full.sessions.select("week", "filled").rows() == [(MONDAYS[0], 1), (MONDAYS[1], 2)]
    assert full.people["reason"][0] == (
        "expires on 15 Jul 2026; the session of 6 Jul 2026 is before it, "
        "and the later ones in time are full"
    )


@pytest.mark.slow
def test_gaps_come_first_and_say_so() -> None:
    done = [("old", 7, date(2024, 1, 1))]
    required = pl.DataFrame({"m_user_id": ["new"], "training_id": [7]})
    made = plan(account(done, teachers=IKE), required=required)
    assert made.sessions["week"].to_list() == [MONDAYS[0]]
    assert made.sessions["reason"].item() == "2 people have no valid certificate now"
    assert dict(made.people.select("m_user_id", "reason").iter_rows()) == {
        "new": "missing; the session of 6 Jul 2026 is the first",
        "old": "expired on 1 Jan 2025; the session of 6 Jul 2026 is the first",
    }


@pytest.mark.slow
def test_nobody_is_dropped() -> None:
    """Each open or coming case has a place, or a line that says why not."""
    done = [*due_on(*[date(2026, 7, 8)] * 5), ("x", 8, date(2025, 7, 20))]
    ropes = {**LADDERS, "id": 8, "title": "Ropes"}
    made = plan(account(done, [LADDERS, ropes], teachers=IKE), capacity=1)
    assert made.people.height == 4  # one session a week for one instructor
    assert dict(made.unplaced.select("m_user_id", "reason").iter_rows()) == {
        "p4": "no free place: the eligible instructors can hold no more sessions in these weeks",
        "x": "no eligible instructor (nobody taught it in the last 24 months)",
    }
    late = made.people.filter(pl.col("week") == MONDAYS[1])["reason"].item()
    assert late.endswith(
        "the session of 13 Jul 2026 is 5 days late, and no earlier one has a free place"
    )


@pytest.mark.parametrize(
    ("week", "why"),
    [
        (MONDAYS[2], "one on an earlier Monday would not give a later expiration date"),
        (MONDAYS[3], "it is the first with a free place that gives a later expiration date"),
    ],
)
def test_a_late_place_says_why_no_earlier_one_helps(week: date, why: str) -> None:
    due = date(2026, 7, 15)
    place = Place(due, due, is_gap=False, composed="", week=week, first_day=MONDAYS[2])
    reasons = SessionReasons([week], [], begins=MONDAYS[0], by_window=True)
    assert reasons.of(place).endswith(f" days late; {why}")


@pytest.mark.parametrize(("first", "week"), [(0, 0), (0, 1)])
def test_nothing_is_said_about_sessions_before_the_plan(first: int, week: int) -> None:
    """Before its first Monday a session may well give a later expiration date."""
    due = date(2026, 7, 1)
    place = Place(due, due, False, composed="", week=MONDAYS[week], first_day=MONDAYS[first])
    reasons = SessionReasons([MONDAYS[week]], [], begins=MONDAYS[0], by_window=False)
    assert reasons.of(place).endswith(" days late, and none is held earlier")


def test_a_gap_whose_first_session_is_on_the_day_of_the_plan_has_the_first() -> None:
    day = MONDAYS[0]
    place = Place(None, day, is_gap=True, composed="", week=day, first_day=day)
    reasons = SessionReasons(MONDAYS, [], begins=day, by_window=False)
    assert reasons.of(place) == "missing; the session of 6 Jul 2026 is the first"


@pytest.mark.parametrize(
    ("expires", "due", "is_gap", "need"),
    [
        (None, AS_OF, True, "missing; needed for Both; the session of 6 Jul 2026 is the first"),
        (
            *(None, MONDAYS[1], False),
            "missing; needed for Both, which is due on 13 Jul 2026; the session of 6 Jul 2026 is "
            "the last before it",
        ),
        (
            *(date(2026, 5, 10), AS_OF, True),
            "needed for Both, which expired on 10 May 2026; the session of 6 Jul 2026 is the first",
        ),
        (
            *(MONDAYS[1], MONDAYS[1], False),
            "needed for Both, which is due on 13 Jul 2026; the session of 6 Jul 2026 is the last "
            "before it",
        ),
    ],
)
def test_who_needs_a_training_for_a_composed_one_is_told_what_is_due(
    expires: date | None, due: date, is_gap: bool, need: str
) -> None:
    place = Place(expires, due, is_gap, composed="Both", week=MONDAYS[0], first_day=MONDAYS[0])
    reasons = SessionReasons(MONDAYS[:1], [], begins=MONDAYS[0], by_window=False)
    assert reasons.of(place) == need


FREE = "has a free place, but using it would not make the plan better"


@pytest.mark.parametrize(
    ("weeks", "full", "is_gap", "why"),
    [
        ([0, 2], [0], False, "is 5 days late, and no earlier one has a free place"),
        (
            [0, 2],
            [],
            False,
            f"is 5 days late; an earlier one {FREE}",
        ),
        ([2], [], False, "is 5 days late, and none is held earlier"),
        ([0, 2], [0], True, "the session of 20 Jul 2026 is the first with a free place"),
        (
            [0, 2],
            [],
            True,
            f"a session before that of 20 Jul 2026 {FREE}",
        ),
    ],
)
def test_a_late_place_says_what_is_wrong_with_earlier_ones(
    weeks: list[int], full: list[int], is_gap: bool, why: str
) -> None:
    due = date(2026, 7, 15)
    place = Place(due, due, is_gap, composed="", week=MONDAYS[2], first_day=MONDAYS[0])
    held, taken = ([MONDAYS[week] for week in each] for each in (weeks, full))
    assert SessionReasons(held, taken, begins=MONDAYS[0], by_window=False).of(place).endswith(why)


@pytest.mark.parametrize(
    ("full", "why"),
    [
        ([], "is before it"),
        ([1], "is before it"),
        ([1, 2], "is before it, and the later ones in time are full"),
    ],
)
def test_a_place_before_later_ones_in_time_says_whether_all_of_them_are_full(
    full: list[int], why: str
) -> None:
    """One of the later sessions is on the due day itself, so it is in time, too."""
    due = MONDAYS[2]
    place = Place(due, due, is_gap=False, composed="", week=MONDAYS[0], first_day=MONDAYS[0])
    taken = [MONDAYS[week] for week in full]
    reasons = SessionReasons(MONDAYS, taken, begins=MONDAYS[0], by_window=False)
    assert reasons.of(place) == f"expires on 20 Jul 2026; the session of 6 Jul 2026 {why}"


@pytest.mark.slow
def test_nothing_is_said_about_full_sessions_that_are_not_full() -> None:
    """Being late costs nothing here, so people are late although the first session has room."""
    data = account(due_on(MONDAYS[0], date(2026, 7, 29)), teachers=IKE)
    made = plan(data, late_cost=0)
    assert made.people.sort("due")["reason"].to_list() == [
        "expires on 6 Jul 2026; the session of 27 Jul 2026 is 21 days late, and none is held "
        "earlier",
        "expires on 29 Jul 2026; the session of 27 Jul 2026 is the last before it",
    ]


def random_account(rng: random.Random) -> tuple[kpa.TrainingData, dict[str, date]]:
    """People, instructors and leavers of three trainings, and when the leavers leave.

    Others left long ago and were hired again.
    """
    window = {
        **{"id": 9, "title": "Heat", "schedule_type": "window"},
        **{"window_open_month": 7, "window_open_day": 10},
        **{"window_close_month": 7, "window_close_day": 31},
    }
    people = [f"p{number}" for number in range(rng.randint(1, 12))]

    def held(longest: int) -> date:
        return AS_OF - timedelta(days=rng.randint(1, longest))

    left = {person: AS_OF + timedelta(days=rng.randint(-9, 40)) for person in people[::4]}
    returned = people[1::4]
    teachers = [
        (rng.choice([*people, "ike"]), training, held(363))
        for training in (7, 8, 9)
        for _ in range(rng.randint(0, 3))
    ]
    data = account(
        [(person, training, held(420)) for person in people for training in (7, 8, 9)],
        [LADDERS, {**LADDERS, "id": 8, "title": "Ropes"}, window],
        teachers=teachers,
        left=left | dict.fromkeys(returned, date(2020, 1, 1)),
        hired=dict.fromkeys(returned, date(2021, 1, 1)),
        offices=dict.fromkeys(people[::2], "n"),
    )
    return data, left


@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(n, marks=pytest.mark.slow) for n in range(2, 9))]
)
def test_random_plans_keep_every_rule(seed: int) -> None:
    rng = random.Random(seed)
    data, left = random_account(rng)
    seats, by = rng.choice([1, 2, 12]), rng.choice([None, "field_office"])
    weeks = rng.choice([2, 5])
    made = plan(data, weeks=weeks, capacity=seats, by=by)
    may_teach = kpa.eligible_instructors(data.completions, data.trainings, data.users, as_of=AS_OF)
    until = {
        (row["training_id"], row["m_instructor_id"]): row["eligible_until"] or date.max
        for row in may_teach.filter("eligible").iter_rows(named=True)
    }
    assert not made.sessions.select("week", "m_instructor_id").is_duplicated().any()
    for session in made.sessions.iter_rows(named=True):
        people = made.people.filter(session=session["session"])
        assert 0 < people.height == session["filled"] <= seats
        assert people.select("week", "training_id", "group").unique().rows() == [
            (session["week"], session["training_id"], session["group"])
        ]
        assert session["m_instructor_id"] not in people["m_user_id"]
        assert until[session["training_id"], session["m_instructor_id"]] >= session["week"]
    for person, week in made.people.select("m_user_id", "week").rows():
        assert week < left.get(person, date.max)
    case = ["m_user_id", "training_id"]
    placed = pl.concat([made.people.select(case), made.unplaced.select(case)])
    assert not placed.is_duplicated().any()
    status = kpa.expiry_status(data.completions, data.trainings, data.users, as_of=AS_OF)
    stays = ~pl.col("m_user_id").is_in([*left])
    comes_due = stays & (pl.col("expiration_date") <= MONDAYS[0] + timedelta(weeks=weeks - 1))
    to_place = status.filter(pl.col("status").is_in(GAPS) | comes_due)
    assert to_place.join(placed, on=case, how="anti").is_empty()
    after = kpa.what_if(data, made, as_of=AS_OF).join(made.people, on=case, how="semi")
    assert after.filter(pl.col("status").is_in(GAPS) | ~pl.col("hypothetical")).is_empty()


@pytest.mark.parametrize(
    ("seed", "weeks"),
    [(1, 52), *(pytest.param(n, 13 * n, marks=pytest.mark.slow) for n in range(2, 7))],
)
def test_the_gaps_that_are_left_add_up(seed: int, weeks: int) -> None:
    """Random companies: each gap has one cause, and the plan names those that expire within it."""
    done, catalogue, people, pairs = company(seed, people=40, count=900)
    teachers = pl.Series([f"{n % 9:024x}" for n in range(done.height)])
    taught = pl.when(pl.col("id") % 3 > 0).then(teachers).alias("m_instructor_id")
    data = kpa.TrainingData(
        completions=done.with_columns(taught), trainings=catalogue, users=people
    )
    required = pl.DataFrame(pairs, {"m_user_id": pl.String, "training_id": pl.Int64}, orient="row")
    day = date(2025, 3, 3)
    made = kpa.plan_sessions(data, as_of=day, weeks=weeks, capacity=4, required=required)
    after = kpa.what_if(data, made, until=made.last_day, required=required)
    gaps = after.filter(pl.col("status").is_in(GAPS))
    composed = Rules(catalogue).included
    left = gaps_left(gaps, made.people, made.unplaced, composed)
    case = ["m_user_id", "training_id"]
    unplaced, again = (
        gaps.join(cases, on=case, how="semi") for cases in (made.unplaced, made.people)
    )
    covered = pl.concat([unplaced, again]).select(case)
    assert not covered.is_duplicated().any()
    others = gaps.join(covered, on=case, how="anti")
    through = others.filter(pl.col("training_id").is_in([*composed])).height
    assert left == (unplaced.height, again.height, through, others.height - through)
    assert sum(left) == gaps.height
    assert min(left) > 0
    own = again.filter("hypothetical").select(*case, "expiration_date")
    named = made.expiring_again.select(own.columns)
    assert own.join(named, on=own.columns, how="anti").is_empty()
    # The others that the plan names left since, or have a record of a later day.
    rest = named.join(own, on=own.columns, how="anti").join(after, on=case)
    assert rest.filter("hypothetical").is_empty()


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=pytest.mark.slow) for n in (2, 3, 4))])
def test_the_planner_s_gaps_are_those_of_what_if(seed: int) -> None:
    """Random companies, moved and dropped sessions, and records of days after a session."""
    done, catalogue, people, pairs = company(seed, people=30, count=600)
    teachers = pl.Series([f"{n % 9:024x}" for n in range(done.height)])
    required = pl.DataFrame(pairs, {"m_user_id": pl.String, "training_id": pl.Int64}, orient="row")
    data = kpa.TrainingData(
        completions=done.with_columns(m_instructor_id=teachers), trainings=catalogue, users=people
    )
    basis = PlanBasis(data, required)
    made = booked_plan(basis, date(2025, 3, 3), weeks=13 * seed, capacity=4).whole()
    first, last = made.first_week, made.last_day
    later = pl.min_horizontal(pl.col("week") + pl.duration(weeks="session"), last - timedelta(6))
    moved = made.sessions.filter(pl.col("session") % 5 > 0).with_columns(
        week=pl.when(pl.col("session") % 3 == 0).then(later).otherwise("week")
    )
    held = made.people.filter(pl.col("session").is_in(moved["session"].implode()))
    expected = kpa.what_if(data, (moved, held), as_of=made.as_of, until=last, required=required)
    places = held.drop("week").join(moved.select("session", date="week"), on="session")
    same = [name for name in expected.columns if name not in ("completion_id", "hypothetical")]
    gaps = basis.gaps_after(basis.with_status(places, first, last), last)
    expected_gaps = expected.filter(pl.col("status").is_in(GAPS))
    assert not expected_gaps.is_empty()
    assert gaps.select(same).equals(expected_gaps.select(same))
    wrong = places.head(1).with_columns(pl.col("date") + pl.duration(days=1))
    with pytest.raises(KPADataError, match=r"no session of training \d+ can be on \d+ \w+ \d{4}"):
        basis.with_status(wrong, first, last)


@pytest.mark.slow
def test_an_instructor_teaches_once_a_week_while_the_own_certificate_is_valid() -> None:
    teachers = [("ike", 7, date(2025, 7, 14)), ("ann", 7, date(2026, 5, 1))]
    expired = [(f"p{number}", 7, date(2024, 1, 1)) for number in range(6)]
    made = plan(account(expired, teachers=teachers), capacity=1)
    taught = made.sessions.select("week", "instructor").rows()
    assert len({*taught}) == len(taught) == 6
    assert [week for week, name in taught if name == "Ike"] == MONDAYS[:2]  # until 14 Jul
    assert made.unplaced["m_user_id"].to_list() == ["ike"]  # due last, and no place is left


@pytest.mark.slow
def test_an_instructor_teaches_on_the_last_day_of_the_own_certificate() -> None:
    teachers = [("ike", 7, MONDAYS[0].replace(year=2025))]
    made = plan(account([("x", 7, date(2024, 1, 1))], teachers=teachers))
    assert made.people.select("m_user_id", "week").rows() == [("x", MONDAYS[0])]


@pytest.mark.slow
def test_nobody_teaches_themselves() -> None:
    alone = plan(account([], teachers=[("ike", 7, date(2025, 7, 14))]))
    assert alone.unplaced.select("m_user_id", "reason").rows() == [
        ("ike", "this person is the only eligible instructor")
    ]
    two = [("ike", 7, date(2025, 7, 14)), ("ann", 7, date(2026, 5, 1))]
    both = plan(account([], teachers=two))
    assert both.sessions["instructor"].to_list() == ["Ann"]
    assert both.people["m_user_id"].to_list() == ["ike"]


@pytest.mark.slow
def test_an_instructor_whose_id_is_an_empty_text_is_booked_once() -> None:
    made = plan(account(due_on(date(2026, 7, 14)), teachers=[("", 7, date(2026, 5, 1))]))
    assert made.sessions["m_instructor_id"].to_list() == [""]


@pytest.mark.slow
def test_two_instructors_renew_each_other() -> None:
    """Neither lapses: each attends a session that the other teaches."""
    both = [("ike", 7, date(2025, 7, 14)), ("ann", 7, date(2025, 7, 14))]
    made = plan(account([], teachers=both))
    assert made.unplaced.is_empty()
    assert made.sessions.select("week", "instructor").rows() == [
        (MONDAYS[1], "Ann"),
        (MONDAYS[1], "Ike"),
    ]
    assert made.people.filter(m_user_id="ann")["reason"].item() == (
        "expires on 14 Jul 2026; the session of 13 Jul 2026 is the best one taught by somebody else"
    )
    full = plan(account(due_on(MONDAYS[0]), teachers=both), capacity=1)
    assert full.sessions.height == full.people.height == 3
    joined = plan(account(due_on(MONDAYS[0]), teachers=both), capacity=2)
    assert joined.sessions.select("week", "filled").rows() == [(MONDAYS[0], 2), (MONDAYS[1], 1)]


def test_an_instructor_is_not_moved_into_a_full_session() -> None:
    """Nobody else can teach Ike once Ann's certificate has expired, and her session is full."""
    both = [("ike", 7, date(2025, 8, 20)), ("ann", 7, date(2025, 7, 12))]
    made = plan(account(due_on(date(2026, 7, 8)), teachers=both), capacity=1, weeks=9)
    assert made.sessions.select("instructor", "seats", "filled").rows() == [
        ("Ann", 1, 1),
        ("Ike", 1, 1),
    ]
    assert made.unplaced["m_user_id"].to_list() == ["ike"]


@pytest.mark.slow
def test_an_instructor_changes_places_with_somebody_in_another_session_of_the_week() -> None:
    """Ann is booked for the first session, so only Ike is left for his own."""
    teachers = [("ike", 7, date(2025, 7, 14)), ("ann", 7, date(2026, 5, 1))]
    made = plan(account(due_on(MONDAYS[1]), teachers=teachers), capacity=1)
    taught = made.people.join(made.sessions.select("session", "instructor"), on="session")
    assert {*taught.select("week", "m_user_id", "instructor").rows()} == {
        (MONDAYS[1], "p0", "Ike"),
        (MONDAYS[1], "ike", "Ann"),
    }
    assert made.cost == 500 + 500 + 0.5


@pytest.mark.slow
def test_nobody_has_a_place_after_the_last_day_of_work() -> None:
    done = [("x", 7, date(2024, 1, 1)), ("y", 7, date(2024, 1, 1)), ("z", 7, date(2024, 2, 1))]
    left = {"x": date(2026, 7, 6), "y": date(2026, 7, 7), "z": date(2026, 7, 13)}
    made = plan(account(done, teachers=IKE, left=left), capacity=1)
    assert made.people.select("m_user_id", "week").rows() == [("y", MONDAYS[0])]
    assert made.unplaced.select("m_user_id", "reason").rows() == [
        ("x", "leaves before a session can be held"),
        ("z", "leaves before a session can be held"),
    ]


@pytest.mark.slow
def test_a_seat_that_an_instructor_leaves_is_offered_to_the_first_without_one() -> None:
    """Joe may not teach on 6 July, so Ike must teach the only session, and p1 has his place."""
    both = [("ike", 7, MONDAYS[0].replace(year=2025)), ("joe", 7, date(2025, 7, 1))]
    days = [date(2026, 7, 9), date(2026, 7, 10), date(2026, 7, 11)]
    made = plan(account(due_on(*days), teachers=both), weeks=2, capacity=3)
    assert made.people["m_user_id"].to_list() == ["joe", "p0", "p1"]
    assert dict(made.unplaced.select("m_user_id", "reason").iter_rows()) == {
        "ike": "this person is the only instructor free in the week of 6 Jul 2026",
        "p2": "no free place: the eligible instructors can hold no more sessions in these weeks",
    }


@pytest.mark.slow
def test_who_leaves_before_the_cheapest_week_has_a_place_in_an_earlier_one() -> None:
    """Being late costs nothing here, so one session for all would be the cheapest."""
    done = [("z", 7, date(2024, 1, 1)), *due_on(MONDAYS[2])]
    data = account(done, teachers=IKE, left={"z": MONDAYS[1]})
    made = plan(data, late_cost=0)
    assert made.unplaced.is_empty()
    assert made.people.select("m_user_id", "week").rows() == [("z", MONDAYS[0]), ("p0", MONDAYS[3])]


@pytest.mark.slow
def test_who_is_helped_only_in_weeks_that_are_full_is_told_so() -> None:
    """Ike is free on 6 July, but Ladders completed then expire on 8 July, as they do now."""
    fixed = {**LADDERS, "expires_on_month": 7, "expires_on_day": 8}
    data = account([(person, 7, date(2025, 7, 20)) for person in "xy"], [fixed], teachers=IKE)
    taught = pl.col("m_user_id").is_in(["ike", "pupil-7"])
    special = pl.when(taught).then(date(2027, 7, 8)).alias("special_expiration_date")
    data = replace(data, completions=data.completions.with_columns(special))
    made = plan(data, weeks=2, capacity=1)
    assert made.people.select("m_user_id", "week").rows() == [("x", MONDAYS[1])]
    assert made.unplaced.select("m_user_id", "reason").rows() == [
        (
            "y",
            "no free place: the eligible instructors can hold no more sessions in the weeks that "
            "would give a later expiration date",
        )
    ]


@pytest.mark.slow
def test_people_who_were_hired_again_have_places() -> None:
    """The certificate of y ended while y was away."""
    done = [(person, 7, date(2024, 1, 1)) for person in "xy"] + due_on(MONDAYS[1], MONDAYS[1])
    left = dict.fromkeys(["x", "p0"], date(2020, 1, 1)) | {"p1": date(2026, 7, 7)}
    hired = dict.fromkeys(["x", "p0"], date(2024, 1, 1)) | {"p1": date(2026, 7, 10)}
    left["y"], hired["y"] = date(2024, 12, 1), date(2025, 6, 1)
    made = plan(account(done, teachers=IKE, left=left, hired=hired))
    assert made.unplaced.is_empty()
    assert {*made.people["m_user_id"]} == {"x", "y", "p0", "p1"}
    away = made.people.filter(m_user_id="p1")["week"].item()  # from 7 to 9 July
    assert away == MONDAYS[0]


@pytest.mark.slow
def test_trainings_share_an_instructor() -> None:
    """The training that has another instructor leaves the shared one to the other training."""
    ropes = {**LADDERS, "id": 8, "title": "Ropes"}
    teachers = [*IKE, ("ike", 8, date(2026, 5, 1)), ("ann", 8, date(2026, 5, 1))]
    done = [("x", 7, date(2024, 1, 1)), ("y", 8, date(2024, 1, 1))]
    made = plan(account(done, [LADDERS, ropes], teachers=teachers))
    assert made.sessions.select("training", "week", "instructor").rows() == [
        ("Ladders", MONDAYS[0], "Ike"),
        ("Ropes", MONDAYS[0], "Ann"),
    ]


@pytest.mark.slow
def test_of_trainings_with_the_same_instructors_the_one_with_more_gaps_chooses_first() -> None:
    ropes = {**LADDERS, "id": 8, "title": "Ropes"}
    teachers = [*IKE, ("ike", 8, date(2026, 5, 1))]
    done = [(person, 8, date(2024, 1, 1)) for person in "xy"] + [("z", 7, date(2024, 1, 1))]
    made = plan(account(done, [LADDERS, ropes], teachers=teachers), weeks=1)
    assert made.sessions.select("training", "filled").rows() == [("Ropes", 2)]
    assert made.unplaced["training"].to_list() == ["Ladders"]


def test_an_instructor_without_a_place_in_their_own_session_teaches_another_one() -> None:
    """Ike needs Ladders, but Ann, who could teach him, teaches Ropes; Cat teaches Slings."""
    titles = {7: "Ladders", 8: "Ropes", 9: "Hoists", 10: "Slings"}
    catalogue = [{**LADDERS, "id": number, "title": title} for number, title in titles.items()]
    teaches = {"ike": (9,), "ann": (7, 8, 9), "cat": (9, 10)}
    teachers = [(name, number, date(2026, 5, 1)) for name in teaches for number in teaches[name]]
    done = [
        (person, number, date(2024, 1, 1)) for person, number in zip("xyz", (8, 10, 9), strict=True)
    ]
    data = account(done, catalogue, teachers=[*teachers, ("ike", 7, date(2025, 7, 10))])
    made = plan(data, weeks=1)
    assert made.sessions.select("training", "instructor").sort("training").rows() == [
        ("Hoists", "Ike"),
        ("Ropes", "Ann"),
        ("Slings", "Cat"),
    ]
    assert made.unplaced.select("m_user_id", "training").rows() == [("ike", "Ladders")]


def test_requirements_of_another_account_are_refused() -> None:
    data = account([], teachers=IKE)
    of_north = data.completions.with_columns(account=pl.lit("north"))
    required = pl.DataFrame({"m_user_id": ["ike"], "training_id": [7], "account": ["south"]})
    with pytest.raises(KPADataError, match=r"several accounts \(north, south\)"):
        plan(replace(data, completions=of_north), required=required)


@pytest.mark.parametrize("weeks", [27, 28, 29])
def test_a_plan_reaches_its_last_day(weeks: int) -> None:
    """Cases and expirations are kept for 28 weeks at once."""
    last_week = MONDAYS[0] + timedelta(weeks=weeks - 1)
    made = plan(account(due_on(last_week + timedelta(days=6)), teachers=IKE), weeks=weeks)
    assert made.people.select("m_user_id", "week").rows() == [("p0", last_week)]


@pytest.mark.slow
def test_a_window_training_waits_for_its_window() -> None:
    window = {
        **{"id": 7, "title": "Heat", "schedule_type": "window"},
        **{"window_open_month": 7, "window_open_day": 10},
        **{"window_close_month": 7, "window_close_day": 31},
    }
    data = account([("x", 7, date(2025, 7, 15))], [window], teachers=IKE)
    person = plan(data).people.filter(pl.col("m_user_id") == "x")
    assert person["week"].item() == date(2026, 7, 27)
    assert person["reason"].item().startswith("must be completed by 31 Jul 2026")
    early = plan(data, weeks=2)
    assert early.people.filter(pl.col("m_user_id") == "x").is_empty()


@pytest.mark.slow
def test_who_never_completed_a_window_training_is_not_told_to_renew_it() -> None:
    window = {
        **{"id": 7, "title": "Heat", "schedule_type": "window"},
        **{"window_open_month": 7, "window_open_day": 10},
        **{"window_close_month": 7, "window_close_day": 31},
    }
    required = pl.DataFrame({"m_user_id": ["new"], "training_id": [7]})
    made = plan(account([], [window], teachers=IKE), required=required)
    person = made.people.filter(m_user_id="new")
    assert person["reason"].item().startswith("must be completed by 31 Jul 2026")


def test_who_lacks_a_window_training_does_not_wait_for_the_window() -> None:
    window = {
        **{"id": 7, "title": "Heat", "schedule_type": "window"},
        **{"window_open_month": 7, "window_open_day": 10},
        **{"window_close_month": 7, "window_close_day": 31},
        "window_required_for_new_employees": True,
    }
    required = pl.DataFrame({"m_user_id": ["new"], "training_id": [7]})
    made = plan(account([], [window], teachers=IKE), required=required)
    person = made.people.filter(m_user_id="new")
    assert person.select("week", "status").rows() == [(MONDAYS[0], "missing")]


@pytest.mark.slow
def test_a_composed_training_is_planned_through_its_parts() -> None:
    both = {"id": 9, "title": "Both", "schedule_type": "rolling", "included_trainings_id": [7, 8]}
    ropes = {**LADDERS, "id": 8, "title": "Ropes", "renewal_months": None}
    teachers = [*IKE, ("ike", 8, date(2026, 5, 1))]
    data = account([("x", 7, date(2026, 5, 1))], [LADDERS, ropes, both], teachers=teachers)
    required = pl.DataFrame({"m_user_id": ["x"], "training_id": [9]})
    made = plan(data, required=required)
    assert made.people.select("training_id", "status", "reason").rows() == [
        (8, None, "missing; needed for Both; the session of 6 Jul 2026 is the first")
    ]
    after = kpa.what_if(data, made, as_of=AS_OF, required=required)
    own = after.filter(pl.col("m_user_id") == "x", pl.col("training_id") == 9)
    assert own.select("status", "hypothetical").row(0) == ("current", True)


ROPES = {**LADDERS, "id": 8, "title": "Ropes", "renewal_months": None}
BOTH = {**LADDERS, "id": 9, "title": "Both", "included_trainings_id": [7, 8]}


def reasons(made: kpa.SessionPlan) -> dict[str, tuple[date, str]]:
    """The week and the reason of each person's place."""
    rows = made.people.select("m_user_id", "week", "reason").rows()
    return {person: (week, reason) for person, week, reason in rows}


@pytest.mark.slow
def test_the_own_schedule_of_a_composed_training_delays_nobody_else() -> None:
    """Ann's Ladders end in 2027 and would end earlier after a session, but Both is due in July."""
    ladders = {**LADDERS, "renewal_months": 3}
    done = [("ann", 7, date(2025, 7, 10)), ("ann", 8, date(2025, 7, 10))]
    data = account([*done, ("bob", 7, date(2026, 5, 1))], [ladders, ROPES, BOTH], teachers=IKE)
    is_long = (pl.col("training_id") == 7) & (pl.col("m_user_id") != "bob")
    special = pl.when(is_long).then(date(2027, 1, 10)).alias("special_expiration_date")
    made = plan(replace(data, completions=data.completions.with_columns(special)), weeks=26)
    assert made.cost == 500 + 0.5 * (4 + 26)
    assert reasons(made) == {
        "ann": (
            MONDAYS[0],
            "needed for Both, which is due on 10 Jul 2026; the session of 6 Jul 2026 is the last "
            "before it",
        ),
        "bob": (
            MONDAYS[0],
            "expires on 1 Aug 2026; the session of 6 Jul 2026 is the last before it",
        ),
    }


@pytest.mark.slow
def test_a_part_whose_own_date_stays_the_same_renews_the_composed_training() -> None:
    ladders = {**LADDERS, "renewal_months": None, "expires_on_month": 12, "expires_on_day": 31}
    done = [("ann", part, date(2026, 1, 10)) for part in (7, 8)]
    data = account(done, [ladders, ROPES, {**BOTH, "renewal_months": 6}], teachers=IKE)
    made = plan(data)
    assert made.unplaced.is_empty()
    assert reasons(made)["ann"][0] == MONDAYS[0]
    after = kpa.what_if(data, made).filter(m_user_id="ann", training_id=9)
    assert after["expiration_date"].item() == date(2026, 12, 31)


JULY = {"expires_on_month": 7, "expires_on_day": 10}


@pytest.mark.slow
def test_a_part_is_taken_when_the_composed_training_gets_a_later_date() -> None:
    """Until 10 July a session gives Both the same 10 July, so Ann waits, but Bob does not."""
    ladders = {**LADDERS, "renewal_months": 24}
    done = [("ann", part, date(2025, 7, 20)) for part in (7, 8)]
    data = account(
        [*done, ("bob", 7, date(2024, 7, 14))], [ladders, ROPES, {**BOTH, **JULY}], teachers=IKE
    )
    made = plan(data, capacity=1)
    assert made.sessions["week"].to_list() == MONDAYS[:2]
    assert reasons(made) == {
        "ann": (
            MONDAYS[1],
            "needed for Both, which is due on 10 Jul 2026; the session of 13 Jul 2026 is 3 days "
            "late; one on an earlier Monday would not give a later expiration date",
        ),
        "bob": (
            MONDAYS[0],
            "expires on 14 Jul 2026; the session of 6 Jul 2026 is before it, and the later ones in "
            "time are full",
        ),
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("months", "day", "due", "why"),
    [
        (None, date(2025, 5, 10), "expired on 10 May 2026", "first"),
        (13, date(2025, 7, 10), "is due on 10 Jul 2026", "last before it"),
    ],
)
def test_a_part_that_is_valid_is_not_called_missing_or_due(
    months: int | None, day: date, due: str, why: str
) -> None:
    """Ladders never expire, or in August, which is within the weeks, too."""
    ladders = {**LADDERS, "renewal_months": months}
    data = account([("ann", 7, day), ("ann", 8, day)], [ladders, ROPES, BOTH], teachers=IKE)
    made = plan(data, weeks=9)
    assert made.people["status"].to_list() == ["current"]
    reason = f"needed for Both, which {due}; the session of 6 Jul 2026 is the {why}"
    assert reasons(made)["ann"] == (MONDAYS[0], reason)


@pytest.mark.slow
def test_what_an_included_training_limits_needs_no_place_of_its_own() -> None:
    """Outer is due because Both is. A session of Slings, which end first, would change nothing."""
    slings = {**LADDERS, "id": 6, "title": "Slings", "renewal_months": 13}
    outer = {**LADDERS, "id": 10, "title": "Outer", "included_trainings_id": [6, 9]}
    ladders = {**LADDERS, "renewal_months": 24}
    done = [("ann", part, date(2025, 7, 10)) for part in (6, 7, 8)]
    teachers = [*IKE, ("ike", 6, date(2026, 5, 1))]
    made = plan(account(done, [slings, ladders, ROPES, BOTH, outer], teachers=teachers))
    assert made.people.filter(m_user_id="ann")["training_id"].to_list() == [7]


@pytest.mark.slow
def test_a_part_has_its_own_status_even_if_a_composed_training_needs_it() -> None:
    window = {
        **{"id": 8, "title": "Heat", "schedule_type": "window"},
        **{"window_open_month": 10, "window_open_day": 1},
        **{"window_close_month": 10, "window_close_day": 31},
    }
    teachers = [*IKE, ("ike", 8, date(2025, 10, 5))]
    data = account([("x", 7, date(2026, 5, 1))], [LADDERS, window, BOTH], teachers=teachers)
    required = pl.DataFrame({"m_user_id": ["x", "x"], "training_id": [8, 9]})
    made = plan(data, required=required)
    assert made.people.filter(m_user_id="x").select("training_id", "status").rows() == [
        (8, "not_due")
    ]


@pytest.mark.slow
def test_an_own_completion_in_between_is_renewed_itself() -> None:
    """Whoever completed the middle training itself renews that, and not its parts."""
    both = {"id": 9, "title": "Both", "renewal_months": 12, "included_trainings_id": [7]}
    outer = {"id": 10, "title": "Outer", "included_trainings_id": [9]}
    teachers = [*IKE, ("ike", 9, date(2026, 5, 1))]
    expired = [("x", 9, date(2025, 6, 10))]
    data = account(expired, [LADDERS, both, outer], teachers=teachers)
    required = pl.DataFrame({"m_user_id": ["x"], "training_id": [10]})
    people = plan(data, required=required).people.filter(pl.col("m_user_id") == "x")
    assert people["training_id"].to_list() == [9]


@pytest.mark.slow
@pytest.mark.parametrize("composed", [False, True])
def test_a_record_without_a_date_plans_as_no_record_does(composed: bool) -> None:
    """It proves nothing, whether a window is open or the training includes others."""
    window = {
        **{"window_open_month": 6, "window_open_day": 1},
        **{"window_close_month": 7, "window_close_day": 31},
    }
    june = LADDERS | {"schedule_type": "window", "renewal_months": None} | window
    catalogue = [LADDERS, {"id": 9, "title": "Both", "included_trainings_id": [7]}]
    data = account(
        [("ann", 9 if composed else 7, None)],
        catalogue if composed else [june],
        teachers=[("ike", 7, date(2026, 5, 4))],
    )
    required = pl.DataFrame(
        {"m_user_id": ["ann", "cat"], "training_id": [9 if composed else 7] * 2}
    )
    people = plan(data, required=required).people.sort("m_user_id")
    of_both = people.filter(pl.col("m_user_id").is_in(["ann", "cat"]))
    assert of_both["m_user_id"].to_list() == ["ann", "cat"]
    ann, cat = of_both.drop("m_user_id", "user").rows()
    assert ann == cat


@pytest.mark.slow
def test_who_leaves_first_needs_no_session() -> None:
    days = [date(2026, 7, 15), date(2026, 7, 15)]
    data = account(due_on(*days), teachers=IKE, left={"p0": date(2026, 7, 10)})
    assert plan(data).people["m_user_id"].to_list() == ["p1"]


@pytest.mark.slow
def test_each_field_office_by_itself() -> None:
    days = [date(2026, 7, 15), date(2026, 7, 15)]
    data = account(due_on(*days), teachers=IKE, offices={"p0": "n"})
    made = plan(data, by="field_office")
    assert {*made.sessions.select("group", "filled").rows()} == {("North", 1), (None, 1)}
    assert dict(made.people.select("m_user_id", "group").iter_rows()) == {"p0": "North", "p1": None}


@pytest.mark.slow
def test_a_case_without_a_person_has_no_place_and_is_exported(tmp_path: Path) -> None:
    ten_months_ago = date(2025, 9, 1)
    data = account(
        [("ann", 7, ten_months_ago), ("who", 7, ten_months_ago)], teachers=[("ike", 7, AS_OF)]
    )
    unknown = pl.when(pl.col("m_user_id") != "who").then("m_user_id")
    data = replace(data, completions=data.completions.with_columns(unknown))
    plan = kpa.plan_sessions(data, as_of=AS_OF)
    assert plan.people["m_user_id"].to_list() == ["ann"]
    assert plan.unplaced["reason"].to_list() == ["the completion names no person"]
    folder = kpa.export_plan(plan, tmp_path / "plan")
    sheet = pl.read_excel(folder / "plan.xlsx", sheet_name="unplaced")
    assert "the completion names no person" in sheet.to_series(-1).to_list()


@pytest.mark.slow
def test_seats_by_training() -> None:
    data = account(due_on(*[date(2026, 7, 15)] * 4), teachers=IKE)
    assert plan(data, capacity={7: 2}).sessions["seats"].to_list() == [2, 2]
    assert plan(data, capacity={}).sessions["seats"].to_list() == [12]


@pytest.mark.slow
def test_costs_decide() -> None:
    days = [date(2026, 7, 8), date(2026, 7, 29)]
    data = account(due_on(*days), teachers=IKE)
    dear, cheap = (plan(data, session_cost=cost).sessions.height for cost in (500, 1))
    assert (dear, cheap) == (1, 2)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"by": "colour"}, "by must be field_office, or left out, not 'colour'"),
        ({"by": ["field_office"]}, "by must be field_office, or left out, not ['field_office']"),
        ({"capacity": 0}, "capacity must be a whole number from 1 to 10,000, not 0"),
        ({"capacity": True}, "capacity must be a whole number from 1 to 10,000, not True"),
        ({"capacity": {7: 0}}, "capacity of training 7 must be a whole number from 1"),
        ({"capacity": {99: 3}}, "capacity: no training in the records has the id 99"),
        ({"capacity": {"7": 3, 8: 3}}, "capacity: no training in the records has the id '7', 8"),
        ({"weeks": 0}, "weeks must be a whole number from 1 to 104, not 0"),
        ({"weeks": 2.5}, "weeks must be a whole number from 1 to 104, not 2.5"),
        ({"session_cost": -1}, "session_cost must be a number from 0 to 1,000,000,000,000, not -1"),
        ({"early_cost": float("nan")}, "early_cost must be a number from 0 to 1,000,000,000,000"),
        ({"late_cost": "1"}, "late_cost must be a number from 0 to 1,000,000,000,000, not '1'"),
        (
            {"late_cost": 1e308},
            "late_cost must be a number from 0 to 1,000,000,000,000, not 1e+308",
        ),
        (
            {"late_cost": 10**400},
            "late_cost must be a number from 0 to 1,000,000,000,000, not 1000",
        ),
        ({"as_of": "30/06/2026"}, "as_of must be a day such as 2026-06-30, not '30/06/2026'"),
        ({"as_of": date.max}, "as_of must be a day with 4 weeks after it, not 31 Dec 9999"),
    ],
)
def test_bad_input_is_named(options: dict[str, Any], said: str) -> None:
    data = account(due_on(date(2026, 7, 14)), teachers=IKE)
    with pytest.raises(KPADataError) as caught:
        kpa.plan_sessions(data, **{"as_of": AS_OF, "weeks": 4, **options})
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_frame_is_no_records() -> None:
    with pytest.raises(KPADataError, match=r"data must be the result of load_all\(\)"):
        kpa.plan_sessions(COMPLETIONS.empty(), as_of=AS_OF)


@pytest.mark.slow
def test_it_shows_itself_in_jupyter() -> None:
    done = [*due_on(date(2026, 7, 14)), ("<b>x</b>", 8, date(2025, 7, 10))]
    ropes = {**LADDERS, "id": 8, "title": "<script>"}
    page = plan(account(done, [LADDERS, ropes], teachers=IKE))._repr_html_()
    assert "1 of 12" in page
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "1 case has no place" in page


def test_an_account_without_anything_due() -> None:
    made = plan(kpa.TrainingData(completions=COMPLETIONS.empty()))
    assert (made.sessions.height, made.people.height, made.cost) == (0, 0, 0.0)
    assert str(made).startswith("Sessions to hold in the 4 weeks from 6 Jul 2026")


@pytest.mark.slow
def test_why_nobody_may_teach_is_said_in_words() -> None:
    data = account(due_on(date(2026, 7, 14)), teachers=[("ike", 7, date(2025, 5, 1))])
    reasons = plan(data).unplaced["reason"].unique().to_list()
    assert reasons == ["no eligible instructor (Ike: own certificate expired on 1 May 2026)"]


@pytest.mark.slow
@pytest.mark.parametrize("left", [date(2026, 7, 15), date(2026, 7, 16)])
def test_whoever_leaves_when_the_certificate_expires_needs_no_session(left: date) -> None:
    """The last day of employment is the day before: the 14th, or the 15th."""
    data = account(due_on(date(2026, 7, 14)), teachers=IKE, left={"p0": left})
    made = plan(data)
    people = [*made.people["m_user_id"], *made.unplaced["m_user_id"]]
    assert people == ([] if left == date(2026, 7, 15) else ["p0"])


@pytest.mark.slow
def test_a_case_of_its_own_and_of_a_composed_training_is_due_on_the_earlier_day() -> None:
    parts = {"id": 9, "title": "Both", "included_trainings_id": [7, 8], "renewal_months": 11}
    ropes = {**LADDERS, "id": 8, "title": "Ropes", "renewal_months": 24}
    days = [("x", 7, date(2025, 7, 28)), ("x", 8, date(2025, 7, 28))]
    data = account(days, [LADDERS, ropes, {**LADDERS, **parts}], teachers=IKE)
    made = plan(data)
    due = made.people.filter(m_user_id="x").select("training_id", "due").rows()
    assert due == [(7, AS_OF)]


def test_a_person_in_two_field_offices_is_in_the_alphabetically_first() -> None:
    data = account(due_on(date(2026, 7, 14)), teachers=IKE)
    users = data.users.with_columns(
        pl.when(pl.col("id") == "p0").then(["s", "n"]).otherwise([]).alias("fieldOffice_id")
    )
    offices = [("n", "North"), ("s", "South")]
    groups = pl.DataFrame(
        [{"kind": "field_office", "id": key, "name": name} for key, name in offices],
        schema=schema.GROUPS.schema,
    )
    cases = pl.DataFrame(
        {"m_user_id": ["p0"], "group": [None]}, schema_overrides={"group": pl.String}
    )
    grouped = in_groups(cases, replace(data, users=users, groups=groups), "field_office")
    assert grouped.rows() == [("p0", "North")]


def test_a_free_place_before_the_first_useful_day_is_no_reason() -> None:
    place = Place(None, AS_OF, is_gap=True, composed="", week=MONDAYS[2], first_day=MONDAYS[1])
    reasons = SessionReasons(MONDAYS, [MONDAYS[1]], begins=MONDAYS[0], by_window=False)
    assert reasons.of(place) == (
        "missing; the session of 20 Jul 2026 is the first with a free place"
    )


@pytest.mark.slow
def test_an_instructor_who_leaves_after_the_plan_is_planned_like_everyone() -> None:
    """Uma must renew, and only she can teach from the second week on."""
    teachers = [("ike", 7, date(2025, 7, 1)), ("uma", 7, date(2025, 7, 13))]
    staying, leaving = (
        plan(account([], teachers=teachers, left=left)) for left in ({}, {"uma": date(2027, 9, 1)})
    )
    assert leaving.people.equals(staying.people)
    assert leaving.unplaced.equals(staying.unplaced)
    assert leaving.unplaced["m_user_id"].to_list() == ["uma"]


@pytest.mark.slow
def test_no_session_is_held_that_gives_no_later_expiration() -> None:
    """A completion of December expires on the same 31 December as one of January."""
    yearly = {**LADDERS, "expires_on_month": 12, "expires_on_day": 31}
    done = [("p0", 7, date(2026, 1, 12))]
    data = account(done, [yearly], teachers=[("ike", 7, date(2026, 1, 12))])
    made = kpa.plan_sessions(data, as_of="2026-12-01", weeks=8)
    assert date(2026, 12, 28) not in made.sessions["week"]


@pytest.mark.slow
def test_a_plan_without_requirements_says_what_it_cannot_know(tmp_path: Path) -> None:
    data = account([("ann", 7, date(2025, 9, 1))], teachers=[("ike", 7, AS_OF)])
    needed = pl.DataFrame({"m_user_id": ["bob"], "training_id": [7]})
    for required in (None, needed):
        made = kpa.plan_sessions(data, as_of=AS_OF, required=required)
        folder = kpa.export_plan(made, tmp_path / str(required is None))
        about = pl.read_excel(folder / "plan.xlsx", sheet_name="about", has_header=False)
        said = [str(made), made._repr_html_(), *about.to_series(1).cast(pl.String)]
        assert sum(WITHOUT_REQUIREMENTS.format(note=NO_REQUIREMENTS) in text for text in said) == (
            3 if required is None else 0
        )
        assert ("bob" in made.people["m_user_id"]) == (required is not None)


def test_the_title_names_the_weeks() -> None:
    data = account([("ann", 7, date(2025, 9, 1))])
    titles = [kpa.plan_sessions(data, as_of=AS_OF, weeks=weeks).title for weeks in (1, 2)]
    assert titles == [
        "Sessions to hold in the week of 6 Jul 2026",
        "Sessions to hold in the 2 weeks from 6 Jul 2026",
    ]


def test_cases_that_name_no_person_are_shown() -> None:
    done = [
        {"id": n, "m_user_id": person, "training_id": 7, "date": date(2024, 5, 4)}
        for n, person in enumerate((None, "bob", "cy"), 1)
    ]
    rows = frame_of(COMPLETIONS, *done)
    data = kpa.TrainingData(completions=rows, trainings=frame_of(TRAININGS, LADDERS))
    page = plan(data)._repr_html_()
    assert "1 case without a person" in page
    assert "bob and 1 more" in page


def test_a_case_that_is_due_on_the_last_days_of_the_calendar_is_planned() -> None:
    data = account([("bob", 7, date(9998, 12, 26))])
    made = kpa.plan_sessions(data, as_of="9999-12-18", weeks=1)
    assert made.last_day == date(9999, 12, 26)
    assert made.unplaced.select("m_user_id", "due").row(0) == ("bob", date(9999, 12, 26))
