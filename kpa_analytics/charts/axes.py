"""Parts that charts share: axes, the colours of statuses, tooltips and texts for screen readers."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl

from kpa_analytics.charts.fitting import LINE, texts_are_whole
from kpa_analytics.charts.theme import edge
from kpa_analytics.report_text import ChartText
from kpa_analytics.statuses import SEVERITY, SIGNED_LABELS, STATUS_LABELS, status_colours

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

#: The milliseconds of a day.
A_DAY = 86_400_000
#: The ordinal of 1970-01-01.
_1970 = 719_163


def status_colour(dark: bool, statuses: Collection[str], offset: int = 8) -> alt.Color:
    """Colour by status. The legend shows the sign and label of these statuses, worst first.

    The legend is `offset` pixels above the plot.
    """
    colours = status_colours(dark)
    shown = [status for status in SEVERITY if status in statuses]
    return alt.Color(
        "status:N",
        scale=alt.Scale(domain=shown, range=[colours[status] for status in shown]),
        legend=legend(shown, STATUS_LABELS, SIGNED_LABELS, offset=offset),
    )


def legend(
    shown: Sequence[str],
    spoken: Mapping[str, str] | None = None,
    drawn: Mapping[str, str] | None = None,
    **options: Any,
) -> alt.Legend:
    """A legend. Vega would name it for screen readers by its values, as they are in the data.

    Args:
        shown: the values, in order.
        spoken: the name of each value; by default, the value itself.
        drawn: the label that is drawn for each value; by default, the value itself.
        **options: of `alt.Legend`; by default, the legend has no title.

    Examples:
        >>> legend(["late"], {"late": "Late"}, {"late": "▲ Late"}).description
        'Legend: Late'
    """
    title = options.pop("title", None)
    names = ", ".join((spoken or {}).get(value, value) for value in shown)
    if drawn:
        options["labelExpr"] = f"{dict(drawn)}[datum.value]"
    described = f"{title or ChartText.LEGEND}: {names}"
    return alt.Legend(title=title, values=[*shown], description=described, **options)


def with_one_legend(layers: Sequence[alt.Chart]) -> list[alt.Chart]:
    """Let only the first layer describe the legend that layers share.

    Vega gives the legend of several layers no name for screen readers.
    """
    first, *others = layers
    return [
        first,
        *(each.encode(color=each.encoding.color.legend(alt.Undefined)) for each in others),
    ]


def status_edge(dark: bool) -> alt.ExprRef:
    """Outline by status, so that even a pale mark contrasts with the background."""
    return outline(status_colours(dark), "status", dark)


def outline(fills: Mapping[str, str], field: str, dark: bool) -> alt.ExprRef:
    """The outline of a mark, by the value of a field that has these fill colours."""
    return alt.ExprRef(
        f"{ {name: edge(fill, dark) for name, fill in fills.items()} }[datum.{field}]"
    )


def signed_label() -> str:
    """A Vega expression for the label of a status with its sign, e.g. `× Expired`."""  # noqa: RUF002
    return f"{SIGNED_LABELS}[datum.status]"


def sentence(template: str, **expressions: str) -> str:
    """A Vega expression for a sentence about a mark, for screen readers.

    Args:
        template: text with fields in braces. A colon is followed by a number format, or by a noun
            to count, alone or in both forms as for `wording.say`. `{status}` is the label of the
            status.
        **expressions: Vega expressions for the fields that are not in the data.

    Examples:
        >>> sentence("{name}: {part:,} of {total:case|cases}")
        "datum.name + ': ' + format(datum.part, ',') + ' of ' + format(datum.total, ',') + \
(datum.total == 1 ? ' case' : ' cases')"
    """
    terms = []
    for text, field, form, _ in Formatter().parse(template):
        value = expressions.get(field or "", f"datum.{field}")
        terms += [repr(text)] if text else []
        if field == "status":
            terms.append(f"{STATUS_LABELS}[{value}]")
        elif form and (form.isalpha() or "|" in form):
            nouns = form.split("|") if "|" in form else (form, f"{form}s")
            singular, plural = (repr(f" {noun}") for noun in nouns)
            terms.append(f"format({value}, ',') + ({value} == 1 ? {singular} : {plural})")
        elif field:
            terms.append(f"format({value}, '{form}')" if form else value)
    return " + ".join(terms)


def aria_label(field: str = "spoken") -> alt.Description:
    """Let a screen reader read only this field of a mark."""
    return alt.Description(f"{field}:N")


def tooltip(
    texts: Mapping[str, str], numbers: Mapping[str, str] | None = None
) -> list[alt.Tooltip]:
    """A tooltip of texts, then numbers; each is given as its field and its name."""
    return [
        *(alt.Tooltip(f"{field}:N", title=name) for field, name in texts.items()),
        *(
            alt.Tooltip(f"{field}:Q", title=name, format=",")
            for field, name in (numbers or {}).items()
        ),
    ]


def pick(bars: alt.Chart, *fields: str) -> alt.Chart:
    """Let a click on a bar set the selection `pick` of these fields; the other bars become pale."""
    faded = alt.OpacityValue(0.35, condition=[{"param": "pick", "value": 1}])
    picked: alt.Chart = bars.encode(opacity=faded)
    picked.params = [clicked(*fields)]
    return picked


def pick_cell(cells: alt.Chart, *fields: str, edge: alt.ExprRef, ink: str) -> alt.Chart:
    """As `pick`, for cells with numbers, which would be hard to read on pale cells.

    A cell that is clicked has a frame of the colour `ink`; `edge` is the outline of the others.
    """
    framed = {"param": "pick", "empty": False}
    picked: alt.Chart = cells.encode(
        stroke=alt.StrokeValue(edge, condition=[{**framed, "value": ink}]),
        strokeWidth=alt.StrokeWidthValue(1, condition=[{**framed, "value": 3}]),
    )
    picked.params = [clicked(*fields)]
    return picked


def clicked(*fields: str) -> alt.TopLevelSelectionParameter:
    """The selection `pick`: the values of these fields in the bars that were clicked."""
    point = alt.PointSelectionConfig(type="point", fields=[*fields], on="click")
    return _Selection(name="pick", select=point, views=[])


def zoomable(bars: alt.Chart) -> alt.Chart:
    """Let the reader move the horizontal scale, and zoom it with Ctrl and the wheel."""
    wheel = "wheel![event.ctrlKey || event.metaKey]"
    range_shown = alt.IntervalSelectionConfig(type="interval", encodings=["x"], zoom=wheel)
    zoom = _Selection(name="zoom", select=range_shown, bind="scales", views=[])
    zoomed: alt.Chart = bars.copy(deep=False)
    zoomed.params = [*bars.params, zoom]
    return zoomed


class _Selection(alt.TopLevelSelectionParameter):
    """A selection that is not checked against the schema each time altair compares it with others.

    altair does so for every layer and panel, whatever `to_dict(validate=False)` of a chart says.
    """

    def to_dict(self, validate: bool = False, **options: Any) -> dict[str, Any]:
        return super().to_dict(validate=validate, **options)


def month_step(first: date, last: date) -> int:
    """Months between ticks, so that there is room for every label."""
    months = (last - first).days // 30 + 1
    return next(step for step in (1, 3, 12, 60) if months <= 15 * step or step == 60)


def month_axis(step: int, within: tuple[int, int] | None = None) -> alt.Axis:
    """An axis of months, `step` months between ticks, with the year at every January.

    Only months `within` the first and last one (as `periods.month_number`) get a label.
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


