"""When a request is sent again: after faults that often pass, and after `rate_limit_exceeded`."""

from __future__ import annotations

from collections.abc import Callable

from requests import Response
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential,
    wait_random,
)

from kpa_analytics.config import Settings
from kpa_analytics.errors import (
    KPAAPIError,
    KPARateLimitError,
    KPAServerError,
    KPATransportError,
)

#: Waits after `rate_limit_exceeded`: the first lasts `rate_limit_wait`, each other twice as long as
#: the one before.
_RATE_LIMIT_WAITS = 3

#: Faults that usually go away; only after these is a request sent again.
_PASSING = {"timeout", "connection", "cut", "server", "not_json"}


def with_retries(
    send: Callable[[], Response], current: Settings, notify: Callable[[str], None]
) -> Response:
    """Send a request, and send it again after faults that often pass.

    Args:
        send: sends the request once, and raises the error in its answer.
        current: the settings, of which it reads `retries` (how often) and `rate_limit_wait` (the
            first wait after `rate_limit_exceeded`, in seconds).
        notify: called with a short text before each wait.

    Raises:
        KPAAPIError, KPATransportError: the last error.
    """

    def announce(state: RetryCallState) -> None:
        error = _error_of(state)
        reason = error.code if isinstance(error, KPAAPIError) else getattr(error, "reason", "fault")
        notify(f"{reason}: trying again in {state.upcoming_sleep:.0f} s")

    after_rate_limit = Retrying(
        retry=retry_if_exception_type(KPARateLimitError),
        stop=stop_after_attempt(_RATE_LIMIT_WAITS + 1),
        wait=lambda state: _rate_limit_wait(state, current.rate_limit_wait),
        before_sleep=announce,
        reraise=True,
    )
    after_a_fault = Retrying(
        retry=retry_if_exception(_passes),
        stop=stop_after_attempt(current.retries + 1),
        wait=wait_exponential(multiplier=0.5, max=10) + wait_random(0, 0.5),
        before_sleep=announce,
        reraise=True,
    )
    response: Response = after_rate_limit(after_a_fault, send)
    return response


def _error_of(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _rate_limit_wait(state: RetryCallState, first: float) -> float:
    """Seconds until the next try: twice the last wait, or longer if Retry-After says so.

    A Retry-After never makes a wait longer than the last of our own waits.
    """
    retry_after = getattr(_error_of(state), "retry_after", None) or 0.0
    doubled = first * 2.0 ** (state.attempt_number - 1)
    longest = first * 2.0 ** (_RATE_LIMIT_WAITS - 1)
    return max(doubled, min(retry_after, longest))


def _passes(error: BaseException) -> bool:
    if isinstance(error, KPATransportError):
        return error.reason in _PASSING
    return isinstance(error, KPAServerError)
