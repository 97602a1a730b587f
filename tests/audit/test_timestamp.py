"""Timestamps by a real authority: `openssl ts` behind HTTP on this machine."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import kpa_analytics as kpa
from kpa_analytics.audit import sign, timestamp
from kpa_analytics.audit.bagit import write_bag
from kpa_analytics.audit.manifest import MANIFEST, TIMESTAMP, write_manifest
from kpa_analytics.audit.timestamp import timestamp_manifest, timestamp_url
from kpa_analytics.errors import KPADataError, KPAError, KPATransportError
from tests.audit.packs import AS_OF
from tests.audit.tampering import small_pack
from tests.cli.command import run
from tests.publishing.small import small

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "audit-pack.md"

CONFIGURATION = """
[req]
distinguished_name = name
[name]
[authority]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
[ca]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[signer]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
"""


def openssl(folder: Path, command: str) -> None:
    subprocess.run(["openssl", *shlex.split(command)], cwd=folder, check=True, capture_output=True)


def make_authority(folder: Path) -> Path:
    """The keys and certificates of an authority; ca.pem is what an auditor trusts."""
    (folder / "configuration").write_text(CONFIGURATION)
    new, days = "-newkey rsa:2048 -nodes -config configuration", "-days 36500"
    openssl(
        folder, f"req -x509 {new} {days} -keyout ca.key -out ca.pem -subj /CN=CA -extensions ca"
    )
    openssl(folder, f"req {new} -keyout signer.key -out signer.csr -subj /CN=Signer")
    openssl(
        folder,
        f"x509 -req {days} -in signer.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out signer.pem "
        "-extfile configuration -extensions signer",
    )
    certificates = [(folder / name).read_bytes() for name in ("ca.pem", "signer.pem")]
    (folder / "chain.pem").write_bytes(b"".join(certificates))
    (folder / "reverse.pem").write_bytes(b"".join(reversed(certificates)))
    return folder


class _Handler(BaseHTTPRequestHandler):
    """Answers as a time-stamping authority, or as its path says."""

    folder: Path
    received: list[dict[str, str]]

    def do_POST(self) -> None:
        query = self.rfile.read(int(self.headers["Content-Length"]))
        self.received.append({**self.headers, "size": str(len(query))})
        status, answer = self._answer(query)
        self.send_response(status)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Location", "/")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def _answer(self, query: bytes) -> tuple[int, bytes]:
        chain = ""
        match self.path:
            case "/moved":
                return 302, b""
            case "/broken":
                return 500, b""
            case "/page":
                return 200, b"<html>Welcome</html>"
            case "/long":
                return 200, b"x" * 1_000_001
            case "/chain" | "/reverse":
                chain = f"-chain {self.path[1:]}.pem"
            case "/refused":
                query = b"not a request"
            case "/other":
                return 200, (self.folder / "last.tsr").read_bytes()
        (self.folder / "last.tsq").write_bytes(query)
        openssl(
            self.folder,
            "ts -reply -config configuration -section authority -queryfile last.tsq "
            f"-signer signer.pem -inkey signer.key -out last.tsr {chain}",
        )
        return 200, (self.folder / "last.tsr").read_bytes()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class TSA:
    """A running authority."""

    def __init__(self, folder: Path, server: ThreadingHTTPServer, received: list) -> None:
        self.ca = folder / "ca.pem"
        self.url = f"http://127.0.0.1:{server.server_port}"
        self.received = received


@pytest.fixture(scope="module")
def tsa(tmp_path_factory) -> Iterator[TSA]:
    folder = make_authority(tmp_path_factory.mktemp("tsa"))
    received: list[dict[str, str]] = []
    handler = type("Handler", (_Handler,), {"folder": folder, "received": received})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield TSA(folder, server, received)
        server.shutdown()


@pytest.fixture(scope="module")
def other_ca(tmp_path_factory) -> Path:
    return make_authority(tmp_path_factory.mktemp("other")) / "ca.pem"


def stamped_pack(folder: Path, tsa: TSA) -> Path:
    address = timestamp_url(tsa.url)
    timestamp_manifest(small_pack(folder, timestamp=address.facts), address)
    return folder


def findings_of(pack: Path, ca: Path | None = None) -> list[tuple[str, str]]:
    return kpa.verify_audit(pack, tsa_ca=ca).select("path", "finding").rows()


def openssl_accepts(pack: Path, ca: Path) -> bool:
    """The verdict of the guide's command."""
    (command,) = re.findall(r"^openssl (ts -verify .*)$", GUIDE.read_text("utf-8"), re.MULTILINE)
    given = [str(ca) if word == "CA.pem" else word for word in shlex.split(command)]
    return subprocess.run(["openssl", *given], cwd=pack, capture_output=True).returncode == 0


