"""Dashboard: the explorers in tabs, with one filter bar and a refresh button."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, Unpack

import ipywidgets as ipw

from kpa_analytics.analysis.case_groups import By, as_by
from kpa_analytics.analysis.fleet import Fleet
from kpa_analytics.analysis.load_fleet import load_fleet
from kpa_analytics.data.loaders import load_all
from kpa_analytics.data.progress import in_output
from kpa_analytics.errors import KPAError
from kpa_analytics.widgets import layout
from kpa_analytics.widgets.expiry import ExpiryExplorer
from kpa_analytics.widgets.explorer import Explorer, SharedKeywords, as_one
from kpa_analytics.widgets.groups import GroupTrainingExplorer
from kpa_analytics.widgets.instructors import InstructorExplorer
from kpa_analytics.widgets.one_at_a_time import one_at_a_time
from kpa_analytics.widgets.partial_state import restore_what_fits
from kpa_analytics.widgets.planner import PlannerExplorer
from kpa_analytics.widgets.traits import SELECTIONS, need_dictionary, need_known
from kpa_analytics.widgets.trend import TrendExplorer
from kpa_analytics.widgets.view_state import json_choice

if TYPE_CHECKING:
    from kpa_analytics.data.training_data import TrainingData

_EXPLORERS: tuple[Any, ...] = (
    ExpiryExplorer,
    InstructorExplorer,
    GroupTrainingExplorer,
    TrendExplorer,
    PlannerExplorer,
)


#: The names of the tabs, which are those of the dashboard's attributes.
_TABS = ("expiry", "instructors", "groups", "trend", "planner")
#: The choices of a tab that a shared choice can end: another day, for example, is another plan.
_CAN_END = SELECTIONS | {"moves", "start"}


class Dashboard(Explorer):
    """The explorers in tabs, with one filter bar and one set of records.

    The dashboard computes only the open tab, and the others when you open them. A refresh that
    fails shows a message and changes nothing.

    `expiry`, `instructors`, `groups`, `trend` and `planner` are the explorers in the tabs, each
    with its rows and its selected bars. `expiry.export()` writes an evidence pack of what is shown,
    `trend.export()` the trend. `state` is the view as data: set it to show the view again. It
    has the shared choices, the open tab and what was changed in each tab; a tab that it does not
    have shows what it began with.

    Args:
        data: the records, from `load_all()` or `load_fleet()`.
        dark: True for a dark page; by default, the page's theme.
        load: the function that the refresh button calls for new records; by default,
            `load_all(refresh=True)` with the settings at that time, or `load_fleet(refresh=True)`
            for the accounts of a fleet.
        by: what the trend compares at first, as the attribute `by` of `TrendExplorer`; of a fleet,
            for example "account". Default: nothing.
        **choices: initial values of the attributes below.

    Attributes:
        as_of: the day of the statuses; today by default (for demo data, the demo's day).
        trainings: ids or titles of the trainings to show; empty for all.
        search: text in people's names, employee numbers or ids.
        field_offices: ids or names of field offices; "" means no field office; empty for all.

    Raises:
        KPADataError: a choice does not exist, or its value is not allowed. The error is also a
            `traitlets.TraitError`.

    Examples:
        >>> import kpa_analytics as kpa
        >>> data = kpa.TrainingData(completions=kpa.schema.COMPLETIONS.empty())
        >>> dashboard = kpa.widgets.Dashboard(data, as_of="2026-06-30")
        >>> dashboard.as_of = "2026-01-31"
        >>> dashboard.groups.as_of
        datetime.date(2026, 1, 31)
    """

    title = "Training records"

    def __init__(
        self,
        data: TrainingData | Fleet,
        *,
        dark: bool | None = None,
        load: Callable[[], TrainingData | Fleet] | None = None,
        by: By | None = None,
        **choices: Unpack[SharedKeywords],
    ) -> None:
        self._load, self._by = load or _loader(data), by
        self._inner: dict[int, Any] = {}
        self._outdated: set[int] = set()
        super().__init__(data, dark=dark, choices=choices)
        as_by(by, self.data.users)

    @property
    def expiry(self) -> ExpiryExplorer:
        """The explorer in the first tab, up to date."""
        explorer: ExpiryExplorer = self._explorer(0)
        return explorer

    @property
    def instructors(self) -> InstructorExplorer:
        """The explorer in the second tab, up to date."""
        explorer: InstructorExplorer = self._explorer(1)
        return explorer

    @property
    def groups(self) -> GroupTrainingExplorer:
        """The explorer in the third tab, up to date."""
        explorer: GroupTrainingExplorer = self._explorer(2)
        return explorer

    @property
    def trend(self) -> TrendExplorer:
        """The explorer in the fourth tab, up to date."""
        explorer: TrendExplorer = self._explorer(3)
        return explorer

    @property
    def planner(self) -> PlannerExplorer:
        """The explorer in the fifth tab, up to date."""
        explorer: PlannerExplorer = self._explorer(4)
        return explorer

    def refresh(self) -> bool:
        """Load new records, and keep the choices that are still valid.

        Returns:
            True if it succeeds; otherwise the view shows why, and keeps its records.
        """
        self._button.disabled = True
        self._progress.clear_output()
        try:
            return self.guarded(self._take_new)
        finally:
            self._progress.clear_output()
            self._button.disabled = False

    def _take_new(self) -> None:
        data, failure = self.data, None
        with self._progress, in_output(), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:  # inside, because an Output swallows exceptions
                data = as_one(self._load())
            except Exception as error:
                failure = error
        if failure is not None:
            raise failure
        self.load(data)
        self._notes.value = layout.notes([_fact(warning.message) for warning in caught])

    def _read(self, data: TrainingData) -> dict[str, Collection[Any]]:
        return {}

    def _build(self) -> None:
        self._button = ipw.Button(description="Refresh", tooltip="Load the records again")
        self._button.add_class("kpa-button")
        self._button.on_click(lambda _: self.refresh())
        self._progress, self._notes = ipw.Output(), ipw.HTML()
        self._tabs = ipw.Tab([ipw.VBox() for _ in _EXPLORERS])
        self._tabs.titles = [explorer.title for explorer in _EXPLORERS]
        self._tabs.selected_index = 0
        self._tabs.observe(self._opened, "selected_index")
        head = ipw.HBox([self._mark, self._history.buttons, self._button])
        head.add_class("kpa-dashboard-head")
        self.shared = self._connected(layout.shared_controls())
        self.view = layout.explorer_box(
            head,
            self._progress,
            self.shared,
            self._notice,
            self._notes,
            self._tabs,
            css="kpa-dashboard",
        )

    def _rebuild(self, changed: AbstractSet[str]) -> None:
        self._outdated = set(range(len(_EXPLORERS)))
        self._explorer(self._tabs.selected_index or 0)
        for at, explorer in [*self._inner.items()]:
            if at in self._outdated and any(explorer.choices.get(name) for name in _CAN_END):
                self._open(at)  # so that `state` has only what is still valid

    @one_at_a_time
    def _opened(self, change: Any) -> None:
        if change.new is not None:
            self.say("")
            self._open(change.new)
        self._history.note()

    def _open(self, at: int) -> None:
        """Bring a tab up to date. If that fails, say why in place of what it showed before."""
        explorer: Explorer = self._inner.get(at, self)
        if not explorer.guarded(lambda: self._explorer(at)) and explorer is not self:
            explorer.hide_until(self.data, self.choices)

    def _state(self) -> dict[str, Any]:
        tabs = {_TABS[at]: self._changed(explorer) for at, explorer in sorted(self._inner.items())}
        return {
            **{name: json_choice(value) for name, value in self.choices.items()},
            "tab": _TABS[self._tabs.selected_index or 0],
            "tabs": {name: changed for name, changed in tabs.items() if changed},
        }

    def _changed(self, explorer: Explorer) -> dict[str, Any]:
        """The state of an explorer, without what it began with and what the dashboard shares."""
        return {
            name: value
            for name, value in explorer.state.items()
            if name not in self.choices and value != explorer.first_state[name]
        }

    @one_at_a_time
    def _restore(self, state: Mapping[str, Any]) -> None:
        tabs = need_dictionary("tabs", state.get("tabs", {}))
        for name in (*tabs, state.get("tab", _TABS[0])):
            need_known("tab", name, _TABS)
        for name, tab in tabs.items():
            need_dictionary(f"tabs: {name}", tab)
        with self._history.together():
            own = {name: value for name, value in state.items() if name not in ("tab", "tabs")}
            self._choose(own)
            for at, name in enumerate(_TABS):
                if "tabs" in state and (at in self._inner or name in tabs):
                    self._restore_tab(at, tabs.get(name, {}))
            if "tab" in state:
                self._tabs.selected_index = _TABS.index(state["tab"])

    @one_at_a_time
    def restore_what_fits(self, state: Mapping[str, Any]) -> list[str]:
        """Show the choices and tabs of a state that can be shown.

        Returns:
            Those that cannot be shown, with the labels of the page.
        """
        given, open_tab = state.get("tabs", {}), state.get("tab", _TABS[0])
        tabs: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
        refused = [] if isinstance(given, Mapping) else ["tabs"]
        with self._history.together():
            own = {name: value for name, value in state.items() if name not in ("tab", "tabs")}
            refused += restore_what_fits(self, own)
            for at in [*self._inner] if "tabs" in state else []:
                self._restore_tab(at, {})
            for name, tab in tabs.items():
                if name in _TABS and isinstance(tab, Mapping):
                    explorer = self._explorer(_TABS.index(name))
                    refused += [
                        f"{explorer.title}, {each}" for each in restore_what_fits(explorer, tab)
                    ]
                else:
                    refused.append(f"tab {name}")
            if open_tab in _TABS:
                self._tabs.selected_index = _TABS.index(open_tab)
            else:
                refused.append(f"tab {open_tab}")
        return refused

    @one_at_a_time
    def _follow_tab(self, explorer: Explorer) -> None:
        """Take the shared choices that were made in a tab, e.g. by a click on a training's name.

        The change of the tab also removes the dashboard's message.
        """
        self.say("")
        self._choose({name: explorer.choices[name] for name in self.choices})
        self.note_state()

    def _restore_tab(self, at: int, changed: Mapping[str, Any]) -> None:
        """Show the choices of a tab; one that cannot be computed says so when it is opened."""
        try:
            explorer = self._explorer(at)
        except KPAError:
            if at not in self._inner:
                raise
            return
        first = explorer.first_state
        own = {name: value for name, value in first.items() if name not in self.choices}
        explorer.state = {**own, **changed}

    @property
    @one_at_a_time
    def saved_text(self) -> dict[str, str]:
        """The figures and choices of the open tab, as HTML and as text."""
        try:
            kept: dict[str, str] = self._explorer(self._tabs.selected_index or 0).saved_text
        except KPAError:  # no old figures beside the choices
            return super().saved_text
        return kept

    @one_at_a_time
    def _explorer(self, at: int) -> Any:
        """The explorer of a tab, with the current records and choices. It is made on first use."""
        if at not in self._inner:
            own: dict[str, Any] = {"by": self._by} if _EXPLORERS[at] is TrendExplorer else {}
            explorer = _EXPLORERS[at](self.data, dark=self._dark, **own, **self.choices)
            explorer.inside_dashboard()
            explorer.observe(lambda _: self._follow_tab(explorer), "states")
            self._inner[at] = explorer
            # Into the page of the tab: new children of the tabs would draw them all again.
            self._tabs.children[at].children = (explorer.view,)
        elif at in self._outdated:
            explorer = self._inner[at]
            if explorer.data is not self.data or explorer.is_hidden:
                explorer.load(self.data, **self.choices)
            else:
                explorer.set(**self.choices)
        self._outdated.discard(at)
        return self._inner[at]


def _fact(warning: Warning | str) -> str:
    """A warning without its advice for Python."""
    return str(getattr(warning, "fact", warning))


def _loader(data: TrainingData | Fleet) -> Callable[[], TrainingData | Fleet]:
    """Load the same account or accounts again."""
    if isinstance(data, Fleet):
        names = [*data.accounts, *data.failures]
        return lambda: load_fleet(names, refresh=True)
    return lambda: load_all(refresh=True, account=data.account)
