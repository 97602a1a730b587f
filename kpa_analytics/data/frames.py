"""From decoded records to polars frames: yyyymmdd to Date, epoch milliseconds to Datetime.

A frame is built in two steps. `raw_frame` turns the records of one page into columns, with dates
still as numbers. `finish` then converts the dates of the whole collection and lists those that do
not exist, so that an impossible date is not mistaken for one that was not sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
import polars as pl
from msgspec import UNSET, Raw

from kpa_analytics.data.blank_ids import BlankIds, null_blank_ids
from kpa_analytics.endpoints import endpoint_of
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import (
    COMPLETIONS,
    EMPLOYEE_STATUS,
    FAULTS,
    GROUPS,
    TRAININGS,
    USERS,
    Table,
)

#: Reads a column from records that have no field of the same name.
Reader = Callable[[Sequence[Any]], list[Any]]

#: A null in the API's JSON.
_NULL = Raw(b"null")


class Finished(NamedTuple):
    """A table's frame, with the impossible dates and blank ids that became null."""

    frame: pl.DataFrame
    faults: pl.DataFrame
    blank_ids: BlankIds = ()


class Fetched(NamedTuple):
    """A downloaded collection, before its snapshot is written.

    Attributes:
        finished: the collection.
        pages: number of pages fetched.
        demo: whether the demo server answered.
        answered_at: when the API answered the oldest page, UTC; None: when the fetch began.
        cache_keys: keys of the cached pages, to delete once the snapshot is written.
    """

    finished: Finished
    pages: int
    demo: bool
    answered_at: datetime | None = None
    cache_keys: tuple[str, ...] = ()


def raw_frame(table: Table, records: Sequence[Any], **constants: Any) -> pl.DataFrame:
    """Turn one page's records into columns, with dates still as yyyymmdd numbers.

    `constants` are columns with the same value in the whole page. A value that does not fit its
    column is a KPADataError.
    """
    readers = _READERS.get(table.name, {})
    columns = []
    try:
        for name, dtype in _raw_schema(table).items():
            if name in constants:
                values: list[Any] = [constants[name]] * len(records)
            else:
                values = (readers.get(name) or _field(name, table))(records)
            columns.append(pl.Series(name, values, dtype=dtype))
    except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError) as error:
        raise KPADataError(
            f"{table.name}: column {name!r} can't hold the received values: {error}"
        ) from None
    return pl.DataFrame(columns)


def finish(table: Table, raw: pl.DataFrame) -> Finished:
    """Convert the date numbers of a whole collection to dates, and its blank ids to nulls.

    Returns the frame in the table's schema, one fault (`schema.FAULTS`) per impossible date, and
    the number of blank ids by field.
    """
    raw, blank_ids = null_blank_ids(table, raw)
    days = [name for name, dtype in table.schema.items() if dtype == pl.Date]
    key = endpoint_of(table).record_key
    dated = raw.with_columns(_as_date(pl.col(day)).alias(f"{day}:date") for day in days)
    faults = [
        dated.filter(pl.col(day).is_not_null() & pl.col(f"{day}:date").is_null()).select(
            pl.lit(table.name).alias("table"),
            pl.col(key).cast(pl.String).alias("record_id"),
            pl.lit(day).alias("field"),
            pl.col(day).cast(pl.String).alias("value"),
        )
        for day in days
    ]
    columns = [pl.col(f"{n}:date").alias(n) if n in days else pl.col(n) for n in table.schema]
    frame, nested = _nested_days(table, dated.select(columns))
    return Finished(frame, pl.concat([FAULTS.empty(), *faults, nested]), blank_ids)


def _as_date(number: pl.Expr) -> pl.Expr:
    """Convert numbers of eight digits only: polars would also parse shorter and negative ones."""
    eight_digits = pl.when(number.is_between(1000_01_01, 9999_12_31)).then(number)
    return eight_digits.cast(pl.String).str.to_date("%Y%m%d", strict=False)


@cache
def _raw_schema(table: Table) -> pl.Schema:
    return pl.Schema({name: _raw_type(dtype) for name, dtype in table.schema.items()})


