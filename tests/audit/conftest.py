from __future__ import annotations

import pickle
import shutil
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

import kpa_analytics as kpa
from kpa_analytics.data.training_data import TrainingData
from tests.audit.packs import AS_OF, hostile_company, load, small_company
from tests.drawn_once import remembered
from tests.shared import Shared


def _loaded(source, folder: Path) -> TrainingData:
    with (
        pytest.warns(kpa.errors.KPADataWarning, match="impossible date"),
        kpa.demo.serve(source) as api,
    ):
        return load(folder, api)


def _read(path: Path) -> TrainingData:
    """The records that a worker loaded for all."""
    data: TrainingData = pickle.loads(path.read_bytes())
    return data


def _own(pack: Path, folder: Path) -> Path:
    """This worker's copy of a pack: a test may change a file of it and change it back."""
    return Path(shutil.copytree(pack, folder / pack.name))


@pytest.fixture(scope="session")
def data(shared: Shared, tmp_path_factory) -> TrainingData:
    """A small demo company, loaded over HTTP."""

    def load_it(path: Path) -> None:
        data = _loaded(small_company(), tmp_path_factory.mktemp("cache"))
        path.write_bytes(pickle.dumps(data))

    return _read(shared("audited.pickle", load_it))


@pytest.fixture(scope="session")
def hostile(shared: Shared, tmp_path_factory) -> TrainingData:
    """A company, as if it were a real one, whose every text is hostile."""

    def load_it(path: Path) -> None:
        data = _loaded(hostile_company(), tmp_path_factory.mktemp("cache"))
        real = {name: replace(snapshot, demo=False) for name, snapshot in data.snapshots.items()}
        path.write_bytes(pickle.dumps(replace(data, snapshots=real)))

    return _read(shared("hostile.pickle", load_it))


@pytest.fixture(scope="session")
def pack(data, shared: Shared, tmp_path_factory) -> Path:
    def write(folder: Path) -> None:
        with remembered():
            kpa.export_audit(data, folder, as_of=AS_OF)

    return _own(shared("pack", write), tmp_path_factory.mktemp("packs"))


@pytest.fixture(scope="session")
def hostile_pack(hostile, shared: Shared, tmp_path_factory) -> Path:
    def write(folder: Path) -> None:
        with remembered():
            kpa.export_audit(hostile, folder, as_of=AS_OF, title=HOSTILE_TITLE)

    return _own(shared("hostile", write), tmp_path_factory.mktemp("packs"))


@pytest.fixture(scope="session")
def book(pack) -> openpyxl.Workbook:
    return openpyxl.load_workbook(pack / "audit.xlsx")


HOSTILE_TITLE = '=HYPERLINK("x") </title><script>alert(1)</script> #eval("1")'
