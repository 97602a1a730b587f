"""Every choice of the expiry explorer, from Python and from its control."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from polars.testing import assert_frame_equal, assert_series_equal

import kpa_analytics as kpa
from kpa_analytics.analysis.search_text import folded
from kpa_analytics.data.scope import Scope
from kpa_analytics.schema import COMPLETIONS, TRAININGS
from kpa_analytics.widgets import ExpiryExplorer
from kpa_analytics.widgets.table import PAGE
from kpa_analytics.wording import moment
from tests.frames import frame_of
from tests.widgets.expiry_cases import drawn, status


def test_starts_with_everyone_on_the_demos_day(
    unchanged: ExpiryExplorer, company: kpa.TrainingData
) -> None:
    assert unchanged.as_of == date(2026, 6, 30)
    assert_frame_equal(unchanged.rows, status(company))
    assert unchanged.table.height == unchanged.rows.height
    assert drawn(unchanged, 0, "value") > 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "asked",
    [
        {"as_of": date(2026, 1, 31)},
        {"expiring_days": 90},
        {"include_terminated": True},
    ],
)
def test_day_expiring_days_and_terminated_people_are_those_of_expiry_status(
    explorer: ExpiryExplorer, company: kpa.TrainingData, asked: dict[str, object]
) -> None:
    explorer.set(**asked)
    assert_frame_equal(explorer.rows, status(company, **asked))


@pytest.mark.slow
def test_each_new_day_gives_the_statuses_of_that_day(
    explorer: ExpiryExplorer, company: kpa.TrainingData
) -> None:
    for day in ("2025-03-31", "2027-12-31", "2025-03-31"):
        explorer.as_of = day
        assert_frame_equal(explorer.rows, status(company, as_of=day))


@pytest.mark.slow
def test_trainings_statuses_people_and_offices_narrow_the_rows(
    explorer: ExpiryExplorer, company: kpa.TrainingData
) -> None:
    whole = status(company)
    training = whole["training_id"][0]
    explorer.trainings = [training]
    assert_frame_equal(explorer.rows, whole.filter(pl.col("training_id") == training))
    explorer.set(trainings=[], statuses=["expired", "missing"])
    assert_frame_equal(explorer.rows, whole.filter(pl.col("status").is_in(["expired", "missing"])))
    explorer.set(statuses=None, search=whole["user"][0].upper())
    assert explorer.rows["user"].unique().to_list() == [whole["user"][0]]
    office = company.users["fieldOffice_id"].explode().drop_nulls()[0]
    inside = company.users.filter(pl.col("fieldOffice_id").list.contains(office))["id"]
    explorer.set(search="", field_offices=[office])
    assert_frame_equal(explorer.rows, whole.filter(pl.col("m_user_id").is_in(inside.implode())))


@pytest.mark.slow
def test_people_without_an_office_can_be_chosen(company: kpa.TrainingData) -> None:
    nobody = pl.lit([], pl.List(pl.String)).alias("fieldOffice_id")
    data = kpa.TrainingData(
        completions=company.completions, users=company.users.with_columns(nobody)
    )
    explorer = ExpiryExplorer(data, as_of="2026-06-30", field_offices=[""])
    assert explorer.rows.filter(pl.col("user") != pl.col("m_user_id")).height > 0
    assert explorer.rows.height == status(data, required=None).height


def test_a_bar_lists_exactly_those_behind_it(explorer: ExpiryExplorer) -> None:
    row = explorer.rows.filter(pl.col("status") == "expired").row(0, named=True)
    explorer.selected = {"training_id": row["training_id"], "status": "expired"}
    assert_frame_equal(
        explorer.table.sort("m_user_id"),
        explorer.rows.filter(
            pl.col("training_id") == row["training_id"], pl.col("status") == "expired"
        ),
    )
    month = row["expiration_date"].replace(day=1)
    explorer.selected = [{"month": month, "status": "expired"}]
    wanted = explorer.rows.filter(
        pl.col("expiration_date").dt.month_start() == month, pl.col("status") == "expired"
    )
    assert explorer.table.height == wanted.height > 0
    explorer.selected = None
    assert explorer.table.height == explorer.rows.height


def test_a_click_selects_the_month_or_an_end_of_the_axis(explorer: ExpiryExplorer) -> None:
    expires = pl.col("expiration_date")
    behind = {
        "2026-07-01": expires.is_between(date(2026, 7, 1), date(2026, 7, 31)),
        "earlier": expires < date(2024, 12, 1),
        "later": expires > date(2027, 12, 31),
    }
    explorer.set(as_of="2026-06-30", expiring_days=30)
    for chosen, is_behind in behind.items():
        status = explorer.rows.filter(is_behind)["status"][0]
        explorer._charts.picked = [0, [{"month": chosen, "status": status}]]
        wanted = explorer.rows.filter(is_behind, pl.col("status") == status)
        assert explorer.table.sort(pl.all()).equals(wanted.sort(pl.all()))
        assert str(explorer.selected[0]["month"]) == chosen
        explorer._charts.picked = [-1, []]
        assert explorer.selected == ()


def test_a_selection_from_python_shows_in_the_chart_once(explorer: ExpiryExplorer) -> None:
    before = explorer.rebuilds
    explorer.selected = {"month": "2026-07-15", "status": "expiring"}
    assert explorer._charts.picked == [
        0,
        [{"month": "2026-07-01", "status": "expiring"}],
    ]
    assert explorer.rebuilds == before + 1


@pytest.mark.slow
def test_controls_and_python_stay_in_sync_with_one_rebuild_each(explorer: ExpiryExplorer) -> None:
    controls, before = explorer.controls, explorer.rebuilds
    controls["expiring_days"].value = 60
    assert (explorer.expiring_days, explorer.rebuilds) == (60, before + 1)
    controls["as_of"].value = date(2026, 1, 31)
    assert (explorer.as_of, explorer.rebuilds) == (date(2026, 1, 31), before + 2)
    training = explorer.rows["training_id"][0]
    controls["trainings"].value = [training]
    assert (explorer.trainings, explorer.rebuilds) == ((training,), before + 3)
    explorer.set(
        expiring_days=10, as_of="2026-02-01", statuses=["expired"], include_terminated=True
    )
    assert explorer.rebuilds == before + 4
    assert (controls["expiring_days"].value, controls["as_of"].value) == (10, date(2026, 2, 1))
    assert (controls["statuses"].value, controls["include_terminated"].value) == (["expired"], True)
    explorer.expiring_days = 10
    assert explorer.rebuilds == before + 4


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("as_of", "30/06/2026", "as_of must be a day"),
        ("expiring_days", -1, "expiring_days must be a whole number from 0 to 36,500"),
        ("expiring_days", True, "expiring_days must be a whole number"),
        ("trainings", [-5], "trainings: there is no -5"),
        ("trainings", "all", "trainings must be a list"),
        ("trainings", [[1]], r"trainings: there is no \[1\]"),
        ("field_offices", [{}], "field_offices: {} is not one of"),
        ("statuses", ["late"], "statuses: 'late' is not one of current"),
        ("search", 7, "search must be text"),
        ("include_terminated", 1, "include_terminated must be True or False"),
        ("selected", [{"training_id": 1}], "selected must be bars"),
        ("selected", 5, "selected must be bars"),
        ("selected", pl.Series([5]), "selected must be bars"),
        ("selected", {"training_id": [1], "status": "expired"}, r"there is no \[1\]"),
        ("asof", "2026-06-30", "ExpiryExplorer has no choice asof; its choices are as_of"),
    ],
)
def test_an_invalid_value_is_an_error_that_names_the_choice_and_changes_nothing(
    unchanged: ExpiryExplorer, name: str, value: object, said: str
) -> None:
    before, rebuilds = dict(unchanged.choices), unchanged.rebuilds
    with pytest.raises(kpa.errors.KPADataError, match=said):
        setattr(unchanged, name, value)
    assert (unchanged.choices, unchanged.rebuilds) == (before, rebuilds)


@pytest.mark.slow
def test_a_control_that_fails_says_so_and_raises_nothing(explorer: ExpiryExplorer) -> None:
    explorer.controls["trainings"].value = [-5]
    assert "there is no -5" in explorer._notice.value
    assert explorer.trainings == ()
    assert explorer.controls["trainings"].value == []
    explorer.controls["expiring_days"].value = 45
    assert explorer._notice.value == ""


def test_the_table_sorts_all_rows_and_holds_a_page(explorer: ExpiryExplorer) -> None:
    shown = explorer._table
    shown.sort = ["user", True]
    names = sorted(explorer.rows["user"], key=folded, reverse=True)
    assert explorer.table["user"].to_list() == names
    assert len(shown.rows) == PAGE < shown.total == explorer.rows.height
    shown.first_wanted = PAGE
    assert [row[0] for row in shown.rows] == explorer.table["user"][PAGE : 2 * PAGE].to_list()
    shown.sort = ["days_left", False]
    assert shown.first_wanted == 0
    assert_series_equal(
        explorer.table["days_left"], explorer.rows["days_left"].sort(nulls_last=True)
    )


def test_demo_data_is_marked_and_the_heading_shows_the_time(
    unchanged: ExpiryExplorer, company: kpa.TrainingData
) -> None:
    assert "DEMO DATA" in unchanged._mark.value
    assert moment(company.snapshots["completions"].fetched_at) in unchanged._mark.value
    assert all("DEMO DATA" in spec["description"] for spec in unchanged.charts)


def test_the_heading_of_a_part_says_which_part_it_is(company: kpa.TrainingData) -> None:
    training = company.completions["training_id"][0]
    part = company.part(Scope(description="trainings: Ladders", trainings=(training,)))
    explorer = ExpiryExplorer(part)
    number = f"{part.completions.height} completions, only of trainings: Ladders"
    assert f"{number}; {company.completions.height:,} were fetched " in explorer._mark.value


@pytest.mark.slow
def test_names_from_other_people_stay_text(company: kpa.TrainingData) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    data = kpa.TrainingData(
        completions=company.completions,
        trainings=company.trainings.with_columns(title=pl.lit(hostile)),
    )
    explorer = ExpiryExplorer(data, as_of="2026-06-30")
    training = explorer.rows["training_id"][0]
    explorer.selected = {"training_id": training, "status": explorer.rows["status"][0]}
    for html in (explorer._figures.value, explorer._mark.value, explorer._notice.value):
        assert "<img" not in html


@pytest.mark.slow
def test_other_records_keep_the_choices_they_allow(
    explorer: ExpiryExplorer, company: kpa.TrainingData
) -> None:
    first, second = company.completions["training_id"].unique().sort()[:2]
    explorer.set(expiring_days=77, trainings=[first], search="a")
    fewer = kpa.TrainingData(
        completions=company.completions.filter(pl.col("training_id") == first),
        users=company.users,
    )
    explorer.load(fewer)
    assert (explorer.expiring_days, explorer.trainings, explorer.search) == (77, (first,), "a")
    explorer.trainings = [first]
    explorer.load(
        kpa.TrainingData(completions=company.completions.filter(pl.col("training_id") == second))
    )
    assert (explorer.expiring_days, explorer.trainings) == (77, ())


@pytest.mark.slow
def test_new_records_keep_the_values_of_a_choice_that_still_exist(
    explorer: ExpiryExplorer, company: kpa.TrainingData
) -> None:
    ids = company.trainings["id"][:3].to_list()
    explorer.trainings = ids
    rest = pl.col("training_id") != ids[1]
    known = company.trainings.filter(pl.col("id") != ids[1])
    done = company.completions.filter(rest)
    nobody = kpa.schema.EMPLOYEE_STATUS.empty()
    without = replace(company, completions=done, trainings=known, employee_status=nobody)
    assert explorer.guarded(lambda: explorer.load(without))
    assert explorer.trainings == (ids[0], ids[2])
    assert f"no longer chosen: trainings {ids[1]}." in explorer._notice.value
    explorer.controls["expiring_days"].value = 60
    assert explorer._notice.value == ""


def test_charts_hold_aggregates_only(unchanged: ExpiryExplorer) -> None:
    text = json.dumps(unchanged.charts)
    assert len(text) < 100_000
    assert not any(user in text for user in unchanged.rows["m_user_id"].unique())


@pytest.mark.parametrize("given", [None, "company", pl.DataFrame({"id": [1]})])
def test_data_of_another_type_is_an_error(given: object) -> None:
    with pytest.raises(kpa.errors.KPADataError, match="data must be the result of load_all"):
        ExpiryExplorer(given)


def test_an_explorer_without_records_is_empty() -> None:
    explorer = ExpiryExplorer(kpa.TrainingData(completions=kpa.schema.COMPLETIONS.empty()))
    assert explorer.as_of == date.today()
    assert explorer.table.height == 0
    assert "No expirations to show" in explorer.charts[0]["description"]


def test_a_dark_page_draws_dark_charts(explorer: ExpiryExplorer) -> None:
    light = explorer.charts[0]["config"]["background"]
    explorer._table.dark = True
    assert explorer.charts[0]["config"]["background"] != light


def test_incomplete_bars_are_errors_and_bars_no_longer_drawn_are_deselected(
    explorer: ExpiryExplorer,
) -> None:
    for bar in ({"training_id": None, "status": "expired"}, {"month": None, "status": None}):
        with pytest.raises(kpa.errors.KPADataError, match="selected"):
            explorer.selected = [bar]
    status, training = explorer.rows.select("status", "training_id").row(0)
    explorer.selected = [{"training_id": training, "status": status}]
    other = next(name for name in explorer.rows["status"].unique() if name != status)
    explorer.statuses = [other]
    assert explorer.selected == ()
    assert explorer.table.height == explorer.rows.height > 0


@pytest.mark.slow
def test_without_requirements_missing_is_not_known(
    unchanged: ExpiryExplorer, company: kpa.TrainingData
) -> None:
    tile = '<strong>not known</strong><span class="kpa-detail">No requirements were provided</span>'
    alone = ExpiryExplorer(kpa.TrainingData(completions=company.completions), as_of="2026-06-30")
    assert tile in alone._figures.value
    assert "Cases<" in alone._figures.value
    assert "<strong>0</strong>" not in alone._figures.value.split("Missing")[1].split("</li>")[0]
    missing = unchanged.rows.filter(pl.col("status") == "missing").height
    assert "not known" not in unchanged._figures.value
    assert f"<strong>{missing:,}</strong>" in unchanged._figures.value.split("Missing")[1]


def test_the_table_and_each_chart_are_sent_as_soon_as_they_are_made(
    explorer: ExpiryExplorer,
) -> None:
    sent = []
    for part in (explorer._table, explorer._charts):
        part.observe(lambda change: sent.append(change["name"]), ["rows", "text_0", "text_1"])
    explorer.include_terminated = not explorer.include_terminated
    assert sent == ["rows", "text_0", "text_1"]


def test_the_style_sheet_is_sent_once(explorer: ExpiryExplorer) -> None:
    parts = [explorer.view]
    for part in parts:
        parts += getattr(part, "children", ())
    assert sum(hasattr(part, "_css") for part in parts) == 1


def test_the_name_of_a_training_chooses_it_also_if_requirements_are_not_known() -> None:
    """A missing case counts as no gap then, so Rigging has the highest share and is the first."""
    day = date(2026, 5, 4)
    done = [
        {"id": 1, "training_id": 7, "m_user_id": "ann", "date": day},
        {"id": 2, "training_id": 7, "m_user_id": "bob", "date": None},
        {"id": 3, "training_id": 8, "m_user_id": "ann", "date": day},
        {"id": 4, "training_id": 8, "m_user_id": "bob", "date": day},
        {"id": 5, "training_id": 8, "m_user_id": "eve", "date": date(2024, 5, 4)},
    ]
    titles = {7: "Ladders", 8: "Rigging"}
    catalogue = [{"id": n, "title": title, "renewal_months": 12} for n, title in titles.items()]
    explorer = ExpiryExplorer(
        kpa.TrainingData(
            completions=frame_of(COMPLETIONS, *done), trainings=frame_of(TRAININGS, *catalogue)
        ),
        as_of="2026-06-30",
    )
    for training, title in titles.items():
        explorer._charts._handle_custom_msg({"chart": 1, "axis": title}, [])
        assert explorer.trainings == (training,)
        explorer.trainings = None
