"""What the report says, section by section: the same words for the page and the document."""

from __future__ import annotations

from typing import Any

import polars as pl

from kpa_analytics.audit import report_method
from kpa_analytics.audit.evidence import Evidence
from kpa_analytics.audit.figures import Figures
from kpa_analytics.audit.provenance import fetched_at
from kpa_analytics.audit.report_model import NOTHING, Column, Section, Sheet, plain, printed
from kpa_analytics.charts.text import count, day
from kpa_analytics.charts.theme import palette
from kpa_analytics.demo_mark import DEMO_MARK
from kpa_analytics.statuses import STATUS_LABELS, STATUS_SIGNS, status_colours

#: Rows of a printed table; the workbook has them all.
PRINTED_ROWS = 60
#: A figure that nobody can give.
NOT_KNOWN = "not known"

_PERSON, _TRAINING = Column("Person", "user"), Column("Training", "training")


def report(evidence: Evidence, drawn: list[str]) -> dict[str, Any]:
    """Write the report as plain data, JSON values all.

    Args:
        evidence: everything the pack says.
        drawn: the names of the charts there are.

    Returns:
        title, subtitle, notice (the demo mark or ""), facts, tiles, sections, and the palette's
        colours, labels and signs by status.
    """
    sections = [
        _standing(evidence),
        _overdue(evidence),
        _soon(evidence),
        _where(drawn),
        _instructors(evidence),
        _sessions(evidence),
        _quality(evidence),
        _vendor(evidence),
        *([_changed(evidence)] if evidence.changed_since else []),
        report_method.computed(evidence),
        report_method.origin(evidence),
    ]
    return {
        "title": evidence.title,
        "subtitle": f"As of {day(evidence.as_of)}",
        "notice": DEMO_MARK if evidence.data.demo else "",
        "facts": _facts(evidence),
        "tiles": _tiles(evidence),
        "sections": plain(sections),
        "colours": {**status_colours(), "demo": palette().demo},
        "labels": STATUS_LABELS,
        "signs": STATUS_SIGNS,
    }


def _facts(evidence: Evidence) -> list[str]:
    fetched, hosts = fetched_at(evidence.data), report_method.hosts(evidence)
    return [
        *([f"Only a part: {evidence.data.scope.words}"] if evidence.data.scope.words else []),
        f"Fetched {day(fetched)}, {fetched:%H:%M} UTC" if fetched else "Frames made by hand",
        *([f"from {hosts}"] if hosts else []),
        "People by name" if evidence.names else "People by pseudonym, notes left out",
    ]


def _tiles(evidence: Evidence) -> list[dict[str, str]]:
    told = evidence.figures
    known = told.missing is not None
    return [
        _tile(
            "In order",
            share_in_order(told),
            f"of {told.due:,} cases due" if known else f"of {told.due:,} cases on record",
            "",
        ),
        _status("expired", told.expired, "past their last day"),
        _status(
            "missing",
            NOT_KNOWN if told.missing is None else told.missing,
            "required, never completed" if known else "there is no list of requirements",
        ),
        _status("expiring", told.expiring, "still good, renew now"),
        _status("current", told.current, "good beyond that"),
        _tile("People", told.people, f"{told.completions:,} completions", ""),
    ]


def share_in_order(told: Figures) -> str:
    """The share in order in percent, cut and not rounded: 100.0% means all of them."""
    if told.due == 0:
        return NOTHING
    tenths = 1000 * (told.current + told.expiring) // told.due
    return f"{tenths // 10}.{tenths % 10}%"


def _status(status: str, value: int | str, note: str) -> dict[str, str]:
    return _tile(STATUS_LABELS[status], value, note, status)


def _tile(label: str, value: int | str, note: str, status: str) -> dict[str, str]:
    shown = value if isinstance(value, str) else f"{value:,}"
    return {"label": label, "value": shown, "note": note, "status": status}


def _standing(evidence: Evidence) -> Section:
    words = [
        "A case is one person and one training: one that the person has completed, or must have. "
        "In order are the cases that are current or expiring soon, of all that are due."
    ]
    return Section("standing", "Where we stand", words, ["expiry_timeline"], [])


