"""`load_completions()` and its siblings: a fresh snapshot, or else a checked walk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import polars as pl

from kpa_analytics.config import Settings, settings
from kpa_analytics.data.snapshots import Kept, Shelf, shelf
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.endpoints import COLLECTIONS
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import (
    COMPLETIONS,
    EMPLOYEE_STATUS,
    GROUP_TRAININGS,
    GROUPS,
    TRAININGS,
    USERS,
    Table,
)

if TYPE_CHECKING:
    from kpa_analytics.api.client import Client
    from kpa_analytics.data.fetch import Refresh


def load_completions(
    training_id: int | None = None,
    user_id: str | None = None,
    has_attachments: bool | None = None,
    *,
    refresh: Refresh = False,
    client: Client | None = None,
) -> pl.DataFrame:
    """Load completions: all of them, or those of one training, one person, with or without files.

    The first load walks the pages (1,000 records each, with a progress bar), proves that it has
    seen the whole collection, and keeps it as a snapshot. While the snapshot is younger than the
    setting `max_age`, loading it again, filtered or not, sends nothing.

    Args:
        training_id: only completions of this training.
        user_id: only completions of this person (24 hex characters).
        has_attachments: only completions with files (True) or without (False). Where the API does
            not list files, as in 2020, one more request asks for the opposite; an API that answers
            with the same record again ignores the filter.
        refresh: True fetches every page again even where a fresh snapshot is kept. "recent" brings
            the newest snapshot up to date from its newest pages: quick on a big account, but not
            everything is seen this way. An old record that was edited in place stands as it was.
            After an ordinary correction further down (an old record deleted and entered again),
            the deleted record stays and the new one is missing. Seen are only corrections on the
            pages that are fetched, and those of up to three trainings of the records that came or
            went: these are compared whole, the ones with the fewest records first, where they
            have at most 1,000. In a big account most older corrections are not among these. After
            10 such refreshes, or 7 days after the last full walk, all pages are walked again. The
            snapshot says which it was (`walk`: full or incremental; `full_walk_at`: when all
            pages were last walked), and an audit takes an incremental one only where it is told
            to (`export_audit(incremental=True)`). Loading without `refresh` gives back the newest
            fresh snapshot, which may be an incremental one; its age counts from its own
            refresh.
        client: a client of another account; by default one made from the settings in force.

    Returns:
        A frame in `schema.COMPLETIONS` (11 columns), newest day first. A day that no calendar has
        is null, with a KPADataWarning that names the records; no record is ever dropped.

    Raises:
        KPASettingsError: no token is set.
        KPAAPIError: the API refused; one subclass per documented code.
        KPATransportError: the API could not be reached, after `retries` more tries.
        KPADataError: a record is not what the contract says, the server ignored a filter, or an
            argument is impossible.
        KPASnapshotError: the collection kept changing; a part is never returned as the whole.

    Examples:
        >>> import kpa_analytics as kpa
        >>> with kpa.demo.serve() as api:
        ...     _ = kpa.configure(token=api.token, api_url=api.url, progress=False,
        ...                       requests_per_minute=6000)
        ...     completions = kpa.load_completions()
        ...     kpa.load_completions(training_id=completions["training_id"][0]).columns[:5]
        ['id', 'training_id', 'm_user_id', 'created', 'date']
    """
    asked = {
        "training_id": _expect("training_id", training_id, int),
        "user_id": _expect("user_id", user_id, str),
        "has_attachments": _expect("has_attachments", has_attachments, bool),
    }
    filters = {name: value for name, value in asked.items() if value is not None}
    return _load(COMPLETIONS, filters, refresh, client).frame


def load_trainings(*, refresh: bool = False, client: Client | None = None) -> pl.DataFrame:
    """Load the catalogue of trainings.

    Args:
        refresh: fetch again even where a fresh snapshot is kept.
        client: a client of another account; by default one made from the settings in force.

    Returns:
        A frame in `schema.TRAININGS`, one row per training.

    Raises:
        KPAError: as `load_completions`.

    Examples:
        >>> import kpa_analytics as kpa
        >>> with kpa.demo.serve() as api:
        ...     _ = kpa.configure(token=api.token, api_url=api.url, progress=False)
        ...     trainings = kpa.load_trainings()
        >>> trainings.select("id", "title").row(0)
        (1001, 'H2S Awareness')
    """
    return _load(TRAININGS, {}, refresh, client).frame


def load_users(*, refresh: bool = False, client: Client | None = None) -> pl.DataFrame:
    """Load the roster: everyone, leavers included, without phones and emergency contacts.

    Args:
        refresh: fetch again even where a fresh snapshot is kept.
        client: a client of another account; by default one made from the settings in force.

    Returns:
        A frame in `schema.USERS`, one row per person.

    Raises:
        KPAError: as `load_completions`.

    Examples:
        >>> import kpa_analytics as kpa
        >>> with kpa.demo.serve() as api:
        ...     _ = kpa.configure(token=api.token, api_url=api.url, progress=False)
        ...     kpa.load_users().height
        400
    """
    return _load(USERS, {}, refresh, client).frame


def load_group_trainings(*, refresh: bool = False, client: Client | None = None) -> pl.DataFrame:
    """Load the group sessions.

    Args:
        refresh: fetch again even where a fresh snapshot is kept.
        client: a client of another account; by default one made from the settings in force.

    Returns:
        A frame in `schema.GROUP_TRAININGS`, one row per session.

    Raises:
        KPAError: as `load_completions`.

    Examples:
        >>> import kpa_analytics as kpa
        >>> with kpa.demo.serve() as api:
        ...     _ = kpa.configure(token=api.token, api_url=api.url, progress=False)
        ...     sessions = kpa.load_group_trainings()
        >>> sessions["m_trainees_id"].list.len().max()
        25
    """
    return _load(GROUP_TRAININGS, {}, refresh, client).frame


def load_employee_status(*, refresh: bool = False, client: Client | None = None) -> pl.DataFrame:
    """Load the vendor's own verdict on everyone, which it computes every 15 minutes at most.

    Args:
        refresh: fetch again even where a fresh snapshot is kept.
        client: a client of another account; by default one made from the settings in force.

    Returns:
        A frame in `schema.EMPLOYEE_STATUS`, one row per person.

    Raises:
        KPAError: as `load_completions`.

    Examples:
        >>> import kpa_analytics as kpa
        >>> with kpa.demo.serve() as api:
        ...     _ = kpa.configure(token=api.token, api_url=api.url, progress=False)
        ...     verdicts = kpa.load_employee_status()
        >>> sorted(verdicts["status"].unique())
        ['active', 'expiring', 'incomplete']
    """
    return _load(EMPLOYEE_STATUS, {}, refresh, client).frame


def load_groups(*, refresh: bool = False, client: Client | None = None) -> pl.DataFrame:
    """Load the names of field offices, lines of business and job titles.

    Args:
        refresh: fetch again even where a fresh snapshot is kept.
        client: a client of another account; by default one made from the settings in force.

    Returns:
        A frame in `schema.GROUPS`. A kind that the token may not read, or that this API does not
        have, has no rows and is logged; its groups show as ids.

    Raises:
        KPAError: as `load_completions`.

    Examples:
        >>> import kpa_analytics as kpa
        >>> with kpa.demo.serve() as api:
        ...     _ = kpa.configure(token=api.token, api_url=api.url, progress=False)
        ...     sorted(kpa.load_groups()["kind"].unique())
        ['field_office', 'job_title', 'line_of_business']
    """
    return _load(GROUPS, {}, refresh, client).frame


def load_all(*, refresh: Refresh = False, client: Client | None = None) -> TrainingData:
    """Load everything an audit needs: completions, trainings, people, sessions, verdicts, names.

    Args:
        refresh: True fetches everything again; "recent" brings the completions up to date from
            their newest pages (see `load_completions`) and fetches the small lists again.
        client: a client of another account; by default one made from the settings in force.

    Returns:
        The six frames and their snapshots, as `TrainingData`. All of them come from one account:
        the settings are read once, and a `configure()` meanwhile changes only the next call.

    Raises:
        KPAError: as `load_completions`.
    """
    current = client.settings if client else settings()  # once: another thread may configure()
    kept = {
        name: _load(endpoints[0].table, {}, refresh, client, current)
        for name, endpoints in COLLECTIONS.items()
    }
    frames: dict[str, Any] = {name: one.frame for name, one in kept.items()}
    return TrainingData(
        **frames,
        snapshots={name: one.snapshot for name, one in kept.items()},
    )


def _expect(name: str, value: object, kind: type) -> object:
    if value is None or type(value) is kind:
        return value
    raise KPADataError(f"{name} must be {kind.__name__}, not {value!r}")


def _load(
    table: Table,
    params: dict[str, Any],
    refresh: Refresh,
    client: Client | None,
    current: Settings | None = None,
) -> Kept:
    if refresh not in (True, False, "recent"):
        raise KPADataError(f"refresh must be True, False or 'recent', not {refresh!r}")
    current = current or (client.settings if client else settings())
    if not refresh and (kept := _fresh(table, params, current)):
        return kept
    from kpa_analytics.data.fetch import fetch, one_at_a_time

    with one_at_a_time(table, params, current):
        if not refresh and (kept := _fresh(table, params, current)):
            return kept
        with _opened(client, current) as caller:
            return fetch(caller, table, params, refresh=refresh)


def _fresh(table: Table, params: dict[str, Any], current: Settings) -> Kept | None:
    """The collection from disk, where it is fresh; a filtered one may be cut from the whole.

    Of the two the newer answers: what was loaded last is what a user expects to see.
    """
    places = [shelf(table, asked, current) for asked in ([params, {}] if params else [{}])]
    for place in sorted(places, key=Shelf.filled_at, reverse=True):
        kept = place.newest(current.max_age)
        if kept and (answer := _filtered(kept, params)):
            return answer
    return None


def _filtered(kept: Kept, params: dict[str, Any]) -> Kept | None:
    """What the API would answer to these filters; None where the records do not tell."""
    if kept.snapshot.params == params:
        return kept
    frame = kept.frame
    if "has_attachments" in params and frame["files"].null_count():
        return None
    conditions = {
        "training_id": lambda wanted: pl.col("training_id") == wanted,
        "user_id": lambda wanted: pl.col("m_user_id") == wanted,
        "has_attachments": lambda wanted: (pl.col("files") > 0) == wanted,
    }
    rows = frame.filter(*(conditions[name](wanted) for name, wanted in params.items()))
    return Kept(rows, kept.snapshot)


@contextmanager
def _opened(client: Client | None, current: Settings) -> Iterator[Client]:
    """The caller's client, left open; or one of our own, closed in the end."""
    if client is not None:
        yield client
        return
    from kpa_analytics.api.client import Client

    with Client(current) as own:
        yield own
