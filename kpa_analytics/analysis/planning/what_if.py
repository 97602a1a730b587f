"""`what_if()`: the statuses as they would be after planned sessions."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.analysis.composed import composed_trainings
from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.analysis.planning.session_plan import SessionPlan
from kpa_analytics.analysis.requirements import required_pairs, requirements
from kpa_analytics.analysis.training_titles import training_titles
from kpa_analytics.as_of import Day, as_day, day_of
from kpa_analytics.data.training_data import TrainingData, need_training_data
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import AnyFrame, need, need_same_account
from kpa_analytics.schema import COMPLETIONS, PLANNED_PEOPLE, PLANNED_SESSIONS, WHAT_IF, Column
from kpa_analytics.wording import day as in_words
from kpa_analytics.wording import listing

#: A plan, its people, its sessions (perhaps moved) with its people, or a frame of one's own.
Sessions = SessionPlan | AnyFrame | tuple[AnyFrame, AnyFrame]

_PLACES = PLANNED_PEOPLE._replace(
    name="sessions", columns=(*PLANNED_PEOPLE.columns, Column("date", pl.Date, "the day"))
)
_MOVED = PLANNED_SESSIONS._replace(name="sessions")
_NOUNS = {
    "session": "session number",
    "m_user_id": "person",
    "training_id": "training",
    "date": "day",
}


def what_if(
    data: TrainingData,
    sessions: Sessions,
    *,
    as_of: Day | None = None,
    until: Day | None = None,
    expiring_days: int = 30,
    required: AnyFrame | None = None,
) -> pl.DataFrame:
    """Give the statuses as they would be after planned sessions.

    Each person of each session is assumed to complete the training on the day of the session.
    `expiry_status()` then computes every status as usual, including those of composed trainings.
    The records stay as they are. All completions up to `until` count, even those after `as_of`.
    People who have left by `until` have no rows, as in `expiry_status()`.

    Args:
        data: the records, as `load_all()` returns them.
        sessions: the result of `plan_sessions()`; or its `people`, or any frame of m_user_id,
            training_id and `date` (or `week`); or its `sessions` and `people` as a pair, after you
            changed a `week` or left out rows of `sessions`. People of a session that is left out
            have no place.
        as_of: the day of the plan, before which no session can be; a date or ISO text. Default:
            the day of the plan if `sessions` is one, else today, or for demo data `demo.AS_OF`.
        until: the day of the statuses, not before `as_of`; sessions after it do not count. Default:
            the day of the last session, or `as_of` if there is none.
        expiring_days: days before expiration that count as expiring, for trainings without their
            own number of days; default 30.
        required: the requirements, as for `expiry_status()`; default: the vendor's employee status,
            if `data` has it.

    Returns:
        A frame in `schema.WHAT_IF`: the columns of `expiry_status()`, and `hypothetical`, which is
        true for a row that rests on a planned session. Its completion_id is negative, or null for a
        composed training. Charts of such a frame say that the sessions have not been held.

    Raises:
        KPADataError: a session is before `as_of`, a person or training is not in the records, a row
            of `sessions` has an empty value, a session number occurs twice or has no people, the
            plan is of another account, or another argument is invalid; the message names it.

    Examples:
        >>> from kpa_analytics.schema import TRAININGS
        >>> done = pl.DataFrame(
        ...     [{"id": 1, "training_id": 7, "m_user_id": "ann", "date": date(2025, 5, 4)}],
        ...     schema=COMPLETIONS.schema)
        >>> catalogue = pl.DataFrame(
        ...     [{"id": 7, "title": "Ladders", "schedule_type": "rolling", "renewal_months": 12}],
        ...     schema=TRAININGS.schema)
        >>> data = TrainingData(completions=done, trainings=catalogue)
        >>> planned = pl.DataFrame(
        ...     {"m_user_id": ["ann"], "training_id": [7], "date": [date(2026, 7, 6)]})
        >>> after = what_if(data, planned, as_of="2026-06-30")
        >>> after.select("completion_id", "expiration_date", "status", "hypothetical").row(0)
        (-1, datetime.date(2027, 7, 6), 'current', True)
    """
    need_training_data(data)
    of_plan = sessions.as_of if isinstance(sessions, SessionPlan) else None
    need_same_account(data.account, sessions.account if isinstance(sessions, SessionPlan) else None)
    day = day_of(of_plan if as_of is None else as_of, data.completions, data.users)
    needed = requirements(data, required)
    planned = _planned(data, _places(sessions), needed, day)
    last = _last_day(planned, day, until)
    status = expiry_status(
        pl.concat([data.completions, planned], how="diagonal_relaxed"),
        data.trainings,
        data.users,
        as_of=last,
        expiring_days=expiring_days,
        required=needed,
    )
    own = (pl.col("completion_id") < 0).fill_null(False)
    marked = status.with_columns(own.alias("hypothetical"))
    return _composed_marked(marked, data.trainings).select(WHAT_IF.schema.names())


def _places(sessions: Sessions) -> pl.DataFrame:
    """One row per person and session: m_user_id, training_id and date."""
    if isinstance(sessions, SessionPlan):
        sessions = sessions.people
    if isinstance(sessions, tuple):
        if len(sessions) != 2:
            raise KPADataError(f"sessions: expected a pair of frames, not {len(sessions)}")
        return _moved(*sessions)
    named = ("m_user_id", "training_id")
    frame = need(sessions, _PLACES, *named)
    day = "week" if "week" in frame.collect_schema() else "date"
    return _complete(need(frame, _PLACES, day).select(*named, pl.col(day).alias("date")))


def _moved(sessions: AnyFrame, people: AnyFrame) -> pl.DataFrame:
    """The places of sessions that may have been moved or dropped."""
    listed = need(sessions, _MOVED, "session", "week").select("session", date="week")
    named = ("session", "m_user_id", "training_id")
    days = _complete(listed, " of the sessions")
    places = _complete(need(people, _PLACES, *named).select(named), " of the people")
    number = pl.col("session")
    for offenders, said in (
        (days.filter(number.is_duplicated()), "several rows have the session number"),
        (
            days.join(places, on="session", how="anti"),
            "no people are listed for session",
        ),
    ):
        if offenders.height:
            numbers = offenders["session"].unique().sort().cast(pl.String).to_list()
            raise KPADataError(f"sessions: {said} {listing(numbers)}")
    return places.join(days, on="session", maintain_order="left").drop("session")


def _complete(rows: pl.LazyFrame, of_which: str = "") -> pl.DataFrame:
    """The rows; a KPADataError names the first row that has an empty value, and what it lacks."""
    frame = rows.collect(engine="in-memory")
    lacking = frame.with_row_index("row", 1).filter(pl.any_horizontal(pl.all().is_null()))
    for row in lacking.head(1).iter_rows(named=True):
        nouns = " and no ".join(_NOUNS[name] for name in frame.columns if row[name] is None)
        raise KPADataError(f"sessions: row {row['row']:,}{of_which} has no {nouns}")
    return frame


def _planned(
    data: TrainingData, rows: pl.DataFrame, needed: pl.DataFrame | None, day: date
) -> pl.DataFrame:
    """A completion for each place, with an id below 0."""
    _check(data, rows, needed, day)
    numbers = -pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
    return rows.with_columns(numbers.alias("id")).select(
        pl.col(name).cast(COMPLETIONS.schema[name])
        for name in ("id", "training_id", "m_user_id", "date")
    )


def _check(data: TrainingData, rows: pl.DataFrame, needed: pl.DataFrame | None, day: date) -> None:
    """Raise a KPADataError for a session before the day, or of an unknown person or training."""
    past = rows.filter(pl.col("date") < day)["date"].unique().sort()
    if past.len():
        days = listing([in_words(each) for each in past])
        raise KPADataError(
            f"sessions: no session can be planned before as_of, {in_words(day)}: {days}"
        )
    trainings = training_titles(data, needed)["training_id"]
    required = required_pairs(needed).select("m_user_id").collect()
    people = pl.concat([data.users["id"], data.completions["m_user_id"], required["m_user_id"]])
    for column, known, noun in (
        ("training_id", trainings, "training"),
        ("m_user_id", people, "person"),
    ):
        unknown = rows.filter(~pl.col(column).is_in(known.implode()))[column].unique().sort()
        if unknown.len():
            ids = listing([str(each) for each in unknown])
            raise KPADataError(f"sessions: no {noun} in the records has the id {ids}")


def _last_day(planned: pl.DataFrame, day: date, until: Day | None) -> date:
    if until is None:
        return planned["date"].max() or day  # type: ignore[return-value]
    last = as_day(until, "until")
    if last < day:
        raise KPADataError(
            f"until must not be before as_of: until is {in_words(last)}, as_of is {in_words(day)}"
        )
    return last


def _composed_marked(status: pl.DataFrame, trainings: pl.DataFrame) -> pl.DataFrame:
    """Mark the composed trainings whose row rests on a hypothetical row of an included one."""
    case = ["m_user_id", "training_id"]
    for generation in composed_trainings(trainings):
        pairs = pl.DataFrame(
            [(training, each) for training, included in generation.items() for each in included],
            schema={"training_id": pl.Int64, "included_id": pl.Int64},
            orient="row",
        )
        planned = status.filter("hypothetical").select("m_user_id", included_id="training_id")
        through = (
            status.filter(pl.col("expiration_source") == "composed")
            .select(case)
            .join(pairs, on="training_id")
            .join(planned, on=["m_user_id", "included_id"], how="semi")
            .select(*case, through=True)
            .unique()
        )
        status = (
            status.join(through, on=case, how="left", maintain_order="left")
            .with_columns(pl.col("hypothetical") | pl.col("through").fill_null(False))
            .drop("through")
        )
    return status
