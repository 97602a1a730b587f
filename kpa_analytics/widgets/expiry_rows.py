"""The figures of the expiry explorer, and the columns of its table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpa_analytics.analysis.due_within import due_label, due_note
from kpa_analytics.analysis.expiry_view import case_counts
from kpa_analytics.analysis.unknown_rule import unknown_rule_note
from kpa_analytics.report_text import HEADINGS as REPORT_HEADINGS
from kpa_analytics.report_text import UNKNOWN_RULE
from kpa_analytics.statuses import (
    EXPIRING,
    FROM_REQUIREMENTS,
    NOT_DUE,
    SEVERITY,
    SIGNED_LABELS,
    STATUSES,
    VALID,
)
from kpa_analytics.widgets import layout
from kpa_analytics.widgets.chart_explorer import ALL
from kpa_analytics.widgets.profiles import PROFILE_HEADINGS
from kpa_analytics.widgets.table_rows import ColumnHeading
from kpa_analytics.wording import count, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

HEADINGS = (
    ColumnHeading("user", "Person", "person"),
    ColumnHeading("training", "Training"),
    ColumnHeading("date", "Completed", "date"),
    ColumnHeading("expiration_date", "Valid through", "date"),
    ColumnHeading("days_left", "Days left", "number"),
    ColumnHeading("status", "Status", "status"),
    ColumnHeading("expiring_rule", REPORT_HEADINGS["expiring_rule"]),
    ColumnHeading("instructor", "Instructor", "person", shown_at_first=False),
    ColumnHeading(
        "instructor_certificate", "Instructor's certificate at the time", shown_at_first=False
    ),
    *PROFILE_HEADINGS,
)


def picks(cases: pl.DataFrame, days: int) -> list[str]:
    """The figures that count a case, and can be clicked; `days` are the expiring days."""
    counts = case_counts(cases, days)
    statuses = [status for status in STATUSES if counts[status]]
    in_order = ["in-order"] if {*VALID} & {*statuses} else []
    return [ALL, *statuses, *in_order, *(["due"] if counts["due_within"] else [])]


def expiry_figures(cases: pl.DataFrame, days: int, unknown: str) -> str:
    """The numbers above the charts, as HTML; `days` are the expiring days.

    `unknown` says which requirements are not known.
    """
    counts = case_counts(cases, days)
    people = count(counts["people"], "person", "people")
    detail = f"one person and one training each; {people}, {count(counts['trainings'], 'training')}"
    tiles = [(f"{counts['total']:,}", "Cases", detail, "kpa-all"), _in_order(counts)]
    for status in SEVERITY:
        number, detail = f"{counts[status]:,}", percent(counts[status], counts["total"])
        if status in FROM_REQUIREMENTS and unknown:
            number, detail = "not known", unknown
        if counts[status] or status != NOT_DUE:
            tiles.append((number, SIGNED_LABELS[status], detail, f"kpa-{status}"))
        if status == EXPIRING:
            tiles.append((f"{counts['due_within']:,}", due_label(days), due_note(days), "kpa-due"))
    rule = unknown_rule_note(cases, UNKNOWN_RULE)
    return layout.figure_tiles(tiles) + layout.notes([rule] if rule else [])


def _in_order(counts: Mapping[str, int]) -> tuple[str, str, str, str]:
    """The share of the cases shown that are current or expiring, of all that are due."""
    due = counts["total"] - counts[NOT_DUE]
    in_order = sum(counts[status] for status in VALID)
    share = percent(in_order, due) if due else "not known"
    detail = f"current or expiring soon: {in_order:,} of {count(due, 'case')} due"
    return (share, "In order", detail, "kpa-in-order")
