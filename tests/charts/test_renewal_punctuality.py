"""The share of certificates that were renewed on time."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from kpa_analytics import charts
from kpa_analytics.charts.render import specification, svg
from kpa_analytics.errors import KPADataError
from kpa_analytics.report_text import DEMO_MARK
from kpa_analytics.schema import RENEWAL_PUNCTUALITY
from tests.charts.frames import HOSTILE, punctuality_by_training, punctuality_frame
from tests.charts.marks import bars, drawing

MONTHS, TRAININGS = punctuality_frame(), punctuality_by_training()
ALL = MONTHS.select(RENEWAL_PUNCTUALITY.schema.names()).tail(3).head(1)


def test_the_title_has_the_share_of_the_last_month_that_is_known():
    last = MONTHS.filter(pl.col("share").is_not_null()).row(-1, named=True)
    said = charts.renewal_punctuality(MONTHS, as_of="2026-06-30").description
    assert said.startswith(
        f"{last['share']:.0%} of the certificates due for renewal in Jun 2026 were renewed on time"
    )
    counts = MONTHS.select(pl.col("n", "on_time", "late", "lapsed", "pending").sum()).row(0)
    assert (
        "{:,} certificates that came due: {:,} on time, {:,} late, {:,} lapsed, {:,} pending"
    ).format(*counts) in said


def test_months_far_away_are_counted_and_not_drawn():
    row = MONTHS.tail(1)
    far = [row.with_columns(month=pl.lit(day)) for day in (date(1926, 5, 1), date(2206, 5, 1))]
    frame = pl.concat([*far, MONTHS])
    table = charts.renewal_punctuality_table(frame, as_of="2026-06-30")
    assert table["n"].sum() == frame["n"].sum()
    said = charts.renewal_punctuality(frame, as_of="2026-06-30").description
    n = row["n"].item()
    assert f"Not drawn: {n} certificates due earlier" in said
    assert f"{n} certificates due later" in said


@pytest.mark.slow
def test_a_share_that_is_not_known_is_no_bar_and_no_point():
    chart = charts.renewal_punctuality(MONTHS, as_of="2026-06-30")
    points = drawing(chart).count('aria-roledescription="point"')
    assert points == MONTHS["share"].count() == MONTHS.height - 1
    chart = charts.renewal_punctuality(TRAININGS)
    assert len(bars(chart)) == TRAININGS["share"].count() == TRAININGS.height - 1
    assert ">not known</text>" in drawing(chart)
    unknown = TRAININGS.with_columns(share=pl.lit(None, pl.Float64))
    said = charts.renewal_punctuality(unknown)
    assert said.description.startswith("The share that is renewed on time is not known yet")
    assert bars(said) == []


@pytest.mark.slow
def test_the_lowest_share_comes_first_and_the_rest_is_counted():
    table = charts.renewal_punctuality_table(TRAININGS, top=5)
    drawn = table.filter(pl.col("part") == "drawn")
    assert drawn["share"].to_list() == sorted(TRAININGS["share"].drop_nulls())[:5]
    assert table["n"].sum() == TRAININGS["n"].sum()
    rest = table.filter(pl.col("part") == "others")
    chart = charts.renewal_punctuality(TRAININGS, top=5)
    assert f"Not drawn: {rest['n'].item():,} certificates in other groups" in chart.description
    assert f"The lowest on-time share is that of {drawn['group'][0]}" in chart.description
    shares = [wide for _, wide, _ in bars(chart)]
    assert shares == pytest.approx([share * 160 for share in drawn["share"]])


def by_office(**shares: float | None) -> pl.DataFrame:
    """The on-time share by office; `none` is no office."""
    names = [None if office == "none" else office for office in shares]
    return pl.concat([ALL] * len(names)).select(
        pl.Series("field_office_id", names, pl.String),
        pl.Series("field_office", names, pl.String),
        *RENEWAL_PUNCTUALITY.schema.names()[:-1],
        pl.Series("share", list(shares.values()), pl.Float64),
    )


RENEWED = "of the certificates due for renewal were renewed on time"


@pytest.mark.parametrize(
    ("shares", "title"),
    [
        ({"Elko": 0.5, "Reno": 0.25}, "The lowest on-time share is that of Reno: 25%"),
        (
            {"Elko": 0.0, "Casper": 0.0, "Oslo": 0.0, "Reno": 0.5},
            "The lowest on-time share is that of Casper and 2 more: 0% each",
        ),
        (
            {"Elko": 0.25, "Reno": 0.5, "none": 0.0},
            "Of the field offices, the lowest on-time share is that of Elko: 25%",
        ),
        ({"Elko": 0.5, "Reno": 0.5}, f"For each field office, 50% {RENEWED}"),
        ({"Elko": 0.5, "Reno": None, "none": 0.25}, f"Elko: 50% {RENEWED}"),
        ({"Elko": 0.5}, f"50% {RENEWED}"),
        ({"Elko": None, "none": 0.25}, f"25% {RENEWED}"),
    ],
)
def test_the_title_compares_all_groups_also_those_not_drawn(shares, title):
    said = charts.renewal_punctuality(by_office(**shares), top=1).description
    assert said.startswith(f"{title}. ")


def test_all_certificates_are_one_bar():
    chart = charts.renewal_punctuality(ALL)
    assert len(bars(chart)) == 1
    share = ALL["share"].item()
    assert chart.description.startswith(f"{share:.0%} of the certificates due for renewal were")


def test_people_without_a_group_come_last_and_are_named():
    best = ALL.with_columns(share=pl.lit(1.0))
    offices = pl.concat([ALL.with_columns(share=pl.lit(0.0)), best]).select(
        pl.Series("field_office_id", [None, "7"]),
        pl.Series("field_office", [None, "Oslo"]),
        pl.all(),
    )
    table = charts.renewal_punctuality_table(offices)
    assert table["group"].to_list() == ["Oslo", "(no field office)"]
    said = charts.renewal_punctuality(offices).description
    assert "A person in several groups counts in each" in said


@pytest.mark.slow
def test_hostile_titles_and_many_rows_stay_small_and_text():
    hostile = punctuality_by_training(60, titles=HOSTILE)
    chart = charts.renewal_punctuality(hostile, top=60)
    assert "<script" not in svg(specification(chart))
    assert len(chart.to_json()) < 100_000
    assert len(charts.renewal_punctuality(punctuality_frame(300)).to_json()) < 100_000


def test_demo_counts_are_marked():
    for frame in (MONTHS.drop("demo"), TRAININGS):
        assert DEMO_MARK in charts.renewal_punctuality(frame, demo=True).description
        assert DEMO_MARK not in charts.renewal_punctuality(frame).description


@pytest.mark.parametrize("top", [0, 61, 2.5, True])
def test_an_impossible_number_of_groups_is_named(top):
    with pytest.raises(KPADataError, match="top must be a whole number from 1 to 60"):
        charts.renewal_punctuality_table(TRAININGS, top=top)


@pytest.mark.parametrize(
    ("frame", "named"),
    [
        (pl.concat([MONTHS, MONTHS]), "occurs more than once"),
        (pl.concat([TRAININGS, TRAININGS]), "occurs more than once"),
        (MONTHS.with_columns(late=pl.lit(None, pl.Int64)), "late is null"),
    ],
)
def test_counts_that_cannot_be_drawn_are_named(frame, named):
    with pytest.raises(KPADataError, match=f"renewal_punctuality: .*{named}"):
        charts.renewal_punctuality(frame)
