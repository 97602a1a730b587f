"""Windows as far as a test on another system can be it: what it lacks is gone, what it refuses is
refused. To be started in a process of its own, before the package is imported.

What the package itself asks for is watched; the libraries below it go on as on this system.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

#: What `os` does not have on Windows (`fchmod` before Python 3.13).
_NOT_IN_OS = (
    *("O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "chown", "confstr", "fchmod"),
    *("fchown", "fork", "forkpty", "geteuid", "getgid", "getgroups", "getloadavg", "getpgid"),
    *(
        "getuid",
        "initgroups",
        "killpg",
        "lchown",
        "link_path",
        "mkfifo",
        "mknod",
        "nice",
        "openpty",
    ),
    *("posix_fadvise", "pread", "pwrite", "sched_getaffinity", "sendfile", "setgid", "setpgid"),
    *("setsid", "setuid", "statvfs", "sync", "sysconf", "uname", "wait", "wait3"),
)
#: Modules that are not there at all.
_NO_MODULES = {"crypt", "curses", "fcntl", "grp", "posix", "pty", "pwd", "resource", "termios"}

_SIGNS = re.compile(r'[<>:"|?*\x00-\x1f]')
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
#: The longest path, unless an administrator has allowed longer ones.
LONGEST = 259


def refused_name(path: str) -> str:
    """Why Windows refuses a file or folder with this path; empty if it accepts it."""
    for part in Path(path).parts[1:]:
        if _SIGNS.search(part) or part[-1] in " ." or _DEVICE.fullmatch(part):
            return f"{part!r} can't be a name"
    return f"{len(path)} letters are too many" if len(path) > LONGEST else ""


def holders(path: str) -> list[str]:
    """Open files at this path or below it, in this process and its parent."""
    inside = path + os.sep
    return [name for name in _open_files() if name == path or name.startswith(inside)]


def _open_files() -> Iterator[str]:
    for process in ("self", str(os.getppid())):
        for link in Path(f"/proc/{process}/fd").iterdir():
            try:
                yield str(link.readlink())
            except OSError:
                continue  # it was closed in between
        for line in Path(f"/proc/{process}/maps").read_bytes().splitlines():
            yield os.fsdecode(line.split(maxsplit=5)[-1])


def become_windows() -> None:
    """Remove what Windows lacks and refuse what it refuses, from now on."""
    _hide_functions()
    _hide_modules()
    _refuse_to_move_open_files()
    _open_as_cp1252()


def _asked_by_us(depth: int = 2) -> bool:
    return str(sys._getframe(depth).f_globals.get("__name__", "")).startswith("kpa_analytics")


def _hide_functions() -> None:
    hidden = {name: os.__dict__.pop(name) for name in _NOT_IN_OS if name in os.__dict__}

    def only_for_others(name: str) -> Any:
        if name not in hidden or _asked_by_us():
            raise AttributeError(f"module 'os' has no attribute {name!r}")
        return hidden[name]

    os.__getattr__ = only_for_others  # type: ignore[attr-defined]


def _hide_modules() -> None:
    load = builtins.__import__

    def only_for_others(name: str, *args: Any, **kwargs: Any) -> Any:
        if name in _NO_MODULES and _asked_by_us():
            raise ModuleNotFoundError(f"No module named {name!r}")
        return load(name, *args, **kwargs)

    builtins.__import__ = only_for_others


def _refuse_to_move_open_files() -> None:
    shutil._use_fd_functions = False  # type: ignore[attr-defined]
    replace, rename = os.replace, os.rename
    unlink, rmdir, mkdir = os.unlink, os.rmdir, os.mkdir

    def moved(how: Callable[..., None], over: bool) -> Callable[..., None]:
        def move(source: Any, target: Any, **kwargs: Any) -> None:
            old, new = _whole(source), _whole(target)
            _need(old, held=True)
            _need(new, held=True, named=True)
            if os.path.lexists(new) and (not over or Path(new).is_dir()):
                raise _refusal(new, errno.EEXIST if not over else errno.EACCES)
            how(source, target, **kwargs)

        return move

    def checked(how: Callable[..., None], held: bool) -> Callable[..., None]:
        def act(path: Any, *args: Any, **kwargs: Any) -> None:
            _need(_whole(path), held=held, named=not held)
            how(path, *args, **kwargs)

        return act

    os.replace, os.rename = moved(replace, over=True), moved(rename, over=False)
    os.unlink = os.remove = checked(unlink, held=True)
    os.rmdir, os.mkdir = checked(rmdir, held=True), checked(mkdir, held=False)


def _whole(path: Any) -> str:
    return str(Path(os.fsdecode(path)).absolute())


def _need(path: str, *, held: bool = False, named: bool = False) -> None:
    if named and refused_name(path):
        raise OSError(errno.EINVAL, refused_name(path), path)
    if held and holders(path):
        raise _refusal(path, errno.EACCES)


def _refusal(path: str, number: int) -> OSError:
    return OSError(number, "The process cannot access the file", path)


def _open_as_cp1252() -> None:
    """Open text files with the locale's encoding and Windows' line ends by default."""
    plain = io.open

    def opened(
        file: Any,
        mode: str = "r",
        buffering: int = -1,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
        *more: Any,
        **named: Any,
    ) -> Any:
        writing = bool(set(mode) & set("wax"))
        if writing and isinstance(file, str | os.PathLike):
            _need(_whole(file), named=True)
        if "b" not in mode:
            encoding = "cp1252" if encoding in (None, "locale") else encoding
            newline = "\r\n" if writing and newline is None else newline
        return plain(file, mode, buffering, encoding, errors, newline, *more, **named)

    io.open = builtins.open = opened  # type: ignore[assignment]
