"""Files and folders that one worker of pytest-xdist makes for all of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

#: Makes a file or folder at a path.
Make = Callable[[Path], object]
#: The path of a file or folder by its name; the first worker that asks for it makes it.
Shared = Callable[[str, Make], Path]


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder of all workers in this run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def shared(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Shared:
    """Make a file or folder once for all workers. A test that changes it must copy it first."""

    def path_of(name: str, make: Make) -> Path:
        place = shared_folder / name
        with FileLock(f"{place}.lock"):
            if not place.exists():
                whole = tmp_path_factory.mktemp("shared") / name
                make(whole)
                whole.rename(place)
        return place

    return path_of
