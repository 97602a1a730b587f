"""Every command of the command line, in the order of its help."""

from __future__ import annotations

from typing import Annotated

import typer

from kpa_analytics.cli.audit import audit
from kpa_analytics.cli.cache import cache
from kpa_analytics.cli.dashboard import dashboard
from kpa_analytics.cli.demo import demo
from kpa_analytics.cli.documents import roster, transcript
from kpa_analytics.cli.explain import explain
from kpa_analytics.cli.fetch import fetch
from kpa_analytics.cli.notebooks import notebooks
from kpa_analytics.cli.plan import plan
from kpa_analytics.cli.publish import publish
from kpa_analytics.cli.supervisors import supervisors
from kpa_analytics.cli.trend import trend
from kpa_analytics.cli.verify import changes, verify

app = typer.Typer(
    name="kpa-analytics",
    help="Training records of KPA EHS (KPA Flex, NOVARA Flex): who is trained, and until when?",
    epilog="Your own account: set KPA_API_TOKEN, then `kpa-analytics audit FOLDER`. "
    "Exit codes: 0 success, 1 verify or changes found a difference, 2 an error, "
    "130 stopped with Ctrl-C.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"kpa-analytics {version('kpa-analytics')}")
        raise typer.Exit


@app.callback()
def _options(
    _: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None: ...


for command in (
    *(demo, notebooks, fetch, audit, verify, publish),
    *(transcript, roster, supervisors, explain, trend, plan, changes, dashboard),
):
    app.command()(command)
app.add_typer(cache, name="cache")
