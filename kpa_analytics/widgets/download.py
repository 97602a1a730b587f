"""A button that makes a folder of files, and a link that downloads them as one zip."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from kpa_analytics.widgets.style import HERE


class DownloadButton(anywidget.AnyWidget):
    """A button that shows the path of the folder it made, with a link to download it.

    The file comes through the widget's own channel, so the link works in JupyterLab, Voila and
    VS Code, whichever folder they serve.

    Attributes:
        why_not: why there is nothing to write, shown beside the button, which then does nothing;
            empty if there is.
    """

    _esm = HERE / "download.js"
    label = traitlets.Unicode().tag(sync=True)
    hint = traitlets.Unicode().tag(sync=True)
    path = traitlets.Unicode().tag(sync=True)
    why_not = traitlets.Unicode().tag(sync=True)

    def __init__(self, label: str, hint: str) -> None:
        super().__init__(label=label, hint=hint)

    def on_click(self, work: Callable[[], object]) -> None:
        """Call `work` when the button is pressed. `work` must not raise."""

        def send(_: Any, message: Any, __: Any) -> None:
            if message == "make" and not self.why_not:
                work()
                self.send("done")

        self.on_msg(send)

    def offer(self, folder: Path) -> None:
        """Offer a folder for download."""
        self.path = str(folder)
        self.send({"name": f"{folder.name}.zip"}, [zipped(folder)])


def zipped(folder: Path) -> bytes:
    """A zip of a folder's files, under the folder's own name."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, Path(folder.name) / file.relative_to(folder))
    return content.getvalue()
