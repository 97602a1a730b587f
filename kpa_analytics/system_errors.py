"""The reason of the operating system for not writing a file, in the errors of all writers."""

from __future__ import annotations

import re

from kpa_analytics.errors import KPAError

#: polars' own text, such as "parquet: ...: No space left on device (os error 28)".
_OF_POLARS = re.compile(r"([^:]+) \(os error \d+\)")


def system_refusal(error: BaseException) -> str:
    """The reason of the system in an error of Python, polars or xlsxwriter; empty if there is none.

    Examples:
        >>> system_refusal(OSError(28, "No space left on device"))
        'No space left on device'
        >>> system_refusal(KPAError("as_of must be a day"))
        ''
    """
    if isinstance(error, KPAError):
        return ""
    system = [each for each in (error, *error.args) if isinstance(each, OSError)]
    if system and system[-1].strerror:  # xlsxwriter puts the system's error into its own
        return system[-1].strerror
    if said := _OF_POLARS.search(str(error)):
        return said[1].strip()
    return str(error) if system else ""
