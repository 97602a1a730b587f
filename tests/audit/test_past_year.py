"""The section about the twelve months before the day of a pack."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import kpa_analytics as kpa
from kpa_analytics.analysis.status_over_time import usual_start
from kpa_analytics.audit.evidence import Evidence, gather
from kpa_analytics.audit.past_year import month_days
from kpa_analytics.audit.report import report
from kpa_analytics.data.scope import Scope
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.schema import COMPLETIONS, STATUS_OVER_TIME, TRAININGS, USERS
from kpa_analytics.statuses import STATUSES
from kpa_analytics.widgets import TrendExplorer
from tests.audit import pack_reader
from tests.audit.packs import AS_OF, Page
from tests.frames import frame_of

LADDERS = {"id": 7, "title": "Ladders", "schedule_type": "rolling", "renewal_months": 6}
REQUIRED = pl.DataFrame({"m_user_id": ["ann", "bob"], "training_id": [7, 7]})


def records_of(*days: date | None) -> TrainingData:
    """Ann's completions of Ladders on these days."""
    done = [
        {"id": at, "training_id": 7, "m_user_id": "ann", "date": day}
        for at, day in enumerate(days, 1)
    ]
    return TrainingData(
        completions=frame_of(COMPLETIONS, *done),
        trainings=frame_of(TRAININGS, LADDERS),
        users=frame_of(USERS, {"id": "ann", "lastname": "Moe"}, {"id": "bob", "lastname": "Ray"}),
    )


def evidence_of(data: TrainingData, as_of: date = AS_OF, required=REQUIRED) -> Evidence:
    return gather(
        data,
        as_of=as_of,
        expiring_days=30,
        required=required,
        title="Records",
        names=True,
        earlier=None,
    )


def section_of(evidence: Evidence) -> dict:
    charts = ["status_over_time"] * evidence.past.is_trend
    charts += ["renewal_punctuality"] * evidence.past.is_share_known
    sections = report(evidence, charts)["sections"]
    (section,) = (section for section in sections if section["key"] == "past")
    return section


def said(evidence: Evidence) -> str:
    return " ".join(section_of(evidence)["sentences"])


def test_the_days_end_on_the_day_of_the_pack():
    def days(as_of: date) -> list[date]:
        return month_days(as_of).days.to_list()

    assert days(date(2026, 6, 30))[::4] == [
        *(date(2025, 6, 30), date(2025, 10, 31), date(2026, 2, 28), date(2026, 6, 30))
    ]
    assert days(date(2024, 2, 29))[::6] == [
        *(date(2023, 2, 28), date(2023, 8, 31), date(2024, 2, 29))
    ]
    assert days(date(2025, 2, 28))[:2] == [date(2024, 2, 29), date(2024, 3, 31)]
    assert usual_start(date(2025, 2, 28), None) == date(2024, 2, 29)
    assert days(date(2026, 3, 30))[-2:] == [date(2026, 2, 28), date(2026, 3, 30)]
    assert days(date.max)[-1] == date.max
    assert days(date(1, 2, 3)) == [date(1, 2, 3)]


def test_packs_and_explorers_count_the_same_days(data):
    as_of = date(2026, 6, 30)
    explorer = TrendExplorer(data, as_of=as_of)
    past = evidence_of(data, as_of, required=data.requirements).past
    assert_frame_equal(explorer.rows, past.trend)
    assert date(2026, 5, 31) in past.trend["day"]


@pytest.mark.slow
@pytest.mark.parametrize("as_of", [date(2026, 6, 30), date(2026, 3, 30), date(2024, 2, 29)])
def test_every_day_has_the_counts_of_expiry_status(data, as_of):
    trend = evidence_of(data, as_of, required=None).past.trend
    assert trend["day"].equals(month_days(as_of).days)
    for row in trend.iter_rows(named=True):
        status = kpa.expiry_status(
            data.completions,
            data.trainings,
            data.users,
            as_of=row["day"],
            required=data.requirements,
        )["status"].cast(pl.String)
        assert {name: row[name] for name in STATUSES} == {
            name: status.eq(name).sum() for name in STATUSES
        }
        assert row["total"] == len(status)


@pytest.mark.slow
def test_the_renewals_are_those_of_the_twelve_months_and_later(data):
    past = evidence_of(data, date(2026, 6, 15), required=None).past
    assert past.since == date(2025, 7, 1)
    came_due = kpa.renewals(data.completions, data.trainings, data.users, as_of="2026-06-15")
    assert_frame_equal(past.renewals, came_due.filter(pl.col("expiration_date") >= past.since))
    assert past.punctuality["n"].sum() == past.renewals.height > 0


@pytest.mark.slow
def test_an_account_without_records_says_so_and_draws_nothing():
    for data in (TrainingData(completions=COMPLETIONS.empty()), records_of(date(2026, 7, 1))):
        section = section_of(evidence_of(data))
        assert section["sentences"] == [
            "No completion is dated on or before 30 Jun 2026, so nothing is known about earlier "
            "days.",
            "No certificate that expires on or after 1 Jul 2025 had come due by 30 Jun 2026, so "
            "nothing is known about renewals in these months.",
        ]
        assert section["charts"] == section["tables"] == []


@pytest.mark.slow
def test_records_that_begin_in_the_last_month_are_not_compared():
    section = section_of(evidence_of(records_of(date(2026, 6, 2))))
    assert section["sentences"][0] == (
        "The first completion is dated 2 Jun 2026, so there is no earlier month to compare."
    )
    assert section["charts"] == section["tables"] == []


