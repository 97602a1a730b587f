"""Loads that Ctrl+C ends. Tests run this in a child process, so that no signal reaches pytest."""

from __future__ import annotations

import _thread
import json
import signal
import threading
import traceback

import kpa_analytics as kpa
from tests.hard.token_search import places_of_token


def interrupt() -> None:
    """Send the main thread the signal of Ctrl+C."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        _thread.interrupt_main()  # Windows: the wait for the answer ends first


def interrupted(later: float) -> KeyboardInterrupt:
    """The exception of a load that is interrupted this many seconds after its start.

    Python drops an interrupt that arrives while it clears an object away: then there is another.
    """
    while True:
        timer = threading.Timer(later, interrupt)
        timer.start()
        try:
            for _ in range(10):
                kpa.load_trainings(refresh=True)
            timer.join()
        except KeyboardInterrupt as error:
            return error


def in_mid_request(error: KeyboardInterrupt) -> bool:
    """Whether it passed the step that knows the token, which hides the frames below."""
    *_, (last, _) = traceback.walk_tb(error.__traceback__)
    return last.f_code.co_qualname == "TokenAdapter.send"


def report(moments: list[float]) -> None:
    """Print, for each moment, whether a request was in progress and where the token is visible."""
    kpa.load_trainings()  # every module is there from now on
    errors = [interrupted(later) for later in moments]
    print(json.dumps([(in_mid_request(error), places_of_token(error)) for error in errors]))  # noqa: T201
