from __future__ import annotations

import csv
from io import StringIO

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpa_analytics.audit.csv import marked, write_csv
from kpa_analytics.spreadsheet import FORMULA_STARTS, inert
from tests.conftest import at_most

SIGNS = "=+-@＝＋－＠"  # noqa: RUF001
SEPARATORS = ",;\t|"
RISKY = st.text(st.sampled_from([*SIGNS, *SEPARATORS, *"\"\r\n\v\f \u00a0\u3000\ufeff\x00'a1"]))
ANY = st.text(st.characters(exclude_categories=["Cs"]))
TEXTS = st.lists(st.none() | RISKY | ANY, min_size=1)


def as_before(texts: pl.Series) -> pl.Series:
    """Remove the apostrophes that `inert` added."""
    for start in reversed(FORMULA_STARTS):
        texts = texts.str.replace_all(start.replace("('*", "'('*"), "$1$2$3")
    return texts


def written(texts, path) -> str:
    rows = pl.DataFrame(
        {"id": range(len(texts)), "text": texts, "days_left": -5, "last": "-"},
        schema_overrides={"text": pl.String},
    )
    write_csv(rows, path)
    return path.read_bytes().decode("utf-8-sig")


def cells(content: str, separator: str) -> list[str]:
    rows = csv.reader(StringIO(content.replace("\x00", " "), newline=""), delimiter=separator)
    return [cell for row in rows for cell in row]


@pytest.mark.slow
@settings(max_examples=at_most(500))
@given(texts=TEXTS)
def test_no_cell_is_a_formula_whatever_the_separator(tmp_path_factory, texts):
    content = written(texts, tmp_path_factory.mktemp("csv") / "rows.csv")
    for separator in SEPARATORS:
        for cell in cells(content, separator):
            assert cell == "-5" or not cell.startswith((*SIGNS, "\t", "\r")), (separator, cell)
            seen = cell.lstrip(" \t\r\n\v\f\u00a0\u3000\ufeff\x00")
            assert cell == "-5" or not seen.startswith(tuple(SIGNS)), (separator, cell)


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("before", ["", " ", "a;", "a,", "a\t", "a|", 'a"', "a\n", "a\r\n ", "a; "])
def test_a_sign_where_a_cell_can_begin_gets_an_apostrophe(before, sign):
    (made,) = inert(pl.DataFrame({"text": [f"{before}{sign}1+1"]}))["text"]
    assert "'" in made
    assert made.replace("'", "") == f"{before}{sign}1+1"


def test_what_can_be_no_formula_stays_as_it_is():
    texts = [
        "a - b",
        "2026-06-30",
        "mail@company.example",
        "1+1=2",
        "it's",
        "'quoted'",
        "Ladders, 2",
    ]
    frame = pl.DataFrame({"text": texts, "days_left": [-5] * len(texts)})
    assert inert(frame).equals(frame)


@pytest.mark.slow
@given(TEXTS)
def test_the_text_as_it_was_can_be_had_back(texts):
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    assert as_before(inert(frame)["text"]).to_list() == texts


@pytest.mark.slow
@given(texts=TEXTS)
def test_a_csv_reads_back_as_what_was_written(tmp_path_factory, texts):
    content = written(texts, tmp_path_factory.mktemp("csv") / "rows.csv")
    read = list(csv.DictReader(StringIO(content, newline="")))
    restored = as_before(pl.Series([row["text"] for row in read], dtype=pl.String))
    assert restored.to_list() == [text or "" for text in texts]
    assert [row["id"] for row in read] == [str(at) for at in range(len(texts))]
    assert {row["days_left"] for row in read} == {"-5"}


def test_the_demo_mark_is_the_first_column_and_real_rows_stay_as_they_are():
    rows = pl.DataFrame({"id": [7]})
    assert marked(rows, demo=True).columns == ["demo_data", "id"]
    assert marked(rows, demo=False) is rows