def _overdue(evidence: Evidence) -> Section:
    status = evidence.status
    expired = status.filter(pl.col("status") == "expired").sort(
        "days_left", "user", "m_user_id", "training_id", nulls_last=True
    )
    missing = status.filter(pl.col("status") == "missing")
    overdue = expired.with_columns(-pl.col("days_left").alias("days_left"))
    held = (
        f"{count(expired.height, 'case has', 'cases have')} expired, held by "
        f"{count(expired['m_user_id'].n_unique(), 'person', 'people')}"
    )
    if evidence.figures.missing is None:
        words = [
            f"{held}. What is missing is not known: there is no list of who must have which "
            "training."
        ]
    else:
        never = count(missing.height, "required training was", "required trainings were")
        words = [f"{held}; {never} never completed."]
    tables = [_cases(overdue, "Expired, the longest overdue first", "Days overdue")]
    if evidence.figures.missing is not None:
        tables.append(_missing(missing))
    return Section("overdue", "Expired and missing", words, [], _filled(tables))


def _missing(rows: pl.DataFrame) -> Sheet:
    people = (
        rows.sort("training", "training_id")
        .group_by("m_user_id", maintain_order=True)
        .agg(pl.col("user").first(), pl.len().alias("cases"), pl.col("training").str.join("; "))
        .sort(-pl.col("cases").cast(pl.Int64), "user", "m_user_id")
    )
    return printed(
        people,
        _PERSON,
        Column(STATUS_LABELS["missing"], "cases", "number"),
        Column("Trainings", "training", "prose"),
        caption="Required and never completed, by person",
        limit=PRINTED_ROWS,
        rest="audit.xlsx, sheet status",
    )


def _soon(evidence: Evidence) -> Section:
    rows = evidence.status.filter(pl.col("status") == "expiring").sort(
        "days_left", "user", "m_user_id", "training_id", nulls_last=True
    )
    words = [
        f"{count(rows.height, 'case expires', 'cases expire')} soon: within "
        f"{count(evidence.expiring_days, 'day')}, or as many days as the training itself says, or "
        "in a window that is open now."
    ]
    tables = [_cases(rows, f"{STATUS_LABELS['expiring']}, the soonest first", "Days left")]
    return Section("expiring", STATUS_LABELS["expiring"], words, [], _filled(tables))


def _cases(rows: pl.DataFrame, caption: str, days: str) -> Sheet:
    is_derived = pl.col("expiration_source") == "composed"
    derived = pl.format("{} (through its parts)", "training")
    return printed(
        rows.with_columns(
            pl.when(is_derived).then(derived).otherwise("training").alias("training")
        ),
        _PERSON,
        _TRAINING,
        Column("Completed", "date", "date"),
        Column("Good through", "expiration_date", "date"),
        Column(days, "days_left", "number"),
        caption=caption,
        limit=PRINTED_ROWS,
        rest="audit.xlsx, sheet status",
    )


def _where(drawn: list[str]) -> Section:
    wanted = (
        "expiry_by_training",
        "expiry_by_field_office",
        "expiry_by_job_title",
        "training_matrix",
    )
    return Section("where", "Where the gaps are", [], [one for one in wanted if one in drawn], [])


def _instructors(evidence: Evidence) -> Section:
    coverage = evidence.coverage.with_columns(pl.col("instructor_names").list.first().alias("who"))
    alone = coverage.filter("single_instructor").sort("completions", "training_id", descending=True)
    named = evidence.activity["m_instructor_id"].drop_nulls().n_unique()
    words = [
        f"{count(named, 'instructor')} taught. In the 24 months up to {day(evidence.as_of)}, "
        f"{count(alone.height, 'training was', 'trainings were')} taught by one person alone."
    ]
    table = printed(
        alone,
        _TRAINING,
        Column("Only instructor", "who"),
        Column("Completions", "completions", "number"),
        Column("Last taught", "last_taught", "date"),
        caption="Trainings that one person carries",
        limit=PRINTED_ROWS // 4,
        rest="audit.xlsx, sheet instructors",
    )
    charts = ["instructor_activity", "instructor_coverage"]
    return Section("instructors", "Instructors", words, charts, _filled([table]))


