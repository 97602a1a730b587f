"""For any answer of the API, a load gives a correct frame or our error, and it ends."""

from __future__ import annotations

import datetime as dt
import json
import warnings
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import kpa_analytics as kpa
from kpa_analytics.demo import Fault
from kpa_analytics.demo.sources import COMPLETIONS, EMPLOYEE_STATUS
from kpa_analytics.errors import KPADataWarning, KPAError
from tests.conftest import VENDOR_RECORDS, at_most, completion, completions, use
from tests.hard.canned import canned

pytestmark = pytest.mark.slow

LOADS: dict[str, tuple[Callable[..., pl.DataFrame], str]] = {
    COMPLETIONS: (kpa.load_completions, "completedtrainings"),
    "trainings.v2.list": (kpa.load_trainings, "trainings"),
    "users.list": (kpa.load_users, "users"),
    "grouptrainings.list": (kpa.load_group_trainings, "grouptrainings"),
    EMPLOYEE_STATUS: (kpa.load_employee_status, "employees"),
    "fieldoffices.list": (kpa.load_groups, "fieldoffices"),
}

FUZZ = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=at_most(40),
)


def _loaded(load: Callable[..., pl.DataFrame]) -> pl.DataFrame | None:
    """The frame, or None after a KPAError; any other error fails the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KPADataWarning)
        try:
            return load(refresh=True)
        except KPAError:
            return None


whole = st.integers(-(2**70), 2**70) | st.integers(-9, 99_999_999)
texts = st.text(max_size=8) | st.sampled_from(
    ["1238", "-0", "1e3", "nan", "true", "\0", "\U0001f9ba"]
)
anything = st.recursive(
    st.none() | st.booleans() | whole | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
days = st.dates(dt.date(1000, 1, 1)).map(lambda day: int(f"{day:%Y%m%d}".rjust(8, "0"))) | whole
millis = st.integers(-(10**13), 10**14)


def _record(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A record with these fields: most are right, some are missing, null or of a wrong type."""
    loose = {
        name: st.one_of(right, right, right, right, anything) for name, right in fields.items()
    }
    return st.fixed_dictionaries({}, optional=loose)


identities = st.sampled_from(["5e58", "5e59", "", "\u00e9"]) | texts
RECORDS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    COMPLETIONS: _record(
        id=st.integers(1, 9), training_id=whole, m_user_id=identities, created=millis,
        date_number=days, special_expiration_date_number=st.none() | days,
        m_instructor_id=st.none() | identities, group_training_id=st.none() | whole,
        notes=st.none() | texts, signature=anything, files=st.lists(anything, max_size=2),
    ),
    "trainings.v2.list": _record(
        id=whole, title=texts, created=millis, included_trainings_id=st.lists(whole, max_size=3),
        renewal_months=whole, assigned_to_condition=anything, is_highlighted=st.booleans(),
        window_last_offered_date_number=days, expires_on_month=whole,
    ),
    "users.list": _record(
        id=identities, created=millis, fieldOffice_id=st.lists(texts, max_size=2) | texts,
        isDriver=st.booleans(), terminationDate=st.none() | millis, metavalues=anything,
    ),
    "grouptrainings.list": _record(
        id=whole, created=millis, m_trainees_id=st.lists(identities, max_size=3),
        trainings_id=st.lists(whole, max_size=3), m_instructor_id=identities,
    ),
    EMPLOYEE_STATUS: _record(
        m_user_id=identities, status=texts, percent_complete=st.floats() | whole | texts,
        complete_training_ids=st.lists(whole, max_size=2),
        last_completed=st.lists(
            _record(id=whole, date_number=days, expiresOn=days, is_required=anything), max_size=2
        ),
    ),
    "fieldoffices.list": _record(id=identities, name=texts, title=texts),
}  # fmt: skip


@pytest.mark.parametrize("method", RECORDS)
@FUZZ
@given(data=st.data())
def test_records_of_any_shape_load_correctly_or_raise_our_error(
    method: str, data: st.DataObject
) -> None:
    load, key = LOADS[method]
    records = data.draw(st.lists(RECORDS[method], max_size=4))
    extra = data.draw(st.dictionaries(texts, anything, max_size=1))
    paging = {"total": len(records), "last_page": 1 if records else 0}

    def answer(asked: str, _: object) -> bytes:
        if asked != method:
            return b'{"ok": false, "error": "token_permission"}'
        return json.dumps({**extra, "ok": True, key: records, "paging": paging}).encode()

    with canned(answer) as called:
        frame = _loaded(load)
    assert len(called) <= 3
    if frame is not None:
        _agrees(method, frame, records)


