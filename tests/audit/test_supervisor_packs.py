"""Packs for supervisors: only their own cases, harmless texts, no event shown twice."""

from __future__ import annotations

import io
import random
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

import openpyxl
import polars as pl
import pytest
from icalendar import Calendar

import kpa_analytics as kpa
from kpa_analytics.analysis.case_groups import group_columns
from kpa_analytics.analysis.supervisor_lists import LISTED_BY
from kpa_analytics.audit.html import TEMPLATES
from kpa_analytics.audit.supervisors.supervisor_mail import usable
from kpa_analytics.audit.supervisors.supervisor_page import page_of
from kpa_analytics.audit.supervisors.supervisor_profiles import profiles_to_correct
from kpa_analytics.audit.supervisors.supervisor_team import teams
from kpa_analytics.audit.supervisors.supervisor_text import HEADINGS
from kpa_analytics.demo_mark import DEMO_ID_PREFIX
from kpa_analytics.report_text import DEMO_MARK
from kpa_analytics.schema import COMPLETIONS, EXPIRY_STATUS, GROUPS, TRAININGS, USERS
from kpa_analytics.statuses import EXPIRED, EXPIRING, MISSING
from tests.audit.packs import HOSTILE, Page
from tests.frames import frame_of

DAY = date(2026, 6, 30)
FILES = ["calendar.ics", "cases.html", "cases.xlsx", "mail.eml"]
BOSSES = 4


def token(number: int) -> str:
    """Letters that only one person has."""
    return f"zq{number:03d}qz"


def company(seed: int, *, prefix: str = "", texts: list[str] | None = None) -> kpa.TrainingData:
    """Some supervisors, some people below them, and cases of every open status."""
    rng = random.Random(seed)
    texts = texts or [""]
    ids = [f"{prefix}{number:08x}" for number in range(24)]
    bosses: list[str | None] = [*ids[:BOSSES], None, "unknown"]
    users = [
        {
            "id": person,
            "lastname": f"{token(number)} {rng.choice(texts)}",
            "firstname": rng.choice(texts),
            "employeeNumber": f"E{token(number)}",
            "email": rng.choice(
                [f"m{token(number)}@example.com", "a@b.com\r\nBcc: evil@x.com", None]
            ),
            "supervisor_id": rng.choice(bosses),
            "jobTitle_id": rng.choice(["j1", "j2"]),
        }
        for number, person in enumerate(ids)
    ]
    trainings = [
        {
            **{"id": number, "title": f"T{number} {rng.choice(texts)}", "schedule_type": "rolling"},
            **{"renewal_months": 12, "assigned_to_type": "all"},
        }
        for number in range(5)
    ]
    done = [
        {
            **{"id": 1000 * who + what, "training_id": what, "m_user_id": person},
            "date": DAY - timedelta(days=rng.choice([20, 345, 350, 360, 400, 700])),
            "m_instructor_id": rng.choice(ids),
        }
        for who, person in enumerate(ids)
        for what in rng.sample(range(5), 4)
    ]
    return kpa.TrainingData(
        completions=frame_of(COMPLETIONS, *done),
        trainings=frame_of(TRAININGS, *trainings),
        users=frame_of(USERS, *users),
        groups=frame_of(GROUPS, {"kind": "job_title", "id": "j1", "name": f"Job {texts[0]}"}),
    )


def required(data: kpa.TrainingData) -> pl.DataFrame:
    return kpa.required_trainings(data.trainings, data.users, as_of=DAY).filter("required")


def write(data: kpa.TrainingData, out: Path, **options: Any) -> Path:
    options = {"as_of": DAY, "required": required(data), **options}
    return kpa.export_supervisor_packs(data, out, **options)


def cases_of(data: kpa.TrainingData, **options: Any) -> pl.DataFrame:
    status = kpa.expiry_status(
        data.completions, data.trainings, data.users, as_of=DAY, required=required(data)
    )
    return kpa.supervisor_lists(status, data.users, groups=data.groups, as_of=DAY, **options)


