"""How demo data is told from real data, wherever it has travelled.

The demo server says what it is in a response header, and every person it invents has an id that
begins with `DEMO_ID_PREFIX` ("demodemo" in hexadecimal). The mark is in the records themselves, so
it survives filters, joins, files and a rename of the frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import polars as pl

#: The first 16 of the 24 hexadecimal characters of every invented person's id.
DEMO_ID_PREFIX = b"demodemo".hex()

#: The response header by which the demo server names itself; its value is "true".
DEMO_HEADER = "KPA-Analytics-Demo"

#: The words that stand on every chart, page and file made from demo data.
DEMO_MARK = "DEMO DATA - invented people and records, not evidence"


def is_demo(*frames: pl.DataFrame | pl.LazyFrame | None) -> bool:
    """Tell whether any of these frames holds records of the demo organisation.

    A frame is demo data when one of its text columns named `id` or `*_id` (or a list column named
    `*_ids`, `m_trainees_id`) holds an invented person's id, or its Boolean column `demo` says so.

    Args:
        frames: any frames made by this package; None is skipped.

    Returns:
        True where at least one value is a demo mark.

    Examples:
        >>> import polars as pl
        >>> is_demo(pl.DataFrame({"m_user_id": ["64656d6f64656d6f00000001"]}))
        True
        >>> is_demo(pl.DataFrame({"m_user_id": ["5e580f0cb780600088bd2c11"]}))
        False
    """
    return any(asked.collect().item() for asked in _asked(frames))


def demo_flag(*frames: pl.DataFrame | pl.LazyFrame | None) -> pl.LazyFrame:
    """Ask what `is_demo` asks, lazily, so that a result can carry the answer.

    Args:
        frames: any frames made by this package; None is skipped.

    Returns:
        One row, one Boolean column `demo`, never null; to be cross-joined to a result.

    Examples:
        >>> import polars as pl
        >>> demo_flag(pl.LazyFrame({"id": ["64656d6f64656d6f00000001"]})).collect().item()
        True
    """
    import polars as pl

    unmarked = pl.LazyFrame({"demo": [False]})
    return pl.concat([unmarked, *_asked(frames)]).select(pl.col("demo").any())


def _asked(frames: Iterable[pl.DataFrame | pl.LazyFrame | None]) -> Iterator[pl.LazyFrame]:
    """Of each frame that can bear the mark, one row that says whether it does."""
    import polars as pl

    for frame in frames:
        if frame is not None and (marks := _marks(frame)):
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
