"""status_over_time counts, on every day, what expiry_status says of that day."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import kpa_analytics as kpa
from kpa_analytics.schema import COMPLETIONS, GROUPS, STATUS_OVER_TIME, TRAININGS, USERS
from kpa_analytics.statuses import STATUSES
from tests.analysis.company import FIRST, LAST, company
from tests.conftest import at_most
from tests.frames import frame_of

END = date(2031, 6, 30)
BY = ["field_office", "job_title", "line_of_business", "supervisor", "training"]
OFFICES = ["elko", "reno", "ely"]
NAMES = frame_of(
    GROUPS,
    {"kind": "field_office", "id": "elko", "name": "Elko Mine"},
    {"kind": "field_office", "id": "reno", "name": "Elko Mine"},
    {"kind": "job_title", "id": "reno", "name": "Not an office"},
    {"kind": "job_title", "id": "elko", "name": " "},
)


class Account:
    """A random company whose people are in groups; some people are in several, some in none."""

    def __init__(self, seed: int, people: int, count: int) -> None:
        self.completions, self.trainings, users, pairs = company(seed, people, count)
        rng = random.Random(seed)
        rows = users.to_dicts()
        several = [None, [], ["elko"], ["ely", "elko"], ["reno", "ely", "reno"], ["", None]]
        for row in rows:
            row["fieldOffice_id"], row["lineOfBusiness_id"] = rng.choices(several, k=2)
            row["jobTitle_id"] = rng.choice([None, "", *OFFICES])
            row["supervisor_id"] = rng.choice([None, "nobody", *(user["id"] for user in rows[:3])])
        self.users = pl.DataFrame(rows, schema=USERS.schema)
        schema = {"m_user_id": pl.String, "training_id": pl.Int64}
        self.required = pl.DataFrame(pairs, schema=schema, orient="row")
        self.first = self.completions["date"].min()

    def trend(self, **options: Any) -> pl.DataFrame:
        frames = (self.completions, self.trainings, self.users)
        return kpa.status_over_time(*frames, required=self.required, **options)

    def status(self, day: date, **options: Any) -> pl.DataFrame:
        frames = (self.completions, self.trainings, self.users)
        return kpa.expiry_status(*frames, as_of=day, required=self.required, **options)

    def groups(self, row: dict[str, Any], by: str) -> list[tuple[Any, Any]]:
        """The groups of a row of expiry_status, each with its id and name."""
        if by == "training":
            return [(row["training_id"], row["training"])]
        users = {user["id"]: user for user in reversed(self.users.to_dicts())}
        user = users.get(row["m_user_id"], dict.fromkeys(USERS.schema))
        column = {
            "field_office": "fieldOffice_id",
            "line_of_business": "lineOfBusiness_id",
            "job_title": "jobTitle_id",
            "supervisor": "supervisor_id",
        }[by]
        ids = user[column] if isinstance(user[column], list) else [user[column]]
        known = {identifier for identifier in ids if identifier}
        if by == "supervisor":
            parts = {i: [p["lastname"], p["firstname"]] for i, p in users.items()}
            named = {i: ", ".join(part for part in both if part) for i, both in parts.items()}
        else:
            rows = NAMES.filter(kind=by).filter(pl.col("name") != " ")
            named = dict(rows.select("id", "name").iter_rows())
        return [(i, named.get(i) or i) for i in known] or [(None, None)]


def counts(trend: pl.DataFrame, day: date) -> dict[str, int]:
    return trend.filter(day=day).select(STATUSES).row(0, named=True)


def counted(status: pl.DataFrame) -> dict[str, int]:
    seen = Counter(status["status"])
    return {name: seen[name] for name in STATUSES}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_equal_to_expiry_status_on_a_hundred_random_days(seed: int) -> None:
    """A quarter of the days are tried in each company."""
    account = Account(seed, people=80, count=1500)
    rng = random.Random(seed)
    options = {"include_terminated": bool(seed % 2), "expiring_days": (30, 0, 90, 400)[seed]}
    trend = account.trend(start=account.first, end=END, every="1d", **options)
    assert trend.height == (END - account.first).days + 1
    seen = []
    for day in rng.sample(trend["day"].to_list(), 25):
        status = account.status(day, **options)
        seen.append(status.select("status", "expiration_source"))
        assert counts(trend, day) == counted(status), day
        assert trend.filter(day=day)["total"].item() == status.height
    rows = pl.concat(seen)
    assert {*rows["status"]} == {*STATUSES}
    assert {*rows["expiration_source"]} >= {"special", "window", "fixed", "rolling", "composed"}


@pytest.mark.slow
@settings(max_examples=at_most(40))
@given(
    seed=st.integers(0, 10**6),
    day=st.dates(FIRST, END),
    size=st.sampled_from([(1, 3), (3, 30), (10, 150)]),
    expiring_days=st.integers(0, 800),
    leavers_too=st.booleans(),
    by=st.sampled_from([None, *BY]),
)
def test_equal_to_expiry_status_on_any_day_by_any_group(
    seed: int, day: date, size: tuple[int, int], expiring_days: int, leavers_too: bool, by: Any
) -> None:
    account = Account(seed, *size)
    options = {"include_terminated": leavers_too, "expiring_days": expiring_days}
    start = account.first or FIRST
    trend = account.trend(start=start, end=END, every="1d", by=by, groups=NAMES, **options)
    status = account.status(max(day, start), **options)
    expected: Counter[tuple[Any, ...]] = Counter()
    for row in status.iter_rows(named=True):
        groups = account.groups(row, by) if by else [()]
        expected.update((*group, row["status"]) for group in groups)
    rows = trend.filter(day=max(day, start)).drop("day", "total")
    cells = {
        (*row[:-5], name): count
        for row in rows.iter_rows()
        for name, count in zip(STATUSES, row[-5:], strict=True)
    }
    assert {cell: count for cell, count in cells.items() if count} == dict(expected)


@pytest.mark.parametrize("by", BY)
def test_groups_have_an_id_a_name_and_a_row_for_every_day(by: str) -> None:
    account = Account(5, people=20, count=300)
    trend = account.trend(start=account.first, end=END, every="1q", by=by, groups=NAMES)
    counts = [name for name in STATUS_OVER_TIME.schema if name != "day"]
    assert trend.columns == ["day", f"{by}_id", by, *counts]
    assert trend.schema[f"{by}_id"] == (pl.Int64 if by == "training" else pl.String)
    days = trend["day"].n_unique()
    assert set(trend.group_by(f"{by}_id").len()["len"]) == {days}
    order = trend.sort("day", by, f"{by}_id", nulls_last=True)
    assert_frame_equal(trend, order)
    assert (trend["total"] == trend.select(pl.sum_horizontal(STATUSES)).to_series()).all()
    nobody = trend.filter(pl.col(f"{by}_id").is_null())
    assert nobody.height == (0 if by == "training" else days)
    assert nobody[by].null_count() == nobody.height


def test_a_person_in_two_offices_counts_in_both_and_one_in_none_under_null() -> None:
    users = frame_of(
        USERS,
        {"id": "a", "fieldOffice_id": ["elko", "reno"]},
        {"id": "b", "fieldOffice_id": None},
    )
    done = [
        {"id": n, "training_id": 7, "m_user_id": who, "date": date(2026, 1, 1)}
        for n, who in enumerate(["a", "b", "stranger"])
    ]
    trend = kpa.status_over_time(
        frame_of(COMPLETIONS, *done),
        None,
        users,
        start="2026-01-01",
        end="2026-01-01",
        by="field_office",
        groups=NAMES,
    )
    assert trend.select("field_office_id", "field_office", "current", "total").rows() == [
        ("elko", "Elko Mine", 1, 1),
        ("reno", "Elko Mine", 1, 1),
        (None, None, 2, 2),
    ]


def done_on(*days: date, **fields: Any) -> pl.DataFrame:
    rows = [
        {"id": n, "training_id": 7, "m_user_id": "a", "date": day, **fields}
        for n, day in enumerate(days)
    ]
    return frame_of(COMPLETIONS, *rows)


@pytest.mark.slow
def test_the_days_begin_at_start_and_none_is_after_end() -> None:
    done = done_on(date(2024, 1, 31))

    def days(**options: Any) -> list[date]:
        return kpa.status_over_time(done, **{"start": "2024-01-31", **options})["day"].to_list()

    assert days(end="2024-04-29") == [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)]
    assert days(end="2024-04-30")[-1] == date(2024, 4, 30)
    assert days(end="2024-02-13", every="1w") == [date(2024, 1, 31), date(2024, 2, 7)]
    assert days(end="2024-02-14", every="1w")[-1] == date(2024, 2, 14)
    assert days(end="2025-01-31", every="1y") == [date(2024, 1, 31), date(2025, 1, 31)]
    assert days(end="2024-08-01", every="1q")[-1] == date(2024, 7, 31)
    assert days(end="2024-02-04", every="2d") == [
        date(2024, 1, 31),
        date(2024, 2, 2),
        date(2024, 2, 4),
    ]
    assert days(end="2024-01-31") == [date(2024, 1, 31)]
    assert days(start=date(9999, 12, 1), end="9999-12-31", every="1w")[-1] == date(9999, 12, 29)


def test_nobody_misses_a_training_before_the_training_or_the_person_existed() -> None:
    noon = {"hour": 12, "tzinfo": UTC}
    users = frame_of(
        USERS,
        {
            "id": "late",
            "hireDate": datetime(2025, 3, 1, **noon),
            "terminationDate": datetime(2025, 6, 1, **noon),
        },
    )
    trainings = frame_of(TRAININGS, {"id": 8, "created": datetime(2025, 2, 1, **noon)})
    required = pl.DataFrame({"m_user_id": ["late", "always"], "training_id": [8, 8]})
    trend = kpa.status_over_time(
        done_on(date(2025, 1, 1)),
        trainings,
        users,
        start="2025-01-01",
        end="2025-06-01",
        every="1d",
        required=required,
    )
    missing = dict(trend.select("day", "missing").iter_rows())
    changes = [day for day, count in missing.items() if count != missing.get(day - timedelta(1))]
    assert [(day, missing[day]) for day in changes] == [
        (date(2025, 1, 1), 0),
        (date(2025, 2, 1), 1),
        (date(2025, 3, 1), 2),
        (date(2025, 6, 1), 1),
    ]


def test_a_day_without_cases_has_zeros_and_no_records_give_no_groups() -> None:
    nothing = COMPLETIONS.empty()
    trend = kpa.status_over_time(nothing, start="2026-01-01", end="2026-03-01")
    assert trend["total"].to_list() == [0, 0, 0]
    assert STATUS_OVER_TIME.fits(trend)
    by = kpa.status_over_time(nothing, start="2026-01-01", end="2026-03-01", by="training")
    assert by.height == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "by",
    [
        pytest.param(None, marks=pytest.mark.slow),
        "field_office",
        pytest.param("training", marks=pytest.mark.slow),
    ],
)
def test_lazy_frames_give_what_frames_give(by: Any) -> None:
    account = Account(2, people=8, count=80)
    options = {"start": account.first, "end": LAST, "by": by, "groups": NAMES}
    lazy = kpa.status_over_time(
        account.completions.lazy(),
        account.trainings.lazy(),
        account.users.lazy(),
        required=account.required.lazy(),
        **options,
    )
    assert isinstance(lazy, pl.LazyFrame)
    assert_frame_equal(lazy.collect(), account.trend(**options))
    assert_frame_equal(lazy.select("total").collect(), account.trend(**options).select("total"))


def test_without_requirements_missing_is_not_known_and_never_0() -> None:
    done = done_on(date(2026, 1, 1))
    period = {"start": "2026-01-01", "end": "2026-03-01"}
    trend = kpa.status_over_time(done, **period)
    assert STATUS_OVER_TIME.fits(trend)
    assert trend.drop("day").unique().rows() == [(1, 0, 0, None, None, 1)]
    nobody = pl.DataFrame(schema={"m_user_id": pl.String, "training_id": pl.Int64})
    trend = kpa.status_over_time(done, required=nobody, **period)
    assert trend.drop("day").unique().rows() == [(1, 0, 0, 0, 0, 1)]


GOOD = {"start": "2026-01-01", "end": "2026-06-30"}


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (
            {"start": "2026-07-01"},
            "start must not be after end: start is 1 Jul 2026, end is 30 Jun 2026",
        ),
        ({"start": "01/01/2026"}, "start must be a day such as 2026-06-30, not '01/01/2026'"),
        ({"end": "2026-06-31"}, "end must be a day such as 2026-06-30, not '2026-06-31'"),
        ({"start": 20260101}, "start must be a day such as 2026-06-30, not 20260101"),
        ({"start": None}, "start must be a day such as 2026-06-30, not None"),
        ({"end": None}, "end must be a day such as 2026-06-30, not None"),
        ({"include_terminated": "no"}, "include_terminated must be True or False, not 'no'"),
        ({"every": "monthly"}, "every must be a number from 1 to 999 .* not 'monthly'"),
        ({"every": "0d"}, "every must be a number from 1 to 999 .* not '0d'"),
        ({"every": 7}, "every must be a number from 1 to 999 .* not 7"),
        ({"by": "office"}, "by must be one of field_office, .* not 'office'"),
        ({"by": ["training"]}, "by must be one of field_office, .* not \\['training'\\]"),
        ({"by": "supervisor"}, "by='supervisor' needs users"),
        ({"expiring_days": -1}, "expiring_days must be .* not -1"),
        ({"start": "2019-12-31"}, "start is 31 Dec 2019, the first completion is dated 1 Jan 2020"),
        (
            {"start": "1990-01-01", "end": "1990-02-01"},
            "start is 1 Jan 1990, the first completion is dated 1 Jan 2020",
        ),
    ],
)
def test_bad_input_is_one_line_that_names_it(wrong: dict[str, Any], named: str) -> None:
    done = done_on(date(2021, 5, 5), date(2020, 1, 1))
    with pytest.raises(kpa.errors.KPADataError, match=f"^[^\n]*{named}[^\n]*$"):
        kpa.status_over_time(done, **{**GOOD, **wrong})


def test_other_frames_and_missing_columns_are_named() -> None:
    done = done_on(date(2020, 1, 1))
    with pytest.raises(kpa.errors.KPADataError, match="expected a polars frame"):
        kpa.status_over_time(done.to_dicts(), **GOOD)
    with pytest.raises(kpa.errors.KPADataError, match="no column 'date'"):
        kpa.status_over_time(done.drop("date"), **GOOD)
    with pytest.raises(kpa.errors.KPADataError, match="no column 'kind'"):
        kpa.status_over_time(done, groups=GROUPS.empty().drop("kind"), **GOOD)
    with pytest.raises(kpa.errors.KPADataError, match="first completion is dated 1 Jan 2020"):
        kpa.status_over_time(done.lazy(), start="2019-01-01", end="2026-01-01").collect()


def test_records_without_a_date_do_not_decide_where_the_records_begin() -> None:
    done = done_on(date(2020, 1, 1), None, special_expiration_date=date(1999, 1, 1))
    trend = kpa.status_over_time(done, start="2020-01-01", end="2020-01-01")
    assert trend["expired"].to_list() == [1]


def test_a_person_hired_on_the_day_of_the_offering_is_missing_from_that_day() -> None:
    offered = date(2026, 6, 10)
    window = {"id": 7, "title": "Ladders", "schedule_type": "window"}
    window |= {"window_open_month": 6, "window_open_day": 1}
    window |= {"window_close_month": 6, "window_close_day": 30}
    window |= {"window_last_offered_date": offered}
    hired = datetime(2026, 6, 10, 5, tzinfo=UTC)
    users = frame_of(USERS, {"id": "ann", "hireDate": hired}, {"id": "bob"})
    frames = (
        frame_of(COMPLETIONS, {"id": 1, "training_id": 8, "m_user_id": "bob", "date": FIRST}),
        frame_of(TRAININGS, window),
        users,
    )
    required = pl.DataFrame({"m_user_id": ["ann"], "training_id": [7]})
    status = kpa.expiry_status(*frames, as_of=offered, required=required)
    assert status.filter(m_user_id="ann")["status"].to_list() == ["missing"]
    trend = kpa.status_over_time(*frames, start=offered, end=offered, every="1d", required=required)
    assert trend["missing"].to_list() == [1]