@pytest.mark.slow
def test_a_timestamp_is_accepted_by_us_and_by_openssl(tsa, other_ca, tmp_path):
    pack = stamped_pack(tmp_path / "pack", tsa)
    assert findings_of(pack) == findings_of(pack, tsa.ca) == []
    assert openssl_accepts(pack, tsa.ca)
    assert findings_of(pack, other_ca) == [(TIMESTAMP, "unverified")]
    assert not openssl_accepts(pack, other_ca)


@pytest.mark.parametrize("order", ["chain", "reverse"])
def test_the_certificates_of_an_answer_can_have_any_order(tsa, other_ca, tmp_path, order):
    pack = small_pack(tmp_path / "pack", timestamp={})
    timestamp_manifest(pack, timestamp_url(f"{tsa.url}/{order}"))
    assert findings_of(pack) == findings_of(pack, tsa.ca) == []
    assert openssl_accepts(pack, tsa.ca)
    assert findings_of(pack, other_ca) == [(TIMESTAMP, "unverified")]


def test_a_hash_that_is_not_checked_is_named(tsa, tmp_path):
    pack = stamped_pack(tmp_path / "pack", tsa)
    token = (pack / TIMESTAMP).read_bytes()
    sha256, sha224 = (bytes.fromhex(f"060960864801650304020{last}") for last in "14")
    (pack / TIMESTAMP).write_bytes(token.replace(sha256, sha224, 2))
    assert "another hash than SHA-256" in kpa.verify_audit(pack)["detail"].item()


@pytest.mark.slow
def test_only_a_hash_is_sent(tsa, tmp_path):
    stamped_pack(tmp_path / "pack", tsa)
    sent = tsa.received[-1]
    assert sent["Content-Type"] == "application/timestamp-query"
    assert int(sent["size"]) < 100
    assert not {"Authorization", "Cookie"} & sent.keys()


@pytest.mark.slow
def test_the_timestamp_of_another_manifest_is_found_without_a_certificate(tsa, tmp_path):
    pack = stamped_pack(tmp_path / "pack", tsa)
    facts = json.loads((pack / MANIFEST).read_bytes())
    token = (pack / TIMESTAMP).read_bytes()
    (pack / TIMESTAMP).unlink()
    kept = {name: facts[name] for name in facts if name not in ("files", "seal")}
    write_manifest(pack, {**kept, "title": "Backdated"})
    (pack / TIMESTAMP).write_bytes(token)
    assert findings_of(pack) == findings_of(pack, tsa.ca) == [(TIMESTAMP, "unverified")]


@pytest.mark.parametrize("content", [b"", b"junk"])
def test_a_damaged_timestamp_is_found(tsa, tmp_path, content):
    pack = stamped_pack(tmp_path / "pack", tsa)
    (pack / TIMESTAMP).write_bytes(content)
    assert findings_of(pack) == [(TIMESTAMP, "unverified")]


def test_a_forged_time_is_found_with_the_certificate(tsa, tmp_path):
    pack = stamped_pack(tmp_path / "pack", tsa)
    token = (pack / TIMESTAMP).read_bytes()
    (moment,) = set(re.findall(rb"\x18\x0f(20\d{12}Z)", token))
    (pack / TIMESTAMP).write_bytes(token.replace(moment, b"2001" + moment[4:]))
    assert findings_of(pack, tsa.ca) == [(TIMESTAMP, "unverified")]


def test_a_missing_timestamp_is_one_finding(tsa, tmp_path):
    pack = stamped_pack(tmp_path / "pack", tsa)
    (pack / TIMESTAMP).unlink()
    assert findings_of(pack) == findings_of(pack, tsa.ca) == [(TIMESTAMP, "missing")]
    plain = small_pack(tmp_path / "plain")
    assert findings_of(plain) == []
    assert findings_of(plain, tsa.ca) == [(TIMESTAMP, "missing")]


@pytest.mark.slow
def test_the_pack_in_a_bag_is_timestamped(tsa, other_ca, tmp_path):
    (tmp_path / "bag").mkdir()
    stamped_pack(tmp_path / "bag" / "data", tsa)
    write_bag(tmp_path / "bag", "timestamped")
    assert findings_of(tmp_path / "bag", tsa.ca) == []
    assert findings_of(tmp_path / "bag", other_ca) == [(f"data/{TIMESTAMP}", "unverified")]


