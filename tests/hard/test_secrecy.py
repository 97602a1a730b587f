"""The token: in no file, log, text, object, frame of an exception, nor on another road."""

from __future__ import annotations

import base64
import copy
import dataclasses
import gzip
import html
import http.client
import json
import logging
import os
import pickle
import re
import signal
import socket
import sqlite3
import ssl
import stat
import subprocess
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any
from urllib.parse import quote

import pytest
import requests
import zstandard

import kpa_analytics as kpa
from kpa_analytics.api.client import Client
from kpa_analytics.config import Settings
from kpa_analytics.demo import Fault
from kpa_analytics.demo.records import USERS, Records
from kpa_analytics.demo.server import DemoAPI
from kpa_analytics.errors import KPAError, KPATransportError
from tests.conftest import completions, use
from tests.hard.loading import account, files, started, stopped, when
from tests.hard.wire import answer, served

TOKEN = "kpa/T0ken+with=every&kind<of>sign-0123456"


@pytest.fixture
def api() -> Iterator[DemoAPI]:
    with kpa.demo.serve(completions(3_500), token=TOKEN) as opened:
        yield use(opened, retries=0, timeout=0.5)


def _spellings(token: str = TOKEN) -> set[bytes]:
    raw = token.encode()
    inner = [base64.b64encode(b"x" * shift + raw)[8:44] for shift in range(3)]
    texts = {quote(token, safe=""), html.escape(token), json.dumps(token)[1:-1], raw.hex()}
    wide = {token.encode(encoding) for encoding in ("utf-16-le", "utf-16-be")}
    return {raw, raw[:20], raw[20:], raw[::-1], *inner, *wide, *(text.encode() for text in texts)}


def _holds(content: bytes) -> bool:
    """The token stands in these bytes, in some spelling, or inside something compressed in them."""
    unpacked = [content]
    for magic, unpack in (
        (
            b"\x28\xb5\x2f\xfd",
            lambda part: zstandard.ZstdDecompressor().decompressobj().decompress(part),
        ),
        (b"\x1f\x8b", gzip.decompress),
    ):
        for found in re.finditer(re.escape(magic), content):
            try:
                unpacked.append(unpack(content[found.start() :]))
            except (zstandard.ZstdError, OSError, EOFError):
                continue
    return any(spelling in part for part in unpacked for spelling in _spellings())


def test_the_search_itself_finds_what_it_looks_for() -> None:
    for hidden in (
        TOKEN.encode(),
        base64.b64encode(b"ab" + TOKEN.encode()),
        TOKEN.encode().hex().encode(),
    ):
        assert _holds(b"before" + hidden)
        assert _holds(b"before" + zstandard.compress(b"page" + hidden))


def _unpacked_pages(folder: Path) -> Iterator[bytes]:
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


def _nowhere(folder: Path) -> None:
    assert files(folder)
    for file in files(folder):
        assert not _holds(file.read_bytes() + str(file).encode()), file
    for page in _unpacked_pages(folder):
        assert not _holds(page)


def test_no_file_holds_the_token_while_walking_nor_after(api: DemoAPI) -> None:
    cache = kpa.configure().cache_dir
    seen: list[set[str]] = []

    def look(_: object) -> None:
        seen.append({file.name for file in files(cache)})
        _nowhere(cache)

    echo = Fault.body(lambda body: body.replace(b'"notes"', f'"echo":"{TOKEN}","notes"'.encode()))
    api.faults.add(echo, times=None)
    api.faults.add(Fault.change(look), page=3)
    api.faults.add(Fault.change(look), page=4)
    assert kpa.load_completions().height == 3_500
    kpa.load_all()
    _nowhere(cache)
    assert {"pages.sqlite", "pages.sqlite-wal", "budget.sqlite", "budget.sqlite-wal"} <= seen[-1]


def test_a_killed_walk_leaves_no_token_in_journals_and_free_pages(api: DemoAPI) -> None:
    api.faults.add(Fault.stall(5), page=4)
    process = started(api)
    when(lambda: len(api.requests) == 4, process)
    stopped(process, signal.SIGKILL)
    assert (account() / "pages.sqlite-wal").stat().st_size > 10_000
    _nowhere(kpa.configure().cache_dir)


