"""An evidence pack and an earlier one: other parts, other requirements, moves and corrections."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

import kpa_analytics as kpa
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import COMPLETIONS, EMPLOYEE_STATUS, GROUPS, TRAININGS, USERS
from tests.audit.packs import Page
from tests.frames import frame_of

OLD, NEW = "2026-03-31", "2026-06-30"
MADE = datetime(2026, 1, 2, 12, tzinfo=UTC)

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("only_its_page")]


def done(number: int, person: str, day: str = "2026-01-01", **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "m_user_id": person,
        "training_id": 1,
        "date": date.fromisoformat(day),
        "created": MADE,
        **fields,
    }


def records(
    completions: list[dict[str, Any]],
    people: list[dict[str, Any]],
    required: dict[str, list[int]] | None = None,
    title: str = "Ladders",
    months: int = 12,
) -> kpa.TrainingData:
    """Trainings 1 and 2 of people, and the field offices North (o1) and South (o2)."""
    needs = [
        {"m_user_id": person, "incomplete_training_ids": ids, "complete_training_ids": []}
        for person, ids in (required or {}).items()
    ]
    rolling = {"schedule_type": "rolling", "renewal_months": months}
    offices = [
        {"kind": "field_office", "id": key, "name": name}
        for key, name in (("o1", "North"), ("o2", "South"))
    ]
    return kpa.TrainingData(
        completions=frame_of(COMPLETIONS, *completions),
        trainings=frame_of(
            TRAININGS, {"id": 1, "title": title, **rolling}, {"id": 2, "title": "Aid", **rolling}
        ),
        users=frame_of(USERS, *people),
        employee_status=frame_of(EMPLOYEE_STATUS, *needs),
        groups=frame_of(GROUPS, *offices),
    )


def user(person: str, office: str = "o1", **fields: Any) -> dict[str, Any]:
    return {"id": person, "lastname": person.title(), "fieldOffice_id": [office], **fields}


class Packs:
    """Two packs of one account, the second compared with the first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def compare(
        self,
        before: kpa.TrainingData,
        after: kpa.TrainingData,
        days: tuple[str, str] = (OLD, NEW),
        both: tuple[dict[str, Any], dict[str, Any]] = ({}, {}),
        **choices: Any,
    ) -> dict[str, int | None]:
        """The number of changes of each kind, without zeros; `said` has the report's text."""
        old = kpa.export_audit(before, self.folder / "old", as_of=days[0], **{**choices, **both[0]})
        new = kpa.export_audit(
            after, self.folder / "new", as_of=days[1], since=old, **{**choices, **both[1]}
        )
        text = Page((new / "report.html").read_text(encoding="utf-8")).text
        self.said = " ".join(text.split())
        with (new / "since.csv").open(encoding="utf-8-sig", newline="") as file:
            self.rows = list(csv.DictReader(file))
        manifest = json.loads((new / "manifest.json").read_text(encoding="utf-8"))
        changes = manifest["settings"]["since"]["changes"]
        return {kind: number for kind, number in changes.items() if number != 0}


@pytest.fixture
def packs(tmp_path: Path) -> Packs:
    return Packs(tmp_path)


BOTH = [done(1, "ann", m_instructor_id="ivy"), done(2, "bob", m_instructor_id="ivy")]
PEOPLE = [user("ann"), user("bob"), user("ivy")]


def test_a_completion_that_names_nobody_is_compared_as_the_others_are(packs: Packs) -> None:
    nobody = {**done(3, "ann", "2025-05-01"), "m_user_id": None}
    before = records([*BOTH, nobody], PEOPLE)
    assert packs.compare(before, before) == {"newly_expired": 1}
    (row,) = packs.rows
    assert (row["m_user_id"], row["training"], row["after"]) == ("", "Ladders", "expired")


@pytest.mark.parametrize("names", [True, False])
def test_packs_of_other_people_are_refused(packs: Packs, names: bool) -> None:
    data = records(BOTH, PEOPLE)
    with pytest.raises(KPADataError, match="covers other records"):
        packs.compare(data, data, both=({"people": ["ann"]}, {"people": ["bob"]}), names=names)


@pytest.mark.parametrize("scope", [{"trainings": [1]}, {"people": "ann"}, {"field_office": "o1"}])
def test_another_name_is_the_same_part(packs: Packs, scope: dict[str, Any]) -> None:
    before, after = records(BOTH, PEOPLE), records(BOTH, PEOPLE, title="Ladders II")
    renamed = [{**person, "lastname": f"New {person['id']}"} for person in PEOPLE]
    offices = after.groups.with_columns(name="name" + after.groups["name"])
    after = kpa.TrainingData(
        completions=after.completions,
        trainings=after.trainings,
        users=frame_of(USERS, *renamed),
        groups=offices,
    )
    assert packs.compare(before, after, days=(OLD, OLD), **scope) == {}


