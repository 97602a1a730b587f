"""Make packs with every text of the report in upper case, as a translation would change it.

Usage: python -m tests.audit.upper_case FOLDER. It changes `report_text` before the modules that
import from it, so it needs a process of its own. The packs are `before`, `whole` (with a sample and
the changes since `before`) and `part` (with pseudonyms, without requirements).
"""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import polars as pl

from kpa_analytics import report_text, wording

_ENUMS = {
    name: kind
    for name, kind in vars(report_text).items()
    if isinstance(kind, type) and issubclass(kind, StrEnum) and kind is not StrEnum
}


def upper(text: str) -> str:
    """The text in upper case, except the names of its fields."""

    def part(match: re.Match[str]) -> str:
        name, colon, form = match["field"].partition(":")
        return f"{{{name}{colon}{form.upper() if '|' in form else form}}}"

    texts = re.split(r"(\{[^{}]*\})", text)
    texts[::2] = [plain.upper() for plain in texts[::2]]
    return re.sub(r"\{(?P<field>[^{}]*)\}", part, "".join(texts))


def change() -> None:
    """Put every text of `report_text`, and months, in upper case; keys, as of rules, stay."""
    enums: dict[type, Any] = {}
    for name, kind in _ENUMS.items():
        make: Any = kind.__base__
        enums[kind] = make(
            name, {key: upper(member.value) for key, member in kind.__members__.items()}
        )

    def changed(value: Any) -> Any:
        if type(value) in enums:
            return enums[type(value)][value.name]
        if isinstance(value, report_text.Rule):
            return value._replace(text=upper(value.text))
        if isinstance(value, str):
            return upper(value)
        if isinstance(value, tuple):
            return tuple(map(changed, value))
        if isinstance(value, dict):
            return {
                changed(key) if type(key) in enums else key: changed(each)
                for key, each in value.items()
            }
        return value

    keys = {"LANGUAGE", "NEVER_COMPLETED"}
    for name, value in list(vars(report_text).items()):
        if name.isupper() and name not in keys and not name.startswith("_"):
            setattr(report_text, name, changed(value))
    for name, kind in _ENUMS.items():
        setattr(report_text, name, enums[kind])
    wording.MONTHS[:] = map(str.upper, wording.MONTHS)


def named_in_capitals(company: Any) -> Any:
    """The company with its people, trainings and groups in upper case, unlike English texts."""

    def capitals(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            {
                key: upper(value) if key in ("name", "title") else value
                for key, value in each.items()
            }
            for each in records
        ]

    lists = ("trainings", "field_offices", "lines_of_business", "job_titles")
    return replace(
        company,
        users=company.users.with_columns(pl.col("firstname", "lastname").str.to_uppercase()),
        **{name: capitals(getattr(company, name)) for name in lists},
    )


if __name__ == "__main__":
    change()
    import kpa_analytics as kpa
    from tests.drawn_once import drawings_alone, page_alone

    with kpa.demo.serve(
        named_in_capitals(kpa.demo.organisation(people=60, completions=900))
    ) as api:
        kpa.configure(token=api.token, api_url=api.url, progress=False, requests_per_minute=6000)
        data, folder, day = kpa.load_all(), Path(sys.argv[1]), kpa.demo.AS_OF
        snapshots = {
            name: kept for name, kept in data.snapshots.items() if name != "employee_status"
        }
        unknown = replace(data, employee_status=data.employee_status.clear(), snapshots=snapshots)
        offices = [report_text.NO_OFFICE_CHOICE, *data.groups["name"].head(1)]
        with page_alone():
            before = kpa.export_audit(data, folder / "before", as_of=day.replace(month=5))
        with drawings_alone():
            kpa.export_audit(unknown, folder / "part", as_of=day, names=False, field_office=offices)
            kpa.export_audit(data, folder / "whole", as_of=day, sample=5, since=before)
