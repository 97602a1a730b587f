"""Floor 5: ipywidgets around the analyses and their charts."""
