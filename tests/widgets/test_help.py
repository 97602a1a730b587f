"""The help of every explorer: its use, and its words as the site's glossary explains them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

import kpa_analytics as kpa
from kpa_analytics.charts.render import svg
from kpa_analytics.glossary import TERMS, plain_meaning
from kpa_analytics.widgets import (
    ExpiryExplorer,
    GroupTrainingExplorer,
    InstructorExplorer,
    PlannerExplorer,
    TrendExplorer,
)
from kpa_analytics.widgets.chart_explorer import ChartExplorer
from kpa_analytics.widgets.help import Help

EXPLORERS = [
    *(ExpiryExplorer, InstructorExplorer, GroupTrainingExplorer, TrendExplorer, PlannerExplorer),
]


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


@pytest.mark.slow
@pytest.mark.parametrize("make", EXPLORERS)
def test_the_help_explains_every_word_of_the_glossary_that_is_on_the_screen(
    company: kpa.TrainingData, make: type[ChartExplorer]
) -> None:
    explorer = make(company)
    text = " | ".join(words_on_screen(explorer))
    assert "case" in text or "completion" in text
    shown = {term for term in TERMS if re.search(rf"(?i)\b{re.escape(term)}(?:s|es)?\b", text)} - {
        "pack"
    }  # short for evidence pack
    assert shown - {*explorer.terms} == set()


def words_on_screen(explorer: ChartExplorer) -> Iterator[str]:
    """The texts of an explorer, except the titles of trainings."""
    yield re.sub(r"<[^>]+>", " ", explorer._figures.value)
    for table in explorer._shown_tables:
        yield table.caption
        yield from (column["label"] for column in table.all_columns)
    for control in (*explorer.controls.values(), explorer._export):
        yield f"{getattr(control, 'label', '')} | {getattr(control, 'description', '')}"
    titles = {*explorer.data.trainings["title"]}
    for spec in explorer.charts:
        texts = re.findall(r"<(?:text|tspan)\b[^>]*>([^<]+)<", svg(spec))
        yield from (text for text in texts if text not in titles)


def test_meanings_are_plain_text() -> None:
    for term in TERMS:
        assert not {*"`[]<>"} & {*plain_meaning(term)}, term
