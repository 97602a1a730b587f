"""Axes and colours that several charts share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from kpa_analytics.statuses import SEVERITY, SIGNED_LABELS, STATUS_LABELS, status_colours

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date


def status_colour(dark: bool, statuses: list[str]) -> alt.Color:
    """Colour by status: one legend everywhere, each entry with its sign and words.

    Args:
        dark: for a dark background.
        statuses: what the legend lists, as `in_legend` finds them.
    """
    colours = status_colours(dark)
    return alt.Color(
        "status:N",
        scale=alt.Scale(
            domain=statuses,
            range=[colours[status] for status in statuses],
        ),
        legend=alt.Legend(
            title=None,
            labelExpr=status_words("datum.value"),
            values=statuses,
        ),
    )


def in_legend(statuses: Collection[str]) -> list[str]:
    """The statuses that a legend lists: those there are, the worst first."""
    return [status for status in SEVERITY if status in statuses]


def status_words(field: str) -> str:
    """The Vega expression that says a status with its sign, e.g. `× Expired`."""  # noqa: RUF002
    return f"{SIGNED_LABELS}[{field}]"


def status_label(field: str) -> str:
    """The Vega expression that says a status without its sign, as it is read aloud."""
    return f"{STATUS_LABELS}[{field}]"


def figure(field: str) -> str:
    """The Vega expression that writes a number with its thousands separated."""
    return f"format({field}, ',')"


def month_step(first: date, last: date) -> int:
    """Months from tick to tick, few enough ticks that their labels have room."""
    spanned = (last - first).days // 30 + 1
    return next(step for step in (1, 3, 12, 60) if spanned <= 15 * step or step == 60)


def day_scale(**options: Any) -> alt.Scale:
    """The scale of an axis of days: in UTC, so that no zone, nor its summer time, moves a mark.

    Args:
        **options: of `alt.Scale`.
    """
    return alt.Scale(type="utc", **options)


def month_axis(step: int, within: tuple[int, int] | None = None) -> alt.Axis:
    """An axis of months whose ticks always meet January, where the year stands.

    Args:
        step: as `month_step` finds it.
        within: the first and the last month with a label, each as 12 * year + month - 1.
    """
    year = "utcFormat(datum.value, '%m') == '01' || datum.index == 0"
    label = f"[utcFormat(datum.value, '%b'), {year} ? utcFormat(datum.value, '%Y') : '']"
    if within:
        own = "12 * utcyear(datum.value) + utcmonth(datum.value)"
        label = label.replace(year, f"{own} == {within[0]} || {year}")
        label = f"{own} < {within[0]} || {own} > {within[1]} ? '' : {label}"
    return alt.Axis(
        labelExpr=label,
        tickCount=alt.TimeIntervalStep(interval="month", step=step),
        grid=False,
    )


def label_axis(**options: Any) -> alt.Axis:
    """An axis of labels that are cut already, as `words.short` does it.

    Vega would cut them again, at the end, where titles of one series differ.

    Args:
        **options: of `alt.Axis`.
    """
    return alt.Axis(labelLimit=0, **options)


def spoken(words: str = "spoken") -> alt.Description:
    """What a screen reader says of a mark: the words in this field, and no other of its fields."""
    return alt.Description(f"{words}:N")


def whole_ticks(highest: float, most: int = 6) -> list[int]:
    """Whole numbers up to `highest`, in at most `most` steps of 1, 2, 5, 10, ...

    Examples:
        >>> whole_ticks(3), whole_ticks(1200)
        ([0, 1, 2, 3], [0, 200, 400, 600, 800, 1000, 1200])
    """
    steps = (lead * 10**zeros for zeros in range(19) for lead in (1, 2, 5))
    step = next(step for step in steps if highest <= most * step)
    return list(range(0, int(highest) + 1, step))


def whole_axis(ticks: list[int]) -> alt.Axis:
    """An axis of whole numbers.

    Args:
        ticks: as `whole_ticks` finds them.
    """
    return alt.Axis(format=",d", values=ticks)
