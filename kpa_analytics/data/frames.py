"""From decoded records to polars frames: yyyymmdd to Date, epoch milliseconds to Datetime.

Building goes in two steps. `raw_frame` turns one page's records into columns, days still numbers;
`finish` turns the days of a whole collection into dates at once and lists those that no calendar
has, so that a null date is never mistaken for one that was not sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    TRAININGS,
    USERS,
    Table,
)

#: How a column is read off records, where it is not the field of the same name.
Reader = Callable[[Sequence[Any]], list[Any]]

#: How the wire says that there is nothing.
_NULL = Raw(b"null")


class Finished(NamedTuple):
    """A table's frame, and the impossible days and blank ids that became null in it."""

    frame: pl.DataFrame
    faults: pl.DataFrame
    blank_ids: BlankIds = ()


def raw_frame(table: Table, records: Sequence[Any], **constants: Any) -> pl.DataFrame:
    """One page's records as columns, days still as yyyymmdd numbers.

    Args:
        table: the table the records belong to.
        records: decoded Structs of the table's method.
        **constants: columns that are the same for the whole page.

    Returns:
        A frame with the table's columns; a Date column `X` is still an Int64 `X`.

    Raises:
        KPADataError: a value does not fit its column.
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
        raise KPADataError(f"{table.name}: column {name!r} can't hold what came: {error}") from None
    return pl.DataFrame(columns)


def finish(table: Table, raw: pl.DataFrame) -> Finished:
    """Turn the day numbers of a whole collection into dates, and its blank ids into nulls.

    Args:
        table: the table.
        raw: its raw pages, concatenated.

    Returns:
        The frame in the table's schema, and one fault (`schema.FAULTS`) per impossible day: the
        record's id, the wire's field and the value that was there. Blank ids are counted by field.
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
    """Eight digits, of the years 1000 to 9999: shorter and negative numbers would parse too."""
    eight = pl.when(number.is_between(1000_01_01, 9999_12_31)).then(number)
    return eight.cast(pl.String).str.to_date("%Y%m%d", strict=False)


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
    """Dates inside lists of structs, such as the vendor's `last_completed`, and their faults."""
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
    return [None if one.signature is UNSET else _on_file(one.signature) for one in records]


def _on_file(signature: Raw) -> bool:
    """Whether a value is a non-empty object, list or text (docs/api.md).

    Numbers, true, false and null are none of these, and a text of white space is empty. What an
    object or a list holds is not judged: the vendor does not publish its shape.
    """
    if signature == _NULL:
        return False
    text = bytes(signature)
    if text[:1] in (b"{", b"["):
        return bool(text[1:-1].strip())
    return text[:1] == b'"' and bool(msgspec.json.decode(text).strip())


def _files(records: Sequence[Any]) -> list[int | None]:
    return [None if one.files is None else len(one.files) for one in records]


def _condition(records: Sequence[Any]) -> list[str | None]:
    raws = [one.assigned_to_condition for one in records]
    return [None if raw is UNSET or raw == _NULL else bytes(raw).decode() for raw in raws]


def _texts(name: str) -> Reader:
    def read(records: Sequence[Any]) -> list[list[str] | None]:
        values = map(attrgetter(name), records)
        return [[value] if isinstance(value, str) else value for value in values]

    return read


def _last_completed(records: Sequence[Any]) -> list[list[dict[str, Any]] | None]:
    return [
        None if one.last_completed is None else list(map(_completed, one.last_completed))
        for one in records
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
}
