"""Composed trainings are derived from their parts."""

from datetime import date
from itertools import pairwise

import polars as pl
import pytest

from kpa_analytics.analysis.engine import Rules
from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import COMPLETIONS
from tests.analysis.rule_cases import JUNE, OPEN, PERSON, TODAY, at, catalogue, done, fixed, pairs


def composed(*more):
    return catalogue(
        {"id": 1, "renewal_months": 12},
        {"id": 2, "renewal_months": 24},
        {"id": 10, "title": "Both", "included_trainings_id": [1, 2]},
        *more,
    )


def completed_on(**days):
    return done(
        *(
            {"training_id": int(name[1:]), "date": day, "created": at(2020, 1, 1)}
            for name, day in days.items()
        )
    )


def row_of(status, training):
    rows = status.filter(pl.col("training_id") == training)
    return rows.row(0, named=True) if rows.height else None


def test_a_composed_training_is_derived_from_its_parts():
    records = completed_on(t1=date(2025, 7, 1), t2=date(2025, 8, 1))
    row = row_of(expiry_status(records, composed(), as_of=TODAY), 10)
    assert (row["completion_id"], row["expiration_source"]) == (None, "composed")
    assert (row["date"], row["expiration_date"]) == (date(2025, 8, 1), date(2026, 7, 1))
    assert (row["starts_expiring"], row["days_left"]) == (date(2026, 6, 1), 16)
    assert (row["training"], row["status"]) == ("Both", "expiring")


def test_a_composed_training_is_as_bad_as_its_worst_part():
    records = completed_on(t1=date(2020, 7, 1), t2=date(2026, 6, 1))
    assert row_of(expiry_status(records, composed(), as_of=TODAY), 10)["status"] == "expired"


def test_its_own_completion_comes_first():
    records = completed_on(t1=date(2020, 7, 1), t2=date(2020, 6, 1), t10=date(2020, 1, 1))
    row = row_of(expiry_status(records, composed(), as_of=TODAY), 10)
    assert (row["completion_id"], row["expiration_source"], row["status"]) == (
        3,
        "never",
        "current",
    )


def test_with_a_part_missing_it_is_missing_where_required_else_absent():
    records = completed_on(t1=date(2026, 1, 1))
    assert row_of(expiry_status(records, composed(), as_of=TODAY), 10) is None
    required = expiry_status(records, composed(), as_of=TODAY, required=pairs((PERSON, 10)))
    assert row_of(required, 10)["status"] == "missing"


def test_a_composed_window_training_knows_no_grace():
    training = catalogue({"id": 1}, {**JUNE, "id": 10, "included_trainings_id": [1]})
    status = expiry_status(
        COMPLETIONS.empty(), training, as_of=OPEN, required=pairs((PERSON, 10), (PERSON, 1))
    )
    assert row_of(status, 10)["status"] == "missing"


def test_a_part_the_catalogue_does_not_have_is_missing():
    training = catalogue({"id": 1}, {"id": 10, "included_trainings_id": [1, 999]})
    records = completed_on(t1=TODAY, t999=TODAY)
    assert row_of(expiry_status(records, training, as_of=TODAY), 10) is None


def test_composed_of_composed():
    training = composed({"id": 3}, {"id": 20, "included_trainings_id": [10, 3]})
    records = completed_on(t1=date(2026, 1, 1), t2=date(2026, 2, 1), t3=date(2026, 3, 1))
    row = row_of(expiry_status(records, training, as_of=TODAY), 20)
    assert (row["date"], row["expiration_date"]) == (date(2026, 3, 1), date(2027, 1, 1))


EARLY = {"renewal_months": 36, "expiring_days": 1095}
LATE = {"renewal_months": 6, "expiring_days": 14}
ANNUAL = {"schedule_type": "annual", "renewal_months": 1}


def offered_on(*day):
    return {**JUNE, "window_last_offered_date": date(*day)}


@pytest.mark.parametrize(
    ("own", "as_of", "expires", "starts", "status"),
    [
        # the parts: completed on 2025-07-01 for 12 months and on 2025-08-01 for 24
        ({"renewal_months": 36}, "2026-06-15", "2026-07-01", "2026-06-01", "expiring"),
        ({"renewal_months": 6}, "2025-09-01", "2026-02-01", "2026-01-02", "current"),
        ({"renewal_months": 6}, "2026-02-01", "2026-02-01", "2026-01-02", "expiring"),
        ({"renewal_months": 6}, "2026-02-02", "2026-02-01", "2026-01-02", "expired"),
        # its own expiring days are of its own schedule, those of the parts are of theirs
        (EARLY, "2025-09-01", "2026-07-01", "2025-08-02", "expiring"),
        (LATE, "2025-09-01", "2026-02-01", "2026-01-18", "current"),
        (fixed(9, 15), "2025-09-01", "2025-09-15", "2025-08-16", "expiring"),
        # a window counts from the derived day, with its offerings
        (JUNE, "2026-05-01", "2026-06-30", "2026-06-01", "current"),
        (offered_on(2026, 6, 2), "2026-06-03", "2026-06-30", "2026-06-01", "expiring"),
        (offered_on(2026, 3, 2), "2026-03-03", "2026-03-01", "2026-03-01", "expired"),
        ({**JUNE, "window_open_month": 5}, "2025-08-01", "2026-06-30", "2026-05-01", "current"),
        # a schedule that is not known adds nothing
        (ANNUAL, "2026-01-01", "2026-07-01", "2026-06-01", "current"),
    ],
)  # fmt: skip
def test_a_composed_trainings_own_schedule_counts_from_the_derived_day(
    own, as_of, expires, starts, status
):
    as_of, starts, expires = (date.fromisoformat(day) for day in (as_of, starts, expires))
    training = catalogue(
        {"id": 1, "renewal_months": 12},
        {"id": 2, "renewal_months": 24},
        {"id": 10, "included_trainings_id": [1, 2], **own},
    )
    records = completed_on(t1=date(2025, 7, 1), t2=date(2025, 8, 1))
    row = row_of(expiry_status(records, training, as_of=as_of), 10)
    assert (row["expiration_date"], row["starts_expiring"], row["status"]) == (
        expires,
        starts,
        status,
    )
    assert (row["date"], row["expiration_source"]) == (date(2025, 8, 1), "composed")
    assert row["days_left"] == (expires - as_of).days


