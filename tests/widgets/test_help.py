"""The help of every explorer: its use, and its words as the site's glossary explains them."""

from __future__ import annotations

import pytest

import kpa_analytics as kpa
from kpa_analytics.glossary import TERMS, plain_meaning
from kpa_analytics.widgets import (
    ExpiryExplorer,
    GroupTrainingExplorer,
    InstructorExplorer,
    TrendExplorer,
)
from kpa_analytics.widgets.chart_explorer import ChartExplorer
from kpa_analytics.widgets.help import Help

EXPLORERS = [ExpiryExplorer, InstructorExplorer, GroupTrainingExplorer, TrendExplorer]


@pytest.mark.slow
@pytest.mark.parametrize("make", EXPLORERS)
def test_every_explorer_explains_its_words_and_its_use(
    company: kpa.TrainingData, make: type[ChartExplorer]
) -> None:
    boxes = [box for box in make(company).view.children if hasattr(box, "children")]
    (shown,) = [part for box in boxes for part in box.children if isinstance(part, Help)]
    assert shown.title == make.title
    assert dict(shown.terms) == {term: plain_meaning(term) for term in make.terms}
    assert [*make.uses] == shown.uses[: len(make.uses)] != []


def test_meanings_are_plain_text() -> None:
    for term in TERMS:
        assert not {*"`[]<>"} & {*plain_meaning(term)}, term
