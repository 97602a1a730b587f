"""Which included training limits a composed one."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.analysis.limiting import limiting_trainings
from kpa_analytics.schema import COMPLETIONS, TRAININGS
from tests.frames import frame_of

AS_OF = date(2026, 6, 30)
FIRST_AID, LADDERS, BASICS, PASSPORT = 1, 2, 3, 4


def catalogue(**basics: object) -> pl.DataFrame:
    return frame_of(
        TRAININGS,
        {"id": FIRST_AID, "title": "First aid", "schedule_type": "rolling", "renewal_months": 12},
        {"id": LADDERS, "title": "Ladders", "schedule_type": "rolling", "renewal_months": 36},
        {
            "id": BASICS,
            "title": "Basics",
            "schedule_type": "rolling",
            "included_trainings_id": [FIRST_AID, LADDERS],
            **basics,
        },
        {
            "id": PASSPORT,
            "title": "Passport",
            "schedule_type": "rolling",
            "included_trainings_id": [BASICS],
        },
    )


def limits(trainings: pl.DataFrame, *done: tuple[int, date]) -> dict[int, tuple]:
    """The limit of each training of Ann, by training: id, title, day."""
    records = [
        {"id": 10 + at, "m_user_id": "ann", "training_id": training, "date": day}
        for at, (training, day) in enumerate(done)
    ]
    required = pl.DataFrame({"m_user_id": ["ann"] * 2, "training_id": [BASICS, PASSPORT]})
    status = kpa.expiry_status(
        frame_of(COMPLETIONS, *records), trainings, as_of=AS_OF, required=required
    )
    rows = limiting_trainings(status, trainings)
    columns = ("limited_by_id", "limited_by", "limited_by_date")
    return {row["training_id"]: tuple(row[name] for name in columns) for row in rows.to_dicts()}


EARLY, LATE = date(2025, 1, 10), date(2026, 3, 1)


def test_the_first_part_to_expire_limits_a_composed_training_and_those_that_include_it():
    limit_of = limits(catalogue(), (FIRST_AID, EARLY), (LADDERS, LATE))
    assert limit_of[BASICS] == (FIRST_AID, "First aid", EARLY)
    assert limit_of[PASSPORT] == (FIRST_AID, "First aid", EARLY)
    assert limit_of[FIRST_AID] == limit_of[LADDERS] == (None, None, None)


def test_of_parts_that_expire_on_the_same_day_the_first_id_limits():
    limit_of = limits(catalogue(), (FIRST_AID, date(2025, 8, 1)), (LADDERS, date(2023, 8, 1)))
    assert limit_of[BASICS] == (FIRST_AID, "First aid", date(2025, 8, 1))


def test_its_own_schedule_limits_it_where_that_ends_first():
    limit_of = limits(catalogue(renewal_months=1), (FIRST_AID, LATE), (LADDERS, LATE))
    assert limit_of[BASICS] == (BASICS, "Basics", LATE)
    assert limit_of[PASSPORT] == (BASICS, "Basics", LATE)


@pytest.mark.slow
def test_a_missing_one_names_what_is_lacking():
    assert limits(catalogue(), (FIRST_AID, LATE))[BASICS] == (None, "Ladders", None)
    assert limits(catalogue())[BASICS] == (None, "First aid; Ladders", None)


def test_what_is_lacking_is_named_in_the_order_of_the_titles():
    title = pl.when(pl.col("id") == FIRST_AID).then(pl.lit("Rescue")).otherwise("title")
    renamed = catalogue().with_columns(title.alias("title"))
    assert limits(renamed)[BASICS] == (None, "Ladders; Rescue", None)


def test_where_titles_repeat_what_is_lacking_is_named_with_its_id():
    title = pl.when(pl.col("id") == LADDERS).then(pl.lit("First aid")).otherwise("title")
    alike = catalogue().with_columns(title.alias("title"))
    assert limits(alike)[BASICS] == (None, "First aid (1); First aid (2)", None)


def test_a_completion_of_its_own_has_no_limit():
    limit_of = limits(catalogue(), (FIRST_AID, EARLY), (LADDERS, LATE), (BASICS, LATE))
    assert limit_of[BASICS] == (None, None, None)


@pytest.mark.slow
def test_no_limit_of_the_demo_was_completed_after_it_expired():
    with kpa.demo.serve(kpa.demo.organisation(people=60, instructors=8, completions=1_500)) as api:
        kpa.configure(token=api.token, api_url=api.url, progress=False, requests_per_minute=10_000)
        with pytest.warns(kpa.errors.KPADataWarning, match="impossible date"):
            data = kpa.load_all()
    status = kpa.expiry_status(data.completions, data.trainings, data.users, as_of=AS_OF)
    rows = limiting_trainings(status, data.trainings)
    derived = rows.filter(pl.col("expiration_source") == "composed")
    assert derived.filter(pl.col("date") > pl.col("expiration_date")).height > 0
    assert derived.filter(pl.col("limited_by_date") > pl.col("expiration_date")).is_empty()
    dated = derived.filter(pl.col("expiration_date").is_not_null())
    assert dated["limited_by_id"].null_count() == 0
