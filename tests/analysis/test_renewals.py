"""The outcome of each certificate that came due."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import kpa_analytics as kpa
from kpa_analytics.schema import (
    COMPLETIONS,
    GROUPS,
    RENEWAL_CURVE,
    RENEWAL_PUNCTUALITY,
    RENEWALS,
    TRAININGS,
    USERS,
)
from tests.analysis.company import FIRST, company
from tests.analysis.oracle_people import believed
from tests.analysis.oracle_people import has_left as has_left_by
from tests.analysis.oracle_renewals import certificates, kaplan_meier
from tests.conftest import at_most
from tests.frames import frame_of

LADDERS = {"id": 7, "title": "Ladders", "schedule_type": "rolling", "renewal_months": 12}
JUNE = {
    "id": 8,
    "title": "Heat",
    "schedule_type": "window",
    "window_open_month": 6,
    "window_open_day": 1,
    "window_close_month": 6,
    "window_close_day": 30,
}


def done(*days: date | None, training: int = 7, who: str = "a", **fields: Any) -> pl.DataFrame:
    rows = [
        {"id": n, "training_id": training, "m_user_id": who, "date": day, **fields}
        for n, day in enumerate(days)
    ]
    return frame_of(COMPLETIONS, *rows)


def outcomes(
    completions: pl.DataFrame, *trainings: dict[str, Any], **options: Any
) -> list[tuple[Any, ...]]:
    options = {"as_of": "2026-06-30", **options}
    rows = kpa.renewals(completions, frame_of(TRAININGS, *trainings), **options)
    assert RENEWALS.fits(rows)
    return rows.select("expiration_date", "renewed_on", "days_late", "outcome").rows()


@pytest.mark.slow
@settings(max_examples=at_most(20))
@given(
    seed=st.integers(0, 10**6),
    as_of=st.dates(FIRST, date(2030, 12, 31)),
    expiring_days=st.integers(0, 400),
    leavers_too=st.booleans(),
)
def test_equal_to_the_oracle(seed: int, as_of: date, expiring_days: int, leavers_too: bool) -> None:
    completions, trainings, users, _ = company(seed, people=18, count=600)
    ours = kpa.renewals(
        completions,
        trainings,
        users,
        as_of=as_of,
        expiring_days=expiring_days,
        include_terminated=leavers_too,
    )
    frames = (frame.to_dicts() for frame in (completions, trainings, users))
    expected = list(certificates(*frames, as_of, expiring_days, leavers_too))
    assert ours.drop("user", "training").to_dicts() == expected


@pytest.mark.slow
def test_equal_to_the_oracle_in_bigger_companies_with_every_outcome() -> None:
    seen: Counter[Any] = Counter()
    for seed in range(3):
        completions, trainings, users, _ = company(seed, people=60, count=3000)
        ours = kpa.renewals(completions, trainings, users, as_of=date(2026, 6, 15))
        frames = (frame.to_dicts() for frame in (completions, trainings, users))
        expected = list(certificates(*frames, date(2026, 6, 15)))
        assert ours.drop("user", "training").to_dicts() == expected
        names = kpa.expiry_status(completions, trainings, users, as_of=date(2026, 6, 15))
        known = names.select("m_user_id", "user", "training_id", "training")
        pairs = ["m_user_id", "training_id"]
        both = ours.join(known, on=pairs, suffix="_status")
        assert (both["user"] == both["user_status"]).all()
        assert (both["training"] == both["training_status"]).all()
        seen.update(ours["outcome"])
    assert min(seen[outcome] for outcome in ("on_time", "late", "lapsed", "pending")) > 20


@pytest.mark.slow
def test_on_time_through_the_expiration_date_and_late_from_the_next_day() -> None:
    first = date(2024, 5, 10)
    for renewed, late, outcome in (
        (date(2025, 5, 9), -1, "on_time"),
        (date(2025, 5, 10), 0, "on_time"),
        (date(2025, 5, 11), 1, "late"),
    ):
        rows = outcomes(done(first, renewed), LADDERS, as_of="2025-06-30")
        assert rows == [(date(2025, 5, 10), renewed, late, outcome)]


@pytest.mark.slow
def test_not_renewed_is_pending_through_the_expiration_date_and_then_lapsed() -> None:
    of = done(date(2025, 6, 30))
    assert outcomes(of, LADDERS, as_of="2026-05-30") == []
    assert outcomes(of, LADDERS, as_of="2026-05-31") == [(date(2026, 6, 30), None, None, "pending")]
    assert outcomes(of, LADDERS, as_of="2026-06-30")[0][-1] == "pending"
    assert outcomes(of, LADDERS, as_of="2026-07-01")[0][-1] == "lapsed"
    own = {**LADDERS, "expiring_days": 5}
    assert outcomes(of, own, as_of="2026-05-31") == []


def test_a_renewal_after_the_day_has_not_happened_yet() -> None:
    both = done(date(2024, 6, 1), date(2025, 7, 1))
    assert outcomes(both, LADDERS, as_of="2025-06-30")[0][-1] == "lapsed"
    assert outcomes(both, LADDERS, as_of="2025-07-01")[0][-1] == "late"


def test_early_renewals_count_and_each_certificate_has_a_row() -> None:
    three = done(date(2023, 1, 1), date(2023, 3, 1), date(2024, 3, 31))
    assert outcomes(three, LADDERS) == [
        (date(2024, 1, 1), date(2023, 3, 1), -306, "on_time"),
        (date(2024, 3, 1), date(2024, 3, 31), 30, "late"),
        (date(2025, 3, 31), None, None, "lapsed"),
    ]


@pytest.mark.slow
def test_a_window_certificate_ends_when_the_training_is_offered_again() -> None:
    never = outcomes(done(date(2023, 6, 10), training=8), JUNE, as_of="2026-07-01")
    assert never == []
    open_now = outcomes(done(date(2023, 6, 10), training=8), JUNE)
    assert open_now == [(date(2026, 6, 30), None, None, "pending")]
    offered = {**JUNE, "window_last_offered_date": date(2025, 6, 5)}
    lapsed = outcomes(done(date(2023, 6, 10), training=8), offered)
    assert lapsed == [(date(2024, 6, 30), None, None, "lapsed")]
    renewed = done(date(2024, 6, 10), date(2025, 6, 20), training=8)
    assert outcomes(renewed, offered)[0] == (date(2025, 6, 30), date(2025, 6, 20), -10, "on_time")
    late = done(date(2024, 6, 10), date(2025, 8, 1), training=8)
    assert outcomes(late, offered)[0] == (date(2025, 6, 30), date(2025, 8, 1), 32, "late")
    skipped = done(date(2023, 6, 10), date(2024, 9, 1), training=8)
    assert outcomes(skipped, JUNE)[0] == (date(2025, 6, 30), date(2024, 9, 1), -302, "on_time")


def test_composed_trainings_that_are_held_through_their_parts_are_not_listed() -> None:
    parts = {"id": 9, "schedule_type": "rolling", "included_trainings_id": [7]}
    rows = kpa.renewals(
        done(date(2024, 1, 1)), frame_of(TRAININGS, LADDERS, parts), as_of="2026-06-30"
    )
    assert rows["training_id"].to_list() == [7]
    own = {**parts, "renewal_months": 6}
    rows = outcomes(done(date(2024, 1, 1), training=9), LADDERS, own)
    assert rows == [(date(2024, 7, 1), None, None, "lapsed")]


def test_a_completion_without_a_date_counts_only_alone() -> None:
    special = {"special_expiration_date": date(2025, 1, 1)}
    assert outcomes(done(None, **special), LADDERS) == [(date(2025, 1, 1), None, None, "lapsed")]
    dated = done(date(2026, 1, 1)).with_columns(id=pl.lit(5, pl.Int64))
    assert outcomes(pl.concat([done(None, **special), dated]), LADDERS) == []


@pytest.mark.slow
def test_people_who_were_not_employed_on_the_day_are_left_out() -> None:
    def leaving(day: date, back: date | None = None) -> pl.DataFrame:
        def noon(of: date | None) -> datetime | None:
            return of and datetime(of.year, of.month, of.day, 12, tzinfo=UTC)

        return frame_of(USERS, {"id": "a", "terminationDate": noon(day), "hireDate": noon(back)})

    due = done(date(2024, 5, 10))
    on = date(2025, 5, 10)
    assert outcomes(due, LADDERS, users=leaving(on)) == []
    assert len(outcomes(due, LADDERS, users=leaving(on), include_terminated=True)) == 1
    assert outcomes(due, LADDERS, users=leaving(on + timedelta(1))) == [(on, None, None, "lapsed")]
    assert outcomes(due, LADDERS, users=leaving(on - timedelta(9), back=on))[0][-1] == "lapsed"
    renewed = done(date(2024, 5, 10), date(2025, 5, 1))
    assert outcomes(renewed, LADDERS, users=leaving(date(2025, 5, 5)), as_of="2026-01-01") == []


@pytest.fixture(scope="module")
def came_due() -> pl.DataFrame:
    completions, trainings, users, _ = company(11, people=50, count=2500)
    return kpa.renewals(completions, trainings, users, as_of="2026-06-15")


USERS_OF_11 = company(11, people=50, count=2500)[2].with_columns(
    fieldOffice_id=pl.int_range(pl.len()).map_elements(
        lambda n: [[], ["x"], ["x", "y"]][n % 3], return_dtype=pl.List(pl.String)
    ),
    supervisor_id=pl.when(pl.int_range(pl.len()) % 2 == 0).then(pl.col("id").first()),
)


@pytest.mark.parametrize("by", [None, "month", "training", "field_office", "supervisor"])
def test_punctuality_counts_every_group(came_due: pl.DataFrame, by: Any) -> None:
    groups = frame_of(GROUPS, {"kind": "field_office", "id": "x", "name": "Xenia"})
    ours = kpa.renewal_punctuality(came_due, USERS_OF_11, by=by, groups=groups, as_of="2026-06-15")
    assert ours.columns[-len(RENEWAL_PUNCTUALITY.columns) :] == RENEWAL_PUNCTUALITY.schema.names()
    users = {row["id"]: row for row in reversed(USERS_OF_11.to_dicts())}
    expected: dict[Any, Counter[str]] = {}
    for row in came_due.iter_rows(named=True):
        user = users.get(row["m_user_id"], {"fieldOffice_id": [], "supervisor_id": None})
        for key in {
            None: [None],
            "month": [row["expiration_date"].replace(day=1)],
            "training": [row["training_id"]],
            "field_office": user["fieldOffice_id"] or [None],
            "supervisor": [user["supervisor_id"]],
        }[by]:
            counts = expected.setdefault(key, Counter())
            counts["n"] += 1
            counts[row["outcome"]] += 1
            if row["expiration_date"] < date(2026, 6, 15):
                counts["over"] += 1
                counts["punctual"] += row["outcome"] == "on_time"
    assert ours.height == len(expected)
    for row in ours.iter_rows(named=True):
        key = row[{None: "n", "month": "month"}.get(by, f"{by}_id")] if by else None
        counts = expected[key]
        for name in ("n", "on_time", "late", "lapsed", "pending"):
            assert row[name] == counts[name]
        share = counts["punctual"] / counts["over"] if counts["over"] else None
        assert row["share"] == (share if share is None else pytest.approx(share))
    if by == "field_office":
        assert ours.select("field_office_id", "field_office").rows() == [
            ("x", "Xenia"),
            ("y", "y"),
            (None, None),
        ]
    lazy = kpa.renewal_punctuality(
        came_due.lazy(), USERS_OF_11, by=by, groups=groups, as_of="2026-06-15"
    )
    assert_frame_equal(lazy.collect(), ours)


@pytest.mark.slow
def test_the_curve_is_kaplan_and_meiers(came_due: pl.DataFrame) -> None:
    as_of = date(2026, 6, 15)
    curve = kpa.renewal_curve(came_due, USERS_OF_11, as_of=as_of)
    assert RENEWAL_CURVE.fits(curve)
    users = {row["id"]: row for row in reversed(USERS_OF_11.to_dicts())}
    durations = []
    for row in came_due.iter_rows(named=True):
        user, last = users.get(row["m_user_id"]), as_of
        if user and has_left_by(user, as_of):
            last = believed(user["terminationDate"]) - timedelta(days=1)
        days = row["days_late"]
        waited = (last - row["expiration_date"]).days if days is None else days
        durations.append((waited, days is not None))
    assert len({event for _, event in durations}) == 2
    expected = list(kaplan_meier(durations))
    assert [row[:4] for row in curve.rows()] == [row[:4] for row in expected]
    assert curve["not_renewed"].to_list() == pytest.approx([row[4] for row in expected])
    assert_frame_equal(
        kpa.renewal_curve(came_due.lazy(), USERS_OF_11, as_of=as_of).collect(), curve
    )


def test_a_published_example_of_the_estimate() -> None:
    """Remission times of Freireich et al. (1963), whose estimate is in many textbooks."""
    events = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    as_of = date(2026, 6, 30)
    rows = [
        {"expiration_date": as_of - timedelta(100), "days_late": day, "outcome": "late"}
        for day in events
    ] + [{"expiration_date": as_of - timedelta(day), "outcome": "lapsed"} for day in censored]
    curve = kpa.renewal_curve(frame_of(RENEWALS, *rows), as_of=as_of)
    steps = curve.filter(pl.col("renewed") > 0).select("days_late", "not_renewed").rows()
    assert [(day, round(share, 3)) for day, share in steps] == [
        (6, 0.857), (7, 0.807), (10, 0.753), (13, 0.690), (16, 0.627), (22, 0.538), (23, 0.448),
    ]  # fmt: skip


def test_lazy_frames_give_what_frames_give() -> None:
    completions, trainings, users, _ = company(3, people=8, count=200)
    options = {"as_of": "2026-06-15"}
    lazy = kpa.renewals(completions.lazy(), trainings.lazy(), users.lazy(), **options)
    assert_frame_equal(lazy.collect(), kpa.renewals(completions, trainings, users, **options))


def test_bad_input_is_named() -> None:
    none = RENEWALS.empty()
    for call, named in (
        (lambda: kpa.renewals(done().to_dicts()), "expected a polars frame"),
        (lambda: kpa.renewals(done(), as_of="30/06/2026"), "not '30/06/2026'"),
        (lambda: kpa.renewals(done(), expiring_days=-1), "not -1"),
        (lambda: kpa.renewals(done(), include_terminated="no"), "True or False, not 'no'"),
        (lambda: kpa.renewals(done().drop("created")), "no column 'created'"),
        (lambda: kpa.renewal_punctuality(none, by="week"), "training, month, not 'week'"),
        (lambda: kpa.renewal_punctuality(none, by="supervisor"), "needs users"),
        (lambda: kpa.renewal_punctuality(none.drop("outcome")), "no column 'outcome'"),
        (lambda: kpa.renewal_curve(none.drop("days_late")), "no column 'days_late'"),
    ):
        with pytest.raises(kpa.errors.KPADataError, match=named):
            call()


def test_renewals_of_another_day_are_refused() -> None:
    rows = kpa.renewals(done(date(2025, 6, 30)), frame_of(TRAININGS, LADDERS), as_of="2026-06-30")
    for function in (kpa.renewal_punctuality, kpa.renewal_curve):
        with pytest.raises(kpa.errors.KPADataError, match="expires on 30 Jun 2026 is pending"):
            function(rows, as_of="2026-07-01")


def test_no_certificates_give_no_share() -> None:
    total = kpa.renewal_punctuality(RENEWALS.empty(), by=None, as_of="2026-06-30")
    assert total.rows() == [(0, 0, 0, 0, 0, None)]
    assert kpa.renewal_punctuality(RENEWALS.empty(), as_of="2026-06-30").height == 0
    assert kpa.renewal_curve(RENEWALS.empty(), as_of="2026-06-30").height == 0


def test_a_window_that_has_not_opened_is_not_due_on_the_last_day_of_the_calendar():
    assert outcomes(done(date(2026, 6, 10), training=8), JUNE, as_of=date.max) == []
