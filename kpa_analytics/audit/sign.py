"""Sign the manifest of a pack, so that an auditor can tell who made the pack.

manifest.json.sig is a detached signature over the bytes of manifest.json, which has the hash of
every other file. Plain `openssl` makes and checks the same signatures: for an Ed25519 key the 64
bytes of RFC 8032, for RSA PKCS #1 v1.5 with SHA-256, for an elliptic curve ECDSA with SHA-256 in
DER.

A signature shows only that the signer had the private key. The auditor must know from another
source whose key it is, so the public key is not in the pack.
"""

from __future__ import annotations

import getpass
import hashlib
import os
import re
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kpa_analytics.audit.file_differences import Difference
from kpa_analytics.audit.manifest import MANIFEST, SIGNATURE
from kpa_analytics.config import SIGN_PASSPHRASE
from kpa_analytics.errors import KPADataError, KPAError
from kpa_analytics.install_command import install_command
from kpa_analytics.paths import content_of, typed_path
from kpa_analytics.secret import Secret

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import (
        EllipticCurvePrivateKey,
        EllipticCurvePublicKey,
    )
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

    _Private = Ed25519PrivateKey | RSAPrivateKey | EllipticCurvePrivateKey
    _Public = Ed25519PublicKey | RSAPublicKey | EllipticCurvePublicKey

_SMALLEST_RSA = 2048
#: The smallest elliptic curve that is as strong as such an RSA key (NIST SP 800-57, table 2).
_SMALLEST_CURVE = 224


#: What cryptography says of a key that no passphrase can open.
_UNKNOWN = re.compile("unknown|unsupported|not supported", re.IGNORECASE)
#: What it says of bytes that are no key: 1 of 256 wrong passphrases seems to decrypt a key.
_NO_KEY = "Could not deserialize key data"


class SigningKey(NamedTuple):
    """A private key of a kind that can sign a pack."""

    private: _Private

    @property
    def facts(self) -> dict[str, str]:
        """The facts about the signature in the manifest."""
        public = self.private.public_key()
        return {
            "file": SIGNATURE,
            "algorithm": _algorithm(public),
            "public_key_sha256": _fingerprint(public),
        }

    def sign(self, content: bytes) -> bytes:
        """The signature over some bytes."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(content, padding.PKCS1v15(), hashes.SHA256())
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            return self.private.sign(content, ec.ECDSA(hashes.SHA256()))
        return self.private.sign(content)


class PublicKey(NamedTuple):
    """A public key that can check the signature of a pack."""

    public: _Public
    name: str

    def __str__(self) -> str:
        fingerprint = _fingerprint(self.public)
        return f"{self.name} ({_algorithm(self.public)}, SHA-256 of the key {fingerprint})"

    def accepts(self, signature: bytes, content: bytes) -> bool:
        """Whether the private half of this key made a signature over some bytes."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

        try:
            if isinstance(self.public, rsa.RSAPublicKey):
                self.public.verify(signature, content, padding.PKCS1v15(), hashes.SHA256())
            elif isinstance(self.public, ec.EllipticCurvePublicKey):
                self.public.verify(signature, content, ec.ECDSA(hashes.SHA256()))
            else:
                self.public.verify(signature, content)
        except InvalidSignature:
            return False
        return True


def signing_key(path: str | os.PathLike[str]) -> SigningKey:
    """Read a private key: PEM, Ed25519, RSA (2048 bits or more) or an elliptic curve (224 or more).

    The passphrase of an encrypted key is read from `KPA_SIGN_PASSPHRASE`, or else from the
    terminal.

    Raises:
        KPADataError: the file cannot be read, is not such a key, or its passphrase is wrong or
            missing; the message names the file and never shows the passphrase.
        KPAError: the package cryptography is not installed.
    """
    need_sign_extra("signatures")
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    file = typed_path(path)
    content = content_of(file)
    try:
        key = load_pem_private_key(content, None)
    except TypeError:  # it is encrypted
        key = _decrypted(file, content)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KPADataError(f"{file} is not a private key in PEM form: {_reason(error)}") from error
    return _usable(file, key)


