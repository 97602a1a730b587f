"""Loading, through real HTTP and the real files."""

from __future__ import annotations

import os
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.demo import Fault
from kpa_analytics.demo.server import DemoAPI
from kpa_analytics.demo.sources import COMPLETIONS, EMPLOYEE_STATUS, USERS, Records
from kpa_analytics.errors import KPADataError, KPADataWarning, KPASettingsError
from kpa_analytics.schema import COMPLETIONS as TABLE
from tests.conftest import completion, completions, sent, use


def test_the_vendors_example_loads_with_the_same_values(vendor: DemoAPI) -> None:
    frame = kpa.load_completions()
    assert frame.schema == TABLE.schema
    assert frame.rows(named=True)[1] == {
        "id": 1236,
        "training_id": 1042,
        "m_user_id": "5e580f0db780600088bd2ca6",
        "created": datetime(2020, 2, 27, 18, 52, 1, 694_000, tzinfo=UTC),
        "date": date(2020, 2, 27),
        "special_expiration_date": date(2021, 1, 1),
        "m_instructor_id": "5e580f0db780600088bd2ccd",
        "group_training_id": 1050,
        "notes": None,
        "signed": None,
        "files": None,
    }
    assert frame["id"].to_list() == [1238, 1236, 1233]
    assert frame["special_expiration_date"].to_list() == [None, date(2021, 1, 1), None]
    assert frame["m_instructor_id"].null_count() == 1
    assert frame["group_training_id"].to_list() == [None, 1050, 1050]


def test_signatures_and_files_of_the_current_api_are_loaded() -> None:
    records = [
        completion(3, notes="ok", signature="data:", files=[{"id": 1}, {"id": 2}]),
        completion(2, notes=None, signature=None, files=[]),
        completion(1),
    ]
    with kpa.demo.serve(Records({COMPLETIONS: records})) as api:
        use(api)
        frame = kpa.load_completions()
    assert frame["signed"].to_list() == [True, False, None]
    assert frame["files"].to_list() == [2, 0, None]
    assert frame["notes"].to_list() == ["ok", None, None]


@pytest.mark.slow
def test_2345_records_take_three_requests_and_the_second_load_none() -> None:
    with kpa.demo.serve(completions(2345)) as api:
        use(api)
        first = kpa.load_completions()
        assert (first.height, first["id"].n_unique(), sent(api)) == (2345, 2345, [1, 2, 3])
        assert kpa.load_completions().equals(first)
        assert sent(api) == [1, 2, 3]
        assert kpa.load_completions(refresh=True).equals(first)
        assert sent(api) == [1, 2, 3, 1, 2, 3]


def test_a_load_requests_pages_of_a_thousand(vendor: DemoAPI) -> None:
    kpa.load_completions()
    assert [received.params["limit"] for received in vendor.requests] == [1000]


@pytest.mark.slow
def test_an_empty_account_loads_as_an_empty_frame_with_all_columns() -> None:
    with kpa.demo.serve(Records()) as api:
        use(api)
        data = kpa.load_all()
    assert data.completions.schema == TABLE.schema
    assert [frame.height for frame in (data.completions, data.users, data.trainings)] == [0, 0, 0]


@pytest.mark.slow
def test_filters_are_answered_from_a_fresh_snapshot() -> None:
    records = [
        completion(n, training_id=n % 3, m_user_id=f"user-{n % 4}", files=[{}] * (n % 2))
        for n in range(1, 50)
    ]
    with kpa.demo.serve(Records({COMPLETIONS: records})) as api:
        use(api)
        asked = [
            kpa.load_completions(training_id=1),
            kpa.load_completions(user_id="user-2"),
            kpa.load_completions(has_attachments=True),
            kpa.load_completions(has_attachments=False, training_id=0),
        ]
        assert len(sent(api)) == 4
        whole = kpa.load_completions()
        kpa.clear_cache()
        kpa.load_completions()
        api.requests.clear()
        answered = [
            kpa.load_completions(1),
            kpa.load_completions(user_id="user-2"),
            kpa.load_completions(has_attachments=True),
            kpa.load_completions(has_attachments=False, training_id=0),
        ]
        assert sent(api) == []
    assert whole.height == 49
    for requested, filtered in zip(asked, answered, strict=True):
        assert requested.equals(filtered)
        assert 0 < requested.height < whole.height


def test_the_newer_of_a_filtered_and_a_whole_snapshot_is_used() -> None:
    records = completions(5)
    with kpa.demo.serve(records) as api:
        use(api)
        assert kpa.load_completions(training_id=1046).height == 5
        records.add_completions(completion(6))
        assert kpa.load_completions().height == 6
        assert kpa.load_completions(training_id=1046).height == 6, "cut from the whole"
        records.add_completions(completion(7))
        assert kpa.load_completions(training_id=1046, refresh=True).height == 7
        assert kpa.load_completions(training_id=1046).height == 7
        assert kpa.load_completions().height == 6, "it is fresh"


