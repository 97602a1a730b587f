"""The share of gaps of several groups through time: one row of the chart per group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl

from kpa_analytics.charts import axes
from kpa_analytics.charts.styled import layered, one_row, rows_of
from kpa_analytics.charts.text import short, top_names
from kpa_analytics.charts.theme import palette
from kpa_analytics.charts.trend_rows import OTHER_GROUPS_ID, ROOM, Trend, on_sampled_day, thinned
from kpa_analytics.report_text import BY_TODAYS
from kpa_analytics.report_text import TrendText as Text
from kpa_analytics.statuses import GAPS
from kpa_analytics.wording import DAY, count, percent, say

if TYPE_CHECKING:
    from collections.abc import Sequence

LANE = 46
_WIDTH = 390
#: Pixels for a name in the title.
_NAME = 340
_SEVERAL = ("field_office", "line_of_business")


def lanes(table: pl.DataFrame, trend: Trend, dark: bool) -> alt.LayerChart:
    """Draw the result of `counted`, one area per group."""
    drawn, left_out = thinned(table)
    last = table.filter(pl.col("day") == pl.col("day").max()).with_columns(
        pl.Series("percent", _percents(table.filter(pl.col("day") == pl.col("day").max())))
    )
    end = drawn["share"].max() or 1.0
    names = table.unique("place").select("place", "group", "group_id").sort("place")
    groups = count(trend.frame["key"].drop_nulls().n_unique(), trend.singular, trend.plural)
    counts = trend.words.BY_GROUP if names.height > 1 else trend.words.ONE_ROW
    folded = trend.frame["key"].null_count() > 0 and "" not in names["group_id"]
    nobody = say(Text.WITHOUT, group=trend.singular) if folded else ""
    several = Text.SEVERAL if trend.by in _SEVERAL else ""
    scale = alt.Scale(domain=[0, names.height], reverse=True, nice=False)
    return layered(
        [
            *_areas(drawn, names, end, scale, trend.words.NUMBER, dark),  # type: ignore[arg-type]
            *_texts(names, last, scale, dark),
        ],
        title=_title(last, trend),
        subtitle=[
            say(counts, groups=groups, on=last["day"][0], share=_highest(drawn)),
            several,
            nobody,
            trend.not_known,
            left_out,
            BY_TODAYS,
        ],
        demo=trend.demo,
        dark=dark,
        width=_WIDTH,
        height=LANE * names.height,
    )


def _percents(rows: pl.DataFrame) -> Sequence[str]:
    return [
        percent(gaps, total) if total else say(Text.NO_CASE)
        for gaps, total in rows.select("gaps", "total").iter_rows()
    ]


def _highest(drawn: pl.DataFrame) -> str:
    worst = drawn.sort("share", descending=True, nulls_last=True).row(0, named=True)
    return percent(worst["gaps"], worst["total"])


def _title(drawn: pl.DataFrame, trend: Trend) -> str:
    """The finding, as the title: the groups with the highest share on the last day.

    All groups with cases count, not only those drawn.
    """
    words, on = trend.words, drawn["day"][0]
    gaps = pl.sum_horizontal(GAPS)
    last = trend.frame.filter(pl.col("day") == pl.col("day").max(), pl.col("total") > 0)
    last = last.with_columns(gaps.alias("gaps"), (gaps / pl.col("total")).alias("share"))
    if not last["gaps"].sum():
        return say(words.NONE, on=on)
    has_key = pl.col("key").is_not_null()
    named, unnamed = last.filter(has_key), last.filter(~has_key)
    worst = (named if named.height else unnamed).filter(pl.col("share") == pl.col("share").max())
    share = percent(*worst.select("gaps", "total").row(0))
    if named.is_empty():
        return say(words.OF_ALL, share=share, on=on)
    labelled = drawn.filter(~pl.col("group_id").is_in(["", OTHER_GROUPS_ID]))["group"].to_list()
    nouns = (trend.singular, trend.plural)
    if named.height == 1:
        name = top_names(labelled, 1, nouns, _NAME, start=True)
        return say(words.OF_ONE, name=name, share=share, on=on)
    if worst.height == trend.frame["key"].drop_nulls().n_unique():
        return say(words.OF_EACH, group=trend.singular, share=share, on=on)
    among = (unnamed["share"] > worst["share"][0]).any()
    name = top_names(labelled, worst.height, nouns, _NAME, start=not among)
    if worst.height > 1:
        highest = words.SEVERAL_WORST_OF if among else words.SEVERAL_WORST
    else:
        highest = words.WORST_OF if among else words.WORST
    return say(highest, name=name, groups=trend.plural, share=share, on=on)


def _areas(
    drawn: pl.DataFrame,
    names: pl.DataFrame,
    end: float,
    scale: alt.Scale,
    number: str,
    dark: bool,
) -> list[alt.Chart]:
    """The areas; all have the same scale. A day without a case has no share.

    A column over each day of a group is as easy to click as a bar.
    """
    accent = palette(dark).accent
    shares = drawn.with_columns(
        pl.Series("percent", _percents(drawn)),
        pl.col("share").is_null().cum_sum().over("place").alias("stretch"),
        (pl.col("place") + 0.92 - 0.8 * pl.col("share") / end).round(4).alias("top"),
    ).filter(pl.col("share").is_not_null())
    rows = rows_of(shares.select("place", "day", "percent", "gaps", "total", "stretch", "top"))
    days = drawn["day"].n_unique()
    point = {"color": accent, "filled": True, "size": 16 if days <= 40 else 4, "opacity": 1}
    areas: alt.Chart = (
        rows.transform_calculate(bottom="datum.place + 0.92")
        .mark_area(
            color=accent,
            fillOpacity=0.3,
            line={"color": accent, "strokeWidth": 1.5, "aria": False},
            point={**point, "aria": False},
            aria=False,
        )
        .encode(
            x=on_sampled_day(drawn, 7),
            y=alt.Y("top:Q", scale=scale, axis=None),
            y2=alt.Y2("bottom:Q"),
            detail=[alt.Detail("place:N"), alt.Detail("stretch:N")],
        )
    )
    shade = alt.FillOpacityValue(0, condition=[{"param": "pick", "empty": False, "value": 0.25}])
    columns = _columns(rows, names, drawn, scale, number, dark).properties(name="days")
    columns.params = [axes.clicked("day", "group_id")]
    return [areas, columns.encode(fillOpacity=shade)]


def _columns(
    rows: alt.Chart,
    names: pl.DataFrame,
    drawn: pl.DataFrame,
    scale: alt.Scale,
    number: str,
    dark: bool,
) -> alt.Chart:
    """An invisible column over each day of a group; it shows when it is selected."""
    groups = alt.LookupData(rows_of(names).data, "place", ["group", "group_id"])
    columns: alt.Chart = (
        rows.transform_lookup("place", groups)
        .transform_calculate(
            upper="datum.place + 0.06",
            bottom="datum.place + 0.94",
            name=f"utcFormat(toDate(datum.day), '{DAY}')",
        )
        .transform_calculate(
            spoken=axes.sentence(Text.SPOKEN_GROUP),
        )
        .mark_bar(
            color=palette(dark).accent,
            fillOpacity=0,
            orient="vertical",
            size=_WIDTH / drawn["day"].n_unique(),
        )
        .encode(
            x=on_sampled_day(drawn, 7),
            y=alt.Y("upper:Q", scale=scale, axis=None),
            y2=alt.Y2("bottom:Q"),
            tooltip=axes.tooltip(
                {"group": Text.GROUP, "name": Text.DAY, "percent": Text.SHARE},
                {"gaps": number, "total": Text.ALL_CASES},
            ),
            description=axes.aria_label(),
        )
    )
    return columns


def _texts(
    names: pl.DataFrame, last: pl.DataFrame, scale: alt.Scale, dark: bool
) -> list[alt.Chart]:
    """The baseline and the name of each row, and its share and counts on the last day."""
    p = palette(dark)
    figures = names.join(last.select("place", "percent", "gaps", "total"), on="place", how="left")
    row = rows_of(figures.with_columns(short(names, "group", ROOM))).transform_calculate(
        bottom="datum.place + 0.92",
        middle="datum.place + 0.55",
        counts="isValid(datum.total) ? " + axes.sentence(Text.OF_TOTAL) + " : ''",
    )
    middle = alt.Y("middle:Q", scale=scale, axis=None)
    base = row.mark_rule(color=p.quiet, strokeWidth=0.75, aria=False).encode(
        y=alt.Y("bottom:Q", scale=scale, axis=None)
    )
    who = (
        row.properties(name="labels")
        .mark_text(align="right", color=p.muted, lineBreak="\n", lineHeight=12, clip=False)
        .encode(
            x=alt.XValue(-10),
            y=middle,
            text=alt.Text("short:N"),
            tooltip=alt.Tooltip("group:N"),
            description=axes.aria_label("group"),
        )
    )
    right: dict[str, Any] = {"align": "left", "clip": False, "aria": False}
    share = row.mark_text(**right, dx=10, dy=-8, color=p.ink, fontWeight="bold").encode(
        x=alt.XValue("width"), y=middle, text=alt.Text("percent:N")
    )
    counts = row.mark_text(**right, dx=10, dy=8, color=p.muted).encode(
        x=alt.XValue("width"), y=middle, text=alt.Text("counts:N")
    )
    head = (
        one_row(heading=say(Text.ON, day=last["day"][0]))
        .mark_text(**right, dx=10, color=p.muted)
        .encode(x=alt.XValue("width"), y=alt.YValue(-9), text=alt.Text("heading:N"))
    )
    return [base, who, share, counts, head]
