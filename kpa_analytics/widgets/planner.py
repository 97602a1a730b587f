"""PlannerExplorer: the sessions to hold next, and what moving or dropping one changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Unpack

import ipywidgets as ipw
import polars as pl

from kpa_analytics import charts
from kpa_analytics.analysis.choices import PlannerChoices
from kpa_analytics.analysis.planner_view import GAP_COLUMNS, NOT_DROPPED, Gaps, PlannerView
from kpa_analytics.analysis.planning.expiring_again import in_a_sentence
from kpa_analytics.analysis.planning.last_instructors import in_sentences
from kpa_analytics.analysis.planning.plan_sessions import GROUPS
from kpa_analytics.analysis.planning.plan_weeks import MOST_WEEKS, WEEKS
from kpa_analytics.analysis.planning.session_plan import left_out
from kpa_analytics.analysis.planning.session_seats import MOST_SEATS, SEATS
from kpa_analytics.analysis.selected_bars import in_bars
from kpa_analytics.charts.render import drawn
from kpa_analytics.schema import PLANNED_PEOPLE, PLANNED_SESSIONS, UNPLACED
from kpa_analytics.statuses import EXPIRED, MISSING, SIGNED_LABELS
from kpa_analytics.widgets import layout, traits
from kpa_analytics.widgets.about_rows import CLICK_A_SESSION
from kpa_analytics.widgets.bars import FIGURE, Bar, Bars, in_words_up_to, same_bars, selected_words
from kpa_analytics.widgets.chart_explorer import PRESSING
from kpa_analytics.widgets.explorer import TOGETHER, SharedKeywords
from kpa_analytics.widgets.move_buttons import enable, move_buttons
from kpa_analytics.widgets.number_field import NumberField
from kpa_analytics.widgets.plan_cells import cells_of_label
from kpa_analytics.widgets.planner_rows import (
    FIGURES,
    GAP_FIGURES,
    GAP_HEADINGS,
    GAPS_WITH,
    LEFT_OVER,
    PLACES,
    SESSION_HEADINGS,
    SESSIONS,
    UNPLACED_HEADINGS,
    left_in_a_sentence,
    people_headings,
    picks,
    plan_caption,
    planner_figures,
)
from kpa_analytics.widgets.profiles import with_profiles
from kpa_analytics.widgets.session_explorer import NO_SESSION, SessionExplorer
from kpa_analytics.widgets.session_moves import (
    Move,
    SessionMoves,
    SessionNumber,
    need_in_plan,
    of_session,
)
from kpa_analytics.widgets.table import RowsTable
from kpa_analytics.widgets.table_rows import no_rows_text
from kpa_analytics.widgets.traits import SELECTIONS, ChoiceError
from kpa_analytics.widgets.view_state import json_choice
from kpa_analytics.wording import count, month
from kpa_analytics.wording import day as in_words

if TYPE_CHECKING:
    from kpa_analytics.analysis.fleet import Fleet
    from kpa_analytics.analysis.planning.booked_plan import BookedPlan
    from kpa_analytics.analysis.planning.session_plan import SessionPlan
    from kpa_analytics.data.training_data import TrainingData

#: Two plans have the same session if these columns agree.
_PLANNED = ["session", "training_id", "week", "m_instructor_id"]
_SELECTING_CELLS = (
    "Shift-click adds a cell. A click outside the cells, or Escape, clears the selection. With the "
    "keyboard, arrow keys go from cell to cell and from label to label, and Enter selects one."
)
#: Trainings that lose their last instructor, below the figures.
_WARNED = 3


class PlannerKeywords(SharedKeywords, total=False):
    """The choices of `PlannerExplorer`, as keywords."""

    weeks: int
    capacity: int
    by: str | None
    moves: Move | Iterable[Move] | None
    selected: int | None
    bars: Bar | Iterable[Bar] | None


class PlannerExplorer(SessionExplorer):
    """Explore which sessions to hold next, move or drop one, and see how the gaps change.

    Click a session in the table, then move it by a week or drop it with the buttons. Its people and
    its instructor move with it.

    `plan` is the plan before you moved a session, which `kpa.export_plan()` writes. `sessions`,
    `people`, `gap_cases` and `unplaced` have the rows shown, `gaps` the gaps, and `charts` the
    chart. `export()` writes the sessions as you moved them, the people in them, the cases without a
    place, and the chart. `state` is the view as data: set it to show the view again.

    Args:
        data: the records, from `load_all()` or `load_fleet()`.
        dark: True for a dark page; by default, the page's theme.
        **choices: initial values of the attributes below.

    Attributes:
        as_of: the day of the statuses; today by default (for demo data, the demo's day).
        weeks: the number of weeks that are planned, from the first Monday on; 26.
        capacity: the most people in a session; 12.
        by: "field_office" plans the sessions of each field office separately; None by default.
        moves: the sessions that you moved to another week, `{"session": number, "week": day}`
            each; a week of None drops the session. A new plan starts without moves. In `state`,
            each also says which session it is about.
        selected: the number of the session whose people are listed, or None.
        bars: the cells of the chart whose sessions and people are listed, `{"training_id": 7,
            "week": day}` each (`month` in a plan of more than 27 weeks); or the figure whose rows
            are listed: `{"figure": "sessions"}` lists the sessions that you did not drop, "people"
            the people in them, "unplaced" only the cases without a place, "gaps-today" only the
            gaps on `as_of`, "gaps-without" and "gaps-with" those on the plan's last day without and
            with its sessions; empty for all rows.
        trainings: ids or titles of the trainings to show; empty for all.
        search: sessions with people whose name, employee number or id contains this text.
        field_offices: sessions with people in these field offices; empty for all.
        rebuilds: how often the explorer has computed what it shows; observe it to follow `plan`,
            `sessions`, `people`, `gap_cases`, `unplaced`, `gaps` and `charts`.

    Raises:
        KPADataError: a choice does not exist, or its value is not allowed. The error is also a
            `traitlets.TraitError`.

    Examples:
        >>> import kpa_analytics as kpa
        >>> data = kpa.TrainingData(completions=kpa.schema.COMPLETIONS.empty())
        >>> planner = kpa.widgets.PlannerExplorer(data, as_of="2026-06-30", weeks=4)
        >>> planner.sessions.height, planner.gaps.planned
        (0, 0)
        >>> planner.moves = {"session": 1, "week": "2026-07-13"}
        Traceback (most recent call last):
        kpa_analytics.widgets.traits.ChoiceError: moves: there is no session 1 in this plan
    """

    title, css, session_column = "Planner", "kpa-planner", "session"
    folder, drawings = "planned-sessions", ("session_plan",)
    uses = (
        "The plan says which sessions to hold in which week, for whom, with which eligible "
        "instructor. Click a session to list its people.",
        "Earlier and Later move the session by a week, Drop leaves it out, and Restore puts it "
        "back. The figures above say how many gaps are left.",
        "The column Change and the line above the people of the session also say if the instructor "
        "cannot teach it in its new week.",
        "Click a cell, a label or an entry of the legend in the chart to list sessions and people.",
        _SELECTING_CELLS,
        PRESSING,
        "The last table lists the cases without a place, also those of sessions that you dropped, "
        "and says why.",
    )
    terms = (
        *("as of", "case", "status", "gap", EXPIRED, MISSING, "certificate", "group session"),
        *("session", "instructor", "eligible instructor", "composed training"),
    )

    _view: PlannerView
    #: The sessions before they are moved, when they were last shown.
    _planned = PLANNED_SESSIONS.empty().select(_PLANNED)
    #: The sessions of the chosen trainings and people, in their new weeks.
    _rows = PLANNED_SESSIONS.empty()

    weeks = traits.WholeNumber(WEEKS, 1, MOST_WEEKS, help="The number of weeks that are planned.")
    capacity = traits.WholeNumber(SEATS, 1, MOST_SEATS, help="The most people in a session.")
    by = traits.OneOf[str](help="Plan each field office separately; None: all together.")
    moves = SessionMoves(help="Sessions that were moved to another week, or dropped.")
    bars = Bars(
        ("training_id", "week"),
        instead={0: ("training_id", "month")},
        figures=FIGURES,
        like="{'training_id': 7, 'week': '2026-07-06'} or {'figure': 'unplaced'}",
        help="The cells or figures whose rows are listed; empty for all rows.",
    )
    selected = SessionNumber(help="The session whose people are listed, or None.")

    def __init__(
        self,
        data: TrainingData | Fleet,
        *,
        dark: bool | None = None,
        **choices: Unpack[PlannerKeywords],
    ) -> None:
        super().__init__(data, dark=dark, choices=choices)

    def set(self, **changes: Unpack[PlannerKeywords]) -> None:
        """Make several choices at once, with one rebuild. If one fails, none is made."""
        self._choose(changes)

    def _state(self) -> dict[str, Any]:
        """The state of every explorer. Each move also says which session it is about."""
        moves = [{**move, **of_session(move, self._booked)} for move in self.moves]
        return {**super()._state(), "moves": json_choice(moves)}

    def _restore_valid(self, state: Mapping[str, Any]) -> bool:
        """As every explorer does, without the moves if they are those of another plan."""
        if super()._restore_valid(state):
            return True
        shown = super()._restore_valid({**state, "moves": [], "selected": None})
        if shown:
            self.say("The plan has changed, so every session is in its planned week.")
        return shown

    @property
    def plan(self) -> SessionPlan:
        """The plan, as `plan_sessions()` returns it, before any session is moved."""
        return self._view.plan(self._chosen(PlannerChoices))

    @property
    def sessions(self) -> pl.DataFrame:
        """The sessions of the table, in its order, with `change`, `check` and `note`."""
        return self._sessions.filtered_rows

    @property
    def people(self) -> pl.DataFrame:
        """The people of the selected session, or of all if that figure is selected, as listed."""
        return self._people.filtered_rows.select(PLANNED_PEOPLE.schema.names())

    @property
    def unplaced(self) -> pl.DataFrame:
        """The cases without a place, as listed. They include those of dropped sessions."""
        return self._unplaced.filtered_rows.select(UNPLACED.schema.names())

    @property
    def gaps(self) -> Gaps:
        """The gaps on `as_of`, and at the end of the plan without its sessions and with them."""
        return self._gaps

    @property
    def gap_cases(self) -> pl.DataFrame:
        """The gaps, in the order of the table; empty unless a figure of gaps is selected.

        The columns are m_user_id, user, training_id, training, expiration_date and status.
        """
        return self._gap_cases.filtered_rows.select(GAP_COLUMNS.names())

    def _read(self, data: TrainingData) -> dict[str, Collection[Any]]:
        self._view = PlannerView(data, self._people_filter)
        return {"by": GROUPS, "bars": {*self._titles}}

    def _own_controls(self) -> dict[str, Any]:
        return {
            "weeks": NumberField(
                "Weeks", "Number of weeks to plan, from the first Monday on", type(self).weeks
            ),
            "capacity": NumberField(
                "Places in a session", "The most people in a session", type(self).capacity
            ),
            "by": layout.labelled(
                ipw.Dropdown(
                    options=[("All together", TOGETHER), ("Each field office", GROUPS[0])]
                ),
                "Plan by",
                "Plan the sessions of each field office separately",
            ),
        }

    def _tables(self) -> tuple[RowsTable, ipw.Box, RowsTable, RowsTable, RowsTable]:
        def more(rows: pl.DataFrame, _: object) -> pl.DataFrame:
            return with_profiles(rows, self.data, self.as_of)

        self._sessions = self._sessions_table(
            SESSION_HEADINGS,
            ("week", False),
            name="planned-sessions",
        )
        self._people = RowsTable((), None, name="planned-people", add_columns=more)
        self._unplaced = RowsTable(
            UNPLACED_HEADINGS, None, name="cases-without-place", add_columns=more
        )
        self._gap_cases = RowsTable(
            GAP_HEADINGS,
            ("expiration_date", False),
            name="gaps",
            labels={"status": SIGNED_LABELS},
            add_columns=more,
        )
        self._charts.on_label(self._label_clicked, [["axis", "legend"]])
        self._buttons = move_buttons(self._shift, self._drop, self._restore_session)
        moving = layout.control_row(*self._buttons)
        self._of_sessions = (self._sessions, moving, self._people)
        return self._sessions, moving, self._people, self._gap_cases, self._unplaced

    @property
    def _booked(self) -> BookedPlan:
        """The sessions of the plan, which are known before its other tables."""
        return self._view.booked(self._chosen(PlannerChoices))

    def _exported(self) -> dict[str, pl.DataFrame]:
        placed = self._view.people(self._chosen(PlannerChoices), self._not_dropped["session"])
        return {
            "planned_sessions": self._rows,
            "planned_people": placed,
            "unplaced": self._cases,
        }

    def _rebuild(self, changed: AbstractSet[str]) -> None:
        plan = self._booked
        planned = plan.sessions.select(_PLANNED)
        self._check_moves(plan, planned)
        self._check_selected(planned)
        choices = self._chosen(PlannerChoices)
        is_new = bool(changed - SELECTIONS)
        if is_new:
            self._show_sessions(choices)
        if is_new or not changed:
            self._show_charts([drawn(charts.session_plan, self._not_dropped, dark=self.dark)])
        if is_new:
            self._count(choices)
        if changed - {"selected"}:
            self._list()
        people = self._listed_people(choices)
        self._people.show(people, self._caption_of_people(), people_headings(people))
        enable(self._buttons, self._selected_row(), plan)
        self._mark_session()
        self._show_bars()
        self._planned = planned

    def _show_sessions(self, choices: PlannerChoices) -> None:
        """Keep the sessions of these choices; deselect a session that is not among them."""
        listed = self.selected in self._rows["session"]
        self._rows = self._view.sessions(choices)
        self._not_dropped = self._rows.filter(NOT_DROPPED)
        hidden = listed and self.selected not in self._rows["session"]
        if hidden and self.selected == self._shown.get("selected"):
            self.selected = None

    def _count(self, choices: PlannerChoices) -> None:
        """Fill the figures, and the sentences below them."""
        plan = self._booked
        frames = self._view.gap_cases(choices)
        self._gaps_by_figure = dict(zip(GAP_FIGURES, frames, strict=True))
        self._gaps = Gaps(*(rows.height for rows in frames))
        self._cases = self._view.unplaced(choices)
        figures = planner_figures(
            *(self._rows, self._gaps, self._cases),
            *(self.as_of, plan.last_day),
            of_people=self._chooses_people(),
            known=not plan.requirements_note,
        )
        said = self._notes(choices)
        self._figures.value = figures + layout.notes(said) + self._outside_records()
        self._figures.picks = picks(self._not_dropped, self._gaps, self._cases)

    def _notes(self, choices: PlannerChoices) -> list[str]:
        """The sentences below the figures."""
        plan, view = self._booked, self._view
        left = view.gaps_left(choices, self._gaps_by_figure[GAPS_WITH], self._cases)
        return [
            *left_in_a_sentence(
                left, self._cases.height, plan.last_day, known=not plan.requirements_note
            ),
            *left_out(plan.requirements_note),
            *in_a_sentence(view.expiring_again(choices), plan.last_day),
            *in_sentences(view.last_instructors(choices), _WARNED),
        ]

    def _list(self) -> None:
        """Fill the tables with all rows, or with those that the selected figures count."""
        self._keep_figures()
        if self._cells() and self._in_cells().is_empty():
            self._keep(())
        self._mark_figures()
        nobody, chosen = no_rows_text(self.search), self._chosen_figures()
        rows = self._not_dropped if SESSIONS in chosen or PLACES in chosen else self._rows
        rows = self._in_cells() if self._cells() else rows
        self._sessions.show(rows, self._caption(), empty_text=nobody)
        selected = "Selected: " if LEFT_OVER in chosen else ""
        self._unplaced.show(self._cases, f"{selected}{FIGURES[LEFT_OVER]}", empty_text=nobody)
        cases = [self._gaps_by_figure[figure] for figure in chosen if figure in GAP_FIGURES]
        gaps = pl.concat([GAP_COLUMNS.to_frame(), *cases]).unique(maintain_order=True)
        self._gap_cases.show(gaps, self._caption())
        _show_parts(bool(cases), self._gap_cases)
        _show_parts(not cases or LEFT_OVER in chosen, self._unplaced)
        other = {*chosen} - {*GAP_FIGURES, LEFT_OVER}
        _show_parts(not chosen or bool(other or self._cells()), *self._of_sessions)

    def _chosen_figures(self) -> list[str]:
        """The names of the selected figures."""
        return [bar[FIGURE] for bar in self.bars if FIGURE in bar]

    def _cells(self) -> list[Bar]:
        """The selected cells of the chart."""
        return [bar for bar in self.bars if FIGURE not in bar]

    def _in_cells(self) -> pl.DataFrame:
        """The sessions in the selected cells of the chart."""
        first_of_month = pl.col("week").dt.month_start()
        return self._not_dropped.filter(in_bars(self._cells(), {"month": first_of_month}))

    def _bar_in_words(self, bar: Bar) -> str:
        if FIGURE in bar:
            return plan_caption(bar[FIGURE], self._booked.last_day)
        when = month(bar["month"]) if "month" in bar else f"week of {in_words(bar['week'])}"
        return f"{self._titles[bar['training_id']]}, {when}"

    def _listed_people(self, choices: PlannerChoices) -> pl.DataFrame:
        """The people of the selected session or cells, or of all sessions that were not dropped."""
        if self.selected is None and PLACES in self._chosen_figures():
            return self._view.people(choices, self._not_dropped["session"])
        if self.selected is None and self._cells():
            return self._view.people(choices, self._in_cells()["session"])
        return self._view.people(choices, [] if self.selected is None else [self.selected])

    def _check_moves(self, plan: BookedPlan, planned: pl.DataFrame) -> None:
        """Refuse new moves that the plan does not allow; end those of an earlier plan.

        In another plan, or one of newer records, a number may be that of another session.
        """
        replanned = not planned.equals(self._planned) or any(
            getattr(self, name) != self._shown.get(name)
            for name in ("as_of", "weeks", "capacity", "by")
        )
        if replanned and self._shown and self.moves and self.moves == self._shown["moves"]:
            self.say("The plan has changed, so every session is in its planned week again.")
            self.set(moves=None, selected=None)
        need_in_plan(self.moves, plan)
        # The moves fit this plan, so the number says which session each is about.
        self.moves = [{"session": move["session"], "week": move["week"]} for move in self.moves]

    def _selected_row(self) -> dict[str, Any] | None:
        """The selected session, also if the table hides it; None if none is selected."""
        if self.selected is None:
            return None
        return self._view.session(self._chosen(PlannerChoices), self.selected)

    def _check_selected(self, planned: pl.DataFrame) -> None:
        """Refuse a number that the plan does not have; deselect one of another session."""
        if self.selected is None:
            return
        now, before = (
            plan.filter(pl.col("session") == self.selected) for plan in (planned, self._planned)
        )
        is_new = self.selected != self._shown.get("selected")
        if now.height and (is_new or now.equals(before)):
            return
        if is_new:
            raise ChoiceError(f"selected: there is no session {self.selected} in this plan")
        self.selected = None

    def _caption(self) -> str:
        if self.bars:
            return selected_words(self.bars, self._bar_in_words)
        changes = self._rows["change"].count()
        changed = f", {count(changes, 'change')}" if changes else ""
        return f"Planned sessions{changed}{CLICK_A_SESSION}"

    def _caption_of_people(self) -> str:
        if self.selected is None and PLACES in self._chosen_figures():
            return f"Selected: {FIGURES[PLACES]}"
        if self.selected is None and self._cells():
            return f"People of {in_words_up_to(self._cells(), self._bar_in_words)}"
        row = self._selected_row()
        if row is None:
            return NO_SESSION
        changed = f"; {row['note']}" if row["note"] else ""
        return (
            f"People of the session of {in_words(row['week'])}: {row['training']} "
            f"({row['instructor']}){changed}"
        )

    def _shift(self, weeks: int) -> None:
        """Move the selected session by a number of weeks."""
        row = self._selected_row()
        if row is not None:
            self._move(row["week"] + timedelta(weeks=weeks))

    def _drop(self) -> None:
        self._move(None)

    def _move(self, week: date | None) -> None:
        is_selected = pl.col("session") == self.selected
        planned = self._booked.sessions.row(by_predicate=is_selected, named=True)
        moves = self._other_moves()
        if week != planned["week"]:
            moves.append({"session": self.selected, "week": week})
        self.guarded(lambda: self.set(moves=moves))

    def _restore_session(self) -> None:
        self.guarded(lambda: self.set(moves=self._other_moves()))

    def _other_moves(self) -> list[Move]:
        return [move for move in self.moves if move["session"] != self.selected]

    def _label_clicked(self, kind: str, label: str, _: int) -> None:
        """Select the cells of a label; a second click deselects them."""
        cells = cells_of_label(label, kind, self._not_dropped, self._charts.rows(0))
        bars = () if same_bars(self.bars, cells) else cells
        self.guarded(lambda: self.set(bars=bars, selected=None))


def _show_parts(shown: bool, *parts: ipw.DOMWidget) -> None:
    for part in parts:
        part.layout.display = None if shown else "none"
