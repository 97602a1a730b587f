"""`kpa-analytics fetch`: download the records of one or all accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from kpa_analytics.cli.loading import finish_fleet, need_one_choice
from kpa_analytics.cli.options import Account, AllAccounts, Refresh
from kpa_analytics.cli.output import print_figure
from kpa_analytics.report_text import DEMO_MARK
from kpa_analytics.wording import moment

if TYPE_CHECKING:
    from kpa_analytics.data.training_data import TrainingData


def fetch(
    refresh: Refresh = False, account: Account = None, all_accounts: AllAccounts = False
) -> None:
    """Download all records of your account, and keep them.

    They stay on this machine; `cache show` lists them. With --all-accounts, the accounts are
    downloaded side by side. If one fails, the others are kept, a line names it, and the exit code
    is 2.
    """
    from kpa_analytics.analysis.load_fleet import load_fleet
    from kpa_analytics.data.loaders import load_all

    need_one_choice({"--account": account, "--all-accounts": all_accounts})
    if not all_accounts:
        data = load_all(refresh=refresh, account=account)
        _print(data)
        if data.demo:
            typer.echo(f"\n{DEMO_MARK}")
        return
    fleet = load_fleet(refresh=refresh)
    for name, data in fleet.accounts.items():
        typer.echo(f"{name}{' (demo data)' * data.demo}")
        _print(data)
    finish_fleet(fleet)


def _print(data: TrainingData) -> None:
    for name, snapshot in data.snapshots.items():
        fetched = f"fetched {moment(snapshot.fetched_at)}"
        print_figure(name.replace("_", " "), snapshot.rows, fetched)
