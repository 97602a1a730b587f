"""What explorers share: choices that Python and controls both can make, one rebuild for each."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, ClassVar, Generic, Self, TypeVar, overload

import ipywidgets as ipw

from kpa_analytics.analysis.people_filter import PeopleFilter
from kpa_analytics.charts.text import listing, one_line
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.errors import KPADataError, KPAError
from kpa_analytics.widgets import checks, layout
from kpa_analytics.widgets.checks import Check
from kpa_analytics.widgets.titles import training_options, usual_day

_log = logging.getLogger(__name__)
T = TypeVar("T")


class Choice(Generic[T]):
    """One choice of an explorer: read it, or set it, which rebuilds the explorer once."""

    def __init__(self, meaning: str) -> None:
        self.__doc__ = meaning

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, explorer: None, owner: type) -> Self: ...
    @overload
    def __get__(self, explorer: Explorer, owner: type) -> T: ...
    def __get__(self, explorer: Explorer | None, owner: type) -> Self | T:
        if explorer is None:
            return self
        value: T = explorer.choices[self.name]
        return value

    def __set__(self, explorer: Explorer, value: object) -> None:
        explorer.set(**{self.name: value})


class Explorer:
    """Choices, controls and one view of some records.

    Args:
        data: the records.
        dark: draw for a dark page; None follows the page's theme.
        choices: any of the explorer's choices, to begin with.
    """

    title: ClassVar[str]
    view: ipw.Widget
    shared: ipw.Widget

    as_of = Choice[date]("The day asked for.")
    trainings = Choice[tuple[int, ...]]("Ids of the trainings shown; empty for all.")
    search = Choice[str]("Words in people's names, employee numbers or ids.")
    field_offices = Choice[tuple[str, ...]]("Ids of the field offices shown; empty for all.")

    def __init__(
        self, data: TrainingData, *, dark: bool | None, choices: Mapping[str, Any]
    ) -> None:
        self.data = data
        self.rebuilds = 0
        self.controls: dict[str, Any] = {}
        self._dark, self._page_is_dark = dark, False
        self._showing = False
        self._mark, self._notice = ipw.HTML(), ipw.HTML()
        self._notice.add_class("kpa-notice")
        self._take(data)
        self.choices = self._checked({**self._begin(), **choices}, {})
        self._build()
        self._refresh()
        self._ready = True

    # What each explorer says of itself

    def _read(self, data: TrainingData) -> dict[str, Check]:
        """Get ready for records; give back the checks of the explorer's own choices."""
        raise NotImplementedError

    def _defaults(self) -> dict[str, Any]:
        """The explorer's own choices to begin with."""
        raise NotImplementedError

    def _build(self) -> None:
        """Make the controls and the view."""
        raise NotImplementedError

    def _options(self) -> dict[str, Mapping[Any, str]]:
        """What the explorer's own pickers offer, by choice: key -> words."""
        return {}

    def _rebuild(self, changed: set[str]) -> None:
        """Work out and show what follows from the choices that changed."""
        raise NotImplementedError

    # What they share

    @property
    def dark(self) -> bool:
        """Whether charts are drawn for a dark page."""
        return self._page_is_dark if self._dark is None else self._dark

    def set(self, **changes: Any) -> None:
        """Make several choices at once, with one rebuild.

        Args:
            **changes: any of the explorer's choices.

        Raises:
            KPADataError: a choice that there is not, or a value that it can't have; nothing is
                changed.
        """
        before = self.choices
        try:
            self.choices = self._checked(changes, before)
            changed = {name for name, value in self.choices.items() if value != before[name]}
            if changed:
                self._rebuild(changed)
                self.rebuilds += 1
        except BaseException:
            self.choices = before
            raise
        finally:
            self._show_choices()

    def load(self, data: TrainingData, **changes: Any) -> None:
        """Show other records; what they still allow of every choice stays, the view tells the rest.

        Args:
            data: the records.
            **changes: choices to make with them.

        Raises:
            KPADataError: as `set`, of a choice among `changes`.
        """
        self._take(data)
        kept, gone = self._begin(), []
        for name in self.choices.keys() - changes.keys():
            kept[name], lost = self._still_there(name, self.choices[name], kept[name])
            gone += [f"{name.replace('_', ' ')} {listing([*map(str, lost)])}"] if lost else []
        self.choices = self._checked(changes, kept)
        self._refresh()
        if gone:
            self.say(f"No longer in the records, and no longer chosen: {'; '.join(sorted(gone))}.")

    def _still_there(self, name: str, value: Any, default: Any) -> tuple[Any, list[Any]]:
        """What of a choice the records still allow, and what not."""
        stays, lost = [], []
        for one in value if isinstance(value, tuple) else (value,):
            try:
                self._checks[name](name, (one,) if isinstance(value, tuple) else one)
                stays.append(one)
            except KPADataError:
                lost.append(one)
        if isinstance(value, tuple):
            return tuple(stays), lost
        return (default if lost else value), lost

    def inside_dashboard(self) -> None:
        """Leave heading and shared controls to the dashboard around it."""
        self._mark.layout.display = self.shared.layout.display = "none"

    def _checked(self, changes: Mapping[str, Any], chosen: Mapping[str, Any]) -> dict[str, Any]:
        for name in changes:
            if name not in self._checks:
                raise self._no_choice(name)
        return {**chosen, **{name: self._checks[name](name, changes[name]) for name in changes}}

    def _take(self, data: TrainingData) -> None:
        if not isinstance(data, TrainingData):
            raise KPADataError(f"data must be as load_all() makes it, not {type(data).__name__}")
        roster, titles = PeopleFilter(data), training_options(data)
        shared: dict[str, Check] = {
            "as_of": checks.a_day,
            "trainings": checks.some_of(titles),
            "search": checks.a_text,
            "field_offices": checks.some_of(roster.offices),
        }
        self.data, self._people_filter, self._titles = data, roster, titles
        self._checks = {**shared, **self._read(data)}

    def _begin(self) -> dict[str, Any]:
        """Every choice to begin with."""
        shared = {"as_of": usual_day(self.data), "trainings": (), "search": "", "field_offices": ()}
        return {**shared, **self._defaults()}

    def _refresh(self) -> None:
        self._mark.value = layout.heading(self.title, self.data)
        self._showing = True
        shared: dict[str, Mapping[Any, str]] = {
            "trainings": self._titles,
            "field_offices": self._people_filter.offices,
        }
        for name, known in {**shared, **self._options()}.items():
            self.controls[name].options = [[key, one_line(said)] for key, said in known.items()]
        self._showing = False
        self._rebuild(set(self.choices))
        self.rebuilds += 1
        self._show_choices()

    def _show_choices(self) -> None:
        """Bring every control to its choice, without taking that for a click."""
        self._showing = True
        try:
            for name, control in self.controls.items():
                value = self.choices[name]
                control.value = list(value) if isinstance(value, tuple) else value
        finally:
            self._showing = False

    def _shared_bar(self) -> ipw.Widget:
        """The controls that every explorer has; a dashboard puts its own in their place."""
        return layout.bar(
            *(self._control(name, control) for name, control in layout.shared_controls().items())
        )

    def _control(self, name: str, control: Any) -> Any:
        """Let a control make a choice."""
        self.controls[name] = control
        control.observe(lambda change: self._from_control(name, change.new), "value")
        return control

    def _from_control(self, name: str, value: Any) -> None:
        if not self._showing:
            self.guarded(lambda: self.set(**{name: value}))

    def guarded(self, work: Callable[[], object]) -> bool:
        """Do what a control asked for: a failure is shown beside the controls, never raised.

        Args:
            work: what to do.

        Returns:
            Whether it went well.
        """
        self.say("")
        try:
            work()
        except KPAError as error:
            self.say(str(error))
            return False
        except Exception as error:
            _log.exception("%s failed", self.title)
            self.say(f"This did not work: {type(error).__name__}: {error}")
            return False
        return True

    def say(self, text: str) -> None:
        """Show a message beside the controls; empty text takes it away."""
        self._notice.value = layout.notice(text)

    def _follow_page(self, change: Any) -> None:
        """Draw for the page's theme, once the browser has told it."""
        self._page_is_dark = bool(change.new)
        if self._dark is None:
            self.guarded(lambda: self._rebuild(set()))

    def __setattr__(self, name: str, value: object) -> None:
        known = name in self.__dict__ or hasattr(type(self), name) or name.startswith("_")
        if not known and self.__dict__.get("_ready"):
            raise self._no_choice(name)
        super().__setattr__(name, value)

    def _no_choice(self, name: str) -> KPADataError:
        return KPADataError(
            f"{name} is no choice of {type(self).__name__}; there are {', '.join(self._checks)}"
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return self.view._repr_mimebundle_(**kwargs)

    def __repr__(self) -> str:
        chosen = ", ".join(f"{name}={value!r}" for name, value in self.choices.items() if value)
        return f"<{type(self).__name__}: {chosen}>"
