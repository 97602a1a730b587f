"""Pages that answer a question come before the reference in the search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mkdocs.structure.pages import Page

#: How much a find in the reference counts; on any other page it counts 1. A word in a heading
#: counts a thousand times as much as one in the text, and the reference has a heading per name.
_REFERENCE = 0.01


def on_page_markdown(_: str, page: Page, **__: Any) -> None:
    """Let a find in the reference count less."""
    if page.file.src_uri.startswith("reference/"):
        page.meta["search"] = {"boost": _REFERENCE}
