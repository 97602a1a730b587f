"""The chart of expirations by month."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpa_analytics import charts
from kpa_analytics.statuses import STATUSES
from kpa_analytics.wording import count
from tests.charts.frames import AS_OF, MISTYPED, STATUS, status_frame
from tests.charts.marks import bars, drawing


@pytest.mark.slow
@pytest.mark.parametrize("wrong", MISTYPED)
def test_a_mistyped_expiration_makes_no_slivers_of_the_timeline(wrong):
    usual = status_frame(60, 8)
    days = (wrong - AS_OF).days
    odd = usual.head(1).with_columns(
        pl.lit(wrong).alias("expiration_date"),
        pl.lit(days, pl.Int64).alias("days_left"),
        pl.lit("expired" if days < 0 else "current", usual.schema["status"]).alias("status"),
    )
    plain, with_wrong = (charts.expiry_timeline(frame) for frame in (usual, usual.vstack(odd)))
    widest = max(wide for _, wide, _ in bars(plain))
    months = [wide for label, wide, _ in bars(with_wrong) if "these months" not in label]
    assert min(months) > 0.8 * widest
    assert re.search(r"\d+ (earlier|later)", with_wrong.description)


def _all_on(day: date, status: str) -> pl.DataFrame:
    usual = status_frame(60, 8).filter(pl.col("expiration_date").is_not_null())
    return usual.with_columns(
        pl.lit(day).alias("expiration_date"),
        pl.lit((day - AS_OF).days, pl.Int64).alias("days_left"),
        pl.lit(status, usual.schema["status"]).alias("status"),
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("day", "status", "part", "when"),
    [
        (date(2015, 3, 1), "expired", "earlier", "before these months"),
        (date(2040, 3, 1), "current", "later", "after these months"),
    ],
)
def test_expirations_far_away_still_have_a_bar(day, status, part, when):
    frame = _all_on(day, status)
    chart = charts.expiry_timeline(frame)
    number = frame.height
    assert f"{number:,} {part}" in chart.description
    assert "to show" not in chart.description
    ((label, wide, high),) = bars(chart)
    assert label.startswith(f"Expires {when}: {number} ")
    assert min(wide, high) > 20
    texts = re.findall(r">([^<]*)</text>", drawing(chart))
    assert part in texts
    assert f"{number:,}" in texts


@pytest.mark.slow
def test_a_bar_is_visible_beside_the_most_months():
    days = pl.date_ranges(date(2010, 1, 15), date(2040, 1, 15), "1mo").alias("expiration_date")
    frame = _all_on(AS_OF, "current").head(1).with_columns(days).explode("expiration_date")
    left = (pl.col("expiration_date") - AS_OF).dt.total_days().alias("days_left")
    drawn = bars(charts.expiry_timeline(frame.with_columns(left), months=120))
    assert len(drawn) == 241 + 2
    assert min(wide for _, wide, _ in drawn) >= 1.5


@pytest.mark.slow
def test_an_outer_bar_that_is_cut_says_so():
    near = status_frame(30, 4).filter(pl.col("expiration_date").is_not_null())
    chart = charts.expiry_timeline(pl.concat([near, *[_all_on(date(2015, 3, 1), "expired")] * 20]))
    assert "(bar cut short)" in chart.description
    heights = {label: high for label, _, high in bars(chart)}
    outer = max(high for label, high in heights.items() if "before these months" in label)
    assert outer <= 230
    assert max(heights.values()) > 100


days = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))


@pytest.mark.slow
@given(as_of=days, months=st.integers(1, 120))
def test_the_timeline_counts_every_row_in_its_month(as_of, months):
    status = STATUS.with_columns(days_left=(pl.col("expiration_date") - as_of).dt.total_days())
    table = charts.expiry_timeline_table(status, as_of=as_of, months=months)
    assert table["total"].sum() == STATUS.height
    month = {(row["part"], row["month"]): row for row in table.iter_rows(named=True)}
    expected: Counter[tuple[str, date | None, str]] = Counter()
    for row in STATUS.iter_rows(named=True):
        ends = row["expiration_date"]
        if ends is None:
            place = ("no date", None)
        else:
            away = (ends.year - as_of.year) * 12 + ends.month - as_of.month
            inside = ("month", ends.replace(day=1))
            place = ("earlier", None) if away < -months else ("later", None)
            place = inside if abs(away) <= months else place
        expected[(*place, row["status"])] += 1
    assert set(month) == {key[:2] for key in expected}
    for place, row in month.items():
        assert {s: row[s] for s in STATUSES} == {s: expected[(*place, s)] for s in STATUSES}
        assert row["total"] == sum(row[s] for s in STATUSES)


def test_the_timeline_reads_its_day_from_the_frame():
    said = charts.expiry_timeline(STATUS).description
    assert "as of 30 Jun 2026" in said
    shifted = STATUS.with_columns(pl.col("days_left") - 10)
    assert "as of 10 Jul 2026" in charts.expiry_timeline(shifted).description


def test_the_timeline_says_what_it_does_not_draw():
    table = charts.expiry_timeline_table(STATUS, months=2)
    said = charts.expiry_timeline(STATUS, months=2).description
    undated = table.filter(pl.col("part") == "no date").row(0, named=True)
    held = undated["total"] - undated["missing"] - undated["not_due"]
    assert min(held, undated["missing"], undated["not_due"]) > 0
    assert (
        f"Not drawn: {held:,} without an expiration date, "
        f"{undated['missing']:,} missing (never completed), {undated['not_due']:,} not due" in said
    )
    for part in ("earlier", "later"):
        number = table.filter(pl.col("part") == part)["total"].sum()
        assert (f"{number:,} {part}" in said) == (number > 0)
    assert table.filter(pl.col("part") == "later")["total"].sum() > 0


def test_the_timeline_counts_dates_far_away():
    far = STATUS.with_columns(
        pl.col("expiration_date").dt.offset_by("30y"), days_left=pl.lit(None, pl.Int64)
    )
    chart = charts.expiry_timeline(far, as_of=AS_OF)
    dated = far["expiration_date"].drop_nulls().len()
    assert f"{dated:,} later" in chart.description


@pytest.mark.parametrize(
    ("days", "title"),
    [
        (["2026-08-01"], "1 certificate expires in Aug 2026"),
        (["2026-08-01", "2026-08-09", "2026-09-01"], "The busiest month ahead is Aug 2026: 2 "),
        (
            ["2026-08-01", "2026-09-01", "2026-10-01"],
            "The busiest months ahead are Aug 2026 and 2 other months: 1 certificate expires in ",
        ),
        (
            ["2026-08-01", "2026-09-01", "2030-01-01"],
            "Through Dec 2027, the busiest months are Aug 2026 and 1 other month: 1 ",
        ),
        (
            ["2026-08-01", "2030-01-01", "2030-01-02"],
            "Through Dec 2027, the busiest month is Aug 2026: 1 certificate expires",
        ),
    ],
)
def test_the_title_compares_the_months_ahead(days, title):
    rows = pl.concat([_all_on(date.fromisoformat(day), "current").head(1) for day in days])
    chart = charts.expiry_timeline(rows, as_of=AS_OF).to_dict()
    assert chart["title"]["text"].startswith(title)


_EXPIRING, _CURRENT = ("2026-07-04", "expiring"), ("2027-01-05", "current")
_EXPIRED, _LATER = ("2026-05-01", "expired"), ("2030-01-01", "current")


@pytest.mark.parametrize(
    ("cases", "statuses", "title"),
    [
        ([_CURRENT, _CURRENT, _EXPIRED], ["expired"], "1 certificate has expired"),
        ([_CURRENT, _EXPIRED], ["expired", "missing"], "1 certificate has expired"),
        ([_CURRENT, _LATER, _EXPIRED, _EXPIRED], ["expired"], "2 certificates have expired"),
        (
            [_CURRENT, _CURRENT, _EXPIRING, _EXPIRED],
            ["expiring", "expired"],
            "1 certificate expires in Jul 2026",
        ),
        (
            [_CURRENT, ("2026-07-20", "current"), _EXPIRING, _EXPIRING],
            ["current"],
            "The busiest months ahead are Jul 2026 and 1 other month: 1 current certificate "
            "expires in each",
        ),
        (
            [_CURRENT, _CURRENT, _LATER, _EXPIRING],
            ["current", "expiring"],
            "Through Dec 2027, the busiest month is Jan 2027: 2 certificates expire",
        ),
        ([_LATER, _EXPIRING], ["current"], "1 current certificate expires after Dec 2027"),
        ([_LATER, _LATER], [], "2 certificates expire after Dec 2027"),
    ],
)
def test_the_title_is_about_the_statuses_that_are_drawn(cases, statuses, title):
    rows = pl.concat([_all_on(date.fromisoformat(day), status).head(1) for day, status in cases])
    drawn = charts.expiry_timeline(rows, as_of=AS_OF, statuses=statuses).to_dict()["title"]
    assert drawn["text"] == title
    others = "the other lines count every status"
    assert any(others in line for line in drawn["subtitle"]) == bool(statuses)
    assert f"{count(len(cases), 'certificate')} by expiration date" in " ".join(drawn["subtitle"])
