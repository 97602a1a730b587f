"""Which part of an account's records a pack covers: packs of other parts are not compared."""

from __future__ import annotations

from typing import Any

from kpa_analytics.data.scope import Scope
from kpa_analytics.errors import KPADataError
from kpa_analytics.report_text import CHOSEN_FIELD_OFFICES, CHOSEN_PEOPLE


def part_settings(scope: Scope) -> dict[str, Any]:
    """The part as the settings in a manifest state it; nothing if it is all records."""
    if scope.is_all:
        return {}
    people = [] if scope.people is None else scope.people.sort().to_list()
    offices = {"field_offices": sorted(scope.field_offices)} if scope.field_offices else {}
    ids = {"trainings": sorted(scope.trainings), "people": people, **offices}
    return {"only": scope.description, "scope": ids}


def refuse_other_part(
    earlier_name: str, earlier: dict[str, Any], later_name: str, later: dict[str, Any]
) -> None:
    """Raise a KPADataError if two sides cover different parts by their settings.

    What is outside one of two parts would count as removed or added.
    """
    if not _same_part(earlier, later):
        before, after = (side.get("only") or "all records" for side in (earlier, later))
        raise KPADataError(
            f"{earlier_name} covers other records ({before}) than {later_name} ({after}), so they "
            "cannot be compared"
        )


def _same_part(earlier: dict[str, Any], later: dict[str, Any]) -> bool:
    """Whether the parts are the same: people come and go in the same field offices."""
    before, after = (side.get("scope", {}) for side in (earlier, later))
    if "field_offices" in before and "field_offices" in after:
        return all(before[name] == after[name] for name in ("trainings", "field_offices"))
    if before == after:
        return True
    # Earlier versions did not write the ids of field offices.
    only = earlier.get("only") or ""
    by_office = CHOSEN_FIELD_OFFICES in only and f"{CHOSEN_PEOPLE}: " not in only
    return by_office and only == later.get("only")
