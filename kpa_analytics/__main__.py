"""Where the command `kpa-analytics`, or `python -m kpa_analytics`, begins.

Importing the command line takes a moment in which Ctrl-C must not print a traceback.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit with its code; 130 after Ctrl-C."""
    try:
        from kpa_analytics import cli

        cli.main()
    except KeyboardInterrupt:
        sys.stderr.write("kpa-analytics: stopped; nothing more was done\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
