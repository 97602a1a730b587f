"""The palette and the look of all charts, for light and dark backgrounds.

Our charts have this look whichever altair theme is enabled. To give your own charts the same look,
call `alt.theme.enable("kpa")` or `alt.theme.enable("kpa-dark")`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import altair as alt

#: Arimo, which is part of this package, and fonts with the same widths, so that text is as wide on
#: the reader's screen as on the machine that measured it.
FONT = "Arimo, Arial, 'Liberation Sans', sans-serif"
#: A chart is at most 745 pixels wide, so that it can be printed on A4 with its text at 9 points.
WIDTH = 605
#: The size of text on axes and in marks: 9 points on paper.
TEXT = 13
#: Pixels of background between two marks that touch each other, with half an outline on each side.
SPACING = 2
#: The contrast of an outline with the background: a little more than WCAG 2 (1.4.11) requires, 3.
_EDGE_CONTRAST = 3.1


class Palette(NamedTuple):
    """The colours for one background.

    `steps` show size, from small to large; `warning` is behind the text of a warning.
    """

    background: str
    ink: str
    muted: str
    grid: str
    accent: str
    quiet: str
    demo: str
    warning: str
    steps: tuple[str, ...]


LIGHT = Palette(
    background="#FFFFFF",
    ink="#1F2933",
    muted="#5F6B7A",
    grid="#E8ECF1",
    accent="#2F6DA8",
    quiet="#B9C4D0",
    demo="#A1187C",
    warning="#FDF6E3",
    steps=("#C3D8EC", "#86B2D9", "#4A86BE", "#255D95", "#12365E"),
)
DARK = Palette(
    background="#161A21",
    ink="#E8ECF2",
    muted="#A3AEBC",
    grid="#2A313C",
    accent="#6FB1EA",
    quiet="#566272",
    demo="#F48FD3",
    warning="#2D2716",
    steps=("#24476B", "#346CA0", "#5594CF", "#93C0EA", "#D5E7F8"),
)


def palette(dark: bool = False) -> Palette:
    """The colours for a light or a dark background.

    Examples:
        >>> palette().ink, palette(dark=True).ink
        ('#1F2933', '#E8ECF2')
    """
    return DARK if dark else LIGHT


def ink_on(colour: str) -> str:
    """The text colour, black or white, that is easier to read on this colour.

    The contrast ratio with black is (L + 0.05) / 0.05, with white 1.05 / (L + 0.05), by the
    relative luminance L of WCAG 2.

    Examples:
        >>> ink_on("#FFCC00"), ink_on("#330044")
        ('#101418', '#FFFFFF')
    """
    return "#101418" if luminance(colour) > 0.179 else "#FFFFFF"


def edge(colour: str, dark: bool = False) -> str:
    """The outline of a mark of this colour: contrasts with the background as WCAG 2 demands.

    It is the colour itself if that contrasts enough, otherwise the colour mixed with the text
    colour. Source: WCAG 2, 1.4.11 (non-text contrast).

    Examples:
        >>> edge("#000000"), edge("#F2C14E")
        ('#000000', '#A88C45')
    """
    p = palette(dark)
    mixes = (_mixed(colour, p.ink, part / 20) for part in range(21))
    return next(mix for mix in mixes if contrast(mix, p.background) >= _EDGE_CONTRAST)


def _mixed(colour: str, other: str, part: float) -> str:
    """A colour with some part of another."""
    pairs = [(int(colour[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * part):02X}" for a, b in pairs)


def contrast(colour: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21, by WCAG 2.

    Examples:
        >>> round(contrast("#FFFFFF", "#000000"))
        21
    """
    low, high = sorted((luminance(colour), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of `#RRGGBB`, 0 (black) to 1 (white), by WCAG 2.

    Examples:
        >>> round(luminance("#FFFFFF"), 3)
        1.0
    """
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def config(dark: bool = False) -> dict[str, Any]:
    """The Vega-Lite `config` of our look."""
    p = palette(dark)
    text = {
        **{"labelColor": p.muted, "titleColor": p.muted},
        **{"labelFontSize": TEXT, "titleFontSize": TEXT},
    }
    return {
        "background": p.background,
        "padding": 16,
        "font": FONT,
        "view": {"stroke": None, "continuousWidth": WIDTH, "continuousHeight": 240},
        "title": {
            "anchor": "start",
            "frame": "bounds",
            "color": p.ink,
            "fontSize": 16,
            "fontWeight": 600,
            "subtitleColor": p.muted,
            "subtitleFontSize": TEXT,
            "subtitleLineHeight": 18,
            "subtitlePadding": 6,
            "offset": 14,
        },
        "axis": {
            **text,
            "titleFontWeight": "normal",
            "titlePadding": 10,
            "labelPadding": 6,
            "domainColor": p.quiet,
            "gridColor": p.grid,
            "tickColor": p.quiet,
            "labelLimit": 260,
        },
        "axisQuantitative": {"labelFlush": False},
        "axisX": {"titleAnchor": "start"},
        "axisY": {"domain": False, "ticks": False},
        "legend": {
            **text,
            "labelColor": p.ink,
            "orient": "top",
            "direction": "horizontal",
            "titleFontWeight": "normal",
            "symbolType": "square",
            "symbolSize": 110,
            "symbolStrokeColor": p.muted,
            "symbolStrokeWidth": 1,
            "columnPadding": 16,
            "labelLimit": 300,
            "offset": 8,
        },
        "bar": {"color": p.accent},
        "rule": {"color": p.ink},
        "text": {"color": p.ink, "fontSize": TEXT},
        "range": {"category": [p.accent, p.quiet], "ordinal": list(p.steps)},
    }


@alt.theme.register("kpa", enable=False)
def _light_theme() -> Any:
    return {"config": config()}


@alt.theme.register("kpa-dark", enable=False)
def _dark_theme() -> Any:
    return {"config": config(dark=True)}
