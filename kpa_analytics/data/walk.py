"""The checked walk: all pages of a collection, proved to be the whole of it.

The API has no cursor, so a record added, removed or re-dated while we page shifts others across
page boundaries. A walk counts as whole when

- the totals it was told only grew (and did not change at all where kept pages of an earlier,
  interrupted walk were used), and
- at least as many different records as the first total were seen, not counting those that were
  made after the walk began: nothing that was there at the start has been missed, and
- no more were seen than the last total counts: nothing that was seen has gone; or
- it agrees in every id with the walk before it: nothing moved, and what is short are the vendor's
  own duplicates.

Otherwise it is walked again past the cache, three walks at most. A partial collection is never
given back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from kpa_analytics.data.frames import raw_frame, record_key
from kpa_analytics.errors import KPASnapshotError
from kpa_analytics.schema import EMPLOYEE_STATUS, Table

if TYPE_CHECKING:
    from kpa_analytics.api.client import Client, Page
    from kpa_analytics.data.progress import PageBar

#: Walks before we say that the collection does not hold still.
WALKS = 3


@dataclass(frozen=True)
class Walk:
    """What one walk over a collection saw.

    Attributes:
        rows: every record in the order it came, days still numbers.
        totals: the total that each page told.
        resumed: some pages came from the page cache.
        began: the server's clock at the first page, epoch ms; None where it has none.
        pages: pages fetched or read.
        size: bytes of JSON they came in.
        demo: the demo server answered.
        cache_keys: where the pages are kept until a snapshot stands.
    """

    rows: pl.DataFrame
    totals: tuple[int, ...]
    resumed: bool
    began: int | None
    pages: int
    size: int
    demo: bool
    cache_keys: tuple[str, ...]


def verified_walk(
    client: Client,
    method: str,
    table: Table,
    parameters: dict[str, Any],
    bar: PageBar,
    *,
    refresh: bool,
) -> Walk:
    """Walk until a walk is whole.

    Args:
        client: the account's client.
        method: the paged method.
        table: the table its records belong to.
        parameters: the method's filters.
        bar: shows the pages as they come, and what is waited for.
        refresh: use no kept page.

    Returns:
        A whole walk. A record that crossed a page boundary stands once, as it was last seen.

    Raises:
        KPASnapshotError: three walks, and none was whole.
        KPAAPIError, KPATransportError, KPADataError: as `Client.pages`.
    """
    key, earlier = record_key(table), None
    for attempt in range(WALKS):
        walk = _walk(client, method, table, parameters, bar, refresh=refresh or attempt > 0)
        if _is_whole(walk, earlier, key):
            return _once_each(walk, key)
        if earlier is not None and _agree(walk, earlier, key):
            return walk
        bar.note("records changed meanwhile: walking again")
        earlier = walk
    seen = walk.rows[key].n_unique()
    raise KPASnapshotError(
        f"{method}: the collection kept changing: {WALKS} walks, and the last saw {seen} different "
        f"records where the API counts {walk.totals[-1]}. Nothing was kept; load again when fewer "
        "people are entering records"
    )


def _walk(
    client: Client,
    method: str,
    table: Table,
    parameters: dict[str, Any],
    bar: PageBar,
    *,
    refresh: bool,
) -> Walk:
    pages, frames, key = [], [], record_key(table)
    first: set[object] = set()
    for page in client.pages(method, refresh=refresh, **parameters):
        pages.append(page.without_records())
        frames.append(raw_frame(table, page.records, **_constants(table, page)))
        bar.page(page.number, of=page.last_page)
        if page.number == 1:
            first = {getattr(record, key) for record in page.records}
        elif all(getattr(record, key) in first for record in page.records):
            break  # it repeats the first page, or is empty: what follows would do so too
    answers = [page.answer for page in pages]
    return Walk(
        rows=pl.concat(frames),
        totals=tuple(page.total for page in pages),
        resumed=any(answer.from_cache for answer in answers),
        began=answers[0].answered_at,
        pages=len(pages),
        size=sum(answer.size for answer in answers),
        demo=any(answer.demo for answer in answers),
        cache_keys=tuple(answer.cache_key for answer in answers if answer.cache_key),
    )


def _constants(table: Table, page: Page) -> dict[str, Any]:
    if table is EMPLOYEE_STATUS:
        return {"last_updated": getattr(page.answer.body, "last_updated", None)}
    return {}


def _is_whole(walk: Walk, earlier: Walk | None, key: str) -> bool:
    totals = walk.totals
    steady = len(set(totals)) == 1 if walk.resumed else list(totals) == sorted(totals)
    none_gone = walk.rows[key].n_unique() <= totals[-1]
    return steady and none_gone and _there_from_the_start(walk, earlier, key) >= totals[0]


def _there_from_the_start(walk: Walk, earlier: Walk | None, key: str) -> int:
    """How many different records were there when the walk began.

    A record made since then could stand in for one that was missed. One that the walk before this
    one saw was there, whatever its `created` says.
    """
    there = pl.lit(True)
    if walk.began is not None and "created" in walk.rows.columns:
        there = (pl.col("created").dt.epoch("ms") < walk.began + 1000).fill_null(True)
    if earlier is not None:
        there |= pl.col(key).is_in(earlier.rows[key].implode())
    return walk.rows.filter(there)[key].n_unique()


def _agree(walk: Walk, earlier: Walk, key: str) -> bool:
    return (
        walk.totals == earlier.totals
        and walk.rows.height == walk.totals[0]
        and walk.rows[key].equals(earlier.rows[key])
    )


def _once_each(walk: Walk, key: str) -> Walk:
    return replace(walk, rows=walk.rows.unique(key, keep="last", maintain_order=True))
