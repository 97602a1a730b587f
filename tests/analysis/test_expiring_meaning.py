"""Transcripts and rosters say when their trainings count as expiring soon."""

from __future__ import annotations

from datetime import date

import pytest

import kpa_analytics as kpa
from kpa_analytics.schema import COMPLETIONS, TRAININGS
from tests.frames import frame_of

DAY = date(2026, 6, 30)
TITLES = {7: "First Aid", 8: "Ladders", 9: "Rigging", 10: "Orientation", 11: "Winter Driving"}


def said(*trainings: dict[str, object], expiring_days: int = 30) -> str:
    """The sentence of Ann's transcript; she completed the trainings on 15 July 2025."""
    done = [
        {"id": n, "m_user_id": "ann", "training_id": each["id"], "date": date(2025, 7, 15)}
        for n, each in enumerate(trainings, 1)
    ]
    catalogue = [{"title": TITLES[each["id"]], **each} for each in trainings]
    data = kpa.TrainingData(
        completions=frame_of(COMPLETIONS, *done), trainings=frame_of(TRAININGS, *catalogue)
    )
    page = kpa.transcript(data, "ann", as_of=DAY, expiring_days=expiring_days)._repr_html_()
    _, meant, after = page.partition("Expiring soon&#39; means ")
    return after.partition(".")[0] if meant else ""


def rolling(number: int, days: int | None = None) -> dict[str, object]:
    return {"id": number, "schedule_type": "rolling", "renewal_months": 12, "expiring_days": days}


@pytest.mark.parametrize(
    ("trainings", "sentence"),
    [
        ([rolling(7)], "at most 30 days left"),
        # The only training of a page: its number is always there.
        ([rolling(7, 60)], "at most the training&#39;s own number of days (60 for First Aid)"),
        # 15 days are left. Only the number of Ladders gives another status than 30 would.
        (
            [rolling(7, 60), rolling(8, 10), rolling(9)],
            "at most 30 days left, or at most the training&#39;s own number of days "
            "(10 for Ladders)",
        ),
        ([rolling(7, 60), rolling(8, 45)], "at most the training&#39;s own number of days"),
        ([rolling(7, 10), rolling(8, 10)], "at most the training&#39;s own number of days (10 for "
         "First Aid, Ladders)"),
        ([{"id": 10}], ""),  # it never expires
    ],
)  # fmt: skip
def test_numbers_that_make_a_difference_are_named(trainings, sentence) -> None:
    assert said(*trainings) == sentence


def test_days_that_the_caller_gives_are_said() -> None:
    assert said(rolling(7), expiring_days=1) == "at most 1 day left"
    both = said(rolling(7), rolling(8, 10), rolling(9, 20), expiring_days=5)
    assert both.endswith("(20 for Rigging)")


def test_an_open_window_is_a_rule_of_its_own() -> None:
    window = {
        "id": 11,
        "schedule_type": "window",
        "window_open_month": 6,
        "window_open_day": 1,
        "window_close_month": 7,
        "window_close_day": 31,
    }
    assert said(window) == "an open renewal window"
    assert said(rolling(7), window) == "at most 30 days left, or an open renewal window"
