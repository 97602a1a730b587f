"""Supervisors and managers who cannot act: unknown, no longer employed, or in a circle.

Only people who are employed on the day are checked: nobody else needs a supervisor.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics import report_text as texts
from kpa_analytics.data.checks import Check, names_of
from kpa_analytics.employment import employment, has_left
from kpa_analytics.schema import TRAININGS

HIERARCHY_KINDS = UNKNOWN, LEFT, CIRCLE = (
    "supervisor_unknown",
    "supervisor_left",
    "supervisor_circle",
)


def hierarchy_faults(users: pl.LazyFrame, day: date) -> list[Check]:
    """Employed people whose supervisor or manager is unknown, has left, or is in a circle."""
    days = employment(users)
    first = users.unique("id", keep="first", maintain_order=True)
    employed = days.filter(~has_left(day)).select(id="m_user_id")
    employees = first.join(employed, on="id", how="semi", maintain_order="left")
    return [
        check
        for field, role in texts.ROLES.items()
        for check in _faults(employees, first, days.with_columns(has_left(day)), field, role)
    ]


def _faults(
    employees: pl.LazyFrame, users: pl.LazyFrame, days: pl.LazyFrame, field: str, role: str
) -> list[Check]:
    below = (
        employees.filter(pl.col(field).str.strip_chars() != "")
        .select("id", pl.col(field).alias("m_user_id"))
        .with_columns(pl.lit(role).alias("role"))
    )
    circles = _in_circles(below, users)
    itself = pl.col("m_user_id") == pl.col("id")
    kinds = (
        (UNKNOWN, below.join(days, on="m_user_id", how="anti"), texts.SUPERVISOR_UNKNOWN),
        (LEFT, below.join(days.filter("has_left"), on="m_user_id"), texts.SUPERVISOR_LEFT),
        (CIRCLE, circles.filter(itself), texts.OWN_SUPERVISOR),
        (CIRCLE, circles.filter(~itself), texts.SUPERVISOR_CIRCLE),
    )
    return [
        Check(kind, "users", field, rows, text, value="m_user_id") for kind, rows, text in kinds
    ]


def _in_circles(below: pl.LazyFrame, users: pl.LazyFrame) -> pl.LazyFrame:
    """The rows of people in a circle, with the circle's names in `circle`."""
    rows = below.collect(engine="in-memory")
    above: dict[str, str] = dict(rows.select("id", "m_user_id").iter_rows())
    circles = circles_of(above)
    people = {person for circle in circles for person in circle}
    known = names_of(users.filter(pl.col("id").is_in(list(people))), TRAININGS.empty().lazy())
    names = dict(known.select("id", "name").collect(engine="in-memory").iter_rows())
    shown = {
        person: f"{person} ({names[person]})" if person in names else person for person in people
    }
    listed = {
        person: " -> ".join(shown[other] for other in [*circle, circle[0]])
        for circle in circles
        for person in circle
    }
    return rows.lazy().join(
        pl.LazyFrame(
            {"id": list(listed), "circle": list(listed.values())},
            schema={"id": pl.String, "circle": pl.String},
        ),
        on="id",
        maintain_order="left",
    )


def circles_of(above: dict[str, str]) -> list[list[str]]:
    """The circles of a hierarchy in which each person has one other above, at most.

    Each circle starts with the id that is first in the alphabet.

    Examples:
        >>> circles_of({"ann": "bob", "bob": "cat", "cat": "bob", "dan": "dan"})
        [['bob', 'cat'], ['dan']]
    """
    circles = []
    seen: set[str] = set()
    for start in sorted(above):
        path: list[str] = []
        person: str | None = start
        while person is not None and person not in seen:
            seen.add(person)
            path.append(person)
            person = above.get(person)
        if person in path:
            circle = path[path.index(person) :]
            first = circle.index(min(circle))
            circles.append(circle[first:] + circle[:first])
    return sorted(circles)
