"""Call the API: requests in, typed answers or typed errors out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self

import msgspec
from requests import Response

from kpa_analytics.api.filters import check_filters
from kpa_analytics.api.records import METHODS, Envelope, decode, records_in
from kpa_analytics.api.refusals import refusal
from kpa_analytics.api.retries import with_retries
from kpa_analytics.api.session import open_session
from kpa_analytics.config import Settings, settings
from kpa_analytics.demo_mark import DEMO_HEADER
from kpa_analytics.errors import (
    KPADataError,
    KPASettingsError,
)
from kpa_analytics.wording import count

#: The vendor's maximum number of records in a page.
PAGE_SIZE = 1000

#: Names of methods, such as `training.completed.list`.
_METHOD = re.compile(r"[A-Za-z][\w-]*(\.[\w-]+)*", re.ASCII)

#: No company has more pages than this: an answer that announces more is refused.
MOST_PAGES = 100_000


class Answer(NamedTuple):
    """A successful answer: the decoded body and facts from the transport."""

    body: Envelope
    from_cache: bool
    cache_key: str | None
    answered_at: datetime  # UTC; for a kept page, when the API sent it
    demo: bool


class Page(NamedTuple):
    """One page of a collection."""

    number: int
    records: list[Any]
    total: int
    last_page: int
    answer: Answer

    def without_records(self) -> Page:
        """The page without its records, to save memory."""
        return self._replace(records=[], answer=self.answer._replace(body=Envelope(ok=True)))


class Client:
    """A client of one account of the API. It limits its request rate and never shows its token.

    Args:
        current: the settings; by default the current ones.

    Attributes:
        settings: the settings of this client.
        notify: called with a short text when a request has to wait; by default does nothing.

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
        if not isinstance(current, Settings | None):
            kind, current = type(current).__name__, None  # it may be the token
            raise KPASettingsError(f"current must be the result of kpa.settings(), not {kind}")
        self.settings = current or settings()
        self.notify: Any = lambda text: None
        self._closed = False
        self._session = open_session(self.settings, lambda text: self.notify(text))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Client of {self.settings.host}>"

    def close(self) -> None:
        """Close the connections to the API and to the caches; a closed client can't be used."""
        self._closed = True
        self._session.close()
        self._session.limiter.close()

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call any method once and return its answer as the API sent it; nothing is cached.

        Args:
            method: the method's name, e.g. `"api.ping"`.
            **parameters: its parameters without the token, which the client adds.

        Returns:
            The decoded JSON object, `ok` included.

        Raises:
            KPAAPIError: the API refused the request; there is one subclass per documented code.
            KPATransportError: the request did not arrive, or its answer did not come back.
            KPADataError: `method` is not the name of a method, or the answer says `ok: true` but
                can't be decoded.
            KPASettingsError: the client is closed, or a token is among the parameters.
        """
        if "token" in parameters:
            del parameters["token"]  # no traceback shows it
            raise KPASettingsError(
                "the client adds the token itself: set it with configure(token=...)"
            )
        response = self._answered(method, parameters, refresh=True)
        try:
            return dict(msgspec.json.decode(response.content))
        except (ValueError, RecursionError) as error:
            raise KPADataError(f"{method}: the answer can't be read: {error}") from None

    def records(self, method: str, **parameters: Any) -> Answer:
        """Call a method that is not paged, and decode its records.

        Args:
            method: a name in `records.METHODS`.
            **parameters: its parameters.

        Returns:
            The answer; its `body` is the method's response Struct.

        Raises:
            KPAAPIError, KPATransportError: as `call`.
            KPADataError: a record does not follow docs/api.md.
        """
        return _decoded(method, self._answered(method, parameters, refresh=True))

    def pages(self, method: str, *, refresh: bool = False, **parameters: Any) -> Iterator[Page]:
        """Yield the pages of a paged method one by one until a page is not full.

        After a full last page one more page is requested, because the API may cap its total.
        `data.proof`, not this method, proves that the pages hold the whole collection.

        Args:
            method: a paged name in `records.METHODS`.
            refresh: download every page, even if it is in the cache.
            **parameters: filters; `limit` is 1,000 records by default.

        Yields:
            The pages, from the page cache if they are fresh. To end in any case, at most 10 pages
            more than twice the number that the first page announces.

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
                    f"{method}: the API sent more than {most} pages, but announced {most // 2 - 5}"
                )
            page = self.page(method, page.number + 1, refresh=refresh, **parameters)
            yield page

    def page(self, method: str, number: int, *, refresh: bool = False, **parameters: Any) -> Page:
        """Fetch one page, counted from 1; the arguments are those of `pages`.

        Raises:
            KPADataError: as `pages`; also if a record does not match the filters, which shows that
                the server ignored them.
        """
        request = {"limit": PAGE_SIZE, **parameters, "page": number}
        response = self._answered(method, request, refresh=refresh)
        try:
            answer = _decoded(method, response)
            total, last_page = _paging(method, answer.body, request["limit"])
            records = records_in(method, answer.body)
            check_filters(method, parameters, records)
        except KPADataError:
            self.forget([response.cache_key])  # type: ignore[attr-defined] # never reuse a bad page
            raise
        return Page(number, records, total, last_page, answer)

    def forget(self, keys: list[str | None]) -> None:
        """Delete pages from the cache, because they are in a snapshot or can't be used."""
        if cached := [key for key in keys if key]:
            self._session.cache.responses.bulk_delete(cached)

    def _answered(self, method: str, parameters: dict[str, Any], *, refresh: bool) -> Response:
        """Send a request, and send it again after faults that often pass."""
        return with_retries(
            lambda: self._send(method, parameters, refresh), self.settings, self.notify
        )

    def _send(self, method: str, parameters: dict[str, Any], refresh: bool) -> Response:
        if not isinstance(method, str) or not _METHOD.fullmatch(method):
            raise KPADataError(f"{method!r} is not the name of an API method, such as api.ping")
        if self._closed:
            raise KPASettingsError("this client is closed: make a new one with kpa.Client()")
        response: Response = self._session.post(
            f"{self.settings.api_url}/{method}",
            json=parameters,
            timeout=self.settings.timeout,
            allow_redirects=False,
            force_refresh=refresh,
        )
        if error := refusal(method, response):
            raise error
        return response


def _paging(method: str, body: Any, limit: int) -> tuple[int, int]:
    """The total and the last page, checked for consistency.

    The API may cap both, and may cap the last page whatever the limit is; therefore the check
    assumes full pages.
    """
    paging = getattr(body, "paging", None)
    if paging is None:
        raise KPADataError(f"{method}: the answer has no paging")
    total, last_page = paging.total, paging.last_page
    most = last_page * max(limit, PAGE_SIZE)
    if not total <= most or not last_page <= min(max(total, 1), MOST_PAGES):
        raise KPADataError(
            f"{method}: {count(total, 'record')} can't be in {count(last_page, 'page')}"
        )
    return total, last_page


def _decoded(method: str, response: Response) -> Answer:
    if method not in METHODS:
        raise KPASettingsError(f"{method} can't be decoded here; use call() instead")
    return Answer(
        body=decode(method, response.content),
        from_cache=getattr(response, "from_cache", False),
        cache_key=getattr(response, "cache_key", None),
        answered_at=getattr(response, "created_at", None) or datetime.now(UTC),
        demo=response.headers.get(DEMO_HEADER) == "true",
    )
