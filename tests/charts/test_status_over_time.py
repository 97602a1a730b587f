"""The share of gaps through time: all cases, or groups."""

from __future__ import annotations

import json
from datetime import date

import polars as pl
import pytest

from kpa_analytics import charts
from kpa_analytics.charts.render import specification, svg
from kpa_analytics.charts.theme import contrast
from kpa_analytics.errors import KPADataError
from kpa_analytics.report_text import DEMO_MARK
from tests.charts.frames import HOSTILE, trend_by_training, trend_frame
from tests.charts.marks import drawing

TREND, TRAININGS = trend_frame(), trend_by_training()


def test_the_table_counts_the_gaps_of_each_day():
    table = charts.status_over_time_table(TREND)
    gaps = TREND["expired"] + TREND["missing"]
    assert table["day"].to_list() == TREND["day"].to_list()
    assert table["gaps"].to_list() == gaps.to_list()
    assert table["share"].to_list() == (gaps / TREND["total"]).to_list()


def test_the_description_has_share_and_count_of_the_first_and_the_last_day():
    first, last = (TREND.row(at, named=True) for at in (0, -1))
    said = charts.status_over_time(TREND).description
    for row in (first, last):
        assert f"{row['expired'] + row['missing']:,} of {row['total']:,} cases" in said
    assert "on 28 Jun 2026" in said
    assert "on 28 Jul 2025" in said
    assert "Every day is counted with today's requirements, training schedules and groups" in said


@pytest.mark.slow
def test_a_period_without_gaps_is_drawn():
    frame = TREND.with_columns(pl.lit(0, pl.Int64).alias(gap) for gap in ("expired", "missing"))
    picture = svg(specification(charts.status_over_time(frame)))
    assert "Infinity" not in picture
    assert "The share of gaps is 0%" in picture


@pytest.mark.slow
def test_missing_that_is_not_known_is_said_and_never_drawn_as_zero():
    unknown = trend_frame(known=False)
    table = charts.status_over_time_table(unknown)
    assert table["missing"].null_count() == table.height
    chart = charts.status_over_time(unknown)
    assert "Missing: not known. No requirements were provided" in chart.description
    assert "expired or missing" not in chart.description
    assert '"missing"' not in json.dumps(specification(chart)["datasets"])
    assert "○ Missing" not in drawing(chart)
    assert "○ Missing" in drawing(charts.status_over_time(TREND))


@pytest.mark.slow
def test_the_groups_with_the_highest_share_are_drawn_and_the_others_are_counted():
    table = charts.status_over_time_table(TRAININGS, top=4)
    last = table.filter(pl.col("day") == pl.col("day").max())
    shares = last["share"].to_list()
    assert last["group"].to_list()[4:] == ["other trainings (5)"]
    assert shares[:4] == sorted(shares[:4], reverse=True)
    assert shares[3] >= shares[4]
    assert (
        table["gaps"].sum() == TRAININGS.select(pl.col("expired") + pl.col("missing")).sum().item()
    )
    chart = charts.status_over_time(TRAININGS, top=4)
    assert chart.description.startswith(f"{last['group'][0]} has the highest share of gaps")
    assert "for 9 trainings" in chart.description
    text = drawing(chart)
    for gaps, total in last.select("gaps", "total").iter_rows():
        assert f"{gaps:,} of {total:,}" in text


def by_office(**offices: tuple[int, int]) -> pl.DataFrame:
    """The trend of one day: gaps and all cases by office; `none` is no office."""
    rows = [
        {
            "day": date(2026, 6, 30),
            "field_office_id": None if office == "none" else office,
            "field_office": None if office == "none" else office,
            **{"current": total - gaps, "expiring": 0, "expired": gaps, "missing": 0},
            **{"not_due": 0, "total": total},
        }
        for office, (gaps, total) in offices.items()
    ]
    return pl.DataFrame(rows, schema_overrides={"field_office": pl.String})


@pytest.mark.parametrize(
    ("offices", "title"),
    [
        ({"Elko": (1, 4), "Casper": (0, 4)}, "Elko has the highest share of gaps: 25%"),
        (
            {"Elko": (1, 4), "Casper": (1, 4), "Reno": (1, 4), "Oslo": (0, 4)},
            "Casper and 2 more have the highest share of gaps: 25% each",
        ),
        (
            {"Elko": (1, 4), "Casper": (0, 4), "Reno": (0, 4), "none": (3, 4)},
            "Of the field offices, Elko has the highest share of gaps: 25%",
        ),
        ({"Elko": (1, 4), "Casper": (1, 4)}, "For each field office, 25% of cases are gaps"),
        ({"Elko": (1, 4), "none": (3, 4)}, "Elko: 25% of cases are gaps"),
        ({"none": (3, 4)}, "75% of cases are gaps"),
        ({"Elko": (0, 4), "Casper": (0, 4)}, "No case is a gap"),
    ],
)
def test_the_title_compares_all_groups_also_those_not_drawn(offices, title):
    chart = charts.status_over_time(by_office(**offices), top=1)
    assert chart.description.startswith(f"{title} on 30 Jun 2026. ")
    count = len({*offices} - {"none"})
    assert f" for {count} field office{'s' * (count != 1)}" in chart.description


