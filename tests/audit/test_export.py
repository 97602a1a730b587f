"""The pack as a whole: what is in it, that its figures agree, that it is whole or not there."""

from __future__ import annotations

import errno
import json
from datetime import datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import kpa_analytics as kpa
from kpa_analytics.audit import export, needed_packages
from kpa_analytics.audit.figures import Figures
from kpa_analytics.audit.manifest import read_manifest
from kpa_analytics.audit.report import share_in_order
from kpa_analytics.audit.report_model import NOTHING
from kpa_analytics.demo import Records
from kpa_analytics.errors import KPADataError, KPAError
from kpa_analytics.report_text import DEMO_MARK
from kpa_analytics.schema import CASES, RECORDS
from kpa_analytics.statuses import STATUS_LABELS, STATUSES, status_colours
from tests.audit.packs import (
    AS_OF,
    Page,
    column_of,
    completion,
    files,
    load,
    pdf_pages,
    pdf_text,
    person,
    unzipped,
)
from tests.drawn_once import drawn_anew
from tests.publishing.small import small

CHARTS = [
    "status_summary",
    "expiry_timeline",
    "expirations_by_week",
    "expiry_by_training",
    "evidence_coverage",
    "expiry_by_field_office",
    "expiry_by_job_title",
    "training_matrix",
    "status_over_time",
    "renewal_punctuality",
    "instructor_activity",
    "instructor_training",
    "group_sessions",
    "group_sizes",
    "group_share",
]


@pytest.fixture(scope="module")
def status(data):
    return kpa.expiry_status(
        data.completions, data.trainings, data.users, as_of=AS_OF, required=data.employee_status
    )


def sheet_frame(book, name: str) -> tuple[list[str], list[tuple]]:
    rows = list(book[name].iter_rows(values_only=True))
    return [*map(column_of, rows[0])], rows[1:]


def test_a_pack_holds_all_its_files(pack):
    pictures = [f"charts/{name}.{kind}" for name in CHARTS for kind in ("png", "svg")]
    assert sorted(files(pack)) == sorted(
        [
            *pictures,
            "audit.pdf",
            "audit.xlsx",
            "cases.csv",
            "cases.parquet",
            "manifest-sha256.txt",
            "manifest.json",
            "people.csv",
            "people.parquet",
            "records.csv",
            "records.parquet",
            "renewals.csv",
            "report.html",
            "required.csv",
            "required.parquet",
            "trainings.csv",
            "trainings.parquet",
            "trend.csv",
            "verify.html",
        ]
    )
    assert kpa.verify_audit(pack).is_empty()


@pytest.mark.slow
@pytest.mark.parametrize("page", ["docs/how-to/audit-pack.md", "notebooks/04_audit_export.ipynb"])
def test_every_file_of_a_pack_is_in_the_list_for_readers(pack, page):
    text = (Path(__file__).parents[2] / page).read_text(encoding="utf-8")
    for file in (*pack.iterdir(), Path("transcripts/"), Path("rosters/")):
        names = {f"`{file.name}`", f"`{file.name}/`", f"`{file.stem}`"}
        assert any(name in text for name in names), file.name


@pytest.mark.slow
def test_headline_figures_agree_everywhere(pack, book, status, data):
    counts = {name: status.filter(pl.col("status") == name).height for name in STATUSES}
    assert min(counts[name] for name in ("expired", "missing", "expiring", "current")) > 0
    people, completions = status["m_user_id"].n_unique(), data.completions.height

    manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    stated = manifest["counts"]
    assert {name: stated[name] for name in STATUSES} == counts
    assert (stated["people"], stated["completions"]) == (people, completions)

    page = Page((pack / "report.html").read_text(encoding="utf-8")).text
    paper = " ".join(pdf_text((pack / "audit.pdf").read_bytes()).split())
    rows = list(book["summary"].iter_rows(values_only=True))
    summary = {row[0]: row[1] for row in reversed(rows)}
    for name in ("expired", "missing", "expiring", "current"):
        label, figure = STATUS_LABELS[name], f"{counts[name]:,}"
        assert f"{label} {figure} " in page
        assert f"{label} {figure} " in paper
        assert summary[label] == counts[name]
    assert f"People {people:,} {completions:,} completions" in page
    assert f"People {people:,} {completions:,} completions" in paper


