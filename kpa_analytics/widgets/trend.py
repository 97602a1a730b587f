"""TrendExplorer: gaps through time, on-time renewal, and the weeks in which certificates end."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

import ipywidgets as ipw
import polars as pl

from kpa_analytics import charts
from kpa_analytics.analysis.case_groups import By, groups_in
from kpa_analytics.analysis.choices import TrendChoices
from kpa_analytics.analysis.trend_view import CASES, TrendView
from kpa_analytics.as_of import Day
from kpa_analytics.charts.outcome_colours import SIGNED
from kpa_analytics.charts.render import drawn
from kpa_analytics.inputs import ACCOUNT
from kpa_analytics.outcomes import OUTCOMES
from kpa_analytics.statuses import CURRENT, EXPIRED, EXPIRING, MISSING, SIGNED_LABELS
from kpa_analytics.widgets import layout, traits
from kpa_analytics.widgets.bars import FIGURE, GROUP, Bar, Bars, same_bars, selected_words
from kpa_analytics.widgets.chart_explorer import PRESSING, SELECTING
from kpa_analytics.widgets.day_field import DayField
from kpa_analytics.widgets.explorer import TOGETHER
from kpa_analytics.widgets.profiles import with_profiles
from kpa_analytics.widgets.status_explorer import StatusExplorer, StatusKeywords
from kpa_analytics.widgets.table import RowsTable
from kpa_analytics.widgets.table_rows import no_rows_text
from kpa_analytics.widgets.traits import ChoiceError
from kpa_analytics.widgets.trend_counts import TrendCounts
from kpa_analytics.widgets.trend_rows import (
    CASE_HEADINGS,
    CHANGE,
    CHANGE_HEADINGS,
    NO_CHANGE,
    TREND_FIGURES,
    WEEK_LEGEND,
    Period,
    behind_figures,
    headings,
    note,
    trend_figures,
    unknown_labels,
    with_gap_shares,
)
from kpa_analytics.wording import day as in_words
from kpa_analytics.wording import listing

if TYPE_CHECKING:
    from kpa_analytics.analysis.fleet import Fleet
    from kpa_analytics.data.training_data import TrainingData

EVERY = {"1d": "Day", "1w": "Week", "1mo": "Month", "1q": "Quarter", "1y": "Year"}
#: The number of the chart of weeks.
_WEEKS = 2
#: The charts in the order shown, and the choices that make no difference to each.
_CHARTS = {
    "status_over_time": {"expiring_days"},
    "renewal_punctuality": {"every", "by"},
    "expirations_by_week": {"every", "by", "start", "expiring_days"},
}


class TrendKeywords(StatusKeywords, total=False):
    """The choices of `TrendExplorer`, as keywords."""

    start: Day | None
    every: str
    by: By | None
    selected: Bar | Iterable[Bar] | None


class TrendExplorer(StatusExplorer):
    """Explore how gaps changed, whether certificates are renewed on time, and which end soon.

    Requirements, the rules of trainings and the groups of people are today's, on every day, because
    the vendor does not give those of the past.

    Click a bar to list the cases behind it; Shift-click adds a bar. A click outside the bars, or
    Escape, clears the selection.

    `rows` and `punctuality` have the counts shown, `table` and `cases` the rows of the tables,
    `charts` the charts, and `begun` the day of the first record. `export()` writes `rows`,
    `punctuality` and the charts. `state` is the view as data: set it to show the view again.

    Args:
        data: the records, from `load_all()` or `load_fleet()`.
        dark: True for a dark page; by default, the page's theme.
        **choices: initial values of the attributes below.

    Attributes:
        as_of: the last day; today by default (for demo data, the demo's day).
        start: the first day, not after `as_of` and not before the first completion; None (the
            default) for a year before `as_of`. If `as_of` moves before it, it becomes None.
        every: the time from one day to the next: "1d", "1w", "1mo" (the default), "1q" or "1y". The
            days are counted back from `as_of`, so that it is always one of them. From the last day
            of a month, the months lead to the last day of each month.
        by: count each group separately: "field_office", "job_title", "line_of_business",
            "supervisor", "training" or, of a fleet, "account"; None (the default) for all cases
            together.
        expiring_days: days before expiration that count as expiring, unless the training sets its
            own number; 30.
        trainings: ids or titles of the trainings to show; empty for all.
        search: text in people's names, employee numbers or ids.
        field_offices: ids or names of field offices; "" means no field office; empty for all.
        include_terminated: whether to count people who had left; False.
        selected: the bars whose cases are listed: `{"day": day, "status": ...}`, `{"month": day,
            "outcome": ...}` or `{"week": day}` each. Where groups are compared, `{"day": day,
            "group_id": ...}` lists the gaps of a group on that day; "" is the id of no group. A
            figure, `{"figure": "gaps"}`, "gaps-before" or "on-time", lists the cases that it
            counts; "change" lists the gaps that opened or closed, "largest-of-week" and
            "others-of-week" the expirations of a part of every week. The group_id "*" means the
            groups that are drawn as one. The table of counts then has only the days of the bars and
            figures that have one.
        rebuilds: how often the explorer has computed what it shows; observe it to follow
            `rows`, `punctuality`, `table`, `cases` and `charts`.

    Raises:
        KPADataError: a choice does not exist, or its value is not allowed. The error is also a
            `traitlets.TraitError`.

    Examples:
        >>> import polars as pl, kpa_analytics as kpa
        >>> from datetime import date
        >>> done = {"id": 1, "training_id": 7, "m_user_id": "5e58", "date": date(2024, 5, 31)}
        >>> data = kpa.TrainingData(
        ...     completions=pl.DataFrame([done], schema=kpa.schema.COMPLETIONS.schema))
        >>> explorer = kpa.widgets.TrendExplorer(data, as_of="2026-06-30", every="1q")
        >>> explorer.rows["day"].dt.to_string().to_list()
        ['2025-06-30', '2025-09-30', '2025-12-31', '2026-03-31', '2026-06-30']
        >>> explorer.start = "2027-01-01"
        Traceback (most recent call last):
        kpa_analytics.widgets.traits.ChoiceError: start must not be after as_of: start is ...
    """

    title, css = "Trend", "kpa-trend"
    folder, drawings = "trend", tuple(_CHARTS)
    uses = (
        "The days are counted back from the day in the field As of.",
        "Compare by counts each field office, line of business, job title, supervisor or training "
        "separately.",
        "Click a bar to list the cases behind it.",
        "Where groups are compared, click a day of a group to list its gaps on that day, or the "
        "name of a group (or of the other groups) to list its gaps on the last day.",
        "Change lists the gaps that opened and those that closed; the figure is the difference.",
        "Click an entry of a legend to list its cases: those of a status on the last day, those of "
        "an outcome in all months, or those of a part of each week.",
        SELECTING,
        PRESSING,
    )
    terms = (
        *("as of", "case", "status", CURRENT, EXPIRING, EXPIRED, MISSING, "not due", "gap"),
        *("certificate", "expiration", "requirement", "renewal"),
        *(name.replace("_", " ") for name in OUTCOMES),
    )

    _view: TrendView
    _counts: TrendCounts

    start = traits.FirstDay(help="The first day; None for a year before `as_of`.")
    every = traits.Name("1mo", EVERY, help="The time from one day to the next, e.g. 1w.")
    by = traits.OneOf[By](help="The groups that are counted separately; None: all together.")
    selected = Bars(
        ("day", "status"),
        ("month", "outcome"),
        ("week",),
        instead={0: ("day", GROUP)},
        figures=TREND_FIGURES,
        like=f"{{'day': '2026-06-30', 'status': {EXPIRED!r}}} or {{'week': '2026-07-06'}}",
        help="The bars whose cases are listed; empty for none.",
    )

    def __init__(
        self,
        data: TrainingData | Fleet,
        *,
        dark: bool | None = None,
        **choices: Unpack[TrendKeywords],
    ) -> None:
        super().__init__(data, dark=dark, choices=choices)

    def set(self, **changes: Unpack[TrendKeywords]) -> None:
        """Make several choices at once, with one rebuild. If one fails, none is made."""
        self._choose(changes)

    @property
    def begun(self) -> date | None:
        """The day of the first completion; None if no completion has a date."""
        return self._view.begun

    @property
    def rows(self) -> pl.DataFrame:
        """The counts of each day, or of each group on each day, as `status_over_time()` has them.

        There are none if `as_of` is before the first completion.
        """
        return self._counts.rows

    @property
    def punctuality(self) -> pl.DataFrame:
        """The outcomes of the certificates that expired after the first day, by month.

        The columns are those of `renewal_punctuality()`.
        """
        return self._punctuality

    @property
    def table(self) -> pl.DataFrame:
        """The rows with their gaps and the share of gaps in percent, in the order of the table.

        If bars with days are selected, only the rows of these days.
        """
        return self._table.filtered_rows

    @property
    def cases(self) -> pl.DataFrame:
        """The cases behind the selected bars, in the order of their table.

        The columns are m_user_id, user, training_id, training, expiration_date, status (null for
        the cases of an outcome), outcome and change (of a gap, opened or closed; null for the
        others).
        """
        return self._people.filtered_rows.select(CASES.names())

    def _exported(self) -> dict[str, pl.DataFrame]:
        return {"status_over_time": self.rows, "renewal_punctuality": self.punctuality}

    def _read(self, data: TrainingData) -> dict[str, Collection[Any]]:
        self._view = TrendView(data, self._people_filter)
        return {"by": groups_in(data.users)}

    def _own_controls(self) -> dict[str, Any]:
        groups = [
            (name.replace("_", " ").capitalize(), name) for name in groups_in(self.data.users)
        ]
        return {
            "start": DayField("Start", "The first day; clear it for a year before the last"),
            "every": layout.labelled(
                ipw.Dropdown(options=[(label, every) for every, label in EVERY.items()]),
                "One point per",
                "The time from one day to the next, counted back from the last day",
            ),
            "by": layout.labelled(
                ipw.Dropdown(options=[("All cases together", TOGETHER), *groups]),
                "Compare by",
                "Count each of these groups separately",
            ),
            "expiring_days": self._expiring_days_control(),
            "include_terminated": self._include_terminated_control(),
        }

    def _tables(self) -> tuple[RowsTable, RowsTable]:
        labels = [["axis", "legend", "scale"], ["legend", "scale"], ["legend", "scale"]]
        self._charts.on_label(self._label_clicked, labels)
        self._table = RowsTable(headings(None, known=True), ("day", True), name="trend")
        self._people = RowsTable(
            CASE_HEADINGS,
            ("expiration_date", False),
            name="trend-cases",
            labels={"status": SIGNED_LABELS, "outcome": SIGNED},
            add_columns=lambda rows, _: with_profiles(rows, self.data, self.as_of),
        )
        return self._table, self._people

    def _rebuild(self, changed: AbstractSet[str]) -> None:
        if changed - {"selected"}:
            self._check_start()
            self._count()
        if changed:
            self._list()
        if changed != {"selected"}:
            self._redraw(changed - {"selected"})
        self._show_bars()

    def _redraw(self, changed: AbstractSet[str]) -> None:
        before = dict(zip(_CHARTS, self._charts.specs, strict=False))
        self._show_charts(
            before[name] if changed and changed <= unaffected else self._draw(name)
            for name, unaffected in _CHARTS.items()
        )

    def _check_start(self) -> None:
        """Refuse a new first day after `as_of`; drop an earlier choice that `as_of` has passed."""
        if self.start is None or self.start <= self.as_of:
            return
        if self.start != self._shown.get("start"):
            raise ChoiceError(
                f"start must not be after as_of: start is {in_words(self.start)}, as_of is "
                f"{in_words(self.as_of)}"
            ).on_screen(f"Start must not be after {in_words(self.as_of)}, the day in As of.")
        first, last = in_words(self.start), in_words(self.as_of)
        self.say(f"The first day, {first}, is after {last}, so the year before that day is shown.")
        self.start = None

    def _count(self) -> None:
        choices, view = self._chosen(TrendChoices), self._view
        together = view.trend(choices, None)
        rows = view.trend(choices, self.by) if self.by else together
        due = view.due(choices)
        self._punctuality = view.by_month(due, self.as_of)
        period = Period(view.first_day(choices), self.as_of, view.begun)
        self._first = period.first
        figures = behind_figures(together, due, self.as_of)
        self._counts = TrendCounts(view, choices, rows, together, figures)
        tiles = trend_figures(together, due, period, view.requirements_note)
        late = layout.after_records(self.data, self.as_of)
        self._figures.value = tiles + note(period) + late
        self._figures.picks = [*figures, *WEEK_LEGEND.values()]
        self._table.labels = unknown_labels(view.requirements_known or self.by == ACCOUNT)

    def _list(self) -> None:
        """Fill the tables with the cases and the days of the selected bars, or with all days."""
        other = "status" if self.by else GROUP  # what the other chart of days has
        self._keep(bar for bar in self.selected if other not in bar)
        self._keep_figures()
        counts = self._counts
        bars = [bar for bar in self.selected if other not in bar]
        cases = self._view.cases(counts.choices, counts.behind(bars))
        if bars and cases.is_empty() and not self._lists_changes():
            self._keep(())
            bars = bars if self.selected else []
        self._mark_figures()
        rows = with_gap_shares(counts.of_days(bars), self.by)
        done = self.data.completions
        if (self.search or done.is_empty()) and not counts.rows["total"].sum():
            rows = rows.clear()
        named = headings(self.by, self._view.requirements_known)
        nobody = no_rows_text(self.search, done)
        self._table.show(rows, self._caption(rows), named, empty_text=nobody)
        columns = CHANGE_HEADINGS if self._lists_changes() else CASE_HEADINGS
        why = NO_CHANGE if self._lists_changes() else nobody if self.selected else ""
        self._people.show(cases, self._caption_of_cases(cases), columns, empty_text=why)

    def _lists_changes(self) -> bool:
        return {FIGURE: CHANGE} in self.selected

    def _caption_of_cases(self, cases: pl.DataFrame) -> str:
        if not self.selected:
            return "Cases behind a bar or a figure: click one above"
        if self._lists_changes():
            opened, closed = (
                int((cases["change"] == change).sum()) for change in ("opened", "closed")
            )
            each = f": {opened:,} opened, {closed:,} closed"
            return selected_words(self.selected, self._counts.in_words) + each
        return selected_words(self.selected, self._counts.in_words)

    def _label_clicked(self, kind: str, label: str, chart: int) -> None:
        """List the cases of a label in a chart; a second click clears the list.

        In the first chart, these are the gaps of a group or the cases of a status on the last day.
        In the second, they are the certificates of an outcome; in the third, the expirations of a
        part of each week.
        """
        if kind == "legend" and chart == _WEEKS:
            self._figure_clicked(WEEK_LEGEND[label])
            return
        if kind == "axis":
            bars = self._bars_of_group(label)
        elif chart == 0:
            bars = [{"day": self._counts.last_day, "status": label}]
        else:
            months = self._punctuality.filter(pl.col(label) > 0)["month"].drop_nulls()
            bars = [{"month": month, "outcome": label} for month in months.sort()]
        self.guarded(lambda: self.set(selected=() if same_bars(self.selected, bars) else bars))

    def _bars_of_group(self, label: str) -> list[Bar]:
        place, last = self._label_at(0, label), self._counts.last_day
        groups = {
            row[GROUP] for row in self._charts.rows(0) if row.get("place") == place and GROUP in row
        }
        return [{"day": last, GROUP: group} for group in groups]

    def _caption(self, rows: pl.DataFrame) -> str:
        """The caption of the counts; it names the days if they are not all."""
        each = f", by {self.by.replace('_', ' ')}" if self.by else ""
        days = [in_words(day) for day in rows["day"].unique().sort()]
        if rows.height in (0, self._counts.rows.height):
            return f"Cases of each status on each day{each}"
        together = " and ".join(days) if len(days) == 2 else listing(days)
        return f"Selected: cases of each status on {together}{each}"

    def _draw(self, name: str) -> dict[str, Any]:
        """Draw a chart of `_CHARTS`."""
        day, demo, dark = self.as_of, self.data.demo, self.dark
        if name == "status_over_time":
            return drawn(charts.status_over_time, self.rows, demo=demo, dark=dark)
        if name == "renewal_punctuality":
            draw = partial(charts.renewal_punctuality, as_of=day, demo=demo)
            return drawn(draw, self._punctuality, dark=dark)
        valid = self._view.valid(self._chosen(TrendChoices))
        return drawn(charts.expirations_by_week, valid, as_of=day, dark=dark)

    def _in_control(self, name: str) -> Any:
        """The control of `start` shows the usual first day, too."""
        return self._first if name == "start" else super()._in_control(name)

    def _day_cleared(self, name: str) -> None:
        """Show the usual first day where that of the reader was cleared, and say so."""
        if name != "start":
            super()._day_cleared(name)
        elif self.guarded(lambda: self._choose({name: None})):
            self.say(f"Start was cleared: the first day is {in_words(self._first)}.")
