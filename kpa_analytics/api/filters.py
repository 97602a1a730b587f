"""An answer is checked against what was asked: a filter that the server ignores is an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kpa_analytics.endpoints import BY_METHOD
from kpa_analytics.errors import KPADataError


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
    for name, field in BY_METHOD[method].filters.items():
        wanted = parameters.get(name)
        if wanted is None:
            continue
        allowed = {str(one) for one in wanted} if isinstance(wanted, list) else {str(wanted)}
        for record in records:
            value = getattr(record, field)
            if isinstance(wanted, bool) and value is not None:
                value = bool(value)
            if value is not None and str(value) not in allowed:
                raise ignored_filter(method, name, wanted, record, value)


def ignored_filter(
    method: str, name: str, wanted: object, record: Any, value: object
) -> KPADataError:
    """The error that a filter was ignored, with a record that shows it."""
    field = name if isinstance(wanted, bool) else BY_METHOD[method].filters[name]
    which = f"record {record.id}" if hasattr(record, "id") else "a record"
    return KPADataError(
        f"{method}: the server ignored the filter {name}={wanted!r}: it sent {which}, whose "
        f"{field} is {value!r}"
    )
