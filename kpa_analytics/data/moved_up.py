"""Find the records that moved up past the place that was read. Nothing here sends a request.

A seam that shifts down, while the total does not grow, has two explanations: a record from the part
that we have not read yet got a new date and moved up, or a record was deleted there and another one
was entered further up. The first one must not be missed. So we search the records already read. If
the records at two places shifted by different amounts, something between them changed, and we halve
that part. After that we search the parts that we have not read a second time.

Two changes can hide each other if one record left a place and another one came in beside it. Often
we know where a record left: it came twice, or the search finds it in another place. Then we allow
for it, and the shift shows the other change.

If we find an old record that was not seen before, it is the one that moved: there is no other way
for it to get there. If we find only new records, something else may hide an old one: an earlier
deletion and an earlier new record, both above. Therefore we read everything above a second time.
If the collection hardly changed, we stop after re-reading two fifths of as many pages. An old
record could then be missed only if it and the deletion that hides it lie between two neighbouring
places that we read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from itertools import pairwise
from typing import Any, NamedTuple

from kpa_analytics.data.reading import Ask, MovedError, Reading, Seen, next_page

#: A collection hardly changed if at most one seam in this many shifted.
QUIET = 20


class Stretch(NamedTuple):
    """A run of records that were all read a second time.

    Attributes:
        first: the place of its first record among the records read.
        last: the place of its last record.
        above: how many places the first record has moved down.
        below: how many places the last record has moved down.
    """

    first: int
    last: int
    above: int
    below: int


class Interval(NamedTuple):
    """The records between two stretches, not yet read a second time."""

    above: Stretch
    below: Stretch

    def contains(self, other: Interval) -> bool:
        """Whether the other interval is inside this one."""
        return self.above.last <= other.above.last and other.below.first <= self.below.first

    @property
    def size(self) -> int:
        """About how many records are in it."""
        return self.below.first - self.above.last

    def changed(self, left: set[int]) -> bool:
        """Whether records were added or removed in it, apart from those known to have left."""
        gone = sum(self.above.last < place < self.below.first for place in left)
        return self.above.below - gone != self.below.above


def moved_up(read: Reading, size: int) -> Generator[Ask, Seen, list[int]]:
    """Look for the records that moved up past the place that was read.

    Args:
        read: a reading; it says how many records may have moved up.
        size: the most records on a page.

    Yields:
        One page request after the other.

    Returns:
        The row numbers of all records that were not seen before.

    Raises:
        MovedError: the pages contradict each other.
    """
    return (yield from _Search(read, size).run())


class _Search:
    def __init__(self, read: Reading, size: int) -> None:
        self.read, self.size, self.total = read, size, read.totals[-1]
        self.places = {key: place for place, key in enumerate(read.keys)}
        self.left = {*range(len(read.keys))}.difference(self.places.values())
        self.new: dict[Any, int] = {}
        self.came_later: set[Any] = set()
        self.halved: list[Interval] = []
        self.end = read.moves.read_then - 1
        self.stretches = [
            Stretch(-1, -1, 0, 0),
            Stretch(self.end, self.end, read.moves.shift_then, read.moves.shift_then),
        ]
        self.enough = read.asks * 2 // 5 + 1

    def run(self) -> Generator[Ask, Seen, list[int]]:
        for looks in range(2 * self.read.asks):
            old = sum(key <= self.read.newest for key in self.new)
            intervals = [
                Interval(*two) for two in pairwise(self.stretches) if two[1].first > two[0].last
            ]
            changed = [interval for interval in intervals if interval.changed(self.left)]
            enough = not intervals or (looks >= self.enough and self._quiet() and not changed)
            if old >= self.read.moves.came_up or (enough and len(self.new) >= self._expected()):
                return list(self.new.values())
            if not intervals:
                break
            ask = self._ask(self._next_interval(changed, intervals)) if looks else self._end()
            self._note(ask, (yield ask))
        raise MovedError

    def _expected(self) -> int:
        """How many unseen records would explain every shift."""
        shifted = self.stretches[-1].below - self.read.moves.shift_then
        later = max(0, shifted - len(self.came_later))
        return self.read.moves.came_up + self.read.moves.added + later

    def _quiet(self) -> bool:
        """Whether hardly anything changed during the reading, and nothing we know of since."""
        unexplained = max(0, len(self.new) - self._expected())
        seldom = (self.read.moves.seams + unexplained) * QUIET <= self.read.asks
        return seldom and self.total == self.read.totals[-1]

    def _next_interval(self, changed: list[Interval], intervals: list[Interval]) -> Interval:
        """The widest interval that changed; if none did, the widest interval.

        A later change can make all parts of an interval that changed look unchanged. So, as long as
        too few unseen records are found, prefer the part of an interval that was halved most often.
        """
        if changed:
            self.halved.append(max(changed, key=lambda interval: interval.size))
            return self.halved[-1]
        halved = self.halved if len(self.new) < self._expected() else []
        return max(
            intervals,
            key=lambda interval: (sum(each.contains(interval) for each in halved), interval.size),
        )

    def _end(self) -> Ask:
        """The page that ends shortly after the last record that matters, to see its shift."""
        end = self.end + self.read.moves.shift - self.size * 9 // 10
        return Ask(*next_page(max(0, end), self.size, self.total), fresh=True)

    def _ask(self, interval: Interval) -> Ask:
        """The page that closes an interval, or a page from the middle of a wide interval."""
        above, below = interval
        end = above.last + 1 + min(above.below, below.above) - self.size // 20
        if above.last >= 0 and interval.size > self.size * 9 // 10:
            end += interval.size // 2
        return Ask(*next_page(max(0, end), self.size, self.total), fresh=True)

    def _note(self, ask: Ask, page: Seen) -> None:
        self.total = page.total
        known: list[tuple[int, int]] = []
        for number, key in enumerate(page.keys):
            place, now = self.places.get(key), ask.start + number
            if place is None:
                self.new[key] = page.first_row + number
                continue
            known.append((place, now - place))
            if place > self.end >= now - self.stretches[-1].below:
                self.came_later.add(key)  # it moved up after it was read
        if not known:
            raise MovedError
        first, above = _in_place(known, self.size)
        last, below = _in_place(known[::-1], self.size)
        near = max(1, self.size // 50)
        usual = range(min(above, below) - near, max(above, below) + near + 1)
        self.left.update(place for place, shift in known if shift not in usual)
        if ask.start == 0:
            first, above = -1, 0
        self._add(Stretch(first, last, above, below))

    def _add(self, stretch: Stretch) -> None:
        """Add a stretch, and join it with the stretches that it overlaps."""
        joined: list[Stretch] = []
        for current in sorted([*self.stretches, stretch]):
            if joined and current.first <= joined[-1].last:
                before = joined.pop()
                longer = max(before, current, key=lambda each: each.last)
                current = Stretch(before.first, longer.last, before.above, longer.below)
            joined.append(current)
        self.stretches = joined


def _in_place(known: list[tuple[int, int]], size: int) -> tuple[int, int]:
    """The place and the shift of the first record that did not move by itself."""
    usual = Counter(shift for _, shift in known[:21]).most_common(1)[0][0]
    near = max(1, size // 50)
    return next(shift for shift in known if abs(shift[1] - usual) <= near)
