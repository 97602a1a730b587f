"""Read the folder that `publish()` wrote."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from typing import TYPE_CHECKING
from urllib.parse import unquote

import polars as pl
from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]
from pyspark.errors import PySparkException
from pyspark.sql import types as T  # noqa: N812 - the name that Spark's documentation uses

from kpa_analytics.analysis.requirements import REQUIRED
from kpa_analytics.endpoints import COLLECTIONS, endpoint_of
from kpa_analytics.errors import KPADataError, KPADataWarning, warn
from kpa_analytics.inputs import ACCOUNT, need
from kpa_analytics.paths import folder_url, refuse_path_of_url, typed_path
from kpa_analytics.schema import COMPLETIONS, GROUP_TRAININGS, GROUPS, TRAININGS, USERS, Table
from kpa_analytics.spark.catalogue import named
from kpa_analytics.spark.columns import polars_schema, spark_schema
from kpa_analytics.spark.java import current_session
from kpa_analytics.utf8 import need_utf8_path

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

#: How many partitions are looked at at once.
_AT_ONCE = 8


def read(folder: str | os.PathLike[str], *, session: SparkSession | None = None) -> Published:
    """Read the folder that `kpa_analytics.publish()` wrote, for the functions of this module.

    If accounts.parquet says that an account is not complete, because it is being published or could
    not be loaded, a `KPADataWarning` names it.

    Args:
        folder: the folder, or its URL in a file system that Spark reads, e.g. `s3a://bucket/kpa`.
        session: the Spark session. Default: the active one, or a new one.

    Returns:
        The published tables as Spark data frames; see `Published`.

    Raises:
        KPADataError: the URL has a password in it, there are no completions, they are not in
            folders `account=NAME`, or an account lacks a column or has one of another type; the
            message names it. A table without files of an account that has completions is found when
            it is first used.
        KPAError: Spark does not start; it needs Java 17 or later.

    Examples:
        The page "Work with Spark" of the site has one that runs.
    """
    published = Published(_address(folder), session or current_session())
    published.completions  # noqa: B018 - so that a wrong folder is found here
    published._warn_of_incomplete_accounts()
    return published


def _address(folder: str | os.PathLike[str]) -> str:
    """The whole path of a folder of this machine: Java may have started in another one."""
    if not isinstance(folder, str | os.PathLike):
        raise KPADataError(f"folder must be a path or a URL, not {folder!r}")
    address = os.fspath(folder)
    need_utf8_path(address)
    if "://" in address:
        folder_url(address, login="the settings of Spark")
        return address
    path = typed_path(address)
    if not isinstance(folder, str):  # Spark reads the text hdfs:/folder
        refuse_path_of_url(path)
    return path.absolute().as_posix() if path.exists() else address


class Published:
    """The tables of a published folder, each read when it is first used.

    Each is a Spark data frame whose first column is `account`. Personal columns that were not
    published are null.

    Args:
        folder: the folder.
        session: the Spark session.
    """

    def __init__(self, folder: str, session: SparkSession) -> None:
        self._folder, self._session = folder.rstrip("/"), session

    @cached_property
    def completions(self) -> DataFrame:
        """The completions, `schema.COMPLETIONS`."""
        return self._collection("completions", COMPLETIONS)

    @cached_property
    def trainings(self) -> DataFrame:
        """The catalogue, `schema.TRAININGS`."""
        return self._collection("trainings", TRAININGS)

    @cached_property
    def users(self) -> DataFrame:
        """The people, `schema.USERS`."""
        return self._collection("users", USERS)

    @cached_property
    def group_trainings(self) -> DataFrame:
        """The sessions as the vendor lists them, `schema.GROUP_TRAININGS`."""
        return self._collection("group_trainings", GROUP_TRAININGS)

    @cached_property
    def groups(self) -> DataFrame:
        """The names of offices, job titles and lines of business, `schema.GROUPS`."""
        return self._collection("groups", GROUPS)

    @cached_property
    def required(self) -> DataFrame:
        """Who must have which training: m_user_id and training_id."""
        return self._collection("required", REQUIRED)

    @cached_property
    def status(self) -> DataFrame:
        """The statuses on the day when the account was published."""
        return self._read("status", self._inferred("status"))

    @cached_property
    def sessions(self) -> DataFrame:
        """The sessions and their completions, as `group_sessions()` returns them."""
        return self._read("sessions", self._inferred("sessions"))

    @cached_property
    def trend(self) -> DataFrame:
        """The cases of each status through time."""
        return self._read("trend", self._inferred("trend"))

    @cached_property
    def accounts(self) -> DataFrame:
        """One row per account: its day, whether it is complete, and why not."""
        return self._parquet(self._path("accounts.parquet"))

    @cached_property
    def _accounts_with_completions(self) -> list[str]:
        return [*_partitions(self._inferred("completions"))]

    def _warn_of_incomplete_accounts(self) -> None:
        """Warn if the files of an account do not belong together, or are of an earlier day."""
        try:
            incomplete = self.accounts.filter("not complete").orderBy(ACCOUNT).collect()
        except KPADataError as error:
            if "[PATH_NOT_FOUND]" in str(error):  # another program wrote the folder
                return
            raise
        for row in incomplete:
            why = row["failure"] or "it is being published, or was not published to the end"
            warn(
                f"{self._folder}: account {row[ACCOUNT]!r} is not complete ({why})", KPADataWarning
            )

    def _collection(self, name: str, table: Table) -> DataFrame:
        inferred = self._inferred(name)
        self._check_partitions(inferred, table)
        known = spark_schema(table.schema)
        extra = [field for field in inferred.schema if field.name not in known.names]
        return self._read(name, inferred, [*known, *extra])

    def _path(self, name: str) -> str:
        return f"{self._folder}/{name}"

    def _inferred(self, name: str) -> DataFrame:
        return self._parquet(self._path(name))

    def _parquet(self, path: str) -> DataFrame:
        try:
            return self._session.read.parquet(path)
        except (PySparkException, Py4JJavaError) as error:
            raise KPADataError(
                f"{path}: Spark can't read this as Parquet files that publish() wrote "
                f"({_reason(error)})"
            ) from error

    def _read(
        self, name: str, inferred: DataFrame, fields: list[T.StructField] | None = None
    ) -> DataFrame:
        """Read a table; an account is text, even if its name is a number."""
        others = [field for field in fields or inferred.schema if field.name != ACCOUNT]
        schema = T.StructType([T.StructField(ACCOUNT, T.StringType()), *others])
        return self._session.read.schema(schema).parquet(self._path(name)).select(schema.names)

    def _check_partitions(self, inferred: DataFrame, table: Table) -> None:
        """Every account has the columns, not only the one that Spark looks at."""
        folders = _partitions(inferred)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(partial(self._check_partition, table), folders.values()))
        if table != COMPLETIONS:
            self._need_every_account(table, folders)

    def _need_every_account(self, table: Table, folders: Mapping[str, str]) -> None:
        """Raise an error if an account with completions is not in this table."""
        for account in self._accounts_with_completions:
            if account not in folders:
                raise KPADataError(
                    named(
                        account,
                        f"{table.name}: no files, but completions has files of this account; "
                        "publish it again",
                    )
                )

    def _check_partition(self, table: Table, folder: str) -> None:
        if not folder.rpartition("/")[2].startswith(f"{ACCOUNT}="):
            raise KPADataError(
                f"{folder}: the files are not in folders {ACCOUNT}=NAME, as publish() writes them"
            )
        schema = polars_schema(self._parquet(folder))
        account = _account_of(folder)
        try:
            need(pl.DataFrame(schema=schema), table, *_indispensable(table))
        except KPADataError as error:
            raise KPADataError(named(account, str(error))) from error


def _partitions(frame: DataFrame) -> dict[str, str]:
    """The folder of each account, by its name."""
    folders = sorted({file.rpartition("/")[0] for file in frame.inputFiles()})
    return {_account_of(folder): folder for folder in folders}


def _account_of(folder: str) -> str:
    return unquote(folder.rpartition("=")[2])


def _reason(error: PySparkException | Py4JJavaError) -> str:
    """The first line of an error; that of Java, if Spark did not translate it."""
    java = error.java_exception if isinstance(error, Py4JJavaError) else error
    return str(java).partition("\n")[0]


def _indispensable(table: Table) -> list[str]:
    """The columns that are always published: a collection may lack those that may be personal."""
    if table.name not in COLLECTIONS:
        return [*table.schema]
    hides = endpoint_of(table).hides
    return [name for name, dtype in table.schema.items() if not hides(name, dtype)]
