"""The headline, recounted in plain Python; the warning of a look back; and the cover."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import openpyxl
import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.analysis.due_within import due_note
from kpa_analytics.audit.cover import cover, warning
from kpa_analytics.audit.evidence import gather
from kpa_analytics.audit.headline import headline
from kpa_analytics.audit.manifest import read_manifest
from kpa_analytics.audit.report import report
from kpa_analytics.audit.supervisors.supervisor_text import MEANINGS
from kpa_analytics.data.account import account_name
from kpa_analytics.glossary import plain_meaning
from kpa_analytics.report_text import GLOSSARY, STATUS_NOTES
from kpa_analytics.schema import COMPLETIONS, EXPIRY_STATUS, TRAININGS
from kpa_analytics.statuses import EXPIRING, STATUS_LABELS
from tests.analysis.rule_cases import pairs
from tests.audit.pack_reader import rows
from tests.audit.packs import AS_OF, completion, load, person, settings, sheet_rows
from tests.audit.test_cases import page_text, paper, records
from tests.frames import frame_of
from tests.hard.canned import canned
from tests.publishing.small import small

GOOD = ("current", "expiring")


@pytest.fixture(scope="module")
def recounted(pack, data) -> dict[str, int]:
    """The numbers of the headline, from the sheet of statuses and the vendor's lists."""
    cases = sheet_rows(pack, "status")
    composed = {
        row["id"] for row in data.trainings.iter_rows(named=True) if row["included_trainings_id"]
    }
    required = {
        (row["m_user_id"], training)
        for row in data.employee_status.iter_rows(named=True)
        for name in ("incomplete_training_ids", "complete_training_ids")
        for training in row[name] or []
    }
    due = [case for case in cases if case["status"] != "not_due"]
    single = [
        case
        for case in due
        if case["training_id"] not in composed
        and (case["m_user_id"], case["training_id"]) in required
    ]
    whole = [case for case in due if case["training_id"] in composed]
    people = {case["m_user_id"] for case in cases}
    behind = {case["m_user_id"] for case in cases if case["status"] not in (*GOOD, "not_due")}
    soon = [
        case
        for case in cases
        if case["status"] in GOOD and case["days_left"] is not None and case["days_left"] <= 30
    ]
    return {
        "required_cases": len(single),
        "required_in_order": sum(case["status"] in GOOD for case in single),
        "composed_cases": len(whole),
        "composed_in_order": sum(case["status"] in GOOD for case in whole),
        "gaps": sum(case["status"] in ("expired", "missing") for case in cases),
        "people": len(people),
        "people_in_order": len(people - behind),
        "in_30_days": len(soon),
        "expired_composed": sum(case["status"] == "expired" for case in whole),
    }


@pytest.mark.slow
def test_the_headline_is_recounted(pack, recounted):
    required, in_order = recounted["required_cases"], recounted["required_in_order"]
    composed = recounted["composed_cases"] - recounted["composed_in_order"]
    others = recounted["gaps"] - (required - in_order) - composed
    people, fine = recounted["people"], recounted["people_in_order"]
    assert 0 < fine < people
    assert 0 < recounted["composed_in_order"] < recounted["composed_cases"]
    tenths = 1000 * in_order // required
    said = [
        f"In order, required {tenths // 10}.{tenths % 10}% current or expiring soon, of "
        f"{required:,} required cases, without composed trainings",
        f"{required:,} cases are required, not counting those of composed trainings and those "
        f"that are not due yet; {in_order:,} are in order.",
        f"Of these, {recounted['gaps']:,} cases are expired or missing (of composed trainings, "
        f"required or not: {composed:,}; of other trainings, required: {required - in_order:,}, "
        f"not required: {others:,}).",
        f"People in order {fine:,} of {people:,}",
        f"Of {people:,} people, {fine:,} have no expired or missing case.",
        f"Due within 30 days {recounted['in_30_days']:,} ",
        f"in order: {recounted['composed_in_order']:,} of {recounted['composed_cases']:,}",
        "renew or complete soon",
        f"past their last valid day; {recounted['expired_composed']:,} of them in composed "
        "trainings",
    ]
    page, printed = page_text(pack), paper(pack)
    for sentence in said:
        assert sentence in page
        assert sentence in printed


def test_cases_that_are_not_due_yet_are_left_out_but_not_their_people():
    cases = [("ann", 7, "not_due"), ("ann", 9, "not_due"), ("bob", 7, "current")]
    columns = ("m_user_id", "training_id", "status")
    status = frame_of(EXPIRY_STATUS, *(dict(zip(columns, case, strict=True)) for case in cases))
    assert headline(status, pl.Series([9]), None).counts == {
        "required_cases": 1,
        "required_in_order": 1,
        "composed_cases": 0,
        "composed_in_order": 0,
        "people_in_order": 2,
    }


