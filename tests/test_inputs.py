"""How every function treats the frames and days that it receives."""

from __future__ import annotations

import inspect
import re
from dataclasses import replace
from datetime import UTC, date, datetime

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.data.training_data import LOADED
from kpa_analytics.endpoints import endpoint_of
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import need
from kpa_analytics.schema import (
    COMPLETIONS,
    EXPIRY_STATUS,
    GROUP_TRAININGS,
    PLANNED_PEOPLE,
    RENEWALS,
    STATUS_OVER_TIME,
    TRAININGS,
    USERS,
)
from tests.frames import frame_of


@pytest.mark.parametrize(
    ("frame", "column"),
    [
        (pl.DataFrame({"id": ["7"]}), "id"),
        (pl.DataFrame({"id": [7.0]}), "id"),
        (pl.DataFrame({"id": [7]}, schema={"id": pl.UInt64}), "id"),
        (pl.DataFrame({"date": ["2026-06-30"]}), "date"),
        (pl.DataFrame({"date": [datetime(2026, 6, 30)]}), "date"),
        (pl.DataFrame({"created": [datetime(2026, 6, 30)]}), "created"),
        (pl.DataFrame({"other": [1]}), "id"),
    ],
)
def test_a_wrong_or_missing_column_is_named_with_who_makes_it(
    frame: pl.DataFrame, column: str
) -> None:
    with pytest.raises(KPADataError, match=rf"'{column}'.*load_completions\(\)"):
        need(frame, COMPLETIONS, column)
    with pytest.raises(KPADataError, match=f"'{column}'"):
        need(frame.lazy(), COMPLETIONS, column)


@pytest.mark.parametrize("days", [["2026-06-30"], [datetime(2026, 6, 30, 23)]])
def test_the_advice_for_a_column_of_days_makes_days(days: list[object]) -> None:
    frame = pl.DataFrame({"date": days})
    with pytest.raises(KPADataError) as refused:
        need(frame, COMPLETIONS, "date")
    advice = re.search(r"frame\.with_columns\(.*\)(?= makes days of it)", str(refused.value))
    assert advice
    made: pl.DataFrame = eval(advice[0], {"pl": pl, "frame": frame})
    assert need(made, COMPLETIONS, "date").collect().rows() == [(date(2026, 6, 30),)]


def test_what_is_no_frame_is_named() -> None:
    with pytest.raises(KPADataError, match=r"completions: expected a polars frame.*got list"):
        need([], COMPLETIONS, "id")


@pytest.mark.parametrize(
    ("column", "series"),
    [
        ("id", pl.Series([1, 2], dtype=pl.Int32)),
        ("id", pl.Series([1, 2], dtype=pl.UInt16)),
        ("id", pl.Series([None, None])),
        ("m_user_id", pl.Series(["a", "b"], dtype=pl.Categorical)),
        ("created", pl.Series([datetime(2026, 6, 30, tzinfo=UTC)], dtype=pl.Datetime("us", "UTC"))),
    ],
)
def test_what_means_the_same_is_taken(column: str, series: pl.Series) -> None:
    taken = need(pl.DataFrame({column: series}), COMPLETIONS, column).collect()
    assert taken[column].dtype == COMPLETIONS.schema[column]
    assert taken[column].cast(series.dtype).equals(series, check_names=False)


def test_lists_that_are_all_empty_are_taken() -> None:
    frame = pl.DataFrame({"included_trainings_id": [[], []]})
    taken = need(frame, TRAININGS, "included_trainings_id").collect()
    assert taken["included_trainings_id"].to_list() == [[], []]


@pytest.mark.parametrize("given", [None, 5, b"pack", ["pack"]])
def test_a_path_is_text_or_a_path(given):
    with pytest.raises(KPADataError, match="a path must be text or a Path, not "):
        kpa.verify_audit(given)


@pytest.mark.parametrize(
    ("module", "how"),
    [("pandas.core.frame", "from_pandas"), ("pyarrow.lib", "from_arrow"), ("numpy", None)],
)
def test_a_frame_of_another_library_is_refused_with_the_way_to_convert_it(module, how):
    frame = frame_of_library(module)
    for call in (kpa.expiry_status, kpa.instructor_activity, kpa.charts.expiry_timeline):
        with pytest.raises(KPADataError, match="expected a polars frame") as caught:
            call(frame)
        assert (f"convert it with pl.{how}(frame" in str(caught.value)) == bool(how)
        assert ("pl." in str(caught.value)) == bool(how)


