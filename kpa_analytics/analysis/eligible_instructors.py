"""Who may teach each training next: people who taught it lately, are employed and hold it.

Source: this project's decision (docs/rules.md section 10); the statuses are those of the engine.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.analysis.engine import Engine, Rules
from kpa_analytics.analysis.limiting import HELD
from kpa_analytics.analysis.periods import as_months, in_last_months
from kpa_analytics.analysis.planning.session_texts import NOBODY_TAUGHT, NOBODY_TAUGHT_IN_A_MONTH
from kpa_analytics.as_of import Day, as_day, day_of
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.employment import employment, has_left
from kpa_analytics.inputs import AnyFrame, Frame, as_table, computed, need, need_same_account, typed
from kpa_analytics.names import known_trainings, with_names
from kpa_analytics.schema import COMPLETIONS, ELIGIBLE_INSTRUCTORS, TRAININGS, USERS
from kpa_analytics.statuses import EXPIRED, EXPIRING_DAYS
from kpa_analytics.wording import day_texts, say

_READ = ("id", "training_id", "m_user_id", "created", "date", "special_expiration_date")
_TEACHING = ("training_id", "m_instructor_id")
_MONTHS = 24
_VALID = pl.col("is_valid").fill_null(False)
_ELIGIBLE = _VALID & pl.col("is_known").eq_missing(True) & ~pl.col("has_left").eq_missing(True)
_NOBODY = pl.col("m_instructor_id").is_null()


def eligible_instructors(
    completions: Frame,
    trainings: AnyFrame,
    users: AnyFrame,
    *,
    as_of: Day | None = None,
    months: int = _MONTHS,
) -> Frame:
    """List who taught each training lately, and whether they may teach it next.

    An instructor is eligible if the person is in `users` and has not left on `as_of`, and if the
    person's own certificate of the training is current or expiring on `as_of`. A person who taught
    a training but has no completion of it, and does not hold it through included trainings, is not
    eligible: nothing shows that the person holds it. Source: docs/rules.md section 10.

    Args:
        completions: as `load_completions()` returns them. Completions after `as_of` or without a
            date do not show who taught. A LazyFrame is collected when the result is.
        trainings: as `load_trainings()` returns them.
        users: as `load_users()` returns them.
        as_of: the day; a date or ISO text. Default: today, or for demo data `demo.AS_OF`.
        months: an instructor must have taught the training in this number of calendar months up to
            `as_of`, 1 to 1200; default 24.

    Returns:
        A frame of the same kind as `completions` in the columns of `schema.ELIGIBLE_INSTRUCTORS`:
        one row for each training of `trainings` or `completions` and each person who taught it in
        these months. A training that nobody taught has one row without an instructor. Sorted by
        title and id of the training, then eligible instructors first, those who are eligible
        longest first. `reason` says why somebody is not eligible. `last_eligible_until` is the
        last day on which anybody is eligible to teach the training, if no certificate is renewed.

    Raises:
        KPADataError: a column is missing, `as_of` or `months` is invalid, or composed trainings
            include each other in a circle.

    Examples:
        >>> from datetime import date
        >>> from kpa_analytics.schema import COMPLETIONS, TRAININGS, USERS
        >>> done = pl.DataFrame(
        ...     [{"id": 1, "training_id": 7, "m_user_id": "ike", "date": date(2025, 9, 1)},
        ...      {"id": 2, "training_id": 7, "m_user_id": "ann", "date": date(2026, 5, 4),
        ...       "m_instructor_id": "ike"}],
        ...     schema=COMPLETIONS.schema)
        >>> catalogue = pl.DataFrame(
        ...     [{"id": 7, "title": "Ladders", "schedule_type": "rolling", "renewal_months": 12}],
        ...     schema=TRAININGS.schema)
        >>> people = pl.DataFrame([{"id": "ike"}, {"id": "ann"}], schema=USERS.schema)
        >>> instructors = eligible_instructors(done, catalogue, people, as_of="2026-06-30")
        >>> instructors.select("training", "instructor", "eligible", "last_eligible_until").row(0)
        ('Ladders', 'ike', True, datetime.date(2026, 9, 1))
        >>> later = eligible_instructors(done, catalogue, people, as_of="2026-09-02")
        >>> later["reason"].item()
        'own certificate expired on 1 Sep 2026'
    """
    need_same_account(completions, trainings, users)
    as_day(as_of)  # checked before a LazyFrame is collected
    as_months(months)
    need(completions, COMPLETIONS, *_READ, "m_instructor_id")
    completions = typed(completions, COMPLETIONS)
    trainings = need(trainings, TRAININGS, *TRAININGS.schema)
    users = typed(need(users, USERS, "id"), USERS)
    employment(users)

    rules = Rules(trainings)

    def instructors(records: pl.DataFrame) -> pl.DataFrame:
        day = day_of(as_of, records, users)
        has_taught = pl.col("m_user_id").is_in(records["m_instructor_id"].unique().implode())
        certificates = Engine(records.filter(has_taught), rules, users, None, only=day)
        status = certificates.status(day, EXPIRING_DAYS, include_terminated=True)
        return TeachingRecords(records, trainings, users).instructors(status, day, months)

    return computed(completions, instructors, ELIGIBLE_INSTRUCTORS)


class TeachingRecords:
    """Who taught which training when, for the instructors of any day.

    Args:
        completions: the records.
        trainings: their catalogue.
        users: the profiles of the people.
    """

    def __init__(
        self, completions: pl.DataFrame, trainings: AnyFrame | None, users: AnyFrame | None
    ) -> None:
        self._taught = (
            completions.lazy()
            .filter(pl.col("m_instructor_id").is_not_null(), pl.col("date").is_not_null())
            .group_by(*_TEACHING, "date")
            .agg(pl.len().cast(pl.Int64).alias("completions"))
            .collect(engine="in-memory")
        )
        known = known_trainings(completions.lazy(), trainings)
        self._trainings = known.collect(engine="in-memory")
        self._people = (
            employment(users)
            .rename({"m_user_id": "m_instructor_id"})
            .with_columns(pl.lit(True).alias("is_known"))
            .pipe(with_names, users, "m_instructor_id", "instructor")
            .collect(engine="in-memory")
        )
        self._is_demo = is_demo(completions, users)

    def instructors(self, status: pl.DataFrame, day: date, months: int = _MONTHS) -> pl.DataFrame:
        """The result of `eligible_instructors()` on a day.

        Args:
            status: the statuses on the day of everyone who ever taught, also of people who left.
            day: the day.
            months: as for `eligible_instructors()`.
        """
        taught = (
            self._taught.lazy()
            .filter(in_last_months(day, months))
            .group_by(_TEACHING)
            .agg(pl.col("completions").sum(), pl.col("date").max().alias("last_taught"))
        )
        has_taught = pl.col("m_user_id").is_in(self._taught["m_instructor_id"].implode())
        certificates = (
            status.lazy()
            .filter(has_taught)  # an instructor is one of many people, and a join reads them all
            .select(
                "training_id",
                pl.col("m_user_id").alias("m_instructor_id"),
                "expiration_date",
                "status",
                HELD.alias("is_valid"),
            )
        )
        last_day = pl.when(pl.col("left") > day).then(pl.col("left") - pl.duration(days=1))
        rows = (
            self._trainings.lazy()
            .join(taught, on="training_id", how="left")
            .join(certificates, on=_TEACHING, how="left")
            .join(self._people.lazy(), on="m_instructor_id", how="left")
            .with_columns(
                pl.col("completions").fill_null(0),
                pl.col("instructor").fill_null(pl.col("m_instructor_id")),
                has_left(day),
                pl.lit(self._is_demo).alias("demo"),
            )
            .with_columns(_ELIGIBLE.alias("eligible"))
            .with_columns(
                pl.when(~pl.col("eligible")).then(_reason(months)).alias("reason"),
                pl.when("eligible")
                .then(pl.min_horizontal("expiration_date", last_day))
                .alias("eligible_until"),
            )
            .with_columns(_last_eligible_until())
            .sort(
                *("training", "training_id", ~pl.col("eligible")),
                pl.col("eligible_until").fill_null(date.max),
                *("instructor", "m_instructor_id"),
                descending=[False, False, False, True, False, False],
            )
        )
        return as_table(rows, ELIGIBLE_INSTRUCTORS).collect(engine="in-memory")


def _reason(months: int) -> pl.Expr:
    """Why a person is not eligible."""
    reasons = [
        pl.when(pl.col("is_known").is_null()).then(pl.lit("not in the user list")),
        pl.when("has_left").then(pl.format("left on {}", day_texts(pl.col("left")))),
        pl.when(pl.col("status") == EXPIRED).then(
            pl.format("own certificate expired on {}", day_texts(pl.col("expiration_date")))
        ),
        pl.when(~_VALID & pl.col("status").ne_missing(EXPIRED)).then(
            pl.lit("no certificate of this training on record")
        ),
    ]
    each = pl.concat_str(reasons, separator=", ", ignore_nulls=True)
    return pl.when(_NOBODY).then(pl.lit(nobody_taught(months))).otherwise(each)


def nobody_taught(months: int = _MONTHS) -> str:
    """Why a training that nobody taught has no instructor, also one that is in no record."""
    return NOBODY_TAUGHT_IN_A_MONTH if months == 1 else say(NOBODY_TAUGHT, months=months)


def _last_eligible_until() -> pl.Expr:
    """The latest `eligible_until` of a training; null if nobody is eligible, or one has no end."""
    has_no_end = (pl.col("eligible") & pl.col("eligible_until").is_null()).any()
    latest = pl.col("eligible_until").max().over("training_id")
    return pl.when(~has_no_end.over("training_id")).then(latest).alias("last_eligible_until")
