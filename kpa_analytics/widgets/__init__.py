"""Layer 6: ipywidgets around the analyses and their charts.

Each explorer has choices, which are traits that Python and the controls can both change. Classes in
`analysis` (`expiry_view`, `instructor_view`, `session_view`, `trend_view`, `planner_view`) compute
the rows that match the choices, and the explorer shows them.
"""

from kpa_analytics.widgets.dashboard import Dashboard
from kpa_analytics.widgets.expiry import ExpiryExplorer
from kpa_analytics.widgets.groups import GroupTrainingExplorer
from kpa_analytics.widgets.instructors import InstructorExplorer
from kpa_analytics.widgets.planner import PlannerExplorer
from kpa_analytics.widgets.trend import TrendExplorer

__all__ = [
    "Dashboard",
    "ExpiryExplorer",
    "GroupTrainingExplorer",
    "InstructorExplorer",
    "PlannerExplorer",
    "TrendExplorer",
]
