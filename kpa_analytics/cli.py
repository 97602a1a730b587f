"""The command line: `kpa-analytics demo`, and the same for your own account.

Exit codes: 0 success, 1 verify or changes found a difference, 2 any error, 130 after Ctrl-C.
An error is one line, never a traceback, and never shows the token.
"""

from __future__ import annotations

import os
import sys
import warnings
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.main import get_command

from kpa_analytics.errors import KPACacheWarning, KPADataWarning, KPAError
from kpa_analytics.paths import typed_path
from kpa_analytics.statuses import CURRENT, EXPIRED, EXPIRING, MISSING, STATUS_LABELS

if TYPE_CHECKING:
    from datetime import date

    from kpa_analytics.audit.document import Document
    from kpa_analytics.data.training_data import TrainingData

FINDING = 1
USAGE_OR_DATA = 2
#: As in shells: 128 plus the number of the signal that Ctrl-C sends.
STOPPED = 130
#: The base class of typer's errors about commands, options and arguments.
UsageError: type[Exception] = typer.BadParameter.__bases__[0]
#: Changes that are listed; the rest is only counted.
LISTED = 50

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

_Refresh = Annotated[
    bool, typer.Option("--refresh", help="Download everything again, even recent data.")
]


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    _say_all_letters()
    with warnings.catch_warnings():
        warnings.simplefilter("once", KPADataWarning)
        warnings.simplefilter("once", KPACacheWarning)
        warnings.showwarning = _note
        code = _exit_code()
    sys.exit(code)


def _exit_code() -> int:
    """Run the command; report every failure in one line, including panics of polars."""
    try:
        code = get_command(app)(prog_name="kpa-analytics", standalone_mode=False) or 0
        sys.stdout.flush()
        if code == STOPPED:
            _say_error("stopped; nothing more was done")
        return int(code)
    except UsageError as error:
        _say_usage(error)
    except typer.Abort:
        _say_error("stopped; nothing more was done")
    except (KPAError, OSError) as error:
        _say_error(error)
        _give_up_output()
    except SystemExit as error:  # from a library: its code 1 does not mean a finding
        if isinstance(error.code, str):
            _say_error(error.code)
        return USAGE_OR_DATA if error.code else 0
    except KeyboardInterrupt:
        _say_error("stopped; nothing more was done")
        return STOPPED
    except BaseException as error:
        _say_error(f"{type(error).__name__}: {error} [{_place(error)}]; please report this")
    return USAGE_OR_DATA


def _say_all_letters() -> None:
    """Let output accept any letter; one outside the console's encoding is printed as a number."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _give_up_output() -> None:
    """Discard output that cannot be written; Python would fail on it again, with code 120."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _place(error: BaseException) -> str:
    """The file and line that raised an error."""
    step = error.__traceback__
    while step and step.tb_next:
        step = step.tb_next
    return f"{Path(step.tb_frame.f_code.co_filename).name}:{step.tb_lineno}" if step else "?"


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


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="The folder to create.")] = Path("audit-demo"),
) -> None:
    """Try the package on an invented company, served on this machine.

    Fetches the company's records over HTTP, prints the headline figures, and writes the first
    expiry chart with the rows behind it.
    """
    from kpa_analytics.audit.atomic_folder import refuse_occupied
    from kpa_analytics.audit.first_chart import is_demo_output, write_first_chart
    from kpa_analytics.demo import AS_OF
    from kpa_analytics.demo_mark import DEMO_MARK

    out = typed_path(out)
    refuse_occupied(out.absolute(), is_demo_output)
    counts = write_first_chart(_load_demo(), out, as_of=AS_OF)
    typer.echo(f"\n{DEMO_MARK}\n")
    for name, figure, note in (
        ("people", counts.people, ""),
        ("completions", counts.completions, ""),
        (EXPIRED, counts.expired, ""),
        (
            EXPIRING,
            counts.expiring,
            "by each training's own expiring days or window, as in the charts",
        ),
        ("due within 30 days", counts.in_30_days, "still valid; last day at most 30 days away"),
        (CURRENT, counts.current, ""),
        (MISSING, counts.missing, ""),
    ):
        _line(name, figure, note)
    typer.echo(
        f"\nper person and training, as of {AS_OF}\nWritten to {out}\n\n"
        "What to open next:\n"
        f"  {out / 'expiry_timeline.html'}  the chart, in any browser, offline\n"
        "  jupyter lab notebooks/01_expiry.ipynb  the same, step by step\n"
        "  kpa-analytics audit FOLDER --demo  the whole evidence pack (your account: no --demo)"
    )


