"""The instructor and group explorers, and the dashboard over all three."""

from __future__ import annotations

import re
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import kpa_analytics as kpa
from kpa_analytics.data.snapshots import Snapshot
from kpa_analytics.report_text import HEADINGS
from kpa_analytics.widgets import (
    Dashboard,
    ExpiryExplorer,
    GroupTrainingExplorer,
    InstructorExplorer,
    PlannerExplorer,
    TrendExplorer,
)
from kpa_analytics.widgets.connection import Connection
from kpa_analytics.widgets.explorer import Explorer
from tests.widgets.conftest import fetched

DAY = date(2026, 6, 30)


def lately(data: kpa.TrainingData, months: int = 24) -> pl.DataFrame:
    begin = pl.lit(DAY).dt.offset_by(f"-{months}mo")
    return data.completions.filter(pl.col("date") > begin, pl.col("date") <= DAY)


@pytest.mark.slow
def test_instructors_are_those_of_the_analyses(company: kpa.TrainingData) -> None:
    explorer = InstructorExplorer(company)
    taught = lately(company).filter(pl.col("m_instructor_id").is_not_null())
    assert_frame_equal(
        explorer.activity, kpa.instructor_activity(taught, company.trainings, company.users)
    )
    assert_frame_equal(
        explorer.coverage,
        kpa.instructor_coverage(company.completions, company.trainings, company.users, as_of=DAY),
        check_row_order=False,
    )
    assert explorer.table["completions"].sum() == taught.height
    trainees = dict(explorer.table.select("m_instructor_id", "trainees").iter_rows())
    for who, rows in taught.group_by("m_instructor_id"):
        assert trainees[who[0]] == rows["m_user_id"].n_unique()


def test_trainings_of_one_instructor_come_first(company: kpa.TrainingData) -> None:
    alone = InstructorExplorer(company).coverage["single_instructor"].to_list()
    assert alone == sorted(alone, reverse=True)
    assert alone[0]


def untaught_and_composed(company: kpa.TrainingData, explorer: InstructorExplorer) -> list[int]:
    composed = company.trainings.filter(pl.col("included_trainings_id").list.len() > 0)["id"]
    untaught = explorer.coverage.filter(pl.col("instructors") == 0)["training_id"]
    return untaught.filter(untaught.is_in(composed.implode())).to_list()


def test_a_composed_training_is_not_one_that_nobody_taught(company: kpa.TrainingData) -> None:
    """People hold it through others, so nobody has to teach it."""
    explorer = InstructorExplorer(company)
    composed = untaught_and_composed(company, explorer)
    assert composed
    untaught = explorer.coverage.filter(pl.col("instructors") == 0)["training_id"].to_list()
    number = len(untaught) - len(composed)
    tile = re.search(r"Not taught in this period</span><strong>(\d+)<", explorer._figures.value)
    assert tile
    assert int(tile[1]) == number
    is_not = "training is" if len(composed) == 1 else "trainings are"
    assert f"; {len(composed)} composed {is_not} not counted; " in explorer._figures.value
    drawn = {row.get("training_id") for row in explorer._charts.rows(1)}
    assert not {*composed} & drawn
    explorer.selected = {"figure": "not-taught"}
    assert {*explorer.coverage["training_id"]} == {*untaught} - {*composed}


@pytest.mark.slow
def test_period_instructor_and_training_narrow_what_was_taught(company: kpa.TrainingData) -> None:
    explorer = InstructorExplorer(company, months=6)
    assert explorer.controls["months"].label == "Months up to the as-of day"
    taught = lately(company, 6).filter(pl.col("m_instructor_id").is_not_null())
    assert explorer.activity["completions"].sum() == taught.height
    who, what = taught["m_instructor_id"][0], taught["training_id"][0]
    explorer.controls["instructors"].value = [who]
    assert explorer.instructors == (who,)
    assert explorer.activity["completions"].sum() == (taught["m_instructor_id"] == who).sum()
    explorer.set(instructors=(), trainings=[what])
    assert explorer.activity["completions"].sum() == (taught["training_id"] == what).sum()
    assert explorer.coverage["training_id"].to_list() == [what]


