"""`kpa-analytics publish`: write the tables of one or all accounts for other programs."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from kpa_analytics.cli.loading import chosen_day, finish_fleet, load_chosen, need_one_choice
from kpa_analytics.cli.options import (
    Account,
    AllAccounts,
    AsOf,
    Demo,
    ExpiringDays,
    Incremental,
    Refresh,
)
from kpa_analytics.errors import KPAError
from kpa_analytics.statuses import EXPIRING_DAYS
from kpa_analytics.wording import count


def publish(
    folder: Annotated[str, typer.Argument(help="The folder, or a URL such as s3://bucket/folder.")],
    as_of: AsOf = None,
    expiring_days: ExpiringDays = EXPIRING_DAYS,
    personal: Annotated[
        bool,
        typer.Option(
            "--personal", help="Also write names, employee numbers, e-mail addresses and free text."
        ),
    ] = False,
    refresh: Refresh = False,
    incremental: Incremental = False,
    account: Account = None,
    all_accounts: AllAccounts = False,
    demo: Demo = False,
) -> None:
    """Write all tables as Parquet, for other programs.

    Power BI, Excel, Tableau, DuckDB and Spark can read them. The names of the files stay the same,
    so other programs refresh from them. Only files whose content has changed are written. If an
    account can't be loaded, its files stay as they are, a line names it, and the exit code is 2.
    """
    import polars as pl

    from kpa_analytics.accounts_file import listed_accounts
    from kpa_analytics.publishing.publish import publish as publish_tables
    from kpa_analytics.publishing.publish import published_folder
    from kpa_analytics.report_text import DEMO_MARK

    need_one_choice({"--demo": demo, "--account": account, "--all-accounts": all_accounts})
    chosen_day(as_of, demo)  # checked before the download
    place = published_folder(folder)
    try:
        data: Any = load_chosen(
            account, all_accounts, demo, refresh=refresh, incremental=incremental
        )
    except KPAError as error:
        _say_failure(folder, [*listed_accounts()] if all_accounts else [account or "main"], error)
        raise
    files = publish_tables(
        data,
        folder,
        as_of=as_of,
        expiring_days=expiring_days,
        personal=personal,
        incremental=incremental,
    )
    if data.demo:
        typer.echo(f"{DEMO_MARK}\n")
    for name, changed, rows in (
        files.group_by("account", maintain_order=True)
        .agg((pl.col("change") == "written").sum(), pl.col("rows").sum())
        .iter_rows()
    ):
        of = files.filter(account=name).height
        typer.echo(
            f"  {name:<24} {changed} of {count(of, 'file')} written, {count(rows, 'row')} in all"
        )
    typer.echo(f"published in {place}")
    if all_accounts:
        finish_fleet(data)


def _say_failure(folder: str, accounts: list[str], error: KPAError) -> None:
    """Say in the folder that these accounts could not be loaded, so that nothing seems current."""
    from kpa_analytics.publishing.publish import publish_failure

    try:
        publish_failure(folder, accounts, error)
    except KPAError as other:
        raise KPAError(f"{error}; this could not be written into the folder: {other}") from error