@app.command()
def fetch(refresh: _Refresh = False) -> None:
    """Download all records of your account, and keep them on this machine."""
    from kpa_analytics.data.loaders import load_all

    data = load_all(refresh=refresh)
    for name, snapshot in data.snapshots.items():
        fetched = f"fetched {snapshot.fetched_at:%Y-%m-%d %H:%M} UTC"
        _line(name.replace("_", " "), snapshot.rows, fetched)


@app.command()
def audit(
    out: Annotated[Path, typer.Argument(help="The folder to create; it must be new or empty.")],
    as_of: Annotated[
        str | None, typer.Option(help="The day of the statuses, e.g. 2026-06-30. Default: today.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="The pack's title.")] = None,
    names: Annotated[
        bool,
        typer.Option(
            help="Show names; --no-names shows pseudonyms that never change, and leaves notes out."
        ),
    ] = True,
    expiring_days: Annotated[
        int,
        typer.Option(min=0, max=36_500, help="Days before expiration that count as expiring soon."),
    ] = 30,
    refresh: _Refresh = False,
    incremental: Annotated[
        bool, typer.Option(help="Accept completions of which only the newest pages were updated.")
    ] = False,
    bagit: Annotated[
        bool, typer.Option("--bagit", help="Write a BagIt bag, with the pack in its folder data.")
    ] = False,
    sign: Annotated[
        Path | None,
        typer.Option(
            metavar="KEY.pem",
            help="Sign the manifest with this private key (needs the extra sign).",
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
        int | None, typer.Option(min=1, help="Draw a sample of so many cases for an audit test.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Which sample is drawn: any whole number. Default: 0.")
    ] = None,
    since: Annotated[
        Path | None,
        typer.Option(metavar="PACK", help="Say what changed since this earlier pack."),
    ] = None,
    standard: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="The standard that the pack answers, for its cover."),
    ] = None,
    demo: Annotated[
        bool,
        typer.Option(
            "--demo", help="Use the invented company. Without --as-of, the day is 2026-06-30."
        ),
    ] = False,
) -> None:
    """Write the evidence pack (--demo: of an invented company).

    The pack has a web page that works offline, the same report as PDF, its charts, a workbook,
    every record with its status, and a manifest of hashes. If only the newest pages of the
    completions were updated last, all pages are downloaded first, unless --incremental is given.
    """
    from kpa_analytics.audit.atomic_folder import refuse_occupied
    from kpa_analytics.audit.bagit import pack_in
    from kpa_analytics.audit.export import export_audit
    from kpa_analytics.audit.manifest import read_manifest
    from kpa_analytics.audit.sign import signing_key
    from kpa_analytics.audit.since import earlier_pack
    from kpa_analytics.audit.timestamp import timestamp_url
    from kpa_analytics.data.loaders import load_all
    from kpa_analytics.demo import AS_OF
    from kpa_analytics.inputs import as_day

    day = as_day(AS_OF if demo and as_of is None else as_of)
    out = typed_path(out)
    refuse_occupied(out.absolute())
    key = signing_key(sign) if sign else None
    if timestamp is not None:
        timestamp_url(timestamp)
    if since:
        earlier_pack(since)  # before the download
    data = _load_demo() if demo else load_all(refresh=refresh)
    if data.snapshots["completions"].walk != "full" and not incremental:
        data = load_all(refresh=True)
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
        organisation=None if demo else _organisation(),
    )
    manifest = read_manifest(pack_in(pack))
    counts = manifest["counts"]
    for name in ("people", "completions", EXPIRED, EXPIRING, CURRENT, MISSING, "findings"):
        _line(name, counts[name])
    typer.echo(
        f"\nas of {day}; written to {out}\n"
        f"open {pack_in(out) / 'report.html'}, check later with: kpa-analytics verify {out}\n"
        f"seal {manifest['seal']}"
    )
    if key:
        typer.echo(f"signed ({manifest['signature']['algorithm']}); add --key PUB.pem to verify")


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(help="The folder of a pack.")],
    key: Annotated[
        Path | None,
        typer.Option(metavar="PUB.pem", help="The public key of whoever must have signed it."),
    ] = None,
    tsa_ca: Annotated[
        Path | None,
        typer.Option(metavar="CA.pem", help="Certificates of whoever must have timestamped it."),
    ] = None,
) -> None:
    """Compare every file of a pack with its manifest, and the manifest with its signature.

    Exits with 1 and names the file if one was changed, is missing or was added, or if --key is
    given and does not accept the signature; with 2 if the folder is not a pack or the key cannot be
    read. A file left by a file manager or an office program (desktop.ini, .DS_Store, ~$audit.xlsx)
    is listed as litter and does not change the exit code.
    """
    from kpa_analytics.audit.bagit import is_bag, pack_in
    from kpa_analytics.audit.manifest import read_manifest, refuse_other_folders
    from kpa_analytics.audit.sign import public_key
    from kpa_analytics.audit.timestamp import authority
    from kpa_analytics.audit.verify import verify_audit, what_was_shown

    folder = typed_path(folder)
    if not is_bag(folder):
        refuse_other_folders(folder)
    signer = public_key(key) if key else None
    trusted = authority(tsa_ca) if tsa_ca else None
    findings = verify_audit(folder, key=signer, tsa_ca=trusted)
    for path, finding, detail in findings.rows():
        typer.echo(f"{finding}: {_one_line(f'{path} ({detail})')}")
    if any(finding != "litter" for finding in findings["finding"]):
        raise typer.Exit(FINDING)
    manifest = read_manifest(pack_in(folder))
    typer.echo(f"{len(manifest['files'])} files, all as in the manifest; seal {manifest['seal']}")
    for line in what_was_shown(folder, key=signer, tsa_ca=trusted):
        typer.echo(_one_line(line))


