"""A searchable list of checkboxes under a button."""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

from kpa_analytics.widgets.style import HERE


class MultiSelect(anywidget.AnyWidget):
    """Checkboxes under a button. If none is checked, all count, and the button says so: `every`.

    Each of the options is a pair, [key, label].
    """

    _esm = HERE / "multi_select.js"
    label = traitlets.Unicode().tag(sync=True)
    every = traitlets.Unicode().tag(sync=True)
    hint = traitlets.Unicode().tag(sync=True)
    options: Any = traitlets.List().tag(sync=True)
    value: Any = traitlets.List().tag(sync=True)

    def __init__(
        self, label: str, every: str, hint: str, options: list[list[Any]] | None = None
    ) -> None:
        super().__init__(label=label, every=every, hint=hint, options=options or [])
