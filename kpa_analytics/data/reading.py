"""One reading of a collection, from its first page to its last. Nothing here sends a request.

A reading is a generator: it yields the page it wants (`Ask`), is sent what that page held (`Seen`)
and returns a `Reading`. So it can be tried against any account that a test can think of.

Page p at limit l holds the records at the positions from (p - 1) * l up to p * l, counted from 0.
Limits that fall from page to page therefore make each page begin a few records before the end of
the one before it. Where the two overlap is the seam. It is steady where both pages hold the same
records at the same positions: then as many records were added as removed above it. Where the same
records stand some places further up or down, the seam has shifted by that many records; none was
passed over, as long as the last record of the page before is still in sight.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

#: Records that two pages of a thousand have in common.
OVERLAP = 10

#: Pages up to which a collection is read again where it moved; in a bigger one, what moved is
#: looked up.
SMALL = 8

#: A page that holds fewer records than this leaves no room for an overlap.
_LEAST = 4

#: How many numbers of pages are tried for one that suits.
_CHOICES = 2000

#: What a reading does where a seam has shifted: give up, look up what moved, or take no notice.
OnShift = Literal["stop", "look", "ignore"]


class Ask(NamedTuple):
    """A page that is wanted.

    Attributes:
        page: its number, counted from 1.
        limit: records on a page.
        step: which page of this reading it is, and of how many; None where a record is looked up.
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
class Reading:
    """What one reading saw.

    Attributes:
        keys: the records' keys by position.
        rows: the number of each record among all that were received.
        totals: the total that each page gave.
        end: how it ended.
        steady: every seam was steady.
        capped: the total counts fewer records than there are; it proves nothing.
        asks: pages it wanted.
        gone: number of the row of each record that was there and was not found again.
    """

    keys: list[Any] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    end: End = "read"
    steady: bool = True
    capped: bool = False
    asks: int = 0
    gone: dict[Any, int] = field(default_factory=dict)

    @property
    def still(self) -> bool:
        """Every page gave the same total."""
        return len(set(self.totals)) == 1

    @property
    def counted(self) -> bool:
        """There are as many different records as positions, and as the last total counts."""
        length = len(self.keys)
        return len(set(self.keys)) == length and (self.capped or length == self.totals[-1])


