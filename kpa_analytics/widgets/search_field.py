"""A field for the people search, which searches while the reader types."""

from __future__ import annotations

import anywidget
import traitlets

from kpa_analytics.widgets.style import HERE


class SearchField(anywidget.AnyWidget):
    """A field for a text. The browser sends it on Enter and after a short pause in typing.

    `value` is the text; None counts as empty.
    """

    _esm = HERE / "search_field.js"
    label = traitlets.Unicode().tag(sync=True)
    hint = traitlets.Unicode().tag(sync=True)
    placeholder = traitlets.Unicode().tag(sync=True)
    value = traitlets.Unicode().tag(sync=True)

    def __init__(self, label: str, placeholder: str, hint: str) -> None:
        super().__init__(label=label, placeholder=placeholder, hint=hint)
