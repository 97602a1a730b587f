"""`kpa-analytics audit`: write an evidence pack."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from kpa_analytics import chart_scripts
from kpa_analytics.cli.loading import chosen_day, finish_fleet, load_chosen, need_one_choice
from kpa_analytics.cli.options import (
    Account,
    AllAccounts,
    AsOf,
    Demo,
    ExpiringDays,
    Incremental,
    Refresh,
    named_path,
)
from kpa_analytics.cli.output import print_figure
from kpa_analytics.paths import typed_path
from kpa_analytics.statuses import COUNTED, DUE_DAYS, EXPIRING_DAYS
from kpa_analytics.utf8 import need_texts


def audit(
    out: Annotated[
        Path,
        typer.Argument(parser=named_path, help="The folder to create; it must be new or empty."),
    ],
    as_of: AsOf = None,
    title: Annotated[str | None, typer.Option(help="The pack's title.")] = None,
    names: Annotated[
        bool,
        typer.Option(
            help="Show names; --no-names shows pseudonyms that never change, and leaves notes out. "
            "Hire and termination dates stay, because the statuses depend on them."
        ),
    ] = True,
    expiring_days: ExpiringDays = EXPIRING_DAYS,
    refresh: Refresh = False,
    incremental: Incremental = False,
    bagit: Annotated[
        bool, typer.Option("--bagit", help="Write a BagIt bag, with the pack in its data folder.")
    ] = False,
    sign: Annotated[
        Path | None,
        typer.Option(
            parser=named_path,
            metavar="KEY.pem",
            help="Sign the manifest with this private key. Install the extra 'sign' first.",
        ),
    ] = None,
    timestamp: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Have this RFC 3161 authority timestamp the manifest."),
    ] = None,
    people: Annotated[
        list[str] | None,
        typer.Option(help="Only this person: id, employee number or name. Can be repeated."),
    ] = None,
    trainings: Annotated[
        list[str] | None, typer.Option(help="Only this training: id or title. Can be repeated.")
    ] = None,
    field_office: Annotated[
        list[str] | None,
        typer.Option(help="Only people of this field office: name or id. Can be repeated."),
    ] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Draw a sample of this many cases for an audit test.")
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(help="A whole number: the same seed draws the same cases. Default: 0."),
    ] = None,
    since: Annotated[
        Path | None,
        typer.Option(
            parser=named_path, metavar="PACK", help="Say what changed since this earlier pack."
        ),
    ] = None,
    standard: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="The standard of the audit, for the cover."),
    ] = None,
    account: Account = None,
    all_accounts: AllAccounts = False,
    demo: Demo = False,
) -> None:
    """Write the evidence pack (--demo: of an invented company).

    The pack has a web page that works offline, the same report as PDF, its charts, a workbook,
    every record with its status, and a manifest of hashes. If the last update read only the
    newest pages of the completions, all pages are downloaded first, unless --incremental is given.

    With --all-accounts, the folder has a pack of each account, and an index that adds them up. If
    an account can't be loaded, the index names it, and the exit code is 2.
    """
    from kpa_analytics.analysis.due_within import due_label, due_note
    from kpa_analytics.audit.atomic_folder import refuse_occupied
    from kpa_analytics.audit.bagit import pack_in
    from kpa_analytics.audit.export import export_audit
    from kpa_analytics.audit.manifest import read_manifest
    from kpa_analytics.audit.needed_packages import need_extra
    from kpa_analytics.audit.sample import sample_size
    from kpa_analytics.audit.sign import signing_key
    from kpa_analytics.audit.since_earlier_pack import earlier_pack
    from kpa_analytics.audit.timestamp import timestamp_url
    from kpa_analytics.report_text import DEMO_MARK
    from kpa_analytics.wording import day as in_words

    need_one_choice({"--demo": demo, "--account": account, "--all-accounts": all_accounts})
    chosen_day(as_of, demo)  # checked before the download
    sample_size(sample, seed)
    need_texts(title=title, standard=standard)
    out = typed_path(out)
    refuse_occupied(out.absolute())
    need_extra("evidence packs")
    key = signing_key(sign) if sign else None
    if timestamp is not None:
        timestamp_url(timestamp)
    if since:
        earlier_pack(since)  # before the download
    chart_scripts.begin()
    data: Any = load_chosen(account, all_accounts, demo, refresh=refresh, incremental=incremental)
    day = data.day(as_of) if all_accounts else chosen_day(as_of, data.demo)
    pack = export_audit(
        data,
        out,
        as_of=day,
        expiring_days=expiring_days,
        title=title,
        names=names,
        incremental=incremental,
        bagit=bagit,
        sign=key,
        timestamp=timestamp,
        people=people or None,
        trainings=trainings or None,
        field_office=field_office or None,
        sample=sample,
        seed=seed,
        since=since,
        standard=standard,
        organisation=None if demo or all_accounts else _organisation(account),
    )
    if data.demo:
        typer.echo(f"{DEMO_MARK}\n")
    manifest = read_manifest(pack_in(pack))
    counts = manifest["counts"]
    for name in ("people", "completions", *COUNTED):
        print_figure(name, counts[name])
    print_figure(due_label(DUE_DAYS), counts["in_30_days"], due_note(DUE_DAYS))
    print_figure("findings", counts["findings"])
    first = "index.html" if all_accounts else "report.html"
    typer.echo(
        f"\nas of {in_words(day)}; written to {out}\n"
        f'open {pack_in(out) / first}, check later with: kpa-analytics verify "{out}"\n'
        f"seal {manifest['seal']}"
    )
    if key:
        typer.echo(f"signed ({manifest['signature']['algorithm']}); add --key PUB.pem to verify")
    if all_accounts:
        finish_fleet(data)


def _organisation(account: str | None) -> str | None:
    """The name of the account's site, where the token may read it."""
    from kpa_analytics.api.client import Client
    from kpa_analytics.data.account import account_name
    from kpa_analytics.data.accounts import account_settings

    with Client(account_settings(account) if account else None) as client:
        return account_name(client)
