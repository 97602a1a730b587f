"""The words of this package, each with its one meaning: for the site, explorers and reports."""

from __future__ import annotations

import re

from kpa_analytics.outcomes import OUTCOME_MEANINGS
from kpa_analytics.statuses import EVERY_STATUS, NAMES

#: A link to another page of the site.
_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")
_MEANINGS = {
    "as of": (
        "The day for which a status is computed. Every status is as of a day; the default is "
        "today, and the demo has a day of its own."
    ),
    "attendance": (
        "One person in one group session. A person who took part in three sessions has three "
        "attendances."
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
    "eligible instructor": (
        "An instructor who taught the training lately, is employed, and holds the training."
    ),
    "evidence pack": "The folder for an auditor: report, records, charts and manifest.",
    "expiration": (
        "The last day on which a completion is valid. From the next day on, it is expired."
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
    "in order": "The case is current or expiring soon.",
    "instructor": (
        "The person who taught, as the completion says. Online and self-taught completions "
        "name nobody."
    ),
    "manifest": (
        "The list of all files of a pack, with a hash of each, and where the records come from."
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
    "status": f"What a case is as of a day: {NAMES.replace('_', ' ')}.",
    **{status.name.replace("_", " "): status.meaning for status in EVERY_STATUS},
    **{name.replace("_", " "): meaning for name, meaning in OUTCOME_MEANINGS.items()},
    "window training": (
        "A training that is offered once a year between two days. [The "
        "rules](docs/rules.md#2-window-trainings) say how long a completion is valid."
    ),
}
#: Each word and its meaning, in Markdown, in alphabetical order. The first sentence is a definition
#: that can be read alone; reports print only that.
TERMS = dict(sorted(_MEANINGS.items()))


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
        'The training is required and was never completed.'
    """
    return plain_meaning(term).partition(". ")[0].removesuffix(".") + "."
