"""The bars of one person's trainings: one row per training, one bar per status and time."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import altair as alt
import polars as pl

from kpa_analytics.charts import axes
from kpa_analytics.charts.stacking import MIN_PART, stacked
from kpa_analytics.charts.styled import layered, one_row, rows_of
from kpa_analytics.charts.text import labels, short
from kpa_analytics.charts.theme import SPACING, ink_on, palette
from kpa_analytics.statuses import (
    CURRENT,
    EXPIRED,
    EXPIRING,
    MISSING,
    NOT_DUE,
    STATUS_LABELS,
    STATUS_SIGNS,
    STATUSES,
    VALID,
    status_colours,
)
from kpa_analytics.wording import day

if TYPE_CHECKING:
    from collections.abc import Sequence

#: More bars would make the chart larger than 100 kB.
MOST_BARS = 280
_LANE, _WIDTH, _ROOM = 28, 350, 180
#: The height of a bar, as a part of its row.
_HEIGHTS = {CURRENT: 0.62, EXPIRING: 0.5, EXPIRED: 0.38, MISSING: 0.38, NOT_DUE: 0.14}
#: The narrowest bar that has room for its sign, in pixels.
_SIGN = 13


class Axis(NamedTuple):
    """The first day, the day of the line, and the last day of the time axis."""

    first: date
    today: date
    last: date

    @property
    def pixels(self) -> float:
        """The width of a day."""
        return _WIDTH / ((self.last - self.first).days + 1)


def newest(spans: pl.DataFrame, axis: Axis) -> pl.DataFrame:
    """The newest spans of each training for which the time before the line has room."""
    room = ((axis.today - axis.first).days + 1) * axis.pixels
    most = max(int(room / MIN_PART / 2), 1)
    return (
        spans.sort("first")
        .filter(pl.int_range(pl.len(), 0, -1).over("training_id", "ahead") <= most)
        .sort("training_id", "first")
    )


def bar_places(spans: pl.DataFrame, order: pl.DataFrame, axis: Axis) -> pl.DataFrame:
    """Place each bar on the time axis, so that even one day is visible.

    Args:
        spans: training_id, status, first, last and ahead.
        order: the trainings to draw: training_id and place.
        axis: the time axis, which cuts bars.

    Returns:
        place, status, ahead, from_day, to_day (String; for readers), low, high (Int64; ms of UTC).
    """
    cut = (
        order.select("place", "training_id")
        .join(spans, on="training_id")
        .with_columns(
            until=pl.col("last").fill_null(axis.last).clip(upper_bound=axis.last),
        )
        .filter(pl.col("first") <= pl.col("until"))
        .sort("place", "first")
    )
    rows = [
        bar
        for part in cut.partition_by("place", "ahead", maintain_order=True)
        for bar in _bars_of(part, axis)
    ]
    schema: dict[str, Any] = {
        **{"place": pl.Int64, "status": pl.String, "ahead": pl.Boolean},
        **{"from_day": pl.String, "to_day": pl.String, "low": pl.Int64, "high": pl.Int64},
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _bars_of(part: pl.DataFrame, axis: Axis) -> list[tuple[Any, ...]]:
    """The bars of one training up to the line, or after it; thin ones at their least width."""
    is_ahead = part["ahead"][0]
    begin = axes.days_since_1970(axis.today) + 1 if is_ahead else axes.days_since_1970(axis.first)
    origin, lengths = begin, []
    for first, until in part.select("first", "until").iter_rows():
        lengths += [axes.days_since_1970(first) - begin, (until - first).days + 1]
        begin = axes.days_since_1970(until) + 1
    ends = stacked(lengths, MIN_PART / axis.pixels)[1::2]
    return [
        (
            row["place"],
            row["status"],
            row["ahead"],
            day(row["first"]),
            "no end" if row["last"] is None else day(row["last"]),
            round((origin + low) * axes.A_DAY),
            round((origin + high) * axes.A_DAY),
        )
        for row, (low, high) in zip(part.iter_rows(named=True), ends, strict=True)
    ]


def lanes(
    bars: pl.DataFrame,
    order: pl.DataFrame,
    axis: Axis,
    *,
    title: str,
    subtitle: Sequence[str],
    demo: bool,
    dark: bool,
) -> alt.LayerChart:
    """Draw the bars of these trainings, with their names and their statuses beside them."""
    names = labels(order, "training", "training_id", 100, _ROOM)
    scale = alt.Scale(domain=[0, names.height], reverse=True, nice=False)
    return layered(
        [
            *_bars(bars, names, axis, scale, dark),
            *_line(axis, dark),
            *_texts(names, scale, dark),
        ],
        title=title,
        subtitle=subtitle,
        demo=demo,
        dark=dark,
        width=_WIDTH,
        height=_LANE * names.height,
    )


def _x(field: str, axis: Axis, scale: alt.Scale | None = None) -> alt.X:
    """A place on the time axis; only one layer has its scale, because Vega warns of a second."""
    scale = scale or alt.Scale(type="utc", nice=False)
    return alt.X(f"{field}:T", title=None, scale=scale, axis=axes.month_axis(_step(axis)))


def _step(axis: Axis) -> int:
    """Months between ticks: the plot has room for fewer labels than others."""
    months = (axis.last - axis.first).days // 30 + 1
    return next((step for step in (1, 3, 12, 24) if months <= 8 * step), 60)


def _bars(
    bars: pl.DataFrame, names: pl.DataFrame, axis: Axis, scale: alt.Scale, dark: bool
) -> list[alt.Chart]:
    if bars.is_empty():  # Vega cannot measure a scale without rows
        return []
    titles = alt.LookupData(rows_of(names.select("place", "training")).data, "place", ["training"])
    shown = [status for status in STATUSES if status in bars["status"]]
    layers = [
        (
            rows_of(bars.filter(ahead=is_ahead).drop("ahead"))
            .transform_lookup("place", titles)
            .transform_calculate(
                top=f"datum.place + 0.5 - {_HEIGHTS}[datum.status] / 2",
                bottom=f"datum.place + 0.5 + {_HEIGHTS}[datum.status] / 2",
                signed=axes.signed_label(),
                spoken=axes.sentence("{training}: {status} from {from_day} to {to_day}"),
            )
            .mark_bar(
                x2Offset=-SPACING,
                strokeWidth=1,
                stroke=axes.status_edge(dark),
                fillOpacity=0.35 if is_ahead else alt.Undefined,
            )
            .encode(
                x=_x("low", axis),
                x2=alt.X2("high:T"),
                y=alt.Y("top:Q", scale=scale, axis=None),
                y2=alt.Y2("bottom:Q"),
                color=axes.status_colour(dark, shown, offset=30),
                tooltip=axes.tooltip(
                    {
                        "training": "Training",
                        "signed": "Status",
                        "from_day": "From",
                        "to_day": "To",
                    }
                ),
                description=axes.aria_label(),
            )
        )
        for is_ahead in (False, True)
        if is_ahead in bars["ahead"]
    ]
    return [*axes.with_one_legend(layers), *_signs(bars, axis, scale, dark)]


def _signs(bars: pl.DataFrame, axis: Axis, scale: alt.Scale, dark: bool) -> list[alt.Chart]:
    """The sign of the status on each bar that has room for it."""
    ink = {status: ink_on(colour) for status, colour in status_colours(dark).items()}
    inside = bars.filter(
        ~pl.col("ahead"),
        pl.col("status") != NOT_DUE,
        (pl.col("high") - pl.col("low")) / axes.A_DAY * axis.pixels >= _SIGN,
    ).select(
        (pl.col("place") + 0.5).alias("middle"),
        ((pl.col("low") + pl.col("high")) // 2).alias("at"),
        pl.col("status").replace_strict(STATUS_SIGNS).alias("sign"),
        pl.col("status").replace_strict(ink).alias("ink"),
    )
    if inside.is_empty():
        return []
    signs: alt.Chart = (
        rows_of(inside)
        .mark_text(baseline="middle", fontSize=10, dx=-SPACING / 2, aria=False)
        .encode(
            x=_x("at", axis),
            y=alt.Y("middle:Q", scale=scale, axis=None),
            text=alt.Text("sign:N"),
            color=alt.Color("ink:N", scale=None),
        )
    )
    return [signs]


def _line(axis: Axis, dark: bool) -> list[alt.Chart]:
    """A line at the end of `today`, with its label above the plot."""
    first, today, last = map(axes.days_since_1970, (axis.first, axis.today, axis.last))
    end = (today + 1) * axes.A_DAY
    scale = axes.between(first * axes.A_DAY, (last + 1) * axes.A_DAY)
    base = one_row(day=end, label=f"as of {day(axis.today)}")
    rule = base.mark_rule(
        strokeDash=[5, 3], strokeWidth=1.25, color=palette(dark).ink, aria=False
    ).encode(x=_x("day", axis, scale))
    label = base.mark_text(
        align="right", dx=0, clip=False, fontWeight="bold", color=palette(dark).ink
    ).encode(
        x=_x("day", axis),
        y=alt.YValue(-9),
        text=alt.Text("label:N"),
        description=axes.aria_label("label"),
    )
    return [rule, label]


def _texts(names: pl.DataFrame, scale: alt.Scale, dark: bool) -> list[alt.Chart]:
    """The name of each training, and its status with its day."""
    p = palette(dark)
    states = [
        _state(status, ends)
        for status, ends in names.select("status", "expiration_date").iter_rows()
    ]
    rows = names.select("place", "training").with_columns(
        short(names, "training", _ROOM), pl.Series("state", states, pl.String)
    )
    row = rows_of(rows).transform_calculate(
        middle="datum.place + 0.5", spoken=axes.sentence("{training}: {state}")
    )
    middle = alt.Y("middle:Q", scale=scale, axis=None)
    who = row.mark_text(
        align="right", color=p.muted, lineBreak="\n", lineHeight=12, clip=False
    ).encode(
        x=alt.XValue(-10),
        y=middle,
        text=alt.Text("short:N"),
        tooltip=alt.Tooltip("training:N"),
        description=axes.aria_label(),
    )
    state = row.mark_text(align="left", dx=8, color=p.ink, clip=False, aria=False).encode(
        x=alt.XValue("width"), y=middle, text=alt.Text("state:N")
    )
    return [who, state]


def _state(status: str, ends: date | None) -> str:
    """The status on the day, with its sign and the day on which it ends or ended."""
    sign = STATUS_SIGNS[status]
    if status in VALID:
        return f"{sign} until {day(ends)}" if ends else f"{sign} no end"
    if status == EXPIRED and ends:
        return f"{sign} ended {day(ends)}"
    return f"{sign} {STATUS_LABELS[status].lower()}"
