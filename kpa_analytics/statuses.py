"""Every status as data: what it is called, its sign, its colours, and how bad it is.

This is the only place that spells a status' label, sign or colour. Charts, explorers, the audit
pack and the command line take theirs from here.
"""

from __future__ import annotations

from typing import NamedTuple


class Status(NamedTuple):
    """One status of a case (one person and one training).

    Attributes:
        name: as `expiry_status()` writes it.
        label: as a person reads it.
        sign: a character that stands beside the colour, so that no status is told by colour alone.
            Arial has every one of them.
        path: the sign as an SVG path, from -1 to 1 on both axes: a chart of a thousand cells draws
            paths five times faster than text.
        severity: 1 is the worst. Stacked bars, legends and tables are in this order.
        gap: the person does not have what is required.
        from_requirements: it can be found only where a list of requirements is known.
        light: the colour on a light background.
        dark: the colour on a dark background.
    """

    name: str
    label: str
    sign: str
    path: str
    severity: int
    gap: bool
    from_requirements: bool
    light: str
    dark: str


_DISC = "M-1,0A1,1,0,1,1,1,0A1,1,0,1,1,-1,0Z"

#: Every status, in the order of the Enum that columns of statuses have.
#:
#: The colours are safe for deuteranopia, protanopia and tritanopia, and five distinct greys in
#: print: on white the lightness (L*) runs from 19 (missing) to 90 (not due).
EVERY_STATUS = (
    Status(
        *("current", "Current", "●", _DISC),
        severity=4,
        gap=False,
        from_requirements=False,
        light="#3F9D8C",
        dark="#2B7D76",
    ),
    Status(
        *("expiring", "Expiring soon", "▲", "M0,-.9L1,.8L-1,.8Z"),
        severity=3,
        gap=False,
        from_requirements=False,
        light="#F2BC42",
        dark="#F2B83D",
    ),
    Status(
        *("expired", "Expired", "×"),  # noqa: RUF001 - the sign is a multiplication sign
        "M-.95,-.7L-.7,-.95L0,-.25L.7,-.95L.95,-.7L.25,0L.95,.7L.7,.95L0,.25L-.7,.95L-.95,.7L-.25,0Z",
        severity=1,
        gap=True,
        from_requirements=False,
        light="#B3321F",
        dark="#EE6352",
    ),
    Status(
        *("missing", "Missing", "○", f"{_DISC}M-.64,0A.64,.64,0,1,0,.64,0A.64,.64,0,1,0,-.64,0Z"),
        severity=2,
        gap=True,
        from_requirements=True,
        light="#3B2250",
        dark="#F1EAFF",
    ),
    Status(
        *("not_due", "Not due", "–", "M-.9,-.18L.9,-.18L.9,.18L-.9,.18Z"),  # noqa: RUF001
        severity=5,
        gap=False,
        from_requirements=True,
        light="#DCE2E9",
        dark="#3A4350",
    ),
)

#: The names, in the order of the Enum.
STATUSES = tuple(status.name for status in EVERY_STATUS)
#: Each name, for a rule or a sentence about this status alone.
CURRENT, EXPIRING, EXPIRED, MISSING, NOT_DUE = STATUSES
#: The names, the worst first.
SEVERITY = tuple(status.name for status in sorted(EVERY_STATUS, key=lambda status: status.severity))
#: The names of the gaps: expired and missing.
GAPS = tuple(status.name for status in EVERY_STATUS if status.gap)
#: The names of what can be found only where a list of requirements is known.
FROM_REQUIREMENTS = tuple(status.name for status in EVERY_STATUS if status.from_requirements)
#: What reports, charts and explorers say where there is no such list.
NO_REQUIREMENTS = "No requirements were provided"
#: The label of each status.
STATUS_LABELS = {status.name: status.label for status in EVERY_STATUS}
#: The sign of each status.
STATUS_SIGNS = {status.name: status.sign for status in EVERY_STATUS}
#: The sign and the label of each status, e.g. `▲ Expiring soon`.
SIGNED_LABELS = {status.name: f"{status.sign} {status.label}" for status in EVERY_STATUS}


def status_colours(dark: bool = False) -> dict[str, str]:
    """Each status and its colour, `#RRGGBB`.

    Args:
        dark: for a dark background.

    Returns:
        The colours by the statuses' names.

    Examples:
        >>> list(status_colours())
        ['current', 'expiring', 'expired', 'missing', 'not_due']
    """
    return {status.name: status.dark if dark else status.light for status in EVERY_STATUS}
