"""accounts.toml: the names of several accounts, and where the token of each is; never the token.

[north]
api_url = "https://api.novaraflex.com/v1"
token_env = "KPA_NORTH_TOKEN"     # the name of an environment variable

[south]
api_url = "https://api.novaraflex.com/v1"
keyring = "kpa/south"             # service/user in the keyring of the operating system
"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from kpa_analytics.account_names import as_account, refuse_same_names
from kpa_analytics.errors import KPADataError, KPAError, KPASettingsError
from kpa_analytics.paths import typed_path
from kpa_analytics.secret import Secret, as_secret

#: The variable with the path of the file.
ACCOUNTS = "KPA_ACCOUNTS"

_NEEDED = ("api_url", "token_env", "keyring")
_KEYS = (*_NEEDED, "requests_per_minute")
#: Names of entries that people use for a token.
_TOKEN = re.compile(r"token|secret|passw|key|auth", re.IGNORECASE)
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,39}")
_TWICE = re.compile(r"Cannot declare \('(?P<name>[^']*)',\) twice")
#: An account on one line, such as north = {...}; and the first line of any other account.
_INLINE = re.compile(r"^\s*[\"']?([\w-]+)[\"']?\s*=", re.MULTILINE)
_HEADER = re.compile(r"^\s*\[", re.MULTILINE)
_EXAMPLE = (
    '[north] and below it api_url = "https://api.novaraflex.com/v1" and '
    'token_env = "KPA_NORTH_TOKEN"'
)


class ListedAccount(NamedTuple):
    """An account as the file lists it.

    Attributes:
        name: its name.
        place: the file and the name, for messages.
        api_url: the base URL of its API.
        token_env: the environment variable with its token, or None.
        keyring: the service and the user of its token in the keyring, or None.
        requests_per_minute: its own request limit, or None for the setting of all accounts.
    """

    name: str
    place: str
    api_url: str
    token_env: str | None
    keyring: tuple[str, str] | None
    requests_per_minute: object


def accounts_path() -> Path:
    """The path of the file: `KPA_ACCOUNTS`, or accounts.toml in the user's configuration folder."""
    if given := os.environ.get(ACCOUNTS, "").strip():
        return typed_path(given).absolute()
    from platformdirs import user_config_path

    try:
        return user_config_path("kpa_analytics", appauthor=False) / "accounts.toml"
    except RuntimeError as error:
        raise KPASettingsError(
            f"no user folder for accounts.toml ({error}): set {ACCOUNTS} to the path of a file"
        ) from error


def listed_accounts() -> dict[str, ListedAccount]:
    """Read the file: every account by its name, in the order of the file.

    Raises:
        KPASettingsError: there is no file, it can't be read, it has a token in it, or an entry is
            missing, misspelt or invalid. The message names the account, and never shows a value
            that could be a token.
    """
    path = accounts_path()
    entries = _entries(path)
    accounts = {name: _listed(path, name, entry) for name, entry in entries.items()}
    if not accounts:
        raise KPASettingsError(f"{path} lists no account: write {_EXAMPLE}")
    try:
        refuse_same_names(accounts)
    except KPADataError as error:
        raise KPASettingsError(f"{path}: {error}") from None
    return accounts


def token_variables() -> set[str]:
    """The environment variables that the file names; none if it can't be read."""
    try:
        return {account.token_env for account in listed_accounts().values() if account.token_env}
    except (KPAError, OSError):
        return set()