def texts_of(folder: Path) -> str:
    """Everything that the files of a folder say, decoded and unpacked, and their names."""
    texts = [str(folder.relative_to(folder.parent))]
    for path in sorted(folder.iterdir()):
        texts += [path.name, *_decoded(path.name, path.read_bytes())]
    return "\n".join(texts)


def _decoded(name: str, content: bytes) -> list[str]:
    if name.endswith(".xlsx"):
        with ZipFile(io.BytesIO(content)) as book:
            return [book.read(part).decode() for part in book.namelist()]
    if name.endswith(".ics"):
        text = content.decode()
        return [text, text.replace("\r\n ", ""), str(Calendar.from_ical(content))]
    if name.endswith(".eml"):
        texts = [content.decode()]
        mail = message_from_bytes(content, policy=policy.default)
        texts += [f"{header}: {value}" for header, value in mail.items()]
        for part in mail.walk():
            if not part.is_multipart():
                decoded = part.get_payload(decode=True)
                assert isinstance(decoded, bytes)
                texts += _decoded(part.get_filename() or "body.txt", decoded)
        return texts
    return [content.decode(), unquote(content.decode())]


def events(folder: Path) -> dict[str, Any]:
    calendar = Calendar.from_ical((folder / "calendar.ics").read_bytes())
    return {str(event["uid"]): event for event in calendar.walk("VEVENT")}


def mail_of(folder: Path) -> EmailMessage:
    mail = message_from_bytes((folder / "mail.eml").read_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def folders(out: Path) -> list[Path]:
    return sorted(path for path in out.iterdir() if path.is_dir())


@pytest.fixture(scope="module")
def hostile() -> kpa.TrainingData:
    return company(1, texts=HOSTILE)


@pytest.fixture(scope="module")
def pack(hostile: kpa.TrainingData, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(hostile, tmp_path_factory.mktemp("packs") / "lists")


def strangers(data: kpa.TrainingData, folder: Path, lists: pl.DataFrame) -> set[str]:
    """The people in the files of a folder who are neither on its list nor its supervisor."""
    tokens = {person: token(number) for number, person in enumerate(data.users["id"])}
    sheet = "\n".join(_decoded("cases.xlsx", (folder / "cases.xlsx").read_bytes()))
    members = {person for person, letters in tokens.items() if f"E{letters}" in sheet}
    by_list = {boss: {*rows["m_user_id"]} for (boss,), rows in lists.group_by([lists.columns[0]])}
    (boss,) = (key for key, people in by_list.items() if people == members)
    text = texts_of(folder).lower()
    shown = {person for person, letters in tokens.items() if letters in text or person in text}
    assert members <= shown
    return shown - members - {str(boss)}


def test_a_folder_has_no_string_of_another_team(hostile: kpa.TrainingData, pack: Path) -> None:
    lists = cases_of(hostile)
    assert len(folders(pack)) == lists["supervisor_id"].n_unique() == BOSSES + 1
    for folder in folders(pack):
        assert strangers(hostile, folder, lists) == set()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 5))
@pytest.mark.parametrize("by", ["supervisor", "job_title"])
def test_no_random_company_has_one(seed: int, by: str, tmp_path: Path) -> None:
    data = company(seed, texts=["", *HOSTILE])
    out = write(data, tmp_path / "lists", by=by)
    lists = cases_of(data, by=by)
    for folder in folders(out):
        assert strangers(data, folder, lists) == set()


