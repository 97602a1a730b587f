"""Tests that every chart passes."""

from __future__ import annotations

import json
import re
from datetime import date
from html import unescape
from itertools import combinations

import altair as alt
import polars as pl
import pytest
import vl_convert

from kpa_analytics import charts
from kpa_analytics.charts.render import drawn, specification, svg
from kpa_analytics.charts.theme import contrast
from kpa_analytics.errors import KPADataError
from kpa_analytics.report_text import DEMO_MARK
from tests.charts.boxes import boxes
from tests.charts.drawings import draw, every_chart, hostile, inputs, picture, valid_spec
from tests.charts.frames import (
    LONG,
    activity_frame,
    coverage_frame,
    sessions_frame,
    share_frame,
    status_frame,
)
from tests.charts.marks import drawing
from tests.dates import other_formats, tooltips

#: Charts of a frame that has its own days, or none.
NO_DAY = ("instructor_coverage", "group_sizes", "session_plan", "status_over_time")

#: The quick tests draw each chart once: light, of demo data.
light_and_dark = pytest.mark.parametrize(
    "dark", [False, pytest.param(True, marks=pytest.mark.slow)]
)


@pytest.mark.slow
@pytest.mark.parametrize("as_of", [date(1, 1, 1), date(9999, 12, 31)])
@every_chart
def test_the_first_and_the_last_day_of_the_calendar_can_be_as_of(name, as_of):
    given = inputs(name)
    if "days_left" in given[0].columns:
        given[0] = given[0].with_columns(
            days_left=(pl.col("expiration_date") - as_of).dt.total_days()
        )
    options = {} if name in NO_DAY else {"as_of": as_of}
    assert drawing(draw(name, given, **options)).startswith("<svg")


@pytest.mark.slow
@every_chart
@pytest.mark.parametrize("dark", [False, True])
def test_no_stroke_has_the_colour_of_the_background(name, dark):
    ground = charts.palette(dark).background
    assert f'stroke="{ground}"' not in picture(name, dark=dark, demo=True)


def _heard(name: str) -> list[str]:
    """The texts that a screen reader reads for the marks of a chart."""
    marks = re.findall(r'aria-label="([^"]*)" role="graphics-symbol"', picture(name, demo=True))
    return [unescape(label) for label in marks if "axis" not in label]


@pytest.mark.slow
@every_chart
def test_screen_readers_read_plain_text(name):
    heard = [label for label in _heard(name) if not label.startswith("Title text")]
    assert heard
    assert " scale with " not in picture(name, demo=True)  # Vega's days, and ends of scales
    for label in heard:
        assert ";" not in label, label
        assert "_" not in label, label
        fields = re.findall(r"\b(\w+): ", label)
        inner = {"bottom", "order", "top", "place", "low", "high", "seen", "start", "end", "value"}
        assert not inner & {*fields}, label
        assert "undefined" not in label, label
        assert "NaN" not in label, label
        assert "null" not in label, label


@pytest.mark.slow
@every_chart
@light_and_dark
def test_it_is_valid_vega_lite_and_draws(name, dark):
    spec = valid_spec(name, dark=dark, demo=True)
    drawn = picture(name, dark=dark, demo=True)
    assert drawn.startswith("<svg")
    assert charts.palette(dark).background in drawn
    assert spec["config"]["background"] == charts.palette(dark).background


@pytest.mark.slow
@every_chart
@light_and_dark
def test_every_filled_mark_contrasts_with_its_background_and_its_neighbours(name, dark):
    """Source: WCAG 2, 1.4.11, at least 3:1."""
    ground = charts.palette(dark).background
    marks = [box for box in boxes(picture(name, dark=dark, demo=True)) if box.fill != ground]
    assert len(marks) > 3
    for box in marks:
        assert box.contrast(ground) >= 3, box
    in_plot = [box for box in marks if not box.moved]
    for box, other in combinations(in_plot, 2):
        if box.fill != other.fill and box.gap(other) < 0.9:
            assert contrast(box.fill, other.fill) >= 3, (box, other)


@every_chart
@pytest.mark.parametrize(
    ("dark", "demo"), [(False, False), pytest.param(True, True, marks=pytest.mark.slow)]
)
def test_the_specification_is_the_same_without_checks(name, dark, demo):
    whole = valid_spec(name, dark=dark, demo=demo)
    assert drawn(draw, name, inputs(name, demo=demo), dark=dark) == whole
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
    assert spec["config"]["font"] == valid_spec(name)["config"]["font"]


@pytest.mark.slow
@every_chart
def test_it_draws_without_a_warning_of_vega(name, capfd):
    vl_convert.vegalite_to_svg(valid_spec(name))
    assert "WARN" not in capfd.readouterr().err


