"""A date, which counts only once it is whole."""

from __future__ import annotations

from datetime import date
from typing import Any

import traitlets

from kpa_analytics.widgets.style import HERE
from kpa_analytics.widgets.typed_field import TypedField
from kpa_analytics.wording import day as in_words


def _to_text(day: date | None, _: Any) -> str | None:
    return day.isoformat() if day else None


def _to_day(text: str | None, field: DayField) -> date | None:
    """The day that the browser sends, or the present one if Python has no such day."""
    try:
        return date.fromisoformat(text) if text else None
    except (TypeError, ValueError):
        field.send_state("value")
        kept: date | None = field.value
        return kept


class DayField(TypedField):
    """A field for a date, with a calendar.

    The browser sends a day on Enter, when the reader leaves the field, after a pause in typing, and
    at once if it is picked from the calendar. Instead of a date that is not whole or not allowed,
    the field shows its value again. If the reader clears the field, `value` becomes None.
    """

    _esm = HERE / "day_field.js"
    value: Any = traitlets.Instance(date, allow_none=True).tag(
        sync=True, to_json=_to_text, from_json=_to_day
    )

    def __init__(self, label: str, hint: str) -> None:
        super().__init__(label=label, hint=hint)

    def refusal(self, text: str, shown: Any) -> str:
        """Say what is wrong with a date of the year `text`, or with a part of a date.

        Examples:
            >>> field, day = DayField("As of", ""), date(2026, 6, 30)
            >>> field.refusal("0001", day)
            'As of must be a date in the years 1000 to 9999, not 0001: 30 Jun 2026 is still shown.'
            >>> field.refusal("", day)
            'As of must be a complete date: 30 Jun 2026 is still shown.'
        """
        wanted = f"date in the years 1000 to 9999, not {text}" if text else "complete date"
        return f"{self.label} must be a {wanted}: {in_words(shown)} is still shown."
