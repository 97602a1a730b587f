"""Which trainings hang on one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from kpa_analytics.charts.axes import figure, label_axis, spoken, whole_axis, whole_ticks
from kpa_analytics.charts.stacking import LEAST
from kpa_analytics.charts.styled import layered, nothing_to_show, rows_of
from kpa_analytics.charts.text import count, labels, one_line, short
from kpa_analytics.charts.theme import palette
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import need
from kpa_analytics.schema import INSTRUCTOR_COVERAGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpa_analytics.inputs import AnyFrame

_READ = (
    *("training_id", "training", "instructors", "instructor_names", "completions"),
    *("last_taught", "single_instructor", "demo"),
)
_TITLE = "Trainings and how many people teach them"
_ALONE, _MORE = "one person alone", "two or more"
_NOT_LATELY, _NEVER = "not taught in the period", "no instructor recorded"
#: Two reasons why a training has no instructor in the period, in words.
_NONE = ((_NOT_LATELY, _NOT_LATELY), (_NEVER, f"with {_NEVER}"))
#: Pixels that a label and the bars have.
_ROOM, _WIDTH = 250, 520


def instructor_coverage_table(coverage: AnyFrame, *, top: int = 25) -> pl.DataFrame:
    """Sort trainings by how much hangs on one person: one alone, two or more, none.

    Args:
        coverage: as `instructor_coverage()` makes it.
        top: trainings kept, 1 to 60.

    Returns:
        At most `top` rows: place (Int64, 0 the first), training_id, training (String, unique),
        carried (String: one person alone, two or more, not taught in the period, no instructor
        recorded), instructors, completions (Int64), names (String; at most three, the rest
        counted), last_taught (Date). Within the same number of instructors, more completions come
        first. Those without an instructor come last, for there is no one to lose: first those
        that somebody taught before the period, the latest first, then those of which no
        instructor was ever recorded (online, composed, never taught).

    Raises:
        KPADataError: a column is missing, or `top` is out of bounds.

    Examples:
        >>> instructor_coverage_table(INSTRUCTOR_COVERAGE.empty()).shape
        (0, 8)
    """
    return _first(_read(coverage), top)


def _read(coverage: AnyFrame) -> pl.DataFrame:
    return need(coverage, INSTRUCTOR_COVERAGE, *_READ).select(_READ).collect()


def _carried() -> pl.Expr:
    return (
        pl.when(pl.col("instructors") < 1)
        .then(
            pl.when(pl.col("last_taught").is_null())
            .then(pl.lit(_NEVER))
            .otherwise(pl.lit(_NOT_LATELY))
        )
        .when("single_instructor")
        .then(pl.lit(_ALONE))
        .otherwise(pl.lit(_MORE))
    )


def _first(frame: pl.DataFrame, top: int) -> pl.DataFrame:
    if not 1 <= top <= 60:
        raise KPADataError(f"top must be 1 to 60, not {top!r}")
    last = pl.when(pl.col("instructors") < 1).then("last_taught")
    kept = (
        frame.lazy()
        .sort(
            *(pl.col("instructors") < 1, "instructors", "completions", last),
            *("training", "training_id"),
            descending=[False, False, True, True, False, False],
            nulls_last=True,
        )
        .head(top)
        .select(
            pl.int_range(pl.len()).alias("place"),
            *("training_id", "training", _carried().alias("carried"), "instructors"),
            *("completions", "instructor_names", "last_taught"),
        )
        .collect(engine="in-memory")
    )
    names = [_few(several or ()) for several in kept["instructor_names"].to_list()]
    return labels(kept, "training", "training_id", room=_ROOM).select(
        *("place", "training_id", "training", "carried", "instructors", "completions"),
        pl.Series("names", names, pl.String),
        "last_taught",
    )


def _few(names: Sequence[str]) -> str:
    """The first three of them; the rest counted."""
    first = "; ".join(one_line(name or "", 60) for name in names[:3])
    return f"{first}; {len(names) - 3} more" if len(names) > 3 else first


def instructor_coverage(coverage: AnyFrame, *, top: int = 25, dark: bool = False) -> alt.LayerChart:
    """Draw how many people teach each training; those one person carries stand out by name.

    Args:
        coverage: as `instructor_coverage()` of the analysis makes it, eager or lazy.
        top: trainings drawn, 1 to 60, those of one person first; the others are counted in
            the subtitle.
        dark: for a dark background.

    Returns:
        The chart; its data is `instructor_coverage_table(...)`.

    Raises:
        KPADataError: as `instructor_coverage_table`.

    Examples:
        >>> instructor_coverage(INSTRUCTOR_COVERAGE.empty()).description
        'Trainings and how many people teach them. No trainings with an instructor to show.'
    """
    frame = _read(coverage)
    demo = is_demo(frame)
    if frame.is_empty():
        return nothing_to_show(
            _TITLE, "No trainings with an instructor to show", dark=dark, demo=demo
        )
    table = _first(frame, top)
    every = dict(frame.group_by(_carried().alias("carried")).len().iter_rows())
    drawn = dict(table.group_by("carried").len().iter_rows())
    hidden = {kind: every[kind] - drawn.get(kind, 0) for kind in every}
    more = hidden.get(_ALONE, 0) + hidden.get(_MORE, 0)
    left_out = [
        f"{count(more, 'training')} with as many instructors or more" if more else "",
        *(
            f"{count(hidden[kind], 'training')} {words}"
            for kind, words in _NONE
            if hidden.get(kind)
        ),
    ]
    room = max(table.select(pl.col("instructors").max()).item() * 1.25, 4)
    return layered(
        _layers(rows=_told(table), room=room, ticks=whole_ticks(room), dark=dark),
        title=_TITLE,
        words=[
            f"{every.get(_ALONE, 0):,} of {count(frame.height, 'training')} carried by one person "
            "alone"
            + "".join(f", {every[kind]:,} {words}" for kind, words in _NONE if kind in every),
            "Not drawn: " + ", ".join(filter(None, left_out)) if any(left_out) else "",
        ],
        demo=demo,
        dark=dark,
        foot=30,
        width=_WIDTH,
        height=alt.Step(24),
    )


def _told(table: pl.DataFrame) -> pl.DataFrame:
    """The rows with what is said beside their bars, and how their labels are cut."""
    last = pl.col("last_taught").dt.strftime("%d %B %Y").str.strip_prefix("0")
    said = (
        pl.when(pl.col("carried") == _NEVER)
        .then(pl.lit(_NEVER))
        .when(pl.col("carried") == _NOT_LATELY)
        .then(pl.format("not taught in the period, last on {}", last))
        .when(pl.col("carried") == _ALONE)
        .then(pl.format("only {}", "names"))
        .otherwise(pl.format("{} instructors", "instructors"))
    )
    return table.with_columns(
        said.alias("said"), last.fill_null("never"), short(table, "training", _ROOM)
    )


def _layers(rows: pl.DataFrame, room: float, ticks: list[int], dark: bool) -> list[alt.Chart]:
    p = palette(dark)
    base = rows_of(rows).transform_calculate(
        # What one person teaches is seen beside what hundreds do.
        seen=f"datum.instructors > 0 ? max(datum.instructors, {LEAST / _WIDTH:.5f} * {room}) : 0",
        spoken="datum.training + ': ' + datum.said + ', '"
        f" + {figure('datum.completions')} + ' completions'",
    )
    x = alt.X(
        "seen:Q",
        title="Instructors active in the period",
        scale=alt.Scale(domain=[0, room], nice=False),
        axis=whole_axis(ticks),
    )
    y = alt.Y(
        "short:N",
        title=None,
        axis=label_axis(),
        sort=alt.EncodingSortField("place", op="min"),
        scale=alt.Scale(paddingInner=0.28, paddingOuter=0.14),
    )
    alone = alt.FieldEqualPredicate(equal=_ALONE, field="carried")
    tooltip = [
        alt.Tooltip("training:N", title="Training"),
        alt.Tooltip("instructors:Q", title="Instructors", format=","),
        alt.Tooltip("names:N", title="Who"),
        alt.Tooltip("completions:Q", title="Completions", format=","),
        alt.Tooltip("last_taught:N", title="Last taught"),
    ]
    bars = base.mark_bar().encode(
        x=x,
        y=y,
        color=alt.ColorValue(p.quiet, condition=[{"test": alone, "value": p.accent}]),
        tooltip=tooltip,
        description=spoken(),
    )
    words = base.mark_text(align="left", dx=6, limit=360, clip=False, aria=False).encode(
        x=x,
        y=y,
        text=alt.Text("said:N"),
        color=alt.ColorValue(p.muted, condition=[{"test": alone, "value": p.ink}]),
        tooltip=tooltip,
    )
    return [bars, words]
