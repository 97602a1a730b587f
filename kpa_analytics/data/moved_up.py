"""Find the records that moved up past the place that was read. Nothing here sends a request.

A seam that shifts down, while the total does not grow, has two explanations: a record from the part
that is not read yet got a new date and moved up, or a record was deleted there and another one was
entered further up. The first one must not be missed. So we look for it above, among what was read:
by halving, as long as the records at two places differ in how far they shifted, because something
between them changed; and after that wherever nobody looked yet.

An old record that was not seen before is the one that moved: it cannot have got there otherwise. If
we find only new records, something else may hide an old one: an earlier deletion and entry, both
above. Therefore everything above is read once more. In a quiet collection, where that would cost
more than two fifths of its pages, looks at so many places are enough: an old record
would have to lie, with the deletion that hides it, between two neighbouring places.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from itertools import pairwise
from typing import Any, NamedTuple

from kpa_analytics.data.reading import Ask, MovedError, Reading, Seen, next_page

#: In a quiet collection at most one seam in so many shifted.
QUIET = 20


class Stretch(NamedTuple):
    """Records that were looked at once more: a part of those that were read, without a gap.

    Attributes:
        first: the place of the first one among the records read.
        last: the place of the last one.
        above: how many places further down the first one stands now.
        below: how many places further down the last one stands now.
    """

    first: int
    last: int
    above: int
    below: int


class Gap(NamedTuple):
    """The records between two stretches that nobody looked at yet."""

    above: Stretch
    below: Stretch

    @property
    def size(self) -> int:
        """How many records it holds, more or less."""
        return self.below.first - self.above.last

    @property
    def changed(self) -> bool:
        """Records were added or removed in it."""
        return self.above.below != self.below.above


def moved_up(read: Reading, size: int) -> Generator[Ask, Seen, list[int]]:
    """Look for the records that moved up past the place that was read.

    Args:
        read: what a reading saw; it says how many records may have moved up.
        size: most records on a page.

    Yields:
        The pages it wants, one after the other.

    Returns:
        The numbers of the rows of all records that were not seen before.

    Raises:
        MovedError: the places looked at do not fit together.
    """
    return (yield from _Search(read, size).run())


class _Search:
    def __init__(self, read: Reading, size: int) -> None:
        self.read, self.size, self.total = read, size, read.totals[-1]
        self.places = {key: place for place, key in enumerate(read.keys)}
        self.new: dict[Any, int] = {}
        self.end = read.moves.read_then - 1
        self.stretches = [
            Stretch(-1, -1, 0, 0),
            Stretch(self.end, self.end, read.moves.shift_then, read.moves.shift_then),
        ]
        self.enough = read.asks * 2 // 5 + 1

    def run(self) -> Generator[Ask, Seen, list[int]]:
        for looks in range(2 * self.read.asks):
            old = sum(key <= self.read.newest for key in self.new)
            gaps = [Gap(*two) for two in pairwise(self.stretches) if two[1].first > two[0].last]
            changed = [gap for gap in gaps if gap.changed]
            enough = not gaps or (looks >= self.enough and self._quiet() and not changed)
            if old >= self.read.moves.came_up or (enough and len(self.new) >= self._expected()):
                return list(self.new.values())
            if not gaps:
                break
            ask = (
                self._ask(max(changed or gaps, key=lambda gap: gap.size)) if looks else self._end()
            )
            self._note(ask, (yield ask))
        raise MovedError

    def _expected(self) -> int:
        """How many records that were not seen before explain every shift."""
        later = max(0, self.stretches[-1].below - self.read.moves.shift_then)
        return self.read.moves.came_up + self.read.moves.added + later

    def _quiet(self) -> bool:
        """Hardly anything changed while it was read, and nothing that we know of since."""
        unexplained = max(0, len(self.new) - self._expected())
        seldom = (self.read.moves.seams + unexplained) * QUIET <= self.read.asks
        return seldom and self.total == self.read.totals[-1]

    def _end(self) -> Ask:
        """The page that ends shortly after the last record that matters: how far did it shift?"""
        end = self.end + self.read.moves.shift - self.size * 9 // 10
        return Ask(*next_page(max(0, end), self.size, self.total), fresh=True)

    def _ask(self, gap: Gap) -> Ask:
        """The page that closes a gap, or one from the middle of a wide one."""
        above, below = gap
        end = above.last + 1 + min(above.below, below.above) - self.size // 20
        if above.last >= 0 and gap.size > self.size * 9 // 10:
            end += gap.size // 2
        return Ask(*next_page(max(0, end), self.size, self.total), fresh=True)

    def _note(self, ask: Ask, page: Seen) -> None:
        self.total = page.total
        known: list[tuple[int, int]] = []
        for number, key in enumerate(page.keys):
            if key in self.places:
                known.append((self.places[key], ask.start + number - self.places[key]))
            else:
                self.new[key] = page.first_row + number
        if not known:
            raise MovedError
        first, above = _in_place(known, self.size)
        last, below = _in_place(known[::-1], self.size)
        if ask.start == 0:
            first, above = -1, 0
        self._add(Stretch(first, last, above, below))

    def _add(self, stretch: Stretch) -> None:
        """Put a stretch among the others, joined with those that it overlaps."""
        joined: list[Stretch] = []
        for current in sorted([*self.stretches, stretch]):
            if joined and current.first <= joined[-1].last:
                before = joined.pop()
                longer = max(before, current, key=lambda each: each.last)
                current = Stretch(before.first, longer.last, before.above, longer.below)
            joined.append(current)
        self.stretches = joined


def _in_place(known: list[tuple[int, int]], size: int) -> tuple[int, int]:
    """The first record that did not move by itself: its place, and how far it shifted."""
    usual = Counter(shift for _, shift in known[:21]).most_common(1)[0][0]
    near = max(1, size // 50)
    return next(shift for shift in known if abs(shift[1] - usual) <= near)
