"""When certificates expire: a bar a month, overdue ones left of the day asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from kpa_analytics.charts.axes import (
    day_scale,
    figure,
    in_legend,
    month_axis,
    month_step,
    spoken,
    status_colour,
    status_label,
    status_words,
    whole_axis,
    whole_ticks,
)
from kpa_analytics.charts.periods import months_from
from kpa_analytics.charts.stacking import LEAST, stacked
from kpa_analytics.charts.status_rows import read_status, status_counts, status_day
from kpa_analytics.charts.styled import layered, nothing_to_show, rows_of
from kpa_analytics.charts.text import count, day, month
from kpa_analytics.charts.theme import palette
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
_ENDS_OF_BARS = {"status": pl.String, "low": pl.Float64, "high": pl.Float64}
_ROWS = {
    **{"month": pl.Date, "name": pl.String, "total": pl.Int64, "value": pl.Int64},
    **_ENDS_OF_BARS,
}
_OUTER = {
    **{"start": pl.Date, "end": pl.Date, "part": pl.String, "all": pl.Int64, "held": pl.Int64},
    **_ENDS_OF_BARS,
}
_ENDS = {"part": pl.String, "at": pl.Date, "top": pl.Float64, "figure": pl.String}


def expiry_timeline_table(
    status: AnyFrame, *, as_of: date | str | None = None, months: int = 18
) -> pl.DataFrame:
    """Count expirations per month around a day; what lies outside is counted, not lost.

    Args:
        status: as `expiry_status()` makes it.
        as_of: the day in the middle, where the frame has no date to tell it; by default today.
        months: months shown before and after that day's month.

    Returns:
        One row per month that has expirations, and at most one each for what is earlier, later
        and without an expiration date: part (Enum: earlier, month, later, no date), month (Date,
        its first day; null outside), current, expiring, expired, missing, not_due, total (Int64).
        The totals add up to the rows of `status`.

    Raises:
        KPADataError: a column is missing, `as_of` is no day, or `months` is not 1 to 120.

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
    # Days first: a million rows are a few thousand days, and months are reckoned for those only.
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
    """Draw expirations per month, stacked by status, with a rule at the day asked about.

    Drag pans, Ctrl or Cmd with the wheel zooms, a double click resets. A click on a bar sets the
    selection `pick` (month, status).

    Args:
        status: as `expiry_status()` makes it, eager or lazy.
        as_of: the day of the rule, where the frame has no date to tell it; by default today.
        months: months shown before and after that day's month; what is earlier or later stands in
            one bar each at the ends, cut to the height of the months where it is more than any.
        dark: for a dark background.

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
    told = status_day(frame, as_of)
    today = told or as_day(None)
    table = _per_month(frame, today, months)
    demo = is_demo(frame)
    dated = table.filter(pl.col("part") != "no date")
    if dated.is_empty():
        return nothing_to_show(
            _TITLE, "No expirations to show", _undated(table), dark=dark, demo=demo
        )
    inside, outer = (dated.filter(where) for where in (_INSIDE, ~_INSIDE))
    drawn: list[date] = inside["month"].to_list() or [today.replace(day=1)]  # in order
    before = sum(one < today for one in drawn)
    highest = max(inside["total"].to_list() or outer["total"].to_list())
    headroom = highest * 1.15
    least = headroom * LEAST / _HEIGHT
    return layered(
        _layers(
            past=pl.DataFrame({"start": [min(drawn[0], today)], "end": [today]}),
            rows=_stacked(inside, least),
            outer=_outer(outer, drawn, today, highest, least),
            ends=_ends(outer, drawn, today, highest),
            today=pl.DataFrame({"day": [today], "label": [f"as of {day(today)}"]}),
            headroom=headroom,
            ticks=whole_ticks(headroom),
            statuses=in_legend([status for status in STATUSES if dated[status].sum()]),
            step=month_step(drawn[0], drawn[-1]),
            first=_number(min(drawn[0], today)),
            last=_number(max(drawn[-1], today)),
            side=-1 if before > len(drawn) - before else 1,
            dark=dark,
        ),
        title=_TITLE,
        words=[
            f"{count(int(dated['total'].sum()), 'certificate')} by expiration date, "
            f"{int(dated['expired'].sum()):,} of them expired, as of {day(today)}",
            _beyond(outer, months, today, highest),
            _undated(table),
        ],
        demo=demo,
        dark=dark,
        height=_HEIGHT,
    )


def _undated(table: pl.DataFrame) -> str:
    """What has no day to be drawn at, in words: held, missing and not due are three things."""
    rows = table.filter(pl.col("part") == "no date")
    if rows.is_empty():
        return ""
    row = rows.row(0, named=True)
    held = row["total"] - row["missing"] - row["not_due"]
    told = [
        f"{held:,} without an expiration date" if held else "",
        f"{row['missing']:,} missing (never completed)" if row["missing"] else "",
        f"{row['not_due']:,} not due" if row["not_due"] else "",
    ]
    return "Not drawn: " + ", ".join(filter(None, told))


def _beyond(outer: pl.DataFrame, months: int, today: date, highest: float) -> str:
    """What the outermost bars stand for, in words."""
    told = [
        f"{total:,} {part}{' (bar cut short)' if total > highest else ''}"
        for part, total in outer.select("part", "total").iter_rows()
    ]
    near = count(months, "month")
    return f"More than {near} from {month(today)}: {', '.join(told)}" if told else ""


def _outer(
    outer: pl.DataFrame, drawn: list[date], today: date, highest: float, least: float
) -> pl.DataFrame:
    """One row per part and status; a bar higher than every month's is cut to their height."""
    rows = []
    for row in outer.iter_rows(named=True):
        start, end = _slot(row["part"], drawn, today)
        share = min(1, highest / row["total"])
        values = [row[status] for status in SEVERITY]
        parts = stacked([value * share for value in values], least)
        rows += [
            {"start": start, "end": end, "part": row["part"], "all": row["total"]}
            | {"status": status, "held": value, "low": low, "high": high}
            for status, value, (low, high) in zip(SEVERITY, values, parts, strict=True)
            if value
        ]
    return pl.DataFrame(rows, schema=_OUTER)