def test_the_share_in_order_is_never_rounded_up():
    def share(**cases: int) -> str:
        by_status = dict.fromkeys(STATUSES, 0) | cases
        return share_in_order(Figures(1, 1, sum(cases.values()), 0, by_status))

    assert share(current=99_998, expiring=1, expired=1) == "99.9%"
    assert share(current=100_000) == "100.0%"
    assert share(not_due=5) == NOTHING


def test_records_hold_every_completion_once(pack, data):
    records = pl.read_parquet(pack / "records.parquet")
    assert records.columns == ["demo_data", *RECORDS.schema.names()]
    assert_frame_equal(
        records.select(data.completions.columns).sort("id"), data.completions.sort("id")
    )


def test_records_say_what_counts_and_until_when(pack, status, data):
    records = pl.read_parquet(pack / "records.parquet")
    counting = records.filter(pl.col("standing") == "counts")
    held = status.filter(pl.col("completion_id").is_not_null())
    columns = ["m_user_id", "training_id", "date", "expiration_date", "days_left", "status"]
    assert_frame_equal(
        counting.select(pl.col("id").alias("completion_id"), *columns).sort("completion_id"),
        held.select("completion_id", *columns).sort("completion_id"),
    )
    others = records.filter(pl.col("standing") != "counts")
    assert others["status"].null_count() == others.height > 0
    future = records.filter(pl.col("standing") == "future")
    assert future["date"].min() > AS_OF
    superseded = records.filter(pl.col("standing") == "superseded")
    assert superseded["expiration_date"].drop_nulls().len() > superseded.height / 2


def test_csv_and_parquet_hold_the_same(pack):
    raw = (pack / "records.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    records = pl.read_parquet(pack / "records.parquet")
    days = [name for name, dtype in RECORDS.schema.items() if dtype == pl.Date]
    read = pl.read_csv(BytesIO(raw), schema_overrides=dict.fromkeys(days, pl.Date))
    assert read.columns == records.columns
    same = ["id", "m_user_id", "user", "training", *days, "standing", "days_left"]
    assert_frame_equal(read.select(same), records.select(same).cast({"standing": pl.String}))


def test_the_workbook_holds_the_rows_behind_the_report(book, status, data, pack):
    assert book.sheetnames[:5] == ["summary", "status", "completions", "matrix", "findings"]
    heading, rows = sheet_frame(book, "status")
    assert heading == ["demo_data", *CASES.schema.names()]
    assert set(status.columns) <= set(heading)
    assert len(rows) == status.height
    place = heading.index("status")
    for name in STATUSES:
        counted = sum(row[place] == name for row in rows)
        assert counted == status.filter(pl.col("status") == name).height
    assert len(sheet_frame(book, "completions")[1]) == data.completions.height
    assert len(sheet_frame(book, "findings")[1]) == kpa.data_quality(data, as_of=AS_OF).height
    matrix = kpa.training_matrix(status)
    assert len(sheet_frame(book, "matrix")[1]) == matrix.height


def test_the_workbook_is_fit_to_work_with(book, status):
    for name in book.sheetnames[1:]:
        assert book[name].freeze_panes, name
        assert book[name].auto_filter.ref, name
    heading, rows = sheet_frame(book, "status")
    dated = [row[heading.index("expiration_date")] for row in rows]
    assert {type(day) for day in dated} == {datetime, type(None)}
    assert sum(day is not None for day in dated) == status["expiration_date"].drop_nulls().len()


def test_the_matrix_is_coloured_by_status(book, status):
    colours = {f"FF{status_colours()[name][1:]}" for name in status["status"].unique()}
    filled = [
        cell.fill.fgColor.rgb
        for row in book["matrix"].iter_rows(min_row=2)
        for cell in row
        if cell.fill.fill_type
    ]
    assert len(filled) == status.height
    assert set(filled) == colours
    expired = status.filter(pl.col("status") == "expired").height
    assert filled.count(f"FF{status_colours()['expired'][1:]}") == expired


@pytest.mark.slow
def test_every_file_says_that_it_is_demo_data(pack, book):
    content = files(pack)
    page = Page(content["report.html"].decode())
    assert page.text.count(DEMO_MARK) == 1
    assert all(DEMO_MARK in page for page in pdf_pages(content["audit.pdf"]))
    assert all(DEMO_MARK in sheet.oddHeader.center.text for sheet in book.worksheets)
    assert DEMO_MARK in [row[0] for row in book["summary"].iter_rows(values_only=True)]
    for name in CHARTS:
        assert DEMO_MARK in content[f"charts/{name}.svg"].decode()
    rows = content["records.csv"].decode("utf-8-sig").splitlines()
    assert all(DEMO_MARK in row for row in rows[1:])
    assert set(pl.read_parquet(pack / "records.parquet")["demo_data"]) == {DEMO_MARK}
    assert json.loads(content["manifest.json"])["notice"] == DEMO_MARK


@pytest.mark.slow
def test_real_data_carries_no_demo_mark(hostile_pack):
    content = files(hostile_pack)
    assert b"DEMO DATA" not in content["report.html"]
    assert b"DEMO DATA" not in unzipped(content["audit.xlsx"])
    assert "DEMO DATA" not in pdf_text(content["audit.pdf"])
    assert "demo_data" not in pl.read_parquet(hostile_pack / "records.parquet").columns


@pytest.mark.slow
def test_the_same_data_and_day_give_the_same_bytes(pack, data, tmp_path):
    with drawn_anew():
        again = kpa.export_audit(data, tmp_path / "again", as_of="2026-06-30")
    first, second = files(pack), files(again)
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_the_manifest_says_where_it_all_comes_from(pack, data):
    manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["as_of"] == "2026-06-30"
    assert manifest["settings"] == {"expiring_days": 30, "required": "vendor", "names": True}
    sources = {source["table"]: source for source in manifest["sources"]}
    assert sources.keys() == data.snapshots.keys()
    assert sources["completions"]["method"] == "completedtrainings.v2.list"
    assert sources["completions"]["rows"] == data.completions.height
    assert sources["completions"]["pages"] == 2
    for table, snapshot in data.snapshots.items():
        fetched = datetime.fromisoformat(sources[table]["fetched_at"])
        assert fetched == snapshot.fetched_at.replace(microsecond=0)
    assert manifest["hosts"][0].startswith("127.0.0.1:")
    assert {"kpa-analytics", "polars", "altair", "python"} <= manifest["versions"].keys()


@pytest.mark.slow
def test_no_path_of_this_machine_and_no_token_is_in_a_pack(tmp_path):
    with kpa.demo.serve(Records()) as api:
        token, data = api.token, load(tmp_path / "cache", api)
    content = files(kpa.export_audit(data, tmp_path / "pack", as_of=AS_OF))
    content["audit.xlsx"] = unzipped(content["audit.xlsx"])
    for name, file_bytes in content.items():
        assert token.encode() not in file_bytes, name
        assert str(tmp_path).encode() not in file_bytes, name


def test_nothing_is_overwritten(data, tmp_path):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "letter.txt").write_text("dear")
    with pytest.raises(KPADataError, match="taken is not empty"):
        kpa.export_audit(data, tmp_path / "taken", as_of=AS_OF)
    assert list(files(tmp_path)) == ["taken/letter.txt"]
    with pytest.raises(KPADataError, match=r"letter\.txt is not a folder"):
        kpa.export_audit(data, tmp_path / "taken" / "letter.txt", as_of=AS_OF)


