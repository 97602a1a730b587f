"""The common behaviour of all charts of an expiry_status frame."""

from __future__ import annotations

import re
from datetime import date

import polars as pl
import pytest

from kpa_analytics import charts
from kpa_analytics.charts.render import specification, svg
from kpa_analytics.errors import KPADataError
from tests.charts.drawings import draw, inputs
from tests.charts.frames import AS_OF, STATUS, trend_by_training, trend_frame
from tests.charts.marks import bars, texts_shown


@pytest.mark.slow
@pytest.mark.parametrize("name", ["expiry_by_training", "expiry_by_group"])
def test_a_case_is_called_a_case(name):
    chart = draw(name, inputs(name))
    assert "People" not in svg(specification(chart))
    assert '"title": "People"' not in chart.to_json()
    assert '"title": "Cases"' in chart.to_json()
    assert any(re.search(r"\d+ Expired, of \d+ cases", label) for label, *_ in bars(chart))


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
    assert not _naming_gaps(draw(name, held))
    assert _naming_gaps(draw(name, inputs(name)))
    description = draw(name, held, requirements_known=True).description
    assert "not known" not in description
    assert "not known" not in draw(name, inputs(name)).description


@pytest.mark.slow
@pytest.mark.parametrize("rows", [trend_frame, trend_by_training])
def test_without_requirements_a_trend_names_no_gaps(rows):
    known = rows()
    unknown = known.with_columns(
        pl.lit(None, pl.Int64).alias("missing"),
        pl.lit(None, pl.Int64).alias("not_due"),
        pl.sum_horizontal("current", "expiring", "expired").alias("total"),
    )
    assert not _naming_gaps(charts.status_over_time(unknown))
    assert _naming_gaps(charts.status_over_time(known))


def _naming_gaps(chart):
    """The texts that name gaps, other than the name of the trend chart."""
    shown = [text.replace("Gaps through time: ", "") for text in texts_shown(chart)]
    return [text for text in shown if re.search(r"\bgaps?\b", text, re.IGNORECASE)]


@pytest.mark.parametrize("name", ["expiry_timeline", "status_summary", "training_matrix"])
def test_another_day_than_that_of_the_frame_is_an_error_that_names_both(name):
    with pytest.raises(KPADataError, match=r"as_of is 1 Jan 2027, .* are of 30 Jun 2026"):
        getattr(charts, name)(STATUS, as_of="2027-01-01")
    assert getattr(charts, name)(STATUS, as_of=AS_OF).description


@pytest.mark.parametrize(
    ("chart", "bounds"),
    [
        ("expiry_timeline", {"months": 0}),
        ("expiry_by_training", {"top": 0}),
        ("training_matrix", {"people": 61}),
        ("training_matrix", {"trainings": 0}),
        ("expiry_timeline", {"as_of": "30/06/2026"}),
    ],
)
def test_an_impossible_argument_is_named(chart, bounds):
    with pytest.raises(KPADataError, match=next(iter(bounds))):
        getattr(charts, chart)(STATUS, **bounds)


def test_no_day_is_named_if_neither_frame_nor_caller_gives_it():
    undated = STATUS.filter(pl.col("expiration_date").is_null())
    for chart in (
        charts.status_summary,
        charts.training_matrix,
        charts.expiry_by_training,
        charts.expiry_timeline,
    ):
        assert "30 Jun 2026" not in chart(undated).description
        assert str(date.today().year) not in chart(undated).description
    said = charts.status_summary(undated, as_of="2026-06-30").description
    assert "as of 30 Jun 2026" in said
