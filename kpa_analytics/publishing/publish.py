"""`publish()`: write the tables of accounts to a folder, for other programs to read at any time."""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import nullcontext
from urllib.parse import unquote
from urllib.request import url2pathname

import polars as pl

from kpa_analytics.account_names import as_account
from kpa_analytics.analysis.fleet import Fleet
from kpa_analytics.analysis.schedules import as_expiring_days
from kpa_analytics.as_of import Day
from kpa_analytics.data.need_evidence import need_evidence
from kpa_analytics.data.training_data import TrainingData, need_training_data
from kpa_analytics.errors import KPADataError, of_account
from kpa_analytics.inputs import need_switch
from kpa_analytics.paths import folder_url, refuse_path_of_url, typed_path
from kpa_analytics.publishing.account_facts import (
    failed_accounts,
    other_accounts,
    refuse_other_choice,
)
from kpa_analytics.publishing.datasets import Question
from kpa_analytics.publishing.files import PublishedFolder, files_frame, replace_files, write_beside
from kpa_analytics.publishing.index import INDEX, read_index
from kpa_analytics.publishing.local_folder import LocalFolder
from kpa_analytics.publishing.remote_folder import LOGIN, RemoteFolder


def publish(
    data: TrainingData | Fleet,
    folder: str | os.PathLike[str],
    *,
    account: str | None = None,
    as_of: Day | None = None,
    expiring_days: int = 30,
    personal: bool = False,
    incremental: bool = False,
) -> pl.DataFrame:
    """Write the tables of accounts to a folder for Power BI, Excel, Tableau, DuckDB and Spark.

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
          accounts.parquet                            one row per account: whether it is complete,
                                                      why not, and when files were last replaced
          data_dictionary.csv                         every column of every table
          duckdb.sql                                  views of all tables, for DuckDB
          power_bi.pbids                              opens the folder in Power BI (not for a URL)
          index.json                                  the accounts, and the hash of every file

    These are Hive partitions: programs read the column `account` from the path. The last column of
    each file, `demo`, says whether it is made from demo data. Statuses and other enums are texts.
    Everything else has the names and types of `schema`.

    Personal columns are absent: names, employee numbers, e-mail addresses, and every free text such
    as notes. Ids stay. In `users`, only the columns that `endpoints` lists are written.

    All new files are written beside their places, and then renamed one right after the other. So a
    reader gets the whole old file or the whole new one. A file whose content stays the same is not
    written again. While the files of an account are replaced, and after a publish that was stopped,
    the account is not `complete` in accounts.parquet and index.json, because its tables may be of
    two publishes. If it is complete, and has the same `replaced_at` before and after you read
    tables, they belong together.

    Args:
        data: the records, as `load_all()` or `load_fleet()` returns them. An account of the fleet
            that could not be loaded keeps its files, and is not `complete`.
        folder: the folder, or a URL that fsspec knows, such as `s3://bucket/folder` or
            `abfs://container@account.dfs.core.windows.net/folder` (with the extra fsspec and the
            store's own package, such as s3fs or adlfs). It is created if it does not exist. Other
            accounts in it stay until you delete their files.
        account: the account's name; default: its name in accounts.toml, or else "demo" for demo
            data and "main" for other data. Not for a fleet.
        as_of: the day of the statuses; a date or ISO text. Default: today, or `demo.AS_OF` if all
            of it is demo data.
        expiring_days: days before expiration that count as expiring, for trainings without their
            own number of days; default 30.
        personal: True writes personal columns too; default False. All accounts of a folder have the
            same choice: to change it, publish all of them in one call.
        incremental: True accepts completions of an incremental refresh, as `export_audit()` does;
            default False.

    Returns:
        A frame in `schema.PUBLISHED`, one row per account and table: the file, its size, and
        whether it was written.

    Raises:
        KPADataError: the folder can't be written, or has other accounts that were published with
            another `personal`; invented data would replace real data; the records are only a part
            or lack a column; an argument is invalid; or the store's package is missing. An error
            about the records of an account of a fleet names it.
        KPAError: the store refuses or can't be reached; or another program holds files open, on
            Windows for more than 30 seconds: the message names them, and nothing is lost.

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
    fleet = _fleet(data, account)
    named = of_account if isinstance(data, Fleet) else nullcontext
    need_switch(personal, "personal")
    need_switch(incremental, "incremental")
    question = Question(fleet.day(as_of), as_expiring_days(expiring_days))
    for name, each in fleet.accounts.items():
        with named(name):
            _need_whole(each)
            need_evidence(each, incremental)
    fleet.warn_if_incomplete()
    place = published_folder(folder)
    with place.opened():
        index = read_index(place)
        others = other_accounts(place, index, fleet)
        refuse_other_choice(place, index, others, fleet, personal)
        files, facts = [], {**others, **failed_accounts(index, fleet.failures)}
        for name, each in fleet.accounts.items():
            before = index["accounts"].get(name, {})
            with named(name):
                written, facts[name] = write_beside(place, name, each, question, personal, before)
            files += written
        replace_files(place, files, facts, personal)
    return files_frame(files)


def publish_failure(
    folder: str | os.PathLike[str], accounts: Collection[str], error: Exception
) -> None:
    """Say in a published folder that accounts could not be loaded. Their files stay.

    Args:
        folder: the folder, or a URL, as for `publish`. A new folder stays as it is.
        accounts: their names; those that the folder does not have are left out.
        error: why they could not be loaded.

    Raises:
        KPAError: as `publish`.
    """
    place = published_folder(folder)
    if isinstance(place, LocalFolder) and not place.exists(INDEX):
        return
    with place.opened():
        index = read_index(place)
        failures = {name: error for name in accounts if name in index["accounts"]}
        if failures:
            facts = {**index["accounts"], **failed_accounts(index, failures)}
            replace_files(place, [], facts, index["personal"])


def published_folder(folder: str | os.PathLike[str]) -> PublishedFolder:
    """The folder of a path or a URL.

    Raises:
        KPADataError: it can't be a path, is not UTF-8, or the URL is not valid, has a password in
            it or can't be opened.
        KPAError: the package of the store is not installed.
    """
    if isinstance(folder, str) and not folder.strip():
        raise KPADataError("folder is empty: give the path of a folder, or a URL")
    if not isinstance(folder, str) or "://" not in folder:
        path = typed_path(folder)
        refuse_path_of_url(path)
        return LocalFolder(path)
    parts = folder_url(folder, login=LOGIN)
    if parts.scheme == "file":
        machine = "" if parts.netloc in ("", "localhost") else f"//{parts.netloc}"
        return LocalFolder(typed_path(url2pathname(machine + unquote(parts.path))))
    return RemoteFolder(folder)


def _fleet(data: TrainingData | Fleet, account: str | None) -> Fleet:
    """The accounts to publish, whose names are checked."""
    if not isinstance(data, Fleet):
        need_training_data(data)
        name = account if account is not None else data.account
        name = ("demo" if data.demo else "main") if name is None else name
        return Fleet({as_account(name): data})
    if account is not None:
        raise KPADataError("account must be left out: a fleet already has account names")
    return data


def _need_whole(data: TrainingData) -> None:
    if not data.scope.is_all:
        raise KPADataError(
            f"these records are only a part of the account ({data.scope.description}): publish the "
            "result of load_all()"
        )
