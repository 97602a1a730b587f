"""The charts of gaps: their order, their titles and their numbers."""

from __future__ import annotations

import re

import polars as pl
import pytest
import vl_convert

from kpa_analytics import charts
from kpa_analytics.charts.render import specification
from kpa_analytics.data.training_data import FLEET_ACCOUNT
from kpa_analytics.schema import EXPIRY_STATUS, GROUPS, USERS
from tests.charts.marks import bars, drawing


def cases(**offices: tuple[int, int, int]) -> list[pl.DataFrame]:
    """Cases by office: expired, missing, current; one person an office, and the people."""
    rows = [
        (office, number, status)
        for office, counts in offices.items()
        for status, many in zip(("expired", "missing", "current"), counts, strict=True)
        for number in range(many)
    ]
    status = pl.DataFrame(
        {
            "m_user_id": [office for office, *_ in rows],
            "user": [office for office, *_ in rows],
            "training_id": [number for _, number, _ in rows],
            "training": [f"Training {number}" for _, number, _ in rows],
            "status": [status for *_, status in rows],
        }
    )
    people = {"id": list(offices), "fieldOffice_id": [[o] if o != "none" else [] for o in offices]}
    wanted = [pl.col(name).cast(dtype) for name, dtype in EXPIRY_STATUS.schema.items()]
    return [
        pl.concat(
            [EXPIRY_STATUS.empty(), status.cast({"status": pl.String})], how="diagonal_relaxed"
        ).select(wanted),
        pl.concat([USERS.empty(), pl.DataFrame(people)], how="diagonal_relaxed"),
    ]


COMPANY = cases(Midland=(5, 2, 93), Casper=(2, 0, 18), Elko=(0, 1, 9), none=(1, 0, 0))


def test_a_small_office_with_a_higher_share_comes_before_a_large_one():
    table = charts.expiry_by_group_table(*COMPANY)
    assert table["group"].to_list() == ["Casper", "Elko", "Midland", "(no field office)"]
    assert table["share"].to_list() == [0.1, 0.1, 0.07, 1.0]
    assert table["total"].to_list() == [20, 10, 100, 1]


@pytest.mark.parametrize(
    ("company", "title"),
    [
        (
            COMPANY,
            "8% of cases are gaps; the worst field offices: Casper and Elko (10% each)",
        ),
        (
            cases(Elko=(1, 1, 2), Casper=(0, 0, 4)),
            "25% of cases are gaps, the highest share in Elko (50%)",
        ),
        (cases(Elko=(0, 0, 2), Casper=(0, 0, 4)), "No case is a gap"),
        (
            cases(Elko=(1, 0, 1), Casper=(1, 0, 1)),
            "50% of cases are gaps, the same share in each field office",
        ),
        (
            cases(Elko=(1, 0, 1), Casper=(1, 0, 1), none=(3, 0, 1)),
            "62% of cases are gaps, 50% in each field office",
        ),
        (
            cases(Elko=(1, 0, 1), Casper=(2, 0, 2), Midland=(1, 0, 1), Reno=(0, 0, 2)),
            "40% of cases are gaps, the highest share in Casper, Elko and 1 more (50% each)",
        ),
        (cases(Elko=(1, 0, 1)), "50% of cases are gaps"),
    ],
)
def test_the_title_says_the_finding(company, title):
    chart = charts.expiry_by_group(*company, requirements_known=True)
    assert chart.to_dict()["title"]["text"] == title


@pytest.mark.parametrize(
    ("last", "title"),
    [
        # Only training 0 is drawn, and the row of others has another share.
        (
            "current",
            "75% of cases are gaps, the highest share in Training 0 and 2 more (100% each)",
        ),
        ("expired", "100% of cases are gaps, the same share in each training"),
    ],
)
def test_the_title_counts_the_trainings_that_are_not_drawn(last, title):
    status = pl.DataFrame(
        {
            "m_user_id": [f"p{number}" for number in range(4)],
            "training_id": range(4),
            "training": [f"Training {number}" for number in range(4)],
            "status": ["expired", "expired", "expired", last],
        }
    )
    wanted = [pl.col(name).cast(dtype) for name, dtype in EXPIRY_STATUS.schema.items()]
    frame = pl.concat([EXPIRY_STATUS.empty(), status], how="diagonal_relaxed").select(wanted)
    chart = charts.expiry_by_training(frame, top=1, requirements_known=True)
    assert chart.to_dict()["title"]["text"] == title


def test_the_title_counts_the_groups_that_are_not_drawn():
    chart = charts.expiry_by_group(
        *cases(Casper=(2, 0, 0), Elko=(1, 0, 0), Midland=(0, 0, 1), Reno=(1, 0, 0)),
        top=2,
        requirements_known=True,
    )
    assert chart.to_dict()["title"]["text"] == (
        "80% of cases are gaps, the highest share in Casper, Elko and 1 more (100% each)"
    )


def test_without_requirements_the_title_speaks_of_expired_cases_only():
    chart = charts.expiry_by_group(*cases(Elko=(1, 0, 3), Casper=(0, 0, 4)))
    assert (
        chart.to_dict()["title"]["text"]
        == "12% of cases are expired, the highest share in Elko (25%)"
    )
    assert "Missing: not known" in chart.description


