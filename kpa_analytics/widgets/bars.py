"""Bars that are selected in the expiry explorer's charts: as a trait, and as Vega-Lite has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import as_day
from kpa_analytics.statuses import STATUSES
from kpa_analytics.widgets.explorer_charts import BAR_FIELDS
from kpa_analytics.widgets.traits import Choice, ChoiceError, need_known

#: A bar: its `month` (the first day) or `training_id`, and its `status`.
Bar = Mapping[str, Any]

_KEYS = ({"month", "status"}, {"training_id", "status"})


class Bars(Choice[tuple[Bar, ...], Bar | Iterable[Bar] | None]):
    """Bars of trainings that are known; None is none of them."""

    default_value = ()
    info_text = (
        "bars such as {'training_id': 7, 'status': 'expired'} or "
        "{'month': '2026-07-01', 'status': 'expired'}"
    )

    def validate(self, obj: Any, value: object) -> tuple[Bar, ...]:
        """Take one bar, or several."""
        if value is None:
            return ()
        if isinstance(value, str | Mapping) or not isinstance(value, Iterable):
            value = [value]
        return tuple(self._bar(bar, obj.known[self.name]) for bar in value)

    def _bar(self, bar: object, trainings: set[int]) -> Bar:
        if not isinstance(bar, Mapping) or bar.keys() not in _KEYS:
            self.refuse(bar)
        if None in bar.values():
            raise ChoiceError(f"{self.name}: a bar needs a month or a training, and a status")
        need_known("status", bar["status"], STATUSES)
        if "month" in bar:
            try:
                return {**bar, "month": as_day(bar["month"], "month").replace(day=1)}
            except KPADataError as error:
                raise ChoiceError(str(error)) from None
        need_known("training_id", bar["training_id"], trainings)
        return dict(bar)


def bars_of_chart(picked: Sequence[Any]) -> list[Bar]:
    """The bars that are picked in a chart panel, as `selected` has them."""
    return [
        {**bar, "month": month_selected(bar["month"])} if "month" in bar else bar
        for bar in picked[1]
    ]


def bars_to_chart(bars: Sequence[Bar]) -> list[Any]:
    """The selected bars as a chart panel has them: in which of its charts, and which."""
    chart = next((at for at, field in enumerate(BAR_FIELDS) if bars and field in bars[0]), -1)
    return [
        chart,
        [
            {**bar, "month": month_to_select(bar["month"])} if "month" in bar else dict(bar)
            for bar in bars
        ],
    ]


def month_selected(moment: float | dict[str, int]) -> date:
    """The month that a chart's selection holds.

    Ours are midnights in UTC; of other charts, Vega reads a day as midnight where the browser is,
    at most 14 hours from that. 15 hours later it is, everywhere, one of the month's first
    two days.

    Args:
        moment: milliseconds since 1970, or what `month_to_select` made.

    Returns:
        The month's first day.

    Examples:
        >>> month_selected(1782864000000 - 10 * 3_600_000)  # July in Sydney is still June in UTC
        datetime.date(2026, 7, 1)
    """
    if isinstance(moment, dict):
        return date(moment["year"], moment["month"], 1)
    # Windows knows no timestamp before 1970.
    day = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=moment, hours=15)
    return day.date().replace(day=1)


def month_to_select(month: date) -> dict[str, int]:
    """A month as Vega-Lite's own day: midnight in UTC, as the chart has it."""
    return {"year": month.year, "month": month.month, "date": 1, "utc": True}


def same_bars(some: Sequence[Bar], others: Sequence[Bar]) -> bool:
    """Whether the same bars are selected, in any order."""
    return len(some) == len(others) and all(bar in others for bar in some)
