"""The next steps of an explanation: whose list, which instructors, and the place in a plan."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.data.scope import Scope
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import COMPLETIONS, TRAININGS, USERS
from tests.analysis.rule_cases import pairs
from tests.frames import frame_of

DAY = "2026-06-30"
LADDERS = {"id": 7, "title": "Ladders", "schedule_type": "rolling", "renewal_months": 12}
SUE = {"id": "sue", "lastname": "Low", "firstname": "Sue"}
LIST = "(docs/rules.md#11-whose-list-a-case-is-on)"
TEACHING = "(docs/rules.md#10-who-may-teach)"
PLANNING = "(docs/rules.md#12-sessions-to-hold)"


def done(person: str, day: date | None, by: str | None = None, training: int = 7) -> dict[str, Any]:
    return {"training_id": training, "m_user_id": person, "date": day, "m_instructor_id": by}


#: Ann's certificate expired; Ike taught it and holds it.
EXPIRED = (done("ann", date(2025, 6, 10), "ike"), done("ike", date(2025, 9, 1)))


def records(
    *completions: dict[str, Any],
    supervisor: str | None = "sue",
    people: tuple[dict[str, Any], ...] = (SUE,),
    trainings: tuple[dict[str, Any], ...] = (LADDERS,),
) -> kpa.TrainingData:
    ann = {"id": "ann", "lastname": "Moe", "firstname": "Ann", "supervisor_id": supervisor}
    ike = {"id": "ike", "lastname": "Poe", "firstname": "Ike"}
    rows = [{"id": number, **row} for number, row in enumerate(completions, 1)]
    return kpa.TrainingData(
        completions=frame_of(COMPLETIONS, *rows),
        trainings=frame_of(TRAININGS, *trainings),
        users=frame_of(USERS, ann, ike, *people),
    )


def next_steps(data: kpa.TrainingData, training: int = 7, **options: Any) -> tuple[str, ...]:
    return kpa.explain(data, "ann", training, as_of=DAY, **options).next_steps


def test_an_open_case_names_its_list_and_its_instructors_with_their_rules() -> None:
    assert next_steps(records(*EXPIRED)) == (
        f"This case is on the list of the supervisor, Low, Sue. {LIST}",
        f"Ladders can be taught next by Poe, Ike (through 1 Sep 2026). {TEACHING}",
    )


def test_the_text_the_page_and_the_dict_have_the_next_steps_below_the_steps() -> None:
    explanation = kpa.explain(records(*EXPIRED), "ann", 7, as_of=DAY)
    lines = str(explanation).splitlines()
    assert lines[-3:] == ["What to do next:", *(f"- {each}" for each in explanation.next_steps)]
    trace = explanation.to_dict()
    assert json.loads(json.dumps(trace))["next_steps"] == [*explanation.next_steps]
    page = explanation._repr_html_()
    below = page[page.index("</ol>") :]
    assert "<h4>What to do next:</h4>" in below
    assert all(each in below for each in explanation.next_steps)


LEFT = {**SUE, "terminationDate": datetime(2026, 3, 1, 5, tzinfo=UTC)}
NOBODY = {
    "none": (None, (SUE,), "the profile of Moe, Ann names no supervisor."),
    "blank": (" ", (SUE,), "the profile of Moe, Ann names no supervisor."),
    "unknown": ("sue", (), "the supervisor (sue) is not in the user list."),
    "left": ("sue", (LEFT,), "the supervisor (Low, Sue) left on 1 Mar 2026."),
}


@pytest.mark.parametrize("kind", NOBODY)
def test_a_case_on_nobodys_list_says_why(kind: str) -> None:
    supervisor, people, why = NOBODY[kind]
    sentence = next_steps(records(*EXPIRED, supervisor=supervisor, people=people))[0]
    assert sentence == f"The case is on no supervisor's list, because {why} {LIST}"


def test_a_person_without_a_profile_is_on_nobodys_list() -> None:
    known = records(*EXPIRED)
    data = kpa.TrainingData(completions=known.completions, trainings=known.trainings)
    assert "because ann is not in the user list." in next_steps(data)[0]


def test_a_circle_of_supervisors_does_not_change_the_list() -> None:
    own = next_steps(records(*EXPIRED, supervisor="ann"))
    assert own[0].startswith("This case is on the list of the supervisor, Moe, Ann.")


def test_at_most_three_instructors_are_named_and_the_others_counted() -> None:
    several = [f"i{number}" for number in range(5)]
    taught = [done("pupil", date(2026, 5, 4), person) for person in several]
    held = [done(person, date(2026, 1, 1 + number)) for number, person in enumerate(several)]
    sentence = next_steps(
        records(
            done("ann", date(2025, 6, 10)),
            *taught,
            *held,
            people=(*({"id": person} for person in several),),
        )
    )[1]
    assert sentence == (
        "Ladders can be taught next by i4 (through 5 Jan 2027), i3 (through 4 Jan 2027), "
        f"i2 (through 3 Jan 2027) and 2 more. {TEACHING}"
    )


def test_an_instructor_whose_certificate_does_not_end_has_no_last_day() -> None:
    special = {**done("ann", date(2025, 6, 10), "ike"), "special_expiration_date": date(2026, 6, 1)}
    lasting = {**LADDERS, "renewal_months": 0}
    sentence = next_steps(records(special, EXPIRED[1], trainings=(lasting,)))[1]
    assert "by Poe, Ike (no end date)." in sentence


WHY_NOBODY = {
    "nobody taught": (
        (done("ann", date(2025, 6, 10)),),
        "nobody taught it in the last 24 months",
    ),
    "expired": (
        (done("ann", date(2025, 6, 10), "ike"), done("ike", date(2025, 6, 1))),
        "Poe, Ike: own certificate expired on 1 Jun 2026",
    ),
    "only this person": (
        (done("ann", date(2025, 7, 10)), done("ike", date(2026, 5, 1), "ann")),
        "this person is the only eligible instructor",
    ),
}


@pytest.mark.parametrize("kind", WHY_NOBODY)
def test_a_training_that_nobody_may_teach_says_why(kind: str) -> None:
    completions, why = WHY_NOBODY[kind]
    sentence = next_steps(records(*completions))[1]
    assert sentence == f"Nobody may teach Ladders next ({why}). {TEACHING}"


@pytest.mark.slow
def test_a_case_that_is_current_not_due_or_of_a_person_who_left_has_no_next_steps() -> None:
    current = kpa.explain(records(done("ann", date(2026, 6, 1))), "ann", 7, as_of=DAY)
    assert (current.status, current.next_steps) == ("current", ())
    assert "What to do next" not in str(current) + current._repr_html_()
    july = {"window_open_month": 7, "window_open_day": 5, "window_close_month": 7}
    window = {"id": 7, "schedule_type": "window", **july, "window_close_day": 9}
    data = records(trainings=(window,))
    waiting = kpa.explain(data, "ann", 7, as_of=DAY, required=pairs(("ann", 7)))
    assert (waiting.status, waiting.next_steps) == ("not_due", ())
    data = records(done("sue", date(2025, 6, 10)), people=(LEFT,))
    gone = kpa.explain(data, "sue", 7, as_of=DAY)
    assert (gone.status, gone.next_steps) == ("expired", ())


BASICS = {"id": 2, "title": "Basics", "schedule_type": "rolling", "included_trainings_id": [7, 8]}
ROPES = {**LADDERS, "id": 8, "title": "Ropes"}


@pytest.mark.slow
def test_a_composed_training_names_the_included_trainings_to_complete() -> None:
    held = (*EXPIRED, done("ann", date(2026, 5, 1), training=8))
    steps = next_steps(records(*held, trainings=(BASICS, LADDERS, ROPES)), 2)
    assert steps[1:] == (
        f"Still needed for Basics: Ladders. {PLANNING}",
        f"Ladders can be taught next by Poe, Ike (through 1 Sep 2026). {TEACHING}",
    )
    missing = records(*EXPIRED[1:], trainings=(BASICS, LADDERS, ROPES))
    steps = next_steps(missing, 2, required=pairs(("ann", 2)))
    assert "Still needed for Basics: Ladders, Ropes." in steps[1]
    assert [each.partition(" ")[0] for each in steps[2:]] == ["Nobody", "Nobody"]


@pytest.mark.slow
def test_every_included_training_that_expires_soon_must_be_completed() -> None:
    held = (done("ann", date(2025, 7, 10)), done("ann", date(2025, 7, 15), training=8))
    steps = next_steps(records(*held, trainings=(BASICS, LADDERS, ROPES)), 2)
    assert steps[1] == f"Still needed for Basics: Ladders, Ropes. {PLANNING}"


def test_a_record_without_an_id_is_an_own_completion() -> None:
    both = {"id": 9, "title": "Both", "renewal_months": 12, "included_trainings_id": [7]}
    outer = {"id": 10, "title": "Outer", "included_trainings_id": [9]}
    own = {**done("ann", date(2025, 7, 10), training=9), "id": None}
    data = records(own, EXPIRED[1], trainings=(LADDERS, both, outer))
    assert next_steps(data, 10)[1] == f"Still needed for Outer: Both. {PLANNING}"
    plan = kpa.plan_sessions(data, as_of=DAY, weeks=8)
    assert plan.unplaced["training"].to_list() == ["Both"]


def test_an_undated_record_of_a_composed_training_changes_no_next_step() -> None:
    both = {"id": 9, "title": "Both", "included_trainings_id": [7]}
    required = pairs(("ann", 9))
    undated = done("ann", None, training=9)
    steps = [
        next_steps(records(*rows, EXPIRED[1], trainings=(LADDERS, both)), 9, required=required)
        for rows in ((), (undated,))
    ]
    assert steps[0] == steps[1]
    assert any("Still needed for Both: Ladders" in step for step in steps[0])


def test_a_composed_training_that_only_its_own_schedule_ends_renews_the_part_that_ends_first() -> (
    None
):
    short = {**BASICS, "renewal_months": 1}
    held = (done("ann", date(2026, 5, 2)), done("ann", date(2026, 5, 1), training=8))
    steps = next_steps(records(*held, trainings=(short, LADDERS, ROPES)), 2)
    assert steps[1] == f"Still needed for Basics: Ropes. {PLANNING}"


@pytest.mark.slow
def test_what_an_included_training_limits_is_renewed_through_that_one() -> None:
    """Outer expired because Basics did, so Slings, which end first, would not renew it."""
    slings = {**LADDERS, "id": 6, "title": "Slings", "renewal_months": 18}
    long = ({**LADDERS, "renewal_months": 24}, {**ROPES, "renewal_months": 36})
    outer = {"id": 10, "title": "Outer", "included_trainings_id": [6, 2]}
    held = [done("ann", date(2025, 6, 20), training=part) for part in (6, 7, 8)]
    trainings = (slings, *long, {**BASICS, "renewal_months": 12}, outer)
    data = records(*held, trainings=trainings)
    assert next_steps(data, 10)[1] == f"Still needed for Outer: Ladders. {PLANNING}"


@pytest.mark.slow
def test_a_plan_gives_the_session_and_its_reason_and_leaves_the_steps_as_they_are() -> None:
    data = records(*EXPIRED)
    plan = kpa.plan_sessions(data, as_of=DAY, weeks=8)
    steps = next_steps(data, plan=plan)
    assert steps[2] == (
        "The plan has a place for Moe, Ann in the Ladders session in the week of 6 Jul 2026, "
        "taught by Poe, Ike: expired on 10 Jun 2026; the session of 6 Jul 2026 is the first. "
        f"{PLANNING}"
    )
    assert steps[:2] == next_steps(data)
    with_plan = kpa.explain(data, "ann", 7, as_of=DAY, plan=plan)
    assert with_plan.steps == kpa.explain(data, "ann", 7, as_of=DAY).steps


@pytest.mark.slow
def test_a_case_without_a_place_says_why() -> None:
    data = records(done("ann", date(2025, 6, 10)))
    plan = kpa.plan_sessions(data, as_of=DAY, weeks=8)
    assert next_steps(data, plan=plan)[2] == (
        "The plan has no place for Moe, Ann in a Ladders session: no eligible instructor (nobody "
        f"taught it in the last 24 months). {PLANNING}"
    )


@pytest.mark.slow
def test_a_case_that_the_plan_does_not_cover_says_what_it_covers() -> None:
    data = records(done("ann", date(2025, 7, 25), "ike"), EXPIRED[1])
    plan = kpa.plan_sessions(data, as_of=DAY, weeks=1)
    assert next_steps(data, plan=plan)[2] == (
        "This case is not in the plan, which covers gaps on 30 Jun 2026 and certificates that "
        f"expire by 12 Jul 2026, unless the person leaves first. {PLANNING}"
    )


@pytest.mark.slow
def test_a_composed_case_has_the_places_of_its_included_trainings() -> None:
    held = (*EXPIRED, done("ann", date(2026, 5, 1), training=8))
    data = records(*held, trainings=(BASICS, LADDERS, ROPES))
    plan = kpa.plan_sessions(data, as_of=DAY, weeks=8)
    assert "a place for Moe, Ann in the Ladders session" in next_steps(data, 2, plan=plan)[-1]


@pytest.mark.parametrize("wrong", ["plan", pl.DataFrame(), 7])
def test_anything_else_than_a_plan_is_refused(wrong: object) -> None:
    with pytest.raises(KPADataError) as error:
        next_steps(records(*EXPIRED), plan=wrong)
    kind = type(wrong).__name__
    assert str(error.value) == f"plan must be the result of plan_sessions() or None, not {kind}"


@pytest.mark.slow
def test_instructors_are_judged_by_all_records_where_a_part_is_explained() -> None:
    data = records(*EXPIRED)
    part = data.part(Scope(description="Ann", people=pl.Series(["ann"])))
    assert part.completions.height == 1
    assert next_steps(part) == next_steps(data)


@pytest.mark.slow
def test_names_of_others_are_escaped_and_stay_on_one_line() -> None:
    hostile = "<img src=x onerror=alert(1)>\u202e\nX"
    people = ({"id": "sue", "lastname": hostile}, {"id": "i", "lastname": hostile})
    completions = (done("ann", date(2025, 6, 10), "i"), done("i", date(2026, 5, 1)))
    trainings = ({**LADDERS, "title": hostile},)
    data = records(*completions, people=people, trainings=trainings)
    plan = kpa.plan_sessions(data, as_of=DAY, weeks=8)
    explanation = kpa.explain(data, "ann", 7, as_of=DAY, plan=plan)
    assert len(explanation.next_steps) == 3
    page = explanation._repr_html_()
    assert "<img" not in page
    assert "&lt;img" in page[page.index("What to do next") :]
    assert "\u202e" not in page + str(explanation)
    assert len(str(explanation).splitlines()) == 2 + len(explanation.steps) + 1 + 3


def test_a_training_without_a_title_is_named_by_its_id() -> None:
    data = records(*EXPIRED, trainings=({**LADDERS, "title": " "},))
    assert next_steps(data)[1].startswith("Training 7 can be taught next by")


@pytest.mark.slow
def test_every_explanation_of_an_explainer_has_its_next_steps() -> None:
    data = records(*EXPIRED)
    explainer = kpa.Explainer(data, as_of=DAY)
    for each in explainer.every():
        assert each == explainer.of(each.m_user_id, each.training_id)
        assert bool(each.next_steps) == (each.status == "expired")
