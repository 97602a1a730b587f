"""Run the command line, and read what it prints."""

from __future__ import annotations

import re
import sys
from datetime import date, datetime

import pytest

from kpa_analytics import cli


def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: object
) -> tuple[int, str, str]:
    """Run the command line in this process: its exit code, stdout and stderr."""
    monkeypatch.setattr(sys, "argv", ["kpa-analytics", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


def days_printed(out: str) -> list[date]:
    """The days at the start of the lines of a trend."""
    texts = re.findall(r"^\d+ [A-Z][a-z]{2} \d{4}", out, re.MULTILINE)
    return [datetime.strptime(text, "%d %b %Y").date() for text in texts]
