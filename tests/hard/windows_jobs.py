"""The main jobs, one after the other, on a simulated Windows; test_windows.py starts this."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.hard.windows import become_windows

if __name__ == "__main__":  # before the package is imported; whoever only looks stays as they are
    become_windows()

import kpa_analytics as kpa
from kpa_analytics import cli


def _say(*values: object) -> None:
    sys.stdout.write(" ".join(map(str, values)) + "\n")


def command(*arguments: str) -> None:
    """Run a command and print its result."""
    sys.argv = ["kpa-analytics", *arguments]
    try:
        cli.main()
    except SystemExit as ended:
        _say(f"{' '.join(arguments[:2])} -> {ended.code}")


def load_and_clear() -> None:
    """Load without a cache, with one, and again; list the snapshots; clear the cache."""
    kpa.configure(progress=False, keep_snapshots=2)
    cold, warm = kpa.load_all(), kpa.load_all()
    _say("warm", warm.completions.equals(cold.completions), ascii(cold.users["lastname"][0]))
    for _ in range(3):
        kpa.load_completions(refresh=True)
    kpa.load_completions(refresh="recent")
    _say("kept", kpa.snapshots().filter(table="completions").height)
    kpa.clear_cache()
    _say("cleared", not any(Path(kpa.configure().cache_dir).glob("account-*")))


def evidence(folder: Path) -> None:
    """Make packs, check them, compare them."""
    old, new = str(folder / "Łódź 2025"), str(folder / "Łódź 2026")
    command("fetch")
    command("audit", old, "--as-of", "2025-06-30")
    command("audit", new, "--as-of", "2026-06-30", "--no-names", "--refresh")
    command("verify", old)
    command("supervisors", str(folder / "Łists"), "--as-of", "2026-06-30")
    command("changes", old, old)
    (Path(old) / "Ł.txt").write_text("x", encoding="utf-8")
    command("verify", old)
    command("cache", "show")
    command("cache", "clear", "--yes")


if __name__ == "__main__":
    place = Path(sys.argv[2])
    if sys.argv[1] == "records":
        load_and_clear()
        evidence(place)
    else:
        command("demo", "--out", str(place / "first"))
        command("demo", "--out", str(place / "first"))
        command("verify", str(place / "first"))
