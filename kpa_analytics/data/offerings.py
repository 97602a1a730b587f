"""Findings about schedules that can't be used, and about offerings that nobody recorded."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.data import finding_texts as texts
from kpa_analytics.data.checks import Check
from kpa_analytics.employment import employment, has_left
from kpa_analytics.schema import SCHEDULE_TYPES
from kpa_analytics.yearly import FIXED_DAY, WINDOW, YearlyDay, are_possible

_PAIR = ("training_id", "m_user_id")
_DAY = pl.col("date")


def unknown_schedules(trainings: pl.LazyFrame) -> list[Check]:
    """Trainings whose completions have unknown expiration dates.

    Either the schedule type is not one of the vendor's, or the window or the fixed day has a date
    that does not exist. A blank type is not unknown: the fixed day or the renewal months decide.
    """
    kind = pl.col("schedule_type")
    is_known = kind.is_in(SCHEDULE_TYPES) | kind.str.strip_chars().fill_null("").eq("")
    is_window = (kind == "window").fill_null(False)
    fixed_is_set = pl.all_horizontal(part > 0 for part in FIXED_DAY).fill_null(False)
    catalogue = trainings.unique("id", keep="first", maintain_order=True).with_columns(
        *(_written(day).alias(name) for name, day in WINDOW._asdict().items())
    )
    impossible_day = is_known & ~is_window & fixed_is_set & ~are_possible(FIXED_DAY)
    return [
        Check(
            "unknown_schedule",
            "trainings",
            field,
            catalogue.filter(is_meant).with_columns(value.alias("schedule")),
            text,
            value="schedule",
        )
        for field, is_meant, value, text in (
            ("schedule_type", ~is_known, kind, texts.UNKNOWN_TYPE),
            (
                "window_open_month",
                is_window & ~are_possible(*WINDOW),
                texts.sentence(texts.RANGE),
                texts.IMPOSSIBLE_WINDOW,
            ),
            (
                "expires_on_month",
                impossible_day,
                _written(FIXED_DAY),
                texts.IMPOSSIBLE_FIXED_DAY,
            ),
        )
    ]


def _written(day: YearlyDay) -> pl.Expr:
    return pl.format("{}-{}", *(part.cast(pl.String).fill_null("?") for part in day))


def offerings_not_recorded(
    completions: pl.LazyFrame, trainings: pl.LazyFrame, users: pl.LazyFrame, day: date
) -> Check:
    """Window trainings whose completions are valid only because no later offering is recorded.

    Under the vendor's rule a completion stops being valid when the training is offered again, not
    when a window passes. If a window opened after a completion and has closed, and the last offered
    date did not change, either the training was not offered or nobody recorded the offering.

    Source: docs/rules.md section 2.

    There is one finding per such training. Only the latest completion of each person who has not
    left counts; offerings and completions after the day are ignored.
    """
    last, later = pl.col("window_last_offered_date"), pl.col("offered_later")
    windows = _windows(trainings, day)
    of_windows = completions.join(windows, left_on="training_id", right_on="id", how="semi")
    valid = _counted(of_windows, users, day).join(windows, left_on="training_id", right_on="id")
    first_renewal = WINDOW.closing(WINDOW.opens.year_after(_DAY))
    is_superseded = (pl.col("offering_opens") > _DAY).fill_null(False)
    relying = valid.filter(~is_superseded & (first_renewal < day))
    affected = relying.group_by("training_id").agg(
        pl.len().alias("people"), last.first(), later.first()
    )
    offered = (
        pl.when(last.is_not_null())
        .then(texts.sentence(texts.LAST_OFFERED))
        .when(later.is_not_null())
        .then(texts.sentence(texts.NEXT_OFFERED))
        .otherwise(pl.lit(texts.NEVER_OFFERED))
    )
    relying_people = texts.sentence(texts.RELYING)
    return Check(
        "offering_not_recorded",
        "trainings",
        "window_last_offered_date",
        affected.with_columns(pl.lit(day).alias("as_of")).with_columns(
            offered.alias("offered"), relying_people.alias("relying")
        ),
        texts.OFFERING_NOT_RECORDED,
        record="training_id",
        value="window_last_offered_date",
    )


def _windows(trainings: pl.LazyFrame, day: date) -> pl.LazyFrame:
    """Trainings with a valid window, and the first day of their last offering up to a day."""
    last = pl.col("window_last_offered_date")
    opening = WINDOW.opens.in_year(WINDOW.opened(last))
    return (
        trainings.unique("id", keep="first", maintain_order=True)
        .filter(pl.col("schedule_type") == "window", are_possible(*WINDOW))
        .with_columns(
            pl.when(last <= day).then(last).alias("window_last_offered_date"),
            pl.when(last > day).then(last).alias("offered_later"),
        )
        .with_columns(
            pl.when(WINDOW.holds(last)).then(opening).otherwise(last).alias("offering_opens")
        )
    )


def _counted(completions: pl.LazyFrame, users: pl.LazyFrame, day: date) -> pl.LazyFrame:
    """The latest completion of each person and training up to a day, except of people who left.

    A latest completion with a special expiration date is left out: that date alone applies to it.
    """
    leavers = employment(users).filter(has_left(day)).select("m_user_id")
    return (
        completions.filter(day >= _DAY)
        .join(leavers, on="m_user_id", how="anti")
        .sort("date", "created", "id")
        .unique(_PAIR, keep="last", maintain_order=True)
        .filter(pl.col("special_expiration_date").is_null())
        .select(*_PAIR, "date")
    )
