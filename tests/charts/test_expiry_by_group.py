"""The chart of statuses by group of people."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest

from kpa_analytics import charts
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import GROUPS
from kpa_analytics.statuses import STATUSES
from tests.charts.frames import STATUS, users_frame


@pytest.mark.parametrize("by", ["field_office", "line_of_business", "job_title"])
def test_groups_count_each_person_in_each_of_their_groups(by):
    users = users_frame(50)  # ten people of the frame are not on the roster
    table = charts.expiry_by_group_table(STATUS, users, by=by)
    column = {
        "field_office": "fieldOffice_id",
        "line_of_business": "lineOfBusiness_id",
        "job_title": "jobTitle_id",
    }[by]
    member: dict[str, list[str | None]] = {}
    for row in users.iter_rows(named=True):
        value = row[column]
        member[row["id"]] = (value if isinstance(value, list) else [value]) or [None]
    expected = Counter(
        (group, row["status"])
        for row in STATUS.iter_rows(named=True)
        for group in member.get(row["m_user_id"], [None])
    )
    for row in table.iter_rows(named=True):
        assert {s: row[s] for s in STATUSES} == {s: expected[row["group_id"], s] for s in STATUSES}
    assert set(table["group_id"]) == {group for group, _ in expected}


def test_groups_have_their_names_where_they_are_known():
    names = pl.DataFrame(
        [
            ("field_office", "office-1", "Tulsa"),
            ("field_office", "office-2", "Tulsa"),
            ("job_title", "office-3", "Welder"),
        ],
        schema=GROUPS.schema,
        orient="row",
    )
    table = charts.expiry_by_group_table(STATUS, users_frame(60), groups=names)
    shown = dict(table.select("group_id", "group").iter_rows())
    assert shown["office-1"] == "Tulsa (office-1)"
    assert shown["office-2"] == "Tulsa (office-2)"
    assert shown["office-3"] == "office-3"
    assert shown[None] == "(no field office)"


def test_an_unknown_kind_of_group_is_an_error_that_lists_the_kinds():
    with pytest.raises(KPADataError, match="field_office, line_of_business, job_title"):
        charts.expiry_by_group(STATUS, users_frame(), by="fieldoffice")
