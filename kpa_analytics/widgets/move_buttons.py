"""The buttons of the planner that move, drop and restore the selected session."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import ipywidgets as ipw

from kpa_analytics.analysis.planner_view import DROPPED

if TYPE_CHECKING:
    from kpa_analytics.analysis.planning.booked_plan import BookedPlan


def move_buttons(
    shift: Callable[[int], None], drop: Callable[[], None], restore: Callable[[], None]
) -> list[ipw.Button]:
    """Make the buttons, which are off until a session is selected.

    Args:
        shift: moves the selected session by a number of weeks.
        drop: leaves it out.
        restore: puts it back in its planned week.
    """
    return [
        _button("Earlier", "Hold the selected session a week earlier", lambda: shift(-1)),
        _button("Later", "Hold the selected session a week later", lambda: shift(1)),
        _button("Drop", "Leave out the selected session", drop),
        _button("Restore", "Hold the selected session as planned", restore),
    ]


def enable(
    buttons: Sequence[ipw.Button], session: Mapping[str, Any] | None, plan: BookedPlan
) -> None:
    """Turn on the buttons that change a session, and turn off those that would do nothing.

    Args:
        buttons: the result of `move_buttons`.
        session: the row of the selected session, as `PlannerView.sessions` has it, or None.
        plan: the plan.
    """
    useful = dict.fromkeys((button.description for button in buttons), False)
    if session is not None:
        useful = {
            "Earlier": session["week"] > plan.first_week,
            "Later": session["week"] + timedelta(weeks=1) <= plan.last_day,
            "Drop": session["change"] != DROPPED,
            "Restore": session["change"] is not None,
        }
    for button in buttons:
        button.disabled = not useful[button.description]


def _button(label: str, hint: str, work: Callable[[], None]) -> ipw.Button:
    button = ipw.Button(description=label, tooltip=hint, disabled=True)
    button.add_class("kpa-button")
    button.on_click(lambda _: work())
    return button
