"""A plain client: what anybody's `requests` sees of the demo API."""

from urllib.parse import quote

import msgspec
import requests


def post(api, method, *, token=None, timeout=10, **params):
    """POST a request object; the token of the API's first account unless another is given."""
    body = {"token": api.token if token is None else token, **params}
    return requests.post(f"{api.url}/{method}", json=body, timeout=timeout, allow_redirects=False)


def get(api, method, **params):
    """GET with the request object as the whole query string."""
    query = quote(msgspec.json.encode({"token": api.token, **params}))
    return requests.get(f"{api.url}/{method}?{query}", timeout=10)


def error(response):
    """The error code of a refusal, which always comes with HTTP 200."""
    assert response.status_code == 200
    body = response.json()
    assert body["ok"] is False
    return body["error"]
