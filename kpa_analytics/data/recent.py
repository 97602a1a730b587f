"""The incremental refresh: from a kept collection to the present one in a few pages.

The API lists completions newest first, so what is new stands at the top. We walk from the newest
page until it joins what we have; the total then tells whether anything changed further down. Where
it did, the place is found by bisecting: between two pages that were fetched lie as many positions
now as lay kept records before, unless something between them was inserted or removed.

What can't be seen this way: an edit in place of a record on a page that was not fetched, and as
many insertions as removals between two fetched pages. The second is an ordinary correction: an old
record is deleted and entered again. The deleted one is then kept, and the new one is missed, until
the next full walk. So refreshes of this kind may follow one another only for so long.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from kpa_analytics.data.blank_ids import BlankIds, added, cleared
from kpa_analytics.data.frames import Finished, finish, raw_frame
from kpa_analytics.schema import FAULTS, Table

if TYPE_CHECKING:
    from kpa_analytics.api.client import Client, Page
    from kpa_analytics.data.progress import PageBar
    from kpa_analytics.data.snapshots import Kept, Snapshot


class Recent(NamedTuple):
    """The present collection, and what it took."""

    finished: Finished
    pages: int
    demo: bool
    cache_keys: tuple[str, ...]


#: Refreshes in a row before all pages are walked again.
MOST_INCREMENTS = 10

#: How old the last full walk may be before all pages are walked again.
OLDEST_FULL_WALK = timedelta(days=7)


def may_go_on(snapshot: Snapshot) -> bool:
    """Whether one more refresh may rest on a snapshot: not too many, nor too long, in a row."""
    walked = snapshot.full_walk_at or snapshot.fetched_at
    recently = datetime.now(UTC) - walked < OLDEST_FULL_WALK
    return recently and snapshot.increments < MOST_INCREMENTS


class LostError(Exception):
    """What was fetched does not fit what was kept: only a full walk can tell."""


class Stretch(NamedTuple):
    """Consecutive records as they are now, and where they stood among the kept ones.

    Attributes:
        start: position of its first record in the present collection.
        end: position after its last.
        first: position of its first kept record among the kept ones.
        last: position of its last kept record among them.
        rows: the records; None for the end of the collection.
    """

    start: int
    end: int
    first: int
    last: int
    rows: pl.DataFrame | None = None


def refreshed(
    client: Client,
    method: str,
    table: Table,
    kept: Kept,
    parameters: dict[str, Any],
    bar: PageBar,
) -> Recent | None:
    """Bring a kept collection up to date with as few pages as can prove it.

    Args:
        client: the account's client.
        method: the paged method, which lists newest first.
        table: the table its records belong to.
        kept: the collection as it was, in the API's order.
        parameters: the method's filters.
        bar: shows the pages as they come.

    Returns:
        The present collection; None where only a full walk can tell it: records changed places,
        the total changed meanwhile, or half of the pages would be needed anyway.

    Raises:
        KPAAPIError, KPATransportError, KPADataError: as `Client.pages`.
    """
    catching_up = _CatchingUp(client, method, table, kept, parameters, bar)
    try:
        return catching_up.run()
    except LostError:
        bar.note("more has changed than the newest pages tell: walking all of them")
        return None


@dataclass
class _CatchingUp:
    client: Client
    method: str
    table: Table
    kept: Kept
    parameters: dict[str, Any]
    bar: PageBar
    fetched: list[Page] = field(default_factory=list)
    new: list[pl.DataFrame] = field(default_factory=list)

    def run(self) -> Recent:
        head = self._head()
        total = self.fetched[0].total
        before = self.kept.frame.height
        bottom = Stretch(total, total, before, before)
        pieces = [*self._own(head), *self._between(head, bottom)]
        frame = pl.concat([piece.frame for piece in pieces])
        if frame.height != total or frame["id"].n_unique() != total:
            raise LostError
        answers = [page.answer for page in self.fetched]
        return Recent(
            Finished(frame, self._faults(frame, pieces), self._blank_ids()),
            pages=len(answers),
            demo=any(answer.demo for answer in answers),
            cache_keys=tuple(answer.cache_key for answer in answers if answer.cache_key),
        )

    def _head(self) -> Stretch:
        """The newest pages, down to the first that holds a record we have."""
        rows = self._fetch(1)
        while self._places(rows).is_empty():
            if rows.height >= self.fetched[0].total:
                raise LostError
            rows = pl.concat([rows, self._fetch(len(self.fetched) + 1)])
        return self._placed(0, rows)

    def _between(self, left: Stretch, right: Stretch) -> list[Finished]:
        """What lies between two stretches and, in its place, the right one itself."""
        positions, candidates = right.start - left.end, right.first - left.last - 1
        if candidates < 0:
            raise LostError
        if positions == candidates:
            gap = [Finished(self.kept.frame.slice(left.last + 1, candidates), FAULTS.empty())]
        elif positions == 0:
            gap = []
        else:
            middle = self._middle(left.end, right.start)
            return [*self._between(left, middle), *self._between(middle, right)]
        return [*gap, *self._own(right)]

    def _own(self, stretch: Stretch) -> list[Finished]:
        return [] if stretch.rows is None else [finish(self.table, stretch.rows)]

    def _middle(self, start: int, end: int) -> Stretch:
        size = self._page_size
        pages = -(-(end - start) // size)
        number = start // size + pages // 2 + 1
        rows = self._fetch(number)
        return self._placed((number - 1) * size, rows)

    def _placed(self, start: int, rows: pl.DataFrame) -> Stretch:
        places = self._places(rows)
        if places.is_empty() or not places.is_sorted():
            raise LostError
        return Stretch(start, start + rows.height, places[0], places[-1], rows)

    def _places(self, rows: pl.DataFrame) -> pl.Series:
        """Where these records stood among the kept ones; new ones are left out."""
        known = self.kept.frame.select("id").with_row_index("place")
        joined = rows.select("id").join(known, on="id", how="left", maintain_order="left")
        return joined["place"].drop_nulls().cast(pl.Int64)

    def _fetch(self, number: int) -> pl.DataFrame:
        page = self.client.page(self.method, number, refresh=True, **self.parameters)
        if self.fetched and page.total != self.fetched[0].total:
            raise LostError
        if len(self.fetched) > page.last_page // 2 + 1:
            raise LostError
        self.fetched.append(page.without_records())
        self.bar.page(len(self.fetched), of=len(self.fetched))
        rows = raw_frame(self.table, page.records)
        self.new.append(rows.join(self.kept.frame, on="id", how="anti"))
        return rows

    @property
    def _page_size(self) -> int:
        from kpa_analytics.api.client import PAGE_SIZE

        return int(self.parameters.get("limit", PAGE_SIZE))

    def _blank_ids(self) -> BlankIds:
        """Those counted before and those of the new records.

        Which of the kept records had one, and whether it still stands, is no longer known.
        """
        _, new = cleared(self.table, pl.concat(self.new))
        return added(self.kept.snapshot.blank_ids, new)

    def _faults(self, frame: pl.DataFrame, pieces: list[Finished]) -> pl.DataFrame:
        """The impossible days of the kept records that still stand, and of the fetched ones."""
        fresh = pl.concat([FAULTS.empty(), *(piece.faults for piece in pieces)])
        still = self.kept.snapshot.fault_frame().filter(
            pl.col("record_id").is_in(frame["id"].cast(pl.String).implode()),
        )
        return pl.concat([still.join(fresh, on=["record_id", "field"], how="anti"), fresh])
