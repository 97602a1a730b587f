"""Every chart accounts for every row: those it draws and those it says it leaves out."""

import random
import re
from datetime import date

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics import charts
from kpa_analytics.schema import COMPLETIONS, GROUP_TRAININGS, TRAININGS
from tests.frames import frame_of

AS_OF = date(2026, 6, 30)
YEARS = [1, 1926, 2004, 2020, 2025, 2026, 2028, 2206, 9999]
_NUMBERS = re.compile(r"(?:^|, )([\d,]+) ")


@pytest.fixture(scope="module", params=range(4))
def company(request):
    """Completions of all kinds of days, with and without instructors and sessions."""
    draw = random.Random(request.param)
    done = [
        {
            "id": number,
            "training_id": draw.randint(1, 70),
            "m_user_id": f"person {draw.randint(1, 90)}",
            "date": draw.choice([None, date(draw.choice(YEARS), draw.randint(1, 12), 1)]),
            "m_instructor_id": draw.choice([None, *(f"teacher {number}" for number in range(40))]),
            "group_training_id": draw.choice([None, draw.randint(1, 60)]),
        }
        for number in range(600)
    ]
    trainings = [
        {"id": number, "title": f"T{number}", "renewal_months": draw.choice([None, 12, 24])}
        for number in range(1, 76)
    ]
    sessions = [{"id": n, "m_trainees_id": ["x"] * draw.randint(0, 30)} for n in range(1, 50)]
    return (
        frame_of(COMPLETIONS, *done),
        frame_of(TRAININGS, *trainings),
        frame_of(GROUP_TRAININGS, *sessions),
    )


@pytest.fixture(scope="module")
def status(company):
    pairs = [(f"person {n}", n % 80) for n in range(100)]
    schema = {"m_user_id": pl.String, "training_id": pl.Int64}
    required = pl.DataFrame(pairs, schema=schema, orient="row")
    return kpa.expiry_status(company[0], company[1], as_of=AS_OF, required=required)


def not_drawn(chart) -> int:
    """The number of rows that a chart says it leaves out."""
    text = re.search(r"Not drawn: ([^.]*)", chart.description)
    return sum(int(number.replace(",", "")) for number in _NUMBERS.findall(text[1])) if text else 0


def number_in(chart, pattern: str) -> int:
    return int(re.search(pattern, chart.description)[1].replace(",", ""))


def test_the_timeline(status):
    chart = charts.expiry_timeline(status)
    assert not_drawn(chart) > 0
    assert number_in(chart, r"([\d,]+) certificates by") + not_drawn(chart) == status.height
    assert charts.expiry_timeline_table(status)["total"].sum() == status.height


def test_the_matrix(status):
    rest = number_in(charts.training_matrix(status), r"Not drawn: ([\d,]+) of")
    assert charts.training_matrix_table(status).height + rest == status.height


def test_the_summary_and_the_trainings(status):
    assert charts.status_summary_table(status)["rows"].sum() == status.height
    assert charts.expiry_by_training_table(status, top=5)["total"].sum() == status.height


@pytest.mark.parametrize("every", ["1w", "1mo", "1y"])
def test_instructor_activity(company, every):
    activity = kpa.instructor_activity(*company[:2], every=every)
    table = charts.instructor_activity_table(activity, as_of=AS_OF)
    drawn = table.filter(pl.col("part") == "instructor")["completions"].sum()
    chart = charts.instructor_activity(activity, as_of=AS_OF)
    assert drawn + not_drawn(chart) == activity["completions"].sum() == company[0].height


@pytest.mark.parametrize("every", ["1w", "1mo", "1y"])
def test_group_share(company, every):
    share = kpa.group_share(company[0], every=every)
    chart = charts.group_share(share, as_of=AS_OF)
    assert number_in(chart, r"of ([\d,]+) completion") + not_drawn(chart) == company[0].height


def test_instructor_coverage(company):
    coverage = kpa.instructor_coverage(*company[:2], as_of=AS_OF)
    chart = charts.instructor_coverage(coverage)
    assert charts.instructor_coverage_table(coverage).height + not_drawn(chart) == coverage.height


def test_group_sessions(company):
    sessions = kpa.group_sessions(company[0], company[2], company[1])
    chart = charts.group_sessions(sessions, as_of=AS_OF)
    assert number_in(chart, r"([\d,]+) sessions? with") + not_drawn(chart) == sessions.height
    assert number_in(charts.group_sizes(sessions), r"([\d,]+) sessions?;") == sessions.height
