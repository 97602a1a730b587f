"""The invented company is plausible, complete, marked as demo data, and reproducible."""

import re
import subprocess
import sys
from datetime import date

import polars as pl
import pytest

from kpa_analytics.demo import AS_OF, organisation
from kpa_analytics.demo.rules import day_of
from kpa_analytics.demo_mark import DEMO_ID_PREFIX, is_demo

from .http_client import post


def parts(company):
    return [
        company.completions.to_dicts(),
        company.trainings,
        company.users.to_dicts(),
        company.group_trainings.to_dicts(),
        company.field_offices,
        company.lines_of_business,
        company.job_titles,
    ]


def real_days(company):
    """The completions without a planted fault, with their dates."""
    last = int(AS_OF.strftime("%Y%m%d"))
    first = int(AS_OF.replace(year=AS_OF.year - 4, day=28).strftime("%Y%m%d"))
    return company.completions.filter(pl.col("date_number").is_between(first, last))


@pytest.mark.slow
def test_equal_arguments_give_equal_companies():
    size = {"people": 60, "completions": 1500}
    assert parts(organisation(**size)) == parts(organisation(**size))


@pytest.mark.slow
def test_another_seed_gives_another_company():
    first, second = (organisation(people=60, completions=1500, seed=seed) for seed in (1, 2))
    assert first.users["lastname"].to_list() != second.users["lastname"].to_list()
    days = [company.completions["date_number"].to_list() for company in (first, second)]
    assert days[0] != days[1]


@pytest.mark.slow
def test_another_process_invents_the_same_company():
    # Python's own hashes change from process to process; nothing may depend on them.
    ask = (
        "from kpa_analytics.demo import organisation\n"
        "company = organisation(people=60, completions=1500)\n"
        "print(company.completions.write_csv())\n"
    )
    other = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    ours = organisation(people=60, completions=1500).completions.write_csv()
    assert other.stdout.strip() == ours.strip()


@pytest.mark.slow
def test_the_demo_company_has_the_documented_size(company):
    assert company.completions.height == 20_000
    assert company.completions["id"].n_unique() == 20_000
    assert company.users.height == company.users["id"].n_unique() == 400
    assert len(company.trainings) == 40
    assert company.completions["m_instructor_id"].drop_nulls().n_unique() <= 25
    assert 6 <= len(company.field_offices) <= 8
    assert 8 <= len(company.job_titles) <= 10


@pytest.mark.parametrize("completions", [0, 1, 500, pytest.param(12_345, marks=pytest.mark.slow)])
def test_the_number_of_completions_is_exact(completions):
    company = organisation(people=100, completions=completions)
    assert company.completions.height == completions


def test_more_completions_than_the_people_can_have_are_refused():
    with pytest.raises(
        ValueError, match=r"completions: this number of people can have at most \d+"
    ):
        organisation(people=5, completions=1_000_000)


@pytest.mark.parametrize("trainings", [14, pytest.param(40, marks=pytest.mark.slow), 80])
def test_every_kind_of_schedule_is_there(trainings):
    company = organisation(people=60, trainings=trainings, completions=1500)
    catalogue = {training["title"]: training for training in company.trainings}
    assert len(catalogue) == trainings
    every = list(catalogue.values())
    plain = [training for training in every if not training["included_trainings_id"]]
    windows = [training for training in every if training["schedule_type"] == "window"]
    fixed = [training for training in every if training["expires_on_month"]]
    assert (
        len({training["renewal_months"] for training in plain if not training["expires_on_month"]})
        >= 3
    )
    assert {training["renewal_months"] is None for training in fixed} == {True, False}
    assert any(
        training["window_open_month"] > training["window_close_month"] for training in windows
    )
    assert any(
        (training["window_close_month"], training["window_close_day"]) == (2, 29)
        for training in windows
    )
    assert {training["window_last_offered_date_number"] is None for training in windows} == {
        True,
        False,
    }
    assert {training["window_required_for_new_employees"] for training in windows} == {True, False}
    assert any(
        not (
            training["renewal_months"]
            or training["expires_on_month"]
            or training["window_open_month"]
        )
        for training in plain
    )
    assert {training["expiring_days"] is None for training in every} == {True, False}
    assert {training["assigned_to_type"] for training in every} >= {"all", "limited"}


def test_composed_trainings_have_known_parts_and_one_is_nested(company):
    included = {training["id"]: training["included_trainings_id"] for training in company.trainings}
    composed = {key: parts for key, parts in included.items() if parts}
    assert all(part in included for parts in composed.values() for part in parts)
    assert any(part in composed for parts in composed.values() for part in parts)


