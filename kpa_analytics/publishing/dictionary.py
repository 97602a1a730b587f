"""The data dictionary of a published folder: every column of every table in it."""

from __future__ import annotations

from io import BytesIO

import polars as pl

from kpa_analytics.audit.data_dictionary import described
from kpa_analytics.publishing.datasets import (
    ACCOUNT_COLUMN,
    ACCOUNTS_TABLE,
    AS_OF,
    DEMO,
    PUBLISHED_TABLES,
    published_columns,
)
from kpa_analytics.report_text import IN_PARQUET_LIST_OF as LISTS
from kpa_analytics.schema import DATA_DICTIONARY
from kpa_analytics.spreadsheet import inert

DICTIONARY = "data_dictionary.csv"
#: Columns that `publish()` adds.
_ADDED = (ACCOUNT_COLUMN, AS_OF, DEMO)


def dictionary(*, personal: bool) -> bytes:
    """The columns of every table, as CSV (`schema.DATA_DICTIONARY`).

    Args:
        personal: whether the tables have personal columns.
    """
    rows = [
        described(f"{name}/", ACCOUNTS_TABLE if column in _ADDED else table, column, LISTS)
        for name, table in PUBLISHED_TABLES.items()
        for column in (ACCOUNT_COLUMN, *published_columns(name, personal=personal))
    ]
    rows += [
        described("accounts.parquet", ACCOUNTS_TABLE, column) for column in ACCOUNTS_TABLE.columns
    ]
    frame = pl.DataFrame(rows, schema=DATA_DICTIONARY.schema, orient="row")
    content = BytesIO()
    inert(frame).write_csv(content, include_bom=True, quote_style="non_numeric")
    return content.getvalue()
