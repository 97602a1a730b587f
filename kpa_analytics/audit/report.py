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
    report_records,
    report_sample,
    report_since,
    report_teaching,
)
from kpa_analytics.audit.colours import colours
from kpa_analytics.audit.cover import cover, warning
from kpa_analytics.audit.evidence import Evidence
from kpa_analytics.audit.figures import Figures
from kpa_analytics.audit.headline import Headline
from kpa_analytics.audit.identity import labels_of
from kpa_analytics.audit.provenance import fetched_at
from kpa_analytics.audit.report_model import NOTHING, Section
from kpa_analytics.names import training_names
from kpa_analytics.report_text import (
    DEMO_MARK,
    NO_REQUIREMENTS,
    NOT_KNOWN,
    Heading,
    TileLabel,
)
from kpa_analytics.statuses import (
    COUNTED,
    CURRENT,
    DUE_DAYS,
    STATUS_LABELS,
    STATUS_SIGNS,
)
from kpa_analytics.wording import MONTHS, listing, one_line, say


def report(evidence: Evidence, drawn: list[str]) -> dict[str, Any]:
    """Write the report as plain data that JSON can hold; `drawn` names the charts in the pack."""
    sections = [
        _standing(evidence),
        report_cases.gaps(evidence),
        report_cases.expiring(evidence),
        report_cases.on_file(evidence),
        _gaps(drawn),
        report_past.last_months(evidence, drawn),
        report_teaching.instructors(evidence),
        report_teaching.sessions(evidence),
        *([report_sample.drawn_cases(evidence.sample)] if evidence.sample else []),
        report_records.quality(evidence),
        report_records.vendor(evidence),
        report_since.since_pack(evidence.since, labels_of(evidence.data)),
        report_records.changes(evidence),
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
    if main.composed:
        in_order = say(text.IN_ORDER_APART, note=in_order)
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
    """The share of cases of composed trainings that are in order."""
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
    about = say(text.CASES_COVER, trainings=report_cases.trainings_in(evidence, evidence.status))
    sentences = [text.STANDING, *_headline(evidence), *_relying(evidence), about]
    return Section("standing", Heading.STANDING, sentences, ["expiry_timeline"], [])


def _headline(evidence: Evidence) -> list[str]:
    main, figures = evidence.headline, evidence.figures
    known = figures.requirements_known
    sentences = [
        say(
            text.REQUIRED[known],
            cases=main.required,
            in_order=main.required_in_order,
            left_out=text.LEFT_OUT[main.composed > 0],
        ),
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


def _relying(evidence: Evidence) -> list[str]:
    """Which trainings have cases in order only because no later offering is recorded."""
    rows = evidence.findings.filter(pl.col("finding") == "offering_not_recorded")
    ids = rows["record_id"].cast(pl.Int64).unique()
    names = training_names(evidence.data.trainings).collect(engine="in-memory")
    relying = names.filter(pl.col("training_id").is_in(ids.implode()))["training"].sort()
    titles = listing([one_line(title) for title in relying])
    return [say(text.RELYING_TRAININGS, titles=titles)] if titles else []


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
