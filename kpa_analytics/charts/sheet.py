"""A chart before it is drawn: a design, what fills it, and the words around it.

altair needs some twenty milliseconds for a chart, most of them for what stays the same when other
records are shown. So a design is a function of what fills it. Given frames and numbers, it makes
the altair chart that users get. Given their names instead, once for every look, it makes a
specification with blanks, which explorers and packs fill at the cost of the data alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import lru_cache, wraps
from typing import Any, NamedTuple, ParamSpec, Protocol, cast

import altair as alt
import polars as pl
from altair.utils.schemapi import debug_mode

from kpa_analytics.charts.theme import WIDTH, config, palette
from kpa_analytics.demo_mark import DEMO_MARK

#: What a design is filled with: rows, a number, numbers, texts - or the name of what will be.
Rows = pl.DataFrame | alt.NamedData
Number = float | alt.ExprRef
Numbers = Sequence[float] | alt.ExprRef
Texts = Sequence[str] | alt.ExprRef

Given = ParamSpec("Given")


class Sheet(NamedTuple):
    """A chart that can be made: as altair's, or as a specification.

    Attributes:
        design: makes the layers, in the order they are drawn, from `filling`, `look` and `dark`.
        filling: the frames, numbers and texts shown, by the design's own names.
        look: what else decides how they are drawn, by the design's own names. A look is made once,
            at the cost of a chart of altair's; what changes with the records belongs in `filling`.
        title: the chart's title.
        words: the lines under it; with the title they are the description for screen readers.
        demo: the data is invented: say so, in the drawing and in the description.
        dark: for a dark background.
        spoken: what the description says beyond the words.
        foot: pixels from the plot's bottom to the demo mark, past axis labels and title.
        width: of the plot, pixels or `alt.Step`.
        height: of the plot, pixels or `alt.Step`.
    """

    design: Callable[..., Sequence[alt.Chart]]
    filling: Mapping[str, pl.DataFrame | float | Sequence[float] | Sequence[str]]
    look: Mapping[str, Hashable]
    title: str
    words: Sequence[str]
    demo: bool
    dark: bool
    spoken: str = ""
    foot: int = 44
    width: Any = WIDTH
    height: Any = 240

    def chart(self) -> alt.LayerChart:
        """The chart as altair has it, the data inside."""
        filling = {
            name: days_as_text(value) if isinstance(value, pl.DataFrame) else value
            for name, value in self.filling.items()
        }
        return _layered(self.design, filling, self.look, *self._ground, **self._around)

    def specification(self) -> dict[str, Any]:
        """The same as Vega-Lite: a design filled in."""
        frames = {k: v for k, v in self.filling.items() if isinstance(v, pl.DataFrame)}
        numbers = {k: v for k, v in self.filling.items() if k not in frames}
        names = (tuple(frames), tuple(numbers))
        blank = json.loads(_blank(self.design, tuple(self.look.items()), *names, *self._ground))
        rows = {name: _rows(frame) for name, frame in frames.items()}
        values = [{"name": name, "value": value} for name, value in numbers.items()]
        return {
            **blank,
            **{name: _plain(value) for name, value in self._around.items()},
            "datasets": blank.get("datasets", {}) | rows,
            "params": [*blank.get("params", []), *values],
        }

    @property
    def _ground(self) -> tuple[bool, bool, int, bool]:
        # A plot as wide as its columns may be narrower than the mark: there it starts at the left.
        return self.demo, self.dark, self.foot, isinstance(self.width, alt.Step)

    @property
    def _around(self) -> dict[str, Any]:
        said = dress(self.title, self.words, self.demo, self.spoken)
        return {**said, "width": self.width, "height": self.height}


class Drawable(Protocol[Given]):
    """A function that gives users the altair chart of a sheet."""

    sheet: Callable[Given, Sheet]

    def __call__(self, *args: Given.args, **kwargs: Given.kwargs) -> alt.LayerChart:
        """The chart as altair has it."""


def drawable(sheet: Callable[Given, Sheet]) -> Drawable[Given]:
    """Let a function that lays out a sheet give the altair chart of it.

    Args:
        sheet: the function.

    Returns:
        A function of the same arguments, with the first one as its attribute `sheet`.
    """

    @wraps(sheet)
    def chart(*args: Given.args, **kwargs: Given.kwargs) -> alt.LayerChart:
        return sheet(*args, **kwargs).chart()

    chart.__annotations__["return"] = "alt.LayerChart"
    drawn = cast("Drawable[Given]", chart)
    drawn.sheet = sheet
    return drawn


@lru_cache(maxsize=256)
def _blank(
    design: Callable[..., Sequence[alt.Chart]],
    look: tuple[tuple[str, Hashable], ...],
    frames: tuple[str, ...],
    numbers: tuple[str, ...],
    demo: bool,
    dark: bool,
    foot: int,
    narrow: bool,
) -> str:
    """A design with names where its data will stand, as JSON.

    altair's checks are left out: they take longer than the rest, and the tests hold every design
    to the schema.
    """
    filling = {
        **{frame: alt.NamedData(frame) for frame in frames},
        **{number: alt.ExprRef(number) for number in numbers},
    }
    with debug_mode(False), alt.theme.enable("none"), alt.data_transformers.enable("default"):
        made = _layered(design, filling, dict(look), demo, dark, foot, narrow)
        return json.dumps(made.to_dict(validate=False))


def _layered(
    design: Callable[..., Sequence[alt.Chart]],
    filling: Mapping[str, Any],
    look: Mapping[str, Any],
    demo: bool,
    dark: bool,
    foot: int,
    narrow: bool,
    **around: Any,
) -> alt.LayerChart:
    layers = list(design(**filling, **look, dark=dark))
    if demo:
        layers.append(demo_line(foot, dark, left=narrow))
    return alt.LayerChart(layer=layers, config=config(dark), **around)


def days_as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Days as Vega reads them in every zone: `2026-06-30`, which is midnight in UTC.

    altair would write `2026-06-30T00:00:00`, midnight where the reader is: a day is then longer or
    shorter where summer time begins or ends.
    """
    days = [name for name, dtype in frame.schema.items() if dtype == pl.Date]
    return frame.with_columns(pl.col(days).dt.strftime("%Y-%m-%d")) if days else frame


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return days_as_text(frame).to_dicts()


