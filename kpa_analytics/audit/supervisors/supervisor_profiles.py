"""The profiles to correct: supervisors and managers who can't act, and the people they are of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import polars as pl

from kpa_analytics.analysis.search_text import folded
from kpa_analytics.audit.supervisors import supervisor_text as text
from kpa_analytics.audit.supervisors.supervisor_team import person_of
from kpa_analytics.data.hierarchy import CIRCLE, circles_of, hierarchy_faults
from kpa_analytics.names import employee_numbers, people_names
from kpa_analytics.report_text import ROLES
from kpa_analytics.wording import listing, say


def profiles_to_correct(users: pl.DataFrame, field: str, day: date) -> list[str]:
    """A sentence for each supervisor or manager who can't act on a day, and for each circle.

    Args:
        users: as `load_users()` returns them.
        field: supervisor_id or manager_id; other fields have no faults.
        day: the day.
    """
    if field not in ROLES:
        return []
    names = _names(users)
    sentences: list[str] = []
    for check in hierarchy_faults(users.lazy(), day):
        if check.field == field:
            rows = check.rows.collect(engine="in-memory")
            say_each = _circles if check.kind == CIRCLE else _cannot_act
            sentences += sorted(say_each(rows, names, ROLES[field]), key=folded)
    return sentences


def _names(users: pl.DataFrame) -> dict[str, str]:
    """The name of each person, with the employee number."""
    known = people_names(users, "id", "user").join(employee_numbers(users), on="id", how="left")
    rows = known.collect(engine="in-memory")
    return {row["id"]: person_of(row) for row in rows.iter_rows(named=True)}


def _cannot_act(rows: pl.DataFrame, names: Mapping[str, str], role: str) -> Iterator[str]:
    """A sentence for each supervisor who has left or is not in the user list."""
    by_supervisor = rows.group_by("m_user_id").agg(pl.col("id"), pl.col("^left$").first())
    for row in by_supervisor.iter_rows(named=True):
        supervisor, left = row["m_user_id"], row.get("left")
        people = sorted((names.get(person, person) for person in row["id"]), key=folded)
        yield say(
            text.SUPERVISOR_UNKNOWN if left is None else text.SUPERVISOR_LEFT,
            supervisor=names.get(supervisor, supervisor),
            left=left or "",
            role=role,
            people=len(people),
            names=listing(people, len(people)),
        )


def _circles(rows: pl.DataFrame, names: Mapping[str, str], role: str) -> Iterator[str]:
    """A sentence for each circle, and for each person who is their own supervisor."""
    for circle in circles_of(dict(rows.select("id", "m_user_id").iter_rows())):
        people = [names.get(person, person) for person in circle]
        if len(people) == 1:
            yield say(text.OWN_SUPERVISOR, person=people[0], role=role)
        else:
            yield say(text.SUPERVISOR_CIRCLE, names=" -> ".join([*people, people[0]]), role=role)