@pytest.mark.slow
def test_a_bar_is_as_long_as_the_share_of_gaps_and_its_numbers_are_beside_it():
    chart = charts.expiry_by_group(*COMPANY)
    wide = {label: width for label, width, _ in bars(chart)}
    assert wide["Casper: 2 Expired, of 20 cases"] / wide["Midland: 5 Expired, of 100 cases"] == (
        pytest.approx(2, abs=0.1)
    )
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", drawing(chart))
    for text in ("Share", "Gaps", "Expiring", "Cases", "7%", "100", "all cases 8%"):
        assert text in texts
    assert not any("current" in label.lower() for label in wide)


@pytest.mark.slow
def test_a_person_without_an_office_does_not_dwarf_the_offices():
    assert not any(
        "(no field office)" in label for label, *_ in bars(charts.expiry_by_group(*COMPANY))
    )
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", drawing(charts.expiry_by_group(*COMPANY)))
    assert "100%" in texts  # the column has its share


def test_the_title_counts_groups_whose_names_have_no_room():
    names = pl.DataFrame(
        [("field_office", office, f"{office} " * 20) for office in ("Casper", "Elko")],
        schema=GROUPS.schema,
        orient="row",
    )
    few = cases(Casper=(1, 0, 1), Elko=(1, 0, 1), Reno=(0, 0, 4))
    chart = charts.expiry_by_group(*few, groups=names, requirements_known=True)
    assert chart.to_dict()["title"]["text"] == (
        "25% of cases are gaps, the highest share in 2 field offices (50% each)"
    )


def test_a_long_name_is_not_cut_in_the_title():
    names = pl.DataFrame(
        [("field_office", "Casper", "Casper " * 20)], schema=GROUPS.schema, orient="row"
    )
    few = cases(Casper=(1, 0, 1), Elko=(0, 0, 4))
    chart = charts.expiry_by_group(*few, groups=names, requirements_known=True)
    assert (
        chart.to_dict()["title"]["text"]
        == "17% of cases are gaps, the highest share in the field office at the top (50%)"
    )


@pytest.mark.slow
def test_a_company_without_a_gap_is_drawn():
    chart = charts.expiry_by_group(*cases(Elko=(0, 0, 2), Casper=(0, 0, 4)))
    assert "Elko" in re.findall(r"<text[^>]*>([^<]*)</text>", drawing(chart))
    assert "NaN" not in drawing(chart)


def test_a_chart_without_a_bar_keeps_the_scale_of_bars():
    """Vega-Lite warns of padding in a scale of points."""
    status, _ = cases(Midland=(0, 0, 3))
    spec = specification(charts.expiry_by_training(status))
    scales = {scale["name"]: scale for scale in vl_convert.vegalite_to_vega(spec)["scales"]}
    assert scales["y"]["type"] == "band"
    assert scales["y"]["paddingInner"] == 0.28


def test_a_row_whose_bar_would_be_longer_than_all_others_is_named():
    said = charts.expiry_by_group(*COMPANY).description
    assert "No bar: (no field office), which would be longer than all others" in said
    named = cases(Midland=(5, 2, 93), Casper=(2, 0, 18))
    assert "No bar" not in charts.expiry_by_group(*named).description


@pytest.mark.parametrize(
    "draw",
    [
        charts.expiry_by_training,
        charts.status_summary,
        charts.training_matrix,
        lambda status, **options: charts.expiry_by_group(status, COMPANY[1], **options),
    ],
)
def test_without_requirements_an_undated_record_is_not_a_gap(draw):
    """`expiry_status()` lists such a record as missing, because it proves nothing."""
    status = cases(Midland=(1, 1, 2))[0].with_columns(training_id=pl.int_range(pl.len()))
    chart = draw(status, requirements_known=False)
    assert "No requirements were provided; 1 listed case has only a completion without a date" in (
        chart.description
    )
    title = chart.to_dict()["title"]["text"]
    assert title.startswith(("25% of cases are expired", "1 person has 1 expired case")), title
    assert (
        draw(status, requirements_known=True)
        .to_dict()["title"]["text"]
        .startswith(("50% of cases are gaps", "1 person has 2 gaps"))
    )


def test_without_requirements_the_tables_do_not_say_that_nothing_is_missing():
    expired = cases(Midland=(1, 0, 3))
    unknown = ["missing", "not_due"]
    for known, number in ((None, None), (True, 0)):
        tables = [
            charts.expiry_by_training_table(expired[0], requirements_known=known),
            charts.expiry_by_group_table(*expired, requirements_known=known),
        ]
        for table in tables:
            assert {*table.select(unknown).row(0)} == {number}
            assert table["expired"].sum() == 1
            assert table["total"].sum() == 4


def test_a_chart_of_a_fleet_names_the_account_whose_requirements_are_not_known():
    status, people = cases(Midland=(1, 2, 3), Casper=(1, 0, 3))
    people = people.with_columns(pl.Series(FLEET_ACCOUNT, ["north", "south"]))
    for by in ("field_office", "account"):
        said = charts.expiry_by_group(status, people, by=by).description
        assert "Missing: none, or not known, in south" in said, by
    assert "not known" not in charts.expiry_by_group(status, people.drop(FLEET_ACCOUNT)).description
