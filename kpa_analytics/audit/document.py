"""A transcript or roster: a document that shows itself in Jupyter, with its rows and its PDF."""

from __future__ import annotations

import os
from datetime import datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from kpa_analytics.audit.needed_packages import need_extra
from kpa_analytics.errors import KPADataError, KPADataWarning, warn
from kpa_analytics.paths import typed_path


def pdf_path(path: str | os.PathLike[str]) -> Path:
    """The path of a document.

    Raises:
        KPADataError: the suffix is not .pdf.
    """
    target = typed_path(path)
    if target.suffix.lower() != ".pdf":
        raise KPADataError(f"{target.name or path}: a transcript or roster is saved as .pdf")
    return target


class Document:
    """A transcript or roster, as `transcript()` and `roster()` make it.

    In Jupyter it shows itself as a table.

    Attributes:
        title: the title, e.g. "Training transcript: Moe, Ann".
        rows: the rows of its table, in `schema.TRANSCRIPT` or `schema.ROSTER`.
    """

    def __init__(self, story: dict[str, Any], rows: pl.DataFrame, *, made: datetime) -> None:
        need_extra("transcripts and rosters")
        self.title = str(story["title"])
        self.rows = rows
        self._story, self._made = story, made

    @cached_property
    def pdf(self) -> bytes:
        """The document as PDF. The same records and day give the same bytes.

        If no font has one of its characters, it is a plain PDF without the standards PDF/A-2a and
        PDF/UA-1. The document and a `KPADataWarning` say so and name the characters.
        """
        from kpa_analytics.audit.pdf import write_document

        with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            path = Path(folder) / "document.pdf"
            if not write_document(self._story, {}, path, made=self._made):
                limits = self._limits()
                warn(f"{self.title}: {' '.join(limits)}", KPADataWarning)
                story = _with_sentences(self._story, limits)
                write_document(story, {}, path, made=self._made)
            return path.read_bytes()

    def _limits(self) -> list[str]:
        """The sentences about the characters without a font, for which the PDF is plain."""
        from kpa_analytics.audit.missing_glyphs import sentences, undrawable
        from kpa_analytics.report_text import CHARACTERS_MISSING_IN_DOCUMENT, PLAIN_PDF

        missing = undrawable(self._story, {})
        return [*sentences(missing, CHARACTERS_MISSING_IN_DOCUMENT), PLAIN_PDF]

    @cached_property
    def html(self) -> str:
        """The document as a fragment of HTML, without scripts."""
        from kpa_analytics.audit.html import fragment

        return fragment(self._story)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Save the document as PDF.

        Args:
            path: the file, with the suffix .pdf. An existing file is replaced only once the new
                one is complete.

        Returns:
            The path.

        Raises:
            KPADataError: the suffix is not .pdf, or the file can't be written.
        """
        from kpa_analytics.charts.save import replace_file

        target = pdf_path(path)
        replace_file(target, self.pdf)
        return target

    def __bytes__(self) -> bytes:
        return self.pdf

    def __repr__(self) -> str:
        as_of = self._story["subtitle"]
        return f"<Document: {self.title}, {as_of[0].lower()}{as_of[1:]}>"

    def _repr_html_(self) -> str:
        return self.html


def _with_sentences(story: dict[str, Any], sentences: list[str]) -> dict[str, Any]:
    """The same story with more sentences in its last section, about the origin."""
    *others, origin = story["sections"]
    said = [*origin["sentences"], " ".join(sentences)]
    return {**story, "sections": [*others, {**origin, "sentences": said}]}
