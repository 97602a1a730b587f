"""Charts over time: the length of their periods, and mistyped years."""

from __future__ import annotations

import re
from datetime import date

import polars as pl
import pytest

from kpa_analytics import charts
from kpa_analytics.analysis.group_sessions import group_share
from kpa_analytics.analysis.instructors import instructor_activity
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import INSTRUCTOR_ACTIVITY
from tests.charts.frames import (
    AS_OF,
    MISTYPED,
    USUAL,
    activity_frame,
    completions,
    sessions_frame,
    share_frame,
)
from tests.charts.marks import bars, texts


@pytest.mark.slow
@pytest.mark.parametrize("every", ["1w", "1mo", "7mo", "1y"])
@pytest.mark.parametrize("wrong", MISTYPED)
@pytest.mark.parametrize("analysis", [instructor_activity, group_share])
def test_a_mistyped_year_neither_empties_a_chart_nor_thins_its_bars(analysis, wrong, every):
    chart = getattr(charts, analysis.__name__)
    usual, with_wrong = (
        chart(analysis(completions(*days), every=every)) for days in (USUAL, [*USUAL, wrong])
    )
    assert bars(with_wrong) == bars(usual)
    assert bars(usual)
    description = usual.description.removesuffix(".")
    number = re.search(r"(\d+) (?:completions? )?(?:in )?earlier", description)
    before = int(number[1]) if number else 0
    if wrong > AS_OF:
        assert re.search(r"Not drawn: .*\b1 (completion )?(in )?later", with_wrong.description)
    else:
        assert re.search(
            rf"Not drawn: .*\b{before + 1} (completions? )?(in )?earlier", with_wrong.description
        )


@pytest.mark.slow
@pytest.mark.parametrize("analysis", [instructor_activity, group_share])
@pytest.mark.parametrize(
    ("every", "name", "ticks"),
    [
        ("1y", "2026", ["Jan", "2026", "Feb", "Mar"]),
        ("1q", "Q2 2026", ["Apr", "2026", "May", "Jun"]),
        ("1mo", "May 2026", ["May", "2026", "Jun"]),
        ("1w", "from 4 May 2026", ["5 May", "2026", "7 May", "9 May"]),
        ("1d", "5 May 2026", ["5 May", "2026", "6 May"]),
    ],
)
def test_a_single_period_keeps_its_length(analysis, every, name, ticks):
    frame = analysis(completions(date(2026, 5, 5)), every=every)
    assert frame["every"].to_list() == [every]
    chart = getattr(charts, analysis.__name__)(frame)
    assert any(name in label for label, *_ in bars(chart))
    assert texts(chart, "X-axis")[: len(ticks)] == ticks, "an axis without any day"


def test_another_length_than_that_of_the_frame_is_an_error_that_names_both():
    frame = instructor_activity(completions(date(2026, 5, 5)), every="1q")
    assert charts.instructor_activity(frame, every="3mo").description
    with pytest.raises(KPADataError, match=r"every .* 1y, 3mo"):
        charts.instructor_activity(frame, every="1y")
    with pytest.raises(KPADataError, match="2 Apr 2026"):
        charts.group_share(share_frame(1).with_columns(pl.lit(date(2026, 4, 2)).alias("period")))


@pytest.mark.parametrize(
    ("periods", "every", "name", "until"),
    [
        ([date(2025, 7, 1), date(2026, 6, 1)], "1mo", "Jun 2026", "2026-07-01"),
        ([date(2025, 1, 1)], "1y", "2025", "2026-01-01"),
        ([date(2025, 4, 1)], "1q", "Q2 2025", "2025-07-01"),
        ([date(2025, 1, 1), date(2025, 7, 1)], "1mo", "Jul 2025", "2025-08-01"),
        ([date(2025, 1, 6), date(2025, 2, 3)], "1w", "from 3 Feb 2025", "2025-02-10"),
    ],
)
def test_a_period_has_the_length_in_every(periods, every, name, until):
    rows = [
        {"m_instructor_id": "a", "instructor": "A", "period": period, "every": every,
         "completions": 1, "trainees": 1, "trainings": 1, "group_sessions": 0, "demo": False}
        for period in periods
    ]  # fmt: skip
    frame = pl.DataFrame(rows, schema=INSTRUCTOR_ACTIVITY.schema)
    drawn = charts.instructor_activity(frame).to_dict()
    last = [row for rows in drawn["datasets"].values() for row in rows if "until" in row][-1]
    assert (last["name"], last["until"][:10]) == (name, until)


def test_an_invalid_length_is_an_error_that_names_every():
    frame = activity_frame(2, 3)
    with pytest.raises(KPADataError, match="every"):
        charts.instructor_activity(frame, every="month")


def test_an_empty_chart_still_counts_what_has_no_day():
    undated = sessions_frame(3).with_columns(pl.lit(None, pl.Date).alias("date"))
    assert "Not drawn: 3 sessions without a date" in charts.group_sessions(undated).description
    share = share_frame(1).with_columns(pl.lit(None, pl.Date).alias("period"))
    rest = share["in_groups"].sum() + share["alone"].sum()
    assert f"Not drawn: {rest:,} without a date" in charts.group_share(share).description
