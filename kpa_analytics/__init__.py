"""Training-record analytics for KPA EHS (KPA Flex / NOVARA Flex).

Who was trained, by whom, and is it still valid? `load_completions()` and the other loaders download
and keep the records, `expiry_status()` says what is valid, `charts` and `widgets` show it, and
`export_audit()` writes the evidence. Everything is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module

from kpa_analytics import errors
from kpa_analytics.jupyter_tables import show_names_first
from kpa_analytics.startup import defer_address_grammar

#: In place of that of typing: to import typing takes longer than all else here, so that Ctrl-C
#: would usually interrupt that import.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from kpa_analytics import charts, demo, schema, spark, widgets
    from kpa_analytics.analysis.data_quality import data_quality
    from kpa_analytics.analysis.eligible_instructors import eligible_instructors
    from kpa_analytics.analysis.expiry_status import expiry_status
    from kpa_analytics.analysis.explanations.explain import Explainer, explain
    from kpa_analytics.analysis.explanations.explanation import Explanation
    from kpa_analytics.analysis.fleet import Fleet
    from kpa_analytics.analysis.group_sessions import group_sessions, group_share
    from kpa_analytics.analysis.instructors import instructor_activity, instructor_coverage
    from kpa_analytics.analysis.load_fleet import load_fleet
    from kpa_analytics.analysis.planning.plan_sessions import plan_sessions
    from kpa_analytics.analysis.planning.session_plan import SessionPlan
    from kpa_analytics.analysis.planning.what_if import what_if
    from kpa_analytics.analysis.reconcile import reconcile
    from kpa_analytics.analysis.renewal_curve import renewal_curve
    from kpa_analytics.analysis.renewal_punctuality import renewal_punctuality
    from kpa_analytics.analysis.renewals import renewals
    from kpa_analytics.analysis.required_for import required_for
    from kpa_analytics.analysis.required_trainings import required_trainings
    from kpa_analytics.analysis.status_over_time import status_over_time
    from kpa_analytics.analysis.supervisor_lists import supervisor_lists
    from kpa_analytics.analysis.training_matrix import training_matrix
    from kpa_analytics.api.client import Client
    from kpa_analytics.audit.compare import changes, status_changes
    from kpa_analytics.audit.document import Document
    from kpa_analytics.audit.export import export_audit
    from kpa_analytics.audit.export_plan import export_plan
    from kpa_analytics.audit.roster import roster
    from kpa_analytics.audit.supervisors.supervisor_packs import export_supervisor_packs
    from kpa_analytics.audit.transcript import transcript
    from kpa_analytics.audit.verify import verify_audit
    from kpa_analytics.cache_folder import clear_cache
    from kpa_analytics.config import Settings, configure, settings
    from kpa_analytics.data.loaders import (
        load_all,
        load_completions,
        load_employee_status,
        load_group_trainings,
        load_groups,
        load_trainings,
        load_users,
    )
    from kpa_analytics.data.snapshots import snapshots
    from kpa_analytics.data.training_data import TrainingData
    from kpa_analytics.publishing.publish import publish

    __version__: str

#: The module of each public name.
_HOMES = {
    "Client": "api.client",
    "Document": "audit.document",
    "Explainer": "analysis.explanations.explain",
    "Explanation": "analysis.explanations.explanation",
    "Fleet": "analysis.fleet",
    "SessionPlan": "analysis.planning.session_plan",
    "Settings": "config",
    "TrainingData": "data.training_data",
    "changes": "audit.compare",
    "clear_cache": "cache_folder",
    "configure": "config",
    "data_quality": "analysis.data_quality",
    "eligible_instructors": "analysis.eligible_instructors",
    "explain": "analysis.explanations.explain",
    "expiry_status": "analysis.expiry_status",
    "export_audit": "audit.export",
    "export_plan": "audit.export_plan",
    "export_supervisor_packs": "audit.supervisors.supervisor_packs",
    "group_sessions": "analysis.group_sessions",
    "group_share": "analysis.group_sessions",
    "instructor_activity": "analysis.instructors",
    "instructor_coverage": "analysis.instructors",
    "load_all": "data.loaders",
    "load_completions": "data.loaders",
    "load_employee_status": "data.loaders",
    "load_fleet": "analysis.load_fleet",
    "load_group_trainings": "data.loaders",
    "load_groups": "data.loaders",
    "load_trainings": "data.loaders",
    "load_users": "data.loaders",
    "plan_sessions": "analysis.planning.plan_sessions",
    "publish": "publishing.publish",
    "reconcile": "analysis.reconcile",
    "renewal_curve": "analysis.renewal_curve",
    "renewal_punctuality": "analysis.renewal_punctuality",
    "renewals": "analysis.renewals",
    "required_for": "analysis.required_for",
    "required_trainings": "analysis.required_trainings",
    "roster": "audit.roster",
    "settings": "config",
    "snapshots": "data.snapshots",
    "status_changes": "audit.compare",
    "status_over_time": "analysis.status_over_time",
    "supervisor_lists": "analysis.supervisor_lists",
    "training_matrix": "analysis.training_matrix",
    "transcript": "audit.transcript",
    "verify_audit": "audit.verify",
    "what_if": "analysis.planning.what_if",
}
_MODULES = ("charts", "demo", "schema", "spark", "widgets")

__all__ = [
    "Client",
    "Document",
    "Explainer",
    "Explanation",
    "Fleet",
    "SessionPlan",
    "Settings",
    "TrainingData",
    "__version__",
    "changes",
    "charts",
    "clear_cache",
    "configure",
    "data_quality",
    "demo",
    "eligible_instructors",
    "errors",
    "expiry_status",
    "explain",
    "export_audit",
    "export_plan",
    "export_supervisor_packs",
    "group_sessions",
    "group_share",
    "instructor_activity",
    "instructor_coverage",
    "load_all",
    "load_completions",
    "load_employee_status",
    "load_fleet",
    "load_group_trainings",
    "load_groups",
    "load_trainings",
    "load_users",
    "plan_sessions",
    "publish",
    "reconcile",
    "renewal_curve",
    "renewal_punctuality",
    "renewals",
    "required_for",
    "required_trainings",
    "roster",
    "schema",
    "settings",
    "snapshots",
    "spark",
    "status_changes",
    "status_over_time",
    "supervisor_lists",
    "training_matrix",
    "transcript",
    "verify_audit",
    "what_if",
    "widgets",
]


if not TYPE_CHECKING:  # a type checker must not take a misspelt name for one that is loaded late

    def __getattr__(name: str) -> Any:
        if name == "__version__":
            from importlib.metadata import version

            return version("kpa-analytics")
        if name in _MODULES:
            return import_module(f"{__name__}.{name}")
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__


show_names_first()
defer_address_grammar()
