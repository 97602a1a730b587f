"""Read a status_over_time frame for a chart: its days, its groups, and which ones to draw."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, NamedTuple

import altair as alt
import polars as pl

from kpa_analytics.analysis.case_groups import BY_IN_A_FLEET, group_columns, no_group
from kpa_analytics.charts import axes
from kpa_analytics.charts.status_rows import StatusRows
from kpa_analytics.charts.text import labels
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import need
from kpa_analytics.report_text import GROUP_NOUNS, ExpiredThroughTime, GapsThroughTime, TrendText
from kpa_analytics.schema import STATUS_OVER_TIME
from kpa_analytics.statuses import FROM_REQUIREMENTS, GAPS, MISSING, STATUS_LABELS, STATUSES
from kpa_analytics.wording import MONTHS, day, say

if TYPE_CHECKING:
    from datetime import date

    from kpa_analytics.inputs import AnyFrame

#: Pixels for the name of a group.
ROOM = 180
#: How many groups get a row of their own; all others share one row.
TOP = 6
#: Marks of all groups together; with more days, only some of them are drawn.
_MOST = 110
_LANES_MOST = 380
#: The id of the row that all other groups share.
OTHER_GROUPS_ID = "*"
_COUNTED = ("place", "group", "group_id", "folded", "day", *GAPS, "gaps", "total", "share")


class Trend(NamedTuple):
    """The result of `status_over_time()`.

    Attributes:
        frame: key (String; null without groups, and for people without a group), group (String),
            day, the five statuses and total.
        by: the groups, as in `status_over_time(by=...)`; None if all cases are counted together.
        known: whether requirements were provided, for some group at least.
        demo: whether this is demo data.
    """

    frame: pl.DataFrame
    by: str | None
    known: bool
    demo: bool

    @property
    def rows(self) -> StatusRows:
        """The same, for sentences about what is known."""
        last = self.frame["day"].max() if self.frame.height else None
        return StatusRows(self.frame, last, self.known, self.demo)  # type: ignore[arg-type]

    @property
    def words(self) -> type[ExpiredThroughTime | GapsThroughTime]:
        """The sentences about the gaps that can be found."""
        return GapsThroughTime if self.known else ExpiredThroughTime

    @property
    def not_known(self) -> str:
        """Say that missing cases are not known, or in which groups; or nothing if they are."""
        unknown = self.frame.filter(pl.col(FROM_REQUIREMENTS[0]).is_null())
        if not self.known or unknown.is_empty():
            return self.rows.not_known
        groups = ", ".join(sorted(unknown["group"].drop_nulls().unique()))
        return say(TrendText.NOT_KNOWN_IN, missing=STATUS_LABELS[MISSING], groups=groups)

    @property
    def singular(self) -> str:
        """A group as a noun, e.g. "training"."""
        return GROUP_NOUNS[self.by][0] if self.by else ""

    @property
    def plural(self) -> str:
        """The groups as a noun, e.g. "trainings"."""
        return GROUP_NOUNS[self.by][1] if self.by else ""


def read_trend(trend: AnyFrame, demo: bool = False) -> Trend:
    """Collect the counts.

    Raises:
        KPADataError: a column is missing, a day is null or occurs twice in a group, a count is
            null, or missing is known on some days of a group only.
    """
    lazy = need(trend, STATUS_OVER_TIME, "day", *STATUSES, "total")
    names = lazy.collect_schema().names()
    by = next((by for by in BY_IN_A_FLEET if {*group_columns(by)} <= {*names}), None)
    identifier, name = group_columns(by) if by else ("key", "group")
    none = pl.lit(None, pl.String)
    group = [
        (pl.col(identifier).cast(pl.String) if by else none).alias("key"),
        (pl.col(name) if by else none).alias("group"),
    ]
    marked = [column for column in names if column == "demo" or column.endswith("_id")]
    whole = lazy.select("day", *STATUSES, "total", *dict.fromkeys(marked), *([name] if by else []))
    collected = whole.collect(engine="in-memory")
    read = collected.lazy().select(*group, "day", *STATUSES, "total").sort("key", "day")
    frame = read.collect(engine="in-memory")
    _check(frame)
    known = not frame.height or frame[FROM_REQUIREMENTS[0]].null_count() < frame.height
    return Trend(frame, by, known, demo or is_demo(collected))


def _check(frame: pl.DataFrame) -> None:
    if frame["day"].null_count():
        raise KPADataError("status_over_time: a day is null")
    twice = frame["day"].filter(frame[["key", "day"]].is_duplicated())
    if twice.len():
        raise KPADataError(
            f"status_over_time: {twice[0]} occurs more than once; draw one group, or the "
            "whole result of status_over_time(by=...)"
        )
    for name in {*STATUSES, "total"} - {*FROM_REQUIREMENTS}:
        if frame[name].null_count():
            raise KPADataError(f"status_over_time: {name} is null on some days")
    if not 0 < frame[FROM_REQUIREMENTS[0]].null_count() < frame.height:
        return
    unknown = pl.col(FROM_REQUIREMENTS[0]).is_null()
    for name, some, every in (
        frame.group_by("key", maintain_order=True)
        .agg(pl.col("group").first(), unknown.any().alias("some"), unknown.all().alias("every"))
        .drop("key")
        .iter_rows()
    ):
        if some and not every:
            of = f" of {name}" if name else ""
            raise KPADataError(
                f"status_over_time: {FROM_REQUIREMENTS[0]} is not known on some days{of}; draw "
                "these days separately"
            )


def counted(trend: Trend, top: int = TOP) -> pl.DataFrame:
    """Count the gaps on each day, and fold the groups after the first `top`.

    The group with the highest share of gaps on the last day comes first. People without a group
    come last.

    Returns:
        place (Int64), group (String, unique; null without groups), group_id (String; "" for people
        without a group, `OTHER_GROUPS_ID` for the folded groups, null without groups), folded
        (Int64; number of groups in the row), day, expired, missing, gaps, total (Int64), share
        (Float64, 0 to 1; null if there is no case). Missing is null if it is not known.
    """
    gaps = pl.sum_horizontal(GAPS)
    share = pl.when(pl.col("total") > 0).then(gaps / pl.col("total")).alias("share")
    if trend.by is None:
        return trend.frame.select(
            pl.lit(0, pl.Int64).alias("place"),
            "group",
            pl.lit(None, pl.String).alias("group_id"),
            pl.lit(1, pl.Int64).alias("folded"),
            *("day", *GAPS),
            gaps.alias("gaps"),
            "total",
            share,
        )
    last = trend.frame.filter(pl.col("day") == pl.col("day").max())
    order = (
        trend.frame.select(pl.col("key", "group"))
        .unique("key")
        .join(last.select("key", share, gaps.alias("gaps")), on="key", how="left", nulls_equal=True)
        .sort(
            pl.col("key").is_null(),
            "share",
            "gaps",
            "group",
            "key",
            descending=[False, True, True, False, False],
            nulls_last=True,
        )
        .with_row_index("place")
        .select(pl.col("place").cast(pl.Int64), "key", "group")
    )
    folds = order.height > top + 1
    folded = (
        trend.frame.drop("group")
        .join(order, on="key", nulls_equal=True)
        .with_columns(pl.col("place").clip(upper_bound=top) if folds else pl.col("place"))
        .group_by("place", "day")
        .agg(pl.len().cast(pl.Int64).alias("folded"), _sum(*GAPS, "total"))
        .join(_names(order, top if folds else order.height, trend), on="place", how="left")
        .with_columns(gaps.alias("gaps"), share)
        .sort("place", "day")
    )
    return folded.select(_COUNTED)


def _sum(*names: str) -> pl.Expr:
    """The sums of counts, null if none of them is known."""
    counts = pl.col(names)
    return pl.when(counts.is_not_null().any()).then(counts.sum())


def _names(order: pl.DataFrame, top: int, trend: Trend) -> pl.DataFrame:
    """The name and the id of each place; null without groups."""
    identified = order.with_columns(pl.col("key").alias("group_id"))
    if trend.by is None:
        return identified.select("place", "group", "group_id")
    missing = pl.col("key").is_null() & pl.col("group").is_null()
    named = identified.head(top).with_columns(
        pl.when(missing).then(pl.lit(no_group(trend.by))).otherwise("group").alias("group"),
        pl.col("group_id").fill_null(""),
    )
    if order.height > top:
        number = order["key"][top:].drop_nulls().len()
        others = say(TrendText.OTHERS, groups=trend.plural, number=number)
        rest = {"place": [top], "key": [None], "group": [others], "group_id": [OTHER_GROUPS_ID]}
        named = pl.concat([named, pl.DataFrame(rest, schema=named.schema)])
    return labels(named, "group", "key", room=ROOM).select("place", "group", "group_id")


def thinned(table: pl.DataFrame) -> tuple[pl.DataFrame, str]:
    """Keep the first day, the last day and every n-th day before it; say what is left out."""
    days = table["day"].unique().sort()
    lanes = table["place"].n_unique()
    step = ceil(days.len() / (_MOST if lanes == 1 else max(_LANES_MOST // lanes, 2)))
    if step <= 1:
        return table, ""
    kept = pl.concat([days.reverse().gather_every(step), days.head(1)]).unique()
    left_out = days.len() - kept.len()
    return (
        table.filter(pl.col("day").is_in(kept.implode())),
        say(TrendText.DAYS_LEFT_OUT, left_out=left_out, days=days.len()),
    )


def on_sampled_day(table: pl.DataFrame, most: int) -> alt.X:
    """Place a mark at one of these days, in UTC, with room for a bar at each end.

    The axis has at most this number of labels.
    """
    days = table["day"].unique().sort().to_list()
    first, last = map(axes.days_since_1970, (days[0], days[-1]))
    pad = (last - first) / (len(days) - 1) / 2 if len(days) > 1 else 1
    return alt.X(
        "day:T",
        title=TrendText.DAY if most else None,
        scale=axes.between(round((first - pad) * axes.A_DAY), round((last + pad) * axes.A_DAY)),
        axis=_axis(days, most) if most else alt.Axis(labels=False, ticks=False, grid=False),
    )


def _axis(days: list[date], most: int) -> alt.Axis:
    """An axis with labels at some of these days: a month's name would hide which day it is."""
    shown = days[:: -ceil(len(days) / most)][::-1]
    years = [None, *(day.year for day in shown[:-1])]
    texts = {
        str(at): [f"{at.day} {MONTHS[at.month - 1]}", *([str(at.year)] if at.year != year else [])]
        for at, year in zip(shown, years, strict=True)
    }
    return alt.Axis(
        values=axes.moments([axes.days_since_1970(at) * axes.A_DAY for at in shown]),
        labelExpr=f"{texts}[utcFormat(datum.value, '%Y-%m-%d')]",
        grid=False,
    )


def named_days(table: pl.DataFrame) -> pl.DataFrame:
    """Add `name`, the day for readers."""
    names = {each: day(each) for each in table["day"].unique()}
    return table.with_columns(pl.Series("name", [names[each] for each in table["day"]], pl.String))
