"""InstructorExplorer: how much each instructor teaches, and which trainings depend on one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

import polars as pl

from kpa_analytics import charts
from kpa_analytics.analysis.choices import PeriodChoices
from kpa_analytics.analysis.instructor_view import TAUGHT_COLUMNS, InstructorView
from kpa_analytics.analysis.instructors import without_instructors
from kpa_analytics.charts.render import drawn
from kpa_analytics.widgets import layout
from kpa_analytics.widgets.bars import FIGURE, Bar, Bars, selected_words
from kpa_analytics.widgets.chart_explorer import ALL, PRESSING, SELECTING
from kpa_analytics.widgets.period import PeriodExplorer, PeriodKeywords, in_period
from kpa_analytics.widgets.profiles import PROFILE_HEADINGS, with_profiles
from kpa_analytics.widgets.table import RowsTable
from kpa_analytics.widgets.table_rows import ColumnHeading, no_rows_text
from kpa_analytics.wording import count, listing, month, one_line

if TYPE_CHECKING:
    from kpa_analytics.analysis.fleet import Fleet
    from kpa_analytics.data.training_data import TrainingData

#: The number of instructors in the first chart.
_TOP = 12
#: The figure that counts completions, and its label.
_TAUGHT, _TAUGHT_WORDS = "completions", "Completions taught"
#: The figures that count trainings, and their labels.
_LONE, _UNTAUGHT, _NOBODY = "single-instructor", "not-taught", "nobody-else"
_FIGURES = {
    _LONE: "Single instructor",
    _UNTAUGHT: "Not taught in this period",
    _NOBODY: "Nobody else teaches",
}
#: The note about coverage if people are chosen.
_EVERYONE = "; counted for everyone trained, not only the people chosen"
_COVERAGE = (
    ColumnHeading("training", "Training"),
    ColumnHeading("instructors", "Instructors", "number"),
    ColumnHeading("instructor_names", "Who", "people"),
    ColumnHeading("completions", "Completions", "number"),
    ColumnHeading("last_taught", "Last taught", "date"),
)
_COMPLETIONS = (
    ColumnHeading("user", "Person", "person"),
    ColumnHeading("training", "Training"),
    ColumnHeading("date", "Date", "date"),
    ColumnHeading("instructor", "Instructor", "person"),
    *PROFILE_HEADINGS,
)
_PEOPLE = (
    ColumnHeading("instructor", "Instructor", "person"),
    ColumnHeading("completions", "Completions", "number"),
    ColumnHeading("trainees", "People trained", "number"),
    ColumnHeading("trainings", "Trainings", "number"),
    ColumnHeading("group_sessions", "Group sessions", "number"),
    *PROFILE_HEADINGS,
)


class InstructorKeywords(PeriodKeywords, total=False):
    """The choices of `InstructorExplorer`, as keywords."""

    selected: Bar | Iterable[Bar] | None


class InstructorExplorer(PeriodExplorer):
    """Explore instructors: their activity, and trainings that only one person teaches.

    Click a bar to list the instructors behind it, with what they taught in that month or of that
    training. Shift-click adds a bar; a click outside the bars, or Escape, clears the selection.

    `activity`, `coverage`, `table` and `completions` have the rows shown, `charts` the charts.
    `export()` writes the activity, the coverage, the instructors and the charts. `state` is the
    view as data: set it to show the view again.

    Args:
        data: the records, from `load_all()` or `load_fleet()`.
        dark: True for a dark page; by default, the page's theme.
        **choices: initial values of the attributes below.

    Attributes:
        as_of: the last day of the period; today by default (for demo data, the demo's day).
        months: number of months up to `as_of`; 24.
        trainings: ids or titles of the trainings to show; empty for all.
        instructors: ids, employee numbers or names of the instructors to show; empty for all.
            Coverage then has the trainings that they taught in the period, with all their
            instructors; its chart shows how many others remain if they leave.
        search: text in the names of the people trained. Coverage always counts all, but is empty if
            nobody is found.
        field_offices: field offices of the people trained; empty for all. Coverage counts as for
            `search`.
        selected: the bars whose instructors the table lists: `{"m_instructor_id": ..., "period":
            day}` (one month) or `{"training_id": ...}` each. Those of trainings also choose the
            rows of coverage, and so does a figure: `{"figure": "single-instructor"}`,
            "not-taught" or "nobody-else". `{"figure": "completions"}` lists the completions taught.
        rebuilds: how often the explorer has computed what it shows; observe it to follow
            `activity`, `coverage`, `table` and `charts`.

    Raises:
        KPADataError: a choice does not exist, or its value is not allowed. The error is also a
            `traitlets.TraitError`.

    Examples:
        >>> import kpa_analytics as kpa
        >>> data = kpa.TrainingData(completions=kpa.schema.COMPLETIONS.empty())
        >>> explorer = kpa.widgets.InstructorExplorer(data, as_of="2026-06-30", months=12)
        >>> explorer.coverage.height
        0
    """

    title, css = "Instructors", "kpa-instructors"
    folder, drawings = "instructors", ("instructor_activity", "instructor_coverage")
    uses = (
        "The period ends on the day in the field As of.",
        "Trainings that only one person teaches come first in the table Who teaches each training.",
        'The fields People and Field offices choose the people trained. The table "Who teaches '
        'each training" always counts everyone trained.',
        "Click a bar to list the instructors behind it.",
        SELECTING,
        PRESSING,
        "Click the name of an instructor or of a training beside a chart to see only that one.",
        "Click an instructor in a table to open their own training record.",
    )
    terms = ("as of", "completion", "instructor", "group session", "session", "composed training")
    instructors_hint = "Only what these instructors taught"

    _view: InstructorView

    selected = Bars(
        ("m_instructor_id", "period"),
        ("training_id",),
        figures=(_TAUGHT, *_FIGURES),
        like="{'m_instructor_id': '5e58', 'period': '2026-06-01'} or {'training_id': 7}",
        help="The bars whose instructors the table lists; empty for all.",
    )

    def __init__(
        self,
        data: TrainingData | Fleet,
        *,
        dark: bool | None = None,
        **choices: Unpack[InstructorKeywords],
    ) -> None:
        super().__init__(data, dark=dark, choices=choices)

    def set(self, **changes: Unpack[InstructorKeywords]) -> None:
        """Make several choices at once, with one rebuild. If one fails, none is made."""
        self._choose(changes)

    @property
    def activity(self) -> pl.DataFrame:
        """The data of the first chart, in `schema.INSTRUCTOR_ACTIVITY`."""
        return self._activity

    @property
    def coverage(self) -> pl.DataFrame:
        """Who teaches each training (`schema.INSTRUCTOR_COVERAGE`), in the order of the table."""
        return self._coverage.filtered_rows

    @property
    def table(self) -> pl.DataFrame:
        """The instructors in the order of the table: all, or those behind the selected bars."""
        return self._people.filtered_rows.select(self._people.all_rows.columns)

    @property
    def completions(self) -> pl.DataFrame:
        """The completions taught, in the order of the table; empty unless their figure is selected.

        The columns are date, m_user_id, user, training_id, training, m_instructor_id and
        instructor.
        """
        return self._completions.filtered_rows.select(TAUGHT_COLUMNS.names())

    def _read(self, data: TrainingData) -> dict[str, Collection[Any]]:
        self._view = InstructorView(data, self._people_filter)
        return {"instructors": self._view.instructors, "selected": {*self._titles}}

    def _tables(self) -> tuple[RowsTable, RowsTable, RowsTable]:
        self._charts.on_label(self._label_clicked, [["axis", "scale"], ["axis"]])
        self._coverage = RowsTable(_COVERAGE, None, name="instructor-coverage")
        self._people = RowsTable(
            _PEOPLE,
            ("completions", True),
            name="instructors",
            add_columns=lambda rows, _: with_profiles(
                rows, self.data, self.as_of, "m_instructor_id"
            ),
        )
        self._completions = RowsTable(
            _COMPLETIONS,
            ("date", True),
            name="completions-taught",
            add_columns=lambda rows, _: with_profiles(rows, self.data, self.as_of),
        )
        return self._coverage, self._people, self._completions

    def _exported(self) -> dict[str, pl.DataFrame]:
        return {
            "instructor_activity": self.activity,
            "instructor_coverage": self._covered,
            "instructors": self._everyone,
        }

    def _rebuild(self, changed: AbstractSet[str]) -> None:
        if changed - {"selected"}:
            self._count()
        if changed:
            self._list()
        if changed != {"selected"}:
            self._show_charts(self._draw())
        self._show_bars()

    def _count(self) -> None:
        choices = self._chosen(PeriodChoices)
        self._activity = self._view.activity(choices)
        self._covered = self._view.coverage(choices)
        self._finds_nobody = self._view.finds_nobody(choices)
        self._everyone = self._view.people(choices)
        self._to_teach = self._view.to_teach(self._covered)
        self._counted = _counted(self._to_teach, self.instructors)
        numbers = {figure: len(trainings) for figure, trainings in self._counted.items()}
        tiles = _tiles(self._everyone, numbers, self._details(choices, numbers))
        self._figures.value = layout.figure_tiles(tiles) + self._outside_records()
        numbers[_TAUGHT] = int(self._everyone["completions"].sum())
        self._figures.picks = [ALL, *(figure for figure, number in numbers.items() if number)]

    def _draw(self) -> Iterator[dict[str, Any]]:
        day, without, dark = self.as_of, self.instructors, self.dark
        activity = partial(charts.instructor_activity, as_of=day, top=_TOP)
        coverage = partial(charts.instructor_coverage, without=without, top=20)
        yield drawn(activity, self._activity, dark=dark)
        every = self._view.coverage_of_all(self._chosen(PeriodChoices))
        yield drawn(coverage, self._view.to_teach(every), dark=dark)

    def _list(self) -> None:
        """Fill the tables with the rows behind the selected bars, or with all rows."""
        self._keep_figures()
        people, coverage = self._everyone, self._covered
        bars = [bar for selected in self.selected for bar in self._as_trainings(selected)]
        if bars:
            people = self._view.people(self._chosen(PeriodChoices), bars)
        of_trainings = any(
            "training_id" in bar or bar.get(FIGURE) in _FIGURES for bar in self.selected
        )
        if of_trainings:
            trainings = [bar["training_id"] for bar in bars if "training_id" in bar]
            coverage = coverage.filter(pl.col("training_id").is_in(trainings))
            people = people if bars else people.clear()
        if people.is_empty() and (coverage.is_empty() or not of_trainings) and self.selected:
            self._keep(())
            if not self.selected:
                people, coverage = self._everyone, self._covered
        self._mark_figures()
        nobody = no_rows_text(self.search, self.data.completions)
        no_coverage = nobody if self._finds_nobody else no_rows_text("", self.data.completions)
        self._list_completions()
        self._coverage.show(coverage, self._caption(), empty_text=no_coverage)
        self._people.show(people, self._caption_of_people(), empty_text=nobody)

    def _list_completions(self) -> None:
        """Show the completions in place of the other tables if their figure is selected."""
        chosen = {FIGURE: _TAUGHT} in self.selected
        rows = (
            self._view.completions(self._chosen(PeriodChoices))
            if chosen
            else TAUGHT_COLUMNS.to_frame()
        )
        self._completions.show(rows, f"Selected: {_TAUGHT_WORDS}")
        self._completions.layout.display = None if chosen else "none"
        for table in (self._coverage, self._people):
            table.layout.display = "none" if chosen else None

    def _as_trainings(self, bar: Bar) -> list[Bar]:
        """The bars of the trainings that a selected figure counts; another bar as it is."""
        if FIGURE not in bar:
            return [bar]
        return [{"training_id": training} for training in self._counted.get(bar[FIGURE], ())]

    def _caption_of_people(self) -> str:
        return selected_words(self.selected, self._bar_in_words) if self.selected else "Instructors"

    def _bar_in_words(self, bar: Bar) -> str:
        if FIGURE in bar:
            return _FIGURES.get(bar[FIGURE], _TAUGHT_WORDS)
        if "training_id" in bar:
            return self._titles.get(bar["training_id"], str(bar["training_id"]))
        name = one_line(self._view.instructors[bar["m_instructor_id"]])
        return f"{name}, {month(bar['period'])}"

    def _label_clicked(self, _: str, value: str, chart: int) -> None:
        """Show only the instructor or the training of a label; a second click shows all again."""
        place = self._label_at(chart, value)
        if place is None:
            return
        name, key = self._label_key(chart, place)
        only = () if getattr(self, name) == (key,) else (key,)
        self.guarded(lambda: self._choose({name: only, "selected": ()}))

    def _label_key(self, chart: int, place: int) -> tuple[str, Any]:
        """The choice that belongs to a row of a chart, and its id."""
        name, key = (
            ("instructors", "m_instructor_id") if chart == 0 else ("trainings", "training_id")
        )
        rows = (row for row in self._charts.rows(chart) if row.get("place") == place)
        return name, next(row[key] for row in rows if key in row)

    def _caption(self) -> str:
        if self.selected and "period" not in self.selected[0]:
            return selected_words(self.selected, self._bar_in_words)
        everyone = _EVERYONE if self._chooses_people() and not self._finds_nobody else ""
        if not self.instructors:
            return f"Who teaches each training{everyone}"
        names = listing([one_line(self._view.instructors[who]) for who in self.instructors], 3)
        return f"Who teaches each training of {names}{everyone}"

    def _details(self, choices: PeriodChoices, numbers: Mapping[str, int]) -> dict[str, str]:
        """The text below each figure; `ALL` is that of the figures that do not count trainings."""
        figures = (ALL, *_FIGURES)
        if self._finds_nobody:
            return dict.fromkeys(figures, "no person found")
        coverage, chosen = self._to_teach, len(choices.trainings)
        these = f"the {'training' if chosen == 1 else 'trainings'} chosen"
        whole = count(coverage.height, "training")
        never = f"{coverage['last_taught'].null_count():,} never had an instructor recorded"
        which = "chosen" if chosen else "in the catalogue or the records"
        composed = self._covered.height - coverage.height
        if composed and coverage.height:
            left_out = count(composed, "composed training is", "composed trainings are")
            which += f"; {left_out} not counted"
        taught = coverage.height - numbers.get(_UNTAUGHT, 0)
        none_taught = "in this period they taught none of the trainings chosen"
        if chosen < 2:
            none_taught = f"in this period they did not teach {these if chosen else 'at all'}"
        by_them = f"of {whole} that they taught in this period"
        details = {
            ALL: in_period(chosen),
            _LONE: f"of {whole}, {taught:,} of them taught",
            _UNTAUGHT: f"of {whole} {which}; {never}",
            _NOBODY: by_them if coverage.height else none_taught,
        }
        if self._chooses_people():
            details |= {figure: f"{details[figure]}{_EVERYONE}" for figure in _FIGURES}
        return details


def _counted(coverage: pl.DataFrame, chosen: Sequence[str]) -> dict[str, list[int]]:
    """The trainings that each figure counts; `chosen` are the instructors shown."""
    if chosen:
        others = without_instructors(coverage, chosen)
        return {_NOBODY: others.filter(pl.col("instructors") == 0)["training_id"].to_list()}
    return {
        _LONE: coverage.filter("single_instructor")["training_id"].to_list(),
        _UNTAUGHT: coverage.filter(pl.col("instructors") == 0)["training_id"].to_list(),
    }


def _tiles(
    people: pl.DataFrame, numbers: Mapping[str, int], details: Mapping[str, str]
) -> list[tuple[str, str, str, str]]:
    """The figures above the charts."""
    completions = int(people["completions"].sum())
    return [
        (f"{people.height:,}", "Instructors", details[ALL], f"kpa-{ALL}"),
        (f"{completions:,}", _TAUGHT_WORDS, details[ALL], f"kpa-{_TAUGHT}"),
        *(
            (f"{number:,}", _FIGURES[figure], details[figure], f"kpa-{figure}")
            for figure, number in numbers.items()
        ),
    ]
