"""Names of accounts, which are also the names of folders on every system."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kpa_analytics.errors import KPADataError

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
#: Windows has no files or folders of these names.
_DEVICES = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]", re.IGNORECASE)
#: Programs that read `account=true` take it for a value of another type.
_VALUES = re.compile(r"true|false|null|nan|inf|infinity", re.IGNORECASE)


def as_account(name: object) -> str:
    """Check the name of an account.

    It begins with a letter, so that no program reads `account=2024` as a number.

    Raises:
        KPADataError: it can't be the name of a folder; the message names it.

    Examples:
        >>> as_account("north")
        'north'
        >>> as_account("../north")
        Traceback (most recent call last):
        kpa_analytics.errors.KPADataError: '../north' can't be the name of an account: ...
    """
    if isinstance(name, str) and _NAME.fullmatch(name) and not _is_reserved(name):
        return name
    raise KPADataError(
        f"{name!r} can't be the name of an account: it is also the name of a folder, so it must be "
        "a letter A to Z and then at most 63 letters, digits, hyphens or underscores, and not a "
        "name that Windows reserves, such as con, or a value such as true"
    )


def _is_reserved(name: str) -> bool:
    return bool(_DEVICES.fullmatch(name) or _VALUES.fullmatch(name))


def refuse_same_names(names: Iterable[str]) -> None:
    """Raise a KPADataError if a name occurs twice; capitals make no difference.

    On Windows and macOS, `North` and `north` are the same folder.

    Examples:
        >>> refuse_same_names(["north", "North"])
        Traceback (most recent call last):
        kpa_analytics.errors.KPADataError: the account 'North' is named twice
    """
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            raise KPADataError(f"the account {name!r} is named twice")
        seen.add(name.lower())
