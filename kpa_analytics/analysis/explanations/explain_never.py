"""The steps of a case without a valid completion, and of what is not a case on the day.

docs/rules.md section 3.
"""

from __future__ import annotations

from kpa_analytics.analysis.assignment_rules import assignment
from kpa_analytics.analysis.explanations import explain_texts as text
from kpa_analytics.analysis.explanations.explain_case import Case, schedule_sentence
from kpa_analytics.analysis.explanations.explain_composed import included_values
from kpa_analytics.analysis.explanations.explanation_step import Step, step
from kpa_analytics.report_text import NEVER_COMPLETED
from kpa_analytics.statuses import EXPIRING, MISSING
from kpa_analytics.wording import listing, say


def never_steps(case: Case) -> list[Step]:
    """No valid completion, the requirement, whether the person may wait, and the status."""
    steps = [_no_completion(case), _requirement(case)]
    if case.included:
        steps.append(_lacking(case))
    elif _is_window(case):
        steps.append(_grace(case))
    return [*steps, _status(case)]


def no_case_steps(case: Case) -> list[Step]:
    """Why a pair has no status: all completions are later, or it did not exist on the day."""
    facts = case.facts
    if facts["counted"] or facts["required_by"]:
        return [_no_completion(case), _requirement(case), _not_yet(case)]
    later = {"later": facts["later"], "date": facts["first_later"]}
    record = facts["first_later_id"]
    sentence = text.ONLY_LATER if facts["later"] == 1 else text.ALL_LATER
    said = case.say(sentence, later=facts["later"], record=record, done=facts["first_later"])
    return [
        step("future", said, record=record, as_of=case.as_of, counted=0, **later),
        step("future", case.say(text.NO_CASE), as_of=case.as_of, required_by=None, status=None),
    ]


def _no_completion(case: Case) -> Step:
    record, undated = case.facts["completion_id"], case.facts["undated_id"]
    record = undated if record is None else record
    if record is not None or case.facts["undated"]:
        key, said = "unknown", case.say(text.PROVES_NOTHING, record=record)
    else:
        key, said = NEVER_COMPLETED[MISSING], case.say(text.NO_RECORD)
    return step(
        "future" if case.facts["later"] else key,
        said,
        case.later(),
        record=record,
        as_of=case.as_of,
        date=None,
        special_expiration_date=None,
        later=case.facts["later"] or 0,
    )


def _requirement(case: Case) -> Step:
    """Who says that the person must have the training, and from which day it counts."""
    facts = case.facts
    days = {name: facts[name] for name in ("exists_since", "made")}
    since = max(filter(None, days.values()), default=None)
    listed_at = facts["listed_at"]
    listed_on = listed_at and listed_at.date()
    if facts["required_by"] is None:
        said = text.NOT_LISTED
    elif facts["listed_in"] is None:
        said = text.GIVEN
    else:
        said = text.LISTED if listed_at else text.LISTED_UNDATED
    listed = text.LISTED_IN.get(facts["listed_in"], "")
    training = case.catalogue.get(facts["training_id"]) or {}
    condition = training.get("assigned_to_condition")
    assigned = assignment(training.get("assigned_to_type"), condition)
    return step(
        "looking back",
        case.say(said, listed=listed, listed_on=listed_on),
        case.say(text.NEWER_LIST) if listed_on and listed_on > case.as_of else "",
        text.ASSIGNED.get(assigned.rule, "") if facts["required_by"] else "",
        text.SINCE_NOT_KNOWN if facts["required_by"] else "",
        say(text.SINCE, since=since) if since and not facts["not_yet"] else "",
        required_by=facts["required_by"],
        listed_in=facts["listed_in"],
        listed_at=listed_at,
        assigned_to=assigned.rule,
        **days,
    )


def _lacking(case: Case) -> Step:
    """The included trainings that the person never completed."""
    included = [included_values(case, training) for training in case.included]
    lacking = [case.title(each["training_id"]) for each in included if not each["held"]]
    said = case.say(text.LACKS, lacking=listing(lacking))
    return step("parts", said, parts=included)


def _is_window(case: Case) -> bool:
    """A window training, even if the days of its window are impossible."""
    training = case.catalogue.get(case.facts["training_id"]) or {}
    return training.get("schedule_type") == "window"


def _grace(case: Case) -> Step:
    """Whether the person may wait for the next window: a new employee, or never offered."""
    facts = case.facts
    offered, hired = facts["offered"], facts["hired"]
    if not facts["grace_allowed"]:
        sentence = text.REQUIRED_AT_ONCE
    elif offered is None or offered > case.as_of:
        sentence = text.NEVER_OFFERED
    elif facts["has_grace"]:
        sentence = text.NEW
    else:
        sentence = text.NOT_NEW
    return step(
        "new employee",
        schedule_sentence(case),
        case.say(sentence, hired=hired),
        as_of=case.as_of,
        hired=hired,
        required_for_new_employees=not facts["grace_allowed"],
        **{"offered": offered, **case.fields()},
    )


def _status(case: Case) -> Step:
    facts = case.facts
    record = facts["completion_id"]
    if facts["status"] == MISSING:
        sentence = text.MISSING if facts["required_by"] else text.MISSING_RECORD
        key = NEVER_COMPLETED[MISSING]
        return step(key, case.say(sentence), as_of=case.as_of, status=MISSING)
    opens, closes = facts["next_opens"], facts["next_closes"]
    if facts["status"] == EXPIRING:
        sentence = text.NEVER_OPEN
    else:
        sentence = text.NEVER_SHUT if opens else text.NO_WINDOW
    return step(
        "new employee",
        case.say(sentence, opens=opens, closes=closes),
        record=record,
        as_of=case.as_of,
        status=facts["status"],
    )


def _not_yet(case: Case) -> Step:
    """The person or the training did not exist on the day."""
    facts = case.facts
    person = facts["exists_since"] is not None and facts["exists_since"] > case.as_of
    return step(
        "looking back",
        case.say(
            text.PERSON_NOT_YET if person else text.TRAINING_NOT_YET,
            since=facts["exists_since"] if person else facts["made"],
        ),
        as_of=case.as_of,
        exists_since=facts["exists_since"],
        made=facts["made"],
        status=None,
    )
