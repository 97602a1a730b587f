"""The contents of the report, section by section: the same for the page and the document.

This module chooses the sentences; `report_text` has the texts.
"""

from __future__ import annotations

from typing import Any

import polars as pl
from msgspec import to_builtins

from kpa_analytics import report_text as text
from kpa_analytics.analysis.search_text import PLAIN_LETTERS
from kpa_analytics.analysis.unknown_rule import unknown_rule_note
from kpa_analytics.audit import (
    report_cases,
    report_method,
    report_past,
    report_sample,
    report_since,
)
from kpa_analytics.audit.colours import colours
from kpa_analytics.audit.cover import cover, warning
from kpa_analytics.audit.evidence import Evidence
from kpa_analytics.audit.figures import Figures
from kpa_analytics.audit.headline import Headline
from kpa_analytics.audit.identity import labels_of
from kpa_analytics.audit.provenance import fetched_at
from kpa_analytics.audit.report_model import NOTHING, Section, Sheet, printed
from kpa_analytics.report_text import (
    DEMO_MARK,
    NO_REQUIREMENTS,
    NOT_KNOWN,
    Caption,
    Heading,
    SheetName,
    TileLabel,
)
from kpa_analytics.statuses import (
    COUNTED,
    CURRENT,
    DUE_DAYS,
    STATUS_LABELS,
    STATUS_SIGNS,
)
from kpa_analytics.wording import MONTHS, listing, percent, say

#: Rows of a printed table; the workbook has them all.
PRINTED_ROWS = 60


def report(evidence: Evidence, drawn: list[str]) -> dict[str, Any]:
    """Write the report as plain data that JSON can hold; `drawn` names the charts in the pack."""
    sections = [
        _standing(evidence),
        report_cases.gaps(evidence),
        report_cases.expiring(evidence),
        report_cases.on_file(evidence),
        _gaps(drawn),
        report_past.last_months(evidence, drawn),
        _instructors(evidence),
        _sessions(evidence),
        *([report_sample.drawn_cases(evidence.sample)] if evidence.sample else []),
        _quality(evidence),
        _vendor(evidence),
        report_since.since_pack(evidence.since, labels_of(evidence.data)),
        _changes(evidence),
        report_method.how_computed(evidence),
        report_method.origin(evidence),
        Section("annex", Heading.ANNEX, [text.ANNEX], ["group_sizes", "group_share"], []),
    ]
    return {
        "language": text.LANGUAGE,
        "title": evidence.title,
        "subtitle": say(text.SUBTITLE, as_of=evidence.as_of),
        "notice": DEMO_MARK if evidence.data.demo else "",
        "facts": _facts(evidence),
        "warnings": warning(evidence),
        "cover": cover(evidence),
        "tiles": _tiles(evidence),
        "sections": to_builtins(sections),
        "colours": colours(),
        "labels": STATUS_LABELS,
        "signs": STATUS_SIGNS,
        "controls": {**text.CONTROLS, "months": MONTHS, "plain": PLAIN_LETTERS},
    }


def add_quality_sentence(story: dict[str, Any], sentence: str) -> None:
    """Add a sentence to the section on the quality of the data."""
    (quality,) = (section for section in story["sections"] if section["key"] == "quality")
    quality["sentences"].append(sentence)


def _facts(evidence: Evidence) -> list[str]:
    choice, hosts = evidence.data.scope.description, report_method.hosts(evidence)
    moment = fetched_at(evidence.data)
    return [
        *([say(text.ONLY_A_PART, choice=choice)] if choice else []),
        say(text.FETCHED, moment=moment) if moment else text.SUPPLIED,
        *([say(text.FROM_HOSTS, hosts=hosts)] if hosts else []),
        text.PEOPLE_SHOWN[evidence.names],
    ]


def _tiles(evidence: Evidence) -> list[dict[str, str]]:
    figures = evidence.figures
    known, main = figures.requirements_known, evidence.headline
    label = TileLabel.REQUIRED_IN_ORDER if known else TileLabel.IN_ORDER
    in_order = say(text.IN_ORDER_NOTES[known], cases=main.required)
    people = say(text.PEOPLE_NOTE, completions=figures.completions)
    return [
        _tile(label, share(main.required_in_order, main.required), in_order),
        *(_status_tile(evidence, status) for status in COUNTED),
        _tile(TileLabel.IN_30_DAYS, f"{figures.in_30_days:,}", text.IN_30_DAYS_NOTE),
        _on_file(evidence),
        *([_composed(main)] if main.composed else []),
        _tile(
            TileLabel.PEOPLE_IN_ORDER,
            say(text.OF, part=main.people_in_order, whole=figures.people),
            text.PEOPLE_IN_ORDER_NOTES[known],
        ),
        _tile(TileLabel.PEOPLE, f"{figures.people:,}", people),
    ]


def _missing_note(evidence: Evidence) -> str:
    """Why the number of missing cases is not known, and how many are listed all the same."""
    undated = report_cases.undated_cases(evidence)
    return say(text.UNDATED_NOTE, undated=undated) if undated else NO_REQUIREMENTS


