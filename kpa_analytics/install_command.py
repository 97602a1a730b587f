"""The command that installs an extra, for an error about a package that is not installed."""

from __future__ import annotations

from pathlib import Path

_CHECKOUT = Path(__file__).parents[1]


def install_command(extra: str) -> str:
    """The command that installs an extra, from the checkout that runs or else from an index."""
    if not (_CHECKOUT / "pyproject.toml").is_file():
        return f'python -m pip install "kpa-analytics[{extra}]"'
    place = "." if Path.cwd() == _CHECKOUT else _CHECKOUT
    return f'python -m pip install -e "{place}[{extra}]"'