@every_chart
def test_its_title_says_the_finding(name):
    title = valid_spec(name)["title"]["text"]
    nothing = draw(name, [frame.clear() for frame in inputs(name)]).to_dict()["title"]["text"]
    assert not title.startswith(nothing)
    assert re.search(r"\d", title), "a finding has a figure"
    assert re.search(r" [a-z]+ ", title), "and is a sentence, or part of one"


@pytest.mark.slow
@every_chart
def test_days_are_written_in_one_way(name):
    spec, drawn = valid_spec(name, demo=True), picture(name, demo=True)
    # Vega itself names the ends of an axis.
    heard = [label for label in re.findall(r'aria-label="([^"]*)"', drawn) if "-axis" not in label]
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", drawn)
    shown = [*heard, *texts, spec["description"], *tooltips(spec)]
    assert [other for text in shown for other in other_formats(text)] == []


@every_chart
def test_its_description_repeats_its_title_and_subtitle(name):
    spec = valid_spec(name, demo=True)
    assert spec["description"].startswith(spec["title"]["text"])
    assert all(line.rstrip(".") in spec["description"] for line in spec["title"]["subtitle"])


@pytest.mark.slow
@every_chart
def test_demo_data_is_marked_in_drawing_and_description(name):
    assert DEMO_MARK in valid_spec(name, demo=True)["description"]
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", picture(name, demo=True))
    assert texts.count(DEMO_MARK) == 1


@pytest.mark.slow
@every_chart
def test_real_data_has_no_demo_mark(name):
    assert DEMO_MARK not in draw(name, inputs(name)).to_json()


@every_chart
def test_an_empty_frame_gives_a_chart_whose_description_says_so(name):
    chart = draw(name, [frame.clear() for frame in inputs(name)])
    assert "to show" in chart.description


@pytest.mark.slow
@every_chart
def test_an_empty_frame_gives_a_drawing_that_says_so(name):
    chart = draw(name, [frame.clear() for frame in inputs(name)])
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
def test_the_same_data_gives_the_same_chart_every_time(name):
    """Also if a training has several titles, which our frames never have."""
    given = hostile(name)
    assert len({draw(name, given).to_json() for _ in range(5)}) == 1


@pytest.mark.slow
@every_chart
def test_hostile_text_stays_text(name):
    spec = specification(draw(name, hostile(name)))
    drawn = svg(spec)
    assert "<script" not in drawn
    assert "<img" not in drawn
    assert "\u202e" not in json.dumps(spec, ensure_ascii=False)
    assert len(json.dumps(spec)) < 100_000


@pytest.mark.slow
@every_chart
def test_the_user_s_theme_does_not_change_its_look(name):
    ours = valid_spec(name)
    with alt.theme.enable("dark"):
        theirs = specification(draw(name, inputs(name)))
        assert alt.theme.active == "dark"
    assert theirs == ours


@every_chart
def test_a_frame_of_another_table_is_an_error_that_names_it(name):
    given = [pl.DataFrame({"x": [1]}) for _ in inputs(name)]
    with pytest.raises(KPADataError, match="no column"):
        draw(name, given)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("statuses", "heard"),
    [
        (["current"], "Legend: Current"),
        (["expired", "current"], "Legend: Expired, Current"),
    ],
)
def test_screen_readers_read_what_the_legend_shows(statuses, heard):
    frame = status_frame(40, 4).filter(pl.col("status").is_in(statuses))
    for chart in (charts.training_matrix, charts.expiry_timeline):
        for spec in (specification(chart(frame)), drawn(chart, frame)):
            assert heard in svg(spec)


@pytest.mark.slow
@every_chart
def test_a_legend_has_a_name_of_ours(name):
    folded = {"top": 1} if name.startswith("expiry_by_") else {}
    for chart in (picture(name), svg(specification(draw(name, inputs(name), **folded)))):
        assert "ymbol legend" not in chart


@pytest.fixture(scope="module")
def large() -> pl.DataFrame:
    """A million statuses: 20,000 people, 1,000 trainings with long titles, 100 years of dates."""
    people = pl.int_range(1_000_000, eager=True)
    sample = status_frame(500, 40, density=0.5)
    rows = sample.select(pl.all().gather(people % sample.height))
    user, training = people % 20_000, people % 1_000
    users = [str(number) for number in range(20_000)]
    return rows.with_columns(
        pl.Series("m_user_id", [text.zfill(24) for text in users])[user],
        pl.Series("user", [f"Person of a rather long name, number {text}" for text in users])[user],
        pl.Series("training_id", training),
        pl.Series("training", [f"{LONG[:280]}{number}" for number in range(1_000)])[training],
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

    for chart in (
        charts.instructor_activity(activity_frame(300, 240), top=30),
        charts.instructor_coverage(coverage_frame(2_000), top=60),
        charts.group_sessions(sessions_frame(5_000, days=20_000)),
        charts.group_sizes(sessions_frame(5_000)),
        charts.group_share(share_frame(600)),
    ):
        assert len(chart.to_json()) < 100_000
