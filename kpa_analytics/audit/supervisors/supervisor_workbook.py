"""cases.xlsx: the open cases of one list. No cell is a formula or a link."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import polars as pl
import xlsxwriter

from kpa_analytics.audit.csv import marked
from kpa_analytics.audit.supervisors.supervisor_team import Team
from kpa_analytics.audit.supervisors.supervisor_text import DEMO_HEADING, HEADINGS, SHEET
from kpa_analytics.audit.xlsx_rows import BulkSheet
from kpa_analytics.charts.theme import ink_on
from kpa_analytics.report_text import DEMO_MARK
from kpa_analytics.statuses import SIGNED_LABELS, status_colours

WORKBOOK = "cases.xlsx"
_WIDTHS = {"user": 28, "training": 40, "status": 18}
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def workbook_of(team: Team, made: datetime) -> bytes:
    """The workbook of a list."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, _OPTIONS) as book:
        notice = DEMO_MARK if team.demo else ""
        created = made.replace(tzinfo=None)
        book.set_properties({"title": team.title[:255], "created": created, "comments": notice})
        sheet = book.add_worksheet(SHEET, worksheet_class=BulkSheet)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.freeze_panes(1, 0)
        if notice:
            sheet.set_header(f"&C&B{notice}")
        rows = _rows(team)
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        for place, name in enumerate(rows.columns):
            sheet.set_column(place, place, _WIDTHS.get(name, 15))
            sheet.write_string(0, place, HEADINGS.get(name, DEMO_HEADING), bold)
        sheet.autofilter(0, 0, max(rows.height, 1), rows.width - 1)
        top = {"valign": "top"}
        day = book.add_format({**top, "num_format": "yyyy-mm-dd", "align": "left"})
        styles = {name: book.add_format(top) for name in rows.columns}
        styles |= {name: day for name, dtype in rows.schema.items() if dtype == pl.Date}
        styles["status"] = {
            SIGNED_LABELS[status]: book.add_format(
                {**top, "bg_color": colour, "font_color": ink_on(colour)}
            )
            for status, colour in status_colours().items()
        }
        sheet.put(rows, styles)
    return content.getvalue()


def _rows(team: Team) -> pl.DataFrame:
    shown = team.cases.select(*HEADINGS).with_columns(
        pl.col("status").cast(pl.String).replace_strict(SIGNED_LABELS)
    )
    return marked(shown, demo=team.demo)
