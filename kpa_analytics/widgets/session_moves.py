"""Two choices of the planner, as traits: the moved sessions and the selected session."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import as_day
from kpa_analytics.widgets.traits import Choice, ChoiceError

#: A session and its new week; None if it is dropped.
Move = Mapping[str, Any]


class SessionMoves(Choice[tuple[Move, ...], Move | Iterable[Move] | None]):
    """Sessions in other weeks; None means no moves.

    If a session is moved twice, the later move counts.
    """

    default_value = ()
    info_text = "moves such as {'session': 3, 'week': '2026-07-20'}"

    def validate(self, obj: Any, value: object) -> tuple[Move, ...]:
        """Take one move, or several."""
        if value is None:
            return ()
        if isinstance(value, str | Mapping) or not isinstance(value, Iterable):
            value = [value]
        moves = {move["session"]: move for move in map(self._move, value)}
        return tuple(moves.values())

    def _move(self, move: object) -> Move:
        if not isinstance(move, Mapping) or {*move} != {"session", "week"}:
            self.refuse(move)
        if type(move["session"]) is not int:
            self.refuse(move)
        if move["week"] is None:
            return {"session": move["session"], "week": None}
        try:
            day = as_day(move["week"], "week")
        except KPADataError as error:
            raise ChoiceError(str(error)) from None
        return {"session": move["session"], "week": day - timedelta(days=day.weekday())}


class SessionNumber(Choice[int | None, int | None]):
    """The number of a planned session, or None."""

    default_value = None
    info_text = "the number of a session, or None"

    def validate(self, obj: Any, value: object) -> int | None:
        """Accept whole numbers and None."""
        return value if value is None or type(value) is int else self.refuse(value)
