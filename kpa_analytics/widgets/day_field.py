"""A date, which counts only once it is whole."""

from __future__ import annotations

from datetime import date
from typing import Any

import anywidget
import traitlets

from kpa_analytics.widgets.style import HERE


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


class DayField(anywidget.AnyWidget):
    """A field for a date, with a calendar.

    The browser sends a day on Enter, when the reader leaves the field, after a pause in typing, and
    at once if it is picked from the calendar. A date that is not whole stays in the field, with a
    note. If the reader clears the field, `value` becomes None.
    """

    _esm = HERE / "day_field.js"
    label = traitlets.Unicode().tag(sync=True)
    hint = traitlets.Unicode().tag(sync=True)
    value: Any = traitlets.Instance(date, allow_none=True).tag(
        sync=True, to_json=_to_text, from_json=_to_day
    )

    def __init__(self, label: str, hint: str) -> None:
        super().__init__(label=label, hint=hint)
