"""Which private members of other packages this one relies on: an upgrade that moves one fails here.

Each is listed with what it must be. The list is whole: the first tests look for others.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from inspect import signature
from pathlib import Path

import pytest
import xlsxwriter
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from pyrate_limiter import Rate, SQLiteBucket
from urllib3 import HTTPConnectionPool, PoolManager
from voila.app import Voila
from voila.handler import VoilaHandler
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.tornado.handler import TornadoVoilaHandler
from xlsxwriter.format import Format
from xlsxwriter.sharedstrings import SharedStringTable
from xlsxwriter.worksheet import Worksheet

import kpa_analytics
from tests.source_code import nodes

PACKAGE = Path(kpa_analytics.__file__).parent

#: Private members that are called: of xlsxwriter.
CALLED = {"_get_shared_string_index", "_get_xf_index", "_check_dimensions"}
#: Private methods of other packages that ours replace.
OVERRIDDEN = {("BulkSheet", "_write_rows")}
#: Named with an underscore, and yet documented for everyone: by Python and by IPython.
PUBLIC = {"_asdict", "_fields", "_make", "_replace", "_repr_mimebundle_"}


def _trees() -> Iterator[ast.AST]:
    for path in PACKAGE.rglob("*.py"):
        yield from nodes(path)


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("_") and name not in PUBLIC


@pytest.mark.slow
def test_no_other_private_member_is_used() -> None:
    used, ours = set(), set()
    for node in _trees():
        match node:
            case ast.Attribute(attr=name, ctx=ast.Load()):
                used.add(name)
            case ast.Attribute(attr=name, value=ast.Name(id="self" | "cls")):
                ours.add(name)
            case ast.Attribute(attr=name):
                used.add(name)
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
                | ast.Name(id=name)
            ):
                ours.add(name)
            case ast.Call(
                func=ast.Name(id="getattr" | "setattr"), args=[_, ast.Constant(name), *_]
            ):
                used.add(name)
            case ast.arg(arg=name):
                ours.add(name)
    assert {name for name in used - ours if _is_private(name)} == CALLED


@pytest.mark.slow
def test_no_module_of_another_package_is_private() -> None:
    imported = {
        name
        for node in _trees()
        if isinstance(node, ast.ImportFrom | ast.Import)
        for name in [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
    }
    parts = {part for name in imported for part in name.split(".")}
    # _typeshed is for type checkers only; it is not there when the program runs.
    assert {part for part in parts if _is_private(part)} <= {"_typeshed"}


def _classes() -> Iterator[type]:
    for module in pkgutil.walk_packages([str(PACKAGE)], "kpa_analytics."):
        # At the lowest versions there is no PySpark, without which no module of spark is imported.
        if not module.name.startswith(("kpa_analytics.__main__", "kpa_analytics.spark.")):
            for _, member in inspect.getmembers(
                importlib.import_module(module.name), inspect.isclass
            ):
                if member.__module__ == module.name:
                    yield member


def test_no_other_private_method_is_overridden() -> None:
    overridden = {
        (ours.__name__, name)
        for ours in _classes()
        for name, member in vars(ours).items()
        if _is_private(name) and callable(member)
        for base in ours.__mro__[1:]
        if not base.__module__.startswith("kpa_analytics") and name in vars(base)
    }
    assert overridden == OVERRIDDEN


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        (Worksheet._write_rows, ["self"]),
        (Worksheet._check_dimensions, ["self", "row", "col", "ignore_row", "ignore_col"]),
        (SharedStringTable._get_shared_string_index, ["self", "string"]),
        (Format._get_xf_index, ["self"]),
    ],
)
def test_what_bulk_sheet_relies_on(method, parameters) -> None:
    assert [*signature(method).parameters] == parameters


def test_texts_are_numbered_from_0_and_counted() -> None:
    table = SharedStringTable()
    numbers = [table._get_shared_string_index(text) for text in ("a", "b", "a")]
    assert (numbers, table.count, table.unique_count) == ([0, 1, 0], 3, 2)


# What has no underscore and is documented nowhere.


def test_a_worksheet_shares_the_texts_of_its_workbook_and_writes_to_a_file(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
        sheet = book.add_worksheet()
        assert sheet.str_table is book.str_table
        assert hasattr(sheet, "fh")


def test_a_shared_budget_is_a_table_behind_a_lock(tmp_path: Path) -> None:
    path = str(tmp_path / "budget.sqlite")
    bucket = SQLiteBucket.init_from_file([Rate(1, 1000)], db_path=path, use_file_lock=True)
    try:
        assert hasattr(bucket.lock, "timeout")
        bucket.conn.execute("SELECT name, item_timestamp FROM rate_bucket").fetchall()
    finally:
        bucket.close()


def test_a_page_server_replaces_handlers_of_voila_and_methods_of_its_kernels() -> None:
    assert issubclass(TornadoVoilaHandler, VoilaHandler)
    assert [*signature(Voila.init_handlers).parameters] == ["self"]
    assert [*signature(Voila.listen).parameters] == ["self"]
    assert [*signature(TornadoVoilaHandler.get).parameters] == ["self", "path"]
    assert [*signature(VoilaShutdownKernelHandler.post).parameters] == ["self", "kernel_id"]
    for name in ("kernel_model", "notify_connect", "notify_disconnect", "cull_kernel_if_idle"):
        method = getattr(AsyncMappingKernelManager, name)
        assert [*signature(method).parameters] == ["self", "kernel_id"]


def test_a_pool_makes_its_connections_and_they_their_answers_of_these_classes() -> None:
    assert PoolManager().pool_classes_by_scheme["http"] is HTTPConnectionPool
    assert hasattr(HTTPConnectionPool.ConnectionCls, "response_class")
