"""Tables of the report, on its page and on paper."""

import polars as pl
import pytest

from kpa_analytics.audit import report_model
from kpa_analytics.audit.report_model import printed
from kpa_analytics.report_text import SheetName

ROWS = pl.DataFrame({"cases": [5, 4, 3, 2, 1]})


def test_a_row_that_only_the_paper_leaves_out_is_on_the_page():
    table = printed(ROWS, "cases", caption="", limit=2, rest=SheetName.STATUS)
    assert (len(table.rows), table.more) == (5, "")
    assert (table.on_paper, table.more_on_paper) == (2, "3 more rows in audit.xlsx, sheet status")


def test_a_row_that_the_page_leaves_out_is_counted_there(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(report_model, "MOST_ON_PAGE", 4)
    table = printed(ROWS, "cases", caption="", limit=2)
    assert (len(table.rows), table.more, table.more_on_paper) == (4, "1 more row", "3 more rows")
