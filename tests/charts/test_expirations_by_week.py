"""Which weeks many certificates end in."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import polars as pl
import pytest

from kpa_analytics import charts
from kpa_analytics.errors import KPADataError
from tests.charts.frames import AS_OF, status_frame
from tests.charts.marks import bars, texts

STATUS = status_frame(60, 30)
VALID = STATUS.filter(pl.col("status").is_in(["current", "expiring"]))
MONDAY = AS_OF - timedelta(days=AS_OF.weekday())


def test_every_valid_case_is_in_one_row():
    table = charts.expirations_by_week_table(STATUS, weeks=26)
    weeks = Counter(
        day - timedelta(days=day.weekday()) for day in VALID["expiration_date"].drop_nulls()
    )
    inside = table.filter(pl.col("part") == "week")
    assert inside["week"].to_list() == [MONDAY + timedelta(weeks=at) for at in range(26)]
    assert inside["total"].to_list() == [weeks[week] for week in inside["week"]]
    assert table["total"].sum() == VALID.height
    no_date = table.filter(pl.col("part") == "no date")["total"].item()
    assert no_date == VALID["expiration_date"].null_count() > 0


def test_the_largest_training_of_a_week_is_named():
    row = STATUS.filter(pl.col("status") == "current").head(1)
    many = pl.concat([row.with_columns(m_user_id=pl.lit(str(at))) for at in range(9)])
    many = many.with_columns(
        expiration_date=pl.lit(date(2026, 7, 15)),
        days_left=pl.lit((date(2026, 7, 15) - AS_OF).days, pl.Int64),
        training_id=pl.when(pl.int_range(pl.len()) < 6).then(7).otherwise(8).cast(pl.Int64),
        training=pl.when(pl.int_range(pl.len()) < 6).then(pl.lit("Fire")).otherwise(pl.lit("Ice")),
    )
    table = charts.expirations_by_week_table(many).filter(pl.col("total") > 0)
    assert table.select("week", "total", "largest", "largest_cases").rows() == [
        (date(2026, 7, 13), 9, "Fire", 6)
    ]
    description = charts.expirations_by_week(many).description
    assert "In the week of 13 Jul 2026: 9 certificates, 6 of them for Fire" in description
    assert description.startswith(
        "9 certificates expire in the week of 13 Jul 2026, more than in any other of the 26 weeks."
    )


@pytest.mark.slow
def test_the_axis_has_every_week_if_only_one_has_certificates():
    row = STATUS.filter(pl.col("status") == "current").head(1)
    day = date(2026, 9, 15)
    only = row.with_columns(
        expiration_date=pl.lit(day), days_left=pl.lit((day - AS_OF).days, pl.Int64)
    )
    chart = charts.expirations_by_week(only)
    assert texts(chart, "X-axis")[:7] == ["Jul", "2026", "Aug", "Sep", "Oct", "Nov", "Dec"]
    (_, width, _), *none = bars(chart)
    assert not none
    assert width < chart.to_dict()["width"] / 20


def test_weeks_with_as_many_certificates_are_not_said_to_have_fewer():
    row = STATUS.filter(pl.col("status") == "current").head(1)
    days = [date(2026, 7, 15), date(2026, 8, 3)]
    both = pl.concat(
        [
            row.with_columns(
                m_user_id=pl.lit(str(day)),
                expiration_date=pl.lit(day),
                days_left=pl.lit((day - AS_OF).days, pl.Int64),
            )
            for day in days
        ]
    )
    assert charts.expirations_by_week(both).to_dict()["title"]["text"] == (
        "1 certificate expires in the week of 13 Jul 2026; none of the 26 weeks has more"
    )
    alone = charts.expirations_by_week(both, weeks=3).to_dict()["title"]["text"]
    assert alone.endswith("13 Jul 2026, more than in any other of the 3 weeks")
    only = charts.expirations_by_week(both, as_of=AS_OF, weeks=1)
    assert "No expirations to show" in only.description


def test_what_is_not_drawn_is_said():
    table = charts.expirations_by_week_table(STATUS, weeks=4)
    later = table.filter(pl.col("part") == "later")["total"].item()
    description = charts.expirations_by_week(STATUS, weeks=4).description
    assert f"Not drawn: {later:,} expiring later, " in description


@pytest.mark.parametrize("weeks", [0, 105, 2.5, True])
def test_an_impossible_number_of_weeks_is_named(weeks):
    with pytest.raises(KPADataError, match="weeks must be a whole number from 1 to 104"):
        charts.expirations_by_week_table(STATUS, weeks=weeks)
