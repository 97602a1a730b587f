"""One reading of a collection, from its first page to its last. Nothing here sends a request.

A reading is a generator: it yields a page request (`Ask`), receives what that page held (`Seen`)
and returns a `Reading`. So a test can run it against any sequence of pages.

Page p at limit l holds the records at the positions from (p - 1) * l up to p * l, counted from 0.
If the limit falls from page to page, each page therefore begins a few records before the end of the
previous page. The part that both pages hold is the seam. The seam is steady if both pages hold the
same records at the same positions: then as many records were added above it as removed. If the same
records are some places further up or down, the seam has shifted by that many records; no record was
skipped if the last record of the previous page is also on this page.

A shift and the total together show what changed. If records were added above, the seam moves down
and the total rises. If the seam moves down and the total does not rise, a record may have moved up
from the part that we have not read yet.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

#: How many records two pages of a thousand have in common.
OVERLAP = 10

#: A collection of up to this many pages is read again if it changed; a bigger one is read to its
#: end.
SMALL = 8

#: A page of fewer records than this is too small to overlap.
_LEAST = 4

#: How many page numbers are tried.
_CHOICES = 2000

#: A reading follows or ignores a seam that has shifted.
OnShift = Literal["follow", "ignore"]


class Ask(NamedTuple):
    """A request for one page.

    Attributes:
        page: the number of the page, counted from 1.
        limit: the most records on the page.
        step: which page of this reading it is, and of how many; None if we search for a moved
            record.
        fresh: do not use a kept page.
        overlaps: False if the server ignores limits, so that no pages overlap.
    """

    page: int
    limit: int
    step: tuple[int, int] | None = None
    fresh: bool = False
    overlaps: bool = True

    @property
    def start(self) -> int:
        """The position of the page's first record."""
        return (self.page - 1) * self.limit


class Seen(NamedTuple):
    """The contents of a page.

    Attributes:
        keys: the ids of its records, in their order.
        total: the total that the page gave.
        first_row: the row number of its first record among all received records.
        after_a_break: the pages before it were kept from an interrupted load, and this one was
            fetched.
    """

    keys: Sequence[Any]
    total: int
    first_row: int
    after_a_break: bool = False


#: How a reading ended. `read`: at the last page. `no overlap`: at the last page, but the server
#: ignores limits, so no pages overlapped. `moved`, `no order`, `contradiction`: given up because
#: the collection changed, because the seams show no order, or because the pages contradict each
#: other.
End = Literal["read", "no overlap", "moved", "no order", "contradiction"]


@dataclass
class Moves:
    """The changes during a reading, as the seams show them.

    Attributes:
        shift: how many places the last record read is now below its place in `Reading.keys`.
        seams: how many seams showed a change.
        came_up: records that may have moved up past the place that we had reached, and not seen.
        read_then: records read before the last seam where one may have moved up.
        shift_then: `shift` after that seam.
        added: records added above up to that seam, and not seen.
        went_down: records that may have moved down past the place that we had reached, and so
            come twice.
    """

    shift: int = 0
    seams: int = 0
    came_up: int = 0
    read_then: int = 0
    shift_then: int = 0
    added: int = 0
    went_down: int = 0
    _added: int = 0

    def note(self, moved: int, growth: int, read: int, seen_coming_up: int = 0) -> None:
        """Note how far a seam shifted, how much the total grew, and how many records were read."""
        self.seams += bool(moved or growth)
        self._added += max(0, min(moved, growth))
        self.went_down += max(0, min(0, growth) - moved)
        if came_up := max(0, moved - max(0, growth) - seen_coming_up):
            self.came_up += came_up
            self.read_then, self.shift_then, self.added = read, self.shift, self._added


