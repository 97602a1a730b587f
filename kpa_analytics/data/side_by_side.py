"""Load several accounts at the same time, each within its own limit of requests."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Mapping
from queue import Empty, SimpleQueue
from typing import TypeVar

from kpa_analytics.data.progress import account_bar
from kpa_analytics.errors import about

Loaded = TypeVar("Loaded")
#: Windows delivers Ctrl-C only between two waits of a queue; seconds.
_WAIT = 0.2


def side_by_side(
    loads: Mapping[str, Callable[[], Loaded]], *, progress: bool
) -> tuple[dict[str, Loaded], dict[str, Exception]]:
    """Run one load per account in its own thread.

    A load mostly waits for the API, so one thread per account takes no more time than the slowest
    account alone. The threads end with the program: Ctrl-C does not wait for them.

    Args:
        loads: for each account, the function that loads it.
        progress: whether to show how many accounts are loaded.

    Returns:
        The results and the errors, each by account, in the order of the accounts.

    Raises:
        Warning: a warning that was made an error, as it would be without threads.

    Examples:
        >>> def broken():
        ...     raise OSError("no network")
        >>> loads = {"north": lambda: 1, "south": broken}
        >>> side_by_side(loads, progress=False)
        ({'north': 1}, {'south': OSError('no network')})
    """
    done: SimpleQueue[tuple[str, Loaded | None, BaseException | None]] = SimpleQueue()
    for name, load in loads.items():
        run = contextvars.copy_context().run
        threading.Thread(target=run, args=(_run, name, load, done), daemon=True).start()
    results: dict[str, Loaded] = {}
    errors: dict[str, Exception] = {}
    with account_bar(len(loads), shown=progress) as loaded:
        for _ in loads:
            name, result, error = _next(done)
            loaded(name)
            if error is None:
                results[name] = result  # type: ignore[assignment]
            elif isinstance(error, Exception) and not isinstance(error, Warning):
                errors[name] = error
            else:
                raise error
    return (
        {name: results[name] for name in loads if name in results},
        {name: errors[name] for name in loads if name in errors},
    )


def _next(
    done: SimpleQueue[tuple[str, Loaded | None, BaseException | None]],
) -> tuple[str, Loaded | None, BaseException | None]:
    """The next load that ended."""
    while True:
        try:
            return done.get(timeout=_WAIT)
        except Empty:
            continue


def _run(
    name: str,
    load: Callable[[], Loaded],
    done: SimpleQueue[tuple[str, Loaded | None, BaseException | None]],
) -> None:
    try:
        with about(name):
            result = load()
    except BaseException as error:
        done.put((name, None, error))
    else:
        done.put((name, result, None))
