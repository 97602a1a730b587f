"""audit.pdf: the same report for paper and archive, typeset by typst without a browser."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import typst

from kpa_analytics.audit.chart_pieces import pieces, size
from kpa_analytics.audit.html import TEMPLATES
from kpa_analytics.fonts import FOLDER
from kpa_analytics.report_text import DEMO_MARK

if TYPE_CHECKING:
    from kpa_analytics.audit.report_charts import Drawing


def write_document(
    story: dict[str, Any], drawings: dict[str, Drawing], path: Path, *, made: datetime
) -> bool:
    """Write the report as a document; return whether it conforms to both standards.

    It is PDF/A-2a (for archives) and PDF/UA-1 (for assistive technology) if this machine has a font
    for every character in it. If a character has no font (in a name in a rare script, for
    example), both standards forbid the document, and a plain PDF is made.

    typst reads the report from a JSON file, so that it never reads a text as markup. `made` is the
    moment that the document states as its creation time.
    """
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "charts").mkdir()
        (folder / "story.json").write_bytes(
            json.dumps(_for_typst(story, _charts(story, drawings, folder / "charts"))).encode()
        )
        source = folder / "document.typ"
        source.write_bytes((TEMPLATES / "document.typ").read_bytes())
        made = made.replace(microsecond=0)
        options: dict[str, Any] = {"root": folder, "timestamp": made, "font_paths": [FOLDER]}
        try:
            typst.compile(source, output=path, pdf_standards=["a-2a", "ua-1"], **options)
        except typst.TypstError:
            typst.compile(source, output=path, **options)
            return False
        return True


def _charts(
    story: dict[str, Any], drawings: dict[str, Drawing], folder: Path
) -> dict[str, dict[str, Any]]:
    """Write the pieces of each drawing of the report, and describe them for the template."""
    charts = {}
    for name in (name for section in story["sections"] for name in section["charts"]):
        drawn = pieces(drawings[name].boxed, drawings[name].row)
        for number, piece in enumerate(drawn):
            (folder / f"{name}-{number}.svg").write_bytes(piece.encode())
        charts[name] = {
            "width": size(drawn[0])[0],
            "pieces": len(drawn),
            "description": drawings[name].description,
        }
    return charts


def _for_typst(story: dict[str, Any], charts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        **story,
        "footer": f"{story['title']} · {story['subtitle']}",
        "keywords": [DEMO_MARK] if story["notice"] else [],
        "drawings": charts,
    }
