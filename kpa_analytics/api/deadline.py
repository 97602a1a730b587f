"""How long one answer may take: a deadline that every single read from the socket keeps to.

A timeout of a socket starts again with each byte. A status line, a header, a chunk's size, a
trailer or an empty gzip member that trickles in byte by byte would so be read for ever. Here the
time left is worked out before each read, and only what makes progress sets it back: the records
themselves.
"""

from __future__ import annotations

import io
import time
from contextvars import ContextVar
from http.client import HTTPResponse
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

#: An answer that makes progress all the time is given up after this many times the timeout.
WHOLE_ANSWER = 10


class Deadline:
    """The time that is left for the next piece of an answer, and for all of it.

    Args:
        timeout: seconds for the headers, and for each piece of the body; all of it may take
            `WHOLE_ANSWER` times as long.
    """

    def __init__(self, timeout: float) -> None:
        self.timeout = timeout
        self._end = time.monotonic() + WHOLE_ANSWER * timeout
        self.renew()

    def renew(self) -> None:
        """Something has come: wait for the next piece as long again."""
        self._next = min(time.monotonic() + self.timeout, self._end)

    def left(self) -> float:
        """Seconds left for the next piece.

        Raises:
            TimeoutError: none are left.
        """
        left = self._next - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer did not come in time")
        return left


#: The deadline of the request that this thread is sending.
current_deadline: ContextVar[Deadline] = ContextVar("current_deadline")


class _TimedStream(io.RawIOBase):
    """A socket's bytes, each read of which keeps to the deadline."""

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
    """http.client's reader of answers, on a stream that keeps to the deadline."""

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


#: What a `urllib3.PoolManager` takes as its `pool_classes_by_scheme`.
TIMED_POOLS = {"http": _TimedPool, "https": _TimedSafePool}
