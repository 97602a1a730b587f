"""The simulated API and the invented company that it serves; independent of the other packages.

`with serve() as api:` runs the API on this machine during a block; `start()` runs it for a
notebook. `organisation()` invents a company, `Records` serves hand-written records, and `Fault`
makes the API fail on demand.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kpa_analytics.demo_mark import DEMO_AS_OF

if TYPE_CHECKING:
    from kpa_analytics.demo.company import Organisation, organisation
    from kpa_analytics.demo.faults import Fault
    from kpa_analytics.demo.server import serve, start
    from kpa_analytics.demo.sources import Records

__all__ = ["AS_OF", "Fault", "Organisation", "Records", "organisation", "serve", "start"]

#: The demo company's as-of date; its records end the day before. For demo data, `as_of=None`
#: means this day.
AS_OF = DEMO_AS_OF

_HOMES = {
    "Fault": "faults",
    "Organisation": "company",
    "Records": "sources",
    "organisation": "company",
    "serve": "server",
    "start": "server",
}


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
