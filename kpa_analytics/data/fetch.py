"""Fetch one collection: download it, finish the frame, keep the snapshot."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import polars as pl

from kpa_analytics.cache_folder import account_folder, private_file, private_folder
from kpa_analytics.config import Settings
from kpa_analytics.data.frames import Finished, finish, raw_frame
from kpa_analytics.data.incremental import may_go_on, refreshed
from kpa_analytics.data.progress import PageBar
from kpa_analytics.data.snapshots import Kept, Snapshot, rows_sha256, snapshot_folder
from kpa_analytics.data.walk import verified_walk
from kpa_analytics.endpoints import COLLECTIONS, endpoint_of
from kpa_analytics.errors import KPADataWarning, KPAMethodNotFoundError, KPATokenPermissionError
from kpa_analytics.schema import (
    COMPLETIONS,
    Table,
)

if TYPE_CHECKING:
    from kpa_analytics.api.client import Answer, Client

#: False: use a fresh snapshot. True: download every page. "recent": download only the newest pages.
Refresh = bool | Literal["recent"]

_log = logging.getLogger("kpa_analytics")

#: A warning names at most this many records.
_MOST_NAMED = 10


class Fetched(NamedTuple):
    """A downloaded collection, before its snapshot is written."""

    finished: Finished
    method: str
    pages: int
    demo: bool
    cache_keys: tuple[str, ...] = ()
    #: The snapshot that an incremental refresh started from; None for a full walk.
    rests_on: Snapshot | None = None
    #: When the API answered the oldest page; None: use the time when the fetch began.
    answered_at: datetime | None = None


def fetch(client: Client, table: Table, params: dict[str, Any], *, refresh: Refresh) -> Kept:
    """Fetch a whole collection and keep it as a snapshot.

    The arguments and errors are those of the loaders; this function warns of impossible dates.
    """
    began = datetime.now(UTC)
    with PageBar(table.name, shown=client.settings.progress) as bar:
        client.notify = bar.note
        fetched = _fetcher(table)(client, table, params, bar, refresh)
    frame, faults, blank_ids = fetched.finished
    _warn_of(table, faults)
    rests_on = fetched.rests_on
    snapshot = Snapshot(
        table=table.name,
        method=fetched.method,
        params=params,
        host=client.settings.host,
        fetched_at=fetched.answered_at or began,
        rows=frame.height,
        pages=fetched.pages,
        walk="full" if rests_on is None else "incremental",
        demo=fetched.demo,
        package_version=version("kpa-analytics"),
        rows_sha256=rows_sha256(frame),
        faults=tuple(faults.rows()),
        blank_ids=blank_ids,
        increments=rests_on.increments + 1 if rests_on else 0,
        full_walk_at=(rests_on.full_walk_at or rests_on.fetched_at) if rests_on else None,
    )
    kept = snapshot_folder(table, params, client.settings).write(
        Kept(frame, snapshot), keep=client.settings.keep_snapshots
    )
    if kept.snapshot.path is not None:
        client.forget(list(fetched.cache_keys))
    return kept


@contextmanager
def one_at_a_time(table: Table, params: dict[str, Any], current: Settings) -> Iterator[None]:
    """Let one process fetch a collection while the others wait for its snapshot.

    If the cache folder can't be written to, no snapshot will be kept, so nobody waits for one.
    """
    from filelock import FileLock, Timeout

    name = snapshot_folder(table, params, current).folder.name
    try:
        folder = private_folder(account_folder(current))
        lock = FileLock(private_file(folder / f"{name}.lock"), mode=0o600)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            with PageBar(table.name, shown=current.progress) as bar:
                bar.note("waiting: another process is loading this collection")
                lock.acquire()
    except OSError:
        yield
        return
    try:
        yield
    finally:
        lock.release()


def _walked(
    client: Client, table: Table, params: dict[str, Any], bar: PageBar, refresh: Refresh
) -> Fetched:
    method = endpoint_of(table).method
    if refresh == "recent" and table is COMPLETIONS:
        kept = snapshot_folder(table, params, client.settings).newest(max_age=float("inf"))
        if kept and not may_go_on(kept.snapshot):
            bar.note("a full download is due: downloading all pages")
        elif kept and (recent := refreshed(client, method, table, kept, params, bar)):
            return Fetched(
                recent.finished,
                method,
                recent.pages,
                recent.demo,
                recent.cache_keys,
                rests_on=kept.snapshot,
                answered_at=recent.answered_at,
            )
    walk = verified_walk(client, method, table, params, bar, refresh=bool(refresh))
    _check_attachments(client, method, params, walk.rows)
    return Fetched(
        finish(table, walk.rows),
        method,
        walk.pages,
        walk.demo,
        walk.cache_keys,
        answered_at=walk.answered_at,
    )


def _check_attachments(
    client: Client, method: str, params: dict[str, Any], rows: pl.DataFrame
) -> None:
    """If no record lists its files, request the opposite filter value and compare the answers.

    A record in both answers shows that the server ignores the filter: that is a KPADataError.
    """
    wanted = params.get("has_attachments")
    if wanted is None or rows.is_empty() or rows["files"].count():
        return
    from kpa_analytics.api.filters import ignored_filter

    opposite = {**params, "has_attachments": not wanted, "limit": 1}
    for record in client.page(method, 1, refresh=True, **opposite).records:
        if record.id in rows["id"]:
            raise ignored_filter(method, "has_attachments", wanted, record, "both true and false")


def _called(
    client: Client, table: Table, params: dict[str, Any], bar: PageBar, refresh: Refresh
) -> Fetched:
    method = endpoint_of(table).method
    answer = client.records(method, **params)
    bar.page(1, of=1)
    rows = raw_frame(table, _records(method, answer))
    return Fetched(finish(table, rows), method, 1, answer.demo)


def _grouped(
    client: Client, table: Table, params: dict[str, Any], bar: PageBar, refresh: Refresh
) -> Fetched:
    rows: list[tuple[str | None, str, str | None]] = []
    demo = False
    endpoints = COLLECTIONS[table.name]
    for number, (method, kind) in enumerate(((e.method, e.kind) for e in endpoints), start=1):
        try:
            answer = client.records(method)
        except (KPAMethodNotFoundError, KPATokenPermissionError) as error:
            _log.warning("the names of kind %s can't be loaded: %s", kind, error)
            continue
        demo = demo or answer.demo
        groups = _records(method, answer)
        rows.extend((kind, group.id, group.name or group.title) for group in groups)
        bar.page(number, of=len(endpoints))
    frame = pl.DataFrame(rows, schema=table.schema, orient="row")
    methods = ", ".join(endpoint.method for endpoint in endpoints)
    return Fetched(finish(table, frame), methods, len(endpoints), demo)


def _records(method: str, answer: Answer) -> list[Any]:
    from kpa_analytics.api.records import records_in

    return records_in(method, answer.body)


def _fetcher(table: Table) -> Callable[..., Fetched]:
    """The function that fetches a table: from several endpoints, page by page, or in one call."""
    if len(COLLECTIONS[table.name]) > 1:
        return _grouped
    return _walked if endpoint_of(table).paged else _called


def _warn_of(table: Table, faults: pl.DataFrame) -> None:
    if faults.is_empty():
        return
    examples = ", ".join(
        f"{record} ({field} {value})"
        for _, record, field, value in faults.head(_MOST_NAMED).iter_rows()
    )
    more = f" and {faults.height - _MOST_NAMED} more" if faults.height > _MOST_NAMED else ""
    became_null = (
        "1 impossible date is" if faults.height == 1 else f"{faults.height} impossible dates are"
    )
    warnings.warn(
        f"{table.name}: {became_null} null: {examples}{more}; data_quality() lists them all",
        KPADataWarning,
        stacklevel=5,  # the caller of load_completions()
    )
