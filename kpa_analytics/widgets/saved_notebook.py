"""The text that an explorer leaves in a saved notebook, which is read without the explorer.

Jupyter shows a widget only while its kernel runs, and an error in its place after that. So an
explorer has two outputs: this text, and the widget. The text's own style sheet hides the text
while the widget is there, and the error in the widget's place when it is not.
"""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

RUN_AGAIN = "Run this notebook to explore."
_STYLE = """<style>
.jp-OutputArea-child:has(.kpa-still):has(+ .jp-OutputArea-child .kpa-explorer) { display: none; }
.jp-OutputArea-child:has(.kpa-still) + .jp-OutputArea-child > .jupyter-widgets:not(:has(*)) {
  display: none;
}
.kpa-still { padding: 6px 2px; }
.kpa-still h2 { font-size: 1.25em; margin: 0; }
.kpa-still .kpa-demo { display: block; font-weight: 600; }
.kpa-still ul { display: flex; flex-wrap: wrap; gap: 10px 28px; margin: 8px 0; padding: 0; }
.kpa-still li { display: flex; flex-direction: column; list-style: none; }
.kpa-still strong { font-size: 1.5em; }
</style>"""


def display_with_saved_text(explorer: Any) -> None:
    """Display an explorer in a notebook, with the text that stays when the notebook is saved.

    The text follows the explorer's choices.
    """
    from IPython.display import display

    show: Any = display
    text = show(explorer.saved_text, raw=True, display_id=True)
    widget = explorer.view._repr_mimebundle_()
    show({**widget, "text/plain": RUN_AGAIN}, raw=True)
    explorer.observe(lambda _: text.update(explorer.saved_text, raw=True), "states")


def saved_text(summary: str, chosen: Mapping[str, str]) -> dict[str, str]:
    """The figures and choices of an explorer, as HTML and as text.

    Args:
        summary: its heading and its figures, as HTML.
        chosen: its choices, label -> text.
    """
    choices = "; ".join(f"{label}: {text}" for label, text in chosen.items())
    html = f"{summary}<p>{escape(choices)}</p><p>{RUN_AGAIN}</p>"
    reader = _Lines()
    reader.feed(html)
    return {
        "text/html": f'{_STYLE}<div class="kpa-still">{html}</div>',
        "text/plain": "\n".join(reader.lines),
    }


class _Lines(HTMLParser):
    """The text of some HTML, a line for each heading, paragraph and item."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._new = True

    def handle_starttag(self, tag: str, _: Any) -> None:
        self._new |= tag in ("div", "h2", "li", "p", "ul")

    def handle_endtag(self, tag: str) -> None:
        self.handle_starttag(tag, None)

    def handle_data(self, data: str) -> None:
        if not (text := data.strip()):
            return
        if self._new or not self.lines:
            self.lines.append(text)
        else:
            self.lines[-1] += f" {text}"
        self._new = False
