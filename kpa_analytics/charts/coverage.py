"""Which trainings hang on one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from kpa_analytics.charts.scales import label_axis, whole_axis, whole_ticks
from kpa_analytics.charts.sheet import Sheet, drawable, empty
from kpa_analytics.charts.theme import palette
from kpa_analytics.charts.words import count, labels, one_line
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import need
from kpa_analytics.schema import INSTRUCTOR_COVERAGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpa_analytics.charts.sheet import Number, Numbers, Rows
    from kpa_analytics.inputs import AnyFrame

_READ = (
    *("training_id", "training", "instructors", "instructor_names", "completions"),
    *("last_taught", "single_instructor", "demo"),
)
_TITLE = "Trainings and how many people teach them"
_NOBODY, _ALONE, _MORE = "nobody", "one person alone", "two or more"


def instructor_coverage_table(coverage: AnyFrame, *, top: int = 25) -> pl.DataFrame:
    """Sort trainings by how much hangs on one person: one alone, two or more, nobody.

    Args:
        coverage: as `instructor_coverage()` makes it.
        top: trainings kept, 1 to 60.

    Returns:
        At most `top` rows: place (Int64, 0 the first), training_id, training (String, unique),
        carried (String: one person alone, two or more, nobody), instructors, completions (Int64),
        names (String; at most three, the rest counted), last_taught (Date). Within the same number
        of instructors, more completions come first. Nobody (online, composed, not taught) comes
        last: there is no one to lose.

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
        .then(pl.lit(_NOBODY))
        .when("single_instructor")
        .then(pl.lit(_ALONE))
        .otherwise(pl.lit(_MORE))
    )


def _first(frame: pl.DataFrame, top: int) -> pl.DataFrame:
    if not 1 <= top <= 60:
        raise KPADataError(f"top must be 1 to 60, not {top!r}")
    kept = (
        frame.lazy()
        .sort(
            *(pl.col("instructors") < 1, "instructors", "completions", "training", "training_id"),
            descending=[False, False, True, False, False],
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
    return labels(kept, "training", "training_id").select(
        *("place", "training_id", "training", "carried", "instructors", "completions"),
        pl.Series("names", names, pl.String),
        "last_taught",
    )


def _few(names: Sequence[str]) -> str:
    """The first three of them; the rest counted."""
    first = "; ".join(one_line(name or "", 60) for name in names[:3])
    return f"{first}; {len(names) - 3} more" if len(names) > 3 else first


@drawable
def instructor_coverage(coverage: AnyFrame, *, top: int = 25, dark: bool = False) -> Sheet:
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
        return empty(_TITLE, "No trainings with an instructor to show", dark=dark, demo=demo)
    table = _first(frame, top)
    every = dict(frame.group_by(_carried().alias("carried")).len().iter_rows())
    alone, none = every.get(_ALONE, 0), every.get(_NOBODY, 0)
    hidden = none - (table["carried"] == _NOBODY).sum()
    more = frame.height - table.height - hidden
    left_out = [
        f"{count(more, 'training')} with as many instructors or more" if more else "",
        f"{count(hidden, 'training')} with no instructor recorded" if hidden else "",
    ]
    room = max(table.select(pl.col("instructors").max()).item() * 1.25, 4)
    return Sheet(
        _layers,
        {"rows": _told(table), "room": room, "ticks": whole_ticks(room)},
        {},
        title=_TITLE,
        words=[
            f"{alone:,} of {count(frame.height, 'training')} carried by one person alone"
            + (f", {none:,} with no instructor recorded" if none else ""),
            "Not drawn: " + ", ".join(filter(None, left_out)) if any(left_out) else "",
        ],
        demo=demo,
        dark=dark,
        foot=30,
        width=520,
        height=alt.Step(24),
    )


def _told(table: pl.DataFrame) -> pl.DataFrame:
    """The rows with what is said beside their bars."""
    said = (
        pl.when(pl.col("instructors") < 1)
        .then(pl.lit("no instructor recorded"))
        .when(pl.col("carried") == _ALONE)
        .then(pl.format("only {}", "names"))
        .otherwise(pl.format("{} instructors", "instructors"))
    )
    return table.with_columns(
        said.alias("said"),
        pl.col("last_taught").dt.strftime("%d %B %Y").str.strip_prefix("0").fill_null("never"),
    )


def _layers(rows: Rows, room: Number, ticks: Numbers, dark: bool) -> list[alt.Chart]:
    p = palette(dark)
    base = alt.Chart(rows)
    x = alt.X(
        "instructors:Q",
        title="Instructors active in the period",
        scale=alt.Scale(domain=[0, room], nice=False),
        axis=whole_axis(ticks),
    )
    y = alt.Y(
        "training:N",
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
    )
    words = base.mark_text(align="left", dx=6, limit=360, clip=False).encode(
        x=x,
        y=y,
        text=alt.Text("said:N"),
        color=alt.ColorValue(p.muted, condition=[{"test": alone, "value": p.ink}]),
        tooltip=tooltip,
    )
    return [bars, words]
