"""Replace all completions of one training: this finds corrections that counting does not show."""

from __future__ import annotations

import polars as pl


def trainings_touched(before: pl.DataFrame, now: pl.DataFrame) -> list[int]:
    """Find the trainings with added or removed records, those with the fewest records first.

    Examples:
        >>> before = pl.DataFrame({"id": [3, 2, 1], "training_id": [7, 7, 8]})
        >>> trainings_touched(before, pl.DataFrame({"id": [4, 3, 2], "training_id": [9, 7, 7]}))
        [8, 9]
    """
    columns = ["id", "training_id"]
    added = now.select(columns).join(before, on="id", how="anti")
    removed = before.select(columns).join(now, on="id", how="anti")
    touched = pl.concat([added, removed]).select(pl.col("training_id").drop_nulls().unique())
    counts = now.group_by("training_id").len()
    counted = touched.join(counts, on="training_id", how="left")
    return counted.sort(pl.col("len").fill_null(0), "training_id")["training_id"].to_list()


def with_training(frame: pl.DataFrame, training_id: int, rows: pl.DataFrame) -> pl.DataFrame:
    """Replace the records of one training in completions that are listed newest day first.

    A record that had the same date before keeps its place and takes the new values; a record that
    is new, or whose date changed, goes to the end of its day.
    """
    same_day = pl.col("date").eq_missing(pl.col("date_before"))
    before = frame.with_row_index("place").select("id", "place", date_before="date")
    known = rows.join(before, on="id", how="left", maintain_order="left")
    in_place = known.filter(pl.col("place").is_not_null() & same_day).drop("date_before")
    inserted = rows.join(in_place, on="id", how="anti", maintain_order="left")
    replaced = (pl.col("training_id") == training_id) | pl.col("id").is_in(rows["id"].implode())
    others = frame.with_row_index("place").filter(~replaced).select(in_place.columns)
    remaining = pl.concat([others, in_place]).sort("place").drop("place")
    return _insert(remaining, inserted)


def _insert(frame: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Insert each row before the first row of an earlier day; rows without a date go last."""
    if rows.is_empty():
        return frame
    places = [_end_of_day(frame["date"], day) for day in rows["date"]]
    new = rows.with_columns(place=pl.Series(places, dtype=pl.Int64), is_old=False)
    old = frame.with_row_index("place").with_columns(pl.col("place").cast(pl.Int64), is_old=True)
    both = pl.concat([old.select(new.columns), new])
    no_date = pl.col("date").is_null()
    order = [pl.col("place"), pl.col("is_old"), no_date, pl.col("date")]
    descending = [False, False, False, True]
    return both.sort(order, descending=descending, maintain_order=True).drop("place", "is_old")


def _end_of_day(days: pl.Series, day: object) -> int:
    earlier = (days < day).arg_true() if day is not None else pl.Series([])
    return days.len() if earlier.is_empty() else int(earlier[0])
