"""A pack written from the expiry explorer."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.data.scope import Scope
from kpa_analytics.errors import KPADataError
from kpa_analytics.widgets import Dashboard, ExpiryExplorer
from kpa_analytics.widgets.download import zipped
from tests.audit.packs import sheet_rows
from tests.drawn_once import page_alone
from tests.widgets.expiry_cases import status


@pytest.mark.usefixtures("only_its_page")
@pytest.mark.slow
def test_export_writes_what_is_shown(
    explorer: ExpiryExplorer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    training = explorer.rows["training_id"][0]
    explorer.set(trainings=[training], as_of="2026-05-31")
    pack = explorer.export()
    assert pack == tmp_path / "audit-2026-05-31"
    records = pl.read_parquet(pack / "records.parquet")
    assert records["training_id"].unique().to_list() == [training]
    assert kpa.verify_audit(pack).height == 0
    assert explorer.export().name == "audit-2026-05-31-2"
    with zipfile.ZipFile(BytesIO(zipped(pack))) as archive:
        assert f"{pack.name}/report.html" in archive.namelist()


@pytest.mark.usefixtures("only_its_page")
@pytest.mark.slow
def test_export_of_a_composed_training_takes_its_parts(
    explorer: ExpiryExplorer, company: kpa.TrainingData, tmp_path: Path
) -> None:
    composed = company.trainings.filter(pl.col("included_trainings_id").list.len() > 0)
    training, parts = composed.select("id", "included_trainings_id").row(0)
    explorer.trainings = [training]
    pack = explorer.export(tmp_path / "pack")
    ids = pl.read_parquet(pack / "records.parquet")["training_id"].unique()
    known = {*company.completions["training_id"]}
    assert {*ids} == {training, *parts} & known
    assert {*parts} & known


def exported(explorer: ExpiryExplorer, folder: Path) -> tuple[dict, str]:
    """An export's manifest and report."""
    pack = explorer.export(folder)
    assert kpa.verify_audit(pack).is_empty()
    return json.loads((pack / "manifest.json").read_text(encoding="utf-8")), (
        pack / "report.html"
    ).read_text(encoding="utf-8")


@pytest.mark.slow
def test_an_export_counts_what_is_on_the_screen_and_says_what_it_leaves_out(
    company: kpa.TrainingData, tmp_path: Path
) -> None:
    # Every training is renewed a month later than the vendor says: both sides disagree.
    later = company.trainings.with_columns(pl.col("renewal_months") + 1)
    company = replace(company, trainings=later)
    composed = company.trainings.filter(pl.col("included_trainings_id").list.len() > 0)
    title, training = composed.select("title", "id").row(0)
    explorer = ExpiryExplorer(company, trainings=[training])
    manifest, report = exported(explorer, tmp_path / "composed")
    counted = {
        row["status"]: row["count"] for row in explorer.rows["status"].value_counts().to_dicts()
    }
    assert {name: manifest["counts"][name] for name in counted} == counted
    assert manifest["counts"]["cases"] == explorer.rows.height > 0
    assert manifest["settings"]["only"] == f"trainings {title}"
    assert f"Covers only part of the records: trainings {title}" in report
    assert f"only part of the records: trainings {title}." in report
    for chart in sorted((tmp_path / "composed" / "charts").glob("*.svg")):
        drawn = chart.read_text(encoding="utf-8")
        assert "only part of the records" in drawn, chart.name
        assert title in drawn, chart.name
    with page_alone():
        whole, _ = exported(ExpiryExplorer(company), tmp_path / "whole")
    apart = kpa.reconcile(status(company), company.employee_status).filter(
        pl.col("vendor_status").is_not_null(), ~pl.col("agree")
    )
    assert whole["counts"]["disagreements"] == apart.height > 0
    of_it = apart.filter(pl.col("training_id") == training)
    assert manifest["counts"]["disagreements"] == of_it.height > 0
    assert "only" not in whole["settings"]


