"""The tables of the status charts, compared with counts in plain Python."""

from __future__ import annotations

from collections import Counter
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpa_analytics import charts
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import GROUPS
from kpa_analytics.statuses import STATUSES
from tests.charts.frames import AS_OF, person_id, status_frame, users_frame

STATUS = status_frame(60, 30)
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))


def worst(frame: pl.DataFrame, key: str) -> list[tuple[int, int, int]]:
    """(overdue, expiring, rows) of each key, worst first."""
    tally: dict[object, Counter[str]] = {}
    for row in frame.iter_rows(named=True):
        tally.setdefault(row[key], Counter())[row["status"]] += 1
    scored = [(t["expired"] + t["missing"], t["expiring"], t.total()) for t in tally.values()]
    return sorted(scored, reverse=True)


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


@pytest.mark.parametrize("name", ["expiry_timeline", "status_summary", "training_matrix"])
def test_another_day_than_that_of_the_frame_is_an_error_that_names_both(name):
    with pytest.raises(KPADataError, match=r"as_of is 2027-01-01, .* are of 2026-06-30"):
        getattr(charts, name)(STATUS, as_of="2027-01-01")
    assert getattr(charts, name)(STATUS, as_of=AS_OF).description


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


@given(top=st.integers(1, 60))
def test_trainings_are_ranked_worst_first_and_the_rest_is_folded(top):
    table = charts.expiry_by_training_table(STATUS, top=top)
    ranked = worst(STATUS, "training_id")
    named = table.filter(pl.col("folded") == 1)
    drawn = [
        (row["expired"] + row["missing"], row["expiring"], row["total"])
        for row in named.iter_rows(named=True)
    ]
    assert drawn == ranked[: len(drawn)]
    assert table["total"].sum() == STATUS.height
    assert table["folded"].sum() == len(ranked)
    for status in STATUSES:
        assert table[status].sum() == (STATUS["status"] == status).sum()
    if len(ranked) > top + 1:
        assert table["training"][-1] == f"other trainings ({len(ranked) - top})"


def test_trainings_with_the_same_title_stay_two_rows():
    twins = STATUS.with_columns(training=pl.lit("Ladders"))
    table = charts.expiry_by_training_table(twins, top=40)
    assert table["training"].n_unique() == table.height == STATUS["training_id"].n_unique()


@pytest.mark.parametrize("by", ["field_office", "line_of_business", "job_title"])
def test_groups_count_each_person_in_each_of_their_groups(by):
    users = users_frame(50)  # ten people of the frame are not on the roster
    table = charts.expiry_by_group_table(STATUS, users, by=by)
    column = {
        "field_office": "fieldOffice_id",
        "line_of_business": "lineOfBusiness_id",
        "job_title": "jobTitle_id",
    }[by]
    member: dict[str, list[str | None]] = {}
    for row in users.iter_rows(named=True):
        value = row[column]
        member[row["id"]] = (value if isinstance(value, list) else [value]) or [None]
    expected = Counter(
        (group, row["status"])
        for row in STATUS.iter_rows(named=True)
        for group in member.get(row["m_user_id"], [None])
    )
    for row in table.iter_rows(named=True):
        assert {s: row[s] for s in STATUSES} == {s: expected[row["group_id"], s] for s in STATUSES}
    assert set(table["group_id"]) == {group for group, _ in expected}


def test_groups_have_their_names_where_they_are_known():
    names = pl.DataFrame(
        [
            ("field_office", "office-1", "Tulsa"),
            ("field_office", "office-2", "Tulsa"),
            ("job_title", "office-3", "Welder"),
        ],
        schema=GROUPS.schema,
        orient="row",
    )
    table = charts.expiry_by_group_table(STATUS, users_frame(60), groups=names)
    shown = dict(table.select("group_id", "group").iter_rows())
    assert shown["office-1"] == "Tulsa (office-1)"
    assert shown["office-2"] == "Tulsa (office-2)"
    assert shown["office-3"] == "office-3"
    assert shown[None] == "(no field office)"


def test_an_unknown_kind_of_group_is_an_error_that_lists_the_kinds():
    with pytest.raises(KPADataError, match="field_office, line_of_business, job_title"):
        charts.expiry_by_group(STATUS, users_frame(), by="fieldoffice")


SCORES = {
    key: {
        name: (
            rows["status"].is_in(["expired", "missing"]).sum(),
            (rows["status"] == "expiring").sum(),
            rows.height,
        )
        for (name,), rows in STATUS.group_by(key)
    }
    for key in ("m_user_id", "training_id")
}


@given(people=st.integers(1, 60), trainings=st.integers(1, 40))
def test_the_matrix_holds_the_worst_people_and_trainings(people, trainings):
    table = charts.training_matrix_table(STATUS, people=people, trainings=trainings)
    wanted = STATUS.select("m_user_id", "training_id", "status", "days_left")
    assert table.join(wanted, on=wanted.columns, nulls_equal=True).height == table.height
    for key, bound in (("m_user_id", people), ("training_id", trainings)):
        kept = set(table[key])
        assert len(kept) <= bound
        if len(kept) == min(bound, len(SCORES[key])) < len(SCORES[key]):
            left_out = max(score for name, score in SCORES[key].items() if name not in kept)
            assert min(SCORES[key][name] for name in kept) >= left_out


def test_the_matrix_says_how_many_it_leaves_out():
    table = charts.training_matrix_table(STATUS, people=5, trainings=5)
    rest = STATUS.height - table.height
    assert f"Not drawn: {rest:,} of {STATUS.height:,}" in (
        charts.training_matrix(STATUS, people=5, trainings=5).description
    )


def test_the_summary_counts_rows_and_people():
    table = charts.status_summary_table(STATUS)
    for row in table.iter_rows(named=True):
        rows = STATUS.filter(pl.col("status") == row["status"])
        assert (row["rows"], row["people"]) == (rows.height, rows["m_user_id"].n_unique())
    assert table["share"].sum() == pytest.approx(1)


def test_people_with_the_same_name_stay_two_rows_of_the_matrix():
    twins = STATUS.filter(pl.col("m_user_id").is_in([person_id(1), person_id(2)]))
    table = charts.training_matrix_table(twins.with_columns(user=pl.lit("Smith, Jo")))
    assert table["user"].n_unique() == 2


@pytest.mark.parametrize(
    ("chart", "bounds"),
    [
        ("expiry_timeline", {"months": 0}),
        ("expiry_by_training", {"top": 0}),
        ("training_matrix", {"people": 61}),
        ("training_matrix", {"trainings": 0}),
        ("expiry_timeline", {"as_of": "30/06/2026"}),
    ],
)
def test_an_impossible_argument_is_named(chart, bounds):
    with pytest.raises(KPADataError, match=next(iter(bounds))):
        getattr(charts, chart)(STATUS, **bounds)


def test_no_day_is_named_if_neither_frame_nor_caller_gives_it():
    undated = STATUS.filter(pl.col("expiration_date").is_null())
    for chart in (
        charts.status_summary,
        charts.training_matrix,
        charts.expiry_by_training,
        charts.expiry_timeline,
    ):
        assert "30 Jun 2026" not in chart(undated).description
        assert str(date.today().year) not in chart(undated).description
    said = charts.status_summary(undated, as_of="2026-06-30").description
    assert "as of 30 Jun 2026" in said
