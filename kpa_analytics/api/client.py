"""Calls to the API: the request, the envelope, the retries; typed answers or typed errors."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self

import msgspec
from requests import Response
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential,
    wait_random,
)

from kpa_analytics.api.filters import check_filters
from kpa_analytics.api.records import METHODS, Envelope, decode, decode_envelope, records_in
from kpa_analytics.api.session import open_session
from kpa_analytics.config import Settings, settings
from kpa_analytics.demo_mark import DEMO_HEADER
from kpa_analytics.errors import (
    API_ERRORS,
    KPAAPIError,
    KPADataError,
    KPARateLimitError,
    KPAServerError,
    KPASettingsError,
    KPATransportError,
)

#: The vendor's maximum of records in one page.
PAGE_SIZE = 1000

#: More pages than any company has: an answer that promises more is not believed.
MOST_PAGES = 100_000

#: Waits for a spent pool: each is twice as long as the one before, the first `rate_limit_wait`.
_POOL_WAITS = 3

#: Faults that often pass by themselves; the rest would only fail again.
_PASSING = {"timeout", "connection", "cut", "server", "not_json"}


class Answer(NamedTuple):
    """A successful answer: the decoded body and what the transport knows about it."""

    body: Envelope
    from_cache: bool
    cache_key: str | None
    answered_at: datetime  # UTC; of a kept page: when it came
    demo: bool


class Page(NamedTuple):
    """One page of a collection."""

    number: int
    records: list[Any]
    total: int
    last_page: int
    answer: Answer

    def without_records(self) -> Page:
        """The same facts, but none of the records: a million of them need not stay in memory."""
        return self._replace(records=[], answer=self.answer._replace(body=Envelope(ok=True)))


class Client:
    """Talks to one account of the API; a good guest there, and safe with its token.

    Args:
        current: the settings; those in force by default.

    Attributes:
        settings: the settings this client was made with.
        notify: told in a few words what a request is waiting for; silent by default.

    Raises:
        KPASettingsError: no token is set.

    Examples:
        >>> from kpa_analytics import demo
        >>> from kpa_analytics.config import Settings
        >>> with demo.serve() as api:
        ...     with Client(Settings(token=api.token, api_url=api.url)) as client:
        ...         client.call("api.ping")["ok"]
        True
    """

    def __init__(self, current: Settings | None = None) -> None:
        self.settings = current or settings()
        self.notify: Any = lambda text: None
        self._session = open_session(self.settings, lambda text: self.notify(text))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Client of {self.settings.host}>"

    def close(self) -> None:
        """Close the connections to the API and to the caches."""
        self._session.close()
        self._session.limiter.close()

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call any method once and give back its answer as the API sent it; nothing is kept.

        Args:
            method: the method's name, e.g. `"api.ping"`.
            **parameters: its parameters; the token is added on the way out.

        Returns:
            The decoded JSON object, `ok` included.

        Raises:
            KPAAPIError: the API refused; one subclass per documented code.
            KPATransportError: the request did not arrive, or its answer did not come back.
            KPADataError: the answer says `ok: true` and can't be read further.
        """
        if "token" in parameters:
            raise KPASettingsError("the token is added on the way out: configure() takes it")
        response = self._answered(method, parameters, refresh=True)
        try:
            return dict(msgspec.json.decode(response.content))
        except (ValueError, RecursionError) as error:
            raise KPADataError(f"{method}: the answer can't be read: {error}") from None

    def records(self, method: str, **parameters: Any) -> Answer:
        """Call a known method that is not paged, and decode its records.

        Args:
            method: a name in `records.METHODS`.
            **parameters: its parameters.

        Returns:
            The answer; its `body` is the method's response Struct.

        Raises:
            KPAAPIError, KPATransportError: as `call`.
            KPADataError: a record is not what the contract says.
        """
        return _decoded(method, self._answered(method, parameters, refresh=True))

    def pages(self, method: str, *, refresh: bool = False, **parameters: Any) -> Iterator[Page]:
        """Give the pages of a paged method one by one, unchecked, until one is not full.

        After a full last page one more is asked for: a total may be capped. That the pages hold
        the whole collection is proved in `data.walk`, not here.

        Args:
            method: a paged name in `records.METHODS`.
            refresh: fetch every page again, kept or not.
            **parameters: filters; `limit` is 1,000 records unless given.

        Yields:
            The pages, from the page cache where they are kept and fresh. At most twice as many
            (and ten) as the first one promised, so that no answer can make us walk for ever.

        Raises:
            KPAAPIError, KPATransportError, KPADataError: as `records`.
        """
        page = self.page(method, 1, refresh=refresh, **parameters)
        most = 2 * page.last_page + 10
        yield page
        limit = parameters.get("limit", PAGE_SIZE)
        while len(page.records) >= limit or page.number < page.last_page:
            if page.number >= most:
                raise KPADataError(
                    f"{method}: more than {most} pages, where {most // 2 - 5} were promised"
                )
            page = self.page(method, page.number + 1, refresh=refresh, **parameters)
            yield page

    def page(self, method: str, number: int, *, refresh: bool = False, **parameters: Any) -> Page:
        """Fetch one page, counted from 1; as `pages`.

        Raises:
            KPADataError: also where a record is one that the filters leave out: they were ignored.
        """
        request = {"limit": PAGE_SIZE, **parameters, "page": number}
        response = self._answered(method, request, refresh=refresh)
        try:
            answer = _decoded(method, response)
            total, last_page = _paging(method, answer.body, request["limit"])
            records = records_in(method, answer.body)
            check_filters(method, parameters, records)
        except KPADataError:
            self.forget([response.cache_key])  # type: ignore[attr-defined] # it is as bad next time
            raise
        return Page(number, records, total, last_page, answer)

    def forget(self, keys: list[str | None]) -> None:
        """Drop these pages from the cache: they stand in a snapshot, or are good for nothing."""
        if kept := [key for key in keys if key]:
            self._session.cache.responses.bulk_delete(kept)

    def _answered(self, method: str, parameters: dict[str, Any], *, refresh: bool) -> Response:
        """Send, wait and try again as often as is polite."""
        after_the_pool = Retrying(
            retry=retry_if_exception_type(KPARateLimitError),
            stop=stop_after_attempt(_POOL_WAITS + 1),
            wait=self._pool_pause,
            before_sleep=self._announce,
            reraise=True,
        )
        after_a_fault = Retrying(
            retry=retry_if_exception(_passes),
            stop=stop_after_attempt(self.settings.retries + 1),
            wait=wait_exponential(multiplier=0.5, max=10) + wait_random(0, 0.5),
            before_sleep=self._announce,
            reraise=True,
        )
        response: Response = after_the_pool(after_a_fault, self._send, method, parameters, refresh)
        return response

    def _send(self, method: str, parameters: dict[str, Any], refresh: bool) -> Response:
        response: Response = self._session.post(
            f"{self.settings.api_url}/{method}",
            json=parameters,
            timeout=self.settings.timeout,
            allow_redirects=False,
            force_refresh=refresh,
        )
        if error := _refusal(method, response):
            raise error
        return response

    def _pool_pause(self, state: RetryCallState) -> float:
        """Seconds until the next try: twice the last wait, or longer where Retry-After says so.

        A Retry-After counts up to the longest of our own waits: a header must not stop us for days.
        """
        error = state.outcome.exception() if state.outcome else None
        asked = getattr(error, "retry_after", None) or 0.0
        first = self.settings.rate_limit_wait
        doubled = first * 2.0 ** (state.attempt_number - 1)
        longest = first * 2.0 ** (_POOL_WAITS - 1)
        return max(doubled, min(asked, longest))

    def _announce(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        why = error.code if isinstance(error, KPAAPIError) else getattr(error, "reason", "a fault")
        self.notify(f"{why}: trying again in {state.upcoming_sleep:.0f} s")


def _passes(error: BaseException) -> bool:
    if isinstance(error, KPATransportError):
        return error.reason in _PASSING
    return isinstance(error, KPAServerError)


def _refusal(method: str, response: Response) -> KPAAPIError | KPATransportError | None:
    """The error that a response stands for; None where it says `ok: true`."""
    request_id = response.headers.get("HZS-Request-ID")
    if response.status_code == 429:
        error = KPARateLimitError("rate_limit_exceeded", "HTTP 429", method, request_id)
        error.retry_after = _retry_after(response)
        return error
    if response.status_code == 200 and getattr(response, "worth_keeping", False):
        return None  # the session has read that it says `ok: true`
    try:
        envelope = decode_envelope(response.content)
    except ValueError:
        return _no_envelope(method, response)
    if envelope.ok:
        return None if response.status_code == 200 else _no_envelope(method, response)
    code = str(envelope.error or "unknown")
    description = None if envelope.description is None else str(envelope.description)
    error_class = API_ERRORS.get(code, KPAAPIError)
    refusal = error_class(code, description, method, request_id)
    if isinstance(refusal, KPARateLimitError):
        refusal.retry_after = _retry_after(response)
    return refusal


def _no_envelope(method: str, response: Response) -> KPATransportError:
    status = response.status_code
    start = response.content[:80].decode("utf-8", "replace").strip()
    if 300 <= status < 400:
        return KPATransportError(
            f"{method}: redirected (HTTP {status}) and not followed, because the token would go "
            "along; set api_url to the API's own address",
            "redirect",
        )
    if status == 200:
        return KPATransportError(
            f"{method}: the answer is not the API's JSON; it begins {start!r}. A proxy or a login "
            "page may stand in between",
            "not_json",
        )
    reason = "server" if status >= 500 else "status"
    return KPATransportError(f"{method}: HTTP {status}, beginning {start!r}", reason)


def _retry_after(response: Response) -> float | None:
    """Seconds, from either form of the header; None where it is absent or unreadable."""
    header = response.headers.get("Retry-After", "").strip()
    if header.isdecimal():
        return float(header)
    moment = _moment(header)
    return None if moment is None else max(0.0, moment - time.time())


def _moment(header: str) -> float | None:
    """Epoch seconds of an HTTP date; None where it is none."""
    try:
        moment = email.utils.parsedate_to_datetime(header)
    except (ValueError, TypeError, OverflowError):
        return None
    # One without a zone is UTC; as local time, Windows has none before 1970.
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _paging(method: str, body: Any, limit: int) -> tuple[int, int]:
    """The total and the last page; pages that can't hold the total would pass a part for all.

    Both may be capped, the last page without regard to the limit: so full pages are counted with.
    """
    paging = getattr(body, "paging", None)
    if paging is None:
        raise KPADataError(f"{method}: the answer has no paging")
    total, last_page = paging.total, paging.last_page
    most = last_page * max(limit, PAGE_SIZE)
    if not total <= most or not last_page <= min(max(total, 1), MOST_PAGES):
        raise KPADataError(f"{method}: {total} records in {last_page} pages can't be true")
    return total, last_page


def _decoded(method: str, response: Response) -> Answer:
    if method not in METHODS:
        raise KPASettingsError(f"{method} is not a method known here; use call() for it")
    return Answer(
        body=decode(method, response.content),
        from_cache=getattr(response, "from_cache", False),
        cache_key=getattr(response, "cache_key", None),
        answered_at=getattr(response, "created_at", None) or datetime.now(UTC),
        demo=response.headers.get(DEMO_HEADER) == "true",
    )
