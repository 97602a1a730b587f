"""Read a pack as an auditor's own program would: csv and datetime, nothing of kpa_analytics."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any


def rows(pack: Path, name: str) -> list[dict[str, str]]:
    with (pack / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def number(text: str) -> int | None:
    return int(text) if text else None


def completions(pack: Path) -> list[dict[str, Any]]:
    return [
        {
            **row,
            "id": int(row["id"]),
            "training_id": int(row["training_id"]),
            "date": day(row["date"]),
            "special_expiration_date": day(row["special_expiration_date"]),
            "expiration_date": day(row["expiration_date"]),
            "days_left": number(row["days_left"]),
            "group_training_id": number(row["group_training_id"]),
            "created": moment(row["created"]),
        }
        for row in rows(pack, "records.csv")
    ]


_NUMBERS = (
    *("renewal_months", "expires_on_month", "expires_on_day", "expiring_days"),
    *("window_open_month", "window_open_day", "window_close_month", "window_close_day"),
)


def trainings(pack: Path) -> list[dict[str, Any]]:
    return [
        {
            **row,
            "id": int(row["training_id"]),
            "title": row["training"],
            "created": moment(row["created"]),
            "included_trainings_id": [
                int(part) for part in row["included_trainings_id"].split("; ")
            ]
            if row["included_trainings_id"]
            else [],
            "window_last_offered_date": day(row["window_last_offered_date"]),
            "window_required_for_new_employees": row["window_required_for_new_employees"] == "true",
            **{name: number(row[name]) for name in _NUMBERS},
        }
        for row in rows(pack, "trainings.csv")
    ]


def people(pack: Path) -> list[dict[str, Any]]:
    """Profiles as the rules of employment read them: days are midnights in UTC."""

    def midnight(text: str) -> datetime | None:
        known = day(text)
        return datetime.combine(known, time(), UTC) if known else None

    return [
        {
            **row,
            "id": row["m_user_id"],
            "lastname": row["user"],
            "firstname": "",
            "created": moment(row["created"]),
            "hireDate": midnight(row["hired"]),
            "terminationDate": midnight(row["left"]),
        }
        for row in rows(pack, "people.csv")
    ]


def required(pack: Path) -> set[tuple[str, int]]:
    return {(row["m_user_id"], int(row["training_id"])) for row in rows(pack, "required.csv")}