@pytest.mark.slow
def test_months_before_the_first_record_are_left_out_and_said():
    evidence = evidence_of(records_of(date(2026, 1, 10)))
    section = section_of(evidence)
    days = [
        "31 Jan 2026",
        "28 Feb 2026",
        "31 Mar 2026",
        "30 Apr 2026",
        "31 May 2026",
        "30 Jun 2026",
    ]
    assert [row[0] for row in section["tables"][0]["rows"]] == days
    text = said(evidence)
    assert "The first completion is dated 10 Jan 2026. Earlier days are left out" in text
    assert "1 of 2 cases (50%) on 31 Jan 2026, and 1 of 2 cases (50%) on 30 Jun 2026" in text
    assert "None of them was due for renewal before 30 Jun 2026, so the share" in text
    assert section["charts"] == ["status_over_time"]
    assert section["tables"][1]["rows"] == [["Jul 2026", "1", "0", "0", "0", "1", "not known"]]


@pytest.mark.slow
@pytest.mark.parametrize("trainings", [(), (7,)])
def test_months_in_which_everybody_had_left_are_not_compared(trainings):
    data = records_of(date(2025, 1, 10))
    gone = data.users.with_columns(terminationDate=pl.datetime(2025, 3, 1, time_zone="UTC"))
    part = replace(data, users=gone).part(Scope(description="a part", trainings=trainings))
    evidence = evidence_of(part)
    assert evidence.past.trend["total"].to_list() == [0] * 13
    section = section_of(evidence)
    assert section["sentences"][0] == (
        "Fewer than two of these months have any cases, so there is nothing to compare."
    )
    assert section["charts"] == section["tables"] == []


@pytest.mark.slow
@pytest.mark.parametrize("undated", [False, True])
def test_without_requirements_missing_is_not_known_on_any_day(undated):
    days = [date(2025, 1, 10), date(2026, 1, 20)]
    evidence = evidence_of(records_of(*days), required=None)
    if undated:
        data = records_of(*days)
        other = frame_of(COMPLETIONS, {"id": 9, "training_id": 7, "m_user_id": "bob"})
        evidence = evidence_of(
            replace(data, completions=pl.concat([data.completions, other])), required=None
        )
    trend = evidence.past.trend
    assert trend["missing"].null_count() == trend["not_due"].null_count() == trend.height == 13
    assert trend["total"][-1] == evidence.figures.cases
    rows = section_of(evidence)["tables"][0]["rows"]
    assert {row[5] for row in rows} == {row[6] for row in rows} == {"not known"}
    text = said(evidence)
    assert "it is not known how many trainings were missing on any of these days" in text
    assert text.startswith("Expired cases: 0 of ")
    assert "missing cases" not in text


@pytest.mark.slow
def test_it_says_that_the_rules_are_todays():
    text = said(evidence_of(records_of(date(2025, 1, 10))))
    assert (
        "Every day is counted with today's requirements, training schedules and field offices"
        in text
    )
    assert "the figures of a past day are computed by today's rules" in text


@pytest.mark.slow
def test_renewals_are_counted_by_outcome_and_month():
    evidence = evidence_of(records_of(date(2025, 2, 10), date(2025, 8, 1), date(2026, 3, 1)))
    assert said(evidence).endswith(
        "Of the certificates that expire on or after 1 Jul 2025, 2 had come due by 30 Jun 2026: "
        "1 renewed on time, 1 renewed late, 0 lapsed, 0 pending. Lapsed means expired and not "
        "renewed. Pending means not renewed yet, but still valid. Of those whose last valid day "
        "was before 30 Jun 2026, 50% were renewed on time (1 of 2). renewals.csv lists each of "
        "these certificates."
    )
    rows = section_of(evidence)["tables"][1]["rows"]
    assert rows == [
        ["Aug 2025", "1", "1", "0", "0", "0", "100%"],
        ["Feb 2026", "1", "0", "1", "0", "0", "0%"],
    ]


@pytest.mark.slow
def test_a_part_counts_its_own_cases_only(data):
    composed = data.trainings.filter(pl.col("included_trainings_id").list.len() > 0)["id"][0]
    people = data.users["id"].head(20)
    for scope in (
        Scope(description="one training", trainings=(composed,)),
        Scope(description="some people", people=people),
    ):
        evidence = evidence_of(data.part(scope), required=None)
        *_, last = evidence.past.trend.iter_rows(named=True)
        counts = evidence.figures.as_counts()
        assert {name: last[name] for name in STATUSES} == {name: counts[name] for name in STATUSES}
        assert last["total"] == counts["cases"] > 0
        about = evidence.past.renewals.select("training_id", "m_user_id")
        assert about.filter(~scope.cases | ~scope.of_people("m_user_id")).is_empty()


@pytest.mark.slow
def test_days_without_a_case_of_the_part_are_counted_as_none(data):
    unheard = Scope(description="a training that nobody did", trainings=(424242,))
    evidence = evidence_of(data.part(unheard), required=None)
    assert evidence.past.trend.is_empty()
    assert STATUS_OVER_TIME.fits(evidence.past.trend)


def test_page_workbook_and_files_agree(pack, book):
    trend = pack_reader.rows(pack, "trend.csv")
    heading, *rows = book["trend"].iter_rows(values_only=True)
    sheet = [dict(zip(heading, row, strict=True)) for row in rows]
    assert [row["day"] for row in trend] == [str(row["day"].date()) for row in sheet]
    assert [row["total"] for row in trend] == [str(row["total"]) for row in sheet]
    assert book["renewals"].max_row - 1 == len(pack_reader.rows(pack, "renewals.csv")) > 0
    page = Page((pack / "report.html").read_text(encoding="utf-8")).text
    assert "The last twelve months" in page
    assert f"{int(trend[0]['total']):,} cases" in page
