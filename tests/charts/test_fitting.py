"""Labels that are shortened to fit stay different from each other."""

from __future__ import annotations

import polars as pl
import pytest

from kpa_analytics.charts.fitting import fitted, width
from tests.charts.drawings import draw, inputs
from tests.charts.frames import person_id
from tests.charts.marks import labels_drawn

SERIES = [
    f"Annual refresher for supervisors, {middle}, of contractors working near energised equipment"
    for middle in ("north", "south", "east", "west")
]


@pytest.mark.slow
@pytest.mark.parametrize(
    "titles", [SERIES, [f"防火安全{'訓練' * 40}{character}防火" for character in "甲乙丙丁"]]
)
@pytest.mark.parametrize("name", ["expiry_by_training", "training_matrix", "instructor_coverage"])
def test_titles_that_differ_only_in_the_middle_have_different_labels(name, titles):
    given = inputs(name, titles=titles)
    frame = given[0].filter(pl.col("training_id") < 4)
    drawn = labels_drawn(draw(name, [frame, *given[1:]]))
    assert len(drawn) == len(set(drawn)) == frame["training_id"].n_unique() > 2


@pytest.mark.slow
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
