"""The token on the network: echoes are masked, redirects are not followed, TLS is verified."""

from __future__ import annotations

import html
import socket
import ssl
import subprocess
import threading
from pathlib import Path
from urllib.parse import quote

import pytest
import requests

import kpa_analytics as kpa
from kpa_analytics.api.client import Client
from kpa_analytics.demo import Fault
from kpa_analytics.demo.server import DemoAPI
from kpa_analytics.demo.sources import Records
from kpa_analytics.errors import KPAError, KPATransportError
from tests.hard.token_search import TOKEN, contains_token, places_of_token
from tests.hard.wire import answer, served

ECHOES = {
    "raw": TOKEN,
    "url": quote(TOKEN, safe=""),
    "json": TOKEN.replace("/", "\\/"),
    "\\u": "".join(f"\\u{ord(sign):04x}" for sign in TOKEN),
    "html": html.escape(TOKEN),
    "twice url": quote(quote(TOKEN, safe=""), safe=""),
}


@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES)
def test_an_echo_of_the_token_is_masked_in_any_encoding(guarded: DemoAPI, echo: str) -> None:
    body = f'{{"ok": false, "error": "token_invalid", "description": "not {echo}!"}}'
    guarded.faults.add(Fault.body(lambda _: body.encode()))
    with Client() as client, pytest.raises(KPAError, match="<token>!") as caught:
        client.call("api.ping")
    assert not contains_token(str(caught.value).encode())
    body = f'{{"ok": true, "users": [{{"id": "5e58", "email": "{echo}"}}]}}'
    guarded.faults.add(Fault.body(lambda _: body.encode()))
    assert kpa.load_users()["email"].to_list() == ["<token>"]


def test_an_echo_in_headers_and_wide_pages_is_masked() -> None:
    with served() as wire:
        kpa.configure(token=TOKEN, api_url=wire.url, retries=0)
        page = f"<html>{TOKEN}</html>".encode("utf-16")
        wire.pieces = [answer(page, f"HZS-Request-ID: {TOKEN}", f"Set-Cookie: t={quote(TOKEN)}")]
        with Client() as client, pytest.raises(KPATransportError) as caught:
            client.call("api.ping")
        assert not contains_token(str(caught.value).replace("\0", "").replace("\\x00", "").encode())
        failure = b'{"ok": false, "error": "x"}'
        wire.pieces = [answer(failure, f"HZS-Request-ID: {TOKEN}", f"Set-Cookie: t={TOKEN}")]
        with Client() as client, pytest.raises(KPAError, match="<token>") as caught_too:
            client.call("api.ping")
        assert places_of_token(caught_too.value) == []
        assert not client._session.cookies
        refusal = answer(b"<html>no</html>", f"X-{TOKEN}: no")
        wire.pieces = [refusal.replace(b"200 OK", f"403 no access for {TOKEN}".encode())]
        with Client() as client, pytest.raises(KPATransportError, match="403") as refused:
            client.call("api.ping")
        assert places_of_token(refused.value) == []


def test_a_redirect_does_not_send_the_token_elsewhere(guarded: DemoAPI) -> None:
    with served() as elsewhere:
        for code in (301, 302, 303, 307, 308):
            guarded.faults.add(Fault.redirect(f"{elsewhere.url}/api.ping", code))
            with Client() as client, pytest.raises(KPATransportError, match="not followed"):
                client.call("api.ping")
        assert elsewhere.asked == 0


def test_requests_to_loopback_use_no_proxy_and_no_netrc(
    guarded: DemoAPI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
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
            asked = requests.Request("POST", f"{guarded.url}/api.ping")
            request = client._session.prepare_request(asked)
        assert "Authorization" not in request.headers
        assert proxy.asked == 0


def test_over_https_a_proxy_sees_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the name of the host passes through the proxy unencrypted."""
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
    assert not contains_token(heard[0])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for this machine."""
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


@pytest.mark.slow
def test_tls_is_verified_and_a_company_ca_is_accepted(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, str(certificate) + ".key")
    with kpa.demo.serve(Records(), token=TOKEN) as api:
        api._server.socket = context.wrap_socket(api._server.socket, server_side=True)
        kpa.configure(token=TOKEN, api_url=api.url.replace("http://", "https://"), retries=0)
        with Client() as client, pytest.raises(KPATransportError, match="certificate") as caught:
            client.call("api.ping")
        assert client._session.verify is True
        assert places_of_token(caught.value) == []
        assert api.requests == []
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        with Client() as client:
            assert client.call("api.ping")["ok"] is True
