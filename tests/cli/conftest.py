"""The command line in this process, and a small account and demo for it."""

from __future__ import annotations

import pytest

import kpa_analytics as kpa
from kpa_analytics.demo.sources import COMPLETIONS, Records
from tests.audit.packs import small_company
from tests.cli.command import run
from tests.conftest import completion


@pytest.fixture
def kpa_analytics(capsys, monkeypatch):
    """The command in this process: its exit code, stdout and stderr."""
    return lambda *arguments: run(capsys, monkeypatch, *arguments)


@pytest.fixture
def small_demo(monkeypatch):
    """A demo that is loaded quickly."""
    company = small_company()
    monkeypatch.setattr("kpa_analytics.demo.company.organisation", lambda: company)


@pytest.fixture
def account(monkeypatch, tmp_path):
    """Two completions of one account, served; the environment points there as a user's would."""
    source = Records({COMPLETIONS: [completion(1), completion(2)]})
    with kpa.demo.serve(source) as api:
        monkeypatch.setenv("KPA_API_TOKEN", api.token)
        monkeypatch.setenv("KPA_API_URL", api.url)
        monkeypatch.setenv("KPA_REQUESTS_PER_MINUTE", "100000")
        yield source
