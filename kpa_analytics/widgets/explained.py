"""The case that the expiry explorer explains, as a trait, and the panel that says why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ipywidgets as ipw

from kpa_analytics.analysis.explanations.explanation import Explanation
from kpa_analytics.schema import CASE_KEY
from kpa_analytics.whole_number import plain_number
from kpa_analytics.widgets.traits import Choice, ChoiceError

#: A case: its `m_user_id` and its `training_id`.
CaseKey = Mapping[str, Any]

_HINT = '<p class="kpa-time">Click a row of the table to read why it has its status.</p>'


class OneCase(Choice[CaseKey | None, CaseKey | None]):
    """One case, e.g. a row of the table, or None."""

    default_value = None
    info_text = "a case such as {'m_user_id': '5e58', 'training_id': 7}, or None"

    def validate(self, obj: Any, value: object) -> CaseKey | None:
        """Keep the ids of the person and the training."""
        if value is None:
            return None
        if not isinstance(value, Mapping) or not value.keys() >= {*CASE_KEY}:
            self.refuse(value)
        case = {name: plain_number(value[name]) for name in CASE_KEY}
        if case["m_user_id"] is None:
            raise ChoiceError("explained: a case without m_user_id has no explanation").on_screen(
                "The records of this case name no person, so its status cannot be explained."
            )
        if not isinstance(case["m_user_id"], str) or type(case["training_id"]) is not int:
            self.refuse(case)
        return case


def why_panel() -> ipw.Widget:
    """The panel below the table, for `why`."""
    panel = ipw.HTML(why(None))
    panel.add_class("kpa-why")
    return panel


def why(explanation: Explanation | None) -> str:
    """An explanation as HTML, or a sentence that says how to get one."""
    return explanation._repr_html_() if explanation else _HINT
