"""ExpiryExplorer: who expires when, with every person behind every bar."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets as ipw
import polars as pl

from kpa_analytics.analysis.choices import ExpiryChoices
from kpa_analytics.analysis.expiry_view import ExpiryView, selected_rows, status_counts
from kpa_analytics.charts.text import count, listing, month, percent
from kpa_analytics.data.scope import Scope
from kpa_analytics.errors import KPADataError
from kpa_analytics.statuses import SEVERITY, SIGNED_LABELS, STATUS_LABELS, STATUSES
from kpa_analytics.widgets import checks, layout
from kpa_analytics.widgets.chart_panel import (
    ChartPanel,
    month_picked,
    month_to_pick,
    same_picked,
)
from kpa_analytics.widgets.download import Download
from kpa_analytics.widgets.explorer import Choice, Explorer
from kpa_analytics.widgets.explorer_charts import BAR_FIELDS, expiry_charts
from kpa_analytics.widgets.multi_select import MultiSelect
from kpa_analytics.widgets.pack import write_pack
from kpa_analytics.widgets.table import Heading, Table

if TYPE_CHECKING:
    from kpa_analytics.data.training_data import TrainingData

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
        expiring_days: days before expiration that count as expiring, where a training has no
            number of its own; 30.
        trainings: ids of the trainings to show; empty for all.
        search: words in people's names, employee numbers or ids.
        field_offices: ids of field offices; "" is for people in none; empty for all.
        statuses: the statuses to show; empty for all.
        include_terminated: show people who have left; False.
        selected: the bars picked: `{"month": day, "status": ...}` or
            `{"training_id": ..., "status": ...}` each.

    Raises:
        KPADataError: a choice that there is not, or a value that it can't have.

    Examples:
        >>> import polars as pl, kpa_analytics as kpa
        >>> data = kpa.TrainingData(completions=kpa.schema.COMPLETIONS.empty())
        >>> explorer = kpa.widgets.ExpiryExplorer(data, as_of="2026-06-30")
        >>> explorer.expiring_days = 60
        >>> explorer.horizons = 60
        Traceback (most recent call last):
        kpa_analytics.errors.KPADataError: horizons is no choice of ExpiryExplorer; there are ...
    """

    title = "Expirations"

    expiring_days = Choice[int]("Days that count as expiring, where a training does not say.")
    statuses = Choice[tuple[str, ...]]("The statuses shown; empty for all.")
    include_terminated = Choice[bool]("Whether people who have left are shown.")
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
    def charts(self) -> list[dict[str, Any]]:
        """The charts' Vega-Lite specifications: the timeline, the trainings."""
        return list(self._charts.specs)

    def export(self, out: str | os.PathLike[str] | None = None) -> Path:
        """Write the audit pack of the trainings and people shown, as of the day shown.

        Args:
            out: the folder to make; by default a new one in the current folder, named by the day.

        Returns:
            The folder. The pack holds every status, for evidence does not leave any out; people
            who have left count in none of its figures.

        Raises:
            KPAError: the extra `audit` is not installed, or `out` can't be written.
        """
        scope = Scope(
            words=self._chosen_words(),
            trainings=self.trainings,
            people=self._view.people(self._question()),
        )
        return write_pack(self.data.part(scope), self.as_of, self.expiring_days, out)

    def _question(self) -> ExpiryChoices:
        asked = {name: value for name, value in self.choices.items() if name != "selected"}
        return ExpiryChoices(**asked)

    def _read(self, data: TrainingData) -> dict[str, checks.Check]:
        self._view = ExpiryView(data, self._people_filter)
        self._required = data.employee_status["incomplete_training_ids"].explode().drop_nulls()
        return {
            "expiring_days": checks.whole(0, 3650),
            "statuses": checks.some_of(STATUSES),
            "include_terminated": checks.a_switch,
            "selected": self._bars,
        }

    def _defaults(self) -> dict[str, Any]:
        return {"expiring_days": 30, "statuses": (), "include_terminated": False, "selected": ()}

    def _bars(self, name: str, value: object) -> tuple[Mapping[str, Any], ...]:
        """Check the bars picked."""
        if value is None:
            return ()
        if isinstance(value, str | Mapping) or not isinstance(value, Iterable):
            value = [value]
        bars: list[Any] = list(value)
        told = {
            "month": lambda name, value: checks.a_day(name, value).replace(day=1),
            "training_id": checks.one_of({*self._titles, *self._required}),
            "status": checks.one_of(STATUSES),
        }
        if any(None in bar.values() for bar in bars if isinstance(bar, Mapping)):
            raise KPADataError(f"{name} must be bars: there is none of None")
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

    def _build(self) -> None:
        self._figures = ipw.HTML()
        self._charts = ChartPanel()
        self._charts.observe(self._clicked, "picked")
        self._table = Table(_HEADINGS, ("days_left", False), words={"status": SIGNED_LABELS})
        self._table.observe(self._follow_page, "dark")
        self._export = Download(
            "Export audit pack",
            "Write the evidence pack of the people and trainings shown; who has left is not in it",
        )
        self._export.on_click(lambda: self.guarded(lambda: self._export.offer(self.export())))
        self.shared = self._shared_bar()
        own = layout.bar(
            self._control(
                "expiring_days",
                layout.labelled(
                    ipw.BoundedIntText(min=0, max=3650),
                    "Expiring within (days)",
                    "Days before expiration that count as expiring, where a training has no "
                    "number of its own",
                ),
            ),
            self._control(
                "statuses",
                MultiSelect(
                    "Statuses",
                    "All statuses",
                    "Only these statuses",
                    [[status, SIGNED_LABELS[status]] for status in SEVERITY],
                ),
            ),
            self._control(
                "include_terminated",
                layout.labelled(
                    ipw.Checkbox(indent=False), "Include people who left", "Count them as well"
                ),
            ),
        )
        self.view = layout.page(
            self._mark,
            self.shared,
            own,
            self._notice,
            self._figures,
            self._charts,
            self._table,
            self._export,
            css="kpa-expiry",
        )

    def _rebuild(self, changed: set[str]) -> None:
        if changed - {"selected"}:
            self._rows = self._view.rows(self._question())
            known = self._view.requirements_known
            self._figures.value = _headline(self._rows, required_is_known=known)
            if selected_rows(self._rows, self.selected).is_empty():
                self.choices = {**self.choices, "selected": ()}  # no such bar is drawn any more
        if changed != {"selected"}:
            self._charts.specs = expiry_charts(
                self._rows, self.as_of, self.dark, self._view.requirements_known
            )
        self._table.show(selected_rows(self._rows, self.selected), self._caption())
        self._show_picked()

    def _clicked(self, _: Any) -> None:
        """A bar was clicked: list who stands behind it."""
        if not self._showing:
            self.guarded(lambda: self.set(selected=self._picked()))

    def _picked(self) -> list[dict[str, Any]]:
        """The bars picked in the charts, as `selected` has them."""
        _, bars = self._charts.picked
        return [
            {**bar, "month": month_picked(bar["month"])} if "month" in bar else bar for bar in bars
        ]

    def _show_picked(self) -> None:
        """Let the charts show what is selected, where they do not yet."""
        if same_picked(self._picked(), self.selected):
            return
        bars = [
            {**bar, "month": month_to_pick(bar["month"])} if "month" in bar else dict(bar)
            for bar in self.selected
        ]
        chart = next((at for at, key in enumerate(BAR_FIELDS) if bars and key in bars[0]), -1)
        self._showing = True
        self._charts.picked = [chart, bars]
        self._showing = False

    def _chosen_words(self) -> str:
        """Which trainings and people are shown, for the reader of a pack."""
        offices = [self._people_filter.offices[office] for office in self.field_offices]
        told = {
            "trainings": listing([self._titles[training] for training in self.trainings]),
            "people found by": repr(self.search) if self.search else "",
            "field offices": listing(offices),
        }
        return "; ".join(f"{what} {words}" for what, words in told.items() if words)

    def _caption(self) -> str:
        if not self.selected:
            return "Everyone shown above"
        said = [
            f"{STATUS_LABELS[bar['status']]}, "
            + (
                f"expires in {month(bar['month'])}"
                if "month" in bar
                else self._titles.get(bar["training_id"], str(bar["training_id"]))
            )
            for bar in self.selected
        ]
        return "Picked: " + "; ".join(said)


def _headline(rows: pl.DataFrame, *, required_is_known: bool) -> str:
    """The figures over the charts, as HTML.

    Without a list of requirements, how many are missing is not known: that is not 0.
    """
    told = status_counts(rows)
    people = count(told["people"], "person", "people")
    trainings = count(told["trainings"], "training")
    first = (
        f"{told['total']:,}",
        "Cases",
        f"one person and one training each; {people}, {trainings}",
        "kpa-all",
    )
    each = [
        (
            f"{told[status]:,}",
            SIGNED_LABELS[status],
            percent(told[status], told["total"]),
            f"kpa-{status}",
        )
        for status in SEVERITY
        if told[status] or status != "not_due"
    ]
    if not required_is_known:
        unknown = ("not known", SIGNED_LABELS["missing"], "no list of requirements", "kpa-missing")
        each = [unknown if tile[-1] == "kpa-missing" else tile for tile in each]
    return layout.figures([first, *each])