@pytest.mark.usefixtures("only_its_page")
@pytest.mark.slow
def test_a_crash_leaves_nothing_half_made(tmp_path, monkeypatch):
    def broken(*_: object) -> None:
        assert list(tmp_path.iterdir()), "the crash comes when most is written"
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(export, "write_manifest", broken)
    with pytest.raises(KPADataError, match="pack can't be written: no space left on device"):
        kpa.export_audit(small(), tmp_path / "pack", as_of=AS_OF)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_extra_is_named(data, tmp_path, monkeypatch):
    monkeypatch.setattr(
        needed_packages, "find_spec", lambda name: None if name == "typst" else name
    )
    with pytest.raises(KPAError, match=r"need typst: .* -m pip install .*\[audit\]"):
        kpa.export_audit(data, tmp_path / "pack", as_of=AS_OF)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"as_of": "30/06/2026"}, "as_of"),
        ({"expiring_days": -1}, "expiring_days"),
        ({"title": 7}, "title"),
        ({"names": "no"}, "names must be True or False"),
        ({"as_of": None}, "as_of must be a day"),
        ({"required": pl.DataFrame({"m_user_id": ["a"]})}, "training_id"),
    ],
)
def test_a_wrong_argument_is_named_and_nothing_is_made(data, tmp_path, wrong, named):
    with pytest.raises(KPADataError, match=named):
        kpa.export_audit(data, tmp_path / "pack", **{"as_of": AS_OF, **wrong})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("given", [None, "company", pl.DataFrame({"id": [1]})])
