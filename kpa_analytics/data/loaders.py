"""`load_completions()` and the other loaders: use a fresh snapshot, or else a proved download."""

from __future__ import annotations

import re
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import polars as pl

from kpa_analytics.config import Settings, settings
from kpa_analytics.data.accounts import account_settings
from kpa_analytics.data.progress import one_bar
from kpa_analytics.data.snapshots import Kept, SnapshotFolder, snapshot_folder
from kpa_analytics.data.training_data import LOADED, TrainingData
from kpa_analytics.endpoints import COLLECTIONS
from kpa_analytics.errors import KPADataError, KPASettingsError
from kpa_analytics.inputs import need_switch
from kpa_analytics.schema import (
    COMPLETIONS,
    EMPLOYEE_STATUS,
    GROUP_TRAININGS,
    GROUPS,
    TRAININGS,
    USERS,
    Table,
)
from kpa_analytics.whole_number import plain_number

if TYPE_CHECKING:
    from kpa_analytics.api.client import Client
    from kpa_analytics.data.fetch import Refresh

#: The type of each filter of completions, and what an error says that it must be.
_FILTERS: dict[str, tuple[type, str]] = {
    "training_id": (
        int,
        "the id of a training, a whole number, not {}; load_trainings() lists the ids and titles",
    ),
    "user_id": (
        str,
        "the id of a person, 24 hex characters, not {}; load_users() lists the id of each name and "
        "employee number",
    ),
    "has_attachments": (bool, "True or False, not {}"),
}


def load_completions(
    training_id: int | None = None,
    user_id: str | None = None,
    has_attachments: bool | None = None,
    *,
    refresh: Refresh = False,
    client: Client | None = None,
) -> pl.DataFrame:
    """Load completions: all of them, or those of one training or person, with or without files.

    The first load downloads all pages (1,000 records each, with a progress bar), proves that no
    record is missing, and keeps the collection as a snapshot. While the snapshot is younger than
    the setting `max_age`, loading again, with or without filters, sends no request.

    Args:
        training_id: load only completions of this training.
        user_id: load only completions of this person (24 hex characters).
        has_attachments: load only completions with files (True) or without files (False). If the
            API does not list files, as in 2020, one more request uses the opposite value, and a
            record in both answers shows that the API ignores the filter.
        refresh: True downloads every page again, even if there is a fresh snapshot. "recent"
            updates the newest snapshot from the newest pages. This is quick on a big account, but
            it does not see every change: an old record that was edited keeps its old values, and
            if an old record was deleted and entered again, the deleted record stays and the new
            one is missing. "recent" only sees such changes on the pages that it downloads and in up
            to three trainings of the added and removed records (those with the fewest records
            first, and at most 1,000). In a big account it misses most older corrections. After 10
            such refreshes, or 7 days after the last full download, all pages are downloaded again.
            The snapshot says which kind it is (`walk`: full or incremental; `full_walk_at`: the
            time of the last full download). An audit accepts an incremental snapshot only with
            `export_audit(incremental=True)`. Loading without `refresh` returns the newest fresh
            snapshot, which may be incremental; its age counts from its own refresh.
        client: a client of another account; by default one is made from the current settings.

    Returns:
        A frame in `schema.COMPLETIONS` (11 columns), newest day first. An impossible date becomes
        null, and a KPADataWarning names the records. No record is dropped.

    Raises:
        KPASettingsError: no token is set.
        KPAAPIError: the API refused the request; there is one subclass per documented code.
        KPATransportError: the API could not be reached, after `retries` more tries.
        KPADataError: a record does not follow docs/api.md, the server ignored a filter, or an
            argument is invalid.
        KPASnapshotError: the collection kept changing. A partial collection is never returned.

    Examples:
        >>> import kpa_analytics as kpa
        >>> with kpa.demo.serve() as api:
        ...     _ = kpa.configure(token=api.token, api_url=api.url, progress=False,
        ...                       requests_per_minute=6000)
        ...     completions = kpa.load_completions()
        ...     kpa.load_completions(training_id=completions["training_id"][0]).columns[:5]
        ['id', 'training_id', 'm_user_id', 'created', 'date']
    """
    given: dict[str, object] = {
        "training_id": plain_number(training_id),
        "user_id": user_id,
        "has_attachments": has_attachments,
    }
    filters = {name: value for name, value in given.items() if value is not None}
    for name, value in filters.items():
        _check_filter(name, value)
    return _load(COMPLETIONS, filters, refresh, client).frame


def load_trainings(*, refresh: bool = False, client: Client | None = None) -> pl.DataFrame:
    """Load the catalogue of trainings.

    Args:
        refresh: download again, even if there is a fresh snapshot.
        client: a client of another account; by default one is made from the current settings.

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
    return _list(TRAININGS, refresh, client)


def load_users(*, refresh: bool = False, client: Client | None = None) -> pl.DataFrame:
    """Load all people, including those who left, without phones and emergency contacts.

    Args:
        refresh: download again, even if there is a fresh snapshot.
        client: a client of another account; by default one is made from the current settings.

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
    return _list(USERS, refresh, client)


