"""The checked walk: all records of a collection, with the proof that they are all.

The API has no cursor, so a record that is added, removed or re-dated while we read shifts others
across the boundaries of pages. Counting does not show it: a removal above the place that was read
and an addition below it leave every count as it was, and one record between two pages. Nor does
reading twice: an order of ties that changes from page to page in the same way each time agrees with
itself. No clock is asked, neither the server's nor ours.

What is proved, and how:

1. One page is one answer, taken at one moment. A collection that fits on a page needs no proof.
2. Pages overlap (see `reading`). A reading is accepted where every seam is steady, every page gave
   the same total, and there are as many different records as that total. As long as no two changes
   that cancel each other out fall between the same two requests, nothing that was there from the
   first request to the last is missing, and nothing is held that no answer held.
3. Where a seam shifts or a total changes, a collection of up to 8 pages is read again, three times
   at most. A bigger one, which may never hold still for so long, is read on to its end: the seams
   tell how far its records have shifted. Only a record that moved up past the place that was read
   can be missed. Where a seam leaves that open, we look for the record above (see `moved_up`).
   Two things can still hide it: it moved twice, or an earlier change that left no trace lies close
   beside it. In a model, none of 10,000 accepted loads of up to 8 pages missed a record, with a
   change before 2% to 60% of all requests; of 15,000 loads of 40 pages, with a change before 5%
   to 30%, one did.
4. The last page is the first one that is not full. A total may be capped, so after a full page we
   request one more. A total that is smaller than the number of records proves nothing: then there
   must be as many different records as positions.
5. Fewer different ids than the total are either the vendor's own duplicates or an order that
   changes from page to page. So the collection is read with other page sizes. Duplicates are the
   same records, as often, at any size, and are kept. Otherwise all that was seen is put together:
   a record that came in two answers was there at every moment between them. Where as many were
   there at one moment as the total said at that moment, they are the whole (see `sightings`). A
   collection whose seams shifted in every reading while no total changed is read like this too:
   the order of its ties may be all that changes.
6. Kept pages of an interrupted load serve only as the unbroken beginning of one reading, each
   answered after the one before. Where the collection has moved since, none is used.

Whatever is not proved is refused. A partial collection is never given back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from kpa_analytics.data.frames import raw_frame
from kpa_analytics.data.moved_up import moved_up
from kpa_analytics.data.reading import Ask, MovedError, Reading, Seen, reading
from kpa_analytics.data.sightings import Sightings
from kpa_analytics.endpoints import endpoint_of
from kpa_analytics.errors import KPASnapshotError
from kpa_analytics.schema import Table

if TYPE_CHECKING:
    from kpa_analytics.api.client import Client, Page
    from kpa_analytics.data.progress import PageBar

#: Readings before we say that the collection does not hold still.
READINGS = 3

#: Other page sizes, in thousandths, so that boundaries fall elsewhere.
OTHER_SIZES = (
    *(997, 991, 983, 977, 971, 967, 953, 947, 937, 929, 911, 907),
    *(887, 877, 863, 853, 839, 827, 811, 797, 773, 751, 733, 709),
)


@dataclass(frozen=True)
class Walk:
    """A whole collection, and what it took.

    Attributes:
        rows: every record, days still numbers.
        answered_at: when the oldest page was answered, UTC.
        pages: pages fetched or read.
        demo: the demo server answered.
        cache_keys: where the pages are kept until a snapshot stands.
    """

    rows: pl.DataFrame
    answered_at: datetime
    pages: int
    demo: bool
    cache_keys: tuple[str, ...]


class UnprovedError(Exception):
    """The readings do not prove that they hold the whole collection."""


class Whole(NamedTuple):
    """Which of the records that were received are the collection, by number.

    Attributes:
        rows: the numbers.
        in_order: they stand in the API's order.
    """

    rows: list[int]
    in_order: bool = True


#: Asks for pages, is sent what they hold, and returns which of the records are the whole.
Proving = Generator[Ask, Seen, Whole]


def proved(size: int) -> Proving:
    """Ask for pages until the collection is proved; no request is sent here.

    Args:
        size: most records on a page.

    Yields:
        The pages it wants, one after the other.

    Returns:
        Which of the records that were received are the collection.

    Raises:
        UnprovedError: nothing that was read is proved to be the whole.
    """
    readings: list[Reading] = []
    sightings = Sightings()
    for number in range(READINGS):
        latest = yield from sightings.noted(reading(size, "follow", fresh=number > 0))
        if _is_whole(latest, readings):
            if latest.asks == 1:  # one answer, taken as it is: it may hold an id twice
                return Whole(latest.rows)
            if not latest.moves.came_up:
                return Whole(latest.latest, in_order=not latest.moves.seams)
            try:
                return Whole(latest.latest + (yield from moved_up(latest, size)), in_order=False)
            except MovedError:
                latest.end = "moved"
        readings.append(latest)
        if _repeats(latest) or [before.end for before in readings[-2:]] == ["no order"] * 2:
            return (yield from _otherwise(size, [latest] if _repeats(latest) else [], sightings))
    if len({total for each in readings for total in each.totals}) == 1:
        return (yield from _otherwise(size, [], sightings))
    raise UnprovedError


def _is_whole(latest: Reading, earlier: list[Reading]) -> bool:
    if latest.end == "seamless":
        again = bool(earlier) and earlier[-1].keys == latest.keys
        return again and latest.still and latest.counted
    return latest.end == "read" and (latest.asks == 1 or latest.counted)


def _repeats(latest: Reading) -> bool:
    """It held still to the end, and some id stands twice."""
    return latest.end == "read" and latest.steady and latest.still and not latest.counted


def _otherwise(size: int, readings: list[Reading], sightings: Sightings) -> Proving:
    """Read with other page sizes: the same at any size, or all of it there at one moment."""
    for other in sorted({max(4, size * per_mille // 1000) for per_mille in OTHER_SIZES})[::-1]:
        latest = yield from sightings.noted(reading(other, "ignore", fresh=True))
        if latest.end != "read" or latest.capped:
            raise UnprovedError
        if any(_the_same(latest, before) for before in readings):
            return Whole(latest.rows)
        if (rows := sightings.whole_at_one_moment()) is not None:
            return Whole(rows, in_order=False)
        readings.append(latest)
    raise UnprovedError


def _the_same(latest: Reading, other: Reading) -> bool:
    """The same records as often, read with two page sizes whose seams were all steady."""
    steady = latest.steady and other.steady and len(latest.keys) == latest.totals[0]
    return steady and Counter(latest.keys) == Counter(other.keys)


def verified_walk(
    client: Client,
    method: str,
    table: Table,
    parameters: dict[str, Any],
    bar: PageBar,
    *,
    refresh: bool,
) -> Walk:
    """Walk over a collection until it is proved to be whole.

    Args:
        client: the account's client.
        method: the paged method.
        table: the table its records belong to.
        parameters: the method's filters.
        bar: shows the pages as they come, and what is waited for.
        refresh: use no kept page.

    Returns:
        The whole collection.

    Raises:
        KPASnapshotError: nothing that was read is proved to be the whole.
        KPAAPIError, KPATransportError, KPADataError: as `Client.page`.
    """
    from kpa_analytics.api.client import PAGE_SIZE

    received = _Received(client, method, table, parameters, bar, fresh=refresh)
    steps = proved(PAGE_SIZE)
    try:
        ask = next(steps)
        while received.within_reason():
            ask = steps.send(received.answer(ask))
    except StopIteration as done:
        return received.walk(done.value)
    except UnprovedError:
        pass
    raise KPASnapshotError(
        f"{method}: the collection kept changing, or its pages do not fit together: after "
        f"{len(received.pages)} pages it is not proved that all of the {received.pages[-1].total} "
        "records that the API counts were seen. Nothing was kept; load again when fewer people "
        "are entering records"
    )


@dataclass
class _Received:
    """The pages that came: asks for one at a time, and makes the walk of them in the end."""

    client: Client
    method: str
    table: Table
    parameters: dict[str, Any]
    bar: PageBar
    fresh: bool
    pages: list[Page] = field(default_factory=list)
    frames: list[pl.DataFrame] = field(default_factory=list)
    height: int = 0
    reach: int = 0

    def answer(self, ask: Ask) -> Seen:
        kept_before = bool(self.pages) and self.pages[-1].answer.from_cache
        page = self._page(ask)
        if ask.step:
            self.bar.page(ask.step[0], of=ask.step[1])
        else:
            self.bar.note("records changed meanwhile: looking them up")
        key = endpoint_of(self.table).record_key
        keys = [getattr(record, key) for record in page.records]
        seen = Seen(keys, page.total, self.height, kept_before and not page.answer.from_cache)
        once = endpoint_of(self.table).whole_answer
        constants = {name: getattr(page.answer.body, name) for name in once}
        self.frames.append(raw_frame(self.table, page.records, **constants))
        if not self.pages:
            self.reach = page.last_page
        elif ask.overlaps:  # a capped total: as long as the seams go on, there are more
            self.reach = max(self.reach, ask.page)
        self.pages.append(page.without_records())
        self.height += len(keys)
        return seen

    def _page(self, ask: Ask) -> Page:
        """The page, kept or fetched; after the first that is fetched, none that is kept."""
        self.fresh = self.fresh or ask.fresh
        request = {**self.parameters, "limit": ask.limit}
        page = self.client.page(self.method, ask.page, refresh=self.fresh, **request)
        if page.answer.from_cache and self.pages:
            in_order = self.pages[-1].answer.answered_at < page.answer.answered_at
            if not in_order:
                page = self.client.page(self.method, ask.page, refresh=True, **request)
        self.fresh = self.fresh or not page.answer.from_cache
        return page

    def within_reason(self) -> bool:
        """No answer can make us go on for ever: twelve times the pages there are, and some."""
        return len(self.pages) < 12 * self.reach + 60

    def walk(self, whole: Whole) -> Walk:
        rows = pl.concat(self.frames)[whole.rows]
        if not whole.in_order and "date" in rows.columns:
            rows = rows.sort("date", descending=True, nulls_last=True, maintain_order=True)
        answers = [page.answer for page in self.pages]
        used = self._pages_of(whole.rows) or [len(answers) - 1]
        return Walk(
            rows=rows,
            answered_at=min(answers[number].answered_at for number in used),
            pages=len(used),
            demo=any(answer.demo for answer in answers),
            cache_keys=tuple({answer.cache_key for answer in answers if answer.cache_key}),
        )

    def _pages_of(self, rows: list[int]) -> list[int]:
        """The pages that these records came in."""
        ends = pl.Series([frame.height for frame in self.frames]).cum_sum()
        return ends.search_sorted(pl.Series(rows, dtype=pl.Int64), side="right").unique().to_list()
