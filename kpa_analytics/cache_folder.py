"""Where things are kept: one private folder per account, readable by its owner alone.

On macOS and Linux that is what the modes 0700 and 0600 say. On Windows it is what the folder around
says: a user's own cache folder is closed to other users (not to administrators), and Python from
3.11.10, 3.12.4 or 3.13 on closes each new folder to all but its owner and administrators besides.

The folder is named by a fingerprint of the API's address and the token, so that entries of two
accounts never meet and the token itself is written nowhere.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import secrets
import warnings
from pathlib import Path

from kpa_analytics.config import Settings, settings
from kpa_analytics.errors import KPACacheWarning, KPASettingsError
from kpa_analytics.patience import move

#: An account's folder, or one that a `clear_cache()` could rename and not delete.
_ACCOUNT = re.compile(r"account-[0-9a-f]{16}(\.cleared-[0-9a-f]{8})?")
_NAME = len("account-") + 16

_log = logging.getLogger("kpa_analytics")


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
    """Create a folder that only its owner can enter (mode 0700), whatever the umask.

    On Windows the mode is Python's to translate: the head of this module says what holds.

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
    """Create an empty file that only its owner can read (mode 0600), unless it is there.

    On Windows it has the rights of its folder.

    Raises:
        OSError: it can't be created here.
    """
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    path.chmod(0o600)  # by its name: Windows can't by the open file before Python 3.13
    return path


def set_aside(path: Path, why: str) -> None:
    """Move a damaged file out of the way, with a warning that names it and where it is now."""
    aside = path.with_name(f"{path.name}.damaged")
    try:
        move(path, aside)
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

    An account's folder is renamed before it is deleted, so that nobody reads half of it. Windows
    refuses that while a program holds a file in it open: then everything else in it is deleted.

    Raises:
        OSError: something could not be deleted; the message names what remains.

    Examples:
        >>> import kpa_analytics as kpa, tempfile
        >>> _ = kpa.configure(cache_dir=tempfile.mkdtemp())
        >>> kpa.clear_cache()
    """
    folder = settings().cache_dir
    if not folder.is_dir():
        return
    ours = [account for account in folder.iterdir() if _ACCOUNT.fullmatch(account.name)]
    remaining = [path for account in ours for path in _emptied(_out_of_the_way(account))]
    if remaining:
        listed = ", ".join(map(str, remaining))
        raise OSError(f"another program holds open, so not deleted: {listed}; close it, try again")
    if not any(folder.iterdir()):
        folder.rmdir()


def _out_of_the_way(account: Path) -> Path:
    """Rename an account's folder; where that is refused it keeps its name."""
    gone = account.with_name(f"{account.name[:_NAME]}.cleared-{secrets.token_hex(4)}")
    try:
        move(account, gone)
    except FileNotFoundError:
        return account
    except PermissionError as error:
        _log.debug("%s can't be renamed: %s", account, error)
        return account
    return gone


def _emptied(folder: Path) -> list[Path]:
    """Delete a folder and what is in it; give back what could not be deleted."""
    remaining: list[Path] = []
    for path in [*sorted(folder.rglob("*"), reverse=True), folder]:  # what is inside comes first
        try:
            if path.is_dir() and not path.is_symlink():
                path.rmdir()
            else:
                path.unlink(missing_ok=True)
        except FileNotFoundError:
            continue
        except OSError:
            if not any(path in inside.parents for inside in remaining):
                remaining.append(path)
    return remaining
