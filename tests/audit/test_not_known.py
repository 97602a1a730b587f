"""A company without a list of requirements: nothing claims to know what is missing."""

import json
import re

import openpyxl
import pytest
from typer.testing import CliRunner

import kpa_analytics as kpa
from kpa_analytics.cli import app
from kpa_analytics.errors import KPADataWarning
from tests.audit import pack_reader
from tests.audit.packs import Page, completion, load, pdf_text, person, training, user

pytestmark = pytest.mark.slow

DONE = {
    "completedtrainings.v2.list": [completion(1, 7, person(1), 20260105)],
    "trainings.v2.list": [training(7, "Ladders", renewal_months=12)],
    "users.list": [user(1, "Ann", "Moe")],
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The command's output and its pack, of a company without employee status."""
    pack = tmp_path_factory.mktemp("packs") / "pack"
    cache = tmp_path_factory.mktemp("cache")
    with kpa.demo.serve(kpa.demo.Records(DONE)) as api:
        environment = {
            "KPA_API_TOKEN": api.token,
            "KPA_API_URL": api.url,
            "KPA_CACHE_DIR": str(cache),
            "KPA_REQUESTS_PER_MINUTE": "100000",
        }
        result = CliRunner().invoke(
            app, ["audit", str(pack), "--as-of", "2026-06-30"], env=environment
        )
    assert result.exit_code == 0, result.output
    return result.output, pack


def test_the_command_says_not_known(made):
    assert re.search(r"^ *missing +not known$", made[0], re.MULTILINE)


def test_the_manifest_has_no_figure(made):
    manifest = json.loads((made[1] / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["counts"]["missing"] is None
    assert manifest["counts"]["not_due"] is None
    assert manifest["settings"]["required"] == "unknown"


def test_nothing_is_listed_as_missing_and_the_past_is_not_known_either(made):
    page = Page((made[1] / "report.html").read_text(encoding="utf-8")).text
    assert "Listed as missing" not in page
    assert "it is not known how many trainings were missing on any of these days" in page
    trend = pack_reader.rows(made[1], "trend.csv")
    assert {row["missing"] for row in trend} == {row["not_due"] for row in trend} == {""}


def test_the_page_and_the_paper_say_not_known(made):
    page = Page((made[1] / "report.html").read_text(encoding="utf-8")).text
    for text in (page, pdf_text((made[1] / "audit.pdf").read_bytes())):
        said = " ".join(text.split())
        assert "Missing not known No requirements were provided" in said
        assert "It is not known how many trainings are missing" in said
        assert not re.search(r"\b0 (missing|required|not due)\b", said)


def test_the_workbook_says_not_known(made):
    rows = openpyxl.load_workbook(made[1] / "audit.xlsx")["summary"].iter_rows(values_only=True)
    assert {row[0]: row[1] for row in rows if row[0]}["Missing"] == "not known"


@pytest.mark.parametrize("name", ["status_summary", "expiry_by_training", "training_matrix"])
def test_the_charts_say_not_known(made, name):
    drawing = (made[1] / "charts" / f"{name}.svg").read_text(encoding="utf-8")
    assert "not known" in drawing


@pytest.mark.usefixtures("only_its_page")
def test_a_record_without_a_day_makes_no_requirement_known(tmp_path):
    undated = completion(2, 7, person(1), 0)
    source = kpa.demo.Records(DONE | {"completedtrainings.v2.list": [undated]})
    with kpa.demo.serve(source) as api, pytest.warns(KPADataWarning, match="impossible date"):
        data = load(tmp_path / "cache", api)
    pack = kpa.export_audit(data, tmp_path / "pack", as_of="2026-06-30")
    page = Page((pack / "report.html").read_text(encoding="utf-8")).text
    assert "It is not known how many trainings are missing" in page
    assert "Required and never completed" not in page
    assert [row["status"] for row in pack_reader.rows(pack, "cases.csv")] == ["missing"]
    assert (
        "Missing not known No requirements were provided; 1 listed case has only a completion "
        "without a date"
    ) in page
    assert "Listed as missing: 1 case whose only completion has no date" in page
