"""Every number of the report, counted again from the pack's CSV files and sheets.

The counting uses csv, openpyxl, json and html.parser only, as an auditor's own program would.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from datetime import date, datetime
from html.parser import HTMLParser

import openpyxl
import pytest

from tests.audit import pack_reader

pytestmark = pytest.mark.slow

AS_OF, TWO_YEARS_BEFORE = date(2026, 6, 30), date(2024, 6, 30)
_DAY = re.compile(r"\d{1,2} [A-Z][a-z]{2} \d{4}")
_NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?%?(?![\w.]*\w)")


class Report(HTMLParser):
    """The tiles, and of each section the paragraphs and the tables with their captions."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tiles: list[str] = []
        self.paragraphs: dict[str, list[str]] = {"": []}
        self.tables: list[tuple[str, list[str], list[list[str]]]] = []
        self._section, self._into = "", ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "section":
            self._section = given.get("id") or ""
            self.paragraphs.setdefault(self._section, [])
        elif tag == "li" and not self._section:
            self.tiles.append("")
        elif tag == "p":
            self.paragraphs[self._section].append("")
        elif tag == "table":
            self.tables.append((self._section, [], []))
        elif tag == "tr":
            self.tables[-1][2].append([])
        elif tag in ("th", "td") and self.tables:
            self.tables[-1][2][-1].append("")
        if tag in ("li", "p", "th", "td", "script", "style", "caption", "h2", "nav"):
            self._into = tag

    def handle_endtag(self, tag):
        if tag == self._into:
            self._into = ""

    def handle_data(self, data):
        if self._into == "li" and not self._section and self.tiles:
            self.tiles[-1] += f" {data.strip()}"
        elif self._into == "p":
            self.paragraphs[self._section][-1] += data
        elif self._into in ("th", "td") and self.tables:
            self.tables[-1][2][-1][-1] += data.strip()


def numbers(text: str) -> list[str]:
    """The numbers in a text, without its days."""
    return [number.rstrip(",") for number in _NUMBER.findall(_DAY.sub("", text))]


def shown(*figures: int | str) -> list[str]:
    return [figure if isinstance(figure, str) else f"{figure:,}" for figure in figures]


def percent(part: int, whole: int) -> str:
    """Rounded down, so that 100.0% means all."""
    return f"{math.floor(1000 * part / whole) / 10:.1f}%"


def in_order(cases: list[dict]) -> int:
    return sum(case["status"] in ("current", "expiring") for case in cases)


class Counted:
    """The figures of a pack, counted from records.csv, trainings.csv and the sheets."""

    def __init__(self, pack) -> None:
        self.records = pack_reader.completions(pack)
        self.catalogue = {training["id"] for training in pack_reader.trainings(pack)}
        book = openpyxl.load_workbook(pack / "audit.xlsx", read_only=True)
        self.sheets = {}
        for sheet in book.worksheets[1:]:
            heading, *rows = sheet.iter_rows(values_only=True)
            self.sheets[sheet.title] = [dict(zip(heading, row, strict=True)) for row in rows]
        self.cases = self.sheets["status"]
        self.by_status = Counter(case["status"] for case in self.cases)
        self.due = len(self.cases) - self.by_status["not_due"]
        by_id = {record["id"]: record for record in self.records}
        valid = [case for case in self.cases if case["status"] in ("current", "expiring")]
        self.valid = [by_id[case["completion id"]] for case in valid if case["completion id"]]
        self.in_order = len(valid)
        composed = {
            one["id"] for one in pack_reader.trainings(pack) if one["included_trainings_id"]
        }
        required = pack_reader.required(pack)
        due = [case for case in self.cases if case["status"] != "not_due"]
        self.composed = [case for case in due if case["training id"] in composed]
        self.required = [
            case
            for case in due
            if case["training id"] not in composed
            and (case["user id"], case["training id"]) in required
        ]
        behind = {
            case["user id"] for case in self.cases if case["status"] in ("expired", "missing")
        }
        self.people = len({case["user id"] for case in self.cases})
        self.people_in_order = self.people - len(behind)
        days = Counter((one["training id"], one["days left"]) for one in self.soon)
        self.peak = max(days.values())
        self.happened = [one for one in self.records if not one["date"] or one["date"] <= AS_OF]

    @property
    def soon(self) -> list[dict]:
        return [
            case
            for case in self.cases
            if case["status"] in ("current", "expiring") and case["days left"] in range(31)
        ]

    def on_file(self) -> tuple[int, int, int, int]:
        signed = [one for one in self.valid if one["signed"] == "true"]
        unsigned = [one for one in self.valid if one["signed"] != "true"]
        file = [one for one in unsigned if int(one["files"] or 0)]
        neither = [one for one in unsigned if not int(one["files"] or 0)]
        named = sum(bool(one["m_instructor_id"]) for one in neither)
        return len(signed), len(file), named, len(neither) - named

    def trainings(self, ids: set[int]) -> list[str]:
        unlisted = sorted(ids - self.catalogue)
        return shown(len(ids), *([len(unlisted), *map(str, unlisted)] if unlisted else []))


