"""`TrainingData`: everything one account knows about training, loaded together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from kpa_analytics.data.scope import Scope
from kpa_analytics.data.snapshots import Snapshot
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.endpoints import COLLECTIONS
from kpa_analytics.schema import (
    BLANK_IDS,
    EMPLOYEE_STATUS,
    FAULTS,
    GROUP_TRAININGS,
    GROUPS,
    TRAININGS,
    USERS,
)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TrainingData:
    """All of an account's training records, with where they came from.

    Attributes:
        completions: `schema.COMPLETIONS`, one row per completion.
        trainings: `schema.TRAININGS`, one row per training.
        users: `schema.USERS`, one row per person.
        group_trainings: `schema.GROUP_TRAININGS`, one row per session.
        employee_status: `schema.EMPLOYEE_STATUS`, the vendor's own verdict per person.
        groups: `schema.GROUPS`, names of field offices, lines of business and job titles.
        snapshots: the provenance of each, by table name; empty for frames made by hand.
        scope: what part of the account's records this is; by default all that was loaded.
        part_of: the records that this is a part of; None: of none.

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

    @property
    def whole(self) -> TrainingData:
        """All that was loaded, where this is a part of it."""
        return self.part_of or self

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        """Every collection by its table name."""
        return {name: getattr(self, name) for name in COLLECTIONS}

    def part(self, scope: Scope) -> TrainingData:
        """The records of a scope, with the provenance of the whole.

        Args:
            scope: the trainings and people that are meant.

        Returns:
            Those records, which know what they are a part of; these where nothing is left out.
        """
        if scope.is_all:
            return self
        frames: dict[str, Any] = {**scope.frames(self.frames)}
        return replace(self, scope=scope, part_of=self, **frames)

    @property
    def demo(self) -> bool:
        """Whether any of it came from the demo server."""
        told = any(snapshot.demo for snapshot in self.snapshots.values())
        return told or is_demo(self.completions, self.users, self.group_trainings)

    @property
    def faults(self) -> pl.DataFrame:
        """The impossible days that became null (`schema.FAULTS`)."""
        found = [snapshot.fault_frame() for snapshot in self.snapshots.values()]
        return pl.concat([FAULTS.empty(), *found])

    @property
    def blank_ids(self) -> pl.DataFrame:
        """How many optional ids were blank and became null (`schema.BLANK_IDS`)."""
        found = [snapshot.blank_id_frame() for snapshot in self.snapshots.values()]
        return pl.concat([BLANK_IDS.empty(), *found])

    def __repr__(self) -> str:
        said = (
            f"{self.completions.height:,} completions, {self.trainings.height:,} trainings, "
            f"{self.users.height:,} people"
        )
        if snapshot := self.snapshots.get("completions"):
            said += f", fetched {snapshot.fetched_at:%Y-%m-%d %H:%M} UTC from {snapshot.host}"
            if snapshot.full_walk_at:
                said += f", last walked in full {snapshot.full_walk_at:%Y-%m-%d %H:%M} UTC"
        only = f", only {self.scope.words}" if self.scope.words else ""
        return f"<TrainingData: {said}{only}{', demo data' if self.demo else ''}>"
