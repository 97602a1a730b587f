"""Findings about offerings of window trainings that are not recorded."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpa_analytics import demo
from kpa_analytics.analysis.data_quality import EVERY_KIND, data_quality
from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.data.loaders import load_all
from kpa_analytics.demo import sources
from kpa_analytics.schema import COMPLETIONS, TRAININGS, USERS
from tests.analysis.company import FIRST, LAST, company
from tests.analysis.oracle import by_id
from tests.analysis.oracle_schedule import windows
from tests.conftest import at_most, completion, use
from tests.data.quality_cases import AS_OF, GOOD, JUNE, collections_with
from tests.frames import frame_of

THREE_AND_ONE = [*[date(2025, 6, 10)] * 3, date(2026, 6, 5)]


def unrecorded(*days, as_of, offered=None, users=None, **training):
    """The offering_not_recorded findings: the value, and the number of people in the message."""
    rows = [
        {
            "id": n,
            "training_id": 7,
            "m_user_id": f"p{n}",
            **(day if isinstance(day, dict) else {"date": day}),
        }
        for n, day in enumerate(days, 1)
    ]
    window = JUNE | {"window_last_offered_date": offered} | training
    made = collections_with(
        completions=frame_of(COMPLETIONS, *rows),
        trainings=frame_of(TRAININGS, window),
        users=frame_of(USERS, *(users or [])),
    )
    findings = data_quality(made, as_of=as_of).filter(finding="offering_not_recorded")
    assert findings["record_id"].to_list() == ["7"] * findings.height
    assert findings["field"].to_list() == ["window_last_offered_date"] * findings.height
    return findings.select(
        "value", pl.col("message").str.extract(r": (\d+) (person|people) ")
    ).rows()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("days", "offered", "as_of", "expected"),
    [
        # never offered: a window has closed since the oldest completion
        ([date(2019, 6, 10)], None, date(2026, 3, 1), [(None, "1")]),
        ([date(2025, 6, 10)], None, date(2026, 6, 30), []),
        ([date(2025, 6, 10)], None, date(2026, 7, 1), [(None, "1")]),
        # offered: people who completed it then or later, if a window has closed since
        ([date(2025, 6, 10)], date(2025, 6, 1), date(2026, 6, 30), []),
        ([date(2025, 6, 10)], date(2025, 6, 1), date(2026, 7, 1), [("2025-06-01", "1")]),
        (THREE_AND_ONE, date(2025, 6, 30), date(2026, 9, 1), [("2025-06-30", "3")]),
        # completed on the first day of the offering
        ([date(2025, 6, 1)], date(2025, 6, 12), date(2026, 9, 1), [("2025-06-12", "1")]),
        ([date(2025, 3, 1)], date(2025, 3, 1), date(2026, 9, 1), [("2025-03-01", "1")]),
        # the window of the offering itself does not count
        ([date(2025, 6, 10)], date(2025, 6, 12), date(2025, 9, 1), []),
        # superseded: not valid at all
        ([date(2024, 6, 10)], date(2025, 6, 1), date(2026, 9, 1), []),
        ([date(2024, 6, 10)], date(2025, 3, 1), date(2026, 9, 1), []),
        # an offering after the day is ignored
        ([date(2024, 6, 10)], date(2026, 6, 1), date(2025, 9, 1), [(None, "1")]),
        # an offering on the day itself counts
        ([date(2019, 6, 10)], date(2026, 6, 30), date(2026, 6, 30), []),
        # nobody relies on it
        ([], date(2020, 6, 1), date(2026, 9, 1), []),
    ],
)  # fmt: skip
def test_an_offering_that_is_not_recorded_is_reported(days, offered, as_of, expected):
    assert unrecorded(*days, offered=offered, as_of=as_of) == expected


@pytest.mark.slow
def test_only_latest_completions_of_current_employees_are_counted():
    as_of, old = date(2026, 9, 1), date(2019, 6, 10)
    special = {"date": old, "special_expiration_date": date(2030, 1, 1)}
    again = {"date": date(2026, 8, 1), "m_user_id": "p1"}
    assert unrecorded(old, again, as_of=as_of) == []
    assert unrecorded(special, {"date": None}, as_of=as_of) == []
    noon = datetime(2019, 6, 11, 12, tzinfo=UTC)
    earlier = {"date": old, "created": noon - timedelta(hours=1), "m_user_id": "p1"}
    assert unrecorded(special | {"created": noon}, earlier, as_of=as_of) == []
    left = {"id": "p1", "terminationDate": datetime(2026, 8, 1, 5, tzinfo=UTC)}
    assert unrecorded(old, old, as_of=as_of, users=[left]) == [(None, "1")]
    assert unrecorded(old, as_of=as_of, schedule_type="Window") == []
    assert unrecorded(old, as_of=as_of, window_close_day=None) == []


@pytest.mark.slow
def test_the_message_about_an_unrecorded_offering_is_one_sentence():
    made = collections_with(
        completions=frame_of(COMPLETIONS, GOOD | {"date": date(2019, 6, 10)}),
        trainings=frame_of(TRAININGS, JUNE | {"window_last_offered_date": date(2018, 6, 1)}),
    )
    assert data_quality(made, as_of=AS_OF + timedelta(days=1))["message"].to_list() == [
        "Training 7 was last offered on 1 Jun 2018, and one of its windows has closed since then: "
        "1 person holds a valid completion only because no later offering is recorded."
    ]


@pytest.mark.slow
def test_a_future_offering_is_named_in_the_message():
    made = collections_with(
        completions=frame_of(COMPLETIONS, GOOD | {"date": date(2019, 6, 10)}),
        trainings=frame_of(TRAININGS, JUNE | {"window_last_offered_date": date(2027, 6, 1)}),
    )
    assert data_quality(made, as_of="2026-03-01")["message"].to_list() == [
        "Training 7 has the last offered date 1 Jun 2027, which is after the as-of date 1 Mar "
        "2026, and one of its windows has closed since its oldest completion: 1 person holds a "
        "valid completion only because no later offering is recorded."
    ]


@pytest.mark.slow
def test_the_message_names_the_training():
    made = collections_with(
        completions=frame_of(COMPLETIONS, GOOD | {"date": date(2019, 6, 10)}),
        trainings=frame_of(TRAININGS, JUNE | {"title": "Heat"}),
    )
    [message] = data_quality(made, as_of=AS_OF)["message"]
    assert message.startswith("Training 7 (Heat) has no last offered date, and one of its windows")


@pytest.mark.slow
def test_trainings_that_include_each_other_in_a_circle_do_not_end_the_check():
    assert unrecorded(date(2019, 6, 10), as_of=AS_OF, included_trainings_id=[7]) == [(None, "1")]


@pytest.mark.slow
def test_findings_are_listed_in_the_order_of_their_kinds():
    """Whether or not the expiry engine gives them."""
    records = {
        sources.TRAININGS: [JUNE],
        sources.COMPLETIONS: [completion(1, training_id=7, m_instructor_id="")],
    }
    with demo.serve(demo.Records(records)) as api:
        use(api)
        kinds = data_quality(load_all(), as_of="2026-06-30")["finding"].unique(maintain_order=True)
    assert kinds.to_list() == [kind for kind in EVERY_KIND if kind in set(kinds)]
    assert {"offering_not_recorded", "blank_ids", "recorded_late"} <= set(kinds)


@pytest.mark.slow
@settings(max_examples=at_most(7))
@given(seed=st.integers(0, 10**6), as_of=st.dates(FIRST, LAST))
def test_counted_people_are_valid_although_a_window_has_closed(seed, as_of):
    """Compare with the engine: valid on the day although the first renewal window has closed."""
    records, trainings, users, _ = company(seed, people=36, count=600)
    status = expiry_status(records, trainings, users, as_of=as_of)
    catalogue = by_id(trainings.to_dicts())
    people = Counter()
    for row in status.filter(
        pl.col("expiration_source") == "window", pl.col("status") != "expired"
    ).iter_rows(named=True):
        done = row["date"]
        around = windows(catalogue[row["training_id"]], done.year - 1, done.year + 1)
        if next(closes for opens, closes in around if opens > done) < as_of:
            people[str(row["training_id"])] += 1
    made = collections_with(completions=records, trainings=trainings, users=users)
    findings = data_quality(made, as_of=as_of).filter(finding="offering_not_recorded")
    counted = findings.select(
        "record_id", pl.col("message").str.extract(r": (\d+) (person|people) ").cast(pl.Int64)
    )
    assert dict(counted.iter_rows()) == people
