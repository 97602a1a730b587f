"""The tests' own hand: it presses an element that does not move, once."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.hands import press

#: Two buttons that count their clicks; a script moves the first.
_PAGE = """<!doctype html>
<style>
  button {{ position: absolute; left: 10px; top: 10px; width: 90px; height: 30px; border: 0 }}
  #other {{ top: 210px }}
</style>
<button id="target">target</button><button id="other">other</button>
<script>
  const target = document.getElementById("target"), other = document.getElementById("other");
  window.clicks = {{target: 0, other: 0}};
  for (const button of [target, other]) button.onclick = () => ++window.clicks[button.id];
  {script}
</script>"""
_SLIDES_FOR_A_SECOND = """
  let left = 100;
  const slide = setInterval(() => { target.style.left = `${left += 4}px`; }, 20);
  setTimeout(() => clearInterval(slide), 1000);
"""
_SLIPS_AWAY_TWICE = """
  let times = 2;
  const slip = () => {
    if (times-- <= 0) return;
    [target.style.top, other.style.top] = [other.style.top || "210px", target.style.top || "10px"];
  };
  addEventListener("mousemove", slip, true);
"""
_IS_MADE_ANEW = """
  target.addEventListener("mousemove", () => {
    const again = target.cloneNode(true);
    again.onclick = () => ++window.clicks.target;
    target.replaceWith(again);
  });
"""
_ALWAYS_SLIPS_AWAY = _SLIPS_AWAY_TWICE.replace("= 2", "= 1000")
_CLICKS_THE_OTHER = "target.onmousedown = () => other.click();"
_IS_HIDDEN_FOR_A_SECOND = """
  target.style.visibility = "hidden";
  setTimeout(() => { target.style.visibility = ""; }, 1000);
"""
_UNDER = 'other.style.top = "10px";'


def clicks(page: Page, script: str) -> dict[str, int]:
    page.set_content(_PAGE.format(script=script))
    try:
        press(page.locator("#target"))
    finally:
        counts: dict[str, int] = page.evaluate("window.clicks")
    return counts


@pytest.mark.parametrize(
    "script",
    ["", _SLIDES_FOR_A_SECOND, _SLIPS_AWAY_TWICE, _IS_MADE_ANEW, _IS_HIDDEN_FOR_A_SECOND],
)
def test_a_press_arrives_once_and_nowhere_else(web: Page, script: str) -> None:
    assert clicks(web, script) == {"target": 1, "other": 0}


def test_a_press_lets_the_page_click_by_itself(web: Page) -> None:
    """As the site does, which opens its search when the field gets the focus."""
    assert clicks(web, _CLICKS_THE_OTHER) == {"target": 1, "other": 1}


@pytest.mark.parametrize(
    ("script", "why"),
    [(_ALWAYS_SLIPS_AWAY, "moved under the hand"), (_UNDER, "lies under .*other")],
)
def test_a_press_that_never_arrives_fails(web: Page, script: str, why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        clicks(web, script)
    assert web.evaluate("window.clicks") == {"target": 0, "other": 0}


def test_every_press_in_these_tests_is_that_hand() -> None:
    """Playwright's own click passes where a hand would not reach, and does not come back."""
    others = {
        f"{path.name}: {line.strip()}"
        for path in Path(__file__).parent.glob("*.py")
        if path.name not in ("hands.py", Path(__file__).name)
        for line in path.read_text(encoding="utf-8").splitlines()
        if any(
            f".{way}(" in line for way in ("click", "dblclick", "hover", "drag_to", "tap", "move")
        )
    }
    assert others == set()
