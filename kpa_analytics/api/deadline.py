"""A deadline for each answer, which every read from the socket observes.

A socket's timeout starts again with each byte, so a status line, header, chunk size, trailer or
empty gzip member that arrives byte by byte could take forever. This module computes the remaining
time before each read, and only data of the body renews it.
"""

from __future__ import annotations

import io
import time
from contextvars import ContextVar
from http.client import HTTPResponse
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

#: Even an answer that keeps making progress may take at most this many times the timeout.
WHOLE_ANSWER = 10


class Deadline:
    """The remaining time for the next piece of an answer and for the whole answer.

    Args:
        timeout: seconds for the headers and for each piece of the body. The whole answer may take
            `WHOLE_ANSWER` times as long.
    """

    def __init__(self, timeout: float) -> None:
        self.timeout = timeout
        self._end = time.monotonic() + WHOLE_ANSWER * timeout
        self.renew()

    def renew(self) -> None:
        """Restart the time for the next piece."""
        self._next = min(time.monotonic() + self.timeout, self._end)

    def left(self) -> float:
        """Remaining seconds for the next piece; a TimeoutError if none remain."""
        left = self._next - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer did not come in time")
        return left


#: The deadline of the request that this thread is sending.
current_deadline: ContextVar[Deadline] = ContextVar("current_deadline")


class _TimedStream(io.RawIOBase):
    """A socket's stream, whose reads observe the deadline."""

    def __init__(self, sock: Any, stream: io.RawIOBase, deadline: Deadline) -> None:
        self._sock, self._stream, self._deadline = sock, stream, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._deadline.left())
        try:
            return self._stream.readinto(buffer)
        finally:
            self._sock.settimeout(self._deadline.timeout)  # for the next request

    def close(self) -> None:
        self._stream.close()
        super().close()


class _TimedResponse(HTTPResponse):
    """http.client's response, on a stream that observes the deadline."""

    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        deadline = current_deadline.get()
        deadline.renew()
        stream = self.fp.detach()
        self.fp = io.BufferedReader(_TimedStream(sock, stream, deadline))


class _TimedConnection(HTTPConnection):
    response_class = _TimedResponse


class _TimedSafeConnection(HTTPSConnection):
    response_class = _TimedResponse


class _TimedPool(HTTPConnectionPool):
    ConnectionCls = _TimedConnection


class _TimedSafePool(HTTPSConnectionPool):
    ConnectionCls = _TimedSafeConnection


#: The `pool_classes_by_scheme` of a `urllib3.PoolManager`.
TIMED_POOLS = {"http": _TimedPool, "https": _TimedSafePool}