_AsOf = Annotated[
    str | None, typer.Option(help="The day of the statuses, e.g. 2026-06-30. Default: today.")
]
_Demo = Annotated[
    bool, typer.Option("--demo", help="Use the invented company, by default as of its own day.")
]
_Pdf = Annotated[Path, typer.Argument(help="The PDF to write; an existing one is replaced.")]


@app.command()
def transcript(
    person: Annotated[str, typer.Argument(help="A person's id, employee number or name.")],
    out: _Pdf,
    as_of: _AsOf = None,
    demo: _Demo = False,
) -> None:
    """Write the training transcript of one person as PDF.

    It lists every training with its status, dates, instructor, signature, files and rule.
    """
    from kpa_analytics.analysis.find import find_person
    from kpa_analytics.audit.transcript import transcript as of_person

    data, day = _loaded(as_of, demo)
    _save(of_person(data, find_person(data, person), as_of=day), out)


@app.command()
def roster(
    training: Annotated[str, typer.Argument(help="A training's id or title.")],
    out: _Pdf,
    as_of: _AsOf = None,
    demo: _Demo = False,
) -> None:
    """Write the roster of one training as PDF.

    It lists everyone who completed the training or must, with what is on file.
    """
    from kpa_analytics.analysis.find import find_training
    from kpa_analytics.audit.roster import roster as of_training

    data, day = _loaded(as_of, demo)
    _save(of_training(data, find_training(data, training), as_of=day), out)


@app.command()
def changes(
    old: Annotated[
        Path, typer.Argument(help="A pack, or the file of a snapshot (`cache show` lists them).")
    ],
    new: Annotated[Path, typer.Argument(help="The later pack or snapshot.")],
) -> None:
    """List the completions that differ between two packs or two kept snapshots.

    `cache show` lists the snapshots. Exits with 1 if a completion was added, removed or edited.
    """
    from kpa_analytics.audit.compare import changes as compared

    differences = compared(old, new)
    for change, record, person, training, field, before, after in differences.head(LISTED).rows():
        before, after = ("nothing" if value is None else repr(value) for value in (before, after))
        edit = f": {field} {before} -> {after}" if field else ""
        typer.echo(f"{change} {record} (person {person}, training {training}){edit}")
    if differences.height > LISTED:
        typer.echo(f"... and {differences.height - LISTED:,} more; kpa.changes() lists them all")
    if differences.height:
        raise typer.Exit(FINDING)
    typer.echo("no changes")


