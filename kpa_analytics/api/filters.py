"""An answer is checked against what was asked: a filter that the server ignores is an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kpa_analytics.errors import KPADataError


def _has_files(record: Any) -> bool | None:
    """Whether files are attached; None where the API does not list files, as in 2020."""
    return None if record.files is None else bool(record.files)


#: What a record has where a filter asks for one value, by method and filter.
_VALUES: dict[str, dict[str, Callable[[Any], Any]]] = {
    "completedtrainings.v2.list": {
        "training_id": lambda record: record.training_id,
        "user_id": lambda record: record.m_user_id,
        "has_attachments": _has_files,
    },
    "training-employee-status.list": {"m_user_ids": lambda record: record.m_user_id},
}


def check_filters(method: str, parameters: Mapping[str, Any], records: Sequence[Any]) -> None:
    """Refuse an answer that holds a record which a filter leaves out.

    The filters of completedtrainings.v2.list (training_id, user_id, has_attachments) and m_user_ids
    of training-employee-status.list are checked. Nobody has observed what training_ids does to the
    lists inside an employee's status, so that one is not. A record that does not list its files is
    no evidence about has_attachments.

    Args:
        method: the method that was called.
        parameters: what it was called with.
        records: the decoded records of the answer.

    Raises:
        KPADataError: naming the filter and the first such record.
    """
    for name, value_of in _VALUES.get(method, {}).items():
        wanted = parameters.get(name)
        if wanted is None:
            continue
        allowed = {str(one) for one in wanted} if isinstance(wanted, list) else {str(wanted)}
        for record in records:
            value = value_of(record)
            if value is not None and str(value) not in allowed:
                raise ignored_filter(method, name, wanted, record, value)


def ignored_filter(
    method: str, name: str, wanted: object, record: Any, value: object
) -> KPADataError:
    """The error that a filter was ignored, with a record that shows it."""
    field = {"user_id": "m_user_id", "m_user_ids": "m_user_id"}.get(name, name)
    which = f"record {record.id}" if hasattr(record, "id") else "a record"
    return KPADataError(
        f"{method}: the server ignored the filter {name}={wanted!r}: it sent {which}, whose "
        f"{field} is {value!r}"
    )
