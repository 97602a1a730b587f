"""The explorers' style sheet: style.css, and the colours of the statuses."""

from __future__ import annotations

from pathlib import Path

from kpa_analytics.statuses import SEVERITY, status_colours

HERE = Path(__file__).parent


def _colours(dark: bool) -> str:
    colours = status_colours(dark)
    named = {**colours, "worst": colours[SEVERITY[0]]}
    return " ".join(f"--kpa-{name}: {colour};" for name, colour in named.items())


def _style_sheet() -> str:
    tiles = [
        f".kpa-figures .kpa-{name} {{ border-color: var(--kpa-{name}); }}"
        for name in (*SEVERITY, "worst")
    ]
    return "\n".join(
        (
            f":root {{ {_colours(dark=False)} }}",
            f'@media screen {{ [data-jp-theme-light="false"] {{ {_colours(dark=True)} }} }}',
            (HERE / "style.css").read_text(encoding="utf-8"),
            *tiles,
        )
    )


STYLE = _style_sheet()
