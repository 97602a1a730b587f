"""The sections about cases: expired and missing, expiring soon, and what is on file.

This module chooses what is said; `report_text` has the texts.
"""

from __future__ import annotations

import polars as pl

from kpa_analytics import report_text as text
from kpa_analytics.analysis.expiring_texts import with_expiring_rule
from kpa_analytics.analysis.schedules import schedules
from kpa_analytics.audit.case_rules import limit_and_day
from kpa_analytics.audit.cases import (
    EVIDENCE,
    FILE,
    INSTRUCTOR_ONLY,
    NOT_KNOWN,
    NOTHING,
    SIGNED,
    valid_completions,
)
from kpa_analytics.audit.evidence import Evidence
from kpa_analytics.audit.report_model import Section, Sheet, filled, printed
from kpa_analytics.report_text import Caption, Heading
from kpa_analytics.statuses import EXPIRED, EXPIRING, GAPS, MISSING, STATUS_LABELS
from kpa_analytics.wording import listing, say

#: The columns of a table of cases, before and after those about days.
_WHO = ("user", "training")
_PROOF = ("instructor", "signed", "files")


def gaps(evidence: Evidence) -> Section:
    """The section with every expired and missing case, grouped by training."""
    rows = evidence.cases.filter(pl.col("status").is_in(GAPS))
    expired = rows.filter(pl.col("status") == EXPIRED)
    missing = evidence.figures.by_status[MISSING]
    people = expired["m_user_id"].n_unique()
    sentences = [
        say(text.EXPIRED_CASES, expired=expired.height, people=people)
        if people
        else text.NO_EXPIRED,
        text.MISSING_NOT_KNOWN if missing is None else say(text.MISSING, missing=missing),
    ]
    if undated := undated_cases(evidence):
        sentences.append(say(text.UNDATED, undated=undated))
    overdue = rows.with_columns(-pl.col("days_left").alias("days_overdue"))
    tables = _tables(
        evidence, overdue, Caption.GAPS, Caption.COMPOSED_GAPS, "status", "days_overdue"
    )
    return Section("overdue", Heading.OVERDUE, [" ".join(sentences), *_limited(tables)], [], tables)


def undated_cases(evidence: Evidence) -> int:
    """The cases that are missing although no requirements were provided.

    Their only completion has no date and proves nothing (docs/rules.md#unknown).
    """
    if evidence.required != "unknown":
        return 0
    return evidence.status.filter(pl.col("status") == MISSING).height


def expiring(evidence: Evidence) -> Section:
    """The section with every case that expires soon, grouped by training."""
    rows = evidence.cases.filter(pl.col("status") == EXPIRING)
    about = {"cases": rows.height, "expiring_days": evidence.expiring_days}
    sentence = say(text.EXPIRING, **about) if rows.height else text.NO_EXPIRING
    ruled = with_expiring_rule(rows, schedules(evidence.data.trainings), evidence.expiring_days)
    captions = Caption.EXPIRING, Caption.COMPOSED_EXPIRING
    tables = _tables(evidence, ruled, *captions, "", "days_left", "expiring_rule")
    heading = STATUS_LABELS[EXPIRING]
    charts = ["expirations_by_week"]
    return Section(EXPIRING, heading, [sentence, *_limited(tables)], charts, tables)


def on_file(evidence: Evidence) -> Section:
    """The section that says how many valid completions have a signature or a file."""
    counts = evidence_counts(evidence.cases)
    valid = sum(counts.values())
    if not valid:
        return Section("on_file", Heading.ON_FILE, [text.NO_VALID], [], [])
    sentence = say(
        text.ON_FILE,
        valid=valid,
        signed=counts[SIGNED],
        file=counts[FILE],
        unproved=counts[INSTRUCTOR_ONLY] + counts[NOTHING],
        instructor_only=counts[INSTRUCTOR_ONLY],
        nothing=counts[NOTHING],
    )
    unknown = counts[NOT_KNOWN]
    sentences = [sentence, *([say(text.ON_FILE_NOT_KNOWN, not_known=unknown)] if unknown else [])]
    return Section("on_file", Heading.ON_FILE, sentences, ["evidence_coverage"], [])


def evidence_counts(cases: pl.DataFrame) -> dict[str, int]:
    """How many valid completions have each kind of evidence, by the names in `EVIDENCE`."""
    counts = dict(valid_completions(cases).group_by("evidence").len().iter_rows())
    return {kind: counts.get(kind, 0) for kind in EVIDENCE}


def _limited(tables: list[Sheet]) -> list[str]:
    composed = (Caption.COMPOSED_GAPS, Caption.COMPOSED_EXPIRING)
    return [text.LIMITED] if any(table.caption in composed for table in tables) else []


def _tables(
    evidence: Evidence,
    rows: pl.DataFrame,
    caption: str,
    of_composed: str,
    first: str,
    days: str,
    *rule: str,
) -> list[Sheet]:
    """A table of cases by training; for composed trainings a second one, with their limits."""
    lead = (first,) if first else ()
    composed = pl.col("training_id").is_in(evidence.composed.implode())
    shown = _shown(rows.sort("training", "training_id", "days_left", "user", nulls_last=True))
    plain = (*_WHO, *lead, "completed", "expiration_date", days, *rule, *_PROOF)
    limited = (*_WHO, *lead, "limited_by", "completed", "expiration_date", days, *_PROOF)
    return filled(
        [
            printed(shown.filter(~composed), *plain, caption=caption, by="training"),
            printed(shown.filter(composed), *limited, caption=of_composed, by="training"),
        ]
    )


def _shown(rows: pl.DataFrame) -> pl.DataFrame:
    """The cells of a table of cases: what limits a case, and what is on file for it."""
    recorded = pl.col("completion_id").is_not_null() | pl.col("limited_by_date").is_not_null()
    own = pl.col("limited_by_id") == pl.col("training_id")
    unknown = pl.when(recorded).then(pl.lit(text.NOT_KNOWN))
    return rows.with_columns(
        pl.when(own)
        .then(pl.lit(text.OWN_SCHEDULE))
        .when(pl.col("status") == MISSING)
        .then(pl.format(say(text.LACKS, parts="{}"), "limited_by"))
        .otherwise(limit_and_day())
        .alias("limited_by"),
        pl.col("date").alias("completed"),
        pl.coalesce(
            pl.col("signed").replace_strict(text.SIGNED, default=None, return_dtype=pl.String),
            unknown,
        ).alias("signed"),
        pl.coalesce(pl.col("files").cast(pl.String), unknown).alias("files"),
    )


def trainings_in(evidence: Evidence, frame: pl.DataFrame) -> str:
    """The number of trainings in a frame, and which of them are not in the catalogue."""
    trainings = frame["training_id"].unique().sort()
    unlisted = trainings.filter(~trainings.is_in(evidence.data.trainings["id"].implode()))
    if unlisted.is_empty():
        return say(text.TRAININGS, trainings=len(trainings))
    ids = listing([str(training) for training in unlisted])
    return say(text.TRAININGS_UNLISTED, trainings=len(trainings), unlisted=len(unlisted), ids=ids)
