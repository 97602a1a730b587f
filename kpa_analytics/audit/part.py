"""What a pack of a part of the records takes from the whole of them."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.data.quality import data_quality
from kpa_analytics.data.training_data import Scope, TrainingData

_EVERY = pl.lit(True)


def meant(data: TrainingData) -> pl.Expr:
    """Rows of the trainings that were chosen; not of those that they are composed of."""
    chosen = data.scope.trainings if data.scope else ()
    return pl.col("training_id").is_in(chosen) if chosen else _EVERY


def inside(data: TrainingData) -> pl.Expr:
    """Records that the choice takes in, whether they are still there or not."""
    scope = data.scope
    if scope is None:
        return _EVERY
    taken = _EVERY
    if scope.trainings:
        taken &= pl.col("training_id").is_in(data.trainings["id"].implode())
    return taken & _among(scope, "m_user_id")


def findings(data: TrainingData, as_of: date) -> pl.DataFrame:
    """What is odd in the records, as the whole of them tells: who is left out is not unknown.

    What was recorded after the day asked for is not odd for that: a completion is in the future
    where it is after the newest record was made, too. Offerings are judged on the day asked for,
    as the statuses are.

    Args:
        data: the records, all or a part.
        as_of: the day asked for.

    Returns:
        A frame in `schema.FINDINGS`.
    """
    scope = data.scope
    whole = scope.whole if scope else data
    newest = whole.completions.select(pl.col("created").dt.date().max()).item()
    found = data_quality(whole, as_of=max(as_of, newest or as_of))
    offerings = pl.col("finding") == "offering_not_recorded"
    # How many people rely on an offering is asked of the part itself.
    relied_on = data_quality(data, as_of=as_of).filter(offerings)
    found = pl.concat([found.filter(~offerings), relied_on])
    if scope is None:
        return found
    kept = {
        "completions": data.completions["id"],
        "trainings": data.trainings["id"],
        "users": data.users["id"] if scope.people is None else scope.people,
        "group_trainings": data.group_trainings["id"],
        "employee_status": data.employee_status["m_user_id"],
    }
    about = (
        (pl.col("table") == table) & pl.col("record_id").is_in(ids.cast(pl.String).implode())
        for table, ids in kept.items()
    )
    of_a_session = pl.col("finding") == "attendees_differ"
    return found.filter(pl.any_horizontal(about), ~of_a_session | _among(scope, "value"))


def _among(scope: Scope, column: str) -> pl.Expr:
    return _EVERY if scope.people is None else pl.col(column).is_in(scope.people.implode())
