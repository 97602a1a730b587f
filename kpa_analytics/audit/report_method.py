"""How statuses were computed and where the records came from, in plain words."""

from __future__ import annotations

from importlib.metadata import version

import polars as pl

from kpa_analytics.analysis.rule_texts import MARKS, RULES
from kpa_analytics.audit.evidence import Evidence
from kpa_analytics.audit.report_model import Column, Section, printed
from kpa_analytics.audit.schedule_rows import schedule_rows
from kpa_analytics.charts.text import day
from kpa_analytics.schema import SOURCES

#: Trainings printed at most; the workbook has them all.
MOST_TRAININGS = 300

_REQUIRED = {
    "vendor": "Who must have what is taken from the vendor's own list.",
    "given": "Who must have what was given by the maker of this report.",
    "unknown": "Who must have what was not known.",
}


def computed(evidence: Evidence) -> Section:
    """The section that says how a status comes about: every rule with its mark, every schedule."""
    marks = "; ".join(f"[{mark}]: {meaning}" for mark, meaning in MARKS.items())
    words = [
        f"Each case is judged as of {day(evidence.as_of)} by the rules below. A completion expires "
        "by its special date, or else by the training's window, its fixed day or its renewal "
        f"period: by the first of these that there is. Where each rule comes from: {marks}.",
        " ".join([_REQUIRED[evidence.required], *_requirements_are_todays(evidence)]),
    ]
    rules = printed(
        rule_rows(evidence),
        Column("Rule", "rule"),
        Column("What it says", "text", "prose"),
        Column("Cases", "cases", "number"),
        caption="The rules, with the cases of each rule that gives an expiration date",
        limit=len(RULES),
    )
    trainings = printed(
        schedule_rows(evidence),
        Column("Training", "training"),
        Column("Kind", "kind"),
        Column("Months, day or window", "schedule"),
        Column("From the catalogue's", "schedule_from"),
        Column("Expiring days", "expiring_days", "number"),
        Column("From", "expiring_days_from"),
        caption="The schedule of each training",
        limit=MOST_TRAININGS,
        rest="audit.xlsx, sheet trainings",
    )
    tables = [rules, *([trainings] if trainings.rows else [])]
    return Section("computed", "How statuses were computed", words, [], tables)


def rule_rows(evidence: Evidence) -> pl.DataFrame:
    """Every rule: its section, its text with its mark, and the cases that it gives a date.

    Args:
        evidence: everything the pack says.

    Returns:
        A frame, one row per rule of `rule_texts.RULES`, in that order: rule, section, text, mark,
        and cases, null where the rule is no expiration source.
    """
    cases = dict(evidence.status.group_by("expiration_source").len().iter_rows())
    return pl.DataFrame(
        [
            (
                one.key,
                one.section,
                one.cited,
                one.mark,
                cases.get(one.key, 0) if one.key in SOURCES else None,
            )
            for one in RULES
        ],
        schema={
            "rule": pl.String,
            "section": pl.Int64,
            "text": pl.String,
            "mark": pl.String,
            "cases": pl.Int64,
        },
        orient="row",
    )


def _requirements_are_todays(evidence: Evidence) -> list[str]:
    """What is to be said of a look back: the vendor knows only today's requirements."""
    if evidence.required != "vendor" or not evidence.compared_on:
        return []
    if evidence.compared_on <= evidence.as_of:
        return []
    return [
        f"That list is of {day(evidence.compared_on)}: what was required on "
        f"{day(evidence.as_of)} is not known."
    ]


def origin(evidence: Evidence) -> Section:
    """The section that says where the records came from, and how to check the pack."""
    sources = sorted(evidence.data.snapshots.items())
    rows = pl.DataFrame(
        [
            (
                one.table.replace("_", " "),
                one.method,
                one.rows,
                one.pages,
                f"{one.fetched_at:%Y-%m-%d %H:%M:%S}",
                one.rows_sha256,
            )
            for _, one in sources
        ],
        schema=["table", "method", "rows", "pages", "fetched", "sha256"],
        orient="row",
    )
    words = [
        f"Read from {hosts(evidence)} with kpa_analytics {version('kpa-analytics')}, an unofficial "
        "tool. Every collection was read to its last page and proved whole before it was used."
        if sources
        else "The records were handed over as frames: where they came from is not known here.",
        "manifest.json lists every file of this pack with its size and SHA-256. "
        "The command kpa-analytics verify FOLDER finds any file that was changed, removed or added "
        "since.",
    ]
    if only := evidence.data.scope.words:
        words.insert(1, f"This pack holds only a part of what was read: {only}.")
    walks = [one.full_walk_at for one in evidence.data.snapshots.values() if one.full_walk_at]
    if walks:
        words.append(
            "The completions were brought up to date from their newest pages; they were last read "
            f"in full on {min(walks):%Y-%m-%d %H:%M} UTC. An older record that was edited in place "
            "since may still stand here as it was. One that was deleted and entered again may "
            "still stand here as it was, and the new one may be missing."
        )
    if not evidence.names:
        words.append(
            "People go by stable pseudonyms, made with a key that stays with the maker of this "
            "pack. Notes are left out, because free text can hold names."
        )
    table = printed(
        rows,
        Column("Collection", "table"),
        Column("Method", "method", "code"),
        Column("Records", "rows", "number"),
        Column("Pages", "pages", "number"),
        Column("Fetched, UTC", "fetched", "date"),
        Column("SHA-256 of the rows", "sha256", "code"),
        caption="Sources",
        limit=20,
    )
    return Section("origin", "Where this comes from", words, [], [table] if sources else [])


def hosts(evidence: Evidence) -> str:
    """The hosts that were read, as one text."""
    return ", ".join(sorted({one.host for one in evidence.data.snapshots.values()}))
