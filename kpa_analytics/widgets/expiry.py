"""ExpiryExplorer: expirations over time and per training, with the people behind each bar."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import ipywidgets as ipw
import polars as pl

from kpa_analytics import charts
from kpa_analytics.analysis.choices import ExpiryChoices
from kpa_analytics.analysis.due_within import due_label
from kpa_analytics.analysis.expiry_view import (
    EARLIER,
    ENDS,
    MONTHS_SHOWN,
    ExpiryView,
    has_case,
    in_statuses,
    selected_rows,
)
from kpa_analytics.analysis.taught_by import CERTIFICATE_LABELS
from kpa_analytics.analysis.taught_by import COLUMNS as INSTRUCTOR_COLUMNS
from kpa_analytics.charts.expiry_by_training import expiry_by_training_table
from kpa_analytics.charts.render import drawn
from kpa_analytics.data.scope import Scope
from kpa_analytics.data.training_data import FLEET_ACCOUNT
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import EXPIRY_STATUS
from kpa_analytics.statuses import (
    CURRENT,
    EXPIRED,
    EXPIRING,
    MISSING,
    SEVERITY,
    SIGNED_LABELS,
    STATUS_LABELS,
    STATUSES,
    VALID,
)
from kpa_analytics.whole_number import plain_number
from kpa_analytics.widgets import traits
from kpa_analytics.widgets.bars import DUE, Bar, Bars, selected_words
from kpa_analytics.widgets.chart_explorer import ALL, SELECTING
from kpa_analytics.widgets.expiry_rows import HEADINGS, expiry_figures, picks
from kpa_analytics.widgets.explained import CaseKey, OneCase, why, why_panel
from kpa_analytics.widgets.multi_select import MultiSelect
from kpa_analytics.widgets.one_at_a_time import one_at_a_time
from kpa_analytics.widgets.pack import NO_PACK, write_pack
from kpa_analytics.widgets.profiles import with_profiles
from kpa_analytics.widgets.status_explorer import StatusExplorer, StatusKeywords
from kpa_analytics.widgets.table import RowsTable
from kpa_analytics.widgets.table_rows import no_rows_text
from kpa_analytics.widgets.traits import ChoiceError
from kpa_analytics.wording import count, listing, month

if TYPE_CHECKING:
    from datetime import date

    from kpa_analytics.analysis.explanations.explanation import Explanation
    from kpa_analytics.analysis.fleet import Fleet
    from kpa_analytics.data.training_data import TrainingData

#: The number of trainings in the second chart; after a click on "other trainings", all of them.
_TRAININGS, _EVERY_TRAINING = 15, 60
_ONE_ACCOUNT = "An evidence pack is of one account: open that account by itself to export it."


class ExpiryKeywords(StatusKeywords, total=False):
    """The choices of `ExpiryExplorer`, as keywords; `top` is that of `state`."""

    statuses: Iterable[str] | None
    selected: Bar | Iterable[Bar] | None
    explained: CaseKey | None
    top: int


class ExpiryExplorer(StatusExplorer):
    """Explore expirations by day, training, person and field office.

    Click a bar to list the people behind it. Shift-click to add a bar. Click the empty area beside
    the bars, or press Escape, to clear the selection. Click a row of the table to read why it has
    its status. Each attribute below is a trait, which you can `observe` and `ipywidgets.link`.

    `rows` has the cases shown, `table` those of the table, `explanation` the reasons of one case,
    and `charts` the charts. `export()` writes an evidence pack of what is shown. `state` is the
    view as data: set it to show the view again.

    Args:
        data: the records, from `load_all()` or `load_fleet()`.
        dark: True for a dark page; by default, the page's theme.
        **choices: initial values of the attributes below.

    Attributes:
        as_of: the day of the statuses; today by default (for demo data, the demo's day).
        expiring_days: days before expiration that count as expiring, unless the training sets its
            own number; 30.
        trainings: ids or titles of the trainings to show; empty for all.
        search: text in people's names, employee numbers or ids.
        field_offices: ids or names of field offices; "" means no field office; empty for all.
        statuses: the statuses of the rows, the bars and the table; empty for all. Figures and
            shares count every status.
        include_terminated: whether to show people who have left; False.
        selected: the bars whose cases the table lists: `{"month": day, "status": ...}` or
            `{"training_id": ..., "status": ...}` each. `{"due_within": 30}` lists the cases with
            at most 30 days left to renew.
        explained: the case that is explained below the table, `{"m_user_id": ..., "training_id":
            ...}`, or None. It is cleared when the table no longer lists it.
        rebuilds: how often the explorer has computed what it shows; observe it to follow
            `rows`, `table` and `charts`.

    Raises:
        KPADataError: a choice does not exist, or its value is not allowed. The error is also a
            `traitlets.TraitError`.

    Examples:
        >>> import polars as pl, kpa_analytics as kpa
        >>> data = kpa.TrainingData(completions=kpa.schema.COMPLETIONS.empty())
        >>> explorer = kpa.widgets.ExpiryExplorer(data, as_of="2026-06-30")
        >>> explorer.observe(lambda change: print(change.new), "expiring_days")
        >>> explorer.expiring_days = 60
        60
        >>> explorer.expiring_day = 90
        Traceback (most recent call last):
        kpa_analytics.widgets.traits.ChoiceError: ExpiryExplorer has no choice expiring_day; ...
    """

    title, css = "Expirations", "kpa-expiry"
    uses = (
        "Click a bar to list the cases behind it.",
        SELECTING,
        "Click a figure or an entry of a legend to list the cases that it counts, and the name of "
        "a training to see only that training.",
        "Click a person in the table to open their training record, and the rest of the row to "
        "read why the case has its status.",
    )
    terms = (
        *("as of", "case", "status", CURRENT, EXPIRING, EXPIRED, MISSING, "not due", "gap"),
        *("in order", "certificate", "expiration", "requirement", "composed training"),
        *("window training", "instructor", "evidence pack"),
    )

    export_label = "Export evidence pack"
    export_hint = "Write the evidence pack of the trainings and people shown, except those who left"

    _view: ExpiryView

    statuses = traits.SomeOf[str](help="The statuses shown; empty for all.")
    selected = Bars(
        ("month", "status"),
        ("training_id", "status"),
        (DUE,),
        ends=ENDS,
        like=f"{{'training_id': 7, 'status': {EXPIRED!r}}} or "
        f"{{'month': '2026-07-01', 'status': {EXPIRED!r}}}",
        help="The bars whose cases the table lists; empty for all.",
    )
    explained = OneCase(help="The case that is explained below the table, or None.")

    def __init__(
        self,
        data: TrainingData | Fleet,
        *,
        dark: bool | None = None,
        **choices: Unpack[ExpiryKeywords],
    ) -> None:
        self._top = _checked(choices.pop("top", _TRAININGS))
        super().__init__(data, dark=dark, choices=choices)

    def set(self, **changes: Unpack[ExpiryKeywords]) -> None:
        """Make several choices at once, with one rebuild. If one fails, none is made."""
        self._choose(changes)

    def _state(self) -> dict[str, Any]:
        """As every explorer's; `top` is the number of trainings in the second chart."""
        return {**super()._state(), "top": self._top}

    def _restore(self, state: Mapping[str, Any]) -> None:
        with self._history.together():
            top = _checked(state.get("top", self._top))
            super()._restore({name: value for name, value in state.items() if name != "top"})
            if top != self._top:
                self._top = top
                self._show_charts(self._draw())

    @property
    def rows(self) -> pl.DataFrame:
        """The rows behind the charts, in `schema.EXPIRY_STATUS`."""
        return self._rows

    @property
    def table(self) -> pl.DataFrame:
        """The rows of the table, in its order: all rows, or those behind the selected bars."""
        return self._table.filtered_rows.select(EXPIRY_STATUS.schema.names())

    @property
    def explanation(self) -> Explanation | None:
        """Why the explained case has its status, as `explain()` returns it."""
        if self.explained is None:
            return None
        return self._view.explain(self._chosen(ExpiryChoices), **self.explained)

    def export(self, out: str | os.PathLike[str] | None = None) -> Path:
        """Write the evidence pack of the trainings and people shown, as of the day shown.

        Args:
            out: the folder to make; by default, a new one in the current folder, named after the
                day.

        Returns:
            The folder. The pack holds every status, whichever you choose to show, and its numbers
            do not count people who have left.

        Raises:
            KPADataError: no case matches the choices.
            KPAError: the extra `audit` is not installed, or `out` can't be written.
        """
        return write_pack(*self._part_shown(), out)

    @one_at_a_time
    def _part_shown(self) -> tuple[TrainingData, date, int]:
        """The records of the trainings and people shown, the day, and the expiring days."""
        choices = self._chosen(ExpiryChoices)
        if self._view.rows(choices).is_empty():
            raise KPADataError(NO_PACK)
        scope = Scope(
            description=self._chosen_in_words(),
            trainings=self.trainings,
            people=self._view.people(choices),
        )
        return self.data.part(scope), self.as_of, self.expiring_days

    def _read(self, data: TrainingData) -> dict[str, Collection[Any]]:
        self._view = ExpiryView(data, self._people_filter)
        return {"statuses": STATUSES, "selected": {*self._titles}}

    def _own_controls(self) -> dict[str, Any]:
        return {
            "expiring_days": self._expiring_days_control(),
            "statuses": MultiSelect(
                "Statuses",
                "All statuses",
                "Only these statuses",
                [[status, SIGNED_LABELS[status]] for status in SEVERITY],
            ),
            "include_terminated": self._include_terminated_control(),
        }

    def _tables(self) -> tuple[RowsTable, ipw.Widget]:
        self._charts.on_label(self._label_clicked, [["legend", "scale"], ["axis", "legend"]])
        self._table = RowsTable(
            HEADINGS,
            ("days_left", False),
            name="expirations",
            labels={"status": SIGNED_LABELS, "instructor_certificate": CERTIFICATE_LABELS},
            choosable=True,
            hint="Read why this case has its status",
            add_columns=self._more_columns,
        )
        self._table.observe(self._row_clicked, "chosen_row")
        self._table.observe(self._mark_explained, "rows")
        self._why = why_panel()
        return self._table, self._why

    def _more_columns(self, rows: pl.DataFrame, needed: AbstractSet[str]) -> pl.DataFrame:
        if needed & {*INSTRUCTOR_COLUMNS}:
            rows = self._view.with_instructors(rows)
        return with_profiles(rows, self.data, self.as_of)

    def _rebuild(self, changed: AbstractSet[str]) -> None:
        if changed != {"explained"}:
            self._rebuild_rows(changed - {"explained"})
        self._explain()

    def _rebuild_rows(self, changed: AbstractSet[str]) -> None:
        choices = self._chosen(ExpiryChoices)
        if changed - {"selected"}:
            self._follow_days()
            self._cases = self._view.rows(choices)
            self._rows = in_statuses(self._cases, self.statuses)
            figures = expiry_figures(self._cases, self.expiring_days, self._view.requirements_note)
            self._figures.value = figures + self._outside_records()
            if selected_rows(self._rows, self.selected, self.as_of).is_empty():
                self._keep(())
            self._figures.picks = picks(self._cases, self.expiring_days)
            is_fleet = FLEET_ACCOUNT in self.data.users.columns
            self._export.why_not = _ONE_ACCOUNT if is_fleet else ""
        self._figures.chosen = self._chosen_figures()
        self._listed = selected_rows(self._rows, self.selected, self.as_of)
        self._table.show(
            self._view.with_rule(self._listed, choices),
            self._caption(),
            empty_text=no_rows_text(self.search, self.data.completions),
        )
        if changed != {"selected"}:
            self._show_charts(self._draw())
        self._show_bars()

    def _follow_days(self) -> None:
        """Let a selected "Due within 30 days" follow the number of days, as its figure does."""
        before = {DUE: self._shown.get("expiring_days")}
        if before in self.selected and "selected" not in self._chosen_now:
            now = {DUE: self.expiring_days}
            self.selected = [now if bar == before else bar for bar in self.selected]

    def _draw(self) -> Iterator[dict[str, Any]]:
        """Draw every case; only the bars follow the chosen statuses, not the figures."""
        shared = {"as_of": self.as_of, "statuses": self.statuses, "dark": self.dark}
        by_training = partial(
            charts.expiry_by_training,
            requirements_known=self._view.requirements_known,
            top=self._top,
        )
        yield drawn(charts.expiry_timeline, self._cases, months=MONTHS_SHOWN, **shared)
        yield drawn(by_training, self._cases, **shared)

    def _explain(self) -> None:
        """Show why the explained case has its status, as long as it is listed."""
        is_new = self.explained != self._shown.get("explained")
        if self.explained and not is_new and not has_case(self._listed, self.explained):
            self.explained = None
        try:
            self._why.value = why(self.explanation)
        except KPADataError as error:
            raise ChoiceError(f"explained: {error}") from None
        self._mark_explained()

    def _row_clicked(self, change: Any) -> None:
        """Explain the case whose row was clicked; a second click closes the explanation."""
        if not self._showing:
            self.guarded(lambda: self.set(explained=self._table.row(change.new)))
            self._mark_explained()

    def _mark_explained(self, _: Any = None) -> None:
        """Mark the explained case in the table, if it is on the page shown."""
        with self._not_a_click():
            self._table.chosen_row = self._table.place(**self.explained) if self.explained else -1

    def _label_clicked(self, kind: str, value: str, chart: int) -> None:
        """Show a status of the legend, a training, or every training of "other trainings"."""
        if kind == "legend":
            self._figure_clicked(value)
            return
        place = self._label_at(chart, value)
        if place is None:
            return
        known, top = self._view.requirements_known, self._top
        ranked = expiry_by_training_table(self._cases, requirements_known=known, top=top)
        training = ranked["training_id"][place]
        if training is None:
            self.guarded(lambda: self._restore({"top": _EVERY_TRAINING}))
        else:
            only = () if self.trainings == (training,) else (training,)
            self.guarded(lambda: self.set(trainings=only, selected=()))

    def _figure_clicked(self, figure: str) -> None:
        """Show the cases that a figure counts; a second click, or one on all cases, shows all."""
        again = figure == ALL or self._chosen_figures() == [figure]
        statuses = {"in-order": VALID, "due": ()}.get(figure, (figure,))
        due = ({DUE: self.expiring_days},) if figure == "due" else ()
        only = ((), ()) if again else (statuses, due)
        self.guarded(lambda: self.set(statuses=only[0], selected=only[1]))

    def _chosen_figures(self) -> list[str]:
        """The figures whose cases are listed."""
        if {DUE: self.expiring_days} in self.selected:
            return ["due"]
        if {*self.statuses} == {*VALID}:
            return ["in-order"]
        return list(self.statuses) or ([] if self.selected else [ALL])

    def _chosen_in_words(self) -> str:
        """Say which trainings and people are shown, for the reader of a pack."""
        offices = [self._people_filter.offices[office] for office in self.field_offices]
        chosen = {
            "trainings": listing([self._titles[training] for training in self.trainings]),
            "people found by": repr(self.search) if self.search else "",
            "field offices": listing(offices),
        }
        return "; ".join(f"{what} {which}" for what, which in chosen.items() if which)

    def _caption(self) -> str:
        if not self.selected and self.statuses:
            chosen = listing([STATUS_LABELS[status] for status in self.statuses])
            whole = count(self._cases.height, "case")
            return f"Only {chosen}: {self._rows.height:,} of {whole}"
        if not self.selected:
            return "All cases"
        return selected_words(self.selected, self._bar_in_words)

    def _bar_in_words(self, bar: Bar) -> str:
        if DUE in bar:
            return due_label(bar[DUE])
        if bar.get("month") in ENDS:
            which = f"expires {'before' if bar['month'] == EARLIER else 'after'} the months shown"
        elif "month" in bar:
            which = f"expires in {month(bar['month'])}"
        else:
            which = self._titles.get(bar["training_id"], str(bar["training_id"]))
        return f"{STATUS_LABELS[bar['status']]}, {which}"


def _checked(top: object) -> int:
    top = plain_number(top)
    if type(top) is not int or not 1 <= top <= _EVERY_TRAINING:
        raise ChoiceError(f"top must be a whole number from 1 to {_EVERY_TRAINING}, not {top!r}")
    return top
