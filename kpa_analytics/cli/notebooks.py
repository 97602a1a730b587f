"""`kpa-analytics notebooks`: the example notebooks, for those who installed the package."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

import kpa_analytics
from kpa_analytics.errors import KPADataError
from kpa_analytics.paths import typed_path


def notebooks(
    folder: Annotated[Path, typer.Argument(help="The folder to copy them to.")] = Path("notebooks"),
) -> None:
    """Copy the example notebooks to a folder. They run on the demo until a token is set.

    No file is replaced: if the folder already has one of the notebooks, nothing is copied.
    """
    folder, source = typed_path(folder), _source()
    files = [path.relative_to(source) for path in sorted(source.rglob("*")) if _is_example(path)]
    if there := [str(file) for file in files if (folder / file).exists()]:
        raise KPADataError(f"{folder} already has {', '.join(there)}; choose another folder")
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / file, folder / file)
    number = sum(file.suffix == ".ipynb" for file in files)
    typer.echo(
        f"Copied {number} notebooks to {folder}\n\nStart with:\n"
        f'  jupyter lab "{folder / "00_start_here.ipynb"}"'
    )


def _source() -> Path:
    """The folder of the notebooks: in an installed package, or beside that of a checkout."""
    package = Path(kpa_analytics.__file__).parent
    inside = package / "notebooks"
    return inside if inside.is_dir() else package.parent / "notebooks"


def _is_example(path: Path) -> bool:
    return path.suffix in (".ipynb", ".png", ".py") and ".ipynb_checkpoints" not in path.parts
