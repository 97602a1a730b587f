"""The sections about the records themselves: findings, the vendor's statuses, changed records.

This module chooses the sentences; `report_text` has the texts.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from kpa_analytics import report_text as text
from kpa_analytics.audit.evidence import Evidence
from kpa_analytics.audit.report_model import PRINTED_ROWS, Section, filled, printed
from kpa_analytics.report_text import Caption, Heading, SheetName
from kpa_analytics.wording import say


def quality(evidence: Evidence) -> Section:
    """The section on the findings of `data_quality()`."""
    findings = evidence.findings.with_columns(
        pl.col("finding").cast(pl.String).replace_strict(text.FINDING_NAMES, return_dtype=pl.String)
    )
    lines = findings.unique(["finding", "message"], keep="first", maintain_order=True)
    kinds = findings.group_by("finding", maintain_order=True).len("records")
    tables = [
        printed(kinds, "finding", "records", caption=Caption.FINDING_KINDS, limit=PRINTED_ROWS),
        printed(
            lines,
            *("finding", "message"),
            caption=Caption.FINDINGS,
            limit=PRINTED_ROWS // 2,
            rest=SheetName.FINDINGS,
        ),
    ]
    sentence = say(text.QUALITY, findings=findings.height) if kinds.height else text.NO_FINDINGS
    if lines.height < findings.height:
        sentence += f" {text.QUALITY_SHARED}"
    return Section("quality", Heading.QUALITY, [sentence], [], filled(tables))


def vendor(evidence: Evidence) -> Section:
    """The section on the cases for which the vendor has another status."""
    if evidence.compared_on is None:
        return Section("vendor", Heading.VENDOR, [text.VENDOR_NOT_LOADED], [], [])
    differing = evidence.disagreements
    table = printed(
        differing,
        *("user", "training", "our_status", "our_expiration_date"),
        *("vendor_status", "vendor_expiration_date"),
        caption=Caption.DISAGREEMENTS,
        limit=PRINTED_ROWS // 2,
        rest=SheetName.VENDOR,
    )
    sentence = say(
        text.VENDOR,
        compared=evidence.compared,
        agreeing=evidence.compared - differing.height,
        differing=differing.height,
        on=evidence.compared_on,
    )
    if only := differing["our_status"].null_count():
        sentence += f" {say(text.VENDOR_ONLY, only=only)}"
    return Section("vendor", Heading.VENDOR, [sentence], [], filled([table]))


def changes(evidence: Evidence) -> Section:
    """The section on the records that changed since the load before."""
    if evidence.changed_since is None:
        return Section("changes", Heading.CHANGES, [text.NO_EARLIER_LOAD], [], [])
    names = evidence.records.select("m_user_id", "user").unique("m_user_id")
    titles = evidence.records.select("training_id", "training").unique("training_id")
    changed = evidence.changed.with_columns(
        pl.col("change").cast(pl.String).replace_strict(text.CHANGES, return_dtype=pl.String)
    )
    rows = changed.join(names, "m_user_id", "left", maintain_order="left")
    table = printed(
        rows.join(titles, "training_id", "left", maintain_order="left").rename({"id": "record"}),
        *("change", "record", "user", "training", "field", "old", "new"),
        caption=Caption.CHANGES,
        limit=PRINTED_ROWS // 2,
        rest=SheetName.CHANGES,
    )
    return Section("changes", Heading.CHANGES, [_changed(evidence)], [], filled([table]))


def _changed(evidence: Evidence) -> str:
    if evidence.changes_unknown or evidence.changed_since is None:
        return say(text.CHANGES_UNKNOWN, reason=evidence.changes_unknown)
    ids = {kind: evidence.changed.filter(pl.col("change") == kind)["id"] for kind in text.CHANGES}
    numbers = ", ".join(
        say(text.CHANGED_NUMBER, number=ids[kind].n_unique(), kind=said)
        for kind, said in text.CHANGES.items()
    )
    return say(text.CHANGED, since=evidence.changed_since, numbers=numbers)


def add_quality_sentence(story: dict[str, Any], sentence: str) -> None:
    """Add a sentence to the section on the quality of the data."""
    (quality,) = (section for section in story["sections"] if section["key"] == "quality")
    quality["sentences"].append(sentence)
