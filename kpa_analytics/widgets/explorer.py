"""The base of all explorers: choices that Python and the controls can both change."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from functools import partial
from threading import get_ident
from typing import TYPE_CHECKING, Any, ClassVar, TypedDict, TypeVar, Unpack

import ipywidgets as ipw
import traitlets

from kpa_analytics.analysis.find import find_office, find_person, find_training
from kpa_analytics.analysis.fleet import Fleet
from kpa_analytics.analysis.people_filter import PeopleFilter
from kpa_analytics.as_of import Day
from kpa_analytics.data.training_data import TrainingData, need_training_data
from kpa_analytics.errors import KPADataError, KPAError
from kpa_analytics.inputs import need_switch
from kpa_analytics.widgets import layout, traits
from kpa_analytics.widgets.about_rows import choices_in_words
from kpa_analytics.widgets.day_field import DayField
from kpa_analytics.widgets.one_at_a_time import CHANGING, one_at_a_time
from kpa_analytics.widgets.saved_notebook import display_with_saved_text, saved_text
from kpa_analytics.widgets.table import RowsTable
from kpa_analytics.widgets.table_views import show_views
from kpa_analytics.widgets.titles import training_options, usual_day
from kpa_analytics.widgets.typed_field import TypedField
from kpa_analytics.widgets.view_state import History, json_choice
from kpa_analytics.wording import day as in_words
from kpa_analytics.wording import listing, one_line

_log = logging.getLogger(__name__)
_Choices = TypeVar("_Choices")
#: The entry of a drop-down list that chooses None: ipywidgets takes None for no entry at all.
TOGETHER = ""


class SharedKeywords(TypedDict, total=False):
    """The choices that every explorer has, as keywords; `tables` is that of `state`."""

    as_of: Day | None
    trainings: Iterable[int | str] | None
    search: str | None
    field_offices: Iterable[str] | None
    tables: Mapping[str, Any]


class Explorer(traitlets.HasTraits):
    """Choices, controls and one view of some records. Every choice is a trait.

    Args:
        data: the records.
        dark: True for a dark page; None follows the page's theme.
        choices: initial values of the explorer's choices.

    Attributes:
        known: for each choice, its allowed values, with labels if a control lists them.
        finders: for choices that take names as well as ids, the function that finds the id.
    """

    title: ClassVar[str]
    view: ipw.Widget
    shared: ipw.Widget
    known: dict[str, Collection[Any]]
    finders: dict[str, Callable[[str], Any]]

    as_of = traits.DayChoice(help="The day of the statuses.")
    trainings = traits.SomeOf[int](help="Ids of the trainings shown; empty for all.")
    search = traits.Text(help="Text in people's names, employee numbers or ids.")
    field_offices = traits.SomeOf[str](help="Ids of the field offices shown; empty for all.")
    rebuilds = traitlets.Int(
        0, read_only=True, help="How often the explorer has computed what it shows."
    )
    states = traitlets.Int(0, read_only=True, help="How often `state` has changed.")

    def __init__(
        self, data: TrainingData | Fleet, *, dark: bool | None, choices: Mapping[str, Any]
    ) -> None:
        if dark is not None:
            need_switch(dark, "dark")
        super().__init__()
        self.controls: dict[str, Any] = {}
        self._dark, self._page_is_dark = dark, False
        self._showing_in: int | None = None
        self._shown: dict[str, Any] = {}
        self._chosen_now: AbstractSet[str] = frozenset()  # other observers have yet to see these
        self._shown_tables: list[RowsTable] = []
        self._content: tuple[Any, ...] = ()  # what is below the controls
        self._awaited: tuple[TrainingData, dict[str, Any]] | None = None
        self._history = History(lambda: self.state, self._restore_valid, self._note)
        self._mark, self._notice = ipw.HTML(), ipw.HTML()
        self._notice.add_class("kpa-notice")
        self._notices_of_fields: dict[str, str] = {}  # what was said last of each field
        self._take(as_one(data))
        tables = choices.get("tables", {})
        chosen = {name: value for name, value in choices.items() if name != "tables"}
        self._choose({"as_of": usual_day(self.data), **chosen})
        self._build()
        self._refresh({*chosen})
        show_views(self._shown_tables, tables)
        self._history.begin()
        self.observe(self._follow, [*self.choices])
        self._ready = True

    # Each explorer implements these.

    def _read(self, data: TrainingData) -> dict[str, Collection[Any]]:
        """Read the records, and return the `known` values of the explorer's own choices."""
        raise NotImplementedError

    def _build(self) -> None:
        """Make the controls and the view."""
        raise NotImplementedError

    def _rebuild(self, changed: AbstractSet[str]) -> None:
        """Compute and show what depends on the changed choices."""
        raise NotImplementedError

    # All explorers share these.

    @property
    def choices(self) -> dict[str, Any]:
        """The current value of every choice."""
        return {
            name: getattr(self, name)
            for name, trait in self.traits().items()
            if isinstance(trait, traits.Choice)
        }

    def _chosen(self, kind: Callable[..., _Choices]) -> _Choices:
        """The choices that decide which records count: all but what the reader selected."""
        chosen = {key: value for key, value in self.choices.items() if key not in traits.SELECTIONS}
        return kind(**chosen)

    @property
    def dark(self) -> bool:
        """Whether charts are drawn for a dark page."""
        return self._page_is_dark if self._dark is None else self._dark

    @property
    @one_at_a_time
    def state(self) -> dict[str, Any]:
        """Every choice, and the columns, sort and filters of the tables, as data for JSON.

        `type(explorer)(data, **state)` shows the same view, and so does `explorer.state = state`.
        Choices that a state does not have stay as they are. People are in it by id; only the
        people search and the filters of columns have the texts that somebody typed.
        """
        return self._state()

    @state.setter
    def state(self, state: Mapping[str, Any]) -> None:
        self._restore(traits.need_dictionary("state", state))

    def _state(self) -> dict[str, Any]:
        views = {table.name: table.view for table in self._shown_tables if table.view}
        return {
            **{name: json_choice(value) for name, value in self.choices.items()},
            "tables": views,
        }

    @property
    def first_state(self) -> dict[str, Any]:
        """The state that the explorer was made with, which `reset()` shows again."""
        return self._history.first

    def reset(self) -> None:
        """Go back to the choices that the explorer was made with."""
        self._history.reset()

    def undo(self) -> None:
        """Go back to the choices before the last change; up to 20 changes can be undone."""
        self._history.undo()

    def begin_undo(self) -> None:
        """Let Undo go back to the view shown now, and no further. Reset goes back as before."""
        self._history.forget()

    @one_at_a_time
    def _restore(self, state: Mapping[str, Any]) -> None:
        with self._history.together(), self._without_old_message():
            self._choose({name: value for name, value in state.items() if name != "tables"})
            if "tables" in state:
                show_views(self._shown_tables, state["tables"])

    @one_at_a_time
    def _restore_valid(self, state: Mapping[str, Any]) -> bool:
        """Show an earlier state, without the choices that are no longer in the records."""
        kept = dict(state)
        for name in self.choices.keys() & state.keys():
            kept[name], _ = self.split_valid(name, state[name])
        return self.guarded(lambda: self._restore(kept))

    def note_state(self) -> None:
        """Note that `state` may have changed, so that the change can be undone.

        A change of choices is noted once, when tables and tabs have followed it.
        """
        if not self._chosen_now:
            self._history.note()

    def _note(self) -> None:
        """Report that the state has changed."""
        self.set_trait("states", self.states + 1)

    def set(self, **changes: Unpack[SharedKeywords]) -> None:
        """Make several choices at once, with one rebuild.

        Raises:
            KPADataError: a choice does not exist, or its value is not allowed. Then no choice
                changes.
        """
        self._choose(changes)

    @one_at_a_time
    def _choose(self, changes: Mapping[str, Any]) -> None:
        if self._awaited and not self._chosen_now:
            data, awaited = self._awaited
            self.load(data, **{**awaited, **changes})
            self._note()
            return
        with self.hold_trait_notifications():
            for name, value in changes.items():
                if name not in self.choices:
                    raise self._no_choice(name)
                setattr(self, name, value)

    def _follow(self, _: Any) -> None:
        """Rebuild once for all changes made together, before other observers are called."""
        before, now = self._shown, self.choices
        if changed := {name for name in now if now[name] != before[name]}:
            with self._having_chosen(changed):
                try:
                    with self.hold_trait_notifications(), self._without_old_message():
                        self._show(changed)
                except BaseException:
                    self._shown = before
                    self._choose(before)
                    raise
                finally:
                    self._show_choices()
            self._history.note()

    @contextmanager
    def _having_chosen(self, chosen: AbstractSet[str]) -> Iterator[None]:
        """A block in which these choices stay as they are, because they were just made."""
        self._chosen_now = chosen
        try:
            yield
        finally:
            self._chosen_now = frozenset()

    def _show(self, changed: AbstractSet[str]) -> None:
        self._rebuild(changed)
        self._shown, self._awaited = self.choices, None
        self._show_content(shown=True)
        self.set_trait("rebuilds", self.rebuilds + 1)

    def hide_until(self, data: TrainingData, choices: Mapping[str, Any]) -> None:
        """Hide what is below the controls until these records can be shown with these choices.

        The next change of this explorer's own choices is made together with them.
        """
        self._awaited = (data, dict(choices))
        self._show_content(shown=False)

    @property
    def is_hidden(self) -> bool:
        """Whether it waits for choices that could not be shown."""
        return self._awaited is not None

    def _show_content(self, *, shown: bool) -> None:
        for part in self._content:
            part.layout.display = None if shown else "none"

    @one_at_a_time
    def load(self, data: TrainingData | Fleet, **changes: Any) -> None:
        """Show other records, and keep the choices that are still valid.

        A message lists the other choices.

        Raises:
            KPADataError: a choice in `changes` does not exist, or its value is not allowed. Then
                the records stay, too.
        """
        before, awaited = self.data, self._awaited
        self._awaited = None
        try:
            with self._without_old_message():
                self._replace(data, changes)
        except BaseException:
            self._take(before)
            self._awaited = awaited
            raise

    def _replace(self, data: TrainingData | Fleet, changes: Mapping[str, Any]) -> None:
        self._take(as_one(data))
        kept, gone = {}, []
        for name in self.choices.keys() - changes.keys():
            kept[name], lost = self.split_valid(name, getattr(self, name))
            gone += [f"{name.replace('_', ' ')} {listing([*map(str, lost)])}"] if lost else []
        with self.hold_trait_notifications():
            self._choose({**kept, **changes})
            self._refresh({*changes})
        self._history.forget()
        if gone:
            self.say(f"No longer in the records, and no longer chosen: {'; '.join(sorted(gone))}.")

    def split_valid(self, name: str, value: Any) -> tuple[Any, list[Any]]:
        """Split a choice into the values that are still valid and those that are not."""
        trait: Any = self.traits()[name]
        several = isinstance(getattr(self, name), tuple) and isinstance(value, tuple | list)
        stays, lost = [], []
        for each in value if several else (value,):
            try:
                trait.validate(self, (each,) if several else each)
                stays.append(each)
            except KPADataError:
                lost.append(each)
        return (tuple(stays) if several else None if lost else value), lost

    def _chooses_people(self) -> bool:
        """Whether not everyone is shown."""
        return bool(self.search or self.field_offices)

    def inside_dashboard(self) -> None:
        """Hide the heading and shared controls, which the dashboard shows."""
        for part in (self._mark, self.shared, self._history.buttons):
            part.layout.display = "none"

    def _take(self, data: TrainingData) -> None:
        need_training_data(data)
        self.data, self._people_filter = data, PeopleFilter(data)
        self._titles = training_options(data)
        offices = self._people_filter.offices
        self.known = {"trainings": self._titles, "field_offices": offices, **self._read(data)}
        self.finders = {
            "trainings": partial(find_training, data),
            "field_offices": partial(find_office, data),
            "instructors": partial(find_person, data),
        }

    def _refresh(self, chosen: AbstractSet[str]) -> None:
        """Show the records anew; the reader chose these choices with them."""
        self._mark.value = layout.heading(self.title, self.data)
        with self._not_a_click():
            for name, known in self.known.items():
                if name in self.controls and isinstance(known, Mapping):
                    options = [[key, one_line(label)] for key, label in known.items()]
                    self.controls[name].options = options
        with self._having_chosen(chosen):
            self._show({*self.choices})
        self._show_choices()

    @one_at_a_time
    def _show_choices(self) -> None:
        """Set every control to its choice."""
        with self._not_a_click():
            for name, control in self.controls.items():
                control.value = self._in_control(name)

    @contextmanager
    def _not_a_click(self) -> Iterator[None]:
        """A block in which controls, marks and selected bars follow the choices."""
        with CHANGING:
            before, self._showing_in = self._showing_in, get_ident()
            try:
                yield
            finally:
                self._showing_in = before

    @property
    def _showing(self) -> bool:
        """Whether this thread is in such a block; a click arrives in a thread of its own."""
        return self._showing_in == get_ident()

    def _in_control(self, name: str) -> Any:
        """The value that the control of a choice shows."""
        value = getattr(self, name)
        if value is None and isinstance(self.controls[name], ipw.Dropdown):
            return TOGETHER
        return list(value) if isinstance(value, tuple) else value

    def _connected(self, controls: Mapping[str, Any]) -> ipw.Widget:
        """Connect each control with its choice, and place them beside each other."""
        for name, control in controls.items():
            self.controls[name] = control
            control.observe(partial(self._from_control, name), "value")
            if isinstance(control, TypedField):
                control.on_refused(partial(self._refused, name))
                control.on_unchanged(partial(self._unchanged, name))
        return layout.control_row(*controls.values())

    def _from_control(self, name: str, change: Any) -> None:
        """Make the choice of a control. A control whose value is refused shows its choice again."""
        if self._showing:
            return
        if isinstance(self.controls[name], DayField) and change.new is None:
            self._day_cleared(name)
        else:
            together = isinstance(self.controls[name], ipw.Dropdown) and change.new == TOGETHER
            value = None if together else change.new
            self.guarded(lambda: self._choose({name: value}))
        self._show_choices()

    def _refused(self, name: str, text: str) -> None:
        """Say why a field does not take a text."""
        self._say_of(name, self.controls[name].refusal(text, self._in_control(name)))

    def _unchanged(self, name: str) -> None:
        """Remove the message about what was typed before; the field has a good text now."""
        if self._notice.value == self._notices_of_fields.pop(name, None):
            self.say("")

    def _day_cleared(self, name: str) -> None:
        """Keep the day that was cleared from its control, and say so."""
        kept = in_words(getattr(self, name))
        self._say_of(name, f"{self.controls[name].label} needs a day: {kept} is still shown.")

    def _say_of(self, name: str, text: str) -> None:
        """Show a message about the text of a field."""
        self.say(text)
        self._notices_of_fields[name] = self._notice.value

    def guarded(self, work: Callable[[], object]) -> bool:
        """Call `work`, and show a failure beside the controls instead of raising it.

        Returns:
            True if it succeeds.
        """
        self.say("")
        try:
            work()
        except KPAError as error:
            self.say(error.plain or str(error))
            return False
        except Exception as error:
            _log.exception("%s failed", self.title)
            self.say(f"This did not work: {type(error).__name__}: {error}")
            return False
        return True

    def say(self, text: str) -> None:
        """Show a message beside the controls. Empty text removes it."""
        self._notice.value = layout.notice(text)

    @contextmanager
    def _without_old_message(self) -> Iterator[None]:
        """Remove the message about what was shown before; if the change fails, it stays."""
        before = self._notice.value
        self.say("")
        try:
            yield
        except BaseException:
            self._notice.value = before
            raise

    @one_at_a_time
    def _follow_page(self, change: Any) -> None:
        """Redraw for the page's theme when the browser sends it."""
        self._page_is_dark = bool(change.new)
        if self._dark is None:
            self.guarded(lambda: self._rebuild(set()))

    if not TYPE_CHECKING:  # so that type checkers reject misspelt choices

        def __setattr__(self, name: str, value: object) -> None:
            known = name in self.__dict__ or hasattr(type(self), name) or name.startswith("_")
            if not known and self.__dict__.get("_ready"):
                raise self._no_choice(name)
            with CHANGING:
                super().__setattr__(name, value)

    def _no_choice(self, name: str) -> traits.ChoiceError:
        return traits.ChoiceError(
            f"{type(self).__name__} has no choice {name}; its choices are {', '.join(self.choices)}"
        )

    def _summary(self) -> str:
        """The heading and figures of the view, as HTML."""
        return str(self._mark.value)

    @property
    @one_at_a_time
    def saved_text(self) -> dict[str, str]:
        """The figures and choices, as HTML and as text: what a saved notebook keeps of the view."""
        return saved_text(self._summary(), choices_in_words(self))

    def _ipython_display_(self) -> None:
        display_with_saved_text(self)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return self.view._repr_mimebundle_(**kwargs)

    def __repr__(self) -> str:
        chosen = ", ".join(f"{name}={value!r}" for name, value in self.choices.items() if value)
        return f"<{type(self).__name__}: {chosen}>"


def as_one(data: Any) -> Any:
    """The records of a fleet as those of one account; anything else as it is."""
    return data.together() if isinstance(data, Fleet) else data
