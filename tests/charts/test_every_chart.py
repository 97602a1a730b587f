"""Tests that every chart passes."""

from __future__ import annotations

import json
import re

import altair as alt
import polars as pl
import pytest
import vl_convert

from kpa_analytics import charts
from kpa_analytics.charts.render import drawn, specification, svg
from kpa_analytics.charts.text import labels
from kpa_analytics.demo_mark import DEMO_MARK
from kpa_analytics.errors import KPADataError
from tests.charts.drawings import CHARTS, draw, hostile, inputs
from tests.charts.frames import LONG, sessions_frame, status_frame

every_chart = pytest.mark.parametrize("name", CHARTS)


@every_chart
@pytest.mark.parametrize("dark", [False, True])
def test_it_is_valid_vega_lite_and_draws(name, dark):
    spec = specification(draw(name, inputs(name), dark=dark))  # altair validates here
    drawn = svg(spec)
    assert drawn.startswith("<svg")
    assert charts.palette(dark).background in drawn
    assert spec["config"]["background"] == charts.palette(dark).background


@every_chart
@pytest.mark.parametrize(("dark", "demo"), [(False, False), (True, True)])
def test_the_specification_is_the_same_without_checks(name, dark, demo):
    given = inputs(name, demo=demo)
    whole = specification(draw(name, given, dark=dark))  # altair validates here
    assert drawn(getattr(charts, name), *given, dark=dark) == whole
    assert not {"config", "$schema"} & {key for part in _parts(whole) for key in part}


def _parts(spec: dict) -> list[dict]:
    inner = [*spec.get("layer", ()), *spec.get("vconcat", ())]
    return [*inner, *(deep for part in inner for deep in _parts(part))]


@pytest.mark.slow
@every_chart
def test_it_is_a_chart_of_altair_whose_look_can_be_changed(name):
    chart = draw(name, inputs(name))
    assert isinstance(chart, alt.LayerChart | alt.VConcatChart)
    spec = chart.configure_axis(labelFontSize=20).to_dict()
    assert spec["config"]["axis"]["labelFontSize"] == 20
    assert spec["config"]["font"] == specification(chart)["config"]["font"]


@pytest.mark.slow
@every_chart
def test_it_draws_without_a_warning_of_vega(name, capfd):
    vl_convert.vegalite_to_svg(specification(draw(name, inputs(name))))
    assert "WARN" not in capfd.readouterr().err


@every_chart
def test_its_description_repeats_its_title_and_subtitle(name):
    chart = draw(name, inputs(name))
    title = chart.to_dict()["title"]
    assert chart.description.startswith(title["text"])
    assert all(line.rstrip(".") in chart.description for line in title["subtitle"])


@every_chart
def test_demo_data_is_marked_in_drawing_and_description(name):
    chart = draw(name, inputs(name, demo=True))
    assert DEMO_MARK in chart.description
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", svg(specification(chart)))
    assert texts.count(DEMO_MARK) == 1


@pytest.mark.slow
@every_chart
def test_real_data_has_no_demo_mark(name):
    assert DEMO_MARK not in draw(name, inputs(name)).to_json()


@every_chart
def test_an_empty_frame_gives_a_chart_that_says_so(name):
    chart = draw(name, [frame.clear() for frame in inputs(name)])
    assert "to show" in chart.description
    assert "to show" in svg(specification(chart))


@pytest.mark.slow
@every_chart
def test_a_lazy_frame_gives_the_same_chart(name):
    given = inputs(name)
    lazy = [frame.lazy() for frame in given]
    assert draw(name, lazy).to_json() == draw(name, given).to_json()


@pytest.mark.slow
@every_chart
def test_the_same_data_in_another_order_gives_the_same_chart(name):
    given = inputs(name)
    shuffled = [frame.sample(fraction=1, shuffle=True, seed=7) for frame in given]
    assert draw(name, shuffled).to_json() == draw(name, given).to_json()


@pytest.mark.slow
@every_chart
def test_hostile_text_stays_text(name):
    chart = draw(name, hostile(name))
    drawn = svg(specification(chart))
    assert "<script" not in drawn
    assert "<img" not in drawn
    assert "\u202e" not in chart.to_json(ensure_ascii=False)
    assert len(chart.to_json()) < 100_000


@pytest.mark.slow
@every_chart
def test_the_user_s_theme_does_not_change_its_look(name):
    ours = specification(draw(name, inputs(name)))
    with alt.theme.enable("dark"):
        theirs = specification(draw(name, inputs(name)))
        assert alt.theme.active == "dark"
    assert theirs == ours


@every_chart
def test_a_frame_of_another_table_is_an_error_that_names_it(name):
    given = [pl.DataFrame({"x": [1]}) for _ in inputs(name)]
    with pytest.raises(KPADataError, match="no column"):
        draw(name, given)


