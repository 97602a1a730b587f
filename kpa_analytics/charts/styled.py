"""Altair charts with this package's look, alone and joined with `|` and `&`.

Vega-Lite has a look (its `config`) at the top only, and altair refuses to join charts that have
one of their own. So these charts have none, and get it when their specification is written.
"""

from __future__ import annotations

import warnings
from itertools import chain, count
from typing import TYPE_CHECKING, Any, ClassVar

import altair as alt
import polars as pl

from kpa_analytics.charts.theme import WIDTH, palette
from kpa_analytics.demo_mark import DEMO_MARK

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Joined charts keep their own colours: each lists only the statuses, or sizes, that it shows.
_OWN_SCALES = alt.Resolve(scale={"color": "independent", "shape": "independent"})
_PARTS = ("layer", "hconcat", "vconcat", "concat")


class _Styled:
    """What every chart of this package can do beyond altair's own."""

    look: ClassVar[str] = "kpa"

    def to_dict(self, *args: Any, **options: Any) -> dict[str, Any]:
        """The specification as altair writes it, with our look where it is the whole chart."""
        write = super().to_dict  # type: ignore[misc]
        if not (options.get("context") or {}).get("top_level", True):
            inner: dict[str, Any] = write(*args, **options)
            return inner
        with alt.theme.enable(self.look):
            whole: dict[str, Any] = write(*args, **options)
        return _told(whole)

    def __or__(self, other: Any) -> Any:
        return self._joined("hconcat", other)

    def __and__(self, other: Any) -> Any:
        return self._joined("vconcat", other)

    __ior__, __iand__ = __or__, __and__

    def _joined(self, how: str, other: Any) -> Any:
        with warnings.catch_warnings():
            # Where two charts have the same selection, a click in one selects in both.
            warnings.filterwarnings("ignore", "Automatically deduplicated selection")
            return _apart(_KINDS[how, self.look](**{how: [self, other]}, resolve=_OWN_SCALES))


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


_KINDS: dict[tuple[str, str], Any] = {
    ("layer", "kpa"): _Light,
    ("hconcat", "kpa"): _LightRow,
    ("vconcat", "kpa"): _LightColumn,
    ("layer", "kpa-dark"): _Dark,
    ("hconcat", "kpa-dark"): _DarkRow,
    ("vconcat", "kpa-dark"): _DarkColumn,
}


def _apart(joined: Any) -> Any:
    """Give selections of one name in several joined charts a name each: pick, pick_2, ..."""
    taken: set[str] = set()
    for param in [] if joined.params is alt.Undefined else joined.params:
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
        opacity = part.encoding.opacity
        for test in [] if opacity is alt.Undefined else opacity["condition"]:
            test["param"] = new if test["param"] == old else test["param"]
    for kind in _PARTS:
        for inner in getattr(part, kind, ()):
            _rename(inner, views, old, new)


def _told(spec: dict[str, Any]) -> dict[str, Any]:
    """Let joined charts be described by what each of them says."""
    said = " ".join(_said(spec))
    return {"description": said, **spec} if said else spec


def _said(part: dict[str, Any]) -> list[str]:
    if "description" in part:
        return [part["description"]]
    return [said for kind in _PARTS for inner in part.get(kind, ()) for said in _said(inner)]


def layered(
    layers: Sequence[alt.Chart],
    *,
    title: str,
    words: Sequence[str],
    demo: bool,
    dark: bool,
    spoken: str = "",
    foot: int = 44,
    width: Any = WIDTH,
    height: Any = 240,
) -> alt.LayerChart:
    """A chart of layers with its look, its title and, for demo data, the demo mark.

    Args:
        layers: in the order they are drawn.
        title: the chart's title.
        words: the lines under it; with the title they are the description for screen readers.
        demo: the data is invented: say so, in the drawing and in the description.
        dark: for a dark background.
        spoken: what the description says beyond the words.
        foot: pixels from the plot's bottom to the demo mark, past axis labels and title.
        width: of the plot, pixels or `alt.Step`.
        height: of the plot, pixels or `alt.Step`.
    """
    # A plot as wide as its columns may be narrower than the mark: there it starts at the left.
    mark = [demo_line(foot, dark, left=isinstance(width, alt.Step))] if demo else []
    chart: alt.LayerChart = _KINDS["layer", _look(dark)](
        layer=[*layers, *mark],
        width=width,
        height=height,
        **titled(title, words, demo, spoken),
    )
    return chart


def stacked_panels(
    panels: Sequence[alt.Chart | alt.LayerChart], *, dark: bool, **options: Any
) -> alt.VConcatChart:
    """A chart of panels under each other, with its look.

    Args:
        panels: from the top.
        dark: for a dark background.
        **options: of `alt.VConcatChart`.
    """
    chart: alt.VConcatChart = _KINDS["vconcat", _look(dark)](vconcat=list(panels), **options)
    return chart


def _look(dark: bool) -> str:
    return "kpa-dark" if dark else "kpa"


def titled(title: str, words: Sequence[str], demo: bool, spoken: str = "") -> dict[str, Any]:
    """A chart's title and description, as properties to make it with."""
    lines = [line for line in words if line]
    told = [title, *lines, *([DEMO_MARK] if demo else []), *([spoken] if spoken else [])]
    return {
        "title": {"text": title, "subtitle": lines},
        "description": ". ".join(line.rstrip(".") for line in told) + ".",
    }


def demo_line(foot: int, dark: bool, left: bool = False) -> alt.Chart:
    """The words that stand on every chart of demo data, `foot` pixels under the plot."""
    line: alt.Chart = (
        alt.Chart(alt.InlineData(values=[{"mark": DEMO_MARK}]))
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
    """A chart of these rows, its days as Vega reads them in every zone.

    `2026-06-30` is midnight in UTC. altair would write `2026-06-30T00:00:00`, midnight where the
    reader is: a day is then longer or shorter where summer time begins or ends.

    Args:
        frame: the rows.
        **options: of `alt.Chart`.
    """
    days = [name for name, dtype in frame.schema.items() if dtype == pl.Date]
    return alt.Chart(frame.with_columns(pl.col(days).dt.strftime("%Y-%m-%d")), **options)


def nothing_to_show(
    title: str, message: str, *more: str, dark: bool, demo: bool = False
) -> alt.LayerChart:
    """A chart that says there is nothing to show, and in `more` what it leaves out."""
    p = palette(dark)
    blank = rows_of(pl.DataFrame({"message": [message]}))
    words = blank.mark_text(fontSize=14, color=p.muted).encode(
        text=alt.Text("message:N"), x=alt.XValue(WIDTH / 2), y=alt.YValue(60)
    )
    frame = blank.mark_rect(
        fillOpacity=0, stroke=p.quiet, strokeDash=[4, 4], cornerRadius=6
    ).encode(x=alt.XValue(0), x2=alt.X2Value(WIDTH), y=alt.YValue(0), y2=alt.Y2Value(120))
    return layered(
        [frame, words],
        title=title,
        words=[message, *more],
        demo=demo,
        dark=dark,
        foot=14,
        height=120,
    )
