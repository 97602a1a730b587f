"""Valid certificates by the week in which they end: where many end at once."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from kpa_analytics.as_of import day_of
from kpa_analytics.calendar_days import monday_of
from kpa_analytics.charts import axes
from kpa_analytics.charts.fitting import fitted, texts_are_whole, width
from kpa_analytics.charts.stacking import MIN_PIXELS, stack
from kpa_analytics.charts.status_rows import read_status, status_day
from kpa_analytics.charts.styled import layered, nothing_to_show, one_row, rows_of
from kpa_analytics.charts.text import labels, not_drawn
from kpa_analytics.charts.theme import SPACING, palette
from kpa_analytics.inputs import read
from kpa_analytics.report_text import ChartText
from kpa_analytics.report_text import WeeksText as Text
from kpa_analytics.schema import EXPIRY_STATUS
from kpa_analytics.statuses import VALID
from kpa_analytics.whole_number import whole_number
from kpa_analytics.wording import day_texts, one_line, say

if TYPE_CHECKING:
    from kpa_analytics.as_of import Day
    from kpa_analytics.inputs import AnyFrame

_READ = ("training_id", "training")
_PARTS = ("week", "later", "no date")
_REASONS = {"later": Text.LATER, "no date": Text.NO_DATE}
#: The parts of a bar.
LARGEST, ALL_OTHERS = say(Text.LARGEST), say(Text.OTHERS)
_HEIGHT, _ROOM = 220, 260
WEEKS = 26


def expirations_by_week_table(
    status: AnyFrame, *, as_of: Day | None = None, weeks: int = WEEKS
) -> pl.DataFrame:
    """Count the valid cases by the week of their last day, from the week of `as_of` on.

    Args:
        status: the result of `expiry_status()`.
        as_of: the day of the statuses if no row has an expiration date; by default, today, or for
            demo data `demo.AS_OF`.
        weeks: number of weeks, each from Monday to Sunday; the first one has `as_of` in it.

    Returns:
        One row per week, and up to one row each for later and for no expiration date: part (Enum:
        week, later, no date), week (Date, the Monday; otherwise null), total (Int64), largest
        (String, the training with the most cases in the week; null if there is none or it is no
        week), largest_cases (Int64). The totals add up to the current and expiring rows of
        `status`.

    Raises:
        KPADataError: a column is missing, `as_of` is not a date, or `weeks` is not 1 to 104.

    Examples:
        >>> from kpa_analytics.schema import EXPIRY_STATUS
        >>> expirations_by_week_table(EXPIRY_STATUS.empty(), as_of="2026-06-30", weeks=4).shape
        (4, 5)
    """
    return counted_weeks(status, as_of, weeks).drop("largest_id")


def counted_weeks(status: AnyFrame, as_of: Day | None, weeks: int = WEEKS) -> pl.DataFrame:
    """As `expirations_by_week_table`, with `largest_id`, the id of the largest training."""
    frame = read(status, EXPIRY_STATUS, *_READ, "expiration_date", "days_left", "status")
    return _counted(frame, status_day(frame, as_of) or day_of(None, status), weeks)


def _counted(frame: pl.DataFrame, today: date, weeks: int) -> pl.DataFrame:
    whole_number(weeks, "weeks", 104)
    monday = monday_of(today)
    number = ((pl.col("expiration_date") - monday).dt.total_days() // 7).clip(0, weeks)
    placed = (
        frame.lazy()
        .filter(pl.col("status").is_in(VALID))
        .group_by("training_id", number.alias("number"))
        .agg(pl.len().cast(pl.Int64).alias("cases"), pl.col("training").first())
        .collect(engine="in-memory")
    )
    number, cases = pl.col("number"), pl.col("cases")
    part = (
        pl.when(number.is_null())
        .then(pl.lit("no date"))
        .when(number == weeks)
        .then(pl.lit("later"))
        .otherwise(pl.lit("week"))
    )
    is_week = pl.col("part") == "week"
    return (
        # A week without cases has only this row of none.
        pl.concat([_labelled(placed, weeks).lazy(), _weeks(monday, weeks)], how="diagonal")
        .sort("number", -cases, "training", "training_id")
        .group_by("number", maintain_order=True)
        .agg(
            cases.sum().alias("total"),
            pl.col("training").first().alias("largest"),
            cases.first().alias("largest_cases"),
            pl.col("training_id").first().alias("largest_id"),
        )
        .with_columns(part.cast(pl.Enum(_PARTS)).alias("part"))
        .select(
            "part",
            pl.when(is_week).then(pl.lit(monday) + pl.duration(weeks=number)).alias("week"),
            "total",
            pl.when(is_week).then("largest").alias("largest"),
            pl.when(is_week).then("largest_cases").otherwise(0).alias("largest_cases"),
            pl.when(is_week).then("largest_id").alias("largest_id"),
        )
        .sort("part", "week")
        .collect(engine="in-memory")
    )


def _weeks(monday: date, weeks: int) -> pl.LazyFrame:
    """A row of no cases for each week that the calendar has, up to the year 9999."""
    last = (date.max - monday).days // 7
    numbers = pl.int_range(min(weeks, last + 1), dtype=pl.Int64, eager=True)
    return pl.LazyFrame({"number": numbers}).with_columns(cases=pl.lit(0, pl.Int64))


def _labelled(placed: pl.DataFrame, weeks: int) -> pl.DataFrame:
    """The cases with a label for each training that has some within these weeks."""
    inside = placed.lazy().filter(pl.col("number") < weeks)
    trainings = inside.group_by("training_id").agg(pl.col("training").min()).sort("training_id")
    titles = labels(trainings.collect(engine="in-memory"), "training", "training_id")
    return placed.drop("training").join(titles, on="training_id", how="left", nulls_equal=True)


def expirations_by_week(
    status: AnyFrame, *, as_of: Day | None = None, weeks: int = WEEKS, dark: bool = False
) -> alt.LayerChart:
    """Draw how many valid certificates end in each of the coming weeks.

    In each bar, the training with the most cases has a colour of its own: a tall part is a date on
    which many certificates of one training end. A click on a bar sets the selection `pick` (week).

    Args:
        status: the result of `expiry_status()`, eager or lazy.
        as_of: the day of the statuses if no row has an expiration date; by default, today, or for
            demo data `demo.AS_OF`.
        weeks: number of weeks, 1 to 104.
        dark: True for a dark background.

    Returns:
        The chart; its data is `expirations_by_week_table(...)`.

    Raises:
        KPADataError: as `expirations_by_week_table`.

    Examples:
        >>> from kpa_analytics.schema import EXPIRY_STATUS
        >>> expirations_by_week(EXPIRY_STATUS.empty()).description
        'Expirations per week. No expirations to show.'
    """
    rows = read_status(status, "m_user_id", *_READ, as_of=as_of)
    today = rows.today or day_of(None, rows.frame)
    table = _counted(rows.frame, today, weeks)
    inside = table.filter(pl.col("part") == "week")
    total = int(inside["total"].sum())
    left_out = not_drawn(dict(zip(table["part"], table["total"], strict=True)), _REASONS)
    if not total:
        return nothing_to_show(Text.TITLE, Text.NOTHING, left_out, dark=dark, demo=rows.demo)
    peak = max(inside.iter_rows(named=True), key=lambda row: row["total"])  # the first of them
    counts = say(Text.COUNTS, certificates=total, weeks=inside.height)
    largest = {"largest": peak["largest_cases"], "training": one_line(peak["largest"])}
    return layered(
        _layers(inside, peak["week"], dark),
        title=_title(inside["total"], peak["week"]),
        subtitle=[
            rows.dated(counts),
            say(Text.OF_WEEK, week=peak["week"], certificates=peak["total"], **largest),
            left_out,
        ],
        demo=rows.demo,
        dark=dark,
        height=_HEIGHT,
    )


def _title(totals: pl.Series, peak: date) -> str:
    """The finding, as the title: the week in which the most certificates expire."""
    most = max(totals)
    text = Text.MOST if (totals == most).sum() == 1 else Text.AS_MANY
    if totals.len() == 1:
        text = Text.ONE_WEEK
    return say(text, most=most, week=peak, weeks=totals.len())


def _layers(inside: pl.DataFrame, peak: date, dark: bool) -> list[alt.Chart]:
    headroom = max(inside["total"]) * 1.15
    ends = (
        pl.min_horizontal(pl.col("week").cast(pl.Int32) + 7, pl.lit(date.max).cast(pl.Int32))
        .cast(pl.Date)
        .alias("until")
    )
    named = inside.select(
        "week",
        ends,
        day_texts(pl.col("week")).alias("name"),
        "total",
        pl.col("largest").fill_null(""),
        pl.col("largest_cases").alias(LARGEST),
        (pl.col("total") - pl.col("largest_cases")).alias(ALL_OTHERS),
    )
    parts = stack(named, (LARGEST, ALL_OTHERS), headroom * MIN_PIXELS / _HEIGHT, "kind")
    begin, end = named["week"][0], named["until"][-1]
    # Also the weeks without certificates.
    weeks = axes.between(*pl.Series([begin, end]).dt.epoch("ms"))
    axis = axes.time_axis(begin, end)
    x = alt.X("week:T", scale=weeks, title=Text.AXIS, axis=axis)
    return [_bars(parts.drop(LARGEST, ALL_OTHERS), x, headroom, dark), _label(named, peak, dark)]


def _bars(parts: pl.DataFrame, x: alt.X, headroom: float, dark: bool) -> alt.Chart:
    p = palette(dark)
    kinds = [LARGEST, ALL_OTHERS]
    largest, others = map(axes.sentence, (Text.SPOKEN, Text.SPOKEN_OTHERS))
    bars: alt.Chart = (
        rows_of(parts, name="weeks")
        .transform_calculate(
            spoken=f"datum.kind == {LARGEST!r} ? {largest} : {others}",
            which=f"datum.kind == {LARGEST!r} ? datum.largest : {say(Text.ALL_OTHERS)!r}",
        )
        .mark_bar(x2Offset=-SPACING, y2Offset=SPACING, stroke=p.muted, strokeWidth=0.5)
        .encode(
            x=x,
            x2=axes.until_day("until"),
            y=alt.Y("low:Q", **axes.counting(ChartText.CERTIFICATES, headroom)),
            y2=alt.Y2("high:Q"),
            color=alt.Color(
                "kind:N",
                scale=alt.Scale(domain=kinds, range=[p.accent, p.quiet]),
                legend=axes.legend(kinds),
            ),
            tooltip=axes.tooltip(
                {"name": Text.WEEK, "which": ChartText.TRAINING},
                {"value": ChartText.CERTIFICATES, "total": Text.ALL},
            ),
            description=axes.aria_label(),
        )
    )
    return axes.pick(bars, "week")


def _label(named: pl.DataFrame, peak: date, dark: bool) -> alt.Chart:
    """The highest week's number and its largest training, on the side with more room."""
    at = named["week"].to_list().index(peak)
    row, right = named.row(at, named=True), at > named.height / 2
    text = _fitted_label(row[LARGEST], one_line(row["largest"]))
    places = {name: row[name].isoformat() for name in ("week", "until")}
    label: alt.Chart = (
        one_row(**places, total=row["total"], label=text)
        .mark_text(
            align="right" if right else "left",
            baseline="bottom",
            dy=-4,
            fontWeight="bold",
            color=palette(dark).ink,
            clip=False,
            aria=False,
        )
        .encode(
            x=axes.on_day("until" if right else "week"),
            y=alt.Y("total:Q"),
            text=alt.Text("label:N"),
        )
    )
    return label


def _fitted_label(cases: int, training: str) -> str:
    """The number and the training; in evidence without the training, if there is no room."""
    text = say(Text.LABEL, cases=cases, training=training)
    if texts_are_whole() and width(text) > _ROOM:
        return say(Text.UNNAMED_LABEL, cases=cases)  # the subtitle names it
    return fitted(text, _ROOM)
