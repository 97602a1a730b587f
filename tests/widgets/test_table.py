"""Pages of a table, for every sort order."""

from __future__ import annotations

import json
import re
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from kpa_analytics.widgets.table import PAGE, RowsTable
from kpa_analytics.widgets.table_rows import TEXTS, ColumnHeading

HEADINGS = (
    ColumnHeading("number", "Row"),
    ColumnHeading("day", "Day", "date"),
    ColumnHeading("name", "Name"),
)
ROWS = st.lists(
    st.tuples(
        st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 6)),
        st.none() | st.sampled_from(["Abel", "Moe", "Roe", ""]),
    ),
    max_size=3 * PAGE,
)


def numbered(rows: list[tuple[date | None, str | None]]) -> pl.DataFrame:
    schema = {"day": pl.Date, "name": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row").with_row_index("number")


@pytest.mark.slow
@given(rows=ROWS, by=st.sampled_from(["day", "name", "number"]), down=st.booleans())
def test_every_page_is_one_of_a_full_stable_sort(
    rows: list[tuple[date | None, str | None]], by: str, down: bool
) -> None:
    frame = numbered(rows)
    whole = frame.sort(by, descending=down, nulls_last=True, maintain_order=True)
    table = RowsTable(HEADINGS, (by, down))
    table.show(frame, "")
    assert_frame_equal(table.filtered_rows, whole)
    assert table.total == frame.height
    for start in range(0, max(frame.height, 1), PAGE):
        table.first_wanted = start
        assert [row[0] for row in table.rows] == whole["number"][start : start + PAGE].to_list()


def test_marks_of_text_direction_in_names_are_removed() -> None:
    frame = pl.DataFrame({"number": [0], "day": ["\u202eevil"], "name": [["\u202eevil", "Moe"]]})
    table = RowsTable(HEADINGS, None)
    table.show(frame, "")
    assert table.rows == [[0, "evil", "evil; Moe"]]


@pytest.mark.parametrize("several", [False, True])
def test_names_are_sorted_as_a_reader_expects(several: bool) -> None:
    names = [
        "Abel",
        "Ångström",
        "Côté",
        "Cruz",
        "de la Cruz",
        "Łuk",
        "Moe",
        "Ødegaard",
        "Zimmermann",
        "≠ 1",
    ]
    mixed = names[::2] + names[1::2]
    table = RowsTable(HEADINGS[2:], ("name", False))
    table.show(pl.DataFrame({"name": [[name] for name in mixed] if several else mixed}), "")
    assert [row[0] for row in table.rows] == names
    table.sort = ["name", True]
    assert (
        [row[0] for row in table.rows]
        == table.rows_as_shown["Name"].explode().to_list()
        == names[::-1]
    )


def test_a_column_of_lists_is_sorted_by_its_lists() -> None:
    frame = pl.DataFrame({"number": [0, 1, 2, 3], "name": [["Moe"], [], None, ["Abel", "Roe"]]})
    table = RowsTable(HEADINGS[::2], ("name", False))
    table.show(frame, "")
    assert table.rows == [[1, None], [3, "Abel; Roe"], [0, "Moe"], [2, None]]
    table.sort = ["name", True]
    assert [row[0] for row in table.rows] == table.filtered_rows["number"].to_list() == [0, 3, 1, 2]


@pytest.mark.parametrize("sort", [None, ("no such column", True)])
def test_without_a_sort_column_the_rows_keep_their_order(
    sort: tuple[str, bool] | None,
) -> None:
    frame = numbered([(None, "b"), (date(2026, 1, 1), "a")])
    table = RowsTable(HEADINGS, sort)
    table.show(frame, "")
    assert_frame_equal(table.filtered_rows, frame)
    assert table.rows == [[0, None, "b"], [1, "1 Jan 2026", "a"]]


def test_another_column_starts_at_the_first_page() -> None:
    frame = numbered([(None, str(number)) for number in range(250)])
    table = RowsTable(HEADINGS, ("number", True))
    table.show(frame, "")
    table.first_wanted = 200
    assert [row[0] for row in table.rows] == [*range(49, 49 - PAGE, -1)]
    table.sort = ["number", False]
    assert (table.first_wanted, table.rows[0][0], len(table.rows)) == (0, 0, PAGE)


PEOPLE = pl.DataFrame(
    {
        "who": ["Łódź, Zoë", "Moe, Ann", None],
        "taught": [["First Aid", "Ladders"], [], None],
        "status": ["expired", "current", "expired"],
        "day": [date(2026, 7, 1), date(2026, 6, 30), date(2026, 7, 31)],
    }
)
PEOPLE_HEADINGS = (
    ColumnHeading("who", "Person", "person"),
    ColumnHeading("taught", "Trainings"),
    ColumnHeading("status", "Status", "status"),
    ColumnHeading("day", "Expires", "date"),
)


@pytest.mark.parametrize(
    ("filters", "rows"),
    [
        ({"who": "zoe LODZ"}, [0]),
        ({"taught": "ladders"}, [0]),
        ({"status": "Expired", "who": "o"}, [0]),
        ({"status": "expired"}, [0, 2]),
        ({"who": "  "}, [0, 1, 2]),
        ({"day": "jul 2026"}, [0, 2]),
        ({"day": "2026-07"}, [0, 2]),
        ({"day": "2026-06-30"}, [1]),
        ({"day": "1 Jul 2026"}, [0]),
        ({"day": "1 July"}, [0]),
        ({"day": "Ju"}, [0, 1, 2]),
        ({"day": "2026"}, [0, 1, 2]),
        ({"day": "07-31"}, [2]),
        ({"day": "07-"}, [0, 2]),
    ],
)
def test_a_filter_finds_texts_as_the_people_search_does(
    filters: dict[str, str], rows: list[int]
) -> None:
    table = RowsTable(PEOPLE_HEADINGS, None, labels={"status": {"expired": "x Expired"}})
    table.show(PEOPLE, "")
    table.filters = filters
    assert_frame_equal(table.filtered_rows, PEOPLE[rows])
    assert (table.total, len(table.rows), table.empty_text) == (len(rows), len(rows), "")


NUMBERS = pl.DataFrame({"left": [-30, 0, 5, None], "share": [0.0, 12.3, 50.0, 100.0]})
NUMBER_HEADINGS = (
    ColumnHeading("left", "Days left", "number"),
    ColumnHeading("share", "Share", "number"),
)


@pytest.mark.parametrize(
    ("filters", "rows"),
    [
        ({"left": [-30, 0]}, [0, 1]),
        ({"left": [0, None]}, [1, 2]),
        ({"left": [None, -1]}, [0]),
        ({"left": [0.5, 10**30]}, [2]),
        ({"left": [None, None]}, [0, 1, 2, 3]),
        ({"left": "5"}, [0, 1, 2, 3]),
        ({"share": [12.3, 50]}, [1, 2]),
        ({"share": [None, 12.3], "left": [0, None]}, [1]),
    ],
)
def test_numbers_are_filtered_by_the_least_and_the_largest(
    filters: dict[str, object], rows: list[int]
) -> None:
    table = RowsTable(NUMBER_HEADINGS, None)
    table.show(NUMBERS, "")
    table.filters = filters
    assert_frame_equal(table.filtered_rows, NUMBERS[rows])


def test_a_number_with_a_label_is_in_no_range() -> None:
    table = RowsTable(NUMBER_HEADINGS, None, labels={"left": {0: "not known", None: "not known"}})
    table.show(NUMBERS, "")
    table.filters = {"left": [-30, 5]}
    assert_frame_equal(table.filtered_rows, NUMBERS[[0, 2]])


def test_the_caption_says_how_many_rows_a_filter_leaves() -> None:
    table = RowsTable(PEOPLE_HEADINGS, None)
    table.show(PEOPLE, "Everyone")
    assert table.caption == "Everyone"
    table.filters = {"who": "moe"}
    assert table.caption == "Everyone; filtered: 1 of 3 rows"
    table.show(PEOPLE[:1], "Only Zoë")
    assert table.caption == "Only Zoë; filtered: 0 of 1 row"
    table.show(PEOPLE.clear(), "Nobody")
    assert table.caption == "Nobody"
    table.show(PEOPLE, "Everyone")
    table.filters = {"who": " "}
    assert table.caption == "Everyone"


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"day": "-"}, "No row matches Expires '-'."),
        ({"day": "/"}, "No row matches Expires '/'."),
        ({"who": "Smith"}, "Nobody matches 'Smith'."),
        ({"who": "Moe", "taught": "x"}, "No row matches Person 'Moe', Trainings 'x'."),
        ({"left": [1000, 2000]}, "No row matches Days left from 1,000 to 2,000."),
        ({"left": [None, -31]}, "No row matches Days left -31 or less."),
    ],
)
def test_a_filter_that_finds_nothing_says_so(filters: dict[str, str], said: str) -> None:
    table = RowsTable((*PEOPLE_HEADINGS, NUMBER_HEADINGS[0]), None)
    people = PEOPLE.with_columns(NUMBERS["left"][:3])
    table.show(people, "", empty_text="No rows here.")
    table.filters = filters
    assert (table.total, table.rows, table.empty_text) == (0, [], said)
    table.show(people.clear(), "", empty_text="No rows here.")
    assert table.empty_text == "No rows here."


