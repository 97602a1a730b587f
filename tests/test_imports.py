"""No module imports, by any way round, one that imports it: not even for types alone."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import kpa_analytics
from tests.source_code import nodes

PACKAGE = Path(kpa_analytics.__file__).parent


def _imports(path: Path, modules: set[str]) -> set[str]:
    """The modules of the package that a file imports; `from folder import module` counts, too."""
    named = set()
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom) and node.module:
            deeper = {f"{node.module}.{alias.name}" for alias in node.names}
            named |= deeper & modules or {node.module}
        elif isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
    return named & modules


@pytest.mark.slow
def test_no_imports_go_round_in_a_circle() -> None:
    paths = {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): path
        for path in PACKAGE.rglob("*.py")
        if path.name not in ("__init__.py", "__main__.py")
    }
    graph = {name: _imports(path, {*paths}) for name, path in paths.items()}
    assert sum(map(len, graph.values())) > len(graph), "the imports are seen"
    TopologicalSorter(graph).prepare()
