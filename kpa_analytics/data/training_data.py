"""`TrainingData`: all of an account's training records, loaded together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from kpa_analytics.data.scope import Scope
from kpa_analytics.data.snapshots import Snapshot
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.endpoints import COLLECTIONS, endpoint_of
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import ACCOUNT, need
from kpa_analytics.schema import (
    BLANK_IDS,
    EMPLOYEE_STATUS,
    FAULTS,
    GROUP_TRAININGS,
    GROUPS,
    TRAININGS,
    USERS,
)
from kpa_analytics.wording import count, moment

#: The column of `users` with the account of each person, in the records of several accounts.
FLEET_ACCOUNT = "fleet_account"
#: There, an id of a person is the vendor's id, this sign and the name of the account.
FLEET_ID = "@"
#: The columns of a frame that are in no table of the API.
_MARKS = (ACCOUNT, FLEET_ACCOUNT, "demo")
#: Where an object keeps its last answer of `altered`, and the frames that it is about.
_ANSWER = "_altered"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TrainingData:
    """All of an account's training records, with their provenance.

    Of each frame, only the columns of its table are kept, in their order, and then `account` and
    `demo`, which say whose the rows are and whether they are invented. Other columns are left out,
    so that none of them can be taken for a result. Functions of all records need the columns of the
    tables, and those that write evidence also the ones that only describe a record, such as
    `notes`: `pl.concat([schema.COMPLETIONS.empty(), frame], how="diagonal")` adds, as null, those
    that the source of a frame does not have.

    Attributes:
        completions: `schema.COMPLETIONS`, one row per completion.
        trainings: `schema.TRAININGS`, one row per training.
        users: `schema.USERS`, one row per person.
        group_trainings: `schema.GROUP_TRAININGS`, one row per group session.
        employee_status: `schema.EMPLOYEE_STATUS`, the vendor's own status of each person.
        groups: `schema.GROUPS`, names of field offices, lines of business and job titles.
        snapshots: the provenance of each collection by table name; empty for frames made by hand.
            Evidence says if a collection is not as it was downloaded.
        scope: the part of the account's records that these are; by default all of them.
        part_of: the complete records, if these are a part of them; otherwise None.
        account: the name of the account in accounts.toml; None for the account of the settings.
        without_requirements: in the joined records of a fleet, the accounts whose requirements are
            not known, if those of others are.
        altered_before: what `altered` said before every id was changed, for pseudonyms or to join
            accounts; otherwise None.

    Raises:
        KPADataError: a frame is not one of polars, a column has another type, or the rows are of
            several accounts.

    Examples:
        >>> import kpa_analytics as kpa
        >>> with kpa.demo.serve() as api:
        ...     _ = kpa.configure(token=api.token, api_url=api.url, progress=False,
        ...                       requests_per_minute=6000)
        ...     data = kpa.load_all()
        >>> data.demo
        True
        >>> data.snapshots["completions"].rows == data.completions.height
        True
    """

    completions: pl.DataFrame
    trainings: pl.DataFrame = field(default_factory=TRAININGS.empty)
    users: pl.DataFrame = field(default_factory=USERS.empty)
    group_trainings: pl.DataFrame = field(default_factory=GROUP_TRAININGS.empty)
    employee_status: pl.DataFrame = field(default_factory=EMPLOYEE_STATUS.empty)
    groups: pl.DataFrame = field(default_factory=GROUPS.empty)
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    scope: Scope = field(default_factory=Scope)
    part_of: TrainingData | None = None
    account: str | None = None
    without_requirements: tuple[str, ...] = ()
    altered_before: dict[str, tuple[int, int]] | None = None

    def __post_init__(self) -> None:
        """Check the frames, leave other columns out, and convert types that fit, once."""
        for name in LOADED:
            frame, table = getattr(self, name), endpoint_of(name).table
            given = need(frame, table).collect_schema()
            known = [column for column in table.schema if column in given]
            kept = [*known, *(mark for mark in _MARKS if mark in given)]
            checked = need(frame, table, *known).select(kept).collect(engine="in-memory")
            object.__setattr__(self, name, checked)

    @property
    def whole(self) -> TrainingData:
        """The complete records, of which these may be a part."""
        return self.part_of or self

    @property
    def requirements(self) -> pl.DataFrame | None:
        """The vendor's employee status, or None if the requirements are not known."""
        return self.employee_status if self.whole.employee_status.height else None

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        """Every collection by its table name."""
        return {name: getattr(self, name) for name in LOADED}

    def part(self, scope: Scope) -> TrainingData:
        """Select the records of a scope, with the provenance of the complete records.

        Returns this object if the scope selects everything.
        """
        if scope.is_all:
            return self
        frames: dict[str, Any] = {**scope.frames(self.frames)}
        return replace(self, scope=scope, part_of=self, **frames)

    @cached_property
    def demo(self) -> bool:
        """Whether any records came from the demo server."""
        from_demo = any(snapshot.demo for snapshot in self.snapshots.values())
        return from_demo or is_demo(self.completions, self.users, self.group_trainings)

    @property
    def altered(self) -> dict[str, tuple[int, int]]:
        """The collections that are not as they were downloaded: the rows they have, and had.

        Rows were added or removed since, values were changed, or the rows were put in another
        order. So the SHA-256 of the download does not match them. A collection that was not
        downloaded, as others were, had no rows. Polars can change a frame in its place, so an
        earlier answer only holds for the same values.
        """
        if self.altered_before is not None:
            return self.altered_before
        now = [*self.frames.values(), *self.whole.frames.values()]
        then, answer = self.__dict__.get(_ANSWER, ([], {}))
        if not then or not all(map(pl.DataFrame.equals, now, then)):
            answer = self._altered_now()
            self.__dict__[_ANSWER] = [frame.clone() for frame in now], answer
        return dict(answer)

    def _altered_now(self) -> dict[str, tuple[int, int]]:
        if self.part_of is None:
            downloaded = self.snapshots.keys() & {*LOADED}
            rows = {name: self.snapshots[name].rows for name in downloaded}
            return {
                name: (frame.height, rows.get(name, 0))
                for name, frame in self.frames.items()
                if downloaded and not self._is_as_downloaded(name, frame)
            }
        own = {
            name: (self.frames[name].height, frame.height)
            for name, frame in self.part_of.part(self.scope).frames.items()
            if not frame.equals(self.frames[name])
        }
        return own | self.part_of.altered

    def _is_as_downloaded(self, name: str, frame: pl.DataFrame) -> bool:
        if name not in self.snapshots:
            return frame.is_empty()
        table = endpoint_of(name).table
        known = [column for column in frame.columns if column in table.schema]
        return self.snapshots[name].has_rows_of(frame.select(known))

    def __getstate__(self) -> dict[str, Any]:
        """Copies do not carry the frames of an earlier answer of `altered`."""
        return {name: value for name, value in self.__dict__.items() if name != _ANSWER}

    @property
    def begun(self) -> date | None:
        """The day of the first completion; None if no completion has a date."""
        first = self.completions["date"].min()
        return first if isinstance(first, date) else None

    @property
    def hosts(self) -> list[str]:
        """The hosts that the records came from, in order; empty for frames made by hand."""
        return sorted({snapshot.host for snapshot in self.snapshots.values()})

    @property
    def faults(self) -> pl.DataFrame:
        """The impossible dates that became null (`schema.FAULTS`)."""
        faults = [snapshot.fault_frame() for snapshot in self.snapshots.values()]
        return pl.concat([FAULTS.empty(), *faults])

    @property
    def blank_ids(self) -> pl.DataFrame:
        """The number of blank optional ids that became null, by field (`schema.BLANK_IDS`)."""
        counts = [snapshot.blank_id_frame() for snapshot in self.snapshots.values()]
        return pl.concat([BLANK_IDS.empty(), *counts])

    def __repr__(self) -> str:
        summary = (
            f"{count(self.completions.height, 'completion')}, "
            f"{count(self.trainings.height, 'training')}, "
            f"{count(self.users.height, 'person', 'people')}"
        )
        if snapshot := self.snapshots.get("completions"):
            summary += f", fetched {moment(snapshot.fetched_at)} from {snapshot.host}"
            if snapshot.full_walk_at:
                summary += f", last full download {moment(snapshot.full_walk_at)}"
        name = f"{self.account}: " if self.account else ""
        only = f", only {self.scope.description}" if self.scope.description else ""
        return f"<TrainingData: {name}{summary}{only}{', demo data' if self.demo else ''}>"


def need_training_data(data: object) -> None:
    """Raise a KPADataError unless `data` is the result of `load_all()`.

    It may lack columns that only describe a record (`Endpoint.descriptive`).
    """
    if not isinstance(data, TrainingData):
        raise KPADataError(f"data must be the result of load_all(), not {type(data).__name__}")
    for name, frame in data.frames.items():
        table, spared = endpoint_of(name).table, endpoint_of(name).descriptive
        need(frame, table, *(column for column in table.schema if column not in spared))


def need_one_account(users: pl.DataFrame | pl.LazyFrame) -> None:
    """Raise a KPADataError for people of several accounts, whose ids are not the vendor's."""
    if isinstance(users, pl.DataFrame | pl.LazyFrame) and FLEET_ACCOUNT in users.collect_schema():
        raise KPADataError(
            "these are records of several accounts, with ids that are not the vendor's: use the "
            "records of one account, such as fleet['north']"
        ).on_screen("This needs the records of one account: open that account by itself.")


#: The collections that `load_all()` loads: those for which `TrainingData` has a field.
LOADED = tuple(name for name in COLLECTIONS if name in TrainingData.__dataclass_fields__)
