"""names=False: the same person is the same pseudonym everywhere, and nobody is named."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.audit.pseudonyms import Pseudonyms, kept_pseudonyms
from kpa_analytics.data.scope import Scope
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.demo import Records
from kpa_analytics.demo_mark import DEMO_ID_PREFIX
from kpa_analytics.endpoints import COLLECTIONS
from kpa_analytics.errors import KPAError
from kpa_analytics.report_text import DEMO_MARK
from tests.audit.packs import (
    AS_OF,
    completion,
    files,
    load,
    pdf_text,
    person,
    training,
    unzipped,
    user,
)
from tests.publishing.small import small

SECRET = [
    "Aurelia",
    "Quicksilver",
    "someone1@company.example",
    "EMP-00001",
    "login1",
    "dear Aurelia",
]


def company() -> Records:
    done = [
        completion(1, 1, person(1), 20250101, notes="dear Aurelia", m_instructor_id=person(2)),
        completion(2, 1, person(2), 20260101, group_training_id=9, m_instructor_id=person(1)),
        completion(3, 1, person(77), 20260101),
    ]
    session = {
        "id": 9,
        "created": 1_780_000_000_000,
        "m_trainees_id": [person(1), person(2)],
        "trainings_id": [1],
        "m_instructor_id": person(1),
        "notes": "dear Aurelia",
    }
    employee = {
        "m_user_id": person(1),
        "status": "incomplete",
        "percent_complete": 0,
        "incomplete_training_ids": [2],
        "complete_training_ids": [],
        "last_completed": [{"id": 2, "date_number": 20260230}],
    }
    named = {"values": [person(1)], "labels": ["Aurelia Quicksilver"]}
    condition = {"data": {"fieldId": "supervisor", "settings": named}}
    of_a_supervisor = {"assigned_to_type": "limited", "assigned_to_condition": condition}
    leaver = user(2, "Bruno", "Quicksilver", supervisor_id=person(1))
    return Records(
        {
            "completedtrainings.v2.list": done,
            "trainings.v2.list": [training(1, "Ladders"), training(2, "Ropes", **of_a_supervisor)],
            "users.list": [user(1, "Aurelia", "Quicksilver"), leaver],
            "grouptrainings.list": [session],
            "training-employee-status.list": [employee],
        }
    )


@pytest.fixture(scope="module")
def account(tmp_path_factory) -> Path:
    """The folder of the cache, and of the key of the pseudonyms in it."""
    return tmp_path_factory.mktemp("account")


@pytest.fixture(scope="module")
def loaded(account):
    source = company()
    odd = "impossible date"
    with kpa.demo.serve(source) as api:
        with pytest.warns(kpa.errors.KPADataWarning, match=odd):
            load(account, api)
        source.edit_completion(1, notes="dear Aurelia, again", m_instructor_id=person(77))
        with pytest.warns(kpa.errors.KPADataWarning, match=odd):
            return load(account, api, refresh=True)


@pytest.fixture(scope="module")
def pack(loaded, account, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KPA_CACHE_DIR", str(account))
        place = tmp_path_factory.mktemp("packs") / "pack"
        return kpa.export_audit(loaded, place, as_of=AS_OF, names=False)


def test_no_file_names_anybody(pack):
    content = files(pack)
    content["audit.xlsx"] = unzipped(content["audit.xlsx"])
    content["records.parquet"] = pl.read_parquet(pack / "records.parquet").write_json().encode()
    content["pdf text"] = pdf_text(content["audit.pdf"]).encode()
    for name, file_bytes in content.items():
        for secret in [*SECRET, *(person(at) for at in (1, 2, 77))]:
            assert secret.encode() not in file_bytes, (name, secret)
    assert b"20260230" in content["report.html"], "the impossible date of a person is told"
    assert json.loads(content["manifest.json"])["settings"]["names"] is False


@pytest.mark.slow
def test_a_person_is_the_same_pseudonym_in_every_file(pack):
    records = pl.read_parquet(pack / "records.parquet").sort("id")
    first, second = records["user"][0], records["user"][1]
    assert first.startswith("Person ")
    assert first != second
    assert records["instructor"][1] == first, "who was trained once and taught another time"
    assert records["m_instructor_id"][1] == records["m_user_id"][0]
    assert records["notes"].null_count() == records.height
    assert first in (pack / "report.html").read_text(encoding="utf-8")
    assert first in (pack / "charts" / "training_matrix.svg").read_text(encoding="utf-8")
    assert first.encode() in unzipped((pack / "audit.xlsx").read_bytes())


@pytest.mark.slow
def test_pseudonyms_last_from_pack_to_pack(pack, loaded, account, tmp_path):
    kpa.configure(cache_dir=account)
    again = kpa.export_audit(loaded, tmp_path / "again", as_of=AS_OF, names=False)
    assert files(again) == files(pack)


@pytest.mark.usefixtures("blank_charts")
@pytest.mark.slow
def test_records_of_one_person_do_not_reveal_the_person(loaded, tmp_path):
    done = loaded.completions.filter(pl.col("m_user_id") == person(1))
    of_person = {"user_id": person(1)}
    asked = replace(loaded.snapshots["completions"], params=of_person, rows=done.height)
    part = replace(
        loaded,
        completions=done,
        snapshots={**loaded.snapshots, "completions": asked},
    )
    pack = kpa.export_audit(part, tmp_path / "one", as_of=AS_OF, names=False)
    manifest = (pack / "manifest.json").read_text(encoding="utf-8")
    assert person(1) not in manifest
    records = pl.read_parquet(pack / "records.parquet")
    assert records["m_user_id"][0] in manifest


@pytest.mark.usefixtures("blank_charts")
@pytest.mark.slow
def test_figures_are_those_of_the_named_pack(pack, loaded, tmp_path):
    named = kpa.export_audit(loaded, tmp_path / "named", as_of=AS_OF)
    ours, theirs = (
        json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["counts"]
        for folder in (pack, named)
    )
    # Notes are left out, so an edited note is no change there.
    assert theirs.pop("changes") == ours.pop("changes") + 1 == 2
    assert ours == theirs


def test_the_key_is_private_and_random(tmp_path):
    folder, other = tmp_path / "one", tmp_path / "other"
    assert kept_pseudonyms(folder).of("ann") == kept_pseudonyms(folder).of("ann")
    assert kept_pseudonyms(folder).of("ann") != kept_pseudonyms(other).of("ann")
    key = folder / "pseudonyms.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_bytes()) == 32


_FIRST_USER = """
import sys, time
from pathlib import Path
from kpa_analytics.audit.pseudonyms import kept_pseudonyms
folder, start = Path(sys.argv[1]), float(sys.argv[2])
for number in range(60):
    time.sleep(max(0, start + number * 0.02 - time.time()))
    print(kept_pseudonyms(folder / str(number)).of("ann"))
