"""accounts.toml names accounts and where their tokens are, and no message shows a token."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

import kpa_analytics as kpa
from kpa_analytics.accounts_file import accounts_path
from kpa_analytics.data.accounts import settings_by_account
from kpa_analytics.errors import KPADataError, KPAError, KPASettingsError
from tests.conftest import completions
from tests.data.accounts_toml import serve_accounts, write

HOST = 'api_url = "https://api.example.com/v1"'
TOKEN = "0123456789abcdef0123456789abcdef012345678"


@pytest.fixture(autouse=True)
def quiet() -> None:
    kpa.configure(progress=False)


def shown(error: BaseException) -> str:
    """All that a traceback shows, with the values of the variables in its frames."""
    inner = error.__traceback__.tb_next if error.__traceback__ else None  # without the test itself
    shown = traceback.TracebackException(type(error), error, inner, capture_locals=True)
    return "".join(shown.format())


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (f'[north]\n{HOST}\ntoken = "{TOKEN}"', r"\[north\]: token looks like a token.*token_env"),
        (f'[north]\n{HOST}\napi_key = "{TOKEN}"', r"\[north\]: api_key looks like a token"),
        (f'token = "{TOKEN}"', "token looks like a token"),
        (f'[north]\n{HOST}\ntoken_env = "{TOKEN}"', r"\[north\]: token_env must be the name"),
        (f'[north]\n{HOST}\nkeyring = "{TOKEN}"', r"\[north\]: keyring must be service/user"),
        (f"[north]\n{HOST}", r"\[north\]: write where the token is"),
        ('[north]\ntoken_env = "A"', r"\[north\]: api_url is missing"),
        (
            '[north]\napi_url = "http://x.com"\ntoken_env = "A"',
            r"\[north\]: api_url: http://",
        ),
        (f'[north]\n{HOST}\ntoken_env = "A"\nhost = "x"', r"\[north\]: host is not an entry"),
        (f'[north]\n{HOST}\ntoken_env = "A"\nrequests_per_minute = 0', "requests_per_minute must"),
        (
            f'[north]\n{HOST}\ntoken_env = "GONE"',
            r"\[north\]: the environment variable GONE",
        ),
        (f'["../north"]\n{HOST}\ntoken_env = "A"', r"'\.\./north' can't be the name of an account"),
        ("[north]\n[north]", "the account 'north' is named twice"),
        ("a = {token_env = 'A'}\na = {token_env = 'B'}", "the account 'a' is named twice"),
        (f'[north]\napi_url = "{TOKEN}"\ntoken_env = "A"', "api_url must be an https:// address"),
        (f'[a]\n{HOST}\ntoken_env="A"\n[A]\n{HOST}\ntoken_env="B"', "'A' is named twice"),
        (
            f'[a]\n{HOST}\ntoken_env="A"\n[b]\n{HOST}\ntoken_env="A"',
            "a and b have the same address",
        ),
        (
            f'[a]\n{HOST}\ntoken_env="A"\n[b]\napi_url = "https://API.example.com:443/v1/"\n'
            'token_env="A"',
            "a and b have the same address",
        ),
        ("", "lists no account"),
        ("[north", "is not TOML"),
        ("note = 1", "note is outside an account"),
    ],
)
def test_a_bad_entry_is_named_and_no_token_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, named: str
) -> None:
    monkeypatch.setenv("A", "a" * 41)
    monkeypatch.setenv("B", "b" * 41)
    write(monkeypatch, tmp_path, text)
    with pytest.raises(KPASettingsError, match=named) as caught:
        settings_by_account()
    assert "\n" not in str(caught.value)
    assert TOKEN not in shown(caught.value)


def test_a_missing_file_says_what_to_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPA_ACCOUNTS", str(tmp_path / "none.toml"))
    with pytest.raises(KPASettingsError, match=r"none\.toml.*\[north\].*token_env"):
        kpa.load_fleet()
    monkeypatch.delenv("KPA_ACCOUNTS")
    assert accounts_path().name == "accounts.toml"


def test_names_are_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(monkeypatch, tmp_path, f'[north]\n{HOST}\ntoken_env = "A"')
    with pytest.raises(KPASettingsError, match=r"no account 'south' in accounts\.toml; it has no"):
        kpa.load_all(account="south")
    with pytest.raises(KPADataError, match="'north' is named twice"):
        kpa.load_fleet(["north", "north"])
    with pytest.raises(KPADataError, match="must be a list of names, not 'north'"):
        kpa.load_fleet("north")
    with pytest.raises(KPADataError, match="must be a list of names, not 7"):
        kpa.load_fleet(7)  # type: ignore[arg-type]
    with pytest.raises(KPADataError, match="empty list"):
        kpa.load_fleet([])


def test_a_variable_with_a_token_is_no_misspelt_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KPA_NORTH_TOKEN", TOKEN)
    with pytest.raises(
        KPASettingsError, match=r"KPA_NORTH_TOKEN is not a setting.*name it in accounts\.toml"
    ) as caught:
        kpa.settings()
    assert TOKEN not in shown(caught.value)
    write(monkeypatch, tmp_path, f'[north]\n{HOST}\ntoken_env = "KPA_NORTH_TOKEN"')
    assert kpa.settings().token is None


@pytest.fixture
def ring() -> Iterator[dict[tuple[str, str], str]]:
    """A keyring in memory, which the package keyring uses instead of the system's."""
    import keyring
    from keyring.backend import KeyringBackend
    from keyring.errors import KeyringLocked

    kept: dict[tuple[str, str], str] = {}

    class InMemory(KeyringBackend):
        priority = 1

        def get_password(self, service: str, username: str) -> str | None:
            if service == "locked":
                raise KeyringLocked("the keyring is locked")
            return kept.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            kept[service, username] = password

        def delete_password(self, service: str, username: str) -> None:
            del kept[service, username]

    before = keyring.get_keyring()
    keyring.set_keyring(InMemory())
    yield kept
    keyring.set_keyring(before)


def test_a_token_can_be_in_the_keyring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ring: dict[tuple[str, str], str]
) -> None:
    write(monkeypatch, tmp_path, f'[north]\n{HOST}\nkeyring = "kpa/north"')
    with pytest.raises(KPASettingsError, match="no token for kpa/north: run `keyring set"):
        settings_by_account()
    ring["kpa", "north"] = TOKEN
    current = settings_by_account()["north"]
    assert current.token is not None
    assert current.token.reveal() == TOKEN
    assert TOKEN not in repr(current)
    write(monkeypatch, tmp_path, f'[north]\n{HOST}\nkeyring = "locked/north"')
    with pytest.raises(KPASettingsError, match=r"\[north\]: the keyring can't be read.*is locked"):
        settings_by_account()


def test_without_the_keyring_package_the_error_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    write(monkeypatch, tmp_path, f'[north]\n{HOST}\nkeyring = "kpa/north"')
    with pytest.raises(KPAError, match=r"pip install .*\[keyring\]"):
        settings_by_account()


@pytest.mark.slow
def test_load_all_loads_the_account_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with kpa.demo.serve(completions(1)) as api:
        serve_accounts(api, monkeypatch, tmp_path, north=completions(2), south=completions(3))
        data = kpa.load_all(account="south")
        assert data.completions.height == 3
        assert data.account == "south"
        assert repr(data).startswith("<TrainingData: south: 3 completions")
        with (
            kpa.Client(kpa.Settings(token=api.token, api_url=api.url)) as client,
            pytest.raises(KPADataError, match="client and account"),
        ):
            kpa.load_all(client=client, account="north")
