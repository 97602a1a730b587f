"""A request to the simulated API, as its parts know it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from kpa_analytics.demo.records import Source


@dataclass
class Account:
    """One customer: its records, why it is refused (if it is), and its pool of requests."""

    source: Source
    refusal: str | None = None
    recent: deque[float] = field(default_factory=deque)
    blocked_until: float = 0.0


class Received(NamedTuple):
    """What a request asked for; its token is left out."""

    verb: str
    method: str
    params: dict[str, Any]
    page: int | None
    token_in_url: bool


@dataclass(frozen=True)
class Call:
    """A request as a fault meets it."""

    method: str
    page: int | None
    token: str = field(repr=False)
    account: Account | None = field(repr=False)
