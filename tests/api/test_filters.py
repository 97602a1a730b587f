"""Filters that a server ignores are an error."""

from __future__ import annotations

from typing import Any

import pytest

import kpa_analytics as kpa
from kpa_analytics.api.client import Client
from kpa_analytics.demo.sources import COMPLETIONS, EMPLOYEE_STATUS, Listing, Records
from kpa_analytics.errors import KPADataError
from tests.conftest import VENDOR_RECORDS, completion, use

PERSON = "5e580f0db780600088bd2ca6"


class Deaf(Records):
    """Records that are served whatever the filters are."""

    def select(self, method: str, params: Any, as_of: Any) -> Listing:
        return super().select(method, {}, as_of)


FILES = [completion(1, files=[{}]), completion(2, files=[])]

CASES = [
    (VENDOR_RECORDS, {"training_id": 1042}, "training_id=1042.*record 1238"),
    (VENDOR_RECORDS, {"user_id": PERSON}, f"user_id='{PERSON}'.*record 1238"),
    (FILES, {"has_attachments": True}, "has_attachments=True.*record 2"),
    (FILES, {"has_attachments": False}, "has_attachments=False.*record 1"),
    (VENDOR_RECORDS, {"has_attachments": True}, "has_attachments=True.*record 1238"),
    (VENDOR_RECORDS, {"has_attachments": False}, "has_attachments=False.*record 1238"),
    (VENDOR_RECORDS, {"training_id": 1046, "user_id": PERSON}, "training_id=1046.*record 1236"),
]


@pytest.mark.parametrize(("records", "filters", "says"), CASES)
@pytest.mark.parametrize("refresh", [False, True, "recent"])
def test_the_error_about_an_ignored_filter_names_the_filter_and_a_record(
    records: list[dict[str, Any]], filters: dict[str, Any], says: str, refresh: Any
) -> None:
    with kpa.demo.serve(Deaf({COMPLETIONS: records})) as api:
        use(api)
        for _ in range(2):  # twice: the answer must not be cached
            with pytest.raises(KPADataError, match=says):
                kpa.load_completions(**filters, refresh=refresh)
        assert kpa.snapshots().is_empty()


@pytest.mark.parametrize(("records", "filters", "says"), CASES)
def test_a_filter_that_the_server_applies_is_accepted(
    records: list[dict[str, Any]], filters: dict[str, Any], says: str
) -> None:
    with kpa.demo.serve(Records({COMPLETIONS: records})) as api:
        use(api)
        ids = set(kpa.load_completions(**filters)["id"])
        assert ids == set(kpa.load_completions(**filters, refresh=True)["id"])
    assert ids < {record["id"] for record in records} or filters == {"has_attachments": False}


def test_statuses_of_other_people_are_refused() -> None:
    statuses = [{"m_user_id": "ann"}, {"m_user_id": "bob"}]
    with kpa.demo.serve(Deaf({EMPLOYEE_STATUS: statuses})) as api:
        use(api)
        with Client() as client:
            assert len(client.page(EMPLOYEE_STATUS, 1, m_user_ids=["ann", "bob"]).records) == 2
            with pytest.raises(
                KPADataError, match=r"m_user_ids=\['bob'\].*m_user_id of a record is 'ann'"
            ):
                client.page(EMPLOYEE_STATUS, 1, m_user_ids=["bob"])
