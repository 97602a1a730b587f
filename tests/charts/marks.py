"""The parts of a drawing: its bars with their sizes, and its shortened labels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from kpa_analytics.charts.render import specification, svg

_BAR = re.compile(r'<path aria-label="([^"]*)"[^>]* d="(M[^"A]*)"[^>]* fill="(#[0-9A-Fa-f]{6})"')


def bars(chart) -> list[tuple[str, float, float]]:
    """The label, width and height (pixels) of each bar in a drawing."""
    return [(unescape(label), *_size(path)) for label, path, _ in _BAR.findall(drawing(chart))]


def drawing(chart) -> str:
    return svg(specification(chart))


def texts(chart, axis: str) -> list[str]:
    """The texts of an axis, such as "X-axis", with its title."""
    part = re.search(rf'aria-label="{axis} .*?(?=aria-label="|$)', drawing(chart), re.DOTALL)
    assert part
    return [unescape(text) for text in re.findall(r">([^<>\s][^<>]*)</t", part[0])]


def _size(path: str) -> tuple[float, float]:
    x = y = 0.0
    points = []
    for step, numbers in re.findall(r"([MLhvHVZ])([^MLhvHVZ]*)", path):
        values = [float(number) for number in re.findall(r"-?[\d.]+(?:e-?\d+)?", numbers)]
        if step in "ML":
            x, y = values
        elif step in "hH":
            x = values[0] + (x if step == "h" else 0)
        elif step in "vV":
            y = values[0] + (y if step == "v" else 0)
        points.append((x, y))
    across, down = zip(*points, strict=True)
    return max(across) - min(across), max(down) - min(down)


def labels_drawn(chart) -> list[str]:
    return [
        unescape(label)
        for label in re.findall(r"<text[^>]*>([^<]*)</text>", drawing(chart))
        if "…" in label
    ]


def texts_shown(chart: Any) -> list[str]:
    """The texts of a drawing, and the headings and descriptions of its axes and tooltips."""
    return [*re.findall(r"<text[^>]*>([^<]*)</text>", drawing(chart)), *_titles(chart.to_dict())]


def _titles(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for each in part:
            yield from _titles(each)
    if isinstance(part, dict):
        for key, value in part.items():
            if key in ("title", "text", "subtitle", "description") and isinstance(value, str):
                yield value
            yield from _titles(value)
