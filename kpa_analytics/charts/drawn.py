"""This package's charts as specifications, for whoever draws many of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
from altair.utils.schemapi import debug_mode

if TYPE_CHECKING:
    from collections.abc import Callable


def drawn(chart: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
    """One of this package's charts as Vega-Lite with its data inside.

    Args:
        chart: the function that makes it, e.g. `charts.expiry_timeline`.
        *args: what that function takes.
        **kwargs: what that function takes.

    Returns:
        The specification, whatever data transformer is enabled. It is drawn as altair's own is;
        `sheet` tells why it is made another way.

    Raises:
        KPADataError: as the function.

    Examples:
        >>> from kpa_analytics import charts
        >>> from kpa_analytics.schema import EXPIRY_STATUS
        >>> drawn(charts.expiry_timeline, EXPIRY_STATUS.empty())["title"]["text"]
        'Expirations per month'
    """
    if sheet := getattr(chart, "sheet", None):
        written: dict[str, Any] = sheet(*args, **kwargs).specification()
    else:
        with debug_mode(False), alt.data_transformers.enable("default"):
            written = chart(*args, **kwargs).to_dict(validate=False)
    return written
