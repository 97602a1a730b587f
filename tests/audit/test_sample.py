"""A sample of cases for an audit test: stratified, and drawn again by anybody."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from fractions import Fraction
from itertools import combinations

import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kpa_analytics as kpa
from kpa_analytics.audit.sample import FOR_THE_TESTER, allocation, draw_sample
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import SAMPLE
from kpa_analytics.statuses import STATUSES
from tests.audit.packs import AS_OF, Page, pdf_text
from tests.drawn_once import left_blank

STRATA = st.dictionaries(
    st.tuples(st.integers(1, 9), st.sampled_from(STATUSES)), st.integers(1, 60), min_size=1
)
WORST_FIRST = ["expired", "missing", "expiring", "current", "not_due"]


@given(STRATA, st.integers(1, 400))
def test_places_are_shared_in_proportion_with_one_each_while_there_is_room(sizes, size):
    places = allocation(sizes, size)
    whole = sum(sizes.values())
    assert sum(places.values()) == min(size, whole)
    assert all(0 < places[key] <= sizes[key] for key in places)
    if size >= len(sizes):
        assert set(places) == set(sizes)
    else:
        assert set(places.values()) == {1}
        statuses = {status for _, status in sizes}
        assert len({status for _, status in places}) == min(size, len(statuses))
    for key, count in places.items():
        # Nobody has more than the share, but for the one place that each stratum gets first.
        assert count == 1 or count < Fraction(size * sizes[key], whole) + 1


@given(STRATA, st.integers(1, 400), st.randoms(use_true_random=False))
def test_the_order_of_the_cases_does_not_matter(sizes, size, random):
    keys = list(sizes)
    random.shuffle(keys)
    assert allocation({key: sizes[key] for key in keys}, size) == allocation(sizes, size)


@pytest.mark.parametrize(("worse", "better"), [*combinations(WORST_FIRST, 2)])
def test_a_tie_goes_to_the_lower_training_and_then_to_the_worse_status(worse, better):
    assert allocation({(1, better): 9, (1, worse): 9}, 3) == {(1, worse): 2, (1, better): 1}
    assert allocation({(2, worse): 9, (1, better): 9}, 3) == {(1, better): 2, (2, worse): 1}
    assert allocation({(2, worse): 9, (1, worse): 9}, 1) == {(1, worse): 1}


def again(status: pl.DataFrame, size: int, seed: int) -> set[tuple[int, str]]:
    """The sample, drawn by what the pack says of the method and by other code than ours."""
    strata: dict[tuple[int, str], list[str]] = {}
    for row in status.iter_rows(named=True):
        strata.setdefault((row["training_id"], row["status"]), []).append(row["m_user_id"])

    def rank(key):
        return (-len(strata[key]), key[0], WORST_FIRST.index(key[1]))

    line = sorted(strata, key=rank)
    first = [next((key for key in line if key[1] == status), None) for status in WORST_FIRST]
    first = [key for key in first if key]
    queue = first + [key for key in line if key not in first]
    places = Counter(queue[:size])
    total = sum(len(people) for people in strata.values())
    while places.total() < min(size, total):
        short = [key for key in places if places[key] < len(strata[key])]
        places[
            min(
                short,
                key=lambda key: (
                    places[key] - Fraction(size * len(strata[key]), total),
                    *rank(key),
                ),
            )
        ] += 1
    return {
        (key[0], person)
        for key, count in places.items()
        for person in sorted(
            strata[key],
            key=lambda person: hashlib.sha256(f"{seed}:{key[0]}:{person}".encode()).hexdigest(),
        )[:count]
    }


@pytest.fixture(scope="module")
def status(data):
    return kpa.expiry_status(
        data.completions, data.trainings, data.users, as_of=AS_OF, required=data.employee_status
    )


@pytest.fixture(scope="module")
def sampled(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sampled") / "pack"
    with left_blank():
        return kpa.export_audit(data, folder, as_of=AS_OF, sample=120, seed=7)


def rows_of(pack) -> list[dict[str, str]]:
    with (pack / "sample.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
def test_anybody_can_draw_the_sample_again(sampled, status):
    rows = rows_of(sampled)
    drawn = {(int(row["training_id"]), row["m_user_id"]) for row in rows}
    assert len(drawn) == len(rows) == 120
    assert drawn == again(status, 120, 7)
    assert drawn != again(status, 120, 8)
    by_case = {(row["training_id"], row["m_user_id"]): row for row in status.iter_rows(named=True)}
    sizes = Counter(status.select("training_id", "status").rows())
    counts = Counter((int(row["training_id"]), row["status"]) for row in rows)
    for row in rows:
        case = by_case[int(row["training_id"]), row["m_user_id"]]
        assert row["status"] == case["status"]
        assert row["completion_id"] == str(case["completion_id"] or "")
        stratum = case["training_id"], case["status"]
        assert int(row["stratum_cases"]) == sizes[stratum]
        assert int(row["stratum_drawn"]) == counts[stratum]
        assert [row[name] for name in FOR_THE_TESTER] == [""] * 4
    assert [int(row["number"]) for row in rows] == list(range(1, 121))


@pytest.mark.slow
def test_seed_and_method_are_printed(sampled, status, data):
    facts = json.loads((sampled / "manifest.json").read_text(encoding="utf-8"))["settings"][
        "sample"
    ]
    strata = status.select("training_id", "status").n_unique()
    assert facts | {"size": 120, "seed": 7, "drawn": 120, "cases": status.height} == facts
    assert facts["strata"] == strata
    sheet = openpyxl.load_workbook(sampled / "audit.xlsx")["sample"]
    assert sheet.max_row == 121
    flat = " ".join(pdf_text((sampled / "audit.pdf").read_bytes()).split())
    page = Page((sampled / "report.html").read_text(encoding="utf-8")).text
    for said in (
        f"evidence exists: 120 of {status.height:,} cases",
        "sample size 120, seed 7",
        "furthest below its share of all cases",
        "7:training_id:m_user_id",
        "Evidence seen",
        "Tested on",
    ):
        assert said in flat
        assert said in page
    assert kpa.verify_audit(sampled).is_empty()


@pytest.mark.usefixtures("only_its_page")
@pytest.mark.slow
def test_a_sample_larger_than_the_cases_is_all_of_them(data, status, tmp_path):
    pack = kpa.export_audit(data, tmp_path / "pack", as_of=AS_OF, sample=10**6)
    assert len(rows_of(pack)) == status.height
    page = Page((pack / "report.html").read_text(encoding="utf-8")).text
    said = (
        f"the sample size is 1,000,000 and the pack has {status.height:,} cases, so the sample is"
    )
    assert said in page
    assert "seed 0" in page


@pytest.mark.slow
def test_without_a_sample_there_is_none(pack):
    assert not (pack / "sample.csv").exists()
    assert "sample" not in openpyxl.load_workbook(pack / "audit.xlsx").sheetnames


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"sample": 0}, "sample must be a whole number of cases, at least 1, not 0"),
        ({"sample": 2.5}, "sample must be"),
        ({"sample": True}, "sample must be"),
        ({"sample": 9, "seed": "x"}, "seed must be a whole number, not 'x'"),
        ({"seed": 3}, "seed must not be given alone: sample must be given, too"),
    ],
)
def test_wrong_arguments_are_named(data, tmp_path, wrong, named):
    with pytest.raises(KPADataError, match=named):
        kpa.export_audit(data, tmp_path / "pack", as_of=AS_OF, **wrong)
    assert list(tmp_path.iterdir()) == []


def test_a_sample_does_not_depend_on_the_order_of_the_cases(data, status):
    columns = {name: pl.lit(None, dtype) for name, dtype in SAMPLE.schema.items()}
    cases = status.with_columns(
        columns[name].alias(name)
        for name in columns
        if name not in (*status.columns, "number", "stratum_cases", "stratum_drawn")
    )
    rows = draw_sample(cases, 25, 7).rows
    assert draw_sample(cases.reverse(), 25, 7).rows.equals(rows)
    assert rows.height == 25
    assert rows["status"].n_unique() == status["status"].n_unique()