def _raw_type(dtype: Any) -> Any:
    if dtype == pl.Date:
        return pl.Int64
    if isinstance(dtype, pl.List):
        return pl.List(_raw_type(dtype.inner))
    if isinstance(dtype, pl.Struct):
        return pl.Struct({field.name: _raw_type(field.dtype) for field in dtype.fields})
    return dtype


def _nested_days(table: Table, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Convert dates inside lists of structs, such as `last_completed`, and list their faults."""
    faults = [FAULTS.empty()]
    for column, dtype in table.schema.items():
        inner = dtype.inner if isinstance(dtype, pl.List) else None
        if isinstance(inner, pl.Struct):
            days = [field.name for field in inner.fields if field.dtype == pl.Date]
            faults += [_nested_faults(table, frame, column, day) for day in days]
            element = pl.element().struct.field
            dated = pl.col(column).list.eval(
                pl.struct(
                    _as_date(element(f.name)).alias(f.name) if f.name in days else element(f.name)
                    for f in inner.fields
                )
            )
            frame = frame.with_columns(dated.cast(dtype))
    return frame, pl.concat(faults)


def _nested_faults(table: Table, frame: pl.DataFrame, column: str, day: str) -> pl.DataFrame:
    key = endpoint_of(table).record_key
    items = frame.select(pl.col(key).alias("record_id"), column).explode(column).drop_nulls(column)
    numbers = items.select(
        pl.lit(table.name).alias("table"),
        pl.col("record_id").cast(pl.String),
        pl.format("{}[training {}].{}", pl.lit(column), _inside(column, "id"), pl.lit(day)).alias(
            "field"
        ),
        _inside(column, day).alias("value"),
    )
    impossible = pl.col("value").is_not_null() & _as_date(pl.col("value")).is_null()
    return numbers.filter(impossible).with_columns(pl.col("value").cast(pl.String))


def _inside(column: str, field: str) -> pl.Expr:
    return pl.col(column).struct.field(field)


def _field(name: str, table: Table) -> Reader:
    read = attrgetter(f"{name}_number" if table.schema[name] == pl.Date else name)
    return lambda records: list(map(read, records))


def _signed(records: Sequence[Any]) -> list[bool | None]:
    return [
        None if record.signature is UNSET else _has_signature(record.signature)
        for record in records
    ]


def _has_signature(signature: Raw) -> bool:
    """Whether a value is a non-empty object, list or text (docs/api.md).

    Numbers, true, false and null are not signatures, and neither is a text of white space. The
    contents of an object or a list are not checked, because the vendor does not document them.
    """
    if signature == _NULL:
        return False
    text = bytes(signature)
    if text[:1] in (b"{", b"["):
        return bool(text[1:-1].strip())
    return text[:1] == b'"' and bool(msgspec.json.decode(text).strip())


def _files(records: Sequence[Any]) -> list[int | None]:
    return [None if record.files is None else len(record.files) for record in records]


def _condition(records: Sequence[Any]) -> list[str | None]:
    raws = [record.assigned_to_condition for record in records]
    return [None if raw is UNSET or raw == _NULL else bytes(raw).decode() for raw in raws]


def _texts(name: str) -> Reader:
    def read(records: Sequence[Any]) -> list[list[str] | None]:
        values = map(attrgetter(name), records)
        return [[value] if isinstance(value, str) else value for value in values]

    return read


def _last_completed(records: Sequence[Any]) -> list[list[dict[str, Any]] | None]:
    return [
        None if record.last_completed is None else list(map(_completed, record.last_completed))
        for record in records
    ]


def _completed(item: Any) -> dict[str, Any]:
    return {
        "id": item.id,
        "date": item.date_number,
        "expiresOn": item.expiresOn,
        "startsExpiringOn": item.startsExpiringOn,
        "is_required": item.is_required,
    }


_READERS: dict[str, dict[str, Reader]] = {
    COMPLETIONS.name: {"signed": _signed, "files": _files},
    TRAININGS.name: {"assigned_to_condition": _condition},
    USERS.name: {
        name: _texts(name)
        for name in ("fieldOffice_id", "lineOfBusiness_id", "clients_id", "projects_id")
    },
    EMPLOYEE_STATUS.name: {"last_completed": _last_completed},
    GROUPS.name: {"name": lambda records: [record.name or record.title for record in records]},
}
