"""Cases with their evidence: recounted from records.csv, without any code of the package."""

from __future__ import annotations

import csv
import re
from collections import Counter
from html import unescape
from html.parser import HTMLParser
from itertools import combinations

import pytest

import kpa_analytics as kpa
from kpa_analytics.audit.cases import audit_cases, valid_completions
from kpa_analytics.audit.evidence_coverage import evidence_coverage, evidence_coverage_table
from kpa_analytics.demo import Records
from kpa_analytics.wording import count
from tests.audit.packs import (
    AS_OF,
    Page,
    completion,
    load,
    pdf_text,
    person,
    sheet_rows,
    training,
    user,
)
from tests.charts.boxes import boxes
from tests.drawn_once import left_blank
from tests.frames import frame_of

pytestmark = pytest.mark.slow

NONE = "–"  # noqa: RUF001 - an empty cell
#: Of a case that a completion proves.
DONE = {"date": AS_OF}
LONG = "Working at heights with rescue from towers, masts and roofs, refresher " + "x" * 300


class Tables(HTMLParser):
    """The tables of a page by caption: a dictionary per row."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: dict[str, list[dict[str, str]]] = {}
        self._in, self._caption, self._heads, self._cells = "", "", [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag in ("caption", "th", "td"):
            self._in = tag
            if tag == "caption":
                self._caption, self._heads = "", []
            else:
                self._cells.append("")
        elif tag == "thead":
            self._cells = self._heads = []
        elif tag == "tr" and self._cells is not self._heads:
            self._cells = []

    def handle_data(self, data):
        if self._in == "caption":
            self._caption += data
        elif self._in:
            self._cells[-1] += data

    def handle_endtag(self, tag):
        if tag == self._in:
            self._in = ""
        elif tag == "thead":
            self._cells = []
        elif tag == "tr" and self._cells and self._cells is not self._heads:
            row = dict(zip(self._heads, self._cells, strict=True))
            self.tables.setdefault(self._caption, []).append(row)


def tables(pack) -> dict[str, list[dict[str, str]]]:
    return Tables((pack / "report.html").read_text(encoding="utf-8")).tables


def records(pack) -> list[dict[str, str]]:
    with (pack / "records.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def labelled(case: dict[str, object]) -> str:
    number = case["employeeNumber"]
    return f"{case['user']} ({number})" if number else str(case["user"])


def page_text(pack) -> str:
    return Page((pack / "report.html").read_text(encoding="utf-8")).text


def paper(pack) -> str:
    return " ".join(pdf_text((pack / "audit.pdf").read_bytes()).split())


def on_file(record: dict[str, str]) -> str:
    if record["signed"] == "true":
        return "Signed"
    if int(record["files"]) > 0:
        return "File, not signed"
    return "Instructor's name only" if record["m_instructor_id"] else "Nothing"


def test_what_is_on_file_is_recounted_from_the_records(pack):
    valid = [row for row in records(pack) if row["status"] in ("current", "expiring")]
    kinds = Counter(map(on_file, valid))
    unproved = kinds["Nothing"] + kinds["Instructor's name only"]
    assert min(kinds.values()) > 0
    assert len(kinds) == 4
    share = 1000 * (len(valid) - unproved) // len(valid)
    tile = (
        f"Signature or file {share // 10}.{share % 10}% "
        f"neither: {unproved:,} of {len(valid):,} valid completions"
    )
    sentence = (
        f"{len(valid):,} cases are current or expiring soon through a completion. With a "
        f"signature: {kinds['Signed']:,}; with a file but no signature: "
        f"{kinds['File, not signed']:,}; with neither: {unproved:,} ("
        f"{count(unproved - kinds['Nothing'], 'names', 'name')} an instructor, "
        f"{count(kinds['Nothing'], 'does', 'do')} not)."
    )
    for text in (page_text(pack), paper(pack)):
        assert tile in text
        assert sentence in text


def test_the_chart_shows_what_is_on_file_per_training(pack):
    valid = [row for row in records(pack) if row["status"] in ("current", "expiring")]
    counts = Counter((row["training"], on_file(row)) for row in valid)
    totals = Counter(row["training"] for row in valid)
    drawn = unescape((pack / "charts" / "evidence_coverage.svg").read_text(encoding="utf-8"))
    said = set(re.findall(r'aria-label="([^"]*: [\d,]+ [^"]*, of [\d,]+)"', drawn))
    assert said == {
        f"{title}: {number:,} {kind}, of {totals[title]:,}"
        for (title, kind), number in counts.items()
    }


def test_a_gap_separates_the_parts_of_each_bar_of_what_is_on_file(pack):
    """Source: WCAG 2, 1.4.11. Fills of neighbours need no contrast with background between them."""
    drawn = (pack / "charts" / "evidence_coverage.svg").read_text(encoding="utf-8")
    parts = [box for box in boxes(drawn) if not box.moved]
    assert len({box.fill for box in parts}) == 4
    assert all(box.contrast("#FFFFFF") >= 3 for box in parts)
    assert all(part.gap(other) >= 0.9 for part, other in combinations(parts, 2))


def test_every_table_of_cases_has_instructor_signature_and_files(pack):
    proof = {"Instructor", "Signed", "Files"}
    rows_of = tables(pack)
    about = [name for name in rows_of if "expire" in name.lower() or "missing" in name.lower()]
    about = [name for name in about if not name.startswith("Renewals by")]  # counts of months
    assert len(about) == 4
    for name in about:
        assert proof <= rows_of[name][0].keys(), name
    assert {"instructor", "signed", "files"} <= sheet_rows(pack, "status")[0].keys()
    assert {"instructor", "signed", "files"} <= records(pack)[0].keys()
    assert "Instructor Signed Files" in paper(pack)


def test_the_evidence_of_a_case_is_that_of_its_record(pack):
    by_id = {row["id"]: row for row in records(pack)}
    cases = [row for row in sheet_rows(pack, "status") if row["completion_id"]]
    assert cases
    for case in cases:
        record = by_id[str(case["completion_id"])]
        assert (case["instructor"] or "") == record["instructor"]
        assert str(case["signed"]).lower() == record["signed"]
        assert str(case["files"]) == record["files"]


def test_every_expired_and_missing_case_is_on_page_and_paper(pack):
    gaps = [row for row in sheet_rows(pack, "status") if row["status"] in ("expired", "missing")]
    assert len(gaps) > 60
    rows_of = tables(pack)
    shown = [row for name, rows in rows_of.items() if "xpired and missing" in name for row in rows]
    wanted = Counter((case["status"], labelled(case), case["training"]) for case in gaps)
    assert wanted == Counter(
        (row["Status"].lower(), row["Person"], row["Training"]) for row in shown
    )
    text = paper(pack)
    section = text[text.index("Every expired and missing case") : text.index("Every case that")]
    per_training = Counter(case["training"] for case in gaps)
    for title, number in per_training.items():
        noun = "case" if number == 1 else "cases"
        assert f"{title}: {number} {noun}" in section
    printed = Counter(re.findall(r"\((E\d+)\)", section))
    for number, times in Counter(case["employeeNumber"] for case in gaps).items():
        assert number is None or printed[number] >= times, number


def test_every_name_has_its_employee_number(pack, data):
    number = dict(data.users.select("id", "employeeNumber").iter_rows())
    for row in records(pack):
        assert row["employeeNumber"] == number.get(row["m_user_id"], "")
        instructor = row["m_instructor_id"]
        assert row["instructor_employeeNumber"] == (number.get(instructor) or "")
    for name in ("status", "completions", "matrix", "vendor"):
        for row in sheet_rows(pack, name)[:200]:
            assert row["employeeNumber"] == number.get(row["m_user_id"]), name
    exact = re.compile(r"\(E\d+\)$|^no instructor$|^[0-9a-f]{24}$")
    for caption, rows in tables(pack).items():
        for row in rows:
            for column in ("Person", "Instructor", "Only instructor"):
                name = row.get(column, NONE)
                assert name == NONE or exact.search(name), (caption, row)


@pytest.fixture(scope="module")
def namesakes(tmp_path_factory):
    """Two people of one name, two trainings of one title, a title that is long."""
    people = [
        user(1, "John", "Smith", employeeNumber="E1"),
        user(2, "John", "Smith", employeeNumber="E2"),
        user(3, "Ann", "Moe", employeeNumber=""),
        user(4, "Ann", "Moe", employeeNumber=""),
    ]
    catalogue = [training(1, "Ladders"), training(2, "Ladders"), training(3, LONG)]
    done = [
        completion(10 * who + what, what, person(who), 20250101, m_instructor_id=person(3 - who))
        for who in (1, 2)
        for what in (1, 2, 3)
    ]
    done.append(completion(99, 1, person(3), 20250101))
    source = Records(
        {
            "completedtrainings.v2.list": done,
            "trainings.v2.list": catalogue,
            "users.list": people,
        }
    )
    folder = tmp_path_factory.mktemp("namesakes")
    with kpa.demo.serve(source) as api:
        data = load(folder / "cache", api)
    with left_blank():
        return kpa.export_audit(data, folder / "pack", as_of=AS_OF)


def test_namesakes_are_told_apart_by_number_or_id(namesakes):
    rows = tables(namesakes)["Every expired and missing case, by training, longest overdue first"]
    assert {row["Person"] for row in rows} == {
        "Smith, John (E1)",
        "Smith, John (E2)",
        f"Moe, Ann ({person(3)})",
    }
    assert {row["Instructor"] for row in rows} == {"Smith, John (E1)", "Smith, John (E2)", NONE}


def test_a_repeated_title_has_its_id_and_a_long_one_is_whole(namesakes):
    rows = tables(namesakes)["Every expired and missing case, by training, longest overdue first"]
    assert {row["Training"] for row in rows} == {"Ladders (1)", "Ladders (2)", LONG}
    text = pdf_text((namesakes / "audit.pdf").read_bytes())
    assert "Ladders (1): 3 cases" in text
    assert re.sub(r"\s", "", LONG) in re.sub(r"\s", "", text)


def test_what_the_api_does_not_say_is_not_known():
    cases = frame_of(
        kpa.schema.CASES,
        DONE | {"completion_id": 1, "status": "current", "m_instructor_id": "ike"},
        DONE | {"completion_id": 2, "status": "current", "signed": True},
        DONE | {"completion_id": 3, "status": "expired", "signed": True},
        DONE | {"completion_id": 4, "status": "expiring", "signed": False, "files": 2},
        DONE | {"completion_id": 5, "status": "current", "signed": False},
        {"completion_id": 6, "status": "expiring", "signed": True},  # undated: it proves nothing
    )
    completions = valid_completions(cases).select("completion_id", "evidence").rows()
    assert completions == [(1, "not_known"), (2, "signed"), (4, "file"), (5, "not_known")]


def test_of_trainings_as_bare_the_larger_one_is_first():
    case = DONE | {"status": "current", "completion_id": 1, "signed": False, "files": 0}
    alpha = case | {"training_id": 1, "training": "Alpha"}
    beta = case | {"training_id": 2, "training": "Beta"}
    cases = frame_of(kpa.schema.CASES, alpha, beta, beta | {"signed": True})
    rows = evidence_coverage_table(cases).select("training", "nothing", "total").rows()
    assert rows == [("Beta", 1, 2), ("Alpha", 1, 1)]


def test_the_chart_says_that_cases_held_through_included_are_not_counted():
    own = DONE | {"status": "current", "completion_id": 1, "signed": False, "files": 0}
    derived = DONE | {"status": "current", "expiration_source": "composed", "training": "Basics"}
    expired = derived | {"status": "expired"}
    said = (
        "For composed trainings, only completions of the training itself are counted: 2 cases are "
        "held through parts"
    )
    cases = (frame_of(kpa.schema.CASES, own, *each) for each in ([derived, derived, expired], []))
    with_parts, without = (evidence_coverage(frame).description for frame in cases)
    assert said in with_parts
    assert "composed" not in without


@pytest.mark.parametrize(
    ("trainings", "shown"), [(3, ["T0", "T1", "T2"]), (4, ["T0", "T1", "other trainings (2)"])]
)
def test_a_single_training_more_than_the_most_has_a_row_of_its_own(trainings, shown):
    case = DONE | {"status": "current", "completion_id": 1, "signed": False, "files": 0}
    each = ({**case, "training_id": n, "training": f"T{n}"} for n in range(trainings))
    table = evidence_coverage_table(frame_of(kpa.schema.CASES, *each), top=2)
    assert table["training"].to_list() == shown


def test_of_records_that_share_an_id_the_first_one_is_the_evidence():
    done = {"id": 1, "training_id": 7, "m_user_id": "ann", "date": AS_OF}
    records = frame_of(kpa.schema.COMPLETIONS, done | {"signed": True}, done | {"signed": False})
    for completions, signed in ((records, True), (records.reverse(), False)):
        status = kpa.expiry_status(completions, as_of=AS_OF)
        cases = audit_cases(kpa.TrainingData(completions=completions), status)
        assert cases.select("completion_id", "signed").rows() == [(1, signed)]
