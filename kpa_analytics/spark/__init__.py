"""The same functions over Spark data frames, for more records than one machine holds.

Each function takes and returns a Spark data frame with the columns of the function of the same name
in `kpa_analytics`. If the records of several accounts are in one frame, the column `account` names
the account of each row, and ids of different accounts are never joined.

It needs PySpark 4 (`python -m pip install -e ".[spark]"`) and Java 17 or later. This
package must also be installed where the executors run.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from kpa_analytics.errors import KPAError
from kpa_analytics.install_command import install_command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from kpa_analytics.spark.cases import expiry_status, renewals
    from kpa_analytics.spark.published import Published, read
    from kpa_analytics.spark.sessions import group_sessions
    from kpa_analytics.spark.teaching import instructor_activity
    from kpa_analytics.spark.trend import status_over_time

#: The module of each public name. No module has the name of a function, which it would hide.
_HOMES = {
    "Published": "published",
    "expiry_status": "cases",
    "group_sessions": "sessions",
    "instructor_activity": "teaching",
    "read": "published",
    "renewals": "cases",
    "status_over_time": "trend",
}

__all__ = [
    "Published",
    "expiry_status",
    "group_sessions",
    "instructor_activity",
    "read",
    "renewals",
    "status_over_time",
]

if not TYPE_CHECKING:  # a type checker must not take a misspelt name for one that is loaded late

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        for package in ("pyspark", "pyarrow", "pandas"):
            _need(package)
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__


def _need(package: str) -> None:
    if find_spec(package) is None:
        raise KPAError(f"kpa_analytics.spark needs {package}: {install_command('spark')}")
