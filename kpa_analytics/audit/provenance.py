"""The facts in a manifest: day, source, time, counts and versions."""

from __future__ import annotations

import platform
from datetime import UTC, date, datetime
from importlib.metadata import version
from typing import Any

from kpa_analytics.audit.figures import Figures
from kpa_analytics.data.snapshots import Snapshot
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.report_text import (
    CHANGED_ROWS,
    COLLECTION_NAMES,
    DEMO_MARK,
    MORE_OR_FEWER_ROWS,
    SUPPLIED_ROWS,
)
from kpa_analytics.wording import say

_MADE_WITH = ("kpa-analytics", "polars", "altair", "vl-convert-python")
#: The facts of a snapshot that a manifest states.
_SOURCE = (
    *("table", "method", "params", "host", "fetched_at", "rows", "pages"),
    *("walk", "full_walk_at", "rows_sha256", "package_version"),
)


def provenance(
    data: TrainingData, figures: Figures, *, kind: str, as_of: date, settings: dict[str, Any]
) -> dict[str, Any]:
    """Collect the facts of a manifest as JSON values. Equal data and settings give equal facts.

    They contain no path of this machine and no token. `notice` is there only for demo data,
    `account` only if it has a name in accounts.toml, and `altered` only if collections are not as
    they were downloaded: the numbers of rows that they have.
    """
    fetched, altered = fetched_at(data), data.altered
    return {
        "kind": kind,
        "demo": data.demo,
        **({"notice": DEMO_MARK} if data.demo else {}),
        **({"account": data.account} if data.account else {}),
        "as_of": as_of.isoformat(),
        "fetched_at": instant(fetched) if fetched else None,
        "hosts": data.hosts,
        "counts": figures.as_counts(),
        "settings": settings,
        "sources": [_source(snapshot) for _, snapshot in sorted(data.snapshots.items())],
        **({"altered": {name: rows for name, (rows, _) in altered.items()}} if altered else {}),
        "versions": {
            "python": platform.python_version(),
            **{package: version(package) for package in _MADE_WITH},
        },
    }


def fetched_at(data: TrainingData) -> datetime | None:
    """When the oldest collection was fetched; None if the records were supplied as frames."""
    return min((snapshot.fetched_at for snapshot in data.snapshots.values()), default=None)


def altered_sentences(data: TrainingData) -> list[str]:
    """A sentence for each collection that is not as it was downloaded."""
    return [
        say(
            _altered_text(rows, loaded, downloaded=name in data.whole.snapshots),
            collection=COLLECTION_NAMES[name],
            rows=rows,
            loaded=loaded,
        )
        for name, (rows, loaded) in data.altered.items()
    ]


def _altered_text(rows: int, loaded: int, *, downloaded: bool) -> str:
    if not downloaded:
        return SUPPLIED_ROWS
    return CHANGED_ROWS if rows == loaded else MORE_OR_FEWER_ROWS


def instant(moment: datetime) -> str:
    """A moment as text, to the second, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _source(snapshot: Snapshot) -> dict[str, Any]:
    facts = {name: getattr(snapshot, name) for name in _SOURCE}
    return {
        name: instant(fact) if isinstance(fact, datetime) else fact for name, fact in facts.items()
    }
