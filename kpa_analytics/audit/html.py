"""report.html: one page with everything in it, interactive with no network.

Only the page's own scripts can run: a content security policy names them by their hashes, so
that a text stays a text even if escaping should fail.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from kpa_analytics.audit.colours import colours
from kpa_analytics.charts.render import inert_json, library
from kpa_analytics.report_text import CHART, CONTENTS, SKIP
from kpa_analytics.wording import one_line, say

if TYPE_CHECKING:
    from kpa_analytics.audit.report_charts import Drawing

TEMPLATES = Path(__file__).parent / "templates"


def write_page(story: dict[str, Any], drawings: dict[str, Drawing], path: Path) -> None:
    """Write the report, as `report.report()` makes it, as a page."""
    used = {name: drawings[name] for section in story["sections"] for name in section["charts"]}
    texts = (library(), *(_text(name) for name in ("page.js", "tables.js")))
    scripts = [Markup(script) for script in texts]  # noqa: S704 - all are our own
    page = template("page.html.j2").render(
        **story,
        style=page_style(),
        scripts=scripts,
        policy=policy(scripts),
        specs=Markup(inert_json({name: drawing.spec for name, drawing in used.items()})),  # noqa: S704
        pictures={name: _picture(drawing) for name, drawing in used.items()},
        descriptions={name: drawing.description for name, drawing in used.items()},
        chart_names={name: say(CHART, name=drawing.title) for name, drawing in used.items()},
        dark_colours=colours(dark=True),
        skip=SKIP,
        contents=CONTENTS,
    )
    path.write_bytes(page.encode())


def fragment(story: dict[str, Any]) -> str:
    """Write a transcript or roster as a fragment of HTML, for Jupyter."""
    return template("document.html.j2").render(**story)


@cache
def template(name: str) -> Template:
    """A template of this package, which escapes every value and must be given every value."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["css_text"] = css_text
    return environment.get_template(name)


def css_text(text: str) -> Markup:
    r"""A text in CSS: every character except ASCII letters and digits is escaped.

    Examples:
        >>> css_text("Moe </style>")
        Markup('"Moe\\20 \\3c \\2f style\\3e "')
    """
    escaped = (c if c.isascii() and c.isalnum() else f"\\{ord(c):x} " for c in one_line(text))
    return Markup('"{}"').format(Markup("".join(escaped)))  # noqa: S704 - nothing else is left


def page_style() -> Markup:
    """The style of our pages."""
    return Markup(_text("page.css"))  # noqa: S704 - our own


def policy(scripts: list[Markup]) -> str:
    """The content security policy of a page: only these scripts run, and nothing is loaded."""
    hashes = [
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts
    ]
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
    directives = [
        "default-src 'none'",
        f"script-src {allowed}",
        "style-src 'unsafe-inline'",
        "img-src data: blob:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "; ".join(directives)


def _picture(drawing: Drawing) -> str:
    """The chart for print and for browsers without scripts; as PNG if the SVG is much larger."""
    image, kind = drawing.svg.encode(), "svg+xml"
    if len(image) > 2 * len(drawing.png):
        image, kind = drawing.png, "png"
    return f"data:image/{kind};base64,{base64.b64encode(image).decode()}"


def _text(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")
