"""The records that a command works on: of the account, or of the invented company."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kpa_analytics.errors import KPADataError, KPAError
from kpa_analytics.wording import count

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from kpa_analytics.analysis.fleet import Fleet
    from kpa_analytics.data.training_data import TrainingData


def load_records(
    as_of: str | None, demo: bool, account: str | None = None
) -> tuple[TrainingData, date]:
    """The records of an account or of the invented company, and the day of the statuses."""
    need_one_choice({"--demo": demo, "--account": account})
    chosen_day(as_of, demo)  # checked before the download
    data = load_demo() if demo else load_evidence(account=account)
    return data, chosen_day(as_of, data.demo)


def chosen_day(as_of: str | None, demo: bool, name: str = "as_of") -> date:
    """The day of the statuses; None means today, or the demo's day for invented records.

    Records of the demo's server are invented, too, without `--demo`.
    """
    from kpa_analytics.as_of import as_day

    return as_day(as_of, name, demo=demo)


def load_evidence(
    *, refresh: bool = False, incremental: bool = False, account: str | None = None
) -> TrainingData:
    """An account's records; if only the newest pages were updated last, all are downloaded.

    With `incremental`, such completions are accepted.
    """
    from kpa_analytics.data.loaders import load_all

    data = load_all(refresh=refresh, account=account)
    if _is_full(data) or incremental:
        return data
    return load_all(refresh=True, account=account)


def load_fleet_evidence(*, refresh: bool = False, incremental: bool = False) -> Fleet:
    """The records of every account, as `load_evidence` loads those of one."""
    from kpa_analytics.analysis.load_fleet import load_fleet

    fleet = load_fleet(refresh=refresh)
    if incremental or all(_is_full(data) for data in fleet.accounts.values()):
        return fleet
    return load_fleet(refresh=True)


def load_chosen(
    account: str | None, all_accounts: bool, demo: bool, *, refresh: bool, incremental: bool
) -> TrainingData | Fleet:
    """Load what the options --account, --all-accounts and --demo name, for evidence."""
    if all_accounts:
        return load_fleet_evidence(refresh=refresh, incremental=incremental)
    if demo:
        return load_demo()
    return load_evidence(refresh=refresh, incremental=incremental, account=account)


def finish_fleet(fleet: Fleet) -> None:
    """End the command with an error that names the accounts that could not be loaded, if any."""
    if fleet.failures:
        named = "; ".join(f"{name}: {error}" for name, error in fleet.failures.items())
        raise KPAError(f"{count(len(fleet.failures), 'account')} could not be loaded: {named}")


def need_one_choice(choices: Mapping[str, object]) -> None:
    """Raise a KPADataError if several of these options are given.

    Args:
        choices: the value of each option, by its name.
    """
    given = [name for name, value in choices.items() if value]
    if len(given) > 1:
        raise KPADataError(f"{' and '.join(given)} can't be given together")


def _is_full(data: TrainingData) -> bool:
    return data.snapshots["completions"].walk == "full"


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