def time_axis(first: date, last: date, within: tuple[int, int] | None = None) -> alt.Axis:
    """The axis of a period: of months, or of days if no month begins from `first` to `last`."""
    months = 12 * (last.year - first.year) + last.month - first.month + (first.day == 1)
    if months:
        return month_axis(month_step(first, last), within)
    year = "datum.index == 0 ? utcFormat(datum.value, '%Y') : ''"
    return alt.Axis(
        labelExpr=f"[utcFormat(datum.value, '%-d %b'), {year}]",
        tickCount=alt.TimeIntervalStep(interval="day", step=1 + (last - first).days // 7),
        grid=False,
    )


def on_day(field: str, **options: Any) -> alt.X:
    """Place a mark at a day, in UTC, so that time zones and summer time move no mark."""
    return alt.X(f"{field}:T", scale=alt.Scale(type="utc"), **options)


def days_since_1970(day: date) -> int:
    """The number of days from 1 January 1970; times `A_DAY`, a moment for a chart.

    Examples:
        >>> from datetime import date
        >>> days_since_1970(date(1970, 1, 2)), days_since_1970(date(1969, 12, 31))
        (1, -1)
    """
    return day.toordinal() - _1970


def between(first: int, last: int) -> alt.Scale:
    """A scale in UTC from one moment to another, both in milliseconds since 1970."""
    ends = [alt.ExprRef(_moment(first)), alt.ExprRef(_moment(last))]
    return alt.Scale(type="utc", domain=ends, nice=False)


def moments(milliseconds: list[int]) -> alt.ExprRef:
    """The places of ticks on an axis in UTC, from milliseconds since 1970."""
    return alt.ExprRef(f"[{', '.join(map(_moment, milliseconds))}]")


def _moment(milliseconds: int) -> str:
    """A moment as an expression.

    Vega-Lite turns plain milliseconds into `datetime(...)` with one argument, which the interpreter
    of expressions in report.html does not understand.
    """
    return f"utc(1970, 0, 1, 0, 0, 0, {milliseconds})"


def until_day(field: str) -> alt.X2:
    """The day at which a mark ends."""
    return alt.X2(f"{field}:T", timeUnit="utcyearmonthdate")


def label_axis(**options: Any) -> alt.Axis:
    """An axis of labels that `text.short` has already shortened or wrapped.

    Vega would cut them again at the end, and titles of one series differ there.
    """
    if texts_are_whole():
        top = options.get("orient") == "top"
        options |= {
            "labelExpr": "split(datum.label, '\\n')",
            "labelLineHeight": LINE,
            "labelOffset": _for_lines(0, -0.38 * LINE if top else -0.5 * LINE),
            "labelPadding": _for_lines(6, 0.64 * LINE if top else 0),
        }
    return alt.Axis(labelLimit=0, **options)


def _for_lines(first: float, more: float) -> dict[str, Any]:
    """A number for an axis: `first` for a label of one line, and `more` for each further line."""
    lines = "length(split(datum.value, '\\n'))"
    tests = [
        {"test": f"{lines} == {number}", "value": first + more * (number - 1)}
        for number in range(2, 25)
    ]
    return {"condition": tests, "value": first}


def row_step(labels: pl.Series, least: int) -> alt.Step:
    """The height of a row: `least` pixels, or more if a label is wrapped."""
    most = max((text.count("\n") + 1 for text in labels), default=1)
    return alt.Step(max(least, most * LINE + 6) if most > 1 else least)


def column_step(labels: pl.Series, least: int) -> alt.Step:
    """The width of a column with a slanted label: `least` pixels, or more if one is wrapped."""
    most = max((text.count("\n") + 1 for text in labels), default=1)
    return alt.Step(slanted(most, least))


def slanted(lines: int, least: int) -> int:
    """The width of a column whose label, at 50 degrees, has this number of lines."""
    return max(least, lines * LINE * 4 // 3 + 2) if lines > 1 else least


def labelled_rows() -> alt.Y:
    """One bar for each label in the field `short`, in the order of the field `place`.

    The scale is one of bars also in a chart that has none, such as one without a gap.
    """
    return alt.Y(
        "short:N",
        sort=alt.EncodingSortField("place", op="min"),
        title=None,
        axis=label_axis(),
        scale=alt.Scale(type="band", paddingInner=0.28, paddingOuter=0.14),
    )


def counting(title: str, highest: float, most: int = 6) -> dict[str, Any]:
    """An axis of whole numbers from 0 to `highest`, as options of `alt.X` or `alt.Y`."""
    return {
        "title": title,
        "scale": alt.Scale(domain=[0, highest], nice=False),
        "axis": alt.Axis(format=",d", values=whole_ticks(highest, most)),
    }


def whole_ticks(highest: float, most: int = 6) -> list[int]:
    """Whole numbers up to `highest`, in at most `most` steps of 1, 2, 5, 10, ...

    Examples:
        >>> whole_ticks(3), whole_ticks(1200)
        ([0, 1, 2, 3], [0, 200, 400, 600, 800, 1000, 1200])
    """
    steps = (lead * 10**zeros for zeros in range(19) for lead in (1, 2, 5))
    step = next(step for step in steps if highest <= most * step)
    return list(range(0, int(highest) + 1, step))
