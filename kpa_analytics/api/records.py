"""Decode an answer: from bytes to the Structs of `endpoints`, or an error that names the record.

Decoding accepts answers without the fields that were added after 2020, unknown fields, numbers sent
as text, and blanks in optional ids. A field of any other wrong type is an error that names the
record and the field. Phones and emergency contacts are not declared, so they are never kept.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from kpa_analytics.api.blanks import fix_blank_types
from kpa_analytics.endpoints import BY_METHOD, ENDPOINTS, Endpoint, Millis
from kpa_analytics.errors import KPADataError

Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class Paging(Struct, gc=False):
    """`paging` of a paged method: the number of records, and of pages at the requested limit."""

    total: Count
    last_page: Count


class Envelope(Struct, gc=False):
    """The fields of every answer: `ok`, and on failure the code and a description."""

    ok: bool
    error: Any = None
    description: Any = None


def _answer_type(endpoint: Endpoint) -> type[Envelope]:
    """The Struct of an answer: the records, the paging, and the fields that come once."""
    records: Any = list[endpoint.record] | UnsetType  # type: ignore[name-defined]
    fields: list[Any] = [(endpoint.key, records, UNSET)]
    if endpoint.paged:
        fields.append(("paging", Paging | None, None))
    fields += [(name, Millis | None, None) for name in endpoint.whole_answer]
    name = endpoint.record.__name__ + "s"
    answer: Any = msgspec.defstruct(name, fields, bases=(Envelope,), gc=False)
    return answer  # type: ignore[no-any-return]


#: Answers only `ok: true`.
PING = "api.ping"
_DECODERS: dict[str, msgspec.json.Decoder[Envelope]] = {
    **{e.method: msgspec.json.Decoder(_answer_type(e), strict=False) for e in ENDPOINTS},
    PING: msgspec.json.Decoder(Envelope, strict=False),
}
#: Every method that this module decodes.
METHODS = tuple(_DECODERS)
_ENVELOPE = msgspec.json.Decoder(Envelope, strict=False)


def decode_envelope(body: bytes) -> Envelope:
    """Read `ok`, `error` and `description` only; a ValueError if there is no Boolean `ok`."""
    try:
        return _ENVELOPE.decode(body)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def decode(method: str, body: bytes) -> Envelope:
    """Read the body of a successful answer of a known method.

    A record with a field of a wrong type, or a missing list or paging, is a KPADataError that names
    it.

    Examples:
        >>> decode("users.list", b'{"ok": true, "users": [{"id": "5e58", "isDriver": "maybe"}]}')
        Traceback (most recent call last):
        kpa_analytics.errors.KPADataError: users.list: users[0].isDriver of record 5e58: ...
    """
    endpoint = BY_METHOD.get(method)
    try:
        answer = _read(method, endpoint, body)
    except msgspec.ValidationError as error:
        raise KPADataError(f"{method}: {_with_record(str(error), body)}") from None
    except (ValueError, RecursionError) as error:
        raise KPADataError(f"{method}: the answer can't be read: {error}") from None
    if endpoint and endpoint.paged and getattr(answer, "paging", None) is None:
        raise KPADataError(f"{method}: the answer has no paging")
    if endpoint and getattr(answer, endpoint.key) is UNSET:
        raise KPADataError(f"{method}: the answer has no list {endpoint.key!r}")
    return answer


def records_in(method: str, answer: Envelope) -> list[Any]:
    """The decoded records of an answer."""
    records: list[Any] = getattr(answer, BY_METHOD[method].key)
    return records


def _read(method: str, endpoint: Endpoint | None, body: bytes) -> Envelope:
    """Decode an answer; if blank ids of a wrong type prevent it, fix them and decode again."""
    try:
        return _DECODERS[method].decode(body)
    except msgspec.ValidationError:
        fixed = fix_blank_types(body, endpoint.key, endpoint.record) if endpoint else None
        if fixed is None:
            raise
        return _DECODERS[method].decode(fixed)


def _with_record(problem: str, body: bytes) -> str:
    """Turn msgspec's `... - at $.users[0].isDriver` into field, record and problem."""
    what, _, path = problem.partition(" - at `$.")
    path = path.rstrip("`")
    place, _, field = path.partition("].")
    key, _, index = place.partition("[")
    try:
        record = msgspec.json.decode(body)[key][int(index)]
        name = next(record[k] for k in ("id", "m_user_id") if k in record)
    except (ValueError, TypeError, LookupError, StopIteration, RecursionError):
        return f"{path or 'the answer'}: {what}"
    value = f" ({record[field]!r:.60})" if field in record else ""
    return f"{path} of record {name!s:.60}: {what}{value}"
