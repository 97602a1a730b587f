"""The command line: `kpa-analytics demo`, and the same for your own account.

Exit codes: 0 fine, 1 a finding, 2 a usage or data error. An error is one line, never a traceback.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.main import get_command

from kpa_analytics.errors import KPACacheWarning, KPADataWarning, KPAError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kpa_analytics.data.training_data import TrainingData

USAGE_OR_DATA = 2

app = typer.Typer(
    name="kpa-analytics",
    help="Training records of KPA EHS (KPA Flex, NOVARA Flex): who is trained, and until when?",
    epilog="Your own account: set KPA_API_TOKEN, then `kpa-analytics audit FOLDER`. "
    "Exit codes: 0 fine, 1 a finding, 2 a usage or data error.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    with warnings.catch_warnings():
        warnings.simplefilter("once", KPADataWarning)
        warnings.simplefilter("once", KPACacheWarning)
        warnings.showwarning = _note
        try:
            get_command(app)(prog_name="kpa-analytics")
        except (KPAError, OSError) as error:
            _say_error(error)
    sys.exit(USAGE_OR_DATA)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"kpa-analytics {version('kpa-analytics')}")
        raise typer.Exit


@app.callback()
def _options(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None: ...


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="The folder to make.")] = Path("audit-demo"),
) -> None:
    """Try it on an invented company: fetch its records over HTTP, draw the first expiry chart."""
    from kpa_analytics.audit.bundle import refuse_occupied
    from kpa_analytics.audit.first_chart import is_demo_output, write_first_chart
    from kpa_analytics.demo import AS_OF
    from kpa_analytics.demo_mark import DEMO_MARK

    refuse_occupied(out.absolute(), is_demo_output)
    data = _load_demo()
    figures = write_first_chart(data, _status(data, AS_OF), out, as_of=AS_OF)
    typer.echo(f"\n{DEMO_MARK}\n")
    _table(
        [
            ("people", figures.people),
            ("completions", figures.completions),
            ("expired", figures.expired),
            ("expiring soon", figures.expiring),
            ("current", figures.current),
            ("missing", figures.missing),
        ]
    )
    typer.echo(
        f"\nper person and training, as of {AS_OF}; expiring soon: in 30 days, or as the training "
        f"says.\nWritten to {out}\n\n"
        "What to open next:\n"
        f"  {out / 'expiry_timeline.html'}  the chart, in any browser, offline\n"
        "  jupyter lab notebooks/01_expiry.ipynb  the same, step by step\n"
        "  kpa-analytics audit FOLDER  the whole evidence pack, from your own account"
    )


def _load_demo() -> TrainingData:
    """All records of the invented company, through real HTTP, with a cache that is thrown away."""
    from tempfile import TemporaryDirectory

    from kpa_analytics.api.client import Client
    from kpa_analytics.config import Secret, Settings
    from kpa_analytics.data.loaders import load_all
    from kpa_analytics.demo import serve

    with TemporaryDirectory() as cache, serve() as api:
        current = Settings(
            token=Secret(api.token),
            api_url=api.url,
            cache_dir=Path(cache),
            requests_per_minute=100_000,
        )
        with Client(current) as client:
            return load_all(client=client)


def _status(data: TrainingData, as_of: object, expiring_days: int = 30) -> Any:
    from kpa_analytics.analysis.expiry import expiry_status

    required = data.employee_status if data.employee_status.height else None
    return expiry_status(
        data.completions,
        data.trainings,
        data.users,
        as_of=as_of,
        expiring_days=expiring_days,
        required=required,
    )


def _table(rows: Iterable[tuple[str, object]]) -> None:
    """Names left, figures right, thousands separated."""
    shown = [(name, f"{value:,}" if isinstance(value, int) else str(value)) for name, value in rows]
    names, values = (max(len(row[place]) for row in shown) for place in (0, 1))
    for name, value in shown:
        typer.echo(f"  {name:<{names}}  {value:>{values}}")


def _note(message: Warning | str, *_: Any, **__: Any) -> None:
    typer.echo(f"note: {_one_line(message)}", err=True)


def _say_error(error: Exception) -> None:
    typer.echo(f"kpa-analytics: {_one_line(error)}", err=True)


def _one_line(text: object) -> str:
    return " ".join(str(text).split())
