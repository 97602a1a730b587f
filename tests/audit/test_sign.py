"""Signatures over a pack's manifest: made here, checked here and by the real openssl."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.audit import sign
from kpa_analytics.audit.bagit import write_bag
from kpa_analytics.audit.manifest import MANIFEST, SIGNATURE, TIMESTAMP, write_manifest
from kpa_analytics.audit.sign import public_key, sign_manifest, signing_key
from kpa_analytics.errors import KPADataError, KPAError
from tests.audit.packs import AS_OF
from tests.audit.tampering import small_pack
from tests.publishing.small import small

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "audit-pack.md"
PASSPHRASE = "correct horse / battery staple"

KINDS = {
    "ed25519": ["-algorithm", "ed25519"],
    "rsa": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    "p256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "p384": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
}
WRONG = {
    "x25519": ["-algorithm", "x25519"],
    "ed448": ["-algorithm", "ed448"],
    "rsa1024": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"],
    "p192": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:prime192v1"],
    "wap": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp112r1"],
}


def openssl(*arguments: object) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


@pytest.fixture(scope="session")
def keys(tmp_path_factory) -> Path:
    """A folder of keys, made by openssl: KIND.pem, KIND.pub.pem, and two encrypted ones."""
    folder = tmp_path_factory.mktemp("keys")
    for kind, options in (KINDS | WRONG).items():
        openssl("genpkey", *options, "-out", folder / f"{kind}.pem")
        _public(folder, kind)
    openssl("genpkey", *KINDS["ed25519"], "-out", folder / "other.pem")
    _public(folder, "other")
    locked = ("-aes256", "-pass", f"pass:{PASSPHRASE}")
    openssl("genpkey", *KINDS["ed25519"], *locked, "-out", folder / "locked.pem")
    openssl(
        *("pkey", "-in", folder / "locked.pem", "-passin", f"pass:{PASSPHRASE}"),
        *("-pubout", "-out", folder / "locked.pub.pem"),
    )
    return folder


def _public(folder: Path, kind: str) -> None:
    openssl("pkey", "-in", folder / f"{kind}.pem", "-pubout", "-out", folder / f"{kind}.pub.pem")


def signed_pack(folder: Path, keys: Path, kind: str = "ed25519") -> Path:
    key = signing_key(keys / f"{kind}.pem")
    sign_manifest(small_pack(folder, signature=key.facts), key)
    return folder


def findings_of(pack: Path, key: Path | None = None) -> list[tuple[str, str]]:
    return kpa.verify_audit(pack, key=key).select("path", "finding").rows()


def _readme_commands() -> dict[str, list[str]]:
    """The guide's commands of openssl that check a signature, by their first word."""
    lines = re.findall(r"^openssl ((?:pkeyutl|dgst).*)$", GUIDE.read_text("utf-8"), re.MULTILINE)
    return {line.split()[0]: shlex.split(line) for line in lines}


