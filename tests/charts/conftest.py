"""Altair checks each specification against its schema once, however often the tests draw it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from altair.utils import schemapi

_check = schemapi.validate_jsonschema
#: Each schema, with the specifications that are valid for it, as Python writes them.
_valid: dict[int, tuple[dict[str, Any], set[str]]] = {}


def _check_once(spec: Any, schema: dict[str, Any], *rest: Any, **options: Any) -> Any:
    _, valid = _valid.setdefault(id(schema), (schema, set()))
    text = repr(spec)
    if text in valid:
        return None
    error = _check(spec, schema, *rest, **options)
    if error is None:
        valid.add(text)
    return error


@pytest.fixture(scope="module", autouse=True)
def checks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schemapi, "validate_jsonschema", _check_once)
        yield