def test_every_open_case_is_in_one_workbook_and_the_index_adds_up(
    hostile: kpa.TrainingData, pack: Path
) -> None:
    lists = cases_of(hostile)
    numbers: Counter[Any] = Counter()
    for folder in folders(pack):
        sheet = openpyxl.load_workbook(folder / "cases.xlsx").active
        assert sheet is not None
        rows = list(sheet.iter_rows(min_row=2))
        assert all(cell.data_type != "f" and not cell.hyperlink for row in rows for cell in row)
        numbers.update(row[1].value for row in rows)
    people = hostile.users.select("employeeNumber", m_user_id="id")
    expected = lists.join(people, on="m_user_id")["employeeNumber"]
    assert numbers == Counter(expected)
    page = Page((pack / "index.html").read_text(encoding="utf-8"))
    counts = [lists.filter(status=status).height for status in (EXPIRED, MISSING, EXPIRING)]
    assert min(counts) > 0
    sums = " ".join(map(str, [lists["m_user_id"].n_unique(), *counts, lists.height]))
    assert f"Total {sums}" in page.text
    links = {attributes["href"] for tag, attributes in page.elements if tag == "a"}
    assert links == {f"{folder.name}/cases.html" for folder in folders(pack)}
    assert "is not in the user list" in page.text


def test_a_supervisor_who_cannot_act_is_one_line_with_every_person() -> None:
    people = [
        {"id": "sue", "lastname": "Low", "firstname": "Sue", "supervisor_id": "sue"},
        {"id": "tom", "lastname": "Tom", "terminationDate": datetime(2026, 3, 2, 5, tzinfo=UTC)},
        *({"id": who, "lastname": who.capitalize(), "supervisor_id": "tom"} for who in ("é", "ed")),
        {"id": "x", "supervisor_id": "gone", "employeeNumber": "E9", "lastname": "X"},
        {"id": "a", "supervisor_id": "b", "lastname": "A"},
        {"id": "b", "supervisor_id": "a"},
        {"id": "manager", "manager_id": "nobody"},
    ]
    users = frame_of(USERS, *people)
    assert profiles_to_correct(users, "supervisor_id", DAY) == [
        "gone is not in the user list, and is the supervisor of 1 person: X (E9)",
        "Tom left on 2 Mar 2026, and is still the supervisor of 2 people: É, Ed",
        "Low, Sue is their own supervisor",
        "A circle, in which each person's supervisor is the next: A -> b -> A",
    ]
    assert profiles_to_correct(users, "manager_id", DAY) == [
        "nobody is not in the user list, and is the manager of 1 person: manager"
    ]
    assert profiles_to_correct(users, "field_office_id", DAY) == []


def test_the_page_has_only_its_own_elements_and_needs_nothing(pack: Path) -> None:
    for path in (pack / "index.html", *(folder / "cases.html" for folder in folders(pack))):
        page = Page(path.read_text(encoding="utf-8"))
        tags = {tag for tag, _ in page.elements}
        assert not tags & {"script", "img", "link", "iframe", "object", "form"}
        assert not [
            name for _, attributes in page.elements for name in attributes if name[:2] == "on"
        ]
        text = path.read_text(encoding="utf-8")
        assert "default-src &#39;none&#39;" in text
        assert not re.search(r"(src|href)=\"?https?:", text)


def test_a_case_is_a_card_on_a_phone_and_each_figure_keeps_its_heading(pack: Path) -> None:
    page = Page((folders(pack)[0] / "cases.html").read_text(encoding="utf-8"))
    (table,) = [attributes for tag, attributes in page.elements if tag == "table"]
    assert table["class"] == "cases"
    cells = [attributes["data-heading"] for tag, attributes in page.elements if tag == "td"]
    assert cells[:7] == [*HEADINGS.values()]
    assert len(cells) % 7 == 0


def test_the_page_names_the_trainings_that_are_made_of_others() -> None:
    day = date(2026, 6, 1)
    status = {
        **{"m_user_id": "ann", "user": "Ann"},
        **{"training_id": 7, "training": "Rescue", "status": EXPIRED, "expiration_date": day},
    }
    for source, is_said in (("composed", True), ("rolling", False)):
        cases = frame_of(EXPIRY_STATUS, {**status, "expiration_source": source})
        lists = cases.with_columns(supervisor_id=pl.lit("sue"), supervisor=pl.lit("Sue"))
        (team,) = teams(
            lists, USERS.empty(), by="supervisor", as_of=DAY, requirements_known=True, demo=False
        )
        sentence = (
            "Composed trainings (each is valid only while all of its included trainings are): "
            "Rescue."
        )
        assert (sentence in page_of(team).decode()) == is_said


