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
from kpa_analytics.charts.text import count, day
from kpa_analytics.charts.theme import palette
from kpa_analytics.charts.timeline_ends import beyond, month_number, outermost_bars
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
    within = (month_number(min(drawn[0], today)), month_number(max(drawn[-1], today)))
    months_axis = month_axis(month_step(drawn[0], drawn[-1]), within)
    statuses = in_legend([status for status in STATUSES if dated[status].sum()])
    return layered(
        [
            _past(min(drawn[0], today), today, dark),
            _bars(_stacked(inside, least), headroom, statuses, months_axis, dark),
            *outermost_bars(outer, drawn, today, highest, least, statuses, dark),
            *_rule(today, -1 if before > len(drawn) - before else 1, dark),
        ],
        title=_TITLE,
        words=[
            f"{count(int(dated['total'].sum()), 'certificate')} by expiration date, "
            f"{int(dated['expired'].sum()):,} of them expired, as of {day(today)}",
            beyond(outer, months, today, highest),
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
            description=spoken(),
        )
        .add_params(pick, zoom)
    )
    return bars


def _past(start: date, today: date, dark: bool) -> alt.Chart:
    """The ground behind the days before `today`."""
    ground: alt.Chart = (
        rows_of(pl.DataFrame({"start": [start], "end": [today]}))
        .mark_rect(color=status_colours(dark)["expired"], opacity=0.07, clip=True, aria=False)
        .encode(
            x=alt.X("start:T", scale=day_scale()), x2=alt.X2("end:T", timeUnit="utcyearmonthdate")
        )
    )
    return ground


def _rule(today: date, side: int, dark: bool) -> list[alt.Chart]:
    """A rule at `today`; its label stands in the headroom, on the side (-1 or 1) given."""
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
        description=spoken("label"),
    )
    return [rule, label]
