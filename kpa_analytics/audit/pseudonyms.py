"""Stable pseudonyms: the same person is the same "Person 3F9C-21AB" in every file of every pack.

If an account has a name, pseudonyms belong to it: the same id in two accounts has two pseudonyms.

A pseudonym is an HMAC-SHA-256 of the person's id. Its key, 32 random bytes, is made once and kept
in the cache folder, readable by its owner only; no pack contains it. Without the key, a list of all
ids does not reveal who is who, as it would with a plain hash. If the key is deleted, later packs
have other pseudonyms.

Names, numbers and addresses of people are removed, and so are all notes, because free text can
contain names. Ids of records, trainings and sessions stay, so that whoever has the account can
answer a question about a record. Titles of trainings stay too: a name in a title is not detected.

Hire and leaving days stay in people.csv, and the day on which a profile was created where the hire
day does not decide, because the statuses depend on them: without them, nobody could compute the
statuses again, and with shifted days the result would be wrong. Field offices and job titles stay
too. Whoever knows these people may recognize one of them by these days and groups. Transcripts do
not show hire and leaving days.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
from filelock import FileLock

from kpa_analytics.analysis.assignment_rules import public_conditions
from kpa_analytics.busy_files import move
from kpa_analytics.cache_folder import private_file, private_folder
from kpa_analytics.config import settings
from kpa_analytics.data.scope import Scope
from kpa_analytics.data.snapshots import Snapshot
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.demo_mark import DEMO_ID_PREFIX
from kpa_analytics.endpoints import ALL_PEOPLE, COLLECTIONS, Endpoint, endpoint_of
from kpa_analytics.errors import KPAError
from kpa_analytics.report_text import CHOSEN_UNNAMED, PSEUDONYM
from kpa_analytics.schema import is_text
from kpa_analytics.wording import say

_KEY_BYTES = 32
_KEY_FILE = "pseudonyms.key"


class Pseudonyms:
    """Replaces people by pseudonyms, with one key of at least 32 secret bytes.

    Examples:
        >>> pseudonyms = Pseudonyms(b"k" * 32)
        >>> pseudonyms.of("5e580f0cb780600088bd2c11")
        '6e6f9ce6ef4a19a7a964b59a'
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, person: str) -> str:
        """The pseudonymous id of a person; that of an invented person keeps the demo prefix."""
        digest = hmac.new(self._key, person.encode(), hashlib.sha256).hexdigest()[:24]
        return DEMO_ID_PREFIX + digest if person.startswith(DEMO_ID_PREFIX) else digest

    def in_account(self, name: str | None) -> Pseudonyms:
        """The pseudonyms of an account; those of an account without a name if it is None."""
        if name is None:
            return self
        return Pseudonyms(hmac.new(self._key, f"account {name}".encode(), hashlib.sha256).digest())

    def data(self, data: TrainingData) -> TrainingData:
        """The same records under other ids and names of people, without notes."""
        frames: dict[str, Any] = {
            name: self.frame(frame, COLLECTIONS[name][0]) for name, frame in data.frames.items()
        }
        frames["users"] = _named(frames["users"])
        return TrainingData(
            **frames,
            snapshots={name: self._snapshot(kept) for name, kept in data.snapshots.items()},
            scope=self._scope(data.scope),
            part_of=data.part_of and self.data(data.part_of),
            account=data.account,
            altered_before=data.altered,
        )

    def _scope(self, scope: Scope) -> Scope:
        """The same choice, described without words that may name people."""
        if scope.is_all:
            return scope
        people = scope.people
        if people is not None:
            people = pl.Series([self.of(person) for person in people], dtype=pl.String)
        described = scope.description_without_names or CHOSEN_UNNAMED
        return replace(scope, description=described, people=people)

    def frame(self, frame: pl.DataFrame, endpoint: Endpoint | None = None) -> pl.DataFrame:
        """Replace every id of a person in a frame, and set every other text to null.

        The endpoint lists the columns with people's ids and the texts that name nobody. Without it,
        columns with ids are recognized by their names. Of a person's profile, only the listed facts
        are kept. Of the condition of a training, only what names nobody is kept.
        """
        people = endpoint.people if endpoint else ALL_PEOPLE
        ids = [name for name in people if name in frame.columns]
        old = [frame[name].explode() for name in ids]
        new = (
            {person: self.of(person) for person in pl.concat(old).unique() if person} if old else {}
        )
        hides = endpoint.hides if endpoint else _hides
        return public_conditions(frame).with_columns(
            *(_replaced(name, frame.schema[name], new) for name in ids),
            *(
                pl.lit(None, dtype).alias(name)
                for name, dtype in frame.schema.items()
                if name not in ids and hides(name, dtype)
            ),
        )

    def _snapshot(self, snapshot: Snapshot) -> Snapshot:
        endpoint = endpoint_of(snapshot.table)
        hidden = {
            name: self.of(value)
            for name, value in snapshot.params.items()
            if endpoint.filters.get(name) in endpoint.people
        }
        snapshot = replace(snapshot, params={**snapshot.params, **hidden})
        if not endpoint.about_people:
            return snapshot
        faults = tuple((table, self.of(who), *rest) for table, who, *rest in snapshot.faults)
        return replace(snapshot, faults=faults)


def kept_pseudonyms(folder: Path | None = None) -> Pseudonyms:
    """The pseudonyms of this machine's key, which is made on first use in `cache_dir`.

    If the key is damaged or can't be kept, pseudonyms would not stay the same: that is a KPAError.
    """
    path = (folder or settings().cache_dir) / _KEY_FILE
    try:
        private_folder(path.parent)
        _make_key(path)
        key = path.read_bytes()
    except OSError as error:
        raise KPAError(
            f"the key for pseudonyms cannot be kept at {path}: {error.strerror}"
        ) from error
    if len(key) != _KEY_BYTES:
        raise KPAError(f"{path} is damaged: restore it, or delete it to get new pseudonyms")
    return Pseudonyms(key)


def _make_key(path: Path) -> None:
    """Write a new key in one step, unless there is a key.

    If several processes start at once, one makes the key and the others wait for it.
    """
    if path.exists():
        return
    with FileLock(path.with_name(f".{path.name}.lock"), mode=0o600):
        if path.exists():
            return
        beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            private_file(beside).write_bytes(secrets.token_bytes(_KEY_BYTES))
            move(beside, path)
        finally:
            beside.unlink(missing_ok=True)


def _hides(_: str, dtype: pl.DataType) -> bool:
    """Whether a column of an unknown collection becomes null."""
    return is_text(dtype)


def _named(users: pl.DataFrame) -> pl.DataFrame:
    """The users with names made from their pseudonyms."""
    digits = pl.col("id").str.strip_prefix(DEMO_ID_PREFIX).str.to_uppercase()
    blank = say(PSEUDONYM, first="{}", second="{}")
    name = pl.format(blank, digits.str.slice(0, 4), digits.str.slice(4, 4))
    return users.with_columns(name.alias("lastname"))


def _replaced(name: str, dtype: pl.DataType, new: dict[str, str]) -> pl.Expr:
    ids = pl.element() if isinstance(dtype, pl.List) else pl.col(name)
    old = pl.Series(list(new), dtype=pl.String)
    named = ids.replace_strict(
        old, pl.Series(list(new.values()), dtype=pl.String), default=None, return_dtype=pl.String
    )
    return pl.col(name).list.eval(named) if isinstance(dtype, pl.List) else named.alias(name)
