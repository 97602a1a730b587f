"""Columns about people that a reader can add to a table: office, job title, employee number."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.audit.people import people_rows
from kpa_analytics.widgets.table_rows import ColumnHeading

if TYPE_CHECKING:
    from kpa_analytics.data.training_data import TrainingData

PROFILE_HEADINGS = (
    ColumnHeading("employeeNumber", "Employee number", shown_at_first=False),
    ColumnHeading("field_office", "Field office", shown_at_first=False),
    ColumnHeading("job_title", "Job title", shown_at_first=False),
)


def with_profiles(
    rows: pl.DataFrame, data: TrainingData, as_of: date, person: str = "m_user_id"
) -> pl.DataFrame:
    """Add the columns of `PROFILE_HEADINGS` to rows about people; null where not known.

    Args:
        rows: the rows.
        data: the records.
        as_of: the day of the profiles.
        person: the column with the people's ids.
    """
    columns = [heading.column for heading in PROFILE_HEADINGS]
    people = people_rows(data, as_of).select("m_user_id", *columns)
    return rows.join(
        people, left_on=person, right_on="m_user_id", how="left", maintain_order="left"
    )