@pytest.mark.slow
def test_the_demo_company_shows_the_effect_of_a_new_offering(company):
    """It has people who are valid by the vendor's rule alone, in an open window, or too late."""
    seen = {}
    titles = {training["id"]: training["title"] for training in company.trainings}
    for employee in (
        company.employee_statuses(AS_OF).select({"include_all_completions": True}).stretch(0, 999)
    ):
        for last in employee["last_completed"]:
            lasting = (
                last["expiresOn"] // 10_000 - last["date_number"] // 10_000
                if ("expiresOn" in last)
                else None
            )
            seen.setdefault(titles[last["id"]], []).append((lasting, last))
    hearing = [lasting for lasting, _ in seen["Hearing Conservation"]]
    assert max(hearing) > 1  # never recorded as offered: years pass and nothing expires
    stand_down = [last["expiresOn"] for _, last in seen["Safety Stand-Down"]]
    assert 20260715 in stand_down  # offered again, and that window is open
    assert min(stand_down) < 20260630
    own = {
        training["title"]: training
        for training in company.trainings
        if training["included_trainings_id"]
    }
    assert own["Field Readiness"]["renewal_months"] == 12


def test_every_person_has_the_mark_of_demo_data(api, company):
    people = re.compile(DEMO_ID_PREFIX + "[0-9a-f]{8}")
    assert all(people.fullmatch(key) for key in company.users["id"])
    for table in (company.users, company.completions, company.group_trainings):
        assert is_demo(table)
    for name in ("m_user_id", "m_instructor_id"):
        assert all(people.fullmatch(key) for key in company.completions[name].drop_nulls())


def test_personal_fields_are_obviously_fake(api):
    users = post(api, "users.list").json()["users"]
    assert all(re.fullmatch(r"555-01\d\d", user["cellPhone"]) for user in users)
    assert all("555-01" in user["emergencyContact"] for user in users)
    assert all(user["email"].endswith("@example.com") for user in users)


def test_names_come_from_many_languages(company):
    names = company.users["firstname"].to_list() + company.users["lastname"].to_list()
    assert len(set(names)) > 100
    assert any(not name.isascii() for name in names)


@pytest.mark.slow
def test_the_statuses_are_plausible(company):
    """Most cases are current, a visible share is expiring, some are expired or missing."""
    employees = company.employee_statuses(AS_OF).select({}).stretch(0, 1000)
    done = sum(len(employee["complete_training_ids"]) for employee in employees)
    lacking = sum(len(employee["incomplete_training_ids"]) for employee in employees)
    assert 0.03 < lacking / (done + lacking) < 0.15
    soon = [
        last
        for employee in employees
        for last in employee["last_completed"]
        if 20260630 <= last.get("expiresOn", 0) <= 20260930
    ]
    assert 0.05 < len(soon) / done < 0.4
    assert {employee["status"] for employee in employees} == {"incomplete", "expiring", "active"}


def test_half_or_more_of_the_completions_happen_in_sessions_of_2_to_25(company):
    real = real_days(company)
    assert 0.5 < real["group_training_id"].is_not_null().mean() < 0.7
    sizes = real.group_by("group_training_id").agg(pl.col("m_user_id").n_unique())
    listed = sizes.join(company.group_trainings, left_on="group_training_id", right_on="id")
    sizes = listed["m_user_id"]
    assert sizes.min() >= 2
    assert 15 < sizes.max() <= 25
    assert company.group_trainings["trainings_id"].list.len().max() > 1


def test_a_session_has_one_day_and_one_instructor(company):
    in_sessions = real_days(company).filter(pl.col("group_training_id").is_not_null())
    seen = in_sessions.group_by("group_training_id").agg(
        pl.col("date_number", "m_instructor_id").n_unique(),
        (pl.col("m_instructor_id") == pl.col("m_user_id")).any().alias("teaches_self"),
    )
    assert seen["date_number"].max() == seen["m_instructor_id"].max() == 1
    assert not seen["teaches_self"].any()


def test_one_training_has_a_single_instructor(company):
    taught = company.completions.filter(pl.col("m_instructor_id").is_not_null())
    pools = taught.group_by("training_id").agg(pl.col("m_instructor_id").n_unique())
    assert 1 in pools["m_instructor_id"]
    assert pools["m_instructor_id"].max() > 3


