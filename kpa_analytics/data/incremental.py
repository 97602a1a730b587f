"""The incremental refresh: from a kept collection to the present one in a few pages.

The API lists completions newest first, so what is new stands at the top. We walk from the newest
page, each page beginning some records before the last one ended, until ten records in a row stand
as we have them. The total then tells whether anything changed further down. Where it did, the
place is found by bisecting: between two pages that were fetched lie as many positions now as lay
kept records before, unless something between them was inserted or removed. Where two pages
overlap they must agree record by record.

Counting does not see as many insertions as removals between two fetched pages. Those are ordinary
corrections: an old record is deleted and entered again. So the trainings of the records that came
or went are asked for by themselves, at most three, those with the fewest records first. One that
fits on a page is compared record by record, and brings its edits; of a bigger one only the total
is compared.

What still can't be seen: such a correction on pages that were not fetched, and an edit in place
there, where the training was not asked for: none of its records came or went otherwise, three
others had fewer records, or it has more than a page of them. The deleted record is then kept and
the new one is missed until the next full walk. So refreshes of this kind may follow one another
only for so long.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import polars as pl

from kpa_analytics.data.blank_ids import BlankIds, add_blank_counts, null_blank_ids
from kpa_analytics.data.frames import Finished, finish, raw_frame
from kpa_analytics.data.per_training import trainings_touched, with_training
from kpa_analytics.data.reading import next_page
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import Table

if TYPE_CHECKING:
    from kpa_analytics.api.client import Client, Page
    from kpa_analytics.data.progress import PageBar
    from kpa_analytics.data.snapshots import Kept, Snapshot


class Recent(NamedTuple):
    """The present collection, and what it took.

    Attributes:
        finished: the collection.
        answered_at: when the oldest page of this refresh was answered, UTC.
        pages: pages fetched.
        demo: the demo server answered.
        cache_keys: where the pages are kept until a snapshot stands.
    """

    finished: Finished
    answered_at: datetime
    pages: int
    demo: bool
    cache_keys: tuple[str, ...]


#: Refreshes in a row before all pages are walked again.
MOST_INCREMENTS = 10

#: How old the last full walk may be before all pages are walked again.
OLDEST_FULL_WALK = timedelta(days=7)

#: Records in a row that must stand as they are kept before we believe that nothing above is left.
JOIN = 10

#: Trainings that one refresh asks for by themselves.
MOST_TRAININGS = 3


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
        last: position of its last kept record among them; before `first` where it holds none.
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
    rows: list[pl.DataFrame] = field(default_factory=list)

    def run(self) -> Recent:
        head = self._head()
        total = self.fetched[0].total
        before = self.kept.frame.height
        bottom = Stretch(total, total, before, before)
        frame = pl.concat([self._own(head), *self._between(head, bottom)])
        frame = self._with_trainings(self._whole(frame))
        answers = [page.answer for page in self.fetched]
        return Recent(
            Finished(self._whole(frame), self._faults(frame), self._blank_ids()),
            answered_at=min(answer.answered_at for answer in answers),
            pages=len(answers),
            demo=any(answer.demo for answer in answers),
            cache_keys=tuple(answer.cache_key for answer in answers if answer.cache_key),
        )

    def _whole(self, frame: pl.DataFrame) -> pl.DataFrame:
        total = self.fetched[0].total
        if frame.height != total or frame["id"].n_unique() != total:
            raise LostError
        return frame

    def _head(self) -> Stretch:
        """The newest pages, down to where they join what we have."""
        rows = self._page(1, self._page_size)
        total = self.fetched[0].total
        while rows.height < total and not self._joins(rows):
            number, limit = next_page(rows.height, self._page_size, total)
            start, page = (number - 1) * limit, self._page(number, limit)
            _agree(Stretch(0, rows.height, 0, 0, rows), start, page)
            rows = pl.concat([rows.head(start), page])
        return self._placed(0, rows)

    def _joins(self, rows: pl.DataFrame) -> bool:
        """Whether the last records are kept ones, in a row."""
        wanted = min(JOIN, self.kept.frame.height)
        places = self._places(rows.tail(wanted)).to_list()
        return bool(places) and places == list(range(places[0], places[0] + wanted))

    def _between(self, left: Stretch, right: Stretch) -> list[pl.DataFrame]:
        """What lies between two stretches."""
        positions, candidates = right.start - left.end, right.first - left.last - 1
        if candidates < 0:
            raise LostError
        if positions == candidates:
            return [self.kept.frame.slice(left.last + 1, candidates)]
        if positions == 0:
            return []
        middle = self._middle(left, right)
        own = self._own(middle)
        if (middle.start, middle.end) == (left.end, right.start):
            return [own]
        return [*self._between(left, middle), own, *self._between(middle, right)]

    def _own(self, stretch: Stretch) -> pl.DataFrame:
        return finish(self.table, cast("pl.DataFrame", stretch.rows)).frame

    def _middle(self, left: Stretch, right: Stretch) -> Stretch:
        """What a page in the middle holds; where it overlaps the two stretches, it must agree."""
        size = self._page_size
        pages = -(-(right.start - left.end) // size)
        number = left.end // size + pages // 2 + 1
        start, page = (number - 1) * size, self._page(number, size)
        _agree(left, start, page)
        _agree(right, start, page)
        a, b = max(start, left.end), min(start + page.height, right.start)
        if a >= b:
            raise LostError
        rows = page[a - start : b - start]
        if self._places(rows).is_empty():
            if a == left.end:
                return Stretch(a, b, left.last + 1, left.last, rows)
            if b == right.start:
                return Stretch(a, b, right.first, right.first - 1, rows)
        return self._placed(a, rows)

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

    def _with_trainings(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The collection, once the trainings of what came or went have been asked for."""
        if "training_id" in self.parameters:
            return frame
        for training in trainings_touched(self.kept.frame, frame)[:MOST_TRAININGS]:
            count = frame.filter(training_id=training).height
            rows = self._training(training, count)
            if rows is not None:
                frame = with_training(frame, training, finish(self.table, rows).frame)
        return frame

    def _training(self, training: int, count: int) -> pl.DataFrame | None:
        """All of a training's records; None where it has too many and its total is as it should be.

        A server that ignores the filter, or sends what can't be true, leaves it to the full walk.
        """
        limit = self._page_size if count <= self._page_size else 1
        asked = {**self.parameters, "training_id": training, "limit": limit}
        try:
            page = self.client.page(self.method, 1, refresh=True, **asked)
        except KPADataError:
            raise LostError from None
        rows = self._taken(page)
        if rows.height == page.total:
            return rows
        if page.total != count:
            raise LostError
        return None

    def _page(self, number: int, limit: int) -> pl.DataFrame:
        asked = {**self.parameters, "limit": limit}
        page = self.client.page(self.method, number, refresh=True, **asked)
        if self.fetched and page.total != self.fetched[0].total:
            raise LostError
        if len(self.fetched) > page.last_page // 2 + 1:
            raise LostError
        if len(page.records) != min(limit, max(0, page.total - (number - 1) * limit)):
            raise LostError
        return self._taken(page)

    def _taken(self, page: Page) -> pl.DataFrame:
        self.fetched.append(page.without_records())
        self.bar.page(len(self.fetched), of=len(self.fetched))
        self.rows.append(raw_frame(self.table, page.records))
        return self.rows[-1]

    @property
    def _page_size(self) -> int:
        from kpa_analytics.api.client import PAGE_SIZE

        return int(self.parameters.get("limit", PAGE_SIZE))

    def _blank_ids(self) -> BlankIds:
        """Those counted before and those of the new records.

        Which of the kept records had one, and whether it still stands, is no longer known.
        """
        new = self._latest().join(self.kept.frame, on="id", how="anti")
        return add_blank_counts(self.kept.snapshot.blank_ids, null_blank_ids(self.table, new)[1])

    def _latest(self) -> pl.DataFrame:
        """Every record that was fetched, as it came last."""
        return pl.concat(self.rows).unique("id", keep="last", maintain_order=True)

    def _faults(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The impossible days of the fetched records, and of the kept ones that still stand."""
        latest = self._latest()
        received, standing = (ids["id"].cast(pl.String).implode() for ids in (latest, frame))
        record = pl.col("record_id")
        before = self.kept.snapshot.fault_frame().filter(~record.is_in(received))
        faults = pl.concat([before, finish(self.table, latest).faults])
        return faults.filter(record.is_in(standing))


def _agree(stretch: Stretch, start: int, page: pl.DataFrame) -> None:
    """Refuse a page which, where it overlaps a stretch, holds other records or another order."""
    a, b = max(start, stretch.start), min(start + page.height, stretch.end)
    if stretch.rows is None or a >= b:
        return
    before = stretch.rows["id"][a - stretch.start : b - stretch.start]
    if not page["id"][a - start : b - start].equals(before):
        raise LostError
