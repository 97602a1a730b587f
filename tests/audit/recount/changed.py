"""The changes between two packs, compared again row by row."""

from __future__ import annotations

from datetime import date

from tests.audit.recount.pack_tables import IN_ORDER, PackTables, Row

CASES_AND_PEOPLE = (
    *("newly_expired", "newly_missing", "renewed", "first_completed", "other_status"),
    *("joined", "left"),
)
#: The fields of a completion that count as edited if they differ.
_FIELDS = (
    *("training_id", "m_user_id", "created", "date", "special_expiration_date"),
    *("m_instructor_id", "group_training_id", "notes", "signed", "files"),
)


def since_rows(old: PackTables, new: PackTables) -> list[Row]:
    """Every change: its kind, and the person, training, record and field that it is about."""
    before, after = (_employed(tables) for tables in (old, new))
    gone = before - after
    return [
        *_of_cases(old, new, gone),
        *({"change": "joined", "m_user_id": person} for person in after - before),
        *({"change": "left", "m_user_id": person} for person in gone),
        *_of_records(old, new),
    ]


def _employed(tables: PackTables) -> set[str]:
    return {key for key, person in tables.people.items() if person["employed"] == "true"}


def _of_cases(old: PackTables, new: PackTables, gone: set[str]) -> list[Row]:
    before, after = (
        {(case["m_user_id"], case["training_id"]): case for case in tables.cases}
        for tables in (old, new)
    )
    rows = []
    for pair in {*before, *after}:
        kind = _kind(before.get(pair, {}), after.get(pair, {}), old)
        if kind and pair[0] not in gone:
            rows.append({"change": kind, "m_user_id": pair[0], "training_id": pair[1]})
    return rows


def _kind(was: Row, is_now: Row, old: PackTables) -> str:
    """The kind of change of a case; empty if it is the same."""
    status, completed = is_now.get("status"), is_now.get("date")
    record = is_now.get("completion_id")
    if status in ("expired", "missing") and was.get("status") != status:
        return f"newly_{status}"
    corrected = record and record == was.get("completion_id")
    if was.get("date") and (completed or date.min) > was["date"] and not corrected:
        return "renewed"
    on_file = record in {each["id"] for each in old.records}
    is_new = completed and (completed > old.as_of or (record and not on_file))
    if not was.get("date") and is_new and status in IN_ORDER:
        return "first_completed"
    return "other_status" if was.get("status") != status else ""


def _of_records(old: PackTables, new: PackTables) -> list[Row]:
    before, after = ({record["id"]: record for record in tables.records} for tables in (old, new))
    rows = [{"change": "record_added", "record_id": key} for key in {*after} - {*before}]
    rows += [{"change": "record_removed", "record_id": key} for key in {*before} - {*after}]
    rows += [
        {"change": "record_edited", "record_id": key, "field": field}
        for key in {*before} & {*after}
        for field in _FIELDS
        if before[key][field] != after[key][field]
    ]
    return rows