def openssl_accepts(pack: Path, key: Path, kind: str) -> bool:
    command = _readme_commands()["pkeyutl" if kind == "ed25519" else "dgst"]
    given = [str(key) if word == "PUB.pem" else word for word in command]
    return subprocess.run(["openssl", *given], cwd=pack, capture_output=True).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_what_we_sign_we_accept_and_openssl_accepts(keys, tmp_path, kind):
    pack = signed_pack(tmp_path / "pack", keys, kind)
    public = keys / f"{kind}.pub.pem"
    assert findings_of(pack, public) == []
    assert openssl_accepts(pack, public, kind)
    (pack / MANIFEST).write_bytes((pack / MANIFEST).read_bytes() + b" ")
    assert not openssl_accepts(pack, public, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_what_openssl_signs_we_accept(keys, tmp_path, kind):
    pack = signed_pack(tmp_path / "pack", keys, kind)
    signature, private = pack / SIGNATURE, keys / f"{kind}.pem"
    signature.unlink()
    if kind == "ed25519":
        openssl(
            *("pkeyutl", "-sign", "-inkey", private, "-rawin"),
            *("-in", pack / MANIFEST, "-out", signature),
        )
    else:
        openssl("dgst", "-sha256", "-sign", private, "-out", signature, pack / MANIFEST)
    assert findings_of(pack, keys / f"{kind}.pub.pem") == []


@pytest.mark.parametrize("kind", ["ed25519", "rsa", "p256"])
@pytest.mark.parametrize("other", ["other", "rsa", "p384"])
def test_another_key_does_not_accept_the_signature(keys, tmp_path, kind, other):
    if kind != other:
        pack = signed_pack(tmp_path / "pack", keys, kind)
        (row,) = kpa.verify_audit(pack, key=keys / f"{other}.pub.pem").rows()
        assert row[:2] == (SIGNATURE, "unverified")
        assert f"{other}.pub.pem does not accept it" in row[2]


def test_who_rewrites_files_and_manifest_together_is_found_with_the_key_and_not_without(
    keys, tmp_path
):
    pack = signed_pack(tmp_path / "pack", keys)
    signature = (pack / SIGNATURE).read_bytes()
    (pack / SIGNATURE).unlink()
    (pack / "records.csv").write_text("id,notes\n1238,never happened\n")
    facts = json.loads((pack / MANIFEST).read_bytes())
    write_manifest(pack, {name: facts[name] for name in facts if name not in ("files", "seal")})
    (pack / SIGNATURE).write_bytes(signature)
    assert findings_of(pack) == []
    assert findings_of(pack, keys / "ed25519.pub.pem") == [(SIGNATURE, "unverified")]


def test_a_missing_signature_is_one_finding_with_and_without_a_key(keys, tmp_path):
    pack = signed_pack(tmp_path / "pack", keys)
    (pack / SIGNATURE).unlink()
    assert (
        findings_of(pack) == findings_of(pack, keys / "ed25519.pub.pem") == [(SIGNATURE, "missing")]
    )


def test_a_pack_that_never_had_a_signature_fails_a_key(keys, tmp_path):
    pack = small_pack(tmp_path / "pack")
    assert findings_of(pack) == []
    assert findings_of(pack, keys / "ed25519.pub.pem") == [(SIGNATURE, "missing")]


def test_a_signature_that_the_manifest_does_not_announce_was_added(tmp_path):
    pack = small_pack(tmp_path / "pack")
    (pack / SIGNATURE).write_bytes(b"x" * 64)
    assert findings_of(pack) == [(SIGNATURE, "added")]


@pytest.mark.parametrize("name", ["manifest.json", "manifest.json.sig", "manifest.json.tsr"])
def test_a_link_in_place_of_a_file_without_a_hash_is_found(keys, tmp_path, name):
    pack = signed_pack(tmp_path, keys)
    (pack / name).touch()
    (pack / name).rename(tmp_path / "elsewhere")
    (pack / name).symlink_to(tmp_path / "elsewhere")
    links = kpa.verify_audit(pack).filter(pl.col("detail").str.contains("symbolic link"))
    assert links["path"].to_list() == [name]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a folder of Windows can hold no pipe")
@pytest.mark.parametrize("name", ["manifest.json.sig", "manifest.json.tsr"])
def test_a_pipe_in_place_of_a_file_without_a_hash_is_found(keys, tmp_path, name):
    facts = signing_key(keys / "ed25519.pem").facts
    pack = small_pack(tmp_path / "pack", signature=facts, timestamp={})
    (pack / SIGNATURE).touch()
    (pack / TIMESTAMP).touch()
    (pack / name).unlink()
    os.mkfifo(pack / name)
    findings = findings_of(pack, keys / "ed25519.pub.pem")
    assert (name, "changed") in findings


@pytest.mark.parametrize("what", ["nothing", "folder", "link"])
def test_without_a_manifest_neither_signature_nor_timestamp_is_checked(keys, tmp_path, what):
    pack = signed_pack(tmp_path / "pack", keys)
    (pack / TIMESTAMP).touch()
    (pack / MANIFEST).unlink()
    if what == "folder":
        (pack / MANIFEST).mkdir()
    elif what == "link":
        (pack / MANIFEST).symlink_to("nowhere")
    assert findings_of(pack, keys / "ed25519.pub.pem") == [(MANIFEST, "missing")]


def test_a_folder_in_place_of_the_signature_is_found(keys, tmp_path):
    pack = signed_pack(tmp_path / "pack", keys)
    (pack / SIGNATURE).unlink()
    (pack / SIGNATURE).mkdir()
    findings = findings_of(pack, keys / "ed25519.pub.pem")
    assert findings == [(SIGNATURE, "added"), (SIGNATURE, "missing")]


def test_a_damaged_manifest_is_one_finding(keys, tmp_path):
    pack = signed_pack(tmp_path / "pack", keys)
    content = (pack / MANIFEST).read_bytes()
    (pack / MANIFEST).write_bytes(content.replace(b"2026-06-30", b"2026-06-31"))
    assert findings_of(pack, keys / "ed25519.pub.pem") == [(MANIFEST, "changed")]


def test_files_are_compared_though_the_signature_is_good(keys, tmp_path):
    pack = signed_pack(tmp_path / "pack", keys)
    (pack / "records.csv").write_text("id\n")
    assert findings_of(pack, keys / "ed25519.pub.pem") == [("records.csv", "changed")]


def test_the_pack_in_a_bag_is_signed(keys, tmp_path):
    (tmp_path / "bag").mkdir()
    pack = signed_pack(tmp_path / "bag" / "data", keys)
    write_bag(tmp_path / "bag", "signed")
    for folder in (tmp_path / "bag", pack):
        assert findings_of(folder, keys / "ed25519.pub.pem") == []
    assert findings_of(tmp_path / "bag", keys / "other.pub.pem") == [
        (f"data/{SIGNATURE}", "unverified")
    ]


# Keys that can't be used, and their passphrases.


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere.pem", "can't be read: No such file"),
        ("ed25519.pub.pem", "is not a private key in PEM form"),
        ("x25519.pem", "is not a key of Ed25519, RSA or an elliptic curve"),
        ("ed448.pem", "is not a key of Ed25519, RSA or an elliptic curve"),
        ("rsa1024.pem", "is an RSA key of 1024 bits: at least 2048 are needed"),
        ("p192.pem", "is a key of an elliptic curve of 192 bits: at least 224 are needed"),
        ("wap.pem", "is not a private key in PEM form: Curve"),
    ],
)
def test_a_private_key_that_cannot_sign_is_named(keys, name, said):
    with pytest.raises(KPADataError, match=re.escape(f"{name} {said}")) as error:
        signing_key(keys / name)
    assert str(error.value).count(name) == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere.pem", "can't be read: No such file"),
        ("ed25519.pem", "is a private key: give the public key that belongs to it"),
        ("locked.pem", "is a private key: give the public key that belongs to it"),
        ("x25519.pub.pem", "is not a key of Ed25519, RSA or an elliptic curve"),
        ("rsa1024.pub.pem", "is an RSA key of 1024 bits"),
        ("p192.pub.pem", "is a key of an elliptic curve of 192 bits"),
    ],
)
def test_a_public_key_that_cannot_verify_is_named(keys, tmp_path, name, said):
    with pytest.raises(KPADataError, match=re.escape(f"{name} {said}")):
        kpa.verify_audit(small_pack(tmp_path / "pack"), key=keys / name)


