"""The rules one by one: schedules, statuses, who counts, and the data's odd cases."""

from datetime import UTC, date, datetime
from itertools import pairwise

import polars as pl
import pytest

from kpa_analytics.analysis.expiry import expiry_status
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import COMPLETIONS, EMPLOYEE_STATUS, EXPIRY_STATUS, TRAININGS, USERS
from tests.analysis.company import frame

TODAY = date(2026, 6, 15)
PERSON = "5e580f0cb780600088bd2c11"
JUNE = {
    "schedule_type": "window",
    "window_open_month": 6,
    "window_open_day": 1,
    "window_close_month": 6,
    "window_close_day": 30,
}
FEBRUARY = {**JUNE, "window_open_month": 2, "window_close_month": 2, "window_close_day": 29}
NEW_YEAR = {
    "schedule_type": "window",
    "window_open_month": 12,
    "window_open_day": 15,
    "window_close_month": 1,
    "window_close_day": 15,
}


def done(*rows):
    return frame(
        COMPLETIONS,
        [{"id": n, "training_id": 7, "m_user_id": PERSON, **row} for n, row in enumerate(rows, 1)],
    )


def catalogue(*rows):
    plain = {"id": 7, "title": "Ladders", "schedule_type": "rolling"}
    return frame(TRAININGS, [{**plain, **row} for row in rows])


def fixed(month, day, months=None):
    return {"expires_on_month": month, "expires_on_day": day, "renewal_months": months}


def at(year, month, day, hour=12):
    return datetime(year, month, day, hour, tzinfo=UTC)


def judge(completed, training, as_of=TODAY, **options):
    """The one row there is."""
    status = expiry_status(done(completed), catalogue(training), as_of=as_of, **options)
    return status.row(0, named=True)


@pytest.mark.parametrize(
    ("completed", "training", "expires", "source"),
    [
        # rolling: the same day months later, cut to the month's last day
        (date(2024, 1, 31), {"renewal_months": 1}, date(2024, 2, 29), "rolling"),
        (date(2023, 1, 31), {"renewal_months": 1}, date(2023, 2, 28), "rolling"),
        (date(2024, 2, 29), {"renewal_months": 12}, date(2025, 2, 28), "rolling"),
        (date(2023, 12, 31), {"renewal_months": 2}, date(2024, 2, 29), "rolling"),
        (date(2024, 5, 1), {"renewal_months": 120_000}, date(3024, 5, 1), "rolling"),
        # never
        (date(2024, 1, 31), {"renewal_months": None}, None, "never"),
        (date(2024, 1, 31), {"renewal_months": 0}, None, "never"),
        (date(2024, 1, 31), {"renewal_months": -3}, None, "never"),
        # fixed day: the vendor's example, and what the renewal period allows
        (date(2022, 5, 6), fixed(7, 15), date(2022, 7, 15), "fixed"),
        (date(2022, 7, 15), fixed(7, 15), date(2023, 7, 15), "fixed"),
        (
            date(2022, 5, 6),
            fixed(7, 15, 26),
            date(2023, 7, 15),
            "fixed",
        ),
        (
            date(2022, 5, 15),
            fixed(7, 15, 26),
            date(2024, 7, 15),
            "fixed",
        ),
        (
            date(2022, 5, 6),
            fixed(7, 15, 1),
            date(2022, 7, 15),
            "fixed",
        ),
        (date(2022, 5, 6), fixed(2, 29), date(2023, 2, 28), "fixed"),
        (date(2023, 5, 6), fixed(2, 29), date(2024, 2, 29), "fixed"),
        (date(2023, 6, 30), fixed(6, 31), date(2024, 6, 30), "fixed"),
        # only one of the two is set, or zero: no fixed day
        (date(2024, 1, 31), fixed(7, None, 1), date(2024, 2, 29), "rolling"),
        (date(2024, 1, 31), fixed(0, 0), None, "never"),
        # the first window that opens strictly after the completion
        (date(2024, 5, 31), JUNE, date(2024, 6, 30), "window"),
        (date(2024, 6, 1), JUNE, date(2025, 6, 30), "window"),
        (date(2024, 6, 30), {**JUNE, "renewal_months": 1}, date(2025, 6, 30), "window"),
        (date(2024, 12, 14), NEW_YEAR, date(2025, 1, 15), "window"),
        (date(2024, 12, 15), NEW_YEAR, date(2026, 1, 15), "window"),
        (date(2025, 1, 10), NEW_YEAR, date(2026, 1, 15), "window"),
        (date(2023, 7, 1), FEBRUARY, date(2024, 2, 29), "window"),
        (date(2024, 7, 1), FEBRUARY, date(2025, 2, 28), "window"),
        # schedules that can't be are no ground for a guess
        (date(2024, 6, 1), {**JUNE, "window_close_day": None}, None, "unknown"),
        (
            date(2024, 6, 1),
            {**JUNE, "window_open_month": 13, "renewal_months": 12},
            None,
            "unknown",
        ),
        (date(2024, 6, 1), fixed(13, 1, 12), None, "unknown"),
    ],
)
def test_expiration_by_the_first_rule_that_applies(completed, training, expires, source):
    row = judge({"date": completed}, training)
    assert (row["expiration_date"], row["expiration_source"]) == (expires, source)


