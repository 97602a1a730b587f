from __future__ import annotations

import csv
from io import StringIO

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from kpa_analytics.audit.tables import inert, marked, write_csv

TEXTS = st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"])), min_size=1)
STARTS = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001


@given(TEXTS)
def test_only_what_could_be_a_formula_gets_an_apostrophe(texts):
    made = inert(pl.DataFrame({"text": texts}, schema={"text": pl.String}))["text"].to_list()
    for before, after in zip(texts, made, strict=True):
        risky = before is not None and before.startswith(STARTS)
        assert after == ("'" + before if risky else before)


@given(texts=TEXTS)
def test_a_csv_reads_back_as_what_was_written(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("csv") / "rows.csv"
    rows = pl.DataFrame(
        {"id": range(len(texts)), "text": texts}, schema_overrides={"text": pl.String}
    )
    write_csv(rows, path)
    content = path.read_bytes().decode("utf-8-sig")
    read = list(csv.DictReader(StringIO(content, newline="")))
    assert [row["text"] for row in read] == [text or "" for text in inert(rows)["text"]]
    assert [row["id"] for row in read] == [str(at) for at in range(len(texts))]


def test_the_demo_mark_is_the_first_column_and_real_rows_stay_as_they_are():
    rows = pl.DataFrame({"id": [7]})
    assert marked(rows, demo=True).columns == ["demo_data", "id"]
    assert marked(rows, demo=False) is rows
