"""kpa.roster: every person of one training."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.errors import KPADataError
from kpa_analytics.report_text import DEMO_MARK
from kpa_analytics.schema import COMPLETIONS, ROSTER, TRAININGS, USERS
from tests.audit.packs import AS_OF
from tests.audit.test_transcript import flat, pages
from tests.frames import frame_of


@pytest.fixture(scope="module")
def status(data):
    return kpa.expiry_status(
        data.completions, data.trainings, data.users, as_of=AS_OF, required=data.employee_status
    )


def trainings(data) -> dict[str, int]:
    """One training of each kind of schedule, a composed one included."""
    composed = data.trainings.filter(pl.col("included_trainings_id").list.len() > 0)
    window = data.trainings.filter(pl.col("schedule_type") == "window")
    return {
        "composed": composed["id"][0],
        "window": window["id"][0],
        "first": data.trainings["id"][0],
    }


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["composed", "window", "first"])
def test_the_rows_are_the_statuses_with_what_is_on_file(data, status, kind):
    training = trainings(data)[kind]
    document = kpa.roster(data, training, as_of=AS_OF)
    assert ROSTER.fits(document.rows)
    cases = status.filter(pl.col("training_id") == training).sort("user", "m_user_id")
    assert cases.height > 10
    shared = ["m_user_id", "user", "status", "completion_id", "date", "expiration_date"]
    assert document.rows.select(shared).equals(cases.select(shared))
    numbers = dict(data.users.select("id", "employeeNumber").iter_rows())
    latest = {
        (person, training): completion
        for person, training, completion in status.select(
            "m_user_id", "training_id", "completion_id"
        ).iter_rows()
    }
    done = {row["id"]: row for row in data.completions.iter_rows(named=True)}
    for row in document.rows.iter_rows(named=True):
        record = done.get(
            row["completion_id"] or latest.get((row["m_user_id"], row["limited_by_id"])), {}
        )
        for name in ("m_instructor_id", "signed", "files"):
            assert row[name] == record.get(name), row
        assert row["employeeNumber"] == numbers.get(row["m_user_id"])


@pytest.mark.slow
def test_everyone_is_on_paper_with_what_the_training_asks(data):
    training = trainings(data)["first"]
    document = kpa.roster(data, training, as_of=AS_OF)
    said = flat(document)
    title = data.trainings.filter(pl.col("id") == training)["title"].item()
    assert document.title == f"Training roster: {title}"
    for shown in (document.title, "As of 30 Jun 2026", DEMO_MARK, f"Training id: {training}"):
        assert shown in said
    assert "Schedule: " in said
    for user, number in document.rows.select("user", "employeeNumber").iter_rows():
        assert f"{user} {number}" in said
    assert data.snapshots["completions"].rows_sha256 in said.replace(" ", "")


@pytest.mark.slow
def test_people_who_left_are_counted(data, status):
    done = data.completions.join(
        status.select("m_user_id").unique(), on="m_user_id", how="anti"
    ).filter(pl.col("date") <= AS_OF)
    by_training = done.group_by("training_id").agg(pl.col("m_user_id").n_unique()).sort(pl.all())
    training, gone = by_training.row(-1)
    assert gone > 0
    people = "person" if gone == 1 else "people"
    assert f"Not listed: {gone} {people} with a completion who left" in flat(
        kpa.roster(data, training, as_of=AS_OF)
    )


@pytest.mark.slow
def test_a_later_completion_of_somebody_who_left_is_not_counted():
    left = {"terminationDate": datetime(2026, 1, 5, 6, tzinfo=UTC)}
    days = {"ann": date(2025, 5, 1), "bob": date(2026, 12, 1), "cat": AS_OF}
    done = [
        {"id": at, "training_id": 7, "m_user_id": who, "date": day}
        for at, (who, day) in enumerate(days.items())
    ]
    data = kpa.TrainingData(
        completions=frame_of(COMPLETIONS, *done),
        users=frame_of(USERS, *({"id": who, **left} for who in days)),
    )
    assert "Not listed: 2 people with a completion who left" in flat(
        kpa.roster(data, 7, as_of=AS_OF)
    )


@pytest.mark.slow
def test_whoever_left_with_an_included_training_only_is_not_counted():
    done = {"id": 1, "training_id": 7, "m_user_id": "ann", "date": date(2025, 5, 1)}
    left = {"id": "ann", "terminationDate": datetime(2026, 1, 5, 6, tzinfo=UTC)}
    data = kpa.TrainingData(
        completions=frame_of(COMPLETIONS, done),
        trainings=frame_of(TRAININGS, {"id": 7}, {"id": 9, "included_trainings_id": [7]}),
        users=frame_of(USERS, left),
    )
    assert "Not listed" in flat(kpa.roster(data, 7, as_of=AS_OF))
    assert "Not listed" not in flat(kpa.roster(data, 9, as_of=AS_OF))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("opens", "rule"),
    [(6, "never completed: the window is open"), (9, "never completed: not due yet")],
)
def test_whoever_never_completed_a_training_is_not_called_new(opens, rule):
    """It was never offered, so a person hired long ago waits, too."""
    window = {"window_open_month": opens, "window_open_day": 1}
    window |= {"window_close_month": opens + 1, "window_close_day": 31}
    account = kpa.TrainingData(
        completions=COMPLETIONS.empty(),
        trainings=frame_of(
            TRAININGS, {"id": 7, "title": "Heat", "schedule_type": "window", **window}
        ),
        users=frame_of(USERS, {"id": "ann", "hireDate": datetime(1999, 1, 1, 5, tzinfo=UTC)}),
    )
    required = pl.DataFrame({"m_user_id": ["ann"], "training_id": [7]})
    people = kpa.roster(account, 7, as_of=AS_OF, required=required).rows
    assert people["rule"].to_list() == [rule]


@pytest.mark.slow
def test_a_roster_of_few_people_is_one_page(data, status):
    few = status.group_by("training_id").len().filter(pl.col("len") < 25).sort(pl.all())
    for training in few["training_id"].head(3):
        assert pages(kpa.roster(data, training, as_of=AS_OF)) == 1


@pytest.mark.parametrize("wrong", [123_456_789, "First Aid", None, True, 7.0])
def test_an_unknown_training_is_named(data, wrong):
    with pytest.raises(KPADataError, match="training_id") as error:
        kpa.roster(data, wrong, as_of=AS_OF)
    assert repr(wrong) in str(error.value)
    assert ("is it First Aid (1002)" in str(error.value)) == (wrong == "First Aid")
