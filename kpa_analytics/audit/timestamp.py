"""Timestamp the manifest of a pack, so that an auditor can tell since when the pack exists.

manifest.json.tsr is the answer of a time-stamping authority (RFC 3161) about the SHA-256 of
manifest.json, as `openssl ts` reads it. Only that hash and a random number are sent.
"""

from __future__ import annotations

import hashlib
import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from kpa_analytics.audit.file_differences import Difference
from kpa_analytics.audit.manifest import MANIFEST, TIMESTAMP
from kpa_analytics.audit.sign import need_sign_extra
from kpa_analytics.audit.timestamp_certificates import with_sorted_certificates
from kpa_analytics.config import settings
from kpa_analytics.errors import KPADataError, KPATransportError
from kpa_analytics.install_command import install_command
from kpa_analytics.paths import content_of, typed_path
from kpa_analytics.utf8 import is_utf8
from kpa_analytics.wording import day

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampRequest, TimeStampResponse

#: A token with its certificates has a few thousand bytes.
_LONGEST_ANSWER = 1_000_000
#: The hashes that an authority may use, by their object identifiers.
_HASHES = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
_HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


class TimestampURL(NamedTuple):
    """The address of a time-stamping authority."""

    url: str

    @property
    def host(self) -> str:
        """The host alone: a path may hold a customer's key."""
        return urlsplit(self.url).netloc

    @property
    def facts(self) -> dict[str, str]:
        """The statements of the manifest about the timestamp."""
        return {"file": TIMESTAMP, "authority": self.host}


class Authority(NamedTuple):
    """The certificates of an authority that an auditor trusts."""

    certificates: tuple[Certificate, ...]
    name: str


def timestamp_url(url: str) -> TimestampURL:
    """Check the address of a time-stamping authority.

    Raises:
        KPADataError: it is not an http or https address, or has a user name or password in it.
        KPAError: the package rfc3161-client is not installed.
    """
    need_sign_extra("timestamps", "rfc3161-client")
    try:
        parts = urlsplit(url if isinstance(url, str) and is_utf8(url) else "")
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise KPADataError("timestamp must be the http or https address of an authority")
    if "@" in parts.netloc:
        raise KPADataError(
            f"timestamp must have no user name or password in its address ({parts.hostname})"
        )
    return TimestampURL(url)


def authority(path: str | os.PathLike[str]) -> Authority:
    """Read the certificates of an authority, a PEM file with one or more of them.

    Raises:
        KPADataError: the file cannot be read or holds no certificate; the message names it.
        KPAError: the package rfc3161-client is not installed.
    """
    need_sign_extra("timestamps", "rfc3161-client")
    from cryptography.x509 import load_pem_x509_certificates

    file = typed_path(path)
    content = content_of(file)
    try:
        return Authority(tuple(load_pem_x509_certificates(content)), file.name)
    except ValueError as error:
        raise KPADataError(f"{file} holds no certificate in PEM form") from error


def timestamp_manifest(folder: Path, address: TimestampURL) -> None:
    """Ask the authority for a timestamp of a pack's manifest, and write it beside the manifest.

    Raises:
        KPATransportError: the authority cannot be reached.
        KPADataError: its answer is not a timestamp of this manifest.
    """
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    content = (folder / MANIFEST).read_bytes()
    request = TimestampRequestBuilder(content, HashAlgorithm.SHA256).build()
    answer = _answer(address, request.as_bytes())
    _refuse_other_answers(address, request, answer)
    (folder / TIMESTAMP).write_bytes(answer)


