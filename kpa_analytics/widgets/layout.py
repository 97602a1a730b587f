"""The parts of every explorer's view: heading, labelled controls, notices."""

from __future__ import annotations

from datetime import date, timedelta
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as ipw

from kpa_analytics.demo_mark import DEMO_AS_OF
from kpa_analytics.report_text import DEMO_MARK
from kpa_analytics.schema import COMPLETIONS
from kpa_analytics.widgets.connection import Connection
from kpa_analytics.widgets.day_field import DayField
from kpa_analytics.widgets.multi_select import MultiSelect
from kpa_analytics.widgets.search_field import SearchField
from kpa_analytics.wording import count, moment
from kpa_analytics.wording import day as in_words

if TYPE_CHECKING:
    from kpa_analytics.data.training_data import TrainingData


def heading(title: str, data: TrainingData) -> str:
    """The title, the time of the data and, for demo data, the demo mark, as HTML."""
    mark = f'<span class="kpa-demo">{escape(DEMO_MARK)}</span>' if data.demo else ""
    return (
        f'<div class="kpa-heading"><h2>{escape(title)}</h2>'
        f'<span class="kpa-time">{escape(time_of(data))}</span>{mark}</div>'
    )


def time_of(data: TrainingData) -> str:
    """Say when and from where the records were fetched, and how many if the number differs."""
    snapshot = data.snapshots.get("completions")
    records = count(data.completions.height, "completion")
    if data.scope.description:
        records += f", only of {data.scope.description}"
    if snapshot is None:
        return records
    same = snapshot.rows == data.completions.height
    fetched = ", fetched" if same else f"; {count(snapshot.rows, 'was', 'were')} fetched"
    source = f"{records}{fetched} {moment(snapshot.fetched_at)} from {snapshot.host}"
    if snapshot.full_walk_at:
        source += f", last full download {moment(snapshot.full_walk_at)}"
    return source


def notice(text: str) -> str:
    """A message for the reader, as HTML."""
    return f'<div role="alert" class="kpa-alert">{escape(text)}</div>' if text else ""


def notes(texts: list[str]) -> str:
    """A list of notes, as HTML."""
    lines = "".join(f"<li>{escape(text)}</li>" for text in dict.fromkeys(texts))
    return f'<div role="status"><ul class="kpa-notes">{lines}</ul></div>' if lines else ""


def before_records(begun: date | None, as_of: date) -> str:
    """A line that says that a day is before the first completion, as HTML; "" if it is not.

    Args:
        begun: the day of the first completion; None if no completion has a date.
        as_of: the day.
    """
    if begun is None or begun <= as_of:
        return ""
    text = f"The first completion is dated {in_words(begun)}: nothing is known of earlier days."
    return f'<p class="kpa-time">{text}</p>'


def after_records(data: TrainingData, as_of: date) -> str:
    """A line that says that a day is after the download of the completions, as HTML; "" if not.

    The day of the download is that of this machine, as today is. The completions of the demo go up
    to its day, whenever they were downloaded. Of several accounts, the earliest download counts.
    """
    days = [
        snapshot.fetched_at.astimezone().date()
        for snapshot in data.snapshots.values()
        if snapshot.table == COMPLETIONS.name
    ]
    known = min(days, default=as_of)
    said = f"The records were downloaded on {in_words(known)}"
    if data.demo:
        known = DEMO_AS_OF
        said = f"The records of the demo end on {in_words(known - timedelta(days=1))}"
    if as_of <= known:
        return ""
    return f'<p class="kpa-time">{said}: later completions are not known.</p>'


def figure_tiles(tiles: list[tuple[str, str, str, str]]) -> str:
    """A row of numbers, as HTML. Each tile has a number, a label, a detail and a CSS class."""
    items = "".join(
        f'<li class="{escape(css)}"><span class="kpa-words">{escape(label)}</span>'
        f'<strong>{escape(figure)}</strong><span class="kpa-detail">{escape(detail)}</span></li>'
        for figure, label, detail, css in tiles
    )
    return f'<ul class="kpa-figures">{items}</ul>'


def labelled(control: Any, label: str, hint: str) -> Any:
    """A control with its label above it and a tooltip."""
    control.description = label
    control.description_allow_html = False
    control.tooltip = hint
    control.add_class("kpa-control")
    return control


def shared_controls() -> dict[str, Any]:
    """New controls for the choices that every explorer has, by choice."""
    return {
        "as_of": DayField("As of", "The day of the statuses"),
        "trainings": MultiSelect("Trainings", "All trainings", "Only these trainings"),
        "search": SearchField(
            "People", "Name or number", "Words in a name, employee number or id, accents or not"
        ),
        "field_offices": MultiSelect(
            "Field offices", "All field offices", "Only people in these field offices"
        ),
    }


def control_row(*controls: ipw.Widget) -> ipw.Box:
    """Controls beside each other, which wrap on a narrow page."""
    box = ipw.Box(list(controls))
    box.add_class("kpa-bar")
    return box


def beside(*widgets: ipw.Widget) -> ipw.Box:
    """Widgets beside each other on a wide page, and below each other otherwise."""
    box = ipw.Box(list(widgets))
    box.add_class("kpa-beside")
    return box


def explorer_box(*widgets: ipw.Widget, css: str) -> ipw.VBox:
    """Widgets below each other, as one view, under a line that says when the kernel is gone."""
    box = ipw.VBox([Connection(), *widgets])
    box.add_class("kpa-explorer")
    box.add_class(css)
    return box
