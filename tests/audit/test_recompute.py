"""trainings.csv, people.csv, required.csv: all that is needed to compute every status again."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, date, datetime
from io import StringIO

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.audit.evidence import gather
from kpa_analytics.audit.export import write_tables
from kpa_analytics.audit.recompute import people, required, trainings
from kpa_analytics.data.scope import Scope
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.endpoints import endpoint_of
from kpa_analytics.schema import (
    COMPLETIONS,
    GROUPS,
    PACK_REQUIRED,
    PACK_TRAININGS,
    PEOPLE,
    TRAININGS,
    USERS,
)
from tests.analysis.oracle import Oracle
from tests.analysis.rule_cases import JUNE
from tests.audit import pack_reader
from tests.audit.packs import AS_OF, Page, column_of, files, person, sheet_rows
from tests.drawn_once import left_blank
from tests.frames import frame_of

TABLES = {"trainings": PACK_TRAININGS, "people": PEOPLE, "required": PACK_REQUIRED}


def evidence_of(data: TrainingData, **given):
    settings = {"required": None, "names": True, "title": "Records", "earlier": None}
    return gather(data, as_of=AS_OF, expiring_days=30, **{**settings, **given})


def day_of(value):
    return value.date() if isinstance(value, datetime) else value


@pytest.fixture(scope="module")
def pack_with_pseudonyms(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pseudonyms")
    with left_blank():
        return kpa.export_audit(data, folder / "pack", as_of=AS_OF, names=False)


@pytest.mark.slow  # it takes packs by name
@pytest.mark.parametrize("made", ["pack", "pack_with_pseudonyms"])
def test_every_status_can_be_computed_again_from_the_files_alone(made, request):
    pack = request.getfixturevalue(made)
    shown = sheet_rows(pack, "status")
    assert len(shown) > 500
    _assert_computed_again(shown, pack)


def _assert_computed_again(shown, folder):
    """The oracle reads the CSV files, and says the same of every case."""
    oracle = Oracle(
        pack_reader.completions(folder),
        pack_reader.trainings(folder),
        pack_reader.people(folder),
        as_of=date(2026, 6, 30),
        expiring_days=30,
        required=pack_reader.required(folder),
    )
    again = {(row["m_user_id"], row["training_id"]): row for row in oracle.rows()}
    assert len(shown) == len(again)
    assert {row["status"] for row in shown} >= {"current", "expiring", "expired", "missing"}
    names = ("user", "training", "completion_id", "date", "expiration_date", "expiration_source")
    for row in shown:
        expected = again[row["m_user_id"], row["training_id"]]
        for name in (*names, "days_left", "starts_expiring", "status"):
            assert day_of(row[name]) == expected[name], (row, name)


@pytest.mark.slow
def test_a_handful_of_statuses_can_be_computed_again_from_the_tables_alone(tmp_path):
    """The tables of a pack, without its report: each kind of schedule, and one who left."""

    def of(number, training, user, day, **fields):
        made = {"created": datetime(2026, 6, 1, tzinfo=UTC), "date": day, **fields}
        return {"id": number, "training_id": training, "m_user_id": user, **made}

    completions = [
        of(1, 7, "ann", date(2025, 1, 10)),
        of(2, 7, "ann", date(2026, 1, 10)),
        of(3, 7, "bob", date(2025, 1, 10)),
        of(4, 8, "ann", date(2025, 8, 1)),
        of(5, 9, "ann", date(2024, 5, 31)),
        of(6, 9, "bob", date(2026, 1, 1), special_expiration_date=date(2026, 12, 1)),
        of(7, 7, "cat", date(2026, 1, 10)),
    ]
    plain = {"schedule_type": "rolling", "included_trainings_id": []}
    catalogue = [
        {**plain, "id": 7, "title": "Ladders", "renewal_months": 12},
        {**plain, "id": 8, "title": "Ropes", "expires_on_month": 7, "expires_on_day": 15},
        {**plain, **JUNE, "id": 9, "title": "First Aid"},
        {**plain, "id": 11, "title": "Heights", "included_trainings_id": [7, 8]},
    ]
    left = {"terminationDate": datetime(2026, 3, 1, tzinfo=UTC)}
    roster = [
        {"id": "ann", "lastname": "Moe", "firstname": "Ann"},
        {"id": "bob", "lastname": "Poe", "firstname": "Bob"},
        {"id": "cat", "lastname": "Roe", "firstname": "Cat", **left},
    ]
    data = TrainingData(
        completions=frame_of(COMPLETIONS, *completions),
        trainings=frame_of(TRAININGS, *catalogue),
        users=frame_of(USERS, *roster),
    )
    evidence = evidence_of(data, required=pl.DataFrame({"m_user_id": ["bob"], "training_id": [8]}))
    write_tables(evidence, tmp_path, {"title": "Records"})
    shown = evidence.status.rows(named=True)
    assert {row["expiration_source"] for row in shown} == {
        *("rolling", "fixed", "window", "special", "composed", None)
    }
    assert "cat" not in {row["m_user_id"] for row in shown}
    _assert_computed_again(shown, tmp_path)


def test_trainings_csv_has_every_field_of_the_catalogue(pack, data):
    read = {int(row["training_id"]): row for row in pack_reader.rows(pack, "trainings.csv")}
    assert set(read) == set(data.trainings["id"])
    texts = data.trainings.with_columns(
        pl.col("included_trainings_id").cast(pl.List(pl.String)).list.join("; "),
        pl.col("created").dt.to_string("%Y-%m-%dT%H:%M:%S%.3f+0000"),
    ).select(pl.all().cast(pl.String).fill_null(""))
    for training in texts.iter_rows(named=True):
        row = read[int(training.pop("id"))]
        assert row["training"] == training.pop("title")
        assert {name: row[name] for name in training} == training
    assert set(TRAININGS.schema) - {"id", "title"} < set(next(iter(read.values())))


@pytest.mark.parametrize("name", TABLES)
def test_sheet_and_file_have_the_same_rows(pack, name):
    sheet, file = sheet_rows(pack, name), pack_reader.rows(pack, f"{name}.csv")
    assert list(sheet[0]) == list(file[0]) == ["demo_data", *TABLES[name].schema]
    assert len(sheet) == len(file) > 0

    def same(cell, text):
        if isinstance(cell, datetime):
            return text[:10] == str(cell.date())
        if isinstance(cell, bool):
            return text == str(cell).lower()
        return text == ("" if cell is None else str(cell))

    for row, texts in zip(sheet, file, strict=True):
        for column, cell in row.items():
            assert same(cell, texts[column]), (column, cell, texts[column])


def test_people_csv_says_who_is_meant(pack, data):
    read = {row["m_user_id"]: row for row in pack_reader.rows(pack, "people.csv")}
    groups = {(row["kind"], row["id"]): row["name"] for row in data.groups.iter_rows(named=True)}
    unknown = {*data.completions["m_user_id"]} - {*data.users["id"]}
    assert len(unknown) > 0
    assert set(read) >= unknown | {*data.users["id"]}
    for user in data.users.iter_rows(named=True):
        row = read[user["id"]]
        offices = [groups["field_office", office] for office in user["fieldOffice_id"] or []]
        title = user["jobTitle_id"]
        assert row["user"] == f"{user['lastname']}, {user['firstname']}"
        assert row["employeeNumber"] == user["employeeNumber"]
        assert row["field_office"] == "; ".join(offices)
        assert row["job_title"] == (groups["job_title", title] if title else "")
    assert {row["left"] for row in read.values()} > {""}


def test_required_csv_says_where_each_pair_comes_from(pack, data):
    read = pack_reader.rows(pack, "required.csv")
    listed = {
        (status["m_user_id"], training, name)
        for status in data.employee_status.iter_rows(named=True)
        for name in ("incomplete_training_ids", "complete_training_ids")
        for training in status[name] or []
    }
    assert {(row["m_user_id"], int(row["training_id"]), row["listed_in"]) for row in read} == listed
    assert {row["required_by"] for row in read} == {"vendor"}
    (listed_at,) = {row["listed_at"] for row in read}
    assert datetime.fromisoformat(listed_at) == data.employee_status["last_updated"][0]


@pytest.mark.slow
def test_given_pairs_say_so_and_unknown_requirements_are_no_rows(hostile):
    pair = pl.DataFrame({"m_user_id": [person(1), person(1)], "training_id": [2, 2]})
    made = required(evidence_of(hostile, required=pair))
    assert made.select("m_user_id", "training_id", "required_by", "listed_in").rows() == [
        (person(1), 2, "given", None)
    ]
    unknown = replace(hostile, employee_status=hostile.employee_status.clear())
    assert PACK_REQUIRED.fits(required(evidence_of(unknown)))
    assert required(evidence_of(unknown)).is_empty()


@pytest.mark.slow
def test_the_tables_of_an_account_without_records_are_empty():
    nothing = evidence_of(TrainingData(completions=COMPLETIONS.empty()))
    for table, made in ((PACK_TRAININGS, trainings), (PEOPLE, people)):
        assert table.fits(made(nothing))
        assert made(nothing).is_empty()


@pytest.mark.slow
def test_groups_without_a_name_keep_their_id_and_no_training_is_dropped():
    ana = {"id": "ana", "lastname": "Ruiz", "fieldOffice_id": ["o1", "o2"], "jobTitle_id": "t1"}
    data = TrainingData(
        completions=COMPLETIONS.empty(),
        users=frame_of(USERS, ana),
        trainings=frame_of(TRAININGS, {"id": 7, "title": "Ropes"}, {"id": 7, "title": "Ladders"}),
        groups=frame_of(
            GROUPS,
            {"kind": "field_office", "id": "o1", "name": "Elko"},
            {"kind": "field_office", "id": "o2", "name": None},
            {"kind": "job_title", "id": "o2", "name": "Rigger"},
        ),
    )
    evidence = evidence_of(data)
    made = people(evidence).select("user", "field_office", "job_title").rows()
    assert made == [("Ruiz", "Elko; o2", "t1")]
    assert trainings(evidence)["training_id"].to_list() == [7, 7]


@pytest.mark.slow
def test_a_part_names_its_people_and_their_instructors_only(data):
    taught = data.completions.drop_nulls("m_instructor_id")
    trainee = taught["m_user_id"][0]
    some = data.part(Scope(description="one person", people=pl.Series([trainee])))
    instructors = {*some.completions["m_instructor_id"].drop_nulls()}
    instructors |= {*some.group_trainings["m_instructor_id"].drop_nulls()}
    evidence = evidence_of(some)
    assert {*people(evidence)["m_user_id"]} == {trainee} | instructors
    assert {*required(evidence)["m_user_id"]} <= {trainee}


@pytest.mark.slow
def test_pseudonyms_keep_hire_and_leaving_days_and_say_so(data, pack, pack_with_pseudonyms):
    def days(folder, *names):
        read = pack_reader.rows(folder, "people.csv")
        return sorted(tuple(row[name] for name in names) for row in read)

    kept = ("hired", "left", "employed")
    assert days(pack_with_pseudonyms, *kept) == days(pack, *kept)
    created = days(pack_with_pseudonyms, "created", "hired", "left")
    assert all(text == "" for text, hired, left in created if hired and not hired > left > "")
    assert all(text[10:] in ("", "T00:00:00.000+0000") for text, *_ in created)
    assert any(text for text, *_ in created), "a profile without a hire day"
    said = Page((pack_with_pseudonyms / "report.html").read_text(encoding="utf-8")).text
    assert (
        "Hire and termination dates stay in people.csv, because the statuses depend on them" in said
    )
    assert "Hire and termination dates" not in (pack / "report.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_without_names_every_personal_column_is_empty(data, pack_with_pseudonyms):
    """Text is hidden unless the endpoint says that it names nobody."""
    pack = pack_with_pseudonyms
    read = pack_reader.rows(pack, "people.csv")
    assert {row["employeeNumber"] for row in read} == {""}
    assert sum(row["user"].startswith("Person ") for row in read) == data.users.height
    hidden = [*_personal(data, "users"), *_personal(data, "trainings")]
    assert len(hidden) > 100
    for name in TABLES:
        content = files(pack)[f"{name}.csv"].decode("utf-8-sig")
        cells = {cell for row in csv.reader(StringIO(content, newline="")) for cell in row}
        assert not cells & set(hidden), name
    assert any(row["job_title"] for row in read), "a job title names nobody"


def _personal(data: TrainingData, table: str) -> list[str]:
    frame, endpoint = getattr(data, table), endpoint_of(table)
    texts = [
        name
        for name, dtype in frame.schema.items()
        if dtype == pl.String and name not in endpoint.public
    ]
    return [text for name in texts for text in frame[name].drop_nulls() if text]


def test_the_data_dictionary_describes_every_column_of_every_table(pack):
    read = sheet_rows(pack, "data dictionary")
    described = {(row["file"], row["column"]): row for row in read}
    assert len(described) == len(read)
    for row in read:
        assert all(row[name] for name in ("heading", "type", "unit", "meaning", "origin")), row
    for name in files(pack):
        if name.endswith(".csv"):
            for column in pack_reader.rows(pack, name)[0]:
                assert (name, column) in described
    for column in pl.read_parquet(pack / "records.parquet").columns:
        assert ("records.parquet", column) in described


def test_the_data_dictionary_describes_every_heading_of_every_sheet(pack, book):
    read = sheet_rows(pack, "data dictionary")
    described = {(row["file"], row["heading"]) for row in read}
    for sheet in book.worksheets:
        headings = [cell.value for cell in sheet[1]]
        if sheet.title == "matrix":
            headings = [
                *headings[: headings.index("employee number") + 1],
                "(one column per training)",
            ]
        if sheet.title != "summary":
            for heading in headings:
                assert (f"audit.xlsx, sheet {sheet.title}", heading) in described, heading


def test_the_data_dictionary_names_the_fields_of_the_api(pack):
    origins = {
        (row["file"], row["column"]): row["origin"] for row in sheet_rows(pack, "data dictionary")
    }
    assert origins["records.csv", "date"] == "completedtrainings.v2.list: date_number"
    assert origins["records.csv", "signed"] == "completedtrainings.v2.list: signature"
    assert origins["trainings.csv", "renewal_months"] == "trainings.v2.list: renewal_months"
    assert origins["people.csv", "left"] == "users.list: terminationDate"
    assert origins["audit.xlsx, sheet status", "status"] == "kpa.expiry_status()"


def test_headings_are_readable_and_tell_their_columns_apart(book):
    for sheet in book.worksheets[1:]:
        headings = [cell.value for cell in sheet[1]]
        assert len({*headings}) == len(headings)
        if sheet.title != "matrix":
            assert not [heading for heading in headings if "_" in heading]
            assert all(column_of(heading) for heading in headings)
