"""A whole number of another library, such as numpy, is an id or a number as one of Python is."""

from __future__ import annotations

from typing import Any

import pytest

import kpa_analytics as kpa
from kpa_analytics.analysis.chosen_scope import chosen_scope
from kpa_analytics.audit.sample import sample_size
from kpa_analytics.demo.server import DemoAPI
from kpa_analytics.whole_number import plain_number, whole_number
from kpa_analytics.widgets import ExpiryExplorer, GroupTrainingExplorer, PlannerExplorer
from tests.conftest import vendor
from tests.publishing.small import AS_OF, small

__all__ = ["vendor"]


class Int64:
    """A whole number that is not one of Python."""

    def __init__(self, number: int) -> None:
        self._number = number

    def __index__(self) -> int:
        return self._number


#: The id of a training of the small account.
SEVEN: Any = Int64(7)


def test_only_a_whole_number_becomes_one_of_python() -> None:
    assert plain_number(SEVEN) == whole_number(SEVEN, "top", 9) == 7
    for value in (True, "7", 7.0, None, [7]):
        assert plain_number(value) is value


def test_a_case_is_explained() -> None:
    explained = kpa.explain(small(), "ann", SEVEN, as_of=AS_OF)
    assert explained == kpa.explain(small(), "ann", 7, as_of=AS_OF)
    assert type(explained.training_id) is int
    with pytest.raises(kpa.errors.KPADataError, match="no training in the records has the id 9"):
        kpa.explain(small(), "ann", Int64(9), as_of=AS_OF)  # type: ignore[arg-type]


def test_a_roster_and_a_part_of_the_records_are_chosen() -> None:
    wanted = kpa.roster(small(), 7, as_of=AS_OF).rows
    assert kpa.roster(small(), SEVEN, as_of=AS_OF).rows.equals(wanted)
    for trainings in (SEVEN, [SEVEN]):
        assert chosen_scope(small(), trainings=trainings).trainings == (7,)
    assert sample_size(SEVEN, Int64(3)) == (7, 3)


def test_completions_of_a_training_are_loaded(vendor: DemoAPI) -> None:
    training: Any = Int64(1046)
    assert kpa.load_completions(training)["training_id"].to_list() == [1046]
    assert vendor.requests[-1].params["training_id"] == 1046


@pytest.mark.slow
def test_explorers_take_them() -> None:
    explorer: Any = ExpiryExplorer(small(), as_of=AS_OF, trainings=[SEVEN], expiring_days=SEVEN)
    explorer.explained = {"m_user_id": "ann", "training_id": SEVEN}
    assert explorer.state["explained"] == {"m_user_id": "ann", "training_id": 7}
    explorer.selected = {"due_within": SEVEN}
    choices = explorer.state
    assert (choices["trainings"], choices["expiring_days"]) == ([7], 7)
    assert choices["selected"] == [{"due_within": 7}]
    sessions: Any = GroupTrainingExplorer(small(), as_of=AS_OF)
    sessions.selected = Int64(50)
    assert sessions.state["selected"] == 50
    planner: Any = PlannerExplorer(small(), as_of=AS_OF, weeks=SEVEN)
    assert planner.state["weeks"] == 7
    with pytest.raises(kpa.errors.KPADataError, match="there is no session 9"):
        planner.moves = {"session": Int64(9), "week": None}
