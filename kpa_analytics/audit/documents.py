"""The transcripts and rosters of a pack: one PDF per chosen person and per chosen training."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kpa_analytics.analysis.search_text import folded
from kpa_analytics.audit.document import Document
from kpa_analytics.audit.evidence import Evidence
from kpa_analytics.audit.roster import roster
from kpa_analytics.audit.transcript import transcript_of
from kpa_analytics.inputs import AnyFrame

#: Their folders in a pack.
TRANSCRIPTS, ROSTERS = "transcripts", "rosters"
_LONGEST_NAME = 40


def write_documents(evidence: Evidence, required: AnyFrame | None, folder: Path) -> None:
    """Write transcripts/ and rosters/ of the people and trainings of the evidence's scope.

    `required` is the argument of `export_audit`. A file is named after the person or training, with
    the id, so that two namesakes have two files.
    """
    for path, document in _documents(evidence, required):
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(document.pdf)


def _documents(evidence: Evidence, required: AnyFrame | None) -> Iterator[tuple[str, Document]]:
    settings: dict[str, Any] = {
        "as_of": evidence.as_of,
        "expiring_days": evidence.expiring_days,
        "required": required,
    }
    scope = evidence.data.scope
    for person in [] if scope.people is None else scope.people:
        document = transcript_of(evidence.data, person, **settings, names=evidence.names)
        yield f"{TRANSCRIPTS}/{document_name(document, person)}.pdf", document
    for training in scope.trainings:
        document = roster(evidence.data, training, **settings, incremental=True)  # as checked
        yield f"{ROSTERS}/{document_name(document, str(training))}.pdf", document


def document_name(document: Document, key: str) -> str:
    """A name that every file system accepts, e.g. `moe-ann-5e580f0c`.

    Letters other than a to z lose their accents or are left out. If that changes the id, its hash
    follows.
    """
    subject = _plain(document.title.partition(": ")[2])[:_LONGEST_NAME].strip("-")
    plain = _plain(key)
    ending = plain if plain == key else hashlib.sha256(key.encode()).hexdigest()[:12]
    return f"{subject}-{ending}" if subject and subject != ending else ending


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", folded(text)).strip("-")
