"""Commands that write packs, lists and PDFs, and those that verify and compare packs."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.audit.supervisors.supervisor_text import NOT_KNOWN
from kpa_analytics.demo.sources import TRAININGS
from kpa_analytics.report_text import DEMO_MARK
from tests.audit.packs import training
from tests.conftest import completion


@pytest.mark.usefixtures("blank_charts")
@pytest.mark.slow
def test_a_pack_of_some_people_and_trainings(kpa_analytics, account, tmp_path):
    who = completion(1)["m_user_id"]
    chosen = ["--people", who, "--trainings", "1046", "--as-of", "2020-06-30"]
    code, _, err = kpa_analytics("audit", tmp_path / "part", *chosen, "--field-office", "Oslo")
    assert code == 2
    assert "'Oslo'" in err.splitlines()[-1]
    assert not (tmp_path / "part").exists()
    assert kpa_analytics("audit", tmp_path / "part", *chosen)[0] == 0
    assert [path.name for path in (tmp_path / "part" / "transcripts").iterdir()] == [f"{who}.pdf"]
    assert [path.name for path in (tmp_path / "part" / "rosters").iterdir()] == ["1046.pdf"]


@pytest.mark.usefixtures("only_its_page")
@pytest.mark.slow
def test_a_pack_with_a_sample_says_what_changed_since_an_earlier_pack(
    kpa_analytics, account, tmp_path
):
    old, new = tmp_path / "old", tmp_path / "new"
    assert kpa_analytics("audit", old, "--as-of", "2020-06-30")[0] == 0
    account.add_completions(completion(3))
    arguments = ["--as-of", "2020-07-31", "--refresh", "--since", old]
    assert kpa_analytics("audit", new, *arguments, "--sample", 5, "--seed", 7)[0] == 0
    settings = json.loads((new / "manifest.json").read_text(encoding="utf-8"))["settings"]
    assert settings["since"]["changes"]["record_added"] == 1
    assert settings["sample"]["seed"] == 7
    (old / "records.csv").write_text("id")
    code, out, err = kpa_analytics("audit", tmp_path / "newer", *arguments)
    assert (code, out) == (2, "")
    assert "records.csv" in err
    assert not (tmp_path / "newer").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "named"), [("transcript", "user-1"), ("roster", "1046"), ("roster", 1046)]
)
def test_a_transcript_and_a_roster_are_written(kpa_analytics, account, tmp_path, command, named):
    if command == "transcript":
        named = completion(1)["m_user_id"]
    code, out, _ = kpa_analytics(command, named, tmp_path / "one.pdf", "--as-of", "2020-06-30")
    assert code == 0
    assert str(tmp_path / "one.pdf") in out
    assert (tmp_path / "one.pdf").read_bytes().startswith(b"%PDF-")
    code, out, err = kpa_analytics(command, "No body", tmp_path / "two.pdf")
    assert (code, out) == (2, "")
    assert "'No body'" in err.splitlines()[-1]
    assert kpa_analytics(command, named, tmp_path / "two.txt")[0] == 2
    assert not list(tmp_path.glob("two*"))


@pytest.mark.slow
def test_a_transcript_without_a_font_for_a_letter_is_noted(kpa_analytics, account, tmp_path):
    account.records[TRAININGS] = [training(1046, "Ladders \U0010fffd")]
    who = completion(1)["m_user_id"]
    code, _, err = kpa_analytics("transcript", who, tmp_path / "one.pdf", "--as-of", "2020-06-30")
    assert code == 0
    assert "note: Training transcript" in err
    assert "U+10FFFD" in err
    assert "plain PDF, without the standards PDF/A-2a and PDF/UA-1" in err


@pytest.mark.slow
def test_lists_for_supervisors_are_written_and_nothing_is_sent(kpa_analytics, account, tmp_path):
    arguments = ["supervisors", tmp_path / "lists", "--as-of", "2020-06-30"]
    code, out, err = kpa_analytics(*arguments, "--by", "boss")
    assert (code, out) == (2, "")
    known = "--by must be one of supervisor, manager, field_office, job_title, not 'boss'"
    assert err == f"kpa-analytics: {known}\n"
    account.records[TRAININGS] = [training(1046, "Ladders", renewal_months=1)]
    code, out, _ = kpa_analytics(*arguments, "--by", "manager")
    assert code == 0
    assert out.startswith("1 list, as of 30 Jun 2020; written to ")
    assert out.endswith("nothing was sent\n")
    assert {path.name for path in (tmp_path / "lists").iterdir()} == {"index.html", "nobody-named"}
    assert NOT_KNOWN in (tmp_path / "lists" / "index.html").read_text(encoding="utf-8")
    code, out, err = kpa_analytics(*arguments)
    assert (code, out) == (2, "")
    assert "is not empty" in err.splitlines()[-1]


@pytest.mark.usefixtures("blank_charts")
@pytest.mark.slow
def test_a_pack_is_made_verified_and_compared(kpa_analytics, account, tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    code, out, _ = kpa_analytics("audit", old, "--as-of", "2020-06-30", "--title", "Spring audit")
    assert code == 0
    assert out.split()[len(DEMO_MARK.split()) :][:2] == ["people", "1"]
    manifest = json.loads((old / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["title"], manifest["as_of"]) == ("Spring audit", "2020-06-30")
    assert f'kpa-analytics verify "{old}"' in out
    assert f"seal {manifest['seal']}" in out

    assert kpa_analytics("changes", old, old) == (0, "no changes\n", "")
    account.edit_completion(1, notes="in\x1b[31mperson")
    assert kpa_analytics("audit", new, "--as-of", "2020-06-30", "--refresh", "--no-names")[0] == 0
    assert (
        json.loads((new / "manifest.json").read_text(encoding="utf-8"))["settings"]["names"]
        is False
    )
    newer = tmp_path / "newer"
    assert kpa_analytics("audit", newer, "--as-of", "2020-06-30", "--expiring-days", 9)[0] == 0
    assert (
        json.loads((newer / "manifest.json").read_text(encoding="utf-8"))["settings"][
            "expiring_days"
        ]
        == 9
    )
    code, out, _ = kpa_analytics("changes", old, newer)
    assert code == 1
    assert out.startswith("edited record 1 ")
    assert "notes (empty) -> 'in\\x1b[31mperson'" in out

    (old / "charts" / "Thumbs.db").write_text("x")
    code, out, _ = kpa_analytics("verify", old)
    assert code == 0
    assert out.startswith("litter: charts/Thumbs.db")
    assert manifest["seal"] in out
    assert out.splitlines()[2] == DEMO_MARK
    (old / "charts" / "Thumbs.db").unlink()
    (old / "records.csv").write_text("id\n")
    (old / "more.txt").write_text("x")
    code, out, _ = kpa_analytics("verify", old)
    assert code == 1
    assert [line.split(" (")[0] for line in out.splitlines()] == [
        "added: more.txt",
        "changed: records.csv",
    ]
    code, out, err = kpa_analytics("changes", old, newer)
    assert (code, out) == (2, "")
    assert "records.csv was damaged" in err
    (old / "manifest.json").unlink()
    assert kpa_analytics("verify", old)[0] == 1


@pytest.fixture
def keys(tmp_path) -> Path:
    for name in ("mine", "other"):
        private, public = tmp_path / f"{name}.pem", tmp_path / f"{name}.pub.pem"
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", private], check=True)
        subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True)
    return tmp_path


@pytest.mark.usefixtures("blank_charts")
@pytest.mark.slow
def test_a_signed_bag_is_made_verified_and_compared(kpa_analytics, account, keys):
    bag, mine, other = keys / "bag", keys / "mine.pub.pem", keys / "other.pub.pem"
    made = ("audit", bag, "--as-of", "2020-06-30", "--bagit", "--sign", keys / "mine.pem")
    code, out, _ = kpa_analytics(*made)
    assert code == 0
    assert str(bag / "data" / "report.html") in out
    assert "signed (Ed25519)" in out
    seal = json.loads((bag / "data" / "manifest.json").read_text(encoding="utf-8"))["seal"]

    code, out, _ = kpa_analytics("verify", bag)
    assert (code, seal in out, "signature was not checked" in out) == (0, True, True)
    code, out, _ = kpa_analytics("verify", bag, "--key", mine)
    assert (code, seal in out, "signed by the holder of" in out) == (0, True, True)
    assert kpa_analytics("changes", bag, bag) == (0, "no changes\n", "")

    code, out, _ = kpa_analytics("verify", bag, "--key", other)
    assert (code, len(out.splitlines())) == (1, 1)
    assert out.startswith("unverified: data/manifest.json.sig (other.pub.pem does not accept it")
    code, _, err = kpa_analytics("verify", bag, "--key", keys / "nowhere.pem")
    assert (code, len(err.splitlines())) == (2, 1)
    assert "nowhere.pem can't be read" in err
    code, _, err = kpa_analytics("audit", keys / "more", "--sign", mine)
    assert (code, len(err.splitlines())) == (2, 1)
    assert "mine.pub.pem is not a private key" in err

    (bag / "data" / "manifest.json.sig").unlink()
    code, out, _ = kpa_analytics("verify", bag, "--key", mine)
    assert (code, out.split(" (")[0]) == (1, "missing: data/manifest.json.sig")
    assert len(out.splitlines()) == 1


@pytest.mark.usefixtures("only_its_page")
@pytest.mark.slow
def test_an_audit_downloads_all_pages_after_an_incremental_refresh(
    kpa_analytics, account, tmp_path
):
    def read_as(folder: Path) -> str:
        sources = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["sources"]
        return next(source["walk"] for source in sources if source["table"] == "completions")

    kpa.load_completions()
    kpa.load_completions(refresh="recent")
    assert kpa_analytics("audit", tmp_path / "accepted", "--incremental")[0] == 0
    assert kpa_analytics("audit", tmp_path / "downloaded")[0] == 0
    assert (read_as(tmp_path / "accepted"), read_as(tmp_path / "downloaded")) == (
        "incremental",
        "full",
    )
    kpa.load_completions(refresh="recent")
    person = kpa.load_completions()["m_user_id"][0]
    assert kpa_analytics("transcript", person, tmp_path / "one.pdf")[0] == 0
    assert kpa.load_all().snapshots["completions"].walk == "full"
    pages = [
        (tmp_path / pack / "report.html").read_text(encoding="utf-8")
        for pack in ("accepted", "downloaded")
    ]
    assert ["only the newest pages" in page for page in pages] == [True, False]


def test_all_changes_are_listed_on_request(kpa_analytics, monkeypatch, tmp_path: Path):
    rows = pl.DataFrame(
        [{"table": "completions", "record": str(number)} for number in range(70)],
        schema_overrides=kpa.schema.CHANGES.schema,
    )
    differences = pl.concat([kpa.schema.CHANGES.empty(), rows], how="diagonal")
    monkeypatch.setattr("kpa_analytics.audit.compare.changes", lambda old, new: differences)
    code, out, _ = kpa_analytics("changes", tmp_path, tmp_path)
    assert (code, len(out.splitlines())) == (1, 51)
    assert out.splitlines()[-1] == "... and 20 more; --all lists them all"
    code, out, _ = kpa_analytics("changes", tmp_path, tmp_path, "--all")
    assert (code, len(out.splitlines())) == (1, 70)
