"""In Jupyter, a table is shown with names first; the frame itself stays as it is."""

from __future__ import annotations

import re
import subprocess
import sys

import polars as pl
import pytest
from IPython.core.interactiveshell import InteractiveShell

from kpa_analytics.jupyter_tables import names_first
from kpa_analytics.schema import COMPLETIONS, EXPIRY_STATUS, INSTRUCTOR_COVERAGE


def test_a_status_leads_with_names_and_ends_with_ids() -> None:
    shown = names_first(EXPIRY_STATUS.empty()).columns
    assert shown[:3] == ["user", "training", "status"]
    assert shown[-3:] == ["m_user_id", "training_id", "completion_id"]
    assert sorted(shown) == sorted(EXPIRY_STATUS.schema)


def test_frames_without_names_are_shown_as_they_are() -> None:
    for frame in (COMPLETIONS.empty(), pl.DataFrame({"status": ["x"], "a_id": [1], "b": [2]})):
        assert names_first(frame).columns == frame.columns
    assert names_first(INSTRUCTOR_COVERAGE.empty()).columns[0] == "training"


IN_JUPYTER = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("import kpa_analytics as kpa, polars as pl")
shell.run_cell("status = kpa.schema.EXPIRY_STATUS.empty()")
html = shell.display_formatter.format(shell.user_ns["status"])[0]["text/html"]
print(html.index(">user<") < html.index(">m_user_id<"), shell.user_ns["status"].columns[0])
plain = shell.display_formatter.format(shell.user_ns["status"])[0]["text/plain"]
print(plain.splitlines()[2].split()[1])
other = shell.user_ns["pl"].DataFrame({"a": [1]})
print(shell.display_formatter.format(other)[0]["text/html"] == other._repr_html_())
"""


@pytest.mark.slow
def test_jupyter_shows_names_first_and_other_frames_as_polars_does() -> None:
    run = subprocess.run(
        [sys.executable, "-c", IN_JUPYTER], capture_output=True, text=True, check=True, timeout=300
    )
    assert run.stdout.split() == ["True", "m_user_id", "user", "True"]


def test_outside_of_jupyter_nothing_is_registered() -> None:
    assert not InteractiveShell.initialized()
    assert not re.search("IPython", repr(pl.DataFrame({"a": [1]})))
