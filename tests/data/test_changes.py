from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace

import polars as pl
import pytest
from hypothesis import given, settings
from polars.testing import assert_frame_equal

from kpa_analytics.data.changes import completion_changes, table_changes
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import CHANGES, COMPLETIONS, TRAININGS, USERS
from tests.conftest import at_most
from tests.frames import completions, frame_of

RECORD = {
    "id": 1238,
    "training_id": 1046,
    "m_user_id": "ann",
    "created": datetime(2020, 2, 27, 19, 7, 21, 803000, tzinfo=UTC),
    "date": date(2020, 2, 27),
    "special_expiration_date": None,
    "m_instructor_id": "ike",
    "group_training_id": 1050,
    "notes": "by phone",
    "signed": False,
    "files": 1,
}


def record(**fields):
    return frame_of(COMPLETIONS, RECORD | fields)


EMPTY = COMPLETIONS.empty()


@pytest.mark.parametrize(
    ("field", "value", "old", "new"),
    [
        ("training_id", 7, "1046", "7"),
        ("m_user_id", "bob", "ann", "bob"),
        (
            "created",
            datetime(2026, 1, 1, tzinfo=UTC),
            "2020-02-27T19:07:21.803Z",
            "2026-01-01T00:00:00.000Z",
        ),
        ("date", date(2020, 2, 26), "2020-02-27", "2020-02-26"),
        ("date", None, "2020-02-27", None),
        ("special_expiration_date", date(2030, 1, 1), None, "2030-01-01"),
        ("m_instructor_id", None, "ike", None),
        ("group_training_id", 1051, "1050", "1051"),
        ("notes", "", "by phone", ""),
        ("signed", True, "false", "true"),
        ("files", 0, "1", "0"),
    ],
)
def test_an_edited_field_is_a_row_with_its_old_and_new_value(field, value, old, new):
    person = value if field == "m_user_id" else "ann"
    training = value if field == "training_id" else 1046
    rows = completion_changes(record(), record(**{field: value}))
    assert rows.rows() == [("edited", 1238, person, training, field, old, new, "completions")]


def test_added_and_removed_records_are_one_row_each():
    rows = completion_changes(record(id=5, m_user_id="bob"), record(id=6, notes=None))
    assert rows.rows() == [
        ("added", 6, "ann", 1046, None, None, None, "completions"),
        ("removed", 5, "bob", 1046, None, None, None, "completions"),
    ]


def test_a_list_is_text_without_its_empty_places():
    old, new = (
        frame_of(TRAININGS, {"id": 7, "included_trainings_id": ids}) for ids in ([None, 9], [9, 8])
    )
    rows = table_changes({"trainings": old}, {"trainings": new})
    assert rows.select("field", "old", "new").rows() == [("included_trainings_id", "9", "9; 8")]


def test_rows_are_sorted_by_kind_then_id_then_field():
    old = pl.concat([record(id=number) for number in (3, 1, 2)])
    new = pl.concat([record(id=number, files=9, notes="x") for number in (2, 9, 3)])
    assert completion_changes(old, new).select("change", "id", "field").rows() == [
        ("added", 9, None),
        ("removed", 1, None),
        ("edited", 2, "notes"),
        ("edited", 2, "files"),
        ("edited", 3, "notes"),
        ("edited", 3, "files"),
    ]


def test_of_a_repeated_id_the_first_record_is_compared():
    first, second = ({"id": 7, "title": title} for title in ("Ladders", "Ropes"))
    old, new = frame_of(TRAININGS, first), frame_of(TRAININGS, first, second)
    assert table_changes({"trainings": old}, {"trainings": new}).is_empty()
    rows = table_changes({"trainings": old}, {"trainings": new.reverse()})
    assert rows.select("training_id", "field", "new").rows() == [(7, "title", "Ropes")]