def test_no_log_of_any_library_tells(
    api: DemoAPI, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    http.client.HTTPConnection.debuglevel = 1
    try:
        kpa.load_all()
        for name in FAULTS.keys() - {"redirect"}:  # http.client prints a server's headers itself
            api.faults.add(FAULTS[name], times=None)
            with pytest.raises(KPAError):
                kpa.load_trainings(refresh=True)
            api.faults.clear()
    finally:
        http.client.HTTPConnection.debuglevel = 0
    printed = "".join(capfd.readouterr())
    logged = {record.name.split(".")[0] for record in caplog.records}
    assert {"urllib3", "requests_cache", "filelock"} <= logged
    assert "sealed" in printed
    assert not _holds(caplog.text.encode() + printed.encode())


def test_no_text_of_any_object_tells(api: DemoAPI) -> None:
    current = kpa.configure()
    with Client() as client:
        session = client._session
        adapter = session.get_adapter(api.url + "/api.ping")
        for thing in (
            current,
            current.token,
            client,
            session,
            adapter,
            session.cache,
            session.limiter,
        ):
            said = [
                repr(thing),
                str(thing),
                f"{thing}",
                f"{thing!r:>99}",
                repr(vars(thing)) if hasattr(thing, "__dict__") else "",
            ]
            assert not any(_holds(one.encode()) for one in said), type(thing)
        for copied in (copy.copy(current), copy.deepcopy(current), dataclasses.replace(current)):
            assert not _holds(repr(copied).encode())
        for thing in (current, current.token, session, client):
            with pytest.raises(
                (KPAError, NotImplementedError, TypeError, AttributeError)
            ) as caught:
                pickle.dumps(thing)
            assert not _holds(str(caught.value).encode())
        assert not _holds(pickle.dumps(adapter))
        assert not _holds(repr(dataclasses.asdict(current)).encode())


FAULTS = {
    "timeout": Fault.stall(0.8),
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


def _frames(error: BaseException | None, seen: set[int]) -> Iterator[FrameType]:
    """Every frame that this exception and those it came from keep alive."""
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        step: TracebackType | None = error.__traceback__
        while step:
            yield step.tb_frame
            step = step.tb_next
        yield from _frames(error.__context__, seen)
        error = error.__cause__


def _tells(error: BaseException) -> list[str]:
    """Where an exception tells the token: its text, its notes, any local of any of its frames."""
    texts = {"text": "".join(traceback.format_exception(error)), "repr": repr((error, vars(error)))}
    for frame in _frames(error, set()):
        if "tests" not in frame.f_code.co_filename:
            for name, value in frame.f_locals.items():
                shown = repr(value) if not isinstance(value, bytes) else value.decode("latin-1")
                texts[f"{frame.f_code.co_qualname}.{name}"] = shown
                texts[f"{frame.f_code.co_qualname}.{name} vars"] = repr(
                    getattr(value, "__dict__", "")
                )
    return [place for place, text in texts.items() if _holds(text.encode(errors="replace"))]


@pytest.mark.parametrize("name", FAULTS)
def test_no_frame_of_any_failure_tells(api: DemoAPI, name: str) -> None:
    use(api, retries=1)
    api.faults.add(FAULTS[name], times=None)
    with pytest.raises(KPAError) as caught:
        kpa.load_trainings()
    assert _tells(caught.value) == []
    assert not _holds(pickle.dumps(caught.value))


def test_no_frame_of_ctrl_c_in_mid_request_tells(api: DemoAPI) -> None:
    """In a row, at ever later moments of a request that takes its time."""
    use(api, timeout=5)
    api.faults.add(Fault.stall(0.2), times=None)
    for later in (0.02, 0.05, 0.1, 0.15, 0.21):
        threading.Timer(later, os.kill, (os.getpid(), signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt) as caught:
            [kpa.load_trainings(refresh=True) for _ in range(100)]
        assert _tells(caught.value) == []


@pytest.mark.parametrize("wrong", [{"timeout": -1}, {"cache_dir": ""}, {"api_url": "x"}])
@pytest.mark.parametrize("call", [kpa.configure, Settings])
def test_no_frame_of_a_wrong_setting_tells(call: Callable[..., Any], wrong: dict[str, Any]) -> None:
    with pytest.raises(KPAError) as caught:
        call(token=TOKEN, **wrong)
    assert _tells(caught.value) == []


def test_ipythons_verbose_traceback_does_not_tell(
    api: DemoAPI, capsys: pytest.CaptureFixture[str]
) -> None:
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    try:
        shell.run_line_magic("xmode", "Verbose")
        shell.run_cell("import kpa_analytics as kpa")
        for name in ("cut", "envelope", "bad record"):
            api.faults.add(FAULTS[name])
            shell.run_cell("kpa.load_trainings(refresh=True)")
        shell.run_cell("kpa.configure(timeout=-1)")
    finally:
        InteractiveShell.clear_instance()
    shown = "".join(capsys.readouterr())
    for error in ("KPATransportError", "KPATokenInvalidError", "KPADataError", "KPASettingsError"):
        assert error in shown
    assert "<secret>" in shown
    assert not _holds(shown.encode())


ECHOES = {
    "raw": TOKEN,
    "url": quote(TOKEN, safe=""),
    "json": TOKEN.replace("/", "\\/"),
    "\\u": "".join(f"\\u{ord(sign):04x}" for sign in TOKEN),
    "html": html.escape(TOKEN),
    "twice url": quote(quote(TOKEN, safe=""), safe=""),
}


@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES)
def test_an_echo_is_masked_however_it_is_spelt(api: DemoAPI, echo: str) -> None:
    body = f'{{"ok": false, "error": "token_invalid", "description": "not {echo}!"}}'
    api.faults.add(Fault.body(lambda _: body.encode()))
    with Client() as client, pytest.raises(KPAError, match="<token>!") as caught:
        client.call("api.ping")
    assert not _holds(str(caught.value).encode())
    said = f'{{"ok": true, "users": [{{"id": "5e58", "email": "{echo}"}}]}}'
    api.faults.add(Fault.body(lambda _: said.encode()))
    assert kpa.load_users()["email"].to_list() == ["<token>"]


def test_an_echo_in_headers_and_wide_pages_is_masked() -> None:
    with served() as wire:
        kpa.configure(token=TOKEN, api_url=wire.url, retries=0)
        page = f"<html>{TOKEN}</html>".encode("utf-16")
        wire.pieces = [answer(page, f"HZS-Request-ID: {TOKEN}", f"Set-Cookie: t={quote(TOKEN)}")]
        with Client() as client, pytest.raises(KPATransportError) as caught:
            client.call("api.ping")
        assert not _holds(str(caught.value).replace("\0", "").replace("\\x00", "").encode())
        failure = b'{"ok": false, "error": "x"}'
        wire.pieces = [answer(failure, f"HZS-Request-ID: {TOKEN}", f"Set-Cookie: t={TOKEN}")]
        with Client() as client, pytest.raises(KPAError, match="<token>") as caught_too:
            client.call("api.ping")
        assert _tells(caught_too.value) == []
        assert not client._session.cookies


def test_a_redirect_carries_the_token_nowhere(api: DemoAPI) -> None:
    with served() as elsewhere:
        for code in (301, 302, 303, 307, 308):
            api.faults.add(Fault.redirect(f"{elsewhere.url}/api.ping", code))
            with Client() as client, pytest.raises(KPATransportError, match="not followed"):
                client.call("api.ping")
        assert elsewhere.asked == 0


def test_neither_proxy_nor_netrc_has_a_part_in_loopback(
    api: DemoAPI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login me password secret\n")
    netrc.chmod(0o600)
    with served() as proxy:
        monkeypatch.setenv("NETRC", str(netrc))
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
            monkeypatch.setenv(name, proxy.url)
        with Client() as client:
            assert client.call("api.ping")["ok"] is True
            asked = requests.Request("POST", f"{api.url}/api.ping")
            request = client._session.prepare_request(asked)
        assert "Authorization" not in request.headers
        assert proxy.asked == 0


def test_over_https_a_proxy_sees_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the host to connect to goes through it in the clear."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        port = proxy.getsockname()[1]

        def listen() -> None:
            connection, _ = proxy.accept()
            with connection:
                heard.append(connection.recv(65536))

        thread = threading.Thread(target=listen)
        thread.start()
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port}")
        monkeypatch.delenv("no_proxy", raising=False)
        kpa.configure(token=TOKEN, api_url="https://api.example.invalid/v1", retries=0)
        with Client() as client, pytest.raises(KPATransportError):
            client.call("api.ping")
        thread.join()
    assert heard[0].startswith(b"CONNECT api.example.invalid:443")
    assert not _holds(heard[0])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for this machine that nobody has signed but itself."""
    path = tmp_path_factory.mktemp("tls") / "self.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=127.0.0.1",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-keyout",
            str(path) + ".key",
            "-out",
            str(path),
        ],
        check=True,
        capture_output=True,
    )
    return path


def test_tls_is_verified_and_a_company_ca_is_taken(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, str(certificate) + ".key")
    with kpa.demo.serve(Records(), token=TOKEN) as api:
        api._server.socket = context.wrap_socket(api._server.socket, server_side=True)
        kpa.configure(
            token=TOKEN, api_url=api.url.replace("http://", "https://"), retries=0, timeout=5
        )
        with Client() as client, pytest.raises(KPATransportError, match="certificate") as caught:
            client.call("api.ping")
        assert client._session.verify is True
        assert _tells(caught.value) == []
        assert api.requests == []
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        with Client() as client:
            assert client.call("api.ping")["ok"] is True


@pytest.mark.parametrize("umask", [0o000, 0o777])
def test_files_are_private_from_their_first_moment(
    api: DemoAPI, tmp_path: Path, umask: int
) -> None:
    """Watched without a pause while a walk makes them."""
    cache, modes, over = tmp_path / "new", set(), threading.Event()
    kpa.configure(cache_dir=cache)

    def watch() -> None:
        while not over.is_set():
            for path in (cache, *cache.rglob("*")):
                try:
                    status = path.stat()
                except OSError:
                    continue
                modes.add((stat.S_ISDIR(status.st_mode), stat.S_IMODE(status.st_mode)))

    watcher = threading.Thread(target=watch)
    before = os.umask(umask)
    try:
        watcher.start()
        kpa.load_all()
    finally:
        os.umask(before)
        over.set()
        watcher.join()
    assert (False, 0o600) in modes
    assert {mode & 0o077 for _, mode in modes} == {0}
    assert {mode for folder, mode in modes if folder} <= {0o700, 0}


def test_phones_and_emergency_contacts_are_in_no_file_at_any_moment(tmp_path: Path) -> None:
    person = {"id": "5e58", "cellPhone": "+1-555-0100", "emergencyContact": {"n": "Secret Ann"}}
    cache = kpa.configure().cache_dir
    with kpa.demo.serve(Records({USERS: [person]})) as api:
        use(api)
        api.faults.add(Fault.cut(), method=USERS)
        kpa.load_all()
    for file in files(cache):
        content = file.read_bytes()
        for secret in (b"555-0100", b"Secret Ann"):
            assert secret not in content
    for page in _unpacked_pages(cache):
        assert b"Secret Ann" not in page


def test_clear_cache_leaves_nothing(api: DemoAPI) -> None:
    kpa.load_all()
    path = Path(kpa.snapshots()["path"][0])
    path.write_bytes(b"damaged")
    with pytest.warns(kpa.errors.KPACacheWarning):
        kpa.load_all()
    cache = kpa.configure().cache_dir
    kpa.clear_cache()
    assert not cache.exists()


def test_a_token_is_not_taken_by_the_way(api: DemoAPI) -> None:
    """A token among the parameters would stand in the request, and in every traceback of it."""
    with Client() as client, pytest.raises(KPAError, match="configure"):
        client.call("api.ping", token="another")
    assert api.requests == []
