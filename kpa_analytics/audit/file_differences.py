"""Compare the files in a folder with the list of files that it should hold."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from kpa_analytics.audit.litter import is_litter

#: What is wrong with a file, by the reason; verify.html says the same.
DETAILS = {
    "missing": "listed in the manifest, but not found",
    "changed": "its content was changed after it was written",
    "changed to a link": "a symbolic link has taken its place",
    "added": "found, but not listed in the manifest",
    "added link": "a symbolic link that is not in the manifest",
    "added folder": "a folder that is not in the manifest",
    "litter": "left by a file manager or an office program",
    "no manifest": "nothing can be verified without it",
    "unreadable manifest": "it cannot be read, so nothing can be verified",
    "broken seal": "its seal is broken",
    "rewritten": "it is not as it was written",
    "alike in form": (
        "; differs from {name} only in its Unicode form (composed or decomposed letters)"
    ),
    "alike in case": "; differs from {name} only in upper and lower case",
    "alike in sight": "; differs from {name} only in spaces, invisible characters or letter forms",
}


class Difference(NamedTuple):
    """A file or folder that differs from the manifest: its path in the pack, and the difference."""

    path: str
    finding: str
    detail: str


def files(folder: Path) -> dict[str, dict[str, Any]]:
    """Every file of a folder by its path there: path, sha256, bytes. A link has no hash."""
    paths = [path for path in _below(folder) if not _is_folder(path)]
    names = [path.relative_to(folder).as_posix() for path in paths]
    return {name: _entry(name, path) for name, path in zip(names, paths, strict=True)}


def file_differences(
    folder: Path,
    listed: Mapping[str, Mapping[str, Any]],
    present: Mapping[str, Mapping[str, Any]],
) -> list[Difference]:
    """The files that were changed, are missing or were added, and added folders without files.

    Args:
        folder: the folder.
        listed: the files that it should hold, by path; a file without a `sha256` may have any
            content.
        present: the files that it holds, as `files()` returns them.

    Returns:
        The differences, sorted by path. A file that a file manager leaves behind is `litter`.
    """
    alike = _Lookalikes(listed)
    differences = [
        *(_missing(path) for path in listed.keys() - present.keys()),
        *(_added(folder, path, alike) for path in present.keys() - listed.keys()),
        *(
            _changed(folder, path)
            for path in listed.keys() & present.keys()
            if (folder / path).is_symlink()
            or not (folder / path).is_file()  # but a pipe or device
            or any(present[path].get(name) != value for name, value in listed[path].items())
        ),
        *_empty_folders(folder, listed),
    ]
    return sorted(differences)


def _below(folder: Path) -> list[Path]:
    """Everything in a folder, sorted; an OSError if a folder in it can't be opened."""

    def refuse(error: OSError) -> None:
        raise error

    walk = os.walk(folder, onerror=refuse)
    return sorted(Path(place, name) for place, *names in walk for name in chain(*names))


def _missing(path: str) -> Difference:
    return Difference(_printable(path), "missing", DETAILS["missing"])


def _changed(folder: Path, path: str) -> Difference:
    if (folder / path).is_symlink():
        return Difference(_printable(path), "changed", DETAILS["changed to a link"])
    return Difference(_printable(path), "changed", DETAILS["changed"])


def _added(folder: Path, path: str, alike: _Lookalikes) -> Difference:
    name = _printable(path)
    if is_litter(folder / path):
        return Difference(name, "litter", DETAILS["litter"])
    if (folder / path).is_symlink():
        return Difference(name, "added", DETAILS["added link"])
    return Difference(name, "added", DETAILS["added"] + alike.detail(path))


def _empty_folders(folder: Path, listed: Mapping[str, Any]) -> list[Difference]:
    """The folders that were added and contain no file, or only litter."""
    paths = _below(folder)
    contents = [path for path in paths if not _is_folder(path) and not is_litter(path)]
    holding = {parent for path in contents for parent in path.parents}
    expected = {
        parent.as_posix(): None
        for path in listed
        for parent in Path(path).parents
        if parent != Path()
    }
    added = [
        path.relative_to(folder).as_posix()
        for path in paths
        if _is_folder(path) and path not in holding
    ]
    alike = _Lookalikes(expected)
    return [
        Difference(_printable(path), "added", DETAILS["added folder"] + alike.detail(path))
        for path in added
        if path not in expected
    ]


class _Lookalikes:
    """The listed names, by each form in which a reader could confuse another name with them."""

    def __init__(self, listed: Iterable[str]) -> None:
        self._by_form = [
            (form, reason, {form(name): name for name in reversed([*listed])})
            for form, reason in (
                (_composed, "alike in form"),
                (_folded, "alike in case"),
                (_visible, "alike in sight"),
            )
        ]

    def detail(self, path: str) -> str:
        """The addition to the finding of a name that looks like a listed one, or nothing."""
        for form, reason, names in self._by_form:
            if name := names.get(form(path)):
                return DETAILS[reason].format(name=_printable(name))
        return ""


def _composed(path: str) -> str:
    return unicodedata.normalize("NFC", path)


def _folded(path: str) -> str:
    return _composed(path).casefold()


def _visible(path: str) -> str:
    """A path without spaces and invisible characters, and with the usual form of each letter."""
    usual = unicodedata.normalize("NFKC", path)
    return _folded("".join(sign for sign in usual if unicodedata.category(sign)[0] not in "ZC"))


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _printable(path: str) -> str:
    r"""A path with every undecodable byte escaped, e.g. `caf\udce9.txt`."""
    return path.encode("utf-8", "backslashreplace").decode()


def _entry(name: str, path: Path) -> dict[str, Any]:
    if path.is_symlink() or not path.is_file():
        return {"path": name, "sha256": "", "bytes": 0}
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return {"path": name, "sha256": sha256, "bytes": path.stat().st_size}
