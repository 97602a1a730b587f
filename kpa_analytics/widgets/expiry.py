"""ExpiryExplorer: who expires when, with every person behind every bar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import ipywidgets as ipw
import polars as pl

from kpa_analytics.charts.theme import SEVERITY, STATUS_LABELS, STATUS_SIGNS
from kpa_analytics.charts.words import count, day, month, percent
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import STATUSES
from kpa_analytics.widgets import checks, face
from kpa_analytics.widgets.chart_view import chart_view
from kpa_analytics.widgets.expiry_answer import (
    MONTHS,
    ExpiryAnswer,
    ExpiryQuestion,
    drawing,
    figures,
    picked_rows,
)
from kpa_analytics.widgets.explorer import Choice, Explorer
from kpa_analytics.widgets.picker import Picker
from kpa_analytics.widgets.spec import month_picked
from kpa_analytics.widgets.table import Heading, Table
from kpa_analytics.widgets.titles import training_options, usual_day

if TYPE_CHECKING:
    from kpa_analytics.data.training_data import TrainingData

_WORDS = {status: f"{STATUS_SIGNS[status]} {STATUS_LABELS[status]}" for status in STATUSES}
_HEADINGS = (
    Heading("user", "Person"),
    Heading("training", "Training"),
    Heading("date", "Completed", "date"),
    Heading("expiration_date", "Expires", "date"),
    Heading("days_left", "Days left", "number"),
    Heading("status", "Status", "status"),
)


class ExpiryExplorer(Explorer):
    """Explore who expires when: by day, training, person and field office.

    A click on a bar lists the people behind it; shift-click adds a bar, a click beside the bars
    takes the choice back.

    Args:
        data: the records, as `load_all()` makes them.
        dark: draw for a dark page; by default as the page is.
        **choices: any of the attributes below, to begin with.

    Attributes:
        as_of: the day asked for; today by default (for demo data, the demo's day).
        horizon: days before expiration that count as expiring, where a training does not say; 30.
        trainings: ids of the trainings to show; empty for all.
        search: words in people's names, employee numbers or ids.
        field_offices: ids of field offices; "" is for people in none; empty for all.
        statuses: the statuses to show; empty for all.
        include_leavers: show people who have left; False.
        selected: the bars picked: `{"month": day, "status": ...}` or
            `{"training_id": ..., "status": ...}` each.

    Raises:
        KPADataError: a choice that there is not, or a value that it can't have.

    Examples:
        >>> import polars as pl, kpa_analytics as kpa
        >>> data = kpa.TrainingData(completions=kpa.schema.COMPLETIONS.empty())
        >>> explorer = kpa.widgets.ExpiryExplorer(data, as_of="2026-06-30")
        >>> explorer.horizon = 60
        >>> explorer.horizons = 60
        Traceback (most recent call last):
        kpa_analytics.errors.KPADataError: horizons is no choice of ExpiryExplorer; there are ...
    """

    title = "Expirations"

    as_of = Choice[date]("The day asked for.")
    horizon = Choice[int]("Days that count as expiring, where a training does not say.")
    trainings = Choice[tuple[int, ...]]("Ids of the trainings shown; empty for all.")
    search = Choice[str]("Words in people's names, employee numbers or ids.")
    field_offices = Choice[tuple[str, ...]]("Ids of the field offices shown; empty for all.")
    statuses = Choice[tuple[str, ...]]("The statuses shown; empty for all.")
    include_leavers = Choice[bool]("Whether people who have left are shown.")
    selected = Choice[tuple[Mapping[str, Any], ...]]("The bars picked.")

    def __init__(self, data: TrainingData, *, dark: bool | None = None, **choices: Any) -> None:
        super().__init__(data, dark=dark, choices=choices)

    @property
    def rows(self) -> pl.DataFrame:
        """What the charts show, in `schema.EXPIRY_STATUS`."""
        return self._rows

    @property
    def table(self) -> pl.DataFrame:
        """What the table lists, in its order: the rows, or those behind the bars picked."""
        return self._table.frame

    @property
    def chart(self) -> dict[str, Any]:
        """The charts' Vega-Lite specification."""
        return self._chart.spec

    def _read(self, data: TrainingData) -> dict[str, checks.Check]:
        self._answer = ExpiryAnswer(data)
        self._titles = dict(training_options(data))
        return {
            "as_of": checks.a_day,
            "horizon": checks.whole(0, 3650),
            "trainings": checks.some_of(self._titles),
            "search": checks.a_text,
            "field_offices": checks.some_of(self._answer.roster.offices),
            "statuses": checks.some_of(STATUSES),
            "include_leavers": checks.a_switch,
            "selected": self._bars,
        }

    def _defaults(self) -> dict[str, Any]:
        return {
            "as_of": usual_day(self.data),
            "horizon": 30,
            "trainings": (),
            "search": "",
            "field_offices": (),
            "statuses": (),
            "include_leavers": False,
            "selected": (),
        }

    def _bars(self, name: str, value: object) -> tuple[Mapping[str, Any], ...]:
        """Check the bars picked."""
        bars = [value] if isinstance(value, Mapping) else list(value or ())  # type: ignore[call-overload]
        told = {
            "month": lambda name, value: checks.a_day(name, value).replace(day=1),
            "training_id": checks.one_of(self._titles),
            "status": checks.one_of(STATUSES),
        }
        for bar in bars:
            if not isinstance(bar, Mapping) or bar.keys() not in (
                {"month", "status"},
                {"training_id", "status"},
            ):
                raise KPADataError(
                    f"{name} must be bars such as {{'training_id': 7, 'status': 'expired'}} or "
                    f"{{'month': '2026-07-01', 'status': 'expired'}}, not {bar!r}"
                )
        return tuple({key: told[key](key, bar[key]) for key in bar} for bar in bars)

    def _options(self) -> dict[str, list[list[Any]]]:
        return {
            "trainings": [[key, words] for key, words in self._titles.items()],
            "field_offices": [[key, words] for key, words in self._answer.roster.offices.items()],
        }

    def _build(self) -> None:
        self._figures = ipw.HTML()
        self._chart = chart_view(self._clicked)
        self._table = Table(_HEADINGS, ("days_left", False), words={"status": _WORDS})
        self._table.observe(self._follow_page, "dark")
        self.shared = face.bar(
            self._control(
                "as_of",
                face.labelled(ipw.DatePicker(), "As of", "The day the statuses are worked out for"),
            ),
            self._control(
                "trainings",
                Picker("Trainings", "All trainings", "Only these trainings"),
            ),
            self._control(
                "search",
                face.labelled(
                    ipw.Text(placeholder="Name or number", continuous_update=False),
                    "People",
                    "Words in a name, employee number or id; Enter to search",
                ),
            ),
            self._control(
                "field_offices",
                Picker("Field offices", "All field offices", "Only people in these field offices"),
            ),
        )
        own = face.bar(
            self._control(
                "horizon",
                face.labelled(
                    ipw.BoundedIntText(min=0, max=3650),
                    "Expiring within (days)",
                    "Days before expiration that count as expiring, where a training has no "
                    "number of its own",
                ),
            ),
            self._control(
                "statuses",
                Picker(
                    "Statuses",
                    "All statuses",
                    "Only these statuses",
                    [[status, _WORDS[status]] for status in SEVERITY],
                ),
            ),
            self._control(
                "include_leavers",
                face.labelled(
                    ipw.Checkbox(indent=False), "Include people who left", "Count them as well"
                ),
            ),
        )
        self.view = face.page(
            self._mark,
            self.shared,
            own,
            self._notice,
            self._figures,
            self._chart,
            self._table,
            css="kpa-expiry",
        )

    def _rebuild(self, changed: set[str]) -> None:
        asked = {name: value for name, value in self.choices.items() if name != "selected"}
        if changed & asked.keys():
            self._rows = self._answer.rows(ExpiryQuestion(**asked))
            self._figures.value = _headline(self._rows, self.as_of)
        if not self._from_chart:
            self._draw()
        self._table.show(picked_rows(self._rows, self.selected), self._caption())

    _from_chart = False

    def _draw(self) -> None:
        self._chart.show(drawing(self._rows, self.as_of, self.dark, self.selected))

    def _clicked(self, chart: str, points: list[dict[str, Any]]) -> None:
        """A bar was clicked: list who stands behind it."""
        bars = [
            {**point, "month": month_picked(point["month"])} if chart == MONTHS else point
            for point in points
        ]
        key = "month" if chart == MONTHS else "training_id"
        if not bars and not any(key in bar for bar in self.selected):
            return
        # One chart's bars at a time: what was picked in the other has to be drawn unpicked.
        self._from_chart = self._chart.picked_in <= {chart}
        try:
            self.guarded(lambda: self.set(selected=bars))
        finally:
            self._from_chart = False

    def _caption(self) -> str:
        if not self.selected:
            return "Everyone shown above"
        said = [
            f"{STATUS_LABELS[bar['status']]}, "
            + (
                f"expires in {month(bar['month'])}"
                if "month" in bar
                else self._titles[bar["training_id"]]
            )
            for bar in self.selected
        ]
        return "Picked: " + "; ".join(said)


def _headline(rows: pl.DataFrame, as_of: date) -> str:
    """The figures over the charts, as HTML."""
    told = figures(rows)
    people = count(told["people"], "person", "people")
    trainings = count(told["trainings"], "training")
    first = (f"{told['total']:,}", "People x trainings", f"{people}, {trainings}", "kpa-all")
    each = [
        (f"{told[status]:,}", _WORDS[status], percent(told[status], told["total"]), f"kpa-{status}")
        for status in SEVERITY
        if told[status] or status != "not_due"
    ]
    return face.figures([first, *each]) + f'<p class="kpa-as-of">As of {day(as_of)}</p>'
