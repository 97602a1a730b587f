"""The next steps of an open case: whose list it is on, who may teach it, and its session.

The lists, the eligible instructors and the places are those of `supervisor_lists()`,
`eligible_instructors()` and `plan_sessions()`. Lists and instructors are read once, when the first
open case needs them. docs/rules.md sections 10 to 12.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache, cached_property
from typing import Any

import polars as pl

from kpa_analytics.analysis.eligible_instructors import eligible_instructors, nobody_taught
from kpa_analytics.analysis.engine import Rules
from kpa_analytics.analysis.explanations import explain_texts as text
from kpa_analytics.analysis.explanations.explain_case import Case
from kpa_analytics.analysis.planning.instructor_weeks import why_not_eligible
from kpa_analytics.analysis.planning.session_plan import SessionPlan
from kpa_analytics.analysis.planning.session_texts import ONLY_INSTRUCTOR
from kpa_analytics.analysis.single_trainings import single_trainings
from kpa_analytics.analysis.supervisor_lists import supervisor_lists
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.employment import employment, has_left
from kpa_analytics.errors import KPADataError
from kpa_analytics.names import people_names
from kpa_analytics.schema import EXPIRY_STATUS
from kpa_analytics.statuses import OPEN
from kpa_analytics.wording import listing, one_line, say

#: The most instructors in a sentence, and the most trainings with sentences of their own.
_MOST = 3


def check_plan(plan: object) -> None:
    """Raise a KPADataError unless `plan` is a plan of sessions, or None."""
    if plan is not None and not isinstance(plan, SessionPlan):
        kind = type(plan).__name__
        raise KPADataError(f"plan must be the result of plan_sessions() or None, not {kind}")


class NextSteps:
    """Says what to do next about the open cases of one set of records on one day.

    Args:
        data: the records.
        rules: the rules of their catalogue.
        as_of: the day.
    """

    def __init__(self, data: TrainingData, rules: Rules, as_of: date) -> None:
        self._data, self._included, self._as_of = data, rules.included, as_of
        self._why_nobody = cache(self._reason)

    def of(self, case: Case, plan: SessionPlan | None) -> tuple[str, ...]:
        """Sentences about an open case of a person who is employed; none about any other case."""
        facts = case.facts
        if facts["status"] not in OPEN or facts["has_left"]:
            return ()
        return tuple(self._sentences(case, plan))

    def _sentences(self, case: Case, plan: SessionPlan | None) -> Iterator[str]:
        yield _cited(self._list(case), text.LISTS)
        trainings = self._to_complete(case)
        titles = [_title(case, training) for training in trainings]
        if trainings != [case.facts["training_id"]]:
            yield _cited(case.say(text.THROUGH, listed=listing(titles)), text.SESSIONS)
        for training in trainings[:_MOST]:
            yield _cited(self._teaching(case, training), text.TEACHING)
        if plan is not None:
            for sentence in _places(case, trainings, plan):
                yield _cited(sentence, text.SESSIONS)

    def _list(self, case: Case) -> str:
        """The supervisor on whose list the case is, or the reason why it is on nobody's."""
        supervisor = self._supervisors.get(case.facts["m_user_id"])
        if supervisor is None:
            reason, values = self._why_nobody(case.facts["m_user_id"])
            return case.say(reason, **values)
        return case.say(text.ON_LIST, supervisor=one_line(supervisor))

    @cached_property
    def _supervisors(self) -> dict[str, str | None]:
        """The supervisor on whose list an open case of each person is."""
        open_cases = [
            {"m_user_id": person, "status": OPEN[0]} for person in self._data.users["id"].unique()
        ]
        status = pl.DataFrame(open_cases, schema=EXPIRY_STATUS.schema)
        listed = supervisor_lists(status, self._data.users, as_of=self._as_of)
        return dict(listed.select("m_user_id", "supervisor").iter_rows())

    def _reason(self, person: str) -> tuple[str, dict[str, Any]]:
        """Why no supervisor's list has the cases of a person: a text and its values."""
        users = self._data.users
        profile = users.filter(pl.col("id") == person).head(1)
        if profile.is_empty():
            return text.NO_PROFILE, {}
        supervisor = profile["supervisor_id"].item()
        if not (supervisor or "").strip():
            return text.NO_SUPERVISOR, {}
        of_supervisor = users.filter(pl.col("id") == supervisor)
        name = people_names(of_supervisor, "id", "name").collect()["name"].to_list()
        values = {"supervisor": one_line(name[0] if name else supervisor)}
        gone = employment(of_supervisor).filter(has_left(self._as_of)).collect()
        if gone.is_empty():
            return text.SUPERVISOR_UNKNOWN, values
        return text.SUPERVISOR_LEFT, {**values, "left": gone["left"].item()}

    def _to_complete(self, case: Case) -> list[int]:
        """The trainings to complete: the case's own, or those that a composed one still needs.

        As in plans of sessions, these are the included trainings that the person never completed or
        that are due. If there are none, it is the one that expires first.
        """

        def fact(training: int, name: str) -> Any:
            return case.person[training][name] if training in case.person else None

        def has_own_proof(training: int) -> bool:
            return bool(fact(training, "own_proof"))

        def ends(training: int) -> date:
            return fact(training, "expiration_date") or date.max

        def needed(training: int) -> set[int]:
            if training not in self._included or has_own_proof(training):
                return {training}
            due = [
                each
                for each in self._included[training]
                if not fact(each, "completed") or fact(each, "status") in OPEN
            ]
            if due:
                return {single for each in due for single in needed(each)}
            return {
                min(sorted(single_trainings(training, self._included, has_own_proof)), key=ends)
            }

        return sorted(needed(case.facts["training_id"]))

    @cached_property
    def _instructors(self) -> dict[int, tuple[dict[str, str], str]]:
        """The eligible instructors of each training by id, and why the others are not eligible.

        Certificates of instructors may be outside the part of the records that is explained.
        """
        data = self._data.whole
        rows = eligible_instructors(data.completions, data.trainings, data.users, as_of=self._as_of)
        return {
            training: (_eligible(people), why_not_eligible(people.filter(~pl.col("eligible"))))
            for (training,), people in rows.group_by("training_id", maintain_order=True)
        }

    def _teaching(self, case: Case, training: int) -> str:
        """The instructors who may teach a training to this person, or the reason why nobody may."""
        title = _title(case, training)
        eligible, why_not = self._instructors.get(training, ({}, nobody_taught()))
        person = case.facts["m_user_id"]
        names = [name for each, name in eligible.items() if each != person]
        if names:
            return case.say(text.TAUGHT_BY, title=title, names=listing(names, _MOST))
        reason = ONLY_INSTRUCTOR if eligible else one_line(why_not)
        return case.say(text.TAUGHT_BY_NOBODY, title=title, reason=reason)


