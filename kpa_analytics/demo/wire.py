"""Convert the demo company's frames to the API's dicts, one page at a time, and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from kpa_analytics.demo.people import OPTIONAL
from kpa_analytics.demo.sources import Wire

#: The columns of the company's completions: the API's fields, except that `signed` says whether
#: there is a signature and `files` is the number of files.
COMPLETION_TYPES = {
    "id": pl.Int64,
    "training_id": pl.Int64,
    "m_user_id": pl.String,
    "created": pl.Int64,
    "date_number": pl.Int32,
    "special_expiration_date_number": pl.Int32,
    "m_instructor_id": pl.String,
    "group_training_id": pl.Int64,
    "notes": pl.String,
    "signed": pl.Boolean,
    "files": pl.UInt8,
}


def newest_first(completions: pl.DataFrame) -> pl.DataFrame:
    """Sort completions in the API's order: newest day first, then highest id."""
    return completions.sort("date_number", "id", descending=True)


def edited(frame: pl.DataFrame, record_id: int, **fields: Any) -> pl.DataFrame:
    """Change fields of the record with this id."""
    return frame.with_columns(
        pl.when(pl.col("id") == record_id)
        .then(pl.lit(value, dtype=frame.schema[name]))
        .otherwise(pl.col(name))
        .alias(name)
        for name, value in fields.items()
    )


def completion_frame(records: Iterable[Wire]) -> pl.DataFrame:
    """Read completions from the API's dicts; missing fields become null, or mean no files."""
    rows = [
        {name: record.get(name) for name in COMPLETION_TYPES}
        | {
            "signed": record.get("signature") is not None,
            "files": len(record.get("files") or ()),
        }
        for record in records
    ]
    return pl.DataFrame(rows, schema=COMPLETION_TYPES)


def wire_completions(page: pl.DataFrame) -> list[Wire]:
    """Write completions as the API's dicts."""
    records = page.to_dicts()
    for record in records:
        signed, files = record.pop("signed"), record.pop("files")
        record["signature"] = {"signed_on": record["created"]} if signed else None
        record["files"] = [
            {"id": record["id"] * 10 + number, "name": f"record-{record['id']}-{number}.pdf"}
            for number in range(1, files + 1)
        ]
    return records


def wire_users(page: pl.DataFrame) -> list[Wire]:
    """Write users as the API's dicts, without optional fields that are null."""
    return [
        {name: value for name, value in user.items() if value is not None or name not in OPTIONAL}
        for user in page.iter_rows(named=True)
    ]
