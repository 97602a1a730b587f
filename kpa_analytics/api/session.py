"""One requests session per account: cached pages, a shared request rate, a protected token.

A request passes through requests-cache (a cached page needs no request), requests-ratelimiter (the
budget that all processes of the account share) and the transport adapter (which adds the token), in
this order. The session reaches only the API's own address.
"""

from __future__ import annotations

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
from kpa_analytics.errors import KPACacheWarning, KPASettingsError, warn


class Session(CacheMixin, LimiterMixin, requests.Session):
    """requests.Session with a cache around a rate limiter, and one adapter for one API."""


def open_session(settings: Settings, notify: Notify) -> Session:
    """Open a session that reaches only `settings.api_url`.

    `notify` is called with a short text when a request has to wait.
    """
    folder, token = account_folder(settings), settings.token
    if token is None:
        raise KPASettingsError("no API token")
    usable = folder if _usable(folder) else None
    pages = open_page_cache(folder, settings.max_age) if usable else None
    session = Session(
        backend=pages or BaseCache(),
        expire_after=NEVER_EXPIRE,  # the page cache itself checks the age
        allowable_methods=("POST",),
        filter_fn=_worth_keeping,
        limiter=Budget(settings.requests_per_minute, usable, notify),
        per_host=False,
        limit_statuses=(),
    )
    session.settings.disabled = pages is None
    session.auth = _no_password
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.adapters.clear()
    session.mount(settings.api_url + "/", TokenAdapter(token))
    return session


def _no_password(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Add nothing: without an auth function, requests would send a password from ~/.netrc."""
    return request


def _usable(folder: Path) -> bool:
    """Whether the account's folder can be written to; warn if not."""
    try:
        private_file(private_folder(folder) / "pages.sqlite")
    except OSError as error:
        warn(
            f"the cache folder can't be used ({error}): all data is downloaded and nothing is "
            "cached. Set cache_dir (KPA_CACHE_DIR) to a writable folder",
            KPACacheWarning,
        )
        return False
    return True


def _worth_keeping(response: requests.Response) -> bool:
    """Whether a response is a page that says `ok: true`; decided once per response.

    Only pages are cached. Other lists become a snapshot at once, and some hold personal fields that
    must not be stored.
    """
    decision: bool | None = getattr(response, "worth_keeping", None)
    if decision is None:
        endpoint = BY_METHOD.get(str(response.url).rsplit("/", 1)[-1])
        decision = endpoint is not None and endpoint.paged and _says_ok(response.content)
        response.worth_keeping = decision  # type: ignore[attr-defined]
    return decision


def _says_ok(body: bytes) -> bool:
    try:
        return decode_envelope(body).ok
    except ValueError:
        return False
