"""The scripts of charts that another process makes."""

from __future__ import annotations

import sys
from functools import cache

import pytest

from kpa_analytics import chart_scripts, cli
from kpa_analytics.charts import render
from kpa_analytics.errors import KPAError


@pytest.fixture(autouse=True)
def _nothing_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in ((chart_scripts, "begin"), (chart_scripts, "made"), (render, "library")):
        monkeypatch.setattr(module, name, cache(getattr(module, name).__wrapped__))


@pytest.mark.slow
def test_the_scripts_of_the_other_process_are_those_of_this_one(monkeypatch):
    here = render.bundled()
    monkeypatch.setattr(render, "bundled", lambda: "made here")
    chart_scripts.begin()
    assert render.library() == here


def test_a_process_that_fails_or_was_not_begun_makes_no_scripts(monkeypatch):
    monkeypatch.setattr(render, "bundled", lambda: "made here")
    assert chart_scripts.made() is None
    chart_scripts.made.cache_clear()
    monkeypatch.setattr(chart_scripts, "_MAKE", "raise SystemExit('no memory')")
    chart_scripts.begin()
    assert render.library() == "made here"


@pytest.mark.parametrize(
    ("command", "loads"),
    [
        ("demo --out new", "load_demo"),
        ("audit new --demo", "load_chosen"),
        ("trend --demo --out new.html", "load_demo"),
    ],
)
def test_commands_begin_the_process_before_they_download(command, loads, monkeypatch, tmp_path):
    done = []

    def download(*_: object, **__: object) -> None:
        done.append("download")
        raise KPAError("no more is needed")

    name, *_ = arguments = command.split()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["kpa-analytics", *arguments])
    monkeypatch.setattr(chart_scripts, "begin", lambda: done.append("scripts"))
    monkeypatch.setattr(f"kpa_analytics.cli.{name}.{loads}", download)
    with pytest.raises(SystemExit):
        cli.main()
    assert done == ["scripts", "download"]