def test_other_trainings_are_another_part(packs: Packs) -> None:
    data = records(BOTH, PEOPLE)
    with pytest.raises(KPADataError, match="covers other records"):
        packs.compare(data, data, both=({"trainings": [1]}, {"trainings": [2]}))
    (packs.folder / "old").rename(packs.folder / "before")
    with pytest.raises(KPADataError, match="covers other records"):
        packs.compare(data, data, both=({"field_office": "o1"}, {}))


@pytest.mark.parametrize("out", [True, False])
def test_a_transfer_neither_adds_nor_removes_a_record(packs: Packs, out: bool) -> None:
    there = records(BOTH, [user("ann"), user("bob", hireDate=MADE), user("ivy")])
    away = records(BOTH, [user("ann"), user("bob", "o2", hireDate=MADE), user("ivy")])
    before, after = (there, away) if out else (away, there)
    kind = "moved_out" if out else "moved_in"
    assert packs.compare(before, after, field_office="North") == {kind: 1}
    assert f"1 person moved {'out of' if out else 'into'} this part" in packs.said
    assert [row["m_user_id"] for row in packs.rows] == ["bob"]


def test_a_deleted_record_of_a_part_is_removed(packs: Packs) -> None:
    before, after = records(BOTH, PEOPLE), records(BOTH[:1], PEOPLE)
    changes = packs.compare(before, after, days=(OLD, OLD), field_office="North")
    assert changes == {"other_status": 1, "record_removed": 1}
    assert " moved " not in packs.said


def test_an_edited_record_of_a_part_is_listed(packs: Packs) -> None:
    before, after = records(BOTH, PEOPLE), records([{**BOTH[0], "notes": "x"}, BOTH[1]], PEOPLE)
    assert packs.compare(before, after, field_office="North") == {"record_edited": 1}


def test_who_comes_back_has_completed_nothing_for_the_first_time(packs: Packs) -> None:
    came = datetime(2026, 5, 1, 12, tzinfo=UTC)
    went = datetime(2026, 2, 1, 12, tzinfo=UTC)
    data = records(BOTH, [user("ann"), user("bob", hireDate=came, terminationDate=went)])
    assert packs.compare(data, data) == {"other_status": 1, "joined": 1}


def test_a_record_that_was_entered_late_is_a_first_completion(packs: Packs) -> None:
    before, after = records(BOTH[:1], PEOPLE), records(BOTH, PEOPLE)
    assert packs.compare(before, after) == {"first_completed": 1, "record_added": 1}


def test_a_corrected_date_renews_nothing(packs: Packs) -> None:
    before = records([done(1, "ann")], PEOPLE)
    after = records([done(1, "ann", "2026-02-01")], PEOPLE)
    assert packs.compare(before, after) == {"record_edited": 1}


def test_the_sentence_of_no_change_claims_only_what_was_compared(packs: Packs) -> None:
    before, after = records(BOTH, PEOPLE), records(BOTH, PEOPLE, months=36)
    assert packs.compare(before, after) == {}
    assert "no status changed, nobody renewed a training" in packs.said
    assert "Nothing changed" not in packs.said


@pytest.mark.parametrize("known_then", [True, False])
def test_requirements_of_one_pack_alone_make_nothing_missing(
    packs: Packs, known_then: bool
) -> None:
    known, unknown = records(BOTH, PEOPLE, {"bob": [1, 2]}), records(BOTH, PEOPLE)
    before, after = (known, unknown) if known_then else (unknown, known)
    assert packs.compare(before, after) == {}
    which = "this pack" if known_then else "the earlier pack"
    assert f"No requirements were provided for {which}, so" in packs.said


def test_other_expiring_days_are_said(packs: Packs) -> None:
    data = records([done(1, "ann", "2025-06-01")], PEOPLE)
    changes = packs.compare(
        data, data, days=(OLD, OLD), both=({"expiring_days": 30}, {"expiring_days": 90})
    )
    assert changes == {"other_status": 1}
    assert "counted 30 days before expiration as expiring soon, and this pack counts 90 days" in (
        packs.said
    )


def test_a_repeated_id_does_not_stop_a_pack(packs: Packs) -> None:
    before = records([done(1, "ann"), done(1, "bob")], PEOPLE)
    after = records([done(1, "ann"), done(1, "bob"), done(2, "ann", "2026-05-01")], PEOPLE)
    assert packs.compare(before, after) == {
        "renewed": 1,
        **dict.fromkeys(("record_edited", "record_removed", "record_added")),
    }
    assert (
        "The records were not compared, because some of their ids are missing or repeated."
        in packs.said
    )
    assert "records added" not in packs.said
