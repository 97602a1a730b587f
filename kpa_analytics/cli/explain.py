"""`kpa-analytics explain`: why one person has a status for one training."""

from __future__ import annotations

from typing import Annotated

import typer

from kpa_analytics.cli.loading import load_records
from kpa_analytics.cli.options import Account, AsOf, Demo
from kpa_analytics.cli.output import terminal_line


def explain(
    person: Annotated[str, typer.Argument(help="A person's id, employee number or name.")],
    training: Annotated[str, typer.Argument(help="A training's id or title.")],
    as_of: AsOf = None,
    demo: Demo = False,
    account: Account = None,
) -> None:
    """Say why a person has a status, and what to do next.

    Each step ends with a mark that says where its rule comes from: [vendor], [inferred] or [ours].
    docs/rules.md has every rule; `kpa-analytics notebooks` copies it.
    """
    from kpa_analytics.analysis.explanations.explain import explain as explained
    from kpa_analytics.analysis.find import find_person, find_training

    data, day = load_records(as_of, demo, account)
    explanation = explained(
        data, find_person(data, person), find_training(data, training), as_of=day
    )
    for line in str(explanation).splitlines():
        typer.echo(terminal_line(line))
