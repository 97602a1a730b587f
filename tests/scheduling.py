"""Share the tests between processes: how many, in which order, what stays together; name reruns."""

from __future__ import annotations

import atexit
import gc
import os
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

#: These use one JupyterLab, which takes long to start.
_IN_JUPYTERLAB = {
    f"tests/browser/test_{name}.py"
    for name in ("dashboard_lab", "dashboard_tabs", "expiry_explorer", "explorers", "notebooks")
}


class _Scheduling(LoadFileScheduling):
    """The tests of a file stay in one process, and so do all tests in JupyterLab."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return "JupyterLab" if file in _IN_JUPYTERLAB else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _Scheduling:
    return _Scheduling(config, log)


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Use every core, but none besides this process for files alone or a debugger.

    A browser test often waits. So that no core waits with it, there is one process more. As each
    process has a core, polars gets one thread in it: more threads would only wait for each other.
    """
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None  # pytest-xdist reads it
    paths = [Path(argument.partition("::")[0]) for argument in config.args]
    single = all(path.is_file() for path in paths)
    watched = config.option.trace or config.option.capture == "no"
    if single or watched or config.option.collectonly:
        return 0
    os.environ.setdefault("POLARS_MAX_THREADS", "1")  # of the processes that start now
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (cores or 1) + ("not browser" not in config.option.markexpr)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Do not search for garbage while the tests are collected, and seldom afterwards.

    The modules and the thousands of tests stay until the end. To search them again and again
    takes a third of the time of the collection, and a tenth of that of the tests.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.set_threshold(20_000, 20, 50)
        gc.enable()


@pytest.hookimpl(trylast=True)  # the markers are those of tests/isolation.py
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out `tests/thorough.py`, unless these tests or single files are meant.

    Begin with the longest files: in JupyterLab, in a browser and slow, in turn.
    """
    paths = [Path(argument.partition("::")[0]) for argument in config.args]
    if not config.option.markexpr and not any(path.is_file() for path in paths):
        left_out = [item for item in items if item.get_closest_marker("thorough")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("thorough")]
    kinds = {item.path: "quick" for item in items}
    for kind in ("slow", "browser"):
        kinds |= {item.path: kind for item in items if item.get_closest_marker(kind)}
    seen = Counter[str]()
    turns: dict[Path, tuple[bool, int]] = {}
    for path, kind in kinds.items():
        turns[path] = (kind == "quick", seen[kind])
        seen[kind] += 1
    in_jupyterlab = {config.rootpath / file for file in _IN_JUPYTERLAB}
    items.sort(key=lambda i: (i.path not in in_jupyterlab, turns[i.path], kinds[i.path]))


@pytest.hookimpl(tryfirst=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """End a worker at once: it has reported all, and to free each of its objects takes seconds."""
    if hasattr(config, "workerinput"):
        warnings.simplefilter("ignore", ResourceWarning)  # folders that are deleted only now
        atexit._run_exitfuncs()
        os._exit(0)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say why tests ran again, as the failure is gone otherwise."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.section(f"{report.nodeid} ran again")
        terminalreporter.write_line(report.longreprtext)