def test_nobody_completes_a_training_before_the_hire_or_after_leaving(company):
    day = pl.col("date_number").cast(pl.String).str.to_date("%Y%m%d")
    people = company.users.select(
        pl.col("id").alias("m_user_id"),
        pl.from_epoch("hireDate", "ms").dt.date(),
        pl.from_epoch("terminationDate", "ms").dt.date(),
    )
    together = real_days(company).with_columns(day=day).join(people, on="m_user_id")
    assert together.filter(pl.col("day") < pl.col("hireDate")).is_empty()
    late = together.filter(pl.col("day") > pl.col("terminationDate").dt.offset_by("3d"))
    assert late.is_empty()
    assert people["terminationDate"].count() > 10
    assert people.filter(pl.col("hireDate") > date(2025, 6, 30)).height > 10


def test_some_have_special_dates_notes_signatures_and_files(company):
    done = company.completions
    special = done["special_expiration_date_number"].count()
    assert 100 < special < 1000
    assert 100 < done["notes"].count() < 5000
    assert 1000 < done["signed"].sum() < 15_000
    assert set(done["files"].unique()) == {0, 1, 2}


def test_the_months_have_different_numbers_of_completions(company):
    month = pl.col("date_number") // 100
    months = real_days(company).group_by(month).len().sort("date_number")["len"][1:-1]
    assert months.max() > 2 * months.min() > 100


def test_every_kind_of_data_fault_is_planted(company):
    done, users = company.completions, set(company.users["id"])
    trainings = {training["id"] for training in company.trainings}
    sessions = set(company.group_trainings["id"])
    rows = done.to_dicts()
    assert 20200230 in done["date_number"]
    assert any(
        row["special_expiration_date_number"]
        and row["special_expiration_date_number"] < row["date_number"]
        for row in rows
    )
    assert done["date_number"].max() > 20260630
    assert done.select("m_user_id", "training_id", "date_number").is_duplicated().any()
    assert any(row["m_user_id"] not in users for row in rows)
    assert any(row["training_id"] not in trainings for row in rows)
    assert any(row["group_training_id"] not in sessions for row in rows if row["group_training_id"])
    assert sum(day_of(row["date_number"]) is None for row in rows) == 2
    recorded = (
        done.filter(pl.col("group_training_id").is_not_null())
        .group_by("group_training_id")
        .agg(pl.col("m_user_id").unique())
    )
    listed = company.group_trainings.join(recorded, left_on="id", right_on="group_training_id")
    differing = [
        row for row in listed.to_dicts() if set(row["m_trainees_id"]) != set(row["m_user_id"])
    ]
    assert any(set(row["m_trainees_id"]) > set(row["m_user_id"]) for row in differing)
    assert any(set(row["m_trainees_id"]) < set(row["m_user_id"]) for row in differing)


@pytest.mark.slow
def test_a_large_company_has_the_same_shape():
    company = organisation(people=2000, trainings=80, instructors=100, completions=100_000)
    assert company.completions.height == company.completions["id"].n_unique() == 100_000
    assert company.completions["training_id"].n_unique() >= 80
    in_sessions = company.completions["group_training_id"].is_not_null().mean()
    assert 0.5 < in_sessions < 0.85


@pytest.mark.slow
def test_records_can_be_added_removed_and_edited():
    company = organisation(people=60, completions=1500)
    new = {"id": 1, "training_id": 1001, "m_user_id": "u", "created": 5, "date_number": 20991231}
    company.add_completions(new | {"signature": "x", "files": [{}, {}]})
    first = company.select("completedtrainings.v2.list", {}, AS_OF).stretch(0, 1)[0]
    assert first["id"] == 1
    assert len(first["files"]) == 2
    assert first["signature"]
    company.edit_completion(1, date_number=19991231, notes="moved")
    last = company.completions.row(-1, named=True)
    assert (last["id"], last["notes"]) == (1, "moved")
    company.remove_completions(1, last["id"])
    assert 1 not in company.completions["id"]


@pytest.mark.slow
def test_the_employee_status_follows_a_changed_record():
    company = organisation(people=60, completions=1500)
    before = company.employee_statuses(AS_OF)
    assert company.employee_statuses(AS_OF) is before
    gone = company.completions.filter(pl.col("training_id") == 1001)["id"].to_list()
    company.remove_completions(*gone)
    employees = company.employee_statuses(AS_OF).select({}).stretch(0, 100)
    assert all(1001 in employee["incomplete_training_ids"] for employee in employees)
