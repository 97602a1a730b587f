"""Measuring as ratios: ours and a yardstick, turn by turn in the same run, on a noisy machine."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple


class Ratio(NamedTuple):
    """How long ours takes beside the yardstick; seconds, medians of the turns."""

    ours: float
    yardstick: float

    @property
    def value(self) -> float:
        """Ours divided by the yardstick."""
        return self.ours / self.yardstick

    def report(self, what: str, target: str) -> str:
        """One line for a person."""
        return (
            f"{what}: {self.value:.2f} (target {target}; ours {self.ours * 1000:.1f} ms, "
            f"yardstick {self.yardstick * 1000:.1f} ms)"
        )


def compare(
    ours: Callable[[], object], yardstick: Callable[[], object], *, turns: int = 7
) -> Ratio:
    """Time both, turn by turn, after one unmeasured turn of each."""
    ours(), yardstick()
    pairs = [(_seconds(ours), _seconds(yardstick)) for _ in range(turns)]
    return Ratio(*(statistics.median(column) for column in zip(*pairs, strict=True)))


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
