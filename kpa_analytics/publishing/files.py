"""Write the files of a published folder beside their places, and replace the old ones."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from kpa_analytics.errors import KPAError
from kpa_analytics.publishing.account_facts import AccountFacts, account_facts, accounts_frame
from kpa_analytics.publishing.connections import DUCKDB, POWER_BI, duckdb_script, power_bi_file
from kpa_analytics.publishing.datasets import (
    PUBLISHED_TABLES,
    Question,
    columns_hash,
    file_of,
    published_frame,
)
from kpa_analytics.publishing.dictionary import DICTIONARY, dictionary
from kpa_analytics.publishing.index import INDEX, index_bytes
from kpa_analytics.publishing.local_folder import LocalFolder, sha256_of
from kpa_analytics.publishing.remote_folder import RemoteFolder
from kpa_analytics.schema import PUBLISHED

if TYPE_CHECKING:
    from kpa_analytics.data.training_data import TrainingData

PublishedFolder = LocalFolder | RemoteFolder

#: What the folder has of each account.
ACCOUNTS = "accounts.parquet"


class File(NamedTuple):
    """The file of a table of an account; `written` is its new content, None if it is the same."""

    account: str
    table: str
    path: str
    rows: int
    bytes: int
    sha256: str
    written: Path | None


def write_beside(
    place: PublishedFolder,
    account: str,
    data: TrainingData,
    question: Question,
    personal: bool,
    before: AccountFacts,
) -> tuple[list[File], AccountFacts]:
    """Write the files of an account that have changed, beside their places.

    Args:
        place: the folder.
        account: the account's name.
        data: its records.
        question: the day and the rule of its statuses.
        personal: whether personal columns are written.
        before: the facts about the account in the index; empty for a new account.

    Returns:
        All files of the account, and the facts about it.
    """
    files = []
    for table in PUBLISHED_TABLES:
        frame = published_frame(table, data, question, personal=personal)
        path = file_of(table, account)
        beside = place.beside(path)
        frame.write_parquet(beside)
        size, sha256 = beside.stat().st_size, sha256_of(beside)
        written: Path | None = beside
        if place.has(path, sha256, before.get("files", {}).get(table, {})):
            beside.unlink()
            written = None
        files.append(File(account, table, path, frame.height, size, sha256, written))
    facts: dict[str, Any] = {
        file.table: {name: getattr(file, name) for name in ("path", "rows", "bytes", "sha256")}
        for file in files
    }
    is_same = not any(file.written for file in files)
    replaced_at = before.get("replaced_at") if is_same else None
    columns = columns_hash(personal=personal)
    return files, account_facts(data, question.as_of, facts, columns, replaced_at or _now())


def replace_files(
    place: PublishedFolder, files: list[File], facts: dict[str, AccountFacts], personal: bool
) -> None:
    """Give the new files their names. Meanwhile their accounts are not complete.

    Raises:
        KPAError: another program holds files open; the message names them.
    """
    new = {file.path: file.written for file in files if file.written}
    if new:
        place.prepare(new)
        changing = {(file.account, file.table) for file in files if file.written}
        meanwhile = _meanwhile(facts, changing)
        _put(place, ACCOUNTS, _parquet(accounts_frame(meanwhile)))
        _put(place, INDEX, index_bytes(meanwhile, personal=personal))
        _replace(place, new)
    _put(place, DICTIONARY, dictionary(personal=personal))
    _put(place, DUCKDB, duckdb_script(place.address, [*PUBLISHED_TABLES]))
    if place.native:
        _put(place, POWER_BI, power_bi_file(place.native))
    _put(place, ACCOUNTS, _parquet(accounts_frame(facts)))
    _put(place, INDEX, index_bytes(facts, personal=personal))


def _meanwhile(
    facts: dict[str, AccountFacts], changing: set[tuple[str, str]]
) -> dict[str, AccountFacts]:
    """The facts while files are replaced: nobody knows yet which content these files have."""
    meanwhile = {name: {**fact, "files": {**fact["files"]}} for name, fact in facts.items()}
    for account, table in changing:
        meanwhile[account] |= {"complete": False, "replaced_at": None}
        del meanwhile[account]["files"][table]
    return meanwhile


def files_frame(files: list[File]) -> pl.DataFrame:
    """The files as a frame (`schema.PUBLISHED`)."""
    rows = [(*file[:-1], "written" if file.written else "unchanged") for file in files]
    return pl.DataFrame(rows, schema=PUBLISHED.schema, orient="row")


def _put(place: PublishedFolder, name: str, content: bytes) -> None:
    """Replace a small file, unless it has this content."""
    if place.read(name) == content:
        return
    beside = place.beside(name)
    beside.write_bytes(content)
    place.prepare({name: beside})
    _replace(place, {name: beside})


def _replace(place: PublishedFolder, files: dict[str, Path]) -> None:
    """Replace files, or say which could not be replaced, and what state the folder is in."""
    in_use = place.replace(files)
    if in_use:
        it = "it" if len(in_use) == 1 else "them"
        raise KPAError(
            f"{place}: another program has {', '.join(in_use)} open, or you may not replace {it}. "
            f"Every table is still whole, old or new, and {ACCOUNTS} says which accounts are not "
            "complete: close the program, and publish again"
        )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _parquet(frame: pl.DataFrame) -> bytes:
    content = BytesIO()
    frame.write_parquet(content)
    return content.getvalue()