def _agrees(method: str, frame: pl.DataFrame, records: list[dict[str, Any]]) -> None:
    """The frame holds every record, with each number and date as it was sent."""
    key = "m_user_id" if method == EMPLOYEE_STATUS else "id"
    assert [str(value) for value in frame[key]] == [_plain(record[key]) for record in records]
    for row, record in zip(frame.rows(named=True), records, strict=True):
        for name, value in row.items():
            sent = record.get(f"{name}_number", record.get(name))
            if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
                assert f"{value:%Y%m%d}".rjust(8, "0") == _plain(sent)
            elif isinstance(value, dt.datetime):
                epoch = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
                assert (value - epoch) // dt.timedelta(milliseconds=1) == int(sent)
            elif isinstance(value, int) and name not in ("signed", "files"):
                assert value == (int(sent) if not isinstance(sent, str) else _lax(sent))
            elif value is None and name.endswith("date") and sent is not None:
                assert not _is_day(_plain(sent))


def _plain(value: object) -> str:
    return value if isinstance(value, str) else str(int(value))  # type: ignore[call-overload]


def _lax(text: str) -> int:
    return {"true": 1, "false": 0}.get(text.lower()) if text.isalpha() else int(float(text))


def _is_day(number: str) -> bool:
    try:
        return len(number) == 8 and dt.datetime.strptime(number, "%Y%m%d") is not None
    except ValueError:
        return False


@FUZZ
@given(numbers=st.lists(days, min_size=1, max_size=30))
@example(numbers=[2020227, 20200227, -20200227, 1010101, 0, 202002271, 20200230, 20190229])
def test_every_number_becomes_a_date_or_a_fault(numbers: list[int]) -> None:
    """Compare every number that fits Int64 with Python's calendar."""
    numbers = [number for number in numbers if -(2**63) <= number < 2**63]
    records = [completion(n + 1, date_number=day) for n, day in enumerate(numbers)]
    paging = {"total": len(records), "last_page": 1}
    body = json.dumps({"ok": True, "completedtrainings": records, "paging": paging}).encode()
    with canned(lambda method, parameters: body):
        frame = _loaded(kpa.load_completions)
    assert frame is not None
    for number, day in zip(numbers, frame["date"], strict=True):
        expected = (
            dt.datetime.strptime(str(number), "%Y%m%d").date() if _is_day(str(number)) else None
        )
        assert day == expected


@settings(FUZZ, max_examples=at_most(20))
@given(body=st.binary(max_size=300) | anything.map(lambda value: json.dumps(value).encode()))
@example(body=b'{"ok":true,"completedtrainings":' + b"[" * 99_999 + b"]" * 99_999 + b"}")
@example(body=b'{"ok":false,"error":' + b"[" * 99_999 + b"]" * 99_999 + b"}")
@example(body=b'{"ok":true,"x":"completedtrainings","paging":{"total":0,"last_page":0}}')
@example(body=b'{"ok":true,"completedtrainings":[],"paging":{"total":-1,"last_page":0}}')
@example(body=b'{"ok":true,"completedtrainings":[],"paging":[]}')
@example(body=b'{"ok":false,"error":' + b"9" * 5_000 + b"}")
@example(
    body=b'{"ok":true,"completedtrainings":[{"id":"\xff"}],"paging":{"total":1,"last_page":1}}'
)
@example(
    body=b'{"ok":true,"completedtrainings":[{"id":"\\ud800"}],"paging":{"total":1,"last_page":1}}'
)
@example(body=b'{"ok":true,"completedtrainings":[{"id":1}],"completedtrainings":[]}')
def test_bodies_of_any_bytes_load_correctly_or_raise_our_error(body: bytes) -> None:
    with canned(lambda method, parameters: body) as called:
        for load, _ in LOADS.values():
            assert _loaded(load) is None
    assert len(called) <= 30


GOOD = json.dumps(
    {"ok": True, "completedtrainings": VENDOR_RECORDS, "paging": {"total": 3, "last_page": 1}}
).encode()


@FUZZ
@given(
    edits=st.lists(
        st.tuples(st.integers(0, len(GOOD)), st.integers(0, 9), st.binary(max_size=4)), max_size=4
    )
)
def test_mutated_answers_load_correctly_or_raise_our_error(
    edits: list[tuple[int, int, bytes]],
) -> None:
    body = GOOD
    for place, gone, put in edits:
        body = body[:place] + put + body[place + gone :]
    with canned(lambda method, parameters: body):
        frame = _loaded(kpa.load_completions)
    if frame is not None:
        answer = json.loads(body.decode(errors="replace"), strict=False)
        _agrees(COMPLETIONS, frame, answer["completedtrainings"])