@app.command()
def dashboard(
    port: Annotated[int, typer.Option(min=1, max=65_535, help="The port on 127.0.0.1.")] = 8866,
    browser: Annotated[bool, typer.Option(help="Open it in a browser.")] = True,
) -> None:
    """Serve the explorers as a web page on this machine; without a token, show the demo.

    Only you can see the page: the browser that opens is logged in. Evidence packs are written to
    the current folder.
    """
    from kpa_analytics.widgets.serve import serve_dashboard

    serve_dashboard(port=port, browser=browser)


cache = typer.Typer(no_args_is_help=True, help="Show or delete the files kept on this machine.")
app.add_typer(cache, name="cache")


@cache.command()
def show() -> None:
    """List the snapshots kept for your account, newest first."""
    from kpa_analytics.config import settings
    from kpa_analytics.data.snapshots import snapshots

    for row in snapshots().iter_rows(named=True):
        typer.echo(
            f"{row['fetched_at']:%Y-%m-%d %H:%M} UTC  {row['table']:<16} {row['rows']:>9,} records"
            f"  {row['path']}"
        )
    typer.echo(f"kept in {settings().cache_dir}")


@cache.command()
def clear(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
) -> None:
    """Delete all kept pages and snapshots, of all accounts.

    Older snapshots cannot be downloaded again.
    """
    from kpa_analytics.cache_folder import clear_cache
    from kpa_analytics.config import settings

    if not yes:
        typer.confirm(f"Delete all files kept in {settings().cache_dir}?", abort=True)
    clear_cache()
    typer.echo("cleared")


def _organisation() -> str | None:
    """The name of the account's site, where the token may read it."""
    from kpa_analytics.api.client import Client
    from kpa_analytics.data.account import account_name

    with Client() as client:
        return account_name(client)


def _loaded(as_of: str | None, demo: bool) -> tuple[TrainingData, date]:
    """The records of the account or of the invented company, and the day of the statuses."""
    from kpa_analytics.data.loaders import load_all
    from kpa_analytics.demo import AS_OF
    from kpa_analytics.inputs import as_day

    day = as_day(AS_OF if demo and as_of is None else as_of)
    return _load_demo() if demo else load_all(), day


def _save(document: Document, out: Path) -> None:
    path = document.save(out)
    typer.echo(f"{_one_line(document.title)}, {len(document.rows):,} rows; written to {path}")


def _load_demo() -> TrainingData:
    """Load all records of the invented company over real HTTP, with a temporary cache."""
    from tempfile import TemporaryDirectory

    from kpa_analytics.api.client import Client
    from kpa_analytics.config import Settings
    from kpa_analytics.data.loaders import load_all
    from kpa_analytics.demo import serve
    from kpa_analytics.secret import Secret

    with TemporaryDirectory(ignore_cleanup_errors=True) as cache, serve() as api:
        current = Settings(
            token=Secret(api.token),
            api_url=api.url,
            cache_dir=Path(cache),
            requests_per_minute=100_000,
        )
        with Client(current) as client:
            return load_all(client=client)


def _line(name: str, figure: int | None, note: str = "") -> None:
    """Print a name (or a status' label) and its figure; None prints as not known."""
    label = STATUS_LABELS.get(name, name).lower()
    shown = "not known" if figure is None else f"{figure:,}"
    typer.echo(f"  {label:<20} {shown:>10}  {note}".rstrip())


def _note(message: Warning | str, *_: Any, **__: Any) -> None:
    typer.echo(f"note: {_one_line(message)}", err=True)


def _say_usage(error: Any) -> None:
    """Report a usage error and point to the help; without any command, print the help."""
    problem = error.format_message()
    if "\n" in problem:
        typer.echo(problem, err=True)
        return
    command = error.ctx.command_path if error.ctx else "kpa-analytics"
    _say_error(f"{problem} (see {command} --help)")


def _say_error(error: object) -> None:
    typer.echo(f"kpa-analytics: {_one_line(error)}", err=True)


def _one_line(text: object) -> str:
    """Make a text safe for the terminal: one line, control characters escaped, token removed."""
    line = " ".join(_without_token(str(text)).split())
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in line)


def _without_token(text: str) -> str:
    from kpa_analytics.api.redact import redacted

    token = os.environ.get("KPA_API_TOKEN", "").strip()
    if not token:
        return text
    return redacted(text.encode("utf-8", "surrogatepass"), token).decode("utf-8", "surrogatepass")
