"""How statuses were computed: every rule with its mark, every training with its schedule."""

from dataclasses import replace
from datetime import UTC, date, datetime

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.audit.evidence import gather
from kpa_analytics.audit.schedule_rows import schedule_rows
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.report_text import MARKS, RULES
from kpa_analytics.schema import COMPLETIONS, SOURCES, TRAININGS, USERS
from tests.audit.packs import AS_OF, Page, pdf_text, sheet_rows
from tests.frames import frame_of


def test_every_rule_has_one_of_the_three_marks_and_a_section():
    assert {rule.mark for rule in RULES} == set(MARKS) == {"vendor", "inferred", "ours"}
    assert {rule.section for rule in RULES} == {1, 2, 3, 4, 5, 6, 7}
    assert len({rule.key for rule in RULES}) == len(RULES)
    assert all(rule.text.endswith(".") and rule.cited.endswith(f" [{rule.mark}]") for rule in RULES)


def test_every_expiration_source_has_its_rule():
    assert set(SOURCES) <= {rule.key for rule in RULES}


@pytest.mark.slow
def test_every_rule_is_printed_with_its_mark_on_page_paper_and_sheet(pack):
    page = Page((pack / "report.html").read_text(encoding="utf-8")).text
    paper = pdf_text((pack / "audit.pdf").read_bytes())
    together = "".join(paper.split()).replace("-", "")
    rows = sheet_rows(pack, "rules")
    assert [(row["rule"], row["text"], row["mark"]) for row in rows] == [
        (rule.key, rule.cited, rule.mark) for rule in RULES
    ]
    for rule in RULES:
        assert rule.cited in page
    for mark in MARKS:
        assert together.count(f"[{mark}]") == 1 + sum(rule.mark == mark for rule in RULES)


def test_the_cases_of_the_rules_are_those_of_the_statuses(pack, data):
    status = kpa.expiry_status(
        data.completions, data.trainings, data.users, as_of=AS_OF, required=data.employee_status
    )
    counts = {row["rule"]: row["cases"] for row in sheet_rows(pack, "rules")}
    for source in SOURCES:
        assert counts[source] == status.filter(pl.col("expiration_source") == source).height
    never_completed = status.filter(pl.col("expiration_source").is_null())
    assert counts["missing"] == never_completed.filter(pl.col("status") == "missing").height > 0
    assert counts["missing"] + counts["new employee"] == never_completed.height
    assert counts["latest"] is None
    assert sum(filter(None, counts.values())) == status.height


@pytest.mark.usefixtures("blank_charts")
@pytest.mark.slow
def test_every_case_is_counted_by_one_rule_whatever_its_status(tmp_path):
    """An open window makes a new employee who never completed the training expiring."""
    open_window = WINDOW | {"id": 7, "title": "Heat", "window_last_offered_date": date(2025, 6, 1)}
    moe = {"id": "moe", "hireDate": datetime(2026, 1, 5, tzinfo=UTC)}
    data = TrainingData(
        completions=COMPLETIONS.empty(),
        trainings=frame_of(TRAININGS, open_window, {"id": 8, "title": "Ladders"}),
        users=frame_of(USERS, moe),
    )
    required = pl.DataFrame({"m_user_id": ["moe", "moe"], "training_id": [7, 8]})
    pack = kpa.export_audit(data, tmp_path / "pack", as_of=AS_OF, required=required)
    counts = {row["rule"]: row["cases"] for row in sheet_rows(pack, "rules")}
    assert (counts["new employee"], counts["missing"]) == (1, 1)
    assert sum(filter(None, counts.values())) == 2


