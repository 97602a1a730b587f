"""`kpa-analytics demo`: the first chart, of an invented company."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kpa_analytics import chart_scripts
from kpa_analytics.cli.loading import load_demo
from kpa_analytics.cli.options import named_path
from kpa_analytics.cli.output import print_figure
from kpa_analytics.paths import typed_path
from kpa_analytics.statuses import COUNTED, DUE_DAYS


def demo(
    out: Annotated[
        Path,
        typer.Option(parser=named_path, metavar="FOLDER", help="The folder to create."),
    ] = Path("audit-demo"),
) -> None:
    """Try the package on an invented company.

    Serves the company's records on this machine, fetches them over HTTP, prints the headline
    figures, and writes the first expiry chart with the rows behind it.
    """
    from kpa_analytics.analysis.due_within import due_label, due_note
    from kpa_analytics.audit.atomic_folder import refuse_occupied
    from kpa_analytics.audit.first_chart import first_rows, is_demo_output, write_first_chart
    from kpa_analytics.demo import AS_OF
    from kpa_analytics.report_text import DEMO_MARK
    from kpa_analytics.wording import day as in_words

    out = typed_path(out)
    refuse_occupied(out.absolute(), is_demo_output)
    chart_scripts.begin()
    data = load_demo()
    status, counts = first_rows(data, as_of=AS_OF)
    typer.echo(f"\n{DEMO_MARK}\n")
    print_figure("people", counts.people)
    print_figure("completions", counts.completions)
    for name in COUNTED:
        print_figure(name, counts.by_status[name])
    print_figure(due_label(DUE_DAYS), counts.in_30_days, due_note(DUE_DAYS))
    typer.echo(f"\nper person and training, as of {in_words(AS_OF)}")
    write_first_chart(data, status, counts, out, as_of=AS_OF)  # takes longer than the figures
    typer.echo(
        f"Written to {out}\n\n"
        "What to open next:\n"
        f"  {out / 'expiry_timeline.html'}  the chart, in any browser, offline\n"
        "  kpa-analytics notebooks  copies the example notebooks: the same, step by step\n"
        "  kpa-analytics audit FOLDER --demo  the whole evidence pack (your account: no --demo)"
    )
