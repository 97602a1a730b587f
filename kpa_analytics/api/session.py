"""One requests session for one account: cached pages, a shared budget, a sealed token.

A request passes, in this order: requests-cache (a page that is kept is not sent for again),
requests-ratelimiter (the budget, shared by every process of this account), the transport adapter
(the token). Only the API's own address can be reached at all.
"""

from __future__ import annotations

import warnings
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path

import requests
from requests_cache import NEVER_EXPIRE, CacheMixin
from requests_cache.backends.base import BaseCache
from requests_ratelimiter import LimiterMixin

from kpa_analytics.api.page_cache import open_page_cache
from kpa_analytics.api.rate_limit import Budget, Notify
from kpa_analytics.api.records import decode_envelope
from kpa_analytics.api.transport import TokenAdapter
from kpa_analytics.cache_folder import account_folder, private_file, private_folder
from kpa_analytics.config import Settings
from kpa_analytics.endpoints import BY_METHOD
from kpa_analytics.errors import KPACacheWarning, KPASettingsError


class Session(CacheMixin, LimiterMixin, requests.Session):
    """requests.Session with the cache outside, the budget inside, and one adapter for one API."""


def open_session(settings: Settings, notify: Notify) -> Session:
    """Open the session of the account that the settings name.

    Args:
        settings: token, api_url, cache_dir, max_age and requests_per_minute are read.
        notify: told, in a few words, whenever a request has to wait.

    Returns:
        A session that reaches `settings.api_url` and nothing else.

    Raises:
        KPASettingsError: no token is set.
    """
    folder, token = account_folder(settings), settings.token
    if token is None:
        raise KPASettingsError("no API token")
    usable = folder if _usable(folder) else None
    pages = open_page_cache(folder, settings.max_age) if usable else None
    session = Session(
        backend=pages or BaseCache(),
        expire_after=NEVER_EXPIRE,  # the page cache itself knows what is fresh
        allowable_methods=("POST",),
        filter_fn=_worth_keeping,
        limiter=Budget(settings.requests_per_minute, usable, notify),
        per_host=False,
        limit_statuses=(),
    )
    session.settings.disabled = pages is None
    session.auth = _as_it_is
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.adapters.clear()
    session.mount(settings.api_url + "/", TokenAdapter(token))
    return session


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """The token is all the API asks for: a password in ~/.netrc is not for it."""
    return request


def _usable(folder: Path) -> bool:
    """Whether the account's folder can be written to; a warning says so where it can't."""
    try:
        private_file(private_folder(folder) / "pages.sqlite")
    except OSError as error:
        warnings.warn(
            f"the cache folder can't be used ({error}): everything is fetched, nothing is kept; "
            "set cache_dir (KPA_CACHE_DIR) to a folder that can be written to",
            KPACacheWarning,
            stacklevel=4,
        )
        return False
    return True


def _worth_keeping(response: requests.Response) -> bool:
    """Keep pages of paged methods that say `ok: true`; decide once for each response.

    Whole lists are folded into a snapshot at once, and some hold personal fields that must not be
    stored, so only pages are kept here.
    """
    verdict: bool | None = getattr(response, "worth_keeping", None)
    if verdict is None:
        endpoint = BY_METHOD.get(str(response.url).rsplit("/", 1)[-1])
        verdict = endpoint is not None and endpoint.paged and _says_ok(response.content)
        response.worth_keeping = verdict  # type: ignore[attr-defined]
    return verdict


def _says_ok(body: bytes) -> bool:
    try:
        return decode_envelope(body).ok
    except ValueError:
        return False