def test_columns_that_are_hidden_at_first_are_computed_when_they_are_chosen() -> None:
    computed = []

    def more(frame: pl.DataFrame, needed: set[str]) -> pl.DataFrame:
        computed.append((frame.height, needed))
        return frame.with_columns(office=pl.lit("Elko"))

    office = ColumnHeading("office", "Field office", shown_at_first=False)
    table = RowsTable((*PEOPLE_HEADINGS, office), None, add_columns=more)
    table.show(PEOPLE, "")
    assert computed == []
    assert [heading.column for heading in table.headings] == ["who", "taught", "status", "day"]
    table.picked = ["who", "office"]
    assert table.rows[1] == [["Moe, Ann"], "Elko"]  # in a list: without an id it opens no record
    table.filters = {"who": "Ann"}
    assert computed == [(PEOPLE.height, {"who", "office"})]  # once for the same frame
    table.picked = []
    assert len(table.shown_columns) == 4


def test_the_rows_are_those_of_one_moment_if_others_are_shown_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """JupyterLab handles a click in a second thread while a cell asks for the rows."""
    rows = pl.DataFrame({"user": [f"user {number:02}" for number in range(60)]})
    table = RowsTable([ColumnHeading("user", "Person")], ("user", True))
    table.show(rows, "Rows")

    def interrupted(column: pl.Series) -> pl.Series:
        monkeypatch.undo()
        table.show(rows.head(2), "Fewer rows")
        return column

    monkeypatch.setattr("kpa_analytics.widgets.table.sort_keys", interrupted)
    assert_frame_equal(table.filtered_rows, rows.reverse())
    assert_frame_equal(table.filtered_rows, rows.head(2).reverse())


def test_a_sort_by_a_column_that_is_hidden_at_first_stays_when_other_rows_are_shown() -> None:
    def more(rows: pl.DataFrame, _: object) -> pl.DataFrame:
        return rows.with_columns(number=pl.col("user").str.len_chars())

    headings = [
        ColumnHeading("user", "Person"),
        ColumnHeading("number", "Letters", shown_at_first=False),
    ]
    table = RowsTable(headings, None, add_columns=more)
    table.show(pl.DataFrame({"user": ["a", "aaa", "aa"]}), "Rows")
    table.sort = ["number", True]
    table.show(pl.DataFrame({"user": ["b", "bbb"]}), "Others", headings)
    assert table.sort == ["number", True]
    assert table.filtered_rows["user"].to_list() == ["bbb", "b"]
    table.show(pl.DataFrame({"user": ["b", "bbb"]}), "Others", headings[:1])
    assert table.sort == [], "a column that the new rows do not have"


def test_kinds_of_text_are_the_same_in_the_browser() -> None:
    (listed,) = re.findall(r"const TEXTS = (\[.*\]);", str(RowsTable._esm))
    assert tuple(json.loads(listed)) == TEXTS
