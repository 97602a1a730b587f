"""The rows behind the selected bars of a chart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def in_bars(
    bars: Iterable[Mapping[str, Any]], columns: Mapping[str, pl.Expr] | None = None
) -> pl.Expr:
    """Whether a row is behind one of these bars.

    Args:
        bars: the fields of each bar with their values, e.g. `{"training_id": 7}`.
        columns: the expression for a field that is not the column of the same name.

    Examples:
        >>> rows = pl.DataFrame({"training_id": [7, 8], "status": ["expired", "current"]})
        >>> rows.filter(in_bars([{"training_id": 7, "status": "expired"}])).height
        1
    """
    named = columns or {}
    return pl.any_horizontal(
        pl.all_horizontal(
            named.get(field, pl.col(field)).eq_missing(pl.lit(value))
            for field, value in bar.items()
        )
        for bar in bars
    )
