"""How many cases have each status: five numbers above one bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl

from kpa_analytics.charts.axes import aria_label
from kpa_analytics.charts.stacking import MIN_PIXELS, stacked
from kpa_analytics.charts.status_rows import (
    NOT_KNOWN,
    as_of_phrase,
    read_status,
    requirements_are_known,
    status_day,
)
from kpa_analytics.charts.styled import layered, nothing_to_show, rows_of
from kpa_analytics.charts.text import count, percent
from kpa_analytics.charts.theme import WIDTH, palette
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.schema import STATUS
from kpa_analytics.statuses import (
    FROM_REQUIREMENTS,
    SEVERITY,
    SIGNED_LABELS,
    STATUS_LABELS,
    status_colours,
)

if TYPE_CHECKING:
    from datetime import date

    from kpa_analytics.inputs import AnyFrame

_READ = ("m_user_id", "training_id", "expiration_date", "days_left", "status")
_TITLE = "Training status"


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
    frame = read_status(status, *_READ)
    return _per_status(frame, requirements_are_known(frame, requirements_known))


def _per_status(frame: pl.DataFrame, known: bool) -> pl.DataFrame:
    counts = frame.group_by("status").agg(
        pl.len().cast(pl.Int64).alias("rows"),
        pl.col("m_user_id").n_unique().cast(pl.Int64).alias("people"),
    )
    every = pl.DataFrame({"status": list(SEVERITY)}, schema={"status": STATUS})
    table = every.join(counts, on="status", how="left", maintain_order="left").with_columns(
        pl.col("rows", "people").fill_null(0),
        (pl.col("rows") / max(frame.height, 1)).fill_null(0.0).alias("share"),
    )
    if known:
        return table
    figures = pl.col("rows", "people", "share")
    return table.with_columns(pl.when(~pl.col("status").is_in(FROM_REQUIREMENTS)).then(figures))


def status_summary(
    status: AnyFrame,
    *,
    as_of: date | str | None = None,
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
    frame = read_status(status, *_READ)
    demo = is_demo(frame)
    if frame.is_empty():
        return nothing_to_show(
            _TITLE, "No completions or requirements to show", dark=dark, demo=demo
        )
    people, trainings = (frame[key].n_unique() for key in ("m_user_id", "training_id"))
    known = requirements_are_known(frame, requirements_known)
    table = _per_status(frame, known)
    statuses = ", ".join(
        _status_count(row["status"], row["rows"]) for row in table.iter_rows(named=True)
    )
    return layered(
        _layers(figures=_figures(table), dark=dark),
        title=_TITLE,
        subtitle=[
            f"{count(frame.height, 'case')} (one person and one training each) of "
            f"{count(people, 'person', 'people')} and {count(trainings, 'training')}"
            f"{as_of_phrase(status_day(frame, as_of))}",
            "" if known else f"Missing: {NOT_KNOWN}",
        ],
        demo=demo,
        dark=dark,
        details=statuses,
        foot=10,
        height=112,
    )


def _figures(table: pl.DataFrame) -> pl.DataFrame:
    """One row per status: its label, its number, its part of the bar."""
    every = max(int(table["rows"].sum()), 1)
    lengths = [(rows or 0) * table.height / every for rows in table["rows"]]
    parts = stacked(lengths, table.height * MIN_PIXELS / WIDTH)
    rows = [
        {
            "status": row["status"],
            "words": SIGNED_LABELS[row["status"]],
            **_figure(row, every),
            "spoken": _status_count(row["status"], row["rows"]),
            "place": place,
            "start": start,
            "end": end,
        }
        for place, (row, (start, end)) in enumerate(
            zip(table.iter_rows(named=True), parts, strict=True)
        )
    ]
    return pl.DataFrame(rows, schema_overrides={"start": pl.Float64, "end": pl.Float64})


def _figure(row: dict[str, Any], every: int) -> dict[str, str]:
    """The texts for one status: cases, share and people."""
    if row["rows"] is None:
        return {"figure": "not known", "part": "", "people": "not known"}
    people = count(row["people"], "person", "people")
    return {
        "figure": f"{row['rows']:,}",
        "part": f"{percent(row['rows'], every)} · {people}",
        "people": f"{row['people']:,}",
    }


def _status_count(status: str, rows: int | None) -> str:
    label = STATUS_LABELS[status].lower()
    return f"{label} not known" if rows is None else f"{rows:,} {label}"


def _layers(figures: pl.DataFrame, dark: bool) -> list[alt.Chart]:
    p = palette(dark)
    base = rows_of(figures)
    colours = status_colours(dark)
    colour = alt.Color(
        "status:N",
        scale=alt.Scale(domain=list(colours), range=list(colours.values())),
        legend=None,
    )
    tooltip = [
        alt.Tooltip("words:N", title="Status"),
        alt.Tooltip("figure:N", title="Cases"),
        alt.Tooltip("people:N", title="People"),
    ]
    # Five equal columns, so that 3 is as easy to read as 30,000.
    left = alt.X(
        "place:Q", scale=alt.Scale(domain=[0, len(SEVERITY)], nice=False), axis=None, title=None
    )

    def text_of(text: str, y: int, size: int, ink: str) -> Any:
        bold: Any = "bold" if ink == p.ink else "normal"
        mark = base.mark_text(
            align="left",
            baseline="top",
            dx=12,
            color=ink,
            fontSize=size,
            fontWeight=bold,
            aria=False,
        )
        return mark.encode(x=left, y=alt.YValue(y), text=alt.Text(text), tooltip=tooltip)

    texts = [
        text_of("words:N", 4, 12, p.muted),
        text_of("figure:N", 22, 22, p.ink),
        text_of("part:N", 51, 11, p.muted),
    ]
    keys = base.mark_rect(width=4, xOffset=2, aria=False).encode(
        x=left, y=alt.YValue(4), y2=alt.Y2Value(62), color=colour, tooltip=tooltip
    )
    bar = base.mark_rect().encode(
        x=alt.X("start:Q", axis=None),
        x2=alt.X2("end:Q"),
        y=alt.YValue(78),
        y2=alt.Y2Value(100),
        color=colour,
        tooltip=tooltip,
        description=aria_label(),
    )
    return [bar, keys, *texts]
