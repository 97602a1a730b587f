"""`kpa-analytics verify` and `changes`: was a pack touched, and what differs between two?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kpa_analytics.cli.options import named_path
from kpa_analytics.cli.output import terminal_line
from kpa_analytics.paths import typed_path
from kpa_analytics.wording import count

#: The exit code when something differs.
FINDING = 1
#: Changes that are listed; the rest is only counted.
LISTED = 50
#: How a changed record of each table is called.
_RECORD = {
    "completions": "record {id} (person {m_user_id}, training {training_id})",
    "trainings": "training {training_id}",
    "users": "person {m_user_id}",
    "required": "requirement (person {m_user_id}, training {training_id})",
}


def verify(
    folder: Annotated[Path, typer.Argument(parser=named_path, help="The folder of a pack.")],
    key: Annotated[
        Path | None,
        typer.Option(
            parser=named_path,
            metavar="PUB.pem",
            help="The public key of the person who should have signed the pack.",
        ),
    ] = None,
    tsa_ca: Annotated[
        Path | None,
        typer.Option(
            parser=named_path,
            metavar="CA.pem",
            help="The certificates of the authority that should have timestamped the pack.",
        ),
    ] = None,
) -> None:
    """Compare every file of a pack with its manifest.

    With --key, the signature of the manifest is checked, too; with --tsa-ca, its timestamp. Exits
    with 1 if a file was changed, is missing or was added, or if the signature or the timestamp is
    not valid. Exits with 2 if the folder is not a pack, or if the key or certificate cannot be
    read. A file left by a file manager or an office program (desktop.ini, .DS_Store, ~$audit.xlsx)
    is listed as litter and does not change the exit code.
    """
    from kpa_analytics.audit.bagit import is_bag, pack_in
    from kpa_analytics.audit.manifest import read_manifest, refuse_other_folders
    from kpa_analytics.audit.sign import public_key
    from kpa_analytics.audit.timestamp import authority
    from kpa_analytics.audit.verify import verify_audit, what_was_shown

    folder = typed_path(folder, utf8=False)
    if not is_bag(folder):
        refuse_other_folders(folder)
    signer = public_key(key) if key else None
    trusted = authority(tsa_ca) if tsa_ca else None
    findings = verify_audit(folder, key=signer, tsa_ca=trusted)
    for path, finding, detail in findings.rows():
        typer.echo(f"{finding}: {terminal_line(f'{path} ({detail})')}")
    if any(finding != "litter" for finding in findings["finding"]):
        raise typer.Exit(FINDING)
    manifest = read_manifest(pack_in(folder))
    typer.echo(
        f"{count(len(manifest['files']), 'file')}, as in the manifest; seal {manifest['seal']}"
    )
    for line in what_was_shown(folder, key=signer, tsa_ca=trusted):
        typer.echo(terminal_line(line))


def changes(
    old: Annotated[
        Path,
        typer.Argument(
            parser=named_path, help="A pack, or the file of a snapshot (`cache show` lists them)."
        ),
    ],
    new: Annotated[Path, typer.Argument(parser=named_path, help="The later pack or snapshot.")],
    every: Annotated[
        bool, typer.Option("--all", help=f"List every change, not only the first {LISTED}.")
    ] = False,
) -> None:
    """List the records that differ between two packs.

    Two kept snapshots can be compared, too. The records are completions, trainings with their
    schedules, people and requirements. `cache show` lists the snapshots. Exits with 1 if a record
    was added, removed or edited.
    """
    from kpa_analytics.audit.compare import changes as compared

    differences = compared(old, new)
    listed = differences if every else differences.head(LISTED)
    for row in listed.iter_rows(named=True):
        before, after = (
            "(empty)" if row[side] is None else repr(row[side]) for side in ("old", "new")
        )
        edit = f": {row['field']} {before} -> {after}" if row["field"] else ""
        typer.echo(terminal_line(f"{row['change']} {_RECORD[row['table']].format(**row)}{edit}"))
    if differences.height > listed.height:
        typer.echo(f"... and {differences.height - LISTED:,} more; --all lists them all")
    if differences.height:
        raise typer.Exit(FINDING)
    typer.echo("no changes")
