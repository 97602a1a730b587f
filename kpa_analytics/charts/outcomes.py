"""The outcomes of certificates that came due: label, sign and colour, worst first."""

from __future__ import annotations

import altair as alt

from kpa_analytics.charts import axes
from kpa_analytics.statuses import (
    CURRENT,
    EXPIRED,
    EXPIRING,
    NOT_DUE,
    STATUS_SIGNS,
    status_colours,
)

#: Each outcome, the status whose sign and colour it has, and its label.
_LOOKS = {
    "lapsed": (EXPIRED, "Lapsed"),
    "late": (EXPIRING, "Late"),
    "pending": (NOT_DUE, "Pending"),
    "on_time": (CURRENT, "On time"),
}
OUTCOMES = tuple(_LOOKS)
LABELS = {name: label for name, (_, label) in _LOOKS.items()}
SIGNED = {name: f"{STATUS_SIGNS[status]} {label}" for name, (status, label) in _LOOKS.items()}


def outcome_colours(dark: bool) -> dict[str, str]:
    """The colour of each outcome."""
    colours = status_colours(dark)
    return {name: colours[status] for name, (status, _) in _LOOKS.items()}


def outcome_colour(shown: list[str], dark: bool) -> alt.Color:
    """Colour by outcome. The legend shows the sign and label of these outcomes."""
    colours = outcome_colours(dark)
    return alt.Color(
        "outcome:N",
        scale=alt.Scale(domain=shown, range=[colours[name] for name in shown]),
        legend=axes.legend(shown, LABELS, SIGNED),
    )