@pytest.mark.parametrize("training", [JUNE, {"renewal_months": 12}, {}])
@pytest.mark.parametrize("special", [date(2024, 1, 2), date(2030, 1, 1)])
def test_a_special_date_overrides_every_rule(training, special):
    row = judge({"date": date(2024, 1, 1), "special_expiration_date": special}, training)
    assert (row["expiration_date"], row["expiration_source"]) == (special, "special")


def test_a_special_date_overrides_the_last_offering_too():
    training = {**JUNE, "window_last_offered_date": date(2025, 6, 1)}
    record = {"date": date(2024, 1, 1), "special_expiration_date": date(2030, 1, 1)}
    assert judge(record, training)["status"] == "current"


@pytest.mark.parametrize(
    ("as_of", "days_left", "status"),
    [
        (date(2025, 4, 30), 31, "current"),
        (date(2025, 5, 1), 30, "expiring"),
        (date(2025, 5, 31), 0, "expiring"),
        (date(2025, 6, 1), -1, "expired"),
    ],
)
def test_good_through_the_expiration_day(as_of, days_left, status):
    row = judge({"date": date(2024, 5, 31)}, {"renewal_months": 12}, as_of)
    assert (row["days_left"], row["status"]) == (days_left, status)
    assert row["starts_expiring"] == date(2025, 5, 1)


@pytest.mark.parametrize(
    ("own", "callers", "starts"),
    [
        (None, 30, date(2025, 5, 1)),
        (None, 0, date(2025, 5, 31)),
        (10, 90, date(2025, 5, 21)),
        (0, 90, date(2025, 5, 31)),
        (-5, 30, date(2025, 5, 1)),
        (10**9, 30, date(2025, 5, 1)),
    ],
)
def test_the_trainings_own_expiring_days_come_before_the_callers(own, callers, starts):
    training = {"renewal_months": 12, "expiring_days": own}
    row = judge({"date": date(2024, 5, 31)}, training, expiring_days=callers)
    assert row["starts_expiring"] == starts


