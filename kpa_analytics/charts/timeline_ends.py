"""The outer bars of the timeline: expirations before its first or after its last month."""

from __future__ import annotations

from datetime import date
from typing import Any

import altair as alt
import polars as pl

from kpa_analytics.analysis.periods import month_number, months_from
from kpa_analytics.charts import axes
from kpa_analytics.charts.stacking import stack
from kpa_analytics.charts.styled import rows_of
from kpa_analytics.charts.theme import palette
from kpa_analytics.report_text import TimelineText as Text
from kpa_analytics.statuses import SEVERITY
from kpa_analytics.wording import month, say

#: The columns of a part of a bar beside its place and name.
OF_PARTS = ("status", "value", "total", "low", "high")
#: The layer with the names of the outer bars, which widgets/chart_panel.js makes buttons.
ENDS_NAME = "ends"
_NAMES = {"earlier": say(Text.EARLIER), "later": say(Text.LATER)}
_WHEN = {"earlier": say(Text.BEFORE_MONTHS), "later": say(Text.AFTER_MONTHS)}
#: The number of expirations, also of a bar that is cut short.
_NUMBERS = {"earlier": Text.NUMBER_EARLIER, "later": Text.NUMBER_LATER}
_CUT = {"earlier": Text.CUT_EARLIER, "later": Text.CUT_LATER}


def outer_rows(outer: pl.DataFrame, months: list[date], today: date) -> pl.DataFrame:
    """The rows before and after the months, with the `start` and the end (`until`) of their bars.

    `outer` has the columns of the timeline's table, and `drawn`, the length of the bar.
    """
    slots = [_slot(part, months, today) for part in outer["part"]]
    schema = {"start": pl.Date, "until": pl.Date}
    return outer.with_columns(*pl.DataFrame(slots, schema=schema, orient="row"))


def bars(ends: pl.DataFrame, highest: float, least: float) -> pl.DataFrame:
    """The parts of the bars: month ("earlier" or "later"), start, until, name and `OF_PARTS`.

    A bar higher than `highest`, the highest month, is cut to it. No part is smaller than `least`.
    """
    shares = ends.with_columns(pl.min_horizontal(1.0, highest / pl.col("drawn")).alias("share"))
    cut = [
        stack(bar, SEVERITY, least / bar["share"].item(), "status").with_columns(
            pl.col("low", "high") * pl.col("share")
        )
        for bar in shares.iter_slices(1)
    ]
    part = pl.col("part").cast(pl.String)
    return pl.concat(cut or [stack(shares, SEVERITY, least, "status")]).select(
        part.alias("month"), "start", "until", part.replace(_WHEN).alias("name"), *OF_PARTS
    )


def outer_sentence(outer: pl.DataFrame, months: int, today: date, highest: float) -> str:
    """Say how many expirations the outer bars count."""
    parts = [
        say((_CUT if drawn > highest else _NUMBERS)[part], number=total)
        for part, total, drawn in outer.select("part", "total", "drawn").iter_rows()
    ]
    if not parts:
        return ""
    return say(Text.BEYOND, months=months, month=month(today), numbers=", ".join(parts))


def _slot(part: str, months: list[date], today: date) -> tuple[date, date]:
    """The start and the end of an outer bar, at a distance from the months."""
    first, last = min(months[0], today), max(months[-1], today)
    unit = max(1, (month_number(last) - month_number(first)) // 24)
    if part == "earlier":
        return months_from(first, -2 * unit), months_from(first, -unit)
    return months_from(last, 1 + unit), months_from(last, 1 + 2 * unit)


def texts(ends: pl.DataFrame, highest: float, dark: bool) -> list[alt.Chart]:
    """The names and numbers of the outer bars, aligned away from the months.

    A reader can click the names: explorers find them by `ENDS_NAME`.
    """
    if ends.is_empty():  # Vega warns of a scale that has nothing to measure
        return []
    rows = ends.select(
        pl.col("part").cast(pl.String).replace(_NAMES).alias("short"),
        pl.when(pl.col("part") == "earlier").then("until").otherwise("start").alias("at"),
        pl.col("drawn").alias("total"),
        pl.min_horizontal("drawn", highest).alias("top"),
    )
    side = alt.ExprRef(f"datum.short == {_NAMES['earlier']!r} ? 'right' : 'left'")
    texts = rows_of(rows)
    look: dict[str, Any] = {"align": side, "color": palette(dark).muted, "clip": False}
    names = (
        texts.properties(name=ENDS_NAME)
        .mark_text(**look)
        .encode(
            x=axes.on_day("at"),
            y=alt.YValue("height"),
            yOffset=alt.YOffsetValue(16),
            text=alt.Text("short:N"),
            description=axes.aria_label("short"),
        )
    )
    cut, whole = map(axes.sentence, (Text.CUT_NUMBER, Text.NUMBER))
    figure = f"datum.total > datum.top ? {cut} : {whole}"
    numbers = texts.mark_text(**look, aria=False)
    figures = numbers.transform_calculate(over="datum.top", figure=figure).encode(
        x=axes.on_day("at"),
        y=alt.Y("over:Q"),
        yOffset=alt.YOffsetValue(-8),
        text=alt.Text("figure:N"),
    )
    return [names, figures]
