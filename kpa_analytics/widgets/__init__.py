"""Floor 5: ipywidgets around the analyses and their charts.

Each explorer is a set of choices that Python and the controls can both make; what follows from
them is worked out by a plain class beside it (`expiry_answer`, `teaching`, `gatherings`) and shown
by a thin view.
"""

from kpa_analytics.widgets.dashboard import Dashboard
from kpa_analytics.widgets.expiry import ExpiryExplorer
from kpa_analytics.widgets.groups import GroupTrainingExplorer
from kpa_analytics.widgets.instructors import InstructorExplorer

__all__ = ["Dashboard", "ExpiryExplorer", "GroupTrainingExplorer", "InstructorExplorer"]
