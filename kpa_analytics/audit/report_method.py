"""How the statuses were computed and where the records came from.

This module chooses the sentences; `report_text` has the texts.
"""

from __future__ import annotations

from importlib.metadata import version

import polars as pl

from kpa_analytics import report_text as text
from kpa_analytics.audit.evidence import Evidence
from kpa_analytics.audit.provenance import altered_sentences
from kpa_analytics.audit.report_model import Section, printed
from kpa_analytics.audit.schedule_rows import schedule_rows
from kpa_analytics.report_text import MARKS, NEVER_COMPLETED, RULES, Caption, Heading, SheetName
from kpa_analytics.schema import RULES as RULES_TABLE
from kpa_analytics.schema import SOURCES
from kpa_analytics.wording import moment, say

#: Trainings printed at most; the workbook has them all.
MOST_TRAININGS = 300


def how_computed(evidence: Evidence) -> Section:
    """The section that says how statuses are computed: every rule with its mark, every schedule."""
    marks = [say(text.MARK, mark=mark, meaning=meaning) for mark, meaning in MARKS.items()]
    sentences = [
        say(text.METHOD, as_of=evidence.as_of, marks="; ".join(marks)),
        " ".join([text.REQUIREMENTS[evidence.required], *_newer_requirements(evidence)]),
        text.PAST_METHOD,
        text.ROUNDED,
    ]
    rules = printed(
        rule_rows(evidence),
        *("rule", "text", "cases"),
        caption=Caption.RULES,
        limit=len(RULES),
    )
    trainings = printed(
        schedule_rows(evidence),
        *("training", "kind", "schedule", "schedule_from", "expiring_days", "expiring_days_from"),
        caption=Caption.SCHEDULES,
        limit=MOST_TRAININGS,
        rest=SheetName.TRAININGS,
    )
    tables = [rules, *([trainings] if trainings.rows else [])]
    return Section("computed", Heading.METHOD, sentences, [], tables)


def rule_rows(evidence: Evidence) -> pl.DataFrame:
    """Every rule, with the number of cases that it decides.

    The cases add up to all cases of the report; they are null for a rule that does not decide any
    case by itself.
    """
    cases: dict[str, int | None] = dict.fromkeys((*SOURCES, *NEVER_COMPLETED.values()), 0)
    if evidence.required == "unknown":
        cases |= dict.fromkeys(NEVER_COMPLETED.values())
    decides = pl.coalesce(
        pl.col("expiration_source").cast(pl.String),
        pl.col("status").cast(pl.String).replace(NEVER_COMPLETED),
    )
    cases |= dict(evidence.status.group_by(decides).len().iter_rows())
    return pl.DataFrame(
        [(rule.key, rule.section, rule.cited, rule.mark, cases.get(rule.key)) for rule in RULES],
        schema=RULES_TABLE.schema,
        orient="row",
    )


def _newer_requirements(evidence: Evidence) -> list[str]:
    """The sentence for a report about a day before the vendor's list of requirements."""
    listed_on = evidence.compared_on
    if evidence.required != "vendor" or not listed_on or listed_on <= evidence.as_of:
        return []
    return [say(text.NEWER_REQUIREMENTS, listed_on=listed_on, as_of=evidence.as_of)]


def origin(evidence: Evidence) -> Section:
    """The section that says where the records came from, and how to check the pack."""
    snapshots = [snapshot for _, snapshot in sorted(evidence.data.snapshots.items())]
    rows = pl.DataFrame(
        {
            "collection": text.COLLECTION_NAMES[snapshot.table],
            "method": snapshot.method,
            "records": snapshot.rows,
            "pages": snapshot.pages,
            "fetched": moment(snapshot.fetched_at),
            "rows_sha256": snapshot.rows_sha256,
        }
        for snapshot in snapshots
    )
    tables = [printed(rows, *rows.columns, caption=Caption.SOURCES, limit=20)] if snapshots else []
    return Section("origin", Heading.ORIGIN, _origin_sentences(evidence), [], tables)


def _origin_sentences(evidence: Evidence) -> list[str]:
    snapshots, choice = evidence.data.snapshots.values(), evidence.data.scope.description
    full_walks = [snapshot.full_walk_at for snapshot in snapshots if snapshot.full_walk_at]
    sentences = [text.ORIGIN_UNKNOWN]
    if snapshots:
        tool = version("kpa-analytics")
        whole = text.COLLECTIONS[bool(full_walks)]
        sentences = [say(text.ORIGIN, hosts=hosts(evidence), version=tool, collections=whole)]
        sentences += altered_sentences(evidence.data)
    if choice:
        sentences.append(say(text.ORIGIN_OF_PART, choice=choice))
    sentences.append(text.HOW_TO_VERIFY)
    if full_walks:
        sentences.append(say(text.INCREMENTAL, full_walk_at=min(full_walks)))
    if not evidence.names:
        sentences.append(text.PSEUDONYMS)
    return sentences


def hosts(evidence: Evidence) -> str:
    """The hosts that were read, as one text."""
    return ", ".join(evidence.data.hosts)
