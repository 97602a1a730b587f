"""Axes and colours that several charts share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from kpa_analytics.charts.sheet import term
from kpa_analytics.charts.theme import SEVERITY, STATUS_LABELS, STATUS_SIGNS, status_colours

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from kpa_analytics.charts.sheet import Number, Numbers, Texts


def status_colour(dark: bool, statuses: Texts) -> alt.Color:
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
            range=[
                alt.ExprRef(f"{colours}[{term(statuses)}[{place}]]")
                for place in range(len(SEVERITY))
            ],
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
    words = {status: f"{STATUS_SIGNS[status]} {STATUS_LABELS[status]}" for status in SEVERITY}
    return f"{words!r}[{field}]"


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


def month_axis(step: Number) -> alt.Axis:
    """An axis of months whose ticks always meet January, where the year stands.

    Args:
        step: as `month_step` finds it.
    """
    year = "utcFormat(datum.value, '%m') == '01' || datum.index == 0"
    return alt.Axis(
        labelExpr=f"[utcFormat(datum.value, '%b'), {year} ? utcFormat(datum.value, '%Y') : '']",
        tickCount=alt.ExprRef(f"{{interval: 'month', step: {term(step)}}}"),
        grid=False,
    )


def label_axis(most: int = 44, **options: Any) -> alt.Axis:
    """An axis of titles or names: a long one keeps its beginning and its end, where many differ.

    Args:
        most: characters shown.
        **options: of `alt.Axis`.
    """
    return alt.Axis(labelExpr=middle_cut("datum.label", most), **options)


def middle_cut(field: str, most: int) -> str:
    """The Vega expression that leaves out the middle of a text longer than `most` characters."""
    end = most // 3
    cut = f"slice({field}, 0, {most - end - 1}) + '…' + slice({field}, -{end})"
    return f"length({field}) > {most} ? {cut} : {field}"


def whole_ticks(highest: float, most: int = 6) -> list[int]:
    """Whole numbers up to `highest`, in at most `most` steps of 1, 2, 5, 10, ...

    Examples:
        >>> whole_ticks(3), whole_ticks(1200)
        ([0, 1, 2, 3], [0, 200, 400, 600, 800, 1000, 1200])
    """
    steps = (lead * 10**zeros for zeros in range(19) for lead in (1, 2, 5))
    step = next(step for step in steps if highest <= most * step)
    return list(range(0, int(highest) + 1, step))


def whole_axis(ticks: Numbers) -> alt.Axis:
    """An axis of whole numbers.

    Args:
        ticks: as `whole_ticks` finds them.
    """
    return alt.Axis(format=",d", values=ticks)
