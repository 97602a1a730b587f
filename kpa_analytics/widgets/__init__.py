"""Floor 5: ipywidgets around the analyses and their charts."""

from kpa_analytics.widgets.expiry import ExpiryExplorer

__all__ = ["ExpiryExplorer"]
