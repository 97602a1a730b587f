"""The cells of a notebook that shows explorers of demo records."""

from __future__ import annotations

RECORDS = """\
import warnings

import kpa_analytics as kpa

warnings.simplefilter("ignore")
kpa.demo.start(kpa.demo.organisation(people=150, completions=4000))
kpa.configure(progress=False)
data = kpa.load_all()"""
EXPIRY = "explorer = kpa.widgets.ExpiryExplorer(data)\nexplorer"
DASHBOARD = "dashboard = kpa.widgets.Dashboard(data)\ndashboard"