@pytest.mark.slow
def test_a_chosen_instructor_leaves_their_trainings_and_the_chart_shows_who_remains(
    company: kpa.TrainingData,
) -> None:
    explorer = InstructorExplorer(company)
    whole = explorer.coverage
    who = whole.filter("single_instructor")["m_instructor_ids"][0][0]
    name = whole.filter("single_instructor")["instructor_names"][0][0]
    explorer.instructors = [who]
    theirs = whole.filter(pl.col("m_instructor_ids").list.contains(who))
    assert_frame_equal(explorer.coverage, theirs, check_row_order=False)
    alone = theirs.filter(pl.col("instructors") == 1).height
    chart = explorer.charts[1]
    assert chart["title"]["text"] == (
        f"Without {name}, nobody teaches {alone} of {theirs.height} trainings"
    )
    assert "what remains if they leave" in chart["title"]["subtitle"][0]
    bars = {
        row["training_id"]: (row["instructors"], row["note"])
        for rows in chart["datasets"].values()
        for row in rows
        if "training_id" in row
    }
    for training, number in theirs.select("training_id", "instructors").iter_rows():
        others, note = bars.pop(training, (number - 1, None))
        assert others == number - 1
        if note is not None:
            assert (note == "nobody else") == (others == 0)
    assert not bars
    assert f"<strong>{alone}</strong>" in explorer._figures.value.split("Nobody else teaches")[1]
    assert explorer._coverage.caption == f"Who teaches each training of {name}"
    everyone = whole["m_instructor_ids"].explode().drop_nulls().unique().to_list()
    explorer.instructors = everyone
    assert {
        row["note"]
        for rows in explorer.charts[1]["datasets"].values()
        for row in rows
        if "training_id" in row
    } == {"nobody else"}


@pytest.mark.slow
@pytest.mark.parametrize("make", [ExpiryExplorer, InstructorExplorer, GroupTrainingExplorer])
def test_each_change_of_a_control_draws_once(
    company: kpa.TrainingData, make: type[Explorer]
) -> None:
    explorer = make(company)
    changes = [{"as_of": "2025-09-30"}, {"search": "a"}, {"search": ""}]
    if make is ExpiryExplorer:
        changes += [{"statuses": ["expired"]}, {"trainings": [company.trainings["id"][0]]}]
    else:
        changes += [{"months": months} for months in (6, 120)]
    rebuilds = explorer.rebuilds
    for change in changes:
        explorer.set(**change)
    assert explorer.rebuilds == rebuilds + len(changes)


@pytest.mark.slow
def test_sessions_are_those_of_the_analysis(company: kpa.TrainingData) -> None:
    explorer = GroupTrainingExplorer(company)
    whole = kpa.group_sessions(
        company.completions, company.group_trainings, company.trainings, company.users
    )
    begin = pl.lit(DAY).dt.offset_by("-24mo")
    assert_frame_equal(
        explorer.sessions.drop("listed_not_recorded"),
        whole.filter(pl.col("date") > begin, pl.col("date") <= DAY),
        check_row_order=False,
    )


def test_a_session_lists_people_without_a_completion_first(company: kpa.TrainingData) -> None:
    explorer = GroupTrainingExplorer(company, months=120)
    odd = explorer.sessions.filter(pl.col("listed_not_recorded") > 0).row(0, named=True)
    explorer.selected = odd["group_training_id"]
    attendees = explorer.attendees
    assert {*attendees["m_user_id"]} == {*odd["m_trainees_id"], *odd["recorded_not_listed_ids"]}
    doubt = attendees.filter(pl.col("standing") == "Listed, not recorded")["m_user_id"]
    assert {*doubt} == {*odd["listed_not_recorded_ids"]}
    assert attendees["standing"][0] != "Listed and recorded"


def test_a_click_selects_a_session_and_sorting_keeps_it(company: kpa.TrainingData) -> None:
    explorer = GroupTrainingExplorer(company)
    explorer._sessions.chosen_row = 2
    chosen = explorer.sessions["group_training_id"][2]
    assert explorer.selected == chosen
    explorer._sessions.sort = ["recorded", True]
    assert explorer.selected == chosen
    assert explorer.sessions["group_training_id"][explorer._sessions.chosen_row] == chosen
    explorer._sessions.chosen_row = -1
    assert explorer.selected is None
    assert explorer.attendees.height == 0


@pytest.mark.slow
def test_sessions_narrow_by_training_instructor_and_people(company: kpa.TrainingData) -> None:
    explorer = GroupTrainingExplorer(company)
    whole = explorer.sessions
    training, who = whole["trainings_id"][0][0], whole["m_instructor_id"][0]
    explorer.trainings = [training]
    assert explorer.sessions.height == whole["trainings_id"].list.contains(training).sum()
    explorer.set(trainings=[], instructors=[who])
    assert explorer.sessions.height == (whole["m_instructor_id"] == who).sum()
    person = whole["m_trainees_id"].drop_nulls()[0][0]
    explorer.set(instructors=[], search=person)
    listed = whole["m_trainees_id"].list.contains(person).fill_null(False)
    recorded = whole["recorded_not_listed_ids"].list.contains(person)
    assert explorer.sessions.height == (listed | recorded).sum()


