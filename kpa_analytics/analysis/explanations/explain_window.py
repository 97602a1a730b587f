"""The steps of a completion of a window training. docs/rules.md section 2."""

from __future__ import annotations

from kpa_analytics.analysis.explanations import explain_texts as text
from kpa_analytics.analysis.explanations.explain_case import Case, schedule_sentence
from kpa_analytics.analysis.explanations.explanation_step import Step, step
from kpa_analytics.statuses import CURRENT, EXPIRED


def window_steps(case: Case) -> list[Step]:
    """The window, the last offering, the day to renew by, and the status."""
    return [_window(case), _offering(case), _renewal(case), _status(case)]


def _window(case: Case) -> Step:
    offered = case.facts["offered"]
    future = offered is not None and offered > case.as_of
    return step(
        "future offering" if future else "window",
        schedule_sentence(case),
        case.say(text.FUTURE_OFFERING, offered=offered) if future else "",
        training_id=case.facts["training_id"],
        as_of=case.as_of,
        **case.fields(),
    )


def _offering(case: Case) -> Step:
    facts = case.facts
    if facts["offering_opens"] is None:
        key, sentence = "window", text.NOT_OFFERED
    else:
        key = "window offering"
        sentence = text.BEFORE_OFFERING if facts["superseded"] else text.SINCE_OFFERING
    return step(
        key,
        case.say(sentence, offering=facts["offering_opens"]),
        record=facts["completion_id"],
        date=facts["date"],
        superseded_by_offering=facts["superseded"],
        offering_opens=facts["offering_opens"],
    )


def _renewal(case: Case) -> Step:
    """The window in which the completion must be renewed, or should have been."""
    facts = case.facts
    opens, closes = facts["starts_expiring"], facts["expiration_date"]
    early = facts["superseded"] and (facts["offering_opens"] - closes).days == 1
    if not facts["superseded"]:
        key, sentence = "window renewal", text.RENEWAL
    elif facts["in_time"]:
        key, sentence = "window time left", text.TIME_LEFT
    else:
        key, sentence = "window expired", text.ENDED_EARLY if early else text.WINDOW_EXPIRED
    said = case.say(
        sentence, opens=opens, closes=closes, expires=closes, since=facts["in_time_since"]
    )
    return step(
        key,
        said,
        record=facts["completion_id"],
        date=facts["date"],
        as_of=case.as_of,
        in_time_since=facts["in_time_since"],
        expiration_date=closes,
        starts_expiring=opens,
    )


def _status(case: Case) -> Step:
    facts = case.facts
    if facts["status"] == EXPIRED:
        key, sentence = "good through", text.EXPIRED
    else:
        key = "window time left" if facts["superseded"] else "window renewal"
        sentence = text.WINDOW_SHUT if facts["status"] == CURRENT else text.WINDOW_OPEN
    return step(
        key,
        "" if facts["status"] == EXPIRED else text.BY_WINDOW,
        case.say(sentence, days=abs(facts["days_left"])),
        record=facts["completion_id"],
        as_of=case.as_of,
        **case.result,
    )