@pytest.mark.parametrize("by", LISTED_BY)
def test_cases_on_nobodys_list_have_a_title(by: str) -> None:
    case = {**{"m_user_id": "ann", "user": "Ann"}, "training_id": 7, "status": EXPIRED}
    nobody = [pl.lit(None, pl.String).alias(column) for column in group_columns(by)]
    lists = frame_of(EXPIRY_STATUS, case).with_columns(nobody)
    (team,) = teams(lists, USERS.empty(), by=by, as_of=DAY, requirements_known=True, demo=False)
    assert team.title == f"Trainings of people without a {by.replace('_', ' ')}"


def test_cases_of_a_status_are_in_the_order_of_their_days() -> None:
    case = {"training_id": 7, "training": "Rescue", "status": EXPIRED}
    early, late = date(2026, 5, 1), date(2026, 6, 1)
    cases = frame_of(
        EXPIRY_STATUS,
        case | {"m_user_id": "a", "user": "Ann", "expiration_date": late},
        case | {"m_user_id": "b", "user": "Bob", "expiration_date": early},
        case | {"m_user_id": "c", "user": "Cy", "status": EXPIRING, "expiration_date": early},
    )
    lists = cases.with_columns(supervisor_id=pl.lit("sue"), supervisor=pl.lit("Sue"))
    (team,) = teams(
        lists, USERS.empty(), by="supervisor", as_of=DAY, requirements_known=True, demo=False
    )
    assert team.cases["user"].to_list() == ["Bob", "Ann", "Cy"]