SPECIAL_ONLY = "; applies to special expiration dates only"
WINDOW = {
    "schedule_type": "window",
    "window_open_month": 6,
    "window_open_day": 1,
    "window_close_month": 7,
    "window_close_day": 15,
}
CATALOGUE = {
    "annual": {"schedule_type": "annual", "renewal_months": 12},
    "composed": {"renewal_months": 6, "included_trainings_id": [4, 5]},
    "fixed": {"expires_on_month": 7, "expires_on_day": 15, "expiring_days": 14},
    "fixed, renewed": {"expires_on_month": 7, "expires_on_day": 15, "renewal_months": 24},
    "month 13": {"expires_on_month": 13, "expires_on_day": 15},
    "never": {"expiring_days": -5},
    "rolling": {"renewal_months": 12, "expiring_days": 0},
    "window": WINDOW | {"window_last_offered_date": date(2026, 6, 1)},
    "window, not yet offered": WINDOW | {"window_last_offered_date": date(2026, 7, 1)},
    "blank": WINDOW | {"schedule_type": " ", "renewal_months": 12},
}
EXPECTED = {
    "annual": ("not known", "schedule type 'annual' is not known", "schedule type"),
    "blank": ("rolling", "every 12 months", "renewal months"),
    "composed": (
        "composed of 2 trainings, own schedule: rolling",
        "every 6 months",
        "renewal months, included trainings",
    ),
    "fixed": ("fixed day", "on 15 Jul each year", "fixed day"),
    "fixed, renewed": (
        "fixed day",
        "on 15 Jul, within 24 months of completion",
        "fixed day and renewal months",
    ),
    "month 13": (
        "not known",
        "its days do not exist in the calendar",
        "days of the window or the fixed day",
    ),
    "never": ("never", "no renewal", "renewal months"),
    "rolling": ("rolling", "every 12 months", "renewal months"),
    "window": (
        "window",
        "1 Jun to 15 Jul each year, last offered 1 Jun 2026",
        "window",
    ),
    "window, not yet offered": (
        "window",
        "1 Jun to 15 Jul each year, no offering listed so far",
        "window",
    ),
}


@pytest.fixture(scope="module")
def by_hand():
    trainings = [
        {"id": n, "title": title, "schedule_type": "rolling", "included_trainings_id": [], **fields}
        for n, (title, fields) in enumerate(CATALOGUE.items(), 1)
    ]
    return TrainingData(completions=COMPLETIONS.empty(), trainings=frame_of(TRAININGS, *trainings))


@pytest.mark.usefixtures("blank_charts")
@pytest.mark.slow
def test_there_is_one_row_per_training_that_says_where_its_schedule_comes_from(by_hand, tmp_path):
    pack = kpa.export_audit(by_hand, tmp_path / "pack", as_of=AS_OF, expiring_days=45)
    rows = sheet_rows(pack, "trainings")
    assert {
        row["training"]: (row["kind"], row["schedule"], row["schedule_from"]) for row in rows
    } == EXPECTED
    days = {row["training"]: (row["expiring_days_used"], row["expiring_days_from"]) for row in rows}
    assert days["fixed"] == (14, "the catalogue")
    assert days["rolling"] == (0, "the catalogue")
    assert days["never"] == (
        45,
        "this report's default: the catalogue's -5 is impossible" + SPECIAL_ONLY,
    )
    assert days["window"] == (45, "this report's default" + SPECIAL_ONLY)
    assert days["composed"] == (45, "this report's default")
    page = Page((pack / "report.html").read_text(encoding="utf-8")).text
    for title, texts in EXPECTED.items():
        assert " ".join([title, *texts]) in " ".join(page.split())


@pytest.mark.slow
def test_a_training_without_a_title_is_called_by_its_id():
    data = TrainingData(completions=COMPLETIONS.empty(), trainings=frame_of(TRAININGS, {"id": 7}))
    evidence = gather(
        data, as_of=AS_OF, expiring_days=30, required=None, title="", names=True, earlier=None
    )
    assert schedule_rows(evidence).select("training_id", "training").rows() == [(7, "7")]


def test_expiring_days_that_the_catalogue_does_not_give_are_the_reports(pack, data):
    rows = {row["training_id"]: row for row in sheet_rows(pack, "trainings")}
    assert set(rows) == set(data.trainings["id"])
    for training in data.trainings.iter_rows(named=True):
        row, own = rows[training["id"]], training["expiring_days"]
        reports = (30, "this report's default")
        expected = reports if own is None else (own, "the catalogue")
        said = row["expiring_days_from"].removesuffix(SPECIAL_ONLY)
        assert (row["expiring_days_used"], said) == expected


@pytest.mark.usefixtures("only_its_page")
@pytest.mark.slow
def test_a_look_back_says_that_requirements_are_of_the_day_of_the_list(data, tmp_path):
    def page(as_of, frames):
        folder = tmp_path / f"{frames.employee_status.height}"
        pack = kpa.export_audit(frames, folder, as_of=as_of)
        return Page((pack / "report.html").read_text(encoding="utf-8")).text

    data = replace(data, completions=data.completions.head(50), snapshots={})
    data = replace(data, employee_status=data.employee_status.head(3))
    said = "The list for 1 Jun 2025 is not known"
    assert said in page("2025-06-01", data)
    unknown = replace(data, employee_status=data.employee_status.clear())
    assert "The list for" not in page("2025-06-01", unknown)