@pytest.mark.parametrize("read", [signing_key, public_key])
def test_a_file_that_is_no_key_is_named(tmp_path, read):
    (tmp_path / "notes.pem").write_text("dear auditor")
    with pytest.raises(KPADataError, match=r"notes\.pem is not a \w+ key in PEM form"):
        read(tmp_path / "notes.pem")


def test_the_passphrase_is_taken_from_the_environment(keys, monkeypatch):
    monkeypatch.setenv("KPA_SIGN_PASSPHRASE", PASSPHRASE)
    assert signing_key(keys / "locked.pem").facts["algorithm"] == "Ed25519"
    assert kpa.settings().requests_per_minute == 60, "it is not a setting, and no error either"


def test_the_passphrase_is_typed_unseen(keys, monkeypatch):
    asked = []
    monkeypatch.setattr("getpass.getpass", lambda prompt: asked.append(prompt) or PASSPHRASE)
    assert signing_key(keys / "locked.pem").facts["algorithm"] == "Ed25519"
    assert asked == [f"Passphrase of {keys / 'locked.pem'}: "]


def test_a_wrong_passphrase_is_an_error_that_does_not_show_it(keys, monkeypatch):
    monkeypatch.setenv("KPA_SIGN_PASSPHRASE", "hunter2-and-more")
    with pytest.raises(KPADataError, match=r"the passphrase of .*locked\.pem is wrong") as raised:
        signing_key(keys / "locked.pem")
    seen, frames = repr(raised.value), raised.traceback
    assert "hunter2" not in seen + "".join(repr(frame.frame.f_locals) for frame in frames[1:])


