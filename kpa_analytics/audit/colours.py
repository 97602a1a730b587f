"""The colours of pages and documents: those of statuses, of warnings and of the demo's notice."""

from __future__ import annotations

from kpa_analytics.charts.theme import palette
from kpa_analytics.statuses import EXPIRING, status_colours


def colours(dark: bool = False) -> dict[str, str]:
    """The colour of each status, and of the other parts of a page that are not black on white.

    A warning has the colour of what expires soon at its edge, on `warning`.

    Args:
        dark: for a dark background. The notice of demo data looks the same on both.

    Returns:
        The colours, `#RRGGBB`, by name.

    Examples:
        >>> [*colours()][-3:]
        ['demo', 'warning', 'warning_edge']
    """
    of_statuses = status_colours(dark)
    return {
        **of_statuses,
        "demo": palette().demo,
        "warning": palette(dark).warning,
        "warning_edge": of_statuses[EXPIRING],
    }
