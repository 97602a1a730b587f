"""Expirations per month, with a line at `as_of`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from kpa_analytics.charts.axes import (
    aria_label,
    day_scale,
    legend_statuses,
    month_axis,
    month_step,
    number_text,
    signed_status_label,
    status_colour,
    status_label,
    whole_axis,
    whole_ticks,
)
from kpa_analytics.charts.periods import months_from
from kpa_analytics.charts.stacking import MIN_PIXELS, stacked
from kpa_analytics.charts.status_rows import read_status, status_counts, status_day
from kpa_analytics.charts.styled import layered, nothing_to_show, rows_of
from kpa_analytics.charts.text import count, day
from kpa_analytics.charts.theme import palette
from kpa_analytics.charts.timeline_ends import month_number, outer_sentence, outermost_bars
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import as_day
from kpa_analytics.statuses import SEVERITY, STATUSES, status_colours

if TYPE_CHECKING:
    from datetime import date

    from kpa_analytics.inputs import AnyFrame

_READ = ("m_user_id", "expiration_date", "days_left", "status")
_TITLE = "Expirations per month"
_PARTS = pl.Enum(["earlier", "month", "later", "no date"])
_HEIGHT = 260
_INSIDE = pl.col("part") == "month"
_ROWS = {
    **{"month": pl.Date, "name": pl.String, "total": pl.Int64, "value": pl.Int64},
    **{"status": pl.String, "low": pl.Float64, "high": pl.Float64},
}


def expiry_timeline_table(
    status: AnyFrame, *, as_of: date | str | None = None, months: int = 18
) -> pl.DataFrame:
    """Count expirations per month around a day, and those outside these months.

    Args:
        status: the result of `expiry_status()`.
        as_of: the day in the middle if no row has an expiration date; by default, today.
        months: number of months to show before and after that day's month.

    Returns:
        One row per month that has expirations, and up to one row each for earlier expirations,
        later expirations and rows without an expiration date: part (Enum: earlier, month,
        later, no date), month (Date, the first day of the month, otherwise null), current,
        expiring, expired, missing, not_due, total (Int64). The totals add up to the rows of
        `status`.

    Raises:
        KPADataError: a column is missing, `as_of` is not a date, or `months` is not 1 to 120.

    Examples:
        >>> from kpa_analytics.schema import EXPIRY_STATUS
        >>> expiry_timeline_table(EXPIRY_STATUS.empty()).shape
        (0, 8)
    """
    frame = read_status(status, *_READ)
    return _per_month(frame, status_day(frame, as_of) or as_day(None), months)


def _per_month(frame: pl.DataFrame, today: date, months: int) -> pl.DataFrame:
    if not 1 <= months <= 120:
        raise KPADataError(f"months must be 1 to 120, not {months!r}")
    own = pl.col("month")
    first, last = pl.lit(months_from(today, -months)), pl.lit(months_from(today, months))
    part = (
        pl.when(own.is_null())
        .then(pl.lit("no date", _PARTS))
        .when(own < first)
        .then(pl.lit("earlier", _PARTS))
        .when(own > last)
        .then(pl.lit("later", _PARTS))
        .otherwise(pl.lit("month", _PARTS))
    )
    # Group by day first: a million rows have only a few thousand days to turn into months.
    return (
        frame.lazy()
        .group_by("expiration_date", "status")
        .agg(pl.len().alias("rows"))
        .with_columns(pl.col("expiration_date").dt.truncate("1mo").alias("month"))
        .with_columns(part.alias("part"), pl.when(own.is_between(first, last)).then(own))
        .group_by("part", "month")
        .agg(status_counts(pl.col("rows")))
        .sort("part", "month")
        .collect(engine="in-memory")
    )


def expiry_timeline(
    status: AnyFrame,
    *,
    as_of: date | str | None = None,
    months: int = 18,
    dark: bool = False,
) -> alt.LayerChart:
    """Draw expirations per month, stacked by status, with a line at `as_of`.

    Drag to pan, hold Ctrl or Cmd and turn the wheel to zoom, double-click to reset. A click on a
    bar sets the selection `pick` (month, status).

    Args:
        status: the result of `expiry_status()`, eager or lazy.
        as_of: the day of the line if no row has an expiration date; by default, today.
        months: number of months to show before and after that day's month. One bar at each end
            counts earlier and later expirations; it is cut short if it exceeds every month.
        dark: True for a dark background.

    Returns:
        The chart; its data is `expiry_timeline_table(...)`.

    Raises:
        KPADataError: as `expiry_timeline_table`.

    Examples:
        >>> from kpa_analytics.schema import EXPIRY_STATUS
        >>> expiry_timeline(EXPIRY_STATUS.empty()).description
        'Expirations per month. No expirations to show.'
    """
    frame = read_status(status, *_READ)
    today = status_day(frame, as_of) or as_day(None)
    table = _per_month(frame, today, months)
    demo = is_demo(frame)
    dated = table.filter(pl.col("part") != "no date")
    if dated.is_empty():
        return nothing_to_show(
            _TITLE, "No expirations to show", _undated(table), dark=dark, demo=demo
        )
    inside, outer = (dated.filter(where) for where in (_INSIDE, ~_INSIDE))
    shown: list[date] = inside["month"].to_list() or [today.replace(day=1)]  # in order
    before = sum(month < today for month in shown)
    highest = max(inside["total"].to_list() or outer["total"].to_list())
    headroom = highest * 1.15
    least = headroom * MIN_PIXELS / _HEIGHT
    within = (month_number(min(shown[0], today)), month_number(max(shown[-1], today)))
    months_axis = month_axis(month_step(shown[0], shown[-1]), within)
    statuses = legend_statuses([status for status in STATUSES if dated[status].sum()])
    return layered(
        [
            _past(min(shown[0], today), today, dark),
            _bars(_stacked(inside, least), headroom, statuses, months_axis, dark),
            *outermost_bars(outer, shown, today, highest, least, statuses, dark),
            *_rule(today, -1 if before > len(shown) - before else 1, dark),
        ],
        title=_TITLE,
        subtitle=[
            f"{count(int(dated['total'].sum()), 'certificate')} by expiration date, "
            f"{int(dated['expired'].sum()):,} of them expired, as of {day(today)}",
            outer_sentence(outer, months, today, highest),
            _undated(table),
        ],
        demo=demo,
        dark=dark,
        height=_HEIGHT,
    )


def _undated(table: pl.DataFrame) -> str:
    """Say what the chart leaves out: rows without an expiration date, missing and not due."""
    rows = table.filter(pl.col("part") == "no date")
    if rows.is_empty():
        return ""
    row = rows.row(0, named=True)
    no_date = row["total"] - row["missing"] - row["not_due"]
    reasons = [
        f"{no_date:,} without an expiration date" if no_date else "",
        f"{row['missing']:,} missing (never completed)" if row["missing"] else "",
        f"{row['not_due']:,} not due" if row["not_due"] else "",
    ]
    return "Not drawn: " + ", ".join(filter(None, reasons))


def _stacked(shown: pl.DataFrame, least: float) -> pl.DataFrame:
    """One row per month and status, with the worst status at the bottom."""
    named = shown.with_columns(pl.col("month").dt.strftime("%B %Y").alias("name"))
    rows = []
    for row in named.iter_rows(named=True):
        values = [row[status] for status in SEVERITY]
        rows += [
            {"month": row["month"], "name": row["name"], "total": row["total"]}
            | {"status": status, "value": value, "low": low, "high": high}
            for status, value, (low, high) in zip(
                SEVERITY, values, stacked(values, least), strict=True
            )
            if value
        ]
    return pl.DataFrame(rows, schema=_ROWS)


def _bars(
    rows: pl.DataFrame, headroom: float, statuses: list[str], months: alt.Axis, dark: bool
) -> alt.Chart:
    pick = alt.selection_point(name="pick", fields=["month", "status"], on="click")
    zoom = alt.selection_interval(
        name="zoom",
        encodings=["x"],
        bind="scales",
        zoom="wheel![event.ctrlKey || event.metaKey]",
    )
    bars: alt.Chart = (
        rows_of(rows, name="months")
        .transform_calculate(
            words=signed_status_label("datum.status"),
            spoken=f"'Expires in ' + datum.name + ': ' + {number_text('datum.value')} + ' ' + "
            f"{status_label('datum.status')} + ', of ' + {number_text('datum.total')}",
        )
        .mark_bar()
        .encode(
            x=alt.X(
                "month:T",
                timeUnit="binnedutcyearmonth",
                scale=day_scale(),
                title="Month of expiration",
                axis=months,
            ),
            y=alt.Y(
                "low:Q",
                title="Certificates",
                scale=alt.Scale(domainMax=headroom, nice=False),
                axis=whole_axis(whole_ticks(headroom)),
            ),
            y2=alt.Y2("high:Q"),
            color=status_colour(dark, statuses),
            opacity=alt.OpacityValue(0.35, condition=[{"param": "pick", "value": 1}]),
            tooltip=[
                alt.Tooltip("name:N", title="Expires in"),
                alt.Tooltip("words:N", title="Status"),
                alt.Tooltip("value:Q", title="Certificates", format=","),
                alt.Tooltip("total:Q", title="All in this month", format=","),
            ],
            description=aria_label(),
        )
        .add_params(pick, zoom)
    )
    return bars


def _past(start: date, today: date, dark: bool) -> alt.Chart:
    """The shaded area before `today`."""
    area: alt.Chart = (
        rows_of(pl.DataFrame({"start": [start], "end": [today]}))
        .mark_rect(color=status_colours(dark)["expired"], opacity=0.07, clip=True, aria=False)
        .encode(
            x=alt.X("start:T", scale=day_scale()), x2=alt.X2("end:T", timeUnit="utcyearmonthdate")
        )
    )
    return area


def _rule(today: date, side: int, dark: bool) -> list[alt.Chart]:
    """A line at `today`, and its label at the top, to the left (-1) or right (1) of the line."""
    base = rows_of(pl.DataFrame({"day": [today], "label": [f"as of {day(today)}"]}))
    rule = base.mark_rule(strokeDash=[5, 3], strokeWidth=1.25, clip=True, aria=False).encode(
        x=alt.X("day:T", scale=day_scale())
    )
    label = base.mark_text(
        align="right" if side < 0 else "left",
        baseline="top",
        dx=6 * side,
        fontWeight="bold",
        color=palette(dark).ink,
        clip=True,
    ).encode(
        x=alt.X("day:T", scale=day_scale()),
        y=alt.YValue(3),
        text=alt.Text("label:N"),
        description=aria_label("label"),
    )
    return [rule, label]
