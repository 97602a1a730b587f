"""Commands that load records, and show and clear the cache."""

from __future__ import annotations

import io
import os

import pytest

from tests.conftest import completion


@pytest.mark.slow
def test_fetch_says_what_was_loaded(kpa_analytics, account):
    code, out, _ = kpa_analytics("fetch")
    assert code == 0
    first = out.splitlines()[0].split()
    assert first[:3] == ["completions", "2", "fetched"]
    account.add_completions(completion(3))
    assert kpa_analytics("fetch")[1].split()[1] == "2", "it is fresh"
    assert kpa_analytics("fetch", "--refresh")[1].split()[1] == "3"


@pytest.mark.slow
def test_the_cache_is_shown_and_cleared(kpa_analytics, account, monkeypatch):
    kpa_analytics("fetch")
    code, out, _ = kpa_analytics("cache", "show")
    assert code == 0
    assert "completions" in out
    assert os.environ["KPA_CACHE_DIR"] in out
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    code, _, err = kpa_analytics("cache", "clear")
    assert (code, err) == (2, "kpa-analytics: stopped; nothing more was done\n")
    assert "completions" in kpa_analytics("cache", "show")[1]
    assert kpa_analytics("cache", "clear", "--yes")[:2] == (0, "cleared\n")
    assert "completions" not in kpa_analytics("cache", "show")[1]


@pytest.mark.slow
def test_the_place_of_the_cache_is_shown_without_a_token(kpa_analytics, monkeypatch):
    monkeypatch.delenv("KPA_API_TOKEN", raising=False)
    code, out, err = kpa_analytics("cache", "show")
    assert (code, out) == (2, f"kept in {os.environ['KPA_CACHE_DIR']}\n")
    assert "no API token: set the environment variable KPA_API_TOKEN" in err
