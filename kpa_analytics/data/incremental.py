"""The incremental refresh: bring a kept collection up to date with a few pages.

The API lists completions newest first, so new records are at the top. We fetch pages from the top,
each overlapping the previous page, until ten records in a row are in their kept order. The total
then shows whether anything changed further down. If it did, we find the place by bisecting: the
number of positions between two fetched pages equals the number of kept records between them, unless
records were inserted or removed there. If two pages overlap, they must agree record by record.

Counting does not show equally many insertions and removals between two fetched pages. Ordinary
corrections look like this: someone deletes an old record and enters it again. So we also request
the trainings of the added and removed records, at most three, those with the fewest records first.
A training that fits on one page is compared record by record, edits included; for a bigger one we
compare only the total.

A refresh does not see a correction or an edit on pages that were not fetched, unless it requests
that training. It then keeps the deleted record and lacks the new one until the next full download.
`MOST_INCREMENTS` and `OLDEST_FULL_DOWNLOAD` limit how long this can last.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import polars as pl

from kpa_analytics.data.blank_ids import BlankIds, add_blank_counts, null_blank_ids
from kpa_analytics.data.frames import Fetched, Finished, finish, raw_frame
from kpa_analytics.data.per_training import trainings_touched, with_training
from kpa_analytics.data.reading import next_page
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import Table

if TYPE_CHECKING:
    from kpa_analytics.api.client import Client, Page
    from kpa_analytics.data.progress import PageBar
    from kpa_analytics.data.snapshots import Kept, Snapshot


#: After this many incremental refreshes in a row, all pages are downloaded again.
MOST_INCREMENTS = 10

#: If the last full download is older than this, all pages are downloaded again.
OLDEST_FULL_DOWNLOAD = timedelta(days=7)

#: The newest pages end when this many records in a row are in their kept order.
JOIN = 10

#: One refresh requests at most this many single trainings.
MOST_TRAININGS = 3


def may_refresh_again(snapshot: Snapshot) -> bool:
    """Whether a snapshot may be refreshed incrementally again."""
    full_walk_at = snapshot.full_walk_at or snapshot.fetched_at
    is_recent = datetime.now(UTC) - full_walk_at < OLDEST_FULL_DOWNLOAD
    return is_recent and snapshot.increments < MOST_INCREMENTS


class FullDownloadNeededError(Exception):
    """The fetched pages do not fit the kept collection: a full download is needed."""


class ReadRange(NamedTuple):
    """Consecutive records that were read, and their positions in both collections.

    Attributes:
        start: position of the first record in the present collection.
        end: position after the last record in the present collection.
        kept_first: position in the kept collection of the first record that it has.
        kept_last: position in the kept collection of the last record that it has; `kept_first - 1`
            if it has none of them.
        rows: the records; None for the end of the collection.
    """

    start: int
    end: int
    kept_first: int
    kept_last: int
    rows: pl.DataFrame | None = None


def refreshed(
    client: Client,
    method: str,
    table: Table,
    kept: Kept,
    parameters: dict[str, Any],
    bar: PageBar,
) -> Fetched | None:
    """Bring a kept collection up to date with as few pages as possible.

    Returns None if a full download is needed because records changed places, the total changed
    during the refresh, or the refresh would need more than half of the pages.
    """
    catching_up = _CatchingUp(client, method, table, kept, parameters, bar)
    try:
        return catching_up.run()
    except FullDownloadNeededError:
        bar.note("the newest pages do not show every change: downloading all pages")
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

    def run(self) -> Fetched:
        head = self._head()
        total = self.fetched[0].total
        before = self.kept.frame.height
        bottom = ReadRange(total, total, before, before)
        frame = pl.concat([self._finished(head), *self._between(head, bottom)])
        frame = self._with_trainings(self._whole(frame))
        answers = [page.answer for page in self.fetched]
        return Fetched(
            Finished(self._whole(frame), self._faults(frame), self._blank_ids()),
            answered_at=min(answer.answered_at for answer in answers),
            pages=len(answers),
            demo=any(answer.demo for answer in answers),
            cache_keys=tuple(answer.cache_key for answer in answers if answer.cache_key),
        )

    def _whole(self, frame: pl.DataFrame) -> pl.DataFrame:
        total = self.fetched[0].total
        if frame.height != total or frame["id"].n_unique() != total:
            raise FullDownloadNeededError
        return frame

    def _head(self) -> ReadRange:
        """The newest pages, down to the place where they join the kept collection."""
        rows = self._page(1, self._page_size)
        total = self.fetched[0].total
        while rows.height < total and not self._joins(rows):
            number, limit = next_page(rows.height, self._page_size, total)
            start, page = (number - 1) * limit, self._page(number, limit)
            _agree(ReadRange(0, rows.height, 0, 0, rows), start, page)
            rows = pl.concat([rows.head(start), page])
        return self._placed(0, rows)

    def _joins(self, rows: pl.DataFrame) -> bool:
        """Whether the last records are consecutive records of the kept collection."""
        wanted = min(JOIN, self.kept.frame.height)
        places = self._places(rows.tail(wanted)).to_list()
        return bool(places) and places == list(range(places[0], places[0] + wanted))

    def _between(self, left: ReadRange, right: ReadRange) -> list[pl.DataFrame]:
        """The records between two ranges."""
        positions, candidates = right.start - left.end, right.kept_first - left.kept_last - 1
        if candidates < 0:
            raise FullDownloadNeededError
        if positions == candidates:
            return [self.kept.frame.slice(left.kept_last + 1, candidates)]
        if positions == 0:
            return []
        middle = self._middle(left, right)
        rows = self._finished(middle)
        if (middle.start, middle.end) == (left.end, right.start):
            return [rows]
        return [*self._between(left, middle), rows, *self._between(middle, right)]

    def _finished(self, read: ReadRange) -> pl.DataFrame:
        return finish(self.table, cast("pl.DataFrame", read.rows)).frame

    def _middle(self, left: ReadRange, right: ReadRange) -> ReadRange:
        """Fetch a page in the middle; if it overlaps the two ranges, it must agree with them."""
        size = self._page_size
        pages = -(-(right.start - left.end) // size)
        number = left.end // size + pages // 2 + 1
        start, page = (number - 1) * size, self._page(number, size)
        _agree(left, start, page)
        _agree(right, start, page)
        begin, end = max(start, left.end), min(start + page.height, right.start)
        if begin >= end:
            raise FullDownloadNeededError
        rows = page[begin - start : end - start]
        if self._places(rows).is_empty():
            if begin == left.end:
                return ReadRange(begin, end, left.kept_last + 1, left.kept_last, rows)
            if end == right.start:
                return ReadRange(begin, end, right.kept_first, right.kept_first - 1, rows)
        return self._placed(begin, rows)

    def _placed(self, start: int, rows: pl.DataFrame) -> ReadRange:
        places = self._places(rows)
        if places.is_empty() or not places.is_sorted():
            raise FullDownloadNeededError
        return ReadRange(start, start + rows.height, places[0], places[-1], rows)

    def _places(self, rows: pl.DataFrame) -> pl.Series:
        """Positions of these records in the kept collection, without new records."""
        known = self.kept.frame.select("id").with_row_index("place")
        joined = rows.select("id").join(known, on="id", how="left", maintain_order="left")
        return joined["place"].drop_nulls().cast(pl.Int64)

    def _with_trainings(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Request the trainings of added and removed records, and replace their records."""
        if "training_id" in self.parameters:
            return frame
        for training in trainings_touched(self.kept.frame, frame)[:MOST_TRAININGS]:
            count = frame.filter(training_id=training).height
            rows = self._training(training, count)
            if rows is not None:
                frame = with_training(frame, training, finish(self.table, rows).frame)
        return frame

    def _training(self, training: int, count: int) -> pl.DataFrame | None:
        """All of a training's records; None if they need several pages and the total is right.

        If the server ignores the filter or sends bad data, the full download deals with it.
        """
        limit = self._page_size if count <= self._page_size else 1
        request = {**self.parameters, "training_id": training, "limit": limit}
        try:
            page = self.client.page(self.method, 1, refresh=True, **request)
        except KPADataError:
            raise FullDownloadNeededError from None
        rows = self._taken(page)
        if rows.height == page.total:
            return rows
        if page.total != count:
            raise FullDownloadNeededError
        return None

    def _page(self, number: int, limit: int) -> pl.DataFrame:
        request = {**self.parameters, "limit": limit}
        page = self.client.page(self.method, number, refresh=True, **request)
        if self.fetched and page.total != self.fetched[0].total:
            raise FullDownloadNeededError
        if len(self.fetched) > page.last_page // 2 + 1:
            raise FullDownloadNeededError
        if len(page.records) != min(limit, max(0, page.total - (number - 1) * limit)):
            raise FullDownloadNeededError
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
        """The blank ids of the kept snapshot plus those of the new records.

        The snapshot only has counts, so blanks that were corrected since are still counted.
        """
        new = self._latest().join(self.kept.frame, on="id", how="anti")
        return add_blank_counts(self.kept.snapshot.blank_ids, null_blank_ids(self.table, new)[1])

    def _latest(self) -> pl.DataFrame:
        """Every fetched record, in its latest version."""
        return pl.concat(self.rows).unique("id", keep="last", maintain_order=True)

    def _faults(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The impossible dates of the fetched records and of the remaining kept records."""
        latest = self._latest()
        fetched, present = (rows["id"].cast(pl.String).implode() for rows in (latest, frame))
        record = pl.col("record_id")
        before = self.kept.snapshot.fault_frame().filter(~record.is_in(fetched))
        faults = pl.concat([before, finish(self.table, latest).faults])
        return faults.filter(record.is_in(present))


def _agree(read: ReadRange, start: int, page: pl.DataFrame) -> None:
    """Refuse a page whose records or order differ from a range that it overlaps."""
    begin, end = max(start, read.start), min(start + page.height, read.end)
    if read.rows is None or begin >= end:
        return
    before = read.rows["id"][begin - read.start : end - read.start]
    if not page["id"][begin - start : end - start].equals(before):
        raise FullDownloadNeededError
