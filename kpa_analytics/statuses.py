"""Every status as data: its name, label, sign, colours and severity; and two numbers of days.

Labels, signs and colours are defined only here. Charts, explorers, the evidence pack and the
command line read them. `EXPIRING_DAYS` is the default of `expiring_days`, and `DUE_DAYS` that of
the figure "due within".
"""

from __future__ import annotations

from typing import NamedTuple


class Status(NamedTuple):
    """One status of a case (one person and one training).

    Attributes:
        name: the name in `expiry_status()`.
        label: the label for readers.
        sign: a character shown with the colour, because a status must not depend on colour alone.
            Arial has all of these characters.
        path: the sign as an SVG path, from -1 to 1 on both axes. A chart of a thousand cells draws
            paths five times faster than text.
        severity: 1 is the worst. Stacked bars, legends and tables use this order.
        gap: the person does not have a valid completion.
        valid: the person has a valid completion.
        from_requirements: the status can only be found if the requirements are known.
        light: the colour on a light background.
        dark: the colour on a dark background.
        meaning: what `glossary` says about it.
    """

    name: str
    label: str
    sign: str
    path: str
    severity: int
    gap: bool
    valid: bool
    from_requirements: bool
    light: str
    dark: str
    meaning: str


#: Days before an expiration that count as expiring, unless the caller or the training has another
#: number. Public signatures say 30, so that readers see it; a test compares them with this.
EXPIRING_DAYS = 30
#: The largest number of days before an expiration that may count as expiring.
MOST_EXPIRING_DAYS = 36_500
#: The days of the figure "Due within" in reports and on the command line. An explorer uses its
#: expiring days.
DUE_DAYS = 30

_DISC = "M-1,0A1,1,0,1,1,1,0A1,1,0,1,1,-1,0Z"

#: Every status, in the order of the Enum type of status columns.
#:
#: People with deuteranopia, protanopia or tritanopia can distinguish the colours, which also print
#: as five different greys: the lightness (L*) goes from 19 (missing) to 90 (not due).
EVERY_STATUS = (
    Status(
        *("current", "Current", "●", _DISC),
        severity=4,
        gap=False,
        valid=True,
        from_requirements=False,
        light="#3F9D8C",
        dark="#2B7D76",
        meaning="The case is valid and does not expire soon.",
    ),
    Status(
        *("expiring", "Expiring soon", "▲", "M0,-.9L1,.8L-1,.8Z"),
        severity=3,
        gap=False,
        valid=True,
        from_requirements=False,
        light="#F2BC42",
        dark="#F2B83D",
        meaning=(
            "The case will soon be a gap, unless the person renews the training or, for a training "
            "with a window, completes it for the first time. The status begins when the window "
            "opens or, without a window, as many days before the expiration as the training says "
            "(30 if it says nothing; `expiring_days` changes this)."
        ),
    ),
    Status(
        *("expired", "Expired", "×"),  # noqa: RUF001 - the sign is a multiplication sign
        "M-.95,-.7L-.7,-.95L0,-.25L.7,-.95L.95,-.7L.25,0L.95,.7L.7,.95L0,.25L-.7,.95L-.95,.7L-.25,0Z",
        severity=1,
        gap=True,
        valid=False,
        from_requirements=False,
        light="#B3321F",
        dark="#EE6352",
        meaning=(
            "The latest completion is no longer valid. The days overdue are the days since the "
            "expiration."
        ),
    ),
    Status(
        *("missing", "Missing", "○", f"{_DISC}M-.64,0A.64,.64,0,1,0,.64,0A.64,.64,0,1,0,-.64,0Z"),
        severity=2,
        gap=True,
        valid=False,
        from_requirements=True,
        light="#3B2250",
        dark="#F1EAFF",
        meaning=(
            "The training is required and was never completed. Without a list of requirements, the "
            "number of missing cases is shown as 'not known'."
        ),
    ),
    Status(
        *("not_due", "Not due", "–", "M-.9,-.18L.9,-.18L.9,.18L-.9,.18Z"),  # noqa: RUF001
        severity=5,
        gap=False,
        valid=False,
        from_requirements=True,
        light="#DCE2E9",
        dark="#3A4350",
        meaning=(
            "The training is required, was never completed, and does not have to be completed yet."
        ),
    ),
)

#: The names, in the order of the Enum.
STATUSES = tuple(status.name for status in EVERY_STATUS)
#: Each name, for a rule or a sentence about this status alone.
CURRENT, EXPIRING, EXPIRED, MISSING, NOT_DUE = STATUSES
#: The names, worst first.
SEVERITY = tuple(status.name for status in sorted(EVERY_STATUS, key=lambda status: status.severity))
#: The names in a sentence.
NAMES = f"{', '.join(STATUSES[:-1])} or {STATUSES[-1]}"
#: The names of those with a figure of their own, worst first.
COUNTED = tuple(name for name in SEVERITY if name != NOT_DUE)
#: The names of the gaps: expired and missing.
GAPS = tuple(status.name for status in EVERY_STATUS if status.gap)
#: The names of the cases that are in order: current and expiring.
VALID = tuple(status.name for status in EVERY_STATUS if status.valid)
#: The names of the cases that somebody must act on, worst first.
OPEN = tuple(name for name in SEVERITY if name in (*GAPS, EXPIRING))
#: The names of the statuses that can only be found if the requirements are known.
FROM_REQUIREMENTS = tuple(status.name for status in EVERY_STATUS if status.from_requirements)
#: The label of each status.
STATUS_LABELS = {status.name: status.label for status in EVERY_STATUS}
#: The sign of each status.
STATUS_SIGNS = {status.name: status.sign for status in EVERY_STATUS}
#: The sign and the label of each status, e.g. `▲ Expiring soon`.
SIGNED_LABELS = {status.name: f"{status.sign} {status.label}" for status in EVERY_STATUS}


def status_colours(dark: bool = False) -> dict[str, str]:
    """The colour of each status, `#RRGGBB`.

    Args:
        dark: for a dark background.

    Returns:
        The colours by status name.

    Examples:
        >>> list(status_colours())
        ['current', 'expiring', 'expired', 'missing', 'not_due']
    """
    return {status.name: status.dark if dark else status.light for status in EVERY_STATUS}
