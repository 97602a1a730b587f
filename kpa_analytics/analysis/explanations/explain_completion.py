"""The steps of a case with a completion of its own: which counts, when it expires, the status."""

from __future__ import annotations

from kpa_analytics.analysis.explanations import explain_texts as text
from kpa_analytics.analysis.explanations.explain_case import Case, schedule_sentence
from kpa_analytics.analysis.explanations.explain_window import window_steps
from kpa_analytics.analysis.explanations.explanation_step import Step, step
from kpa_analytics.statuses import EXPIRED, EXPIRING
from kpa_analytics.wording import say


def completion_steps(case: Case) -> list[Step]:
    """The steps from the latest completion to the status."""
    latest = _latest(case)
    if case.facts["expiration_source"] == "window":
        return [latest, *window_steps(case)]
    return [latest, _schedule(case), _end(case), status_step(case)]


def _latest(case: Case) -> Step:
    facts = case.facts
    record, done = facts["completion_id"], facts["date"]
    earlier, special = facts["counted"] - 1, facts["latest_special"]
    longer = special and facts["expiration_date"] and special > facts["expiration_date"]
    return step(
        "latest",
        case.say(text.LATEST if done else text.UNDATED, record=record, done=done),
        say(text.SUPERSEDES, earlier=earlier) if earlier else "",
        say(text.LATER_SPECIAL, special=special) if earlier and longer else "",
        case.later(),
        record=record,
        as_of=case.as_of,
        date=done,
        superseded=earlier,
        later=facts["later"],
    )


def _schedule(case: Case) -> Step:
    """The rule by which the completion expires."""
    facts, source = case.facts, case.facts["expiration_source"]
    if source == "special":
        special = facts["expiration_date"]
        return step(
            "special",
            case.say(text.SPECIAL, record=facts["completion_id"], special=special),
            record=facts["completion_id"],
            special_expiration_date=special,
        )
    return step(source, schedule_sentence(case), training_id=facts["training_id"], **case.fields())


def _end(case: Case) -> Step:
    """The last day on which the completion is valid."""
    facts, source = case.facts, case.facts["expiration_source"]
    record, done, expires = facts["completion_id"], facts["date"], facts["expiration_date"]
    if expires is None:
        sentence = text.NEVER if source == "never" else text.UNKNOWN
        return step(source, sentence, record=record, date=done, expiration_date=None)
    until = say(valid_sentence(case), expires=expires)
    key, why = source, ""
    if source == "special":
        key = "good through"
    elif source == "fixed":
        why = _fixed_day(case)
    elif expires.day < done.day:
        key = "shorter month"
        why = say(text.SHORTER_MONTH, months=facts["renewal_months"], done=done, day=done.day)
    return step(key, why, until, record=record, date=done, expiration_date=expires)


def valid_sentence(case: Case) -> str:
    """The sentence about the last valid day, in the tense of the day of the status."""
    return text.WAS_VALID if case.facts["status"] == EXPIRED else text.IS_VALID


def _fixed_day(case: Case) -> str:
    facts = case.facts
    within = facts["renewal"] and facts["expiration_date"] <= facts["renewal"]
    return say(
        text.FIXED_WITHIN if within else text.FIXED_NEXT,
        months=facts["renewal_months"] or 0,
        done=facts["date"],
        expires=facts["expiration_date"],
    )


def status_step(case: Case) -> Step:
    """The status on the day, by the expiration date and the expiring days."""
    facts = case.facts
    sentence = {EXPIRED: text.EXPIRED, EXPIRING: text.EXPIRING}.get(facts["status"], text.CURRENT)
    if sentence == text.EXPIRING and facts["date"] and facts["date"] > facts["starts_expiring"]:
        sentence = text.EXPIRING_AT_ONCE
    if facts["expiration_date"] is None:
        never = facts["expiration_source"] == "never"
        sentence = text.NEVER_ENDS if never else text.NO_END
    own = case.days["expiring_days_from"] == "training"
    said = case.say(
        sentence,
        days=abs(facts["days_left"] or 0),
        starts=facts["starts_expiring"],
        expiring_days=case.days["expiring_days"],
        source=text.TRAININGS_OWN_DAYS if own else text.DEFAULT_DAYS,
    )
    return step(
        "good through",
        said,
        record=facts["completion_id"],
        as_of=case.as_of,
        **case.days,
        **case.result,
    )