def test_what_is_no_training_data_is_refused(given, tmp_path):
    with pytest.raises(KPADataError, match="data must be the result of load_all"):
        kpa.export_audit(given, tmp_path / "pack", as_of=AS_OF)


@pytest.mark.slow
def test_an_empty_account_makes_a_pack_too(tmp_path):
    with kpa.demo.serve(Records()) as api:
        data = load(tmp_path / "cache", api)
    pack = kpa.export_audit(data, tmp_path / "pack", as_of=AS_OF)
    assert kpa.verify_audit(pack).is_empty()
    assert f"In order {NOTHING}" in Page((pack / "report.html").read_text(encoding="utf-8")).text
    assert pl.read_parquet(pack / "records.parquet").is_empty()
    drawn = {path.stem for path in (pack / "charts").iterdir()}
    assert not drawn & {"status_over_time", "renewal_punctuality"}


@pytest.mark.usefixtures("only_its_page")
@pytest.mark.slow
def test_who_must_have_what_can_be_given(tmp_path):
    required = pl.DataFrame({"m_user_id": ["ann", "zeb"], "training_id": [8, 7]})
    pack = kpa.export_audit(small(), tmp_path / "pack", as_of=AS_OF, required=required)
    manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["settings"]["required"] == "given"
    assert manifest["counts"]["missing"] == 2


@pytest.mark.usefixtures("blank_charts")
@pytest.mark.slow
def test_the_report_tells_what_changed_since_the_earlier_load(tmp_path):
    source = Records(
        {
            "completedtrainings.v2.list": [
                completion(1, 7, person(1), 20260105, notes="on paper"),
                completion(2, 7, person(2), 20260105),
                completion(4, 7, person(3), 20260105, m_instructor_id=person(1)),
            ]
        }
    )
    with kpa.demo.serve(source) as api:
        load(tmp_path / "cache", api)
        source.edit_completion(1, notes="in person")
        source.edit_completion(4, m_instructor_id=person(2))
        source.remove_completions(2)
        source.add_completions(completion(3, 8, person(2), 20260106))
        data = load(tmp_path / "cache", api, refresh=True)
    pack = kpa.export_audit(data, tmp_path / "pack", as_of=AS_OF)
    page = Page((pack / "report.html").read_text(encoding="utf-8")).text
    assert "1 added, 1 removed, 2 edited" in page
    assert "notes on paper in person" in page
    book = openpyxl.load_workbook(pack / "audit.xlsx")
    assert len(sheet_frame(book, "changes")[1]) == 4
    assert (
        json.loads((pack / "manifest.json").read_text(encoding="utf-8"))["counts"]["changes"] == 4
    )
    paper = pdf_text((pack / "audit.pdf").read_bytes())
    section = paper[paper.index("Changed records") : paper.index("How statuses were computed")]
    for instructor in (person(1), person(2)):  # too long for its column: on two lines, not over it
        assert instructor not in section
        assert instructor in section.replace("\n", "")


@pytest.mark.slow
def test_hashes_can_be_copied_from_paper(hostile_pack):
    paper = pdf_text((hostile_pack / "audit.pdf").read_bytes()).replace("\n", "")
    for source in read_manifest(hostile_pack)["sources"]:
        assert source["rows_sha256"] in paper


@pytest.mark.usefixtures("blank_charts")
@pytest.mark.slow
def test_no_expired_case_is_cut(tmp_path):
    late = [completion(at, 1, person(at), 20250101) for at in range(1, 101)]
    catalogue = [{"id": 1, "title": "Ladders", "schedule_type": "rolling", "renewal_months": 12}]
    source = Records({"completedtrainings.v2.list": late, "trainings.v2.list": catalogue})
    with kpa.demo.serve(source) as api:
        data = load(tmp_path / "cache", api)
    pack = kpa.export_audit(data, tmp_path / "pack", as_of=AS_OF)
    page = Page((pack / "report.html").read_text(encoding="utf-8")).text
    assert "100 cases have expired, affecting 100 people" in page
    paper = " ".join(pdf_text((pack / "audit.pdf").read_bytes()).split())
    assert "Ladders (1): 100 cases" not in paper
    assert "Ladders: 100 cases" in paper
    unbroken = paper.replace(" ", "")
    for at in range(1, 101):
        assert f"{person(at)} Ladders Expired" in page
        assert f"{person(at)}Expired" in unbroken
