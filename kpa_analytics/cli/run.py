"""Run a command and exit with its code.

Exit codes: 0 success, 1 verify or changes found a difference, 2 any error, 130 after Ctrl-C.
An error is one line, never a traceback, and never shows the token.
"""

from __future__ import annotations

import os
import re
import sys
import warnings
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn

import typer
from typer.main import get_command

from kpa_analytics.cli.commands import app
from kpa_analytics.cli.output import print_error, terminal_line
from kpa_analytics.errors import KPACacheWarning, KPADataWarning, KPAError

USAGE_OR_DATA = 2
#: As in shells: 128 plus the number of the signal that Ctrl-C sends.
STOPPED = 130
#: The base class of typer's errors about commands, options and arguments.
UsageError: type[Exception] = typer.BadParameter.__bases__[0]


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    _replace_closed_streams()
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
            print_error("stopped; nothing more was done")
        return int(code)
    except UsageError as error:
        _say_usage(error)
    except typer.Abort:
        print_error("stopped; nothing more was done")
    except (KPAError, OSError) as error:
        problem = getattr(error, "plain", "") or _system_error(error) or str(error)
        print_error(_with_options(problem))
        _give_up_output()
    except SystemExit as error:  # from a library: its code 1 does not mean a finding
        if isinstance(error.code, str):
            print_error(error.code)
        return USAGE_OR_DATA if error.code else 0
    except KeyboardInterrupt:
        print_error("stopped; nothing more was done")
        return STOPPED
    except BaseException as error:
        print_error(f"{type(error).__name__}: {error} [{_place(error)}]; please report this")
    return USAGE_OR_DATA


def _with_options(problem: str) -> str:
    """Name the arguments that an error is about as on the command line: `--as-of` for `as_of`."""
    options = {
        param.name: param.opts[0]
        for param in getattr(_command(), "params", [])
        if param.opts[0].startswith("--")
    }
    if re.split(" must |: ", problem, maxsplit=1)[0] not in options:
        return problem
    argument = rf"(?<![\w'\"/\\.-])({'|'.join(options)})(?=:| must | is )"
    return re.sub(argument, lambda match: options[match[0]], problem)


def _command() -> Any:
    """The command that was given; None if there is no such command."""
    commands: Any = get_command(app)
    return commands.commands.get(next(iter(sys.argv[1:]), ""))


def _system_error(error: Exception) -> str:
    """An error of the operating system without its number: the file, and what is wrong."""
    if not isinstance(error, OSError) or not error.strerror:
        return ""
    return error.strerror if error.filename is None else f"{error.filename}: {error.strerror}"


def _say_usage(error: Any) -> None:
    """Report a usage error and point to the help; without any command, print the help."""
    problem = _number_wanted(error) or error.format_message()
    if "\n" in problem:
        typer.echo(problem, err=True)
        return
    named = f" {sys.argv[1]}" if _command() else ""  # an option without its value has no context
    command = error.ctx.command_path if error.ctx else f"kpa-analytics{named}"
    print_error(f"{problem} (see {command} --help)")


def _number_wanted(error: Any) -> str:
    """Say which numbers an option takes, if it was given another value."""
    param: Any = getattr(error, "param", None)
    limits = getattr(param, "type", param)  # typer 0.26 has them there
    low, high = getattr(limits, "min", None), getattr(limits, "max", None)
    if not isinstance(error, typer.BadParameter) or (low is None and "integer" not in str(error)):
        return ""
    numbers = "" if low is None else f" of at least {low:,}"
    if high is not None:
        numbers = f" from {low:,} to {high:,}"
    return f"Invalid value for '{param.opts[0]}': it must be a whole number{numbers}"


def _note(message: Warning | str, *_: Any, **__: Any) -> None:
    typer.echo(f"note: {terminal_line(getattr(message, 'in_shell', message))}", err=True)


def _replace_closed_streams() -> None:
    """Discard what would go to a closed stream: Python sets it to None, as without a console."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            setattr(sys, name, os.fdopen(nowhere, "w", encoding="utf-8"))


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