def check_timestamp(folder: Path, trusted: Authority | None) -> Difference | None:
    """Check the timestamp of a pack's manifest; None if there is nothing wrong with it.

    Without a trusted authority, only the hash in the timestamp is compared with the manifest's; and
    nothing is checked where rfc3161-client is not installed.
    """
    if not (folder / TIMESTAMP).is_file():
        said = "the certificate of an authority was given, but there is no timestamp to check"
        return Difference(TIMESTAMP, "missing", said) if trusted else None
    if not trusted and find_spec("rfc3161_client") is None:
        return None
    content = (folder / MANIFEST).read_bytes()
    try:
        token = _token((folder / TIMESTAMP).read_bytes())
        if token.tst_info.message_imprint.message != _hashed(token, content):
            return Difference(
                TIMESTAMP, "unverified", "it is not a timestamp of this manifest.json"
            )
    except ValueError:
        return Difference(TIMESTAMP, "unverified", "it is not a timestamp, or it was changed")
    except LookupError:
        said = "it has another hash than SHA-256, SHA-384 or SHA-512, so it can't be checked"
        return Difference(TIMESTAMP, "unverified", said)
    if trusted and not _accepts(trusted, token, content):
        said = (
            f"{trusted.name} does not accept it: another authority made it, its certificate was "
            "not valid at that time, or it was changed"
        )
        return Difference(TIMESTAMP, "unverified", said)
    return None


def what_the_timestamp_shows(folder: Path, trusted: Authority | None) -> str:
    """One line that says what a checked timestamp shows."""
    if find_spec("rfc3161_client") is None:
        return f"timestamp not checked: {install_command('sign')}"
    moment = _token((folder / TIMESTAMP).read_bytes()).tst_info.gen_time
    said = f"the timestamp says that manifest.json existed on {day(moment)}, "
    said += f"{moment:%H:%M:%S} UTC"
    if trusted:
        return f"{said}; an authority in {trusted.name} made it"
    return f"{said}, but who made it was not checked: give the authority's certificate (--tsa-ca)"


def _answer(address: TimestampURL, query: bytes) -> bytes:
    import requests

    try:
        with requests.post(
            address.url,
            query,
            headers=_HEADERS,
            timeout=settings().timeout,
            allow_redirects=False,
            stream=True,
            auth=lambda prepared: prepared,  # or else a .netrc file may add a password
        ) as response:
            content = next(response.iter_content(_LONGEST_ANSWER + 1), b"")
    except requests.Timeout:
        raise KPATransportError(f"{address.host} did not answer in time", "timeout") from None
    except requests.RequestException as error:
        kind = type(error).__name__
        raise KPATransportError(f"{address.host} gave no timestamp: {kind}", "connection") from None
    if response.status_code != requests.codes.ok:
        raise KPATransportError(
            f"{address.host} gave no timestamp: HTTP status {response.status_code}", "status"
        )
    if len(content) > _LONGEST_ANSWER:
        raise KPATransportError(
            f"{address.host} sent an answer too large for a timestamp", "too_large"
        )
    return content


def _refuse_other_answers(address: TimestampURL, request: TimeStampRequest, answer: bytes) -> None:
    try:
        response = _token(answer)
        info = response.tst_info if response.status == 0 else None
    except ValueError as error:
        raise KPADataError(f"what {address.host} sent is not a timestamp") from error
    if info is None:
        reasons = "; ".join(response.status_string) or f"status {response.status}"
        raise KPADataError(f"{address.host} refused a timestamp: {reasons}")
    if (info.nonce, info.message_imprint.message) != (
        request.nonce,
        request.message_imprint.message,
    ):
        raise KPADataError(f"{address.host} sent a timestamp that answers another request")


def _token(content: bytes) -> TimeStampResponse:
    from rfc3161_client import decode_timestamp_response

    if len(content) > _LONGEST_ANSWER:
        raise ValueError("too large for a timestamp")
    return decode_timestamp_response(with_sorted_certificates(content))


def _hashed(token: TimeStampResponse, content: bytes) -> bytes:
    oid = token.tst_info.message_imprint.hash_algorithm
    return hashlib.new(_HASHES[oid.dotted_string], content).digest()


def _accepts(trusted: Authority, token: TimeStampResponse, content: bytes) -> bool:
    from rfc3161_client import VerificationError, VerifierBuilder

    roots = [each for each in trusted.certificates if each.issuer == each.subject]
    others = [each for each in trusted.certificates if each.issuer != each.subject]
    verifier = VerifierBuilder(roots=roots or others, intermediates=others).build()
    try:
        return verifier.verify_message(token, content)
    except VerificationError:
        return False