def test_the_vendors_composed_example():
    training = catalogue(
        {"id": 1025},
        {"id": 1026},
        {
            "id": 1024,
            "included_trainings_id": [1025, 1026],
            "renewal_months": 12,
            "expiring_days": 14,
        },
    )
    records = completed_on(t1025=date(2025, 6, 1), t1026=date(2025, 6, 20))
    row = row_of(expiry_status(records, training, as_of=TODAY), 1024)
    assert (row["expiration_date"], row["status"]) == (date(2026, 6, 20), "expiring")


def test_a_composed_training_moves_on_with_its_window_parts():
    training = catalogue({**JUNE, "id": 1}, {"id": 10, "included_trainings_id": [1]})
    records = completed_on(t1=date(2020, 6, 10))
    row = row_of(expiry_status(records, training, as_of=date(2026, 9, 1)), 10)
    assert (row["expiration_date"], row["status"]) == (date(2027, 6, 30), "current")


def test_an_inner_trainings_own_schedule_reaches_the_outer_one():
    training = catalogue(
        {"id": 1},
        {"id": 10, "included_trainings_id": [1], "renewal_months": 6},
        {"id": 20, "included_trainings_id": [10]},
    )
    row = row_of(expiry_status(completed_on(t1=date(2025, 7, 1)), training, as_of=TODAY), 20)
    assert (row["expiration_date"], row["status"]) == (date(2026, 1, 1), "expired")


def test_parts_held_by_special_dates_alone_have_no_day_to_count_from():
    training = catalogue({"id": 1}, {"id": 10, "included_trainings_id": [1], "renewal_months": 6})
    records = done({"training_id": 1, "date": None, "special_expiration_date": date(2027, 1, 1)})
    row = row_of(expiry_status(records, training, as_of=TODAY), 10)
    assert (row["date"], row["expiration_date"]) == (None, date(2027, 1, 1))


@pytest.mark.slow
@pytest.mark.parametrize("lazy", [False, True])
def test_deeply_composed(lazy):
    levels = [{"id": n, "included_trainings_id": [n - 1] if n > 1 else []} for n in range(1, 41)]
    records = completed_on(t1=TODAY)
    status = expiry_status(records.lazy() if lazy else records, catalogue(*levels), as_of=TODAY)
    assert status.lazy().collect()["training_id"].to_list() == list(range(1, 41))


@pytest.mark.parametrize(
    ("parts", "circle"),
    [({1: [1]}, "1 -> 1"), ({1: [2], 2: [3], 3: [1], 4: [1]}, r"\d -> \d -> \d -> \d")],
)
def test_a_circle_of_composed_trainings_is_named(parts, circle):
    training = catalogue(*({"id": n, "included_trainings_id": ids} for n, ids in parts.items()))
    with pytest.raises(KPADataError, match=f"included_trainings_id has a circle: {circle}"):
        expiry_status(COMPLETIONS.empty(), training, as_of=TODAY)


def test_a_circle_is_told_in_the_order_of_inclusion():
    training = catalogue(*({"id": n, "included_trainings_id": [n % 3 + 1]} for n in (1, 2, 3)))
    with pytest.raises(KPADataError) as error:
        expiry_status(COMPLETIONS.empty(), training, as_of=TODAY)
    circle = [int(n) for n in str(error.value).rsplit(": ", 1)[1].split(" -> ")]
    assert all(after == before % 3 + 1 for before, after in pairwise(circle))


def test_own_schedules_are_computed_at_once_for_the_dates_that_somebody_has(monkeypatch):
    """Not for every date of every training: with hundreds of both, that takes all the memory."""
    computed = []
    of_keys = Rules.key_statuses

    def remembered(self, distinct, as_of, expiring_days):
        computed.append(distinct.select("training_id", "date").sort("training_id").rows())
        return of_keys(self, distinct, as_of, expiring_days)

    monkeypatch.setattr(Rules, "key_statuses", remembered)
    twice = {"id": 20, "title": "Both, and the first", "included_trainings_id": [1, 10]}
    records = completed_on(t1=date(2025, 7, 1), t2=date(2025, 8, 1))
    status = expiry_status(records, composed(twice), as_of=TODAY)
    assert {10, 20} <= {*status["training_id"]}
    assert computed == [[(10, date(2025, 8, 1)), (20, date(2025, 8, 1))]]
