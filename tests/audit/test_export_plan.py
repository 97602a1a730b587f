"""A plan as files: a workbook and a calendar that other programs read as meant."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import icalendar
import openpyxl
import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.audit.plan_calendar import plan_calendar
from kpa_analytics.audit.plan_workbook import plan_workbook
from kpa_analytics.demo_mark import DEMO_MARK
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import LAST_INSTRUCTORS, PLANNED_PEOPLE, PLANNED_SESSIONS, UNPLACED

HOSTILE = '=HYPERLINK("http://x","y")\r\nBEGIN:VALARM'
WEEK = date(2026, 7, 6)


def some_plan(*, as_of: date = date(2026, 6, 30), demo: bool = False) -> kpa.SessionPlan:
    sessions = [
        {
            **{"session": number, "week": WEEK + timedelta(weeks=week), "training_id": 7},
            **{"training": HOSTILE, "seats": 12, "filled": 1, "m_instructor_id": "ike"},
            **{"instructor": "Moe, Ike", "cost": 500.0, "reason": "1 person is due, the first on"},
        }
        for number, week in enumerate((0, 0, 1), 1)
    ]
    people = [
        {
            **{"session": number, "week": WEEK, "m_user_id": f"p{number}", "user": f"+1,{number}"},
            **{"training_id": 7, "training": HOSTILE, "due": WEEK, "reason": "missing; and so on"},
        }
        for number in (1, 2, 3)
    ]
    return kpa.SessionPlan(
        as_of=as_of,
        first_week=WEEK,
        weeks=2,
        sessions=pl.DataFrame(sessions, schema=PLANNED_SESSIONS.schema),
        people=pl.DataFrame(people, schema=PLANNED_PEOPLE.schema),
        unplaced=pl.DataFrame(
            [{"m_user_id": "q", "user": "Q", "reason": "no eligible instructor"}],
            schema=UNPLACED.schema,
        ),
        last_instructors=pl.DataFrame(
            [(7, "Ladders", WEEK, "Moe, Ike")], LAST_INSTRUCTORS.schema, orient="row"
        ),
        demo=demo,
    )


def events(plan: kpa.SessionPlan) -> list[icalendar.Event]:
    return icalendar.Calendar.from_ical(plan_calendar(plan)).walk("VEVENT")


def test_an_event_for_each_session_on_its_monday_without_an_alarm() -> None:
    plan = some_plan()
    days = [(event.decoded("dtstart"), event.decoded("dtend")) for event in events(plan)]
    assert days == [(week, week + timedelta(days=1)) for week in plan.sessions["week"]]
    assert b"\nBEGIN:VALARM" not in plan_calendar(plan)
    first = events(plan)[0]
    assert str(first["summary"]) == '=HYPERLINK("http://x","y") BEGIN:VALARM: 1 of 12 places'
    assert "Instructor: Moe, Ike" in str(first["description"])
    assert str(first["description"]).endswith("People:\n+1,1")


def test_a_later_plan_updates_the_events_and_doubles_none() -> None:
    first, later = events(some_plan()), events(some_plan(as_of=date(2026, 7, 2)))
    ids = [str(event["uid"]) for event in first]
    assert len({*ids}) == 3
    assert ids == [str(event["uid"]) for event in later]
    assert all(new["sequence"] > old["sequence"] for old, new in zip(first, later, strict=True))
    of_demo = {str(event["uid"]) for event in events(some_plan(demo=True))}
    assert not of_demo & {*ids}


def test_the_workbook_has_every_row_and_no_formula(tmp_path: Path) -> None:
    plan = some_plan()
    file = tmp_path / "plan.xlsx"
    file.write_bytes(plan_workbook(plan))
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["sessions", "people", "unplaced", "about"]
    for name in book.sheetnames[:3]:
        frame = getattr(plan, name)
        cells = [*book[name].iter_rows()]
        assert [cell.value for cell in cells[0]] == frame.columns
        assert len(cells) == frame.height + 1
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    assert book["sessions"]["B2"].value.date() == WEEK
    about = {row[0].value: row[1].value for row in book["about"].iter_rows()}
    assert about["Result"] == plan.summary
    assert about["Last instructors"] == plan.warnings[0]
    assert about["unplaced: reason"].startswith("why there is no place")


@pytest.mark.slow
def test_the_same_plan_gives_the_same_files_and_demo_data_is_marked(tmp_path: Path) -> None:
    plan = some_plan(demo=True)
    first, second = (kpa.export_plan(plan, tmp_path / name) for name in ("first", "second"))
    for file in first.iterdir():
        assert file.read_bytes() == (second / file.name).read_bytes()
    assert all(DEMO_MARK in str(event["description"]) for event in events(plan))
    book = openpyxl.load_workbook(first / "plan.xlsx")
    for name in ("sessions", "people", "unplaced"):
        assert book[name]["A2"].value == DEMO_MARK
    calendar = (first / "plan.ics").read_text(encoding="utf-8")
    assert not re.search(r"UID:.*(p1|Moe)", calendar)


def test_bad_input_is_named(tmp_path: Path) -> None:
    with pytest.raises(KPADataError, match=r"plan must be the result of plan_sessions\(\), not"):
        kpa.export_plan(some_plan().sessions, tmp_path / "plan")  # type: ignore[arg-type]
    (tmp_path / "note.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(KPADataError, match="is not empty"):
        kpa.export_plan(some_plan(), tmp_path)