@pytest.mark.parametrize(("required", "in_order"), [(None, 2), (pairs(("bob", 7)), 1)])
def test_without_requirements_only_who_has_an_expired_case_is_not_in_order(required, in_order):
    """A record without a date then counts as missing; the sentence speaks of expired cases."""
    rows = [("ann", "expired"), ("bob", "missing"), ("cat", "current")]
    named = [dict(zip(("m_user_id", "status"), row, strict=True)) for row in rows]
    status = frame_of(EXPIRY_STATUS, *({"training_id": 7, **row} for row in named))
    assert headline(status, pl.Series([], dtype=pl.Int64), required).people_in_order == in_order


@pytest.mark.slow
def test_the_manifest_has_the_headline(pack, recounted):
    counts = read_manifest(pack)["counts"]
    names = ("required_cases", "required_in_order", "composed_cases", "composed_in_order")
    for name in (*names, "people_in_order", "in_30_days"):
        assert counts[name] == recounted[name], name


def evidence(as_of: date, *done: dict, fetched: datetime | None = None):
    data = kpa.TrainingData(completions=frame_of(COMPLETIONS, *done))
    return gather(
        data, as_of=as_of, expiring_days=30, required=None, title="", names=True, earlier=None
    )


@pytest.mark.slow
def test_without_requirements_nothing_is_called_required():
    story = report(evidence(AS_OF, {"id": 1, "training_id": 7, "m_user_id": "ann"}), [])
    said = " ".join(story["sections"][0]["sentences"]) + str(story["tiles"])
    assert "1 case is on record" in said
    assert "missing case" not in said
    assert "required cases" not in said
    assert story["tiles"][0]["label"] == "In order"
    assert "expired or missing (" not in said


@pytest.mark.slow
def test_a_look_back_counts_what_was_entered_since(tmp_path):
    days = {1: (20260601, 2026, 6, 2), 2: (20260601, 2026, 9, 1), 3: (20260801, 2026, 9, 1)}
    done = [
        completion(
            number,
            7,
            person(number),
            day,
            created=int(datetime(*created, 12, tzinfo=UTC).timestamp() * 1000),
        )
        for number, (day, *created) in days.items()
    ]
    with kpa.demo.serve(kpa.demo.Records({"completedtrainings.v2.list": done})) as api:
        data = load(tmp_path, api)
    fetched = data.snapshots["completions"].fetched_at.date()

    def said(as_of: date) -> list[str]:
        options = {"expiring_days": 30, "required": None, "title": "", "names": True}
        return warning(gather(data, as_of=as_of, earlier=None, **options))

    assert said(fetched) == []
    (sentence,) = said(AS_OF)
    assert f"{(fetched - AS_OF).days} days later" in sentence
    entered = (
        "Completions that were entered after 30 Jun 2026 but dated on or before it are counted"
    )
    assert f"{entered}: 1." in sentence


@pytest.mark.usefixtures("blank_charts")
@pytest.mark.slow
def test_the_cover_says_whose_records_against_what_and_who_signs(tmp_path):
    named = {"standard": "ISO 45001, 7.2", "organisation": "Acme\nMines"}
    pack = kpa.export_audit(small(), tmp_path / "pack", as_of=AS_OF, **named)
    days = sorted(row["date"] for row in records(pack) if row["date"])
    first = date.fromisoformat(days[0])
    said = [
        "Organisation Acme Mines",
        "Scope all people and trainings of the account",
        f"Period completions from {first.day} {first:%b %Y} to 30 Jun 2026",
        "Standard ISO 45001, 7.2",
        "Prepared by",
        "Reviewed by",
        "Approved by",
        "Case One person and one training",
    ]
    page, printed = page_text(pack), paper(pack)
    for text in said:
        assert text in page
        assert text in printed
    summary = openpyxl.load_workbook(pack / "audit.xlsx")["summary"].iter_rows(values_only=True)
    assert ("Organisation", "Acme Mines") in {(row[0], row[2]) for row in summary}
    kept = read_manifest(pack)["settings"]
    assert (kept["standard"], kept["organisation"]) == ("ISO 45001, 7.2", "Acme Mines")


@pytest.mark.slow
def test_the_cover_names_the_field_offices_of_everyone_with_a_case(pack):
    with_cases = {case["m_user_id"] for case in sheet_rows(pack, "status")}
    office_of = {row["m_user_id"]: row["field_office"] for row in rows(pack, "people.csv")}
    offices = {office for who in with_cases for office in office_of[who].split("; ")}
    listed = sorted(offices - {""}) + ["people without a field office"] * ("" in offices)
    assert f"Field offices {', '.join(listed)} Period" in page_text(pack)


