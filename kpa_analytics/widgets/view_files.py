"""The tables and charts of an explorer as files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kpa_analytics.audit.atomic_folder import new_folder
from kpa_analytics.charts.render import svg
from kpa_analytics.paths import typed_path
from kpa_analytics.widgets.pack import private_files
from kpa_analytics.widgets.rows_out import CSV, rows_as

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl


def write_view(
    out: str | os.PathLike[str],
    tables: Mapping[str, pl.DataFrame],
    charts: Mapping[str, Mapping[str, Any]],
    *,
    demo: bool,
) -> Path:
    """Write tables as CSV and charts as SVG into a new folder, each named as its key.

    Args:
        out: the folder to make.
        tables: the tables. No text in them can act as a formula.
        charts: Vega-Lite specifications.
        demo: True for demo data, which each table then says.

    Returns:
        The folder.

    Raises:
        KPADataError: the folder exists and is not empty, or cannot be written.
    """
    with private_files(), new_folder(out) as folder:
        for name, table in tables.items():
            (folder / f"{name}.csv").write_bytes(rows_as(CSV, table, {}, demo=demo))
        for name, spec in charts.items():
            (folder / f"{name}.svg").write_text(svg(spec), encoding="utf-8")
    return typed_path(out).absolute()
