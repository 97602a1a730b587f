"""How charts show the outcomes of certificates that came due: sign and colour, worst first."""

from __future__ import annotations

import altair as alt

from kpa_analytics.charts import axes
from kpa_analytics.outcomes import (
    LAPSED,
    OUTCOME_LABELS,
    PENDING,
    RENEWED_LATE,
    RENEWED_ON_TIME,
)
from kpa_analytics.statuses import (
    CURRENT,
    EXPIRED,
    EXPIRING,
    NOT_DUE,
    STATUS_SIGNS,
    status_colours,
)

#: Each outcome, and the status whose sign and colour it has.
_LOOKS = {LAPSED: EXPIRED, RENEWED_LATE: EXPIRING, PENDING: NOT_DUE, RENEWED_ON_TIME: CURRENT}
WORST_FIRST = tuple(_LOOKS)
SIGNED = {
    outcome: f"{STATUS_SIGNS[status]} {OUTCOME_LABELS[outcome]}"
    for outcome, status in _LOOKS.items()
}


def outcome_colours(dark: bool) -> dict[str, str]:
    """The colour of each outcome."""
    colours = status_colours(dark)
    return {outcome: colours[status] for outcome, status in _LOOKS.items()}


def outcome_colour(shown: list[str], dark: bool) -> alt.Color:
    """Colour by outcome. The legend shows the sign and label of these outcomes."""
    colours = outcome_colours(dark)
    return alt.Color(
        "outcome:N",
        scale=alt.Scale(domain=shown, range=[colours[name] for name in shown]),
        legend=axes.legend(shown, OUTCOME_LABELS, SIGNED),
    )
