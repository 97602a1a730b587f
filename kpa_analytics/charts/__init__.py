"""Floor 4: a small result table in, an altair chart out.

Each chart has its public table function beside it: what is drawn can be read, and tested, without
drawing. Every chart carries its look, its description and, for demo data, the demo mark.
"""

from kpa_analytics.charts.theme import palette, status_colours
from kpa_analytics.charts.timeline import expiry_timeline, expiry_timeline_table

__all__ = [
    "expiry_timeline",
    "expiry_timeline_table",
    "palette",
    "status_colours",
]
