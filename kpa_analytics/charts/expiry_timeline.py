"""Expirations per month, with a line at `as_of`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from kpa_analytics.analysis.periods import month_number, months_from, part_of
from kpa_analytics.as_of import day_of
from kpa_analytics.charts import axes, timeline_ends
from kpa_analytics.charts.stacking import MIN_PART, stack
from kpa_analytics.charts.status_choice import chosen, only, only_words
from kpa_analytics.charts.status_rows import read_status, status_counts, status_day
from kpa_analytics.charts.styled import layered, nothing_to_show, one_row, rows_of
from kpa_analytics.charts.text import not_drawn
from kpa_analytics.charts.theme import SPACING, WIDTH, palette
from kpa_analytics.inputs import read
from kpa_analytics.report_text import CertificatesAhead, ChartText, CurrentAhead
from kpa_analytics.report_text import TimelineText as Text
from kpa_analytics.schema import EXPIRY_STATUS
from kpa_analytics.statuses import (
    CURRENT,
    EXPIRED,
    FROM_REQUIREMENTS,
    MISSING,
    NOT_DUE,
    SEVERITY,
    STATUSES,
    VALID,
)
from kpa_analytics.whole_number import whole_number
from kpa_analytics.wording import month, month_texts, say, say_rows

if TYPE_CHECKING:
    from collections.abc import Collection

    from kpa_analytics.as_of import Day
    from kpa_analytics.inputs import AnyFrame

_PARTS = ("earlier", "month", "later", "no date")
#: Why rows are not drawn.
_REASONS = {"no date": Text.NO_DATE, MISSING: Text.MISSING, NOT_DUE: Text.NOT_DUE}
_HEIGHT = 260
#: The space between bars, as a part of a month's width; at most `SPACING`.
_SPACING = 1 / 6


def expiry_timeline_table(
    status: AnyFrame, *, as_of: Day | None = None, months: int = 18
) -> pl.DataFrame:
    """Count expirations per month around a day, and those outside these months.

    Args:
        status: the result of `expiry_status()`.
        as_of: the day in the middle if no row has an expiration date; by default, today, or for
            demo data `demo.AS_OF`.
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
    whole_number(months, "months", 120)
    frame = read(status, EXPIRY_STATUS, "expiration_date", "days_left", "status")
    today = status_day(frame, as_of) or day_of(None, status)
    own = pl.col("month")
    first, last = (pl.lit(months_from(today, away)) for away in (-months, months))
    # Group by day first: a million rows have only a few thousand days to turn into months.
    return (
        frame.group_by("expiration_date")
        .agg(status_counts())
        .with_columns(pl.col("expiration_date").dt.truncate("1mo").alias("month"))
        .with_columns(
            part_of(own, first, last, _PARTS).cast(pl.Enum(_PARTS)).alias("part"),
            pl.when(own.is_between(first, last)).then(own),
        )
        .group_by("part", "month")
        .agg(pl.col(*STATUSES, "total").sum())
        .sort("part", "month")
    )


def expiry_timeline(
    status: AnyFrame,
    *,
    as_of: Day | None = None,
    months: int = 18,
    statuses: Collection[str] = (),
    dark: bool = False,
) -> alt.LayerChart:
    """Draw expirations per month, stacked by status, with a line at `as_of`.

    Drag to pan, hold Ctrl or Cmd and turn the wheel to zoom, double-click to reset. A click on a
    bar sets the selection `pick` (month, status); the month of the bars at the ends is "earlier"
    or "later".

    Args:
        status: the result of `expiry_status()`, eager or lazy.
        as_of: the day of the line if no row has an expiration date; by default, today, or for
            demo data `demo.AS_OF`.
        months: number of months to show before and after that day's month. One bar at each end
            counts earlier and later expirations; it is cut short if it exceeds every month.
        statuses: draw the bars of these statuses only; empty for all. The title is about these
            bars; the subtitle counts every status.
        dark: True for a dark background.

    Returns:
        The chart; its data is `expiry_timeline_table(...)`.

    Raises:
        KPADataError: as `expiry_timeline_table`, or there is no such status.

    Examples:
        >>> from kpa_analytics.schema import EXPIRY_STATUS
        >>> expiry_timeline(EXPIRY_STATUS.empty()).description
        'Expirations per month. No expirations to show.'
    """
    rows = read_status(status, "m_user_id", as_of=as_of)
    today = rows.today or day_of(None, rows.frame)
    table = expiry_timeline_table(rows.frame, as_of=today, months=months)
    undated = table.filter(pl.col("part") == "no date")
    dated = table.filter(pl.col("part") != "no date")
    seen = only(dated, statuses)
    named = [status for status in STATUSES if seen[status].sum()]
    if not named:
        notes = (_undated(undated), only_words(statuses, in_title=True))
        return nothing_to_show(Text.TITLE, Text.NOTHING, *notes, dark=dark, demo=rows.demo)
    in_month, has_bar = pl.col("part") == "month", pl.col("drawn") > 0
    inside, outer = seen.filter(in_month & has_bar), seen.filter(~in_month)
    beyond = outer.filter(has_bar)
    shown: list[date] = inside["month"].to_list() or [today.replace(day=1)]  # in order
    ends = timeline_ends.outer_rows(beyond, shown, today)
    highest = max(inside["drawn"].to_list() or beyond["drawn"].to_list())
    headroom = highest * 1.15
    least = headroom * MIN_PART / _HEIGHT
    certificates, expired = (int(dated[column].sum()) for column in ("total", EXPIRED))
    counts = say(Text.COUNTS, certificates=certificates, expired=expired, day=today)
    return layered(
        [
            _bars(
                pl.concat([_months(inside, least), timeline_ends.bars(ends, highest, least)]),
                headroom,
                named,
                shown,
                today,
                dark,
            ),
            *timeline_ends.texts(ends, highest, dark),
            *_line(today, shown, dark),
        ],
        title=_title(seen, statuses, today, months),
        subtitle=[
            rows.supposed(counts),
            timeline_ends.outer_sentence(outer, months, today, highest),
            _undated(undated),
            only_words(statuses, in_title=True),
        ],
        demo=rows.demo,
        dark=dark,
        height=_HEIGHT,
    )