def _plain(value: Any) -> Any:
    return value.to_dict(validate=False) if isinstance(value, alt.SchemaBase) else value


def term(value: Number | Texts) -> str:
    """A number, or texts, as they stand in an expression of Vega."""
    return str(value.expr) if isinstance(value, alt.ExprRef) else json.dumps(value)


def dress(title: str, words: Sequence[str], demo: bool, spoken: str = "") -> dict[str, Any]:
    """A chart's title and description, as properties for the chart to be made with.

    Given to a chart that is there already, each of them would copy it whole.
    """
    lines = [line for line in words if line]
    told = [title, *lines, *([DEMO_MARK] if demo else []), *([spoken] if spoken else [])]
    return {
        "title": {"text": title, "subtitle": lines},
        "description": ". ".join(line.rstrip(".") for line in told) + ".",
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


def empty(title: str, message: str, *more: str, dark: bool, demo: bool = False) -> Sheet:
    """A sheet that says there is nothing to show, and in `more` what it leaves out."""
    return Sheet(
        _nothing,
        {"nothing": pl.DataFrame({"message": [message]})},
        {},
        title=title,
        words=[message, *more],
        demo=demo,
        dark=dark,
        foot=14,
        height=120,
    )


def _nothing(nothing: Rows, dark: bool) -> list[alt.Chart]:
    p = palette(dark)
    blank = alt.Chart(nothing)
    words = blank.mark_text(fontSize=14, color=p.muted).encode(
        text=alt.Text("message:N"), x=alt.XValue(WIDTH / 2), y=alt.YValue(60)
    )
    frame = blank.mark_rect(
        fillOpacity=0, stroke=p.quiet, strokeDash=[4, 4], cornerRadius=6
    ).encode(x=alt.XValue(0), x2=alt.X2Value(WIDTH), y=alt.YValue(0), y2=alt.Y2Value(120))
    return [frame, words]
