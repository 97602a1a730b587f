"""Instructors per training: which trainings depend on one person."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from kpa_analytics.analysis.instructors import taught_by_any, without_instructors
from kpa_analytics.charts import axes
from kpa_analytics.charts.fitting import width
from kpa_analytics.charts.stacking import MIN_PIXELS
from kpa_analytics.charts.styled import layered, nothing_to_show, rows_of
from kpa_analytics.charts.text import labels, not_drawn, short
from kpa_analytics.charts.theme import edge, palette
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.inputs import need_list, read
from kpa_analytics.report_text import TeachingText
from kpa_analytics.schema import INSTRUCTOR_COVERAGE
from kpa_analytics.whole_number import whole_number
from kpa_analytics.wording import count, day_texts, listing, one_line, say

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from kpa_analytics.inputs import AnyFrame

_READ = (
    *("training_id", "training", "instructors", "instructor_names", "completions"),
    *("last_taught", "single_instructor", "demo"),
)
_TITLE = "How many people teach each training"
_ONE, _MORE = "one person only", "two or more"
_NOT_LATELY, _NEVER = "not taught in the period", "no instructor recorded"
_NOBODY_ELSE, _ONE_OTHER, _OTHERS = "nobody else", "one other", "two or more others"
_IDS = "m_instructor_ids"
#: Why a training has no instructor in the period, and the phrase for the subtitle.
_NONE = {_NOT_LATELY: _NOT_LATELY, _NEVER: f"with {_NEVER}"}
#: Which trainings are not drawn.
_REASONS = {
    reason: f"{{number:training|trainings}} {phrase}"
    for reason, phrase in {
        _MORE: "with at least as many instructors as the last row",
        **_NONE,
    }.items()
}
#: Pixels for a label, and for the bars.
_ROOM, _WIDTH = 210, 430
#: Pixels for a training in the title.
_NAME = 300


def instructor_coverage_table(coverage: AnyFrame, *, top: int = 25) -> pl.DataFrame:
    """Sort trainings by number of instructors: one first, then two or more, then none.

    Args:
        coverage: the result of `kpa_analytics.instructor_coverage()`.
        top: number of trainings to keep, 1 to 60.

    Returns:
        At most `top` rows: place (Int64, from 0), training_id, training (String, unique),
        taught_by (String: one person only, two or more, not taught in the period, no instructor
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
    whole_number(top, "top", 60)
    frame = read(coverage, INSTRUCTOR_COVERAGE, *_READ)
    last = pl.when(pl.col("instructors") < 1).then("last_taught")
    kept = frame.sort(
        *(pl.col("instructors") < 1, "instructors", "completions", last),
        *("training", "training_id"),
        descending=[False, False, True, True, False, False],
        nulls_last=True,
    ).head(top)
    return _drawn(kept)


def _drawn(trainings: pl.DataFrame) -> pl.DataFrame:
    """The table of these trainings, in their order."""
    kept = trainings.select(
        pl.int_range(pl.len()).alias("place"),
        *("training_id", "training", _taught_by().alias("taught_by"), "instructors"),
        *("completions", "instructor_names", "last_taught"),
    )
    names = [_first_three(names or ()) for names in kept["instructor_names"].to_list()]
    return labels(kept, "training", "training_id", room=_ROOM).select(
        *("place", "training_id", "training", "taught_by", "instructors", "completions"),
        pl.Series("names", names, pl.String),
        "last_taught",
    )


def _taught_by() -> pl.Expr:
    return (
        pl.when(pl.col("instructors") < 1)
        .then(
            pl.when(pl.col("last_taught").is_null())
            .then(pl.lit(_NEVER))
            .otherwise(pl.lit(_NOT_LATELY))
        )
        .when("single_instructor")
        .then(pl.lit(_ONE))
        .otherwise(pl.lit(_MORE))
    )


def _first_three(names: Sequence[str]) -> str:
    """The first three names, and how many more there are."""
    first = "; ".join(one_line(name or "", 60) for name in names[:3])
    return f"{first}; {len(names) - 3} more" if len(names) > 3 else first


def instructor_coverage(
    coverage: AnyFrame, *, without: Collection[str] = (), top: int = 25, dark: bool = False
) -> alt.LayerChart:
    """Draw how many people teach each training, and name the person if there is only one.

    A click on a bar sets the selection `pick` (training_id).

    Args:
        coverage: the result of `kpa_analytics.instructor_coverage()`, eager or lazy.
        without: ids of instructors. If given, the chart shows only the trainings that they taught
            in the period, and how many others teach each: what remains if they leave.
        top: number of trainings to draw, 1 to 60, those with one instructor first (with `without`,
            those with the fewest others); the subtitle counts the rest.
        dark: True for a dark background.

    Returns:
        The chart; its data is `instructor_coverage_table(...)`, for `without` that of the
        instructors who remain.

    Raises:
        KPADataError: as `instructor_coverage_table`, or `without` is not a list.

    Examples:
        >>> instructor_coverage(INSTRUCTOR_COVERAGE.empty()).description
        'How many people teach each training. No trainings with an instructor to show.'
    """
    leaving = need_list(without, "without")
    frame = read(coverage, INSTRUCTOR_COVERAGE, *_READ, *([_IDS] if leaving else []))
    demo = is_demo(frame)
    if frame.is_empty():
        message = "No trainings with an instructor to show"
        return nothing_to_show(_TITLE, message, dark=dark, demo=demo)
    if leaving:
        return _without(frame, leaving, top, dark)
    table = instructor_coverage_table(frame, top=top)
    totals = Counter(frame.select(_taught_by()).to_series())
    hidden = totals - Counter(table["taught_by"])
    hidden[_MORE] += hidden.pop(_ONE, 0)
    none = [f", {totals[kind]:,} {phrase}" for kind, phrase in _NONE.items() if totals[kind]]
    return layered(
        _bars(_with_notes(table), _ONE, "Instructors active in the period", dark),
        title=taught_by_one(totals[_ONE], table["instructors"], table["training"], frame.height),
        subtitle=[
            _TITLE + "".join(none),
            not_drawn(hidden, _REASONS),
        ],
        demo=demo,
        dark=dark,
        foot=54,
        width=_WIDTH,
        height=alt.Step(24),
    )


def taught_by_one(alone: int, instructors: pl.Series, titles: pl.Series, every: int) -> str:
    """The finding, as the title: how many of all trainings have only one instructor.

    Args:
        alone: trainings with one instructor.
        instructors: the number of instructors of each training that is drawn.
        titles: the trainings that are drawn.
        every: all trainings.
    """
    if every > 1:
        text = TeachingText.ONE_TAUGHT_BY_ONE if alone == 1 else TeachingText.TAUGHT_BY_ONE
        return say(text, alone=alone, every=every)
    name = titles[0] if width(titles[0]) <= _NAME else TeachingText.THE_TRAINING
    if not instructors[0]:
        return say(TeachingText.NOT_TAUGHT, training=name)
    text = TeachingText.ONLY_ONE if alone else TeachingText.TAUGHT_BY
    return say(text, training=name, instructors=instructors[0])


def _without(
    coverage: pl.DataFrame, leaving: Collection[str], top: int, dark: bool
) -> alt.LayerChart:
    """Draw how many others teach each training of these instructors, the fewest first."""
    demo, of_chosen = is_demo(coverage), taught_by_any(coverage, leaving)
    if of_chosen.is_empty():
        who = "This instructor" if len({*leaving}) == 1 else "These instructors"
        message = f"{who} taught none of these trainings in the period"
        return nothing_to_show(_TITLE, message, dark=dark, demo=demo)
    remaining = without_instructors(of_chosen, leaving)
    rows = remaining.sort(
        "instructors",
        "completions",
        "training",
        "training_id",
        descending=[False, True, False, False],
    )
    whole_number(top, "top", 60)
    table = _drawn(rows.head(top)).with_columns(
        pl.col("instructors")
        .replace_strict({0: _NOBODY_ELSE, 1: _ONE_OTHER}, default=_OTHERS)
        .alias("taught_by")
    )
    note = (
        pl.when(pl.col("taught_by") == _NOBODY_ELSE)
        .then(pl.lit(_NOBODY_ELSE))
        .when(pl.col("taught_by") == _ONE_OTHER)
        .then(pl.format("only {}", "names"))
        .otherwise(pl.format("{} others", "instructors"))
    )
    left = int((remaining["instructors"] == 0).sum())
    names = listing(_names(of_chosen, leaving), 2)
    trainings = (
        f"{left:,} of {count(remaining.height, 'training')}"
        if left
        else f"each of {count(remaining.height, 'training')}"
    )
    if remaining.height == 1:
        title = table["training"][0]
        trainings = title if width(title) <= _NAME else "the training"
    hidden = {_OTHERS: remaining.height - table.height}
    more = "{number:training|trainings} with at least as many others as the last row"
    return layered(
        _bars(_noted(table, note), _NOBODY_ELSE, "Others active in the period", dark),
        title=f"Without {names}, {'nobody' if left else 'somebody else still'} teaches {trainings}",
        subtitle=[
            "How many others taught each training of theirs in the period: what remains if they "
            "leave",
            not_drawn(hidden, {_OTHERS: more}),
        ],
        demo=demo,
        dark=dark,
        foot=54,
        width=_WIDTH,
        height=alt.Step(24),
    )


def _names(coverage: pl.DataFrame, leaving: Collection[str]) -> list[str]:
    """The names of these instructors, in order."""
    named = coverage.select(_IDS, "instructor_names").explode(_IDS, "instructor_names").unique()
    return sorted(one_line(name or key, 60) for key, name in named.iter_rows() if key in {*leaving})


def _with_notes(table: pl.DataFrame) -> pl.DataFrame:
    """Add the note beside each bar, and the shortened label."""
    note = (
        pl.when(pl.col("taught_by") == _NEVER)
        .then(pl.lit(_NEVER))
        .when(pl.col("taught_by") == _NOT_LATELY)
        .then(pl.format("not taught in the period, last on {}", _last()))
        .when(pl.col("taught_by") == _ONE)
        .then(pl.format("only {}", "names"))
        .otherwise(pl.format("{} instructors", "instructors"))
    )
    return _noted(table, note)


def _noted(table: pl.DataFrame, note: pl.Expr) -> pl.DataFrame:
    return table.with_columns(
        note.alias("note"), _last().fill_null("never"), short(table, "training", _ROOM)
    )


def _last() -> pl.Expr:
    return day_texts(pl.col("last_taught"))


def _bars(rows: pl.DataFrame, worst: str, axis: str, dark: bool) -> list[alt.Chart]:
    """The bars, and a note beside each; those `taught_by` the worst are accented."""
    p = palette(dark)
    room = max(rows.select(pl.col("instructors").max()).item() * 1.25, 4)
    x = alt.X("seen:Q", **axes.counting(axis, room))
    base = (
        rows_of(rows)
        .transform_calculate(
            # A bar for one instructor stays visible beside a bar for hundreds. The bar for none is
            # not seen, but it can be clicked and can have the keyboard.
            seen=f"max(datum.instructors, {MIN_PIXELS / _WIDTH:.5f} * {room})",
            spoken=axes.sentence("{training}: {note}, {completions:completion}"),
        )
        .encode(
            x=x,
            y=axes.labelled_rows(),
            tooltip=[
                *axes.tooltip({"training": "Training"}, {"instructors": "Instructors"}),
                *axes.tooltip({"names": "Who"}, {"completions": "Completions"}),
                *axes.tooltip({"last_taught": "Last taught"}),
            ],
        )
    )
    alone = alt.FieldEqualPredicate(equal=worst, field="taught_by")
    quiet = edge(p.quiet, dark)
    colours = [
        {"test": alt.FieldEqualPredicate(equal=0, field="instructors"), "value": "transparent"},
        {"test": alone, "value": p.accent},
    ]
    bars = base.mark_bar(strokeWidth=1).encode(
        color=alt.ColorValue(p.quiet, condition=colours),
        stroke=alt.StrokeValue(quiet, condition=colours),
        description=axes.aria_label(),
    )
    picked = axes.pick(bars.properties(name="trainings"), "training_id")
    notes = base.mark_text(align="left", dx=6, limit=_WIDTH - 40, clip=False, aria=False).encode(
        text=alt.Text("note:N"),
        color=alt.ColorValue(p.muted, condition=[{"test": alone, "value": p.ink}]),
    )
    return [picked, notes]