@pytest.fixture(scope="module")
def counted(pack) -> Counted:
    return Counted(pack)


@pytest.fixture(scope="module")
def report(pack) -> Report:
    return Report((pack / "report.html").read_text(encoding="utf-8"))


def test_the_tiles(report, counted):
    signed, file, *neither = counted.on_file()
    said = {re.sub(r"^\W+", "", tile).split(" ", 1)[0]: numbers(tile) for tile in report.tiles}
    of_status = counted.by_status
    people = len({case["user id"] for case in counted.cases})
    expected = {
        "In": [
            percent(in_order(counted.required), len(counted.required)),
            *shown(len(counted.required)),
        ],
        "Expired": shown(
            of_status["expired"], sum(case["status"] == "expired" for case in counted.composed)
        ),
        "Missing": shown(of_status["missing"]),
        "Due": shown(30, len(counted.soon), 30),
        "Composed": [
            percent(in_order(counted.composed), len(counted.composed)),
            *shown(in_order(counted.composed), len(counted.composed)),
        ],
        "Expiring": shown(of_status["expiring"]),
        "Current": shown(of_status["current"]),
        "Signature": [
            percent(signed + file, len(counted.valid)),
            *shown(sum(neither), len(counted.valid)),
        ],
        "People": shown(people, len(counted.records)),
    }
    assert {name: said.get(name) for name in expected} == expected


def test_the_sentences(report, counted):
    said = {
        section: [number for text in texts for number in numbers(text)]
        for section, texts in report.paragraphs.items()
    }
    signed, file, named, nothing = counted.on_file()
    taught = [one for one in counted.happened if one["m_instructor_id"]]
    recent = [one for one in taught if one["date"] and one["date"] > TWO_YEARS_BEFORE]
    teachers: dict[int, set[str]] = {}
    for one in recent:
        teachers.setdefault(one["training_id"], set()).add(one["m_instructor_id"])
    expired = [case for case in counted.cases if case["status"] == "expired"]
    in_groups = sum(one["group_training_id"] is not None for one in counted.happened)
    later = len(counted.records) - len(counted.happened)
    expected = {
        "standing": [
            *shown(len(counted.required), in_order(counted.required)),
            *shown(counted.people_in_order, counted.people, counted.due),
            percent(counted.in_order, counted.due),
            *shown(in_order(counted.composed), len(counted.composed)),
            *shown(len(counted.composed) - in_order(counted.composed)),
            *shown(len(counted.soon), 30, counted.peak),
            *counted.trainings({case["training id"] for case in counted.cases}),
        ],
        "overdue": shown(
            len(expired),
            len({case["user id"] for case in expired}),
            counted.by_status["missing"],
        ),
        "expiring": shown(counted.by_status["expiring"], 30),
        "on_file": shown(len(counted.valid), signed, file, named + nothing, named, nothing),
        "instructors": [
            *shown(len({one["m_instructor_id"] for one in taught})),
            *shown(len({one["m_instructor_id"] for one in recent}), 24, 24),
            *shown(sum(len(who) == 1 for who in teachers.values())),
            *counted.trainings(counted.catalogue | {one["training_id"] for one in counted.records}),
        ],
        "sessions": [
            *shown(len(counted.sheets["sessions"])),
            f"{in_groups / len(counted.happened):.0%}",
            *shown(len(counted.happened), later),
        ],
        "quality": shown(len(counted.sheets["findings"])),
    }
    assert later > 0
    for section, figures in expected.items():
        assert said[section][: len(figures)] == figures, section
        rest = said[section][len(figures) :]
        assert rest == [], (section, "a number that nobody counts again", rest)
    compared, agreeing, differing = (int(each.replace(",", "")) for each in said["vendor"][:3])
    assert agreeing + differing == compared <= len(counted.cases)
    assert differing == len(counted.sheets["vendor"])


