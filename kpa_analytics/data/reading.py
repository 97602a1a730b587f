"""One reading of a collection, from its first page to its last. Nothing here sends a request.

A reading is a generator: it yields the page it wants (`Ask`), is sent what that page held (`Seen`)
and returns a `Reading`. So it can be tried against any account that a test can think of.

Page p at limit l holds the records at the positions from (p - 1) * l up to p * l, counted from 0.
Limits that fall from page to page therefore make each page begin a few records before the end of
the one before it. Where the two overlap is the seam. It is steady where both pages hold the same
records at the same positions: then as many records were added as removed above it. Where the same
records stand some places further up or down, the seam has shifted by that many records; none was
passed over, as long as the last record of the page before is still in sight.

Together with the total, a shift tells what happened. Records that were added above push the seam
down and raise the total. Where the seam is pushed down and the total does not rise, a record may
have moved up from the part that was not read yet.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

#: Records that two pages of a thousand have in common.
OVERLAP = 10

#: Pages up to which a collection is read again where it moved; a bigger one is read on.
SMALL = 8

#: A page that holds fewer records than this leaves no room for an overlap.
_LEAST = 4

#: How many numbers of pages are tried for one that suits.
_CHOICES = 2000

#: What a reading does where a seam has shifted: follow it, or take no notice.
OnShift = Literal["follow", "ignore"]


class Ask(NamedTuple):
    """A page that is wanted.

    Attributes:
        page: its number, counted from 1.
        limit: records on a page.
        step: which page of this reading it is, and of how many; None where we look once more.
        fresh: no kept page may answer.
        overlaps: False where the server pays no attention to limits, so that no pages overlap.
    """

    page: int
    limit: int
    step: tuple[int, int] | None = None
    fresh: bool = False
    overlaps: bool = True

    @property
    def start(self) -> int:
        """The position of its first record."""
        return (self.page - 1) * self.limit


class Seen(NamedTuple):
    """What a page held.

    Attributes:
        keys: what names each of its records, in their order.
        total: how many records the collection has, by its paging.
        first_row: number of its first record among all that were ever received.
        after_a_break: the pages before it were kept from an interrupted load, and it was not.
    """

    keys: Sequence[Any]
    total: int
    first_row: int
    after_a_break: bool = False


#: How a reading ended: at the last page with all in place; the same without any seam; given up
#: because the collection moved, because its seams show no order, or because its answers
#: contradict each other.
End = Literal["read", "seamless", "moved", "no order", "contradiction"]


@dataclass
class Moves:
    """What the seams showed of changes during a reading.

    Attributes:
        shift: how many places further down the last record read stands than `Reading.keys` has it.
        seams: how many seams showed a change.
        came_up: records that may have moved up past the place that was read, and were not seen.
        read_then: how many records had been read when the last of them may have come up.
        shift_then: `shift` at that moment.
        added: records that had been added above by then, and were not seen.
        went_down: records that may have moved down past that place, and so come twice.
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
        """Note a seam: how far it shifted, how much the total grew, and how many were read."""
        self.seams += bool(moved or growth)
        self._added += max(0, min(moved, growth))
        self.went_down += max(0, min(0, growth) - moved)
        if came_up := max(0, moved - max(0, growth) - seen_coming_up):
            self.came_up += came_up
            self.read_then, self.shift_then, self.added = read, self.shift, self._added


@dataclass
class Reading:
    """What one reading saw.

    Attributes:
        keys: the records' keys in their order; one that moved down stands twice.
        rows: the number of each record among all that were received.
        totals: the total that each page gave.
        end: how it ended.
        steady: every seam was steady.
        capped: the total counts fewer records than there are; it proves nothing.
        asks: pages it wanted.
        newest: the highest key of the first page: no key of a later record is as low.
        moves: what changed meanwhile.
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
    def still(self) -> bool:
        """Every page gave the same total."""
        return len(set(self.totals)) == 1

    @property
    def counted(self) -> bool:
        """There are as many different records as positions, and as the last total counts."""
        twice = len(self.keys) - len(set(self.keys))
        end = len(self.keys) + self.moves.shift
        return twice <= self.moves.went_down and (self.capped or end == self.totals[-1])

    @property
    def latest(self) -> list[int]:
        """The number of each different record as it came last."""
        return list(dict(zip(self.keys, self.rows, strict=True)).values())


class MovedError(Exception):
    """The collection moved in a way that this reading cannot follow."""


ReadingSteps = Generator[Ask, Seen, Reading]


def overlap(size: int) -> int:
    """How many records two pages have in common, where a page holds at most `size`."""
    return max(1, min(OVERLAP, size // 20))


def next_page(end: int, size: int, total: int) -> tuple[int, int]:
    """The page that begins shortly before a position, and goes on as far as a page can.

    With so many pages before it, the limit is (end - 10) // pages, so that they end 10 records or
    a little more before `end`. Of the numbers of pages that leave the limit within `size`, the one
    is taken that reaches furthest.

    Args:
        end: records read so far.
        size: most records on a page.
        total: how many there are; where fewer common records save the last page, fewer they are.

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
        size: most records on a page.
        on_shift: what to do where a seam has shifted. "follow" gives up in a collection of up to
            `SMALL` pages.
        fresh: use no kept page.

    Yields:
        The pages it wants, one after the other.

    Returns:
        What was seen. It ends at a page that is not full: a total alone is not believed.
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
                    return self._ended("read" if self.limit_counts else "seamless")
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
        """Whether an answer holds what its own total says; what a server's limit is, is learnt."""
        seen, count = self.seen, len(page.keys)
        if count > ask.limit:  # it pays no attention to the limit
            if ask.page == 1 or count > self.size:
                return False
            self.limit_counts = False
            return len(seen.keys) == self.size and ask.page == 2
        start = ask.start
        expected = max(0, min(ask.limit, page.total - start))
        if ask.page == 1 and 0 < count < expected:  # it has a limit of its own
            self.size = count
            self.limit_counts = count >= _LEAST
            return True
        if count > expected and self.limit_counts:
            seen.capped = True
            return start > 0 or count == ask.limit
        return count == expected

    def _join(self, ask: Ask, page: Seen) -> None:
        """Put a page in its place behind, or over, what was read."""
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
        """Whether a collection that moved is read again, instead of following what moved."""
        small = page.total <= SMALL * self.size
        return page.after_a_break or (small and self.on_shift == "follow")

    def _lay(self, page: Seen, place: int) -> None:
        """Lay a page over what was read, from this place on: it is the later answer."""
        seen = self.seen
        seen.keys[place:] = page.keys
        seen.rows[place:] = range(page.first_row, page.first_row + len(page.keys))

    def _follow(self, ask: Ask, page: Seen, growth: int) -> None:
        """Join a page to what was read where the seam is not steady.

        Raises:
            MovedError: it does not go on in the same order, or everything is to be read again.
        """
        seen, keys, rows, moves = self.seen, self.seen.keys, self.seen.rows, self.seen.moves
        here, read = set(page.keys), len(self.seen.keys)
        cut = max(0, read - 2 * self.size)
        shift = self._shift(ask, page, cut)
        if shift is None:
            seen.end = "no order"
        if shift is None or self._gives_up(page):
            raise MovedError
        # Records that were edited can have left the seam, or have come into it.
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
        """How many places further down the last records read stand now.

        Most records of the seam must stand on the page, as far from each other as before. Then the
        last of them tells.
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
