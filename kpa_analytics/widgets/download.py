"""A button that makes a folder of files, and a link under it that hands them over as one zip."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from kpa_analytics.widgets.style import HERE, STYLE


class Download(anywidget.AnyWidget):
    """A button; it shows the path of what it made, with a link to download it.

    The bytes come through the widget's own channel, so that the link works wherever the widget
    does: in JupyterLab, Voila or VS Code, whatever folder they serve.

    Args:
        label: what the button says.
        hint: its tooltip.
    """

    _esm = HERE / "download.js"
    _css = STYLE
    label = traitlets.Unicode().tag(sync=True)
    hint = traitlets.Unicode().tag(sync=True)
    path = traitlets.Unicode().tag(sync=True)

    def __init__(self, label: str, hint: str) -> None:
        super().__init__(label=label, hint=hint)

    def on_click(self, work: Callable[[], object]) -> None:
        """Do this when the button is pressed; it must not raise."""

        def send(_: Any, message: Any, __: Any) -> None:
            if message == "make":
                work()
                self.send("done")

        self.on_msg(send)

    def offer(self, folder: Path) -> None:
        """Offer a folder for download."""
        self.path = str(folder)
        self.send({"name": f"{folder.name}.zip"}, [zipped(folder)])


def zipped(folder: Path) -> bytes:
    """A folder's files as one zip, under the folder's own name."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, Path(folder.name) / file.relative_to(folder))
    return whole.getvalue()
