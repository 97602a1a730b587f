"""Altair charts with this package's look, alone or joined with `|` and `&`.

Vega-Lite allows a `config` at the top level only, and altair refuses to join charts that have one.
So a chart gets its look only when `to_dict` writes the specification.
"""

from __future__ import annotations

import os
import re
import warnings
from datetime import date
from itertools import chain, count
from typing import TYPE_CHECKING, Any, ClassVar

import altair as alt
import polars as pl

from kpa_analytics.charts.fitting import width
from kpa_analytics.charts.render import EMBED, PICTURE_SCALE, specification
from kpa_analytics.charts.save import WRITERS, save_as
from kpa_analytics.charts.theme import WIDTH, palette
from kpa_analytics.inputs import need_switch
from kpa_analytics.paths import typed_path
from kpa_analytics.report_text import DEMO_MARK
from kpa_analytics.report_text import ChartText as Text
from kpa_analytics.wording import MONTHS, say

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Each joined chart keeps its own colours and its own legend.
_OWN_SCALES = alt.Resolve(scale={"color": "independent", "shape": "independent"})
#: Pixels for a line below the title.
_LINE = 690
#: The day of a chart, in its description.
_OF_DAY = re.compile(say(Text.AS_OF, day=rf"\d{{1,2}} ({'|'.join(MONTHS)}) \d{{4}}"))
_NOT_IN_FILE_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_LONGEST_NAME = 80
_SCALES = {"png": PICTURE_SCALE, "svg": 1}
_PARTS = ("layer", "hconcat", "vconcat", "concat")
#: The channels that show what is selected, as `axes.pick` and `axes.pick_cell` do.
_PICKED = ("opacity", "stroke", "strokeWidth")


class _Styled:
    """The parts that our charts add to those of altair: their look, and how they join."""

    look: ClassVar[str] = "kpa"

    def to_dict(self, *args: Any, **options: Any) -> dict[str, Any]:
        """The specification, with our look if this chart is the top level."""
        write = super().to_dict  # type: ignore[misc]
        if not (options.get("context") or {}).get("top_level", True):
            inner: dict[str, Any] = write(*args, **options)
            return inner
        with alt.theme.enable(self.look):
            whole: dict[str, Any] = write(*args, **options)
        return _described(whole)

    def save(self, fp: Any, *args: Any, **kwargs: Any) -> None:
        """Save as `charts.save()` does; with options, as altair does, in a page without network.

        Args:
            fp: the file, or an open one.
            *args: those of altair.
            **kwargs: those of altair: `format="html"` and others.
        """
        named, form = isinstance(fp, str | os.PathLike), kwargs.get("format")
        fp = typed_path(fp) if named else fp
        suffix = f".{form}" if form else fp.suffix.lower() if named else ""
        if args or kwargs.keys() - {"format"}:
            usual = {"inline": True, "embed_options": EMBED} if suffix == ".html" else {}
            super().save(fp, *args, **{**usual, **kwargs})  # type: ignore[misc]
        elif suffix not in WRITERS:
            super().save(fp, **kwargs)  # type: ignore[misc]
        elif named:
            save_as(self, suffix, fp)
        else:
            fp.write(WRITERS[suffix](specification(self)))

    def __or__(self, other: Any) -> Any:
        return self._joined("hconcat", other)

    def __and__(self, other: Any) -> Any:
        return self._joined("vconcat", other)

    __ior__, __iand__ = __or__, __and__

    def _joined(self, how: str, other: Any) -> Any:
        with warnings.catch_warnings():
            # `_separate` renames selections that altair would merge.
            warnings.filterwarnings("ignore", "Automatically deduplicated selection")
            joined = _KINDS[how, self.look](**{how: [self, other]}, resolve=_OWN_SCALES)
        return _separate(joined, _views(self) | _views(other))


class _Part:
    """A part of a chart. altair copies it deep wherever it is put, which takes half the time.

    Nobody else has it, so a copy of its top is enough.
    """

    def copy(self, deep: Any = True, ignore: list[str] | None = None) -> Any:
        return super().copy(deep=False if deep is True else deep, ignore=ignore)  # type: ignore[misc]


class _Rows(_Part, alt.Chart):
    pass


class _Panel(_Part, alt.LayerChart):
    pass


class _Light(_Styled, alt.LayerChart):
    pass


class _LightRow(_Styled, alt.HConcatChart):
    pass


class _LightColumn(_Styled, alt.VConcatChart):
    pass


class _Dark(_Light):
    look = "kpa-dark"


class _DarkRow(_LightRow):
    look = "kpa-dark"


class _DarkColumn(_LightColumn):
    look = "kpa-dark"