@dataclass
class Reading:
    """The result of one reading.

    Attributes:
        keys: the ids of the records in their order; a record that moved down comes twice.
        rows: the row number of each record among all received records.
        totals: the total that each page gave.
        end: how the reading ended.
        steady: whether every seam was steady.
        capped: whether the total is smaller than the number of records; then it proves nothing.
        asks: the number of pages requested.
        newest: the highest id on the first page. Every record that is created later has a higher
            id.
        moves: the changes during the reading.
    """

    keys: list[Any] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    end: End = "read"
    steady: bool = True
    capped: bool = False
    asks: int = 0
    newest: Any = None
    moves: Moves = field(default_factory=Moves)

    @property
    def same_total(self) -> bool:
        """Whether every page gave the same total."""
        return len(set(self.totals)) == 1

    @property
    def count_is_right(self) -> bool:
        """Whether the number of different records is right.

        No id came twice (except for records that moved down), and the number of records equals the
        last total, unless the total is capped.
        """
        twice = len(self.keys) - len(set(self.keys))
        end = len(self.keys) + self.moves.shift
        return twice <= self.moves.went_down and (self.capped or end == self.totals[-1])

    @property
    def latest_rows(self) -> list[int]:
        """The row number of each different record on the last page that held it."""
        return list(dict(zip(self.keys, self.rows, strict=True)).values())


class MovedError(Exception):
    """The collection changed in a way that this reading cannot follow."""


ReadingSteps = Generator[Ask, Seen, Reading]


