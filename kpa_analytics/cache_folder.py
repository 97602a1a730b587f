"""Where things are kept: one private folder per account, readable by its owner alone.

The folder is named by a fingerprint of the API's address and the token, so that entries of two
accounts never meet and the token itself is written nowhere.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import warnings
from pathlib import Path

from kpa_analytics.config import Settings, settings
from kpa_analytics.errors import KPACacheWarning, KPASettingsError

_ACCOUNT = re.compile(r"account-[0-9a-f]{16}")


def account_folder(current: Settings) -> Path:
    """The path of the account's own folder; nothing is created.

    Raises:
        KPASettingsError: no token is set; says how to set one, or how to start the demo.
    """
    if not current.token:
        raise KPASettingsError(
            "no API token: set the environment variable KPA_API_TOKEN (or call "
            "kpa.configure(token=...)), or start the demo with kpa.demo.start()"
        )
    account = hashlib.sha256(f"{current.api_url}\0{current.token.reveal()}".encode())
    return current.cache_dir / f"account-{account.hexdigest()[:16]}"


def private_folder(path: Path) -> Path:
    """Create a folder that only its owner can enter (0700), whatever the umask.

    Raises:
        OSError: it can't be created here.
    """
    for folder in reversed([path, *path.parents]):
        if not folder.exists():
            try:
                folder.mkdir(mode=0o700)
            except FileExistsError:
                continue
            folder.chmod(0o700)
    return path


def private_file(path: Path) -> Path:
    """Create an empty file that only its owner can read (0600), unless it is there.

    Raises:
        OSError: it can't be created here.
    """
    handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        os.fchmod(handle, 0o600)
    finally:
        os.close(handle)
    return path


def set_aside(path: Path, why: str) -> None:
    """Move a damaged file out of the way, with a warning that names it and where it is now."""
    aside = path.with_name(f"{path.name}.damaged")
    try:
        path.replace(aside)
    except FileNotFoundError:
        return
    except OSError as error:
        warnings.warn(f"{path} is damaged ({why}) and stays: {error}", KPACacheWarning, 2)
        return
    warnings.warn(f"{path.name} was damaged ({why}); set aside as {aside}", KPACacheWarning, 2)


def clear_cache() -> None:
    """Delete every page and snapshot this package keeps, of all accounts.

    Only the folders that this package made inside `cache_dir` are deleted, and `cache_dir` itself
    once it is empty.

    Raises:
        OSError: something could not be deleted; the message names it.

    Examples:
        >>> import kpa_analytics as kpa, tempfile
        >>> _ = kpa.configure(cache_dir=tempfile.mkdtemp())
        >>> kpa.clear_cache()
    """
    folder = settings().cache_dir
    if not folder.is_dir():
        return
    for account in folder.iterdir():
        if _ACCOUNT.fullmatch(account.name):
            shutil.rmtree(account)
    if not any(folder.iterdir()):
        folder.rmdir()
