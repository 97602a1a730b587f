"""What the catalogue says of its schedules that can't be used, or that nobody kept up to date."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.data.findings import finding_rows
from kpa_analytics.employment import employment, has_left
from kpa_analytics.schema import SCHEDULE_TYPES
from kpa_analytics.yearly import YearlyDay, YearlyWindow

_ENDS = ("window_open", "window_close")
_WINDOW = YearlyWindow(*(YearlyDay(pl.col(f"{end}_month"), pl.col(f"{end}_day")) for end in _ENDS))
_FIXED_DAY = YearlyDay(pl.col("expires_on_month"), pl.col("expires_on_day"))
_PAIR = ("training_id", "m_user_id")
_DAY = pl.col("date")


def unknown_schedules(trainings: pl.LazyFrame) -> list[pl.LazyFrame]:
    """Trainings of which nobody knows when they expire.

    Their schedule type is not one of the vendor's, or the days of their window or their fixed day
    are not days of the calendar.
    """
    kind = pl.col("schedule_type")
    is_given = kind.str.strip_chars().fill_null("") != ""
    is_known = kind.is_in(SCHEDULE_TYPES) | ~is_given
    is_window = (kind == "window").fill_null(False)
    fixed_is_set = pl.all_horizontal(part > 0 for part in _FIXED_DAY).fill_null(False)
    catalogue = trainings.unique("id", keep="first", maintain_order=True)
    of_a_type = catalogue.filter(~is_known)
    of_a_window = catalogue.filter(is_window & ~_is_possible(*_WINDOW))
    of_a_day = catalogue.filter(is_known & ~is_window & fixed_is_set & ~_is_possible(_FIXED_DAY))
    return [
        _unknown(of_a_type, "schedule_type", "the schedule type", kind, "which is not known"),
        _unknown(
            of_a_window,
            "window_open_month",
            "a window from",
            pl.format("{} to {}", *(_written(day) for day in _WINDOW)),
            "which are not days of the calendar (month-day)",
        ),
        _unknown(
            of_a_day,
            "expires_on_month",
            "the fixed day",
            _written(_FIXED_DAY),
            "which is not a day of the calendar (month-day)",
        ),
    ]


def _unknown(rows: pl.LazyFrame, field: str, what: str, value: pl.Expr, why: str) -> pl.LazyFrame:
    message = pl.format(
        f"Training {{}} has {what} {{}}, {why}: when it expires is not known either.", "id", "odd"
    )
    odd = rows.with_columns(value.alias("odd"))
    return finding_rows(odd, "unknown_schedule", "trainings", field, message, value="odd")


def _written(day: YearlyDay) -> pl.Expr:
    return pl.format("{}-{}", *(part.cast(pl.String).fill_null("?") for part in day))


def _is_possible(*days: YearlyDay) -> pl.Expr:
    return pl.all_horizontal(
        yearly.month.is_between(1, 12) & yearly.day.is_between(1, 31) for yearly in days
    ).fill_null(False)


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
    last, later = pl.col("window_last_offered_date"), pl.col("offered_later")
    windows = _windows(trainings, day)
    of_windows = completions.join(windows, left_on="training_id", right_on="id", how="semi")
    valid = _counted(of_windows, users, day).join(windows, left_on="training_id", right_on="id")
    first_renewal = _WINDOW.closing(_WINDOW.opens.year_after(_DAY))
    is_superseded = (pl.col("offering_opens") > _DAY).fill_null(False)
    relying = valid.filter(~is_superseded & (first_renewal < day))
    kept = relying.group_by("training_id").agg(
        pl.len().alias("people"), last.first(), later.first()
    )
    people = pl.format(
        "{} only because no later offering is recorded.",
        pl.when(pl.col("people") == 1)
        .then(pl.lit("1 person is up to date"))
        .otherwise(pl.format("{} people are up to date", "people")),
    )
    closed = "and a window of it has closed since"
    since = (
        pl.when(last.is_not_null())
        .then(pl.format(f"Training {{}} was last offered on {{}}, {closed}: ", "training_id", last))
        .when(later.is_not_null())
        .then(
            pl.format(
                f"Training {{}} is offered on {{}}, after {day}, {closed} its oldest completion: ",
                "training_id",
                later,
            )
        )
        .otherwise(
            pl.format(
                f"Training {{}} has no last offered date, {closed} its oldest completion: ",
                "training_id",
            )
        )
    )
    return finding_rows(
        kept,
        "offering_not_recorded",
        "trainings",
        "window_last_offered_date",
        pl.concat_str(since, people),
        record="training_id",
        value="window_last_offered_date",
    )


def _windows(trainings: pl.LazyFrame, day: date) -> pl.LazyFrame:
    """The trainings that have a window, with the first day of their last offering by the day."""
    last = pl.col("window_last_offered_date")
    opening = _WINDOW.opens.in_year(_WINDOW.opened(last))
    return (
        trainings.unique("id", keep="first", maintain_order=True)
        .filter(pl.col("schedule_type") == "window", _is_possible(*_WINDOW))
        .with_columns(
            pl.when(last <= day).then(last).alias("window_last_offered_date"),
            pl.when(last > day).then(last).alias("offered_later"),
        )
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
