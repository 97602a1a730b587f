"""One list of open cases, as the page, workbook, calendar and mail of a pack show it."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

import polars as pl

from kpa_analytics.analysis.case_groups import group_columns
from kpa_analytics.analysis.search_text import folded
from kpa_analytics.audit.identity import with_numbers
from kpa_analytics.audit.supervisors import supervisor_text as text
from kpa_analytics.statuses import EXPIRED, MISSING, OPEN, STATUS_LABELS
from kpa_analytics.wording import one_line, say

_SHOWN = tuple(text.HEADINGS)
_LONGEST_NAME = 40
#: The folder of the cases for which nobody is named.
NOBODYS_FOLDER = "nobody-named"


class Team(NamedTuple):
    """The open cases of one list.

    Attributes:
        by: whose list it is: supervisor, manager, field_office or job_title.
        key: the id of the supervisor or group; None if nobody is named.
        name: the name of the supervisor or group; "" if nobody is named.
        cases: the columns of `text.HEADINGS` and training_id, most urgent first.
        as_of: the day of the statuses.
        requirements_known: whether missing cases are known.
        demo: whether these are invented people.
        composed: the titles of the trainings whose expiration date is that of another training.
        account: the name of the account in accounts.toml; None for the account of the settings.
    """

    by: str
    key: str | None
    name: str
    cases: pl.DataFrame
    as_of: date
    requirements_known: bool
    demo: bool
    composed: tuple[str, ...] = ()
    account: str | None = None

    @property
    def title(self) -> str:
        """The title of the pack."""
        if self.key is None:
            return text.NOBODY[self.by]
        return say(text.TITLES[self.by], name=one_line(self.name))

    @property
    def digest(self) -> str:
        """Stable letters for the list, which do not reveal its id."""
        return digest_of(self.by, self.key)

    @property
    def folder(self) -> str:
        """A name that every file system accepts, different for every list."""
        if self.key is None:
            return NOBODYS_FOLDER
        plain = re.sub(r"[^a-z0-9]+", "-", folded(self.name)).strip("-")[:_LONGEST_NAME]
        return f"{plain}-{self.digest}".lstrip("-")

    @property
    def people(self) -> int:
        """The number of people with an open case."""
        return self.cases["m_user_id"].n_unique()

    def counts(self) -> dict[str, int | None]:
        """The number of cases of each status; None if missing cases are not known."""
        counts = counts_of(self.cases["status"])
        return counts if self.requirements_known else {**counts, MISSING: None}

    def summary(self) -> str:
        """One sentence with the number of people and cases."""
        said = say(
            text.SUMMARY,
            people=self.people,
            cases=self.cases.height,
            counts=in_words(self.counts()),
        )
        return said if self.requirements_known else f"{said} {text.NOT_KNOWN}"


def digest_of(by: str, key: str | None) -> str:
    """Stable letters for the list of a supervisor or group; None means nobody's list."""
    if key is None:
        return NOBODYS_FOLDER
    return hashlib.sha256(f"{by} {key}".encode()).hexdigest()[:12]


def teams(
    lists: pl.DataFrame,
    users: pl.DataFrame,
    *,
    by: str,
    as_of: date,
    requirements_known: bool,
    demo: bool,
    account: str | None = None,
) -> Iterator[Team]:
    """Split the result of `supervisor_lists()` into lists, in its order."""
    identifier, name = group_columns(by)
    ordered = (
        with_numbers(lists, users)
        .with_columns(pl.col("status").cast(pl.Enum(OPEN)).alias("urgency"))
        .sort(name, identifier, "urgency", "expiration_date", "user", "training", nulls_last=True)
    )
    for (key, called), rows in ordered.group_by([identifier, name], maintain_order=True):
        yield Team(
            by,
            None if key is None else str(key),
            str(called or ""),
            rows.select("m_user_id", "training_id", *_SHOWN),
            as_of,
            requirements_known,
            demo,
            (*rows.filter(expiration_source="composed")["training"].unique().sort(),),
            account,
        )


def counts_of(statuses: Iterable[str]) -> dict[str, int | None]:
    """The number of cases of each open status."""
    numbers = Counter(statuses)
    return {status: numbers[status] for status in OPEN}


def in_words(counts: dict[str, int | None]) -> str:
    """The counts that are not 0, e.g. "2 expired, 1 missing"."""
    return ", ".join(
        f"{number:,} {STATUS_LABELS[status].lower()}" for status, number in counts.items() if number
    )


def person_of(row: dict[str, object]) -> str:
    """The name on one line, with the employee number."""
    name = one_line(str(row["user"]))
    number = row["employeeNumber"]
    return f"{name} ({one_line(str(number))})" if number else name


def case_line(row: dict[str, object], plain: str, dated: str, **values: object) -> str:
    """A sentence about a case, with the expiration date if it has one."""
    status = STATUS_LABELS[str(row["status"])].lower()
    day = row["expiration_date"]
    valid = text.WAS_VALID_THROUGH if row["status"] == EXPIRED else text.VALID_THROUGH
    values = {**values, "person": person_of(row), "status": status, "valid": valid}
    return say(dated, **values, day=day) if isinstance(day, date) else say(plain, **values)
