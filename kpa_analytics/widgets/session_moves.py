"""Two choices of the planner, as traits: the moved sessions and the selected session."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from kpa_analytics.as_of import as_day
from kpa_analytics.calendar_days import monday_of
from kpa_analytics.errors import KPADataError
from kpa_analytics.whole_number import plain_number
from kpa_analytics.widgets.traits import Choice, ChoiceError
from kpa_analytics.wording import day as in_words

if TYPE_CHECKING:
    from kpa_analytics.analysis.planning.booked_plan import BookedPlan

#: A session and its new week; None if it is dropped. In a state, a move also has `OF_SESSION`.
Move = Mapping[str, Any]
_MOVE = {"session", "week"}
#: What a move in a state says about its session, as another plan can give its number to another.
OF_SESSION = ("training_id", "m_instructor_id", "planned")


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
        if not isinstance(move, Mapping) or {*move} not in (_MOVE, _MOVE | {*OF_SESSION}):
            self.refuse(move)
        move = {name: plain_number(value) for name, value in move.items()}
        if type(move["session"]) is not int:
            self.refuse(move)
        week = move["week"]
        week = None if week is None else _monday(week, "week")
        if "planned" in move:
            if type(move["training_id"]) is not int or type(move["m_instructor_id"]) is not str:
                self.refuse(move)
            return {**move, "week": week, "planned": _monday(move["planned"], "planned")}
        return {"session": move["session"], "week": week}


def _monday(value: Any, name: str) -> date:
    """The first day of the week of a day."""
    if value is None:
        raise ChoiceError(f"{name} must be a day such as 2026-06-30, not None")
    try:
        day = as_day(value, name)
    except KPADataError as error:
        raise ChoiceError(str(error)) from None
    return monday_of(day)


def of_session(move: Move, plan: BookedPlan) -> dict[str, Any]:
    """The training, instructor and planned week of the session with the number of a move."""
    row = plan.sessions.row(by_predicate=pl.col("session") == move["session"], named=True)
    return {name: row[name if name != "planned" else "week"] for name in OF_SESSION}


def need_in_plan(moves: Iterable[Move], plan: BookedPlan) -> None:
    """Refuse moves of sessions that the plan does not have, or to weeks outside it.

    Raises:
        ChoiceError: names the first such move.
    """
    known = {*plan.sessions["session"]}
    last = monday_of(plan.last_day)
    for move in moves:
        if move["session"] not in known:
            raise ChoiceError(f"moves: there is no session {move['session']} in this plan")
        session = of_session(move, plan)
        if any(move.get(name, now) != now for name, now in session.items()):
            raise ChoiceError(
                f"moves: session {move['session']} of this plan is not the session that was moved, "
                f"of training {move.get('training_id')}: the plan has changed"
            )
        week = move["week"]
        if week is not None and not plan.first_week <= week <= last:
            raise ChoiceError(
                f"moves: session {move['session']} cannot be in the week of {in_words(week)}: "
                f"the plan runs from {in_words(plan.first_week)} to {in_words(last)}"
            )


class SessionNumber(Choice[int | None, int | None]):
    """The number of a planned session, or None."""

    default_value = None
    info_text = "the number of a session, or None"

    def validate(self, obj: Any, value: object) -> int | None:
        """Accept whole numbers and None."""
        number = plain_number(value)
        return number if number is None or type(number) is int else self.refuse(value)