@pytest.mark.parametrize(
    ("completed", "offered", "as_of", "status"),
    [
        # the window to renew in opens: expiring until it closes
        (date(2025, 6, 10), None, date(2026, 5, 31), "current"),
        (date(2025, 6, 10), None, date(2026, 6, 1), "expiring"),
        (date(2025, 6, 10), None, date(2026, 6, 30), "expiring"),
        (date(2025, 6, 10), None, date(2026, 7, 1), "expired"),
        # offered again since, and its window is over: missed
        (date(2025, 7, 10), date(2026, 3, 1), date(2026, 4, 1), "expired"),
        (date(2026, 6, 3), date(2026, 6, 5), date(2026, 7, 1), "expired"),
        (date(2025, 7, 10), date(2026, 3, 1), date(2026, 3, 1), "expired"),
        # offered again since, and its window is still open: there is time left
        (date(2026, 6, 3), date(2026, 6, 5), date(2026, 6, 30), "expiring"),
        (date(2025, 6, 10), date(2026, 6, 5), date(2026, 6, 15), "expiring"),
        # completed on the day of the offering or after it
        (date(2026, 6, 5), date(2026, 6, 5), date(2026, 6, 15), "current"),
        (date(2026, 6, 6), date(2026, 6, 5), date(2026, 7, 15), "current"),
        # long expired stays expired, though the window is open
        (date(2023, 6, 10), date(2026, 6, 5), date(2026, 6, 15), "expired"),
        # an offering after the day asked for has not happened yet
        (date(2025, 6, 10), date(2026, 6, 5), date(2026, 1, 1), "current"),
    ],
)
def test_window_trainings_and_their_last_offering(completed, offered, as_of, status):
    training = {**JUNE, "window_last_offered_date": offered}
    assert judge({"date": completed}, training, as_of)["status"] == status


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (date(2025, 12, 14), "current"),
        (date(2025, 12, 15), "expiring"),
        (date(2026, 1, 15), "expiring"),
        (date(2026, 1, 16), "expired"),
    ],
)
def test_a_window_over_the_new_year(day, status):
    assert judge({"date": date(2025, 1, 10)}, NEW_YEAR, day)["status"] == status


OPEN, SHUT = date(2026, 6, 15), date(2026, 8, 1)


@pytest.mark.parametrize(
    ("hired", "offered", "newcomers_need_it", "as_of", "status"),
    [
        # a new employee: hired after the last offering
        (date(2026, 1, 1), date(2025, 6, 10), True, OPEN, "missing"),
        (date(2026, 1, 1), date(2025, 6, 10), True, SHUT, "missing"),
        (date(2026, 1, 1), date(2025, 6, 10), False, OPEN, "expiring"),
        (date(2026, 1, 1), date(2025, 6, 10), False, SHUT, "not_due"),
        (date(2026, 1, 1), date(2025, 6, 10), None, SHUT, "not_due"),
        # an old employee: hired on the day of the last offering or before it
        (date(2025, 6, 10), date(2025, 6, 10), False, SHUT, "missing"),
        (date(2020, 1, 1), date(2025, 6, 10), False, OPEN, "missing"),
        (date(2020, 1, 1), date(2025, 6, 10), True, SHUT, "missing"),
        # never offered
        (date(2020, 1, 1), None, True, SHUT, "missing"),
        (date(2020, 1, 1), None, False, OPEN, "expiring"),
        (date(2020, 1, 1), None, False, SHUT, "not_due"),
    ],
)
def test_never_completed_window_trainings(hired, offered, newcomers_need_it, as_of, status):
    training = {
        **JUNE,
        "window_last_offered_date": offered,
        "window_required_for_new_employees": newcomers_need_it,
    }
    person = {"id": PERSON, "created": at(2019, 1, 1), "hireDate": at(*hired.timetuple()[:3])}
    row = expiry_status(
        COMPLETIONS.empty(),
        catalogue(training),
        frame(USERS, [person]),
        as_of=as_of,
        required=pairs((PERSON, 7)),
    ).row(0, named=True)
    assert row["status"] == status
    assert row["completion_id"] is row["expiration_source"] is row["expiration_date"] is None


def pairs(*rows):
    return pl.DataFrame(
        rows, schema={"m_user_id": pl.String, "training_id": pl.Int64}, orient="row"
    )


def test_without_a_hire_date_the_profiles_day_tells_who_is_new():
    training = {**JUNE, "window_last_offered_date": date(2025, 6, 10)}
    people = [{"id": "new", "created": at(2026, 1, 1)}, {"id": "old", "created": at(2020, 1, 1)}]
    status = expiry_status(
        COMPLETIONS.empty(),
        catalogue(training),
        frame(USERS, people),
        as_of=SHUT,
        required=pairs(("new", 7), ("old", 7), ("unknown", 7)),
    )
    assert status["status"].to_list() == ["not_due", "missing", "missing"]


@pytest.mark.parametrize("training", [{}, {"renewal_months": 12}, fixed(7, 1)])
def test_other_trainings_never_completed_are_missing(training):
    status = expiry_status(
        COMPLETIONS.empty(), catalogue(training), as_of=TODAY, required=pairs((PERSON, 7))
    )
    assert status["status"].to_list() == ["missing"]


