"""Charts at the edges: mistyped years, the smallest mark, long labels, words read aloud."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import polars as pl
import pytest

from kpa_analytics import charts
from kpa_analytics.analysis.group_sessions import group_sessions, group_share
from kpa_analytics.analysis.instructors import instructor_activity
from kpa_analytics.charts.fitting import fitted, width
from kpa_analytics.charts.render import specification, svg
from kpa_analytics.charts.stacking import stacked
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import COMPLETIONS, EXPIRY_STATUS, GROUP_TRAININGS
from kpa_analytics.statuses import STATUSES
from tests.charts.drawings import CHARTS, draw, inputs
from tests.charts.frames import (
    AS_OF,
    activity_frame,
    coverage_frame,
    person_id,
    sessions_frame,
    share_frame,
    status_frame,
    users_frame,
)

every_chart = pytest.mark.parametrize("name", CHARTS)
MISTYPED = [date(1, 1, 1), date(1926, 5, 4), date(2206, 5, 4), date(9999, 12, 31)]
_BAR = re.compile(r'<path aria-label="([^"]*)"[^>]* d="(M[^"A]*)" fill="(#[0-9A-Fa-f]{6})"')


def completions(*days: date | None) -> pl.DataFrame:
    rows = [
        {
            "id": number,
            "training_id": 7,
            "m_user_id": person_id(number % 30),
            "date": day,
            "m_instructor_id": person_id(40),
            "group_training_id": number,
        }
        for number, day in enumerate(days)
    ]
    return pl.DataFrame(rows, schema=COMPLETIONS.schema)


USUAL = [AS_OF - timedelta(days=10 * number) for number in range(60)]


def bars(chart) -> list[tuple[str, float, float]]:
    """The label, width and height (pixels) of each bar in a drawing."""
    return [(unescape(words), *_size(path)) for words, path, _ in _BAR.findall(drawing(chart))]


def drawing(chart) -> str:
    return svg(specification(chart))


def _size(path: str) -> tuple[float, float]:
    x = y = 0.0
    points = []
    for step, numbers in re.findall(r"([MLhvHVZ])([^MLhvHVZ]*)", path):
        values = [float(one) for one in re.findall(r"-?[\d.]+(?:e-?\d+)?", numbers)]
        if step in "ML":
            x, y = values
        elif step in "hH":
            x = values[0] + (x if step == "h" else 0)
        elif step in "vV":
            y = values[0] + (y if step == "v" else 0)
        points.append((x, y))
    across, down = zip(*points, strict=True)
    return max(across) - min(across), max(down) - min(down)


@pytest.mark.slow
@pytest.mark.parametrize("every", ["1w", "1mo", "7mo", "1y"])
@pytest.mark.parametrize("wrong", MISTYPED)
@pytest.mark.parametrize("analysis", [instructor_activity, group_share])
def test_a_mistyped_year_neither_empties_a_chart_nor_thins_its_bars(analysis, wrong, every):
    chart = getattr(charts, analysis.__name__)
    usual, with_wrong = (
        chart(analysis(completions(*days), every=every)) for days in (USUAL, [*USUAL, wrong])
    )
    assert bars(with_wrong) == bars(usual)
    assert bars(usual)
    told = usual.description.removesuffix(".")
    number = re.search(r"(\d+) (?:completions? in )?earlier", told)
    before = int(number[1]) if number else 0
    if wrong > AS_OF:
        assert re.search(r"Not drawn: .*\b1 (completion in )?later", with_wrong.description)
    else:
        assert re.search(
            rf"Not drawn: .*\b{before + 1} (completions? in )?earlier", with_wrong.description
        )


@pytest.mark.parametrize("wrong", MISTYPED)
def test_a_mistyped_year_makes_no_slivers_of_sessions(wrong):
    usual, with_wrong = (
        charts.group_sessions(group_sessions(completions(*days)))
        for days in (USUAL, [*USUAL, wrong])
    )
    assert bars(with_wrong) == bars(usual)
    when = "more than 1 year later" if wrong > AS_OF else "more than 20 years earlier"
    assert f"Not drawn: 1 session {when}" in with_wrong.description
    sizes = charts.group_sizes(group_sessions(completions(*USUAL, wrong)))
    assert "61 sessions" in sizes.description


@pytest.mark.slow
@pytest.mark.parametrize("wrong", MISTYPED)
def test_a_mistyped_expiration_makes_no_slivers_of_the_timeline(wrong):
    usual = status_frame(60, 8)
    days = (wrong - AS_OF).days
    odd = usual.head(1).with_columns(
        pl.lit(wrong).alias("expiration_date"),
        pl.lit(days, pl.Int64).alias("days_left"),
        pl.lit("expired" if days < 0 else "current", usual.schema["status"]).alias("status"),
    )
    plain, with_wrong = (charts.expiry_timeline(one) for one in (usual, usual.vstack(odd)))
    widest = max(wide for _, wide, _ in bars(plain))
    months = [wide for words, wide, _ in bars(with_wrong) if "these months" not in words]
    assert min(months) > 0.8 * widest
    assert re.search(r"\d+ (earlier|later)", with_wrong.description)


@pytest.mark.slow
@pytest.mark.parametrize("as_of", [date(1, 1, 1), date(9999, 12, 31)])
@every_chart
def test_the_first_and_the_last_day_of_the_calendar_can_be_as_of(name, as_of):
    given = inputs(name)
    if "days_left" in given[0].columns:
        given[0] = given[0].with_columns(
            days_left=(pl.col("expiration_date") - as_of).dt.total_days()
        )
    options = {} if name in ("instructor_coverage", "group_sizes") else {"as_of": as_of}
    assert drawing(draw(name, given, **options)).startswith("<svg")


def test_as_of_decides_which_periods_are_drawn():
    activity = instructor_activity(completions(*USUAL))
    table = charts.instructor_activity_table(activity, as_of="2020-01-15")
    assert set(table["part"]) == {"later periods"}
    assert table["completions"].sum() == len(USUAL)
    said = charts.instructor_activity(activity, as_of="2020-01-15").description
    assert "Not drawn: 60 completions in later periods" in said


@pytest.mark.slow
@pytest.mark.parametrize("analysis", [instructor_activity, group_share])
@pytest.mark.parametrize(
    ("every", "name"),
    [("1y", "2026"), ("1q", "Q2 2026"), ("1mo", "May 2026"), ("1w", "from 4 May 2026")],
)
def test_a_single_period_keeps_its_length(analysis, every, name):
    frame = analysis(completions(date(2026, 5, 5)), every=every)
    assert frame["every"].to_list() == [every]
    chart = getattr(charts, analysis.__name__)(frame)
    assert any(name in words for words, *_ in bars(chart))


def test_another_length_than_that_of_the_frame_is_an_error_that_names_both():
    frame = instructor_activity(completions(date(2026, 5, 5)), every="1q")
    assert charts.instructor_activity(frame, every="3mo").description
    with pytest.raises(KPADataError, match=r"every .* 1y, 3mo"):
        charts.instructor_activity(frame, every="1y")
    with pytest.raises(KPADataError, match="2026-04-02"):
        charts.group_share(share_frame(1).with_columns(pl.lit(date(2026, 4, 2)).alias("period")))


@pytest.mark.slow
@every_chart
@pytest.mark.parametrize("dark", [False, True])
def test_no_stroke_has_the_colour_of_the_background(name, dark):
    ground = charts.palette(dark).background
    assert f'stroke="{ground}"' not in drawing(draw(name, inputs(name), dark=dark))


def tiny(name: str) -> list[pl.DataFrame]:
    """The frames of a chart, with one case of each kind beside 10,000 others."""
    row = status_frame(1, 1, density=1).head(1)
    if name in ("expiry_timeline", "expiry_by_training", "status_summary", "expiry_by_group"):
        rows = pl.concat(
            [row] * 10_000
            + [
                row.with_columns(pl.lit(status, row.schema["status"]).alias("status"))
                for status in STATUSES
            ]
            + [row.with_columns(training_id=pl.lit(99, pl.Int64), training=pl.lit("Rare"))]
        ).with_columns(expiration_date=pl.lit(AS_OF), days_left=pl.lit(0, pl.Int64))
        return [rows, users_frame(5)] if name == "expiry_by_group" else [rows]
    if name == "instructor_activity":
        return [instructor_activity(completions(*[AS_OF] * 10_000, *USUAL))]
    if name == "instructor_coverage":
        return [
            coverage_frame(3).with_columns(
                pl.Series("instructors", [1, 10_000, 2]), pl.Series("completions", [3, 2, 1])
            )
        ]
    if name == "group_share":
        few = {"in_groups": [10_000, 1, 1], "alone": [1, 10_000, 1]}
        return [share_frame(3).with_columns(pl.Series(key, few[key]) for key in few)]
    if name in ("group_sessions", "group_sizes"):
        sessions = sessions_frame(200)
        return [pl.concat([*[sessions.head(50).with_columns(date=pl.lit(AS_OF))] * 200, sessions])]
    return inputs(name)


@pytest.mark.slow
@every_chart
def test_one_case_among_ten_thousand_is_visible(name):
    found = bars(draw(name, tiny(name)))
    assert found
    for words, wide, high in found:
        if not words.endswith(": 0 sessions"):
            assert min(wide, high) >= 1.5, words


def test_a_bar_is_as_long_as_the_sum_of_its_parts_if_they_are_visible():
    assert stacked([3, 4, 5], least=1) == [(0, 3), (3, 7), (7, 12)]
    lifted = stacked([1, 0, 10_000, 1], least=60)
    assert [end - start for start, end in lifted] == [60, 0, 9_882, 60]
    assert stacked([0, 0], least=2) == [(0, 0), (0, 0)]


SERIES = [
    f"Annual refresher for supervisors, {middle}, of contractors working near energised equipment"
    for middle in ("north", "south", "east", "west")
]


def labels_drawn(chart) -> list[str]:
    return [
        unescape(one)
        for one in re.findall(r"<text[^>]*>([^<]*)</text>", drawing(chart))
        if "…" in one
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    "titles", [SERIES, [f"防火安全{'訓練' * 40}{one}防火" for one in "甲乙丙丁"]]
)
@pytest.mark.parametrize("name", ["expiry_by_training", "training_matrix", "instructor_coverage"])
def test_titles_that_differ_only_in_the_middle_have_different_labels(name, titles):
    given = inputs(name, titles=titles)
    frame = given[0].filter(pl.col("training_id") < 4)
    drawn = labels_drawn(draw(name, [frame, *given[1:]]))
    assert len(drawn) == len(set(drawn)) == frame["training_id"].n_unique() > 2


@pytest.mark.parametrize("name", ["training_matrix", "instructor_activity"])
def test_names_that_differ_only_in_the_middle_have_different_labels(name):
    column, key = (
        ("user", "m_user_id") if name == "training_matrix" else ("instructor", "m_instructor_id")
    )
    ids = [person_id(number) for number in range(4)]
    named = dict(zip(ids, SERIES, strict=True))
    (frame,) = inputs(name)
    frame = frame.filter(pl.col(key).is_in(ids)).with_columns(
        pl.col(key).replace(named).alias(column)
    )
    drawn = labels_drawn(draw(name, [frame]))
    assert len(drawn) == len(set(drawn)) == len(ids)


@pytest.mark.parametrize("text", [*SERIES, "W" * 60, "i" * 300, "\N{FIRE}" * 30, "الحرائق " * 12])
@pytest.mark.parametrize("room", [40, 190, 250])
def test_a_shortened_label_fits_its_room(text, room):
    assert width(fitted(text, room)) <= room
    assert fitted(text, 10_000) == text


def _heard(name: str) -> list[str]:
    """The texts that a screen reader reads for the marks of a chart."""
    found = re.findall(
        r'<(?:path|text|g)[^>]*aria-label="([^"]*)"[^>]*', drawing(draw(name, inputs(name)))
    )
    marks = re.findall(
        r'aria-label="([^"]*)" role="graphics-symbol"', drawing(draw(name, inputs(name)))
    )
    assert set(marks) <= set(found)
    return [unescape(words) for words in marks if "axis" not in words and "legend" not in words]


@pytest.mark.slow
@every_chart
def test_screen_readers_read_plain_text(name):
    heard = [words for words in _heard(name) if not words.startswith("Title text")]
    assert heard
    for words in heard:
        assert ";" not in words, words
        assert "_" not in words, words
        fields = re.findall(r"\b(\w+): ", words)
        inner = {"floor", "order", "top", "place", "low", "high", "seen", "start", "end", "value"}
        assert not inner & {*fields}, words
        assert "undefined" not in words, words
        assert "NaN" not in words, words
        assert "null" not in words, words


@pytest.mark.slow
@pytest.mark.parametrize("name", ["expiry_by_training", "expiry_by_group"])
def test_a_case_is_called_a_case(name):
    chart = draw(name, inputs(name))
    assert "People" not in svg(specification(chart))
    assert '"title": "People"' not in chart.to_json()
    assert '"title": "Cases"' in chart.to_json()
    assert any(re.search(r"\d+ Expired, of \d+ cases", words) for words, *_ in bars(chart))


def sized(*sizes: tuple[int | None, int]) -> pl.DataFrame:
    """Sessions with these numbers of people listed and recorded."""
    return (
        sessions_frame(len(sizes) + 1)
        .tail(len(sizes))
        .with_columns(
            pl.Series("attendees", [listed for listed, _ in sizes], pl.Int64),
            pl.Series("recorded", [recorded for _, recorded in sizes], pl.Int64),
        )
    )


def test_sizes_zero_one_and_unknown_are_three_classes():
    frame = sized((0, 0), (1, 1), (1, 0), (None, 0), (None, 1), (0, 3), (4, 2))
    table = charts.group_sessions_table(frame).group_by("size").agg(pl.sum("sessions"))
    assert {size: number for size, number in table.rows() if number} == {
        "nobody": 1,
        "1 person": 3,
        "size not known": 1,
        "2 to 5": 2,
    }
    sizes = charts.group_sizes_table(frame)
    assert sizes.rows() == [(0, 0, 1), (1, 1, 3), (2, 2, 0), (3, 3, 1), (4, 4, 1), (None, None, 1)]
    said = charts.group_sizes(frame).description
    assert "7 sessions; median 1 person, largest 4 people; 1 with nobody" in said
    assert "the size of 1 is not known" in said
    assert "1.7 people per session on average (the size of 1 is not known)" in (
        charts.group_sessions(frame).description
    )


def test_a_session_without_a_list_of_people_is_not_empty():
    listed = pl.DataFrame(
        [{"id": 1, "m_trainees_id": None}, {"id": 2, "m_trainees_id": []}],
        schema=GROUP_TRAININGS.schema,
    )
    sessions = group_sessions(completions().clear(), listed).sort("group_training_id")
    assert sessions["attendees"].to_list() == [None, 0]
    assert sessions["listed"].to_list() == [True, True]


def test_not_taught_lately_differs_from_no_instructor_recorded():
    frame = coverage_frame(3).with_columns(
        pl.Series("instructors", [0, 0, 1]),
        pl.Series("last_taught", [date(2019, 5, 4), None, AS_OF]),
        pl.Series("single_instructor", [False, False, True]),
    )
    chart = charts.instructor_coverage(frame)
    assert "1 not taught in the period, 1 with no instructor recorded" in chart.description
    drawn = drawing(chart)
    assert drawn.count(">not taught in the period, last on 4 May 2019<") == 1
    assert drawn.count(">no instructor recorded<") == 1
    kinds = charts.instructor_coverage_table(frame)["carried"].to_list()
    assert kinds == ["one person alone", "not taught in the period", "no instructor recorded"]
    hidden = charts.instructor_coverage(frame, top=1).description
    assert "Not drawn: 1 training not taught in the period, 1 training with no" in hidden


def _all_on(day: date, status: str) -> pl.DataFrame:
    usual = status_frame(60, 8).filter(pl.col("expiration_date").is_not_null())
    return usual.with_columns(
        pl.lit(day).alias("expiration_date"),
        pl.lit((day - AS_OF).days, pl.Int64).alias("days_left"),
        pl.lit(status, usual.schema["status"]).alias("status"),
    )


@pytest.mark.parametrize(
    ("day", "status", "part", "when"),
    [
        (date(2015, 3, 1), "expired", "earlier", "before these months"),
        (date(2040, 3, 1), "current", "later", "after these months"),
    ],
)
def test_expirations_far_away_still_have_a_bar(day, status, part, when):
    frame = _all_on(day, status)
    chart = charts.expiry_timeline(frame)
    number = frame.height
    assert f"{number:,} {part}" in chart.description
    assert "to show" not in chart.description
    ((words, wide, high),) = bars(chart)
    assert words.startswith(f"Expires {when}: {number} ")
    assert min(wide, high) > 20
    texts = re.findall(r">([^<]*)</text>", drawing(chart))
    assert part in texts
    assert f"{number:,}" in texts


def test_an_outer_bar_that_is_cut_says_so():
    near = status_frame(30, 4).filter(pl.col("expiration_date").is_not_null())
    chart = charts.expiry_timeline(pl.concat([near, *[_all_on(date(2015, 3, 1), "expired")] * 20]))
    assert "(bar cut short)" in chart.description
    heights = {words: high for words, _, high in bars(chart)}
    outer = max(high for words, high in heights.items() if "before these months" in words)
    assert outer <= 230
    assert max(heights.values()) > 100


@pytest.mark.parametrize(
    "name", ["status_summary", "expiry_by_training", "expiry_by_group", "training_matrix"]
)
def test_without_requirements_missing_is_not_known(name):
    (status, *others) = inputs(name)
    held = [status.filter(~pl.col("status").is_in(["missing", "not_due"])), *others]
    said = draw(name, held).description
    assert "Missing: not known. No requirements were provided" in said
    assert "0 missing" not in said
    assert "expired or missing" not in said
    told = draw(name, held, requirements_known=True).description
    assert "not known" not in told
    assert "not known" not in draw(name, inputs(name)).description


def test_unknown_numbers_of_the_summary_are_null():
    held = status_frame(30, 4).filter(~pl.col("status").is_in(["missing", "not_due"]))
    figures = dict(charts.status_summary_table(held).select("status", "rows").rows())
    assert figures["missing"] is figures["not_due"] is None
    known = charts.status_summary_table(held, requirements_known=True)
    assert dict(known.select("status", "rows").rows())["missing"] == 0
    texts = re.findall(r">([^<]*)</text>", drawing(charts.status_summary(held)))
    assert texts.count("not known") == 2
    assert "0" not in texts


def test_an_empty_status_frame_shows_missing_as_unknown():
    assert charts.status_summary_table(EXPIRY_STATUS.empty())["people"].to_list() == [
        0, None, 0, 0, None,
    ]  # fmt: skip
    assert activity_frame(0, 0).is_empty()


def test_a_frame_with_only_missing_rows_is_drawn_without_requirements():
    undated = status_frame(1, 1, density=1).with_columns(
        pl.lit("missing", EXPIRY_STATUS.schema["status"]).alias("status"),
        pl.lit(None, pl.Date).alias("expiration_date"),
        pl.lit(None, pl.Int64).alias("days_left"),
    )
    chart = charts.status_summary(undated, requirements_known=False)
    assert "missing not known" in drawing(chart)
