"""Settings: from the environment, changed, validated, and never telling the token."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import traceback
from datetime import timedelta
from pathlib import Path

import pytest

from kpa_analytics.config import LIVE_API, Settings, configure, settings
from kpa_analytics.errors import KPASettingsError
from kpa_analytics.secret import Secret

TOKEN = "k" * 41


def test_defaults() -> None:
    current = Settings()
    assert (current.token, current.api_url) == (None, LIVE_API)
    assert (current.max_age, current.timeout, current.rate_limit_wait) == (3600, 60, 60)
    assert (current.requests_per_minute, current.retries, current.keep_snapshots) == (60, 3, 10)
    assert current.progress is True


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {
        "KPA_API_TOKEN": TOKEN,
        "KPA_API_URL": "https://api.kpaehs.com/v1/",
        "KPA_CACHE_DIR": str(tmp_path),
        "KPA_MAX_AGE": "60",
        "KPA_REQUESTS_PER_MINUTE": "20",
        "KPA_TIMEOUT": "2.5",
        "KPA_RETRIES": "0",
        "KPA_RATE_LIMIT_WAIT": "30",
    }.items():
        monkeypatch.setenv(name, value)
    current = settings()
    assert current.token is not None
    assert current.token.reveal() == TOKEN
    assert (current.api_url, current.cache_dir) == ("https://api.kpaehs.com/v1", tmp_path)
    assert (current.max_age, current.requests_per_minute, current.timeout) == (60, 20, 2.5)
    assert (current.retries, current.rate_limit_wait) == (0, 30)


def test_a_variable_that_is_set_later_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error that asks for KPA_API_TOKEN must not outlive the day it is set in a notebook."""
    assert settings().token is None
    configure(timeout=5)
    monkeypatch.setenv("KPA_API_TOKEN", TOKEN)
    monkeypatch.setenv("KPA_TIMEOUT", "7")
    assert settings().token == Secret(TOKEN)
    assert settings().timeout == 5, "what was configured comes before the environment"


def test_a_folder_stays_where_it_was_when_it_was_configured(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    configure(cache_dir="kept")
    monkeypatch.chdir("/")
    assert settings().cache_dir == tmp_path / "kept"


def test_configure_changes_what_is_named() -> None:
    configure(timeout=5)
    configure(max_age=timedelta(hours=2))
    assert (settings().timeout, settings().max_age) == (5, 7200)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("api_url", "http://api.novaraflex.com/v1"),
        ("api_url", "ftp://127.0.0.1/v1"),
        ("api_url", "https://user:secret@host/v1"),
        ("api_url", "https://host/v1?token=x"),
        ("api_url", "api.novaraflex.com"),
        ("api_url", "https://host:port/v1"),
        ("api_url", 7),
        ("api_url", "https://zo\ud800/v1"),
        ("api_url", ["https://host/v1"]),
        ("cache_dir", ""),
        ("cache_dir", 7),
        ("max_age", -1),
        ("max_age", "soon"),
        ("requests_per_minute", 0),
        ("requests_per_minute", 1.5),
        ("timeout", 0),
        ("timeout", float("nan")),
        ("timeout", float("inf")),
        ("retries", -1),
        ("retries", 10**400),
        ("retries", True),
        ("rate_limit_wait", -0.1),
        ("progress", "yes"),
        ("keep_snapshots", 0),
        ("token", 7),
        ("token", "gr\u00fc\u00df\u200b"),
    ],
)
def test_an_impossible_value_is_named_and_changes_nothing(name: str, value: object) -> None:
    before = settings()
    with pytest.raises(KPASettingsError, match=name):
        configure(**{name: value})
    assert settings() == before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, TOKEN) for name in ("api_url", "max_age", "timeout", "retries", "progress")),
        *((name, [TOKEN]) for name in ("api_url", "max_age", "retries", "cache_dir")),
        *(
            ("api_url", url.format(TOKEN))
            for url in ("https://ann:{}@host:x", "https://h:{}", "//h:{}", "[://{}", "ftp://x/{}")
        ),
        ("api_url", f"http://{TOKEN}"),
        ("cache_dir", f"~{TOKEN}"),
        ("cache_dir", f"\0{TOKEN}"),
    ],
)
def test_a_token_in_another_setting_is_not_shown(name: str, value: object) -> None:
    with pytest.raises(KPASettingsError, match=name) as caught:
        configure(**{name: value})
    assert TOKEN not in "".join(traceback.format_exception_only(caught.value))
    chain = (caught.value.__cause__, caught.value.__context__)
    assert caught.value.__suppress_context__ or chain == (None, None)


def test_a_misspelt_setting_is_named() -> None:
    with pytest.raises(
        KPASettingsError, match=r"api_ulr is not a setting; the settings are token, api_url"
    ):
        configure(api_ulr="https://host/v1")


def test_a_misspelt_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPA_TOKEN", TOKEN)
    with pytest.raises(
        KPASettingsError, match=r"KPA_TOKEN is not a setting.*KPA_API_TOKEN"
    ) as caught:
        settings()
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000"])
def test_http_is_taken_on_this_machine(host: str) -> None:
    assert configure(api_url=f"http://{host}/v1").host == host


def test_the_token_tells_itself_nowhere() -> None:
    current = Settings(token=TOKEN)
    said = [repr(current), str(current), f"{current}", repr(dataclasses.asdict(current))]
    said += [f"{current.token:>50}", repr(copy.deepcopy(current)), repr(vars(current))]
    assert not any(TOKEN in text for text in said)
    with pytest.raises(KPASettingsError):
        pickle.dumps(current)
    assert copy.copy(current.token) == copy.deepcopy(current.token) == Secret(TOKEN)


def test_a_token_with_blanks_around_it_is_taken_without() -> None:
    assert Settings(token=f" {TOKEN}\n").token == Secret(TOKEN)
    assert Settings(token="  ").token is None


def test_a_folder_of_the_environment_is_read_at_every_call(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KPA_CACHE_DIR", "kept")
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        assert settings().cache_dir == tmp_path / name / "kept"
    monkeypatch.delenv("KPA_CACHE_DIR")
    for name in ("one", "other"):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / name))
        assert tmp_path / name in settings().cache_dir.parents
