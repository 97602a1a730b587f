"""Search bytes, files, objects and exceptions for the token, in any encoding."""

from __future__ import annotations

import base64
import gc
import gzip
import html
import json
import re
import sqlite3
import traceback
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread
from types import BuiltinFunctionType, FrameType, FunctionType, ModuleType, TracebackType
from urllib.parse import quote

import zstandard

from kpa_analytics.demo import Fault
from kpa_analytics.secret import Secret
from tests.hard.loading import files

TOKEN = "kpa/T0ken+with=every&kind<of>sign-0123456"


def spellings(token: str = TOKEN) -> set[bytes]:
    raw = token.encode()
    inner = [base64.b64encode(b"x" * shift + raw)[8:44] for shift in range(3)]
    texts = {quote(token, safe=""), html.escape(token), json.dumps(token)[1:-1], raw.hex()}
    wide = {token.encode(encoding) for encoding in ("utf-16-le", "utf-16-be")}
    return {raw, raw[:20], raw[20:], raw[::-1], *inner, *wide, *(text.encode() for text in texts)}


def contains_token(content: bytes) -> bool:
    """Whether these bytes hold the token, in any encoding, also inside compressed data."""
    unpacked = [content]
    for magic, unpack in (
        (
            b"\x28\xb5\x2f\xfd",
            lambda part: zstandard.ZstdDecompressor().decompressobj().decompress(part),
        ),
        (b"\x1f\x8b", gzip.decompress),
    ):
        for match in re.finditer(re.escape(magic), content):
            try:
                unpacked.append(unpack(content[match.start() :]))
            except (zstandard.ZstdError, OSError, EOFError):
                continue
    return any(spelling in part for part in unpacked for spelling in spellings())


def unpacked_pages(folder: Path) -> Iterator[bytes]:
    for database in folder.rglob("*.sqlite"):
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
            tables = [name for (name,) in opened.execute("SELECT name FROM sqlite_master")]
            for table in tables:
                if table in ("pages", "rate_bucket"):
                    for row in opened.execute(f"SELECT * FROM {table}"):
                        for value in row:
                            if isinstance(value, bytes):
                                yield zstandard.ZstdDecompressor().decompress(value)
                            else:
                                yield str(value).encode()


def assert_no_token(folder: Path) -> None:
    assert files(folder)
    for file in files(folder):
        assert not contains_token(file.read_bytes() + str(file).encode()), file
    for page in unpacked_pages(folder):
        assert not contains_token(page)


FAULTS = {
    "timeout": Fault.stall(10),
    "drop": Fault.drop(),
    "cut": Fault.cut(),
    "gateway": Fault.status(502),
    "login page": Fault.page(f"<html>{TOKEN}</html>"),
    "garbage": Fault.garbage(),
    "envelope": Fault.error("token_invalid", "No such token: {token}."),
    "code": Fault.error(TOKEN),
    "pool": Fault.rate_limited(),
    "429": Fault.too_many_requests(),
    "redirect": Fault.redirect(f"http://127.0.0.1:9/?token={TOKEN}"),
    "no list": Fault.body(lambda body: b'{"ok": true, "echo": "%s"}' % TOKEN.encode()),
    "bad record": Fault.body(
        lambda body: b'{"ok":true,"trainings":[{"id":"%s"}]}' % TOKEN.encode()
    ),
}


#: Where a search stops: what keeps the token closed, what every program shares, and the server,
#: which in tests is in this very process.
_CLOSED = (Secret, ModuleType, FunctionType, BuiltinFunctionType, type, FrameType, Thread)


def _frames(error: BaseException | None, seen: set[int]) -> Iterator[FrameType]:
    """Every frame that this exception and its causes keep alive."""
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        step: TracebackType | None = error.__traceback__
        while step:
            yield step.tb_frame
            step = step.tb_next
        yield from _frames(error.__context__, seen)
        error = error.__cause__


def _texts_within(value: object) -> Iterator[bytes]:
    """Every text that can be reached from a value, at any depth, except through a Secret."""
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if id(item) in seen or isinstance(item, _CLOSED):
            continue
        seen.add(id(item))
        if isinstance(item, str | bytes | bytearray):
            yield item.encode(errors="replace") if isinstance(item, str) else bytes(item)
        else:
            waiting += gc.get_referents(item)


def _repr(value: object) -> str:
    """The repr that a debugger shows; it may fail for an object whose construction failed."""
    try:
        return repr(value)
    except AttributeError as error:
        return repr(error)


def places_of_token(error: BaseException) -> list[str]:
    """The places of the token in an exception: its text, or anything that its frames reach."""
    shown = "".join(traceback.format_exception(error)) + repr((error, vars(error)))
    places = ["text"] if contains_token(shown.encode(errors="replace")) else []
    for frame in _frames(error, set()):
        if not re.search("tests|importlib", frame.f_code.co_filename):  # they lead to this module
            for name, value in frame.f_locals.items():
                texts = [_repr(value).encode(errors="replace"), *_texts_within(value)]
                if contains_token(b"\n".join(texts)):
                    places.append(f"{frame.f_code.co_qualname}.{name}")
    return places
