"""Reach the exact number of completions: remove superseded ones, or add refreshers."""

from __future__ import annotations

import polars as pl

from kpa_analytics.demo.chance import draw

_PAIR = ("person", "course")
_MOST_REFRESHERS = 100


def thin(history: pl.DataFrame, completions: int, seed: int) -> pl.DataFrame:
    """Remove completions at random until this many remain; superseded ones go first."""
    latest = pl.col("date") == pl.col("date").max().over(_PAIR)
    chance = draw(seed, "kept", *_PAIR, "step")
    order = history.select(latest=latest, chance=chance).with_row_index()
    kept = order.sort("latest", "chance", "index", descending=True).head(completions)["index"]
    return history[kept.sort()]


def refresh(history: pl.DataFrame, completions: int, seed: int) -> pl.DataFrame:
    """Add refreshers before people's latest completions until there are this many."""
    short = completions - history.height
    if short <= 0:
        return history
    latest = pl.col("date") == pl.col("date").max().over(_PAIR)
    room = (pl.col("date") - pl.col("earliest")).dt.total_days()
    spare = history.with_columns(room=room).filter(latest, pl.col("room") > 1)
    rounds = min(2 + 2 * short // max(spare.height, 1), _MOST_REFRESHERS)
    steps = pl.lit(list(range(100, 100 + rounds)), pl.List(history.schema["step"]))
    back = 1 + draw(seed, "refresher", *_PAIR, "step") * (pl.col("room") - 1)
    added = (
        spare.with_columns(step=steps)
        .explode("step")
        .with_columns(date=pl.col("date") - pl.duration(days=back.cast(pl.Int64)))
        .join(history, on=[*_PAIR, "date"], how="anti", maintain_order="left")
        .unique([*_PAIR, "date"], keep="first", maintain_order=True)
    )
    if added.height < short:
        most = history.height + added.height
        raise ValueError(f"completions: this number of people can have at most {most}")
    return pl.concat([history, thin(added, short, seed).select(history.columns)])
