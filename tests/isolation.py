"""Every test and doctest starts with no settings, no token and an empty cache of its own."""

from __future__ import annotations

import os
from collections import Counter
from functools import cache
from itertools import count
from pathlib import Path

import pytest
from _pytest.doctest import DoctestItem

from kpa_analytics import config
from kpa_analytics.demo import company
from kpa_analytics.startup import skip_address_grammar

skip_address_grammar()


_tests = count()
#: Examples share the demo company, which none of them changes.
_organisation = cache(company.organisation)


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Use every core, but none besides this process for a single file or a debugger."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None  # pytest-xdist reads it
    paths = [Path(argument.partition("::")[0]) for argument in config.args]
    single = any(path.is_file() for path in paths)
    watched = config.option.trace or config.option.capture == "no"
    if single or watched or config.option.collectonly:
        return 0
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


@pytest.fixture(autouse=True)
def fresh_settings(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable in [name for name in os.environ if name.startswith("KPA_")]:
        monkeypatch.delenv(variable)
    # The package makes this folder when it first stores something. Few tests do.
    monkeypatch.setenv(
        "KPA_CACHE_DIR", str(tmp_path_factory.getbasetemp() / f"cache-{next(_tests)}")
    )
    monkeypatch.setattr(config, "_configured", {})
    monkeypatch.setattr(config, "_demo", {})
    if isinstance(request.node, DoctestItem):
        monkeypatch.setattr(company, "organisation", _organisation)


#: Fixtures that write an evidence pack, and the examples that write a pack or a document.
_PACKS = {"pack", "packs", "hostile_pack"}
_EXPORTS = {
    f"kpa_analytics.audit.{name}"
    for name in ("export.export_audit", "roster.roster", "transcript.transcript")
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by their place and by what they need, and put them in order.

    An example may load the demo company, which has impossible dates planted in it.
    """
    browser = Path(__file__).parent / "browser"
    planted = pytest.mark.filterwarnings("ignore::kpa_analytics.errors.KPADataWarning")
    for item in items:
        if isinstance(item, DoctestItem):
            item.add_marker(planted)
        if browser in item.path.parents:
            item.add_marker(pytest.mark.browser)
        if item.name in _EXPORTS or _PACKS & {*getattr(item, "fixturenames", ())}:
            item.add_marker(pytest.mark.slow)
    _order(items)


def _order(items: list[pytest.Item]) -> None:
    """Begin with the longest files, those that drive a browser and other slow ones in turn.

    A browser test often waits; a second worker then has the processor for a slow test.
    """
    kinds = {item.path: "quick" for item in items}
    for kind in ("slow", "browser"):
        kinds |= {item.path: kind for item in items if item.get_closest_marker(kind)}
    seen = Counter[str]()
    turns: dict[Path, tuple[bool, int]] = {}
    for path, kind in kinds.items():
        turns[path] = (kind == "quick", seen[kind])
        seen[kind] += 1
    items.sort(key=lambda item: (turns[item.path], kinds[item.path]))
