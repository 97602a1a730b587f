"""Check that an answer matches the request's filters; an ignored filter is an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kpa_analytics.endpoints import BY_METHOD
from kpa_analytics.errors import KPADataError


def check_filters(method: str, parameters: Mapping[str, Any], records: Sequence[Any]) -> None:
    """Refuse an answer that holds a record which does not match a filter.

    This checks the filters of completedtrainings.v2.list (training_id, user_id, has_attachments)
    and m_user_ids of training-employee-status.list. It does not check training_ids, whose effect on
    the lists inside an employee's status is not documented. A record that does not list its files
    can't be checked against has_attachments.
    """
    for name, field in BY_METHOD[method].filters.items():
        wanted = parameters.get(name)
        if wanted is None:
            continue
        allowed = {str(item) for item in wanted} if isinstance(wanted, list) else {str(wanted)}
        for record in records:
            value = getattr(record, field)
            if isinstance(wanted, bool) and value is not None:
                value = bool(value)
            if value is not None and str(value) not in allowed:
                raise ignored_filter(method, name, wanted, record, value)


def ignored_filter(
    method: str, name: str, wanted: object, record: Any, value: object
) -> KPADataError:
    """The error for an ignored filter, with a record that does not match it."""
    field = name if isinstance(wanted, bool) else BY_METHOD[method].filters[name]
    which = f"record {record.id}" if hasattr(record, "id") else "a record"
    return KPADataError(
        f"{method}: the server ignored the filter {name}={wanted!r}: "
        f"{field} of {which} is {value!r}"
    )
