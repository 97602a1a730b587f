"""The charts of a pack: drawn once, used by the page, the document and the folder `charts`."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from kpa_analytics import charts
from kpa_analytics.audit.chart_images import images
from kpa_analytics.audit.chart_pieces import excess
from kpa_analytics.audit.evidence_coverage import evidence_coverage
from kpa_analytics.audit.missing_glyphs import boxed
from kpa_analytics.charts.axes import slanted
from kpa_analytics.charts.expiry_by_group import GroupKind
from kpa_analytics.charts.fitting import lines, whole_texts
from kpa_analytics.charts.instructor_activity import LANE
from kpa_analytics.charts.instructor_training import NAME, STEP
from kpa_analytics.charts.render import drawn, svg
from kpa_analytics.charts.training_matrix import ROOM as MATRIX_ROOM
from kpa_analytics.charts.training_matrix import STEP as MATRIX_STEP
from kpa_analytics.report_text import CHART_OF_EVERYONE, CHART_OF_PART, NOT_DRAWN
from kpa_analytics.wording import one_line, say

if TYPE_CHECKING:
    from pathlib import Path

    from kpa_analytics.audit.evidence import Evidence


#: The groups of people that are drawn, unless nobody belongs to one.
_GROUPS: dict[GroupKind, str] = {"field_office": "fieldOffice_id", "job_title": "jobTitle_id"}
#: The charts that add up completions without those dated after the day of the report.
_UP_TO_THE_DAY = ("instructor_activity", "group_share")
#: The rows of charts that do not state them as a step of their height.
_ROWS = {"instructor_activity": LANE}
#: Pixels by which a chart may be higher: the page of the headline has more room for its chart, and
#: the axes of two low panels need it for their titles.
_MORE_ROOM = {"expiry_timeline": 150, "status_over_time": 20, "group_share": 10}
#: The plots of charts that would be too high to stay together, in pixels. A chart that is still too
#: high is drawn again, lower.
_PLOTS = {
    "expirations_by_week": 183,
    "status_over_time": 175,
    "renewal_punctuality": 173,
    "group_sessions": 183,
    "group_sizes": 228,
    "group_share": 136,
}
#: The fewest pixels for a plot.
_LOWEST = 60


class Drawing(NamedTuple):
    """A chart of a pack.

    Attributes:
        name: its file name without suffix.
        spec: its Vega-Lite specification.
        svg: the drawing.
        boxed: the drawing with boxes for the characters that no font on this machine has.
        png: the drawing as PNG, at twice its size.
    """

    name: str
    spec: dict[str, Any]
    svg: str
    boxed: str
    png: bytes

    @property
    def description(self) -> str:
        """The contents of the chart, for screen readers."""
        return str(self.spec["description"])

    @property
    def row(self) -> float:
        """The height of a row in pixels; 0 for a chart without rows."""
        height = self.spec.get("height")
        return float(height["step"]) if isinstance(height, dict) else _ROWS.get(self.name, 0)

    @property
    def title(self) -> str:
        """The title above the chart."""
        return str(self.spec["title"]["text"])


def draw(evidence: Evidence) -> dict[str, Drawing]:
    """Draw every chart of a pack, by name, in the order of the report.

    Each chart gets a file of its own, so each says if the pack covers only a part.
    """
    scope = evidence.data.scope
    choice, some_people = scope.description, scope.people is not None
    with whole_texts():
        specs = _specifications(evidence)
    for name, spec in specs.items():
        if evidence.later and name in _UP_TO_THE_DAY:
            spec = _with_line(spec, say(NOT_DRAWN, later=evidence.later, as_of=evidence.as_of))
        if choice:
            spec = _with_line(spec, say(CHART_OF_PART, choice=one_line(choice, 600)))
        if some_people and name in CHART_OF_EVERYONE:
            spec = _with_line(spec, CHART_OF_EVERYONE[name])
        specs[name] = _lower(spec, _plot(spec) - _PLOTS[name]) if name in _PLOTS else spec
    pictures = {name: svg(spec) for name, spec in specs.items()}
    for name, picture in pictures.items():
        over = excess(picture) - _MORE_ROOM.get(name, 0)
        if over > 0 and _has_free_height(specs[name], name):
            specs[name] = _lower(specs[name], over)
            pictures[name] = svg(specs[name])
    printed = boxed(pictures)
    pngs = images(printed)
    return {
        name: Drawing(name, specs[name], pictures[name], printed[name], pngs[name])
        for name in specs
    }


def _has_free_height(spec: dict[str, Any], name: str) -> bool:
    """Whether a chart can be drawn lower, because its height shows no number of rows."""
    return not (isinstance(spec.get("height"), dict) or name in _ROWS)


def _plot(spec: dict[str, Any]) -> float:
    """The height of the plot of a chart, or of all its panels."""
    return float(sum(panel["height"] for panel in spec.get("vconcat", [spec])))


def _lower(spec: dict[str, Any], over: float) -> dict[str, Any]:
    """Take so many pixels off the plot of a chart, or off its panels in proportion."""
    if over <= 0:
        return spec
    panels = spec.get("vconcat", [spec])
    part = 1 - over / _plot(spec)
    lower = [{**panel, "height": max(panel["height"] * part, _LOWEST)} for panel in panels]
    return {**spec, "vconcat": lower} if "vconcat" in spec else lower[0]


def write_drawings(drawings: dict[str, Drawing], folder: Path) -> None:
    """Write each chart as SVG and as PNG."""
    folder.mkdir()
    for drawing in drawings.values():
        (folder / f"{drawing.name}.svg").write_bytes(drawing.svg.encode())
        (folder / f"{drawing.name}.png").write_bytes(drawing.png)


def _specifications(evidence: Evidence) -> dict[str, dict[str, Any]]:
    status, day, data = evidence.status, evidence.as_of, evidence.data
    known: dict[str, Any] = {"as_of": day, "requirements_known": evidence.required != "unknown"}
    specs = {
        "status_summary": drawn(charts.status_summary, status, **known),
        "expiry_timeline": drawn(charts.expiry_timeline, status, as_of=day),
        "expirations_by_week": drawn(charts.expirations_by_week, status, as_of=day),
        "expiry_by_training": drawn(charts.expiry_by_training, status, **known),
        "evidence_coverage": drawn(evidence_coverage, evidence.cases),
    }
    for kind, members in _GROUPS.items():
        if data.users[members].null_count() < data.users.height:
            specs[f"expiry_by_{kind}"] = drawn(
                charts.expiry_by_group, status, data.users, by=kind, groups=data.groups, **known
            )
    return specs | {
        # As much as fits on a page; the workbook has everyone.
        "training_matrix": drawn(
            charts.training_matrix,
            status,
            people=30,
            trainings=_columns(status["training"], MATRIX_ROOM, MATRIX_STEP, most=20),
            **known,
        ),
        **_past(evidence),
        "instructor_activity": drawn(charts.instructor_activity, evidence.activity, as_of=day),
        "instructor_training": drawn(
            charts.instructor_training,
            *_taught(evidence),
            as_of=day,
            instructors=_columns(evidence.activity["instructor"], NAME, STEP, most=14),
        ),
        "group_sessions": drawn(charts.group_sessions, evidence.sessions, as_of=day),
        "group_sizes": drawn(charts.group_sizes, evidence.sessions),
        "group_share": drawn(charts.group_share, evidence.share, as_of=day),
    }


def _past(evidence: Evidence) -> dict[str, dict[str, Any]]:
    """The charts of the last twelve months, if there is something to draw."""
    past, demo = evidence.past, evidence.data.demo
    specs = {}
    if past.is_trend:
        specs["status_over_time"] = drawn(charts.status_over_time, past.trend, demo=demo)
    if past.is_share_known:
        specs["renewal_punctuality"] = drawn(
            charts.renewal_punctuality, past.punctuality, as_of=evidence.as_of, demo=demo
        )
    return specs


def _columns(labels: pl.Series, room: float, step: int, *, most: int) -> int:
    """How many columns fit beside each other: at most `most`, fewer if labels are wrapped."""
    wrapped = [len(lines(one_line(text), room)) for text in labels.drop_nulls().unique()]
    wide = slanted(max(wrapped, default=1), step)
    # The last wrapped label sticks out as far as a column.
    return max(most * step // wide - (wide > step), 1)


def _taught(evidence: Evidence) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The completions that `evidence.coverage` counts, the trainings and the people."""
    data, ids = evidence.data.whole, evidence.coverage["training_id"].implode()
    completions = data.completions.filter(pl.col("training_id").is_in(ids))
    return completions, data.trainings, data.users


def _with_line(spec: dict[str, Any], line: str) -> dict[str, Any]:
    """Add a line below the title of a chart, and to its description."""
    title = spec["title"]
    subtitle = [*title["subtitle"], *wrap(line, 90)]
    description = f"{spec['description']} {line}."
    return {**spec, "title": {**title, "subtitle": subtitle}, "description": description}
