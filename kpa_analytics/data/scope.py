"""A part of the records: some trainings, some people, and all that belongs to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from kpa_analytics.data.included_trainings import included_trainings
from kpa_analytics.endpoints import endpoint_of
from kpa_analytics.schema import REQUIRED_LISTS

_EVERY = pl.lit(True)


@dataclass(frozen=True, kw_only=True, eq=False)
class Scope:
    """A selection of an account's records; by default all of them.

    Attributes:
        description: what is selected, e.g. `trainings: First Aid`; empty for all records.
        description_without_names: the same without names of people, for packs that hide them.
        trainings: ids of the selected trainings; empty for all. The trainings that these are
            composed of are included.
        people: ids of the selected people; None for everyone. All profiles remain, for the names
            of instructors.
        field_offices: ids of the field offices, if only they decide who is selected.
    """

    description: str = ""
    description_without_names: str = ""
    trainings: tuple[int, ...] = ()
    people: pl.Series | None = None
    field_offices: tuple[str, ...] = ()

    @property
    def is_all(self) -> bool:
        """Whether it selects all records."""
        return not self.trainings and self.people is None

    @property
    def cases(self) -> pl.Expr:
        """Whether a row is about a selected training, not only about one that it includes."""
        return pl.col("training_id").is_in(self.trainings) if self.trainings else _EVERY

    def of_people(self, column: str) -> pl.Expr:
        """Whether the column holds the id of a selected person."""
        return _EVERY if self.people is None else pl.col(column).is_in(self.people.implode())

    def records(self, catalogue: pl.DataFrame) -> pl.Expr:
        """Whether a record of a training and a person is selected."""
        about = _EVERY
        if self.trainings:
            about = pl.col("training_id").is_in(with_included(catalogue, self.trainings))
        return about & self.of_people("m_user_id")

    def frames(self, whole: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
        """Select the records of each collection.

        A group session is selected if it lists a selected training and a selected person, or if a
        selected completion is recorded in it.
        """
        done = whole["completions"].filter(self.records(whole["trainings"]))
        recorded = pl.col("id").is_in(done["group_training_id"].drop_nulls().unique().implode())
        frames = {**whole, "completions": done}
        if self.trainings:
            wanted = with_included(whole["trainings"], self.trainings)
            of_wanted = pl.col("trainings_id").list.set_intersection(wanted).list.len() > 0
            frames |= {
                "trainings": whole["trainings"].filter(pl.col("id").is_in(wanted)),
                "group_trainings": whole["group_trainings"].filter(of_wanted | recorded),
                "employee_status": whole["employee_status"].with_columns(
                    pl.col(REQUIRED_LISTS).list.set_intersection(wanted),
                    pl.col("last_completed").list.filter(
                        pl.element().struct.field("id").is_in(wanted)
                    ),
                ),
            }
        if self.people is not None:
            listed = pl.col("m_trainees_id").list.filter(pl.element().is_in(self.people.to_list()))
            frames |= {
                "employee_status": frames["employee_status"].filter(self.of_people("m_user_id")),
                "group_trainings": frames["group_trainings"]
                .filter(recorded | (listed.list.len() > 0))
                .with_columns(listed),
            }
        return frames

    def findings(self, frames: Mapping[str, pl.DataFrame]) -> pl.Expr:
        """Whether a finding about all records is about a selected record."""
        if self.is_all:
            return _EVERY
        ids = {name: frame[endpoint_of(name).record_key] for name, frame in frames.items()}
        if self.people is not None:
            ids["users"] = self.people
        about = (
            (pl.col("table") == table) & pl.col("record_id").is_in(kept.cast(pl.String).implode())
            for table, kept in ids.items()
        )
        of_a_session = pl.col("finding") == "attendees_differ"
        # Its value is the training, and a session can teach others too.
        taught = pl.col("finding") == "taught_while_expired"
        is_kept = pl.col("value").is_in(ids["trainings"].cast(pl.String).implode())
        return (
            pl.any_horizontal(about)
            & (~of_a_session | self.of_people("value"))
            & (~taught | is_kept)
        )


def with_included(catalogue: pl.DataFrame, trainings: Sequence[int]) -> list[int]:
    """The trainings, and all trainings that they are composed of."""
    included = included_trainings(catalogue)
    involved: set[int] = set()
    waiting = list(trainings)
    while waiting:
        training = waiting.pop()
        if training not in involved:
            involved.add(training)
            waiting += included.get(training, [])
    return sorted(involved)
