"""The package beside the demo server's own statuses, which is written apart from it, over HTTP."""

from datetime import date, datetime

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.demo import organisation
from kpa_analytics.demo.rules import Schedule, day_of
from kpa_analytics.errors import KPADataWarning
from tests.audit.packs import load

DAYS = [
    date(2010, 1, 1),
    date(2024, 2, 29),
    date(2025, 1, 16),
    date(2026, 6, 30),
    date(2027, 7, 16),
]


def instant(*moment):
    epoch = datetime(1970, 1, 1)
    return int((datetime(*moment) - epoch).total_seconds() * 1000)


@pytest.fixture(scope="module")
def company():
    """A demo company with oddities of its own: of employment, and a schedule nobody knows."""
    company = organisation(people=60, instructors=8, completions=1500)
    rehired, left_in_the_east, born_1800 = company.users["id"][9], *company.users["id"][10:12]
    who = pl.col("id")
    company.users = company.users.with_columns(
        pl.when(who == rehired)
        .then(instant(2025, 6, 1, 5))
        .when(who == born_1800)
        .then(instant(1800, 6, 1, 5))
        .otherwise("hireDate")
        .alias("hireDate"),
        pl.when(who == rehired)
        .then(instant(2024, 12, 1, 5))
        .when(who == left_in_the_east)
        .then(instant(2025, 1, 16, 13))
        .when(who == born_1800)
        .then(0)
        .otherwise("terminationDate")
        .alias("terminationDate"),
    )
    changes = {
        "Forklift Operator": {"schedule_type": "annual"},
        "Field Readiness": {"renewal_months": 5},
        "Stop Work Authority": {"created": instant(2026, 1, 5, 9)},
    }
    for training in company.trainings:
        training |= changes.get(training["title"], {})
    return company


def judged(company, as_of, folder):
    with (
        pytest.warns(KPADataWarning, match="impossible date"),
        kpa.demo.serve(company, as_of=as_of) as api,
    ):
        data = load(folder, api)
    return data, kpa.expiry_status(
        data.completions, data.trainings, data.users, as_of=as_of, required=data.employee_status
    )


@pytest.mark.slow
@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_both_say_the_same_of_every_case_on_any_day(company, as_of, tmp_path):
    data, status = judged(company, as_of, tmp_path)
    both = kpa.reconcile(status, data.employee_status)
    theirs = both.filter(pl.col("vendor_status").is_not_null())
    assert theirs.filter(~pl.col("agree")).is_empty()
    ours = status.filter(pl.col("status") == "missing").select("m_user_id", "training_id")
    gaps = theirs.filter(pl.col("vendor_status") == "missing").select("m_user_id", "training_id")
    assert sorted(ours.rows()) == sorted(gaps.rows())
    # The vendor judges people with a profile, and we judge everyone who has records.
    assert set(theirs["m_user_id"]) == set(status["m_user_id"]) & set(data.users["id"])
    assert theirs.height > 500 or as_of == DAYS[0]


@pytest.mark.slow
def test_todays_requirements_give_the_past_no_gaps_that_were_none_then(company, tmp_path):
    today, _ = judged(company, DAYS[3], tmp_path / "today")
    for as_of in DAYS[:3]:
        then, _ = judged(company, as_of, tmp_path / str(as_of))
        status = kpa.expiry_status(
            today.completions,
            today.trainings,
            today.users,
            as_of=as_of,
            required=today.employee_status,
        )
        ours = status.filter(pl.col("status") == "missing").select("m_user_id", "training_id")
        theirs = then.employee_status.select(
            "m_user_id", training_id="incomplete_training_ids"
        ).explode("training_id")
        assert ours.join(theirs, on=["m_user_id", "training_id"], how="anti").is_empty()


@pytest.mark.slow
def test_everything_that_was_taught_on_an_expired_certificate_is_a_finding(company, tmp_path):
    schedules = {training["id"]: Schedule(training) for training in company.trainings}
    done = company.completions.sort("date_number", "created", "id").to_dicts()
    listed = set(company.group_trainings["id"])
    expected = set()
    for row in done:
        day, teacher, training = (
            row[name] for name in ("date_number", "m_instructor_id", "training_id")
        )
        earlier = [
            own
            for own in done
            if (own["m_user_id"], own["training_id"]) == (teacher, training)
            and own["date_number"] <= day
            and day_of(own["date_number"])
        ]
        taught_on = day_of(day)
        if not earlier or not taught_on or taught_on > DAYS[3]:
            continue
        own_day, special = (
            day_of(earlier[-1][name]) for name in ("date_number", "special_expiration_date_number")
        )
        if schedules[training].stand(own_day, special, taught_on).status == "expired":
            session = row["group_training_id"]
            record = (
                ("group_trainings", session) if session in listed else ("completions", row["id"])
            )
            expected.add((record[0], str(record[1]), str(training)))
    data, _ = judged(company, DAYS[3], tmp_path)
    rows = kpa.data_quality(data, as_of=DAYS[3]).filter(finding="taught_while_expired")
    assert len(expected) > 3
    assert sorted(rows.select("table", "record_id", "value").rows()) == sorted(expected)
