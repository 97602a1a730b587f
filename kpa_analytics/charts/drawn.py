"""This package's charts as specifications, for whoever draws many of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec

import altair as alt
from altair.utils.schemapi import debug_mode

Given = ParamSpec("Given")


def drawn(chart: Callable[Given, Any], *args: Given.args, **kwargs: Given.kwargs) -> dict[str, Any]:
    """One of this package's charts as Vega-Lite with its data inside, without altair's checks.

    Those take longer than the drawing, and each of these charts is held to the schema by its tests.

    Args:
        chart: the function that makes it, e.g. `charts.expiry_timeline`.
        *args: what that function takes.
        **kwargs: what that function takes.

    Returns:
        The specification, whatever data transformer is enabled.

    Raises:
        KPADataError: as the function.

    Examples:
        >>> from kpa_analytics import charts
        >>> from kpa_analytics.schema import EXPIRY_STATUS
        >>> drawn(charts.expiry_timeline, EXPIRY_STATUS.empty())["title"]["text"]
        'Expirations per month'
    """
    with debug_mode(False), alt.data_transformers.enable("default"):
        written: dict[str, Any] = chart(*args, **kwargs).to_dict(validate=False)
    return written