pages_told = st.integers(0, 6) | st.sampled_from([2**31, 2**62, 99_999, 1_000])


class Liar:
    """An API whose pages and counts may disagree."""

    def __init__(self, total: list[int], last: list[int], size: int, behaviour: str) -> None:
        self.total, self.last, self.size, self.behaviour = total, last, size, behaviour
        self.asked = 0

    def answer(self, method: str, parameters: dict[str, Any]) -> bytes:
        self.asked += 1
        page = parameters["page"]
        first = {
            "same page": 0,
            "two pages in turn": page % 2 * self.size,
            "always new": self.asked * self.size,
            "as asked": (page - 1) * self.size,
        }[self.behaviour]
        last = self.last[self.asked % len(self.last)]
        if last < 0:
            last = page + 1
        paging = {"total": self.total[self.asked % len(self.total)], "last_page": last}
        records = [completion(first + n + 1) for n in range(self.size)]
        return json.dumps({"ok": True, "completedtrainings": records, "paging": paging}).encode()


@settings(FUZZ, max_examples=at_most(50))
@given(
    total=st.lists(pages_told, min_size=1, max_size=3),
    last=st.lists(st.integers(-1, 5) | st.sampled_from([2**31, 2**62]), min_size=1, max_size=3),
    size=st.integers(0, 3),
    behaviour=st.sampled_from(["same page", "two pages in turn", "always new", "as asked"]),
)
@example(total=[2**62], last=[99_999], size=3, behaviour="same page")
@example(total=[2**62], last=[99_999], size=0, behaviour="as asked")
@example(total=[10], last=[-1], size=3, behaviour="always new")
@example(total=[0], last=[0], size=3, behaviour="same page")
def test_a_download_ends_although_the_paging_is_wrong(
    total: list[int], last: list[int], size: int, behaviour: str
) -> None:
    liar = Liar(total, last, size, behaviour)
    with canned(liar.answer):
        frame = _loaded(kpa.load_completions)
    assert liar.asked <= 12 * 2 + 60, "12 requests for each page there is, and 60"
    if frame is not None:
        assert frame["id"].is_unique().all()
        assert min(total) <= frame.height <= max(total)
    recent = _recent(liar)
    if recent is not None:
        assert min(total) <= recent.height <= max(total)


def _recent(liar: Liar) -> pl.DataFrame | None:
    with canned(liar.answer):
        return _loaded(lambda refresh: kpa.load_completions(refresh="recent"))


def test_a_download_ends_although_the_account_grows_with_every_page() -> None:
    growing = Liar([0], [-1], 1_000, "always new")
    growing.total = [1_000, 2_000]
    with canned(growing.answer):
        assert _loaded(kpa.load_completions) is None
    assert growing.asked <= 12 * 2 + 60


def test_a_collection_loads_although_the_server_ignores_the_limit() -> None:
    """The server sends pages of a hundred whatever the limit is; its counts are right.

    Such pages do not overlap, so that they are read twice.
    """
    records = [completion(n) for n in range(1, 251)]

    def answer(method: str, parameters: dict[str, Any]) -> bytes:
        start = (parameters["page"] - 1) * 100
        paging = {"total": 250, "last_page": 3}
        body = {"ok": True, "completedtrainings": records[start : start + 100], "paging": paging}
        return json.dumps(body).encode()

    with canned(answer) as called:
        assert kpa.load_completions()["id"].to_list() == list(range(1, 251))
    assert len(called) == 6


MUTATIONS = [
    lambda body: body[:-1],
    lambda body: body.replace(b"training_id", b"training_ID"),
    lambda body: body.replace(b"null", b"NaN"),
    lambda body: body.replace(b"null", b"[]"),
    lambda body: body.replace(b'"total":', b'"total":9'),
    lambda body: body.replace(b'"last_page":', b'"last_page":9999'),
    lambda body: body.replace(b'"ok":true', b'"ok":null'),
    lambda body: body.replace(b'"id":', b'"id":null,"di":'),
    lambda body: b"\xef\xbb\xbf" + body,
    lambda body: body.decode().encode("utf-16"),
    lambda body: body * 2,
    lambda body: b"",
]


@pytest.mark.parametrize("edit", MUTATIONS)
def test_the_same_holds_through_real_http(edit: Callable[[bytes], bytes]) -> None:
    with kpa.demo.serve(completions(2_100)) as api:
        use(api, retries=0)
        api.faults.add(Fault.body(edit), page=2, times=None)
        assert _loaded(kpa.load_completions) is None
        assert len(api.requests) <= 9
        assert kpa.snapshots().is_empty()
        api.faults.clear()
        assert kpa.load_completions().height == 2_100