def _title(seen: pl.DataFrame, statuses: Collection[str], today: date, months: int) -> str:
    """The finding, as the title: the month to come in which the most certificates expire.

    `seen` counts only the `statuses` that are drawn.
    """
    ahead = seen.select("part", "month", (pl.col("drawn") - pl.col(EXPIRED)).alias("ahead"))
    ahead = ahead.filter(pl.col("ahead") > 0)
    words = CurrentAhead if {*chosen(statuses)} & {*VALID} == {CURRENT} else CertificatesAhead
    last, later = month(months_from(today, months)), ahead.filter(pl.col("part") == "later")
    in_months = ahead.filter(pl.col("month") >= today.replace(day=1))
    if in_months.is_empty():
        expired = int(seen[EXPIRED].sum())
        if expired:
            return say(Text.HAVE_EXPIRED, expired=expired)
        number = int(later["ahead"].sum())
        return say(words.LATER, n=number, last=last) if number else Text.TITLE
    busiest = in_months.filter(pl.col("ahead") == pl.col("ahead").max()).sort("month")
    first, number = busiest.select("month", "ahead").row(0)
    if busiest.height > 1:
        text = words.SEVERAL_BUSIEST_THROUGH if later.height else words.SEVERAL_BUSIEST
    elif later.height:
        text = words.BUSIEST_THROUGH
    else:
        text = words.BUSIEST if in_months.height > 1 else words.ONE_MONTH
    others = busiest.height - 1
    return say(text, n=number, month=month(first), others=others, last=last)


def _undated(rows: pl.DataFrame) -> str:
    """Name the rows that are not drawn: without an expiration date, missing and not due."""
    numbers = rows.select(pl.col("total", *FROM_REQUIREMENTS).sum()).row(0, named=True)
    no_date = numbers["total"] - sum(numbers[status] for status in FROM_REQUIREMENTS)
    return not_drawn({**numbers, "no date": no_date}, _REASONS)


def _months(inside: pl.DataFrame, least: float) -> pl.DataFrame:
    """The parts of each month's bar, as `timeline_ends.bars` returns those of the ends."""
    start = pl.col("month")
    # date.max is the last day that a chart can show.
    until = pl.min_horizontal(start.dt.offset_by("1mo"), pl.lit(date.max)).alias("until")
    name = say_rows(Text.IN_MONTH, month=month_texts(start)).alias("name")
    return stack(inside, SEVERITY, least, "status").select(
        start.dt.strftime("%Y-%m-%d"), start.alias("start"), until, name, *timeline_ends.OF_PARTS
    )


def _bars(
    rows: pl.DataFrame,
    headroom: float,
    statuses: list[str],
    shown: list[date],
    today: date,
    dark: bool,
) -> alt.Chart:
    """A bar for each month, and for each end, with the worst status at the bottom."""
    within = (month_number(min(shown[0], today)), month_number(max(shown[-1], today)))
    bars: alt.Chart = (
        rows_of(rows, name="months")
        .transform_calculate(
            signed=axes.signed_label(),
            spoken=axes.sentence(Text.SPOKEN),
        )
        .mark_bar(
            xOffset=min(SPACING, _SPACING * WIDTH / (within[1] - within[0] + 1)),
            y2Offset=SPACING,
            strokeWidth=1,
            stroke=axes.status_edge(dark),
        )
        .encode(
            x=axes.on_day(
                "start",
                title=Text.AXIS,
                axis=axes.time_axis(shown[0], shown[-1], within),
            ),
            x2=axes.until_day("until"),
            y=alt.Y("low:Q", **axes.counting(ChartText.CERTIFICATES, headroom)),
            y2=alt.Y2("high:Q"),
            color=axes.status_colour(dark, statuses),
            tooltip=axes.tooltip(
                {"name": Text.EXPIRES, "signed": ChartText.STATUS},
                {"value": ChartText.CERTIFICATES, "total": Text.ALL_STATUSES},
            ),
            description=axes.aria_label(),
        )
    )
    return axes.zoomable(axes.pick(bars, "month", "status"))


def _line(today: date, shown: list[date], dark: bool) -> list[alt.Chart]:
    """A line at `today`, and its label at the top, on the side with fewer months."""
    left = sum(month < today for month in shown) > len(shown) / 2
    base = one_row(day=today.isoformat(), label=say(ChartText.AS_OF, day=today))
    line = base.mark_rule(strokeDash=[5, 3], strokeWidth=1.25, clip=True, aria=False)
    label = base.mark_text(
        align="right" if left else "left",
        baseline="top",
        dx=-6 if left else 6,
        fontWeight="bold",
        color=palette(dark).ink,
        clip=True,
    )
    return [
        line.encode(x=axes.on_day("day")),
        label.encode(
            x=axes.on_day("day"),
            y=alt.YValue(3),
            text=alt.Text("label:N"),
            description=axes.aria_label("label"),
        ),
    ]
