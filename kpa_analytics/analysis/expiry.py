"""Who is still trained: the status of each person for each training, as of a day."""

from __future__ import annotations

import polars as pl

from kpa_analytics.analysis.composed import composed_trainings, derived_completions
from kpa_analytics.analysis.expirations import expirations
from kpa_analytics.analysis.latest import PAIR, in_order, latest, people_of, records_of, spans
from kpa_analytics.analysis.names import training_titles
from kpa_analytics.analysis.schedules import MOST_EXPIRING_DAYS, open_on, schedules
from kpa_analytics.analysis.verdicts import verdicts
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import AnyFrame, Frame, as_day, like
from kpa_analytics.schema import EXPIRY_STATUS


def expiry_status(
    completions: Frame,
    trainings: AnyFrame | None = None,
    users: AnyFrame | None = None,
    *,
    as_of: object | None = None,
    expiring_days: int = 30,
    required: AnyFrame | None = None,
    include_terminated: bool = False,
) -> Frame:
    """The status of every person for every training they completed or must have, as of a day.

    The latest completion counts: by date, then created, then id. It expires by the first rule that
    applies: its own special date, the training's window, its fixed day, its renewal period, never.

    A completion dated after `as_of` has not happened yet. One whose day is null (impossible on the
    wire) counts only where the person has no other for that training. Unless it has a special
    expiration date it proves nothing: its row keeps its completion_id, with source `unknown` and
    the status of someone who never completed the training.

    Args:
        completions: as `load_completions()` makes them; any subset of people can be asked alone.
            A DataFrame is the fast way: of a LazyFrame, steps that are used twice run twice.
        trainings: as `load_trainings()` makes them. Without them only special expiration dates are
            known: the source is `special` or `unknown`.
        users: as `load_users()` makes them. Without them people go by their ids and all count.
        as_of: the day asked for; a date or ISO text. Default: today.
        expiring_days: days before expiration that count as expiring, where the training does not
            say; default 30, at most 36,500.
        required: who must have what: a frame of (m_user_id, training_id), or the vendor's
            employee status. Adds the pairs never completed: missing, not_due or expiring.
        include_terminated: count people who left on or before `as_of` too; default False.

    Returns:
        A frame of the kind of `completions`, sorted by m_user_id and training_id, one row per
        person and training. Its columns are those of `schema.EXPIRY_STATUS`.

    Raises:
        KPADataError: a frame lacks a column, `as_of` is no calendar day, `expiring_days` no
            number of days, or composed trainings include each other in a circle.

    Examples:
        >>> from datetime import date
        >>> from kpa_analytics.schema import COMPLETIONS, TRAININGS
        >>> done = COMPLETIONS.empty().vstack(pl.DataFrame([
        ...     {"id": 1, "training_id": 7, "m_user_id": "a", "date": date(2024, 1, 31)}],
        ...     schema=COMPLETIONS.schema))
        >>> catalogue = pl.DataFrame(
        ...     [{"id": 7, "title": "Ladders", "schedule_type": "rolling", "renewal_months": 1}],
        ...     schema=TRAININGS.schema)
        >>> status = expiry_status(done, catalogue, as_of="2024-02-27")
        >>> status.select("training", "expiration_date", "days_left", "status").row(0)
        ('Ladders', datetime.date(2024, 2, 29), 2, 'expiring')
    """
    today, days = as_day(as_of), _whole_days(expiring_days)
    records = records_of(completions, required)
    left_by = None if include_terminated else today
    people = like(completions, people_of(records, users, left_by)).lazy()
    pairs = like(completions, latest(in_order(records, people), today))
    catalogue = schedules(trainings)
    rows = lasting(pairs.lazy(), catalogue, composed_trainings(trainings))
    titles = titles_of(pairs.lazy(), catalogue, trainings)
    known = named(latest(rows, today), people, titles)
    told = verdicts(known, open_on(catalogue, today), today, days)
    return like(completions, told.select(EXPIRY_STATUS.schema.names()))


def lasting(
    records: pl.LazyFrame, catalogue: pl.DataFrame, parts: dict[int, list[int]]
) -> pl.LazyFrame:
    """All that can be said of records whatever the day asked for.

    Args:
        records: as `in_order` makes them, or any of them.
        catalogue: as `schedules` makes it.
        parts: as `composed_trainings` gives them.

    Returns:
        The records with the columns of `expirations`, and among them the derived ones of composed
        trainings.
    """
    rows = expirations(records, catalogue)
    if not parts:
        return rows
    # As one step: a plan that grows with every level of composition would take hours.
    with_derived = rows.map_batches(
        lambda frame: _with_derived(frame, parts),
        predicate_pushdown=False,
        projection_pushdown=False,
        slice_pushdown=False,
    )
    return spans(with_derived)


def _with_derived(rows: pl.DataFrame, parts: dict[int, list[int]]) -> pl.DataFrame:
    derived = derived_completions(rows, parts).with_columns(PAIR)
    return pl.concat([rows, derived], how="diagonal").sort("pair", "since", maintain_order=True)


def titles_of(
    records: pl.LazyFrame, catalogue: pl.DataFrame, trainings: AnyFrame | None
) -> pl.LazyFrame:
    """What the trainings of these records and of the catalogue are called.

    Args:
        records: any frame with training_id.
        catalogue: as `schedules` makes it.
        trainings: as `load_trainings()` makes them, or None where they are not known.

    Returns:
        A lazy frame, unique by training_id, of training_id and training: its title, else its id.
    """
    met = records.select(pl.col("training_id").unique())
    return (
        pl.concat([met, catalogue.lazy().select("training_id")])
        .unique()
        .join(training_titles(trainings), on="training_id", how="left")
        .with_columns(pl.col("training").fill_null(pl.col("training_id").cast(pl.String)))
    )


def named(rows: pl.LazyFrame, people: pl.LazyFrame, titles: pl.LazyFrame) -> pl.LazyFrame:
    """Add who the person is, and what the training is called.

    Args:
        rows: any frame with person and training_id.
        people: as `people_of` makes them.
        titles: as `titles_of` makes them.

    Returns:
        The rows in their order, with training and all that `people` says.
    """
    return rows.join(people, on="person", how="left", maintain_order="left").join(
        titles, on="training_id", how="left", maintain_order="left"
    )


def _whole_days(days: object) -> int:
    if type(days) is int and 0 <= days <= MOST_EXPIRING_DAYS:
        return days
    raise KPADataError(
        f"expiring_days must be a whole number of days from 0 to {MOST_EXPIRING_DAYS:,}, "
        f"not {days!r}"
    )
