"""`export_supervisor_packs()`: a folder per supervisor, and an index for the safety manager."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.analysis.case_groups import group_columns, members, with_group_names
from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.analysis.find import find_person
from kpa_analytics.analysis.requirements import requirements
from kpa_analytics.analysis.search_text import folded
from kpa_analytics.analysis.supervisor_lists import (
    BY_PEOPLE,
    ListedBy,
    as_listed_by,
    supervisor_lists,
)
from kpa_analytics.as_of import Day, need_day
from kpa_analytics.audit.atomic_folder import new_folder, refuse_occupied
from kpa_analytics.audit.needed_packages import need_extra
from kpa_analytics.audit.supervisors import supervisor_text as text
from kpa_analytics.config import settings
from kpa_analytics.data.progress import counting_bar
from kpa_analytics.data.training_data import TrainingData, need_one_account, need_training_data
from kpa_analytics.employment import employment, has_left
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import AnyFrame
from kpa_analytics.names import people_names
from kpa_analytics.paths import typed_path
from kpa_analytics.wording import say

if TYPE_CHECKING:
    from kpa_analytics.audit.supervisors.earlier_lists import EarlierLists
    from kpa_analytics.audit.supervisors.supervisor_calendar import Emptied


def export_supervisor_packs(
    data: TrainingData,
    out: str | os.PathLike[str],
    *,
    as_of: Day,
    by: ListedBy = "supervisor",
    only: Sequence[str] | None = None,
    expiring_days: int = 30,
    required: AnyFrame | None = None,
    previous: str | os.PathLike[str] | None = None,
) -> Path:
    """Write a folder for each supervisor, with the open cases of their people and nobody else's.

    Every open case (expired, missing or expiring) is in exactly one folder, as in
    `supervisor_lists()`; the folder `nobody-named` has those for which nobody is named. A folder
    has:

    - cases.html: one page that works offline, without scripts;
    - cases.xlsx: the same rows as a workbook;
    - calendar.ics: an all-day event, without an alarm, for each training and week. If you import
      the calendar of a later run, its events replace these and are not doubled;
    - mail.eml: a draft to the supervisor with these files. Nothing is ever sent. The folder
      `nobody-named` has none.

    index.html is for the safety manager: it has every list with its figures and their totals, and
    the profiles to correct. Files made from demo data say so.

    Args:
        data: the collections, as `load_all()` returns them.
        out: the folder to create; it must be new or empty. It appears complete or not at all.
        as_of: the day of the statuses; a date or ISO text.
        by: whose lists: "supervisor" (default), "manager", "field_office" or "job_title".
        only: write only these lists: ids, employee numbers or names of supervisors or managers, or
            ids or names of field offices or job titles. Default: all.
        expiring_days: days before expiration that count as expiring, for trainings without their
            own number of days; default 30.
        required: who must have which training; default: the vendor's list in `data`. If neither is
            there, the files say that missing cases are not known.
        previous: the folder of an earlier run with the same `by`. Events of its calendars that are
            no longer needed are cancelled. If a list has no open case any more, its folder has only
            the calendar that cancels its events, and the index says so.

    Returns:
        The folder.

    Raises:
        KPADataError: `by` is none of these, `out` is not empty or can't be written, `as_of` is not
            a day, `only` names nobody, or somebody who has left, or `previous` has lists of
            another kind or another account, or a damaged calendar.
        KPAError: a package of the extra `audit` is not installed.

    Examples:
        >>> import tempfile
        >>> from kpa_analytics.schema import COMPLETIONS, USERS
        >>> done = pl.DataFrame(
        ...     [{"id": 1, "training_id": 7, "m_user_id": "ann",
        ...       "special_expiration_date": date(2026, 6, 1), "date": date(2025, 6, 1)}],
        ...     schema=COMPLETIONS.schema)
        >>> people = pl.DataFrame(
        ...     [{"id": "ann", "supervisor_id": "sue"}, {"id": "sue", "lastname": "Low"}],
        ...     schema=USERS.schema)
        >>> data = TrainingData(completions=done, users=people)
        >>> place = Path(tempfile.mkdtemp()) / "lists"
        >>> folder = export_supervisor_packs(data, place, as_of="2026-06-30")
        >>> sorted(path.name.partition("-")[0] for path in folder.iterdir())
        ['index.html', 'low']
        >>> sorted(path.name for path in next(folder.glob("low-*")).iterdir())
        ['calendar.ics', 'cases.html', 'cases.xlsx', 'mail.eml']
    """
    need_training_data(data)
    need_one_account(data.users)
    as_listed_by(by)
    day = need_day(as_of, "as_of")
    need_extra("lists for supervisors")
    from kpa_analytics.audit.calendar_events import owner_of
    from kpa_analytics.audit.supervisors.earlier_lists import EarlierLists
    from kpa_analytics.audit.supervisors.supervisor_team import digest_of

    target = typed_path(out).absolute()
    refuse_occupied(target)
    owner = owner_of(data.account, demo=data.demo)
    earlier = None if previous is None else EarlierLists(previous, by, owner)
    pairs = requirements(data, required)
    status = expiry_status(
        data.completions,
        data.trainings,
        data.users,
        as_of=day,
        expiring_days=expiring_days,
        required=pairs,
    )
    lists = supervisor_lists(status, data.users, by=by, groups=data.groups, as_of=day)
    keys = lists[group_columns(by)[0]].unique()
    emptied = earlier.emptied({digest_of(by, key) for key in keys}) if earlier else {}
    if only is not None:
        chosen = _chosen(data, lists, only, by, day, emptied)
        lists = lists.filter(pl.col(group_columns(by)[0]).is_in(chosen))
        emptied = {
            digest: emptied[digest] for key in chosen if (digest := digest_of(by, key)) in emptied
        }
    _write(data, lists, target, by, day, pairs is not None, earlier, [*emptied.values()])
    return target


def _write(
    data: TrainingData,
    lists: pl.DataFrame,
    target: Path,
    by: str,
    day: date,
    requirements_known: bool,
    earlier: EarlierLists | None,
    emptied: list[Emptied],
) -> None:
    from kpa_analytics.audit.supervisors.supervisor_calendar import (
        CALENDAR,
        calendar_of,
        cancelling,
    )
    from kpa_analytics.audit.supervisors.supervisor_mail import MAIL, draft, usable
    from kpa_analytics.audit.supervisors.supervisor_page import INDEX, PAGE, index_of, page_of
    from kpa_analytics.audit.supervisors.supervisor_profiles import profiles_to_correct
    from kpa_analytics.audit.supervisors.supervisor_team import teams
    from kpa_analytics.audit.supervisors.supervisor_workbook import WORKBOOK, workbook_of

    made = datetime.now(UTC).replace(microsecond=0)
    each = [
        *teams(
            lists,
            data.users,
            by=by,
            as_of=day,
            requirements_known=requirements_known,
            demo=data.demo,
            account=data.account,
        )
    ]
    addresses = _addresses(data.users) if by in BY_PEOPLE else {}
    addresses = {person: usable(address) for person, address in addresses.items()}
    with (
        new_folder(target) as folder,
        counting_bar("Writing", "lists", len(each), shown=settings().progress) as written,
    ):
        for team in each:
            place = folder / team.folder
            place.mkdir()
            files = {
                PAGE: page_of(team),
                WORKBOOK: workbook_of(team, made),
                CALENDAR: calendar_of(team, made, earlier.events(team.digest) if earlier else {}),
            }
            if team.key is not None:
                files[MAIL] = draft(team, addresses.get(team.key), files)
            for name, content in files.items():
                (place / name).write_bytes(content)
            written()
        for emptied_list in emptied:
            place = folder / emptied_list.folder
            place.mkdir()
            (place / CALENDAR).write_bytes(cancelling(emptied_list, day, made, demo=data.demo))
        profiles = profiles_to_correct(data.users, group_columns(by)[0], day)
        index = index_of(
            each,
            addresses,
            profiles,
            emptied,
            by=by,
            as_of=day,
            requirements_known=requirements_known,
            demo=data.demo,
        )
        (folder / INDEX).write_bytes(index)


def _addresses(users: pl.DataFrame) -> dict[str, str | None]:
    profiles = users.unique("id", keep="first", maintain_order=True)
    return dict(profiles.select("id", pl.col("email").str.strip_chars()).iter_rows())


def _chosen(
    data: TrainingData,
    lists: pl.DataFrame,
    only: Sequence[str],
    by: str,
    day: date,
    emptied: Collection[str],
) -> list[str]:
    """The ids of the chosen lists; `emptied` are the digests of those that became empty."""
    only = [only] if isinstance(only, str) else only
    if (
        not isinstance(only, Sequence)
        or not only
        or not all(isinstance(each, str) for each in only)
    ):
        raise KPADataError(f"only must be ids or names of lists, not {only!r}")
    names: dict[str, str] = dict(lists.select(group_columns(by)).drop_nulls().unique().iter_rows())
    if emptied:
        names = {**_emptied_names(data, by, emptied), **names}
    if by not in BY_PEOPLE:
        return [key for named in only for key in _groups(names, named, by)]
    people = [find_person(data, named, "only") for named in only]
    for person in people:
        _need_list(data.users, names, person, day)
    return people


def _emptied_names(data: TrainingData, by: str, emptied: Collection[str]) -> dict[str, str]:
    """The names, by id, of the lists that became empty."""
    from kpa_analytics.audit.supervisors.supervisor_team import digest_of

    identifier, name = group_columns(by)
    rows = (
        data.users.lazy().select(pl.col("id").alias(identifier))
        if by in BY_PEOPLE
        else members(data.users, by).select(identifier)
    )
    every = with_group_names(rows.unique(), by, data.users, data.groups).select(identifier, name)
    return {
        key: called for key, called in every.collect().iter_rows() if digest_of(by, key) in emptied
    }


def _groups(names: dict[str, str], named: str, by: str) -> Iterator[str]:
    fitting = [key for key, name in names.items() if named == key or folded(named) == folded(name)]
    if not fitting:
        raise KPADataError(say(text.NO_LIST, by=text.GROUPS[by], name=named))
    yield from fitting


def _need_list(users: pl.DataFrame, names: dict[str, str], person: str, day: date) -> None:
    """Raise a KPADataError for a person without a list; one who has left never has one."""
    if person in names:
        return
    known = people_names(users, "id", "name").filter(pl.col("id") == person).collect()
    shown = known["name"][0] if known.height else person
    left = employment(users).filter(pl.col("m_user_id") == person, has_left(day)).collect()
    if left.height:
        raise KPADataError(say(text.LEFT, name=shown, day=left["left"][0]))
    raise KPADataError(say(text.EMPTY_LIST, name=shown))
