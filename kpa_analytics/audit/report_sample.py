"""The section of the report with the sample for an audit test.

This module chooses what is said; `report_text` has the texts.
"""

from __future__ import annotations

import polars as pl

from kpa_analytics import report_text as text
from kpa_analytics.audit.report_model import Section, printed
from kpa_analytics.audit.sample import FOR_THE_TESTER, Sample
from kpa_analytics.report_text import Caption, Heading, SheetName
from kpa_analytics.wording import say


def drawn_cases(sample: Sample) -> Section:
    """The drawn cases, the method, and empty columns for the tester."""
    numbers = {name: value for name, value in sample._asdict().items() if isinstance(value, int)}
    sentence = say(text.SAMPLE, drawn=sample.rows.height, **numbers)
    rows = sample.rows.with_columns(
        pl.col(FOR_THE_TESTER).fill_null(""),
        completed="date",
    )
    table = printed(
        rows,
        *("number", "user", "training", "status", "completed"),
        *FOR_THE_TESTER,
        caption=Caption.SAMPLE,
        limit=max(rows.height, 1),
        rest=SheetName.SAMPLE,
    )
    tables = [table] if table.rows else []
    return Section("sample", Heading.SAMPLE, [sentence, sample.method], [], tables)
