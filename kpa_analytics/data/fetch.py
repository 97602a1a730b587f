"""Fetch one collection: download it, finish the frame, keep the snapshot."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from kpa_analytics.cache_folder import account_folder, private_file, private_folder
from kpa_analytics.config import Settings
from kpa_analytics.data.frames import Fetched, finish, raw_frame
from kpa_analytics.data.incremental import may_refresh_again, refreshed
from kpa_analytics.data.progress import PageBar
from kpa_analytics.data.proof import proved_download
from kpa_analytics.data.snapshots import Kept, Snapshot, rows_sha256, snapshot_folder
from kpa_analytics.endpoints import COLLECTIONS, endpoint_of
from kpa_analytics.errors import (
    KPADataWarning,
    KPAMethodNotFoundError,
    KPATokenPermissionError,
    warn,
)
from kpa_analytics.schema import COMPLETIONS, Table
from kpa_analytics.wording import count, listing

if TYPE_CHECKING:
    from kpa_analytics.api.client import Client

#: False: use a fresh snapshot. True: download every page. "recent": download only the newest pages.
Refresh = bool | Literal["recent"]

_log = logging.getLogger("kpa_analytics")

#: A warning names at most this many records.
_MOST_NAMED = 10


def fetch(client: Client, table: Table, params: dict[str, Any], *, refresh: Refresh) -> Kept:
    """Fetch a whole collection and keep it as a snapshot.

    The arguments and errors are those of the loaders; this function warns of impossible dates.
    """
    began, endpoints = datetime.now(UTC), COLLECTIONS[table.name]
    with PageBar(table.name, shown=client.settings.progress) as bar:
        client.notify = bar.note
        if endpoints[0].paged:
            fetched, rests_on = _pages(client, table, params, bar, refresh)
        else:
            fetched, rests_on = _listed(client, table, params, bar), None
    frame, faults, blank_ids = fetched.finished
    _warn_of(table, faults)
    snapshot = Snapshot(
        table=table.name,
        method=", ".join(endpoint.method for endpoint in endpoints),
        params=params,
        host=client.settings.host,
        fetched_at=fetched.answered_at or began,
        rows=frame.height,
        pages=fetched.pages,
        walk="full" if rests_on is None else "incremental",
        demo=fetched.demo,
        package_version=_package_version(),
        rows_sha256=rows_sha256(frame),
        faults=tuple(faults.rows()),
        blank_ids=blank_ids,
        increments=rests_on.increments + 1 if rests_on else 0,
        full_walk_at=(rests_on.full_walk_at or rests_on.fetched_at) if rests_on else None,
    )
    kept = snapshot_folder(table, params, client.settings).write(
        Kept(frame, snapshot), keep=client.settings.keep_snapshots if table is COMPLETIONS else None
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


@cache
def _package_version() -> str:
    return version("kpa-analytics")


def _pages(
    client: Client, table: Table, params: dict[str, Any], bar: PageBar, refresh: Refresh
) -> tuple[Fetched, Snapshot | None]:
    """All pages; or the newest ones, with the snapshot that they bring up to date."""
    method = endpoint_of(table).method
    if refresh == "recent" and table is COMPLETIONS:
        kept = snapshot_folder(table, params, client.settings).newest(max_age=float("inf"))
        if kept and not may_refresh_again(kept.snapshot):
            bar.note("a full download is due: downloading all pages")
        elif kept and (recent := refreshed(client, method, table, kept, params, bar)):
            return recent, kept.snapshot
    download = proved_download(client, method, table, params, bar, refresh=bool(refresh))
    _check_attachments(client, method, params, download.rows)
    finished = finish(table, download.rows)
    used = download.pages, download.demo, download.answered_at, download.cache_keys
    return Fetched(finished, *used), None


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


def _listed(client: Client, table: Table, params: dict[str, Any], bar: PageBar) -> Fetched:
    """The records of methods that are not paged: one method, or one for each kind of groups."""
    from kpa_analytics.api.records import records_in

    endpoints = COLLECTIONS[table.name]
    frames, demo = [raw_frame(table, [])], False
    for number, endpoint in enumerate(endpoints, start=1):
        try:
            answer = client.records(endpoint.method, **params)
        except (KPAMethodNotFoundError, KPATokenPermissionError) as error:
            if endpoint.kind is None:
                raise
            _log.warning("the names of kind %s can't be loaded: %s", endpoint.kind, error)
            continue
        demo = demo or answer.demo
        records = records_in(endpoint.method, answer.body)
        constants = {"kind": endpoint.kind} if endpoint.kind else {}
        frames.append(raw_frame(table, records, **constants))
        bar.page(number, of=len(endpoints))
    return Fetched(finish(table, pl.concat(frames)), len(endpoints), demo)


def _warn_of(table: Table, faults: pl.DataFrame) -> None:
    if faults.is_empty():
        return
    examples = [f"{record} ({field} {value})" for _, record, field, value in faults.iter_rows()]
    left_empty = count(faults.height, "impossible date was", "impossible dates were")
    warn(
        f"{table.name}: {left_empty} left empty: {listing(examples, _MOST_NAMED)}",
        KPADataWarning,
        "data_quality() lists them all",
        "an evidence pack lists them all: kpa-analytics audit FOLDER",
    )
