"""A group of people has one name in every result, also if the records give it several or none."""

from __future__ import annotations

from datetime import date

import pytest

import kpa_analytics as kpa
from kpa_analytics import charts
from kpa_analytics.analysis.people_filter import PeopleFilter
from kpa_analytics.audit.people import people_rows
from kpa_analytics.schema import COMPLETIONS, GROUPS, USERS
from tests.frames import frame_of

DAY = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("given", "shown"), [([" ", "Mole", "Zebra", "Alpha"], "Mole"), ([" "], "o1"), ([], "o1")]
)
def test_an_office_has_one_name_in_every_result(given, shown):
    named = [{"kind": "field_office", "id": "o1", "name": name} for name in given]
    named.append({"kind": "field_office", "id": None, "name": "Nowhere"})
    data = kpa.TrainingData(
        completions=frame_of(
            COMPLETIONS, {"id": 1, "training_id": 7, "m_user_id": "ann", "date": DAY}
        ),
        users=frame_of(USERS, {"id": "ann", "fieldOffice_id": ["o1"]}, {"id": "ann"}),
        groups=frame_of(GROUPS, *named),
    )
    status = kpa.expiry_status(data.completions, users=data.users, as_of=DAY)
    trend = kpa.status_over_time(
        *(data.completions, data.trainings, data.users),
        **{"start": DAY, "end": DAY, "by": "field_office", "groups": data.groups},
    )
    chart = charts.expiry_by_group_table(status, data.users, groups=data.groups)
    assert trend["field_office"].to_list() == [shown]
    assert chart["group"].to_list() == [shown]
    assert PeopleFilter(data).offices["o1"] == shown
    assert people_rows(data, DAY)["field_office"].to_list()[0] == shown


def test_a_blank_id_is_no_office():
    done = [
        {"id": number, "training_id": 7, "m_user_id": person, "date": DAY}
        for number, person in enumerate(("ann", "bob"))
    ]
    trend = kpa.status_over_time(
        frame_of(COMPLETIONS, *done),
        users=frame_of(USERS, {"id": "ann", "fieldOffice_id": ["", " ", "o1"]}, {"id": "bob"}),
        **{"start": DAY, "end": DAY, "by": "field_office"},
    )
    assert trend.select("field_office_id", "total").rows() == [("o1", 1), (None, 1)]
