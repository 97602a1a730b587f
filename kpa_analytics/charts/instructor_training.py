"""Who teaches what: a cell per training and instructor, trainings of a single instructor first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from kpa_analytics.analysis.instructors import instructor_name, taught_days
from kpa_analytics.analysis.periods import as_months, in_last_months
from kpa_analytics.charts import axes
from kpa_analytics.charts.instructor_coverage import taught_by_one
from kpa_analytics.charts.periods import middle_day
from kpa_analytics.charts.styled import layered, nothing_to_show, rows_of
from kpa_analytics.charts.text import labels, not_drawn, short
from kpa_analytics.charts.theme import ink_on, palette
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.inputs import need_same_account, read
from kpa_analytics.names import people_names, with_titles
from kpa_analytics.report_text import TeachingStep
from kpa_analytics.report_text import TeachingText as Text
from kpa_analytics.schema import COMPLETIONS
from kpa_analytics.whole_number import whole_number
from kpa_analytics.wording import say

if TYPE_CHECKING:
    from datetime import date

    from kpa_analytics.as_of import Day
    from kpa_analytics.inputs import AnyFrame

_READ = ("training_id", "date", "m_instructor_id")
#: Pixels for a title beside the cells, and for a name above them.
_ROOM, NAME = 200, 150
#: Pixels for a column.
STEP = 27
#: The most completions in a cell of each step of colour; the last step has no limit.
*_FIRST_STEPS, _LAST_STEP = map(str, TeachingStep)
_STEPS = dict(zip(_FIRST_STEPS, (4, 9, 24, 99), strict=True))


def instructor_training_table(
    completions: AnyFrame,
    trainings: AnyFrame | None = None,
    users: AnyFrame | None = None,
    *,
    as_of: Day | None = None,
    months: int = 24,
    instructors: int = 14,
    top: int = 25,
) -> pl.DataFrame:
    """Count the completions of each training and instructor in the last months.

    Args:
        completions: as `load_completions()` returns them. Completions without an instructor,
            without a date, or outside these months are not counted.
        trainings: as `load_trainings()` returns them, for titles.
        users: as `load_users()` returns them, for names.
        as_of: the last day of these months; by default, the latest day of the completions up to
            today or, for demo data, `demo.AS_OF`.
        months: the number of calendar months up to `as_of`, 1 to 1200; default 24.
        instructors: number of instructors to keep, 1 to 20: first those who alone teach a
            training, then those with the most completions. The others become one column.
        top: number of trainings to keep, 1 to 40: first those with the fewest instructors, then
            those with the most completions.

    Returns:
        One row per training and instructor: row (Int64, from 0), training_id, training (String,
        unique), taught_by (Int64; instructors of the training in these months), column (Int64,
        from 0), m_instructor_id, instructor (String, unique), completions (Int64); sorted by row,
        column. In the last column, "others (n)", m_instructor_id is null.

    Raises:
        KPADataError: a column is missing, `as_of` is not a date, or a number is out of range.

    Examples:
        >>> instructor_training_table(COMPLETIONS.empty()).shape
        (0, 8)
    """
    need_same_account(completions, trainings, users)
    pairs, _ = _pairs(completions, as_of, months)
    return _table(pairs, trainings, users, instructors, top)


def _pairs(
    completions: AnyFrame, as_of: Day | None, months: int
) -> tuple[pl.DataFrame, date | None]:
    """The completions per training and instructor, with the instructors per training; the day."""
    as_months(months)
    rows = read(completions, COMPLETIONS, *_READ)
    last = middle_day(rows, "date", as_of)
    within = in_last_months(last, months) if last else pl.lit(False)
    pairs = (
        taught_days(rows.lazy().filter(within))
        .group_by("training_id", "m_instructor_id")
        .agg(pl.col("completions").sum().cast(pl.Int64))
        .with_columns(
            pl.col("m_instructor_id").cast(pl.String),
            pl.len().over("training_id").cast(pl.Int64).alias("taught_by"),
        )
        .collect(engine="in-memory")
    )
    return pairs, last


def _table(
    pairs: pl.DataFrame,
    trainings: AnyFrame | None,
    users: AnyFrame | None,
    instructors: int,
    top: int,
) -> pl.DataFrame:
    whole_number(instructors, "instructors", 20)
    whole_number(top, "top", 40)
    rows = _rows(pairs, trainings, top)
    shown = pairs.drop("taught_by").join(rows, on="training_id")
    columns = _columns(shown, users, instructors)
    return (
        shown.join(columns, on="m_instructor_id")
        .group_by("row", "training_id", "training", "taught_by", "column", "instructor")
        .agg(
            pl.when(pl.len() == 1).then(pl.col("known_id").first()).alias("m_instructor_id"),
            pl.col("completions").sum(),
        )
        .select(
            *("row", "training_id", "training", "taught_by"),
            *("column", "m_instructor_id", "instructor", "completions"),
        )
        .sort("row", "column")
    )


def _rows(pairs: pl.DataFrame, trainings: AnyFrame | None, top: int) -> pl.DataFrame:
    """The trainings to draw: row, training_id, training, taught_by."""
    known = (
        pairs.group_by("training_id")
        .agg(pl.col("taught_by").first(), pl.col("completions").sum())
        .lazy()
    )
    kept = (
        with_titles(known, trainings)
        .sort("taught_by", -pl.col("completions"), "training", "training_id")
        .head(top)
        .select(pl.int_range(pl.len()).alias("row"), "training_id", "training", "taught_by")
        .collect(engine="in-memory")
    )
    return labels(kept, "training", "training_id", room=_ROOM)


def _columns(shown: pl.DataFrame, users: AnyFrame | None, most: int) -> pl.DataFrame:
    """The column of each instructor: m_instructor_id, known_id (null in "others"), instructor."""
    alone = (pl.col("taught_by") == 1).sum().alias("alone")
    ranked = (
        shown.lazy()
        .group_by("m_instructor_id")
        .agg(alone, pl.col("completions").sum())
        .join(
            people_names(users, "m_instructor_id", "instructor"), on="m_instructor_id", how="left"
        )
        .with_columns(instructor_name())
        .sort(
            -pl.col("alone").cast(pl.Int64), -pl.col("completions"), "instructor", "m_instructor_id"
        )
        .select(pl.int_range(pl.len()).alias("column"), "m_instructor_id", "instructor")
        .collect(engine="in-memory")
    )
    named = labels(ranked.head(most), "instructor", "m_instructor_id", 100, NAME)
    rest = ranked.slice(most).with_columns(
        pl.lit(most, pl.Int64).alias("column"),
        pl.lit(say(Text.OTHERS, number=max(ranked.height - most, 0))).alias("instructor"),
        pl.lit(None, pl.String).alias("known_id"),
    )
    return pl.concat([named.with_columns(known_id="m_instructor_id"), rest], how="diagonal")


def instructor_training(
    completions: AnyFrame,
    trainings: AnyFrame | None = None,
    users: AnyFrame | None = None,
    *,
    as_of: Day | None = None,
    months: int = 24,
    instructors: int = 14,
    top: int = 25,
    dark: bool = False,
) -> alt.LayerChart:
    """Draw who teaches what as a heat map: completions per training and instructor.

    Trainings that depend on one instructor come first.

    Args:
        completions: as `load_completions()` returns them, eager or lazy.
        trainings: as `load_trainings()` returns them, for titles.
        users: as `load_users()` returns them, for names.
        as_of: the last day that counts; by default, the latest day of the completions up to today
            or, for demo data, `demo.AS_OF`.
        months: the number of calendar months up to `as_of`, 1 to 1200; default 24.
        instructors: number of instructors to draw, 1 to 20; the others share a column.
        top: number of trainings to draw, 1 to 40; the subtitle counts the others.
        dark: True for a dark background.

    Returns:
        The chart; its data is `instructor_training_table(...)`.

    Raises:
        KPADataError: as `instructor_training_table`.

    Examples:
        >>> instructor_training(COMPLETIONS.empty(), as_of="2026-06-30").description
        'Who teaches what. No completions with an instructor to show.'
    """
    need_same_account(completions, trainings, users)
    pairs, last = _pairs(completions, as_of, months)
    demo = is_demo(pairs, users)
    table = _table(pairs, trainings, users, instructors, top)
    if table.is_empty() or last is None:
        return nothing_to_show(Text.TITLE, Text.NOTHING, dark=dark, demo=demo)
    per_training = pairs.unique("training_id")
    every, alone = per_training.height, int((per_training["taught_by"] == 1).sum())
    hidden = every - table["training_id"].n_unique()
    packed, columns = _packed(table), _headings(table)
    return layered(
        _cells(table, packed, columns, dark),
        title=taught_by_one(alone, table["taught_by"], table["training"], every),
        subtitle=[
            say(Text.COUNTS, months=months, last=last),
            not_drawn({"more": hidden}, {"more": Text.MORE}),
        ],
        demo=demo,
        dark=dark,
        foot=14,
        width=axes.column_step(columns["name"], STEP),
        height=axes.row_step(packed["short"], 20),
    )


def _step(value: pl.Expr) -> pl.Expr:
    """The step of colour of a number of completions."""
    step = pl.lit(_LAST_STEP)
    for name, most in reversed(_STEPS.items()):
        step = pl.when(value <= most).then(pl.lit(name)).otherwise(step)
    return step


def _packed(table: pl.DataFrame) -> pl.DataFrame:
    """The cells, packed into one short text per training, so that the chart stays small."""
    packed = table.group_by("row", "training", "taught_by", maintain_order=True).agg(
        pl.col("column").cast(pl.String).str.join(",").alias("at"),
        pl.col("completions").cast(pl.String).str.join(",").alias("numbers"),
    )
    return packed.with_columns(short(packed, "training", _ROOM))


def _headings(table: pl.DataFrame) -> pl.DataFrame:
    """The instructors in order, each with a name that fits above its column."""
    columns = table.select("column", "instructor").unique().sort("column")
    return columns.with_columns(short(columns, "instructor", NAME).alias("name"))


def _cells(
    table: pl.DataFrame, packed: pl.DataFrame, columns: pl.DataFrame, dark: bool
) -> list[alt.Chart]:
    """The cells, the number in each, and the number of instructors of each training."""
    p = palette(dark)
    y = alt.Y(
        "short:N",
        title=None,
        sort=alt.EncodingSortField("row", op="min"),
        axis=axes.label_axis(),
        scale=alt.Scale(paddingInner=0.14),
    )
    steps = [*_STEPS, _LAST_STEP]
    limits = " : ".join(f"datum.completions <= {most} ? '{name}'" for name, most in _STEPS.items())
    ink = {step: ink_on(colour) for step, colour in zip(steps, p.steps, strict=True)}
    base = (
        rows_of(packed.drop("taught_by"))
        .transform_calculate(column="split(datum.at, ',')", numbers="split(datum.numbers, ',')")
        .transform_flatten(["column", "numbers"])
        .transform_calculate(column="toNumber(datum.column)", completions="toNumber(datum.numbers)")
        .transform_lookup("column", alt.LookupData(columns, "column", ["instructor", "name"]))
        .transform_calculate(step=f"{limits} : '{_LAST_STEP}'")
        .transform_calculate(
            ink=f"{ink}[datum.step]",
            figure="format(datum.completions, datum.completions < 1000 ? 'd' : '.1~s')",
            spoken=axes.sentence(Text.SPOKEN),
        )
        .encode(
            x=alt.X(
                "name:N",
                title=None,
                sort=alt.EncodingSortField("column", op="min"),
                axis=axes.label_axis(orient="top", labelAngle=-50, domain=False, ticks=False),
                scale=alt.Scale(paddingInner=0.1),
            ),
            y=y,
            tooltip=axes.tooltip(
                {"training": Text.TRAINING, "instructor": Text.INSTRUCTOR},
                {"completions": Text.COMPLETIONS},
            ),
        )
    )
    drawn = table.select(_step(pl.col("completions"))).to_series()
    edges = axes.outline(dict(zip(steps, p.steps, strict=True)), "step", dark)
    cells = base.mark_rect(strokeWidth=1, stroke=edges).encode(
        color=alt.Color(
            "step:N",
            scale=alt.Scale(domain=steps, range=list(p.steps)),
            legend=axes.legend(
                [step for step in steps if step in drawn],
                title=Text.COMPLETIONS,
                titleOrient="left",
            ),
        ),
        description=axes.aria_label(),
    )
    figures = base.mark_text(aria=False).encode(
        text=alt.Text("figure:N"), color=alt.Color("ink:N", scale=None)
    )
    return [cells, figures, *_taught_by(packed, y, dark)]


def _taught_by(packed: pl.DataFrame, y: alt.Y, dark: bool) -> list[alt.Chart]:
    """How many people teach each training, beside its row."""
    p = palette(dark)
    is_alone = pl.col("taught_by") == 1
    people = [say(Text.ALONE if n == 1 else Text.PEOPLE, number=n) for n in packed["taught_by"]]
    who = pl.Series("who", people, pl.String)
    rows = packed.select("row", "short", who, is_alone.alias("alone"))
    numbers = rows_of(rows).mark_text(align="left", dx=8, clip=False, aria=False)
    alone = alt.FieldEqualPredicate(equal=True, field="alone")
    return [
        numbers.encode(
            x=alt.XValue("width"),
            y=y,
            text=alt.Text("who:N"),
            color=alt.ColorValue(p.muted, condition=[{"test": alone, "value": p.ink}]),
        )
    ]