def _ends(outer: pl.DataFrame, drawn: list[date], today: date, highest: float) -> pl.DataFrame:
    """What stands at the outermost bars: their names under them, their figures over them."""
    rows = []
    for part, total in outer.select("part", "total").iter_rows():
        start, end = _slot(part, drawn, today)
        cut = " (cut)" if total > highest else ""
        rows.append(
            {
                "part": part,
                "at": end if part == "earlier" else start,
                "top": min(total, highest),
                "figure": f"{total:,}{cut}",
            }
        )
    return pl.DataFrame(rows, schema=_ENDS)


def _slot(part: str, drawn: list[date], today: date) -> tuple[date, date]:
    """Where an outermost bar begins and ends, apart from the months."""
    first, last = min(drawn[0], today), max(drawn[-1], today)
    unit = max(1, (_number(last) - _number(first)) // 24)
    if part == "earlier":
        return months_from(first, -2 * unit), months_from(first, -unit)
    return months_from(last, 1 + unit), months_from(last, 1 + 2 * unit)


def _number(day: date) -> int:
    """A month as a number."""
    return day.year * 12 + day.month - 1


def _stacked(shown: pl.DataFrame, least: float) -> pl.DataFrame:
    """One row per month and status, the worst at the bottom."""
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


def _layers(
    past: pl.DataFrame,
    rows: pl.DataFrame,
    outer: pl.DataFrame,
    ends: pl.DataFrame,
    today: pl.DataFrame,
    headroom: float,
    ticks: list[int],
    statuses: list[str],
    step: int,
    first: int,
    last: int,
    side: int,
    dark: bool,
) -> list[alt.Chart]:
    return [
        _past(past, dark),
        _bars(rows, headroom, ticks, statuses, month_axis(step, (first, last)), dark),
        _outer_bars(outer, statuses, dark),
        *_outer_words(ends, dark),
        *_rule(today, side, dark),
    ]


def _bars(
    rows: pl.DataFrame,
    headroom: float,
    ticks: list[int],
    statuses: list[str],
    months: alt.Axis,
    dark: bool,
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
            words=status_words("datum.status"),
            spoken=f"'Expires in ' + datum.name + ': ' + {figure('datum.value')} + ' ' + "
            f"{status_label('datum.status')} + ', of ' + {figure('datum.total')}",
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
                axis=whole_axis(ticks),
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
            description=spoken(),
        )
        .add_params(pick, zoom)
    )
    return bars


def _outer_bars(outer: pl.DataFrame, statuses: list[str], dark: bool) -> alt.Chart:
    """What expires before the first or after the last of the months."""
    bars: alt.Chart = (
        rows_of(outer)
        .transform_calculate(
            words=status_words("datum.status"),
            when="datum.part == 'earlier' ? 'before these months' : 'after these months'",
        )
        .transform_calculate(
            spoken=f"'Expires ' + datum.when + ': ' + {figure('datum.held')} + ' ' + "
            f"{status_label('datum.status')} + ', of ' + {figure('datum.all')}",
        )
        .mark_bar()
        .encode(
            x=alt.X("start:T", scale=day_scale()),
            x2=alt.X2("end:T", timeUnit="utcyearmonthdate"),
            y=alt.Y("low:Q"),
            y2=alt.Y2("high:Q"),
            color=status_colour(dark, statuses),
            tooltip=[
                alt.Tooltip("when:N", title="Expires"),
                alt.Tooltip("words:N", title="Status"),
                alt.Tooltip("held:Q", title="Certificates", format=","),
                alt.Tooltip("all:Q", title="All of these", format=","),
            ],
            description=spoken(),
        )
    )
    return bars


def _outer_words(ends: pl.DataFrame, dark: bool) -> list[alt.Chart]:
    """The outermost bars' names and figures, growing away from the months."""
    side = "datum.part == 'earlier' ? 'right' : 'left'"
    texts = rows_of(ends).mark_text(
        align=alt.ExprRef(side), color=palette(dark).muted, clip=False, aria=False
    )
    names = texts.encode(
        x=alt.X("at:T", scale=day_scale()),
        y=alt.YValue("height"),
        yOffset=alt.YOffsetValue(16),
        text=alt.Text("part:N"),
    )
    figures = texts.transform_calculate(over="datum.top").encode(
        x=alt.X("at:T", scale=day_scale()),
        y=alt.Y("over:Q"),
        yOffset=alt.YOffsetValue(-8),
        text=alt.Text("figure:N"),
    )
    return [names, figures]


def _past(past: pl.DataFrame, dark: bool) -> alt.Chart:
    """The ground behind what lies before the day asked about."""
    ground: alt.Chart = (
        rows_of(past)
        .mark_rect(color=status_colours(dark)["expired"], opacity=0.07, clip=True, aria=False)
        .encode(
            x=alt.X("start:T", scale=day_scale()), x2=alt.X2("end:T", timeUnit="utcyearmonthdate")
        )
    )
    return ground


def _rule(today: pl.DataFrame, side: int, dark: bool) -> list[alt.Chart]:
    """The day asked about; its label stands in the headroom, on the side that has more months."""
    base = rows_of(today)
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
        description=spoken("label"),
    )
    return [rule, label]