@pytest.mark.slow
def test_what_is_not_known_is_said_on_the_cover(pack):
    page = page_text(pack)
    assert "Organisation not known" in page
    assert "Standard none named" in page


@pytest.mark.slow
def test_the_cover_says_how_to_check_the_pack(pack):
    said = "Is the pack unchanged? drop its folder on verify.html, or run kpa-analytics verify"
    assert said in page_text(pack)
    assert said in paper(pack)


@pytest.mark.parametrize("name", ["standard", "organisation"])
def test_a_wrong_text_for_the_cover_is_named(data, tmp_path, name):
    with pytest.raises(kpa.errors.KPADataError, match=f"{name} must be text, not 7"):
        kpa.export_audit(data, tmp_path / "pack", as_of=AS_OF, **{name: 7})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ({}, None),
        ({"id": 7, "created": 1_582_830_441_803, "timezone": "America/Denver"}, None),
        ({"name": "  ", "account": {"id": "7", "title": 7, "site": {"name": "Too deep"}}}, None),
        ({"account": {"subdomain": "acme"}}, "acme"),
        ({"name": " Acme Mines ", "subdomain": "acme"}, "Acme Mines"),
    ],
)
def test_an_account_whose_name_is_in_no_known_field_is_not_known(data, answer, name):
    with canned(lambda *_: json.dumps({"ok": True, **answer}).encode()) as called:
        organisation = account_name(kpa.Client())
    assert called == ["account.info"]
    assert organisation == name
    evidence = gather(
        data,
        as_of=AS_OF,
        expiring_days=30,
        required=None,
        title="",
        names=True,
        earlier=None,
        organisation=organisation or "",
    )
    assert ["Organisation", name or "not known"] in cover(evidence)["rows"]


def test_a_refused_name_of_the_account_is_no_error(tmp_path):
    with (
        kpa.demo.serve(kpa.demo.Records()) as api,
        kpa.Client(settings(tmp_path, api)) as client,
    ):
        assert account_name(client) is None


@pytest.mark.parametrize(
    "text",
    [
        STATUS_NOTES[EXPIRING],
        GLOSSARY[STATUS_LABELS[EXPIRING]],
        plain_meaning(EXPIRING),
        due_note(30),
        MEANINGS.partition(STATUS_LABELS[EXPIRING])[2],
    ],
)
def test_an_expiring_case_is_not_called_valid(text):
    """A new employee whose window is open is expiring, and never completed the training."""
    assert "renew" in text
    assert "valid" not in text


def test_of_groups_as_large_the_first_title_is_told():
    trainings = frame_of(TRAININGS, {"id": 7, "title": "Ropes"}, {"id": 8, "title": "Ladders"})
    done = [
        {
            **{"id": number, "training_id": number, "m_user_id": "ann", "date": date(2026, 6, 1)},
            "special_expiration_date": date(2026, 7, 10),
        }
        for number in (7, 8)
    ]
    status = kpa.expiry_status(frame_of(COMPLETIONS, *done), trainings, as_of=AS_OF)
    peak = headline(status, pl.Series([], dtype=pl.Int64), None).peak
    assert (peak.training, peak.training_id, peak.kind) == ("Ladders", 8, "tied")


def test_of_groups_as_large_the_earliest_day_is_told():
    rows = [
        {
            **{"m_user_id": "ann", "training_id": number, "training": title, "status": "current"},
            **{"expiration_date": day, "days_left": (day - AS_OF).days},
        }
        for number, title, day in (
            (7, "Ropes", date(2026, 7, 10)),
            (8, "Ladders", date(2026, 7, 20)),
        )
    ]
    peak = headline(frame_of(EXPIRY_STATUS, *rows), pl.Series([], dtype=pl.Int64), None).peak
    assert (peak.training, peak.day, peak.kind) == ("Ropes", date(2026, 7, 10), "tied")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("done", "said"),
    [
        ([(7, "ann"), (7, "bob")], "2 cases, the last day to renew is within the next 30 days: 7,"),
        ([(7, "ann"), (7, "bob"), (8, "ann")], "the largest group is 7, with 2 cases on"),
        ([(7, "ann"), (8, "ann")], "one of the largest groups is 7, with 1 case on"),
    ],
)
def test_the_largest_group_is_compared_with_the_others(done, said):
    expires = date(2026, 7, 10)
    records = [
        {
            **{"id": number, "training_id": training, "m_user_id": who},
            **{"date": date(2026, 6, 1), "special_expiration_date": expires},
        }
        for number, (training, who) in enumerate(done)
    ]
    story = report(evidence(AS_OF, *records), [])
    assert said in " ".join(story["sections"][0]["sentences"])
    assert story["tiles"][0]["note"].startswith("current or expiring soon, of ")
