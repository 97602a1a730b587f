"""The sources of the server's records: listings, and hand-written records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple, Protocol

COMPLETIONS = "completedtrainings.v2.list"
TRAININGS = "trainings.v2.list"
GROUP_TRAININGS = "grouptrainings.list"
USERS = "users.list"
EMPLOYEE_STATUS = "training-employee-status.list"
FIELD_OFFICES = "fieldoffices.list"
LINES_OF_BUSINESS = "linesofbusiness.list"
JOB_TITLES = "jobtitles.list"

#: The columns that users.list names beside the users.
USER_COLUMNS = ["id", "firstname", "lastname", "employeeNumber", "email", "username"]

Wire = dict[str, Any]


class Listing(NamedTuple):
    """The records of an answer: their number, and any slice of them as dicts."""

    total: int
    stretch: Callable[[int, int], list[Wire]]

    @classmethod
    def of(cls, records: list[Wire]) -> Listing:
        """Make a listing of dicts."""
        return cls(len(records), lambda start, length: records[start : start + length])


class Source(Protocol):
    """Anything the server can serve."""

    def select(self, method: str, params: Mapping[str, Any], as_of: date) -> Listing:
        """Answer one list method with these filters."""
        ...


class Records:
    """Hand-written records, served unchanged, even with wrong types and missing fields.

    Completions are sorted in the API's order, newest day first; other records keep their order.

    Args:
        records: a list of dicts per API method; other methods have no records.

    Examples:
        >>> empty = Records()
        >>> records = Records({"completedtrainings.v2.list": [{"id": 7, "date_number": 20260101}]})
        >>> records.select("completedtrainings.v2.list", {}, date(2026, 6, 30)).total
        1
    """

    def __init__(self, records: Mapping[str, Iterable[Wire]] | None = None) -> None:
        self.records = {method: list(items) for method, items in (records or {}).items()}
        self._order()

    def select(self, method: str, params: Mapping[str, Any], as_of: date) -> Listing:
        """Answer one list method; only the filters of completions are applied."""
        items = self.records.get(method, [])
        if method == COMPLETIONS:
            items = [record for record in items if _matches(record, params)]
        return Listing.of(list(items))

    def add_completions(self, *records: Wire) -> None:
        """Add completions, as if somebody had just recorded them."""
        self.records.setdefault(COMPLETIONS, []).extend(records)
        self._order()

    def remove_completions(self, *ids: int) -> None:
        """Remove the completions with these ids."""
        kept = [record for record in self.records.get(COMPLETIONS, []) if record["id"] not in ids]
        self.records[COMPLETIONS] = kept

    def edit_completion(self, completion_id: int, **fields: Any) -> None:
        """Change fields of one completion; a new date changes its position."""
        for record in self.records.get(COMPLETIONS, []):
            if record["id"] == completion_id:
                record.update(fields)
        self._order()

    def _order(self) -> None:
        self.records.get(COMPLETIONS, []).sort(key=_newest, reverse=True)


def _newest(record: Wire) -> tuple[int, int]:
    return _whole(record.get("date_number")), _whole(record.get("id"))


def _whole(value: object) -> int:
    return int(value) if isinstance(value, int | str) and str(value).isdigit() else -1


def _matches(record: Wire, params: Mapping[str, Any]) -> bool:
    wanted = {"training_id": "training_id", "user_id": "m_user_id"}
    if any(
        name in params and str(record.get(field)) != str(params[name])
        for name, field in wanted.items()
    ):
        return False
    attached = params.get("has_attachments")
    return attached is None or bool(record.get("files")) == attached
