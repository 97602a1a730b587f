"""An explanation as a fragment of HTML for Jupyter: escaped, without scripts, light and dark."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from kpa_analytics.analysis.explanations import explain_texts as text
from kpa_analytics.report_text import DEMO_MARK, MARKS, RULES
from kpa_analytics.statuses import STATUS_SIGNS, status_colours
from kpa_analytics.wording import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpa_analytics.analysis.explanations.explanation_step import Step

_RULES = {rule.link: rule for rule in RULES}
_DARK = ('[data-jp-theme-light="false"]', "body.vscode-dark")


def explanation_html(
    title: str,
    subtitle: str,
    *,
    status: str | None,
    steps: Sequence[Step],
    next_steps: Sequence[str],
    demo: bool,
) -> str:
    """The title, the status, the steps with the text of the rule of each, and what to do next."""
    listed = "".join(_step(each) for each in steps)
    mark = f'<p role="note"><strong>{escape(DEMO_MARK)}</strong></p>' if demo else ""
    sign = STATUS_SIGNS.get(status or "", "")
    return (
        f'<section class="kpa-explanation" lang="en" aria-label="{escape(title)}">'
        f"<style>{_STYLE}</style>{mark}"
        f'<h3 dir="auto">{escape(title)}</h3>'
        f'<p><span class="kpa-sign-{status}" aria-hidden="true">{sign}</span> '
        f"<strong>{escape(subtitle)}</strong></p>"
        f"<ol>{listed}</ol>{_what_next(next_steps)}</section>"
    )


def _step(each: Step) -> str:
    rule = _RULES[each.rule]
    name = say(text.RULE, rule=rule.key, mark=rule.mark, meaning=MARKS[rule.mark])
    return (
        f'<li><span dir="auto">{escape(each.text)}</span> '
        f"<details><summary>{escape(name)}</summary>"
        f"<p>{escape(rule.text)} <code>{escape(each.rule)}</code></p></details></li>"
    )


def _what_next(sentences: Sequence[str]) -> str:
    if not sentences:
        return ""
    listed = "".join(f'<li dir="auto">{escape(each)}</li>' for each in sentences)
    return f"<h4>{escape(text.NEXT_STEPS)}</h4><ul>{listed}</ul>"


def _colours(dark: bool) -> str:
    where = _DARK if dark else ("",)
    return "".join(
        f"{', '.join(f'{page} .kpa-sign-{name}'.strip() for page in where)} {{ color: {colour}; }} "
        for name, colour in status_colours(dark).items()
    )


_STYLE = (
    ".kpa-explanation { max-width: 760px; line-height: 1.45; } "
    ".kpa-explanation h3 { margin: 0 0 4px; font-size: 1.1em; } "
    ".kpa-explanation p { margin: 0 0 6px; } "
    ".kpa-explanation h4 { margin: 8px 0 4px; font-size: 1em; } "
    ".kpa-explanation ol, .kpa-explanation ul { margin: 0; padding-left: 1.6em; } "
    ".kpa-explanation li { margin: 0 0 6px; overflow-wrap: anywhere; } "
    ".kpa-explanation details { font-size: 0.9em; opacity: 0.9; } "
    ".kpa-explanation summary { cursor: pointer; } "
    f"{_colours(dark=False)}{_colours(dark=True)}"
)