def test_every_page_of_statuses_has_dark_colours_and_tables_that_scroll() -> None:
    pages = {path.name: path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.html.j2")}
    coloured = {name: page for name, page in pages.items() if "in colours.items()" in page}
    assert coloured.keys() >= {"fleet.html.j2", "page.html.j2", "supervisor.html.j2"}
    for name, page in coloured.items():
        assert "in dark_colours.items()" in page, name
        assert '<div class="scroll" role="region"' in page, name


def test_the_mail_is_a_draft_with_one_recipient_at_most(
    hostile: kpa.TrainingData, pack: Path
) -> None:
    addresses = []
    for folder in folders(pack):
        if folder.name == "nobody-named":
            assert sorted(path.name for path in folder.iterdir()) == FILES[:3]
            continue
        assert sorted(path.name for path in folder.iterdir()) == FILES
        mail = mail_of(folder)
        assert mail["X-Unsent"] == "1"
        assert {name.lower() for name in mail} <= {
            *("x-unsent", "subject", "to", "mime-version", "content-type"),
        }
        if mail["To"]:
            (address,) = mail["To"].addresses
            addresses.append(address.addr_spec)
        attached = {
            part.get_filename(): part.get_payload(decode=True) for part in mail.iter_attachments()
        }
        assert attached == {name: (folder / name).read_bytes() for name in FILES[:3]}
    assert all(re.fullmatch(r"mzq\d{3}qz@example\.com", address) for address in addresses)
    assert addresses


@pytest.mark.slow
def test_an_address_cannot_add_a_recipient(tmp_path: Path) -> None:
    data = company(1)
    bad = ["a@b.com\r\nBcc: c@d.com", "a@b.com, c@d.com", "Evil <c@d.com>", "c@d.com;e@f.com"]
    emails = [*bad, *[None] * (data.users.height - len(bad))]
    users = data.users.with_columns(email=pl.Series(emails, dtype=pl.String))
    out = write(replace(data, users=users), tmp_path / "lists")
    drafts = [folder for folder in folders(out) if (folder / "mail.eml").exists()]
    assert len(drafts) == BOSSES
    for folder in drafts:
        assert mail_of(folder)["To"] is None
        assert b"c@d.com" not in (folder / "mail.eml").read_bytes()


def test_an_address_that_no_program_can_read_is_no_recipient() -> None:
    for address in ("a..b@x.com", ".a@x.com", "a.@x.com", "a@.x.com", "a@x..com", "a@x.com."):
        assert usable(address) is None
    for address in ("a.b@x.com", "o'neil+1@x-y.co.uk", "a@localhost"):
        assert usable(address) == address


@pytest.mark.slow
@pytest.mark.parametrize(
    "damaged", [b"", b"x", b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR\n"]
)
def test_a_damaged_calendar_of_an_earlier_run_is_named(tmp_path: Path, damaged: bytes) -> None:
    needs = pl.DataFrame({"m_user_id": ["ann"], "training_id": [7]})
    people = frame_of(USERS, {"id": "ann"})
    data = kpa.TrainingData(completions=COMPLETIONS.empty(), users=people)
    first = write(data, tmp_path / "first", required=needs)
    (first / "nobody-named" / "calendar.ics").write_bytes(damaged)
    with pytest.raises(kpa.errors.KPADataError, match=r"calendar\.ics is not a calendar of an ear"):
        write(data, tmp_path / "second", required=needs, previous=first)
    assert not (tmp_path / "second").exists()


def test_the_calendar_has_one_all_day_event_for_each_training_and_week(
    hostile: kpa.TrainingData, pack: Path
) -> None:
    this_week = DAY - timedelta(days=DAY.weekday())
    due = pl.col("expiration_date").dt.truncate("1w")
    weeks = cases_of(hostile).select(
        "supervisor_id",
        "training_id",
        week=pl.when(pl.col("status") == EXPIRING).then(due).otherwise(pl.lit(this_week)),
    )
    found_events = [event for folder in folders(pack) for event in events(folder).values()]
    assert len(found_events) == weeks.n_unique()
    assert len({str(event["uid"]) for event in found_events}) == len(found_events)
    days = Counter(event.decoded("dtstart") for event in found_events)
    expected = Counter(max(week, DAY) for week in weeks.unique()["week"])
    assert days == expected
    assert len(days) > 1
    for event in found_events:
        assert event["dtstart"].params["VALUE"] == "DATE"
        assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(days=1)
        assert not event.subcomponents, "no alarm"
        assert event["transp"] == "TRANSPARENT"
        assert not re.search(r"[\x00-\x08\x0b-\x1f]", str(event["description"]))


@pytest.mark.slow
def test_the_last_day_of_the_calendar_has_its_events(tmp_path: Path) -> None:
    data = company(5)
    written = write(data, tmp_path / "lists", as_of=date.max)
    found_events = [event for at in folders(written) for event in events(at).values()]
    assert {event.decoded("dtstart") for event in found_events} == {date.max}
    assert not any("dtend" in event for event in found_events), "the calendar has no next day"


@pytest.mark.slow
def test_the_next_run_updates_its_events_and_cancels_those_that_are_done(tmp_path: Path) -> None:
    data = company(5)
    boss = str(data.users["id"][0])
    first = write(data, tmp_path / "first", only=[boss])
    renewed = cases_of(data).filter(supervisor_id=boss)["training_id"].min()
    below = data.users.filter(supervisor_id=boss)["id"]
    done = data.completions.filter(
        ~((pl.col("training_id") == renewed) & pl.col("m_user_id").is_in(below.implode()))
    )
    new = frame_of(
        COMPLETIONS,
        *(
            {"id": 9000 + at, "training_id": renewed, "m_user_id": person, "date": DAY}
            for at, person in enumerate(below)
        ),
    )
    later = replace(data, completions=pl.concat([done, new]))
    options: dict[str, Any] = {"as_of": DAY + timedelta(days=1), "only": [boss]}
    second = write(later, tmp_path / "second", **options, previous=first)
    (before,), (after,) = folders(first), folders(second)
    assert before.name == after.name
    old, current = events(before), events(after)
    assert set(old) <= set(current)
    cancelled = {uid for uid, event in current.items() if event.get("status") == "CANCELLED"}
    assert cancelled
    said = "No longer on this list: T"
    assert all(str(current[uid]["summary"]).startswith(said) for uid in cancelled)
    assert all(current[uid]["sequence"] > old[uid]["sequence"] for uid in old)
    alone = events(folders(write(later, tmp_path / "alone", **options))[0])
    assert set(alone) == set(current) - cancelled
    assert all(alone[uid]["sequence"] >= old[uid]["sequence"] for uid in alone.keys() & old.keys())
    third = write(later, tmp_path / "third", **options, previous=second)
    assert set(events(folders(third)[0])) == set(alone)


def two_teams(*, gap_of_ann: bool = True, prefix: str = "") -> dict[str, Any]:
    """Two supervisors, Sue of Ann and Tom of Bob; Bob and perhaps Ann lack training 7."""
    people = [
        {"id": f"{prefix}{person}", "supervisor_id": f"{prefix}{boss}", "jobTitle_id": f"j-{boss}"}
        for person, boss in (("ann", "sue"), ("bob", "tom"))
    ]
    bosses = [{"id": f"{prefix}{name}", "lastname": name.capitalize()} for name in ("sue", "tom")]
    lacking = [f"{prefix}bob", *([f"{prefix}ann"] if gap_of_ann else [])]
    return {
        "data": kpa.TrainingData(
            completions=COMPLETIONS.empty(), users=frame_of(USERS, *people, *bosses)
        ),
        "required": pl.DataFrame({"m_user_id": lacking, "training_id": [7] * len(lacking)}),
    }


@pytest.mark.slow
def test_events_of_two_accounts_are_different_in_one_calendar(tmp_path: Path) -> None:
    people = frame_of(USERS, {"id": "ann"})
    missing = pl.DataFrame({"m_user_id": ["ann"], "training_id": [7]})
    ids = set()
    for account in ("north", "south", None):
        data = kpa.TrainingData(completions=COMPLETIONS.empty(), users=people, account=account)
        (folder,) = folders(write(data, tmp_path / str(account), required=missing))
        ids |= events(folder).keys()
    assert len(ids) == 3


@pytest.mark.slow
@pytest.mark.parametrize("by", ["supervisor", "job_title"])
def test_the_calendar_of_a_list_that_became_empty_cancels_its_events(
    tmp_path: Path, by: str
) -> None:
    first = write(**two_teams(prefix=DEMO_ID_PREFIX), out=tmp_path / "1", by=by)
    later: dict[str, Any] = two_teams(prefix=DEMO_ID_PREFIX, gap_of_ann=False)
    options: dict[str, Any] = {"as_of": DAY + timedelta(days=14), "by": by}
    second = write(**later, **options, out=tmp_path / "2", previous=first)
    assert [folder.name for folder in folders(first)] == [each.name for each in folders(second)]
    (emptied,) = (each for each in folders(second) if not (each / "cases.html").exists())
    assert [path.name for path in emptied.iterdir()] == ["calendar.ics"]
    old, now = events(first / emptied.name), events(emptied)
    assert old.keys() == now.keys()
    for uid, event in now.items():
        assert event["status"] == "CANCELLED"
        assert event["sequence"] > old[uid]["sequence"]
        assert event["summary"] == f"No longer on this list: {old[uid]['summary']}"
    name = "Sue" if by == "supervisor" else "j-sue"
    page = Page((second / "index.html").read_text(encoding="utf-8"))
    assert f"{name}: 1 event is cancelled" in page.text
    links = [attributes["href"] for tag, attributes in page.elements if tag == "a"]
    assert f"{emptied.name}/calendar.ics" in links
    calendars = [
        Calendar.from_ical((run / emptied.name / "calendar.ics").read_bytes())
        for run in (first, second)
    ]
    assert calendars[0]["x-wr-calname"] == calendars[1]["x-wr-calname"]
    third = write(**later, **options, out=tmp_path / "3", previous=second)
    assert len(folders(third)) == 1  # cancelled once
    chosen = {"only": [f"{DEMO_ID_PREFIX}sue" if by == "supervisor" else "j-sue"]}
    alone = write(**later, **options, out=tmp_path / "4", previous=first, **chosen)
    assert [folder.name for folder in folders(alone)] == [emptied.name]
    with pytest.raises(kpa.errors.KPADataError, match=r"there is no list|no job title"):
        write(**later, **options, out=tmp_path / "5", previous=second, **chosen)


@pytest.mark.slow
def test_an_earlier_run_of_other_lists_is_named(tmp_path: Path) -> None:
    first = write(**two_teams(), out=tmp_path / "first")
    with pytest.raises(kpa.errors.KPADataError) as error:
        write(**two_teams(), out=tmp_path / "second", by="job_title", previous=first)
    assert str(error.value) == (
        f"previous: {first} has a list for every supervisor; this run makes one for every job title"
    )
    made = two_teams()
    north = {**made, "data": replace(made["data"], account="north")}
    with pytest.raises(kpa.errors.KPADataError, match=r"of the account of the settings, not of no"):
        write(**north, out=tmp_path / "second", previous=first)
    assert not (tmp_path / "second").exists()
    (first / "index.html").write_text("<title>Holidays</title>", encoding="utf-8")
    with pytest.raises(kpa.errors.KPADataError, match=r"its index\.html is not their page"):
        write(**two_teams(), out=tmp_path / "second", previous=first)


def test_the_index_has_no_address_only_where_one_is_needed(tmp_path: Path) -> None:
    made = two_teams()
    nobodys = made["data"].users.with_columns(
        supervisor_id=pl.when(pl.col("id") != "ann").then("supervisor_id")
    )
    out = write(replace(made["data"], users=nobodys), tmp_path, required=made["required"])
    page = Page((out / "index.html").read_text(encoding="utf-8"))
    assert "nobody is named 1 0 1 0 1 no draft" in page.text
    assert "Tom 1 0 1 0 1 no address" in page.text


def test_every_file_of_demo_data_says_so(tmp_path: Path) -> None:
    data = company(7, prefix=DEMO_ID_PREFIX)
    out = write(data, tmp_path / "lists", only=[data.users["id"][0]])
    (folder,) = folders(out)
    assert DEMO_MARK in (out / "index.html").read_text(encoding="utf-8")
    assert DEMO_MARK in (folder / "cases.html").read_text(encoding="utf-8")
    sheet = openpyxl.load_workbook(folder / "cases.xlsx").active
    assert sheet is not None
    assert {row[0] for row in sheet.iter_rows(min_row=2, values_only=True)} == {DEMO_MARK}
    calendar = Calendar.from_ical((folder / "calendar.ics").read_bytes())
    assert str(calendar["x-wr-calname"]).startswith(DEMO_MARK)
    for event in events(folder).values():
        assert str(event["summary"]).startswith("DEMO DATA - ")
        assert DEMO_MARK in str(event["description"])
    mail = mail_of(folder)
    assert mail["Subject"].startswith("DEMO DATA - ")
    body = mail.get_body()
    assert body is not None
    assert DEMO_MARK in body.get_content()


@pytest.mark.slow
def test_without_requirements_missing_cases_are_not_known(tmp_path: Path) -> None:
    out = write(company(8), tmp_path / "lists", required=None)
    assert "Missing: not known" in Page((out / "index.html").read_text(encoding="utf-8")).text
    for folder in folders(out):
        assert "not known" in Page((folder / "cases.html").read_text(encoding="utf-8")).text
    nobody = replace(company(8), completions=COMPLETIONS.empty())
    none = write(nobody, tmp_path / "none", required=None)
    page = Page((none / "index.html").read_text(encoding="utf-8"))
    assert "Missing: not known" in page.text
    assert "Total 0 0 not known 0 0" in page.text


@pytest.mark.slow
def test_folder_names_are_safe_and_different_on_every_system(tmp_path: Path) -> None:
    names = ["CON", "con", "../../up", "A" * 300, " . ", "日本", "", "nobody named"]
    users = [{"id": f"b{number}", "lastname": name} for number, name in enumerate(names)]
    people = [{"id": f"p{number}", "supervisor_id": f"b{number}"} for number in range(len(names))]
    needs = {"m_user_id": [user["id"] for user in people], "training_id": [7] * len(names)}
    data = kpa.TrainingData(completions=COMPLETIONS.empty(), users=frame_of(USERS, *users, *people))
    out = write(data, tmp_path / "lists", required=pl.DataFrame(needs))
    folded = [folder.name.lower() for folder in folders(out)]
    assert len(set(folded)) == len(names)
    for name in folded:
        assert re.fullmatch(r"[a-z0-9-]{12,60}", name)


@pytest.mark.slow
def test_bad_input_is_one_clear_line_and_writes_nothing(tmp_path: Path) -> None:
    data = company(9)
    left = {"terminationDate": datetime(2026, 6, 1, 12, tzinfo=UTC), "lastname": "Low"}
    gone = frame_of(USERS, {"id": "gone", **left})
    below = frame_of(USERS, {"id": "below", "supervisor_id": "gone"})
    data = replace(data, users=pl.concat([data.users, gone, below]))
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "mine.txt").write_text("mine")
    for options, message in (
        ({"by": "boss"}, "by must be one of supervisor, manager, field_office, job_title, not"),
        ({"as_of": None}, "as_of must be a day such as 2026-06-30, not None"),
        ({"only": ["gone"]}, "only: Low left on 1 Jun 2026, so there is no list for Low"),
        ({"only": ["below"]}, "only: there is no list for below, because no open case belongs on"),
        ({"only": ["Nobody Else"]}, "only: no person in the records is called 'Nobody Else'"),
        (
            {"by": "job_title", "only": ["j9"]},
            "only: no job title with an open case is called",
        ),
        ({"only": []}, "only must be ids or names of lists, not []"),
        ({"only": [None]}, "only must be ids or names of lists, not [None]"),
        ({"previous": tmp_path}, "has no lists of an earlier run: it has no index.html"),
    ):
        with pytest.raises(kpa.errors.KPADataError, match=re.escape(message)) as error:
            write(data, tmp_path / "lists", **options)
        assert "\n" not in str(error.value)
        assert not (tmp_path / "lists").exists()
    with pytest.raises(kpa.errors.KPADataError, match="is not empty"):
        write(data, taken)


@pytest.mark.slow
def test_an_event_of_a_past_week_is_not_cancelled(tmp_path: Path) -> None:
    first = write(**two_teams(), out=tmp_path / "1")
    later: dict[str, Any] = {"as_of": DAY + timedelta(days=14), "previous": first}
    second = write(**two_teams(), out=tmp_path / "2", **later)
    for folder in folders(second):
        now = events(folder)
        assert len(now) == 1
        assert not now.keys() & events(first / folder.name).keys()
        assert [event.get("status") for event in now.values()] == [None]


@pytest.mark.slow
def test_an_event_of_monday_is_cancelled_later_in_the_week(tmp_path: Path) -> None:
    monday = date(2026, 6, 29)
    people = frame_of(USERS, {"id": "ann"})
    data = kpa.TrainingData(completions=COMPLETIONS.empty(), users=people)

    def lacking(*trainings: int) -> pl.DataFrame:
        return pl.DataFrame({"m_user_id": ["ann"] * len(trainings), "training_id": [*trainings]})

    first = write(data, tmp_path / "1", as_of=monday, required=lacking(7, 8))
    later = {"as_of": monday + timedelta(days=2), "previous": first}
    (folder,) = folders(write(data, tmp_path / "2", required=lacking(7), **later))
    statuses = {str(event.get("status", "")) for event in events(folder).values()}
    assert statuses == {"", "CANCELLED"}
