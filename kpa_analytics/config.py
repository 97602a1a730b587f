"""The settings, in one place: from the environment, changed by `configure()`, always validated."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, TypedDict, Unpack
from urllib.parse import urlsplit

from kpa_analytics.accounts_file import ACCOUNTS, token_variables
from kpa_analytics.errors import KPADataError, KPASettingsError
from kpa_analytics.paths import typed_path
from kpa_analytics.secret import Secret, as_secret
from kpa_analytics.utf8 import is_utf8

#: The live host (docs/api.md, observed in September 2026).
LIVE_API = "https://api.novaraflex.com/v1"

#: The settings that identify the account.
_ACCOUNT = ("token", "api_url")

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}

#: A text of so many characters may be a token that was put into the wrong setting.
_SHORTEST_TOKEN = 16
_NOT_SHOWN = "this text (it is not shown here, because it may be the token)"

#: The passphrase of the key that signs a pack (`audit.sign`). It is not a setting, so that no
#: object keeps it.
SIGN_PASSPHRASE = "KPA_SIGN_PASSPHRASE"  # noqa: S105 - the name of a variable


def _token(name: str, value: object) -> Secret | None:
    value = as_secret(value)
    if value is None:
        return None
    if not isinstance(value, Secret) or not value.plain:
        raise KPASettingsError(f"{name} must be printable ASCII text (its value is not shown here)")
    return value or None


def _shown(value: object) -> str:
    """A value for an error; a text that may be the token, or hold it, is not shown."""
    if not isinstance(value, str):
        shown = value is None or isinstance(value, int | float | timedelta)
        return repr(value) if shown else type(value).__name__
    return repr(value) if len(value) < _SHORTEST_TOKEN else _NOT_SHOWN


def _url(name: str, value: object) -> str:
    problem = f"{name} must be an https:// address such as {LIVE_API}"
    if not isinstance(value, str):
        raise KPASettingsError(f"{problem}, not {_shown(value)}")
    if not is_utf8(value):
        raise KPASettingsError(f"{problem}, in UTF-8")
    try:
        parts = urlsplit(value.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise KPASettingsError(f"{problem}, not {_shown(value)}") from None
    if parts.username or parts.password or parts.query or parts.fragment:
        raise KPASettingsError(f"{problem}, with no user, password, query or fragment in it")
    if parts.scheme not in ("http", "https") or not host:
        raise KPASettingsError(f"{problem}, not {_shown(value)}")
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise KPASettingsError(
            f"{name}: http:// would send the token unencrypted to another machine; use https:// "
            "(http:// is only allowed for this machine, e.g. http://127.0.0.1:8000/v1)"
        )
    return value.strip().rstrip("/")


def _folder(name: str, value: object) -> Path:
    if not isinstance(value, str | os.PathLike) or not str(value).strip():
        raise KPASettingsError(f"{name} must be the path of a folder, not {_shown(value)}")
    try:
        return typed_path(value, utf8=False).absolute()
    except KPADataError as error:
        if {"/", os.sep}.intersection(str(value)):
            raise KPASettingsError(f"{name}: {error}") from None
        raise KPASettingsError(f"{name} can't be {_shown(str(value))}") from None


def _number(least: float, whole: bool = False) -> Callable[[str, object], float]:
    kind, unit = (int, "a whole number") if whole else (float, "a number")

    def check(name: str, value: object) -> float:
        if isinstance(value, timedelta) and not whole:
            value = value.total_seconds()
        problem = f"{name} must be {unit} of at least {least}, not {_shown(value)}"
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise KPASettingsError(problem)
        try:
            number = float(value)
        except (ValueError, OverflowError):
            raise KPASettingsError(problem) from None
        if not least <= number < float("inf") or (whole and number != int(number)):
            raise KPASettingsError(problem)
        return kind(number)

    return check


def _switch(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise KPASettingsError(f"{name} must be True or False, not {_shown(value)}")
    return value


def _default_cache() -> Path:
    from platformdirs import user_cache_path

    try:
        return user_cache_path("kpa_analytics", appauthor=False)  # without a folder of the author
    except RuntimeError as error:
        raise KPASettingsError(
            f"no user folder for the cache ({error}): set KPA_CACHE_DIR to a folder"
        ) from error


def _setting(default: Any, check: Callable[[str, object], Any], variable: str | None = None) -> Any:
    metadata = {"check": check, "variable": variable}
    if callable(default):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


class SettingsKeywords(TypedDict, total=False):
    """The settings as keywords, in the types that `Settings` and `configure()` accept."""

    token: str | Secret | None
    api_url: str
    cache_dir: str | os.PathLike[str]
    max_age: float | timedelta
    requests_per_minute: int
    timeout: float | timedelta
    retries: int
    rate_limit_wait: float | timedelta
    progress: bool
    keep_snapshots: int


@dataclass(frozen=True, init=False)
class Settings:
    """The settings: the API's address and token, request limits, and the cache.

    Attributes:
        token: the account's API token (`KPA_API_TOKEN`); never printed.
        api_url: base URL with its version (`KPA_API_URL`); https, or http on this machine.
        cache_dir: folder of both caches (`KPA_CACHE_DIR`); default: the user's cache folder.
        max_age: cached data counts as fresh for this many seconds, or a timedelta (`KPA_MAX_AGE`);
            default 1 h.
        requests_per_minute: our share of the company's pool of about 80 requests per minute
            (`KPA_REQUESTS_PER_MINUTE`); default 60.
        timeout: seconds to wait for the start of an answer and for each further piece of it
            (`KPA_TIMEOUT`); default 60. A whole answer may take ten times as long.
        retries: number of retries after a transport fault or server_error (`KPA_RETRIES`);
            default 3.
        rate_limit_wait: seconds of the first wait after a rate-limit answer
            (`KPA_RATE_LIMIT_WAIT`); default 60. The second wait is twice as long, the third and
            last is four times as long. A longer `Retry-After` counts up to the third wait.
        progress: whether to show progress bars; default True.
        keep_snapshots: number of snapshots to keep of the completions; default 10. Of the small
            collections, every version is kept.

    Raises:
        KPASettingsError: a value is invalid; the message names the setting.

    Examples:
        >>> Settings(token="t" * 41, timeout=30).timeout
        30.0
        >>> Settings(timeout=-1)
        Traceback (most recent call last):
        kpa_analytics.errors.KPASettingsError: timeout must be a number of at least 0.001, not -1
    """

    token: Secret | None = _setting(None, _token, "KPA_API_TOKEN")
    api_url: str = _setting(LIVE_API, _url, "KPA_API_URL")
    cache_dir: Path = _setting(_default_cache, _folder, "KPA_CACHE_DIR")
    max_age: float = _setting(3600.0, _number(0), "KPA_MAX_AGE")
    requests_per_minute: int = _setting(60, _number(1, whole=True), "KPA_REQUESTS_PER_MINUTE")
    timeout: float = _setting(60.0, _number(0.001), "KPA_TIMEOUT")
    retries: int = _setting(3, _number(0, whole=True), "KPA_RETRIES")
    rate_limit_wait: float = _setting(60.0, _number(0), "KPA_RATE_LIMIT_WAIT")
    progress: bool = _setting(True, _switch)
    keep_snapshots: int = _setting(10, _number(1, whole=True))

    def __init__(self, **values: Unpack[SettingsKeywords]) -> None:
        # First, so that no traceback frame holds the plain token.
        given: dict[str, object] = _with_secret(values)
        _refuse_unknown(given)
        for setting in fields(self):
            value = given[setting.name] if setting.name in given else _default_of(setting)
            object.__setattr__(self, setting.name, value)
        for setting in fields(self):  # only now, so that a traceback prints complete settings
            value = setting.metadata["check"](setting.name, getattr(self, setting.name))
            object.__setattr__(self, setting.name, value)

    @property
    def host(self) -> str:
        """The API's host and port, as shown in the provenance."""
        return urlsplit(self.api_url).netloc


