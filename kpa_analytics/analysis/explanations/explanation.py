"""An explanation: the steps from the record to the status of one case, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from kpa_analytics.analysis.explanations import explain_texts as text
from kpa_analytics.analysis.explanations.explanation_html import explanation_html
from kpa_analytics.analysis.explanations.explanation_step import Step, json_value
from kpa_analytics.report_text import DEMO_MARK
from kpa_analytics.statuses import STATUS_LABELS
from kpa_analytics.wording import one_line, say


@dataclass(frozen=True, kw_only=True, repr=False)
class Explanation:
    """Why one case has its status, as `explain()` returns it.

    `print()` shows it as text, Jupyter as HTML.

    Attributes:
        m_user_id, user: the person's id and name.
        training_id, training: the training's id and title.
        as_of: the day of the status.
        status: the status, as in `expiry_status()`; None if there is no case on that day.
        expiration_date: the expiration date, as in `expiry_status()`; None if there is none.
        steps: the steps from the record to the status, at most six.
        next_steps: what to do next about an expired, missing or expiring case, one sentence each,
            with the rule: whose list the case is on, who may teach it, and the place in a plan.
        demo: whether the records are invented.
    """

    m_user_id: str
    user: str
    training_id: int
    training: str
    as_of: date
    status: str | None
    expiration_date: date | None
    steps: tuple[Step, ...]
    demo: bool = False
    next_steps: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The person and the training, on one line."""
        return say(text.HEADING, user=one_line(self.user), training=one_line(self.training))

    @property
    def subtitle(self) -> str:
        """The status as of the day, and the expiration date."""
        label = STATUS_LABELS[self.status] if self.status else text.NOT_COUNTED_STATUS
        sentence = text.SUBTITLE_UNTIL if self.expiration_date else text.SUBTITLE
        return say(sentence, status=label, as_of=self.as_of, expires=self.expiration_date)

    def to_dict(self) -> dict[str, Any]:
        """The explanation as plain values for JSON; days are ISO texts such as `2026-06-30`."""
        return {
            "m_user_id": self.m_user_id,
            "user": self.user,
            "training_id": self.training_id,
            "training": self.training,
            "as_of": self.as_of.isoformat(),
            "status": self.status,
            "expiration_date": json_value(self.expiration_date),
            "steps": [each.to_dict() for each in self.steps],
            "next_steps": [*self.next_steps],
            "demo": self.demo,
        }

    def __str__(self) -> str:
        steps = [f"{number}. {each}" for number, each in enumerate(self.steps, 1)]
        marked = [DEMO_MARK] if self.demo else []
        listed = [f"- {each}" for each in self.next_steps]
        what_next = [text.NEXT_STEPS, *listed] if listed else []
        return "\n".join([*marked, self.title, self.subtitle, *steps, *what_next])

    def __repr__(self) -> str:
        return f"<Explanation: {self.title}. {self.subtitle}>"

    def _repr_html_(self) -> str:
        return explanation_html(
            self.title,
            self.subtitle,
            status=self.status,
            steps=self.steps,
            next_steps=self.next_steps,
            demo=self.demo,
        )
