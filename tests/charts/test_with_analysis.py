"""The charts accept the results of the analyses, eager and lazy."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from kpa_analytics import charts
from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.analysis.group_sessions import group_sessions, group_share
from kpa_analytics.analysis.instructors import instructor_activity, instructor_coverage
from kpa_analytics.charts.render import specification, svg
from kpa_analytics.schema import COMPLETIONS, TRAININGS
from tests.charts.drawings import CHARTS
from tests.charts.frames import AS_OF, person_id, users_frame


@pytest.fixture(scope="module")
def completions() -> pl.DataFrame:
    rows = [
        {
            "id": number,
            "training_id": number % 4,
            "m_user_id": person_id(number % 30),
            "created": datetime(2026, 1, 1, tzinfo=UTC),
            "date": AS_OF - timedelta(days=number * 5 % 500),
            "m_instructor_id": person_id(40 + number % 3) if number % 5 else None,
            "group_training_id": number // 10 if number % 2 else None,
        }
        for number in range(400)
    ]
    return pl.DataFrame(rows, schema=COMPLETIONS.schema)


@pytest.fixture(scope="module")
def trainings() -> pl.DataFrame:
    rows = [
        {"id": number, "title": f"Training {number}", "renewal_months": 12} for number in range(3)
    ]
    return pl.DataFrame(rows, schema=TRAININGS.schema)


@pytest.mark.slow
@pytest.mark.parametrize("lazy", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_every_analysis_can_be_drawn(completions, trainings, lazy):
    taken = completions.lazy() if lazy else completions
    status = expiry_status(taken, trainings, as_of=AS_OF)
    drawn = [
        charts.expiry_timeline(status),
        charts.expiry_by_training(status),
        charts.expiry_by_group(status, users_frame(30)),
        charts.training_matrix(status),
        charts.status_summary(status),
        charts.instructor_activity(instructor_activity(taken, trainings)),
        charts.instructor_coverage(instructor_coverage(taken, trainings, as_of=AS_OF)),
        charts.group_sessions(group_sessions(taken)),
        charts.group_sizes(group_sessions(taken)),
        charts.group_share(group_share(taken)),
    ]
    for chart in drawn:
        assert "to show" not in chart.description
        assert svg(specification(chart)).startswith("<svg")


def test_the_chart_has_the_day_of_the_analysis(completions, trainings):
    status = expiry_status(completions, trainings, as_of=date(2026, 3, 31))
    assert "as of 31 Mar 2026" in charts.expiry_timeline(status).description


@pytest.mark.slow
@pytest.mark.parametrize("every", ["1w", "1mo", "1q", "1y"])
def test_every_period_can_be_drawn(completions, every):
    for chart in (
        charts.instructor_activity(instructor_activity(completions, every=every)),
        charts.group_share(group_share(completions, every=every)),
    ):
        assert svg(specification(chart)).startswith("<svg")


def test_the_directory_lists_charts_only():
    assert set(dir(charts)) == set(CHARTS)
