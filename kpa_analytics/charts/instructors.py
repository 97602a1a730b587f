"""Who teaches how much, and which trainings hang on one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from kpa_analytics.charts.periods import period_ends, period_length
from kpa_analytics.charts.scales import day_scale, middle_cut, month_axis, month_step
from kpa_analytics.charts.sheet import Sheet, drawable, empty, term
from kpa_analytics.charts.theme import palette
from kpa_analytics.charts.words import count, labels
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import need
from kpa_analytics.schema import INSTRUCTOR_ACTIVITY

if TYPE_CHECKING:
    from kpa_analytics.charts.sheet import Number, Rows
    from kpa_analytics.inputs import AnyFrame

_READ = (
    *("m_instructor_id", "instructor", "period"),
    *("completions", "trainees", "group_sessions", "demo"),
)
_TITLE = "Who teaches how much"
_PERIODS = 60
_MEASURES = ("at", "completions", "trainees", "group_sessions")


def instructor_activity_table(activity: AnyFrame, *, top: int = 15) -> pl.DataFrame:
    """Pick the busiest instructors and the last 60 periods; count the rest beside them.

    Args:
        activity: as `instructor_activity()` makes it.
        top: instructors kept, 1 to 30.

    Returns:
        part (String: "instructor", or for what is not drawn "other instructors",
        "no instructor", "earlier periods", "no period"), place (Int64; 0 the busiest, null where
        not drawn), m_instructor_id, instructor (String, unique per instructor), period (Date),
        completions, trainees, group_sessions (Int64; trainees null where not drawn, for people
        may recur). The completions add up to those of `activity`.

    Raises:
        KPADataError: a column is missing, or `top` is out of bounds.

    Examples:
        >>> instructor_activity_table(INSTRUCTOR_ACTIVITY.empty()).shape
        (0, 8)
    """
    return _busiest(_read(activity), top)


def _read(activity: AnyFrame) -> pl.DataFrame:
    return need(activity, INSTRUCTOR_ACTIVITY, *_READ).select(_READ).collect()


def _busiest(frame: pl.DataFrame, top: int) -> pl.DataFrame:
    if not 1 <= top <= 30:
        raise KPADataError(f"top must be 1 to 30, not {top!r}")
    latest = pl.col("period").drop_nulls().unique().sort().tail(_PERIODS)
    first = pl.lit(frame.select(latest.first()).item(), pl.Date)
    order = (
        frame.lazy()
        .filter(pl.col("m_instructor_id").is_not_null(), pl.col("period") >= first)
        .group_by("m_instructor_id")
        .agg(pl.col("instructor").first(), pl.col("completions").sum())
        .sort("completions", "instructor", "m_instructor_id", descending=[True, False, False])
        .head(top)
        .select(pl.int_range(pl.len()).alias("place"), "m_instructor_id", "instructor")
        .collect(engine="in-memory")
    )
    order = labels(order, "instructor", "m_instructor_id", 100)
    part = (
        pl.when(pl.col("m_instructor_id").is_null())
        .then(pl.lit("no instructor"))
        .when(pl.col("period").is_null())
        .then(pl.lit("no period"))
        .when(pl.col("period") < first)
        .then(pl.lit("earlier periods"))
        .when(pl.col("place").is_null())
        .then(pl.lit("other instructors"))
        .otherwise(pl.lit("instructor"))
    )
    drawn = pl.col("part") == "instructor"
    keys = [
        pl.when(drawn).then(pl.col(key)).alias(key)
        for key in ("place", "m_instructor_id", "instructor", "period")
    ]
    return (
        frame.lazy()
        .drop("instructor", "demo")
        .join(order.lazy(), on="m_instructor_id", how="left")
        .with_columns(part.alias("part"))
        .group_by("part", *keys)
        .agg(
            pl.col("completions").sum(),
            pl.when(drawn.first()).then(pl.col("trainees").sum()).alias("trainees"),
            pl.col("group_sessions").sum(),
        )
        .sort("part", "place", "period")
        .collect(engine="in-memory")
    )


@drawable
def instructor_activity(
    activity: AnyFrame, *, every: str | None = None, top: int = 15, dark: bool = False
) -> Sheet:
    """Draw completions over time, a row of bars per instructor, the busiest on top.

    Args:
        activity: as `instructor_activity()` of the analysis makes it, eager or lazy.
        every: the length of its periods, as it was asked for; by default what they look like.
        top: instructors drawn, 1 to 30; the others are counted in the subtitle.
        dark: for a dark background.

    Returns:
        The chart; its data is `instructor_activity_table(...)`.

    Raises:
        KPADataError: as `instructor_activity_table`, or `every` is no period.

    Examples:
        >>> instructor_activity(INSTRUCTOR_ACTIVITY.empty()).description
        'Who teaches how much. No completions with an instructor to show.'
    """
    frame = _read(activity)
    table = _busiest(frame, top)
    shown = table.filter(pl.col("part") == "instructor").drop("part")
    demo = is_demo(frame)
    if shown.is_empty():
        none = "No completions with an instructor to show"
        return empty(_TITLE, none, _not_drawn(table), dark=dark, demo=demo)
    people, highest = shown.select(
        pl.col("m_instructor_id").n_unique(), pl.col("completions").max()
    ).row(0)
    periods = _periods_of(shown, every)
    return Sheet(
        _layers,
        {
            "names": shown.group_by("place", "instructor").agg(pl.sum("completions")).sort("place"),
            "packed": _packed(shown, periods),
            "periods": periods,
            "people": people,
            "highest": max(highest, 1),
            "step": month_step(*periods.select(a=pl.min("period"), b=pl.max("until")).row(0)),
        },
        {},
        title=_TITLE,
        words=[
            f"Completions taught by {count(people, 'instructor')} per period, most first; "
            f"the highest bar is {highest:,}",
            _not_drawn(table),
        ],
        demo=demo,
        dark=dark,
        width=600,
        height=30 * people,
    )


def _not_drawn(table: pl.DataFrame) -> str:
    rest = table.filter(pl.col("part") != "instructor").group_by("part").agg(pl.sum("completions"))
    told = [
        f"{count(number, 'completion')} {'in' if part == 'earlier periods' else 'with'} {part}"
        for part, number in rest.sort("part").iter_rows()
    ]
    return "Not drawn: " + ", ".join(told) if told else ""


def _periods_of(shown: pl.DataFrame, every: str | None) -> pl.DataFrame:
    """One row per period: at (its place), period, until, name."""
    periods = shown.select(pl.col("period").unique().sort())
    at = pl.int_range(pl.len()).alias("at")
    return period_ends(periods, period_length(shown, every)).select(at, "period", "until", "name")


def _packed(shown: pl.DataFrame, periods: pl.DataFrame) -> pl.DataFrame:
    """The bars, sent as one short text per instructor and measure."""
    return (
        shown.lazy()
        .join(periods.lazy().select("at", "period"), on="period")
        .sort("place", "at")
        .group_by("place", "instructor", maintain_order=True)
        .agg(pl.col(_MEASURES).cast(pl.String).str.join(","))
        .collect(engine="in-memory")
    )


def _layers(
    names: Rows,
    packed: Rows,
    periods: Rows,
    people: Number,
    highest: Number,
    step: Number,
    dark: bool,
) -> list[alt.Chart]:
    """Each instructor's bars stand in a band of height 1; all bands share one scale."""
    lanes = alt.Scale(domain=[0, people], reverse=True, nice=False)
    lines, *texts = _lanes(names, lanes, dark)
    return [lines, _bars(packed, periods, highest, lanes, step, dark), *texts]


