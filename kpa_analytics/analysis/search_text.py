"""Text for a search: without accents and in lower case, as in `multi_select.js` and `tables.js`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TypeVar

import polars as pl

Key = TypeVar("Key", int, str)

#: Letters that Unicode does not split into letter and accent, and what people type instead.
PLAIN_LETTERS = {
    **{"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "ħ": "h", "ŧ": "t", "ŋ": "n", "ĸ": "k"},
    **{"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ς": "σ"},
    **dict.fromkeys("‘’ʼ", "'"),
    **dict.fromkeys("‐‑‒–—", "-"),
}


def folded_text(text: pl.Expr) -> pl.Expr:
    """A text column without accents and invisible characters, in lower case."""
    bare = text.str.normalize("NFKD").str.replace_all(r"[\p{Mn}\p{Cf}]", "").str.to_lowercase()
    return bare.str.replace_many(PLAIN_LETTERS)


@lru_cache
def folded(text: str) -> str:
    """One text without accents and invisible characters, in lower case.

    Examples:
        >>> folded("Łódź"), folded("STRASSE") == folded("Straße")
        ('lodz', True)
    """
    return str(pl.select(folded_text(pl.lit(text))).item())


def by_name(known: Mapping[Key, str]) -> dict[Key, str]:
    """Sort ids by their names; accents and upper case make no difference."""
    ids = list(known)
    names = pl.Series("name", [known[key] for key in ids], dtype=pl.String).to_frame()
    sort_keys = names.select(folded_text(pl.col("name")))["name"].to_list()
    ordered = sorted(zip(sort_keys, known.values(), ids, strict=True))
    return {key: name for _, name, key in ordered}
