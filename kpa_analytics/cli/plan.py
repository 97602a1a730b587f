"""`kpa-analytics plan`: the sessions to hold in the next weeks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kpa_analytics.analysis.planning.plan_weeks import MOST_WEEKS, WEEKS
from kpa_analytics.analysis.planning.session_seats import MOST_SEATS, SEATS
from kpa_analytics.cli.loading import load_records
from kpa_analytics.cli.options import Account, AsOf, Demo, named_path
from kpa_analytics.cli.output import print_figure, terminal_line
from kpa_analytics.report_text import DEMO_MARK

_WHY = "plan.xlsx says why, in the sheet unplaced"


def plan(
    out: Annotated[
        Path,
        typer.Argument(parser=named_path, help="The folder to create; it must be new or empty."),
    ],
    as_of: AsOf = None,
    demo: Demo = False,
    account: Account = None,
    weeks: Annotated[int, typer.Option(min=1, max=MOST_WEEKS, help="The number of weeks.")] = WEEKS,
    capacity: Annotated[
        int, typer.Option(min=1, max=MOST_SEATS, help="The most people in a session.")
    ] = SEATS,
    by: Annotated[
        str | None, typer.Option(help="field_office plans each field office separately.")
    ] = None,
    previous: Annotated[
        Path | None,
        typer.Option(
            parser=named_path,
            metavar="FOLDER",
            help="The folder of the earlier plan: its calendar events are replaced, and those that "
            "are no longer planned are cancelled.",
        ),
    ] = None,
) -> None:
    """Plan the sessions of the next weeks.

    Says which sessions to hold in which week, for whom, with which eligible instructor. Writes a
    workbook, a calendar and a chart.
    """
    from kpa_analytics.analysis.planning.plan_sessions import need_plan_group, plan_sessions
    from kpa_analytics.audit.atomic_folder import refuse_occupied
    from kpa_analytics.audit.export_plan import earlier_calendar, export_plan
    from kpa_analytics.audit.needed_packages import need_extra
    from kpa_analytics.paths import typed_path

    need_plan_group(by)  # checked before the download, like the folder
    refuse_occupied(typed_path(out).absolute())
    need_extra("plans")
    if previous is not None:
        earlier_calendar(typed_path(previous).absolute())
    data, day = load_records(as_of, demo, account)
    made = plan_sessions(data, as_of=day, weeks=weeks, capacity=capacity, by=by)  # type: ignore[arg-type]
    folder = export_plan(made, out, previous=previous)
    typer.echo(terminal_line(made.title))
    if made.demo:
        typer.echo(DEMO_MARK)
    print_figure("sessions", made.sessions.height)
    print_figure("places taken", made.people.height)
    unplaced = made.unplaced.height
    print_figure("without a place", unplaced, f"cases; {_WHY}" if unplaced else "cases")
    for sentence in made.notes:
        typer.echo(terminal_line(sentence))
    typer.echo(f"written to {folder}")
