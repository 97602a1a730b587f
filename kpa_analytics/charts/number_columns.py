"""Columns of numbers beside the rows of a chart, with their headings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from kpa_analytics.charts import axes
from kpa_analytics.charts.styled import rows_of
from kpa_analytics.charts.theme import palette

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The field in pixels from the left of the plot: it needs neither a scale nor an axis.
_AT = alt.X("at:Q", scale=None, axis=None)


def number_columns(
    rows: pl.DataFrame, headings: Mapping[str, str], *, start: int, step: int, dark: bool
) -> list[alt.Chart]:
    """All columns as one layer, and their headings as another: a layer takes time to draw.

    Args:
        rows: the rows of the chart, with `short` and `place`.
        headings: the fields shown, in order, and their headings. The first is the one that the bars
            show, and is darker.
        start: pixels from the left of the plot to the columns.
        step: pixels for each column. Its texts end at its right.
        dark: True for a dark page.
    """
    p = palette(dark)
    ends = {field: start + step * number for number, field in enumerate(headings, start=1)}
    texts = rows.select("place", "short", *(_texts(rows[field]) for field in headings)).unpivot(
        [*headings], index=["place", "short"], variable_name="column", value_name="text"
    )
    ink = (
        pl.when(pl.col("column") == next(iter(headings)))
        .then(pl.lit(p.ink))
        .otherwise(pl.lit(p.muted))
    )
    placed = texts.with_columns(
        pl.col("column").replace_strict(ends).alias("at"), ink.alias("ink")
    ).drop("column")
    heads = pl.DataFrame({"heading": [*map(str, headings.values())], "at": [*ends.values()]})
    return [
        rows_of(placed)
        .mark_text(align="right", clip=False, aria=False)
        .encode(
            x=_AT,
            y=axes.labelled_rows(),
            text=alt.Text("text:N"),
            color=alt.Color("ink:N", scale=None),
        ),
        rows_of(heads)
        .mark_text(align="right", clip=False, aria=False, color=p.muted)
        .encode(x=_AT, y=alt.YValue(-9), text=alt.Text("heading:N")),
    ]


def _texts(values: pl.Series) -> pl.Series:
    """A column as texts, whole numbers with separators of thousands."""
    if not values.dtype.is_integer():
        return values
    shown = [None if value is None else f"{value:,}" for value in values]
    return pl.Series(values.name, shown, pl.String)