class MovedError(Exception):
    """What was looked up fits neither what was read nor what is there now."""


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
    if end == 0:
        return 1, size
    common = overlap(size)
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
        on_shift: what to do where a seam has shifted. "look" looks up what moved in a collection
            of more than `SMALL` pages, and gives up in a smaller one.
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
        self.newest: Any = None

    def run(self) -> ReadingSteps:
        seen = self.seen
        try:
            while True:
                ask = self._next()
                page = yield ask
                if not self._plausible(ask, page):
                    return self._ended("contradiction")
                yield from self._joined(ask, page)
                if len(page.keys) < min(ask.limit, self.size):
                    return self._ended("read" if self.limit_counts else "seamless")
        except MovedError:
            return self._ended("moved" if seen.end == "read" else seen.end)

    def _ended(self, end: End) -> Reading:
        self.seen.end = end
        self.seen.gone = self._not_in_place(self.seen.gone)
        return self.seen

    def _not_in_place(self, rows: dict[Any, int]) -> dict[Any, int]:
        """Those of these records that do not stand among the ones read."""
        in_place = set(self.seen.keys)
        return {key: row for key, row in rows.items() if key not in in_place}

    def _next(self) -> Ask:
        done, total = len(self.seen.keys), (self.seen.totals or [0])[-1]
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

    def _joined(self, ask: Ask, page: Seen) -> Generator[Ask, Seen, None]:
        """Put a page in its place behind, or over, what was read."""
        seen = self.seen
        changed = bool(seen.totals) and page.total != seen.totals[-1]
        if not seen.totals:
            self.newest = max(page.keys, default=None)
            self.steps = pages_needed(page.total, self.size) if self.limit_counts else 1
        seen.totals.append(page.total)
        if changed and (self.on_shift == "stop" or page.after_a_break or self._is_small(page)):
            raise MovedError
        end = len(seen.keys)
        if not self.limit_counts:
            if set(page.keys) & set(seen.keys):
                raise MovedError
            self._laid(page, end)
            return
        steady = list(page.keys[: end - ask.start]) == seen.keys[ask.start :]
        seen.steady = seen.steady and steady
        if steady or self.on_shift == "ignore":
            self._laid(page, ask.start)
            return
        first = self._found_again(page)
        if first is None:
            seen.end = "no order"
        if first is None or page.after_a_break or self._is_small(page):
            raise MovedError
        keys, rows = yield from self._fitted(0, ask.start, 0, first, page.total)
        self._is_found(keys, ask.start - first - max(0, page.total - seen.totals[-2]))
        before = dict(zip(seen.keys, seen.rows, strict=True))
        seen.keys, seen.rows = keys, rows
        self._laid(page, ask.start)
        seen.gone = self._not_in_place(seen.gone | before)

    def _is_found(self, keys: list[Any], came_up: int) -> None:
        """Refuse what was looked up, unless all that came up from below is in it.

        Where a seam shifts down by more than was added, records came up from the part that is not
        read yet: records with a new date, which must not be missed, or new records entered in place
        of others. Finding something that explains the shift does not prove which of the two it was.
        Finding an old record that was not seen before does: it cannot have got there otherwise.
        """
        if came_up > 0:
            strangers = set(keys).difference(self.seen.keys)
            if sum(key <= self.newest for key in strangers) < came_up:
                raise MovedError

    def _is_small(self, page: Seen) -> bool:
        small = page.total <= SMALL * self.size
        return self.on_shift == "stop" or (self.on_shift == "look" and small)

    def _laid(self, page: Seen, start: int) -> None:
        """Lay a page over what was read, from this position on: it is the later answer."""
        seen = self.seen
        seen.keys[start:] = page.keys
        seen.rows[start:] = range(page.first_row, page.first_row + len(page.keys))

    def _found_again(self, page: Seen) -> int | None:
        """Where a page begins in what was read, if it goes on from there in the same order."""
        keys = self.seen.keys
        if not page.keys or page.keys[0] not in keys[-2 * self.size :]:
            return None
        first = len(keys) - 1 - keys[::-1].index(page.keys[0])
        same = list(page.keys[: len(keys) - first]) == keys[first:]
        return first if same else None

    def _fitted(
        self, start: int, end: int, first: int, last: int, total: int
    ) -> Generator[Ask, Seen, tuple[list[Any], list[int]]]:
        """What stands at the positions from start to end, where first to last of the read ones did.

        As many as there were: nothing moved. Otherwise a page in the middle tells on which side.
        """
        seen = self.seen
        if end - start == last - first:
            return seen.keys[first:last], seen.rows[first:last]
        if end < start or last < first:
            raise MovedError
        if end == start:
            return [], []
        ask = self._middle(start, end)
        page = yield ask
        seen.asks += 1
        if page.total != total:
            raise MovedError
        a, b = max(start, ask.start), min(end, ask.start + len(page.keys))
        if b <= a or b < min(end, ask.start + ask.limit):
            raise MovedError
        keys = list(page.keys[a - ask.start : b - ask.start])
        rows = list(range(page.first_row + a - ask.start, page.first_row + b - ask.start))
        if (a, b) == (start, end):
            return keys, rows
        chain = self._chain(keys, first, last)
        above = yield from self._fitted(start, a, first, chain[0], total)
        below = yield from self._fitted(b, end, chain[-1] + 1, last, total)
        return above[0] + keys + below[0], above[1] + rows + below[1]

    def _middle(self, start: int, end: int) -> Ask:
        """A page in the middle; the first one first, because most changes are to recent records.

        Its limit is one that no reading uses, so that it takes no kept page's place.
        """
        limit = self.size - 1
        first_page = start == 0 and end > 4 * limit
        return Ask(1 if first_page else (start + end) // 2 // limit + 1, limit, None, self.fresh)

    def _chain(self, keys: list[Any], first: int, last: int) -> list[int]:
        """Where these records stood before, without those that changed places."""
        before = {key: first + place for place, key in enumerate(self.seen.keys[first:last])}
        chain = longest_rising([before[key] for key in keys if key in before])
        if not chain:
            raise MovedError
        return chain


def longest_rising(numbers: Sequence[int]) -> list[int]:
    """The longest subsequence that rises from number to number.

    Examples:
        >>> longest_rising([5, 6, 1, 7, 9, 8])
        [5, 6, 7, 8]
    """
    tails: list[int] = []
    places: list[int] = []
    before: list[int] = []
    for place, number in enumerate(numbers):
        length = bisect_left(tails, number)
        before.append(places[length - 1] if length else -1)
        if length == len(tails):
            tails.append(number)
            places.append(place)
        else:
            tails[length], places[length] = number, place
    chain, place = [], places[-1] if places else -1
    while place >= 0:
        chain.append(numbers[place])
        place = before[place]
    return chain[::-1]
