"""Several charts as one specification, each with its own selection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import altair as alt

#: The name that every chart of `kpa_analytics.charts` gives to what a click picks.
PICK = "pick"


def specification(chart: Any) -> dict[str, Any]:
    """A chart as Vega-Lite, its data inside whatever data transformer is enabled.

    The package's own charts are valid by their tests, so they are not validated again.
    """
    with alt.data_transformers.enable("default"):
        written: dict[str, Any] = chart.to_dict(validate=False)
    return written


def stacked(charts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Put charts under each other in one specification.

    Args:
        charts: by the name to give the chart's `pick`, its specification. The look (`config`) is
            that of the first.

    Returns:
        One Vega-Lite specification; `selections` names its selections.
    """
    parts = [_renamed(spec, name) for name, spec in charts.items()]
    first = parts[0]
    whole = {key: first[key] for key in ("$schema", "config") if key in first}
    whole["params"] = [param for part in parts for param in part.pop("params", [])]
    whole["datasets"] = {k: v for part in parts for k, v in part.pop("datasets", {}).items()}
    whole["description"] = " ".join(part.get("description", "") for part in parts)
    for part in parts:
        part.pop("config", None)
        part.pop("$schema", None)
    return {**whole, "vconcat": parts, "spacing": 36}


def _renamed(spec: Any, name: str) -> Any:
    """The same specification with its `pick` called something else."""
    if isinstance(spec, Mapping):
        return {
            key: name if key in ("param", "name") and value == PICK else _renamed(value, name)
            for key, value in spec.items()
        }
    return [_renamed(one, name) for one in spec] if isinstance(spec, list) else spec


def selections(spec: Mapping[str, Any]) -> list[str]:
    """The names of the selections that a click makes."""
    params: Sequence[Mapping[str, Any]] = spec.get("params", [])
    return [
        param["name"]
        for param in params
        if isinstance(param.get("select"), Mapping) and param["select"].get("type") == "point"
    ]


def with_picked(
    spec: dict[str, Any], name: str, picked: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The specification with bars already picked; as it is where it has no such selection."""
    value = [{key: _drawn(one) for key, one in bar.items()} for bar in picked]
    params = [
        {**param, "value": value} if param["name"] == name else param
        for param in spec.get("params", [])
    ]
    return {**spec, "params": params}


def _drawn(value: Any) -> Any:
    """A value as Vega-Lite writes it; a day is midnight where the browser is."""
    if isinstance(value, date):
        return {"year": value.year, "month": value.month, "date": value.day}
    return value


def month_picked(milliseconds: float) -> date:
    """The month that a chart's selection holds as a moment.

    Vega reads a day as midnight where the browser is, and gives it back in milliseconds UTC: at
    most 14 hours from midnight UTC. 15 hours later it is, everywhere, one of the month's first
    two days.

    Examples:
        >>> month_picked(1782864000000 - 10 * 3_600_000)  # July in Sydney is still June in UTC
        datetime.date(2026, 7, 1)
    """
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC) + timedelta(hours=15)
    return moment.date().replace(day=1)