def odd_about(company: kpa.TrainingData, people: pl.Series) -> set[tuple[object, ...]]:
    """The findings in the records of some people, among all findings of a company."""
    done = company.completions.filter(pl.col("m_user_id").is_in(people.implode()))
    attended = company.group_trainings.select("id", "m_trainees_id").drop_nulls().iter_rows()
    about = {
        "completions": {str(key) for key in done["id"]},
        "trainings": {str(key) for key in company.trainings["id"]},
        "users": {*people},
        "group_trainings": {str(key) for key in done["group_training_id"].drop_nulls()}
        | {str(session) for session, listed in attended if {*listed} & {*people}},
        "employee_status": {*people},
    }
    part = replace(company, completions=done, employee_status=company.employee_status.clear())
    whole, alone = (kpa.data_quality(records, as_of="2026-06-30") for records in (company, part))
    offering = pl.col("finding") == "offering_not_recorded"  # a part counts its own people
    return {
        (row["finding"], row["table"], row["record_id"], row["value"])
        for rows in (whole.filter(~offering), alone.filter(offering))
        for row in rows.iter_rows(named=True)
        if row["record_id"] in about[row["table"]]
        and (row["finding"] != "attendees_differ" or row["value"] in about["users"])
    }


@pytest.mark.usefixtures("blank_charts")
@pytest.mark.slow
def test_an_export_of_some_people_reports_the_findings_in_their_records(
    company: kpa.TrainingData, tmp_path: Path
) -> None:
    everything = kpa.data_quality(company, as_of="2026-06-30")
    differ = everything.filter(pl.col("finding") == "attendees_differ")["value"]
    who = next(person for person in differ if odd_about(company, pl.Series([person])))
    explorer = ExpiryExplorer(company, search=who)
    manifest, _ = exported(explorer, tmp_path / "some")
    expected = odd_about(company, pl.Series([who]))
    listed = sheet_rows(tmp_path / "some", "findings")
    columns = ("finding", "table", "record_id", "value")
    assert {tuple(row[name] for name in columns) for row in listed} == expected
    assert manifest["counts"]["findings"] == len(listed) == len(expected)
    assert 0 < len(expected) < everything.height
    assert manifest["counts"]["people"] == explorer.rows["m_user_id"].n_unique()
    assert manifest["settings"]["only"] == f"people found by {who!r}"


def test_a_pack_about_nobody_is_refused(
    company: kpa.TrainingData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    refusal = "No case matches these choices, so there is nothing to export."
    explorer = ExpiryExplorer(company, search="zzzz")
    with pytest.raises(KPADataError, match=refusal):
        explorer.export()
    explorer._export._handle_custom_msg("make", [])
    assert refusal in explorer._notice.value
    assert not [*tmp_path.iterdir()]
    explorer.search = ""
    assert explorer._notice.value == ""


@pytest.mark.usefixtures("blank_charts")
@pytest.mark.slow
def test_a_part_under_pseudonyms_does_not_name_the_search_text(
    company: kpa.TrainingData, tmp_path: Path
) -> None:
    word = company.users["lastname"][0]
    ids = company.users.filter(pl.col("lastname") == word)["id"]
    some = company.part(Scope(description=f"people found by {word!r}", people=ids))
    pack = kpa.export_audit(some, tmp_path / "some", as_of="2026-06-30", names=False)
    manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["settings"]["only"] == "some people or trainings"
    cases = status(company).filter(pl.col("m_user_id").is_in(ids.implode()))
    assert manifest["counts"]["people"] == cases["m_user_id"].n_unique() > 0
    assert word not in (pack / "report.html").read_text(encoding="utf-8")
    assert word not in (pack / "manifest.json").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("make", [ExpiryExplorer, lambda fleet: Dashboard(fleet).expiry])
def test_the_button_of_a_fleet_says_that_a_pack_is_of_one_account(
    company: kpa.TrainingData, make: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    explorer = make(kpa.Fleet({"north": company}))
    assert explorer._export.why_not == (
        "An evidence pack is of one account: open that account by itself to export it."
    )
    explorer._export._handle_custom_msg("make", [])
    assert explorer._notice.value == ""
    assert not [*tmp_path.iterdir()]
    explorer.load(company)
    assert explorer._export.why_not == ""


def test_the_record_of_a_person_in_a_fleet_is_refused_without_python(
    company: kpa.TrainingData,
) -> None:
    explorer = ExpiryExplorer(kpa.Fleet({"north": company}))
    explorer.guarded(lambda: explorer.open_record(explorer.rows["m_user_id"][0]))
    assert "open that account by itself" in explorer._notice.value
    assert "fleet[" not in explorer._notice.value
