"""Our charts joined with each other and with charts of altair."""

from __future__ import annotations

import re
from itertools import pairwise

import altair as alt
import pytest

from kpa_analytics import charts
from kpa_analytics.charts.offline import offline_bundle
from kpa_analytics.charts.render import specification, svg
from kpa_analytics.report_text import DEMO_MARK
from kpa_analytics.statuses import status_colours
from tests.charts.drawings import CHARTS, draw, inputs, picture, valid_spec
from tests.charts.frames import status_frame

HOW = {"row": lambda chart, other: chart | other, "column": lambda chart, other: chart & other}


@pytest.fixture
def drawn():
    return lambda name, **options: draw(name, inputs(name), **options)


def texts_of(image: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", image)


def texts(spec: dict) -> list[str]:
    return texts_of(svg(spec))


def fills(image: str) -> set[str]:
    return {*re.findall(r'fill="(#\w{6})"', image)}


@pytest.mark.slow
@pytest.mark.parametrize(("how", "dark"), [("row", False), ("column", True)])
@pytest.mark.parametrize("two", [*pairwise(CHARTS), (CHARTS[-1], CHARTS[0])], ids="|".join)
def test_two_charts_are_joined_and_look_as_each_does_alone(two, how, dark, drawn, capfd):
    chart, other = (drawn(name, dark=dark) for name in two)
    spec = specification(HOW[how](chart, other))  # altair validates here
    joined, alone = svg(spec), [picture(name, dark=dark) for name in two]
    assert sorted(texts_of(joined)) == sorted(text for image in alone for text in texts_of(image))
    assert spec["config"] == valid_spec(two[0], dark=dark)["config"]
    assert spec["description"] == f"{chart.description} {other.description}"
    assert fills(joined) == set.union(*map(fills, alone))
    assert "WARN" not in capfd.readouterr().err


@pytest.mark.slow
def test_joined_charts_are_joined_again(drawn):
    dashboard = (drawn("status_summary") & drawn("group_share")) | (
        drawn("expiry_timeline") & drawn("expiry_by_training") & drawn("expiry_by_group")
    )
    spec = specification(dashboard)
    assert [param["name"] for param in spec["params"]] == ["pick", "zoom", "pick_2", "pick_3"]
    assert spec["description"].count("Status by") == 2


@pytest.mark.slow
def test_a_click_in_one_chart_selects_only_there(drawn):
    spec = specification(drawn("expiry_timeline") | drawn("expiry_by_training"))
    timeline, trainings = (part["layer"] for part in spec["hconcat"])
    conditions = [
        layer["encoding"]["opacity"]["condition"][0]["param"]
        for layer in (*timeline, *trainings)
        if "opacity" in layer.get("encoding", {})
    ]
    assert conditions == ["pick", "pick_2"]
    (bars,) = (layer["name"] for layer in trainings if "opacity" in layer.get("encoding", {}))
    assert spec["params"][-1]["views"] == [bars]


@pytest.mark.slow
def test_charts_joined_twice_keep_their_selections_apart(drawn):
    timeline, other, third = (
        drawn(f"expiry_{name}") for name in ("timeline", "by_training", "by_group")
    )
    before = [chart.to_json() for chart in (timeline, other, third)]
    joined = (timeline | other) & (other | third)
    spec = specification(joined)
    rows = [part["layer"] for row in spec["vconcat"] for part in row["hconcat"]]
    tested = [
        layer["encoding"]["opacity"]["condition"][0]["param"]
        for layers in rows
        for layer in layers
        if "opacity" in layer.get("encoding", {})
    ]
    assert len({param["name"] for param in spec["params"]}) == len(spec["params"])
    assert len(set(tested)) == 4
    assert {*tested} | {"zoom"} == {param["name"] for param in spec["params"]}
    assert [chart.to_json() for chart in (timeline, other, third)] == before


def test_a_notebook_sees_every_selection_of_joined_charts(drawn):
    shown = alt.JupyterChart(drawn("expiry_timeline") | drawn("expiry_by_training"))
    assert all(hasattr(shown.selections, name) for name in ("pick", "pick_2", "zoom"))


@pytest.mark.slow
def test_the_same_chart_twice_is_joined_without_a_warning():
    last_year, this_year = (charts.expiry_timeline(status_frame(n, 6)) for n in (20, 40))
    spec = specification(last_year & this_year)
    assert [param["name"] for param in spec["params"]] == ["pick", "zoom"]
    assert svg(spec).startswith("<svg")


@pytest.mark.slow
def test_joined_charts_keep_the_colours_of_their_statuses():
    frame = status_frame(40, 6)
    few = frame.filter(frame["status"] == "current")
    drawing = svg(specification(charts.expiry_timeline(few) | charts.training_matrix(frame)))
    for status in frame["status"].unique():
        assert f'fill="{status_colours()[status]}"' in drawing


@pytest.mark.slow
def test_the_demo_mark_is_under_its_own_chart():
    chart, other = (charts.expiry_timeline(status_frame(30, 6, demo=True)) for _ in range(2))
    assert texts(specification(chart | other)).count(DEMO_MARK) == 2
    alone = re.findall(
        rf'translate\(([\d.]+),([\d.]+)\)"[^>]*>{DEMO_MARK}', svg(specification(chart))
    )
    both = re.findall(
        rf'translate\(([\d.]+),([\d.]+)\)"[^>]*>{DEMO_MARK}', svg(specification(chart | other))
    )
    assert both == alone * 2  # each is placed within its own plot
    assert float(alone[0][0]) > 600


@pytest.mark.slow
def test_plain_altair_charts_join_with_ours(drawn):
    line = alt.Chart(alt.InlineData(values=[{"day": "2026-07-01"}])).mark_rule().encode(x="day:T")
    spec = specification(drawn("expiry_timeline") + line)
    assert spec["config"] == specification(drawn("expiry_timeline"))["config"]
    beside = specification(drawn("expiry_timeline", dark=True) | line)
    assert charts.palette(dark=True).background in svg(beside)
    assert svg(specification(alt.hconcat(drawn("group_sizes"), line))).startswith("<svg")


@pytest.mark.slow
def test_joined_charts_are_saved_and_shown_offline(tmp_path, drawn):
    joined = drawn("expiry_timeline", dark=True) | drawn("group_sizes", dark=True)
    page = charts.save(joined, tmp_path / "both.html").read_text(encoding="utf-8")
    assert f"background: {charts.palette(dark=True).background}" in page
    bundle, _ = offline_bundle(specification(joined))
    assert bundle["text/plain"].startswith("Through Dec 2027, the busiest month is ")
    assert "Group sessions by size: " in bundle["text/plain"]
