"""The demo company: all records of the simulated API, invented from one seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import polars as pl

from kpa_analytics.demo import AS_OF, sources
from kpa_analytics.demo.catalogue import courses, wire_trainings
from kpa_analytics.demo.employee_status import EmployeeStatuses
from kpa_analytics.demo.history import invent_history
from kpa_analytics.demo.paperwork import file_completions
from kpa_analytics.demo.people import invent_people, milliseconds
from kpa_analytics.demo.planted import plant
from kpa_analytics.demo.sessions import gather, session_list, teach
from kpa_analytics.demo.sources import Listing, Wire
from kpa_analytics.demo.volume import refresh, thin
from kpa_analytics.demo.wire import (
    completion_frame,
    edited,
    newest_first,
    wire_completions,
    wire_users,
)


@dataclass(eq=False)
class Organisation:
    """A company's records. Frames have the API's columns; lists have the API's dicts.

    Attributes:
        completions: newest day first; `signed` and `files` replace `signature` and `files`.
        trainings: the catalogue, as the API's dicts.
        users: one row per person; a null in an optional column means that the API omits the field.
        group_trainings: one row per group session.
        field_offices: as the API's dicts.
        lines_of_business: as the API's dicts.
        job_titles: as the API's dicts.
    """

    completions: pl.DataFrame
    trainings: list[Wire]
    users: pl.DataFrame
    group_trainings: pl.DataFrame
    field_offices: list[Wire] = field(default_factory=list)
    lines_of_business: list[Wire] = field(default_factory=list)
    job_titles: list[Wire] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._statuses: tuple[date, EmployeeStatuses] | None = None

    def __repr__(self) -> str:
        return (
            f"<demo organisation: {self.users.height} people, {len(self.trainings)} trainings, "
            f"{self.completions.height} completions>"
        )

    def select(self, method: str, params: Mapping[str, Any], as_of: date) -> Listing:
        """Answer one list method with these filters."""
        if method == sources.COMPLETIONS:
            return _listing(self._filtered(params), wire_completions)
        if method == sources.USERS:
            return _listing(self.users, wire_users)
        if method == sources.GROUP_TRAININGS:
            return _listing(self.group_trainings, pl.DataFrame.to_dicts)
        if method == sources.EMPLOYEE_STATUS:
            return self.employee_statuses(as_of).select(params)
        return Listing.of(
            {
                sources.TRAININGS: self.trainings,
                sources.FIELD_OFFICES: self.field_offices,
                sources.LINES_OF_BUSINESS: self.lines_of_business,
                sources.JOB_TITLES: self.job_titles,
            }[method]
        )

    def employee_statuses(self, as_of: date) -> EmployeeStatuses:
        """The vendor's status of every person; computed again only after completions change."""
        if self._statuses is None or self._statuses[0] != as_of:
            people = self.users.select(
                "id", "created", "hireDate", "terminationDate", "jobTitle_id"
            )
            done = self.completions.select(
                "m_user_id",
                "training_id",
                "date_number",
                "created",
                "id",
                "special_expiration_date_number",
            )
            statuses = EmployeeStatuses(
                people.iter_rows(named=True), self.trainings, done.iter_rows(), as_of
            )
            self._statuses = (as_of, statuses)
        return self._statuses[1]

    def add_completions(self, *added: Wire) -> None:
        """Add completions (the API's dicts), as if somebody had just recorded them."""
        self._replace(pl.concat([self.completions, completion_frame(added)]))

    def remove_completions(self, *ids: int) -> None:
        """Remove the completions with these ids."""
        self._replace(self.completions.filter(~pl.col("id").is_in(ids)))

    def edit_completion(self, completion_id: int, **fields: Any) -> None:
        """Change fields of one completion; a new date changes its position."""
        self._replace(edited(self.completions, completion_id, **fields))

    def _replace(self, completions: pl.DataFrame) -> None:
        self.completions = newest_first(completions)
        self._statuses = None

    def _filtered(self, params: Mapping[str, Any]) -> pl.DataFrame:
        conditions = []
        if "training_id" in params:
            conditions.append(pl.col("training_id") == params["training_id"])
        if "user_id" in params:
            conditions.append(pl.col("m_user_id") == params["user_id"])
        if "has_attachments" in params:
            conditions.append((pl.col("files") > 0) == params["has_attachments"])
        return self.completions.filter(*conditions) if conditions else self.completions


def _listing(frame: pl.DataFrame, write: Callable[[pl.DataFrame], list[Wire]]) -> Listing:
    return Listing(frame.height, lambda start, length: write(frame.slice(start, length)))


def organisation(
    *,
    people: int = 400,
    trainings: int = 40,
    instructors: int = 25,
    completions: int = 20_000,
    years: int = 4,
    seed: int = 2026,
) -> Organisation:
    """Invent a company whose records end on the day before `AS_OF`.

    Equal arguments give equal companies.

    Args:
        people: number of people, including those who left.
        trainings: number of trainings; the first 14 cover every kind of schedule.
        instructors: number of people who teach.
        completions: exact number of completions; a million takes a few seconds.
        years: number of years that the records cover.
        seed: a different seed gives a different company.

    Returns:
        The company; if it is big enough, with a few deliberate data faults (`planted.py`).

    Raises:
        ValueError: this number of people can't have that many completions.

    Examples:
        >>> organisation(people=50, completions=500)
        <demo organisation: 50 people, 40 trainings, 500 completions>
    """
    ends = AS_OF - timedelta(days=1)
    begins = date(ends.year - years, ends.month, min(ends.day, 28))
    chosen = courses(trainings)
    invented = invent_people(people, min(instructors, people), begins, ends, seed)
    history = invent_history(invented.staff, chosen, begins, ends, seed)
    spare = completions // 100 + 20  # moving completions to session days removes some
    history = thin(refresh(history, completions + spare, seed), completions + spare, seed)
    history = thin(gather(history, chosen, begins, seed), completions, seed)
    taught = teach(history, chosen, invented.staff, min(instructors, people), seed)
    filed = file_completions(taught, ends, seed)
    sessions = session_list(filed)
    filed, sessions = plant(filed, sessions, ends)
    return Organisation(
        completions=newest_first(filed),
        trainings=wire_trainings(
            chosen, [job["id"] for job in invented.job_titles], milliseconds(begins), seed
        ),
        users=invented.users,
        group_trainings=sessions,
        field_offices=invented.field_offices,
        lines_of_business=invented.lines_of_business,
        job_titles=invented.job_titles,
    )
