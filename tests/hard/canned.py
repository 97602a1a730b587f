"""Give the client prepared answers as bytes, without a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any
from unittest.mock import patch

import msgspec
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

import kpa_analytics as kpa

#: What answers: the method and its parameters in, the body's bytes out.
Answering = Callable[[str, dict[str, Any]], bytes]


@contextmanager
def canned(answering: Answering, **headers: str) -> Iterator[list[str]]:
    """Let `answering` answer for the API, with these headers; yields the called methods."""
    called: list[str] = []

    def send(self: HTTPAdapter, request: PreparedRequest, **_: Any) -> Response:
        method = str(request.url).rsplit("/", 1)[-1]
        called.append(method)
        body = answering(method, msgspec.json.decode(bytes(request.body)))
        raw = HTTPResponse(
            BytesIO(body),
            {"Content-Type": "application/json", **headers},
            200,
            preload_content=False,
            decode_content=False,
        )
        return self.build_response(request, raw)

    kpa.configure(
        token="t" * 41,
        api_url="http://127.0.0.1:9/v1",
        progress=False,
        requests_per_minute=10**7,
        retries=0,
        rate_limit_wait=0,
    )
    with patch.object(HTTPAdapter, "send", send):
        yield called
