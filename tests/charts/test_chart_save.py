"""`chart.save()` of our charts: offline, sharp, and named after the finding and the day."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import polars as pl
import pytest

from kpa_analytics import charts
from tests.charts.frames import HOSTILE, status_frame

FOREIGN = re.compile(r"""(?:src|href|import)\s*[=(]\s*["']?(?:https?:)?//""")


@pytest.fixture(scope="module")
def chart() -> Any:
    return charts.expiry_timeline(status_frame(30, 6, demo=True))


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["html", "png", "svg"])
def test_it_writes_what_save_of_this_package_writes(tmp_path, chart, suffix):
    chart.save(tmp_path / f"ours.{suffix}")
    charts.save(chart, tmp_path / f"same.{suffix}")
    ours = (tmp_path / f"ours.{suffix}").read_bytes()
    assert ours == (tmp_path / f"same.{suffix}").read_bytes()


@pytest.mark.slow
def test_every_way_to_a_page_needs_no_network(tmp_path, chart):
    chart.save(str(tmp_path / "options.html"), embed_options={"actions": False})
    chart.save(tmp_path / "named", format="html")
    (chart | chart).save(tmp_path / "joined.html")
    chart.save(opened := io.StringIO(), format="html")
    pages = [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()]
    assert len(pages) == 3
    for page in [*pages, opened.getvalue()]:
        assert not FOREIGN.search(page)
        assert len(page) > 500_000, "the scripts are inside"


@pytest.mark.slow
def test_other_formats_are_altairs(tmp_path, chart):
    chart.save(tmp_path / "chart.json")
    assert json.loads((tmp_path / "chart.json").read_text())["title"]
    chart.save(tmp_path / "chart.pdf")
    assert (tmp_path / "chart.pdf").read_bytes().startswith(b"%PDF")


def saved_as(chart: Any) -> dict[str, Any]:
    embed: dict[str, Any] = chart.to_dict()["usermeta"]["embedOptions"]
    return embed


@pytest.mark.slow
def test_the_menu_saves_a_picture_named_after_the_title_and_the_day_at_twice_the_size(chart):
    title = chart.to_dict()["title"]["text"]
    assert saved_as(chart) == {
        "downloadFileName": f"{title.replace(':', '')}, as of 30 Jun 2026",
        "scaleFactor": {"png": 2, "svg": 1},
    }
    assert saved_as(chart & chart) == saved_as(chart)


def test_the_name_of_a_picture_cuts_no_word_but_one_that_is_too_long(chart):
    def starts(title: str) -> str:
        name: str = saved_as(chart.properties(title=title))["downloadFileName"]
        return name.removesuffix(", as of 30 Jun 2026")

    assert {*starts("due trainings " * 20).split()} == {"due", "trainings"}
    assert starts("W" * 200) == "W" * 80


@pytest.mark.slow
def test_the_name_of_a_picture_is_one_that_windows_accepts():
    for text in HOSTILE:
        status = status_frame(3, 1).with_columns(training=pl.lit(text))
        name = saved_as(charts.expiry_by_training(status))["downloadFileName"]
        assert not re.search(r'[<>:"/\\|?*\x00-\x1f]', name)
        assert 0 < len(name) <= 120
