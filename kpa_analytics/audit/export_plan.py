"""`export_plan()`: a plan of sessions as a workbook, a calendar and a chart."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from kpa_analytics.analysis.planning.session_plan import SessionPlan
from kpa_analytics.audit.atomic_folder import new_folder
from kpa_analytics.audit.needed_packages import need_extra
from kpa_analytics.errors import KPADataError
from kpa_analytics.paths import content_of, typed_path

if TYPE_CHECKING:
    from kpa_analytics.audit.calendar_events import Events

#: The files of a plan.
WORKBOOK, CALENDAR, CHART = "plan.xlsx", "plan.ics", "plan.svg"


def export_plan(
    plan: SessionPlan,
    out: str | os.PathLike[str],
    *,
    previous: str | os.PathLike[str] | None = None,
) -> Path:
    """Write a plan of sessions into a new folder, which appears complete or not at all.

    Args:
        plan: the result of `plan_sessions()`.
        out: the folder to create; it must be new or empty.
        previous: the folder of the earlier plan, if you imported its calendar. Events of it that
            have changed are replaced, even if both plans are of the same day, and those that are no
            longer planned are cancelled.

    Returns:
        The folder, with `plan.xlsx` (sheets sessions, people, unplaced and about; no text acts as a
        formula), `plan.ics` (an event for a whole day on the Monday of each session, without an
        alarm; if a plan of a later day has the same training in the same week, a calendar program
        updates the event) and `plan.svg` (the chart). The same arguments give the same files.

    Raises:
        KPADataError: `plan` is not a plan, the folder is not empty or can't be written, or
            `previous` has no calendar of a plan of this account.
        KPAError: the packages that write these files are not installed.

    Examples:
        >>> import tempfile
        >>> from kpa_analytics import TrainingData, plan_sessions, schema
        >>> data = TrainingData(completions=schema.COMPLETIONS.empty())
        >>> folder = Path(tempfile.mkdtemp()) / "plan"
        >>> sorted(file.name for file in export_plan(plan_sessions(data), folder).iterdir())
        ['plan.ics', 'plan.svg', 'plan.xlsx']
    """
    if not isinstance(plan, SessionPlan):
        raise KPADataError(f"plan must be the result of plan_sessions(), not {type(plan).__name__}")
    need_extra("plans")
    from kpa_analytics.audit.plan_calendar import plan_calendar
    from kpa_analytics.audit.plan_workbook import plan_workbook
    from kpa_analytics.charts import save, session_plan

    earlier = (
        None
        if previous is None
        else _earlier(earlier_calendar(typed_path(previous).absolute()), plan)
    )
    with new_folder(out) as folder:
        (folder / WORKBOOK).write_bytes(plan_workbook(plan))
        (folder / CALENDAR).write_bytes(plan_calendar(plan, earlier))
        save(session_plan(plan), folder / CHART)
    return typed_path(out).absolute()


def earlier_calendar(previous: Path) -> Path:
    """The calendar in the folder of an earlier plan.

    Raises:
        KPADataError: there is none.
    """
    calendar = previous / CALENDAR
    if not calendar.is_file():
        raise KPADataError(f"previous: {previous} has no plan: it has no {CALENDAR}")
    return calendar


def _earlier(calendar: Path, plan: SessionPlan) -> Events:
    from kpa_analytics.audit.calendar_events import events_of, owner_of

    return events_of(content_of(calendar), calendar, owner_of(plan.account, demo=plan.demo))
