"""How many cases have each status: five numbers above one bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl

from kpa_analytics.charts import axes
from kpa_analytics.charts.stacking import MIN_PART, stacked
from kpa_analytics.charts.status_rows import StatusRows, read_status, requirements_are_known
from kpa_analytics.charts.styled import layered, nothing_to_show, rows_of
from kpa_analytics.charts.theme import SPACING, WIDTH, palette
from kpa_analytics.inputs import read
from kpa_analytics.report_text import NOT_KNOWN, ChartText
from kpa_analytics.report_text import SummaryText as Text
from kpa_analytics.schema import EXPIRY_STATUS, STATUS
from kpa_analytics.statuses import (
    FROM_REQUIREMENTS,
    SEVERITY,
    SIGNED_LABELS,
    STATUS_LABELS,
    status_colours,
)
from kpa_analytics.wording import percent, say

if TYPE_CHECKING:
    from kpa_analytics.as_of import Day
    from kpa_analytics.inputs import AnyFrame


def status_summary_table(
    status: AnyFrame, *, requirements_known: bool | None = None
) -> pl.DataFrame:
    """Count cases and people per status, worst first. A case is one person and one training.

    Args:
        status: the result of `expiry_status()`.
        requirements_known: whether requirements were provided; by default, True if `status` has a
            missing or not due row.

    Returns:
        Five rows, one per status: status (Enum), rows (Int64; cases), people (Int64; people
        with such a case), share (Float64, 0 to 1, of all cases; 0 if there are none). Without
        requirements, the numbers of missing and not due are not known, and null.

    Raises:
        KPADataError: a column is missing.

    Examples:
        >>> from kpa_analytics.schema import EXPIRY_STATUS
        >>> status_summary_table(EXPIRY_STATUS.empty())["rows"].to_list()
        [0, None, 0, 0, None]
    """
    frame = read(status, EXPIRY_STATUS, "m_user_id", "status")
    counts = frame.group_by("status").agg(
        pl.len().cast(pl.Int64).alias("rows"),
        pl.col("m_user_id").n_unique().cast(pl.Int64).alias("people"),
    )
    every = pl.DataFrame({"status": list(SEVERITY)}, schema={"status": STATUS})
    table = every.join(counts, on="status", how="left", maintain_order="left").with_columns(
        pl.col("rows", "people").fill_null(0),
        (pl.col("rows") / max(frame.height, 1)).fill_null(0.0).alias("share"),
    )
    if requirements_are_known(frame, requirements_known):
        return table
    figures = pl.col("rows", "people", "share")
    return table.with_columns(pl.when(~pl.col("status").is_in(FROM_REQUIREMENTS)).then(figures))


def status_summary(
    status: AnyFrame,
    *,
    as_of: Day | None = None,
    requirements_known: bool | None = None,
    dark: bool = False,
) -> alt.LayerChart:
    """Draw the number of cases of each status, and one bar of all cases.

    Args:
        status: the result of `expiry_status()`, eager or lazy.
        as_of: the day to name if no row has an expiration date; by default, no day is named.
        requirements_known: whether requirements were provided; by default, True if `status` has a
            missing or not due row. If False, these two are shown as "not known", not 0.
        dark: True for a dark background.

    Returns:
        The chart; its data is `status_summary_table(status)`.

    Raises:
        KPADataError: a column is missing.

    Examples:
        >>> from kpa_analytics.schema import EXPIRY_STATUS
        >>> status_summary(EXPIRY_STATUS.empty()).description
        'Training status. No completions or requirements to show.'
    """
    rows = read_status(status, "m_user_id", "training_id", as_of=as_of, known=requirements_known)
    if rows.frame.is_empty():
        return nothing_to_show(Text.TITLE, ChartText.NO_CASES, dark=dark, demo=rows.demo)
    numbers = {
        "cases": rows.frame.height,
        "people": rows.frame["m_user_id"].n_unique(),
        "trainings": rows.frame["training_id"].n_unique(),
    }
    figures = _figures(status_summary_table(rows.frame, requirements_known=rows.known))
    return layered(
        [*_bar(figures, dark), *_texts(figures, dark)],
        title=_title(rows),
        subtitle=[rows.dated(say(Text.COUNTS, **numbers)), rows.not_known],
        demo=rows.demo,
        dark=dark,
        details=", ".join(figures["spoken"]),
        foot=10,
        height=132,
    )


def _title(rows: StatusRows) -> str:
    """The finding, as the title: which share of cases are gaps."""
    gaps, every = int(rows.frame["status"].is_in(rows.gaps).sum()), rows.frame.height
    text = Text.GAPS if rows.known else Text.EXPIRED
    return say(text, share=percent(gaps, every), gaps=gaps, every=every)


def _figures(table: pl.DataFrame) -> pl.DataFrame:
    """One row per status: its label, its number, its part of the bar."""
    every = max(int(table["rows"].sum()), 1)
    lengths = [(rows or 0) * table.height / every for rows in table["rows"]]
    ends = stacked(lengths, table.height * MIN_PART / WIDTH)
    rows = [_figure(row, every) for row in table.iter_rows(named=True)]
    return pl.DataFrame(rows).with_columns(
        pl.int_range(pl.len()).alias("place"),
        *pl.DataFrame(ends, schema={"start": pl.Float64, "end": pl.Float64}, orient="row"),
    )


def _figure(row: dict[str, Any], every: int) -> dict[str, str]:
    """The texts for one status: cases, share and people."""
    label = STATUS_LABELS[row["status"]].lower()
    named = {"status": row["status"], "signed": SIGNED_LABELS[row["status"]]}
    if row["rows"] is None:
        unknown = {"figure": NOT_KNOWN, "part": "", "people": NOT_KNOWN}
        return {**named, **unknown, "spoken": say(Text.SPOKEN_NOT_KNOWN, status=label)}
    people = say(Text.PEOPLE, people=row["people"])
    return {
        **named,
        "figure": f"{row['rows']:,}",
        "part": f"{percent(row['rows'], every)}\n{people}",
        "people": f"{row['people']:,}",
        "spoken": say(Text.SPOKEN, cases=row["rows"], status=label),
    }


_TOOLTIP = {"signed": ChartText.STATUS, "figure": ChartText.CASES, "people": ChartText.PEOPLE}


def _column() -> alt.X:
    """One of five equal columns, so that 3 is as easy to read as 30,000."""
    scale = alt.Scale(domain=[0, len(SEVERITY)], nice=False)
    return alt.X("place:Q", scale=scale, axis=None, title=None)


def _bar(figures: pl.DataFrame, dark: bool) -> list[alt.Chart]:
    """The bar of all cases, and a key of its colours beside the numbers."""
    colours = status_colours(dark)
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    spacing = SPACING * figures.height / WIDTH
    ends = figures.with_columns(
        pl.max_horizontal("start", pl.col("end") - spacing).alias("drawn_to"),
        (pl.col("end") > pl.col("start")).cast(pl.Int8).alias("outline"),
    )
    base = rows_of(ends).encode(
        color=alt.Color("status:N", scale=scale, legend=None),
        tooltip=axes.tooltip(_TOOLTIP),
    )
    bar = base.mark_rect(stroke=axes.status_edge(dark)).encode(
        x=alt.X("start:Q", axis=None),
        x2=alt.X2("drawn_to:Q"),
        y=alt.YValue(98),
        y2=alt.Y2Value(120),
        strokeWidth=alt.StrokeWidth("outline:Q", scale=None),
        description=axes.aria_label(),
    )
    keys = base.mark_rect(
        width=4, strokeWidth=1, stroke=axes.status_edge(dark), xOffset=2, aria=False
    ).encode(x=_column(), y=alt.YValue(4), y2=alt.Y2Value(80))
    return [bar, keys]


def _texts(figures: pl.DataFrame, dark: bool) -> list[alt.Chart]:
    """The label, the number and the share of each status."""
    p = palette(dark)
    base = rows_of(figures).encode(x=_column(), tooltip=axes.tooltip(_TOOLTIP))

    def text(field: str, y: int, **look: Any) -> alt.Chart:
        mark = base.mark_text(align="left", baseline="top", dx=12, aria=False, **look)
        chart: alt.Chart = mark.encode(y=alt.YValue(y), text=alt.Text(field))
        return chart

    return [
        text("signed:N", 4, color=p.muted, fontWeight="normal"),
        text("figure:N", 22, color=p.ink, fontSize=22, fontWeight="bold"),
        text("part:N", 50, color=p.muted, fontWeight="normal", lineBreak="\n"),
    ]
