"""Blank ids become null in every optional id column of every table, and are counted once."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from msgspec.structs import fields

import kpa_analytics as kpa
from kpa_analytics.demo.sources import (
    COMPLETIONS,
    EMPLOYEE_STATUS,
    GROUP_TRAININGS,
    TRAININGS,
    USERS,
    Records,
)
from kpa_analytics.endpoints import BY_METHOD, ID_ENDINGS, endpoint_of
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import BLANK_IDS
from tests.conftest import completion, use

BLANKS: list[Any] = ["", "  ", "\t\n", 0, "0", None]

#: A whole record of each collection, by the table it becomes.
WHOLE = {
    "completions": (COMPLETIONS, completion(1)),
    "trainings": (TRAININGS, {"id": 1, "title": "t"}),
    "users": (USERS, {"id": "u1"}),
    "group_trainings": (GROUP_TRAININGS, {"id": 1, "created": 1}),
    "employee_status": (EMPLOYEE_STATUS, {"m_user_id": "u1"}),
}
one_quickly = pytest.mark.parametrize(
    "table",
    [
        "completions",
        *(pytest.param(t, marks=pytest.mark.slow) for t in WHOLE if t != "completions"),
    ],
)

#: Every optional id of every record that the wire holds.
IDS = [
    (table, field.name)
    for table, (method, _) in WHOLE.items()
    for field in fields(BY_METHOD[method].record)
    if field.name.endswith(ID_ENDINGS) and not field.required
]


def _load(table: str, method: str, records: list[dict[str, Any]]) -> tuple[pl.DataFrame, Any]:
    with kpa.demo.serve(Records({method: records})) as api:
        use(api)
        data = kpa.load_all()
        return getattr(data, table), data


def _key(table: str) -> str:
    return "m_user_id" if table == "employee_status" else "id"


def _blank_findings(data: Any) -> list[tuple[Any, ...]]:
    findings = kpa.data_quality(data, as_of="2026-01-01").filter(finding="blank_ids")
    return findings.select("table", "record_id", "field", "value").rows()


def test_every_optional_id_of_a_record_is_a_column_of_its_table() -> None:
    for table, name in IDS:
        assert name in endpoint_of(table).optional_ids()
    assert len(IDS) >= 15


def _names(table: str) -> list[str]:
    return sorted(name for its_table, name in IDS if its_table == table)


def _record(table: str, number: int, name: str, value: Any) -> dict[str, Any]:
    """A whole record with an id of its own and that value in one field."""
    _, whole = WHOLE[table]
    key = _key(table)
    return {**whole, key: str(number) if isinstance(whole[key], str) else number, name: value}


def _of_each_kind(table: str, name: str) -> list[Any]:
    """Each blank as that field can hold it: alone, or in a list."""
    listed = isinstance(getattr(kpa.schema, table.upper()).schema[name], pl.List)
    return [[blank] if listed and blank is not None else blank for blank in BLANKS]


def _assert_null(table: str, frame: pl.DataFrame, cases: list[tuple[str, Any]]) -> None:
    rows = frame.sort(pl.col(_key(table)).cast(pl.Int64)).to_dicts()
    for row, (name, value) in zip(rows, cases, strict=True):
        assert row[name] is None, (name, value)


def _fields_and_number(data: Any, table: str) -> tuple[list[str], str]:
    """The fields of the one finding about blank ids, and its number."""
    [(its_table, record, fields_, number)] = _blank_findings(data)
    assert (its_table, record) == (table, None)
    return sorted(fields_.split(", ")), number


@pytest.mark.slow
@one_quickly
def test_every_kind_of_blank_id_is_null_and_counted(table: str) -> None:
    cases = [(name, value) for name in _names(table) for value in _of_each_kind(table, name)]
    records = [_record(table, number, *case) for number, case in enumerate(cases, 1)]
    frame, data = _load(table, WHOLE[table][0], records)
    _assert_null(table, frame, cases)
    counts = [(table, name, 5) for name in _names(table)]  # None is not a blank
    assert _fields_and_number(data, table) == (_names(table), str(5 * len(counts)))
    assert sorted(data.snapshots[table].blank_ids) == counts
    assert sorted(data.blank_ids.rows()) == [(*count, "full") for count in counts]
    assert kpa.load_all().blank_ids.equals(data.blank_ids)  # from the snapshot


@pytest.mark.slow
@one_quickly
def test_a_blank_where_a_list_should_be_is_null_and_counted(table: str) -> None:
    cases = [(name, "") for name in _names(table)]
    records = [_record(table, number, *case) for number, case in enumerate(cases, 1)]
    frame, data = _load(table, WHOLE[table][0], records)
    _assert_null(table, frame, cases)
    assert _fields_and_number(data, table) == (_names(table), str(len(cases)))


@pytest.mark.slow
def test_blank_entries_are_removed_from_lists() -> None:
    sessions = [
        {"id": 1, "m_trainees_id": ["u1", "", "u2", None, 0], "trainings_id": [5, 0, "", "7"]},
        {"id": 2, "m_trainees_id": [], "trainings_id": None},
    ]
    frame, data = _load("group_trainings", GROUP_TRAININGS, sessions)
    assert frame["m_trainees_id"].to_list() == [["u1", "u2"], []]
    assert frame["trainings_id"].to_list() == [[5, 7], None]
    [(_, _, fields_, number)] = _blank_findings(data)
    assert (fields_, number) == ("m_trainees_id, trainings_id", "5")


@pytest.mark.slow
def test_all_blanks_of_all_collections_are_one_finding() -> None:
    organisation = Records(
        {
            COMPLETIONS: [
                completion(1, group_training_id="", m_instructor_id=0),
                completion(2, group_training_id=0),
            ],
            USERS: [{"id": "u1", "supervisor_id": " "}],
            GROUP_TRAININGS: [{"id": 1, "created": 1, "m_instructor_id": ""}],
        }
    )
    with kpa.demo.serve(organisation) as api:
        use(api)
        findings = kpa.data_quality(kpa.load_all()).filter(finding="blank_ids")
    [finding] = findings.to_dicts()
    assert finding["table"] == "completions, users, group_trainings"
    assert finding["field"] == "m_instructor_id, group_training_id, supervisor_id"
    assert (finding["record_id"], finding["value"]) == (None, "5")
    assert finding["message"] == (
        "5 optional ids were blank or 0, and treated as empty: m_instructor_id in completions "
        "(1), group_training_id in completions (2), supervisor_id in users (1), m_instructor_id in "
        "group_trainings (1)."
    )


@pytest.mark.slow
def test_one_blank_id_is_a_finding_in_the_singular() -> None:
    _, data = _load("completions", COMPLETIONS, [completion(1, group_training_id="")])
    [message] = kpa.data_quality(data).filter(finding="blank_ids")["message"]
    assert message == (
        "1 optional id was blank or 0, and treated as empty: group_training_id in completions (1)."
    )


@pytest.mark.slow
def test_without_blanks_there_is_no_finding() -> None:
    _, data = _load("completions", COMPLETIONS, [completion(1)])
    assert _blank_findings(data) == []


@pytest.mark.slow
def test_a_blank_text_in_a_list_column_is_null() -> None:
    frame, _ = _load("users", USERS, [{"id": "u", "clients_id": " ", "projects_id": "p"}])
    assert frame.select("clients_id", "projects_id").row(0) == (None, ["p"])


@pytest.mark.slow
def test_required_ids_are_kept_unchanged() -> None:
    frame, data = _load("completions", COMPLETIONS, [completion(1, m_user_id="", training_id=0)])
    assert frame.select("m_user_id", "training_id").row(0) == ("", 0)
    assert data.blank_ids.is_empty()


@pytest.mark.slow
@pytest.mark.parametrize("value", ["abc", True, 1.5, {}])
def test_an_invalid_id_is_refused_by_name(value: object) -> None:
    records = [completion(1, group_training_id=""), completion(2, group_training_id=value)]
    with pytest.raises(KPADataError, match="group_training_id of record 2"):
        _load("completions", COMPLETIONS, records)


@pytest.mark.slow
def test_an_incremental_snapshot_continues_the_count() -> None:
    old = [completion(n, date_number=20200101, m_instructor_id="") for n in range(1, 4)]
    new = completion(9, date_number=20200202, m_instructor_id="0", group_training_id=0)
    with kpa.demo.serve(Records({COMPLETIONS: old})) as api:
        use(api)
        kpa.load_completions()
        api.organisation.add_completions(new)
        data = kpa.load_all(refresh="recent")
    assert data.blank_ids.filter(table="completions").rows() == [
        ("completions", "m_instructor_id", 4, "incremental"),
        ("completions", "group_training_id", 1, "incremental"),
    ]
    [message] = kpa.data_quality(data).filter(finding="blank_ids")["message"]
    assert "m_instructor_id in completions (4 since the last full download)" in message


def test_records_made_by_hand_have_no_count() -> None:
    data = kpa.TrainingData(completions=kpa.schema.COMPLETIONS.empty())
    assert BLANK_IDS.fits(data.blank_ids)
    assert data.blank_ids.is_empty()
