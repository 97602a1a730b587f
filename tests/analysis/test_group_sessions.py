from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from kpa_analytics.analysis.group_sessions import group_sessions, group_share
from kpa_analytics.demo_mark import DEMO_ID_PREFIX
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import (
    COMPLETIONS,
    GROUP_SESSIONS,
    GROUP_SHARE,
    GROUP_TRAININGS,
    TRAININGS,
    USERS,
)
from tests.conftest import at_most
from tests.frames import PEOPLE, completions, frame_of, sessions


def recorded(session: int | None, person: str, **fields):
    common = {"training_id": 1, "date": date(2026, 5, 4), "m_instructor_id": "ike"}
    return common | {"group_training_id": session, "m_user_id": person} | fields


def listed(session: int, *people: str, **fields):
    common = {
        "created": datetime(2026, 5, 6, 23, 59, tzinfo=UTC),
        "trainings_id": [1],
        "m_instructor_id": "ike",
    }
    return common | {"id": session, "m_trainees_id": people} | fields


def sessions_of(completed=(), listing=(), *catalogues):
    rows, groups = frame_of(COMPLETIONS, *completed), frame_of(GROUP_TRAININGS, *listing)
    return group_sessions(rows, groups, *catalogues)


def test_the_list_of_a_session_is_beside_its_recorded_people():
    titles = frame_of(TRAININGS, {"id": 1, "title": "Ladders"})
    names = frame_of(USERS, {"id": "ike", "firstname": "Ike", "lastname": "Abel"})
    result = sessions_of(
        [recorded(50, "ann"), recorded(50, "ann", training_id=2), recorded(50, "cat")],
        [listed(50, "bob", "ann", "bob")],
        titles,
        names,
    )
    assert result.to_dicts() == [
        {
            "group_training_id": 50,
            "date": date(2026, 5, 4),
            "trainings_id": [1, 2],
            "trainings": ["Ladders", "2"],
            "m_instructor_id": "ike",
            "instructor": "Abel, Ike",
            "attendees": 2,
            "recorded": 2,
            "completions": 3,
            "m_trainees_id": ["ann", "bob"],
            "listed_not_recorded_ids": ["bob"],
            "recorded_not_listed_ids": ["cat"],
            "listed": True,
            "demo": False,
        }
    ]


def test_a_session_known_only_from_completions_is_there_without_a_list():
    (result,) = sessions_of([recorded(50, "bob"), recorded(50, "ann")]).to_dicts()
    assert result["listed"] is False
    assert result["attendees"] is result["m_trainees_id"] is None
    assert result["listed_not_recorded_ids"] == []
    assert result["recorded_not_listed_ids"] == ["ann", "bob"]
    assert (result["m_instructor_id"], result["trainings_id"]) == ("ike", [1])


def test_a_listed_session_without_a_list_of_people_does_not_say_that_nobody_attended():
    (result,) = sessions_of([recorded(50, "ann")], [listed(50, m_trainees_id=None)]).to_dicts()
    assert result["listed"] is True
    assert result["attendees"] is result["m_trainees_id"] is None
    assert result["recorded_not_listed_ids"] == ["ann"]


def test_a_session_without_completions_has_the_utc_day_it_was_recorded():
    (result,) = sessions_of([recorded(None, "ann")], [listed(50, trainings_id=[])]).to_dicts()
    assert result["date"] == date(2026, 5, 6)
    assert (result["attendees"], result["recorded"], result["completions"]) == (0, 0, 0)
    assert (result["trainings_id"], result["trainings"]) == ([], [])


def test_one_mistyped_day_does_not_move_a_session():
    typo = recorded(50, "ann", date=date(2020, 5, 4))
    result = sessions_of(
        [typo, recorded(50, "bob"), recorded(50, "cat"), recorded(50, "d", date=None)]
    )
    assert result["date"].to_list() == [date(2026, 5, 4)]


def test_a_session_listed_twice_is_one_with_the_people_of_both():
    result = sessions_of([], [listed(50, "ann"), listed(50, "bob", trainings_id=[2])])
    assert result.select("m_trainees_id", "trainings_id").rows() == [(["ann", "bob"], [1, 2])]


def test_a_session_listed_twice_has_the_same_instructor_in_any_order():
    twice = [listed(50, "ann", m_instructor_id="zed"), listed(50, "bob", m_instructor_id="ike")]
    for listing in (twice, twice[::-1]):
        assert sessions_of([], listing)["m_instructor_id"].to_list() == ["ike"]


def test_a_session_that_nobody_taught_says_so():
    result = sessions_of([recorded(50, "ann", m_instructor_id=None)])
    assert result.select("m_instructor_id", "instructor").rows() == [(None, "no instructor")]


