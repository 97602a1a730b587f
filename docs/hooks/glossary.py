"""The glossary: every word of `kpa_analytics.glossary`."""

from __future__ import annotations

from typing import Any

from kpa_analytics.glossary import TERMS

#: Where the page wants the words.
PLACE = "<!-- glossary -->"


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put every word and its meaning into the page; links in them are those of the repository."""
    words = "\n".join(f"{term}\n:   {meaning}\n" for term, meaning in TERMS.items())
    return markdown.replace(PLACE, words.replace("(docs/", "("))
