"""Current cases whose rule is not known are counted where the current cases are."""

from __future__ import annotations

from datetime import date

import pytest

import kpa_analytics as kpa
from kpa_analytics.audit.evidence import gather
from kpa_analytics.audit.report import report
from kpa_analytics.schema import COMPLETIONS, TRAININGS
from kpa_analytics.widgets import ExpiryExplorer
from tests.frames import frame_of

DAY = date(2026, 6, 30)


def shown(*trainings: dict[str, object]) -> tuple[str, str]:
    """The note of the current cases in the report and the figures of the explorer.

    Ann and Bob completed training 7 in May, and Cid training 8.
    """
    done = [
        {"id": number, "m_user_id": person, "training_id": training, "date": date(2026, 5, 4)}
        for number, (person, training) in enumerate((("ann", 7), ("bob", 7), ("cid", 8)), 1)
    ]
    data = kpa.TrainingData(
        completions=frame_of(COMPLETIONS, *done), trainings=frame_of(TRAININGS, *trainings)
    )
    evidence = gather(
        data, as_of=DAY, expiring_days=30, required=None, title="", names=True, earlier=None
    )
    (note,) = (t["note"] for t in report(evidence, [])["tiles"] if t["status"] == "current")
    return note, ExpiryExplorer(data, as_of=DAY)._figures.value


@pytest.mark.slow
@pytest.mark.parametrize(
    ("trainings", "unknown"),
    [
        ([{"id": 8}], 2),  # training 7 is not in the catalogue
        ([{"id": 7}, {"id": 8, "schedule_type": "weekly"}], 1),
        ([{"id": 7, "renewal_months": 12}, {"id": 8}], 0),  # never is a known rule
    ],
)
def test_the_report_and_the_explorer_count_them(
    trainings: list[dict[str, object]], unknown: int
) -> None:
    note, figures = shown(*trainings)
    have = "case has" if unknown == 1 else "cases have"
    assert note == "valid, no renewal due yet" + (
        f"; {unknown} of them without a known expiration rule" if unknown else ""
    )
    assert ("expiration rule" in figures) == bool(unknown)
    assert not unknown or f"{unknown} current {have} no known expiration rule." in figures


@pytest.mark.slow
def test_a_training_that_expires_is_not_counted() -> None:
    note, figures = shown({"id": 7, "renewal_months": 1}, {"id": 8})
    assert note == "valid, no renewal due yet"
    assert "expiration rule" not in figures
