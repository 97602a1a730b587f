"""accounts.toml for tests: accounts of one demo server, each with its own token and records."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpa_analytics.demo.server import DemoAPI
from kpa_analytics.demo.sources import Records


def write(monkeypatch: pytest.MonkeyPatch, folder: Path, text: str) -> Path:
    """Write the file, and point `KPA_ACCOUNTS` at it."""
    file = folder / "accounts.toml"
    file.write_text(text, encoding="utf-8")
    monkeypatch.setenv("KPA_ACCOUNTS", str(file))
    return file


def serve_accounts(
    api: DemoAPI, monkeypatch: pytest.MonkeyPatch, folder: Path, **accounts: Records
) -> dict[str, str]:
    """Add these accounts to a server and to the file; return their tokens by name."""
    tokens, entries = {}, []
    for name, records in accounts.items():
        tokens[name] = api.add_account(records)
        monkeypatch.setenv(f"KPA_{name.upper()}_TOKEN", tokens[name])
        entries.append(
            f'[{name}]\napi_url = "{api.url}"\ntoken_env = "KPA_{name.upper()}_TOKEN"\n'
            "requests_per_minute = 100_000\n"
        )
    write(monkeypatch, folder, "\n".join(entries))
    return tokens
