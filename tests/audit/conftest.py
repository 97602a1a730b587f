from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

import kpa_analytics as kpa
from kpa_analytics.data.training_data import TrainingData
from tests.audit.packs import AS_OF, hostile_company, load, small_company
from tests.drawn_once import remembered


def _loaded(source, folder: Path) -> TrainingData:
    with (
        pytest.warns(kpa.errors.KPADataWarning, match="impossible date"),
        kpa.demo.serve(source) as api,
    ):
        return load(folder, api)


@pytest.fixture(scope="session")
def data(tmp_path_factory) -> TrainingData:
    """A small demo company, loaded over HTTP."""
    return _loaded(small_company(), tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def hostile(tmp_path_factory) -> TrainingData:
    """A company, as if it were a real one, whose every text is hostile."""
    data = _loaded(hostile_company(), tmp_path_factory.mktemp("cache"))
    real = {name: replace(one, demo=False) for name, one in data.snapshots.items()}
    return replace(data, snapshots=real)


@pytest.fixture(scope="session")
def pack(data, tmp_path_factory) -> Path:
    with remembered():
        return kpa.export_audit(data, tmp_path_factory.mktemp("packs") / "pack", as_of=AS_OF)


@pytest.fixture(scope="session")
def hostile_pack(hostile, tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("packs") / "hostile"
    with remembered():
        return kpa.export_audit(hostile, place, as_of=AS_OF, title=HOSTILE_TITLE)


@pytest.fixture(scope="session")
def book(pack) -> openpyxl.Workbook:
    return openpyxl.load_workbook(pack / "audit.xlsx")


HOSTILE_TITLE = '=HYPERLINK("x") </title><script>alert(1)</script> #eval("1")'
