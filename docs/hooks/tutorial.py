"""The tutorial: every notebook as a page, with its stored outputs. Nothing is run."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
#: What the layout of a printed table adds to its rows, and what depends on it.
_LAYOUT = re.compile(r'<style>.*?</style>|\s(?:id|headers|style|data-[\w-]+)="[^"]*"', re.DOTALL)
_ALIGNED = re.compile(r'class="[^"]*\bgt_(left|right|center)\b[^"]*"')
_OTHER_CLASS = re.compile(r'\sclass="[^"]*"')


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add a page, and the pictures on it, for each notebook."""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        text = "\n\n".join(part for cell in cells for part in _cell(path.stem, cell))
        files.append(File.generated(config, f"tutorial/{path.stem}.md", content=text))
        for name, picture in _pictures(path.stem, cells):
            files.append(File.generated(config, f"tutorial/{name}", content=picture))
    return files


def _pictures(page: str, cells: list[dict[str, Any]]) -> Iterator[tuple[str, bytes]]:
    for cell in cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                yield f"{page}-{cell['id']}.png", base64.b64decode(output["data"]["image/png"])


def _cell(page: str, cell: dict[str, Any]) -> Iterator[str]:
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        yield source.replace(".ipynb)", ".md)")
        return
    yield _fenced(source, "python")
    for output in cell["outputs"]:
        yield _output(f"{page}-{cell['id']}", output)


def _output(name: str, output: dict[str, Any]) -> str:
    data = {kind: "".join(value) for kind, value in output.get("data", {}).items()}
    if "image/png" in data:
        width = output["metadata"]["image/png"]["width"]
        return f'<img src="{name}.png" alt="{escape(data["text/plain"])}" width="{width}">'
    if "text/markdown" in data:
        return data["text/markdown"]
    if "text/html" in data:
        return _table(data["text/html"])
    printed = data.get("text/plain") or "".join(output["text"]).rstrip()
    return _fenced(printed, "{ .text .no-copy .kpa-output }")


def _fenced(text: str, language: str) -> str:
    return f"``` {language}\n{text}\n```"


def _table(html: str) -> str:
    """The rows of a table, in the look of the site, light or dark."""
    plain = _ALIGNED.sub(r'style="text-align: \1"', _LAYOUT.sub("", html))
    return re.sub(r"\n\s*\n+", "\n", _OTHER_CLASS.sub("", plain)).strip()
