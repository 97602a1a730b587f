"""A server that sends exact bytes, for answers that no HTTP library would send."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

#: Sent as a piece: close the connection with a reset, as a crashed server's kernel does.
RESET = b"\0reset"


@dataclass
class Wire:
    """The pieces that are sent to every client, and the number of requests."""

    url: str
    pieces: list[bytes] = field(default_factory=list)
    pause: float = 0.0
    asked: int = 0


def answer(body: bytes, *headers: str, length: int | None = None) -> bytes:
    """An HTTP 200 with these headers; `length` may be wrong."""
    size = len(body) if length is None else length
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {size}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


@contextmanager
def served() -> Iterator[Wire]:
    """Serve during a block."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        wire = Wire(f"http://127.0.0.1:{listener.getsockname()[1]}/v1")
        threading.Thread(target=_serve, args=(listener, wire), daemon=True).start()
        yield wire
        listener.shutdown(socket.SHUT_RDWR)


def _serve(listener: socket.socket, wire: Wire) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(connection, wire), daemon=True).start()


def _answer(connection: socket.socket, wire: Wire) -> None:
    with connection:
        request = b""
        while b"}" not in request:
            if not (more := connection.recv(65536)):
                return
            request += more
        wire.asked += 1
        try:
            for piece in wire.pieces:
                if piece == RESET:
                    now = struct.pack("ii", 1, 0)
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, now)
                    return
                connection.sendall(piece)
                time.sleep(wire.pause)
        except OSError:
            return  # the client has given up, as it should
