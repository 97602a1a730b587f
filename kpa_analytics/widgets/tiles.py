"""The figures above an explorer's charts; a click on one shows the rows that it counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

from kpa_analytics.widgets.style import HERE


class Tiles(anywidget.AnyWidget):
    """Figures as `layout.figure_tiles` writes them. Those whose class is in `picks` are buttons.

    Attributes:
        value: the figures, as HTML.
        picks: the classes of the figures that can be clicked, without `kpa-`.
        chosen: those whose rows are shown.
    """

    _esm = HERE / "tiles.js"
    value = traitlets.Unicode().tag(sync=True)
    picks: Any = traitlets.List().tag(sync=True)
    chosen: Any = traitlets.List().tag(sync=True)

    def on_pick(self, work: Callable[[str], object]) -> None:
        """Call `work` with the class of a figure that was clicked. `work` must not raise."""

        def pick(_: Any, message: Any, __: Any) -> None:
            match message:
                case {"pick": str(name)} if name in self.picks:
                    work(name)

        self.on_msg(pick)
