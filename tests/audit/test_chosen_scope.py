"""A pack of some people, trainings and field offices: its scope, transcripts and rosters."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import openpyxl
import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.analysis.chosen_scope import chosen_scope
from kpa_analytics.analysis.find import find_office, find_person, find_training
from kpa_analytics.audit.people import people_rows
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import COMPLETIONS, EMPLOYEE_STATUS, GROUPS, TRAININGS, USERS
from tests.audit.packs import AS_OF, Page, pdf_text


def rows(table, *records):
    return pl.DataFrame(list(records), schema=table.schema)


@pytest.fixture(scope="module")
def small() -> TrainingData:
    """Two namesakes, a person without a profile, two trainings with one title, two offices."""

    def person(key, first, last, number, *offices):
        profile = {"id": key, "firstname": first, "lastname": last, "employeeNumber": number}
        return {**profile, "fieldOffice_id": list(offices)}

    return TrainingData(
        completions=rows(
            COMPLETIONS,
            {"id": 1, "training_id": 7, "m_user_id": "a1"},
            {"id": 2, "training_id": 9, "m_user_id": "ghost"},
        ),
        trainings=rows(
            TRAININGS,
            {"id": 7, "title": "First Aid, advanced"},
            {"id": 8, "title": "Ladders"},
            {"id": 9, "title": "Ladders"},
        ),
        users=rows(
            USERS,
            person("a1", "José", "Smith", "E1", "elko"),
            person("a2", "Ann", "Smith", "E2", "casper"),
            person("a3", "Ann", "Smith", "E3"),
        ),
        employee_status=rows(
            EMPLOYEE_STATUS,
            {"m_user_id": "a1", "incomplete_training_ids": [11], "complete_training_ids": []},
        ),
        groups=rows(
            GROUPS,
            {"kind": "field_office", "id": "elko", "name": "Elko"},
            {"kind": "field_office", "id": "casper", "name": "Casper"},
        ),
    )


def test_the_first_profile_of_a_repeated_id_names_the_person(small):
    other = small.users.head(1).with_columns(employeeNumber=pl.lit("E9"))
    twice = replace(small, users=pl.concat([small.users, other]))
    assert "Smith, José (E1)" in chosen_scope(twice, people=["a1"]).description
    numbers = people_rows(twice, AS_OF).select("m_user_id", "employeeNumber")
    assert numbers.filter(m_user_id="a1").rows() == [("a1", "E1")]


@pytest.mark.parametrize("named", ["a1", "E1", "e1", "Smith, José", "smith, jose", "José Smith"])
def test_a_person_is_found_by_id_number_or_name(small, named):
    assert find_person(small, named) == "a1"


def test_a_person_without_a_profile_is_found_by_id(small):
    assert find_person(small, "ghost") == "ghost"


@pytest.mark.parametrize("named", ["7", 7, "First Aid, advanced", "FIRST AID, ADVANCED "])
def test_a_training_is_found_by_id_or_title(small, named):
    assert find_training(small, named) == 7


def test_the_exact_title_wins_over_the_same_title_in_other_letters():
    rows = [{"id": 1, "title": "CPR"}, {"id": 2, "title": "cpr"}]
    alike = TrainingData(
        completions=COMPLETIONS.empty(), trainings=pl.DataFrame(rows, schema=TRAININGS.schema)
    )
    assert [find_training(alike, named) for named in ("CPR", "cpr")] == [1, 2]
    with pytest.raises(KPADataError, match="more than one training"):
        find_training(alike, "Cpr")


def test_a_training_that_is_only_required_is_found(small):
    assert find_training(small, "11") == 11


def test_an_office_is_found_by_name_or_id(small):
    assert find_office(small, "ELKO") == find_office(small, "elko") == "elko"
    assert find_office(small, "No field office") == ""


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (
            {"people": "Smith, Ann"},
            r"people: 'Smith, Ann' .* more than one person: .*\(E2\).*\(E3\)",
        ),
        ({"people": ["a1", "Moe"]}, "people: no person in the records is called 'Moe'"),
        ({"trainings": "Ladders"}, r"more than one training: Ladders \(8\); Ladders \(9\)"),
        ({"trainings": [7, 70]}, "trainings: no training in the records is called '70'"),
        ({"field_office": "Oslo"}, "field_office: no field office .* called 'Oslo'"),
        ({"people": []}, "people is empty"),
        ({"people": 7}, "people: 7 is not an id or a name"),
        ({"trainings": True}, "trainings: True is not"),
        ({"trainings": 7.5}, "trainings must be an id, a name or a list of these, not 7.5"),
        (
            {"people": ["a1", "ghost"], "field_office": "Casper"},
            r"field_office: none of these people is in Casper: Smith, José \(E1\); ghost \(ghost\)",
        ),
        ({"people": "a3", "field_office": ["elko", "casper"]}, "is in Elko or Casper: Smith, Ann"),
    ],
)
def test_a_choice_that_names_no_one_thing_is_refused(small, choice, said):
    with pytest.raises(KPADataError, match=said):
        chosen_scope(small, **choice)


def test_a_choice_of_offices_without_anybody_is_refused(small):
    placed = replace(small, completions=small.completions.head(1), users=small.users.head(2))
    with pytest.raises(KPADataError, match=r"^field_office: nobody is in No field office$"):
        chosen_scope(placed, field_office="No field office")


def test_a_choice_of_a_part_is_refused(small):
    part = small.part(chosen_scope(small, trainings=7))
    with pytest.raises(KPADataError, match=r"already a part of the records \(trainings: First Aid"):
        chosen_scope(part, people="a1")


def test_a_scope_says_what_was_chosen(small):
    scope = chosen_scope(small, "a2, E1", [7, "8"], None)
    assert scope.description == (
        "trainings: First Aid, advanced (7), Ladders (8); people: Smith, Ann (E2), Smith, José (E1)"
    )
    assert scope.description_without_names.endswith("people: 2 chosen")
    assert (scope.trainings, sorted(scope.people)) == ((7, 8), ["a1", "a2"])
    assert chosen_scope(small).is_all
    both = chosen_scope(small, field_office=["Elko", "No field office"])
    assert sorted(both.people) == ["a1", "a3", "ghost"]
    assert both.description == "field offices: Elko, No field office"


def test_a_scope_names_who_is_in_no_chosen_office(small):
    scope = chosen_scope(small, ["a1", "a2"], None, "Elko")
    assert scope.description == (
        "people: Smith, José (E1); field offices: Elko; "
        "chosen, but in none of these field offices: Smith, Ann (E2)"
    )
    assert scope.description_without_names.endswith("in none of these field offices: 1")
    assert list(scope.people) == ["a1"]


@pytest.fixture(scope="module")
def chosen(data) -> dict[str, object]:
    """The two people with the most completions, and two trainings."""
    busy = data.completions["m_user_id"].value_counts().sort("count", "m_user_id")["m_user_id"]
    return {"people": busy.tail(2).to_list(), "trainings": data.trainings["id"].head(2).to_list()}


@pytest.fixture(scope="module")
def part(data, chosen, tmp_path_factory):
    return kpa.export_audit(data, tmp_path_factory.mktemp("part") / "p", as_of=AS_OF, **chosen)


@pytest.mark.slow
def test_the_scope_is_printed_everywhere(data, chosen, part):
    names = {
        row["id"]: f"{row['lastname']}, {row['firstname']} ({row['employeeNumber']})"
        for row in data.users.iter_rows(named=True)
    }
    titles = dict(data.trainings.select("id", "title").iter_rows())
    expected = [names[who] for who in chosen["people"]]
    expected += [f"{titles[training]} ({training})" for training in chosen["trainings"]]
    manifest = json.loads((part / "manifest.json").read_text(encoding="utf-8"))
    summary = openpyxl.load_workbook(part / "audit.xlsx")["summary"]
    cells = " ".join(str(cell.value) for row in summary for cell in row if cell.value)
    flat = " ".join(pdf_text((part / "audit.pdf").read_bytes()).split())
    page = Page((part / "report.html").read_text(encoding="utf-8")).text
    for shown in expected:
        for where in (manifest["settings"]["only"], cells, flat, page):
            assert shown in where
    assert manifest["settings"]["scope"] == {
        "people": sorted(chosen["people"]),
        "trainings": sorted(chosen["trainings"]),
    }
    records = pl.read_parquet(part / "records.parquet")
    assert set(records["m_user_id"]) == set(chosen["people"])
    assert set(records["training_id"]) <= set(chosen["trainings"])
    assert kpa.verify_audit(part).is_empty()


@pytest.mark.slow
def test_a_pack_has_the_transcripts_and_rosters_of_what_was_chosen(data, chosen, part):
    people, trainings = (sorted((part / name).iterdir()) for name in ("transcripts", "rosters"))
    assert len(people) == len(trainings) == 2
    for key in (*chosen["people"], *chosen["trainings"]):
        (file,) = [path for path in (*people, *trainings) if path.stem.endswith(f"-{key}")]
        said = " ".join(pdf_text(file.read_bytes()).split())
        assert "covers only part of the records" in said
        assert str(key) in said
    listed = json.loads((part / "manifest.json").read_text(encoding="utf-8"))["files"]
    assert f"transcripts/{people[0].name}" in [file["path"] for file in listed]


@pytest.mark.slow
def test_a_pack_with_pseudonyms_names_nobody_in_its_scope(data, chosen, tmp_path):
    everyone = data.users.select(m_user_id="id").join(
        data.trainings.select(training_id="id"), how="cross"
    )
    pack = kpa.export_audit(
        data, tmp_path / "p", as_of=AS_OF, names=False, required=everyone, **chosen
    )
    for table in ("cases", "required"):
        rows = pl.read_csv(pack / f"{table}.csv")
        assert rows["m_user_id"].n_unique() == 2, "the requirements of other people are left out"
        assert set(rows["training_id"]) == set(chosen["trainings"])
    manifest = (pack / "manifest.json").read_text(encoding="utf-8")
    files = [path.name for path in pack.rglob("*.pdf")]
    assert len(files) == 5
    said = " ".join(pdf_text(path.read_bytes()) for path in pack.rglob("*.pdf"))
    for who in chosen["people"]:
        profile = data.users.filter(pl.col("id") == who).row(0, named=True)
        for secret in (who, profile["employeeNumber"], profile["lastname"] + ", "):
            assert secret not in manifest
            assert secret not in said
        assert not [name for name in files if profile["lastname"].lower() in name]
    assert "people: 2 chosen" in json.loads(manifest)["settings"]["only"]
    assert not re.search("Hired: |Left: ", said), "a transcript computes nothing from them"
    named = [kpa.transcript(data, who, as_of=AS_OF).html for who in chosen["people"]]
    assert any("Hired: " in page for page in named)


@pytest.mark.slow
def test_the_whole_company_has_no_transcripts(pack):
    assert not (pack / "transcripts").exists()
    assert (
        "only" not in json.loads((pack / "manifest.json").read_text(encoding="utf-8"))["settings"]
    )


@pytest.mark.slow
def test_a_name_that_is_hostile_becomes_a_file_name(hostile, tmp_path):
    pack = kpa.export_audit(hostile, tmp_path / "p", as_of=AS_OF, trainings=[1, 9, 17])
    names = sorted(path.name for path in (pack / "rosters").iterdir())
    assert len(names) == 3
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.") for name in names)
