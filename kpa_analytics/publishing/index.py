"""index.json: what a published folder has, of which accounts, and whether it is complete."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, Protocol

from kpa_analytics.errors import KPADataError

INDEX = "index.json"
#: Raised when the meaning of the index, or the layout of the folder, changes.
FORMAT = 1


class Readable(Protocol):
    """A folder whose files can be read."""

    def read(self, name: str) -> bytes | None:
        """The content of a file, or None if it is not there."""


def read_index(folder: Readable) -> dict[str, Any]:
    """Read the index of a published folder; of a new folder, an index without accounts.

    Raises:
        KPADataError: the index is damaged, or another version wrote it.
    """
    content = folder.read(INDEX)
    if content is None:
        return {"format": FORMAT, "accounts": {}}
    try:
        index = json.loads(content)
    except ValueError as error:
        raise KPADataError(f"{folder}: {INDEX} is damaged ({error})") from error
    if not isinstance(index, dict) or index.get("format") != FORMAT:
        raise KPADataError(f"{folder}: {INDEX} is not an index of this version ({FORMAT})")
    try:
        is_whole = isinstance(index["personal"], bool) and all(
            isinstance(facts["files"], dict) for facts in index["accounts"].values()
        )
    except (KeyError, TypeError, AttributeError):
        is_whole = False
    if not is_whole:
        raise KPADataError(f"{folder}: {INDEX} is damaged: delete it, and publish every account")
    return index


def index_bytes(accounts: Mapping[str, Any], *, personal: bool) -> bytes:
    """The content of the index, for the accounts in the order of their names."""
    index = {
        "format": FORMAT,
        "published_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "package_version": version("kpa-analytics"),
        "personal": personal,
        "complete": all(account["complete"] for account in accounts.values()),
        "accounts": dict(sorted(accounts.items())),
    }
    return (json.dumps(index, indent=2, ensure_ascii=False) + "\n").encode()
