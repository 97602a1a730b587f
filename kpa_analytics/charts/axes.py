"""Axes and colours that several charts share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from kpa_analytics.statuses import SEVERITY, SIGNED_LABELS, STATUS_LABELS, status_colours

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date


def status_colour(dark: bool, statuses: list[str]) -> alt.Color:
    """Colour by status, with the same legend in every chart: each entry has a sign and a label.

    Args:
        dark: True for a dark background.
        statuses: the statuses in the legend, from `legend_statuses`.
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
            labelExpr=signed_status_label("datum.value"),
            values=statuses,
        ),
    )


def legend_statuses(statuses: Collection[str]) -> list[str]:
    """The statuses that occur, worst first, for a legend."""
    return [status for status in SEVERITY if status in statuses]


def signed_status_label(field: str) -> str:
    """A Vega expression for the label of a status with its sign, e.g. `× Expired`."""  # noqa: RUF002
    return f"{SIGNED_LABELS}[{field}]"


def status_label(field: str) -> str:
    """A Vega expression for the label of a status without its sign, for screen readers."""
    return f"{STATUS_LABELS}[{field}]"


def number_text(field: str) -> str:
    """A Vega expression for a number with thousands separators."""
    return f"format({field}, ',')"


def month_step(first: date, last: date) -> int:
    """Months between ticks, so that there is room for every label."""
    months = (last - first).days // 30 + 1
    return next(step for step in (1, 3, 12, 60) if months <= 15 * step or step == 60)


def day_scale(**options: Any) -> alt.Scale:
    """The scale of an axis of days, in UTC, so that time zones and summer time move no mark.

    Args:
        **options: options of `alt.Scale`.
    """
    return alt.Scale(type="utc", **options)


def month_axis(step: int, within: tuple[int, int] | None = None) -> alt.Axis:
    """An axis of months with a tick at every January, which shows the year.

    Args:
        step: months between ticks, from `month_step`.
        within: the first and last month that get a label, each as 12 * year + month - 1.
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
    """An axis of labels that `text.short` has already shortened.

    Vega would cut them again at the end, where titles of one series differ.

    Args:
        **options: options of `alt.Axis`.
    """
    return alt.Axis(labelLimit=0, **options)


def aria_label(field: str = "spoken") -> alt.Description:
    """Let a screen reader read only this field of a mark."""
    return alt.Description(f"{field}:N")


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
        ticks: the numbers, from `whole_ticks`.
    """
    return alt.Axis(format=",d", values=ticks)
