"""The entry point of `kpa-analytics` and of `python -m kpa_analytics`.

It imports the command line late, so that Ctrl-C during the import does not print a traceback.
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