def test_a_note_that_ends_in_half_an_emoji_can_be_loaded() -> None:
    body = rb'{"ok": true, "completedtrainings": [%s], "paging": {"total": 1, "last_page": 1}}'
    record = msgspec.json.encode(completion(1, notes="NOTE"))
    with kpa.demo.serve(Records()) as api:
        use(api)
        cut = body % record.replace(b"NOTE", rb"well done \ud83d, \ud83d\ude00 and C:\\\\ud83d")
        api.faults.add(Fault.body(lambda _: cut), times=None)
        frame = kpa.load_completions()
    assert frame["notes"].to_list() == ["well done \ufffd, \U0001f600 and C:\\\\ud83d"]
    assert len(sent(api)) == 1


def test_has_attachments_needs_a_request_if_the_api_lists_no_files(vendor: DemoAPI) -> None:
    kpa.load_completions()
    kpa.load_completions(has_attachments=True)
    assert vendor.requests[-1].params["has_attachments"] is True


@pytest.mark.parametrize(
    "wrong",
    [{"training_id": "1042"}, {"training_id": True}, {"user_id": 7}, {"has_attachments": 1}],
)
def test_an_invalid_filter_is_named(vendor: DemoAPI, wrong: dict[str, object]) -> None:
    with pytest.raises(KPADataError, match=next(iter(wrong))):
        kpa.load_completions(**wrong)


def test_the_error_about_a_missing_token_says_what_to_do() -> None:
    with pytest.raises(KPASettingsError, match=r"KPA_API_TOKEN.*kpa\.demo\.start\(\)"):
        kpa.load_completions()


@pytest.mark.slow
def test_an_impossible_date_is_null_with_one_warning_that_names_the_id() -> None:
    records = [
        completion(1, date_number=20200230),
        completion(2),
        completion(3, special_expiration_date_number=20201301),
    ]
    with kpa.demo.serve(Records({COMPLETIONS: records})) as api:
        use(api)
        with pytest.warns(KPADataWarning, match=r"1 \(date 20200230\), 3 \(special.* 20201301\)"):
            frame = kpa.load_completions()
        assert frame.height == 3
        assert frame.filter(pl.col("date").is_null())["id"].to_list() == [1]
        with pytest.warns(KPADataWarning):
            data = kpa.load_all(refresh=True)
        assert kpa.load_all().faults.rows() == data.faults.rows()
    assert set(data.faults.rows()) == {
        ("completions", "1", "date", "20200230"),
        ("completions", "3", "special_expiration_date", "20201301"),
    }


@pytest.mark.parametrize("number", [2026113, 20261, -20260101, 120260101])
def test_a_date_number_without_eight_digits_is_no_date(number: int) -> None:
    with kpa.demo.serve(Records({COMPLETIONS: [completion(1, date_number=number)]})) as api:
        use(api)
        with pytest.warns(KPADataWarning, match=rf"1 \(date {number}\)"):
            assert kpa.load_completions()["date"].to_list() == [None]


@pytest.mark.slow
def test_load_all_loads_every_collection(tmp_path: Path) -> None:
    org = kpa.demo.organisation(people=30, completions=1500, seed=5)
    with kpa.demo.serve(org) as api:
        use(api)
        with pytest.warns(KPADataWarning):
            data = kpa.load_all()
        status = kpa.load_employee_status()
    assert data.completions.height == data.snapshots["completions"].rows
    assert data.demo
    assert all(snapshot.demo for snapshot in data.snapshots.values())
    assert data.users["fieldOffice_id"].list.len().max() > 0
    assert data.trainings["schedule_type"].is_in(["rolling", "window"]).all()
    assert set(data.groups["kind"]) == {"field_office", "line_of_business", "job_title"}
    assert status["last_completed"].explode().struct.field("expiresOn").dtype == pl.Date


def test_an_impossible_date_in_an_employee_status_is_a_fault_too() -> None:
    employee = {
        "status": "active",
        "m_user_id": "5e580f0cb780600088bd2c11",
        "percent_complete": 100,
        "incomplete_training_ids": [],
        "complete_training_ids": [7],
        "last_completed": [{"id": 7, "date_number": 20220506, "expiresOn": 20220231}],
    }
    with kpa.demo.serve(Records({EMPLOYEE_STATUS: [employee]})) as api:
        use(api)
        with pytest.warns(KPADataWarning, match="20220231"):
            frame = kpa.load_employee_status()
    last = frame["last_completed"].to_list()[0][0]
    assert (last["date"], last["expiresOn"]) == (date(2022, 5, 6), None)


def test_groups_that_the_token_may_not_read_show_as_ids(caplog: pytest.LogCaptureFixture) -> None:
    with kpa.demo.serve(Records()) as api:
        use(api)
        api.faults.add(kpa.demo.Fault.error("token_permission"), method="fieldoffices.list")
        assert kpa.load_groups().is_empty()
    assert "field_office" in caplog.text