def test_the_vendors_employee_status_says_what_is_required():
    verdict = frame(
        EMPLOYEE_STATUS,
        [
            {"m_user_id": "a", "incomplete_training_ids": [7], "complete_training_ids": [8]},
            {"m_user_id": "b", "incomplete_training_ids": [], "complete_training_ids": None},
        ],
    )
    status = expiry_status(COMPLETIONS.empty(), as_of=TODAY, required=verdict)
    assert status.select("m_user_id", "training_id", "status").rows() == [
        ("a", 7, "missing"),
        ("a", 8, "missing"),
    ]


def test_the_latest_completion_counts_even_where_an_earlier_one_expires_later():
    records = done(
        {"date": date(2026, 1, 1), "special_expiration_date": date(2030, 1, 1)},
        {"date": date(2026, 1, 2)},
    )
    status = expiry_status(records, catalogue({"renewal_months": 1}), as_of=TODAY)
    assert status.select("completion_id", "status").rows() == [(2, "expired")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"date": date(2026, 1, 2)}, {"date": date(2026, 1, 1), "created": at(2026, 2, 2)}),
        ({"created": at(2026, 1, 2)}, {"created": at(2026, 1, 1)}),
    ],
)
def test_ties_go_by_created_and_then_by_id(one, other):
    same = {"date": date(2026, 1, 1), "created": at(2026, 1, 1)}
    for records, counts in (((one, other), 1), ((other, one), 2), ((other, other), 2)):
        status = expiry_status(done(*({**same, **row} for row in records)), as_of=TODAY)
        assert status["completion_id"].to_list() == [counts]


def test_a_completion_after_as_of_has_not_happened_yet():
    records = done({"date": TODAY}, {"date": date(2026, 6, 16)})
    assert expiry_status(records, as_of=TODAY)["completion_id"].to_list() == [1]


def test_an_undated_completion_is_seen_but_proves_nothing():
    training = catalogue({"renewal_months": 12})
    alone = expiry_status(done({"date": None}), training, as_of=TODAY).row(0, named=True)
    assert (alone["completion_id"], alone["status"]) == (1, "missing")
    assert (alone["expiration_source"], alone["expiration_date"]) == ("unknown", None)
    beside = expiry_status(done({"date": date(2020, 1, 1)}, {"date": None}), training, as_of=TODAY)
    assert beside.select("completion_id", "status").rows() == [(1, "expired")]


def test_an_undated_completion_is_good_until_its_special_date():
    record = {"date": None, "special_expiration_date": date(2026, 7, 1)}
    row = judge(record, {"renewal_months": 12})
    assert (row["expiration_source"], row["days_left"], row["status"]) == (
        "special",
        16,
        "expiring",
    )


def test_an_unknown_training_keeps_its_special_date_and_nothing_else():
    records = done(
        {"training_id": 1, "date": date(2020, 1, 1)},
        {"training_id": 2, "date": TODAY, "special_expiration_date": date(2026, 7, 15)},
    )
    status = expiry_status(records, catalogue({"renewal_months": 1}), as_of=TODAY)
    assert status.select("training", "expiration_source", "status", "starts_expiring").rows() == [
        ("1", "unknown", "current", None),
        ("2", "special", "expiring", TODAY),
    ]


# composed trainings


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
    found = status.filter(pl.col("training_id") == training)
    return found.row(0, named=True) if found.height else None


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
    with pytest.raises(
        KPADataError, match=f"included_trainings_id goes round in a circle: {circle}"
    ):
        expiry_status(COMPLETIONS.empty(), training, as_of=TODAY)


def test_a_circle_is_told_in_the_order_of_inclusion():
    training = catalogue(*({"id": n, "included_trainings_id": [n % 3 + 1]} for n in (1, 2, 3)))
    with pytest.raises(KPADataError) as told:
        expiry_status(COMPLETIONS.empty(), training, as_of=TODAY)
    circle = [int(n) for n in str(told.value).rsplit(": ", 1)[1].split(" -> ")]
    assert all(after == before % 3 + 1 for before, after in pairwise(circle))


# who counts, and under which name


