"""`kpa-analytics dashboard`: the same explorers as a page of its own, served on loopback."""

from __future__ import annotations

import json
import re
import stat
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import psutil
import pypdfium2
import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from kpa_analytics.widgets.table import PAGE
from tests.audit.packs import pdf_pages
from tests.browser.axe import axe
from tests.browser.conftest import free_port, running, watched
from tests.browser.dashboards import use_by_mouse
from tests.browser.hands import press, scroll_by_key, turn_wheel
from tests.browser.legible import (
    a_phone_scrolls_only_inside_its_cards,
    every_tab_is_legible,
    no_rule_is_broken,
)
from tests.browser.reading import figures

__all__ = ["axe"]
#: A browser that only notes what it is to open.
_NOTES = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text(sys.argv[2])"
#: How much wider than its charts and its table an explorer is.
_UNUSED = """() => {
    const right = (part) => document.querySelector(part).getBoundingClientRect().right;
    return [".kpa-chart", ".kpa-table-frame"].map(part => right(".kpa-beside") - right(part));
}"""


@dataclass(frozen=True)
class Served:
    """A running dashboard."""

    url: str
    key: str
    opened: str
    folder: Path
    process: int


@pytest.fixture(scope="module")
def served(
    jupyter: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """The command as a user starts it, in a folder of their own."""
    root, env = jupyter
    folder = tmp_path_factory.mktemp("started-here")
    noted, log = root / "opened", root / "voila.log"
    (root / "notes.py").write_text(_NOTES)
    # Nobody's mistaken module is taken for one of ours.
    (folder / "polars.py").write_text("raise RuntimeError('this is no library')")
    env = {**env, "BROWSER": f"{sys.executable} {root / 'notes.py'} {noted} %s"}
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    command = [sys.executable, "-P", "-m", "kpa_analytics", "dashboard", f"--port={port}"]
    with running(command, env, url, log, folder) as process:
        address = re.search(rf"{url}\?token=(\w+)", log.read_text(encoding="utf-8"))
        assert address
        end = time.monotonic() + 120
        while not noted.exists() or not noted.read_text(encoding="utf-8"):
            assert time.monotonic() < end
            time.sleep(0.05)
        yield Served(url, address[1], noted.read_text(encoding="utf-8"), folder, process)
        said = log.read_text(encoding="utf-8")
        assert said.startswith(f"The dashboard is at {address[0]}\nCtrl-C stops it.\n")
        for warning in ("not trusted", "websocket_ping"):
            assert warning not in said, "a warning about which a user can do nothing"
    assert not Path(noted.read_text(encoding="utf-8").removeprefix("file://")).parent.exists()


def pdf_greys(content: bytes) -> list[float]:
    """How light each page is on average, 0 (black) to 255 (white)."""
    with pypdfium2.PdfDocument(content) as document:
        drawn = [bytes(page.render(scale=0.5, grayscale=True).buffer) for page in document]
    return [sum(pixels) / len(pixels) for pixels in drawn]


def kernels(served: Served) -> list[psutil.Process]:
    started = psutil.Process(served.process).children(recursive=True)
    return [process for process in started if process.is_running() and _is_kernel(process)]


def _is_kernel(process: psutil.Process) -> bool:
    try:
        return "ipykernel_launcher" in process.cmdline()
    except psutil.NoSuchProcess:  # it has ended just now
        return False


def kernel_of(page: Page, served: Served) -> psutil.Process:
    """The process behind an open page."""
    config = page.locator("#jupyter-config-data").text_content() or ""
    own: str = json.loads(config)["kernelId"]
    (process,) = (kernel for kernel in kernels(served) if own in " ".join(kernel.cmdline()))
    return process


def gone(process: psutil.Process, seconds: float) -> None:
    """Wait until a process has ended."""
    end = time.monotonic() + seconds
    while process.is_running():
        assert time.monotonic() < end
        time.sleep(0.2)


@pytest.fixture(scope="module")
def vanished(served: Served, browser: Browser) -> psutil.Process:
    """The kernel of a page that was closed without a goodbye, as when a browser crashes."""
    page = browser.new_page()
    page.goto(f"{served.url}?token={served.key}")
    page.locator(".kpa-dashboard .kpa-chart [aria-roledescription=bar]").first.wait_for()
    own = kernel_of(page, served)
    page.close(run_before_unload=False)
    return own


def test_the_browser_that_is_opened_is_logged_in_and_a_reload_keeps_the_kernel(
    web: Page, served: Served, vanished: psutil.Process
) -> None:
    assert served.key not in served.opened
    opening = Path(served.opened.removeprefix("file://"))
    assert stat.S_IMODE(opening.stat().st_mode) == 0o600
    assert stat.S_IMODE(opening.parent.stat().st_mode) == 0o700
    referers: list[str] = []
    web.on("request", lambda request: referers.append(request.headers.get("referer", "")))
    web.goto(served.opened)
    view = web.locator(".kpa-dashboard")
    view.locator(".kpa-chart [aria-roledescription=bar]").first.wait_for()
    assert web.url == served.url
    assert web.evaluate("history.length") <= 2  # the address with the key is not in it
    assert served.key not in web.content()
    assert not [referer for referer in referers if served.key in referer]
    expect(web).to_have_title("Training status on 30 Jun 2026 (demo) - kpa_analytics")
    expect(view.locator(".kpa-demo").first).to_be_visible()
    shown = figures(view.locator(".kpa-expiry"))  # as in tests/cli/test_demo.py
    counted = [shown[name] for name in ("Expired", "Expiring soon", "Due within 30 days")]
    assert counted == ["477", "493", "650"]
    press(view.locator(".kpa-chart [aria-label^='Expires in'][aria-label*='xpired, of']").first)
    expect(view.locator(".kpa-table caption").first).to_contain_text("Selected: Expired")
    day = view.get_by_label("As of", exact=True).first
    day.fill("20266-06-30")
    web.keyboard.press("Enter")
    expect(day).to_have_value("30 Jun 2026")
    day.fill("2026-03-31")
    expect(view.locator(".kpa-chart svg.marks").first).to_contain_text("as of 31 Mar 2026")
    expect(web).to_have_title("Training status on 31 Mar 2026 (demo) - kpa_analytics")
    press(view.locator(".kpa-tile", has_text="Missing"))
    expect(view.locator(".kpa-table caption").first).to_contain_text("Only Missing")
    web.wait_for_function("decodeURIComponent(location.hash).includes('missing')")
    assert '"as_of":"2026-03-31"' in unquote(web.url)
    # What a page asks after a click that nothing has answered for a second.
    assert web.evaluate("kpaServer().then(answer => [answer.status, answer.redirected])") == [
        204,
        False,
    ]
    own = kernel_of(web, served)
    assert own != vanished
    goodbyes: list[int] = []  # a page that is left may not see the answer any more
    web.on("response", lambda r: goodbyes.append(r.status) if "/api/shutdown/" in r.url else None)
    web.reload()
    expect(view.locator(".kpa-table caption").first).to_contain_text("Only Missing")
    expect(view).to_have_count(1)
    assert kernel_of(web, served) == own
    expect(day).to_have_value("31 Mar 2026")
    expect(view.get_by_role("button", name="Undo")).to_be_disabled()
    for state, said in (
        ('{"as_of":"2026-02-31"}', "and they were ignored: As of (2026-02-31)."),
        ('{"trainings":[-7]}', "and they were ignored: Trainings (-7)."),
        ("{garbage", "The part of this page's address after the # is damaged"),
    ):
        web.evaluate("state => { location.hash = encodeURIComponent(state) }", state)
        expect(view.get_by_role("alert")).to_contain_text(said)
        # A reload, and a copy of the address, show this view.
        web.wait_for_function("decodeURIComponent(location.hash).includes('missing')")
    expect(view.locator(".kpa-table caption").first).to_contain_text("Only Missing")
    for name in ("Instructors", "Group trainings", "Trend", "Planner"):
        tab = view.get_by_role("tab", name=name)
        tab.focus()
        web.keyboard.press("Enter")  # what the tab shows is made now
        view.locator(".kpa-chart svg.marks:visible").first.wait_for()
        expect(tab).to_be_focused()
    web.goto("about:blank")
    gone(own, 55)  # so the goodbye was heard: without one, the kernel lives for another minute
    assert {*goodbyes} <= {204}


def test_the_page_itself_scrolls_prints_whole_and_is_legible(
    web: Page, served: Served, axe: str
) -> None:
    web.set_viewport_size({"width": 1600, "height": 700})
    web.goto(f"{served.url}?token={served.key}")
    web.locator(".kpa-dashboard .kpa-table tbody tr").first.wait_for()
    for scheme, ground in (("dark", "rgb(22, 26, 33)"), ("light", "rgb(255, 255, 255)")):
        web.emulate_media(color_scheme=scheme)
        for part in ("body", ".kpa-chart", ".kpa-table-frame"):
            expect(web.locator(part).first).to_have_css("background-color", ground)
        for part in ("html", ".kpa-chart", ".kpa-table-frame"):  # those with scrollbars
            scrollbars = "dark" if scheme == "dark" else "normal"
            expect(web.locator(part).first).to_have_css("color-scheme", scrollbars)
        paper = pdf_greys(web.pdf(print_background=True))
        assert all(grey > 210 for grey in paper[:3]), (scheme, paper)  # charts are on the first

    turn_wheel(web, x=20, y=400, by=300)  # over the margin
    web.wait_for_function("scrollY === 300")
    for key, place in (
        ("Home", "scrollY === 0"),
        ("PageDown", "scrollY > 400"),
        ("End", "scrollY >= document.documentElement.scrollHeight - innerHeight - 1"),
    ):
        scroll_by_key(web, key, place)
    expect(web.get_by_role("button", name="Export evidence pack")).to_be_in_viewport()
    width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    for narrower in (1100, 800, 390):
        web.set_viewport_size({"width": narrower, "height": 700})
        assert web.evaluate(width) == 0, narrower
        assert web.evaluate(_UNUSED) == [0, 0], narrower

    last = web.locator(".kpa-table tbody tr").last.locator("td").first.inner_text()
    printed = pdf_pages(web.pdf())
    assert len(printed) > 2
    assert "Completed" in printed[-2]  # the table's header is on each of its pages
    text = "".join("".join(printed).split())
    for part in ("Training records", "Include people who left", "Status by training", last):
        assert "".join(part.split()) in text, part
    for button in ("Export evidence pack", "Undo"):
        at = text.find("".join(button.split()))
        assert at < 0, (button, text[at - 60 : at + 60])
    web.emulate_media(media="print")
    web.set_viewport_size({"width": 720, "height": 1000})  # A4, less its margins
    cut = """() => [...document.querySelectorAll(".kpa-dashboard *")].filter(box =>
        box.getClientRects().length && box.getBoundingClientRect().right > innerWidth + 1)
        .map(box => box.outerHTML.slice(0, 100))"""
    assert web.evaluate(cut) == []

    web.emulate_media(media="screen")
    a_phone_scrolls_only_inside_its_cards(web)
    every_tab_is_legible(web)
    no_rule_is_broken(web, axe)


def test_without_the_key_nothing_is_shown_or_started(served: Served, browser: Browser) -> None:
    before = set(kernels(served))
    page = browser.new_page()
    page.goto(served.url)
    assert "/login" in page.url
    expect(page.locator(".kpa-dashboard")).to_have_count(0)
    page.close()
    for address in ("", "?token=guess", "voila/files/x.png", "voila/static/x"):
        response = requests.get(served.url + address, timeout=30)
        assert "kpa-dashboard" not in response.text
    for method, address in (("POST", "voila/api/shutdown/1"), ("DELETE", "api/kernels/1")):
        response = requests.request(method, served.url + address, timeout=30)
        assert response.status_code == 403, address
    assert set(kernels(served)) <= before


@pytest.mark.usefixtures("browser")  # or pytest runs it last, when the server has been stopped
def test_other_sites_can_do_nothing_in_the_name_of_who_is_logged_in(served: Served) -> None:
    session = requests.Session()
    response = session.get(f"{served.url}?token={served.key}", allow_redirects=False, timeout=30)
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    (cookie,) = response.headers["Set-Cookie"].splitlines()
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert served.key not in cookie
    assert response.headers["Content-Security-Policy"].startswith("frame-ancestors 'self'")
    kernel = "00000000-0000-0000-0000-000000000000"
    posted = session.post(f"{served.url}voila/api/shutdown/{kernel}", timeout=30)
    assert posted.status_code == 403  # a form on another site has no _xsrf
    renamed = {"Host": f"evil.example:{served.url.split(':')[2].strip('/')}"}
    assert session.get(served.url, headers=renamed, timeout=30).status_code == 403
    joined = session.get(
        f"{served.url}api/kernels/{kernel}/channels",
        headers={
            "Origin": "http://127.0.0.1:1",
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "x3JJHMbDL1EzLkh9GBhXDw==",
        },
        timeout=30,
    )
    assert joined.status_code in (403, 404)
    assert "Upgrade" not in joined.headers


def test_everything_a_mouse_does_works_and_a_dashboard_that_has_stopped_says_so(
    page: Page, served: Served, tmp_path: Path, vanished: psutil.Process
) -> None:
    """The last test of this file: in the end the server is gone.

    By then, the kernel of a page that vanished has been stopped. The browser notes refused
    connections, so the page is not watched to the end.
    """
    page.set_default_timeout(120_000)
    page.set_viewport_size({"width": 1000, "height": 900})
    view = page.locator(".kpa-dashboard")
    with watched(page):
        page.goto(f"{served.url}?token={served.key}&theme=dark")
        assert page.url == f"{served.url}?theme=dark"
        use_by_mouse(view, "voila_dark_1000", served.folder, tmp_path / "pack.zip")
    gone(vanished, 240)

    psutil.Process(served.process).terminate()
    press(view.get_by_role("button", name="Next").locator("visible=true").first)
    said = view.get_by_role("alert").filter(has_text="The dashboard has stopped")
    expect(said).to_have_count(1, timeout=10_000)
    expect(said).to_contain_text("kpa-analytics dashboard")
    expect(said).not_to_contain_text("cell")
    expect(view.locator(":scope > [inert]")).not_to_have_count(0)
    foot = view.locator(".kpa-table-foot:visible").first
    expect(foot).to_contain_text(f"Rows 1 to {PAGE} of")  # the first page is still there
