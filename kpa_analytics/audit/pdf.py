"""audit.pdf: the same report for paper and archive, set by typst; no browser is needed."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

import typst

from kpa_analytics.audit.html import TEMPLATES
from kpa_analytics.audit.letters import boxed
from kpa_analytics.demo_mark import DEMO_MARK
from kpa_analytics.fonts import FOLDER

if TYPE_CHECKING:
    from kpa_analytics.audit.report_charts import Drawing

#: PDF/A-2u: for the archive, every letter readable.
_STANDARD: Literal["a-2u"] = "a-2u"


def write_document(
    story: dict[str, Any], drawings: dict[str, Drawing], path: Path, *, made: datetime
) -> None:
    """Write the report as a document.

    It is PDF/A-2u where this machine has a font for every letter in it; where it lacks one (a name
    in a script that no font here knows) that standard forbids the document, so a plain PDF is made.

    Args:
        story: as `story.report()` makes it. It is handed over as a JSON file, so that no text in it
            is ever read as markup.
        drawings: the charts by name.
        path: the file.
        made: the moment that the document gives as its own, with a zone.
    """
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "charts").mkdir()
        for one in drawings.values():
            (folder / "charts" / f"{one.name}.svg").write_bytes(boxed(one.svg).encode())
        (folder / "story.json").write_bytes(json.dumps(_told(story, drawings)).encode())
        source = folder / "document.typ"
        source.write_bytes((TEMPLATES / "document.typ").read_bytes())
        made = made.replace(microsecond=0)
        options: dict[str, Any] = {"root": folder, "timestamp": made, "font_paths": [FOLDER]}
        try:
            typst.compile(source, output=path, pdf_standards=[_STANDARD], **options)
        except typst.TypstError:
            typst.compile(source, output=path, **options)


def _told(story: dict[str, Any], drawings: dict[str, Drawing]) -> dict[str, Any]:
    return {
        **story,
        "footer": f"{story['title']} · {story['subtitle']}",
        "keywords": [DEMO_MARK] if story["notice"] else [],
        "sizes": {name: _size(one.svg) for name, one in drawings.items()},
        "descriptions": {name: one.description for name, one in drawings.items()},
    }


def _size(svg: str) -> tuple[float, float]:
    """Width and height of a drawing, in its own pixels."""
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    return (float(found[1]), float(found[2])) if found else (720.0, 400.0)
