"""The trainings of one person through time."""

from __future__ import annotations

import re
from datetime import date, timedelta

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics import charts
from kpa_analytics.charts.render import specification, svg
from kpa_analytics.errors import KPADataError
from tests.charts.frames import AS_OF, HOSTILE, person_frames, person_id
from tests.charts.marks import drawing

WHO = person_id(3)
RECORDS = person_frames()
REQUIRED = pl.DataFrame(
    {"m_user_id": [WHO] * 3 + ["other"], "training_id": [0, 2, 900, 901]},
    schema={"m_user_id": pl.String, "training_id": pl.Int64},
)


def spans(**options: object) -> pl.DataFrame:
    return charts.person_timeline_table(*RECORDS, as_of=AS_OF, **options)


@pytest.mark.slow
@pytest.mark.parametrize("back", [0, 1, 200, 555, 900])
def test_each_span_has_the_status_of_its_days(back):
    day = AS_OF - timedelta(days=back)
    here = (
        spans(required=REQUIRED)
        .filter(~pl.col("ahead"), pl.col("first") <= day, pl.col("last") >= day)
        .sort("training_id")
    )
    status = kpa.expiry_status(*RECORDS, as_of=day, required=REQUIRED.filter(m_user_id=WHO)).sort(
        "training_id"
    )
    pairs = list(here.select("training_id", "status").iter_rows())
    assert pairs == list(status.select("training_id", "status").iter_rows())
    assert len(pairs) >= 3


@pytest.mark.slow
def test_what_is_ahead_ends_on_the_expiration_date():
    status = kpa.expiry_status(*RECORDS, as_of=AS_OF)
    valid = status.filter(pl.col("status").is_in(["current", "expiring"])).sort("training_id")
    ahead = spans().filter("ahead")
    assert ahead["first"].min() == AS_OF + timedelta(days=1)
    last = ahead.group_by("training_id").agg(pl.col("last").max()).sort("training_id")
    assert last.rows() == valid.select("training_id", "expiration_date").rows()


@pytest.mark.slow
def test_gaps_are_named_and_as_of_is_marked():
    chart = charts.person_timeline(*RECORDS, as_of=AS_OF, required=REQUIRED)
    status = kpa.expiry_status(*RECORDS, as_of=AS_OF, required=REQUIRED.filter(m_user_id=WHO))
    gaps = status.filter(pl.col("status").is_in(["expired", "missing"])).height
    assert gaps > 1
    said = f"Ruiz, Ana: {gaps} of {status.height} trainings expired or missing"
    assert chart.description.startswith(said)
    text = drawing(chart)
    assert "as of 30 Jun 2026" in text
    assert "○ missing" in text
    assert (
        text.count(f">{charts.STATUS_SIGNS['expired']} ended")
        == status.filter(status="expired").height
    )


@pytest.mark.slow
def test_missing_that_is_not_known_is_said():
    chart = charts.person_timeline(*RECORDS, as_of=AS_OF)
    assert "Missing: not known. No requirements were provided" in chart.description
    assert "missing" not in chart.description.split(".")[0]
    known = charts.person_timeline(*RECORDS, as_of=AS_OF, required=REQUIRED)
    assert "not known" not in known.description


@pytest.mark.slow
def test_one_day_is_visible():
    done = (
        RECORDS[0]
        .head(1)
        .with_columns(
            date=pl.lit(date(2024, 1, 1)), special_expiration_date=pl.lit(AS_OF - timedelta(days=1))
        )
    )
    table = charts.person_timeline_table(done, as_of=AS_OF)
    expired = table.filter(status="expired").row(0, named=True)
    assert expired["first"] == expired["last"] == AS_OF
    marks = drawing(charts.person_timeline(done, as_of=AS_OF))
    assert "Expired from 30 Jun 2026 to 30 Jun 2026" in marks


@pytest.mark.slow
def test_other_people_are_not_read():
    others = RECORDS[0].with_columns(m_user_id=pl.lit("other"), id=pl.col("id") + 10_000)
    both = pl.concat([RECORDS[0], others])
    chart = charts.person_timeline(both, *RECORDS[1:], m_user_id=WHO, as_of=AS_OF)
    assert chart.to_json() == charts.person_timeline(*RECORDS, as_of=AS_OF).to_json()
    with pytest.raises(KPADataError, match="of 2 people; give the id of one as m_user_id"):
        charts.person_timeline(both, as_of=AS_OF)
    with pytest.raises(KPADataError, match="m_user_id 'nobody' is not in these records"):
        charts.person_timeline(both, m_user_id="nobody", as_of=AS_OF)
    with pytest.raises(KPADataError, match="m_user_id must be the id of a person, not 5"):
        charts.person_timeline(both, m_user_id=5, as_of=AS_OF)


@pytest.mark.slow
def test_trainings_and_days_that_are_not_drawn_are_counted():
    said = charts.person_timeline(*RECORDS, as_of=AS_OF, top=3, years=1).description
    assert "Not drawn: 5 trainings in a better state" in said
    assert "Not drawn: days before 30 Jun 2025" in said
    whole = charts.person_timeline(*RECORDS, as_of=AS_OF).description
    assert "Not drawn" not in whole


@pytest.mark.slow
def test_the_axis_begins_with_the_first_status():
    new = RECORDS[0].head(1).with_columns(date=pl.lit(date(2026, 5, 1)))
    text = drawing(charts.person_timeline(new, as_of=AS_OF))
    assert "2025" not in text
    assert "2021" not in text


@pytest.mark.slow
def test_many_hostile_titles_stay_small_and_text():
    many = person_frames(60, titles=HOSTILE)
    chart = charts.person_timeline(*many, as_of=AS_OF, top=40, years=10)
    assert "<script" not in svg(specification(chart))
    assert len(chart.to_json()) < 100_000


@pytest.mark.slow
def test_a_training_with_very_many_completions_shows_the_newest_ones():
    days = [AS_OF - timedelta(days=2 * number) for number in range(1500)]
    often = pl.concat([RECORDS[0].head(1)] * len(days)).with_columns(
        id=pl.int_range(pl.len()), date=pl.Series(days), special_expiration_date=pl.Series(days)
    )
    chart = charts.person_timeline(often, as_of=AS_OF, years=10)
    drawn = len(re.findall(r"from \d+ \w+ \d+ to", drawing(chart)))
    assert drawn < 100
    assert "from 29 Jun 2026 to 29 Jun 2026" in drawing(chart)
    rest = charts.person_timeline_table(often, as_of=AS_OF, years=10).height - drawn
    assert f"Not drawn: {rest:,} earlier bars for which there is no room" in chart.description
    assert len(chart.to_json()) < 100_000


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"years": 0}, "years must be a whole number from 1 to 10"),
        ({"top": 41}, "top must be a whole number from 1 to 40"),
    ],
)
def test_an_impossible_number_is_named(options, named):
    with pytest.raises(KPADataError, match=named):
        charts.person_timeline(*RECORDS, as_of=AS_OF, **options)
