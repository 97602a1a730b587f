"""The tables that `publish()` writes for an account, without personal columns unless wanted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

import polars as pl

from kpa_analytics.analysis.assignment_rules import public_conditions
from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.analysis.group_sessions import group_sessions
from kpa_analytics.analysis.requirements import REQUIRED, required_pairs
from kpa_analytics.audit.past_year import monthly_trend
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.endpoints import ALL_PEOPLE, COLLECTIONS, endpoint_of
from kpa_analytics.schema import (
    COMPLETIONS,
    EXPIRY_STATUS,
    GROUP_SESSIONS,
    GROUP_TRAININGS,
    GROUPS,
    INSTANT,
    STATUS_OVER_TIME,
    TRAININGS,
    USERS,
    Column,
    Table,
    is_text,
)

#: The name of each Parquet file, in the folder of its table and account.
FILE = "data.parquet"
#: The column that programs read from the path, and the last column of every table.
ACCOUNT_COLUMN = Column("account", pl.String, "the account that the row comes from")
DEMO = Column("demo", pl.Boolean, "made from demo data: invented people and records")
AS_OF = Column("as_of", pl.Date, "the day of the status")

#: accounts.parquet: what the folder has of each account.
ACCOUNTS_TABLE = Table(
    "accounts",
    "publish()",
    (
        ACCOUNT_COLUMN,
        Column(
            "complete",
            pl.Boolean,
            "true: all files of the account are as its last publish left them; false: they are "
            "being replaced, a publish was stopped, or the account could not be loaded",
        ),
        AS_OF,
        Column("fetched_at", INSTANT, "when its oldest records were fetched, UTC; null if unknown"),
        Column(
            "altered",
            pl.Boolean,
            "true: some records were changed in Python since the download; null if that is not "
            "known",
        ),
        Column(
            "replaced_at",
            INSTANT,
            "when any of its files was last replaced, UTC; null while they are replaced",
        ),
        Column("requirements_known", pl.Boolean, "false: missing is not known, not 0"),
        Column("failure", pl.String, "why it is not complete, if it was not stopped; or null"),
        DEMO,
    ),
)

#: The names of the tables, which are the names of their folders.
PUBLISHED_TABLES: Mapping[str, Table] = MappingProxyType(
    {
        "completions": COMPLETIONS,
        "status": EXPIRY_STATUS._replace(columns=(AS_OF, *EXPIRY_STATUS.columns)),
        "trainings": TRAININGS,
        "users": USERS,
        "sessions": GROUP_SESSIONS._replace(columns=GROUP_SESSIONS.columns[:-1]),  # without demo
        "trend": STATUS_OVER_TIME,
        "group_trainings": GROUP_TRAININGS,
        "groups": GROUPS,
        "required": REQUIRED,
    }
)
#: Texts of computed tables that name no person. Every other text counts as personal.
_PUBLIC = ("training", "trainings", "listed_not_recorded_ids", "recorded_not_listed_ids")


def file_of(table: str, account: str) -> str:
    """The path of the file of a table of an account, in the folder."""
    return f"{table}/{ACCOUNT_COLUMN.name}={account}/{FILE}"


class Question(NamedTuple):
    """The day and the rule of the statuses in the tables."""

    as_of: date
    expiring_days: int


def published_columns(name: str, *, personal: bool) -> list[Column]:
    """The columns of a published table, `demo` last. The account is in the path, as Hive has it.

    Args:
        name: the name of the table.
        personal: whether personal columns are among them. A text column is personal unless
            `endpoints` lists it as public, or as an id of people. In a collection of people, each
            column is personal unless it is listed there.

    Examples:
        >>> [column.name for column in published_columns("groups", personal=False)]
        ['kind', 'id', 'name', 'demo']
    """
    columns = PUBLISHED_TABLES[name].columns
    return [*(each for each in columns if personal or _is_public(name, each)), DEMO]


def columns_hash(*, personal: bool) -> str:
    """A hash of the names and types of all columns: two versions with the same can be read as one.

    Args:
        personal: whether personal columns are among them.
    """
    columns = [
        (name, each.name, str(pl.String if isinstance(each.dtype, pl.Enum) else each.dtype))
        for name in PUBLISHED_TABLES
        for each in published_columns(name, personal=personal)
    ]
    return hashlib.sha256(repr(columns).encode()).hexdigest()[:16]


def _is_public(name: str, column: Column) -> bool:
    if name not in COLLECTIONS:
        return column.name in (*ALL_PEOPLE, *_PUBLIC) or not is_text(column.dtype)
    return not endpoint_of(name).hides(column.name, column.dtype)


def published_frame(
    name: str, data: TrainingData, question: Question, *, personal: bool
) -> pl.DataFrame:
    """One table of an account, in the order of `published_columns`.

    Enums are texts, which every program reads.
    """
    frame = _COMPUTED[name](data, question) if name in _COMPUTED else data.frames[name]
    if not personal:
        frame = public_conditions(frame)
    constants = {DEMO.name: data.demo, AS_OF.name: question.as_of}
    return frame.select(
        (pl.lit(constants[column.name]) if column.name in constants else pl.col(column.name))
        .cast(pl.String if isinstance(column.dtype, pl.Enum) else column.dtype)
        .alias(column.name)
        for column in published_columns(name, personal=personal)
    )


def _status(data: TrainingData, question: Question) -> pl.DataFrame:
    return expiry_status(
        data.completions,
        data.trainings,
        data.users,
        as_of=question.as_of,
        expiring_days=question.expiring_days,
        required=data.requirements,
    )


def _trend(data: TrainingData, question: Question) -> pl.DataFrame:
    return monthly_trend(
        data,
        as_of=question.as_of,
        expiring_days=question.expiring_days,
        required=data.requirements,
    )


def _sessions(data: TrainingData, _: Question) -> pl.DataFrame:
    return group_sessions(data.completions, data.group_trainings, data.trainings, data.users)


def _required(data: TrainingData, _: Question) -> pl.DataFrame:
    pairs = required_pairs(data.requirements)
    return pairs.unique().sort("m_user_id", "training_id").collect()


_COMPUTED: Mapping[str, Callable[[TrainingData, Question], pl.DataFrame]] = MappingProxyType(
    {"status": _status, "trend": _trend, "sessions": _sessions, "required": _required}
)