def _title(case: Case, training: int) -> str:
    title = case.title(training)
    return say(text.UNTITLED, training=training) if title == str(training) else title


def _eligible(instructors: pl.DataFrame) -> dict[str, str]:
    """The eligible instructors by id, with the last day of each."""
    columns = ("m_instructor_id", "instructor", "eligible_until")
    eligible = instructors.filter("eligible").select(columns).iter_rows()
    return {person: _until(name, until) for person, name, until in eligible}


def _until(instructor: str, until: date | None) -> str:
    """An eligible instructor, and the last day of being eligible."""
    if until is None:
        return say(text.NO_LAST_DAY, instructor=one_line(instructor))
    return say(text.LAST_DAY, instructor=one_line(instructor), until=until)


def _cited(sentence: str, section: str) -> str:
    return f"{sentence} ({section})"


def _places(case: Case, trainings: list[int], plan: SessionPlan) -> Iterator[str]:
    """The places of the plan for this person in these trainings, and the reasons for none."""
    mine = (pl.col("m_user_id") == case.facts["m_user_id"]) & pl.col("training_id").is_in(trainings)
    places = plan.people.filter(mine).join(
        plan.sessions.select("session", "instructor"), on="session", how="left"
    )
    without = plan.unplaced.filter(mine)
    for place in places.sort("week", "session").iter_rows(named=True):
        yield _said(case, text.PLACE, place)
    for place in without.iter_rows(named=True):
        yield _said(case, text.NO_PLACE, place)
    if places.is_empty() and without.is_empty():
        yield case.say(text.NOT_IN_PLAN, day=plan.as_of, end=plan.last_day)


def _said(case: Case, sentence: str, place: dict[str, Any]) -> str:
    return case.say(
        sentence,
        title=_title(case, place["training_id"]),
        week=place.get("week"),
        instructor=one_line(place.get("instructor") or ""),
        reason=one_line(place["reason"]),
    )