#: What altair adds to the name of a layer of joined charts.
_NUMBER = re.compile(r"(_\d+)+$")
_KINDS: dict[tuple[str, str], Any] = {
    ("layer", "kpa"): _Light,
    ("hconcat", "kpa"): _LightRow,
    ("vconcat", "kpa"): _LightColumn,
    ("layer", "kpa-dark"): _Dark,
    ("hconcat", "kpa-dark"): _DarkRow,
    ("vconcat", "kpa-dark"): _DarkColumn,
}


def _params(chart: Any) -> list[Any]:
    params: Any = getattr(chart, "params", alt.Undefined)
    return [] if params is alt.Undefined else [*params]


def _views(chart: Any) -> set[str]:
    """The layers that have a selection, by their names without the numbers of joined charts."""
    views: list[Any] = [getattr(param, "views", alt.Undefined) for param in _params(chart)]
    return {
        _NUMBER.sub("", name) for names in views if names is not alt.Undefined for name in names
    }


def _separate(joined: Any, views: set[str]) -> Any:
    """Let each chart have its own selections: pick, pick_2, ...

    altair lets all named layers of a joined chart have the selections of one; here only those of
    `views` have them.
    """
    taken: set[str] = set()
    for param in _params(joined):
        if getattr(param, "views", alt.Undefined) is not alt.Undefined:
            param.views = [name for name in param.views if _NUMBER.sub("", name) in views]
        name = str(param.name)
        numbered = (f"{name.removesuffix('_2')}_{number}" for number in count(2))
        free = next(new for new in chain([name], numbered) if new not in taken)
        taken.add(free)
        if free != name:
            param.name = free
            _rename(joined, {*param.views}, name, free)
    return joined


def _rename(part: Any, views: set[str], old: str, new: str) -> None:
    if isinstance(part, alt.Chart) and part.name in views:
        for channel in _PICKED:
            encoded = part.encoding[channel]
            tests = alt.Undefined if encoded is alt.Undefined else encoded["condition"]
            for test in [] if tests is alt.Undefined else tests:
                if test.get("param") == old:
                    test["param"] = new
    for kind in _PARTS:
        for inner in getattr(part, kind, ()):
            _rename(inner, views, old, new)


def _described(spec: dict[str, Any]) -> dict[str, Any]:
    """Describe joined charts by the descriptions of their parts, and name the saved picture."""
    description = " ".join(_descriptions(spec))
    if not description:
        return spec
    saved = {"downloadFileName": _file_name(spec, description), "scaleFactor": _SCALES}
    return {"description": description, "usermeta": {"embedOptions": saved}, **spec}


def _file_name(spec: dict[str, Any], description: str) -> str:
    """The name of a picture that the chart's menu saves: the title and the day.

    Examples:
        >>> _file_name({"title": {"text": "Gaps: 9"}}, "Gaps: 9. 9 cases, as of 30 Jun 2026.")
        'Gaps 9, as of 30 Jun 2026'
    """
    title = spec.get("title")  # a user's own title may be a text
    text = title.get("text") if isinstance(title, dict) else title
    of_day = _OF_DAY.search(description)
    plain = _NOT_IN_FILE_NAMES.sub("", str(text or description.partition(". ")[0]))
    if len(plain) > _LONGEST_NAME:  # the last word is left out, not cut
        plain = plain[: _LONGEST_NAME + 1].rpartition(" ")[0] or plain[:_LONGEST_NAME]
    named = plain.strip(" .,") or Text.UNTITLED
    return f"{named}, {of_day[0]}" if of_day and of_day[0] not in named else named


def named_after(spec: dict[str, Any], today: date) -> dict[str, Any]:
    """The specification; its saved picture is named after this day if the chart names none.

    Examples:
        >>> spec = {"usermeta": {"embedOptions": {"downloadFileName": "Gaps fell"}}}
        >>> named_after(spec, date(2026, 6, 30))
        {'usermeta': {'embedOptions': {'downloadFileName': 'Gaps fell, as of 30 Jun 2026'}}}
    """
    saved = spec["usermeta"]["embedOptions"]
    name = saved["downloadFileName"]
    if _OF_DAY.search(name):
        return spec
    dated = {**saved, "downloadFileName": say(Text.OF_DAY, sentence=name, day=today)}
    return {**spec, "usermeta": {"embedOptions": dated}}


def _descriptions(part: dict[str, Any]) -> list[str]:
    if "description" in part:
        return [part["description"]]
    return [
        text for kind in _PARTS for inner in part.get(kind, ()) for text in _descriptions(inner)
    ]