def test_every_wrong_passphrase_is_called_wrong(keys, monkeypatch):
    """Also one that seems to decrypt the key: about 1 of 256 does."""
    said = set()
    for number in range(2500):
        monkeypatch.setenv("KPA_SIGN_PASSPHRASE", f"wrong {number}")
        with pytest.raises(KPADataError) as raised:
            signing_key(keys / "locked.pem")
        said.add(str(raised.value))
    wrong = f"the passphrase of {keys / 'locked.pem'} is wrong"
    assert said == {wrong, f"{wrong}, or the key is damaged"}


@pytest.mark.parametrize(
    ("kind", "cipher", "said"),
    [("rsa", "-camellia256", "Unknown key encryption"), ("wap", "-aes256", "Curve")],
)
def test_a_key_that_no_passphrase_opens_is_not_called_a_wrong_passphrase(
    keys, tmp_path, monkeypatch, kind, cipher, said
):
    private = tmp_path / "odd.pem"
    locked = (cipher, "-passout", f"pass:{PASSPHRASE}")
    openssl("pkey", "-in", keys / f"{kind}.pem", *locked, "-out", private)
    monkeypatch.setenv("KPA_SIGN_PASSPHRASE", PASSPHRASE)
    with pytest.raises(KPADataError, match=rf"odd\.pem can't be decrypted and read: {said}"):
        signing_key(private)


@pytest.mark.slow
def test_without_a_terminal_the_error_names_the_variable(keys):
    code = "import sys; from kpa_analytics.audit.sign import signing_key; signing_key(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", code, keys / "locked.pem"],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert "there is no terminal to ask for its passphrase: set KPA_SIGN_PASSPHRASE" in done.stderr


def test_a_missing_package_is_named_with_what_to_install(keys, monkeypatch):
    monkeypatch.setattr(sign, "find_spec", lambda name: None)
    for read in (signing_key, public_key):
        with pytest.raises(KPAError, match=r"need cryptography: .*\[sign\]"):
            read(keys / "ed25519.pem")


# The public face.


@pytest.mark.usefixtures("only_its_page")
@pytest.mark.slow
def test_an_export_is_signed_with_an_encrypted_key(keys, tmp_path, monkeypatch):
    monkeypatch.setenv("KPA_SIGN_PASSPHRASE", PASSPHRASE)
    pack = kpa.export_audit(small(), tmp_path / "pack", as_of=AS_OF, sign=keys / "locked.pem")
    assert findings_of(pack, keys / "locked.pub.pem") == []
    assert openssl_accepts(pack, keys / "locked.pub.pem", "ed25519")
    stated = json.loads((pack / MANIFEST).read_bytes())["signature"]
    der = subprocess.run(
        ["openssl", "pkey", "-pubin", "-in", keys / "locked.pub.pem", "-outform", "DER"],
        capture_output=True,
        check=True,
    ).stdout
    assert stated == {
        "file": SIGNATURE,
        "algorithm": "Ed25519",
        "public_key_sha256": hashlib.sha256(der).hexdigest(),
    }
    assert all(PASSPHRASE.encode() not in path.read_bytes() for path in pack.glob("*.*"))


def test_an_unreadable_key_stops_an_export_before_any_work(data, tmp_path):
    with pytest.raises(KPADataError, match=r"nowhere\.pem can't be read"):
        kpa.export_audit(data, tmp_path / "pack", as_of=AS_OF, sign=tmp_path / "nowhere.pem")
    assert list(tmp_path.glob("pack*")) == []
