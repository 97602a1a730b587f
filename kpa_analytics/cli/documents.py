"""`kpa-analytics transcript` and `roster`: one person, or one training, as PDF."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpa_analytics.cli.loading import load_records
from kpa_analytics.cli.options import Account, AsOf, Demo, named_path
from kpa_analytics.cli.output import terminal_line
from kpa_analytics.wording import count

if TYPE_CHECKING:
    from kpa_analytics.audit.document import Document

_Pdf = Annotated[
    Path, typer.Argument(parser=named_path, help="The PDF to write; an existing one is replaced.")
]


def transcript(
    person: Annotated[str, typer.Argument(help="A person's id, employee number or name.")],
    out: _Pdf,
    as_of: AsOf = None,
    demo: Demo = False,
    account: Account = None,
) -> None:
    """Write the training transcript of one person as PDF.

    It lists every training with its status, dates, instructor, signature, files and rule.
    """
    from kpa_analytics.analysis.find import find_person
    from kpa_analytics.audit.document import pdf_path
    from kpa_analytics.audit.needed_packages import need_extra
    from kpa_analytics.audit.transcript import transcript as of_person

    pdf_path(out)  # checked before the download, like the packages
    need_extra("transcripts and rosters")
    data, day = load_records(as_of, demo, account)
    _save(of_person(data, find_person(data, person), as_of=day), out, data.demo)


def roster(
    training: Annotated[str, typer.Argument(help="A training's id or title.")],
    out: _Pdf,
    as_of: AsOf = None,
    demo: Demo = False,
    account: Account = None,
) -> None:
    """Write the roster of one training as PDF.

    It lists everyone who completed or must complete the training, with what is on file.
    """
    from kpa_analytics.analysis.find import find_training
    from kpa_analytics.audit.document import pdf_path
    from kpa_analytics.audit.needed_packages import need_extra
    from kpa_analytics.audit.roster import roster as of_training

    pdf_path(out)  # checked before the download, like the packages
    need_extra("transcripts and rosters")
    data, day = load_records(as_of, demo, account)
    _save(of_training(data, find_training(data, training), as_of=day), out, data.demo)


def _save(document: Document, out: Path, demo: bool) -> None:
    from kpa_analytics.report_text import DEMO_MARK

    path = document.save(out)
    if demo:
        typer.echo(DEMO_MARK)
    typer.echo(
        f"{terminal_line(document.title)}, {count(len(document.rows), 'row')}; written to {path}"
    )
