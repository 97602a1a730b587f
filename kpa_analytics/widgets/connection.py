"""A line at the top of an explorer that says when its kernel is gone.

It also keeps the keyboard's focus inside the explorer.
"""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

from kpa_analytics.widgets.style import HERE, STYLE


class Connection(anywidget.AnyWidget):
    """Empty while the kernel answers; otherwise a message, and the explorer is disabled.

    The browser notices a closed connection by itself. It also asks whether the kernel is there
    whenever the explorer is used, because a kernel that has stopped says nothing. And it gives the
    keyboard's focus to another part if the part that has it is disabled.
    """

    # anywidget takes one script.
    _esm = "\n".join(
        (HERE / name).read_text(encoding="utf-8") for name in ("keep_focus.js", "connection.js")
    )
    _css = STYLE
    patience = traitlets.Float(30, help="seconds in which the kernel should answer").tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.on_msg(self._answer)

    def _answer(self, _: Any, message: Any, __: Any) -> None:
        if message == "there?":
            self.send("here")
