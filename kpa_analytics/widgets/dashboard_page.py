"""The content of the dashboard's page: the dashboard, or why there is none."""

from __future__ import annotations

from datetime import date
from typing import Any

import anywidget
import ipywidgets as ipw
import traitlets

from kpa_analytics.data.loaders import load_all
from kpa_analytics.errors import KPAError
from kpa_analytics.widgets import layout
from kpa_analytics.widgets.address import Address
from kpa_analytics.widgets.dashboard import Dashboard
from kpa_analytics.wording import day


class PageTitle(anywidget.AnyWidget):
    """The title of the browser's tab."""

    _esm = """
    function render({ model, el }) {
      const show = () => { document.title = model.get("text"); };
      el.hidden = true;
      model.on("change:text", show);
      show();
    }
    export default { render };
    """
    text: Any = traitlets.Unicode("Training status - kpa_analytics").tag(sync=True)


def dashboard_page() -> ipw.Widget:
    """The dashboard of the account, or a message that says why its records could not be loaded."""
    try:
        dashboard = Dashboard(load_all())
    except (KPAError, OSError) as error:
        reason = getattr(error, "plain", "") or error
        failure = layout.notice(f"The records could not be loaded: {reason}")
        return layout.explorer_box(PageTitle(), ipw.HTML(failure), css="kpa-failure")
    title = PageTitle(text=tab_title(dashboard.as_of, demo=dashboard.data.demo))
    dashboard.observe(
        lambda change: title.set_trait("text", tab_title(change.new, demo=dashboard.data.demo)),
        "as_of",
    )
    return ipw.VBox([dashboard.view, Address(dashboard), title])


def tab_title(as_of: date, *, demo: bool) -> str:
    """The title of the browser's tab: what the page shows, and for which day.

    Examples:
        >>> tab_title(date(2026, 6, 30), demo=True)
        'Training status on 30 Jun 2026 (demo) - kpa_analytics'
    """
    return f"Training status on {day(as_of)}{' (demo)' if demo else ''} - kpa_analytics"
