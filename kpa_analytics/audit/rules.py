"""How statuses were computed and where the records came from, in plain words."""

from __future__ import annotations

from importlib.metadata import version

import polars as pl

from kpa_analytics.audit.evidence import Evidence
from kpa_analytics.audit.outline import Column, Section, printed
from kpa_analytics.charts.words import count, day

_SOURCES = {
    "special": "The record has an expiration date of its own: that date, whatever the rule says.",
    "window": "The training has a yearly window: the last day of the first window that opens "
    "after the completion.",
    "fixed": "The training expires on a fixed day of the year: the last such day within the "
    "renewal period, or else the first one after the completion.",
    "rolling": "The same day of the month, as many months later as the training's renewal says.",
    "never": "The training has no renewal: it does not expire.",
    "composed": "Held through the trainings it is made of: it expires with the first of them.",
    "unknown": "Nothing to go by: the training or the completion's day is not known.",
}
_REQUIRED = {
    "vendor": "Who must have what is taken from the vendor's own list.",
    "given": "Who must have what was given by the maker of this report.",
    "unknown": "Who must have what was not known.",
}


def computed(evidence: Evidence) -> Section:
    """The section that says how a status comes about, with the cases of each rule counted."""
    words = [
        f"For each person and training the latest completion on or before {day(evidence.as_of)} "
        "counts; earlier ones are superseded. It expires by the first rule below that applies.",
        "A certificate is good through its last day. It is expired the day after, or where a "
        "window training was offered again since; expiring soon in the "
        f"{count(evidence.expiring_days, 'day')} before its last day (or as many as the training "
        "says), or while the window of its renewal is open; current before that.",
        "Missing is what must be had and was never completed. Not due is a window training that a "
        f"new employee takes in the next window. {_REQUIRED[evidence.required]}",
        f"People who left on or before that day are not counted. {_not_yet_hired(evidence)}"
        "What can't be right in the records is listed under data quality; no record was changed or "
        "dropped.",
    ]
    cases = evidence.status.group_by("expiration_source").len("cases")
    rows = pl.DataFrame({"source": list(_SOURCES), "rule": list(_SOURCES.values())}).join(
        cases.with_columns(pl.col("expiration_source").cast(pl.String)),
        left_on="source",
        right_on="expiration_source",
        how="left",
        maintain_order="left",
    )
    table = printed(
        rows.with_columns(pl.col("cases").fill_null(0)),
        Column("Rule", "source"),
        Column("When it expires", "rule", "prose"),
        Column("Cases", "cases", "number"),
        caption="The rules, in this order",
        limit=len(_SOURCES),
    )
    return Section("computed", "How statuses were computed", words, [], [table])


def _not_yet_hired(evidence: Evidence) -> str:
    """The list of who must have what is today's: for an earlier day it names newcomers, too."""
    late = evidence.data.users.filter(pl.col("hireDate").dt.date() > evidence.as_of)["id"]
    counted = evidence.status.filter(
        pl.col("status") == "missing", pl.col("m_user_id").is_in(late.implode())
    )
    if evidence.required != "vendor" or counted.is_empty():
        return ""
    people = count(counted["m_user_id"].n_unique(), "person", "people")
    return (
        "The vendor's list is of the day it was fetched: "
        f"{count(counted.height, 'case')} that it calls for, counted as missing, "
        f"{'is' if counted.height == 1 else 'are'} of {people} hired later than "
        f"{day(evidence.as_of)}. "
    )


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
    if scope := evidence.data.scope:
        words.insert(1, f"This pack holds only a part of what was read: {scope.words}.")
    if any(one.walk == "incremental" for one in evidence.data.snapshots.values()):
        words.append(
            "The completions were brought up to date from their newest pages: an older record that "
            "was edited in place would still stand here as it was."
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
