"""The command line: `kpa-analytics demo`, and the same for your own account.

Each command is a function; `commands` lists them, and `run` makes every failure one line.
"""

from kpa_analytics.cli.commands import app
from kpa_analytics.cli.run import main

__all__ = ["app", "main"]