@pytest.mark.slow
def test_a_dashboard_shares_its_choices_and_computes_only_the_open_tab(
    company: kpa.TrainingData,
) -> None:
    dashboard = Dashboard(company)
    training = company.completions["training_id"][0]
    dashboard.set(as_of="2026-05-31", trainings=[training])
    assert list(dashboard._inner) == [0]
    for explorer in (dashboard.expiry, dashboard.instructors, dashboard.groups):
        assert explorer.as_of == date(2026, 5, 31)
        assert explorer.trainings == (training,)
    before = dashboard.groups.rebuilds
    dashboard.controls["as_of"].value = date(2026, 4, 30)
    assert dashboard._inner[2].rebuilds == before
    dashboard._tabs.selected_index = 2
    assert dashboard._inner[2].as_of == date(2026, 4, 30)


@pytest.mark.slow
def test_a_refresh_keeps_choices_and_takes_new_records(
    company: kpa.TrainingData, tmp_path: Path
) -> None:
    new = fetched(tmp_path, seed=7, people=60, completions=1200)
    dashboard = Dashboard(company, load=lambda: new)
    dashboard.expiry.expiring_days = 55
    dashboard.as_of = "2026-05-31"
    dashboard._button.click()
    assert dashboard.data is new
    assert dashboard.expiry.data is new
    assert (dashboard.expiry.expiring_days, dashboard.expiry.as_of) == (55, date(2026, 5, 31))
    assert "1,200 completions" in dashboard._mark.value


@pytest.mark.slow
@pytest.mark.parametrize("error", [kpa.errors.KPASettingsError("no token"), OSError("<b>disk</b>")])
def test_a_failed_refresh_says_so_and_keeps_the_records(
    company: kpa.TrainingData, error: Exception
) -> None:
    def fail() -> kpa.TrainingData:
        raise error

    dashboard = Dashboard(company, load=fail)
    rows = dashboard.expiry.rows
    dashboard._button.click()
    assert dashboard.data is company
    assert dashboard.expiry.rows is rows
    assert str(error).strip("<b>/").split("<")[0] in dashboard._notice.value
    assert "<b>" not in dashboard._notice.value
    assert not dashboard._button.disabled


@pytest.mark.slow
def test_what_a_refresh_says_has_no_python(company: kpa.TrainingData) -> None:
    answers = [kpa.errors.KPASettingsError("no token").in_python("kpa.configure(token=...)")]

    def load() -> kpa.TrainingData:
        if answers:
            raise answers.pop()
        advice = "data_quality() lists them all"
        kpa.errors.warn(
            "users: 1 impossible date was left empty", kpa.errors.KPADataWarning, advice
        )
        return company

    dashboard = Dashboard(company, load=load)
    assert not dashboard.refresh()
    assert "no token<" in dashboard._notice.value
    assert dashboard.refresh()
    assert "<li>users: 1 impossible date was left empty</li>" in dashboard._notes.value


@pytest.mark.slow
def test_coverage_does_not_depend_on_the_people_chosen(company: kpa.TrainingData) -> None:
    explorer = InstructorExplorer(company)
    before = explorer.coverage
    explorer.search = company.users["lastname"][0]
    assert_frame_equal(explorer.coverage, before)
    assert explorer.table["trainees"].sum() < InstructorExplorer(company).table["trainees"].sum()
    for text in (explorer._figures.value, explorer._coverage.caption):
        assert "; counted for everyone trained, not only the people chosen" in text
    explorer.search = ""
    for text in (explorer._figures.value, explorer._coverage.caption):
        assert "everyone trained" not in text


@pytest.mark.parametrize("alone", [True, False])
def test_if_nobody_is_found_no_training_is_covered(company: kpa.TrainingData, alone: bool) -> None:
    explorer = InstructorExplorer(company, search="zzzz")
    if alone:
        explorer.instructors = [next(iter(explorer.known["instructors"]))]
    assert explorer.coverage.is_empty()
    assert "No trainings with an instructor to show" in explorer.charts[1]["description"]
    details = re.findall(r'kpa-detail">([^<]*)<', explorer._figures.value)
    assert {*details} == {"no person found"}
    assert {*re.findall(r"<strong>([^<]*)<", explorer._figures.value)} == {"0"}


