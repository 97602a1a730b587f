"""Blank ids: "", white space or 0 in place of a null optional id (docs/api.md).

A number field can hold 0 but no text; a text field can hold "" but no number. This module replaces
a blank of the wrong type by one that the field can hold. `data.blank_ids` later turns all blanks
of a collection into nulls and counts them.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct, inspect

from kpa_analytics.endpoints import ID_ENDINGS


def fix_blank_types(body: bytes, key: str, record: type[Struct]) -> bytes | None:
    """Give the blank ids in the records under `key` the types of their fields.

    Returns the answer with 0 for a blank number, "" for a blank text, and a list of one of them for
    a blank in place of a list; None if nothing changes.

    Examples:
        >>> from kpa_analytics.endpoints import Completion
        >>> fix_blank_types(b'{"completedtrainings":[{"group_training_id":" "}]}',
        ...                 "completedtrainings", Completion)
        b'{"completedtrainings":[{"group_training_id":0}]}'
    """
    try:
        answer = msgspec.json.decode(body)
        records = answer[key]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    if not isinstance(records, list):
        return None
    blanks = _blanks(record)
    changed = [_fix_record(item, blanks) for item in records if isinstance(item, dict)]
    return msgspec.json.encode(answer) if any(changed) else None


def _blanks(record: type[Struct]) -> dict[str, Any]:
    """The blank value of each optional id field of a record, lists of ids included."""
    return {
        field.encode_name: _blank(inspect.type_info(field.type))
        for field in msgspec.structs.fields(record)
        if field.name.endswith(ID_ENDINGS) and not field.required
    }


def _blank(kind: Any) -> Any:
    """0, "", or a list with one of them if the field can hold nothing but a list."""
    if isinstance(kind, inspect.UnionType):
        blanks = [_blank(item) for item in kind.types if not isinstance(item, inspect.NoneType)]
        return min(blanks, key=lambda blank: isinstance(blank, list))
    if isinstance(kind, inspect.ListType):
        return [_blank(kind.item_type)]
    return 0 if isinstance(kind, inspect.IntType) else ""


def _fix_record(record: dict[str, Any], blanks: dict[str, Any]) -> bool:
    """Change a record in place; return whether it changed."""
    before = {name: record[name] for name in blanks if name in record}
    after = {name: _fix_value(value, blanks[name]) for name, value in before.items()}
    record |= after
    return any(value is not before[name] for name, value in after.items())


def _fix_value(value: Any, blank: Any) -> Any:
    if isinstance(value, list):
        entry = blank[0] if isinstance(blank, list) else blank
        fixed = [entry if item is None else _fix_value(item, entry) for item in value]
        return value if all(a is b for a, b in zip(fixed, value, strict=True)) else fixed
    is_text = isinstance(value, str) and value.strip() in ("", "0")
    is_zero = type(value) is int and value == 0
    return blank if is_text or is_zero else value
