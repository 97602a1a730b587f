"""Blank ids become null in every optional id column of every table, and are counted once."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from msgspec.structs import fields

import kpa_analytics as kpa
from kpa_analytics.demo.records import (
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


@pytest.mark.parametrize(("table", "name"), IDS, ids=".".join)
def test_every_kind_of_blank_id_is_null_and_counted(table: str, name: str) -> None:
    method, whole = WHOLE[table]
    key = _key(table)
    numbers = range(1, len(BLANKS) + 1)
    ids = [str(n) if isinstance(whole[key], str) else n for n in numbers]
    listed = isinstance(getattr(kpa.schema, table.upper()).schema[name], pl.List)
    values = [[blank] if listed and blank is not None else blank for blank in BLANKS]
    records = [{**whole, key: i, name: v} for i, v in zip(ids, values, strict=True)]
    frame, data = _load(table, method, records)
    assert frame[name].null_count() == frame.height == len(BLANKS)
    assert _blank_findings(data) == [(table, None, name, "5")]
    assert data.snapshots[table].blank_ids == ((table, name, 5),)
    assert data.blank_ids.rows() == [(table, name, 5, "full")]
    assert kpa.load_all().blank_ids.equals(data.blank_ids)  # from the snapshot


@pytest.mark.parametrize(("table", "name"), IDS, ids=".".join)
def test_a_blank_where_a_list_should_be_is_null_and_counted(table: str, name: str) -> None:
    method, whole = WHOLE[table]
    frame, data = _load(table, method, [{**whole, name: ""}])
    assert frame[name].to_list() == [None]
    assert _blank_findings(data) == [(table, None, name, "1")]


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
        "5 optional ids were blank or 0 and are treated as empty: m_instructor_id in completions "
        "(1), group_training_id in completions (2), supervisor_id in users (1), m_instructor_id in "
        "group_trainings (1)."
    )


def test_one_blank_id_is_a_finding_in_the_singular() -> None:
    _, data = _load("completions", COMPLETIONS, [completion(1, group_training_id="")])
    [message] = kpa.data_quality(data).filter(finding="blank_ids")["message"]
    assert message == (
        "1 optional id was blank or 0 and is treated as empty: group_training_id in completions "
        "(1)."
    )


def test_without_blanks_there_is_no_finding() -> None:
    _, data = _load("completions", COMPLETIONS, [completion(1)])
    assert _blank_findings(data) == []


def test_a_blank_text_in_a_list_column_is_null() -> None:
    frame, _ = _load("users", USERS, [{"id": "u", "clients_id": " ", "projects_id": "p"}])
    assert frame.select("clients_id", "projects_id").row(0) == (None, ["p"])


def test_required_ids_are_kept_unchanged() -> None:
    frame, data = _load("completions", COMPLETIONS, [completion(1, m_user_id="", training_id=0)])
    assert frame.select("m_user_id", "training_id").row(0) == ("", 0)
    assert data.blank_ids.is_empty()


@pytest.mark.parametrize("value", ["abc", True, 1.5, {}])
def test_an_invalid_id_is_refused_by_name(value: object) -> None:
    records = [completion(1, group_training_id=""), completion(2, group_training_id=value)]
    with pytest.raises(KPADataError, match="group_training_id of record 2"):
        _load("completions", COMPLETIONS, records)


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
