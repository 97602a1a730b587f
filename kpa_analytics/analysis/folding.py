"""Text as a search compares it: without accents, in lower case; `multi_select.js` does the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import polars as pl

Key = TypeVar("Key", int, str)

#: Letters that Unicode does not decompose, and what people type instead.
_PLAIN = {
    **{"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "ħ": "h", "ŧ": "t", "ŋ": "n", "ĸ": "k"},
    **{"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ς": "σ"},
    **dict.fromkeys("‘’ʼ", "'"),
    **dict.fromkeys("‐‑‒–—", "-"),
}


def folded_text(text: pl.Expr) -> pl.Expr:
    """A text column as a search compares it: no accents, no invisible marks, lower case."""
    bare = text.str.normalize("NFKD").str.replace_all(r"[\p{Mn}\p{Cf}]", "").str.to_lowercase()
    return bare.str.replace_many(_PLAIN)


def folded(text: str) -> str:
    """One text as a search compares it.

    Examples:
        >>> folded("Łódź"), folded("STRASSE") == folded("Straße")
        ('lodz', True)
    """
    return str(pl.select(folded_text(pl.lit(text))).item())


def by_name(known: Mapping[Key, str]) -> dict[Key, str]:
    """Order names by id as a reader looks for them: accents and case do not count."""
    ids = list(known)
    names = pl.Series("name", [known[key] for key in ids], dtype=pl.String).to_frame()
    compared = names.select(folded_text(pl.col("name")))["name"].to_list()
    order = sorted(range(len(ids)), key=lambda at: (compared[at], known[ids[at]], ids[at]))
    return {ids[at]: known[ids[at]] for at in order}
