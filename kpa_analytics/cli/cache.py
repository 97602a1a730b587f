"""`kpa-analytics cache`: the files kept on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from kpa_analytics.cli.options import Account
from kpa_analytics.wording import count, moment

cache = typer.Typer(no_args_is_help=True, help="Show or delete the files kept on this machine.")


@cache.command()
def show(account: Account = None) -> None:
    """Print where files are kept, and list your account's snapshots, newest first.

    Folders of other accounts, and of earlier tokens of your account, are named below.
    """
    from kpa_analytics.cache_folder import account_folder, account_folders
    from kpa_analytics.config import settings
    from kpa_analytics.data.accounts import account_settings
    from kpa_analytics.data.snapshots import snapshots

    typer.echo(f"kept in {settings().cache_dir}")
    for row in snapshots(account=account).iter_rows(named=True):
        records = count(row["rows"], "record")
        typer.echo(
            f"{moment(row['fetched_at']):<23} {row['table']:<16} {records:>17}  {row['path']}"
        )
    own = account_folder(account_settings(account) if account else settings())
    for folder in account_folders():
        if folder != own:
            typer.echo(f"also kept, of another account or an earlier token: {folder}")


@cache.command()
def clear(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
) -> None:
    """Delete all kept pages and snapshots, of all accounts.

    Older snapshots cannot be downloaded again.
    """
    from kpa_analytics.cache_folder import clear_cache
    from kpa_analytics.config import settings

    if not yes:
        typer.confirm(f"Delete all files kept in {settings().cache_dir}?", abort=True)
    clear_cache()
    typer.echo("cleared")