def test_the_tables_of_gaps_have_every_case(report, counted):
    printed = Counter()
    for section, _, (heading, *rows) in report.tables:
        if section == "overdue":
            columns = [heading.index(name) for name in ("Status", "Valid through", "Days overdue")]
            printed.update(tuple(row[place] for place in columns) for row in rows if len(row) > 3)

    def row_of(case):
        ends, left = case["expiration date"], case["days left"]
        day = f"{ends.day} {ends:%b %Y}" if isinstance(ends, datetime) else "–"  # noqa: RUF001
        days = "–" if left is None else f"{-left:,}"  # noqa: RUF001
        return case["status"], day, days

    gaps = [case for case in counted.cases if case["status"] in ("expired", "missing")]
    expected = Counter(map(row_of, gaps))
    found = Counter({(re.sub(r"\W", "", s).lower(), d, n): k for (s, d, n), k in printed.items()})
    assert found == expected


def test_the_counts_of_the_other_tables(report, counted):
    tables = {tuple(rows[0]): rows[1:] for _, _, rows in report.tables}
    kinds = Counter(row["finding"] for row in counted.sheets["findings"])
    of_kinds = next(rows for heading, rows in tables.items() if heading == ("Finding", "Records"))
    assert [int(row[1].replace(",", "")) for row in of_kinds] == [*kinds.values()]
    rules = next(rows for heading, rows in tables.items() if heading[0] == "Rule")
    assert [row[-1] for row in rules] == [
        "–" if row["cases"] is None else f"{row['cases']:,}"  # noqa: RUF001
        for row in counted.sheets["rules"]
    ]
    assert sum(row["cases"] or 0 for row in counted.sheets["rules"]) == len(counted.cases)


def test_the_counts_of_the_manifest(pack, counted):
    counts = json.loads((pack / "manifest.json").read_bytes())["counts"]
    again = {
        "required_cases": len(counted.required),
        "required_in_order": in_order(counted.required),
        "composed_cases": len(counted.composed),
        "composed_in_order": in_order(counted.composed),
        "people_in_order": counted.people_in_order,
        **{status: counted.by_status[status] for status in ("current", "expiring", "expired")},
        **{status: counted.by_status[status] for status in ("missing", "not_due")},
        "cases": len(counted.cases),
        "completions": len(counted.records),
        "people": len({case["user id"] for case in counted.cases}),
        "in_30_days": len(counted.soon),
        "findings": len(counted.sheets["findings"]),
        "disagreements": len(counted.sheets["vendor"]),
        "changes": len(counted.sheets.get("changes", [])),
    }
    assert {name: counts[name] for name in again} == again
    assert set(counts) == set(again), "a figure that nobody counts again"
