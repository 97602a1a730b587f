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
#: A text in the form of a date.
_COMPLETE = re.compile(
    r"\d{1,2}[ -][a-z]{3,}[ -]\d{4}|[a-z]{3,} \d{1,2}[ ,]+\d{4}|\d{4}-\d{1,2}-\d{1,2}",
    re.IGNORECASE,
)
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
    """A field for a day. It shows the day in words, e.g. `30 Jun 2026`.

    The browser sends a day on Enter, when the reader leaves the field, after a pause in typing, and
    at once if it is picked from the calendar. The reader may type `30 Jun 2026`, `30 June 2026`,
    `Jun 30, 2026` or `2026-06-30`. The field refuses `06/07/2026`, where nobody can tell the day
    from the month. If it refuses a text, it shows its value again. If the reader clears the field,
    `value` becomes None.
    """

    _esm = HERE / "day_field.js"
    value: Any = traitlets.Instance(date, allow_none=True).tag(
        sync=True, to_json=_to_text, from_json=_to_day
    )

    def __init__(self, label: str, hint: str) -> None:
        super().__init__(label=label, hint=hint)

    def refusal(self, text: str, shown: Any) -> str:
        """Say why a text is refused.

        Examples:
            >>> field, day = DayField("As of", ""), date(2026, 6, 30)
            >>> field.refusal("06/07/2026", day)  # doctest: +NORMALIZE_WHITESPACE
            "As of must be a date such as 30 Jun 2026 or 2026-06-30, not '06/07/2026':
            30 Jun 2026 is still shown."
            >>> field.refusal("31 Jun 2026", day)
            "As of must be a date that exists, not '31 Jun 2026': 30 Jun 2026 is still shown."
            >>> field.refusal("30 Jun 0020", day)  # doctest: +NORMALIZE_WHITESPACE
            "As of must be a date in the years 1000 to 9999, not '30 Jun 0020':
            30 Jun 2026 is still shown."
        """
        wanted = "that exists" if _COMPLETE.fullmatch(text.strip()) else _EXAMPLES
        if _EARLY.search(text):
            wanted = "in the years 1000 to 9999"
        but, kept = self.quoted(text), in_words(shown)
        return f"{self.label} must be a date {wanted}, not {but}: {kept} is still shown."
