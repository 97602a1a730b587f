"""The steps of a composed training that is held through included ones. docs/rules.md section 5."""

from __future__ import annotations

from typing import Any

from kpa_analytics.analysis.explanations import explain_texts as text
from kpa_analytics.analysis.explanations.explain_case import Case
from kpa_analytics.analysis.explanations.explanation_step import Step, step
from kpa_analytics.statuses import EXPIRED, EXPIRING
from kpa_analytics.wording import listing, one_line, say

_VALUES = ("completion_id", "date", "expiration_source", "expiration_date", "starts_expiring")


def composed_steps(case: Case) -> list[Step]:
    """The included trainings, the date, the own schedule, what ends first, and the status."""
    return [_included(case), _date(case), _own_schedule(case), _limit(case), _status(case)]


def _included(case: Case) -> Step:
    included = [included_values(case, training) for training in case.included]
    said = case.say(
        text.INCLUDED_TRAININGS,
        listed=listing([_sentence(case, values) for values in included]),
    )
    return step("parts", said, parts=included)


def included_values(case: Case, training: int) -> dict[str, Any]:
    """The facts of an included training; all null if it was never completed."""
    facts = case.person.get(training)
    completed = facts is not None and bool(facts["completed"])
    known = facts if facts is not None and completed else dict.fromkeys(_VALUES)
    return {"training_id": training, "held": completed, **{name: known[name] for name in _VALUES}}


def _sentence(case: Case, values: dict[str, Any]) -> str:
    training, expires = values["training_id"], values["expiration_date"]
    sentence = text.INCLUDED_UNTIL if expires else text.INCLUDED
    return say(sentence, title=case.title(training), training_id=training, expires=expires)


def _date(case: Case) -> Step:
    done = case.facts["date"]
    sentence = text.DERIVED_DATE if done else text.NO_DERIVED_DATE
    return step("composed", say(sentence, done=done), date=done)


def _own_schedule(case: Case) -> Step:
    """The own schedule of the composed training, counted from the derived date."""
    facts = case.facts
    source, expires = facts["own_expiration_source"], facts["own_expiration_date"]
    if source == "unknown":
        end = text.OWN_UNKNOWN
    else:
        end = say(text.OWN_ENDS, expires=expires) if expires else text.OWN_NEVER
    schedule, _ = case.schedule()
    return step(
        source,
        say(text.OWN_SCHEDULE, schedule=schedule, end=end)
        if facts["date"]
        else case.say(text.NO_DATE),
        training_id=facts["training_id"],
        as_of=case.as_of,
        date=facts["date"],
        **case.fields(),
        **case.days,
        expiration_date=expires,
        starts_expiring=facts["own_starts_expiring"],
    )


def _limit(case: Case) -> Step:
    """The earliest end: of one of the included trainings, or by the own schedule."""
    facts = case.facts
    expires, limited_by = facts["expiration_date"], facts["limited_by_id"]
    if expires is None:
        sentence = text.NO_KNOWN_LIMIT if _has_unknown(case) else text.NOT_LIMITED
    elif limited_by == facts["training_id"]:
        sentence = text.LIMITED_BY_ITSELF
    else:
        sentence = text.LIMITED
    return step(
        "composed",
        say(sentence, limited_by=one_line(facts["limited_by"] or "-"), expires=expires),
        record=facts["limited_by_completion_id"],
        limited_by=limited_by,
        expiration_date=expires,
    )


def _has_unknown(case: Case) -> bool:
    """Whether an expiration is not known: by the own schedule, or of a training that it includes.

    Trainings that include each other are read once.
    """
    waiting, read = [case.facts["training_id"]], set[int]()
    while waiting:
        training = waiting.pop()
        facts = case.person.get(training)
        if training in read or facts is None:
            continue
        read.add(training)
        source = facts["expiration_source"]
        if source == "composed":
            source = facts["own_expiration_source"]
            waiting += case.included_in(training)
        if source == "unknown":
            return True
    return False


def _status(case: Case) -> Step:
    facts = case.facts
    by_status = {EXPIRED: text.EXPIRED, EXPIRING: text.COMPOSED_EXPIRING}
    sentence = by_status.get(facts["status"], text.COMPOSED_CURRENT)
    if facts["expiration_date"] is None:
        sentence = text.NO_END if _has_unknown(case) else text.NEVER_ENDS
    said = case.say(sentence, days=abs(facts["days_left"] or 0), starts=facts["starts_expiring"])
    return step("composed", said, as_of=case.as_of, **case.result)
