"""A plain client of the demo API, made with `requests`."""

from urllib.parse import quote

import msgspec
import requests


def post(api, method, *, token=None, timeout=60, **params):
    """POST a request object, by default with the token of the first account."""
    body = {"token": api.token if token is None else token, **params}
    return requests.post(f"{api.url}/{method}", json=body, timeout=timeout, allow_redirects=False)


def get(api, method, **params):
    """GET with the request object as the whole query string."""
    query = quote(msgspec.json.encode({"token": api.token, **params}))
    return requests.get(f"{api.url}/{method}?{query}", timeout=60)


def error(response):
    """The error code of a refusal, which always has HTTP status 200."""
    assert response.status_code == 200
    body = response.json()
    assert body["ok"] is False
    return body["error"]
