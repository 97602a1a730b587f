"""`load_completions()` and its siblings: a fresh snapshot where there is one, else a checked walk."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from kpa_analytics.config import settings
from kpa_analytics.data.snapshots import Kept, Shelf, Snapshot, rows_sha256, shelf
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.errors import KPADataError, KPADataWarning
from kpa_analytics.schema import (
    COMPLETIONS,
    EMPLOYEE_STATUS,
    FAULTS,
    GROUP_TRAININGS,
    GROUPS,
    TRAININGS,
    USERS,
    Table,
)

if TYPE_CHECKING:
    from kpa_analytics.api.client import Client


class Collection(NamedTuple):
    """A collection of the API: its table and its method."""

    table: Table
    method: str


_COMPLETIONS = Collection(COMPLETIONS, "completedtrainings.v2.list")
_TRAININGS = Collection(TRAININGS, "trainings.v2.list")
_USERS = Collection(USERS, "users.list")
_GROUP_TRAININGS = Collection(GROUP_TRAININGS, "grouptrainings.list")
_EMPLOYEE_STATUS = Collection(EMPLOYEE_STATUS, "training-employee-status.list")
