"""`publish()`: write the tables of accounts to a folder, for other programs to read at any time."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from kpa_analytics.account_names import as_account
from kpa_analytics.analysis.schedules import as_expiring_days
from kpa_analytics.audit.provenance import fetched_at, instant
from kpa_analytics.data.training_data import TrainingData, need_evidence, need_training_data
from kpa_analytics.errors import KPADataError, KPAError
from kpa_analytics.inputs import Day, as_day, day_of, need_switch
from kpa_analytics.paths import typed_path
from kpa_analytics.publishing.datasets import TABLES, Question, published_frame
from kpa_analytics.publishing.index import INDEX, index_bytes, read_index
from kpa_analytics.publishing.local_folder import LocalFolder, sha256_of
from kpa_analytics.schema import PUBLISHED

#: The name of each Parquet file, in the folder of its table and account.
FILE = "data.parquet"


class _File(NamedTuple):
    """A file that is written beside its place, or that is in its place already."""

    account: str
    table: str
    path: str
    rows: int
    bytes: int
    sha256: str
    written: Path | None


def publish(
    data: TrainingData,
    folder: str | os.PathLike[str],
    *,
    account: str | None = None,
    as_of: Day | None = None,
    expiring_days: int = 30,
    personal: bool = False,
    incremental: bool = False,
) -> pl.DataFrame:
    """Write the tables of an account to a folder that Power BI, Excel, DuckDB and Spark read.

    The folder may be read at any time and published again at any time. Its names stay the same:

        FOLDER/
          completions/account=NAME/data.parquet       every completion (`schema.COMPLETIONS`)
          status/account=NAME/data.parquet            as_of, and `schema.EXPIRY_STATUS`
          trainings/account=NAME/data.parquet         the catalogue (`schema.TRAININGS`)
          users/account=NAME/data.parquet             the people (`schema.USERS`)
          sessions/account=NAME/data.parquet          `group_sessions()`: `schema.GROUP_SESSIONS`
          trend/account=NAME/data.parquet             the cases of each status on one day of each
                                                      of the last 12 months, and on the day itself
                                                      (`schema.STATUS_OVER_TIME`)
          group_trainings/account=NAME/data.parquet   sessions as `load_group_trainings()` has them
          groups/account=NAME/data.parquet            the names of offices, job titles and lines of
                                                      business (`schema.GROUPS`)
          required/account=NAME/data.parquet          m_user_id, training_id: who must have which
                                                      training; no rows if that is not known
          index.json                                  the accounts, and the hash of every file

    These are Hive partitions: programs read the column `account` from the path. The last column of
    each file, `demo`, says whether it is made from demo data. Statuses and other enums are texts.
    Everything else has the names and types of `schema`.

    Personal columns are absent: names, employee numbers, e-mail addresses, and every free text such
    as notes. Ids stay. In `users`, only the columns that `endpoints` lists are written.

    A file is written beside its place and then renamed, so a reader gets the whole old file or the
    whole new one. A file whose content stays the same is not written again.

    Args:
        data: the records, as `load_all()` returns them.
        folder: the folder; it is created if it does not exist. Other accounts in it stay.
        account: the account's name; default: "demo" for demo data, otherwise "main".
        as_of: the day of the statuses; a date or ISO text. Default: today, or for demo data
            `demo.AS_OF`.
        expiring_days: days before expiration that count as expiring, for trainings without their
            own number of days; default 30.
        personal: True writes personal columns too; default False. All accounts of a folder have the
            same choice.
        incremental: True accepts completions of an incremental refresh, as `export_audit()` does;
            default False.

    Returns:
        A frame in `schema.PUBLISHED`, one row per account and table: the file, its size, and
        whether it was written.

    Raises:
        KPADataError: the folder can't be written, or belongs to another choice of `personal`; the
            records are only a part; an argument is invalid; or another program holds a file open
            (the message names it).

    Examples:
        >>> import tempfile
        >>> import kpa_analytics as kpa
        >>> with kpa.demo.serve() as api:
        ...     _ = kpa.configure(token=api.token, api_url=api.url, progress=False,
        ...                       requests_per_minute=6000)
        ...     data = kpa.load_all()
        >>> folder = tempfile.mkdtemp()
        >>> kpa.publish(data, folder)["change"].unique().to_list()
        ['written']
        >>> kpa.publish(data, folder)["change"].unique().to_list()
        ['unchanged']
        >>> pl.scan_parquet(f"{folder}/users").collect()["account"][0]
        'demo'
    """
    need_training_data(data)
    need_switch(personal, "personal")
    as_expiring_days(expiring_days)
    as_day(as_of)
    accounts = {_name(data, account): data}
    for each in accounts.values():
        _need_whole(each)
        need_evidence(each, incremental)
    place = LocalFolder(typed_path(folder))
    with place.opened():
        index = read_index(place)
        _need_same_choice(place, index, accounts, personal)
        files, facts = [], dict(index["accounts"])
        for name, each in accounts.items():
            question = Question(day_of(as_of, each.completions, each.users), expiring_days)
            of_account = _write_beside(place, name, each, question, personal)
            files += of_account
            facts[name] = _facts(each, question.as_of, of_account)
        _switch(place, files, facts, personal)
    return _listed(files)


def _name(data: TrainingData, account: str | None) -> str:
    if account is not None:
        return as_account(account)
    return "demo" if data.demo else "main"


def _need_whole(data: TrainingData) -> None:
    if not data.scope.is_all:
        raise KPADataError(
            f"these records are only a part of the account ({data.scope.words}): publish the "
            "result of load_all()"
        )


def _need_same_choice(
    place: LocalFolder, index: Mapping[str, Any], accounts: Mapping[str, Any], personal: bool
) -> None:
    """All accounts of a folder have the same columns."""
    others = sorted(set(index["accounts"]) - set(accounts))
    if others and index["personal"] != personal:
        has = "has" if index["personal"] else "does not have"
        raise KPADataError(
            f"{place} {has} personal columns of other accounts ({', '.join(others)}), and all "
            f"accounts must have the same columns: use personal={index['personal']}, or another "
            "folder"
        )


def _write_beside(
    place: LocalFolder, account: str, data: TrainingData, question: Question, personal: bool
) -> list[_File]:
    """Write the files of an account beside their places, except those that have not changed."""
    files = []
    for table in TABLES:
        frame = published_frame(table, data, question, personal=personal)
        path = f"{table}/account={account}/{FILE}"
        beside = place.beside(path)
        frame.write_parquet(beside)
        size, sha256 = beside.stat().st_size, sha256_of(beside)
        written: Path | None = beside
        if place.has(path, sha256):
            beside.unlink()
            written = None
        files.append(_File(account, table, path, frame.height, size, sha256, written))
    return files


def _facts(data: TrainingData, as_of: date, files: list[_File]) -> dict[str, Any]:
    fetched = fetched_at(data)
    return {
        "demo": data.demo,
        "complete": True,
        "as_of": as_of.isoformat(),
        "fetched_at": instant(fetched) if fetched else None,
        "hosts": sorted({snapshot.host for snapshot in data.snapshots.values()}),
        "requirements_known": data.requirements is not None,
        "files": {
            file.table: {
                "path": file.path,
                "rows": file.rows,
                "bytes": file.bytes,
                "sha256": file.sha256,
            }
            for file in files
        },
    }


def _switch(place: LocalFolder, files: list[_File], facts: dict[str, Any], personal: bool) -> None:
    """Give the files their names. Meanwhile the index says that their accounts are incomplete."""
    new = [file for file in files if file.written]
    changing = {file.account for file in new}
    if new:
        unfinished = {
            name: {**fact, "complete": fact["complete"] and name not in changing}
            for name, fact in facts.items()
        }
        _put_index(place, unfinished, personal)
    held = []
    for file in new:
        try:
            place.put(file.written, file.path)  # type: ignore[arg-type]
        except PermissionError:
            held.append(file)
    if held:
        raise KPAError(
            f"{place}: another program has these files open, so they are not replaced: "
            f"{', '.join(file.path for file in held)}; close it and publish again"
        )
    _put_index(place, facts, personal)


def _put_index(place: LocalFolder, facts: dict[str, Any], personal: bool) -> None:
    beside = place.beside(INDEX)
    beside.write_bytes(index_bytes(facts, personal=personal))
    place.put(beside, INDEX)


def _listed(files: list[_File]) -> pl.DataFrame:
    rows = [(*file[:-1], "written" if file.written else "unchanged") for file in files]
    return pl.DataFrame(rows, schema=PUBLISHED.schema, orient="row")
