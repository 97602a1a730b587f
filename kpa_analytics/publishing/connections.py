"""Files that connect other programs to a published folder: DuckDB's views, Power BI's .pbids."""

from __future__ import annotations

import json
from collections.abc import Sequence

#: The names of the files.
DUCKDB, POWER_BI = "duckdb.sql", "power_bi.pbids"
#: The view of accounts.parquet.
ACCOUNTS = "accounts"
#: The schemes of Azure's addresses, and DuckDB's names of them.
_AZURE = {"az": "az", "abfs": "abfss", "abfss": "abfss"}
_PARTITIONS = "hive_partitioning = true, hive_types = {'account': VARCHAR}"


def duckdb_script(address: str, tables: Sequence[str]) -> bytes:
    """Views of every table, for DuckDB: `account` is the first column of each.

    Args:
        address: the folder, with slashes, or its URL.
        tables: the names of the tables, which are those of their folders.
    """
    place = _quoted(in_duckdb(address))
    lines = [
        "-- Views of the published tables. Run this file in DuckDB: .read duckdb.sql",
        "-- For a URL, first: INSTALL httpfs; LOAD httpfs; (Azure: INSTALL azure; LOAD azure;)",
        "-- and CREATE SECRET (...) with your login.",
    ]
    lines += [_view(table, f"{place}/{table}/*/*.parquet") for table in tables]
    lines.append(_view(ACCOUNTS, f"{place}/{ACCOUNTS}.parquet"))
    return ("\n".join(lines) + "\n").encode()


def in_duckdb(address: str) -> str:
    """The address of a folder as DuckDB writes it, which is another one for Azure.

    Examples:
        >>> in_duckdb("abfs://data@north.dfs.core.windows.net/training")
        'abfss://north.dfs.core.windows.net/data/training'
        >>> in_duckdb("s3://data/training")
        's3://data/training'
    """
    scheme, _, rest = address.partition("://")
    if scheme not in _AZURE:
        return address
    container, _, host = rest.partition("/")[0].rpartition("@")
    folder = rest.partition("/")[2]
    parts = [host, container, folder] if container else [host, folder]
    return f"{_AZURE[scheme]}://{'/'.join(part for part in parts if part)}"


def _view(name: str, files: str) -> str:
    """A view of Parquet files; those of a table have the account in their path."""
    columns, options = "*", ""
    if name != ACCOUNTS:
        columns = "account, * EXCLUDE (account)"
        options = ", union_by_name = true, " + _PARTITIONS
    rows = f"read_parquet('{files}'{options})"
    return f"CREATE OR REPLACE VIEW {name} AS\n  FROM {rows}\n  SELECT {columns};"


def power_bi_file(path: str) -> bytes:
    """A Power BI data source file (.pbids) that opens the folder.

    Args:
        path: the folder, as this system writes it.
    """
    details = {"protocol": "folder", "address": {"path": path}}
    content = {"version": "0.1", "connections": [{"details": details, "mode": "Import"}]}
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def _quoted(address: str) -> str:
    """An address inside quotes of SQL, in which no sign matches others."""
    literal = "".join(f"[{sign}]" if sign in "[*?" else sign for sign in address)
    return literal.replace("'", "''")
