"""The figures of a pack, from hand-made records that can be counted on one hand."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from kpa_analytics.audit.evidence import composed_ids, gather
from kpa_analytics.data.scope import Scope
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.schema import COMPLETIONS, EMPLOYEE_STATUS, TRAININGS
from tests.frames import frame_of

FIRST_AID, LADDERS, BASICS = 7, 8, 9  # the basics are composed of first aid


def completion(number: int, training: int, person: str) -> dict[str, object]:
    return {"id": number, "training_id": training, "m_user_id": person, "date": date(2026, 5, 4)}


@pytest.mark.slow
@pytest.mark.parametrize(("trainings", "compared"), [((), 2), ((BASICS,), 1), ((LADDERS,), 0)])
def test_compared_are_the_chosen_cases_that_the_vendor_judges(
    trainings: tuple[int, ...], compared: int
) -> None:
    """The vendor judges Ann's first aid and basics, and none of the two completions for ladders."""
    data = TrainingData(
        completions=frame_of(
            COMPLETIONS,
            completion(1, FIRST_AID, "ann"),
            completion(2, LADDERS, "ann"),
            completion(3, LADDERS, "ben"),
        ),
        trainings=frame_of(
            TRAININGS,
            {"id": FIRST_AID},
            {"id": LADDERS},
            {"id": BASICS, "included_trainings_id": [FIRST_AID]},
        ),
        employee_status=frame_of(
            EMPLOYEE_STATUS,
            {
                "m_user_id": "ann",
                "last_updated": datetime(2026, 6, 30, tzinfo=UTC),
                "complete_training_ids": [FIRST_AID, BASICS],
            },
        ),
    )
    evidence = gather(
        data.part(Scope(description="a part", trainings=trainings)),
        as_of=date(2026, 6, 30),
        expiring_days=30,
        required=None,
        title="A part",
        names=True,
        earlier=None,
    )
    assert evidence.compared == compared


def test_a_repeated_training_is_composed_if_its_first_row_is() -> None:
    simple, composed = {"id": FIRST_AID}, {"id": FIRST_AID, "included_trainings_id": [LADDERS]}
    assert composed_ids(frame_of(TRAININGS, simple, composed)).to_list() == []
    assert composed_ids(frame_of(TRAININGS, composed, simple)).to_list() == [FIRST_AID]
