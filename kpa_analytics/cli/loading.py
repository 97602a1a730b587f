"""The records that a command works on: of the account, or of the invented company."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from kpa_analytics.data.training_data import TrainingData


def load_records(as_of: str | None, demo: bool) -> tuple[TrainingData, date]:
    """The records of the account or of the invented company, and the day of the statuses."""
    last_day(as_of, demo)  # checked before the download
    data = load_demo() if demo else load_evidence()
    return data, last_day(as_of, data.demo)


def last_day(as_of: str | None, demo: bool, name: str = "as_of") -> date:
    """The day of the statuses; None means today, or the demo's day for invented records.

    Records of the demo's server are invented, too, without `--demo`.
    """
    from kpa_analytics.demo import AS_OF
    from kpa_analytics.inputs import as_day

    return as_day(AS_OF if demo and as_of is None else as_of, name)


def load_evidence(*, refresh: bool = False, incremental: bool = False) -> TrainingData:
    """The account's records; if only the newest pages were updated last, all are downloaded.

    With `incremental`, such completions are accepted.
    """
    from kpa_analytics.data.loaders import load_all

    data = load_all(refresh=refresh)
    if data.snapshots["completions"].walk == "full" or incremental:
        return data
    return load_all(refresh=True)


def load_demo() -> TrainingData:
    """Load all records of the invented company over real HTTP, with a temporary cache."""
    from tempfile import TemporaryDirectory

    from kpa_analytics.api.client import Client
    from kpa_analytics.config import Settings
    from kpa_analytics.data.loaders import load_all
    from kpa_analytics.demo import serve
    from kpa_analytics.secret import Secret

    with TemporaryDirectory(ignore_cleanup_errors=True) as cache, serve() as api:
        current = Settings(
            token=Secret(api.token),
            api_url=api.url,
            cache_dir=Path(cache),
            requests_per_minute=100_000,
        )
        with Client(current) as client:
            return load_all(client=client)
