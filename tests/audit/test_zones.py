"""The same data, day and settings give the same bytes in every time zone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.audit.packs import files

#: One is behind UTC and one ahead, and their summers are half a year apart.
ZONES = ("America/Denver", "Pacific/Auckland")

#: A company is loaded and its pack written; the moment of the download is the only clock in it.
_EXPORT = """
import sys, warnings
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
import kpa_analytics as kpa
from tests.audit.packs import AS_OF, load
warnings.simplefilter("ignore")
folder = Path(sys.argv[1])
source = kpa.demo.organisation(people=12, instructors=3, completions=150)
with kpa.demo.serve(source) as api:
    data = load(folder / "cache", api)
moment = datetime(2026, 7, 1, 3, 30, tzinfo=UTC)
kept = {name: replace(one, fetched_at=moment, host="h") for name, one in data.snapshots.items()}
kpa.export_audit(replace(data, snapshots=kept), folder / "pack", as_of=AS_OF)
"""


@pytest.mark.slow
def test_a_whole_pack_has_the_same_bytes_in_every_time_zone(tmp_path):
    packs = {}
    for zone in ZONES:
        folder = tmp_path / zone.replace("/", "-")
        folder.mkdir()
        environment = {**os.environ, "TZ": zone, "KPA_CACHE_DIR": str(folder / "cache")}
        command = [sys.executable, "-c", _EXPORT, str(folder)]
        root = Path(__file__).parents[2]
        subprocess.run(command, check=True, env=environment, cwd=root)
        packs[zone] = files(folder / "pack")
    first, second = packs.values()
    assert "audit.xlsx" in first
    assert second.keys() == first.keys()
    assert [name for name in first if first[name] != second[name]] == []
