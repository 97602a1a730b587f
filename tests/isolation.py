"""Every test and doctest starts with no settings, no token and an empty cache of its own."""

from __future__ import annotations

import os
from functools import cache
from itertools import count
from pathlib import Path

import pytest
from _pytest.doctest import DoctestItem

from kpa_analytics import config
from kpa_analytics.demo import company
from tests.thorough import SLOW_OF, THOROUGH

_tests = count()
_BROWSER = Path(__file__).parent / "browser"
#: Examples share the demo company, which none of them changes.
_organisation = cache(company.organisation)


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


#: Of a parametrized test in these files only the first case is quick. The other cases repeat it for
#: another explorer, chart, change or fault.
_FIRST_CASE_IS_QUICK = (
    "tests/analysis/test_calendar_ends.py",
    "tests/analysis/test_status_changes.py",
    "tests/charts/test_every_chart.py",
    "tests/data/test_implausible.py",
    "tests/hard/test_damage.py",
    "tests/widgets/",
)
#: Fixtures that write an evidence pack, and the examples that write files or load records.
_PACKS = {"pack", "packs", "hostile_pack"}
_LONG_EXAMPLES = {
    f"kpa_analytics.{name}"
    for name in (
        "analysis.load_fleet.load_fleet",
        "api.client.Client",
        "audit.export.export_audit",
        "audit.export_plan.export_plan",
        "audit.roster.roster",
        "audit.transcript.transcript",
        "data.loaders.load_completions",
        "data.loaders.load_employee_status",
        "data.snapshots.snapshots",
        "data.training_data.TrainingData",
        "publishing.publish.publish",
    )
}


#: On a busy machine, a browser, JupyterLab and a kernel now and then lose a key or a message. A
#: test that fails twice in a row fails; the summary lists one that failed once.
_A_SECOND_RUN = pytest.mark.flaky(reruns=1)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not import the browser tests if the run leaves them out."""
    left_out = "not browser" in config.option.markexpr
    return True if left_out and collection_path == _BROWSER else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by their place and by what they need.

    An example may load the demo company, which has impossible dates planted in it.
    """
    planted = pytest.mark.filterwarnings("ignore::kpa_analytics.errors.KPADataWarning")
    cases = set[str]()
    for item in items:
        if isinstance(item, DoctestItem):
            item.add_marker(planted)
        if _BROWSER in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(_A_SECOND_RUN)
        if item.nodeid.startswith(THOROUGH):
            item.add_marker(pytest.mark.thorough)
            item.add_marker(pytest.mark.slow)
        elif item.nodeid.startswith(SLOW_OF) and item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.thorough)
        test = item.nodeid.partition("[")[0]
        if test in cases and test.startswith(_FIRST_CASE_IS_QUICK):
            item.add_marker(pytest.mark.slow)
        cases.add(test)
        if item.name in _LONG_EXAMPLES or _PACKS & {*getattr(item, "fixturenames", ())}:
            item.add_marker(pytest.mark.slow)