def layered(
    layers: Sequence[alt.Chart],
    *,
    title: str,
    subtitle: Sequence[str],
    demo: bool,
    dark: bool,
    details: str = "",
    foot: int = 44,
    width: Any = WIDTH,
    height: Any = 240,
) -> alt.LayerChart:
    """A layered chart with our look, a title and, for demo data, the demo mark.

    Screen readers read the title, the subtitle and `details`. The axis labels and title are in the
    `foot`, the pixels between the plot and the demo mark.
    """
    # A plot with few columns may be narrower than the mark, which then starts at the left.
    mark = [demo_line(foot, dark, left=isinstance(width, alt.Step))] if demo else []
    chart: alt.LayerChart = _KINDS["layer", _look(dark)](
        layer=[*layers, *mark],
        width=width,
        height=height,
        **titled(title, subtitle, demo, details),
    )
    return chart


def panel(layers: Sequence[alt.Chart], height: int) -> alt.LayerChart:
    """One of several panels of a chart, as wide as the chart."""
    return _Panel(layer=list(layers), width=WIDTH, height=height)


def stacked_panels(
    panels: Sequence[alt.Chart | alt.LayerChart],
    *,
    title: str,
    subtitle: Sequence[str],
    demo: bool,
    dark: bool,
) -> alt.VConcatChart:
    """Panels below each other with the same horizontal axis, with our look and a title.

    `demo` adds the demo mark to the description; the caller draws it in the lowest panel.
    """
    chart: alt.VConcatChart = _KINDS["vconcat", _look(dark)](
        vconcat=list(panels),
        spacing=14,
        resolve=alt.Resolve(scale={"x": "shared", "color": "independent"}),
        **titled(title, subtitle, demo),
    )
    return chart


def _look(dark: bool) -> str:
    return "kpa-dark" if need_switch(dark, "dark") else "kpa"


def titled(title: str, subtitle: Sequence[str], demo: bool, details: str = "") -> dict[str, Any]:
    """The title and description of a chart, as keyword arguments."""
    lines = [line for whole in subtitle for line in wrapped(whole)]
    said = [title, *subtitle, DEMO_MARK if need_switch(demo, "demo") else "", details]
    sentences = [sentence for sentence in said if sentence]
    return {
        "title": {"text": title, "subtitle": lines},
        "description": ". ".join(line.rstrip(".") for line in sentences) + ".",
    }


def wrapped(text: str) -> list[str]:
    """A text in lines that are no wider than a chart; no line for empty text."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer) <= _LINE:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def demo_line(foot: int, dark: bool, left: bool = False) -> alt.Chart:
    """The demo mark, `foot` pixels below the plot."""
    line: alt.Chart = (
        one_row(mark=DEMO_MARK)
        .mark_text(
            align="left" if left else "right",
            baseline="top",
            dy=foot,
            fontWeight="bold",
            color=palette(dark).demo,
            clip=False,
        )
        .encode(
            text=alt.Text("mark:N"),
            x=alt.XValue(0 if left else "width"),
            y=alt.YValue("height"),
        )
    )
    return line


def rows_of(frame: pl.DataFrame, **options: Any) -> alt.Chart:
    """A chart of these rows, with days that do not depend on the reader's time zone."""
    return _Rows({"values": days_as_text(frame).to_dicts()}, **options)


def one_row(**values: str | float) -> alt.Chart:
    """A chart of one row; a day is ISO text."""
    return _Rows({"values": [values]})


def days_as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows with each day as text, which Vega reads as midnight in UTC.

    altair would write `2026-06-30T00:00:00`, midnight in the reader's zone, in which a day is
    longer or shorter when summer time begins or ends.
    """
    days = [name for name, dtype in frame.schema.items() if dtype == pl.Date]
    return frame.with_columns(pl.col(days).dt.strftime("%Y-%m-%d"))


def nothing_to_show(
    title: str, message: str, *more: str, dark: bool, demo: bool = False
) -> alt.LayerChart:
    """A chart that shows only a message; `more` adds lines to the subtitle."""
    p = palette(dark)
    blank = one_row(message=message)
    text = blank.mark_text(fontSize=14, color=p.muted).encode(
        text=alt.Text("message:N"), x=alt.XValue(WIDTH / 2), y=alt.YValue(60)
    )
    frame = blank.mark_rect(
        fillOpacity=0, stroke=p.quiet, strokeDash=[4, 4], cornerRadius=6, aria=False
    ).encode(x=alt.XValue(0), x2=alt.X2Value(WIDTH), y=alt.YValue(0), y2=alt.Y2Value(120))
    return layered(
        [frame, text],
        title=title,
        subtitle=[message, *more],
        demo=demo,
        dark=dark,
        foot=14,
        height=120,
    )
