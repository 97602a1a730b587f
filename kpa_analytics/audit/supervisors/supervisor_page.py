"""cases.html, the page of one list, and index.html, the page of all lists for the safety manager.

Neither has a script, and neither loads anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from kpa_analytics.audit.colours import colours
from kpa_analytics.audit.figures import figure_text
from kpa_analytics.audit.html import page_style, policy, template
from kpa_analytics.audit.supervisors import supervisor_text as text
from kpa_analytics.audit.supervisors.supervisor_calendar import CALENDAR, Emptied
from kpa_analytics.audit.supervisors.supervisor_team import Team
from kpa_analytics.report_text import DEMO_MARK, LANGUAGE
from kpa_analytics.statuses import MISSING, OPEN, STATUS_LABELS, STATUS_SIGNS
from kpa_analytics.wording import day, listing, one_line, say

PAGE, INDEX = "cases.html", "index.html"
_COLUMN = {name: at for at, name in enumerate(text.HEADINGS)}


def page_of(team: Team) -> bytes:
    """The page of a list, which names nobody of another list."""
    rows = [
        {
            "cells": [_shown(row[name]) for name in text.HEADINGS],
            "status": str(row["status"]),
            "link": "",
        }
        for row in team.cases.iter_rows(named=True)
    ]
    table = {
        "caption": text.CASES,
        "headings": [*text.HEADINGS.values()],
        "rows": rows,
        "figures": [_COLUMN["days_left"]],
        "days": [_COLUMN["date"], _COLUMN["expiration_date"]],
        "status": _COLUMN["status"],
        "totals": [],
    }
    return _page(
        title=team.title,
        as_of=team.as_of,
        demo=team.demo,
        warnings=[text.NOBODY_NOTE] if team.key is None else [],
        sentences=[team.summary(), text.MEANINGS, *_composed(team)],
        tables=[table],
    )


def _composed(team: Team) -> list[str]:
    titles = listing([one_line(title) for title in team.composed])
    return [say(text.COMPOSED, trainings=titles)] if titles else []


def index_of(
    teams: Sequence[Team],
    addresses: Mapping[str, str | None],
    profiles: Sequence[str],
    emptied: Sequence[Emptied],
    *,
    by: str,
    as_of: date,
    requirements_known: bool,
    demo: bool,
) -> bytes:
    """The index of all lists, with their totals, the emptied lists and the profiles to correct."""
    headings = [
        *(text.GROUPS[by].capitalize(), text.INDEX_PEOPLE),
        *(STATUS_LABELS[status] for status in OPEN),
        *(text.INDEX_OPEN_CASES, text.INDEX_ADDRESS),
    ]
    rows = [
        {
            "cells": [
                one_line(team.name) if team.key is not None else text.NOBODY_NAMED,
                *map(figure_text, _figures([team], requirements_known)),
                _mail(team, addresses),
            ],
            "link": f"{team.folder}/{PAGE}",
            "status": "",
        }
        for team in teams
    ]
    lists = {
        "caption": text.INDEX_CAPTION,
        "headings": headings,
        "rows": rows,
        "figures": [*range(1, len(headings) - 1)],
        "days": [],
        "status": -1,
        "totals": [text.INDEX_TOTAL, *map(figure_text, _figures(teams, requirements_known)), ""],
    }
    to_correct = _list_of(text.FINDINGS, text.FINDINGS_NOTE, [(each, "") for each in profiles])
    cancelled = [
        (say(text.EMPTIED_LIST, title=one_line(each.title), events=len(each.events)),
         f"{each.folder}/{CALENDAR}")
        for each in emptied
    ]  # fmt: skip
    over = _list_of(text.EMPTIED, text.EMPTIED_NOTE, cancelled)
    return _page(
        title=say(text.INDEX_TITLE, group=text.GROUPS[by]),
        as_of=as_of,
        demo=demo,
        warnings=[] if requirements_known else [text.NOT_KNOWN],
        sentences=[text.NOT_SENT, text.MEANINGS],
        tables=[lists, *(table for table in (over, to_correct) if table["rows"])],
    )


def _list_of(caption: str, heading: str, rows: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """A table of one column: texts, each with a link or ""."""
    return {
        "caption": caption,
        "headings": [heading],
        "rows": [{"cells": [said], "link": link, "status": ""} for said, link in rows],
        "figures": [],
        "days": [],
        "status": -1,
        "totals": [],
    }


def _page(*, title: str, as_of: date, demo: bool, **parts: Any) -> bytes:
    page = template("supervisor.html.j2").render(
        language=LANGUAGE,
        policy=policy([]),
        style=page_style(),
        colours=colours(),
        dark_colours=colours(dark=True),
        signs=STATUS_SIGNS,
        labels=STATUS_LABELS,
        title=title,
        subtitle=say(text.AS_OF, day=as_of),
        notice=DEMO_MARK if demo else "",
        **parts,
    )
    return page.encode()


def _figures(teams: Sequence[Team], requirements_known: bool) -> list[int | None]:
    """The number of people, of cases of each status, and of all cases; None: not known."""
    numbers = Counter(status for team in teams for status in team.cases["status"])
    by_status = [
        None if status == MISSING and not requirements_known else numbers[status] for status in OPEN
    ]
    people = sum(team.people for team in teams)
    return [people, *by_status, sum(team.cases.height for team in teams)]


def _mail(team: Team, addresses: Mapping[str, str | None]) -> str:
    if team.key is None:
        return text.NO_DRAFT
    address = addresses.get(team.key)
    return f"{text.INDEX_MAIL} {address}" if address else text.NO_ADDRESS


def _shown(value: object) -> str:
    if value is None:
        return ""
    return day(value) if isinstance(value, date) else one_line(str(value))
