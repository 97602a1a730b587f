"""The browser's search compares texts as Python's does."""

from __future__ import annotations

import base64

from playwright.sync_api import Page

from kpa_analytics.analysis.search_text import folded
from kpa_analytics.widgets.multi_select import HERE
from tests.analysis.search_text_cases import CASES, LETTERS

_FOLD = """async ([module, texts]) => {
    const { folded } = await import(module);
    return texts.map(folded);
}"""


def test_both_sides_fold_every_text_alike(web: Page) -> None:
    source = base64.b64encode((HERE / "multi_select.js").read_bytes()).decode()
    module = f"data:text/javascript;base64,{source}"
    assert web.evaluate(_FOLD, [module, [*CASES]]) == [*CASES.values()]
    assert web.evaluate(_FOLD, [module, LETTERS]) == [folded(letter) for letter in LETTERS]
