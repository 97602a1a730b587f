"""InstructorExplorer: how much each instructor teaches, and which trainings depend on one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, Unpack

import polars as pl

from kpa_analytics import charts
from kpa_analytics.analysis.choices import PeriodChoices
from kpa_analytics.analysis.instructor_view import InstructorView
from kpa_analytics.analysis.instructors import without_instructors
from kpa_analytics.charts.render import drawn
from kpa_analytics.widgets import layout
from kpa_analytics.widgets.period import PeriodExplorer, PeriodKeywords
from kpa_analytics.widgets.table import Table
from kpa_analytics.widgets.table_rows import Heading
from kpa_analytics.wording import count, listing, one_line

if TYPE_CHECKING:
    from kpa_analytics.data.training_data import TrainingData

_COVERAGE = (
    Heading("training", "Training"),
    Heading("instructors", "Instructors", "number"),
    Heading("instructor_names", "Who"),
    Heading("completions", "Completions", "number"),
    Heading("last_taught", "Last taught", "date"),
)
_PEOPLE = (
    Heading("instructor", "Instructor"),
    Heading("completions", "Completions", "number"),
    Heading("trainees", "People trained", "number"),
    Heading("trainings", "Trainings", "number"),
    Heading("group_sessions", "Group sessions", "number"),
)


class InstructorExplorer(PeriodExplorer):
    """Explore instructors: their activity, and trainings that only one person teaches.

    Args:
        data: the records, from `load_all()`.
        dark: True for a dark page; by default, the page's theme.
        **choices: initial values of the attributes below.

    Attributes:
        as_of: the last day of the period; today by default (for demo data, the demo's day).
        months: number of months up to `as_of`; 24.
        trainings: ids or titles of the trainings to show; empty for all.
        instructors: ids, employee numbers or names of the instructors to show; empty for all.
            Coverage then has the trainings that they taught in the period, with all their
            instructors; its chart shows how many others remain if they leave.
        search: text in the names of the people trained. Coverage always counts all.
        field_offices: field offices of the people trained; empty for all. Coverage always counts
            all.
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
    uses = (
        "The period ends on the day in the field As of.",
        "Trainings that only one person teaches come first in the table of coverage.",
    )
    terms = ("as of", "completion", "instructor", "group session")
    instructors_hint = "Only what these instructors taught"

    _view: InstructorView

    def __init__(
        self, data: TrainingData, *, dark: bool | None = None, **choices: Unpack[PeriodKeywords]
    ) -> None:
        super().__init__(data, dark=dark, choices=choices)

    @property
    def activity(self) -> pl.DataFrame:
        """The data of the first chart, in `schema.INSTRUCTOR_ACTIVITY`."""
        return self._activity

    @property
    def coverage(self) -> pl.DataFrame:
        """Who teaches each training (`schema.INSTRUCTOR_COVERAGE`), in the order of the table."""
        return self._coverage.frame

    @property
    def table(self) -> pl.DataFrame:
        """The instructors, in the order of the table."""
        return self._people.frame

    def _read(self, data: TrainingData) -> dict[str, Collection[Any]]:
        self._view = InstructorView(data, self._people_filter)
        return {"instructors": self._view.instructors}

    def _tables(self) -> tuple[Table, Table]:
        self._coverage = Table(_COVERAGE, None, name="instructor-coverage")
        self._people = Table(_PEOPLE, ("completions", True), name="instructors")
        return self._coverage, self._people

    def _rebuild(self, changed: AbstractSet[str]) -> None:
        if changed:
            choices = self._chosen(PeriodChoices)
            self._activity = self._view.activity(choices)
            coverage = self._view.coverage(choices)
            people = self._view.people(choices)
            self._figures.value = _headline(people, coverage, self.instructors)
            self._coverage.show(coverage, self._caption())
            self._people.show(people, "Instructors")
        coverage, dark = self._coverage.given, self.dark
        self._charts.specs = [
            drawn(charts.instructor_activity, self._activity, as_of=self.as_of, top=12, dark=dark),
            drawn(
                charts.instructor_coverage, coverage, without=self.instructors, top=20, dark=dark
            ),
        ]

    def _caption(self) -> str:
        if not self.instructors:
            return "Who teaches each training"
        names = listing([one_line(self._view.instructors[who]) for who in self.instructors], 3)
        return f"Who teaches each training of {names}"


def _headline(people: pl.DataFrame, coverage: pl.DataFrame, chosen: Sequence[str]) -> str:
    taught = coverage.filter(pl.col("instructors") > 0)
    lone = int(coverage["single_instructor"].sum())
    never = coverage["last_taught"].null_count()
    tiles = [
        (f"{people.height:,}", "Instructors", "in this period", "kpa-all"),
        (f"{int(people['completions'].sum()):,}", "Completions taught", "in this period", ""),
    ]
    if chosen:
        nobody = int((without_instructors(coverage, chosen)["instructors"] == 0).sum())
        detail = f"of {count(coverage.height, 'training')} that they taught in this period"
        return layout.figures([*tiles, (f"{nobody:,}", "Nobody else teaches", detail, "")])
    tiles += [
        (
            f"{lone:,}",
            "Single instructor",
            f"of {count(taught.height, 'training')} taught",
            "",
        ),
        (
            f"{coverage.height - taught.height:,}",
            "Not taught in this period",
            f"of {count(coverage.height, 'training')} in the catalogue or in a completion; "
            f"{never:,} with no instructor recorded",
            "",
        ),
    ]
    return layout.figures(tiles)