def load_group_trainings(*, refresh: bool = False, client: Client | None = None) -> pl.DataFrame:
    """Load the group sessions.

    Args:
        refresh: download again, even if there is a fresh snapshot.
        client: a client of another account; by default one is made from the current settings.

    Returns:
        A frame in `schema.GROUP_TRAININGS`, one row per group session.

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
    return _list(GROUP_TRAININGS, refresh, client)


def load_employee_status(*, refresh: bool = False, client: Client | None = None) -> pl.DataFrame:
    """Load the vendor's own status of each person, which it computes at most every 15 minutes.

    Args:
        refresh: download again, even if there is a fresh snapshot.
        client: a client of another account; by default one is made from the current settings.

    Returns:
        A frame in `schema.EMPLOYEE_STATUS`, one row per person.

    Raises:
        KPAError: as `load_completions`.

    Examples:
        >>> import kpa_analytics as kpa
        >>> with kpa.demo.serve() as api:
        ...     _ = kpa.configure(token=api.token, api_url=api.url, progress=False)
        ...     employees = kpa.load_employee_status()
        >>> sorted(employees["status"].unique())
        ['active', 'expiring', 'incomplete']
    """
    return _list(EMPLOYEE_STATUS, refresh, client)


def load_groups(*, refresh: bool = False, client: Client | None = None) -> pl.DataFrame:
    """Load the names of field offices, lines of business and job titles.

    Args:
        refresh: download again, even if there is a fresh snapshot.
        client: a client of another account; by default one is made from the current settings.

    Returns:
        A frame in `schema.GROUPS`. If the token may not read a kind of group, or the API does not
        have it, the kind has no rows and is logged; reports then show ids instead of names.

    Raises:
        KPAError: as `load_completions`.

    Examples:
        >>> import kpa_analytics as kpa
        >>> with kpa.demo.serve() as api:
        ...     _ = kpa.configure(token=api.token, api_url=api.url, progress=False)
        ...     sorted(kpa.load_groups()["kind"].unique())
        ['field_office', 'job_title', 'line_of_business']
    """
    return _list(GROUPS, refresh, client)


def load_all(
    *, refresh: Refresh = False, client: Client | None = None, account: str | None = None
) -> TrainingData:
    """Load everything that an audit needs.

    Args:
        refresh: True downloads everything again; "recent" updates the completions from their newest
            pages (see `load_completions`) and downloads the small lists again.
        client: a client of another account; by default one is made from the current settings.
        account: the name of an account in accounts.toml (`load_fleet` says how that is written);
            default: the account of the current settings.

    Returns:
        The six frames and their snapshots, as `TrainingData`. All of them come from one account: a
        `configure()` during the load only affects the next call.

    Raises:
        KPAError: as `load_completions`; accounts.toml does not name the account, or its token is
            missing; or both `client` and `account` are given.
    """
    if account is not None:
        if client is not None:
            raise KPADataError("client and account each name an account: give only one of them")
        return load_account(account_settings(account), account, refresh=refresh)
    # once: another thread may call configure()
    return load_account(_settings_of(client), None, refresh, client)


def load_account(
    current: Settings, account: str | None, refresh: Refresh = False, client: Client | None = None
) -> TrainingData:
    """Load everything of the account of these settings; the arguments are those of `load_all`."""
    completions_last = sorted(LOADED, key=COMPLETIONS.name.__eq__)  # see `kept_data`
    with one_bar(completions_last):
        kept = {
            name: _load(COLLECTIONS[name][0].table, {}, refresh, client, current)
            for name in completions_last
        }
    frames: dict[str, Any] = {name: kept[name].frame for name in LOADED}
    snapshots = {name: kept[name].snapshot for name in LOADED}
    return TrainingData(**frames, snapshots=snapshots, account=account)


def _check_filter(name: str, value: object) -> None:
    kind, meaning = _FILTERS[name]
    is_no_id = isinstance(value, str) and (not value or re.search(r"[\s,]", value.strip()))
    if type(value) is not kind or is_no_id:
        raise KPADataError(f"{name} must be {meaning.format(repr(value))}")


def _list(table: Table, refresh: bool, client: Client | None) -> pl.DataFrame:
    """A collection that is always downloaded as a whole."""
    return _load(table, {}, need_switch(refresh, "refresh"), client).frame


def _load(
    table: Table,
    params: dict[str, Any],
    refresh: Refresh,
    client: Client | None,
    current: Settings | None = None,
) -> Kept:
    if refresh not in (True, False, "recent"):
        raise KPADataError(f"refresh must be True, False or 'recent', not {refresh!r}")
    current = current or _settings_of(client)
    if not refresh and (kept := _fresh(table, params, current)):
        return kept
    from kpa_analytics.data.fetch import fetch, one_at_a_time

    with one_at_a_time(table, params, current):
        if not refresh and (kept := _fresh(table, params, current)):
            return kept
        with nullcontext(client) if client else _new_client(current) as caller:
            return fetch(caller, table, params, refresh=refresh)


def _settings_of(client: object) -> Settings:
    """The settings of a client, or the current ones."""
    if client is None:
        return settings()
    from kpa_analytics.api.client import Client

    if not isinstance(client, Client):
        raise KPASettingsError(f"client must be a kpa.Client, not {type(client).__name__}")
    return client.settings


def _new_client(current: Settings) -> Client:
    from kpa_analytics.api.client import Client

    return Client(current)


def _fresh(table: Table, params: dict[str, Any], current: Settings) -> Kept | None:
    """A fresh collection from disk: the filtered snapshot, or the complete one with the filters.

    If both exist, the newer one is used, because users expect to see the latest load.
    """
    candidates = [
        snapshot_folder(table, filters, current) for filters in ([params, {}] if params else [{}])
    ]
    for candidate in sorted(candidates, key=SnapshotFolder.filled_at, reverse=True):
        kept = candidate.newest(current.max_age)
        if kept and (filtered := _filtered(kept, params)):
            return filtered
    return None


def _filtered(kept: Kept, params: dict[str, Any]) -> Kept | None:
    """Apply the API's filters to a kept collection; None if the records lack the information."""
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
