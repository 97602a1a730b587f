"""The cache folder: one private folder per account, which only its owner can read.

On macOS and Linux the modes 0700 and 0600 protect it. On Windows the parent folder does: other
users (except administrators) can't read a user's own cache folder. In addition, Python from
3.11.10, 3.12.4 or 3.13 on creates folders that only the owner and administrators can read.

The folder's name is a fingerprint of the API's address and the token. So two accounts do not share
a cache, and the token is not written anywhere.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import secrets
from pathlib import Path

from kpa_analytics.busy_files import move
from kpa_analytics.config import Settings, settings
from kpa_analytics.errors import KPACacheWarning, KPASettingsError, warn

#: An account's folder, or one that `clear_cache()` renamed but could not delete.
_ACCOUNT = re.compile(r"account-[0-9a-f]{16}(\.cleared-[0-9a-f]{8})?")
_NAME = len("account-") + 16

_log = logging.getLogger("kpa_analytics")


def account_folder(current: Settings) -> Path:
    """The path of the account's folder. This does not create it.

    Raises:
        KPASettingsError: no token is set; the message says how to set one or start the demo.
    """
    if not current.token:
        raise KPASettingsError(
            "no API token: set the environment variable KPA_API_TOKEN, or try the demo "
            "(kpa-analytics demo)"
        ).in_python("kpa.configure(token=...), or kpa.demo.start()")
    account = hashlib.sha256(f"{current.api_url}\0{current.token.reveal()}".encode())
    return current.cache_dir / f"account-{account.hexdigest()[:16]}"


def private_folder(path: Path) -> Path:
    """Create a folder that only its owner can enter (mode 0700), whatever the umask.

    On Windows the mode has the effect that this module's docstring describes.

    Raises:
        OSError: the folder can't be created.
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
    """Create an empty file that only its owner can read (mode 0600), unless it exists.

    On Windows it has the rights of its folder.

    Raises:
        OSError: the file can't be created.
    """
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    path.chmod(0o600)  # by name: on Windows, os.fchmod needs Python 3.13
    return path


def set_aside(path: Path, why: str) -> None:
    """Rename a damaged file, with a warning that gives its old and new name."""
    aside = path.with_name(f"{path.name}.damaged")
    try:
        move(path, aside)
    except FileNotFoundError:
        return
    except OSError as error:
        warn(f"{path} is damaged ({why}) and can't be renamed: {error}", KPACacheWarning)
        return
    warn(f"{path.name} was damaged ({why}) and is now {aside}", KPACacheWarning)


def account_folders() -> list[Path]:
    """The folders of all accounts, also those of earlier tokens."""
    folder = settings().cache_dir
    inside = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in inside if _ACCOUNT.fullmatch(path.name)]


def clear_cache() -> None:
    """Delete every cached page and snapshot of all accounts.

    This deletes only the folders that this package created inside `cache_dir`, and `cache_dir`
    itself if it is then empty.

    It renames an account's folder before deleting it, so that no process reads a part of it.
    Windows refuses this while a program has a file in the folder open; then all other files are
    deleted.

    Raises:
        OSError: a file could not be deleted; the message names the remaining files.

    Examples:
        >>> import kpa_analytics as kpa, tempfile
        >>> _ = kpa.configure(cache_dir=tempfile.mkdtemp())
        >>> kpa.clear_cache()
    """
    folder = settings().cache_dir
    if not folder.is_dir():
        return
    remaining = [path for each in account_folders() for path in _emptied(_out_of_the_way(each))]
    if remaining:
        listed = ", ".join(map(str, remaining))
        raise OSError(
            f"not deleted, because another program has it open: {listed}; close the program and "
            "try again"
        )
    if not any(folder.iterdir()):
        folder.rmdir()


def _out_of_the_way(account: Path) -> Path:
    """Rename an account's folder, if the system allows it; return its path."""
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
    """Delete a folder and its contents; return the paths that could not be deleted."""
    remaining: list[Path] = []
    for path in [*sorted(folder.rglob("*"), reverse=True), folder]:  # contents before their folder
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
