"""The first chart: when cases expire, with the rows behind it and a manifest."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import polars as pl

from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.audit.atomic_folder import new_folder
from kpa_analytics.audit.csv import marked, write_csv, write_parquet
from kpa_analytics.audit.figures import Figures, figures
from kpa_analytics.audit.manifest import check_manifest, read_manifest, write_manifest
from kpa_analytics.audit.provenance import provenance
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.errors import KPADataError

KIND = "first chart"


def first_rows(data: TrainingData, *, as_of: date) -> tuple[pl.DataFrame, Figures]:
    """The rows of the chart, and the headline figures."""
    required = data.requirements
    status = expiry_status(
        data.completions,
        data.trainings,
        data.users,
        as_of=as_of,
        required=required,
    )
    return status, figures(status, data.completions, requirements_known=required is not None)


def write_first_chart(
    data: TrainingData,
    status: pl.DataFrame,
    counts: Figures,
    out: str | os.PathLike[str],
    *,
    as_of: date,
) -> None:
    """Write the chart as HTML, PNG and SVG, its rows as CSV and Parquet, and a manifest.

    An earlier output of the demo is replaced; any other folder is refused with a KPADataError.

    Args:
        data: the records.
        status: the rows of `first_rows`.
        counts: its figures, for the manifest.
        out: the folder.
        as_of: the day of the statuses.
    """
    from kpa_analytics import charts

    chart = charts.expiry_timeline(status, as_of=as_of)
    facts = provenance(data, counts, kind=KIND, as_of=as_of, settings={})
    with new_folder(out, replaces=is_demo_output) as folder:
        for suffix in ("html", "png", "svg"):
            charts.save(chart, folder / f"expiry_timeline.{suffix}")
        rows = marked(status, demo=data.demo)
        write_csv(rows, folder / "expiry_status.csv")
        write_parquet(rows, folder / "expiry_status.parquet", {"as_of": facts["as_of"]})
        write_manifest(folder, facts)


def is_demo_output(folder: Path) -> bool:
    """Whether a folder is only an output of the demo, so that it may be replaced."""
    try:
        manifest = read_manifest(folder)
    except KPADataError:
        return False
    added = [finding for finding in check_manifest(folder) if finding.finding == "added"]
    return manifest.get("kind") == KIND and manifest.get("demo") is True and not added