"""


@pytest.mark.slow
def test_first_users_at_once_all_get_the_same_pseudonyms(tmp_path):
    start = str(time.time() + 4)
    command = [sys.executable, "-c", _FIRST_USER, str(tmp_path), start]
    users = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    first, *others = [user.communicate()[0].split() for user in users]
    assert len(first) == 60
    assert others == [first, first]
    assert first == [kept_pseudonyms(tmp_path / str(number)).of("ann") for number in range(60)]


def test_clearing_the_cache_keeps_the_key(tmp_path):
    kpa.configure(cache_dir=tmp_path / "kept")
    before = kept_pseudonyms().of("ann")
    kpa.clear_cache()
    assert kept_pseudonyms().of("ann") == before


def test_the_same_id_in_two_accounts_has_two_pseudonyms(tmp_path, monkeypatch):
    class GatheredError(Exception):
        pass

    def pseudonyms_of(account):
        def gather(data, **_):
            raise GatheredError(set(data.users["id"]))

        monkeypatch.setattr("kpa_analytics.audit.export.gather", gather)
        with pytest.raises(GatheredError) as caught:
            kpa.export_audit(
                replace(small(), account=account), tmp_path / "pack", as_of=AS_OF, names=False
            )
        return caught.value.args[0]

    north, again, south, unnamed = map(pseudonyms_of, ("north", "north", "south", None))
    assert north == again
    assert len(north | south | unnamed) == 3 * len(north)


def test_a_damaged_key_is_an_error_that_names_it(tmp_path):
    kept_pseudonyms(tmp_path)
    (tmp_path / "pseudonyms.key").write_bytes(b"short")
    with pytest.raises(KPAError, match=r"pseudonyms\.key is damaged"):
        kept_pseudonyms(tmp_path)


@pytest.mark.usefixtures("blank_charts")
@pytest.mark.slow
def test_invented_people_stay_recognisable_as_invented(data, tmp_path):
    assert Pseudonyms(b"k" * 32).of(DEMO_ID_PREFIX + "00000001").startswith(DEMO_ID_PREFIX)
    # These have no snapshot that says where they come from.
    few = TrainingData(completions=data.completions.head(20))
    pack = kpa.export_audit(few, tmp_path / "pack", as_of=AS_OF, names=False)
    page = (pack / "report.html").read_text(encoding="utf-8")
    drawings = [*(pack / "charts").glob("*.svg")]
    assert page.count(DEMO_MARK) > len(drawings), "the notice, and every chart"


def test_only_the_person_in_a_filter_gets_a_pseudonym(loaded):
    pseudonyms = Pseudonyms(b"k" * 32)
    params = {"user_id": person(1), "training_id": 7, "has_attachments": True}
    filtered = replace(loaded.snapshots["completions"], params=params)
    hidden = pseudonyms.data(replace(loaded, snapshots={"completions": filtered}))
    expected = {**params, "user_id": pseudonyms.of(person(1))}
    assert hidden.snapshots["completions"].params == expected


@pytest.mark.parametrize("table", COLLECTIONS)
def test_an_impossible_date_is_told_of_the_pseudonym(loaded, table):
    pseudonyms = Pseudonyms(b"k" * 32)
    fault = (table, person(1), "a day", "20260230")
    snapshot = replace(loaded.snapshots["completions"], table=table, faults=(fault,))
    hidden = pseudonyms.data(replace(loaded, snapshots={table: snapshot})).faults
    of_people = table in ("users", "employee_status")
    assert hidden["record_id"].to_list() == [pseudonyms.of(person(1)) if of_people else person(1)]
    assert hidden["value"].to_list() == ["20260230"]


def test_a_part_described_with_names_is_described_without_them(loaded):
    people = pl.Series([person(1)])
    part = loaded.part(Scope(description="people: Quicksilver, Aurelia", people=people))
    assert Pseudonyms(b"k" * 32).data(part).scope.description == "some people or trainings"
