"""The pack of a fleet: a part per account, sums, and one manifest of everything."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.audit.export import KIND
from kpa_analytics.audit.figures import figures
from kpa_analytics.audit.fleet_pack import write_fleet_pack
from kpa_analytics.audit.manifest import read_manifest, refuse_other_folders, write_manifest
from kpa_analytics.audit.provenance import provenance
from kpa_analytics.audit.verify import what_was_shown
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.errors import KPADataError, KPADataWarning, KPAError, warn
from kpa_analytics.report_text import DEMO_MARK
from kpa_analytics.schema import EMPLOYEE_STATUS
from tests.publishing.small import AS_OF, circular, downloaded, small, updated_from_newest_pages


def write_pack(data: TrainingData, folder: Path, *, title: str) -> Path:
    """A part with its figures, and without everything that takes long to draw."""
    folder.mkdir()
    status = kpa.expiry_status(
        data.completions, data.trainings, data.users, as_of=AS_OF, required=data.requirements
    )
    known = data.requirements is not None
    counted = figures(status, data.completions, requirements_known=known)
    facts = provenance(data, counted, kind=KIND, as_of=AS_OF, settings={})
    counts = {**facts["counts"], "findings": 0}
    (folder / "report.html").write_text(title, encoding="utf-8")
    write_manifest(folder, {"title": title, **facts, "counts": counts})
    return folder


def write(fleet: kpa.Fleet, out: Path) -> dict[str, Any]:
    write_fleet_pack(fleet, out, as_of=AS_OF, title="Holding", key=None, write_pack=write_pack)
    return read_manifest(out)


@pytest.mark.slow
def test_the_sums_are_those_of_the_parts(tmp_path: Path) -> None:
    fewer = small(completions=small().completions.head(1))
    manifest = write(kpa.Fleet({"north": small(), "south": fewer}), tmp_path / "pack")
    parts = pl.read_csv(tmp_path / "pack" / "parts.csv")
    assert parts["account"].to_list() == ["north", "south"]
    counts = [read_manifest(tmp_path / "pack" / name)["counts"] for name in ("north", "south")]
    for name, total in manifest["counts"].items():
        assert total == sum(count[name] for count in counts) == parts[name].sum()
    page = (tmp_path / "pack" / "index.html").read_text(encoding="utf-8")
    assert '<a href="north/report.html">north</a>' in page
    assert manifest["parts"]["south"]["seal"] == read_manifest(tmp_path / "pack" / "south")["seal"]
    assert manifest["complete"] is True


def test_the_index_names_accounts_whose_records_were_changed(tmp_path: Path) -> None:
    data = downloaded()
    changed = replace(data, completions=data.completions.head(1))
    manifest = write(kpa.Fleet({"north": data, "south": changed}), tmp_path / "pack")
    page = (tmp_path / "pack" / "index.html").read_text(encoding="utf-8")
    assert "The records of south are not as they were downloaded." in page
    assert "The records of north" not in page
    assert manifest["parts"]["south"]["altered"] == {"completions": 1}
    assert "altered" not in manifest["parts"]["north"]
    known = [
        [line for line in what_was_shown(folder, key=None, tsa_ca=None) if "download" in line]
        for folder in (tmp_path / "pack", tmp_path / "pack" / "south", tmp_path / "pack" / "north")
    ]
    line = (
        "the records were changed after the download, before the pack was made: completions (the "
        "report says how)"
    )
    assert known == [[line], [line], []]


@pytest.mark.slow
def test_one_verification_covers_every_part(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    write(kpa.Fleet({"north": small(), "south": small()}), pack)
    assert kpa.verify_audit(pack).height == 0
    assert kpa.verify_audit(pack / "north").height == 0
    (pack / "south" / "report.html").write_text("better", encoding="utf-8")
    assert kpa.verify_audit(pack)["path"].to_list() == ["south/report.html"]


def test_a_pack_of_accounts_that_lost_its_manifest_is_still_a_pack(tmp_path: Path) -> None:
    write(kpa.Fleet({"north": small()}), tmp_path / "pack")
    (tmp_path / "pack" / "manifest.json").unlink()
    refuse_other_folders(tmp_path / "pack")
    assert kpa.verify_audit(tmp_path / "pack")["path"].to_list() == ["manifest.json"]


def test_a_sum_is_not_known_if_one_account_does_not_know_it(tmp_path: Path) -> None:
    without = small(employee_status=EMPLOYEE_STATUS.empty())
    manifest = write(kpa.Fleet({"north": small(), "south": without}), tmp_path / "pack")
    assert manifest["counts"]["missing"] is None
    assert manifest["counts"]["expired"] == 2
    page = (tmp_path / "pack" / "index.html").read_text(encoding="utf-8")
    assert page.count("not known</td>") == 4  # missing and not due, of south and in the sum


def test_an_account_that_failed_is_named_and_nothing_passes_for_whole(tmp_path: Path) -> None:
    fleet = kpa.Fleet({"north": small()}, {"east": KPAError("no network <b>")})
    with pytest.warns(KPADataWarning, match="not loaded: east"):
        manifest = write(fleet, tmp_path / "pack")
    assert manifest["complete"] is False
    assert manifest["not_loaded"] == {"east": "no network <b>"}
    page = (tmp_path / "pack" / "index.html").read_text(encoding="utf-8")
    assert "east is not in this pack and not in the totals" in page
    assert "no network &lt;b&gt;" in page


def test_a_demo_account_is_marked(tmp_path: Path) -> None:
    users = small().users.with_columns(id=pl.lit("64656d6f64656d6f00000001"))
    fleet = kpa.Fleet({"north": small(), "training": small(users=users)})
    manifest = write(fleet, tmp_path / "pack")
    assert manifest["notice"] == DEMO_MARK
    assert manifest["parts"]["training"]["demo"] is True
    assert manifest["parts"]["north"]["demo"] is False
    page = (tmp_path / "pack" / "index.html").read_text(encoding="utf-8")
    assert DEMO_MARK in page
    assert "training</a> - demo data" in page
    assert "demo_data" in pl.read_csv(tmp_path / "pack" / "parts.csv").columns


def test_what_only_one_account_has_is_refused(tmp_path: Path) -> None:
    fleet = kpa.Fleet({"north": small()})
    choices: dict[str, Any] = {"people": ["ann"], "trainings": [7], "bagit": True, "since": "old"}
    for name, value in choices.items():
        with pytest.raises(KPADataError, match=f"{name}: only for the pack of one account"):
            kpa.export_audit(fleet, tmp_path / "pack", as_of=AS_OF, **{name: value})
    with pytest.raises(KPADataError, match="as_of must be a day"):
        kpa.export_audit(fleet, tmp_path / "pack", as_of=None)  # type: ignore[arg-type]


def test_an_error_about_the_records_of_an_account_names_it_as_its_status_does(
    tmp_path: Path,
) -> None:
    fleet = kpa.Fleet({"north": small(), "south": circular()})
    with pytest.raises(KPADataError, match=r"^south: trainings: included_tr") as of_status:
        fleet.status(as_of=AS_OF)
    with pytest.raises(KPADataError) as of_pack:
        write(fleet, tmp_path / "pack")
    assert str(of_pack.value) == str(of_status.value)
    incremental = kpa.Fleet({"south": updated_from_newest_pages()})
    with pytest.raises(KPADataError, match=r"^south: the completions were only updated"):
        kpa.export_audit(incremental, tmp_path / "pack", as_of=AS_OF)
    assert [*tmp_path.iterdir()] == []


def test_a_warning_about_the_records_of_an_account_names_it(tmp_path: Path) -> None:
    def write_and_warn(data: TrainingData, folder: Path, *, title: str) -> Path:
        warn("a character has no font", KPADataWarning)
        return write_pack(data, folder, title=title)

    fleet = kpa.Fleet({"north": small()})
    with pytest.warns(KPADataWarning, match=r"^north: a character has no font$"):
        write_fleet_pack(
            fleet, tmp_path / "p", as_of=AS_OF, title="", key=None, write_pack=write_and_warn
        )


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ({"names": "no"}, "names must be True or False"),
        ({"incremental": "no"}, "incremental must be True or False"),
        ({"expiring_days": -1}, "expiring_days must be a whole number"),
        ({"sample": 0}, "sample must be a whole number"),
        ({"timestamp": "example.com"}, "timestamp must be the http or https address"),
    ],
)
def test_an_error_about_an_argument_names_no_account(
    tmp_path: Path, argument: dict[str, Any], said: str
) -> None:
    with pytest.raises(KPADataError, match=f"^{said}"):
        kpa.export_audit(kpa.Fleet({"north": small()}), tmp_path / "pack", as_of=AS_OF, **argument)
