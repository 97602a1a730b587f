"""A plan of sessions: which to hold in which week, for whom, with which instructor, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from html import escape

import polars as pl

from kpa_analytics.analysis.planning import session_texts as text
from kpa_analytics.analysis.planning.expiring_again import in_a_sentence
from kpa_analytics.analysis.planning.last_instructors import in_sentences
from kpa_analytics.report_text import DEMO_MARK
from kpa_analytics.schema import EXPIRING_AGAIN, LAST_INSTRUCTORS
from kpa_analytics.wording import count, day, one_line, say

#: Sessions that Jupyter shows.
_SHOWN = 40
#: Trainings that lose their last instructor, in a summary.
_WARNED = 5
_CELL = 'style="text-align: left"'


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class SessionPlan:
    """The sessions to hold in the next weeks, as `plan_sessions()` returns them.

    `print()` shows a summary, Jupyter shows the sessions.

    Attributes:
        as_of: the day of the statuses that the plan is made from.
        first_week: the Monday of the first week.
        weeks: the number of weeks.
        sessions: `schema.PLANNED_SESSIONS`, one row per session, by week and title.
        people: `schema.PLANNED_PEOPLE`, one row per person and session.
        unplaced: `schema.UNPLACED`, one row for each case without a place, and why.
        expiring_again: `schema.EXPIRING_AGAIN`, one row for each place whose new certificate
            expires before the plan ends, because each case is planned once.
        last_instructors: `schema.LAST_INSTRUCTORS`, one row for each training of the plan that
            nobody is eligible to teach any more before the plan ends.
        requirements_note: which requirements are not known; empty if all are. People whose
            requirements are not known, and who never completed a training, are in the plan only if
            a composed training needs it.
        demo: whether the records are invented.
        account: the name of the account in accounts.toml; None for the account of the settings.
    """

    as_of: date
    first_week: date
    weeks: int
    sessions: pl.DataFrame
    people: pl.DataFrame
    unplaced: pl.DataFrame
    expiring_again: pl.DataFrame = field(default_factory=EXPIRING_AGAIN.empty)
    last_instructors: pl.DataFrame = field(default_factory=LAST_INSTRUCTORS.empty)
    requirements_note: str = ""
    demo: bool = False
    account: str | None = None

    @property
    def last_day(self) -> date:
        """The last day of the last week."""
        return self.first_week + timedelta(weeks=self.weeks, days=-1)

    @property
    def requirements_known(self) -> bool:
        """Whether all requirements are known."""
        return not self.requirements_note

    @property
    def cost(self) -> float:
        """The cost of all sessions."""
        return float(self.sessions["cost"].sum())

    @property
    def title(self) -> str:
        """The weeks for which the sessions are planned."""
        title = text.TITLE if self.weeks > 1 else text.TITLE_OF_A_WEEK
        return say(title, weeks=self.weeks, first=self.first_week)

    @property
    def summary(self) -> str:
        """The numbers of sessions and places, the cost, and how many cases have no place."""
        sentence = say(
            text.SUMMARY,
            sessions=self.sessions.height,
            trainings=self.sessions["training_id"].n_unique(),
            people=self.people.height,
            cost=f"{self.cost:,.0f}",
            as_of=self.as_of,
        )
        without = say(text.UNPLACED, people=self.unplaced.height) if self.unplaced.height else ""
        return f"{sentence}; {without}" if without else sentence

    @property
    def warnings(self) -> list[str]:
        """Which new certificates expire, and the first trainings that lose their last instructor.

        A sentence for all of these certificates, and one for each of these trainings.
        """
        again = in_a_sentence(self.expiring_again, self.last_day)
        return again + in_sentences(self.last_instructors, _WARNED)

    @property
    def unknown(self) -> list[str]:
        """A sentence if requirements are not known: whom the plan leaves out."""
        return left_out(self.requirements_note)

    @property
    def notes(self) -> list[str]:
        """The warnings, after a sentence if no requirements were provided."""
        return [*self.unknown, *self.warnings]

    def __str__(self) -> str:
        marked = [DEMO_MARK] if self.demo else []
        return "\n".join([*marked, self.title, self.summary, *self.notes])

    def __repr__(self) -> str:
        return f"<SessionPlan: {self.title}. {self.summary}>"

    def _repr_html_(self) -> str:
        mark = f'<p role="note"><strong>{escape(DEMO_MARK)}</strong></p>' if self.demo else ""
        return (
            f'<section class="kpa-plan" lang="en" aria-label="{escape(self.title)}">{mark}'
            f"<h4>{escape(self.title)}</h4><p>{escape(self.summary)}.</p>"
            f"{_listed(self.notes)}{_sessions(self.sessions)}{_unplaced(self.unplaced)}</section>"
        )


def left_out(note: str) -> list[str]:
    """A sentence for a note about requirements that are not known: whom a plan leaves out."""
    return [say(text.WITHOUT_REQUIREMENTS, note=note)] if note else []


def _listed(sentences: list[str]) -> str:
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f"<ul>{items}</ul>" if items else ""


def _sessions(sessions: pl.DataFrame) -> str:
    if sessions.is_empty():
        return ""
    with_groups = sessions["group"].count() > 0
    headings = ["Week", "Training", *(["Group"] if with_groups else [])]
    rows = [
        [
            day(row["week"]),
            row["training"],
            *([row["group"] or "none"] if with_groups else []),
            f"{row['filled']} of {row['seats']}",
            row["instructor"],
            row["reason"],
        ]
        for row in sessions.head(_SHOWN).iter_rows(named=True)
    ]
    more = sessions.height - len(rows)
    note = f"<p>{escape(say(text.MORE, more=more))}.</p>" if more else ""
    return _table("Sessions", [*headings, "Places", "Instructor", "Why"], rows) + note


def _unplaced(unplaced: pl.DataFrame) -> str:
    if unplaced.is_empty():
        return ""
    counts = (
        unplaced.group_by("training", "reason")
        .agg(pl.len(), pl.col("user").drop_nulls().sort().first().alias("first"))
        .sort("training", "reason")
    )
    rows = [
        [training, _people(first, number), reason]
        for training, reason, number, first in counts.iter_rows()
    ]
    return _table("Cases without a place", ["Training", "People", "Why"], rows)


def _people(first: str | None, number: int) -> str:
    """The first of some people, and how many others there are; some cases name no person."""
    if first is None:
        return count(number, "case without a person", "cases without a person")
    return f"{first} and {number - 1:,} more" if number > 1 else first


def _table(caption: str, headings: list[str], rows: list[list[str]]) -> str:
    head = "".join(f'<th scope="col" {_CELL}>{escape(each)}</th>' for each in headings)
    body = "".join(
        "<tr>" + "".join(f"<td {_CELL}>{escape(one_line(cell))}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return f"<table><caption>{escape(caption)}</caption><tr>{head}</tr>{body}</table>"
