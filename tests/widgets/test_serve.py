"""The dashboard as a page: its error without Voila."""

from __future__ import annotations

import pytest

import kpa_analytics as kpa
from kpa_analytics.widgets import serve


def test_without_voila_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "find_spec", lambda name: None)
    with pytest.raises(kpa.errors.KPAError, match=r"kpa-analytics\[dashboard\]"):
        serve.serve_dashboard()
