"""The settings of each account that accounts.toml names, with its token."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import fields
from typing import Any
from urllib.parse import urlsplit

from kpa_analytics.account_names import as_account, refuse_same_names
from kpa_analytics.accounts_file import ListedAccount, listed_accounts
from kpa_analytics.config import Settings, settings
from kpa_analytics.errors import KPADataError, KPAError, KPASettingsError
from kpa_analytics.install_command import install_command
from kpa_analytics.secret import as_secret


def account_settings(name: str) -> Settings:
    """The settings of one account: the current ones, with the account's address and token.

    Raises:
        KPASettingsError: accounts.toml does not name the account, or its token is not there.
    """
    return _settings_of(_listed(listed_accounts(), name))


def settings_by_account(names: Iterable[str] | None = None) -> dict[str, Settings]:
    """The settings of several accounts, by name, each without its own progress bar.

    Args:
        names: the accounts; default: all of them, in the order of the file.

    Raises:
        KPADataError: a name occurs twice, or `names` is one text.
        KPASettingsError: as `account_settings`; or two names mean the same account.
    """
    listed = listed_accounts()
    chosen = [*listed] if names is None else _names(names)
    refuse_same_names(chosen)
    accounts = {name: _settings_of(_listed(listed, name), progress=False) for name in chosen}
    seen: dict[tuple[object, ...], str] = {}
    for name, current in accounts.items():
        other = seen.setdefault((*_address(current.api_url), current.token), name)
        if other != name:
            raise KPASettingsError(
                f"{other} and {name} have the same address and token, so they are one account, "
                "which would be counted twice: remove one of them"
            )
    return accounts


def _address(url: str) -> tuple[object, ...]:
    """The address without differences in spelling."""
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80}[parts.scheme]
    return parts.scheme, parts.hostname, port, parts.path


def _names(names: Iterable[str]) -> list[str]:
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise KPADataError(f"accounts must be a list of names, not {names!r}")
    chosen = list(names)
    if not chosen:
        raise KPADataError("accounts is an empty list: leave it out for all accounts")
    return [as_account(name) for name in chosen]


def _listed(listed: dict[str, ListedAccount], name: str) -> ListedAccount:
    if name not in listed:
        raise KPASettingsError(
            f"there is no account {name!r} in accounts.toml; it has {', '.join(listed)}"
        )
    return listed[name]


def _settings_of(account: ListedAccount, **own: Any) -> Settings:
    current = settings()
    own |= {"token": _token(account), "api_url": account.api_url}
    if account.requests_per_minute is not None:
        own["requests_per_minute"] = account.requests_per_minute
    shared = {each.name: getattr(current, each.name) for each in fields(Settings)}
    try:
        return Settings(**{**shared, **own})
    except KPASettingsError as error:
        raise KPASettingsError(f"{account.place}: {error}") from None


def _token(account: ListedAccount) -> object:
    """The token, hidden at once."""
    if account.token_env:
        token = as_secret(os.environ.get(account.token_env))
        if token:
            return token
        raise KPASettingsError(
            f"{account.place}: the environment variable {account.token_env} is not set: set it to "
            "the account's token"
        )
    return _from_keyring(account)


def _from_keyring(account: ListedAccount) -> object:
    service, user = account.keyring or ("", "")
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise KPAError(
            f"{account.place}: the keyring needs a package: {install_command('keyring')}"
        ) from None
    try:
        token = as_secret(keyring.get_password(service, user))
    except KeyringError as error:
        raise KPASettingsError(
            f"{account.place}: the keyring can't be read: {type(error).__name__}: {error}"
        ) from None
    if token:
        return token
    raise KPASettingsError(
        f"{account.place}: the keyring has no token for {service}/{user}: run "
        f"`keyring set {service} {user}`"
    )
