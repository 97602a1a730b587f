"""The selected bars of an explorer's charts, as a trait and in Vega-Lite's form."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from kpa_analytics.analysis.find import GIVE_ONE
from kpa_analytics.as_of import as_day
from kpa_analytics.calendar_days import monday_of
from kpa_analytics.charts.group_sessions import SIZES
from kpa_analytics.errors import KPADataError
from kpa_analytics.outcomes import OUTCOMES
from kpa_analytics.statuses import STATUSES
from kpa_analytics.whole_number import plain_number
from kpa_analytics.widgets.traits import Choice, ChoiceError, id_of, need_known

#: A bar: the values of the fields that identify it in its chart.
Bar = Mapping[str, Any]

#: Fields that are first days of months, and fields that are other days.
_MONTHS, _DAYS = ("month", "period"), ("week", "day")
#: The fields of what is selected in a figure above the charts, not in a chart: a number of days,
#: and the name of a figure.
DUE, FIGURE = "due_within", "figure"
#: The id of a group that is compared with others; "" for cases without a group.
GROUP = "group_id"
#: Fields with few values.
_NAMES = {"status": STATUSES, "outcome": OUTCOMES, "size": SIZES}


class Bars(Choice[tuple[Bar, ...], Bar | Iterable[Bar] | None]):
    """Several bars; None means no bars.

    Args:
        charts: the fields that identify a bar, for each chart; empty for a chart without bars to
            select.
        instead: the fields, if the reader's choices replace a chart by another one, by the number
            of the chart.
        figures: the names of the figures that can be selected like a bar, `{"figure": name}`.
        ends: what a bar at an end of an axis of months has in place of a month. A month of such a
            chart is ISO text.
        like: bars as an example.
        help: the trait's meaning.
    """

    default_value = ()

    def __init__(
        self,
        *charts: tuple[str, ...],
        instead: Mapping[int, tuple[str, ...]] = {},
        figures: Collection[str] = (),
        ends: Collection[str] = (),
        like: str,
        help: str,  # noqa: A002
    ) -> None:
        super().__init__(help=help)
        self._charts = [*enumerate(charts), *instead.items()]
        if figures:
            self._charts.append((len(charts), (FIGURE,)))
        self._figures, self._ends = figures, ends
        self.info_text = f"bars such as {like}"

    def validate(self, obj: Any, value: object) -> tuple[Bar, ...]:
        """Take one bar, or several."""
        if value is None:
            return ()
        if isinstance(value, str | Mapping) or not isinstance(value, Iterable):
            value = [value]
        return tuple(self._bar(obj, bar) for bar in value)

    def _bar(self, obj: Any, bar: object) -> Bar:
        if not isinstance(bar, Mapping) or self._chart(bar) is None:
            self.refuse(bar)
        return {field: self._value(obj, field, value) for field, value in bar.items()}

    def _chart(self, bar: Bar) -> int | None:
        """The number of the chart whose bars have these fields."""
        return next((at for at, fields in self._charts if {*fields} == {*bar}), None)

    def _value(self, obj: Any, field: str, value: Any) -> Any:
        value = plain_number(value)
        if field in ("start", "end"):
            if value is not None and type(value) is not int:
                self.refuse({field: value})
            return value
        if value is None:
            raise ChoiceError(f"{self.name}: the {field} of a bar must not be None")
        if field == DUE:
            return value if type(value) is int and value >= 0 else self.refuse({field: value})
        if field == FIGURE:
            need_known(field, value, self._figures)
            return value
        if field == GROUP:
            return str(value)
        if field in _MONTHS and value in self._ends:
            return value
        if field in (*_MONTHS, *_DAYS):
            return _first_day(field, value)
        if field in _NAMES:
            need_known(field, value, _NAMES[field])
            return value
        kind = "trainings" if field == "training_id" else "instructors"
        key = id_of(obj, field, value, kind)
        known = obj.known[kind if kind == "instructors" else self.name]
        need_known(field, key, known, GIVE_ONE)
        return key

    def of_chart(self, picked: Sequence[Any]) -> list[Bar]:
        """The bars selected in a chart panel, in the form of this trait."""
        return [
            {field: _selected(field, value) for field, value in bar.items()} for bar in picked[1]
        ]

    def to_chart(self, bars: Sequence[Bar]) -> list[Any]:
        """The selected bars in the form of a chart panel: the number of their chart, and the bars.

        A panel has selected bars in one chart only: those of the first bar's chart.
        """
        drawn = [bar for bar in bars if DUE not in bar and FIGURE not in bar]
        chart = self._chart(drawn[0]) if drawn else None
        if chart is None:
            return [-1, []]
        same = [bar for bar in drawn if self._chart(bar) == chart]
        return [
            chart,
            [{field: self._to_select(value) for field, value in bar.items()} for bar in same],
        ]

    def _to_select(self, value: Any) -> Any:
        if not isinstance(value, date):
            return value
        return value.isoformat() if self._ends else day_to_select(value)


def _first_day(field: str, value: Any) -> date:
    """The day of a bar: the first one of its month, or the Monday of its week."""
    try:
        day = as_day(value, field)
    except KPADataError as error:
        raise ChoiceError(str(error)) from None
    if field == "week":
        return monday_of(day)
    return day.replace(day=1) if field in _MONTHS else day


def _selected(field: str, value: Any) -> Any:
    """A value in a chart's selection in the form of the trait."""
    if isinstance(value, str):
        return value
    if field in _MONTHS:
        return month_selected(value)
    return _day_of(value) if field in _DAYS else value


def month_selected(moment: float | dict[str, int]) -> date:
    """The first day of the month in a chart's selection.

    Our charts send midnight in UTC, in milliseconds since 1970. Other charts send midnight in the
    browser's zone, which differs by at most 14 hours. With 15 hours added, both are on the first or
    second day of the month.

    Examples:
        >>> month_selected(1782864000000 - 10 * 3_600_000)  # July in Sydney is still June in UTC
        datetime.date(2026, 7, 1)
    """
    return _day_of(moment, hours=15).replace(day=1)


def _day_of(moment: float | dict[str, int], hours: int = 0) -> date:
    if isinstance(moment, dict):
        return date(moment["year"], moment["month"], moment["date"])
    # `datetime.fromtimestamp` fails on Windows for times before 1970.
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=moment, hours=hours)).date()


def day_to_select(day: date) -> dict[str, int | bool]:
    """A day in Vega-Lite's form: midnight in UTC, as in the chart."""
    return {"year": day.year, "month": day.month, "date": day.day, "utc": True}


def same_bars(some: Sequence[Bar], others: Sequence[Bar]) -> bool:
    """Whether the same bars are selected, in any order."""
    return len(some) == len(others) and all(bar in others for bar in some)


def selected_words(bars: Iterable[Bar], in_words: Callable[[Bar], str]) -> str:
    """The caption of a table with the rows behind these bars."""
    return f"Selected: {in_words_up_to([*bars], in_words)}"


def in_words_up_to(bars: Sequence[Bar], in_words: Callable[[Bar], str], most: int = 3) -> str:
    """The first bars in words, and the number of the others.

    Examples:
        >>> in_words_up_to([{"day": 1}, {"day": 2}, {"day": 3}], str, most=2)
        "{'day': 1}; {'day': 2}; and 1 more"
    """
    more = [f"and {len(bars) - most:,} more"] if len(bars) > most else []
    return "; ".join([*map(in_words, bars[:most]), *more])
