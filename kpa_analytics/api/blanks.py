"""Other spellings of nothing: "", white space and 0 where an optional id may be null (docs/api.md).

A number's field takes 0 and no text, a text's takes "" and no number. Where a record has the wrong
one of them, it is put into the spelling that the field can hold; what it means, and how often it
came, is worked out later for a whole collection.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct, inspect

from kpa_analytics.endpoints import ID_ENDINGS


def respelt(body: bytes, key: str, record: type[Struct]) -> bytes | None:
    """Spell the blank ids of an answer's records as their fields can hold them.

    Args:
        body: the JSON of an answer.
        key: the key of its list of records.
        record: the Struct of one.

    Returns:
        The answer with 0 for a blank number and "" for a blank text; None where there is nothing
        to change, or no list of records.

    Examples:
        >>> from kpa_analytics.endpoints import Completion
        >>> respelt(b'{"completedtrainings":[{"group_training_id":" "}]}',
        ...         "completedtrainings", Completion)
        b'{"completedtrainings":[{"group_training_id":0}]}'
    """
    try:
        answer = msgspec.json.decode(body)
        records = answer[key]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    blanks = _blanks(record)
    changed = [_respell(one, blanks) for one in records if isinstance(one, dict)]
    return msgspec.json.encode(answer) if any(changed) else None


def _blanks(record: type[Struct]) -> dict[str, int | str]:
    """The blank value of each optional id of a record, lists of ids included."""
    return {
        field.encode_name: _blank(inspect.type_info(field.type))
        for field in msgspec.structs.fields(record)
        if field.name.endswith(ID_ENDINGS) and not field.required
    }


def _blank(kind: Any) -> int | str:
    if isinstance(kind, inspect.UnionType):
        return _blank(next(one for one in kind.types if not isinstance(one, inspect.NoneType)))
    if isinstance(kind, inspect.ListType):
        return _blank(kind.item_type)
    return 0 if isinstance(kind, inspect.IntType) else ""


def _respell(record: dict[str, Any], blanks: dict[str, int | str]) -> bool:
    """Change one record in place; whether anything was changed."""
    before = {name: record[name] for name in blanks if name in record}
    after = {name: _spelt(value, blanks[name]) for name, value in before.items()}
    record |= after
    return any(value is not before[name] for name, value in after.items())


def _spelt(value: Any, blank: int | str) -> Any:
    if isinstance(value, list):
        new = [blank if one is None else _spelt(one, blank) for one in value]
        return value if all(a is b for a, b in zip(new, value, strict=True)) else new
    is_text = isinstance(value, str) and value.strip() in ("", "0")
    is_zero = type(value) is int and value == 0
    return blank if is_text or is_zero else value
