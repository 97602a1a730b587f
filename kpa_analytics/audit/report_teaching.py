"""The sections about instructors and group sessions.

This module chooses the sentences; `report_text` has the texts.
"""

from __future__ import annotations

import polars as pl

from kpa_analytics import report_text as text
from kpa_analytics.audit.evidence import Evidence
from kpa_analytics.audit.report_cases import trainings_in
from kpa_analytics.audit.report_model import PRINTED_ROWS, Section, filled, printed
from kpa_analytics.report_text import Caption, Heading, SheetName
from kpa_analytics.wording import percent, say


def instructors(evidence: Evidence) -> Section:
    """The section on who taught, and which trainings only one person teaches."""
    only_name = pl.col("instructor_names").list.first().alias("only_instructor")
    single = (
        evidence.coverage.with_columns(only_name)
        .filter("single_instructor")
        .sort("completions", "training_id", descending=True)
    )
    scope, taught = (
        evidence.data.scope,
        evidence.activity["m_instructor_id"].drop_nulls().n_unique(),
    )
    numbers = {"taught": taught, "recently": _taught_recently(evidence), "as_of": evidence.as_of}
    who = say(text.INSTRUCTORS[not scope.is_all], **numbers)
    alone = say(text.SINGLE_INSTRUCTOR[scope.people is not None], single=single.height)
    about = trainings_in(evidence, evidence.coverage)
    sentences = [
        f"{who} {alone}",
        say(text.COVERAGE_IS_ABOUT[bool(scope.trainings)], trainings=about),
    ]
    if not taught:
        sentences = [text.NO_INSTRUCTORS]
    table = printed(
        single,
        *("training", "only_instructor", "completions", "last_taught"),
        caption=Caption.SINGLE_INSTRUCTOR,
        limit=PRINTED_ROWS // 4,
        rest=SheetName.INSTRUCTORS,
    )
    charts = ["instructor_activity", "instructor_training"]
    return Section("instructors", Heading.INSTRUCTORS, sentences, charts, filled([table]))


def _taught_recently(evidence: Evidence) -> int:
    """The number of people who taught in the 24 months that the coverage is about."""
    day = pl.lit(evidence.as_of)
    recently = pl.col("date").is_between(day.dt.offset_by("-24mo"), day, closed="right")
    return evidence.records.filter(recently)["m_instructor_id"].drop_nulls().n_unique()


def sessions(evidence: Evidence) -> Section:
    """The section on group sessions and who was in them."""
    in_groups, alone = (int(evidence.share[name].sum()) for name in ("in_groups", "alone"))
    latest = evidence.sessions.sort("date", "group_training_id", descending=True, nulls_last=True)
    table = printed(
        latest.with_columns(pl.col("trainings").list.join("; ")),
        *("date", "trainings", "instructor", "attendees", "recorded"),
        caption=Caption.SESSIONS,
        limit=15,
        rest=SheetName.SESSIONS,
    )
    total = in_groups + alone
    sentences = [
        say(text.SESSIONS, sessions=evidence.sessions.height),
        *_not_in_list(evidence),
        *_counted_in_sessions(evidence),
        say(text.SHARE, share=percent(in_groups, total), total=total)
        if total
        else text.NO_COMPLETIONS,
    ]
    if evidence.later:
        sentences.append(say(text.NOT_COUNTED, later=evidence.later, as_of=evidence.as_of))
    return Section(
        "sessions", Heading.SESSIONS, [" ".join(sentences)], ["group_sessions"], filled([table])
    )


def _not_in_list(evidence: Evidence) -> list[str]:
    """How many sessions only completions name."""
    listed = evidence.data.whole.group_trainings["id"]
    unknown = evidence.sessions.filter(~pl.col("group_training_id").is_in(listed.implode())).height
    return [say(text.SESSIONS_UNKNOWN, unknown=unknown)] if unknown and listed.len() else []


def _counted_in_sessions(evidence: Evidence) -> list[str]:
    """Who is counted in the sessions of a pack that covers only part of the records."""
    scope = evidence.data.scope
    if scope.people is not None:
        return [text.SESSIONS_OF_PEOPLE]
    return [text.SESSIONS_WHOLE] if scope.trainings else []
