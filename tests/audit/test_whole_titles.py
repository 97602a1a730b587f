"""The charts of a pack show every title whole: a long one is wrapped, never shortened."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import polars as pl
import pytest

import kpa_analytics as kpa
from tests.audit.packs import AS_OF

#: Titles of 80 characters that differ in the middle.
_LONG = "Refresher {} for supervisors and contractors who work near energised equipment"


@pytest.fixture(scope="module")
def pictures(data, tmp_path_factory) -> dict[str, str]:
    titles = pl.format(_LONG, pl.col("id").cast(pl.String).str.zfill(4)).alias("title")
    long = replace(data, trainings=data.trainings.with_columns(titles))
    pack = kpa.export_audit(long, tmp_path_factory.mktemp("long") / "pack", as_of=AS_OF)
    return {path.stem: path.read_text(encoding="utf-8") for path in Path(pack).glob("charts/*.svg")}


@pytest.mark.slow
def test_no_chart_of_a_pack_shortens_a_text(pictures):
    assert len(pictures) > 10
    assert {name for name, picture in pictures.items() if "…" in picture} == set()


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["expiry_by_training", "evidence_coverage", "training_matrix", "instructor_training"],
)
def test_long_titles_of_trainings_are_wrapped_and_whole(pictures, name):
    wrapped = re.findall(r"<text[^>]*>(<tspan.*?)</text>", pictures[name])
    texts = [unescape(" ".join(re.findall(r"<tspan[^>]*>([^<]*)", each))) for each in wrapped]
    whole = re.compile(_LONG.format(r"\d{4}"))
    assert sum(bool(whole.fullmatch(text)) for text in texts) > 3


@pytest.mark.slow
def test_a_chart_with_long_titles_still_fits_on_paper_with_letters_of_9_points(pictures):
    widths = {
        name: float(re.search(r'viewBox="0 0 ([\d.]+)', picture)[1])
        for name, picture in pictures.items()
    }
    assert {name: width for name, width in widths.items() if (width - 32) * 9 / 13 > 494} == {}
