"""The training record of one person, shown in place below an explorer's table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anywidget
import traitlets

from kpa_analytics.widgets.style import HERE

if TYPE_CHECKING:
    from kpa_analytics.audit.document import Document


class Record(anywidget.AnyWidget):
    """A person's transcript, with a button that closes it; Escape closes it too.

    When it opens, it has the keyboard; when it closes, the keyboard goes back to where it was.
    """

    _esm = HERE / "record.js"
    title = traitlets.Unicode().tag(sync=True)
    html = traitlets.Unicode(help="empty: closed").tag(sync=True)

    def __init__(self) -> None:
        super().__init__()
        self.document: Document | None = None

    def show(self, document: Document) -> None:
        """Show a transcript."""
        self.document = document
        with self.hold_sync():
            self.title, self.html = document.title, document.html

    def close_record(self) -> None:
        """Show nothing."""
        self.html = ""

    @traitlets.observe("html")
    def _closed(self, change: object) -> None:
        if not self.html:
            self.document = None
