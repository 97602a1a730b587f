"""What every chart has around its marks: title, words, look, demo mark - or the empty sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from kpa_analytics.charts.theme import (
    SEVERITY,
    STATUS_LABELS,
    STATUS_SIGNS,
    WIDTH,
    config,
    palette,
    status_colours,
)
from kpa_analytics.demo_mark import DEMO_MARK

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date


def sheet(
    *layers: Any,
    title: str,
    words: Sequence[str],
    demo: bool,
    dark: bool,
    foot: int = 44,
    width: Any = WIDTH,
    height: Any = 240,
) -> alt.LayerChart:
    """Put layers on one sheet.

    Args:
        layers: the chart's marks, drawn in this order.
        title: the chart's title.
        words: the lines under it; with the title they are the description for screen readers.
        demo: the data is invented: say so, in the drawing and in the description.
        dark: for a dark background.
        foot: pixels from the plot's bottom to the demo mark, past axis labels and title.
        width: of the plot, pixels or `alt.Step`.
        height: of the plot, pixels or `alt.Step`.

    Returns:
        The finished chart, its look inside it.
    """
    # A plot as wide as its columns may be narrower than the mark: there it starts at the left.
    mark = demo_line(foot, dark, left=isinstance(width, alt.Step))
    marks = [*layers, mark] if demo else list(layers)
    return alt.LayerChart(
        layer=marks, width=width, height=height, **dress(title, words, demo, dark)
    )


def dress(title: str, words: Sequence[str], demo: bool, dark: bool) -> dict[str, Any]:
    """A chart's title, its description and its look, as properties for the chart to be made with.

    Given to a chart that is there already, each of them would copy it whole.
    """
    lines = [line for line in words if line]
    spoken = [title, *lines, *([DEMO_MARK] if demo else [])]
    return {
        "title": alt.TitleParams(text=title, subtitle=lines),
        "description": ". ".join(line.rstrip(".") for line in spoken) + ".",
        "config": config(dark),
    }


def demo_line(
    foot: int, dark: bool, width: Any = "width", height: Any = "height", left: bool = False
) -> alt.Chart:
    """The words that stand on every chart of demo data, `foot` pixels under the plot."""
    line: alt.Chart = (
        alt.Chart(alt.InlineData(values=[{"mark": DEMO_MARK}]))
        .mark_text(
            align="left" if left else "right",
            baseline="top",
            fontWeight="bold",
            color=palette(dark).demo,
            clip=False,
        )
        .encode(
            text=alt.Text("mark:N"),
            x=alt.XValue(0 if left else alt.ExprRef(f"{width}")),
            y=alt.YValue(alt.ExprRef(f"{height} + {foot}")),
        )
    )
    return line


def empty(title: str, message: str, *more: str, dark: bool, demo: bool = False) -> alt.LayerChart:
    """A chart that says there is nothing to show, and in `more` what it leaves out."""
    p = palette(dark)
    blank = alt.Chart(alt.InlineData(values=[{"message": message}]))
    words = blank.mark_text(fontSize=14, color=p.muted).encode(
        text=alt.Text("message:N"), x=alt.XValue(WIDTH / 2), y=alt.YValue(60)
    )
    frame = blank.mark_rect(
        fillOpacity=0, stroke=p.quiet, strokeDash=[4, 4], cornerRadius=6
    ).encode(x=alt.XValue(0), x2=alt.X2Value(WIDTH), y=alt.YValue(0), y2=alt.Y2Value(120))
    return sheet(
        frame, words, title=title, words=[message, *more], demo=demo, dark=dark, foot=14, height=120
    )


def status_colour(dark: bool, statuses: Sequence[str] = SEVERITY) -> alt.Color:
    """Colour by status: one legend everywhere, each entry with its sign and words."""
    colours = status_colours(dark)
    shown = [status for status in SEVERITY if status in statuses]
    return alt.Color(
        "status:N",
        scale=alt.Scale(domain=shown, range=[colours[status] for status in shown]),
        legend=alt.Legend(title=None, labelExpr=status_words("datum.value"), values=shown),
    )


def status_words(field: str) -> str:
    """The Vega expression that says a status with its sign, e.g. `× Expired`."""  # noqa: RUF002
    words = {status: f"{STATUS_SIGNS[status]} {STATUS_LABELS[status]}" for status in SEVERITY}
    return f"{words!r}[{field}]"


def month_axis(first: date, last: date) -> alt.Axis:
    """An axis of months whose ticks always meet January, where the year stands."""
    spanned = (last - first).days // 30 + 1
    step = next(step for step in (1, 3, 12, 60) if spanned <= 15 * step or step == 60)
    year = "timeFormat(datum.value, '%m') == '01' || datum.index == 0"
    return alt.Axis(
        labelExpr=f"[timeFormat(datum.value, '%b'), {year} ? timeFormat(datum.value, '%Y') : '']",
        tickCount={"interval": "month", "step": step},
        grid=False,
    )


def whole_axis(highest: float, most: int = 6) -> alt.Axis:
    """An axis of whole numbers up to `highest`, in at most `most` steps of 1, 2, 5, 10, ...

    Examples:
        >>> whole_axis(3).to_dict()["values"], whole_axis(1200).to_dict()["values"]
        ([0, 1, 2, 3], [0, 200, 400, 600, 800, 1000, 1200])
    """
    steps = (lead * 10**zeros for zeros in range(19) for lead in (1, 2, 5))
    step = next(step for step in steps if highest <= most * step)
    return alt.Axis(format=",d", values=list(range(0, int(highest) + 1, step)))