def _with_secret(values: Any) -> dict[str, Any]:
    """Wrap the token among these values, in place."""
    if "token" in values:
        values["token"] = as_secret(values["token"])
    return values  # type: ignore[no-any-return]


def _default_of(setting: Field[Any]) -> Any:
    return setting.default if setting.default_factory is MISSING else setting.default_factory()


def _refuse_unknown(names: Iterable[str]) -> None:
    known = [setting.name for setting in fields(Settings)]
    for name in names:
        if name not in known:
            raise KPASettingsError(f"{name} is not a setting; the settings are {', '.join(known)}")


def _variables(environ: Mapping[str, str]) -> dict[str, Any]:
    """The `KPA_*` variables, with hidden tokens; None if another thread removed a variable."""
    return {
        name: as_secret(environ.get(name)) if name.endswith("_TOKEN") else environ.get(name)
        for name in environ
        if name.startswith("KPA_") and name not in (SIGN_PASSPHRASE, ACCOUNTS)
    }


def _from_variables(given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the `KPA_*` variables, by setting."""
    known = {s.metadata["variable"]: s for s in fields(Settings) if s.metadata["variable"]}
    for variable in given:
        if variable not in known and variable not in token_variables():
            token = variable.endswith("_TOKEN")
            hint = "; if it is the token of an account, name it in accounts.toml" if token else ""
            raise KPASettingsError(
                f"{variable} is not a setting; the settings are {', '.join(sorted(known))}{hint}"
            )
    return {
        known[variable].name: known[variable].metadata["check"](variable, value)
        for variable, value in given.items()
        if value and variable in known
    }


#: The values from `configure()`, by setting.
_configured: dict[str, Any] = {}
#: These values take precedence while the settings point at the demo.
_demo: dict[str, Any] = {}


def settings() -> Settings:
    """The current settings: from `configure()`, or else from the environment."""
    variables = _variables(os.environ)
    # The folder may also depend on the working directory and the home folder.
    folder = _folder("KPA_CACHE_DIR", variables.get("KPA_CACHE_DIR") or _default_cache())
    configured = {"cache_dir": folder, **_configured, **_demo}
    return _checked_once(tuple(variables.items()), tuple(configured.items()))


@lru_cache(maxsize=1)
def _checked_once(variables: tuple[Any, ...], configured: tuple[Any, ...]) -> Settings:
    """Check settings only after a change, because every load reads them."""
    return Settings(**{**_from_variables(dict(variables)), **dict(configured)})


def configure(**changes: Unpack[SettingsKeywords]) -> Settings:
    """Change settings for this process; all others remain unchanged.

    Another token or address ends the settings of `demo.start()`.

    Args:
        **changes: any attribute of `Settings`, e.g. `token=`, `api_url=`, `cache_dir=`,
            `max_age=` (seconds or timedelta), `requests_per_minute=`, `progress=False`.

    Returns:
        The new settings.

    Raises:
        KPASettingsError: a name is not a setting, or a value is invalid. Nothing is changed then.

    Examples:
        >>> configure(cache_folder="here")
        Traceback (most recent call last):
        kpa_analytics.errors.KPASettingsError: cache_folder is not a setting; the ...
    """
    global _configured, _demo
    given = _with_secret(changes)
    _refuse_unknown(given)
    new = {name: value for name, value in given.items() if (name, value) not in _demo.items()}
    wanted = {**_configured, **new}
    checked = Settings(**{**_from_variables(_variables(os.environ)), **wanted})
    _configured = {name: getattr(checked, name) for name in wanted}
    elsewhere = any(name in new for name in _ACCOUNT)
    _demo = {} if elsewhere else {k: v for k, v in _demo.items() if k not in new}
    return settings()


def point_at_demo(*, token: str, api_url: str, requests_per_minute: int) -> None:
    """Use the demo until `configure()` sets another account.

    Args:
        token: the demo's token.
        api_url: the demo's address.
        requests_per_minute: the demo's request limit.
    """
    global _demo
    _demo = {
        "token": Secret(token),
        "api_url": api_url,
        "requests_per_minute": requests_per_minute,
    }
