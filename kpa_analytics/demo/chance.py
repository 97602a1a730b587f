"""Random numbers by column, which depend only on the seed and the row's keys.

polars' own hashes and samples may change with its version. splitmix64 is plain arithmetic and
gives the same company on every machine.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import polars as pl

_GOLDEN, _FIRST, _SECOND = (
    pl.Series([constant], dtype=pl.UInt64)
    for constant in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)


def draw(seed: int, what: str, *keys: str) -> pl.Expr:
    """Draw a number in [0, 1) per row.

    Different texts in `what` give independent numbers; rows with equal keys draw the same number.
    Keys are whole-number or Date columns.
    """
    start = (_mix_number(seed) + zlib.crc32(what.encode())) % 2**64

    def numbers(columns: Sequence[pl.Series]) -> pl.Series:
        z = pl.Series([start], dtype=pl.UInt64)
        for column in columns:
            z = _mix(z * _GOLDEN + column.to_physical().cast(pl.UInt64))
        return (z // 2**11).cast(pl.Float64) * 2.0**-53

    return pl.map_batches([pl.col(key) for key in keys], numbers, return_dtype=pl.Float64)


def _mix(z: pl.Series) -> pl.Series:
    z = (z ^ (z // 2**30)) * _FIRST
    z = (z ^ (z // 2**27)) * _SECOND
    return z ^ (z // 2**31)


def _mix_number(seed: int) -> int:
    return (seed + 1) * 0x9E3779B97F4A7C15 % 2**64
