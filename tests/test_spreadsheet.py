"""`kpa.schema.flat()`: tables of this package as CSV and Excel files."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.schema import Table

TABLES = {name: table for name, table in vars(kpa.schema).items() if isinstance(table, Table)}
INSTANT = datetime(2026, 6, 30, 12, 30, tzinfo=UTC)


def value(dtype: Any) -> Any:
    """A value of a type, hostile where it is text."""
    if isinstance(dtype, pl.List):
        return [value(dtype.inner), None, value(dtype.inner)]
    if isinstance(dtype, pl.Struct):
        return {field.name: value(field.dtype) for field in dtype.fields}
    if isinstance(dtype, pl.Datetime):
        return INSTANT
    if isinstance(dtype, pl.Enum):
        return dtype.categories[0]
    plain: dict[Any, Any] = {pl.String: "=1+1; ü", pl.Date: date(2026, 6, 30), pl.Boolean: True}
    return plain.get(dtype, 7)


@pytest.mark.parametrize("name", TABLES)
def test_every_table_becomes_csv_and_excel(name: str) -> None:
    schema = TABLES[name].schema
    row = {column: value(dtype) for column, dtype in schema.items()}
    frame = pl.DataFrame([row, dict.fromkeys(schema)], schema=schema)
    flat = kpa.schema.flat(frame)
    assert flat.columns == frame.columns
    assert flat.height == 2
    texts = list(csv.DictReader(io.StringIO(flat.write_csv())))
    flat.write_excel(workbook := io.BytesIO())
    cells = pl.read_excel(workbook)
    assert cells.columns == frame.columns
    for column, dtype in schema.items():
        assert texts[1][column] == "", "a null stays empty"
        if dtype == pl.String:
            assert texts[0][column] == "'=1+1; ü"
        elif dtype == pl.List(pl.Int64):
            assert texts[0][column] == "7; ; 7"


def test_an_instant_is_the_same_one_in_utc() -> None:
    there = pl.Series("created", [INSTANT]).dt.convert_time_zone("America/Denver")
    flat = kpa.schema.flat(there.to_frame())
    assert flat["created"].item() == INSTANT.replace(tzinfo=None)


def test_no_item_of_a_list_acts_as_a_formula() -> None:
    frame = pl.DataFrame({"trainings": [["First Aid", "=1+1"], ["@x"], []]})
    assert kpa.schema.flat(frame)["trainings"].to_list() == ["First Aid; '=1+1", "'@x", ""]


@pytest.mark.parametrize("frame", [pl.DataFrame, pl.LazyFrame])
def test_no_name_of_a_column_acts_as_a_formula(frame: Any) -> None:
    """Those of `training_matrix()` are titles, and two of them stay two."""
    titles = ['=HYPERLINK("http://evil.example")', "'=1+1", "=1+1", "Ladders; @x", "First Aid"]
    flat = kpa.schema.flat(frame({title: ["current"] for title in titles}))
    assert flat.collect_schema().names() == [
        '\'=HYPERLINK("http://evil.example")',
        *("''=1+1", "'=1+1", "Ladders; '@x", "First Aid"),
    ]


def test_items_with_fields_are_json() -> None:
    frame = pl.DataFrame({"dues": [[{"id": 7, "due": date(2026, 6, 30)}]], "one": [{"a": "ü"}]})
    assert kpa.schema.flat(frame).row(0) == ('{"id": 7, "due": "2026-06-30"}', '{"a": "ü"}')


def test_a_lazy_frame_stays_lazy() -> None:
    lazy = kpa.schema.flat(pl.LazyFrame({"ids": [[1, 2]]}))
    assert isinstance(lazy, pl.LazyFrame)
    assert lazy.collect()["ids"].to_list() == ["1; 2"]


def test_a_table_shows_its_columns_in_jupyter() -> None:
    page = kpa.schema.EXPIRY_STATUS._repr_html_()
    assert page.count("<tr>") == 1 + len(kpa.schema.EXPIRY_STATUS.columns)
    for column in kpa.schema.EXPIRY_STATUS.columns:
        assert f">{column.name}<" in page
    assert "&quot;Last, First&quot;" in page


def test_every_type_can_be_written_as_csv() -> None:
    day = date(2026, 6, 30)
    lists = pl.DataFrame(
        {
            "days": [[day, day]],
            "held": [[True, False]],
            "weeks": [[[1, 2], [3]]],
            "left": [day - day],
        }
    )
    assert kpa.schema.flat(lists).write_csv().splitlines()[1] == (
        '2026-06-30; 2026-06-30,true; false,"[1, 2]; [3]",PT0S'
    )
