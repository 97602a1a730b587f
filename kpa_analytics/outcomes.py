"""Every outcome of a certificate that came due: its name, its label and its meaning."""

from __future__ import annotations

#: Each outcome and its label. This is the order of the Enum type and of the count columns.
OUTCOME_LABELS = {
    "on_time": "On time",
    "late": "Late",
    "lapsed": "Lapsed",
    "pending": "Pending",
}
OUTCOMES = tuple(OUTCOME_LABELS)
#: What `glossary` says about each (docs/rules.md section 8).
OUTCOME_MEANINGS = dict(
    zip(
        OUTCOMES,
        (
            "The certificate was renewed on or before its expiration date.",
            "The certificate was renewed after its expiration date.",
            "The certificate expired before the day shown, and was not renewed by then.",
            "The certificate is not renewed, but is still valid on the day shown.",
        ),
        strict=True,
    )
)
RENEWED_ON_TIME, RENEWED_LATE, LAPSED, PENDING = OUTCOMES
