"""Whose records these are: the name of the account's site, where the token may read it."""

from __future__ import annotations

from typing import Any

from kpa_analytics.api.client import Client
from kpa_analytics.errors import KPAError

#: The fields that can hold the name. The vendor's pages name the method, but not its fields.
_NAMES = ("name", "site_name", "siteName", "company", "title", "subdomain")


def account_name(client: Client) -> str | None:
    """The name of the account's site by the method account.info, or None if it is not known.

    Many tokens may not call that method. A refusal is not an error here, and neither is a missing
    answer: the name is only for the cover of a report.
    """
    try:
        answer = client.call("account.info")
    except KPAError:
        return None
    inner = [value for value in answer.values() if isinstance(value, dict)]
    return next((name for part in (answer, *inner) if (name := _name(part))), None)


def _name(part: dict[str, Any]) -> str | None:
    texts = (part.get(field) for field in _NAMES)
    return next((text.strip() for text in texts if isinstance(text, str) and text.strip()), None)
