"""Small packs and bags, and a thousand ways to change one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from kpa_analytics.audit.bagit import TAG_CHECKSUMS, write_bag
from kpa_analytics.audit.manifest import write_checksums, write_manifest

Contents = dict[str, bytes]

_FILES = {
    "records.csv": b"id,notes\n1238,in person\n",
    "trainings.csv": b"id,title\n1046,Working at heights\n",
    "report.html": "<!doctype html><title>Été</title>".encode(),
    "two words.csv": b"two words\n",
    "charts/status_summary.svg": b"<svg/>",
    "charts/été.svg": b"<svg><g/></svg>",
    "people/日本.pdf": b"%PDF-1.7",
    "empty.txt": b"",
}


def write(folder: Path, contents: Contents) -> Path:
    """Make a folder hold these files and no others; a file that is there already is kept."""
    for name, content in (read(folder) if folder.exists() else {}).items():
        if contents.get(name) != content:
            (folder / name).unlink()
    for name, content in contents.items():
        path = folder / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    return folder


def read(folder: Path) -> Contents:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def small_pack(folder: Path, **facts: object) -> Path:
    write(folder, _FILES)
    write_checksums(folder)
    made = {"title": "Été 日本", "as_of": "2026-06-30", "counts": {"people": 3}}
    write_manifest(folder, {**made, **facts})
    return folder


def small_bag(folder: Path) -> Path:
    folder.mkdir()
    small_pack(folder / "data")
    write_bag(folder, "Été, as of 2026-06-30")
    return folder


def tamperings(bag: Contents, count: int, seed: int) -> Iterator[Contents]:
    """Bags with up to three changes each, of kinds that BagIt defines; one in ten has none."""
    chance = random.Random(seed)
    for number in range(count):
        changed = dict(bag)
        for _ in range(chance.randint(1, 3) if number % 10 else 0):
            chance.choice(_CHANGES)(changed, chance)
        yield changed


def expected(bag: Contents, changed: Contents) -> set[tuple[str, str]]:
    """The findings of a verifier about each file."""
    return {
        *((name, "missing") for name in bag.keys() - changed.keys()),
        *((name, "added") for name in changed.keys() - bag.keys()),
        *((name, "changed") for name in bag.keys() & changed.keys() if bag[name] != changed[name]),
    }


def _of(files: Contents, chance: random.Random, *, payload: bool = False) -> str:
    names = [name for name in files if name != TAG_CHECKSUMS]
    return chance.choice([name for name in names if not payload or name.startswith("data/")])


def _flip(files: Contents, chance: random.Random) -> None:
    name = _of(files, chance)
    content = bytearray(files[name] or b"\0")
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    files[name] = bytes(content)


def _cut(files: Contents, chance: random.Random) -> None:
    name = _of(files, chance, payload=True)
    files[name] = files[name][: chance.randint(0, len(files[name]))]


def _append(files: Contents, chance: random.Random) -> None:
    files[_of(files, chance)] += chance.randbytes(chance.randint(1, 9))


def _delete(files: Contents, chance: random.Random) -> None:
    del files[_of(files, chance, payload=True)]


def _add(files: Contents, chance: random.Random) -> None:
    folder = chance.choice(["data", "data/charts", "data/new/deeper", "data/people"])
    files[f"{folder}/{chance.choice(['a b.csv', 'ünï.txt', 'x'])}"] = chance.randbytes(4)


def _rename(files: Contents, chance: random.Random) -> None:
    name = _of(files, chance, payload=True)
    files[f"{name}.bak"] = files.pop(name)


def _rename_in_case_only(files: Contents, chance: random.Random) -> None:
    name = _of(files, chance, payload=True)
    folder, _, last = name.rpartition("/")
    files[f"{folder}/{last.swapcase()}"] = files.pop(name)


def _swap(files: Contents, chance: random.Random) -> None:
    name, other = _of(files, chance, payload=True), _of(files, chance, payload=True)
    files[name], files[other] = files[other], files[name]


def _change_a_digit_of_a_tag_hash(files: Contents, chance: random.Random) -> None:
    lines = files[TAG_CHECKSUMS].decode().splitlines(keepends=True)
    at, place = chance.randrange(len(lines)), chance.randrange(64)
    digit = "0123456789abcdef"[(int(lines[at][place], 16) + chance.randint(1, 15)) % 16]
    lines[at] = lines[at][:place] + digit + lines[at][place + 1 :]
    files[TAG_CHECKSUMS] = "".join(lines).encode()


_CHANGES = (
    *(_flip, _cut, _append, _delete, _add, _rename, _rename_in_case_only, _swap),
    _change_a_digit_of_a_tag_hash,
)
