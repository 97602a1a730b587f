"""The filled rectangles of a drawing."""

from __future__ import annotations

import re
from typing import NamedTuple

from kpa_analytics.charts.theme import contrast

_NUMBER = r"(-?[\d.]+(?:e-?\d+)?)"
_BOX = re.compile(rf"M{_NUMBER},{_NUMBER}h{_NUMBER}v{_NUMBER}h{_NUMBER}Z")


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
