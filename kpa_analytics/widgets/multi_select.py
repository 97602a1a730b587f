"""A choice of several from many: a searchable list of checkboxes that folds away."""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

from kpa_analytics.widgets.style import HERE, STYLE


class MultiSelect(anywidget.AnyWidget):
    """Checkboxes under a button, with a search box where there are many. None checked means all.

    Args:
        label: what is chosen, e.g. "Trainings".
        every: what the button says while nothing is checked, e.g. "All trainings".
        hint: what it does, for a tooltip.
        options: the choices, [key, words] each, in order.
    """

    _esm = HERE / "multi_select.js"
    _css = STYLE
    label = traitlets.Unicode().tag(sync=True)
    every = traitlets.Unicode().tag(sync=True)
    hint = traitlets.Unicode().tag(sync=True)
    options: Any = traitlets.List().tag(sync=True)
    value: Any = traitlets.List().tag(sync=True)

    def __init__(
        self, label: str, every: str, hint: str, options: list[list[Any]] | None = None
    ) -> None:
        super().__init__(label=label, every=every, hint=hint, options=options or [])
