"""Stable pseudonyms: the same person is the same "Person 3F9C-21AB" in every file of every pack.

A pseudonym is an HMAC-SHA-256 of the person's id. Its key, 32 random bytes, is made once and kept
in the cache folder, readable by its owner alone; no pack holds it. Without the key a list of all
ids tells nothing, as it would with a plain hash. Who deletes the key gets other pseudonyms from
then on.

Names, numbers and addresses of people go, and so do all notes: free text can hold names. Ids of
records, trainings and sessions stay, so that a question about a record can be answered by who has
the account. Titles of trainings stay too: a title that names a person is not found out.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import replace
from pathlib import Path

import polars as pl

from kpa_analytics.cache_folder import private_file, private_folder
from kpa_analytics.config import settings
from kpa_analytics.data.snapshots import Snapshot
from kpa_analytics.data.training_data import Scope, TrainingData
from kpa_analytics.demo_mark import DEMO_ID_PREFIX
from kpa_analytics.errors import KPAError
from kpa_analytics.patience import move

_KEY_BYTES = 32
_KEY_FILE = "pseudonyms.key"
_PERSON_IDS = ("m_user_id", "m_instructor_id", "m_trainees_id", "manager_id", "supervisor_id")
_PRIVATE = ("firstname", "employeeNumber", "email", "username", "notes")
_PEOPLE_TABLES = ("users", "employee_status")


class Pseudonyms:
    """Replaces people by pseudonyms, with one key.

    Args:
        key: at least 32 secret bytes.

    Examples:
        >>> pseudonyms = Pseudonyms(b"k" * 32)
        >>> pseudonyms.of("5e580f0cb780600088bd2c11")
        '6e6f9ce6ef4a19a7a964b59a'
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, person: str) -> str:
        """The id that stands for this person's; an invented person's still says so."""
        digest = hmac.new(self._key, person.encode(), hashlib.sha256).hexdigest()[:24]
        return DEMO_ID_PREFIX + digest if person.startswith(DEMO_ID_PREFIX) else digest

    def data(self, data: TrainingData) -> TrainingData:
        """The same records of the same people, under other ids and names, with no notes."""
        return TrainingData(
            completions=self.frame(data.completions),
            trainings=self.frame(data.trainings),
            users=self._roster(data.users),
            group_trainings=self.frame(data.group_trainings),
            employee_status=self.frame(data.employee_status),
            groups=data.groups,
            snapshots={name: self._snapshot(one) for name, one in data.snapshots.items()},
            scope=data.scope and self._scope(data.scope),
        )

    def _scope(self, scope: Scope) -> Scope:
        """The same choice; its words may name people."""
        people = scope.people
        if people is not None:
            people = pl.Series([self.of(one) for one in people], dtype=pl.String)
        return replace(
            scope, words="some people or trainings", whole=self.data(scope.whole), people=people
        )

    def frame(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A frame of records with every person's id replaced and what is private null."""
        ids = [name for name in _PERSON_IDS if name in frame.columns]
        people = [frame[name].explode() for name in ids]
        new = {one: self.of(one) for one in pl.concat(people).unique() if one} if people else {}
        return frame.with_columns(
            *(_replaced(name, frame.schema[name], new) for name in ids),
            *(pl.lit(None, pl.String).alias(name) for name in _PRIVATE if name in frame.columns),
        )

    def _roster(self, users: pl.DataFrame) -> pl.DataFrame:
        ids = pl.Series("id", [one and self.of(one) for one in users["id"]], pl.String)
        digits = ids.str.strip_prefix(DEMO_ID_PREFIX).str.to_uppercase()
        names = "Person " + digits.str.slice(0, 4) + "-" + digits.str.slice(4, 4)
        return self.frame(users).with_columns(ids, names.alias("lastname"))

    def _snapshot(self, one: Snapshot) -> Snapshot:
        if "user_id" in one.params:
            one = replace(one, params={**one.params, "user_id": self.of(one.params["user_id"])})
        if one.table not in _PEOPLE_TABLES:
            return one
        faults = tuple((table, self.of(who), *rest) for table, who, *rest in one.faults)
        return replace(one, faults=faults)


def kept_pseudonyms(folder: Path | None = None) -> Pseudonyms:
    """The pseudonyms of this machine's key, which is made where there is none yet.

    Args:
        folder: where the key is kept; default the setting `cache_dir`.

    Raises:
        KPAError: the key can't be kept or is damaged: pseudonyms would not be the same next time.
    """
    path = (folder or settings().cache_dir) / _KEY_FILE
    try:
        private_folder(path.parent)
        _make_key(path)
        key = path.read_bytes()
    except OSError as error:
        raise KPAError(f"pseudonyms need a key kept at {path}: {error.strerror}") from error
    if len(key) != _KEY_BYTES:
        raise KPAError(f"{path} is damaged: delete it for new pseudonyms, or bring it back")
    return Pseudonyms(key)


def _make_key(path: Path) -> None:
    """Write a new key, whole and under its name at once, unless there is one."""
    if path.exists():
        return
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        private_file(beside).write_bytes(secrets.token_bytes(_KEY_BYTES))
        if not path.exists():
            move(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _replaced(name: str, dtype: pl.DataType, new: dict[str, str]) -> pl.Expr:
    ids = pl.element() if isinstance(dtype, pl.List) else pl.col(name)
    old = pl.Series(list(new), dtype=pl.String)
    named = ids.replace_strict(
        old, pl.Series(list(new.values()), dtype=pl.String), default=None, return_dtype=pl.String
    )
    return pl.col(name).list.eval(named) if isinstance(dtype, pl.List) else named.alias(name)