@pytest.mark.parametrize("name", LOADED)
def test_training_data_takes_the_frames_of_the_loaders_only(name: str) -> None:
    table = endpoint_of(name).table
    whole = table.empty().clear(1)
    given = {"completions": COMPLETIONS.empty()}
    assert getattr(kpa.TrainingData(**{**given, name: whole.lazy()}), name).equals(whole)
    for wrong, said in (
        (None, "expected a polars frame"),
        ("a.csv", "expected a polars frame"),
        (whole.with_columns(pl.lit(True).alias(whole.columns[0])), "is Boolean"),
    ):
        with pytest.raises(KPADataError, match=f"^{table.name}: .*{said}"):
            kpa.TrainingData(**{**given, name: wrong})


@pytest.mark.parametrize("name", LOADED)
def test_training_data_keeps_only_the_columns_of_its_tables_and_the_marks(name: str) -> None:
    table = endpoint_of(name).table
    given = table.empty().clear(1).drop(table.columns[-1].name)
    marked = given.with_columns(account=pl.lit("north"), demo=pl.lit(False))
    more = marked.with_columns(standing=pl.lit("counts"), days_left=7, rule=pl.lit("never"))
    made = kpa.TrainingData(**{"completions": COMPLETIONS.empty(), name: more})
    assert getattr(made, name).equals(marked)


def frame_of_library(module: str) -> object:
    return type("DataFrame", (), {"__module__": module})()


#: A usual argument for each parameter without a default.
_USUAL = {
    "completions": COMPLETIONS.empty(),
    "status": EXPIRY_STATUS.empty(),
    "users": USERS.empty(),
    "group_trainings": GROUP_TRAININGS.empty(),
    "renewals": RENEWALS.empty(),
    "trend": STATUS_OVER_TIME.empty(),
    "before": COMPLETIONS.empty(),
    "after": COMPLETIONS.empty(),
    "trainings": TRAININGS.empty(),
    "data": kpa.TrainingData(
        completions=frame_of(COMPLETIONS, {"id": 1, "training_id": 7, "m_user_id": "ann"})
    ),
    "m_user_id": "ann",
    "sessions": PLANNED_PEOPLE.empty(),
    "as_of": "2026-06-30",
    "start": "2026-01-01",
    "end": "2026-06-30",
}


def public_functions_and_frames():
    """Each public function with each of its parameters that takes a frame."""
    for module in (kpa, kpa.charts, kpa.schema):
        for name in dir(module):
            function = getattr(module, name)
            if not inspect.isfunction(function):
                continue
            for parameter in inspect.signature(function).parameters.values():
                if re.search(r"\b(Any)?Frame\b", str(parameter.annotation)):
                    yield pytest.param(function, parameter.name, id=f"{name}-{parameter.name}")


@pytest.mark.parametrize(("function", "name"), [*public_functions_and_frames()])
def test_every_function_refuses_a_frame_of_pandas_in_each_of_its_places(function, name, tmp_path):
    parameters = inspect.signature(function).parameters.values()
    usual = {each.name: _USUAL.get(each.name) for each in parameters if each.default is each.empty}
    if "out" in usual:
        usual["out"] = tmp_path
    if function is kpa.charts.expiry_by_group:
        usual["users"] = USERS.empty()
    with pytest.raises(KPADataError, match=r"convert it with pl.from_pandas\(frame"):
        function(**{**usual, name: frame_of_library("pandas.core.frame")})


def functions_of_all_records():
    """Each public function and explorer that takes the result of load_all()."""
    for module in (kpa, kpa.widgets):
        for name in dir(module):
            made = getattr(module, name)
            if callable(made) and name != "Fleet":
                annotated = inspect.signature(made).parameters.get("data")
                if annotated and "TrainingData" in str(annotated.annotation):
                    yield pytest.param(made, id=name)


@pytest.mark.parametrize("function", [*functions_of_all_records()])
@pytest.mark.parametrize(
    ("table", "column"), [("completions", "training_id"), ("users", "hireDate"), ("groups", "name")]
)
def test_every_function_of_all_records_names_a_lacking_column(function, table, column, tmp_path):
    parameters = inspect.signature(function).parameters.values()
    usual = {each.name: _USUAL.get(each.name) for each in parameters if each.default is each.empty}
    usual |= {name: tmp_path / name for name in ("out", "folder") if name in usual}
    whole = _USUAL["data"]
    usual["data"] = replace(whole, **{table: whole.frames[table].drop(column)})
    with pytest.raises(KPADataError, match=f"^{table}: no column '{column}'; load_{table}"):
        function(**{name: value for name, value in usual.items() if name != "choices"})