@pytest.mark.parametrize(
    ("path", "error", "said"),
    [
        ("moved", KPATransportError, "gave no timestamp: HTTP status 302"),
        ("broken", KPATransportError, "gave no timestamp: HTTP status 500"),
        ("long", KPATransportError, "sent an answer too large for a timestamp"),
        ("page", KPADataError, "sent is not a timestamp"),
        ("refused", KPADataError, "refused a timestamp: Bad request format"),
        ("other", KPADataError, "sent a timestamp that answers another request"),
    ],
)
def test_an_answer_that_is_no_timestamp_of_this_manifest_is_an_error(
    tsa, tmp_path, path, error, said
):
    pack = stamped_pack(tmp_path / "pack", tsa)
    (pack / TIMESTAMP).unlink()
    with pytest.raises(error, match=f"127.0.0.1.*{said}"):
        timestamp_manifest(pack, timestamp_url(f"{tsa.url}/{path}"))
    assert not (pack / TIMESTAMP).exists()


def test_an_authority_that_cannot_be_reached_is_an_error(tmp_path):
    with pytest.raises(KPATransportError, match=r"127\.0\.0\.1:9 gave no timestamp"):
        timestamp_manifest(small_pack(tmp_path / "pack"), timestamp_url("http://127.0.0.1:9/x"))


@pytest.mark.parametrize(
    "url", ["", "tsa.example", "ftp://tsa.example", "file:///etc", "https://[x", 7]
)
def test_an_address_must_be_of_the_web(url):
    with pytest.raises(KPADataError, match="timestamp must be the http or https address"):
        timestamp_url(url)


def test_an_address_with_a_password_is_refused_and_not_shown():
    with pytest.raises(KPADataError, match=r"no user name or password .*tsa\.example") as raised:
        timestamp_url("https://me:hunter2@tsa.example")
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "can't be read: No such file"), (b"dear auditor", "holds no certificate in PEM form")],
)
def test_a_file_without_certificates_is_named(tmp_path, content, said):
    if content is not None:
        (tmp_path / "ca.pem").write_bytes(content)
    with pytest.raises(KPADataError, match=rf"ca\.pem {said}"):
        kpa.verify_audit(small_pack(tmp_path / "pack"), tsa_ca=tmp_path / "ca.pem")


def test_without_the_extra_verify_still_compares_the_files(tsa, tmp_path, monkeypatch):
    pack = stamped_pack(tmp_path / "pack", tsa)
    for module in (sign, timestamp):
        monkeypatch.setattr(module, "find_spec", lambda name: None)
    assert findings_of(pack) == []
    with pytest.raises(KPAError, match=r"need rfc3161-client: .*\[sign\]"):
        findings_of(pack, tsa.ca)
    with pytest.raises(KPAError, match="need rfc3161-client"):
        timestamp_url(tsa.url)


@pytest.mark.slow
def test_the_command_line_says_what_the_timestamp_shows(
    tsa, other_ca, tmp_path, capsys, monkeypatch
):
    def command(*arguments: object) -> tuple[int, str, str]:
        return run(capsys, monkeypatch, *arguments)

    pack = stamped_pack(tmp_path / "pack", tsa)
    code, out, _ = command("verify", pack)
    assert (
        code,
        bool(re.search(r"manifest.json existed on \d+ \w{3} 20\d\d, \d\d:\d\d:\d\d UTC", out)),
    ) == (0, True)
    assert "who made it was not checked" in out
    code, out, _ = command("verify", pack, "--tsa-ca", tsa.ca)
    assert (code, "an authority in ca.pem made it" in out) == (0, True)
    code, out, _ = command("verify", pack, "--tsa-ca", other_ca)
    assert (code, len(out.splitlines())) == (1, 1)
    assert out.startswith(f"unverified: {TIMESTAMP} (ca.pem does not accept it: another authority")
    for wrong in (("verify", pack, "--tsa-ca", tmp_path / "none.pem"), ("audit", tmp_path / "new")):
        options = ("--demo", "--timestamp", "tsa.example") if wrong[0] == "audit" else ()
        code, _, err = command(*wrong, *options)
        assert (code, len(err.splitlines())) == (2, 1)


@pytest.mark.usefixtures("only_its_page")
@pytest.mark.slow
def test_an_export_is_timestamped(tsa, tmp_path):
    url = f"{tsa.url}/my-key"
    pack = kpa.export_audit(small(), tmp_path / "pack", as_of=AS_OF, timestamp=url)
    assert findings_of(pack, tsa.ca) == []
    assert openssl_accepts(pack, tsa.ca)
    stated = json.loads((pack / MANIFEST).read_bytes())["timestamp"]
    assert stated == {"file": TIMESTAMP, "authority": tsa.url.removeprefix("http://")}


@pytest.mark.usefixtures("only_its_page")
@pytest.mark.slow
def test_no_pack_is_written_if_the_authority_fails(tsa, tmp_path):
    with pytest.raises(KPATransportError, match="HTTP status 500"):
        kpa.export_audit(small(), tmp_path / "pack", as_of=AS_OF, timestamp=f"{tsa.url}/broken")
    assert list(tmp_path.glob("*pack*")) == []
