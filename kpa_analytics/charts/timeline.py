"""When certificates expire: a bar a month, overdue ones left of the day asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from kpa_analytics.charts.scales import (
    day_scale,
    in_legend,
    month_axis,
    month_step,
    status_colour,
    status_words,
    whole_axis,
    whole_ticks,
)
from kpa_analytics.charts.sheet import Sheet, drawable, empty, term
from kpa_analytics.charts.status import read_status, status_counts, status_day
from kpa_analytics.charts.theme import SEVERITY, palette
from kpa_analytics.charts.words import count, day
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import as_day
from kpa_analytics.schema import STATUSES

if TYPE_CHECKING:
    from datetime import date

    from kpa_analytics.charts.sheet import Number, Numbers, Rows, Texts
    from kpa_analytics.inputs import AnyFrame

_READ = ("m_user_id", "expiration_date", "days_left", "status")
_TITLE = "Expirations per month"
_PARTS = pl.Enum(["earlier", "month", "later", "no date"])


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
    month = pl.col("month")
    middle = pl.lit(today.replace(day=1))
    first, last = middle.dt.offset_by(f"-{months}mo"), middle.dt.offset_by(f"{months}mo")
    part = (
        pl.when(month.is_null())
        .then(pl.lit("no date", _PARTS))
        .when(month < first)
        .then(pl.lit("earlier", _PARTS))
        .when(month > last)
        .then(pl.lit("later", _PARTS))
        .otherwise(pl.lit("month", _PARTS))
    )
    # Days first: a million rows are a few thousand days, and months are reckoned for those only.
    return (
        frame.lazy()
        .group_by("expiration_date", "status")
        .agg(pl.len().alias("rows"))
        .with_columns(pl.col("expiration_date").dt.truncate("1mo").alias("month"))
        .with_columns(part.alias("part"), pl.when(month.is_between(first, last)).then(month))
        .group_by("part", "month")
        .agg(status_counts(pl.col("rows")))
        .sort("part", "month")
        .collect(engine="in-memory")
    )


@drawable
def expiry_timeline(
    status: AnyFrame,
    *,
    as_of: date | str | None = None,
    months: int = 18,
    dark: bool = False,
) -> Sheet:
    """Draw expirations per month, stacked by status, with a rule at the day asked about.

    Drag pans, Ctrl or Cmd with the wheel zooms, a double click resets. A click on a bar sets the
    selection `pick` (month, status).

    Args:
        status: as `expiry_status()` makes it, eager or lazy.
        as_of: the day of the rule, where the frame has no date to tell it; by default today.
        months: months shown before and after that day's month; others are counted in the subtitle.
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
    shown = table.filter(pl.col("part") == "month")
    if shown.is_empty():
        none = "No expirations to show"
        if table.height and told:
            none += f" within {months} months of {day(today)}"
        return empty(_TITLE, none, _outside(table), dark=dark, demo=demo)
    overdue = int(shown["expired"].sum())
    words = [
        f"{count(int(shown['total'].sum()), 'certificate')} by expiration date, "
        f"{overdue:,} of them expired, as of {day(today)}",
        _outside(table),
    ]
    drawn: list[date] = shown["month"].to_list()  # in order
    before = sum(month < today for month in drawn)
    headroom = max(shown["total"].to_list()) * 1.15
    return Sheet(
        _layers,
        {
            "past": pl.DataFrame({"start": [min(drawn[0], today)], "end": [today]}),
            "rows": _stacked(shown),
            "today": pl.DataFrame({"day": [today], "label": [f"as of {day(today)}"]}),
            "headroom": headroom,
            "ticks": whole_ticks(headroom),
            "statuses": in_legend([status for status in STATUSES if shown[status].sum()]),
            "step": month_step(drawn[0], drawn[-1]),
            "side": -1 if before > len(drawn) - before else 1,
        },
        {},
        title=_TITLE,
        words=words,
        demo=demo,
        dark=dark,
        height=260,
    )


