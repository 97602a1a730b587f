"""Lines for the terminal: figures and errors, one line each, without the token."""

from __future__ import annotations

import os

import typer

from kpa_analytics.statuses import STATUS_LABELS


def print_figure(name: str, figure: int | None, note: str = "") -> None:
    """Print a name (or a status' label) and its figure; None prints as not known."""
    from kpa_analytics.audit.figures import figure_text

    label = STATUS_LABELS.get(name, name).lower()
    typer.echo(f"  {label:<20} {figure_text(figure):>10}  {note}".rstrip())


def print_error(error: object) -> None:
    """Print an error to stderr."""
    typer.echo(f"kpa-analytics: {terminal_line(error)}", err=True)


def terminal_line(text: object) -> str:
    """Make a text safe for the terminal: one line, control characters escaped, token removed."""
    line = " ".join(_without_token(str(text)).split())
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in line)


def _without_token(text: str) -> str:
    from kpa_analytics.accounts_file import token_variables
    from kpa_analytics.api.redact import redacted

    content = text.encode("utf-8", "surrogatepass")
    for variable in ("KPA_API_TOKEN", *token_variables()):
        if token := os.environ.get(variable, "").strip():
            content = redacted(content, token)
    return content.decode("utf-8", "surrogatepass")