@pytest.mark.slow
def test_an_instructor_who_taught_other_trainings_taught_none_of_those_chosen(
    company: kpa.TrainingData,
) -> None:
    whole = InstructorExplorer(company).coverage.filter(pl.col("instructors") > 0)
    who = whole["m_instructor_ids"][0][0]
    taught = pl.col("m_instructor_ids").list.contains(who)
    others = whole.filter(~taught)["training_id"].to_list()[:2]
    explorer = InstructorExplorer(company, instructors=[who], trainings=others)
    said = "This instructor taught none of these trainings in the period"
    assert said in explorer.charts[1]["description"]
    assert "in this period they taught none of the trainings chosen" in explorer._figures.value
    assert "of the trainings chosen, in this period" in explorer._figures.value
    explorer.trainings = others[:1]
    assert "in this period they did not teach the training chosen" in explorer._figures.value
    explorer.trainings = [*others, whole.filter(taught)["training_id"][0]]
    assert "of 1 training that they taught in this period" in explorer._figures.value


@pytest.mark.slow
def test_trainings_that_are_chosen_are_not_the_whole_catalogue(company: kpa.TrainingData) -> None:
    explorer = InstructorExplorer(company)
    whole = explorer.coverage.height - len(untaught_and_composed(company, explorer))
    assert f"of {whole} trainings in the catalogue" in explorer._figures.value
    explorer.trainings = explorer.coverage["training_id"].to_list()[:2]
    assert "of 2 trainings chosen; " in explorer._figures.value
    assert "catalogue" not in explorer._figures.value


