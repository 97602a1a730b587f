"""Instructors per training: which trainings depend on one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from kpa_analytics.charts.axes import aria_label, label_axis, number_text, whole_axis, whole_ticks
from kpa_analytics.charts.stacking import MIN_PIXELS
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
#: Why a training has no instructor in the period, and the phrase for the subtitle.
_NONE = ((_NOT_LATELY, _NOT_LATELY), (_NEVER, f"with {_NEVER}"))
#: Pixels for a label, and for the bars.
_ROOM, _WIDTH = 250, 520


def instructor_coverage_table(coverage: AnyFrame, *, top: int = 25) -> pl.DataFrame:
    """Sort trainings by number of instructors: one alone first, then two or more, then none.

    Args:
        coverage: the result of `kpa_analytics.instructor_coverage()`.
        top: number of trainings to keep, 1 to 60.

    Returns:
        At most `top` rows: place (Int64, from 0), training_id, training (String, unique),
        carried (String: one person alone, two or more, not taught in the period, no instructor
        recorded), instructors, completions (Int64), names (String; at most three, then
        the number of others), last_taught (Date). Trainings with the same number of instructors
        are sorted by completions, most first. Trainings without an instructor come last: first
        those taught before the period, latest first, then those without any recorded instructor
        (online, composed or never taught).

    Raises:
        KPADataError: a column is missing, or `top` is out of range.

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
    names = [_first_three(names or ()) for names in kept["instructor_names"].to_list()]
    return labels(kept, "training", "training_id", room=_ROOM).select(
        *("place", "training_id", "training", "carried", "instructors", "completions"),
        pl.Series("names", names, pl.String),
        "last_taught",
    )


def _first_three(names: Sequence[str]) -> str:
    """The first three names, and how many more there are."""
    first = "; ".join(one_line(name or "", 60) for name in names[:3])
    return f"{first}; {len(names) - 3} more" if len(names) > 3 else first


def instructor_coverage(coverage: AnyFrame, *, top: int = 25, dark: bool = False) -> alt.LayerChart:
    """Draw how many people teach each training, and name the person who teaches one alone.

    Args:
        coverage: the result of `kpa_analytics.instructor_coverage()`, eager or lazy.
        top: number of trainings to draw, 1 to 60, those with one instructor first; the subtitle
            counts the others.
        dark: True for a dark background.

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
    totals = dict(frame.group_by(_carried().alias("carried")).len().iter_rows())
    shown = dict(table.group_by("carried").len().iter_rows())
    hidden = {kind: totals[kind] - shown.get(kind, 0) for kind in totals}
    more = hidden.get(_ALONE, 0) + hidden.get(_MORE, 0)
    left_out = [
        f"{count(more, 'training')} with as many instructors or more" if more else "",
        *(
            f"{count(hidden[kind], 'training')} {phrase}"
            for kind, phrase in _NONE
            if hidden.get(kind)
        ),
    ]
    room = max(table.select(pl.col("instructors").max()).item() * 1.25, 4)
    return layered(
        _layers(rows=_with_notes(table), room=room, ticks=whole_ticks(room), dark=dark),
        title=_TITLE,
        subtitle=[
            f"{totals.get(_ALONE, 0):,} of {count(frame.height, 'training')} taught by "
            "one person alone"
            + "".join(f", {totals[kind]:,} {phrase}" for kind, phrase in _NONE if kind in totals),
            "Not drawn: " + ", ".join(filter(None, left_out)) if any(left_out) else "",
        ],
        demo=demo,
        dark=dark,
        foot=30,
        width=_WIDTH,
        height=alt.Step(24),
    )


def _with_notes(table: pl.DataFrame) -> pl.DataFrame:
    """Add the note beside each bar, and the shortened label."""
    last = pl.col("last_taught").dt.strftime("%d %B %Y").str.strip_prefix("0")
    note = (
        pl.when(pl.col("carried") == _NEVER)
        .then(pl.lit(_NEVER))
        .when(pl.col("carried") == _NOT_LATELY)
        .then(pl.format("not taught in the period, last on {}", last))
        .when(pl.col("carried") == _ALONE)
        .then(pl.format("only {}", "names"))
        .otherwise(pl.format("{} instructors", "instructors"))
    )
    return table.with_columns(
        note.alias("note"), last.fill_null("never"), short(table, "training", _ROOM)
    )


def _layers(rows: pl.DataFrame, room: float, ticks: list[int], dark: bool) -> list[alt.Chart]:
    p = palette(dark)
    base = rows_of(rows).transform_calculate(
        # A bar for one instructor stays visible beside a bar for hundreds.
        seen="datum.instructors > 0 ? "
        f"max(datum.instructors, {MIN_PIXELS / _WIDTH:.5f} * {room}) : 0",
        spoken="datum.training + ': ' + datum.note + ', '"
        f" + {number_text('datum.completions')} + ' completions'",
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
        description=aria_label(),
    )
    notes = base.mark_text(align="left", dx=6, limit=360, clip=False, aria=False).encode(
        x=x,
        y=y,
        text=alt.Text("note:N"),
        color=alt.ColorValue(p.muted, condition=[{"test": alone, "value": p.ink}]),
        tooltip=tooltip,
    )
    return [bars, notes]
