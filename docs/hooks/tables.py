"""The page of tables: every column of every table, from the schema itself."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from mkdocs.structure.pages import Page

from kpa_analytics import schema
from kpa_analytics.schema import Table

#: Where the page wants the tables.
PLACE = "<!-- tables -->"
#: Letters that Markdown would read as more than letters.
_MARKUP = re.compile(r"([|*_`\[\]])")


def on_page_markdown(markdown: str, *, page: Page, **_: Any) -> str:
    """Put a section for each table into the page."""
    if PLACE not in markdown:
        return markdown
    tables = {name: table for name, table in vars(schema).items() if isinstance(table, Table)}
    sections = [_section(name, tables[name]) for name in sorted(tables)]
    return markdown.replace(PLACE, "\n\n".join(sections))


def _section(name: str, table: Table) -> str:
    rows = [
        f"| `{column}` | {_text(_kind(dtype))} | {_text(meaning)} |"
        for column, dtype, meaning in table.describe().iter_rows()
    ]
    heading = f"## {name} {{ #kpa_analytics.schema.{name} }}"
    top = ["| column | type | meaning |", "|---|---|---|"]
    return "\n".join([heading, "", f"Made by `{table.made_by}`.", "", *top, *rows])


def _kind(dtype: str) -> str:
    """A type in words where polars prints its arguments."""
    if values := re.fullmatch(r"Enum\(categories=\[(.*)\]\)", dtype):
        return f"one of {values[1]}".replace("'", "")
    if dtype.startswith("List(Struct"):
        return "List(Struct)"
    return "Datetime, UTC" if dtype.startswith("Datetime") else dtype


def _text(text: str) -> str:
    return _MARKUP.sub(r"\\\1", escape(text, quote=False))
