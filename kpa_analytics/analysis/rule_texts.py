"""Every rule by which a status is computed: its text, where it comes from, and its section.

The report prints this list, and explanations and the docs cite it, so that a rule is worded once.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

#: Where a rule comes from.
Mark = Literal["vendor", "inferred", "ours"]

MARKS: dict[Mark, str] = {
    "vendor": "the vendor's published page or help article says so",
    "inferred": "the only reading we found that fits what the vendor says",
    "ours": "a decision of this project",
}


class Rule(NamedTuple):
    """One rule.

    Attributes:
        key: its short name; the name of the expiration source where it gives an expiration date.
        section: its section of docs/rules.md.
        text: what it says, in whole sentences.
        mark: where it comes from.
    """

    key: str
    section: int
    text: str
    mark: Mark

    @property
    def cited(self) -> str:
        """The rule with its mark, as the report prints it."""
        return f"{self.text} [{self.mark}]"


RULES: tuple[Rule, ...] = (
    Rule(
        "special",
        1,
        "The record has a special expiration date: that date counts, whatever the schedule says.",
        "vendor",
    ),
    Rule(
        "fixed",
        1,
        "The training expires on a fixed day of the year: the last such day within the renewal "
        "period after the completion, or else the first one after the completion. The vendor names "
        "rolling and window trainings only, so our confidence in this rule is low.",
        "inferred",
    ),
    Rule(
        "rolling",
        1,
        "The training is renewed after a number of months: the completion expires on the same day "
        "of the month, that many calendar months later.",
        "vendor",
    ),
    Rule(
        "shorter month",
        1,
        "Where the month has no such day, the completion expires on the month's last day: one "
        "month after 31 January 2024 is 29 February 2024.",
        "ours",
    ),
    Rule("never", 1, "The training has no renewal: the completion does not expire.", "ours"),
    Rule(
        "unknown",
        1,
        "The catalogue does not have the training, its schedule is of a type that is not known or "
        "has days that no calendar has, or the completion has no date: no expiration date is "
        "guessed.",
        "ours",
    ),
    Rule(
        "good through",
        1,
        "A completion is good through its expiration date and expired from the day after. It is "
        "expiring in the expiring days before that date: the training's own, or else those of this "
        "report.",
        "ours",
    ),
    Rule(
        "window",
        2,
        "A window that passes does not end a completion; being offered again does. A completion "
        "made when the training was last offered, or later, is valid; so is every completion where "
        "no last offered date is listed.",
        "vendor",
    ),
    Rule(
        "window offering",
        2,
        "An offering is the whole window in which the last offered date lies, or that day alone "
        "outside every window: a completion made before it is superseded.",
        "inferred",
    ),
    Rule(
        "window time left",
        2,
        "While the window of the last offering is open, a superseded completion made since the "
        "opening of the window one year before is expiring, because there is time left.",
        "inferred",
    ),
    Rule("window expired", 2, "Every other superseded completion is expired.", "ours"),
    Rule(
        "window renewal",
        2,
        "A valid completion is expiring while a window is open that opened after it, and its "
        "expiration date is the last day of the window to renew it in. That date moves on from "
        "year to year while the training is not offered again.",
        "vendor",
    ),
    Rule(
        "future offering",
        2,
        "A last offered date after the day of the report has not happened yet.",
        "ours",
    ),
    Rule(
        "missing",
        3,
        "Whoever must have a training and never completed it is missing it.",
        "ours",
    ),
    Rule(
        "new employee",
        3,
        "A window training is missing where it is required for new employees, or where it was "
        "offered since the person was hired. For anybody else it is expiring while the window is "
        "open and not due outside it.",
        "vendor",
    ),
    Rule(
        "looking back",
        3,
        "The requirements are those of the day the records were loaded. Nobody misses a training "
        "on a day before the person was hired or the training was made.",
        "ours",
    ),
    Rule(
        "local midnight",
        3,
        "Dates of hire and termination are midnights of the place: an exact hour from 13:00 to "
        "23:00 UTC is the next day's midnight east of Greenwich, any other moment is of its UTC "
        "day.",
        "inferred",
    ),
    Rule(
        "latest",
        4,
        "The latest completion counts, by date, then by when it was recorded, then by id. Earlier "
        "ones are superseded, even where one of them expires later.",
        "ours",
    ),
    Rule(
        "parts",
        5,
        "A training that includes others is satisfied when every included training is.",
        "vendor",
    ),
    Rule(
        "composed",
        5,
        "Held through the included trainings: completed on the latest of their days, expiring on "
        "the earliest of their expiration dates and of the training's own schedule counted from "
        "that day, with the worst status of these.",
        "inferred",
    ),
    Rule("order of parts", 5, "The order of the included trainings is ignored.", "ours"),
    Rule(
        "left",
        6,
        "People are not counted from the day of their termination on, until the day they are hired "
        "again.",
        "ours",
    ),
    Rule(
        "future",
        6,
        "A completion dated after the day of the report has not happened yet.",
        "ours",
    ),
    Rule(
        "quality",
        7,
        "What can't be right in the records is listed under data quality; no record is changed or "
        "dropped.",
        "ours",
    ),
)