@pytest.mark.parametrize("name", ["expiry_by_training", "training_matrix"])
def test_the_drawing_omits_characters_that_xml_forbids(name):
    chart = draw(name, inputs(name)).properties(title="Ladders\ufffe\uffff\x01")
    assert "Ladders" in svg(specification(chart))


@pytest.mark.slow
@pytest.mark.parametrize("title", ["constructor", "toString", "__proto__", "hasOwnProperty"])
@pytest.mark.parametrize("name", ["expiry_by_training", "training_matrix", "instructor_coverage"])
def test_a_title_named_like_a_javascript_member_is_drawn(name, title):
    titles = [title, "Ladders", "Scaffolds"]
    texts = re.findall(
        r"<text[^>]*>([^<]*)</text>", svg(specification(draw(name, inputs(name, titles=titles))))
    )
    assert any(text.startswith(title) for text in texts)
    assert "Ladders" in " ".join(texts)


def test_a_label_with_its_key_differs_from_every_other_label():
    same = pl.DataFrame({"id": [7, 8, 9], "title": ["Ladders", "Ladders", "Ladders (7)"]})
    assert labels(same, "title", "id")["title"].is_unique().all()
    frame = status_frame(30, 4, titles=["other trainings (2)", "b", "c", "d"])
    ranked = charts.expiry_by_training_table(frame, top=2)
    assert ranked["training"].is_unique().all()


def test_people_with_the_same_name_have_different_labels_after_shortening():
    name = "García Hernández de la Torre, Alejandra"
    frame = status_frame(3, 4).with_columns(pl.lit(name).alias("user"))
    ids = frame["m_user_id"].unique().to_list()
    drawn = set(
        re.findall(
            r"<text[^>]*>(\([^<]*)</text>", svg(specification(charts.training_matrix(frame)))
        )
    )
    assert len(drawn) == len(ids) == 3
    assert {text[2:8] for text in drawn} == {one[-6:] for one in ids}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("told", "heard"),
    [
        (["current"], "with 1 value: current"),
        (["expired", "current"], "with 2 values: expired, current"),
    ],
)
def test_screen_readers_read_what_the_legend_shows(told, heard):
    frame = status_frame(40, 4).filter(pl.col("status").is_in(told))
    for chart in (charts.expiry_by_training, charts.training_matrix, charts.expiry_timeline):
        for spec in (specification(chart(frame)), drawn(chart, frame)):
            assert heard in svg(spec)


def test_the_axis_shortens_a_title_and_the_tooltip_keeps_it():
    frame = status_frame(20, 3, titles=[LONG[:300], "b", "c"])
    spec = specification(charts.expiry_by_training(frame))
    assert LONG[:300].strip() in json.dumps(spec)
    drawn = re.findall(r"<text[^>]*>([^<]*)</text>", svg(spec))
    end = LONG[:300].strip()[-9:]  # titles of one series differ at their end
    assert any(
        text.startswith("Annual refresher") and text.endswith(end) and "…" in text for text in drawn
    )
    assert not any(LONG[:100] in text for text in drawn)


@pytest.fixture(scope="module")
def large() -> pl.DataFrame:
    """A million statuses: 20,000 people, 1,000 trainings with long titles, 100 years of dates."""
    people = pl.int_range(1_000_000, eager=True)
    one = status_frame(500, 40, density=0.5)
    rows = one.select(pl.all().gather(people % one.height))
    user = pl.format("{}", people % 20_000)
    training = people % 1_000
    return rows.with_columns(
        user.str.zfill(24).alias("m_user_id"),
        pl.format("Person of a rather long name, number {}", user).alias("user"),
        pl.Series("training_id", training),
        pl.format(LONG[:280] + "{}", training).alias("training"),
        pl.col("expiration_date").dt.offset_by(pl.format("{}mo", people % 1200 - 600)),
        days_left=pl.lit(None, pl.Int64),
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["expiry_timeline", "expiry_by_training", "training_matrix", "status_summary"]
)
def test_a_million_statuses_stay_under_100_kilobytes(name, large):
    chart = getattr(charts, name)(large)
    assert len(chart.to_json()) < 100_000
    svg(specification(chart))


@pytest.mark.slow
def test_many_instructors_and_sessions_stay_under_100_kilobytes():
    from tests.charts.frames import activity_frame, coverage_frame, share_frame

    for chart in (
        charts.instructor_activity(activity_frame(300, 240), top=30),
        charts.instructor_coverage(coverage_frame(2_000), top=60),
        charts.group_sessions(sessions_frame(5_000, days=20_000)),
        charts.group_sizes(sessions_frame(5_000)),
        charts.group_share(share_frame(600)),
    ):
        assert len(chart.to_json()) < 100_000