def test_records_without_a_person_or_an_id_match_each_other():
    nobody = {"m_user_id": [None], "training_id": [7]}
    side = {
        "trainings": frame_of(TRAININGS, {"title": "Ladders"}),
        "users": frame_of(USERS, {"lastname": "Moe"}),
        "required": pl.DataFrame(nobody, {"m_user_id": pl.String, "training_id": pl.Int64}),
    }
    assert table_changes(side, side).is_empty()
    edited = {**side, "trainings": frame_of(TRAININGS, {"title": "Ropes"})}
    changes = table_changes(side, edited)
    assert changes.select("change", "field", "old", "new").rows() == [
        ("edited", "title", "Ladders", "Ropes")
    ]


def test_an_object_with_completions_can_be_compared():
    data = SimpleNamespace(completions=record())
    assert completion_changes(data, record().lazy()).is_empty()
    assert completion_changes(EMPTY, data)["change"].to_list() == ["added"]


@pytest.mark.parametrize(
    ("ids", "named"),
    [
        ([7, 7, 8], "ids in old are missing or not unique: 7$"),
        ([None], "ids in old are missing or not unique: None$"),
        ([*range(5)] * 2, "0, 1, 2, 3, 4$"),
        ([*range(6)] * 2, "0, 1, 2, 3, 4 and 1 more$"),
        ([*range(7)] * 2, "0, 1, 2, 3, 4 and 2 m"),
    ],
)
def test_missing_and_duplicate_ids_are_refused_by_name(ids, named):
    shared = pl.concat([record(id=number) for number in ids])
    with pytest.raises(KPADataError, match=named):
        completion_changes(shared, record())


def test_a_missing_column_is_named():
    with pytest.raises(KPADataError, match=r"no column 'notes'; load_completions\(\)"):
        completion_changes(record(), record().drop("notes"))


@pytest.mark.slow
@settings(max_examples=at_most(15))
@given(completions(unique=True))
def test_a_load_has_no_changes_from_itself(records):
    rows = completion_changes(records, records.reverse())
    assert rows.is_empty()
    assert rows.schema == CHANGES.schema


@pytest.mark.slow
@settings(max_examples=at_most(30))
@given(completions(unique=True), completions(unique=True))
def test_applying_the_changes_to_the_old_load_gives_the_new_load(old, new):
    records = {row["id"]: row for row in _as_text(old)}
    arrived = {row["id"]: row for row in _as_text(new)}
    for change in completion_changes(old, new).to_dicts():
        number = change["id"]
        if change["change"] == "added":
            assert number not in records
            records[number] = arrived[number]
        elif change["change"] == "removed":
            del records[number]
        else:
            assert records[number][change["field"]] == change["old"] != change["new"]
            records[number][change["field"]] = change["new"]
    assert records == arrived


@pytest.mark.slow
@settings(max_examples=at_most(15))
@given(completions(unique=True), completions(unique=True))
def test_swapping_old_and_new_reverses_every_change(old, new):
    reverse = {"added": "removed", "removed": "added", "edited": "edited"}
    back = completion_changes(new, old).select(
        pl.col("change").cast(pl.String).replace(reverse),
        "id",
        "field",
        pl.col("new").alias("old"),
        pl.col("old").alias("new"),
    )
    there = completion_changes(old, new).select(
        pl.col("change").cast(pl.String), "id", "field", "old", "new"
    )
    assert_frame_equal(there, back, check_row_order=False)


def _as_text(rows: pl.DataFrame) -> list[dict[str, str | None]]:
    """The records in plain Python, each value as `changes` promises to write it."""
    return [
        {name: _text(value) if name != "id" else value for name, value in r.items()}
        for r in rows.to_dicts()
    ]


def _text(value: object) -> str | None:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)


def test_an_empty_list_in_place_of_null_is_no_change():
    before, after = (
        {"trainings": frame_of(TRAININGS, {"id": 7, "included_trainings_id": parts})}
        for parts in (None, [])
    )
    assert table_changes(before, after).is_empty()
    assert table_changes(after, before).is_empty()
