"""The words of this package, each with its one meaning: for the site, explorers and reports."""

from __future__ import annotations

import re

from kpa_analytics.statuses import CURRENT, EXPIRED, EXPIRING, MISSING

#: A link to another page of the site.
_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")
#: Each word and its meaning, in Markdown, in alphabetical order. The first sentence is a definition
#: that can be read alone; reports print only that.
TERMS = {
    "as of": (
        "The day on which a status holds. Every status is as of a day; the default is "
        "today, and the demo has a day of its own."
    ),
    "case": (
        "One person and one training that the person has completed or must complete. A person who "
        "must have ten trainings counts as ten cases."
    ),
    "certificate": "A completion that has an expiration date.",
    "completion": "The record that a person completed a training on a day.",
    "composed training": (
        "A training that includes other trainings: a person who holds all of them holds it, too."
    ),
    CURRENT: "A case that is valid and does not expire soon.",
    "eligible instructor": (
        "An instructor who taught the training lately, is employed, and holds the training."
    ),
    "evidence pack": "The folder for an auditor: report, records, charts and manifest.",
    "expiration": (
        "The last day on which a completion is valid. From the next day on, it is expired."
    ),
    EXPIRING: (
        "A case that will soon be a gap, unless the person renews the training or, for a training "
        "with a window, completes it for the first time. The status begins when the window "
        "opens or, without a window, as many days before the expiration as the training says (30 "
        "if it says nothing; `expiring_days` changes this)."
    ),
    EXPIRED: (
        "A case whose latest completion is no longer valid. Its days overdue are the days since "
        "the expiration."
    ),
    "fleet": (
        "Several accounts that are loaded together. Each is counted separately, because the same "
        "id can mean different things in two accounts."
    ),
    "gap": "A case that is expired or missing.",
    "group session": (
        "One occasion on which several people took a training together, with a list of "
        "those people. KPA calls such lists group trainings."
    ),
    "in order": "A case that is current or expiring soon.",
    "instructor": (
        "The person who taught, as the completion says. Online and self-taught completions "
        "name nobody."
    ),
    "manifest": (
        "The list of all files of a pack, with a hash of each, and where the records come from."
    ),
    MISSING: (
        "A case that is required and was never completed. Without a list of requirements, "
        "the number of missing cases is given as 'not known'."
    ),
    "not due": (
        "A case that is required, was never completed, and does not have to be completed yet."
    ),
    "open case": (
        "A case that is expired, missing or expiring, so that somebody must act on it. It is on "
        "the list of one supervisor, or of nobody."
    ),
    "pack": "Short for evidence pack.",
    "provenance": (
        "Where and when records were downloaded, and by which version: part of every "
        "snapshot and of every manifest."
    ),
    "renewal": "The next completion of the same training by the same person.",
    "requirement": (
        "The fact that a person must have a training. It comes from KPA's employee status, or "
        "from a table of your own."
    ),
    "seal": (
        "The last line of `manifest.json`. Whoever has it from another source sees whether "
        "the pack and its manifest were rewritten together."
    ),
    "session": "Short for group session.",
    "snapshot": (
        "A complete collection as it was at one download, kept on your machine as one file."
    ),
    "status": "What a case is as of a day: current, expiring, expired, missing or not due.",
    "window training": (
        "A training that is offered once a year between two days. [The "
        "rules](docs/rules.md#2-window-trainings) say how long a completion is valid."
    ),
}


def plain_meaning(term: str) -> str:
    """The meaning of a word without the marks of Markdown.

    Examples:
        >>> plain_meaning("gap")
        'A case that is expired or missing.'
    """
    return _LINK.sub(r"\1", TERMS[term]).replace("`", "")


def definition(term: str) -> str:
    """The first sentence about a word, without the marks of Markdown.

    Examples:
        >>> definition("missing")
        'A case that is required and was never completed.'
    """
    return plain_meaning(term).partition(". ")[0].removesuffix(".") + "."
