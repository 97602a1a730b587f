"""Changes of explorers happen one at a time.

JupyterLab handles clicks in a second thread while a cell runs. Without a lock, an explorer could
take a choice that a cell makes while it handles a click for one that it already shows, and never
show it. There is one lock for all explorers, because a change of one can change another: those of a
dashboard, and those that are linked.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from threading import RLock
from typing import ParamSpec, TypeVar

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")
#: The lock. The thread that has it can take it again.
CHANGING = RLock()


def one_at_a_time(work: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """Let no other thread change an explorer while `work` runs."""

    @wraps(work)
    def alone(*args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        with CHANGING:
            return work(*args, **kwargs)

    return alone
