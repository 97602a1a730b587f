"""`kpa-analytics supervisors`: a folder per supervisor, with the open cases of their people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from kpa_analytics.cli.loading import load_records
from kpa_analytics.cli.options import Account, AsOf, Demo, ExpiringDays, named_path
from kpa_analytics.statuses import EXPIRING_DAYS
from kpa_analytics.wording import count


def supervisors(
    out: Annotated[
        Path,
        typer.Argument(parser=named_path, help="The folder to create; it must be new or empty."),
    ],
    by: Annotated[
        str, typer.Option(help="Whose lists: supervisor, manager, field_office or job_title.")
    ] = "supervisor",
    as_of: AsOf = None,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Only this list: an id, employee number or name. Can be repeated."),
    ] = None,
    previous: Annotated[
        Path | None,
        typer.Option(
            parser=named_path,
            metavar="FOLDER",
            help="The folder of an earlier run of the same kind: calendar events that are no "
            "longer needed are cancelled.",
        ),
    ] = None,
    expiring_days: ExpiringDays = EXPIRING_DAYS,
    account: Account = None,
    demo: Demo = False,
) -> None:
    """Write a folder of open cases for each supervisor.

    Each folder has a page, a workbook, a calendar and a draft e-mail with the expired, missing and
    expiring trainings of that supervisor's people, and nobody else's. Nothing is sent. index.html
    is for the safety manager.
    """
    from kpa_analytics.analysis.supervisor_lists import as_listed_by
    from kpa_analytics.audit.atomic_folder import refuse_occupied
    from kpa_analytics.audit.needed_packages import need_extra
    from kpa_analytics.audit.supervisors.supervisor_packs import export_supervisor_packs
    from kpa_analytics.paths import typed_path
    from kpa_analytics.report_text import DEMO_MARK
    from kpa_analytics.wording import day as in_words

    as_listed_by(by)  # checked before the download
    out = typed_path(out)
    refuse_occupied(out.absolute())
    need_extra("lists for supervisors")
    if previous is not None:
        from kpa_analytics.audit.supervisors.earlier_lists import need_lists

        need_lists(typed_path(previous).absolute(), by)
    data, day = load_records(as_of, demo, account)
    checked: Any = by
    folder = export_supervisor_packs(
        data,
        out,
        as_of=day,
        by=checked,
        only=only or None,
        expiring_days=expiring_days,
        previous=previous,
    )
    lists = len([*folder.glob("*/cases.html")])
    typer.echo(f"{count(lists, 'list')}, as of {in_words(day)}; written to {out}")
    emptied = len([*folder.glob("*/calendar.ics")]) - lists
    if emptied:
        calendars = count(emptied, "calendar cancels", "calendars cancel")
        typer.echo(f"{calendars} the events of lists that no longer have an open case")
    if data.demo:
        typer.echo(DEMO_MARK)
    typer.echo(f"open {out / 'index.html'}; nothing was sent")
