"""The parts that transcripts and rosters share: head, tiles, rules, and origin of the records.

This module chooses the sentences; `report_text` has the texts.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from importlib.metadata import version

import polars as pl
from msgspec import to_builtins

from kpa_analytics import report_text as text
from kpa_analytics.analysis.expiring_texts import expiring_meaning
from kpa_analytics.analysis.schedules import schedules
from kpa_analytics.audit.colours import colours
from kpa_analytics.audit.document import Document
from kpa_analytics.audit.identity import labels_of
from kpa_analytics.audit.provenance import altered_sentences, fetched_at
from kpa_analytics.audit.report_model import Section, Sheet, printed
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.report_text import (
    DEMO_MARK,
    NEVER_COMPLETED,
    NO_REQUIREMENTS,
    RULES,
    Caption,
    Heading,
)
from kpa_analytics.schema import Table
from kpa_analytics.statuses import (
    MISSING,
    SEVERITY,
    STATUS_LABELS,
    STATUS_SIGNS,
)
from kpa_analytics.wording import one_line, say


def document(
    data: TrainingData,
    cases: pl.DataFrame,
    table: Table,
    *,
    kind: str,
    subject: str,
    facts: list[str],
    sentences: list[str],
    caption: Caption,
    columns: tuple[str, ...],
    as_of: date,
    expiring_days: int,
    requirements_known: bool,
    flipped: bool = False,
) -> Document:
    """Make a document of cases with one table of `columns`.

    `cases` is what `audit_cases()` returns, with the column `rule`.
    A `flipped` document is in landscape format.
    """
    labelled = labels_of(data).of(cases)
    expiring = expiring_meaning(labelled, schedules(data.trainings), expiring_days)
    title = say(text.ABOUT, kind=kind, subject=one_line(subject))
    needs = text.REQUIREMENTS["vendor" if requirements_known else "unknown"]
    story = {
        "language": text.LANGUAGE,
        "title": title,
        "subtitle": say(text.SUBTITLE, as_of=as_of),
        "notice": DEMO_MARK if data.demo else "",
        "facts": facts,
        "tiles": _tiles(cases, requirements_known),
        "sections": to_builtins(
            [
                Section(
                    "cases", Heading.RECORDED, sentences, [], _table(data, cases, caption, columns)
                ),
                Section(
                    "rules", Heading.METHOD, [*_rules(cases), " ".join([*expiring, needs])], [], []
                ),
                Section("origin", Heading.ORIGIN, _origin(data), [], []),
            ]
        ),
        "colours": colours(),
        "labels": STATUS_LABELS,
        "signs": STATUS_SIGNS,
        "dense": True,
        "flipped": flipped,
    }
    rows = cases.select(pl.col(name).cast(dtype) for name, dtype in table.schema.items())
    made = fetched_at(data) or datetime.combine(as_of, time(), UTC)
    return Document(story, rows, made=made)


def _tiles(cases: pl.DataFrame, requirements_known: bool) -> list[dict[str, str]]:
    numbers = dict(cases.group_by(pl.col("status").cast(pl.String)).len().iter_rows())
    values = {status: f"{numbers.get(status, 0):,}" for status in SEVERITY}
    notes = dict.fromkeys(SEVERITY, "") | text.STATUS_NOTES
    if not requirements_known:
        undated = numbers.get(MISSING, 0)  # the completion has no date, so it proves nothing
        note = say(text.UNDATED_NOTE, undated=undated) if undated else NO_REQUIREMENTS
        values[MISSING], notes[MISSING] = text.NOT_KNOWN, note
    return [
        {
            "label": STATUS_LABELS[status],
            "value": values[status],
            "note": notes[status],
            "status": status,
        }
        for status in SEVERITY
    ]


def _table(
    data: TrainingData, cases: pl.DataFrame, caption: str, columns: tuple[str, ...]
) -> list[Sheet]:
    signed = pl.col("signed").replace_strict(text.SIGNED, default=None, return_dtype=pl.String)
    labels = labels_of(data).of(cases)
    rows = labels.with_columns(
        signed,
        # An employee number has a column of its own.
        user=pl.when(cases["employeeNumber"].is_null()).then("user").otherwise(cases["user"]),
        completed="date",
    )
    return [printed(rows, *columns, caption=caption, limit=rows.height)] if rows.height else []


def _rules(cases: pl.DataFrame) -> list[str]:
    """Every rule that decides one of the cases, with its mark."""
    keys = {
        *cases["expiration_source"].cast(pl.String).drop_nulls(),
        *cases.filter(pl.col("expiration_source").is_null())["status"]
        .cast(pl.String)
        .replace(NEVER_COMPLETED),
    }
    return [
        say(text.RULE, rule=rule.key.capitalize(), cited=rule.cited)
        for rule in RULES
        if rule.key in keys
    ]


def _origin(data: TrainingData) -> list[str]:
    snapshot, choice = data.snapshots.get("completions"), data.scope.description
    hosts = ", ".join(data.hosts)
    tool = version("kpa-analytics")
    sentences = [] if snapshot else [text.ORIGIN_UNKNOWN]
    if snapshot:
        read = text.COLLECTIONS[snapshot.full_walk_at is not None]
        sentences.append(say(text.ORIGIN, hosts=hosts, version=tool, collections=read))
        moment = fetched_at(data)
        sentences.append(say(text.COMPLETIONS_HASH, moment=moment, sha256=snapshot.rows_sha256))
        sentences += altered_sentences(data)
        if snapshot.full_walk_at:
            sentences.append(say(text.INCREMENTAL, full_walk_at=snapshot.full_walk_at))
    if choice:
        sentences.append(say(text.ORIGIN_OF_PART, choice=choice))
    return sentences