def test_a_job_title_is_named_by_its_title() -> None:
    groups = {
        "fieldoffices.list": [{"id": "n", "name": "North"}],
        "jobtitles.list": [{"id": "r", "title": "Rig Hand"}],
    }
    with kpa.demo.serve(Records(groups)) as api:
        use(api)
        names = kpa.load_groups().select("kind", "id", "name").rows()
    assert names == [("field_office", "n", "North"), ("job_title", "r", "Rig Hand")]


def test_unneeded_personal_fields_are_not_stored() -> None:
    user = {
        "id": "5e58",
        "created": 1,
        "cellPhone": "+1-555-0100",
        "emergencyContact": "Secret Ann",
    }
    with kpa.demo.serve(Records({USERS: [user]})) as api:
        use(api)
        assert kpa.load_users()["id"].to_list() == ["5e58"]
    files = [file for file in Path(os.environ["KPA_CACHE_DIR"]).rglob("*") if file.is_file()]
    assert any(file.suffix == ".parquet" for file in files)
    for file in files:
        assert b"555-0100" not in file.read_bytes()
        assert b"Secret Ann" not in file.read_bytes()


@pytest.mark.parametrize("refresh", ["all", "Recent", None, 2])
def test_a_refresh_that_does_not_exist_is_named_and_sends_nothing(
    vendor: DemoAPI, refresh: Any
) -> None:
    for load in (kpa.load_completions, kpa.load_users, kpa.load_all):
        with pytest.raises(KPADataError, match=re.escape(repr(refresh))):
            load(refresh=refresh)
    assert not vendor.requests


def test_progress_is_shown_or_silent(vendor: DemoAPI, capsys: pytest.CaptureFixture[str]) -> None:
    kpa.load_completions()
    assert capsys.readouterr().err == ""
    kpa.configure(progress=True)
    kpa.load_completions(refresh=True)
    assert "completions: 100%" in capsys.readouterr().err


SIGNATURES = [
    ({"signed_on": 1}, True),
    ({"a": None}, True),
    (["page 1"], True),
    ("data:", True),
    ({}, False),
    ([], False),
    ("", False),
    (" \n\t ", False),
    (None, False),
    (0, False),
    (7, False),
    (True, False),
    (False, False),
]


def test_signed_means_that_a_signature_is_on_file() -> None:
    records = [completion(n, signature=value) for n, (value, _) in enumerate(SIGNATURES, start=1)]
    with kpa.demo.serve(Records({COMPLETIONS: [*records, completion(99)]})) as api:
        use(api)
        signed = dict(kpa.load_completions().select("id", "signed").rows())
    assert [signed[n] for n in range(1, len(SIGNATURES) + 1)] == [s for _, s in SIGNATURES]
    assert signed[99] is None


def test_white_space_in_an_empty_signature_is_no_signature() -> None:
    records = [completion(1, signature={}), completion(2, signature=[])]
    with kpa.demo.serve(Records({COMPLETIONS: records})) as api:
        use(api)
        api.faults.add(Fault.body(lambda body: body.replace(b"{}", b"{ }").replace(b"[]", b"[\n]")))
        assert kpa.load_completions()["signed"].to_list() == [False, False]
        assert {*kpa.load_completions()["id"]} == {1, 2}


@pytest.mark.slow
def test_load_all_uses_one_account_even_if_another_thread_reconfigures(vendor: DemoAPI) -> None:
    with kpa.demo.serve(Records({COMPLETIONS: [completion(7)]})) as other:

        def elsewhere(_: object) -> None:
            kpa.configure(token=other.token, api_url=other.url)

        vendor.faults.add(kpa.demo.Fault.change(elsewhere), method="trainings.v2.list")
        data = kpa.load_all()
        assert {snapshot.host for snapshot in data.snapshots.values()} == {vendor.url.split("/")[2]}
        assert other.requests == []
        assert kpa.load_all().completions["id"].to_list() == [7]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"training_id": "First Aid"}, "the id of a training, a whole number, not 'First Aid'; lo"),
        ({"training_id": True}, "the id of a training, a whole number, not True; load_trainings()"),
        ({"user_id": "Moe, Ann"}, "the id of a person, 24 hex characters, not 'Moe, Ann'; load_us"),
        ({"user_id": 7}, "the id of a person, 24 hex characters, not 7; load_users() lists the id"),
        ({"user_id": ""}, "the id of a person, 24 hex characters, not ''; load_users() lists the"),
        ({"has_attachments": 1}, "True or False, not 1"),
    ],
)
def test_a_filter_that_cannot_be_right_is_refused_before_any_request(wrong, message):
    (name,) = wrong
    with pytest.raises(KPADataError, match=re.escape(f"{name} must be {message}")):
        kpa.load_completions(**wrong)


@pytest.mark.parametrize(
    "load",
    [
        kpa.load_trainings,
        kpa.load_users,
        kpa.load_group_trainings,
        kpa.load_employee_status,
        kpa.load_groups,
    ],
)
def test_a_list_without_newest_pages_is_refreshed_as_a_whole_or_not(load) -> None:
    with pytest.raises(KPADataError, match="refresh must be True or False, not 'recent'"):
        load(refresh="recent")
