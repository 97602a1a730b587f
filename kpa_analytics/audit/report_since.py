"""The section of the report with the changes since an earlier pack.

This module chooses what is said; `report_text` has the texts.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics import report_text as text
from kpa_analytics.audit.identity import Labels
from kpa_analytics.audit.report_model import NOTHING, Section, printed
from kpa_analytics.audit.since_earlier_pack import Since
from kpa_analytics.report_text import Caption, Heading, SheetName
from kpa_analytics.statuses import STATUS_LABELS
from kpa_analytics.wording import say

#: Said only if there are any: nobody moves into or out of all records.
_MOVES = ("moved_in", "moved_out")


def since_pack(since: Since | None, labels: Labels) -> Section:
    """Say what changed, or that nothing did, or that there is nothing to compare.

    `labels` tell namesakes apart, and trainings with the same title.
    """
    if since is None:
        return Section("since", Heading.SINCE, [text.NO_EARLIER_PACK], [], [])
    pack = {"as_of": date.fromisoformat(since.facts["as_of"]), "seal": since.facts["seal"]}
    if not since.has_records:
        return Section("since", Heading.SINCE, [say(text.EARLIER_PACK_EMPTY, **pack)], [], [])
    if since.rows.is_empty() and since.compares_records:
        said = [say(text.NOTHING_CHANGED, **pack), *_unlike(since)]
        return Section("since", Heading.SINCE, [" ".join(said)], [], [])
    counts = {kind: n for kind, n in since.facts["changes"].items() if n or kind not in _MOVES}
    cases, others = (
        ", ".join(
            say(kinds[kind], n=n) for kind, n in counts.items() if kind in kinds and n is not None
        )
        for kinds in (text.SINCE_CASES, text.SINCE_OTHERS)
    )
    sentences = [say(text.SINCE, cases=cases, others=others, **pack), *_unlike(since)]
    if counts["record_added"]:
        sentences.append(say(text.SINCE_TABLE, added=counts["record_added"]))
    rows = (
        labels.of(since.rows)
        .filter(pl.col("change") != "record_added")
        .with_columns(
            pl.col("change")
            .cast(pl.String)
            .replace_strict(text.SINCE_CHANGES, return_dtype=pl.String)
            .alias("since_change"),
            pl.coalesce(
                pl.format("{}: {}", "field", _label("before").fill_null(NOTHING)), _label("before")
            ).alias("before"),
            _label("after").alias("after"),
        )
    )
    table = printed(
        rows,
        *("since_change", "user", "training", "day", "before", "after"),
        caption=Caption.SINCE,
        limit=max(rows.height, 1),
        rest=SheetName.SINCE,
    )
    if not table.rows:
        return Section("since", Heading.SINCE, [" ".join(sentences)], [], [])
    sentences.append(text.SINCE_DAYS)
    return Section("since", Heading.SINCE, [" ".join(sentences)], [], [table])


def _unlike(since: Since) -> list[str]:
    """Say what makes the two packs unlike: their requirements, days and records."""
    earlier, settings = since.settings
    said = []
    unknown_then, unknown_now = (side.get("required") == "unknown" for side in since.settings)
    if unknown_then and not unknown_now:
        said.append(text.SINCE_UNKNOWN_THEN)
    if unknown_now and not unknown_then:
        said.append(text.SINCE_UNKNOWN_NOW)
    then, now = earlier.get("expiring_days"), settings.get("expiring_days")
    if then != now:
        said.append(say(text.SINCE_OTHER_DAYS, then=then, now=now))
    if "altered" in since.facts:
        said.append(text.SINCE_ALTERED)
    if not since.compares_records:
        said.append(text.SINCE_NO_RECORDS)
    return said


def _label(column: str) -> pl.Expr:
    """A status as its label; any other value as it is."""
    return pl.col(column).replace(STATUS_LABELS)
