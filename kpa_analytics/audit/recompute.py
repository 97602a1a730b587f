"""The trainings, people and requirements with which an auditor computes every status again.

The completions are in `records`. With these three tables and the rules, every status follows.
"""

from __future__ import annotations

import polars as pl

from kpa_analytics.audit.evidence import Evidence
from kpa_analytics.audit.identity import with_numbers
from kpa_analytics.audit.people import people_rows
from kpa_analytics.audit.schedule_rows import schedule_rows
from kpa_analytics.names import with_names, with_titles
from kpa_analytics.report_text import SheetName
from kpa_analytics.schema import PACK_REQUIRED, PACK_TRAININGS, Table

#: The sheet of each of these tables, by the name of its file.
SHEETS = {
    "trainings": SheetName.TRAININGS,
    "people": SheetName.PEOPLE,
    "required": SheetName.REQUIRED,
}
#: Separates the items of a list in one cell.
BETWEEN = "; "


def recompute_tables(evidence: Evidence) -> dict[str, pl.DataFrame]:
    """The three tables, by the name of their file; `SHEETS` has their sheets."""
    return {
        "trainings": trainings(evidence),
        "people": people(evidence),
        "required": required(evidence),
    }


def trainings(evidence: Evidence) -> pl.DataFrame:
    """The catalogue of trainings (`schema.PACK_TRAININGS`): its fields, and the schedules used."""
    used = schedule_rows(evidence).rename({"expiring_days": "expiring_days_used"})
    rows = (
        evidence.data.trainings.rename({"id": "training_id"})
        .drop("title")
        .join(used, on="training_id", how="left", maintain_order="left")
        .sort("training", "training_id", maintain_order=True)
    )
    return _in(PACK_TRAININGS, rows)


def people(evidence: Evidence) -> pl.DataFrame:
    """Everyone in the records (`schema.PEOPLE`): who they are, and when they were employed.

    A pack about some people has these people, and the instructors in its records. With pseudonyms,
    it has the time at which a profile was created only if the statuses depend on it.
    """
    rows = people_rows(evidence.data, evidence.as_of).filter(_is_meant(evidence))
    return rows if evidence.names else rows.with_columns(_created_if_it_decides())


def _created_if_it_decides() -> pl.Expr:
    """The day on which a profile was created, if the hire day does not decide alone.

    It decides for people without a hire day, and for people who were hired again
    (`employment.employment`).
    """
    decides = pl.col("hired").is_null() | (pl.col("hired") > pl.col("left"))
    return pl.when(decides).then(pl.col("created").dt.truncate("1d")).alias("created")


def required(evidence: Evidence) -> pl.DataFrame:
    """Every required pair of person and training (`schema.PACK_REQUIRED`), and where it is from."""
    rows = (
        evidence.required_pairs.lazy()
        .pipe(with_names, evidence.data.users, "m_user_id", "user")
        .pipe(with_titles, evidence.data.trainings)
        .sort("user", "m_user_id", "training", "training_id")
    )
    return _in(PACK_REQUIRED, with_numbers(rows.collect(), evidence.data.users))


def _is_meant(evidence: Evidence) -> pl.Expr:
    scope = evidence.data.scope
    if scope.people is None:
        return pl.lit(True)
    taught = pl.concat([evidence.records["m_instructor_id"], evidence.sessions["m_instructor_id"]])
    return scope.of_people("m_user_id") | pl.col("m_user_id").is_in(
        taught.drop_nulls().unique().implode()
    )


def _in(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """The columns of a table, with the items of a list as one text."""
    joined = [
        pl.col(name).cast(pl.List(pl.String)).list.join(BETWEEN)
        for name, dtype in rows.schema.items()
        if isinstance(dtype, pl.List)
    ]
    return rows.with_columns(joined).select(table.schema.names())
