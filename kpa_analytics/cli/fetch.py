"""`kpa-analytics fetch`: download the records of the account."""

from __future__ import annotations

from kpa_analytics.cli.options import Refresh
from kpa_analytics.cli.output import print_figure


def fetch(refresh: Refresh = False) -> None:
    """Download all records of your account, and keep them on this machine."""
    from kpa_analytics.data.loaders import load_all

    data = load_all(refresh=refresh)
    for name, snapshot in data.snapshots.items():
        fetched = f"fetched {snapshot.fetched_at:%Y-%m-%d %H:%M} UTC"
        print_figure(name.replace("_", " "), snapshot.rows, fetched)
