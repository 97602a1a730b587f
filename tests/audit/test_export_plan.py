"""A plan as files: a workbook and a calendar that other programs read as meant."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import icalendar
import openpyxl
import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.audit.calendar_events import events_of
from kpa_analytics.audit.plan_calendar import plan_calendar
from kpa_analytics.audit.plan_workbook import plan_workbook
from kpa_analytics.errors import KPADataError
from kpa_analytics.report_text import DEMO_MARK
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
    for other in (some_plan(demo=True), replace(some_plan(), account="north")):
        assert not {str(event["uid"]) for event in events(other)} & {*ids}


def test_a_plan_of_the_same_day_replaces_what_changed_and_cancels_what_is_gone(
    tmp_path: Path,
) -> None:
    plan = some_plan()
    fuller = plan.sessions.with_columns(
        filled=pl.when(pl.col("session") == 1).then(2).otherwise("filled")
    )
    changed = replace(plan, sessions=fuller.filter(pl.col("session") != 2))

    def after(plan: kpa.SessionPlan, earlier: bytes) -> bytes:
        return plan_calendar(plan, events_of(earlier, tmp_path, ""))

    def facts(calendar: bytes) -> dict[str, tuple[int, str, str]]:
        return {
            str(event["uid"]): (event["sequence"], event.get("status"), str(event["summary"])[:9])
            for event in icalendar.Calendar.from_ical(calendar).walk("VEVENT")
        }

    first = plan_calendar(plan)
    assert after(plan, first) == first
    second = after(changed, first)
    (full, gone, same), new = facts(first), facts(second)
    day = facts(first)[full][0]
    assert new[full] == (day + 1, None, "=HYPERLIN")
    assert new[same] == facts(first)[same]
    assert new[gone] == (day + 1, "CANCELLED", "No longer")
    assert after(changed, second) == second
    third = facts(after(plan, second))
    assert third[full][:2] == third[gone][:2] == (day + 2, None)
    assert third[same][0] == day
    past = facts(
        plan_calendar(replace(changed, as_of=WEEK + timedelta(1)), events_of(first, tmp_path, ""))
    )
    assert gone not in past


@pytest.mark.parametrize(("days_later", "cancelled"), [(0, 1), (1, 0)])
def test_a_session_of_today_is_cancelled_and_one_of_yesterday_is_over(
    days_later: int, cancelled: int, tmp_path: Path
) -> None:
    first = some_plan()
    earlier = events_of(
        plan_calendar(replace(first, sessions=first.sessions.head(1))), tmp_path, ""
    )
    today = WEEK + timedelta(days=days_later)
    later = replace(some_plan(as_of=today), sessions=first.sessions.clear())
    assert plan_calendar(later, earlier).count(b"STATUS:CANCELLED") == cancelled


def test_the_earlier_plan_is_in_a_folder(tmp_path: Path) -> None:
    with pytest.raises(KPADataError, match=r"previous: .*earlier has no plan: it has no plan\.ics"):
        kpa.export_plan(some_plan(), tmp_path / "plan", previous=tmp_path / "earlier")
    (tmp_path / "plan.ics").write_text("BEGIN:VEVENT", encoding="utf-8")
    with pytest.raises(KPADataError, match=r"plan\.ics is not a calendar of an earlier run"):
        kpa.export_plan(some_plan(), tmp_path / "plan", previous=tmp_path)
    for account, demo, was in (("north", False, "north"), (None, True, "demo data")):
        other = plan_calendar(replace(some_plan(demo=demo), account=account))
        (tmp_path / "plan.ics").write_bytes(other)
        with pytest.raises(KPADataError, match=f"is a calendar of {was}, not of the account of"):
            kpa.export_plan(some_plan(), tmp_path / "plan", previous=tmp_path)
    assert not (tmp_path / "plan").exists()


def test_an_earlier_plan_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    (tmp_path / "plan.ics").touch()
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(KPADataError, match=r"plan\.ics can't be read: Permission denied"):
        kpa.export_plan(some_plan(), tmp_path / "plan", previous=tmp_path)


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
    for name, ids in (("sessions", "CEH"), ("people", "CE"), ("unplaced", "AC")):
        columns = book[name].column_dimensions
        hidden = {letter for letter in columns if columns[letter].hidden}
        assert {*ids} <= hidden, (name, hidden)
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
    third = kpa.export_plan(
        replace(plan, sessions=plan.sessions[:0]), tmp_path / "3", previous=first
    )
    assert (third / "plan.ics").read_bytes().count(b"STATUS:CANCELLED") == 3
    assert all(DEMO_MARK in str(event["description"]) for event in events(plan))
    book = openpyxl.load_workbook(first / "plan.xlsx")
    for name in ("sessions", "people", "unplaced"):
        assert book[name]["A2"].value == DEMO_MARK
    calendar = (first / "plan.ics").read_text(encoding="utf-8")
    assert f"X-WR-CALNAME:{DEMO_MARK}" in calendar
    assert not re.search(r"UID:.*(p1|Moe)", calendar)


def test_bad_input_is_named(tmp_path: Path) -> None:
    with pytest.raises(KPADataError, match=r"plan must be the result of plan_sessions\(\), not"):
        kpa.export_plan(some_plan().sessions, tmp_path / "plan")  # type: ignore[arg-type]
    (tmp_path / "note.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(KPADataError, match="is not empty"):
        kpa.export_plan(some_plan(), tmp_path)
