"""The one list of collections: whatever fetches, keeps or hides records reads it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from datetime import date

import polars as pl
import pytest
from msgspec import structs

import kpa_analytics as kpa
from kpa_analytics.audit.pseudonyms import Pseudonyms
from kpa_analytics.data.training_data import LOADED
from kpa_analytics.endpoints import BY_METHOD, COLLECTIONS, ENDPOINTS, Endpoint, endpoint_of

every_endpoint = pytest.mark.parametrize(
    "endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.method
)


def test_training_data_begins_with_the_collections_that_load_all_loads() -> None:
    names = [field.name for field in fields(kpa.TrainingData)]
    assert names[: len(LOADED)] == list(LOADED)


@pytest.mark.slow
def test_a_collection_with_only_a_loader_of_its_own_disturbs_no_analysis() -> None:
    """In a process of its own, where it is there before the other modules are imported."""
    code = """
from kpa_analytics import endpoints
users, = endpoints.COLLECTIONS["users"]
endpoints.COLLECTIONS["sites"] = (users._replace(table=users.table._replace(name="sites")),)
import kpa_analytics as kpa
data = kpa.TrainingData(completions=kpa.schema.COMPLETIONS.empty())
print(kpa.data_quality(data, as_of="2026-06-30").height)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "0", "")


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
