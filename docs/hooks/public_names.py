"""An extension of griffe: the reference shows public names, with docstrings as they are meant."""

from __future__ import annotations

import re
from typing import Any

import griffe

#: The first line of what a function returns, which is prose and begins with no type.
_RETURNS = re.compile(r"^(Returns|Yields):\n    (?=\S)", re.MULTILINE)


class PublicNames(griffe.Extension):
    """Make `charts.expiry_timeline` the function, not its file, and results prose."""

    def on_package(self, *, pkg: griffe.Module, **_: Any) -> None:
        """Let no file hide the chart of the same name, as the package itself does."""
        charts = pkg["charts"]
        exported = {name: charts.members[name] for name in charts.exports}
        functions = {name: _function(name, member) for name, member in exported.items()}
        for name, function in functions.items():
            charts.set_member(name, function)

    def on_function(self, *, func: griffe.Function, **_: Any) -> None:
        """Write the type of the result where the parser looks for it: before the first colon."""
        if func.docstring and func.returns is not None:
            kind = _kind(func.returns)
            func.docstring.value = _RETURNS.sub(rf"\1:\n    {kind}: ", func.docstring.value)


def _function(name: str, member: Any) -> Any:
    if member.is_alias:
        return member.final_target
    return member.members[name] if member.is_module else member


def _kind(returns: Any) -> str:
    """The type of a result; of each result, if it comes from a generator."""
    text = str(returns)
    each = re.fullmatch(r"(?:Iterator|Generator)\[(\w+).*\]", text)
    return each[1] if each else text
