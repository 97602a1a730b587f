"""Layer 4: a small result table in, an altair chart out.

Each chart has a file of the same name, which also holds its table function: call that to read or
test what the chart shows without drawing it. (`charts.expiry_timeline` is the function, not the
file.) Every chart has our look, a description and, for demo data, the demo mark.

Charts are altair charts: join them with `|` and `&`. (If you use `alt.hconcat` or `alt.vconcat`,
add `.resolve_scale(color="independent")`; otherwise the charts share one list of colours.)

Name a channel by its class (`alt.X2("end:T")`, not `"end:T"`): otherwise altair compares hundreds
of classes to find it.
"""

from kpa_analytics.charts.expirations_by_week import (
    expirations_by_week,
    expirations_by_week_table,
)
from kpa_analytics.charts.expiry_by_group import expiry_by_group, expiry_by_group_table
from kpa_analytics.charts.expiry_by_training import expiry_by_training, expiry_by_training_table
from kpa_analytics.charts.expiry_timeline import expiry_timeline, expiry_timeline_table
from kpa_analytics.charts.group_sessions import group_sessions, group_sessions_table
from kpa_analytics.charts.group_share import group_share, group_share_table
from kpa_analytics.charts.group_sizes import group_sizes, group_sizes_table
from kpa_analytics.charts.instructor_activity import instructor_activity, instructor_activity_table
from kpa_analytics.charts.instructor_coverage import instructor_coverage, instructor_coverage_table
from kpa_analytics.charts.instructor_training import instructor_training, instructor_training_table
from kpa_analytics.charts.offline import enable_offline
from kpa_analytics.charts.person_timeline import person_timeline, person_timeline_table
from kpa_analytics.charts.renewal_punctuality import (
    renewal_punctuality,
    renewal_punctuality_table,
)
from kpa_analytics.charts.save import save
from kpa_analytics.charts.session_fill import session_fill, session_fill_table
from kpa_analytics.charts.session_plan import session_plan, session_plan_table
from kpa_analytics.charts.status_over_time import status_over_time, status_over_time_table
from kpa_analytics.charts.status_summary import status_summary, status_summary_table
from kpa_analytics.charts.theme import palette
from kpa_analytics.charts.training_matrix import training_matrix, training_matrix_table
from kpa_analytics.statuses import STATUS_LABELS, STATUS_SIGNS, status_colours

__all__ = [
    "STATUS_LABELS",
    "STATUS_SIGNS",
    "enable_offline",
    "expirations_by_week",
    "expirations_by_week_table",
    "expiry_by_group",
    "expiry_by_group_table",
    "expiry_by_training",
    "expiry_by_training_table",
    "expiry_timeline",
    "expiry_timeline_table",
    "group_sessions",
    "group_sessions_table",
    "group_share",
    "group_share_table",
    "group_sizes",
    "group_sizes_table",
    "instructor_activity",
    "instructor_activity_table",
    "instructor_coverage",
    "instructor_coverage_table",
    "instructor_training",
    "instructor_training_table",
    "palette",
    "person_timeline",
    "person_timeline_table",
    "renewal_punctuality",
    "renewal_punctuality_table",
    "save",
    "session_fill",
    "session_fill_table",
    "session_plan",
    "session_plan_table",
    "status_colours",
    "status_over_time",
    "status_over_time_table",
    "status_summary",
    "status_summary_table",
    "training_matrix",
    "training_matrix_table",
]


def __dir__() -> list[str]:
    """The charts only; `__all__` also has their tables, `save` and the colours."""
    return [name for name in __all__ if f"{name}_table" in __all__]
