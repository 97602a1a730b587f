"""The selected bars of the expiry explorer's charts, as a trait and in Vega-Lite's form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import as_day
from kpa_analytics.statuses import EXPIRED, STATUSES
from kpa_analytics.widgets.traits import Choice, ChoiceError, id_of, need_known

#: A bar: its `month` (the first day) or `training_id`, and its `status`.
Bar = Mapping[str, Any]

#: The field, beside the status, that identifies a bar of each of the explorer's charts.
_FIELDS = ("month", "training_id")


class Bars(Choice[tuple[Bar, ...], Bar | Iterable[Bar] | None]):
    """Several bars, of known trainings; None means no bars."""

    default_value = ()
    info_text = (
        f"bars such as {{'training_id': 7, 'status': {EXPIRED!r}}} or "
        f"{{'month': '2026-07-01', 'status': {EXPIRED!r}}}"
    )

    def validate(self, obj: Any, value: object) -> tuple[Bar, ...]:
        """Take one bar, or several."""
        if value is None:
            return ()
        if isinstance(value, str | Mapping) or not isinstance(value, Iterable):
            value = [value]
        return tuple(self._bar(obj, bar) for bar in value)

    def _bar(self, obj: Any, bar: object) -> Bar:
        if not isinstance(bar, Mapping) or bar.keys() not in [
            {field, "status"} for field in _FIELDS
        ]:
            self.refuse(bar)
        if None in bar.values():
            raise ChoiceError(f"{self.name}: a bar needs a month or a training, and a status")
        need_known("status", bar["status"], STATUSES)
        if "month" in bar:
            try:
                return {**bar, "month": as_day(bar["month"], "month").replace(day=1)}
            except KPADataError as error:
                raise ChoiceError(str(error)) from None
        training = id_of(obj, "training_id", bar["training_id"], "trainings")
        need_known("training_id", training, obj.known[self.name])
        return {**bar, "training_id": training}


def bars_of_chart(picked: Sequence[Any]) -> list[Bar]:
    """The bars selected in a chart panel, in the form of the trait `selected`."""
    return [
        {**bar, "month": month_selected(bar["month"])} if "month" in bar else bar
        for bar in picked[1]
    ]


def bars_to_chart(bars: Sequence[Bar]) -> list[Any]:
    """The selected bars in the form of a chart panel: the number of its chart, then the bars."""
    chart = next((at for at, field in enumerate(_FIELDS) if bars and field in bars[0]), -1)
    return [
        chart,
        [
            {**bar, "month": month_to_select(bar["month"])} if "month" in bar else dict(bar)
            for bar in bars
        ],
    ]


def month_selected(moment: float | dict[str, int]) -> date:
    """The first day of the month in a chart's selection.

    Our charts send midnight in UTC, in milliseconds since 1970. Other charts send midnight in the
    browser's zone, which differs by at most 14 hours. With 15 hours added, both are on the first or
    second day of the month.

    Examples:
        >>> month_selected(1782864000000 - 10 * 3_600_000)  # July in Sydney is still June in UTC
        datetime.date(2026, 7, 1)
    """
    if isinstance(moment, dict):
        return date(moment["year"], moment["month"], 1)
    # `datetime.fromtimestamp` fails on Windows for times before 1970.
    day = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=moment, hours=15)
    return day.date().replace(day=1)


def month_to_select(month: date) -> dict[str, int]:
    """The first day of a month in Vega-Lite's form: midnight in UTC, as in the chart."""
    return {"year": month.year, "month": month.month, "date": 1, "utc": True}


def same_bars(some: Sequence[Bar], others: Sequence[Bar]) -> bool:
    """Whether the same bars are selected, in any order."""
    return len(some) == len(others) and all(bar in others for bar in some)