def _sessions(evidence: Evidence) -> Section:
    sessions = evidence.sessions
    together, alone = (int(evidence.share[name].sum()) for name in ("in_groups", "alone"))
    share = f"{together / (together + alone):.0%}" if together + alone else "none"
    words = [
        f"{count(sessions.height, 'group session')} on record; {share} of all completions were "
        "recorded in one."
    ]
    latest = sessions.sort("date", "group_training_id", descending=True, nulls_last=True)
    table = printed(
        latest.with_columns(pl.col("trainings").list.join("; ")),
        Column("Day", "date", "date"),
        Column("Trainings", "trainings", "prose"),
        Column("Instructor", "instructor"),
        Column("Listed", "attendees", "number"),
        Column("Recorded", "recorded", "number"),
        caption="The latest sessions",
        limit=15,
        rest="audit.xlsx, sheet sessions",
    )
    charts = ["group_sessions", "group_sizes", "group_share"]
    return Section("sessions", "Group sessions", words, charts, _filled([table]))


def _quality(evidence: Evidence) -> Section:
    findings = evidence.findings.with_columns(
        pl.col("finding").str.replace_all("_", " ").str.to_titlecase().alias("finding")
    )
    kinds = findings.group_by("finding", maintain_order=True).len("records")
    words = [
        f"{count(findings.height, 'finding')} in the records. Nothing was corrected or dropped: "
        "each stands in the figures as it came."
        if findings.height
        else "No findings: every record is what it must be."
    ]
    tables = [
        printed(
            kinds,
            Column("Finding", "finding"),
            Column("Records", "records", "number"),
            caption="Findings by kind",
            limit=PRINTED_ROWS,
        ),
        printed(
            findings,
            Column("Finding", "finding"),
            Column("What was found", "message", "prose"),
            caption="Findings",
            limit=PRINTED_ROWS // 2,
            rest="audit.xlsx, sheet findings",
        ),
    ]
    return Section("quality", "Data quality", words, [], _filled(tables))


def _vendor(evidence: Evidence) -> Section:
    heading = "Our figures and the vendor's"
    if evidence.compared_on is None:
        return Section("vendor", heading, ["The vendor's own verdict was not loaded."], [], [])
    apart = evidence.disagreements
    words = [
        f"The vendor judged {evidence.compared:,} of these cases itself, as of "
        f"{day(evidence.compared_on)}. On that day we agree in {evidence.compared - apart.height:,}"
        f" of them, in status and in expiration date; {count(apart.height, 'differs', 'differ')}."
    ]
    table = printed(
        apart,
        _PERSON,
        _TRAINING,
        Column("Ours", "our_status", "status"),
        Column("Good through", "our_expiration_date", "date"),
        Column("Vendor's", "vendor_status", "status"),
        Column("Good through", "vendor_expiration_date", "date"),
        caption="Where we differ",
        limit=PRINTED_ROWS // 2,
        rest="audit.xlsx, sheet vendor",
    )
    return Section("vendor", heading, words, [], _filled([table]))


def _changed(evidence: Evidence) -> Section:
    since = evidence.changed_since
    kinds = {
        kind: evidence.changed.filter(pl.col("change") == kind)["id"].n_unique()
        for kind in ("added", "removed", "edited")
    }
    told = ", ".join(f"{number:,} {kind}" for kind, number in kinds.items())
    words = [
        f"It can't be told: {evidence.not_told}."
        if evidence.not_told
        else f"Completion records since the load of {since:%Y-%m-%d %H:%M} UTC: {told}."
    ]
    names = evidence.records.select("m_user_id", "user").unique("m_user_id")
    titles = evidence.records.select("training_id", "training").unique("training_id")
    rows = evidence.changed.join(names, "m_user_id", "left", maintain_order="left")
    table = printed(
        rows.join(titles, "training_id", "left", maintain_order="left"),
        Column("Change", "change"),
        Column("Record", "id", "code"),
        _PERSON,
        _TRAINING,
        Column("Field", "field"),
        Column("Before", "old"),
        Column("Now", "new"),
        caption="Changed records",
        limit=PRINTED_ROWS // 2,
        rest="audit.xlsx, sheet changes",
    )
    return Section("changes", "What changed since the last load", words, [], _filled([table]))


def _filled(tables: list[Sheet]) -> list[Sheet]:
    return [table for table in tables if table.rows]
