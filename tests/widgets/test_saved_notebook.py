"""The text that an explorer leaves in a saved notebook."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser
from typing import Any

import pytest

import kpa_analytics as kpa
from kpa_analytics.schema import TRAININGS
from kpa_analytics.widgets import __all__ as EXPLORERS  # noqa: N812 - the names of all
from kpa_analytics.widgets.about_rows import about_rows
from tests.frames import frame_of

HOSTILE = "<script>alert('training')</script>"


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.add(tag)


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPLORERS)
def test_it_has_the_figures_and_choices_of_every_explorer(
    company: kpa.TrainingData, name: str
) -> None:
    explorer = getattr(kpa.widgets, name)(company, as_of="2026-03-31")
    still = explorer.saved_text
    text = " ".join(still["text/plain"].split())
    shown = explorer.expiry if name == "Dashboard" else explorer
    for part in (shown.title, "DEMO DATA", "As of: 31 Mar 2026", "Run this notebook to explore"):
        assert part in text
    assert f"<strong>{figure(shown)}</strong>" in still["text/html"]
    assert figure(shown) in text
    assert "<" not in still["text/plain"]


def figure(explorer: kpa.widgets.ExpiryExplorer) -> str:
    """The first number above the charts."""
    return explorer._figures.value.partition("<strong>")[2].partition("</strong>")[0]


def test_a_hostile_title_stays_text() -> None:
    trainings = frame_of(TRAININGS, {"id": 7, "title": HOSTILE})
    done = {"id": 1, "training_id": 7, "m_user_id": "0" * 24}
    completions = frame_of(kpa.schema.COMPLETIONS, done)
    data = kpa.TrainingData(completions=completions, trainings=trainings)
    explorer = kpa.widgets.ExpiryExplorer(data, as_of="2026-03-31", trainings=[7])
    still = explorer.saved_text["text/html"]
    assert escape(HOSTILE) in still
    tags = Tags()
    tags.feed(still)
    assert "script" not in tags.seen
    assert HOSTILE in explorer.saved_text["text/plain"]


@pytest.mark.parametrize(
    ("name", "choices", "said"),
    [
        (
            "TrendExplorer",
            {"by": "field_office", "every": "1q"},
            ["One point per: Quarter", "Compare by: Field office"],
        ),
        ("TrendExplorer", {}, ["One point per: Month"]),
        (
            "ExpiryExplorer",
            {"statuses": ["expiring", "not_due"]},
            ["Statuses: \N{BLACK UP-POINTING TRIANGLE} Expiring soon, \N{EN DASH} Not due"],
        ),
        ("PlannerExplorer", {"by": "field_office"}, ["Plan by: Each field office"]),
    ],
)
def test_it_has_the_labels_of_the_controls(
    company: kpa.TrainingData, name: str, choices: dict[str, Any], said: list[str]
) -> None:
    """The second sheet of the Excel export has them, too."""
    explorer = getattr(kpa.widgets, name)(company, as_of="2026-03-31", **choices)
    facts = about_rows(explorer, explorer._shown_tables[0])
    text = explorer.saved_text["text/plain"]
    for part in said:
        label, value = part.split(": ")
        assert part in text
        assert facts[label] == value
