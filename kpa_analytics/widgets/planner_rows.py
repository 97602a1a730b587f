"""The figures of the planner, and the columns of its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.analysis.planner_view import NOT_DROPPED
from kpa_analytics.widgets import layout
from kpa_analytics.widgets.chart_explorer import EVERYONE
from kpa_analytics.widgets.profiles import PROFILE_HEADINGS
from kpa_analytics.widgets.table_rows import ColumnHeading
from kpa_analytics.wording import count, say
from kpa_analytics.wording import day as in_words

if TYPE_CHECKING:
    from datetime import date

    from kpa_analytics.analysis.planner_view import Gaps
    from kpa_analytics.analysis.planning.gaps_left import GapsLeft

SESSIONS, PLACES, LEFT_OVER = "sessions", "people", "unplaced"
GAPS_AT_START, GAPS_WITHOUT, GAPS_WITH = "gaps-today", "gaps-without", "gaps-with"
#: The figures that count gaps, in the order of `Gaps`.
GAP_FIGURES = (GAPS_AT_START, GAPS_WITHOUT, GAPS_WITH)
#: The figures that count rows of a table, and their labels.
FIGURES = {
    SESSIONS: "Sessions",
    PLACES: "Places taken",
    GAPS_AT_START: "Gaps at the start",
    GAPS_WITHOUT: "Without these sessions",
    GAPS_WITH: "With these sessions",
    LEFT_OVER: "Cases without a place",
}
#: Why gaps are left with the sessions: the words for each number of `GapsLeft`.
_CAUSES = {
    "unplaced": "{number:case|cases} without a place",
    "again": (
        "{number:new certificate that expires|new certificates that expire} before the plan ends"
    ),
    "composed": "{number:case|cases} of composed trainings, which are planned through their parts",
    "others": "{number:case|cases} that the plan does not cover",
}
#: The first of them if some cases without a place are not gaps on the last day.
_SOME_UNPLACED = (
    "{number:case|cases} without a place ({more:other has no place, but is not a gap|others have "
    "no place, but are not gaps} on that day)"
)
SESSION_HEADINGS = (
    ColumnHeading("week", "Week of", "date"),
    ColumnHeading("training", "Training"),
    ColumnHeading("group", "Field office", shown_at_first=False),
    ColumnHeading("filled", "People", "number"),
    ColumnHeading("seats", "Places", "number", shown_at_first=False),
    ColumnHeading("instructor", "Instructor", "person"),
    ColumnHeading("note", "Change"),
    ColumnHeading("reason", "Why this week"),
)
UNPLACED_HEADINGS = (
    ColumnHeading("user", "Person", "person"),
    ColumnHeading("training", "Training"),
    ColumnHeading("due", "Due", "date"),
    ColumnHeading("reason", "Why there is no place"),
    *PROFILE_HEADINGS,
)
GAP_HEADINGS = (
    ColumnHeading("user", "Person", "person"),
    ColumnHeading("training", "Training"),
    ColumnHeading("expiration_date", "Valid through", "date"),
    ColumnHeading("status", "Status", "status"),
    *PROFILE_HEADINGS,
)


def people_headings(people: pl.DataFrame) -> list[ColumnHeading]:
    """The columns of people in sessions; the training is shown if there are several.

    Examples:
        >>> people = pl.DataFrame({"training": ["First Aid", "Ladders"]})
        >>> [heading.label for heading in people_headings(people) if heading.shown_at_first]
        ['Person', 'Training', 'Due', 'Why']
    """
    return [
        ColumnHeading("user", "Person", "person"),
        ColumnHeading("training", "Training", shown_at_first=people["training"].n_unique() > 1),
        ColumnHeading("due", "Due", "date"),
        ColumnHeading("reason", "Why"),
        *PROFILE_HEADINGS,
    ]


def plan_caption(figure: str, end: date) -> str:
    """A selected figure in the caption of its rows; `end` is the last day of the plan.

    Examples:
        >>> from datetime import date
        >>> plan_caption("gaps-with", date(2026, 12, 27))
        'Gaps on 27 Dec 2026 with these sessions'
    """
    label = FIGURES[figure]
    if figure in (GAPS_WITHOUT, GAPS_WITH):
        return f"Gaps on {in_words(end)} {label[0].lower()}{label[1:]}"
    return label


def left_in_a_sentence(left: GapsLeft, unplaced: int, end: date, *, known: bool) -> list[str]:
    """Why gaps are left with the sessions; none if they are the cases without a place.

    Args:
        left: the gaps by their cause.
        unplaced: the number of cases without a place.
        end: the last day of the plan.
        known: whether all requirements are known.

    Examples:
        >>> from datetime import date
        >>> from kpa_analytics.analysis.planning.gaps_left import GapsLeft
        >>> left = GapsLeft(unplaced=5, again=0, composed=0, others=1)
        >>> sentence = left_in_a_sentence(left, 5, date(2026, 12, 27), known=True)[0]
        >>> sentence.removeprefix("6 gaps on 27 Dec 2026 with these sessions: ")
        '5 cases without a place, 1 case that the plan does not cover'
    """
    gaps = sum(left)
    if gaps == left.unplaced == unplaced or not gaps:
        return []
    sentences = {**_CAUSES, **({} if left.unplaced == unplaced else {"unplaced": _SOME_UNPLACED})}
    causes = [
        say(sentences[cause], number=number, more=unplaced - left.unplaced)
        for cause, number in left._asdict().items()
        if number
    ]
    gaps_in_words = count(gaps, "gap" if known else "known gap")
    return [f"{gaps_in_words} on {in_words(end)} with these sessions: {', '.join(causes)}"]


def picks(sessions: pl.DataFrame, gaps: Gaps, unplaced: pl.DataFrame) -> list[str]:
    """The figures that are not 0, so that they can be clicked; the sessions were not dropped."""
    filled = sessions["filled"].sum()
    numbers = {SESSIONS: sessions.height, PLACES: filled, LEFT_OVER: unplaced.height}
    numbers |= zip(GAP_FIGURES, gaps, strict=True)
    return [figure for figure, number in numbers.items() if number]


def planner_figures(
    sessions: pl.DataFrame,
    gaps: Gaps,
    unplaced: pl.DataFrame,
    as_of: date,
    end: date,
    *,
    of_people: bool,
    known: bool,
) -> str:
    """The figures, as HTML.

    `of_people`: whether only the sessions of chosen people are shown. `known`: whether requirements
    were provided.
    """
    not_dropped = sessions.filter(NOT_DROPPED)
    filled, seats = not_dropped.select(pl.col("filled", "seats").sum()).row(0)
    changed = sessions["change"].count()
    people = unplaced["m_user_id"].drop_nulls().n_unique()
    kind = "" if known else "known "

    def gaps_on(number: int, on: date) -> str:
        return f"{kind}{'gap' if number == 1 else 'gaps'} on {in_words(on)}"

    of_today = f"expired or missing on {in_words(as_of)}" if known else gaps_on(gaps.today, as_of)
    places = f"of {count(seats, 'place')}{EVERYONE if of_people else ''}"
    tiles = [
        (
            *(f"{not_dropped.height:,}", FIGURES[SESSIONS]),
            *(f"{changed:,} changed by you", f"kpa-all kpa-{SESSIONS}"),
        ),
        (f"{filled:,}", FIGURES[PLACES], places, f"kpa-{PLACES}"),
        (
            *(f"{gaps.today:,}", FIGURES[GAPS_AT_START]),
            *(of_today, f"kpa-{GAPS_AT_START}"),
        ),
        (
            f"{gaps.without:,}",
            *(FIGURES[GAPS_WITHOUT], gaps_on(gaps.without, end), f"kpa-{GAPS_WITHOUT}"),
        ),
        (
            f"{gaps.planned:,}",
            *(FIGURES[GAPS_WITH], gaps_on(gaps.planned, end), f"kpa-worst kpa-{GAPS_WITH}"),
        ),
        (
            f"{unplaced.height:,}",
            FIGURES[LEFT_OVER],
            f"{'case' if unplaced.height == 1 else 'cases'} of {count(people, 'person', 'people')}",
            f"kpa-{LEFT_OVER}",
        ),
    ]
    return layout.figure_tiles(tiles)