def _lanes(names: Rows, lanes: alt.Scale, dark: bool) -> list[alt.Chart]:
    p = palette(dark)
    row = alt.Chart(names).transform_calculate(
        floor="datum.place + 0.92",
        middle="datum.place + 0.55",
        short=middle_cut("datum.instructor", 34),
    )
    lines = row.mark_rule(color=p.quiet, strokeWidth=0.75).encode(
        y=alt.Y("floor:Q", scale=lanes, axis=None)
    )
    middle = alt.Y("middle:Q", scale=lanes, axis=None)
    who = row.mark_text(align="right", color=p.muted, limit=220).encode(
        x=alt.XValue(-10),
        y=middle,
        text=alt.Text("short:N"),
        tooltip=alt.Tooltip("instructor:N"),
    )
    total = row.mark_text(align="left", color=p.ink, fontWeight="bold").encode(
        x=alt.XValue(alt.ExprRef("width + 10")),
        y=middle,
        text=alt.Text("completions:Q", format=","),
    )
    return [lines, who, total]


def _bars(
    packed: Rows, periods: Rows, highest: Number, lanes: alt.Scale, step: Number, dark: bool
) -> alt.Chart:
    bars: alt.Chart = (
        alt.Chart(packed)
        .transform_calculate(**{name: f"split(datum.{name}, ',')" for name in _MEASURES})
        .transform_flatten(list(_MEASURES))
        .transform_calculate(**{name: f"toNumber(datum.{name})" for name in _MEASURES})
        .transform_lookup("at", alt.LookupData(periods, "at", ["period", "until", "name"]))
        .transform_calculate(
            start="toDate(datum.period)",
            end="toDate(datum.until)",
            floor="datum.place + 0.92",
            top=f"datum.place + 0.92 - 0.84 * datum.completions / {term(highest)}",
        )
        .mark_bar(stroke=palette(dark).background, strokeWidth=0.75, color=palette(dark).accent)
        .encode(
            x=alt.X("start:T", title="Period", scale=day_scale(), axis=month_axis(step)),
            x2=alt.X2("end:T", timeUnit="utcyearmonthdate"),
            y=alt.Y("floor:Q", scale=lanes, axis=None),
            y2=alt.Y2("top:Q"),
            tooltip=[
                alt.Tooltip("instructor:N", title="Instructor"),
                alt.Tooltip("name:N", title="Period"),
                alt.Tooltip("completions:Q", title="Completions", format=","),
                alt.Tooltip("trainees:Q", title="People trained", format=","),
                alt.Tooltip("group_sessions:Q", title="Group sessions", format=","),
            ],
        )
    )
    return bars
