"""The token is in no file, log or repr, and only the owner can read the files."""

from __future__ import annotations

import base64
import copy
import dataclasses
import http.client
import logging
import os
import pickle
import stat
import threading
from pathlib import Path

import pytest
import zstandard

import kpa_analytics as kpa
from kpa_analytics.api.client import Client
from kpa_analytics.demo import Fault
from kpa_analytics.demo.server import DemoAPI
from kpa_analytics.demo.sources import USERS, Records
from kpa_analytics.errors import KPAError
from tests.conftest import use
from tests.hard.loading import account, files, killed, started, when
from tests.hard.token_search import FAULTS, TOKEN, assert_no_token, contains_token, unpacked_pages


def test_the_search_finds_a_planted_token() -> None:
    for hidden in (
        TOKEN.encode(),
        base64.b64encode(b"ab" + TOKEN.encode()),
        TOKEN.encode().hex().encode(),
    ):
        assert contains_token(b"before" + hidden)
        assert contains_token(b"before" + zstandard.compress(b"page" + hidden))


@pytest.mark.slow
def test_no_file_holds_the_token_during_or_after_a_download(guarded: DemoAPI) -> None:
    cache = kpa.configure().cache_dir
    seen: list[set[str]] = []

    def look(_: object) -> None:
        seen.append({file.name for file in files(cache)})
        assert_no_token(cache)

    echo = Fault.body(
        lambda body: body.replace(b'"created"', b'"notes":"%s","created"' % TOKEN.encode())
    )
    guarded.faults.add(echo, times=None)
    guarded.faults.add(Fault.change(look), page=3)
    guarded.faults.add(Fault.change(look), page=4)
    assert set(kpa.load_completions()["notes"]) == {"<token>"}
    kpa.load_all()
    assert_no_token(cache)
    assert {"pages.sqlite", "pages.sqlite-wal", "budget.sqlite", "budget.sqlite-wal"} <= seen[-1]


@pytest.mark.slow
def test_a_killed_download_leaves_no_token_in_journals_and_free_pages(guarded: DemoAPI) -> None:
    guarded.faults.add(Fault.stall(60), page=4)
    process = started(guarded)
    when(lambda: len(guarded.requests) == 4, process)
    killed(process)
    assert (account() / "pages.sqlite-wal").stat().st_size > 10_000
    assert_no_token(kpa.configure().cache_dir)


@pytest.mark.slow
def test_no_log_of_any_library_holds_the_token(
    guarded: DemoAPI, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    http.client.HTTPConnection.debuglevel = 1
    try:
        kpa.load_all()
        for name in FAULTS.keys() - {"redirect"}:  # http.client prints a server's headers itself
            guarded.faults.add(FAULTS[name], times=None)
            kpa.configure(timeout=0.3 if name == "timeout" else 60)
            with pytest.raises(KPAError):
                kpa.load_trainings(refresh=True)
            guarded.faults.clear()
    finally:
        http.client.HTTPConnection.debuglevel = 0
    printed = "".join(capfd.readouterr())
    logged = {record.name.split(".")[0] for record in caplog.records}
    assert {"urllib3", "requests_cache", "filelock"} <= logged
    assert "sealed" in printed
    assert not contains_token(caplog.text.encode() + printed.encode())


def test_no_text_of_any_object_holds_the_token(guarded: DemoAPI) -> None:
    current = kpa.configure()
    with Client() as client:
        session = client._session
        adapter = session.get_adapter(guarded.url + "/api.ping")
        for thing in (
            current,
            current.token,
            client,
            session,
            adapter,
            session.cache,
            session.limiter,
        ):
            texts = [
                repr(thing),
                str(thing),
                f"{thing}",
                f"{thing!r:>99}",
                repr(vars(thing)) if hasattr(thing, "__dict__") else "",
            ]
            assert not any(contains_token(text.encode()) for text in texts), type(thing)
        for copied in (copy.copy(current), copy.deepcopy(current), dataclasses.replace(current)):
            assert not contains_token(repr(copied).encode())
        for thing in (current, current.token, session, client):
            with pytest.raises(
                (KPAError, NotImplementedError, TypeError, AttributeError)
            ) as caught:
                pickle.dumps(thing)
            assert not contains_token(str(caught.value).encode())
        assert not contains_token(pickle.dumps(adapter))
        assert not contains_token(repr(dataclasses.asdict(current)).encode())


@pytest.mark.slow
@pytest.mark.parametrize("umask", [0o000, 0o777])
def test_files_are_private_from_their_creation(
    guarded: DemoAPI, tmp_path: Path, umask: int
) -> None:
    """Watch the files continuously while a download creates them."""
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


@pytest.mark.slow
def test_phones_and_emergency_contacts_are_never_in_a_file(tmp_path: Path) -> None:
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
    for page in unpacked_pages(cache):
        assert b"Secret Ann" not in page


@pytest.mark.slow
def test_clear_cache_leaves_nothing(guarded: DemoAPI) -> None:
    kpa.load_all()
    path = Path(kpa.snapshots()["path"][0])
    path.write_bytes(b"damaged")
    with pytest.warns(kpa.errors.KPACacheWarning):
        kpa.load_all()
    cache = kpa.configure().cache_dir
    kpa.clear_cache()
    assert not cache.exists()


def test_a_token_among_the_parameters_is_refused(guarded: DemoAPI) -> None:
    """A token among the parameters would be in the request and in its tracebacks."""
    with Client() as client, pytest.raises(KPAError, match="configure"):
        client.call("api.ping", token="another")
    assert guarded.requests == []
