from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from kpa_analytics.analysis.instructors import instructor_activity, instructor_coverage
from kpa_analytics.demo_mark import DEMO_ID_PREFIX
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import (
    COMPLETIONS,
    INSTRUCTOR_ACTIVITY,
    INSTRUCTOR_COVERAGE,
    TRAININGS,
    USERS,
)
from tests.conftest import at_most
from tests.frames import PEOPLE, completions, frame_of

EVERY = st.sampled_from(["1d", "1w", "2w", "1mo", "3mo", "1q", "1y", "2y"])


def taught(training_id: int, person: str, day: date | None, by: str | None, session=None):
    return {
        "training_id": training_id,
        "m_user_id": person,
        "date": day,
        "m_instructor_id": by,
        "group_training_id": session,
    }


FIVE = frame_of(
    COMPLETIONS,
    taught(1, "ann", date(2026, 1, 5), "ike", 50),
    taught(2, "ann", date(2026, 1, 31), "ike", 50),
    taught(1, "bob", date(2026, 2, 1), "ike"),
    taught(1, "bob", None, "ike"),
    taught(1, "cat", date(2026, 1, 9), None),
)
NAMES = frame_of(USERS, {"id": "ike", "firstname": "Ike", "lastname": "Abel"})


def test_activity_counts_completions_people_trainings_and_sessions_of_each_month():
    assert instructor_activity(FIVE, users=NAMES).rows() == [
        ("ike", "Abel, Ike", date(2026, 1, 1), "1mo", 2, 1, 2, 1, False),
        ("ike", "Abel, Ike", date(2026, 2, 1), "1mo", 1, 1, 1, 0, False),
        ("ike", "Abel, Ike", None, "1mo", 1, 1, 1, 0, False),
        (None, "no instructor", date(2026, 1, 1), "1mo", 1, 1, 1, 0, False),
    ]


@pytest.mark.parametrize(
    ("every", "start"),
    [
        ("1d", date(2026, 5, 17)),
        ("1w", date(2026, 5, 11)),
        ("1mo", date(2026, 5, 1)),
        ("1q", date(2026, 4, 1)),
        ("6mo", date(2026, 1, 1)),
        ("1y", date(2026, 1, 1)),
    ],
)
def test_a_period_begins_where_the_calendar_says(every, start):
    sunday = frame_of(COMPLETIONS, taught(1, "ann", date(2026, 5, 17), "ike"))
    assert instructor_activity(sunday, every=every)["period"].to_list() == [start]


@pytest.mark.parametrize(
    "every", ["", "month", "1m", "0d", "-1mo", "1h", "1mo1d", "1000y", 1, None]
)
def test_an_impossible_period_is_refused_by_name(every):
    with pytest.raises(KPADataError, match="every must be .*" + repr(every)):
        instructor_activity(FIVE, every=every)


def test_an_instructor_who_left_or_is_unknown_appears_under_name_or_id():
    gone = frame_of(USERS, {"id": "ike", "lastname": "Abel", "terminationDate": 0})
    rows = FIVE.vstack(frame_of(COMPLETIONS, taught(1, "ann", date(2026, 3, 1), "who?")))
    assert set(instructor_activity(rows, users=gone)["instructor"]) == {
        "Abel",
        "who?",
        "no instructor",
    }


def test_two_instructors_of_one_name_are_two_rows():
    twins = frame_of(USERS, {"id": "a", "lastname": "Abel"}, {"id": "b", "lastname": "Abel"})
    day = date(2026, 1, 5)
    rows = frame_of(COMPLETIONS, taught(1, "ann", day, "a"), taught(1, "ann", day, "b"))
    assert instructor_activity(rows, users=twins)["m_instructor_id"].to_list() == ["a", "b"]


@pytest.mark.slow
@settings(max_examples=at_most(15))
@given(completions(), EVERY)
def test_activity_counts_every_completion_exactly_once(rows, every):
    activity = instructor_activity(rows, every=every)
    assert activity["completions"].sum() == rows.height
    assert activity.schema == INSTRUCTOR_ACTIVITY.schema
    assert activity.select("m_instructor_id", "period").is_unique().all()


@pytest.mark.slow
@settings(max_examples=at_most(15))
@given(completions(), EVERY)
def test_activity_of_two_halves_of_the_instructors_is_the_whole(rows, every):
    first = pl.col("m_instructor_id").is_in(PEOPLE[:1]).fill_null(False)
    halves = [instructor_activity(rows.filter(half), every=every) for half in (first, ~first)]
    assert_frame_equal(
        pl.concat(halves), instructor_activity(rows, every=every), check_row_order=False
    )


@pytest.mark.slow
@settings(max_examples=at_most(15))
@given(completions(), st.randoms(use_true_random=False))
def test_neither_order_nor_laziness_nor_doubled_catalogues_matter(rows, random):
    names = frame_of(
        USERS,
        *({"id": person, "lastname": f"Von {person}"} for person in [*PEOPLE, *PEOPLE]),
    )
    catalogue = frame_of(TRAININGS, *({"id": n % 4, "title": f"T{n % 4 % 2}"} for n in range(8)))
    order = list(range(rows.height))
    random.shuffle(order)
    for analysis in (instructor_activity, instructor_coverage):
        expected = analysis(rows, catalogue, names)
        lazy = analysis(rows[order].lazy(), catalogue.reverse(), names.reverse().lazy())
        assert isinstance(lazy, pl.LazyFrame)
        assert_frame_equal(lazy.collect(), expected)


