"""The trainings of one person through time: when each was valid, and when it was not."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from kpa_analytics.analysis.person_spans import SPANS, PersonRecords
from kpa_analytics.analysis.requirements import required_pairs
from kpa_analytics.analysis.schedules import as_expiring_days
from kpa_analytics.as_of import day_of
from kpa_analytics.charts.person_lanes import MOST_BARS, Axis, bar_places, lanes, newest
from kpa_analytics.charts.status_rows import StatusRows
from kpa_analytics.charts.styled import nothing_to_show
from kpa_analytics.charts.text import not_drawn
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import need, need_if_known, need_same_account
from kpa_analytics.names import people_names
from kpa_analytics.schema import COMPLETIONS, TRAININGS, USERS
from kpa_analytics.statuses import FROM_REQUIREMENTS, SEVERITY
from kpa_analytics.whole_number import whole_number
from kpa_analytics.wording import count, day, one_line

if TYPE_CHECKING:
    import altair as alt

    from kpa_analytics.as_of import Day
    from kpa_analytics.inputs import AnyFrame

_TITLE = "Trainings of one person through time"
_NOTHING = "No trainings to show"
#: Days of the axis before and after `as_of`, at least.
_MARGIN = 60
#: Why trainings are not drawn.
_REASONS = {"others": "{number:training|trainings} in a better state"}


def person_timeline_table(
    completions: AnyFrame,
    trainings: AnyFrame | None = None,
    users: AnyFrame | None = None,
    *,
    m_user_id: str | None = None,
    as_of: Day | None = None,
    required: AnyFrame | None = None,
    expiring_days: int = 30,
    years: int = 5,
) -> pl.DataFrame:
    """List the statuses of one person's trainings through time, as spans of days.

    Args:
        completions: as `load_completions()` returns them, of this person or of many people.
        trainings: as `load_trainings()` returns them.
        users: as `load_users()` returns them, for the name.
        m_user_id: the person; not needed if the completions are of one person.
        as_of: the day; later completions do not count. Default: today, or
            for demo data `demo.AS_OF`.
        required: who must have which training, as for `expiry_status`. Without it, nobody is known
            to miss a training.
        expiring_days: as for `expiry_status`; default 30.
        years: the spans begin so many years before `as_of`, 1 to 10.

    Returns:
        training_id, training, status, first, last (Date; null if there is no end), ahead (Boolean;
        False up to `as_of`, True for how long a valid completion stays valid afterwards if it is
        not renewed). Sorted by training_id and first.

    Raises:
        KPADataError: a column is missing, `as_of` is not a day, `m_user_id` is needed or unknown,
            or `years` is not 1 to 10.

    Examples:
        >>> done = pl.DataFrame(
        ...     [{"id": 1, "training_id": 7, "m_user_id": "a", "date": date(2026, 6, 1),
        ...       "special_expiration_date": date(2026, 6, 20)}], schema=COMPLETIONS.schema)
        >>> person_timeline_table(done, as_of="2026-06-30").select("status", "first", "last").rows()
        [('expiring', datetime.date(2026, 6, 1), datetime.date(2026, 6, 20)),
         ('expired', datetime.date(2026, 6, 21), datetime.date(2026, 6, 30))]
    """
    person = _person(
        completions, trainings, users, m_user_id, as_of, required, expiring_days, years
    )
    return person.spans if person else pl.DataFrame(schema=SPANS)


def person_timeline(
    completions: AnyFrame,
    trainings: AnyFrame | None = None,
    users: AnyFrame | None = None,
    *,
    m_user_id: str | None = None,
    as_of: Day | None = None,
    required: AnyFrame | None = None,
    expiring_days: int = 30,
    years: int = 5,
    top: int = 20,
    dark: bool = False,
) -> alt.LayerChart:
    """Draw the validity of one person's trainings as bars through time, gaps at the top.

    A line marks `as_of`. Pale bars after it show how long each training stays valid. Bars of each
    status have their own colour, height and, with enough room, sign.

    Args:
        completions: as `load_completions()` returns them, of this person or of many people.
        trainings: as `load_trainings()` returns them.
        users: as `load_users()` returns them, for the name.
        m_user_id: the person; not needed if the completions are of one person.
        as_of: the day; later completions do not count. Default: today, or
            for demo data `demo.AS_OF`.
        required: who must have which training, as for `expiry_status`. Without it, missing is
            "not known", not 0.
        expiring_days: as for `expiry_status`; default 30.
        years: number of years to draw before `as_of` and at most after it, 1 to 10.
        top: number of trainings to draw, 1 to 40; the subtitle counts the others.
        dark: True for a dark background.

    Returns:
        The chart; its data is `person_timeline_table(...)`.

    Raises:
        KPADataError: as `person_timeline_table`, or `top` is not 1 to 40.

    Examples:
        >>> person_timeline(COMPLETIONS.empty(), as_of="2026-06-30").description
        'Trainings of one person through time. No trainings to show.'
    """
    whole_number(top, "top", 40)
    person = _person(
        completions, trainings, users, m_user_id, as_of, required, expiring_days, years
    )
    if person is None or person.status.is_empty():
        return nothing_to_show(_TITLE, _NOTHING, dark=dark, demo=bool(person and person.demo))
    order = _worst_first(person.status).head(top)
    spans = newest(person.spans, person.axis)
    bars = bar_places(spans, order, person.axis)
    fits = order.filter(pl.col("place") < _lanes_that_fit(bars))
    rest = person.status.height - fits.height
    rows = StatusRows(person.status, person.axis.today, person.known, person.demo)
    gaps = int(person.status["status"].is_in(rows.gaps).sum())
    of_fits = pl.col("training_id").is_in(fits["training_id"].implode())
    crowded = person.spans.filter(of_fits).height - spans.filter(of_fits).height
    earlier = [
        f"Not drawn: days before {day(person.axis.first)}" if person.cut else "",
        f"Not drawn: {count(crowded, 'earlier bar')} for which there is no room" if crowded else "",
    ]
    return lanes(
        bars.filter(pl.col("place") < fits.height),
        fits,
        person.axis,
        title=_title(person, gaps, rows),
        subtitle=[
            rows.dated(f"{_TITLE}: {count(person.status.height, 'training')}, gaps first"),
            "Pale bars: how long a training stays valid if it is not renewed",
            rows.not_known,
            not_drawn({"others": rest}, _REASONS),
            *earlier,
        ],
        demo=person.demo,
        dark=dark,
    )


class _Person(NamedTuple):
    """The content of a chart of one person; `cut`: there are completions before the axis."""

    name: str
    spans: pl.DataFrame
    status: pl.DataFrame
    axis: Axis
    known: bool
    demo: bool
    cut: bool


def _person(
    completions: AnyFrame,
    trainings: AnyFrame | None,
    users: AnyFrame | None,
    m_user_id: str | None,
    as_of: Day | None,
    required: AnyFrame | None,
    expiring_days: int,
    years: int,
) -> _Person | None:
    """Read the records of the person; None if there are none."""
    need_same_account(completions, trainings, users, required)
    today, ahead = day_of(as_of, completions, users), as_expiring_days(expiring_days)
    whole_number(years, "years", 10)
    need_if_known(trainings, TRAININGS, "id"), need_if_known(users, USERS, "id")
    required_pairs(required)
    who = _who(completions, users, m_user_id, required)
    if who is None:
        return None
    records = PersonRecords(who, completions, trainings, users, required)
    status = records.status(today, ahead)
    begun = records.completions["date"].drop_nulls().min()
    earliest = _years_from(today, -years)
    first = max(earliest, begun) if isinstance(begun, date) and begun <= today else earliest
    ends = status["expiration_date"].drop_nulls().max()
    last = min(ends, _years_from(today, years)) if isinstance(ends, date) else today
    spans = records.spans(first, today, ahead)
    shown = spans["first"].min()
    if isinstance(shown, date):
        first = max(first, min(shown, _days_from(today, -_MARGIN)))
    axis = Axis(first, today, max(last, _days_from(today, _MARGIN)))
    named = (
        people_names(users, "m_user_id", "user")
        .filter(pl.col("m_user_id") == who)
        .collect(engine="in-memory")
    )
    return _Person(
        name=one_line(named["user"][0] if named.height else who, 60),
        spans=spans,
        status=status,
        axis=axis,
        known=required is not None or bool(status["status"].is_in(FROM_REQUIREMENTS).any()),
        demo=is_demo(records.completions, status),
        cut=isinstance(begun, date) and begun < earliest,
    )


def _who(
    completions: AnyFrame,
    users: AnyFrame | None,
    m_user_id: str | None,
    required: AnyFrame | None,
) -> str | None:
    """The person: the one that is named, or else the only one of the completions."""
    if not isinstance(m_user_id, str | None):
        raise KPADataError(f"m_user_id must be the id of a person, not {m_user_id!r}")
    people = need(completions, COMPLETIONS, "m_user_id", "date").select(
        pl.col("m_user_id").drop_nulls().unique()
    )
    with_completions = people.collect(engine="in-memory")["m_user_id"]
    if m_user_id is None:
        if with_completions.len() > 1:
            raise KPADataError(
                f"these completions are of {count(with_completions.len(), 'person', 'people')}; "
                "give the id of one as m_user_id"
            )
        return str(with_completions[0]) if with_completions.len() else None
    in_users = [] if users is None else [users.lazy().select("id")]
    listed = [required_pairs(required).select(pl.col("m_user_id").alias("id")), *in_users]
    if m_user_id in with_completions or any(
        frame.filter(pl.col("id") == m_user_id).collect(engine="in-memory").height
        for frame in listed
    ):
        return m_user_id
    raise KPADataError(f"m_user_id {m_user_id!r} is not in these records")


def _years_from(today: date, years: int) -> date:
    """The day so many years away, within the years 1 to 9999."""
    year = min(max(today.year + years, 1), 9999)
    return today.replace(year=year, day=28 if (today.month, today.day) == (2, 29) else today.day)


def _days_from(today: date, days: int) -> date:
    """The day so many days away, within the years 1 to 9999."""
    ordinal = min(max(today.toordinal() + days, 1), date.max.toordinal())
    return date.fromordinal(ordinal)


def _worst_first(status: pl.DataFrame) -> pl.DataFrame:
    severity = {name: number for number, name in enumerate(SEVERITY)}
    rank = pl.col("status").cast(pl.String).replace_strict(severity, return_dtype=pl.Int64)
    return (
        status.sort(rank, pl.col("days_left"), "training", "training_id", nulls_last=True)
        .select("training_id", "training", "status", "expiration_date")
        .with_row_index("place")
        .with_columns(pl.col("place").cast(pl.Int64))
    )


def _lanes_that_fit(bars: pl.DataFrame) -> int:
    """The number of trainings whose bars are not too many for one chart."""
    sizes = bars.group_by("place").len().sort("place")["len"].cum_sum()
    return max(int((sizes <= MOST_BARS).sum()), 1)


def _title(person: _Person, gaps: int, rows: StatusRows) -> str:
    """The finding, as the title: how many trainings of the person are gaps."""
    return f"{person.name}: {gaps:,} of {count(person.status.height, 'training')} {rows.gap_words}"
