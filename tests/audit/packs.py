"""Fixtures of the tests of the evidence pack: records loaded over HTTP, packs read back."""

from __future__ import annotations

import re
from functools import lru_cache
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pypdfium2

import kpa_analytics as kpa
from kpa_analytics.api.client import Client
from kpa_analytics.config import Settings
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.demo import sources as wire
from kpa_analytics.demo.sources import Records, Source
from kpa_analytics.report_text import sheet_heading
from kpa_analytics.schema import Table
from kpa_analytics.secret import Secret

AS_OF = kpa.demo.AS_OF

#: Texts that somebody could have written into a title, a name or a note.
HOSTILE = [
    '=HYPERLINK("http://evil.example","click")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",  # noqa: RUF001
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "]]></text><script>alert(1)</script>",
    '#eval("1+1") $x^2$ *bold* @ref <label> `raw` \\u{41} // comment',
    "{{ 7 * 7 }} {% raw %}",
    "' onload='alert(1)",
    "<r></si><si><t>a rich text of xlsxwriter's</t></r>",
    "\x00\x07\x1b[31mred\x1b[0m",
    "إجراءات السلامة \u202e reversed",
    "W" * 300,
]


def settings(folder: Path, api: Any) -> Settings:
    return Settings(
        token=Secret(api.token),
        api_url=api.url,
        cache_dir=folder,
        requests_per_minute=100_000,
        progress=False,
    )


def load(folder: Path, api: Any, *, refresh: bool = False) -> TrainingData:
    with Client(settings(folder, api)) as client:
        return kpa.load_all(refresh=refresh, client=client)


def person(number: int) -> str:
    return f"5e580f0cb780600088bd{number:04x}"


def completion(number: int, training: int, user: str, day: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "training_id": training,
        "m_user_id": user,
        "created": 1_780_000_000_000 + number,
        "date_number": day,
        "special_expiration_date_number": None,
        "m_instructor_id": None,
        "group_training_id": None,
        "notes": None,
        "signature": None,
        "files": [],
        **fields,
    }


def training(number: int, title: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "title": title,
        "created": 1_500_000_000_000,
        "included_trainings_id": [],
        "schedule_type": "rolling",
        "renewal_months": 12,
        "certificate_text": "",
        "assigned_to_type": "all",
        "assigned_to_condition": {},
        "is_highlighted": False,
        "notes": "",
        "window_required_for_new_employees": False,
        **fields,
    }


def user(number: int, first: str, last: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": person(number),
        "created": 1_500_000_000_000,
        "firstname": first,
        "lastname": last,
        "employeeNumber": f"EMP-{number:05}",
        "email": f"someone{number}@company.example",
        "username": f"login{number}",
        "fieldOffice_id": ["office-1"],
        "lineOfBusiness_id": [],
        "clients_id": [],
        "projects_id": [],
        "isDriver": False,
        "isRegulatedDriver": False,
        "role_id": "role",
        **fields,
    }


def hostile_company() -> Records:
    """Real (not demo) ids; every free text is one of HOSTILE; statuses of every kind."""
    people = [user(at, text, text) for at, text in enumerate(HOSTILE)]
    trainings = [training(at + 1, text) for at, text in enumerate(HOSTILE)]
    days = [20260115, 20250101, 20250710, 20240229]
    done = [
        completion(
            100 * who + what,
            what + 1,
            person(who),
            days[(who + what) % len(days)],
            notes=HOSTILE[what],
            m_instructor_id=person((who + 1) % len(HOSTILE)),
            group_training_id=7,
        )
        for who in range(len(HOSTILE))
        for what in range(0, len(HOSTILE), 2)
    ]
    done.append(completion(99_001, 1, person(3), 20200230))
    session = {
        "id": 7,
        "created": 1_780_000_000_000,
        "m_trainees_id": [person(1)],
        "trainings_id": [1, 2],
        "m_instructor_id": person(2),
        "notes": HOSTILE[0],
    }
    employee = {
        "m_user_id": person(0),
        "status": "incomplete",
        "percent_complete": 50,
        "incomplete_training_ids": [2, 4],
        "complete_training_ids": [1],
        "last_completed": [{"id": 1, "date_number": 20260115, "expiresOn": 20270116}],
    }
    return Records(
        {
            wire.COMPLETIONS: done,
            wire.TRAININGS: trainings,
            wire.USERS: people,
            wire.GROUP_TRAININGS: [session],
            wire.EMPLOYEE_STATUS: [employee],
            wire.FIELD_OFFICES: [{"id": "office-1", "name": HOSTILE[8]}],
        }
    )


def small_company() -> Source:
    return kpa.demo.organisation(people=60, instructors=8, completions=1_500)


def files(pack: Path) -> dict[str, bytes]:
    return {
        path.relative_to(pack).as_posix(): path.read_bytes()
        for path in sorted(pack.rglob("*"))
        if path.is_file()
    }


def pdf_text(content: bytes) -> str:
    """The text of a document."""
    return "\n".join(pdf_pages(content))


@lru_cache(maxsize=30)
def pdf_pages(content: bytes) -> list[str]:
    """The text of each page of a document."""
    with pypdfium2.PdfDocument(content) as document:
        texts = [page.get_textpage().get_text_range() for page in document]
    return [text.replace("\r\n", "\n") for text in texts]


def column_of(heading: str) -> str:
    """The column below a heading of a sheet."""
    return _COLUMNS.get(heading, heading)


_COLUMNS = {
    sheet_heading(column): column
    for table in vars(kpa.schema).values()
    if isinstance(table, Table)
    for column in ("demo_data", *table.schema)
}


def sheet_rows(pack: Path, name: str) -> list[dict[str, Any]]:
    """The rows of a sheet by the names of their columns."""
    head, *rows = _book((pack / "audit.xlsx").read_bytes())[name].iter_rows(values_only=True)
    return [dict(zip(map(column_of, head), row, strict=True)) for row in rows]


@lru_cache(maxsize=4)
def _book(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(content))


def unzipped(content: bytes) -> bytes:
    with ZipFile(BytesIO(content)) as book:
        return b"\n".join(book.read(name) for name in book.namelist())


class Page(HTMLParser):
    """The elements of a page with their attributes, and its text without scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._inside: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.texts))