def _entries(path: Path) -> Any:
    try:
        return _hidden(tomllib.loads(path.read_bytes().decode("utf-8-sig")))
    except FileNotFoundError:
        raise KPASettingsError(
            f"no accounts are listed: create {path} with {_EXAMPLE}. To use another file, set "
            f"{ACCOUNTS} to its path"
        ) from None
    except OSError as error:
        raise KPASettingsError(f"{path} can't be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise KPASettingsError(f"{path} is not UTF-8: save it again as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        if name := _named_twice(path, error):
            raise KPASettingsError(f"{path}: the account {name!r} is named twice") from None
        raise KPASettingsError(f"{path} is not TOML: {error}") from None


def _named_twice(path: Path, error: tomllib.TOMLDecodeError) -> str | None:
    """The account that is named twice, if that is the error."""
    if twice := _TWICE.search(str(error)):
        return twice["name"]
    if "overwrite" not in str(error):
        return None
    names = _INLINE.findall(_HEADER.split(path.read_text(encoding="utf-8-sig"), maxsplit=1)[0])
    return next((name for name in names if names.count(name) > 1), None)


def _hidden(value: Any) -> Any:
    """The same entries with hidden texts, so that no traceback frame holds a token."""
    if isinstance(value, dict):
        return {key: _hidden(each) for key, each in value.items()}
    return as_secret(value)


def _listed(path: Path, name: str, entry: object) -> ListedAccount:
    place = f"{path}, [{name}]"
    if not isinstance(entry, dict):
        _refuse_token(path, name, name)
        raise KPASettingsError(f"{path}: {name} is outside an account; begin with {_EXAMPLE}")
    try:
        as_account(name)
    except KPADataError as error:
        raise KPASettingsError(f"{path}: {error}") from None
    for key in entry:
        if key not in _KEYS:
            _refuse_token(path, name, key)
            raise KPASettingsError(
                f"{place}: {key} is not an entry; the entries are {', '.join(_KEYS)}"
            )
    if "api_url" not in entry:
        raise KPASettingsError(
            f"{place}: api_url is missing; the vendor's is https://api.novaraflex.com/v1"
        )
    if len(entry.keys() & {"token_env", "keyring"}) != 1:
        raise KPASettingsError(
            f"{place}: write where the token is, either token_env (the name of an environment "
            "variable) or keyring (service/user)"
        )
    return ListedAccount(
        name,
        place,
        _address(place, entry["api_url"]),
        _variable(place, entry),
        _keyring(place, entry),
        entry.get("requests_per_minute"),
    )


def _refuse_token(path: Path, name: str, key: str) -> None:
    if _TOKEN.search(key):
        raise KPASettingsError(
            f"{path}, [{name}]: {key} looks like a token, which must not be in this file: remove "
            "it, create a new token if others could read the file, put that into an environment "
            f'variable, and write its name here: token_env = "KPA_{name.upper()}_TOKEN" (or into '
            'the keyring: keyring = "service/user")'
        )


def _address(place: str, value: object) -> str:
    if isinstance(value, Secret) and "://" in value.reveal():
        return value.reveal()
    raise KPASettingsError(
        f"{place}: api_url must be an https:// address such as https://api.novaraflex.com/v1 (its "
        "value is not shown here: it may be the token, which must not be in this file)"
    )


def _variable(place: str, entry: dict[str, Any]) -> str | None:
    variable = entry.get("token_env")
    if variable is None:
        return None
    if isinstance(variable, Secret) and _names_a_variable(variable):
        return variable.reveal()
    raise KPASettingsError(
        f"{place}: token_env must be the name of an environment variable in capital letters, such "
        "as KPA_NORTH_TOKEN (its value is not shown here: it may be the token itself, which must "
        "not be in this file)"
    )


def _names_a_variable(text: Secret) -> bool:
    return _VARIABLE.fullmatch(text.reveal()) is not None


def _keyring(place: str, entry: dict[str, Any]) -> tuple[str, str] | None:
    given = entry.get("keyring")
    if given is None:
        return None
    if isinstance(given, Secret) and (place_of_token := _service_and_user(given)):
        return place_of_token
    raise KPASettingsError(
        f"{place}: keyring must be service/user, such as kpa/north (its value is not shown here: "
        "it may be the token itself, which must not be in this file)"
    )


def _service_and_user(text: Secret) -> tuple[str, str] | None:
    service, _, user = text.reveal().rpartition("/")
    return (service.strip(), user.strip()) if service.strip() and user.strip() else None
