"""The facts about each account of a published folder, for its index and for accounts.parquet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

import polars as pl

from kpa_analytics.audit.provenance import fetched_at, instant
from kpa_analytics.errors import KPADataError
from kpa_analytics.publishing.datasets import (
    ACCOUNTS_TABLE,
    PUBLISHED_TABLES,
    columns_hash,
    file_of,
)

if TYPE_CHECKING:
    from kpa_analytics.analysis.fleet import Fleet
    from kpa_analytics.data.training_data import TrainingData

AccountFacts = dict[str, Any]

_OUTDATED = {
    "complete": False,
    "failure": "another version published it with other columns: publish it again",
}


class Searchable(Protocol):
    """A folder that can be searched for files."""

    def exists(self, name: str) -> bool:
        """Whether a file is there."""


def other_accounts(place: Searchable, index: AccountFacts, fleet: Fleet) -> dict[str, AccountFacts]:
    """The facts about the accounts of the folder that are not in the fleet.

    An account whose files were all deleted is not among them. If only some were deleted, or if
    another version wrote them with other columns, the account is not complete.
    """
    others = {}
    for name, facts in index["accounts"].items():
        if name in fleet.accounts or name in fleet.failures:
            continue
        there = {table for table in PUBLISHED_TABLES if place.exists(file_of(table, name))}
        lost = [table for table in facts["files"] if table not in there]
        if lost and there:
            others[name] = _without(facts, lost)
        elif there:
            others[name] = facts if _has_these_columns(facts, index) else {**facts, **_OUTDATED}
    return others


def _has_these_columns(facts: AccountFacts, index: AccountFacts) -> bool:
    return bool(facts.get("columns") == columns_hash(personal=index["personal"]))


def _without(facts: AccountFacts, lost: list[str]) -> AccountFacts:
    files = {table: file for table, file in facts["files"].items() if table not in lost}
    failure = f"its files were deleted: {', '.join(lost)}"
    return {**facts, "complete": False, "failure": failure, "files": files}


def account_facts(
    data: TrainingData, as_of: date, files: AccountFacts, columns: str, replaced_at: str
) -> AccountFacts:
    """The facts about an account that is published.

    Args:
        data: its records.
        as_of: the day of its statuses.
        files: the facts about its files, by table.
        columns: the hash of their columns.
        replaced_at: when any of its files was last replaced, as ISO text.
    """
    fetched = fetched_at(data)
    return {
        "demo": data.demo,
        "complete": True,
        "failure": None,
        "as_of": as_of.isoformat(),
        "fetched_at": instant(fetched) if fetched else None,
        "altered": bool(data.altered) if data.snapshots else None,
        "hosts": data.hosts,
        "replaced_at": replaced_at,
        "requirements_known": data.requirements is not None,
        "columns": columns,
        "files": files,
    }


def failed_accounts(
    index: AccountFacts, failures: Mapping[str, Exception]
) -> dict[str, AccountFacts]:
    """The facts about the accounts that could not be loaded; their files stay as they are."""
    unknown = dict.fromkeys(
        ("demo", "as_of", "fetched_at", "altered", "replaced_at", "requirements_known")
    )
    new: AccountFacts = {**unknown, "hosts": [], "files": {}}
    return {
        name: {
            **index["accounts"].get(name, new),
            "complete": False,
            "failure": f"{type(error).__name__}: {error}",
        }
        for name, error in failures.items()
    }


def accounts_frame(facts: Mapping[str, AccountFacts]) -> pl.DataFrame:
    """The content of accounts.parquet, in the order of the names."""
    rows = [
        {
            **{column: fact.get(column) for column in ACCOUNTS_TABLE.schema},
            "account": name,
            "as_of": date.fromisoformat(fact["as_of"]) if fact["as_of"] else None,
            **{moment: _moment(fact.get(moment)) for moment in ("fetched_at", "replaced_at")},
        }
        for name, fact in sorted(facts.items())
    ]
    return pl.DataFrame(rows, schema=ACCOUNTS_TABLE.schema, orient="row")


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def refuse_other_choice(
    place: object,
    index: AccountFacts,
    others: Mapping[str, AccountFacts],
    fleet: Fleet,
    personal: bool,
) -> None:
    """All accounts of a folder have the same columns, and no two are in the same folder.

    Raises:
        KPADataError: the choice of `personal` differs, a name only differs in capitals, or invented
            data would replace real data.
    """
    names = {*fleet.accounts, *fleet.failures}
    for name, data in fleet.accounts.items():
        if data.demo and index["accounts"].get(name, {}).get("demo") is False:
            raise KPADataError(
                f"{place} has real data of the account {name!r}, and invented data must not "
                "replace them: choose another name or another folder"
            )
    for name in names:
        for other in others:
            if name != other and name.lower() == other.lower():
                raise KPADataError(
                    f"{place} has the account {other!r}, and Windows and macOS can't tell it from "
                    f"{name!r}: use the same name"
                )
    kept = {*others, *(name for name in fleet.failures if name in index["accounts"])}
    if kept and index["personal"] != personal:
        verb, listed = "has" if index["personal"] else "does not have", ", ".join(sorted(kept))
        raise KPADataError(
            f"{place} {verb} personal columns of other accounts ({listed}), and all "
            "accounts of a folder have the same columns: choose the same, or another folder"
        ).in_python(f"personal={index['personal']}")
