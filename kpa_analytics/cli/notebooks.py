"""`kpa-analytics notebooks`: the example notebooks and the rules, to read without a checkout."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

import kpa_analytics
from kpa_analytics.cli.options import named_path
from kpa_analytics.errors import KPADataError
from kpa_analytics.install_command import install_command
from kpa_analytics.paths import typed_path

#: The rules, by the path that explanations and reports name.
_RULES = Path("docs/rules.md")


def notebooks(
    folder: Annotated[
        Path, typer.Argument(parser=named_path, help="The folder to copy them to.")
    ] = Path("notebooks"),
) -> None:
    """Copy the example notebooks to a folder. They run on the demo until a token is set.

    The rules that explanations and reports name are copied, too, as docs/rules.md. No file is
    replaced: if the folder already has one of the files, nothing is copied.
    """
    folder, source = typed_path(folder), _shipped("notebooks")
    if folder.exists() and not folder.is_dir():
        raise KPADataError(f"{folder} is not a folder; choose another one")
    examples = [path for path in sorted(source.rglob("*")) if _is_example(path)]
    files = {path.relative_to(source): path for path in examples}
    files[_RULES] = _shipped("docs") / _RULES.name
    if there := [str(file) for file in files if (folder / file).exists()]:
        raise KPADataError(f"{folder} already has {', '.join(there)}; choose another folder")
    try:
        for file, path in files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / file)
    except OSError as error:  # copyfile names the file that it reads
        raise KPADataError(f"{folder} can't be written: {error.strerror or error}") from error
    number = sum(file.suffix == ".ipynb" for file in files)
    typer.echo(f"Copied {number} notebooks and the rules ({_RULES.as_posix()}) to {folder}\n")
    if find_spec("jupyterlab") is None:
        typer.echo(f"Install JupyterLab:\n  {install_command('notebook')}\n")
    typer.echo(f'Start with:\n  jupyter lab "{folder / "00_start_here.ipynb"}"')


def _shipped(name: str) -> Path:
    """A folder that comes with the package: inside it, or beside it in a checkout."""
    package = Path(kpa_analytics.__file__).parent
    inside = package / name
    return inside if inside.is_dir() else package.parent / name


def _is_example(path: Path) -> bool:
    return path.suffix in (".ipynb", ".png", ".py") and ".ipynb_checkpoints" not in path.parts
