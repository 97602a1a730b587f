"""Days in texts that people read: there is one way to write them, e.g. 30 Jun 2026."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

#: Other ways. A moment is not a day: it is written as in the manifest, with its hour and UTC.
_OTHER = re.compile(
    r"\b\d{4}-\d\d-\d\d\b(?! \d\d:\d\d(:\d\d)? UTC)"
    r"|\b(January|February|March|April|June|July|August|September|October|November|December) \d{4}"
    r"|\b0\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b"
    r"|\b\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b"
)


def other_formats(text: str) -> list[str]:
    """The days in a text that are written in another way."""
    return [match.group() for match in _OTHER.finditer(text)]


def tooltips(spec: dict[str, Any]) -> Iterator[str]:
    """The values that the tooltips of a chart show, from its data."""
    fields = {*_tooltip_fields(spec)}
    for rows in _data(spec):
        yield from (str(row[field]) for row in rows for field in fields & row.keys())


def _tooltip_fields(part: Any) -> Iterator[str]:
    """The fields of all tooltips; a tooltip of a day itself has the browser's own format."""
    if isinstance(part, list):
        for each in part:
            yield from _tooltip_fields(each)
    elif isinstance(part, dict):
        shown = part.get("tooltip", [])
        for channel in shown if isinstance(shown, list) else [shown]:
            if isinstance(channel, dict) and "field" in channel:
                assert channel.get("type") != "temporal", channel
                yield channel["field"]
        for each in part.values():
            yield from _tooltip_fields(each)


def _data(part: Any) -> Iterator[list[dict[str, Any]]]:
    """The rows of every data set in a specification."""
    if isinstance(part, list):
        if part and all(isinstance(row, dict) for row in part):
            yield part
        for each in part:
            yield from _data(each)
    elif isinstance(part, dict):
        for each in part.values():
            yield from _data(each)
