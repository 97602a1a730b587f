"""A pack says what changed since an earlier pack, and when nothing is compared."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.audit.since_earlier_pack import EarlierPack, changes_since, refuse_incomparable
from kpa_analytics.demo import Records
from kpa_analytics.demo.sources import COMPLETIONS, EMPLOYEE_STATUS, TRAININGS, USERS
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import CASES, PEOPLE, RECORDS
from tests.audit.packs import Page, completion, load, pdf_text, person, training, user
from tests.drawn_once import left_blank
from tests.frames import frame_of

OLD, NEW = "2026-03-31", "2026-06-30"
DAY = 86_400_000
#: Moments of local midnights in the central United States.
HIRED, LEFT = 20_573 * DAY + 18_000_000, 20_579 * DAY + 18_000_000

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("only_its_page")]


def status_of(number: int, *required: int) -> dict[str, object]:
    return {
        "m_user_id": person(number),
        "status": "incomplete",
        "percent_complete": 50,
        "incomplete_training_ids": list(required),
        "complete_training_ids": [],
        "last_completed": [],
    }


def real(data):
    """The same records, as if they came from a real account."""
    snapshots = {name: replace(kept, demo=False) for name, kept in data.snapshots.items()}
    return replace(data, snapshots=snapshots)


def company() -> Records:
    return Records(
        {
            USERS: [user(number, "Ann", f"Moe{number}") for number in range(1, 6)],
            TRAININGS: [training(1, "Ladders"), training(2, "First Aid")],
            EMPLOYEE_STATUS: [status_of(number) for number in range(1, 6)],
            COMPLETIONS: [
                completion(1, 1, person(1), 20250501),
                completion(2, 1, person(2), 20250601, m_instructor_id=person(4)),
                completion(3, 1, person(3), 20260101),
                completion(4, 1, person(4), 20260101),
                completion(5, 2, person(5), 20260101),
                completion(6, 2, person(3), 20260102),
            ],
        }
    )


@pytest.fixture(scope="module")
def loads(tmp_path_factory):
    """The account at the first audit and at the second."""
    folder = tmp_path_factory.mktemp("account")
    source = company()
    with kpa.demo.serve(source) as api:
        old = load(folder, api)
        source.add_completions(completion(7, 1, person(2), 20260505, m_instructor_id=person(6)))
        source.add_completions(completion(8, 2, person(1), 20260506))
        source.edit_completion(3, notes="in person")
        source.remove_completions(6)
        records = source.records
        records[USERS].append(user(6, "New", "Comer", hireDate=HIRED))
        records[USERS][3]["terminationDate"] = LEFT
        records[EMPLOYEE_STATUS][4] = status_of(5, 1)
        return real(old), real(load(folder, api, refresh=True))


@pytest.fixture(scope="module")
def packs(loads, tmp_path_factory):
    folder = tmp_path_factory.mktemp("packs")
    with left_blank():
        old = kpa.export_audit(loads[0], folder / "old", as_of=OLD)
        return old, kpa.export_audit(loads[1], folder / "new", as_of=NEW, since=old)


def rows_of(pack) -> list[dict[str, str]]:
    with (pack / "since.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def change_counts(pack) -> dict[str, int]:
    settings = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))["settings"]
    return {kind: count for kind, count in settings["since"]["changes"].items() if count}


def page_of(pack) -> str:
    return Page((pack / "report.html").read_text(encoding="utf-8")).text


def test_every_kind_of_change_is_told(packs):
    rows = rows_of(packs[1])
    cases = {
        (row["change"], row["user"], row["training"], row["day"], row["before"], row["after"])
        for row in rows
        if not row["change"].startswith("record")
    }
    assert cases == {
        ("newly_expired", "Moe1, Ann", "Ladders", "2026-05-01", "current", "expired"),
        ("newly_missing", "Moe5, Ann", "Ladders", "", "", "missing"),
        ("renewed", "Moe2, Ann", "Ladders", "2026-05-05", "current", "current"),
        ("first_completed", "Moe1, Ann", "First Aid", "2026-05-06", "", "current"),
        ("other_status", "Moe3, Ann", "First Aid", "", "current", ""),
        ("joined", "Comer, New", "", "2026-04-30", "", ""),
        ("left", "Moe4, Ann", "", "2026-05-06", "", ""),
    }
    records = {
        (row["change"], row["record_id"], row["field"], row["before"], row["after"])
        for row in rows
        if row["change"].startswith("record")
    }
    assert records == {
        ("record_added", "7", "", "", ""),
        ("record_added", "8", "", "", ""),
        ("record_edited", "3", "notes", "", "in person"),
        ("record_removed", "6", "", "", ""),
    }
    numbers = {row["user"]: row["employeeNumber"] for row in rows}
    assert (numbers["Moe1, Ann"], numbers["Moe4, Ann"]) == ("EMP-00001", "EMP-00004")
    assert numbers["Comer, New"] == "EMP-00006"
    assert change_counts(packs[1]) == {
        **dict.fromkeys(("newly_expired", "newly_missing", "renewed", "first_completed"), 1),
        **dict.fromkeys(("other_status", "joined", "left"), 1),
        **{"record_edited": 1, "record_removed": 1, "record_added": 2},
    }


def test_the_report_says_it_everywhere(packs):
    old = json.loads((packs[0] / "manifest.json").read_text(encoding="utf-8"))
    flat = " ".join(pdf_text((packs[1] / "audit.pdf").read_bytes()).split())
    sheets = openpyxl.load_workbook(packs[1] / "audit.xlsx")
    assert sheets["since"].max_row == len(rows_of(packs[1])) + 1
    for said in (
        "Since the pack as of 31 Mar 2026",
        "1 case newly expired, 1 case newly missing, 1 case renewed",
        "1 other change of status. People and records: 1 person joined, 1 person left, 1 field of",
    ):
        assert said in page_of(packs[1])
        assert said in flat
    assert old["seal"] in page_of(packs[1])
    assert kpa.verify_audit(packs[1]).is_empty()


def test_no_change_is_told_apart_from_nothing_to_compare(loads, packs, tmp_path):
    same = kpa.export_audit(loads[0], tmp_path / "same", as_of=OLD, since=packs[0])
    assert change_counts(same) == {}
    assert rows_of(same) == []
    assert "Since the pack as of 31 Mar 2026 (seal" in page_of(same)
    assert "no status changed, nobody renewed a training" in page_of(same)
    assert "nothing to compare: this pack was made without an earlier pack" in page_of(packs[0])
    assert not (packs[0] / "since.csv").exists()
    empty = replace(loads[0], completions=loads[0].completions.clear(), snapshots={})
    nobody = kpa.export_audit(empty, tmp_path / "no", as_of=OLD)
    new = kpa.export_audit(loads[0], tmp_path / "new", as_of=OLD, since=nobody)
    assert "the earlier pack, as of 31 Mar 2026, has no case and no record" in page_of(new)
    assert "no status changed" not in page_of(new)


def test_a_removed_record_of_a_training_without_cases_has_its_title(loads, packs, tmp_path):
    ladders = loads[0].completions.filter(training_id=1)
    left = replace(loads[0], completions=ladders, snapshots={})
    new = kpa.export_audit(left, tmp_path / "new", as_of=OLD, since=packs[0])
    removed = [row for row in rows_of(new) if row["change"] == "record_removed"]
    assert [(row["record_id"], row["training"]) for row in removed] == [
        ("6", "First Aid"),
        ("5", "First Aid"),
    ]


@pytest.mark.parametrize("way", ["changed", "missing", "added", "manifest"])
def test_a_pack_that_does_not_verify_is_refused(loads, packs, tmp_path, way):
    old = shutil.copytree(packs[0], tmp_path / "old")
    if way == "changed":
        (old / "records.csv").write_text("id")
    elif way == "missing":
        (old / "records.csv").unlink()
    elif way == "added":
        (old / "records.csv.bak").write_text("id")
    else:
        (old / "manifest.json").write_text("{}")
    named = "manifest.json" if way == "manifest" else "records.csv"
    with pytest.raises(KPADataError, match=named):
        kpa.export_audit(loads[1], tmp_path / "new", as_of=NEW, since=old)
    assert not (tmp_path / "new").exists()


def test_an_earlier_pack_of_changed_records_is_named(loads, packs, tmp_path):
    changed = replace(
        loads[0], completions=loads[0].completions.with_columns(notes=pl.lit("was there"))
    )
    old = kpa.export_audit(changed, tmp_path / "old", as_of=OLD)
    new = kpa.export_audit(loads[1], tmp_path / "new", as_of=NEW, since=old)
    said = "The records of the earlier pack were changed between their download and that pack"
    assert said in page_of(new)
    assert said not in page_of(packs[1])


def test_litter_does_not_stop_it(loads, packs, tmp_path):
    old = shutil.copytree(packs[0], tmp_path / "old")
    (old / "desktop.ini").write_text("x")
    new = kpa.export_audit(loads[1], tmp_path / "new", as_of=NEW, since=old)
    assert rows_of(new) == rows_of(packs[1])


def test_a_bag_is_an_earlier_pack_too(loads, packs, tmp_path):
    old = kpa.export_audit(loads[0], tmp_path / "old", as_of=OLD, bagit=True)
    new = kpa.export_audit(loads[1], tmp_path / "new", as_of=NEW, since=old)
    assert rows_of(new) == rows_of(packs[1])


def test_what_cannot_be_compared_is_refused(loads, packs, data, pack, tmp_path):
    def refused(records, said, since, **settings):
        with pytest.raises(KPADataError, match=said):
            kpa.export_audit(
                records, tmp_path / "new", **{"as_of": NEW, "since": since, **settings}
            )
        assert not (tmp_path / "new").exists()

    strangers = Records(
        {USERS: [user(77, "Else", "One")], COMPLETIONS: [completion(1, 1, person(77), 20260101)]}
    )
    with kpa.demo.serve(strangers) as api:
        other = real(load(tmp_path / "other", api))
    refused(other, "another account: none of its people", packs[0])
    moved = loads[1].completions.with_columns(pl.col("created").dt.offset_by("1d"))
    refused(replace(loads[1], completions=moved), "another account: its records", packs[0])
    snapshots = {
        name: replace(kept, host="api.example.com") for name, kept in loads[1].snapshots.items()
    }
    refused(replace(loads[1], snapshots=snapshots), "another account: .*api.example.com", packs[0])
    facts = {"demo": False, "settings": {}, "account": "south"}
    with pytest.raises(
        KPADataError, match="belongs to another account, north; these records belong to south"
    ):
        refuse_incomparable(packs[0], {**facts, "account": "north"}, facts)
    refused(data, "real data and this pack has invented data", packs[0])
    refused(loads[1], "invented data and this pack has real data", pack)
    refused(loads[1], "names and this pack has pseudonyms", packs[0], names=False)
    refused(loads[1], "covers other records", packs[0], people=person(1))
    refused(loads[1], "is after 31 Jan 2026", packs[0], as_of=date(2026, 1, 31))
    refused(loads[1], "nowhere is not a folder", tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    refused(loads[1], "empty", tmp_path / "empty")


@pytest.mark.parametrize("change", ["joined", "left"])
def test_records_of_nobody_belong_to_no_other_account(change):
    facts = {"demo": False, "hosts": [], "as_of": "2026-01-31", "settings": {}}
    ann = frame_of(PEOPLE, {"m_user_id": "ann", "user": "Moe, Ann", "employed": True})
    before, after = (PEOPLE.empty(), ann) if change == "joined" else (ann, PEOPLE.empty())
    old = EarlierPack(Path("old"), facts, CASES.empty(), before, RECORDS.empty())
    since = changes_since(old, facts, CASES.empty(), after, RECORDS.empty())
    assert since.rows.select("change", "m_user_id").rows() == [(change, "ann")]


def test_two_packs_of_one_part_are_compared(loads, tmp_path):
    """Its instructors are in the pack, but who of them joined or left is not its subject."""
    old = kpa.export_audit(loads[0], tmp_path / "old", as_of=OLD, people=person(2))
    new = kpa.export_audit(loads[1], tmp_path / "new", as_of=NEW, people=person(2), since=old)
    assert change_counts(new) == {"renewed": 1, "record_added": 1}


def test_packs_with_pseudonyms_are_compared(loads, packs, tmp_path):
    old = kpa.export_audit(loads[0], tmp_path / "old", as_of=OLD, names=False)
    new = kpa.export_audit(loads[1], tmp_path / "new", as_of=NEW, names=False, since=old)
    hidden = {"record_edited": 0}  # notes are left out
    assert change_counts(new) | hidden == change_counts(packs[1]) | hidden
    assert "Moe" not in (new / "since.csv").read_text(encoding="utf-8-sig")


def test_a_new_employee_whose_window_opens_has_not_completed_it():
    """The case was not due, and is now expiring, without a completion."""
    person_of = {"m_user_id": "ann", "user": "Ann", "employed": True}
    people = frame_of(PEOPLE, person_of)
    records = frame_of(RECORDS)
    facts = {"settings": {}, "hosts": [], "as_of": NEW}
    case = {"m_user_id": "ann", "user": "Ann", "training_id": 7, "training": "Ladders"}
    before, after = (frame_of(CASES, {**case, "status": kind}) for kind in ("not_due", "expiring"))
    old = EarlierPack(Path("old"), {**facts, "as_of": OLD}, before, people, records)
    rows = changes_since(old, facts, after, people, records).rows
    assert rows.select("change", "before", "after").rows() == [
        ("other_status", "not_due", "expiring")
    ]
