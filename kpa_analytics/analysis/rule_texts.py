"""The text, source and section of every rule that decides a status.

The report prints these texts and the docs quote them, so each rule is worded only once.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from kpa_analytics.statuses import EXPIRING, MISSING, NOT_DUE

#: Where a rule comes from.
Mark = Literal["vendor", "inferred", "ours"]

MARKS: dict[Mark, str] = {
    "vendor": "the vendor's published page or help article says so",
    "inferred": "the only interpretation we found that fits what the vendor says",
    "ours": "a decision of this project",
}


class Rule(NamedTuple):
    """One rule.

    Attributes:
        key: its short name; the expiration source if the rule gives an expiration date.
        section: its section in docs/rules.md.
        text: the rule in full sentences.
        mark: where the rule comes from.
    """

    key: str
    section: int
    text: str
    mark: Mark

    @property
    def cited(self) -> str:
        """The rule with its mark, as the report prints it."""
        return f"{self.text} [{self.mark}]"

    @property
    def link(self) -> str:
        """The place in the docs, e.g. `docs/rules.md#window-offering`."""
        return f"docs/rules.md#{self.key.replace(' ', '-')}"


RULES: tuple[Rule, ...] = (
    Rule(
        "special",
        1,
        "If the record has a special expiration date, the completion expires on that date, "
        "whatever the schedule says.",
        "vendor",
    ),
    Rule(
        "fixed",
        1,
        "The completion expires on a fixed day of the year. This is the last such day within the "
        "renewal period. If the period contains no such day, it is the first one after the "
        "completion. The vendor names only rolling and window trainings, so our confidence in "
        "this rule is low.",
        "inferred",
    ),
    Rule(
        "rolling",
        1,
        "The training is renewed after a number of months. The completion expires that many "
        "calendar months later, on the same day of the month.",
        "vendor",
    ),
    Rule(
        "shorter month",
        1,
        "If that month is too short, the completion expires on the last day of that month: one "
        "month after 31 January 2024 is 29 February 2024.",
        "ours",
    ),
    Rule(
        "never",
        1,
        "If the training has no renewal period, the completion does not expire.",
        "ours",
    ),
    Rule(
        "unknown",
        1,
        "The expiration date is unknown if the training is not in the catalogue, if its schedule "
        "has an unknown type or impossible days, or if the completion has no date. A completion "
        "without a date and without a special expiration date proves nothing: the case has the "
        "status of a person who must have the training and never completed it.",
        "ours",
    ),
    Rule(
        "good through",
        1,
        "A completion is valid through its expiration date and expired from the next day. In the "
        "last days before that date, its status is expiring. The training sets how many days "
        "that is; if it does not, this report's number applies.",
        "ours",
    ),
    Rule(
        "window",
        2,
        "A completion stops being valid when the training is offered again, not when a window "
        "closes. A completion from the last offering or later is valid. If no last offered date "
        "is listed, every completion is valid.",
        "vendor",
    ),
    Rule(
        "window offering",
        2,
        "An offering is the whole window that contains the last offered date; if no window "
        "contains that date, the offering is that one day. Completions before the offering are "
        "superseded.",
        "inferred",
    ),
    Rule(
        "window time left",
        2,
        "While the window of the last offering is open, a superseded completion is expiring, not "
        "expired, if its date is on or after the opening day of the window one year earlier. The "
        "person still has time to renew it.",
        "inferred",
    ),
    Rule("window expired", 2, "Every other superseded completion is expired.", "ours"),
    Rule(
        "window renewal",
        2,
        "A valid completion is expiring while a window is open that opened after the completion "
        "date. Its expiration date is the last day of the next window in which it can be "
        "renewed. That date moves to the next year if the training is not offered again.",
        "vendor",
    ),
    Rule(
        "future offering",
        2,
        "A last offered date after the day of the report is ignored.",
        "ours",
    ),
    Rule(
        "missing",
        3,
        "If a person must have a training and never completed it, the status is missing.",
        "ours",
    ),
    Rule(
        "new employee",
        3,
        "A window training is missing if it is required for new employees, or if it was offered "
        "since the person was hired. Otherwise it is expiring while the window is open, and not "
        "due while it is closed.",
        "vendor",
    ),
    Rule(
        "looking back",
        3,
        "The requirements are those of the day when the records were loaded. A training is not "
        "missing before the person was hired or the training was created.",
        "ours",
    ),
    Rule(
        "local midnight",
        3,
        "KPA records hire and termination dates as midnight, local time. If the recorded time is "
        "a full hour from 13:00 to 23:00 UTC, we read it as midnight east of Greenwich, so the "
        "date is the next day. For any other time, the date is the UTC date.",
        "inferred",
    ),
    Rule(
        "latest",
        4,
        "The latest completion counts: by date, then by the time when it was recorded, then by "
        "id. Earlier ones are superseded, even if one of them expires later.",
        "ours",
    ),
    Rule(
        "parts",
        5,
        "A training that includes others is completed when all included trainings are completed.",
        "vendor",
    ),
    Rule(
        "composed",
        5,
        "The date of a composed training is the latest date of the included trainings. It "
        "expires on the earliest of their expiration dates and of its own schedule, counted from "
        "that date. Its status is the worst of the statuses of the included trainings and of its "
        "own schedule.",
        "inferred",
    ),
    Rule("order of parts", 5, "The order of the included trainings does not matter.", "ours"),
    Rule(
        "left",
        6,
        "People are not counted from the day of their termination until the day when they are "
        "hired again.",
        "ours",
    ),
    Rule("future", 6, "A completion after the day of the report is not counted.", "ours"),
    Rule(
        "quality",
        7,
        "Impossible or implausible records are listed under data quality. No record is changed or"
        " left out.",
        "ours",
    ),
)

#: The rules for people who never completed a training, by the status that they give.
NEVER_COMPLETED = {
    MISSING: MISSING,
    EXPIRING: "new employee",
    NOT_DUE: "new employee",
}
