"""Widgets on a page without a kernel: their scripts and state, which a test reads and sets."""

from __future__ import annotations

import base64
from typing import Any

from playwright.sync_api import Page

from kpa_analytics.charts.render import library
from kpa_analytics.widgets.style import STYLE

#: JupyterLab's colours, as far as our style sheet uses them.
_COLOURS = {
    "light": ("#e0e0e0", "#fff", "#eee", "rgba(0,0,0,1)", "rgba(0,0,0,.54)", "#1976d2"),
    "dark": ("#424242", "#212121", "#424242", "#fff", "rgba(255,255,255,.7)", "#2196f3"),
}
_NAMES = (
    *("border-color2", "layout-color1", "layout-color2"),
    *("ui-font-color0", "ui-font-color2", "brand-color1"),
)
_SCRIPT = """
window.kpaWidgets = [];
window.kpaPut = async ([source, state]) => {
    const heard = {};
    const model = {
        state,
        get: (name) => structuredClone(state[name]),
        set(name, value) {
            state[name] = value;
            for (const call of heard[name] ?? []) call();
        },
        on(names, call) {
            for (const name of names.split(" "))
                (heard[name.replace("change:", "")] ??= []).push(call);
        },
        send(message) { state.said = message; },
        off() {}, save_changes() {},
    };
    const { default: { render } } = await import(source);
    const el = document.createElement("div");
    document.querySelector("main").append(el);
    render({ model, el });
    kpaWidgets.push(model);
};
"""


def put(page: Page, *widgets: Any, theme: str = "light") -> None:
    """Show only these widgets, as JupyterLab would in this theme."""
    colours = "".join(
        f"--jp-{name}:{colour};" for name, colour in zip(_NAMES, _COLOURS[theme], strict=True)
    )
    is_light = str(theme == "light").lower()
    page.set_content(
        f'<!doctype html><html lang="en"><title>Widgets</title><style>:root{{{colours}}}'
        f"body{{margin:0;background:var(--jp-layout-color1)}}{STYLE}</style>"
        f'<body data-jp-theme-light="{is_light}"><main class="kpa-explorer"><h1>Widgets</h1></main>'
    )
    page.add_script_tag(content=_SCRIPT)
    if any("charts" in widget.traits(sync=True) for widget in widgets):
        page.add_script_tag(content=library())
    for widget in widgets:
        source = base64.b64encode(str(widget._esm).encode()).decode()
        state = widget.get_state(
            name
            for name in widget.traits(sync=True)
            if not name.startswith("_") and name not in ("layout", "comm", "tabbable", "tooltip")
        )
        page.evaluate("kpaPut", [f"data:text/javascript;base64,{source}", state])


def state(page: Page, number: int, name: str) -> Any:
    """The messages that a widget of the page would send to Python."""
    return page.evaluate("([number, name]) => kpaWidgets[number].state[name]", [number, name])
