"""Load the records of several accounts side by side."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from kpa_analytics.analysis.fleet import Fleet
from kpa_analytics.config import settings
from kpa_analytics.data.accounts import settings_by_account
from kpa_analytics.data.loaders import load_account
from kpa_analytics.data.side_by_side import side_by_side
from kpa_analytics.errors import KPADataWarning, KPAError, warn

if TYPE_CHECKING:
    from kpa_analytics.data.fetch import Refresh


def load_fleet(accounts: Iterable[str] | None = None, *, refresh: Refresh = False) -> Fleet:
    """Load everything of several accounts, side by side, each within its own limit of requests.

    The accounts are named in accounts.toml, in the user's configuration folder or where the
    variable `KPA_ACCOUNTS` says. The file says where each token is, and never has a token in it:

        [north]
        api_url = "https://api.novaraflex.com/v1"
        token_env = "KPA_NORTH_TOKEN"     # the name of an environment variable

        [south]
        api_url = "https://api.novaraflex.com/v1"
        keyring = "kpa/south"             # service/user; install the extra 'keyring'

    An account may have its own `requests_per_minute`. All other settings are the current ones.

    Args:
        accounts: the names of the accounts to load; default: all that the file names.
        refresh: as for `load_all`.

    Returns:
        The fleet. If some accounts can't be loaded, the others are there, `fleet.failures` has the
        errors, and a KPADataWarning names the accounts.

    Raises:
        KPASettingsError: the file is missing or invalid, has a token in it, or does not name an
            account; a variable is not set; or two names mean the same account.
        KPADataError: an account is named twice.
        KPAError: no account could be loaded; the message has the error of each.

    Examples:
        >>> import os, tempfile
        >>> from pathlib import Path
        >>> import kpa_analytics as kpa
        >>> with kpa.demo.serve() as api:  # in this example, the demo instead of your account
        ...     os.environ["KPA_NORTH_TOKEN"] = api.token
        ...     file = Path(tempfile.mkdtemp()) / "accounts.toml"
        ...     _ = file.write_text(f'north = {{api_url = "{api.url}", '
        ...                         'token_env = "KPA_NORTH_TOKEN", requests_per_minute = 6000}')
        ...     os.environ["KPA_ACCOUNTS"] = str(file)
        ...     _ = kpa.configure(progress=False)
        ...     fleet = kpa.load_fleet()
        >>> fleet
        <Fleet: north (demo data); 20,000 completions>
        >>> fleet.status(as_of="2026-06-30").columns[:3]
        ['account', 'm_user_id', 'user']
    """
    chosen = settings_by_account(accounts)
    loads = {name: partial(load_account, own, name, refresh) for name, own in chosen.items()}
    loaded, failures = side_by_side(loads, progress=settings().progress)
    if not loaded:
        errors = "; ".join(f"{name}: {error}" for name, error in failures.items())
        raise KPAError(f"no account could be loaded: {errors}") from next(iter(failures.values()))
    for name, error in failures.items():
        warn(
            f"the account {name} could not be loaded: {error}",
            KPADataWarning,
            "fleet.failures has the errors",
        )
    return Fleet(loaded, failures)
