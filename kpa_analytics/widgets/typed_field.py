"""The base of the fields whose text may be refused before it becomes a value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

#: Of a longer text, a message quotes only the beginning.
_QUOTED = 20


class TypedField(anywidget.AnyWidget):
    """A field with a label. The browser keeps its value.

    It reports a text that changes nothing: one that it refuses, or the value itself, typed again.
    """

    label = traitlets.Unicode().tag(sync=True)
    hint = traitlets.Unicode().tag(sync=True)

    def on_refused(self, work: Callable[[str], object]) -> None:
        """Call `work` with a text that the browser refuses. `work` must not raise."""

        def refuse(_: Any, message: Any, __: Any) -> None:
            match message:
                case {"refused": str(text)}:
                    work(text)

        self.on_msg(refuse)

    def on_unchanged(self, work: Callable[[], object]) -> None:
        """Call `work` when the reader types the value that the field has. `work` must not raise."""

        def keep(_: Any, message: Any, __: Any) -> None:
            match message:
                case {"unchanged": True}:
                    work()

        self.on_msg(keep)

    @staticmethod
    def quoted(text: str) -> str:
        """A refused text in a message.

        Examples:
            >>> TypedField.quoted("the last day of the month")
            "'the last day of the ...'"
        """
        return repr(text if len(text) <= _QUOTED else f"{text[:_QUOTED]}...")

    def refusal(self, text: str, shown: Any) -> str:
        """Say why a text is refused, and what is still shown."""
        raise NotImplementedError