@pytest.mark.parametrize(
    ("left", "counts"),
    [
        (at(2026, 6, 15, 0), False),
        (at(2026, 6, 15, 23), False),
        (at(2026, 6, 16, 0), True),
        (None, True),
    ],
)
def test_who_left_on_or_before_the_day_is_left_out(left, counts):
    users = frame(USERS, [{"id": PERSON, "terminationDate": left}])
    status = expiry_status(
        done({"date": TODAY}), None, users, as_of=TODAY, required=pairs((PERSON, 9))
    )
    assert status.height == (2 if counts else 0)
    everyone = expiry_status(
        done({"date": TODAY}), None, users, as_of=TODAY, include_terminated=True
    )
    assert everyone.height == 1


def test_names_and_ids_where_there_are_none():
    users = [
        {"id": "a", "firstname": "Ann", "lastname": "Moe"},
        {"id": "b", "firstname": "Ann", "lastname": "Moe"},
        {"id": "c", "firstname": " ", "lastname": None},
    ]
    records = done(*({"m_user_id": who, "date": TODAY} for who in "abcd"))
    status = expiry_status(records, catalogue({"title": " "}), frame(USERS, users), as_of=TODAY)
    assert status["user"].to_list() == ["Moe, Ann", "Moe, Ann", "c", "d"]
    assert status["training"].to_list() == ["7"] * 4


def test_duplicate_records_trainings_and_users_do_not_multiply_rows():
    records = done({"date": TODAY}, {"date": TODAY})
    records = pl.concat([records, records])
    training = catalogue({"renewal_months": 12}, {"renewal_months": 1})
    users = frame(USERS, [{"id": PERSON, "lastname": "Moe"}, {"id": PERSON, "lastname": "Roe"}])
    status = expiry_status(
        records, training, users, as_of=TODAY, required=pairs((PERSON, 7), (PERSON, 7))
    )
    assert status.height == 1
    assert status["expiration_date"].to_list() == [date(2027, 6, 15)]


# shape and bad input


@pytest.mark.parametrize("kind", ["eager", "lazy"])
def test_the_columns_are_the_tables(kind):
    records = done({"date": TODAY})
    status = expiry_status(records.lazy() if kind == "lazy" else records, as_of=TODAY)
    assert isinstance(status, pl.LazyFrame if kind == "lazy" else pl.DataFrame)
    assert status.collect_schema() == EXPIRY_STATUS.schema
    assert expiry_status(COMPLETIONS.empty(), as_of=TODAY).schema == EXPIRY_STATUS.schema


@pytest.mark.parametrize("days", [-1, 30.0, "30", None, True, 36_501, 10**12])
def test_impossible_expiring_days_are_refused_by_name(days):
    with pytest.raises(KPADataError, match=r"expiring_days must be a whole number .*, not"):
        expiry_status(COMPLETIONS.empty(), as_of=TODAY, expiring_days=days)


@pytest.mark.parametrize(
    "column", ["id", "training_id", "m_user_id", "created", "date", "special_expiration_date"]
)
def test_a_lacking_column_is_named_with_who_makes_it(column):
    with pytest.raises(KPADataError, match=rf"'{column}'; load_completions\(\) makes such frames"):
        expiry_status(COMPLETIONS.empty().drop(column), as_of=TODAY)


def test_lacking_columns_of_the_other_frames_are_named_too():
    none = COMPLETIONS.empty()
    with pytest.raises(KPADataError, match=r"'renewal_months'; load_trainings\(\)"):
        expiry_status(none, TRAININGS.empty().drop("renewal_months"))
    with pytest.raises(KPADataError, match=r"'terminationDate'; load_users\(\)"):
        expiry_status(none, None, USERS.empty().drop("terminationDate"))
    with pytest.raises(KPADataError, match=r"'training_id'; load_employee_status\(\)"):
        expiry_status(none, required=pl.DataFrame({"m_user_id": ["a"]}))


@pytest.mark.parametrize("as_of", [datetime(2026, 6, 15, 12), "15/06/2026", "2026-06-31", 20260615])
def test_as_of_must_be_a_plain_day(as_of):
    with pytest.raises(KPADataError, match="as_of must be a day"):
        expiry_status(COMPLETIONS.empty(), as_of=as_of)
