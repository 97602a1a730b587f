"""One training's records, compared as a whole: it finds corrections that no counting can see."""

from __future__ import annotations

import polars as pl


def trainings_touched(before: pl.DataFrame, now: pl.DataFrame) -> list[int]:
    """The trainings of the records that came or went, the one with the fewest records first.

    Args:
        before: completions as they were kept.
        now: completions as they are.

    Returns:
        Their ids. A training is named once, however many of its records came or went.

    Examples:
        >>> before = pl.DataFrame({"id": [3, 2, 1], "training_id": [7, 7, 8]})
        >>> trainings_touched(before, pl.DataFrame({"id": [4, 3, 2], "training_id": [9, 7, 7]}))
        [8, 9]
    """
    columns = ["id", "training_id"]
    came = now.select(columns).join(before, on="id", how="anti")
    went = before.select(columns).join(now, on="id", how="anti")
    touched = pl.concat([came, went]).select(pl.col("training_id").drop_nulls().unique())
    counts = now.group_by("training_id").len()
    counted = touched.join(counts, on="training_id", how="left")
    return counted.sort(pl.col("len").fill_null(0), "training_id")["training_id"].to_list()


def with_training(frame: pl.DataFrame, training_id: int, rows: pl.DataFrame) -> pl.DataFrame:
    """Completions in which one training's records are these and no others.

    Args:
        frame: completions, newest day first.
        training_id: the training.
        rows: all of its records as they are now.

    Returns:
        The completions. A record that was there on the same day keeps its place and takes its
        newer values; one that came, or whose day changed, goes to the end of its day.
    """
    same_day = pl.col("date").eq_missing(pl.col("date_before"))
    before = frame.with_row_index("place").select("id", "place", date_before="date")
    known = rows.join(before, on="id", how="left", maintain_order="left")
    stays = known.filter(pl.col("place").is_not_null() & same_day).drop("date_before")
    comes = rows.join(stays, on="id", how="anti", maintain_order="left")
    theirs = (pl.col("training_id") == training_id) | pl.col("id").is_in(rows["id"].implode())
    others = frame.with_row_index("place").filter(~theirs).select(stays.columns)
    still = pl.concat([others, stays]).sort("place").drop("place")
    return _inserted(still, comes)


def _inserted(frame: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Put each row before the first one of an earlier day; one without a day goes to the end."""
    if rows.is_empty():
        return frame
    ends = [_end_of_day(frame["date"], day) for day in rows["date"]]
    placed = rows.with_columns(place=pl.Series(ends, dtype=pl.Int64), own=False)
    there = frame.with_row_index("place").with_columns(pl.col("place").cast(pl.Int64), own=True)
    both = pl.concat([there.select(placed.columns), placed])
    last = pl.col("date").is_null()
    order = [pl.col("place"), pl.col("own"), last, pl.col("date")]
    falling = [False, False, False, True]
    return both.sort(order, descending=falling, maintain_order=True).drop("place", "own")


def _end_of_day(days: pl.Series, day: object) -> int:
    earlier = (days < day).arg_true() if day is not None else pl.Series([])
    return days.len() if earlier.is_empty() else int(earlier[0])
