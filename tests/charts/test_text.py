"""Odd titles are drawn as they are."""

from __future__ import annotations

import re

import pytest

from kpa_analytics.charts.render import specification, svg
from tests.charts.drawings import draw, inputs


@pytest.mark.slow
@pytest.mark.parametrize("name", ["expiry_by_training", "training_matrix"])
def test_the_drawing_omits_characters_that_xml_forbids(name):
    chart = draw(name, inputs(name)).properties(title="Ladders\ufffe\uffff\x01")
    assert "Ladders" in svg(specification(chart))


@pytest.mark.slow
@pytest.mark.parametrize("title", ["constructor", "toString", "__proto__", "hasOwnProperty"])
@pytest.mark.parametrize("name", ["expiry_by_training", "training_matrix", "instructor_coverage"])
def test_a_title_named_like_a_javascript_member_is_drawn(name, title):
    titles = [title, "Ladders", "Scaffolds"]
    texts = re.findall(
        r"<text[^>]*>([^<]*)</text>", svg(specification(draw(name, inputs(name, titles=titles))))
    )
    assert any(text.startswith(title) for text in texts)
    assert "Ladders" in " ".join(texts)
