"""What a manifest says of a pack: of which day, from where, when, how many, made with what."""

from __future__ import annotations

import platform
from datetime import UTC, date, datetime
from importlib.metadata import version
from typing import Any

from kpa_analytics.audit.figures import Figures
from kpa_analytics.data.snapshots import Snapshot
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.demo_mark import DEMO_MARK

_MADE_WITH = ("kpa-analytics", "polars", "altair", "vl-convert-python")


def provenance(
    data: TrainingData, figures: Figures, *, kind: str, as_of: date, settings: dict[str, Any]
) -> dict[str, Any]:
    """The facts of a manifest, JSON values all. The same data and settings give the same facts.

    Args:
        data: the records; the snapshots in it say where they came from.
        figures: the headline figures.
        kind: what the folder is, e.g. `audit pack`.
        as_of: the day that the statuses are of.
        settings: what else decided the outcome, e.g. expiring_days.

    Returns:
        The facts; `demo` is there always, `notice` where it is true. No path of this machine and
        no token is among them.
    """
    fetched = fetched_at(data)
    return {
        "kind": kind,
        "demo": data.demo,
        **({"notice": DEMO_MARK} if data.demo else {}),
        "as_of": as_of.isoformat(),
        "fetched_at": instant(fetched) if fetched else None,
        "hosts": sorted({one.host for one in data.snapshots.values()}),
        "counts": figures._asdict(),
        "settings": settings,
        "sources": [_source(one) for _, one in sorted(data.snapshots.items())],
        "versions": {
            "python": platform.python_version(),
            **{package: version(package) for package in _MADE_WITH},
        },
    }


def fetched_at(data: TrainingData) -> datetime | None:
    """When the oldest of the collections was fetched; None for frames made by hand."""
    return min((one.fetched_at for one in data.snapshots.values()), default=None)


def instant(moment: datetime) -> str:
    """A moment as text, to the second, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _source(one: Snapshot) -> dict[str, Any]:
    return {
        "table": one.table,
        "method": one.method,
        "params": one.params,
        "host": one.host,
        "fetched_at": instant(one.fetched_at),
        "rows": one.rows,
        "pages": one.pages,
        "walk": one.walk,
        "full_walk_at": instant(one.full_walk_at) if one.full_walk_at else None,
        "rows_sha256": one.rows_sha256,
        "package_version": one.package_version,
    }
