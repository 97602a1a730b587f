"""GroupTrainingExplorer: group sessions over time and by size, and their attendees."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, NamedTuple, Unpack

import polars as pl

from kpa_analytics import charts
from kpa_analytics.analysis.choices import PeriodChoices
from kpa_analytics.analysis.selected_bars import in_bars
from kpa_analytics.analysis.session_view import BOTH, STANDINGS, SessionView
from kpa_analytics.charts.group_sessions import SIZE_WORDS, read_sessions, with_bars
from kpa_analytics.charts.group_sizes import size_in_words, with_steps
from kpa_analytics.charts.periods import period_name
from kpa_analytics.charts.render import drawn
from kpa_analytics.widgets import layout, traits
from kpa_analytics.widgets.about_rows import CLICK_A_SESSION
from kpa_analytics.widgets.bars import FIGURE, Bar, Bars, same_bars, selected_words
from kpa_analytics.widgets.chart_explorer import ALL, EVERYONE, PRESSING, SELECTING
from kpa_analytics.widgets.period import PeriodExplorer, PeriodKeywords, in_period
from kpa_analytics.widgets.profiles import PROFILE_HEADINGS, with_profiles
from kpa_analytics.widgets.session_explorer import NO_SESSION, SessionExplorer
from kpa_analytics.widgets.table import RowsTable
from kpa_analytics.widgets.table_rows import ColumnHeading, no_rows_text
from kpa_analytics.widgets.traits import SELECTIONS
from kpa_analytics.wording import count, day

if TYPE_CHECKING:
    from kpa_analytics.analysis.fleet import Fleet
    from kpa_analytics.data.training_data import TrainingData

_SESSIONS = (
    ColumnHeading("date", "Date", "date"),
    ColumnHeading("trainings", "Trainings"),
    ColumnHeading("instructor", "Instructor", "person"),
    ColumnHeading("attendees", "Listed", "number"),
    ColumnHeading("recorded", "Recorded", "number"),
    ColumnHeading("listed_not_recorded", "Listed, not recorded", "number"),
    ColumnHeading("check", "List and records"),
)


class _Figure(NamedTuple):
    """A figure that counts attendances: its label, the column with its numbers, the standings."""

    label: str
    column: str
    standings: tuple[str, ...]


_UNRECORDED, _UNLISTED = STANDINGS.values()
_FIGURES = {
    "people-listed": _Figure("Attendances listed", "attendees", (_UNRECORDED, BOTH)),
    "people-recorded": _Figure("Attendances recorded", "recorded", (_UNLISTED, BOTH)),
    "not-recorded": _Figure(_UNRECORDED, "listed_not_recorded", (_UNRECORDED,)),
}


class SessionKeywords(PeriodKeywords, total=False):
    """The choices of `GroupTrainingExplorer`, as keywords."""

    selected: int | None
    bars: Bar | Iterable[Bar] | None


class GroupTrainingExplorer(SessionExplorer, PeriodExplorer):
    """Explore group sessions: their dates, their sizes, and who is listed without a completion.

    Click a bar to list the sessions behind it; Shift-click adds a bar. A click outside the bars, or
    Escape, clears the selection. Click a session to list its people.

    `sessions` and `attendees` have the rows shown, `charts` the charts. `export()` writes the
    sessions, the attendances in all of them, and the charts. `state` is the view as data: set it to
    show the view again.

    Args:
        data: the records, from `load_all()` or `load_fleet()`.
        dark: True for a dark page; by default, the page's theme.
        **choices: initial values of the attributes below.

    Attributes:
        as_of: the last day of the period; today by default (for demo data, the demo's day).
        months: number of months up to `as_of`; 24.
        trainings: sessions of one of these trainings (ids or titles); empty for all.
        instructors: sessions of these instructors (ids, employee numbers or names); empty for all.
        search: sessions with people whose name, employee number or id contains this text.
        field_offices: sessions with people in these field offices; empty for all.
        bars: the bars whose sessions the table lists: `{"period": day, "size": ...}` or `{"start":
            people, "end": people}` each, as in the charts' tables; empty for all. A figure,
            `{"figure": "people-listed"}`, "people-recorded" or "not-recorded", lists its sessions
            and, while no session is selected, the people that it counts.
        selected: the id of the session whose people are listed, or None.
        rebuilds: how often the explorer has computed what it shows; observe it to follow
            `sessions`, `attendees` and `charts`.

    Raises:
        KPADataError: a choice does not exist, or its value is not allowed. The error is also a
            `traitlets.TraitError`.

    Examples:
        >>> import kpa_analytics as kpa
        >>> data = kpa.TrainingData(completions=kpa.schema.COMPLETIONS.empty())
        >>> kpa.widgets.GroupTrainingExplorer(data, as_of="2026-06-30").sessions.height
        0
    """

    title, css, session_column = "Group trainings", "kpa-groups", "group_training_id"
    folder, drawings = "group-sessions", ("group_sessions", "group_sizes")
    uses = (
        "Click a bar or an entry of the legend to list the sessions behind it.",
        SELECTING,
        PRESSING,
        "Click a session to list its people.",
        "The column List and records says how the list of people and the completions differ.",
        "Click a person or an instructor to open their training record.",
    )
    terms = ("as of", "completion", "group session", "session", "attendance", "instructor")
    instructors_hint = "Only sessions of these instructors"

    _view: SessionView

    bars = Bars(
        ("period", "size"),
        ("start", "end"),
        figures=_FIGURES,
        like="{'period': '2026-06-01', 'size': '2 to 5'} or {'start': 1, 'end': 5}",
        help="The bars whose sessions the table lists; empty for all.",
    )
    selected = traits.OneOf[int](help="The session whose people are listed, or None.")

    def __init__(
        self,
        data: TrainingData | Fleet,
        *,
        dark: bool | None = None,
        **choices: Unpack[SessionKeywords],
    ) -> None:
        super().__init__(data, dark=dark, choices=choices)

    def set(self, **changes: Unpack[SessionKeywords]) -> None:
        """Make several choices at once, with one rebuild. If one fails, none is made."""
        self._choose(changes)

    @property
    def sessions(self) -> pl.DataFrame:
        """The sessions of the table, in its order: all, or those behind the selected bars.

        The columns are those of `schema.GROUP_SESSIONS`.
        """
        return self._sessions.filtered_rows.drop("check", strict=False)

    @property
    def attendees(self) -> pl.DataFrame:
        """The people of the selected session, or those that a selected figure counts.

        The columns are m_user_id, user and standing (attendance).
        """
        return self._attendees.filtered_rows.select("m_user_id", "user", "standing")

    def _read(self, data: TrainingData) -> dict[str, Collection[Any]]:
        self._view = SessionView(data, self._people_filter)
        return {"instructors": self._view.instructors, "selected": self._view.ids}

    def _tables(self) -> tuple[RowsTable, RowsTable]:
        self._sessions = self._sessions_table(
            _SESSIONS,
            ("date", True),
            name="group-sessions",
            add_columns=lambda rows, _: self._view.with_check(rows),
        )
        self._attendees = RowsTable(
            _people_headings(several=False),
            None,
            name="attendees",
            add_columns=lambda rows, _: with_profiles(rows, self.data, self.as_of),
        )
        self._charts.on_label(self._legend_clicked, [["legend", "scale"], ["scale"]])
        return self._sessions, self._attendees

    def _exported(self) -> dict[str, pl.DataFrame]:
        return {
            "group_sessions": self._view.with_check(self._rows),
            "attendances": self._view.attendees(self._rows["group_training_id"]),
        }

    def _rebuild(self, changed: AbstractSet[str]) -> None:
        if changed - SELECTIONS:
            self._rows = self._view.sessions(self._chosen(PeriodChoices))
            numbers = {name: int(self._rows[of.column].sum()) for name, of in _FIGURES.items()}
            figures = _headline(self._rows, numbers, len(self.trainings), self._chooses_people())
            self._figures.value = figures + self._outside_records()
            self._figures.picks = [ALL, *(name for name, number in numbers.items() if number)]
            read = read_sessions(self._rows)
            in_time, self._every = with_bars(read, self.as_of)
            self._in_bars = in_time.select("period", "size").hstack(
                with_steps(read).select("start", "end")
            )
        if changed - {"selected"}:
            self._list()
        counted = any(FIGURE in bar for bar in self.bars)
        headings = _people_headings(several=counted and self.selected is None)
        self._attendees.show(self._people(), self._caption(), headings)
        self._mark_session()
        if not changed or changed - SELECTIONS:
            self._show_charts(self._draw())
        self._show_bars()

    def _draw(self) -> Iterator[dict[str, Any]]:
        yield drawn(charts.group_sessions, self._rows, as_of=self.as_of, dark=self.dark)
        yield drawn(charts.group_sizes, self._rows, dark=self.dark)

    def _list(self) -> None:
        """Fill the table with the sessions behind the selected bars, or with all sessions."""
        self._keep_figures()
        rows = self._rows_of(self.bars) if self.bars else self._rows
        if rows.is_empty():
            self._keep(())
            rows = rows if self.bars else self._rows
        self._mark_figures()
        caption = f"Sessions{CLICK_A_SESSION}"
        if self.bars:
            caption = selected_words(self.bars, self._bar_in_words)
        nobody = no_rows_text(self.search, self.data.group_trainings, "group trainings")
        self._sessions.show(rows, caption, empty_text=nobody)

    def _rows_of(self, bars: Iterable[Bar]) -> pl.DataFrame:
        """The sessions behind bars and figures."""
        counted = [pl.col(_FIGURES[bar[FIGURE]].column) > 0 for bar in bars if FIGURE in bar]
        drawn_bars = [bar for bar in bars if FIGURE not in bar]
        if drawn_bars:
            counted.append(pl.lit(self._in_bars.select(in_bars(drawn_bars)).to_series()))
        return self._rows.filter(pl.any_horizontal(counted))

    def _people(self) -> pl.DataFrame:
        """The people of the selected session, or those that the selected figures count."""
        if self.selected is not None:
            return self._view.attendees([self.selected])
        chosen = [_FIGURES[bar[FIGURE]] for bar in self.bars if FIGURE in bar]
        sessions = self._rows["group_training_id"] if chosen else ()
        standings = [standing for figure in chosen for standing in figure.standings]
        return self._view.attendees(sessions, standings)

    def _bar_in_words(self, bar: Bar) -> str:
        if FIGURE in bar:
            return _FIGURES[bar[FIGURE]].label
        if "period" in bar:
            return f"{period_name(bar['period'], self._every)}, {SIZE_WORDS[bar['size']]}"
        return size_in_words(bar["start"], bar["end"])

    def _legend_clicked(self, _: str, size: str, __: int) -> None:
        """List the sessions of a size of the legend; a second click lists all sessions."""
        periods = self._in_bars.filter(pl.col("size") == size)["period"].drop_nulls().unique()
        bars = [{"period": period, "size": size} for period in periods.sort()]
        self.guarded(lambda: self.set(bars=() if same_bars(self.bars, bars) else bars))

    def _caption(self) -> str:
        figures = [bar for bar in self.bars if FIGURE in bar]
        if self.selected is None and figures:
            return selected_words(figures, self._bar_in_words)
        if self.selected is None:
            return NO_SESSION
        session = self._view.session(self.selected)
        when = day(session["date"]) if session["date"] else "an unknown date"
        taught = f"People of the session of {when}: {'; '.join(session['trainings'])}"
        by = session["instructor"]
        return f"{taught} ({by})" if by else taught


def _headline(
    sessions: pl.DataFrame, numbers: Mapping[str, int], trainings: int, of_people: bool
) -> str:
    """The figures, as HTML, of the sessions of some trainings (0: all) and perhaps some people."""
    differ = int((sessions["listed_not_recorded"] > 0).sum())
    unlisted = int(sessions["recorded_not_listed_ids"].list.len().sum())
    details = {
        "people-listed": "on attendance lists",
        "people-recorded": f"with a completion, {unlisted:,} not listed",
        "not-recorded": f"in {count(differ, 'session')}",
    }
    shown = in_period(trainings)
    if of_people:
        shown += ", with the people chosen"
        details = {name: f"{detail}{EVERYONE}" for name, detail in details.items()}
    tiles = [(f"{sessions.height:,}", "Sessions", shown, f"kpa-{ALL}")]
    for name, number in numbers.items():
        worst = " kpa-worst" if name == "not-recorded" and number else ""
        tiles.append((f"{number:,}", _FIGURES[name].label, details[name], f"kpa-{name}{worst}"))
    return layout.figure_tiles(tiles)


def _people_headings(*, several: bool) -> list[ColumnHeading]:
    """The columns of people; those of `several` sessions say what was taught, and by whom."""
    return [
        ColumnHeading("user", "Person", "person"),
        ColumnHeading("standing", "Attendance"),
        ColumnHeading("date", "Session of", "date"),
        ColumnHeading("trainings", "Trainings", shown_at_first=several),
        ColumnHeading("instructor", "Instructor", "person", shown_at_first=several),
        *PROFILE_HEADINGS,
    ]
