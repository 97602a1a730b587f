"""The extra `audit`: the packages that write packs and documents."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Literal

from kpa_analytics.errors import KPAError
from kpa_analytics.install_command import install_command
from kpa_analytics.wording import listing

_PACKAGES = {
    "evidence packs": ("jinja2", "typst", "xlsxwriter"),
    "transcripts and rosters": ("jinja2", "typst"),
    "lists for supervisors": ("icalendar", "jinja2", "xlsxwriter"),
    "plans": ("icalendar", "xlsxwriter"),
}


def need_extra(
    what: Literal["evidence packs", "transcripts and rosters", "lists for supervisors", "plans"],
) -> None:
    """Check that the packages that write these files are installed.

    Commands check this before they download anything.

    Raises:
        KPAError: one of them is not installed; the message says how to install it.
    """
    missing = [package for package in _PACKAGES[what] if find_spec(package) is None]
    if missing:
        raise KPAError(f"{what} need {listing(missing)}: {install_command('audit')}")
