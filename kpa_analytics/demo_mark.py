"""How this package recognizes demo data.

The demo server sends a response header, and the id of every invented person starts with
`DEMO_ID_PREFIX` ("demodemo" in hexadecimal). The mark is in the records, so demo data is recognized
after filters, joins, and reading from files.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import polars as pl

#: The first 16 of the 24 hexadecimal characters of every invented person's id.
DEMO_ID_PREFIX = b"demodemo".hex()

#: The day of the demo company: its records end the day before.
DEMO_AS_OF = date(2026, 6, 30)

#: The response header of the demo server; its value is "true".
DEMO_HEADER = "KPA-Analytics-Demo"


def is_demo(*frames: pl.DataFrame | pl.LazyFrame | None) -> bool:
    """Whether at least one of the frames has records of the demo organisation.

    A frame is demo data if a text column named `id` or `*_id`, or a list column named `*_id` or
    `*_ids`, has the id of an invented person, or if its Boolean column `demo` has a true value.

    Args:
        frames: any frames made by this package; None is ignored.

    Examples:
        >>> import polars as pl
        >>> is_demo(pl.DataFrame({"m_user_id": ["64656d6f64656d6f00000001"]}))
        True
        >>> is_demo(pl.DataFrame({"m_user_id": ["5e580f0cb780600088bd2c11"]}))
        False
    """
    return any(flag.collect(engine="in-memory").item() for flag in _flags(frames))


def demo_flag(*frames: pl.DataFrame | pl.LazyFrame | None) -> pl.LazyFrame:
    """The result of `is_demo` as a lazy frame, for a cross join with a result.

    Args:
        frames: any frames made by this package; None is ignored.

    Returns:
        A lazy frame of one row and one Boolean column, `demo`, which is never null.

    Examples:
        >>> import polars as pl
        >>> demo_flag(pl.LazyFrame({"id": ["64656d6f64656d6f00000001"]})).collect().item()
        True
    """
    import polars as pl

    unmarked = pl.LazyFrame({"demo": [False]})
    return pl.concat([unmarked, *_flags(frames)]).select(pl.col("demo").any())


def _flags(frames: Iterable[pl.DataFrame | pl.LazyFrame | None]) -> Iterator[pl.LazyFrame]:
    """For each frame with a column that can have the mark: one row, whether it does."""
    import polars as pl

    for frame in frames:
        if isinstance(frame, pl.DataFrame | pl.LazyFrame) and (marks := _marks(frame)):
            yield frame.lazy().select(pl.any_horizontal(*marks).fill_null(False).alias("demo"))


def _marks(frame: pl.DataFrame | pl.LazyFrame) -> list[pl.Expr]:
    import polars as pl

    marks = []
    for name, dtype in frame.collect_schema().items():
        if dtype == pl.Boolean and name == "demo":
            marks.append(pl.col(name).any())
        elif dtype == pl.String and (name == "id" or name.endswith("_id")):
            marks.append(pl.col(name).str.starts_with(DEMO_ID_PREFIX).any())
        elif dtype == pl.List(pl.String) and name.endswith(("_id", "_ids")):
            marks.append(pl.col(name).explode().str.starts_with(DEMO_ID_PREFIX).any())
    return marks
