"""The dashboard as a page: its error without Voila, and the title of its tab."""

from __future__ import annotations

import os

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.install_command import install_command
from kpa_analytics.widgets import dashboard_page, serve


def test_without_voila_the_error_says_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(serve, "find_spec", lambda name: None)
    with pytest.raises(kpa.errors.KPAError) as raised:
        serve.serve_dashboard()
    assert str(raised.value) == f"the dashboard needs Voila: {install_command('dashboard')}"


@pytest.mark.parametrize(
    ("cores", "chosen", "threads"),
    [(8, None, "7"), (2, None, "1"), (1, None, "1"), (8, "8", "8"), (8, "", "7")],
)
def test_polars_leaves_a_core_to_the_browser_unless_the_user_chose_its_threads(
    monkeypatch: pytest.MonkeyPatch, cores: int, chosen: str | None, threads: str
) -> None:
    pytest.importorskip("voila", reason="the extra `dashboard` is not installed")
    from kpa_analytics.widgets import page_server

    class NoServer:
        @staticmethod
        def of(*_: object) -> NoServer:
            return NoServer()

        def start(self) -> None:
            started_with.append(os.environ["POLARS_MAX_THREADS"])

    started_with: list[str] = []
    monkeypatch.setattr(page_server, "PageServer", NoServer)
    monkeypatch.setattr(pl, "thread_pool_size", lambda: cores)
    monkeypatch.setenv("JUPYTER_PATH", "")
    monkeypatch.setenv("POLARS_MAX_THREADS", chosen or "")
    if chosen is None:
        monkeypatch.delenv("POLARS_MAX_THREADS")
    serve.serve_dashboard()
    assert started_with == [threads]


@pytest.mark.slow
def test_the_tab_says_the_day_and_follows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    data = kpa.TrainingData(completions=kpa.schema.COMPLETIONS.empty())
    monkeypatch.setattr(dashboard_page, "load_all", lambda: data)
    dashboards = []
    monkeypatch.setattr(
        dashboard_page,
        "Dashboard",
        lambda data: (
            dashboards.append(kpa.widgets.Dashboard(data, as_of="2026-01-31")) or dashboards[0]
        ),
    )
    title = dashboard_page.dashboard_page().children[-1]
    assert title.text == "Training status on 31 Jan 2026 - kpa_analytics"
    dashboards[0].as_of = "2026-02-28"
    assert title.text == "Training status on 28 Feb 2026 - kpa_analytics"


def test_a_page_without_records_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise kpa.errors.KPAError("no connection").in_python("kpa.configure(...)")

    monkeypatch.setattr(dashboard_page, "load_all", refuse)
    page = dashboard_page.dashboard_page()
    assert "The records could not be loaded: no connection<" in page.children[-1].value
