"""One requests session for one account: cached pages, a shared budget, a sealed token.

A request passes, in this order: requests-cache (a page that is kept is not sent for again),
requests-ratelimiter (the budget, shared by every process of this account), the transport adapter
(the token). Only the API's own address can be reached at all.
"""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import requests
from pyrate_limiter import (
    Duration,
    InMemoryBucket,
    Limiter,
    Rate,
    SingleBucketFactory,
    SQLiteBucket,
)
from requests_cache import CacheMixin
from requests_cache.backends.base import BaseCache
from requests_ratelimiter import LimiterMixin

from kpa_analytics.api.page_cache import open_page_cache
from kpa_analytics.api.records import METHODS, decode_envelope
from kpa_analytics.api.transport import TokenAdapter
from kpa_analytics.cache_folder import account_folder, private_file, private_folder, set_aside
from kpa_analytics.config import Settings
from kpa_analytics.errors import KPACacheWarning, KPASettingsError

Notify = Callable[[str], None]


class Session(CacheMixin, LimiterMixin, requests.Session):
    """requests.Session with the cache outside, the budget inside, and one adapter for one API."""


class AnnouncedLimiter(Limiter):
    """A limiter that says so before it makes anyone wait, and survives its own file."""

    def __init__(self, per_minute: int, folder: Path | None, notify: Notify) -> None:
        super().__init__(_budget(per_minute, folder))
        self._per_minute = per_minute
        self._notify = notify

    def try_acquire(self, name: str = "", *args: Any, **kwargs: Any) -> Any:
        """Take a permit at once where there is one; else announce the wait, and wait."""
        try:
            if super().try_acquire(name, blocking=False):
                return True
            self._notify("waiting for the budget of requests a minute")
            return super().try_acquire(name, *args, **kwargs)
        except (sqlite3.Error, OSError) as error:
            warnings.warn(
                f"the budget can't be shared with other processes ({error}); this one keeps to it",
                KPACacheWarning,
                stacklevel=2,
            )
            self.bucket_factory = _budget(self._per_minute, None)
            return super().try_acquire(name, *args, **kwargs)


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
    usable = _usable(folder)
    session = Session(
        backend=open_page_cache(folder) if usable else BaseCache(),
        expire_after=settings.max_age,
        allowable_methods=("POST",),
        filter_fn=_worth_keeping,
        limiter=AnnouncedLimiter(settings.requests_per_minute, folder if usable else None, notify),
        per_host=False,
        limit_statuses=(),
    )
    session.adapters.clear()
    session.mount(settings.api_url + "/", TokenAdapter(token))
    return session


def _usable(folder: Path) -> bool:
    """Whether the account's folder can be written to; a warning says so where it can't."""
    try:
        private_file(private_folder(folder) / "budget.sqlite.lock")
    except OSError as error:
        warnings.warn(
            f"the cache folder can't be used ({error}): everything is fetched, nothing is kept; "
            "set cache_dir (KPA_CACHE_DIR) to a folder that can be written to",
            KPACacheWarning,
            stacklevel=4,
        )
        return False
    return True


def _budget(per_minute: int, folder: Path | None) -> SingleBucketFactory:
    """A minute's budget, of which at most a quarter may go at once.

    Without the smaller window a whole minute's budget could be spent in a second, and the company's
    other integrations would find the shared pool empty. Old entries are dropped here, once, and not
    by the library's background thread, which outlives the session it serves.
    """
    burst = max(1, per_minute // 4)
    minute = int(Duration.MINUTE)
    rates = [Rate(per_minute, minute)]
    if burst < per_minute:
        rates.insert(0, Rate(burst, minute * burst // per_minute))
    bucket: SQLiteBucket | InMemoryBucket = InMemoryBucket(rates)
    if folder is not None:
        path = folder / "budget.sqlite"
        _check_budget(path)
        bucket = SQLiteBucket.init_from_file(rates, db_path=str(path), use_file_lock=True)
        bucket.leak(bucket.now())
    return SingleBucketFactory(bucket, schedule_leak=False)


def _check_budget(path: Path) -> None:
    """Set a damaged budget aside; what it knew of the last minute is lost, not the load."""
    try:
        private_file(path)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        return
    except sqlite3.DatabaseError as error:
        set_aside(path, str(error))
        private_file(path)


def _worth_keeping(response: requests.Response) -> bool:
    """Keep pages of paged methods that say `ok: true`; decide once for each response.

    Whole lists are folded into a snapshot at once, and some hold personal fields that must not be
    stored, so only pages are kept here.
    """
    verdict: bool | None = getattr(response, "worth_keeping", None)
    if verdict is None:
        method = METHODS.get(str(response.url).rsplit("/", 1)[-1])
        verdict = method is not None and method.paged and _says_ok(response.content)
        response.worth_keeping = verdict  # type: ignore[attr-defined]
    return verdict


def _says_ok(body: bytes) -> bool:
    try:
        return decode_envelope(body).ok
    except msgspec.DecodeError:
        return False
