"""The progress bar as Jupyter shows it."""

from __future__ import annotations

import pytest
import tqdm.auto
import tqdm.notebook

from kpa_analytics.data.progress import PageBar


def test_a_notebooks_bar_is_as_long_as_there_are_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tqdm.auto, "tqdm", tqdm.notebook.tqdm)
    with PageBar("completions", shown=True) as bar:
        for page in range(1, 4):
            bar.page(page, of=4)
        bar._bar.refresh()  # it draws ten times a second at most
        drawn = bar._bar.container.children[1]
        assert (drawn.value, drawn.max) == (3, 4)
        assert drawn.layout.width is None  # not the little square of a bar without an end
        bar.page(5, of=4)
        bar._bar.refresh()
        assert (drawn.value, drawn.max) == (5, 5)