def overlap(size: int) -> int:
    """How many records two pages have in common, if a page holds at most `size`."""
    return max(1, min(OVERLAP, size // 20))


def next_page(end: int, size: int, total: int) -> tuple[int, int]:
    """The page that begins shortly before a position and reaches as far as possible.

    If n pages come before it, the limit is (end - 10) // n, so those n pages end at least 10
    records before `end`. We choose the n whose limit is at most `size` and whose page reaches
    furthest.

    Args:
        end: the number of records read so far.
        size: the most records on a page.
        total: the number of records. The overlap is made smaller if that saves the last page.

    Returns:
        The page's number and limit.

    Examples:
        >>> [next_page(end, 1000, 9000) for end in (0, 1000, 1980, 2955)]
        [(1, 1000), (2, 990), (3, 985), (4, 981)]
    """
    common = overlap(size)
    if end <= common:
        return 1, size
    page, limit = _furthest(end - common, size)
    if total - 2 * common < page * limit <= total:
        for fewer in range(common - 1, 0, -1):
            shorter = _furthest(end - fewer, size)
            if shorter[0] * shorter[1] > total:
                return shorter
    return page, limit


def _furthest(latest_start: int, size: int) -> tuple[int, int]:
    best, fewest = (0, 0), -(-latest_start // size)
    for before in range(fewest, fewest + _CHOICES):
        limit = latest_start // before
        if latest_start + limit <= best[0] * best[1]:
            break
        best = max(best, (before + 1, limit), key=lambda page: page[0] * page[1])
    return best


def pages_needed(total: int, size: int) -> int:
    """How many pages a reading takes."""
    end, pages = 0, 0
    while end < total or not pages:
        page, limit = next_page(end, size, total)
        end, pages = max(page * limit, end + 1), pages + 1
    return pages


def reading(size: int, on_shift: OnShift, *, fresh: bool = False) -> ReadingSteps:
    """Read a collection from its first page to its last.

    Args:
        size: the most records on a page.
        on_shift: what to do if a seam has shifted. "follow" gives up in a collection of up to
            `SMALL` pages.
        fresh: use no kept page.

    Yields:
        One page request after the other.

    Returns:
        The reading. It ends at a page that is not full, because the total may be wrong.
    """
    return (yield from _Reader(size, on_shift, fresh).run())


class _Reader:
    def __init__(self, size: int, on_shift: OnShift, fresh: bool) -> None:
        self.size, self.on_shift, self.fresh = size, on_shift, fresh
        self.seen = Reading()
        self.limit_counts = True
        self.steps = 1

    def run(self) -> ReadingSteps:
        seen = self.seen
        try:
            while True:
                ask = self._next()
                page = yield ask
                if not self._plausible(ask, page):
                    return self._ended("contradiction")
                self._join(ask, page)
                if len(page.keys) < min(ask.limit, self.size):
                    return self._ended("read" if self.limit_counts else "no overlap")
        except MovedError:
            return self._ended("moved" if seen.end == "read" else seen.end)

    def _ended(self, end: End) -> Reading:
        self.seen.end = end
        return self.seen

    def _next(self) -> Ask:
        done = len(self.seen.keys) + self.seen.moves.shift
        total = (self.seen.totals or [0])[-1]
        self.seen.asks += 1
        step = (self.seen.asks, max(self.steps, self.seen.asks))
        if not self.limit_counts:
            return Ask(done // self.size + 1, self.size, step, self.fresh, overlaps=False)
        return Ask(*next_page(done, self.size, total), step, self.fresh)

    def _plausible(self, ask: Ask, page: Seen) -> bool:
        """Whether a page holds as many records as its total implies.

        This also finds out the server's own limit.
        """
        seen, count = self.seen, len(page.keys)
        if count > ask.limit:  # the server ignores the limit
            if ask.page == 1 or count > self.size:
                return False
            self.limit_counts = False
            return len(seen.keys) == self.size and ask.page == 2
        start = ask.start
        expected = max(0, min(ask.limit, page.total - start))
        if ask.page == 1 and 0 < count < expected:  # the server has its own limit
            self.size = count
            self.limit_counts = count >= _LEAST
            return True
        if count > expected and self.limit_counts:
            seen.capped = True
            if count == ask.limit:  # a server that ignores the page's number never stops
                return bool(set(page.keys).difference(seen.keys))
            return start > 0
        return count == expected

    def _join(self, ask: Ask, page: Seen) -> None:
        """Append a page to the records read; where it overlaps them, it replaces them."""
        seen, read = self.seen, len(self.seen.keys)
        if not seen.totals:
            self.steps = pages_needed(page.total, self.size) if self.limit_counts else 1
            seen.newest = max(page.keys, default=None)
        growth = page.total - seen.totals[-1] if seen.totals else 0
        seen.totals.append(page.total)
        if growth and self._gives_up(page):
            raise MovedError
        if not self.limit_counts:
            if set(page.keys) & set(seen.keys):
                raise MovedError
            self._lay(page, read)
            return
        place = ask.start - seen.moves.shift
        steady = list(page.keys[: read - place]) == seen.keys[place:]
        seen.steady = seen.steady and steady
        if steady or self.on_shift == "ignore":
            self._lay(page, place)
            seen.moves.note(0, growth, read)
        else:
            self._follow(ask, page, growth)

    def _gives_up(self, page: Seen) -> bool:
        """Whether a collection that changed is read again, instead of following the change."""
        small = page.total <= SMALL * self.size
        return page.after_a_break or (small and self.on_shift == "follow")

    def _lay(self, page: Seen, place: int) -> None:
        """Replace the records from this place on with the page, because the page is newer."""
        seen = self.seen
        seen.keys[place:] = page.keys
        seen.rows[place:] = range(page.first_row, page.first_row + len(page.keys))

    def _follow(self, ask: Ask, page: Seen, growth: int) -> None:
        """Join a page to the records read if the seam is not steady.

        Raises:
            MovedError: the page continues in another order, or everything must be read again.
        """
        seen, keys, rows, moves = self.seen, self.seen.keys, self.seen.rows, self.seen.moves
        here, read = set(page.keys), len(self.seen.keys)
        cut = max(0, read - 2 * self.size)
        shift = self._shift(ask, page, cut)
        if shift is None:
            seen.end = "no order"
        if shift is None or self._gives_up(page):
            raise MovedError
        # An edited record may have left the seam, or moved into it.
        came = set(page.keys[: read + shift - ask.start]).difference(keys[cut:])
        again = came.intersection(keys)
        moves.went_down += len(again)
        came_up = sum(key <= seen.newest for key in came - again)
        left = [at for at in range(cut, read) if keys[at] not in here]
        keys[cut:], rows[cut:] = [keys[at] for at in left], [rows[at] for at in left]
        self._lay(page, len(keys))
        moved, moves.shift = shift - moves.shift, ask.start + len(page.keys) - len(keys)
        moves.note(moved, growth, read, seen_coming_up=came_up)

    def _shift(self, ask: Ask, page: Seen, cut: int) -> int | None:
        """How many places the last records read have moved down.

        Most records of the seam must be on the page, at the same distances as before. Then the last
        of them gives the shift.
        """
        keys = self.seen.keys
        places = {key: place for place, key in enumerate(keys[cut:], cut)}
        shifts = [
            start - places[key] for start, key in enumerate(page.keys, ask.start) if key in places
        ]
        for shift in shifts[::-1]:
            common = len(keys) + shift - ask.start
            if common > 0 and 2 * sum(abs(other - shift) <= 2 for other in shifts) > common:
                return shift
        return None
