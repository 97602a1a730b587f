"""What the catalogue says of its schedules that can't be used, or that nobody kept up to date."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.data.findings import found
from kpa_analytics.employment import employment, has_left
from kpa_analytics.schema import SCHEDULE_TYPES
from kpa_analytics.yearly import YearlyDay, YearlyWindow

_ENDS = ("window_open", "window_close")
_WINDOW = YearlyWindow(*(YearlyDay(pl.col(f"{end}_month"), pl.col(f"{end}_day")) for end in _ENDS))
_PAIR = ("training_id", "m_user_id")
_DAY = pl.col("date")


def unknown_schedules(trainings: pl.LazyFrame) -> pl.LazyFrame:
    """Trainings with a schedule type that is not one of the vendor's."""
    kind = pl.col("schedule_type")
    is_given = kind.str.strip_chars() != ""
    message = pl.format(
        "Training {} has the schedule type {}, which is not known: when it expires is not known "
        "either.",
        "id",
        kind,
    )
    return found(
        trainings.unique("id", keep="first", maintain_order=True).filter(
            is_given & ~kind.is_in(SCHEDULE_TYPES)
        ),
        "unknown_schedule",
        "trainings",
        "schedule_type",
        message,
        value="schedule_type",
    )


def offerings_not_recorded(
    completions: pl.LazyFrame, trainings: pl.LazyFrame, users: pl.LazyFrame, day: date
) -> pl.LazyFrame:
    """Window trainings whose people are valid only because no later offering is recorded.

    The vendor's rule ends a completion when the training is offered again, not when a window
    passes. Where a window that opened after a completion has closed and the last offered date did
    not move on, either the training was not offered or nobody wrote it down.

    Source: docs/rules.md section 2.

    Args:
        completions: as `load_completions()` makes them.
        trainings: as `load_trainings()` makes them.
        users: as `load_users()` makes them.
        day: the day asked for; an offering or a completion after it has not happened yet.

    Returns:
        One finding per such training: its last offered date, and how many people there are. Counted
        is the latest completion of each person who has not left.
    """
    last = pl.col("window_last_offered_date")
    windows = _windows(trainings, day)
    of_windows = completions.join(windows, left_on="training_id", right_on="id", how="semi")
    valid = _counted(of_windows, users, day).join(windows, left_on="training_id", right_on="id")
    first_renewal = _WINDOW.closing(_WINDOW.opens.year_after(_DAY))
    is_superseded = (pl.col("offering_opens") > _DAY).fill_null(False)
    relying = valid.filter(~is_superseded & (first_renewal < day))
    kept = relying.group_by("training_id").agg(pl.len().alias("people"), last.first())
    people = pl.format(
        "{} only because no later offering is recorded.",
        pl.when(pl.col("people") == 1)
        .then(pl.lit("1 person is up to date"))
        .otherwise(pl.format("{} people are up to date", "people")),
    )
    since = pl.when(last.is_null()).then(
        pl.format(
            "Training {} has no last offered date, and a window of it has closed since its oldest "
            "completion: ",
            "training_id",
        )
    )
    message = since.otherwise(
        pl.format(
            "Training {} was last offered on {}, and a window of it has closed since: ",
            "training_id",
            last,
        )
    )
    return found(
        kept,
        "offering_not_recorded",
        "trainings",
        "window_last_offered_date",
        pl.concat_str(message, people),
        record="training_id",
        value="window_last_offered_date",
    )


def _windows(trainings: pl.LazyFrame, day: date) -> pl.LazyFrame:
    """The trainings that have a window, with the first day of their last offering by the day."""
    can_be = pl.all_horizontal(
        yearly.month.is_between(1, 12) & yearly.day.is_between(1, 31) for yearly in _WINDOW
    )
    last = pl.col("window_last_offered_date")
    opening = _WINDOW.opens.in_year(_WINDOW.opened(last))
    return (
        trainings.unique("id", keep="first", maintain_order=True)
        .filter(pl.col("schedule_type") == "window", can_be)
        .with_columns(pl.when(last <= day).then(last).alias("window_last_offered_date"))
        .with_columns(
            pl.when(_WINDOW.holds(last)).then(opening).otherwise(last).alias("offering_opens")
        )
    )


def _counted(completions: pl.LazyFrame, users: pl.LazyFrame, day: date) -> pl.LazyFrame:
    """The latest completion of each person and training by the day, of those who have not left.

    One with a special expiration date is latest too, but goes by that date.
    """
    gone = employment(users).filter(has_left(day)).select("m_user_id")
    return (
        completions.filter(day >= _DAY)
        .join(gone, on="m_user_id", how="anti")
        .sort("date", "created", "id")
        .unique(_PAIR, keep="last", maintain_order=True)
        .filter(pl.col("special_expiration_date").is_null())
        .select(*_PAIR, "date")
    )
