"""The accounts of the simulated API, and the requests that it receives."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from kpa_analytics.demo.sources import Source


@dataclass
class Account:
    """One customer: its records, the error code if it is refused, and its recent requests."""

    source: Source
    refusal: str | None = None
    recent: deque[float] = field(default_factory=deque)
    blocked_until: float = 0.0


class Received(NamedTuple):
    """A received request, without its token."""

    verb: str
    method: str
    params: dict[str, Any]
    page: int | None
    token_in_url: bool


@dataclass(frozen=True)
class Call:
    """A request as faults see it."""

    method: str
    page: int | None
    token: str = field(repr=False)
    account: Account | None = field(repr=False)
