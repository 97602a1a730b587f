"""One case on one day, as the steps of an explanation see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kpa_analytics.analysis.explanations import explain_texts as text
from kpa_analytics.analysis.explanations.case_facts import CaseFacts
from kpa_analytics.analysis.explanations.explanation_step import Step, step
from kpa_analytics.analysis.schedule_texts import schedule_text
from kpa_analytics.statuses import STATUS_LABELS
from kpa_analytics.wording import one_line, say

#: The fields of the catalogue that each kind of schedule uses, and where `schedules` has them.
FIELDS = {
    "window": (
        *("window_open_month", "window_open_day", "window_close_month", "window_close_day"),
        "offered",
    ),
    "fixed": ("expires_on_month", "expires_on_day", "renewal_months"),
    "rolling": ("renewal_months",),
    "never": ("renewal_months",),
    "unknown": (),
}


def _record_in_words(values: Mapping[str, Any]) -> dict[str, str]:
    """The record of a sentence in words, and the same with a capital letter."""
    if "record" not in values:
        return {}
    known = values["record"] is not None
    record = say(text.RECORD, id=values["record"]) if known else text.WITHOUT_ID
    return {"record": record, "Record": f"{record[:1].upper()}{record[1:]}"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One case, the facts behind it, and everything that is known of the same person.

    Attributes:
        facts: a row of `case_facts()`.
        person: the facts of all cases of this person, by training.
        catalogue: every training of the catalogue, by id.
        as_of: the day.
        expiring_days: the number for trainings without their own.
    """

    facts: CaseFacts
    person: dict[int, CaseFacts]
    catalogue: dict[int, dict[str, Any]]
    as_of: date
    expiring_days: int

    def say(self, sentence: str, **values: Any) -> str:
        """Fill in a sentence with the names of this case, its day, its status, and values.

        A value `record` is the id of a record, or None if it has no id.
        """
        label = STATUS_LABELS[self.facts["status"]].lower() if self.facts["status"] else ""
        return say(
            sentence,
            user=one_line(self.facts["user"]),
            training=one_line(self.facts["training"]),
            training_id=self.facts["training_id"],
            as_of=self.as_of,
            status=label,
            **values | _record_in_words(values),
        )

    def title(self, training: int) -> str:
        """The title of any training of the catalogue, or its id."""
        title = (self.catalogue.get(training) or {}).get("title") or ""
        return one_line(title) if title.strip() else str(training)

    @property
    def included(self) -> list[int]:
        """The ids of the trainings that this one includes."""
        return self.included_in(self.facts["training_id"])

    def included_in(self, training: int) -> list[int]:
        """The ids of the trainings that any training of the catalogue includes."""
        known = self.catalogue.get(training) or {}
        return sorted({*(known.get("included_trainings_id") or [])} - {None})

    @property
    def days(self) -> dict[str, Any]:
        """The expiring days that apply, and their source."""
        own = self.facts["expiring_days"]
        number = self.expiring_days if own is None else own
        return {
            "expiring_days": number,
            "expiring_days_from": "default" if own is None else "training",
        }

    def schedule(self) -> tuple[str, str]:
        """The schedule of the training in words, and the field of the catalogue it comes from."""
        training = self.catalogue[self.facts["training_id"]]
        schedule, source = schedule_text(training, self.facts["rule"], self.as_of)
        return one_line(schedule), source

    def fields(self) -> dict[str, Any]:
        """The kind of schedule, and the fields of the catalogue that it uses."""
        rule = self.facts["rule"] or "unknown"
        return {"schedule": rule, **{name: self.facts[name] for name in FIELDS[rule]}}

    @property
    def result(self) -> dict[str, Any]:
        """The end of every explanation: the expiration date, the days around it, the status."""
        names = ("expiration_date", "days_left", "starts_expiring", "status")
        return {name: self.facts[name] for name in names}

    def later(self) -> str:
        """The sentence about completions dated after the day, if there are any."""
        later = self.facts["later"] or 0
        return self.say(text.NOT_COUNTED, later=later) if later else ""


def schedule_sentence(case: Case) -> str:
    """The schedule of the training, and the field of the catalogue it comes from."""
    if case.facts["rule"] is None:
        return case.say(text.NOT_IN_CATALOGUE)
    schedule, source = case.schedule()
    sentence = case.say(text.SCHEDULES[case.facts["rule"]], schedule=schedule)
    return f"{sentence} {say(text.FROM_CATALOGUE, source=source)}."


def left(case: Case) -> list[Step]:
    """The step about a person who has left; none for the others, or where there is no case."""
    facts = case.facts
    if not facts["has_left"] or facts["status"] is None:
        return []
    days = {name: facts[name] for name in ("hired", "left", "back")}
    return [step("left", case.say(text.LEFT, left=facts["left"]), as_of=case.as_of, **days)]
