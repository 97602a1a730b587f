"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kpa_analytics.statuses import MOST_EXPIRING_DAYS


def named_path(given: str | Path) -> Path:
    """The path that an argument or an option names.

    An empty text is an error: a shell puts it where a variable has no value, and for Python it
    would be the current folder.
    """
    if not str(given).strip():
        raise typer.BadParameter("it is empty: give a path")
    return Path(given)


Refresh = Annotated[
    bool, typer.Option("--refresh", help="Download everything again, even recent data.")
]
Account = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="The account of this name in accounts.toml."),
]
AllAccounts = Annotated[
    bool, typer.Option("--all-accounts", help="Every account in accounts.toml.")
]
AsOf = Annotated[
    str | None,
    typer.Option(
        help="The day of the statuses, e.g. 2026-06-30. Default: today, or the demo's day."
    ),
]
ExpiringDays = Annotated[
    int,
    typer.Option(
        min=0,
        max=MOST_EXPIRING_DAYS,
        help="Days before expiration that count as expiring soon, unless the training sets its own "
        "number.",
    ),
]
Demo = Annotated[
    bool,
    typer.Option(
        "--demo", help="Use the invented company. Without --as-of, the day is 2026-06-30."
    ),
]
Incremental = Annotated[
    bool,
    typer.Option(
        "--incremental/--no-incremental",
        help="Accept a snapshot in which only the newest pages were updated.",
    ),
]
