"""Loads that Ctrl+C ends; to be started in a process of its own, for no signal may reach pytest."""

from __future__ import annotations

import _thread
import json
import signal
import threading
import traceback

import kpa_analytics as kpa
from tests.hard.telling import tells


def interrupt() -> None:
    """Send the main thread what Ctrl+C sends."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        _thread.interrupt_main()  # Windows: the wait for the answer ends first


def interrupted(later: float) -> KeyboardInterrupt:
    """What a load raises that is interrupted so many seconds after its start.

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
    """Whether it came through the step that knows the token, which shows no frame below itself."""
    *_, (last, _) = traceback.walk_tb(error.__traceback__)
    return last.f_code.co_qualname == "TokenAdapter.send"


def report(moments: list[float]) -> None:
    """Print, for each moment, whether a request was on its way, and where the token stands."""
    kpa.load_trainings()  # every module is there from now on
    errors = [interrupted(later) for later in moments]
    print(json.dumps([(in_mid_request(error), tells(error)) for error in errors]))  # noqa: T201
