"""Every outcome of a certificate that came due: its name and its label."""

from __future__ import annotations

#: Each outcome and its label. This is the order of the Enum type and of the count columns.
OUTCOME_LABELS = {
    "on_time": "On time",
    "late": "Late",
    "lapsed": "Lapsed",
    "pending": "Pending",
}
OUTCOMES = tuple(OUTCOME_LABELS)
RENEWED_ON_TIME, RENEWED_LATE, LAPSED, PENDING = OUTCOMES
