"""Cut a drawing between its rows, so that a chart of many rows can continue on the next page.

Each page shows the head of the drawing (title, legend) and its foot (axis, demo mark) again.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

#: The most pixels of a drawing that stays together: about 0.3 of a page, so that no page is left
#: a third empty because the next drawing does not fit.
MOST_TOGETHER = 352
#: The blank frame of every drawing in pixels, which is left out on paper.
_PADDING = 16
#: Rows that stay together, and the fewest of them that are alone below the head.
_ROWS, _FEWEST = 5, 3
_SVG = "http://www.w3.org/2000/svg"
_FRAME = re.compile(r'translate\([\d.]+,([\d.]+)\)"><g class="mark-group role-frame root"')
_PLOT = re.compile(r'class="background"[^>]* d="M0,0h[\d.]+v([\d.]+)h')
_Y = re.compile(r"translate\([-\d.e]+,([-\d.e]+)\)")
_BAR = re.compile(r"M[-\d.e]+,([-\d.e]+)h[-\d.e]+v([\d.e]+)h[-\d.e]+Z")

#: Texts and symbols, which are placed by a transformation of their own.
_PLACED = {f"{{{_SVG}}}text", f"{{{_SVG}}}path"}

ElementTree.register_namespace("", _SVG)


def pieces(svg: str, row: float) -> list[str]:
    """Cut a drawing whose rows are `row` pixels high: head, groups of rows, foot.

    A drawing that is low enough, or has no rows (0), stays whole, as the only piece. The foot is at
    least one pixel high.
    """
    width, height = size(svg)
    end = height - _PADDING
    edges = [_PADDING, *(min(cut, end - 1) for cut in _cuts(svg, row)), end]
    return [_piece(svg, width, *edges[at : at + 2]) for at in range(len(edges) - 1)]


def excess(svg: str) -> float:
    """The pixels by which a drawing is too high to stay together; negative if it is not."""
    return size(svg)[1] - 2 * _PADDING - MOST_TOGETHER


def _cuts(svg: str, row: float) -> list[float]:
    """The places between rows where a drawing may be cut."""
    frame, plot = _FRAME.search(svg), _PLOT.search(svg)
    over = excess(svg)
    if over <= 0 or not (frame and plot and row):
        return []
    rows = round(float(plot[1]) / row)
    first = max(int(rows - over / row), _FEWEST)
    return [float(frame[1]) + row * at for at in _breaks(rows, first)]


def size(svg: str) -> tuple[float, float]:
    """Width and height of a drawing, in its own pixels."""
    box = re.search(r'viewBox="[\d.]+ [\d.]+ ([\d.]+) ([\d.]+)"', svg)
    return (float(box[1]), float(box[2])) if box else (720.0, 400.0)


def _breaks(rows: int, first: int) -> list[int]:
    """The rows before which a drawing may be cut, from 0 to `rows`.

    Examples:
        >>> _breaks(20, 6), _breaks(8, 6)
        ([0, 6, 11, 16, 20], [0, 5, 8])
    """
    first = min(first, max(rows - _FEWEST, 1))
    inner = [at for at in range(first, rows, _ROWS) if rows - at >= _FEWEST]
    return [0, *inner, rows]


def _piece(svg: str, width: float, top: float, bottom: float) -> str:
    drawing = ElementTree.fromstring(svg)  # noqa: S314 - vl-convert wrote it
    _keep(drawing, 0, top, bottom)
    wide, high = width - 2 * _PADDING, bottom - top
    box = {"viewBox": f"{_PADDING} {top:g} {wide:g} {high:g}"}
    drawing.attrib |= {**box, "width": f"{wide:g}", "height": f"{high:g}"}
    return ElementTree.tostring(drawing, encoding="unicode")


def _keep(element: ElementTree.Element, y: float, top: float, bottom: float) -> None:
    """Remove the texts, symbols and bars outside this piece, so that each is in one piece."""
    for child in list(element):
        moved = _Y.search(child.get("transform", ""))
        at = y + (float(moved[1]) if moved else 0)
        bar = _BAR.fullmatch(child.get("d", ""))
        low, high = (at + float(bar[1]), float(bar[2])) if bar else (at, 0.0)
        if not (bar or (moved and child.tag in _PLACED)):
            _keep(child, at, top, bottom)
        elif not (low < bottom and low + high >= top):
            element.remove(child)
