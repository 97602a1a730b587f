"""A field for a whole number, which refuses every other text and says so."""

from __future__ import annotations

from typing import Any

import traitlets

from kpa_analytics.widgets.style import HERE
from kpa_analytics.widgets.traits import WholeNumber
from kpa_analytics.widgets.typed_field import TypedField


class NumberField(TypedField):
    """A field for a number that a choice allows.

    The browser sends a number on Enter and when the reader leaves the field. If it is not allowed,
    the field shows its value again.

    Args:
        label: the name above the field.
        hint: its tooltip.
        choice: the choice; the field allows its numbers.
    """

    _esm = HERE / "number_field.js"
    least = traitlets.Int().tag(sync=True)
    most = traitlets.Int().tag(sync=True)
    value = traitlets.Int().tag(sync=True)

    def __init__(self, label: str, hint: str, choice: WholeNumber) -> None:
        self._allowed = choice.info_text
        super().__init__(label=label, hint=hint, least=choice.least, most=choice.most)

    def refusal(self, text: str, shown: Any) -> str:
        """Say which numbers are allowed, and which is still shown.

        Examples:
            >>> choice = WholeNumber(26, 1, 52, help="")
            >>> NumberField("Weeks", "", choice).refusal("1e3", 26)
            "Weeks must be a whole number from 1 to 52, not '1e3': 26 is still shown."
        """
        but = f", not {self.quoted(text)}" if text else ""
        return f"{self.label} must be {self._allowed}{but}: {shown:,} is still shown."