def public_key(path: str | os.PathLike[str]) -> PublicKey:
    """Read a public key in PEM form, of the kinds that `signing_key()` knows.

    Raises:
        KPADataError: the file cannot be read or is not such a key; the message names it.
        KPAError: the package cryptography is not installed.
    """
    need_sign_extra("signatures")
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    file = typed_path(path)
    content = content_of(file)
    if b"PRIVATE KEY-----" in content:
        raise KPADataError(f"{file} is a private key: give the public key that belongs to it")
    try:
        key = load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KPADataError(f"{file} is not a public key in PEM form: {_reason(error)}") from error
    return PublicKey(_suitable(file, key), file.name)


def sign_manifest(folder: Path, key: SigningKey) -> None:
    """Write the signature of a pack's manifest beside it."""
    (folder / SIGNATURE).write_bytes(key.sign((folder / MANIFEST).read_bytes()))


def check_signature(folder: Path, key: PublicKey) -> Difference | None:
    """Check the signature of a pack's manifest; None if the key accepts it."""
    if not (folder / SIGNATURE).is_file():
        return Difference(
            SIGNATURE, "missing", "a key was given, but there is no signature to check"
        )
    if key.accepts((folder / SIGNATURE).read_bytes(), (folder / MANIFEST).read_bytes()):
        return None
    return Difference(
        SIGNATURE,
        "unverified",
        f"{key.name} does not accept it: the manifest was signed with another key, or one of the "
        "two files was changed",
    )


def need_sign_extra(purpose: str, package: str = "cryptography") -> None:
    """Raise a KPAError that names the package to install, unless it is installed."""
    if find_spec(package.replace("-", "_")) is None:
        raise KPAError(f"{purpose} need {package}: {install_command('sign')}")


def _decrypted(file: Path, content: bytes) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    passphrase = _passphrase(file)
    try:
        return load_pem_private_key(content, passphrase.reveal().encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        reason = _reason(error)
        if reason.startswith(_NO_KEY):
            raise KPADataError(
                f"the passphrase of {file} is wrong, or the key is damaged"
            ) from None
        if _UNKNOWN.search(reason):
            raise KPADataError(f"{file} can't be decrypted and read: {reason}") from None
        raise KPADataError(f"the passphrase of {file} is wrong") from None


def _usable(file: Path, key: Any) -> SigningKey:
    _suitable(file, key.public_key())
    return SigningKey(key)


def _suitable(file: Path, key: Any) -> _Public:
    """A public key, or a KPADataError if keys of its kind cannot sign a pack."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if isinstance(key, rsa.RSAPublicKey) and key.key_size < _SMALLEST_RSA:
        raise KPADataError(
            f"{file} is an RSA key of {key.key_size} bits: at least {_SMALLEST_RSA} are needed"
        )
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.key_size < _SMALLEST_CURVE:
        raise KPADataError(
            f"{file} is a key of an elliptic curve of {key.curve.key_size} bits: at least "
            f"{_SMALLEST_CURVE} are needed"
        )
    if isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey):
        return key
    raise KPADataError(f"{file} is not a key of Ed25519, RSA or an elliptic curve")


def _algorithm(key: _Public) -> str:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}, SHA-256"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"ECDSA {key.curve.name}, SHA-256"
    return "Ed25519"


def _fingerprint(key: _Public) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    encoded = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(encoded).hexdigest()


def _passphrase(file: Path) -> Secret:
    if given := os.environ.get(SIGN_PASSPHRASE):
        return Secret(given)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)  # it would be shown
            return Secret(getpass.getpass(f"Passphrase of {file}: "))
    except (getpass.GetPassWarning, EOFError, OSError) as error:
        raise KPADataError(
            f"{file} is encrypted, and there is no terminal to ask for its passphrase: "
            f"set {SIGN_PASSPHRASE}"
        ) from error


def _reason(error: Exception) -> str:
    return str(error).split("\n")[0].rstrip(".")