def _composed(main: Headline) -> dict[str, str]:
    """The share of composed trainings in order, without their parts."""
    note = say(text.COMPOSED_NOTE, in_order=main.composed_in_order, cases=main.composed)
    return _tile(TileLabel.COMPOSED, share(main.composed_in_order, main.composed), note)


def _on_file(evidence: Evidence) -> dict[str, str]:
    """The share of valid completions with a signature or a file, unless it is not known."""
    counts = report_cases.evidence_counts(evidence.cases)
    valid, unknown = sum(counts.values()), counts["not_known"]
    if unknown:
        note = say(text.ON_FILE_UNKNOWN_NOTE, unknown=unknown, valid=valid)
        return _tile(TileLabel.ON_FILE, NOT_KNOWN, note)
    proved = counts["signed"] + counts["file"]
    note = say(text.ON_FILE_NOTE, unproved=valid - proved, valid=valid)
    return _tile(TileLabel.ON_FILE, share(proved, valid), note)


def share_in_order(figures: Figures) -> str:
    """The share of all cases due that are in order."""
    return share(figures.in_order, figures.due)


def share(part: int, whole: int) -> str:
    """A share in percent, rounded down: 100.0% means all."""
    if whole == 0:
        return NOTHING
    tenths = 1000 * part // whole
    return f"{tenths // 10}.{tenths % 10}%"


def _status_tile(evidence: Evidence, status: str) -> dict[str, str]:
    cases = evidence.figures.by_status[status]
    if cases is None:
        return _tile(STATUS_LABELS[status], NOT_KNOWN, _missing_note(evidence), status)
    note = text.STATUS_NOTES[status]
    if composed := evidence.headline.composed_gaps.get(status):
        note = say(text.OF_COMPOSED_NOTE, note=note, composed=composed)
    if status == CURRENT and (unknown := unknown_rule_note(evidence.status)):
        note = f"{note}; {unknown}"
    return _tile(STATUS_LABELS[status], f"{cases:,}", note, status)


def _tile(label: str, value: str, note: str, status: str = "") -> dict[str, str]:
    return {"label": label, "value": value, "note": note, "status": status}


def _standing(evidence: Evidence) -> Section:
    about = say(text.CASES_COVER, trainings=_trainings(evidence, evidence.status))
    sentences = [text.STANDING, *_headline(evidence), about]
    return Section("standing", Heading.STANDING, sentences, ["expiry_timeline"], [])


def _headline(evidence: Evidence) -> list[str]:
    main, figures = evidence.headline, evidence.figures
    known = figures.requirements_known
    sentences = [
        say(text.REQUIRED[known], cases=main.required, in_order=main.required_in_order),
        say(text.PEOPLE_IN_ORDER[known], people=figures.people, in_order=main.people_in_order),
    ]
    if known:
        sentences.append(say(text.ALL_CASES, due=figures.due, share=share_in_order(figures)))
        sentences += _all_gaps(evidence)
    if main.composed:
        gaps = sum(main.composed_gaps.values())
        sentences.append(
            say(
                text.COMPOSED_APART,
                composed=main.composed,
                in_order=main.composed_in_order,
                gaps=gaps,
            )
        )
    if main.peak:
        peak = main.peak
        sentences.append(
            say(
                text.PEAKS[peak.kind],
                due=say(text.DUE, due=figures.in_30_days, days=DUE_DAYS),
                cases=peak.cases,
                title=peak.training,
                on=peak.day,
            )
        )
    return [" ".join(sentences)]


def _all_gaps(evidence: Evidence) -> list[str]:
    """How the gaps of all cases divide into those of the other figures, if there are any."""
    main, gaps = evidence.headline, evidence.figures.due - evidence.figures.in_order
    if not gaps:
        return []
    required = main.required - main.required_in_order
    composed = main.composed - main.composed_in_order
    others = gaps - required - composed
    numbers = {"required": required, "composed": composed, "others": others}
    return [say(text.ALL_GAPS, gaps=gaps, **numbers)]


def _trainings(evidence: Evidence, frame: pl.DataFrame) -> str:
    """The number of trainings in a frame, and which of them are not in the catalogue."""
    trainings = frame["training_id"].unique().sort()
    unlisted = trainings.filter(~trainings.is_in(evidence.data.trainings["id"].implode()))
    if unlisted.is_empty():
        return say(text.TRAININGS, trainings=len(trainings))
    ids = listing([str(training) for training in unlisted])
    return say(text.TRAININGS_UNLISTED, trainings=len(trainings), unlisted=len(unlisted), ids=ids)


def _gaps(drawn: list[str]) -> Section:
    charts = (
        "expiry_by_training",
        "expiry_by_field_office",
        "expiry_by_job_title",
        "training_matrix",
    )
    return Section(
        "where", Heading.GAPS, [text.GAPS], [chart for chart in charts if chart in drawn], []
    )