def test_completions_without_a_day_and_an_instructor_do_not_hide_those_of_the_session():
    blank = {"date": None, "m_instructor_id": None}
    (result,) = sessions_of(
        [recorded(50, "ann"), recorded(50, "bob", **blank), recorded(50, "cat", **blank)]
    ).to_dicts()
    assert (result["date"], result["m_instructor_id"]) == (date(2026, 5, 4), "ike")


def test_the_listed_instructor_counts_before_the_one_that_completions_name():
    result = sessions_of([recorded(50, "ann", m_instructor_id="zed")], [listed(50, "ann")])
    assert result["m_instructor_id"].to_list() == ["ike"]


def test_one_invented_person_marks_every_session():
    result = sessions_of([recorded(50, "ann")], [listed(51, DEMO_ID_PREFIX + "00000001")])
    assert result["demo"].to_list() == [True, True]


def test_one_invented_person_marks_every_share():
    rows = frame_of(COMPLETIONS, recorded(50, DEMO_ID_PREFIX + "00000001"), recorded(51, "ann"))
    assert group_share(rows.lazy()).collect()["demo"].to_list() == [True]


def test_a_column_of_the_wrong_type_is_named():
    wrong = pl.DataFrame({"date": ["2026-05-04"], "group_training_id": [None]})
    with pytest.raises(KPADataError, match="column 'date' is String, not Date"):
        group_share(wrong)


@pytest.mark.slow
@settings(max_examples=at_most(20))
@given(completions(), sessions())
def test_sessions_are_what_plain_python_finds(rows, groups):
    result = group_sessions(rows, groups)
    assert result.schema == GROUP_SESSIONS.schema
    records = [r for r in rows.to_dicts() if r["group_training_id"] is not None]
    lists = {g["id"]: g for g in groups.to_dicts()}
    assert set(result["group_training_id"]) == {r["group_training_id"] for r in records} | set(
        lists
    )
    assert result["group_training_id"].is_unique().all()
    for row in result.to_dicts():
        group = lists.get(row["group_training_id"])
        here = [r for r in records if r["group_training_id"] == row["group_training_id"]]
        people = {r["m_user_id"] for r in here}
        names = set(group["m_trainees_id"]) if group else set()
        given_trainings = set(group["trainings_id"]) if group else set()
        assert row["listed"] is (group is not None)
        assert row["attendees"] == (len(names) if group else None)
        assert row["m_trainees_id"] == (sorted(names) if group else None)
        assert (row["recorded"], row["completions"]) == (len(people), len(here))
        assert row["listed_not_recorded_ids"] == sorted(names - people)
        assert row["recorded_not_listed_ids"] == sorted(people - names)
        assert row["trainings_id"] == sorted(given_trainings | {r["training_id"] for r in here})
        assert row["trainings"] == [str(training) for training in row["trainings_id"]]
        days = Counter(r["date"] for r in here if r["date"])
        fallback = group["created"].date() if group else None
        assert row["date"] == min(days, key=lambda day: (-days[day], day), default=fallback)


@pytest.mark.slow
@settings(max_examples=at_most(15))
@given(completions(), sessions(), st.randoms(use_true_random=False))
def test_neither_order_nor_laziness_matters(rows, groups, random):
    names = frame_of(USERS, *({"id": person, "lastname": person[-2:]} for person in PEOPLE))
    shuffled = list(range(rows.height))
    random.shuffle(shuffled)
    lazy = group_sessions(rows[shuffled].lazy(), groups.reverse(), None, names.lazy())
    assert isinstance(lazy, pl.LazyFrame)
    assert_frame_equal(lazy.collect(), group_sessions(rows, groups.lazy(), None, names))


def test_share_of_a_month_and_of_the_completions_without_a_day():
    rows = frame_of(
        COMPLETIONS,
        recorded(50, "ann"),
        recorded(50, "bob"),
        recorded(51, "cat"),
        recorded(None, "dan"),
        recorded(None, "eve", date=None),
    )
    assert group_share(rows).rows() == [
        (date(2026, 5, 1), "1mo", 3, 1, 0.75, False),
        (None, "1mo", 0, 1, 0.0, False),
    ]


@pytest.mark.slow
@settings(max_examples=at_most(20))
@given(completions(), st.sampled_from(["1d", "1w", "1mo", "2q", "1y"]))
def test_shares_count_every_completion_once(rows, every):
    shares = group_share(rows.lazy(), every=every).collect()
    assert shares.schema == GROUP_SHARE.schema
    assert shares["in_groups"].sum() == rows["group_training_id"].count()
    assert shares["alone"].sum() == rows["group_training_id"].null_count()
    assert shares["period"].is_unique().all()
    assert shares["period"].equals(shares["period"].sort(nulls_last=True))
