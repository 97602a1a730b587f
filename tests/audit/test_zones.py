"""The same data, day and settings give the same bytes in every time zone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.audit.packs import files
from tests.charts.drawings import CHARTS

#: One is behind UTC and one ahead, and their summers are half a year apart.
ZONES = ("America/Denver", "Pacific/Auckland")

#: A company is loaded and its pack written; the moment of the download is the only clock in it.
#: Then every chart is saved, those that are in no pack too.
_WRITE = """
import sys, warnings
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
import vl_convert
import kpa_analytics as kpa
from kpa_analytics import charts
from tests.audit.packs import AS_OF, load
from tests.charts.drawings import CHARTS, draw, inputs
assert vl_convert.get_local_tz() == sys.argv[2]
warnings.simplefilter("ignore")
folder = Path(sys.argv[1])
source = kpa.demo.organisation(people=12, instructors=3, completions=150)
with kpa.demo.serve(source) as api:
    data = load(folder / "cache", api)
moment = datetime(2026, 7, 1, 3, 30, tzinfo=UTC)
kept = {name: replace(one, fetched_at=moment, host="h") for name, one in data.snapshots.items()}
kpa.export_audit(replace(data, snapshots=kept), folder / "pack", as_of=AS_OF)
(folder / "charts").mkdir()
for name in CHARTS:
    charts.save(draw(name, inputs(name)), folder / "charts" / f"{name}.svg")
"""


@pytest.mark.slow
def test_packs_and_charts_have_the_same_bytes_in_every_time_zone(tmp_path):
    written = {}
    for zone in ZONES:
        folder = tmp_path / zone.replace("/", "-")
        folder.mkdir()
        environment = {**os.environ, "TZ": zone, "KPA_CACHE_DIR": str(folder / "cache")}
        command = [sys.executable, "-c", _WRITE, str(folder), zone]
        root = Path(__file__).parents[2]
        subprocess.run(command, check=True, env=environment, cwd=root)
        pack, drawings = files(folder / "pack"), files(folder / "charts")
        assert "audit.xlsx" in pack
        assert len(drawings) == len(CHARTS)
        written[zone] = pack | {f"drawn alone: {name}": image for name, image in drawings.items()}
    first, second = written.values()
    assert second.keys() == first.keys()
    assert [name for name in first if first[name] != second[name]] == []