def _outside(table: pl.DataFrame) -> str:
    """What is not drawn, in words."""
    told = {
        "earlier": "earlier",
        "later": "later",
        "no date": "without an expiration date",
    }
    totals = dict(table.select("part", "total").iter_rows())  # of each of these one row
    parts = [f"{totals[part]:,} {words}" for part, words in told.items() if part in totals]
    return "Not drawn: " + ", ".join(parts) if parts else ""


def _stacked(shown: pl.DataFrame) -> pl.DataFrame:
    """One row per month and status, the worst at the bottom."""
    named = shown.with_columns(pl.col("month").dt.strftime("%B %Y").alias("name"))
    rows = [
        {
            "month": row["month"],
            "name": row["name"],
            "total": row["total"],
            "status": status,
            "order": order,
            "value": row[status],
        }
        for row in named.iter_rows(named=True)
        for order, status in enumerate(SEVERITY)
        if row[status]
    ]
    return pl.DataFrame(rows)


def _layers(
    past: Rows,
    rows: Rows,
    today: Rows,
    headroom: Number,
    ticks: Numbers,
    statuses: Texts,
    step: Number,
    side: Number,
    dark: bool,
) -> list[alt.Chart]:
    return [
        _past(past, dark),
        _bars(rows, headroom, ticks, statuses, step, dark),
        *_rule(today, side, dark),
    ]


def _bars(
    rows: Rows, headroom: Number, ticks: Numbers, statuses: Texts, step: Number, dark: bool
) -> alt.Chart:
    pick = alt.selection_point(name="pick", fields=["month", "status"], on="click")
    zoom = alt.selection_interval(
        name="zoom",
        encodings=["x"],
        bind="scales",
        zoom="wheel![event.ctrlKey || event.metaKey]",
    )
    bars: alt.Chart = (
        alt.Chart(rows, name="months")
        .transform_calculate(words=status_words("datum.status"))
        .mark_bar(stroke=palette(dark).background, strokeWidth=0.75)
        .encode(
            x=alt.X(
                "month:T",
                timeUnit="binnedutcyearmonth",
                scale=day_scale(),
                title="Month of expiration",
                axis=month_axis(step),
            ),
            y=alt.Y(
                "value:Q",
                stack="zero",
                title="Certificates",
                scale=alt.Scale(domainMax=headroom, nice=False),
                axis=whole_axis(ticks),
            ),
            color=status_colour(dark, statuses),
            order=alt.Order("order:Q", sort="ascending"),
            opacity=alt.OpacityValue(0.35, condition=[{"param": "pick", "value": 1}]),
            tooltip=[
                alt.Tooltip("name:N", title="Expires in"),
                alt.Tooltip("words:N", title="Status"),
                alt.Tooltip("value:Q", title="Certificates", format=","),
                alt.Tooltip("total:Q", title="All in this month", format=","),
            ],
        )
        .add_params(pick, zoom)
    )
    return bars


def _past(past: Rows, dark: bool) -> alt.Chart:
    """The ground behind what lies before the day asked about."""
    ground: alt.Chart = (
        alt.Chart(past)
        .mark_rect(color=palette(dark).expired, opacity=0.07, clip=True)
        .encode(
            x=alt.X("start:T", scale=day_scale()), x2=alt.X2("end:T", timeUnit="utcyearmonthdate")
        )
    )
    return ground


def _rule(today: Rows, side: Number, dark: bool) -> list[alt.Chart]:
    """The day asked about; its label stands in the headroom, on the side that has more months."""
    base = alt.Chart(today)
    rule = base.mark_rule(strokeDash=[5, 3], strokeWidth=1.25, clip=True).encode(
        x=alt.X("day:T", scale=day_scale())
    )
    label = base.mark_text(
        align=alt.ExprRef(f"{term(side)} < 0 ? 'right' : 'left'"),
        baseline="top",
        dx=alt.ExprRef(f"6 * {term(side)}"),
        fontWeight="bold",
        color=palette(dark).ink,
        clip=True,
    ).encode(x=alt.X("day:T", scale=day_scale()), y=alt.YValue(3), text=alt.Text("label:N"))
    return [rule, label]