def _instructors(evidence: Evidence) -> Section:
    only_name = pl.col("instructor_names").list.first().alias("only_instructor")
    single = (
        evidence.coverage.with_columns(only_name)
        .filter("single_instructor")
        .sort("completions", "training_id", descending=True)
    )
    scope = evidence.data.scope
    taught = say(
        text.INSTRUCTORS[not scope.is_all],
        taught=evidence.activity["m_instructor_id"].drop_nulls().n_unique(),
        recently=_taught_recently(evidence),
        as_of=evidence.as_of,
    )
    alone = say(text.SINGLE_INSTRUCTOR[scope.people is not None], single=single.height)
    about = _trainings(evidence, evidence.coverage)
    sentences = [
        f"{taught} {alone}",
        say(text.COVERAGE_IS_ABOUT[bool(scope.trainings)], trainings=about),
    ]
    table = printed(
        single,
        *("training", "only_instructor", "completions", "last_taught"),
        caption=Caption.SINGLE_INSTRUCTOR,
        limit=PRINTED_ROWS // 4,
        rest=SheetName.INSTRUCTORS,
    )
    charts = ["instructor_activity", "instructor_training"]
    return Section("instructors", Heading.INSTRUCTORS, sentences, charts, _filled([table]))


def _taught_recently(evidence: Evidence) -> int:
    """The number of people who taught in the 24 months that the coverage is about."""
    day = pl.lit(evidence.as_of)
    recently = pl.col("date").is_between(day.dt.offset_by("-24mo"), day, closed="right")
    return evidence.records.filter(recently)["m_instructor_id"].drop_nulls().n_unique()


def _sessions(evidence: Evidence) -> Section:
    sessions = evidence.sessions
    in_groups, alone = (int(evidence.share[name].sum()) for name in ("in_groups", "alone"))
    latest = sessions.sort("date", "group_training_id", descending=True, nulls_last=True)
    table = printed(
        latest.with_columns(pl.col("trainings").list.join("; ")),
        *("date", "trainings", "instructor", "attendees", "recorded"),
        caption=Caption.SESSIONS,
        limit=15,
        rest=SheetName.SESSIONS,
    )
    total = in_groups + alone
    sentences = [
        say(text.SESSIONS, held=sessions.height),
        *_counted_in_sessions(evidence),
        say(text.SHARE, share=percent(in_groups, total), total=total)
        if total
        else text.NO_COMPLETIONS,
    ]
    if evidence.later:
        sentences.append(say(text.NOT_COUNTED, later=evidence.later, as_of=evidence.as_of))
    return Section(
        "sessions", Heading.SESSIONS, [" ".join(sentences)], ["group_sessions"], _filled([table])
    )


def _counted_in_sessions(evidence: Evidence) -> list[str]:
    """Who is counted in the sessions of a pack that covers only a part of the records."""
    scope = evidence.data.scope
    if scope.people is not None:
        return [text.SESSIONS_OF_PEOPLE]
    return [text.SESSIONS_WHOLE] if scope.trainings else []


def _quality(evidence: Evidence) -> Section:
    findings = evidence.findings.with_columns(
        pl.col("finding").cast(pl.String).replace_strict(text.FINDING_NAMES, return_dtype=pl.String)
    )
    kinds = findings.group_by("finding", maintain_order=True).len("records")
    tables = [
        printed(kinds, "finding", "records", caption=Caption.FINDING_KINDS, limit=PRINTED_ROWS),
        printed(
            # The records of a same-day repeat share a sentence.
            findings.unique(["finding", "message"], keep="first", maintain_order=True),
            *("finding", "message"),
            caption=Caption.FINDINGS,
            limit=PRINTED_ROWS // 2,
            rest=SheetName.FINDINGS,
        ),
    ]
    sentence = say(text.QUALITY, findings=findings.height) if kinds.height else text.NO_FINDINGS
    return Section("quality", Heading.QUALITY, [sentence], [], _filled(tables))


def _vendor(evidence: Evidence) -> Section:
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
    return Section("vendor", Heading.VENDOR, [sentence], [], _filled([table]))


def _changes(evidence: Evidence) -> Section:
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
    return Section("changes", Heading.CHANGES, [_changed(evidence)], [], _filled([table]))


def _changed(evidence: Evidence) -> str:
    if evidence.changes_unknown or evidence.changed_since is None:
        return say(text.CHANGES_UNKNOWN, reason=evidence.changes_unknown)
    ids = {kind: evidence.changed.filter(pl.col("change") == kind)["id"] for kind in text.CHANGES}
    numbers = ", ".join(
        say(text.CHANGED_NUMBER, number=ids[kind].n_unique(), kind=said)
        for kind, said in text.CHANGES.items()
    )
    return say(text.CHANGED, since=evidence.changed_since, numbers=numbers)


def _filled(tables: list[Sheet]) -> list[Sheet]:
    return [table for table in tables if table.rows]
