"""The one list of collections: whatever fetches, keeps or hides records reads it."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import polars as pl
import pytest
from msgspec import structs

import kpa_analytics as kpa
from kpa_analytics.audit.pseudonyms import Pseudonyms
from kpa_analytics.endpoints import BY_METHOD, COLLECTIONS, ENDPOINTS, Endpoint, endpoint_of

every_endpoint = pytest.mark.parametrize(
    "endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.method
)


def test_training_data_holds_every_collection() -> None:
    names = [field.name for field in fields(kpa.TrainingData)]
    assert names[: len(COLLECTIONS)] == list(COLLECTIONS)


def test_every_collection_has_its_loader() -> None:
    for table in COLLECTIONS:
        assert callable(getattr(kpa, f"load_{table}")), table
        assert getattr(kpa.schema, table.upper()).made_by == f"load_{table}()"


@every_endpoint
def test_what_an_endpoint_names_is_in_its_record_and_table(endpoint: Endpoint) -> None:
    wire = {field.name for field in structs.fields(endpoint.record)}
    assert set(endpoint.filters.values()) <= wire | {"files"}
    assert endpoint.record_key in wire
    for column in (endpoint.record_key, *endpoint.people, *endpoint.public, *endpoint.whole_answer):
        assert column in endpoint.table.schema, column
    assert BY_METHOD[endpoint.method] is endpoint


@every_endpoint
def test_a_column_that_nobody_thought_of_fails_closed(endpoint: Endpoint) -> None:
    """A text, also in lists and structs, and any column of a person leave under no name."""
    values = {"nickname": "Ann", "nicknames": ["Ann"], "card": {"name": "Ann", "number": 7}}
    later = pl.DataFrame([values]).with_columns(
        sort=pl.col("nickname").cast(pl.Categorical),
        photo=pl.lit(b"Ann"),
        both=pl.col("nicknames").cast(pl.Array(pl.String, 1)),
        phone=pl.lit(5550123),
        born=date(1990, 4, 1),
    )
    frame = pl.concat([endpoint.table.empty(), later], how="diagonal")
    hidden = Pseudonyms(b"k" * 32).frame(frame, endpoint)
    assert hidden.schema == frame.schema
    left = hidden.select(later.columns).row(0, named=True)
    about_people = endpoint.table.name in ("users", "employee_status")
    assert {name for name, value in left.items() if value is not None} == (
        set() if about_people else {"phone", "born"}
    )


def test_every_text_of_every_collection_was_thought_of() -> None:
    """Hidden are names, numbers and free text; a column that is added here must be decided on."""
    texts = {
        (table, name)
        for table in COLLECTIONS
        for name, dtype in endpoint_of(table).table.schema.items()
        if dtype in (pl.String, pl.List(pl.String))
        and name not in (*endpoint_of(table).people, *endpoint_of(table).public)
    }
    assert texts == {
        ("completions", "notes"),
        ("trainings", "notes"),
        ("group_trainings", "notes"),
        *(("users", n) for n in ("firstname", "lastname", "employeeNumber", "email", "username")),
    }
