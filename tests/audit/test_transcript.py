"""kpa.transcript: every training of one person, on one page."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import polars as pl
import pypdf
import pytest

import kpa_analytics as kpa
from kpa_analytics import schema
from kpa_analytics.audit import needed_packages
from kpa_analytics.audit.identity import NAMED
from kpa_analytics.demo import Records
from kpa_analytics.demo.sources import COMPLETIONS, TRAININGS, USERS
from kpa_analytics.errors import KPADataError
from kpa_analytics.report_text import DEMO_MARK
from kpa_analytics.schema import TRANSCRIPT
from tests.audit.packs import AS_OF, HOSTILE, completion, load, pdf_text, person, training, user
from tests.frames import frame_of


def pages(document) -> int:
    return len(pypdf.PdfReader(BytesIO(document.pdf)).pages)


def flat(document) -> str:
    return " ".join(pdf_text(document.pdf).split())


@pytest.fixture(scope="module")
def busiest(data) -> str:
    """The person with the most completions."""
    return data.completions["m_user_id"].value_counts().sort("count", "m_user_id")["m_user_id"][-1]


@pytest.fixture(scope="module")
def document(data, busiest):
    return kpa.transcript(data, busiest, as_of=AS_OF)


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """A person with a job who was hired, one who left, and one with very many trainings."""
    day = 86_400_000
    source = Records(
        {
            USERS: [
                user(1, "Ann", "Moe", jobTitle_id="job-1", hireDate=15_000 * day + 18_000_000),
                user(2, "Bo", "Left", terminationDate=20_000 * day + 18_000_000),
                user(3, "Cy", "Many"),
            ],
            TRAININGS: [
                training(1, "Ladders"),
                training(2, "First Aid", renewal_months=24),
                *(training(number, f"Course {number}") for number in range(100, 300)),
            ],
            COMPLETIONS: [
                completion(1, 1, person(1), 20250601, signature={"by": 1}, files=[{}, {}]),
                completion(2, 1, person(1), 20260105, m_instructor_id=person(3)),
                completion(3, 2, person(1), 20270101),
                completion(4, 9, person(1), 20260101, special_expiration_date_number=20260301),
                completion(5, 1, person(2), 20240105, signature={"by": 1}),
                *(completion(n, n, person(3), 20260105) for n in range(100, 300)),
            ],
            "jobtitles.list": [{"id": "job-1", "title": "Rigger"}],
            "fieldoffices.list": [{"id": "office-1", "name": "Elko"}],
        }
    )
    with kpa.demo.serve(source) as api:
        return load(tmp_path_factory.mktemp("cache"), api)


def test_the_rows_are_the_statuses_with_what_is_on_file(data, busiest, document):
    status = kpa.expiry_status(
        data.completions, data.trainings, data.users, as_of=AS_OF, required=data.employee_status
    ).filter(pl.col("m_user_id") == busiest)
    assert TRANSCRIPT.fits(document.rows)
    shared = ["training_id", "training", "status", "completion_id", "date", "expiration_date"]
    assert document.rows.select(shared).sort("training_id").equals(status.select(shared))
    latest = dict(status.select("training_id", "completion_id").iter_rows())
    done = {row["id"]: row for row in data.completions.iter_rows(named=True)}
    for row in document.rows.iter_rows(named=True):
        record = done.get(row["completion_id"] or latest.get(row["limited_by_id"]), {})
        for name in ("m_instructor_id", "signed", "files"):
            assert row[name] == record.get(name), row


@pytest.mark.slow
def test_one_page_says_who_what_and_from_where(data, busiest, document):
    said = flat(document)
    profile = data.users.filter(pl.col("id") == busiest).row(0, named=True)
    assert pages(document) == 1
    assert document.title == f"Training transcript: {profile['lastname']}, {profile['firstname']}"
    snapshot = data.snapshots["completions"]
    for shown in (
        document.title,
        "As of 30 Jun 2026",
        f"Employee number: {profile['employeeNumber']}",
        "Hired: ",
        "Field office: ",
        "Job title: ",
        busiest,
        DEMO_MARK,
        snapshot.host,
        f"Fetched {snapshot.fetched_at.day} ",
        *document.rows["training"],
        *document.rows["instructor"].drop_nulls(),
    ):
        assert shown in said
    assert snapshot.rows_sha256 in said.replace(" ", "")


@pytest.mark.slow
def test_dates_signature_files_and_rule_of_each_training_are_said(company):
    document = kpa.transcript(company, person(1), as_of=AS_OF)
    said = flat(document)
    assert "Employee number: EMP-00001 · Field office: Elko · Job title: Rigger" in said
    assert "Hired: 26 Jan 2011" in said
    assert "3 completions" not in said
    assert "4 completions are on record." in said
    assert "1 completion is dated after 30 Jun 2026 and not listed." in said
    assert "Many, Cy (EMP-00003)" in said
    assert "no 0 rolling: every 12 months" in said
    assert "9 Expired 1 Jan 2026 1 Mar 2026 – no 0 special: the record's own date" in said  # noqa: RUF001
    assert "Rolling: The training is renewed after a number of months" in said
    assert "Window: " not in said, "only the rules that decide a case are explained"
    earlier = kpa.transcript(company, person(1), as_of="2025-12-31")
    assert "Ladders Current 1 Jun 2025 1 Jun 2026 – yes 2" in flat(earlier)  # noqa: RUF001


def test_the_schedule_of_a_training_that_is_not_in_the_catalogue_is_not_known():
    done = {"id": 1, "training_id": 9, "m_user_id": "ann", "date": date(2026, 1, 1)}
    data = kpa.TrainingData(completions=frame_of(schema.COMPLETIONS, done))
    rows = kpa.transcript(data, "ann", as_of=AS_OF).rows
    assert rows.select("training", "rule").rows() == [("9", "unknown: not known")]


@pytest.mark.slow
def test_a_person_with_only_a_later_completion_has_one_on_record():
    done = {"id": 1, "training_id": 9, "m_user_id": "ann", "date": date(2026, 7, 1)}
    data = kpa.TrainingData(completions=frame_of(schema.COMPLETIONS, done))
    said = flat(kpa.transcript(data, "ann", as_of=AS_OF))
    assert "1 completion is on record." in said
    assert "1 completion is dated after 30 Jun 2026 and not listed." in said


def test_a_completion_of_the_day_itself_is_no_later_one():
    done = {"id": 1, "training_id": 9, "m_user_id": "ann", "date": AS_OF}
    data = kpa.TrainingData(completions=frame_of(schema.COMPLETIONS, done))
    document = kpa.transcript(data, "ann", as_of=AS_OF)
    assert document.rows["date"].to_list() == [AS_OF]
    assert "dated after" not in flat(document)


@pytest.mark.slow
def test_a_person_who_left_has_one_too(company):
    document = kpa.transcript(company, person(2), as_of=AS_OF)
    assert "Left: 4 Oct 2024" in flat(document)
    assert document.rows["training"].to_list() == ["Ladders"]


@pytest.mark.slow
def test_nothing_is_cut_of_very_many_trainings(company):
    document = kpa.transcript(company, person(3), as_of=AS_OF)
    said = flat(document)
    assert pages(document) > 1
    assert all(f"Course {number} Current" in said for number in range(100, 300))


@pytest.mark.slow
def test_requirements_can_be_given(company):
    required = pl.DataFrame({"m_user_id": [person(1)], "training_id": [2]})
    document = kpa.transcript(company, person(1), as_of=AS_OF, required=required.lazy())
    missing = document.rows.filter(pl.col("status") == "missing")
    assert missing["training_id"].to_list() == [2]
    assert "required, never completed" in flat(document)
    unknown = flat(kpa.transcript(company, person(1), as_of=AS_OF))
    assert "not known" in unknown


@pytest.mark.parametrize("wrong", ["nobody-1", 7, None, ["a"]])
def test_an_unknown_person_is_named(data, wrong):
    with pytest.raises(KPADataError, match="m_user_id") as error:
        kpa.transcript(data, wrong, as_of=AS_OF)
    assert repr(wrong) in str(error.value)
    assert "is it" not in str(error.value)


def test_a_name_in_place_of_an_id_is_refused_with_the_id(data):
    name, person = (
        data.users.select(pl.format("{}, {}", "lastname", "firstname"), "id").drop_nulls().row(0)
    )
    with pytest.raises(KPADataError) as error:
        kpa.transcript(data, name, as_of=AS_OF)
    assert f"{name} ({person})" in str(error.value)


def test_other_wrong_arguments_are_named(data, busiest):
    with pytest.raises(KPADataError, match="as_of must be a day"):
        kpa.transcript(data, busiest, as_of="soon")
    with pytest.raises(KPADataError, match="data must be the result of load_all"):
        kpa.transcript(data.completions, busiest)


def test_jupyter_shows_it_and_a_file_keeps_it(document, tmp_path):
    page = document._repr_html_()
    assert page.count("<tr>") == document.rows.height + 1
    assert DEMO_MARK in page
    path = document.save(tmp_path / "transcript.pdf")
    assert path.read_bytes() == document.pdf == bytes(document)
    with pytest.raises(KPADataError, match=r"transcript\.txt: .* saved as \.pdf"):
        document.save(tmp_path / "transcript.txt")
    with pytest.raises(KPADataError, match=r"nowhere.* can't be written"):
        document.save(tmp_path / "nowhere" / "transcript.pdf")
    assert [file.name for file in tmp_path.iterdir()] == ["transcript.pdf"]


@pytest.mark.slow
def test_its_repr_names_the_person_and_the_day_as_the_page_does(document):
    assert repr(document) == f"<Document: {document.title}, as of 30 Jun 2026>"


def test_the_same_records_and_day_give_the_same_bytes(data, busiest, document):
    assert kpa.transcript(data, busiest, as_of=AS_OF).pdf == document.pdf


@pytest.mark.slow
def test_hostile_texts_stay_texts(hostile):
    for number in range(0, len(HOSTILE), 3):
        document = kpa.transcript(hostile, person(number), as_of=AS_OF)
        assert "<script" not in document.html
        assert "<img" not in document.html
        assert DEMO_MARK not in document.html
        assert pages(document) >= 1


def test_a_missing_extra_is_named(data, busiest, monkeypatch):
    monkeypatch.setattr(
        needed_packages, "find_spec", lambda name: None if name == "typst" else name
    )
    with pytest.raises(kpa.errors.KPAError, match=r"need typst: .* -m pip install .*\[audit\]"):
        kpa.transcript(data, busiest, as_of=AS_OF)


@pytest.fixture(scope="module")
def alike(tmp_path_factory):
    """Namesakes who teach, one without an employee number, and trainings with the same title."""
    source = Records(
        {
            USERS: [
                user(1, "Ann", "Moe"),
                user(2, "John", "Smith"),
                user(3, "John", "Smith"),
                user(4, "John", "Smith", employeeNumber=""),
                user(5, "", ""),
            ],
            TRAININGS: [
                training(1, "Ladders"),
                training(2, "Ladders"),
                training(3, "Passport", included_trainings_id=[1, 2]),
            ],
            COMPLETIONS: [
                completion(1, 1, person(1), 20260105, m_instructor_id=person(2)),
                completion(2, 2, person(1), 20260106, m_instructor_id=person(3)),
                completion(3, 1, person(4), 20260105, m_instructor_id=person(4)),
                completion(4, 1, person(5), 20260105, m_instructor_id=person(5)),
            ],
        }
    )
    with kpa.demo.serve(source) as api:
        return load(tmp_path_factory.mktemp("alike"), api)


@pytest.mark.slow
def test_a_transcript_says_who_taught_and_which_training_is_meant(alike):
    document = kpa.transcript(alike, person(1), as_of=AS_OF)
    said = flat(document)
    for shown in (
        *("Smith, John (EMP-00002)", "Smith, John (EMP-00003)", "Ladders (1)", "Ladders (2)"),
        "composed: limited by Ladders (1), completed 5 Jan 2026",
    ):
        assert shown in said
    assert set(document.rows["instructor_employeeNumber"]) == {"EMP-00002", "EMP-00003"}


@pytest.mark.slow
def test_a_roster_says_who_taught_and_which_namesake_is_meant(alike):
    document = kpa.roster(alike, 1, as_of=AS_OF)
    said = flat(document)
    assert "Smith, John (EMP-00002)" in said
    assert said.replace(" ", "").count(f"Smith,John({person(4)})") == 2, "trainee and instructor"
    assert f"{person(5)}(EMP-00005)" in said.replace(" ", ""), "an instructor without a name"
    assert document.rows["user"].to_list() == [person(5), "Moe, Ann", "Smith, John"]


def test_an_employee_number_is_beside_every_name_of_every_table_of_a_pack():
    tables = schema.RECORDS, schema.CASES, schema.PACK_REQUIRED, schema.PEOPLE
    for table in (*tables, schema.SAMPLE, schema.SINCE, schema.ROSTER, TRANSCRIPT):
        names = table.schema.names()
        for name, number in NAMED.values():
            if name in names:
                assert names[names.index(name) + 1] == number, (table.name, name)
