"""The dashboard's page: python -m tests.benchmarks.bench_dashboard [RUNS].

Serves the dashboard of the demo company (20,000 completions), opens it, reloads it, changes a
choice in each tab, types another day in each tab, and leaves it. It prints the seconds until the
first bar is drawn, the processor time of server, kernels and browser, the milliseconds until the
first chart that a choice changes is on screen and until everything is, and the kernels that are
left. Run it on a machine that does nothing else. The targets: the first bar within 5 s of opening
the page, 150 ms for a choice, no kernel left.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Page, sync_playwright

from kpa_analytics.demo import AS_OF
from kpa_analytics.widgets.kernel_per_page import RELOAD
from kpa_analytics.wording import day as in_words
from tests.browser.conftest import CHROMIUM, FLAGS, environment, free_port, running

#: Makes a choice in the open tab: types a day, if one is given. Or else it ticks the first box, or
#: counts the first number one up, so that nothing was computed before. Waits until nothing has
#: changed in the tab for half a second, and gives the milliseconds until the first new chart and
#: until the last change was painted.
_CHANGE = """(day) => new Promise(resolve => {
    const tab = [...document.querySelectorAll(".kpa-dashboard .kpa-explorer")]
        .find((each) => each.checkVisibility());
    const box = tab.querySelector(".kpa-control input[type=checkbox]");
    const number = tab.querySelector(".kpa-number-field input");
    const field = document.querySelector(".kpa-dashboard .kpa-day-field input");
    let first, painted, quiet;
    const watch = new MutationObserver((changes) => {
        const drew = changes.some(({ target, oldValue }) =>
            oldValue?.includes("kpa-chart-coming") && !target.matches(".kpa-chart-coming"));
        requestAnimationFrame(() => setTimeout(() => {
            painted = performance.now();
            if (drew) first ??= painted;
        }));
        clearTimeout(quiet);
        quiet = setTimeout(() => {
            watch.disconnect();
            resolve([(first ?? painted) - began, painted - began]);
        }, 500);
    });
    const began = performance.now();
    watch.observe(tab, {childList: true, subtree: true, attributes: true, attributeOldValue: true});
    if (box && !day) return box.click();
    const typed = day ? field : number;
    typed.value = day ?? Number(number.value) + 1;
    typed.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true}));
})"""
_BAR = ".kpa-dashboard .kpa-chart [aria-roledescription=bar]"


def processor_time(process: psutil.Process) -> float:
    """Seconds of processor time of a process and of all that it started."""
    total = 0.0
    for each in (process, *process.children(recursive=True)):
        try:
            times = each.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def kernels(server: psutil.Process) -> int:
    """How many processes the server has started that still run."""
    return len(server.children(recursive=True))


def first_bar(page: Page, go: Any, watched: list[psutil.Process]) -> tuple[float, list[float]]:
    """Seconds until the first bar is there, and the processor time of each watched process."""
    before = [processor_time(process) for process in watched]
    began = time.perf_counter()
    go()
    page.locator(_BAR).first.wait_for()
    took = time.perf_counter() - began
    after = [processor_time(process) for process in watched]
    return took, [now - then for now, then in zip(after, before, strict=True)]


def main(runs: int) -> None:
    """Measure, and print one line for each way to the page."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        root = Path(folder)
        port = free_port()
        url = f"http://127.0.0.1:{port}/"
        log = root / "voila.log"
        command = [
            *(sys.executable, "-P", "-m", "kpa_analytics", "dashboard", "--no-browser"),
            f"--port={port}",
        ]
        with running(command, environment(root), url, log, root) as pid:
            server = psutil.Process(pid)
            time.sleep(8)  # a person takes as long to open the page
            key = log.read_text(encoding="utf-8").partition("token=")[2].split()[0]
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = chromium.new_page()
            page.set_default_timeout(180_000)
            browser = next(
                process
                for process in psutil.Process().children(recursive=True)
                if "chromium" in process.name() and process.pid != pid
            )
            watched = [server, browser]
            ways: dict[str, Any] = {
                "first page": lambda: page.goto(f"{url}?token={key}"),
                "reload": page.reload,
                "page again": lambda: page.goto(url),
            }
            for name, go in ways.items():
                took: list[tuple[float, list[float]]] = []
                for _ in range(1 if name == "first page" else runs):
                    if name == "page again":
                        page.goto("about:blank")
                        time.sleep(8)
                    took.append(first_bar(page, go, watched))
                seconds = statistics.median(each for each, _ in took)
                served, drawn = (statistics.median(times[at] for _, times in took) for at in (0, 1))
                print(
                    f"{name}: {seconds:.2f} s to the first bar; processor: server and kernels "
                    f"{served:.2f} s, browser {drawn:.2f} s; {kernels(server)} kernel(s)"
                )
            page.reload()
            page.locator(_BAR).first.wait_for()
            page.wait_for_timeout(3_000)
            unseen = (AS_OF - timedelta(days=day) for day in count(1))
            for tab in page.locator(".kpa-dashboard .lm-TabBar-tab").all():
                tab.click()
                page.wait_for_timeout(5_000)
                for name, days in (
                    ("a choice", [None] * (runs + 1)),
                    ("another day", [in_words(next(unseen)) for _ in range(runs + 1)]),
                ):
                    changes = [page.evaluate(_CHANGE, day) for day in days][1:]
                    first, last = map(statistics.median, zip(*changes, strict=True))
                    print(
                        f"{name} in {tab.inner_text()}: from the event {first:.0f} ms to the first "
                        f"chart's repaint, {last:.0f} ms to the last repaint"
                    )
            page.goto("about:blank")
            time.sleep(RELOAD + 5)
            print(f"{RELOAD + 5:.0f} s after leaving: {kernels(server)} kernel(s)")
            chromium.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
