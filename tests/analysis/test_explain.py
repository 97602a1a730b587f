"""`kpa.explain`: from the record to the status, so that a reader reaches the same result."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.analysis.explanations.explain import Explainer
from kpa_analytics.errors import KPADataError
from kpa_analytics.report_text import MARKS, RULES
from kpa_analytics.schema import COMPLETIONS, EMPLOYEE_STATUS, TRAININGS, USERS
from tests.analysis.company import company
from tests.analysis.replayer import blinded, replay
from tests.analysis.rule_cases import JUNE, pairs
from tests.frames import frame_of

AS_OF = date(2026, 6, 30)
LADDERS = 77


def account(
    *done: dict[str, object], people: tuple = (), others: tuple = (), **training: object
) -> kpa.TrainingData:
    """The records of Ann: completions of First Aid, which renews every 12 months."""
    plain = {"id": LADDERS, "title": "First Aid", "schedule_type": "rolling"}
    if not training:
        plain["renewal_months"] = 12
    ann = {"id": "ann", "lastname": "Moe", "firstname": "Ann"}
    return kpa.TrainingData(
        completions=frame_of(
            COMPLETIONS,
            *(
                {"id": 100 + n, "training_id": LADDERS, "m_user_id": "ann", **each}
                for n, each in enumerate(done)
            ),
        ),
        trainings=frame_of(TRAININGS, {**plain, **training}, *others),
        users=frame_of(USERS, *(people or [ann])),
    )


NEEDED = pairs(("ann", LADDERS))


def why(data: kpa.TrainingData, training: int = LADDERS, **options: object):
    return kpa.explain(data, "ann", training, **{"as_of": AS_OF, **options})


def test_the_steps_lead_from_the_record_to_the_status():
    data = account({"date": date(2025, 6, 10)}, {"date": date(2023, 1, 1)})
    explanation = why(data)
    assert str(explanation).splitlines() == [
        "Moe, Ann: First Aid",
        "Expired as of 30 Jun 2026, valid through 10 Jun 2026",
        "1. The latest completion on or before 30 Jun 2026 is record 100, dated 10 Jun 2025. "
        "1 other record is superseded. [ours]",
        "2. First Aid (training 77) renews every 12 months (catalogue: renewal months). [vendor]",
        "3. So it was valid through 10 Jun 2026. [vendor]",
        "4. As of 30 Jun 2026, it is 20 days past its last valid day: expired. [ours]",
        "What to do next:",
        *(f"- {sentence}" for sentence in explanation.next_steps),
    ]
    assert (explanation.status, explanation.expiration_date) == ("expired", date(2026, 6, 10))
    assert [step.record for step in explanation.steps] == [100, None, 100, 100]
    assert explanation.steps[1].rule == "docs/rules.md#rolling"
    assert explanation.steps[1].values == {
        "training_id": 77,
        "schedule": "rolling",
        "renewal_months": 12,
    }
    assert repr(explanation) == (
        "<Explanation: Moe, Ann: First Aid. Expired as of 30 Jun 2026, valid through 10 Jun 2026>"
    )


def test_of_later_completions_of_one_day_the_first_id_is_named():
    later = {"date": date(2026, 8, 1)}
    data = account(*({**later, "id": number} for number in (103, 101, 102)))
    assert "The first is record 101, dated 1 Aug 2026." in str(why(data))


def test_a_special_date_of_a_completion_after_the_day_is_not_mentioned():
    done = ({"date": date(2025, 8, 1)}, {"date": date(2025, 9, 1)})
    later = {"date": date(2026, 8, 1), "special_expiration_date": date(2030, 1, 1)}
    assert "special expiration date" not in str(why(account(*done, later)))
    earlier = {**later, "date": date(2025, 7, 1)}
    assert "special expiration date 1 Jan 2030" in str(why(account(*done, earlier)))


def test_of_several_special_dates_of_earlier_completions_the_latest_is_named():
    done = [
        {"date": date(2025, 5, day), "special_expiration_date": date(2030, 1, day)}
        for day in (2, 1)
    ]
    assert "special expiration date 2 Jan 2030" in str(why(account({"date": AS_OF}, *done)))


def rules(explanation) -> list[str]:
    return [step.rule.partition("#")[2] for step in explanation.steps]


#: What a completion or training is, the rules of the steps, words of one of them, and the status.
JUNE_2025 = {**JUNE, "window_last_offered_date": date(2025, 6, 5)}
HELD = {
    "special": (
        {"date": date(2020, 1, 1), "special_expiration_date": date(2026, 7, 10)},
        {},
        ["latest", "special", "good-through", "good-through"],
        "10 days are left. It has counted as expiring soon since 10 Jun 2026, 30 days before",
        "expiring",
    ),
    "no date": (
        {"special_expiration_date": date(2027, 7, 10)},
        {},
        ["latest", "special", "good-through", "good-through"],
        "No completion has a date. Record 100 counts, because it has a special expiration date.",
        "current",
    ),
    "own expiring days": (
        {"date": date(2025, 8, 1)},
        {"renewal_months": 12, "expiring_days": 10},
        ["latest", "rolling", "rolling", "good-through"],
        "from 22 Jul 2026, 10 days before it expires (the training's own number): current.",
        "current",
    ),
    "shorter month": (
        {"date": date(2026, 5, 31)},
        {"renewal_months": 1},
        ["latest", "rolling", "shorter-month", "good-through"],
        "has no day 31, so its last day counts. So it is valid through 30 Jun 2026.",
        "expiring",
    ),
    "fixed day within the period": (
        {"date": date(2025, 3, 1)},
        {"expires_on_month": 7, "expires_on_day": 15, "renewal_months": 24},
        ["latest", "fixed", "fixed", "good-through"],
        "The last such day within 24 months after 1 Mar 2025 is 15 Jul 2026.",
        "expiring",
    ),
    "fixed day after the completion": (
        {"date": date(2025, 8, 1)},
        {"expires_on_month": 7, "expires_on_day": 15, "renewal_months": 6},
        ["latest", "fixed", "fixed", "good-through"],
        "The first such day after 1 Aug 2025 is 15 Jul 2026.",
        "expiring",
    ),
    "never": (
        {"date": date(2001, 1, 1)},
        {"renewal_months": 0},
        ["latest", "never", "never", "good-through"],
        "So it does not expire.",
        "current",
    ),
    "unknown type": (
        {"date": date(2001, 1, 1)},
        {"schedule_type": "annual"},
        ["latest", "unknown", "unknown", "good-through"],
        "The schedule of First Aid (training 77) cannot be used: schedule type 'annual' is not",
        "current",
    ),
    "window, never offered": (
        {"date": date(2019, 6, 10)},
        JUNE,
        ["latest", "window", "window", "window-renewal", "window-renewal"],
        "No offering up to 30 Jun 2026 is listed, so every completion is valid.",
        "expiring",
    ),
    "window, offered later": (
        {"date": date(2019, 6, 10)},
        {**JUNE, "window_last_offered_date": date(2026, 7, 1)},
        ["latest", "future-offering", "window", "window-renewal", "window-renewal"],
        "The last offered date 1 Jul 2026 is after 30 Jun 2026, so it is ignored.",
        "expiring",
    ),
    "window, valid since the offering": (
        {"date": date(2025, 6, 2)},
        JUNE_2025,
        ["latest", "window", "window-offering", "window-renewal", "window-renewal"],
        "The last offering began on 1 Jun 2025. The completion is dated on or after that day, so",
        "expiring",
    ),
    "window, superseded": (
        {"date": date(2024, 6, 10)},
        JUNE_2025,
        ["latest", "window", "window-offering", "window-expired", "good-through"],
        "renewed in the window from 1 Jun 2025 to 30 Jun 2025, so it was valid through 30 Jun 2025",
        "expired",
    ),
    "window, superseded with time left": (
        {"date": date(2025, 6, 10)},
        {**JUNE, "window_last_offered_date": date(2026, 6, 5)},
        ["latest", "window", "window-offering", "window-time-left", "window-time-left"],
        "The window of that offering is still open",
        "expiring",
    ),
    "window, ended by an offering outside": (
        {"date": date(2025, 8, 1)},
        {**JUNE, "window_last_offered_date": date(2026, 3, 1)},
        ["latest", "window", "window-offering", "window-expired", "good-through"],
        "So it was valid through 28 Feb 2026, the day before the offering.",
        "expired",
    ),
}


@pytest.mark.parametrize("kind", HELD)
def test_each_kind_of_schedule_cites_its_own_rules(kind):
    completion, training, cited, phrase, status = HELD[kind]
    explanation = why(account(completion, **training))
    assert rules(explanation) == cited
    assert phrase in str(explanation)
    assert explanation.status == status
    assert explanation.steps[-1].text.endswith(f"{_label(status)}.")


def _label(status: str) -> str:
    return {"expiring": "expiring soon", "not_due": "not due"}.get(status, status)


def test_completions_after_the_day_and_an_earlier_one_that_expires_later_are_said():
    data = account(
        {"date": date(2024, 1, 1), "special_expiration_date": date(2028, 3, 1)},
        {"date": date(2025, 1, 1)},
        {"date": date(2026, 7, 1)},
    )
    first = why(data).steps[0]
    assert first.text.endswith(
        "is record 101, dated 1 Jan 2025. 1 other record is superseded. One of them has the special"
        " expiration date 1 Mar 2028, but only the latest completion counts. 1 completion is dated "
        "after 30 Jun 2026 and not counted."
    )
    assert (first.values["superseded"], first.values["later"]) == (1, 1)
    alone = why(account({"date": date(2026, 7, 1)}, {"date": date(2026, 8, 1)}))
    assert (alone.status, alone.expiration_date) == (None, None)
    assert rules(alone) == ["future", "future"]
    assert "Every completion on record (2) is dated after 30 Jun 2026" in str(alone)
    assert "Not counted as of 30 Jun 2026" in str(alone)


def composed(**own: object) -> tuple[dict[str, object], ...]:
    return (
        {"id": 1, "title": "Ladders", "schedule_type": "rolling", "renewal_months": 36},
        {"id": 2, "schedule_type": "rolling", "included_trainings_id": [LADDERS, 1], **own},
    )


DONE = ({"date": date(2026, 1, 10)}, {"training_id": 1, "date": date(2025, 12, 1)})


@pytest.mark.slow
def test_a_composed_training_names_the_training_that_limits_it():
    limited = why(account(*DONE, others=composed(title="Basics")), 2)
    assert rules(limited) == ["parts", "composed", "never", "composed", "composed"]
    assert [step.text for step in limited.steps[:4]] == [
        "Moe, Ann has no completion of Basics (training 2) itself, but has completed every "
        "training that it includes: Ladders (1, valid through 1 Dec 2028); First Aid (77, valid "
        "through 10 Jan 2027).",
        "The latest of their dates, 10 Jan 2026, counts as its date.",
        "By its own schedule (no renewal), counted from that date, it does not expire.",
        "The earliest expiration date counts, that of First Aid: valid through 10 Jan 2027.",
    ]
    assert limited.steps[3].record == 100
    own = why(account(*DONE, others=composed(renewal_months=1)), 2)
    assert own.steps[3].text == "Its own schedule ends first: valid through 10 Feb 2026."


def test_a_missing_composed_training_names_what_is_lacking():
    data = account(DONE[0], others=composed(title="Basics"))
    missing = why(data, 2, required=pairs(("ann", 2)))
    assert rules(missing) == ["missing", "looking-back", "parts", "missing"]
    assert missing.steps[2].text.endswith("Moe, Ann has not completed Ladders.")


def hired(day: int) -> dict[str, object]:
    moment = datetime(2025, 6, day, 5, tzinfo=UTC)
    return {"id": "ann", "lastname": "Moe", "firstname": "Ann", "hireDate": moment}


NEVER = {
    "rolling": (hired(1), {}, ["missing", "looking-back", "missing"], "missing"),
    "new employee": (
        hired(6),
        JUNE_2025,
        ["missing", "looking-back", "new-employee", "new-employee"],
        "expiring",
    ),
    "old employee": (
        hired(4),
        JUNE_2025,
        ["missing", "looking-back", "new-employee", "missing"],
        "missing",
    ),
    "required at once": (
        hired(6),
        {**JUNE_2025, "window_required_for_new_employees": True},
        ["missing", "looking-back", "new-employee", "missing"],
        "missing",
    ),
    "closed window": (
        hired(6),
        {**JUNE_2025, "window_close_day": 29},
        ["missing", "looking-back", "new-employee", "new-employee"],
        "not_due",
    ),
}


@pytest.mark.parametrize("kind", NEVER)
def test_a_training_that_was_never_completed_says_who_requires_it_and_who_may_wait(kind):
    person, training, cited, status = NEVER[kind]
    explanation = why(account(people=(person,), **training), required=NEEDED)
    assert rules(explanation) == cited
    assert explanation.status == status
    said = str(explanation)
    assert "No completion of First Aid (training 77) by Moe, Ann on or before 30 Jun 2026" in said
    assert "The requirements that were provided list it for Moe, Ann." in said
    assert f"It counts from {person['hireDate'].day} Jun 2025: before that" in said


@pytest.mark.slow
@pytest.mark.parametrize("listed", ["incomplete", "complete"])
def test_the_vendors_list_and_its_day_are_named(listed):
    data = account()
    status = frame_of(
        EMPLOYEE_STATUS,
        {
            "m_user_id": "ann",
            f"{listed}_training_ids": [LADDERS],
            "last_updated": datetime(2026, 6, 1, tzinfo=UTC),
        },
    )
    data = kpa.TrainingData(
        completions=data.completions,
        trainings=data.trainings,
        users=data.users,
        employee_status=status,
    )
    explanation = why(data)
    assert explanation.status == "missing"
    assert (
        f"The vendor's employee status of 1 Jun 2026 lists it as required and {listed} for Moe, "
        "Ann. When it became required is not known."
    ) in str(explanation)
    assert explanation.steps[1].values["required_by"] == "vendor"
    assert "The list for 31 May 2026 is not known." in str(why(data, as_of="2026-05-31"))


def test_a_record_without_any_date_proves_nothing():
    explanation = why(account({}))
    assert explanation.status == "missing"
    assert explanation.steps[0].record == 100
    assert "Record 100 has neither a date nor a special expiration date" in str(explanation)
    assert "is not known to be required of Moe, Ann. It is a case only because" in str(explanation)


def test_a_person_or_a_training_that_did_not_exist_yet_is_no_case():
    early = why(account(people=(hired(6),)), as_of="2025-06-05", required=NEEDED)
    assert early.status is None
    assert "Moe, Ann was first known on 6 Jun 2025, after 5 Jun 2025" in str(early)
    made = datetime(2025, 6, 6, tzinfo=UTC)
    early = why(account(created=made), as_of="2025-06-05", required=NEEDED)
    assert "First Aid was created on 6 Jun 2025, after 5 Jun 2025" in str(early)


def test_a_person_who_left_is_explained_too():
    left = {"id": "ann", "lastname": "Moe", "terminationDate": datetime(2026, 3, 1, 5, tzinfo=UTC)}
    explanation = why(account({"date": date(2025, 8, 1)}, people=(left,)))
    assert explanation.status == "current"
    assert rules(explanation)[-1] == "left"
    assert explanation.steps[-1].text == (
        "Moe left on 1 Mar 2026, so the case is counted only if people who left are included."
    )
    assert "left" not in rules(
        why(account({"date": date(2025, 8, 1)}, people=(left,)), as_of="2026-02-28")
    )


def test_the_number_of_expiring_days_is_used_and_named():
    data = account({"date": date(2025, 9, 1)})
    assert why(data).status == "current"
    explanation = why(data, expiring_days=90)
    assert explanation.status == "expiring"
    assert explanation.steps[-1].values["expiring_days"] == 90
    assert explanation.steps[-1].values["expiring_days_from"] == "default"


@pytest.mark.slow
def test_nothing_counts_as_expiring_soon_before_its_date():
    said = str(why(account({"date": date(2026, 6, 1)}), expiring_days=400).steps[-1])
    assert "since its first day, because it expires within 400 days (the default" in said
    later = str(why(account({"date": date(2025, 7, 1)}), expiring_days=90).steps[-1])
    assert "has counted as expiring soon since 2 Apr 2026, 90 days before" in later


@pytest.mark.parametrize(
    ("person", "training", "said"),
    [
        ("bob", LADDERS, "m_user_id: no person in the records has the id 'bob'"),
        (
            "Ann Moe",
            LADDERS,
            "m_user_id: no person in the records has the id 'Ann Moe'; is it Moe, Ann (ann)?",
        ),
        ("ann", 5, "training_id: no training in the records has the id 5"),
        (
            "ann",
            LADDERS,
            "Moe, Ann (ann) has not completed First Aid (training 77) and is not known to need it, "
            "so there is nothing to explain",
        ),
        (7, LADDERS, "m_user_id must be the id of a person, not 7"),
        (
            "ann",
            "First Aid",
            "training_id must be the id of a training, not 'First Aid'; is it First Aid (77)?",
        ),
        ("ann", True, "training_id must be the id of a training, not True"),
    ],
)
def test_a_pair_that_cannot_be_explained_gets_one_clear_line(person, training, said):
    with pytest.raises(KPADataError) as error:
        kpa.explain(account(), person, training, as_of=AS_OF)
    assert str(error.value) == said


def test_other_wrong_arguments_are_named():
    data = account({"date": date(2025, 8, 1)})
    with pytest.raises(KPADataError, match="as_of must be a day"):
        why(data, as_of="soon")
    with pytest.raises(KPADataError, match="expiring_days must be a whole number"):
        why(data, expiring_days=-1)
    with pytest.raises(KPADataError, match="required: no column"):
        why(data, required=pl.DataFrame({"m_user_id": ["ann"]}))
    with pytest.raises(KPADataError, match="data must be the result of load_all"):
        kpa.explain(data.completions, "ann", LADDERS)


HOSTILE = '<img src=x onerror="alert(1)">\u202e\nLadders'


def test_the_page_is_escaped_and_explains_each_rule():
    person = {"id": "ann", "lastname": HOSTILE}
    explanation = why(account({"date": date(2025, 6, 10)}, people=(person,), title=HOSTILE))
    page = explanation._repr_html_()
    assert "<img" not in page
    assert "\u202e" not in page + str(explanation)
    assert len(str(explanation).splitlines()) == 2 + len(explanation.steps)
    assert page.count("<li>") == page.count("<summary>") == len(explanation.steps)
    cited = {step.rule for step in explanation.steps}
    for rule in RULES:
        assert (f"<code>{rule.link}</code>" in page) == (rule.link in cited)
    assert '[data-jp-theme-light="false"]' in page
    assert "http" not in page


def test_invented_records_say_so():
    person = "64656d6f64656d6f00000001"
    done = frame_of(
        COMPLETIONS,
        {"id": 1, "training_id": 7, "m_user_id": person, "date": date(2025, 8, 1)},
    )
    explanation = kpa.explain(kpa.TrainingData(completions=done), person, 7, as_of=AS_OF)
    assert explanation.demo
    assert "Training 7 is not in the catalogue, so its schedule is not known." in str(explanation)
    assert str(explanation).startswith("DEMO DATA")
    assert "DEMO DATA" in explanation._repr_html_()


def test_an_explanation_does_not_change_and_is_json():
    explanation = why(account({"date": date(2025, 6, 10)}))
    with pytest.raises(FrozenInstanceError):
        explanation.status = "current"
    trace = explanation.to_dict()
    assert json.loads(json.dumps(trace)) == trace
    assert trace["expiration_date"] == "2026-06-10"
    assert trace["steps"][0]["values"]["date"] == "2025-06-10"
    assert {step["mark"] for step in trace["steps"]} <= {*MARKS}


def replayed(seed: int, **size: int) -> Counter[str]:
    """Explain a random company on a random day, and compare each replayed trace.

    Returns how often each rule is cited, and the number of `cases` with a status.
    """
    rng = random.Random(seed)
    completions, trainings, users, needed = company(seed, **size)
    as_of = date(2024, 6, 1) + timedelta(days=rng.randrange(1200))
    days, required = rng.choice([0, 30, 100]), pairs(*needed)
    status = kpa.expiry_status(
        completions,
        trainings,
        users,
        as_of=as_of,
        expiring_days=days,
        required=required,
        include_terminated=True,
    )
    columns = ("m_user_id", "training_id", "expiration_date", "status")
    expected = {(row[0], row[1]): row[2:] for row in status.select(columns).iter_rows()}
    data = kpa.TrainingData(completions=completions, trainings=trainings, users=users)
    cited: Counter[str] = Counter()
    for explanation in Explainer(data, as_of=as_of, expiring_days=days, required=required).every():
        trace = explanation.to_dict()
        case = trace["m_user_id"], trace["training_id"]
        result = expected.pop(case, (None, None))
        steps = blinded(trace)
        assert replay(steps) == result, trace
        assert (explanation.expiration_date, explanation.status) == result
        assert 2 <= len(trace["steps"]) <= 6
        cited.update([rule for rule, _ in steps], cases=int(explanation.status is not None))
    assert expected == {}, "every row of expiry_status is explained"
    return cited


@pytest.mark.slow
def test_a_reader_of_the_trace_alone_reaches_the_same_date_and_status():
    assert replayed(1, people=20, count=300)["cases"] > 200


#: The rules that decide no case by themselves.
BESIDE = {"local-midnight", "order-of-parts", "quality"}


@pytest.mark.slow
def test_a_reader_of_100_000_traces_reaches_the_same_dates_and_statuses():
    cited = sum((replayed(seed) for seed in range(2, 22)), Counter())
    assert cited["cases"] > 100_000
    links = {rule.link.partition("#")[2] for rule in RULES}
    assert cited.keys() - {"cases"} == links - BESIDE


def test_the_replayer_computes_and_does_not_copy():
    """Another value in the trace gives another result."""
    steps = blinded(why(account({"date": date(2025, 6, 10)})).to_dict())
    assert replay(steps) == (date(2026, 6, 10), "expired")
    assert "expiration_date" not in json.dumps(steps)
    steps[1][1]["renewal_months"] = 13
    assert replay(steps) == (date(2026, 7, 10), "expiring")


@pytest.mark.slow
def test_one_case_alone_is_explained_as_among_all():
    completions, trainings, users, needed = company(3, people=10, count=200)
    data = kpa.TrainingData(completions=completions, trainings=trainings, users=users)
    options = {"as_of": "2025-06-15", "required": pairs(*needed)}
    alone = Explainer(data, **options)
    explanations = list(Explainer(data, **options).every())
    assert len(explanations) > 100
    for explanation in explanations:
        assert alone.of(explanation.m_user_id, explanation.training_id) == explanation


def test_a_case_without_a_person_is_not_explained():
    data = account({"date": AS_OF}, {"date": AS_OF, "m_user_id": None})
    assert [each.m_user_id for each in Explainer(data, as_of=AS_OF).every()] == ["ann"]


@pytest.mark.slow
def test_every_sentence_ends_and_has_no_blank_left_in_it():
    completions, trainings, users, needed = company(5, people=40, count=800)
    data = kpa.TrainingData(completions=completions, trainings=trainings, users=users)
    for explanation in Explainer(data, as_of="2025-06-15", required=pairs(*needed)).every():
        for step in explanation.steps:
            assert step.text.endswith("."), step.text
            assert not re.search(r"[{}|]|None(?! of the)|  ", step.text), step.text


@pytest.mark.parametrize(
    ("done", "said"),
    [
        ({"date": date(2026, 1, 1)}, "on or before 30 Jun 2026 is a record without an id, dated"),
        ({"special_expiration_date": date(2027, 1, 1)}, "A record without an id counts, because"),
        ({"date": date(2027, 1, 1)}, "on record, a record without an id, is dated 1 Jan 2027."),
        ({}, "A record without an id has neither a date nor a special expiration date"),
    ],
)
def test_a_record_without_an_id_is_explained_and_said_to_have_none(done, said):
    data = account({"id": None, **done})
    assert said in str(why(data))


@pytest.mark.parametrize("kind", ["never-heard", "rolling"])
@pytest.mark.parametrize("nested", [False, True])
def test_an_end_that_is_not_known_is_not_said_never_to_come(kind: str, nested: bool) -> None:
    """A schedule of an unknown kind, against one without months, which does not expire."""
    part = {"id": 1, "title": "Part", "schedule_type": kind}
    middle = {"id": 2, "title": "Middle", "schedule_type": "rolling", "included_trainings_id": [1]}
    data = account(
        {"training_id": 1, "date": date(2026, 1, 1)},
        others=(part, middle),
        schedule_type="rolling",
        included_trainings_id=[2 if nested else 1],
    )
    said = str(why(data))
    is_known = kind == "rolling"
    assert ("so it does not expire" in said) is is_known
    assert ("so no expiration date is known" in said) is not is_known
    assert ("no expiration date is known: current" in said) is not is_known
