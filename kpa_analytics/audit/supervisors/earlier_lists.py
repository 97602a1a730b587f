"""The lists of an earlier run: the events of their calendars, and the lists that became empty."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from pathlib import Path

from kpa_analytics.audit.calendar_events import Events, events_of
from kpa_analytics.audit.supervisors import supervisor_text as text
from kpa_analytics.audit.supervisors.supervisor_calendar import CALENDAR, Emptied, calendar_name
from kpa_analytics.audit.supervisors.supervisor_page import INDEX
from kpa_analytics.audit.supervisors.supervisor_team import NOBODYS_FOLDER
from kpa_analytics.errors import KPADataError
from kpa_analytics.paths import content_of, typed_path
from kpa_analytics.wording import say

#: The folder of a list ends in its digest, whatever the name of the supervisor is.
_FOLDER = re.compile(rf"(?:.*-)?([0-9a-f]{{12}})|({NOBODYS_FOLDER})")


class EarlierLists:
    """The folder that `export_supervisor_packs()` wrote in an earlier run.

    Args:
        previous: the folder.
        by: whose lists the new ones are; the earlier ones must be of the same kind.
        owner: whose records the new ones are made from, as `owner_of()` says.

    Raises:
        KPADataError: the folder is not one of an earlier run, or has lists of another kind.
    """

    def __init__(self, previous: str | os.PathLike[str], by: str, owner: str) -> None:
        folder = typed_path(previous).absolute()
        need_lists(folder, by)
        self._owner = owner
        self._folders: dict[str, Path] = {}
        for path in sorted(folder.iterdir()):
            matched = _FOLDER.fullmatch(path.name)
            if matched and path.is_dir():
                self._folders[matched[1] or matched[2]] = path

    def events(self, digest: str) -> Events:
        """The events in the calendar of a list; none if the earlier run had no such list."""
        folder = self._folders.get(digest)
        if folder is None:
            return {}
        path = folder / CALENDAR
        return events_of(content_of(path), path, self._owner)

    def emptied(self, current: Collection[str]) -> dict[str, Emptied]:
        """The lists that are not among the current ones and have events to cancel, by digest."""
        gone = sorted(self._folders.keys() - {*current})
        lists = {digest: self._emptied(digest) for digest in gone}
        return {digest: emptied for digest, emptied in lists.items() if emptied.events}

    def _emptied(self, digest: str) -> Emptied:
        folder = self._folders[digest]
        events = {
            uid: event for uid, event in self.events(digest).items() if not event["cancelled"]
        }
        title = calendar_name(content_of(folder / CALENDAR))
        return Emptied(folder.name, title, events, self._owner)


def need_lists(folder: Path, by: str) -> None:
    """Raise a KPADataError unless a folder has lists of this kind."""
    index = folder / INDEX
    if not index.is_file():
        raise KPADataError(f"previous: {folder} has no lists of an earlier run: it has no {INDEX}")
    page = content_of(index).decode("utf-8", errors="replace")
    kinds = [kind for kind, group in text.GROUPS.items() if f"<title>{_title(group)} - " in page]
    if not kinds:
        raise KPADataError(
            f"previous: {folder} has no lists of an earlier run: its {INDEX} is not their page"
        )
    if kinds != [by]:
        was, wanted = text.GROUPS[kinds[0]], text.GROUPS[by]
        raise KPADataError(say(text.OTHER_LISTS, folder=folder, was=was, by=wanted))


def _title(group: str) -> str:
    return say(text.INDEX_TITLE, group=group)
