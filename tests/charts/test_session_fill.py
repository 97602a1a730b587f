"""The chart of how full past sessions were."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from kpa_analytics import charts
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import GROUP_SESSIONS
from tests.charts.frames import SESSIONS

AS_OF = date(2026, 6, 30)


def sessions(
    *rows: tuple[int | None, int, list[int]], day: date = date(2026, 5, 4)
) -> pl.DataFrame:
    """Sessions with these numbers of people listed and recorded, and these trainings."""
    return pl.DataFrame(
        [
            {
                **{"group_training_id": number, "date": day, "trainings_id": ids},
                **{"trainings": [f"T{each}" for each in ids], "demo": False},
                **{"attendees": listed, "recorded": recorded},
            }
            for number, (listed, recorded, ids) in enumerate(rows)
        ],
        schema=GROUP_SESSIONS.schema,
    )


def test_the_emptiest_training_comes_first():
    frame = sessions((6, 0, [7]), (None, 12, [8]), (12, 12, [7, 8]))
    table = charts.session_fill_table(frame, as_of=AS_OF)
    assert table.rows() == [(7, "T7", 2, 18, 24, 0.75), (8, "T8", 2, 24, 24, 1.0)]
    said = charts.session_fill(frame, as_of=AS_OF).description
    assert said.startswith(
        "88% of the places in past sessions were filled; the lowest share is in T7 (75%)"
    )


def test_the_title_counts_the_emptiest_trainings_that_are_not_drawn():
    frame = sessions((6, 0, [7]), (6, 0, [8]), (6, 0, [9]), (12, 12, [5]))
    said = charts.session_fill(frame, as_of=AS_OF, top=1).description
    assert said.startswith(
        "62% of the places in past sessions were filled; the lowest share is in T7 and 2 more "
        "(50% each)"
    )


def test_places_by_training_and_overfull_sessions():
    frame = sessions((6, 0, [7]), (6, 0, [8]))
    table = charts.session_fill_table(frame, as_of=AS_OF, capacity={7: 4})
    assert dict(table.select("training_id", "share").rows()) == {7: 1.5, 8: 0.5}
    assert "(12 a session, or the number given for the training)" in (
        charts.session_fill(frame, as_of=AS_OF, capacity={7: 4}).description
    )


def test_every_session_is_drawn_or_counted():
    unknown = sessions((None, 0, [7])).with_columns(recorded=pl.lit(None, pl.Int64))
    early = sessions((3, 3, [7]), day=date(2020, 1, 1))
    undated = sessions((3, 3, [7])).with_columns(date=pl.lit(None, pl.Date))
    frame = pl.concat([sessions((3, 3, [7]), (9, 9, [8])), unknown, early, undated])
    said = charts.session_fill(frame, as_of=AS_OF, top=1).description
    assert (
        "Not drawn: 2 sessions on other days or without a date, 1 session of unknown size, "
        "1 session of trainings at least as full as the last row"
    ) in said
    table = charts.session_fill_table(SESSIONS, as_of=AS_OF, months=1200)
    known = SESSIONS.filter(pl.col("date").is_not_null())
    assert table["sessions"].sum() == 2 * known.height  # each of two trainings
    said = charts.session_fill(SESSIONS, as_of=AS_OF, months=1200).description
    assert f"{known.height} sessions of several trainings count for each of them" in said
    both = charts.session_fill(sessions((3, 3, [7, 8]), (3, 3, [7])), as_of=AS_OF).description
    assert "1 session of several trainings counts for each of them" in both
    alone = charts.session_fill(sessions((3, 3, [7])), as_of=AS_OF).description
    assert "several" not in alone


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"capacity": 0}, "capacity must be a whole number from 1 to 10,000, not 0"),
        ({"capacity": {7: -1}}, "capacity of training 7 must be a whole number from 1"),
        (
            {"capacity": {8: 4, 7: 4, 9: 4}},
            "capacity: no training in these sessions has the id 8, 9",
        ),
        ({"months": 0}, "months must be a whole number from 1 to 1,200, not 0"),
        ({"top": 61}, "top must be a whole number from 1 to 60, not 61"),
        ({"as_of": "now"}, "as_of must be a day such as 2026-06-30, not 'now'"),
    ],
)
def test_bad_input_is_named(options: dict[str, Any], said: str):
    with pytest.raises(KPADataError) as caught:
        charts.session_fill(sessions((3, 3, [7])), **options)
    assert said in str(caught.value)