AS_OF = date(2026, 3, 31)


def coverage(*rows, **options):
    return instructor_coverage(frame_of(COMPLETIONS, *rows), as_of=AS_OF, **options)


def test_coverage_names_those_who_taught_lately_most_active_first():
    catalogue = frame_of(TRAININGS, {"id": 1, "title": "Ladders"}, {"id": 9, "title": "Asbestos"})
    result = coverage(
        taught(1, "ann", date(2026, 3, 1), "zed"),
        taught(1, "bob", date(2026, 3, 2), "ike"),
        taught(1, "cat", date(2026, 3, 1), "ike"),
        taught(1, "dan", date(2026, 3, 9), None),
        trainings=catalogue,
        users=NAMES,
    )
    assert result.rows() == [
        (9, "Asbestos", 0, [], [], 0, None, False, False),
        (1, "Ladders", 2, ["ike", "zed"], ["Abel, Ike", "zed"], 3, date(2026, 3, 2), False, False),
    ]


@pytest.mark.parametrize(
    ("day", "months", "instructors"),
    [
        (date(2026, 3, 31), 1, 1),
        (date(2026, 3, 1), 1, 1),
        (date(2026, 2, 28), 1, 0),  # a month before 31 March is 28 February, which is outside
        (date(2026, 4, 1), 1, 0),
        (date(2024, 3, 31), 24, 0),
        (date(2024, 4, 1), 24, 1),
        (None, 1200, 0),
    ],
)
def test_the_window_opens_after_as_of_minus_months_and_closes_with_as_of(day, months, instructors):
    result = coverage(taught(1, "ann", day, "ike"), months=months)
    assert result["instructors"].to_list() == [instructors]
    assert result["single_instructor"].to_list() == [instructors == 1]


def test_last_taught_looks_back_without_limit_but_never_past_as_of():
    result = coverage(
        taught(1, "ann", date(2001, 1, 1), "ike"),
        taught(1, "ann", date(2027, 1, 1), "ike"),
        taught(1, "ann", date(2026, 1, 1), None),
    )
    assert result["last_taught"].to_list() == [date(2001, 1, 1)]


def test_a_training_that_was_taught_on_as_of_was_last_taught_then():
    assert coverage(taught(1, "ann", AS_OF, "ike"))["last_taught"].to_list() == [AS_OF]


def test_of_instructors_who_taught_equally_often_the_first_id_comes_first():
    day = date(2026, 3, 1)
    result = coverage(taught(1, "ann", day, "zed"), taught(1, "bob", day, "ike"))
    assert result["m_instructor_ids"].to_list() == [["ike", "zed"]]


def test_an_instructor_who_has_left_still_counts():
    gone = frame_of(USERS, {"id": "ike", "lastname": "Abel", "terminationDate": 0})
    result = coverage(taught(1, "ann", date(2026, 3, 1), "ike"), users=gone)
    assert result["instructor_names"].to_list() == [["Abel"]]


def test_coverage_says_whether_it_was_made_from_demo_data():
    invented = taught(1, DEMO_ID_PREFIX + "00000001", date(2026, 3, 1), None)
    assert coverage(invented, taught(2, "ann", AS_OF, None))["demo"].to_list() == [True, True]


@pytest.mark.parametrize("months", [0, -1, 1.5, "24", True, None, 1201])
def test_impossible_months_are_refused_by_name(months):
    with pytest.raises(KPADataError, match=f"months must be .*{months!r}"):
        coverage(months=months)


def test_a_missing_column_is_named_with_the_function_that_makes_it():
    with pytest.raises(KPADataError, match=r"'m_instructor_id'; load_completions\(\)"):
        instructor_coverage(FIVE.drop("m_instructor_id"))
    with pytest.raises(KPADataError, match=r"'id'; load_trainings\(\)"):
        instructor_activity(FIVE, pl.DataFrame({"title": []}))


@pytest.mark.slow
@settings(max_examples=at_most(20))
@given(completions(), st.integers(1, 40), st.dates(date(2024, 1, 1), date(2027, 1, 1)))
def test_coverage_is_what_plain_python_counts(rows, months, as_of):
    result = instructor_coverage(rows, as_of=as_of, months=months)
    assert result.schema == INSTRUCTOR_COVERAGE.schema
    since = as_of - relativedelta(months=months)
    records = rows.to_dicts()
    assert result["training_id"].to_list() == sorted({r["training_id"] for r in records})
    for row in result.to_dicts():
        ever = [
            r
            for r in records
            if r["training_id"] == row["training_id"]
            and r["m_instructor_id"]
            and r["date"]
            and r["date"] <= as_of
        ]
        lately = [r["m_instructor_id"] for r in ever if r["date"] > since]
        ranked = sorted(set(lately), key=lambda person: (-lately.count(person), person))
        assert row["m_instructor_ids"] == row["instructor_names"] == ranked
        assert row["instructors"] == len(ranked)
        assert row["completions"] == len(lately)
        assert row["last_taught"] == max((r["date"] for r in ever), default=None)
        assert row["single_instructor"] is (len(ranked) == 1)
