"""Non-text contrast: every filled mark contrasts with the background and with its neighbours.

Source: WCAG 2, 1.4.11, at least 3:1.
"""

from __future__ import annotations

import re
from itertools import combinations
from typing import NamedTuple

import pytest

from kpa_analytics import charts
from kpa_analytics.charts.theme import contrast, edge
from kpa_analytics.statuses import status_colours
from tests.charts.drawings import CHARTS, draw, inputs
from tests.charts.marks import drawing

_NUMBER = r"(-?[\d.]+(?:e-?\d+)?)"
_BOX = re.compile(rf"M{_NUMBER},{_NUMBER}h{_NUMBER}v{_NUMBER}h{_NUMBER}Z")
backgrounds = pytest.mark.parametrize("dark", [False, True])


class Box(NamedTuple):
    """A filled rectangle with its outline, in pixels of its plot."""

    fill: str
    outline: str
    thickness: float
    left: float
    top: float
    right: float
    bottom: float
    moved: bool

    def contrast(self, other: str) -> float:
        colours = [self.fill, *([self.outline] if self.thickness else [])]
        return max(contrast(colour, other) for colour in colours)

    def gap(self, other: Box) -> float:
        """The pixels of background between two boxes; below 0 if they overlap."""
        edges = (self.thickness + other.thickness) / 2
        across = max(self.left, other.left) - min(self.right, other.right)
        down = max(self.top, other.top) - min(self.bottom, other.bottom)
        return max(across, down) - edges


def boxes(drawn: str) -> list[Box]:
    return [box for path in re.findall(r"<path [^>]*>", drawn) for box in _box(path)]


def _box(path: str) -> list[Box]:
    given = dict(re.findall(r'([\w-]+)="([^"]*)"', path))
    shape = _BOX.fullmatch(given.get("d", ""))
    if shape is None or not given.get("fill", "").startswith("#"):
        return []
    left, top, wide, high, _ = map(float, shape.groups())
    if "fill-opacity" in given or not (wide and high):
        return []
    right, bottom = left + wide, top + high
    outline = given.get("stroke", "none")
    thickness = float(given.get("stroke-width", 1)) if outline.startswith("#") else 0.0
    sides = (min(left, right), min(top, bottom), max(left, right), max(top, bottom))
    moved = given.get("transform", "translate(0,0)") != "translate(0,0)"
    return [Box(given["fill"], outline, thickness, *sides, moved)]


@backgrounds
@pytest.mark.parametrize("name", CHARTS)
def test_every_filled_mark_contrasts_with_its_background_and_its_neighbours(name, dark):
    found = boxes(drawing(draw(name, inputs(name), dark=dark)))
    ground = charts.palette(dark).background
    marks = [box for box in found if box.fill != ground]
    assert len(marks) > 3
    for box in marks:
        assert box.contrast(ground) >= 3, box
    in_plot = [box for box in marks if not box.moved]
    for one, other in combinations(in_plot, 2):
        if one.fill != other.fill and one.gap(other) < 0.9:
            assert contrast(one.fill, other.fill) >= 3, (one, other)


@backgrounds
def test_an_outline_is_needed_where_a_colour_is_pale_and_only_there(dark):
    ground = charts.palette(dark).background
    for colour in (*status_colours(dark).values(), *charts.palette(dark).steps):
        assert contrast(edge(colour, dark), ground) >= 3
        assert (edge(colour, dark) == colour) == (contrast(colour, ground) >= 3.1)
