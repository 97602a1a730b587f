"""The button "?" of an explorer: how it is used, and the words in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import anywidget
import traitlets

from kpa_analytics.glossary import plain_meaning
from kpa_analytics.widgets.style import HERE

#: What can be done with every table.
TABLE_HELP = (
    "Click a heading to sort by it, and a second time to sort the other way round.",
    "Columns chooses the columns, Filter shows only the rows that contain a text or a number "
    "between two limits, and the right edge of a heading changes the width of its column.",
    "CSV, Excel and Copy take all rows, in the order shown, with the columns shown.",
    "Undo goes back to the choices before the last change, Reset to those at the beginning.",
)


class Help(anywidget.AnyWidget):
    """A button that opens a list of sentences and words; Escape closes it.

    Args:
        title: the explorer.
        uses: sentences about its use.
        terms: words of the glossary.
    """

    _esm = HERE / "help.js"
    title = traitlets.Unicode().tag(sync=True)
    uses: Any = traitlets.List().tag(sync=True)
    terms: Any = traitlets.List(help="pairs of word and meaning").tag(sync=True)

    def __init__(self, title: str, uses: Sequence[str], terms: Sequence[str]) -> None:
        meanings = [[term, plain_meaning(term)] for term in terms]
        super().__init__(title=title, uses=[*uses, *TABLE_HELP], terms=meanings)
