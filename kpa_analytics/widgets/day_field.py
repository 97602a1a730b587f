"""A date, which counts only once it is whole."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import traitlets

from kpa_analytics.widgets.style import HERE
from kpa_analytics.widgets.typed_field import TypedField
from kpa_analytics.wording import day as in_words

_EXAMPLES = "such as 30 Jun 2026 or 2026-06-30"
#: A year before 1000.
_EARLY = re.compile(r"\b0\d{3}\b")


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
    """A field for a day, which it shows as every other part does, e.g. `30 Jun 2026`.

    The browser sends a day on Enter, when the reader leaves the field, after a pause in typing, and
    at once if it is picked from the calendar. It takes 30 Jun 2026, 30 June 2026, Jun 30, 2026 and
    2026-06-30; in 06/07/2026, day and month could be either. Instead of a text that it refuses,
    the field shows its value again. If the reader clears the field, `value` becomes None.
    """

    _esm = HERE / "day_field.js"
    value: Any = traitlets.Instance(date, allow_none=True).tag(
        sync=True, to_json=_to_text, from_json=_to_day
    )

    def __init__(self, label: str, hint: str) -> None:
        super().__init__(label=label, hint=hint)

    def refusal(self, text: str, shown: Any) -> str:
        """Say what is wrong with a text that is not a date, or not in the years 1000 to 9999.

        Examples:
            >>> field, day = DayField("As of", ""), date(2026, 6, 30)
            >>> field.refusal("06/07/2026", day)  # doctest: +NORMALIZE_WHITESPACE
            "As of must be a date such as 30 Jun 2026 or 2026-06-30, not '06/07/2026':
            30 Jun 2026 is still shown."
            >>> field.refusal("30 Jun 0020", day)  # doctest: +NORMALIZE_WHITESPACE
            "As of must be a date in the years 1000 to 9999, not '30 Jun 0020':
            30 Jun 2026 is still shown."
        """
        wanted = "in the years 1000 to 9999" if _EARLY.search(text) else _EXAMPLES
        but, kept = self.quoted(text), in_words(shown)
        return f"{self.label} must be a date {wanted}, not {but}: {kept} is still shown."