@pytest.mark.slow
@pytest.mark.parametrize(
    "make", [ExpiryExplorer, InstructorExplorer, GroupTrainingExplorer, TrendExplorer, Dashboard]
)
def test_every_explorer_answers_at_its_top_that_the_kernel_is_there(
    company: kpa.TrainingData, make: type[Explorer], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = make(company).view.children[0]
    assert isinstance(line, Connection)
    answers: list[object] = []
    monkeypatch.setattr(line, "send", answers.append)
    line._handle_custom_msg("there?", [])
    assert answers == ["here"]


@pytest.mark.parametrize(
    "make",
    [ExpiryExplorer, InstructorExplorer, GroupTrainingExplorer, TrendExplorer, PlannerExplorer],
)
def test_a_picture_that_a_menu_saves_is_named_after_the_title_and_the_day(
    company: kpa.TrainingData, make: type[Explorer]
) -> None:
    explorer: Any = make(company, as_of="2026-03-31")
    before = _pictures(explorer)
    explorer.search = "nobody"
    for names in (before, _pictures(explorer)):
        assert names
        for title, name in names:
            whole = re.sub(r'[<>:"/\\|?*]', "", title)
            start = name.removesuffix(", as of 31 Mar 2026")
            assert start != name
            assert f"{whole} ".startswith(f"{start} "), "no word of the title is cut"


def _pictures(explorer: Any) -> list[tuple[str, str]]:
    """The title of each chart, and the name of its saved picture."""
    return [
        (spec["title"]["text"], spec["usermeta"]["embedOptions"]["downloadFileName"])
        for spec in explorer.charts
    ]


@pytest.mark.slow
@pytest.mark.parametrize("make", [GroupTrainingExplorer, PlannerExplorer])
def test_figures_of_sessions_say_that_they_count_everyone_in_them(
    company: kpa.TrainingData, make: type[GroupTrainingExplorer | PlannerExplorer]
) -> None:
    explorer = make(company)
    said = "; everyone in these sessions is counted"
    assert said not in explorer._figures.value
    explorer.search = company.users["lastname"][0]
    assert said in explorer._figures.value


@pytest.mark.slow
def test_the_number_of_sessions_says_that_it_is_of_the_trainings_chosen(
    company: kpa.TrainingData,
) -> None:
    explorer = GroupTrainingExplorer(company)
    assert "of the training" not in explorer._figures.value
    explorer.trainings = explorer.sessions["trainings_id"][0].to_list()[:1]
    assert "of the training chosen, in this period" in explorer._figures.value


@pytest.mark.slow
@pytest.mark.parametrize(
    "make",
    [ExpiryExplorer, InstructorExplorer, GroupTrainingExplorer, TrendExplorer, PlannerExplorer],
)
def test_a_day_before_the_first_completion_is_said_to_be(company, make) -> None:
    begun = company.completions["date"].min()
    explorer = make(company, as_of="2001-01-01")
    assert "nothing is known of earlier days" in explorer._figures.value
    explorer.as_of = begun
    assert "nothing is known of earlier days" not in explorer._figures.value


LATER = "later completions are not known"


def of_an_account(*fetched_at: datetime) -> kpa.TrainingData:
    """Records that are not the demo's, downloaded at this time, if one is given."""
    rows = [{"id": 1, "training_id": 7, "m_user_id": "ann", "date": date(2026, 2, 1)}]
    facts: dict[str, Any] = dict.fromkeys(("method", "host", "package_version", "rows_sha256"), "")
    facts |= {
        "table": "completions",
        "params": {},
        "walk": "full",
        "rows": 1,
        "pages": 1,
        "demo": False,
    }
    return kpa.TrainingData(
        completions=pl.DataFrame(rows, schema=kpa.schema.COMPLETIONS.schema),
        snapshots={each.isoformat(): Snapshot(fetched_at=each, **facts) for each in fetched_at},
    )


@pytest.mark.parametrize(
    "make",
    [ExpiryExplorer, InstructorExplorer, GroupTrainingExplorer, TrendExplorer, PlannerExplorer],
)
def test_a_day_after_the_download_is_said_to_be(make) -> None:
    explorer = make(of_an_account(datetime(2026, 11, 30, 12).astimezone(UTC)), as_of="2026-11-30")
    assert LATER not in explorer._figures.value
    explorer.as_of = "2026-12-01"
    said = f"The records were downloaded on 30 Nov 2026: {LATER}."
    assert explorer._figures.value.count(said) == 1
    explorer.as_of = "2026-11-30"
    assert LATER not in explorer._figures.value


@pytest.mark.skipif(
    not hasattr(time, "tzset"), reason="on Windows, a process cannot change its zone"
)
@pytest.mark.parametrize(("zone", "day"), [("AAA-12", "1 Dec"), ("BBB+12", "30 Nov")])
def test_the_day_of_the_download_is_that_of_this_machine(monkeypatch, zone, day) -> None:
    data = of_an_account(datetime(2026, 11, 30, 23, tzinfo=UTC))
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        shown = InstructorExplorer(data, as_of="2026-12-02")._figures.value
    finally:
        monkeypatch.undo()
        time.tzset()
    assert f"The records were downloaded on {day} 2026: {LATER}." in shown


@pytest.mark.slow
def test_the_records_of_the_demo_end_on_the_day_before_its_day(company: kpa.TrainingData) -> None:
    explorer = InstructorExplorer(company)
    assert LATER not in explorer._figures.value
    for day in ("2026-07-01", "2026-11-30", "2099-12-31"):
        explorer.as_of = day
        assert f"The records of the demo end on 29 Jun 2026: {LATER}." in explorer._figures.value


def test_of_several_accounts_the_earliest_download_counts() -> None:
    days = {"north": datetime(2027, 3, 2, 12), "south": datetime(2026, 12, 1, 12)}
    fleet = kpa.Fleet({name: of_an_account(day.astimezone(UTC)) for name, day in days.items()})
    explorer = InstructorExplorer(fleet, as_of="2027-02-01")
    assert f"The records were downloaded on 1 Dec 2026: {LATER}." in explorer._figures.value


def test_records_that_were_not_downloaded_have_no_such_day() -> None:
    assert LATER not in InstructorExplorer(of_an_account(), as_of="2099-12-31")._figures.value


@pytest.mark.slow
def test_a_column_has_the_heading_of_the_report(company: kpa.TrainingData) -> None:
    """`date` is the day of many things: "Completed" of a completion, "Session of" of a list."""
    explorers = (ExpiryExplorer, InstructorExplorer, GroupTrainingExplorer, TrendExplorer)
    for make in (*explorers, PlannerExplorer):
        for table in make(company)._shown_tables:
            for column in table.all_columns:
                name, label = column["column"], column["label"]
                if name != "date":
                    assert label == HEADINGS.get(name, label), (make, label)


def test_captions_name_the_rows_and_what_a_click_lists(company: kpa.TrainingData) -> None:
    assert ExpiryExplorer(company)._table.caption == "All cases"
    groups = GroupTrainingExplorer(company)
    assert groups._sessions.caption == "Sessions: click a session to list its people"
    assert groups._attendees.caption == "People of a session: click a session above"