def test_cases_without_a_group_are_named():
    offices = TREND.drop("demo").with_columns(
        pl.lit(None, pl.String).alias("supervisor_id"), pl.lit(None, pl.String).alias("supervisor")
    )
    assert charts.status_over_time_table(offices)["group"].unique().to_list() == ["(no supervisor)"]


@pytest.mark.slow
def test_a_day_without_cases_has_no_share():
    nobody = pl.when(pl.int_range(pl.len()) == 5).then(0).otherwise(pl.col(pl.Int64)).name.keep()
    frame = TREND.with_columns(nobody)
    assert charts.status_over_time_table(frame)["share"].null_count() == 1
    line = 'aria-roledescription="line mark"'
    whole, broken = (svg(specification(charts.status_over_time(trend))) for trend in (TREND, frame))
    assert (whole.count(line), broken.count(line)) == (1, 2)


@pytest.mark.parametrize("frame", [TREND, TRAININGS], ids=["all", "trainings"])
def test_very_many_days_are_thinned_and_the_rest_is_counted(frame):
    days = pl.date_range(pl.date(2021, 7, 1), pl.date(2026, 6, 30), "1d", eager=True)
    many = frame.filter(pl.col("day") == pl.col("day").max()).drop("day")
    many = days.alias("day").to_frame().join(many, how="cross")
    chart = charts.status_over_time(many)
    assert len(chart.to_json()) < 100_000
    drawn = {
        row["day"]
        for rows in specification(chart)["datasets"].values()
        for row in rows
        if "day" in row
    }
    assert {"2021-07-01", "2026-06-30"} <= drawn
    assert f"Not drawn: {days.len() - len(drawn):,} days of {days.len():,}" in chart.description


@pytest.mark.slow
def test_hostile_titles_stay_text():
    hostile = trend_by_training(len(HOSTILE), titles=HOSTILE)
    chart = charts.status_over_time(hostile, top=12)
    assert "<script" not in svg(specification(chart))
    assert len(chart.to_json()) < 100_000


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, True])
def test_the_line_of_a_group_contrasts_with_the_background(dark):
    colours = charts.palette(dark)
    assert contrast(colours.accent, colours.background) >= 3
    assert colours.accent in drawing(charts.status_over_time(TRAININGS, dark=dark))


def test_demo_counts_are_marked():
    assert DEMO_MARK in charts.status_over_time(TREND.drop("demo"), demo=True).description
    assert DEMO_MARK in charts.status_over_time(TRAININGS, demo=True).description
    assert DEMO_MARK not in charts.status_over_time(TRAININGS).description


@pytest.mark.slow
def test_one_day_is_drawn():
    said = charts.status_over_time(TREND.tail(1))
    assert "on 28 Jun 2026" in said.description
    assert "28 Jun" in drawing(said)


@pytest.mark.slow
@pytest.mark.parametrize("year", [1, 1926, 9999])
def test_days_of_any_year_are_labelled(year):
    days = TREND.tail(2).with_columns(day=pl.Series([date(year, 1, 2), date(year, 12, 31)]))
    text = drawing(charts.status_over_time(days))
    assert "2 Jan" in text
    assert "31 Dec" in text


@pytest.mark.parametrize(
    ("frame", "named"),
    [
        (pl.concat([TREND, TREND]), "2025-07-28 occurs more than once"),
        (
            pl.concat([TREND, trend_frame(known=False, months=24).head(12)]),
            "not known on some days",
        ),
        (TREND.with_columns(day=pl.lit(None, pl.Date)), "a day is null"),
        (TREND.with_columns(expired=pl.lit(None, pl.Int64)), "expired is null"),
        (TREND.with_columns(total=pl.lit(None, pl.Int64)), "total is null"),
    ],
)
def test_counts_that_cannot_be_drawn_are_named(frame, named):
    with pytest.raises(KPADataError, match=named):
        charts.status_over_time(frame)


@pytest.mark.parametrize("top", [0, 13, 2.5, True])
def test_an_impossible_number_of_groups_is_named(top):
    with pytest.raises(KPADataError, match="top must be a whole number from 1 to 12"):
        charts.status_over_time_table(TREND, top=top)


@pytest.mark.parametrize(
    ("by", "noun"),
    [
        ("field_office", "field office"),
        ("job_title", "job title"),
        ("line_of_business", "line of business"),
        ("supervisor", "supervisor"),
        ("training", "training"),
    ],
)
def test_one_group_of_any_kind_has_its_noun(by, noun):
    frame = TRAININGS.filter(pl.col("training_id") == TRAININGS["training_id"][0])
    renamed = frame.rename({"training_id": f"{by}_id", "training": by})
    assert f" for 1 {noun}; " in charts.status_over_time(renamed).description
