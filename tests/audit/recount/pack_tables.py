"""The tables of a pack, read with csv, json and openpyxl, and how the page prints their cells."""

from __future__ import annotations

import csv
import json
import math
from collections import Counter
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import openpyxl

from tests.audit import pack_reader

Row = dict[str, Any]
NOTHING = "–"  # noqa: RUF001 - as the page prints an empty cell
LABELS = {
    "current": "Current",
    "expiring": "Expiring soon",
    "expired": "Expired",
    "missing": "Missing",
    "not_due": "Not due",
}
GAPS, IN_ORDER = ("expired", "missing"), ("current", "expiring")


def printed_day(value: date | None) -> str:
    """A day as the page prints it, or the sign for nothing."""
    return f"{value.day} {value:%b %Y}" if value else NOTHING


def tenths(part: int, whole: int) -> str:
    """A share in percent, rounded down, so that 100.0% means all."""
    return f"{math.floor(1000 * part / whole) / 10:.1f}%"


def whole_percent(part: int, whole: int) -> str:
    """A share as the charts print it."""
    share = 100 * part / whole
    return "<1%" if 0 < share < 1 else ">99%" if 99 < share < 100 else f"{share:.0f}%"


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier; all days of the tests exist there."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return day.replace(year=years, month=month + 1)


class PackTables:
    """The tables of a pack by name: a list of dicts each, with days, numbers and None."""

    def __init__(self, pack: Path) -> None:
        self.pack = pack
        self.manifest = json.loads((pack / "manifest.json").read_bytes())
        self.as_of = date.fromisoformat(self.manifest["as_of"])
        self.records = pack_reader.completions(pack)
        self.trainings = pack_reader.trainings(pack)
        self.people = {
            person["m_user_id"]: person for person in pack_reader.rows(pack, "people.csv")
        }
        self.required = pack_reader.required(pack)
        self.cases = [self._case(row) for row in pack_reader.rows(pack, "cases.csv")]
        titles = {training["id"]: training["title"] for training in self.trainings}
        self.titles = {
            record["training_id"]: record["training"] for record in self.records
        } | titles
        self._title_counts = Counter(self.titles.values())
        self._name_counts = Counter(person["user"] for person in self.people.values())

    @cached_property
    def sheets(self) -> dict[str, list[Row]]:
        """The sheets of the workbook but the summary, by name."""
        book = openpyxl.load_workbook(self.pack / "audit.xlsx", read_only=True)
        sheets = {}
        for sheet in book.worksheets[1:]:
            heading, *rows = sheet.iter_rows(values_only=True)
            sheets[sheet.title] = [dict(zip(heading, row, strict=True)) for row in rows]
        return sheets

    def csv(self, name: str) -> list[Row]:
        """The rows of another CSV file, as text."""
        with (self.pack / name).open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def person(self, key: str | None) -> str:
        """A person's name with the employee number, or else the id if the name is not unique."""
        if not key:
            return NOTHING
        known = self.people[key]
        number = known["employeeNumber"]
        if not number and known["created"] and self._name_counts[known["user"]] > 1:
            number = key
        return f"{known['user']} ({number})" if number else known["user"]

    def training(self, key: int) -> str:
        """A training's title, with its id if other trainings have the same title."""
        title = self.titles[key]
        return f"{title} ({key})" if self._title_counts[title] > 1 else title

    @staticmethod
    def _case(row: dict[str, str]) -> Row:
        days = ("date", "expiration_date", "limited_by_date")
        whole = ("training_id", "completion_id", "days_left", "files", "limited_by_id")
        return {
            **row,
            **{name: pack_reader.day(row[name]) for name in days},
            **{name: pack_reader.number(row[name]) for name in whole},
        }


def as_day(value: datetime | None) -> date | None:
    """The day in a cell of a sheet."""
    return value.date() if value else None
