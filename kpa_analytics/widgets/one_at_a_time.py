"""Changes of explorers happen one at a time.

JupyterLab handles clicks in a second thread while a cell runs. Without a lock, a choice that a cell
makes during the rebuild of a click counts as shown, and never is. There is one lock for all
explorers, because a change of one can change another: a dashboard's, or one that is linked to it.
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
