"""Findings about trainings that include themselves, directly or through each other."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kpa_analytics.data.quality import record_findings
from kpa_analytics.data.training_circles import circles_in, in_or_above_circles
from kpa_analytics.schema import TRAININGS
from tests.data.quality_cases import AS_OF, collections_with
from tests.frames import frame_of

PARTS = st.dictionaries(st.integers(1, 7), st.lists(st.integers(1, 8), max_size=3, unique=True))


def test_a_circle_is_named_to_each_training_in_it_and_to_no_other() -> None:
    included = {7: [], 10: [7, 11], 11: [10], 12: [12], 13: [10], 14: [7]}
    catalogue = frame_of(
        TRAININGS,
        *(
            {"id": number, "title": "Rope rescue" if number == 10 else None,
             "included_trainings_id": parts}
            for number, parts in included.items()
        ),
    )  # fmt: skip
    findings = record_findings(collections_with(trainings=catalogue), as_of=AS_OF)
    kind = ("training_circle", "trainings")
    circle = "is in a circle, in which each training includes the next, so no statuses can be"
    assert findings.rows() == [
        (
            *(*kind, "10", "included_trainings_id", "11"),
            f"Training 10 (Rope rescue) {circle} computed: 10 (Rope rescue) -> 11 -> 10 (Rope "
            "rescue).",
        ),
        (
            *(*kind, "11", "included_trainings_id", "10"),
            f"Training 11 {circle} computed: 11 -> 10 (Rope rescue) -> 11.",
        ),
        (
            *(*kind, "12", "included_trainings_id", "12"),
            "Training 12 includes itself, so no statuses can be computed.",
        ),
    ]


@given(parts=PARTS)
def test_circles_are_those_of_plain_walks(parts: dict[int, list[int]]) -> None:
    def below(training: int) -> set[int]:
        reached: set[int] = set()
        waiting = [*parts.get(training, [])]
        while waiting:
            part = waiting.pop()
            if part not in reached:
                reached.add(part)
                waiting += parts.get(part, [])
        return reached

    circular = {training for training in parts if training in below(training)}
    circles = circles_in(parts)
    assert circles.keys() == circular
    for training, circle in circles.items():
        assert circle[0] == circle[-1] == training
        assert len({*circle}) == len(circle) - 1
        assert all(part in parts[above] for above, part in pairwise(circle))
    above = {training for training in parts if below(training) & circular}
    assert in_or_above_circles(parts) == circular | above
