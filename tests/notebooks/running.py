"""Run the notebooks as a reader with no account would, and keep what is worth committing.

`python -m tests.notebooks.running` runs them all and writes their outputs back. What an explorer
looks like can't be had without a browser: notebooks/images/NOTEBOOK-CELL.png is a screenshot of it
in JupyterLab, two pixels for each of the page's, that `tests.browser.portraits` takes.
"""

from __future__ import annotations

import base64
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

HOME = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(HOME.glob("*.ipynb"))
WIDGET = "application/vnd.jupyter.widget-view+json"
_EXPLORER = "An explorer: run the notebook to use it."
#: A progress bar, which differs from run to run.
_BAR = re.compile(r"\r?[^\r\n]*\[\d\d:\d\d[^\]\r\n]*pages(/s)?\] *\n?")
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def run(path: Path, folder: Path) -> Any:
    """Run a notebook from top to bottom in a new kernel, with no token and an empty cache.

    Args:
        path: the notebook; it is not changed.
        folder: an empty folder to work in.

    Returns:
        The notebook with its new outputs, tidied.
    """
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=900,
        resources={"metadata": {"path": str(folder)}},
        store_widget_state=False,
        record_timing=False,
    )
    env = {name: value for name, value in os.environ.items() if not name.startswith("KPA_")}
    own = {"KPA_CACHE_DIR": str(folder / "cache"), "IPYTHONDIR": str(folder / "ipython")}
    client.execute(env={**env, **own})
    return tidy(notebook, path.stem)


def tidy(notebook: Any, name: str) -> Any:
    """Leave out what runs only live, or differs from run to run; every chart keeps its picture."""
    notebook.metadata = nbformat.from_dict(_METADATA)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.metadata = nbformat.from_dict({})
            kept = [_output(output, f"{name}-{cell.id}") for output in cell.outputs]
            cell.outputs = [output for output in kept if output is not None]
    return notebook


def outputs(notebook: Any) -> Iterator[tuple[Any, Any]]:
    """Each output of a notebook, with its cell."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            for output in cell.outputs:
                yield cell, output


def texts(notebook: Any) -> list[tuple[str, Any]]:
    """The text of every output, by cell: what it prints and its tables, not its pictures."""
    return [
        (cell.id, output.get("text") or {k: v for k, v in output.data.items() if k[:5] != "image"})
        for cell, output in outputs(notebook)
    ]


def _output(output: Any, place: str) -> Any:
    data = output.get("data")
    if "text" in output:
        output["text"] = _BAR.sub("", output["text"])
        return output if output["text"].strip() else None
    if not data:
        return output
    if _BAR.fullmatch(data.get("text/plain", "")):
        return None
    if "kpa-still" in data.get("text/html", ""):
        return None  # a picture takes the explorer's place here
    if WIDGET in data:
        return _explorer(output, place)
    if "image/png" in data or "<script>" in data.get("text/html", ""):
        data.pop("text/html", None)  # interactive, but not where scripts are not trusted
    elif table := re.match(r'<div id="([a-z]{10})"', data.get("text/html", "")):
        data["text/html"] = data["text/html"].replace(table[1], f"table-{place}")
        del data["text/plain"]  # the layout's inner life
    return output


def _explorer(output: Any, place: str) -> Any:
    """An explorer as it looks in a browser."""
    shot = HOME / "images" / f"{place}.png"
    if not shot.exists():
        return None
    image = shot.read_bytes()
    width = int.from_bytes(image[16:20]) // 2  # taken with two pixels for each of the page's
    output["data"] = {"image/png": base64.b64encode(image).decode(), "text/plain": _EXPLORER}
    output["metadata"] = {"image/png": {"width": width}}
    return output


if __name__ == "__main__":
    for path in NOTEBOOKS:
        with tempfile.TemporaryDirectory() as folder:
            nbformat.write(run(path, Path(folder)), path)
