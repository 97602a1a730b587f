"""The charts of a pack: drawn once, used by the page, the document and the folder `charts`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import vl_convert

from kpa_analytics import charts
from kpa_analytics.charts.people_groups import GroupKind
from kpa_analytics.charts.picture import packed, specification, svg

if TYPE_CHECKING:
    from pathlib import Path

    from kpa_analytics.audit.evidence import Evidence


#: The groups of people that are drawn, where anyone is in one.
_GROUPS: dict[GroupKind, str] = {"field_office": "fieldOffice_id", "job_title": "jobTitle_id"}


class Drawing(NamedTuple):
    """A chart: file name without suffix, specification, words, as SVG and as PNG at 2x."""

    name: str
    spec: dict[str, Any]
    description: str
    svg: str
    png: bytes


def draw(evidence: Evidence) -> dict[str, Drawing]:
    """Draw every chart of a pack, by name, in the order of the report."""
    return {name: _drawing(name, chart) for name, chart in _charts(evidence).items()}


def write_drawings(drawings: dict[str, Drawing], folder: Path) -> None:
    """Write each chart as SVG and as PNG."""
    folder.mkdir()
    for drawing in drawings.values():
        (folder / f"{drawing.name}.svg").write_bytes(drawing.svg.encode())
        (folder / f"{drawing.name}.png").write_bytes(drawing.png)


def _charts(evidence: Evidence) -> dict[str, Any]:
    status, day, data = evidence.status, evidence.as_of, evidence.data
    drawn: dict[str, Any] = {
        "status_summary": charts.status_summary(status, as_of=day),
        "expiry_timeline": charts.expiry_timeline(status, as_of=day),
        "expiry_by_training": charts.expiry_by_training(status, as_of=day),
    }
    for kind, members in _GROUPS.items():
        if data.users[members].null_count() < data.users.height:
            drawn[f"expiry_by_{kind}"] = charts.expiry_by_group(
                status, data.users, by=kind, groups=data.groups, as_of=day
            )
    return drawn | {
        "training_matrix": charts.training_matrix(status, as_of=day),
        "instructor_activity": charts.instructor_activity(evidence.activity),
        "instructor_coverage": charts.instructor_coverage(evidence.coverage),
        "group_sessions": charts.group_sessions(evidence.sessions),
        "group_sizes": charts.group_sizes(evidence.sessions),
        "group_share": charts.group_share(evidence.share),
    }


def _drawing(name: str, chart: Any) -> Drawing:
    spec = specification(chart)
    drawn = svg(spec)
    image = packed(vl_convert.svg_to_png(drawn, scale=2))
    return Drawing(name, spec, str(spec.get("description", name)), drawn, image)
