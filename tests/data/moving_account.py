"""A simulated account that people edit during a load, to test the proof without HTTP."""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Sequence
from typing import Any, NamedTuple

from kpa_analytics.data.proof import UnprovedError, Whole, proved
from kpa_analytics.data.reading import Ask, Seen

#: The positions from which and to which records move, by the number of the request.
Script = dict[int, list[tuple[int | None, int | None]]]


class Account:
    """Ordered records, newest first; `change` edits them as a busy person would.

    Args:
        count: how many records there are at first; the newest have the highest keys.
        chance: where things happen.
    """

    def __init__(self, count: int, chance: random.Random) -> None:
        self.keys = list(range(count, 0, -1))
        self.chance = chance
        self.last = count

    def page(self, start: int, limit: int) -> Sequence[int]:
        """The records at these positions, as they are now."""
        return self.keys[start : start + limit]

    def place(self) -> int:
        """A position where a record can be inserted."""
        return self.chance.randrange(len(self.keys) + 1)

    def new(self) -> int:
        """The key of a new record."""
        self.last += 1
        return self.last

    def taken(self) -> int:
        """Remove a random record and return it."""
        return self.keys.pop(self.chance.randrange(len(self.keys)))

    def add(self) -> None:
        self.keys.insert(self.place(), self.new())

    def add_at_the_top(self) -> None:
        self.keys.insert(0, self.new())

    def remove(self) -> None:
        self.taken()

    def date_anew(self) -> None:
        self.keys.insert(self.place(), self.taken())

    def date_to_the_top(self) -> None:
        self.keys.insert(0, self.taken())

    def enter_again_at_the_same_place(self) -> None:
        self.keys[self.chance.randrange(len(self.keys))] = self.new()

    def enter_again_elsewhere(self) -> None:
        self.taken()
        self.add()

    def change(self) -> None:
        """Make one random change."""
        self.chance.choice(
            (
                self.add,
                self.add_at_the_top,
                self.remove,
                self.date_anew,
                self.enter_again_at_the_same_place,
                self.enter_again_elsewhere,
            )
        )()


class Scripted(Account):
    """Ordered records that change as a script says.

    Args:
        count: how many records there are at first.
        script: the changes before a request, by its number. Each is the position of the record that
            is taken out, and the position where it is put in. Without the first, the record is new;
            without the second, it is deleted.
    """

    def __init__(self, count: int, script: Script) -> None:
        super().__init__(count, random.Random(0))
        self.script = script
        self.request = 0

    def happens(self, request: int) -> bool:
        """Whether anything changes before this request."""
        self.request = request
        return request in self.script

    def change(self) -> None:
        """Make the changes of this request."""
        for taken, put in self.script[self.request]:
            key = self.new() if taken is None else self.keys.pop(taken)
            if put is not None:
                self.keys.insert(put, key)


class Load(NamedTuple):
    """The result of a load of a moving account.

    Attributes:
        keys: the records that were taken for the whole; None: refused.
        throughout: the records that were there from the first request to the last.
        ever: the records that were there at any of them.
        requests: how many there were.
    """

    keys: list[int] | None
    throughout: set[int]
    ever: set[int]
    requests: int

    @property
    def missing(self) -> set[int]:
        """Records that existed during the whole load but were not loaded."""
        return self.throughout - set(self.keys or ())

    @property
    def invented(self) -> set[int]:
        """Records that were loaded but never existed."""
        return set(self.keys or ()) - self.ever


def load(account: Account, size: int, happens: Callable[[int], bool]) -> Load:
    """Load an account that changes before the requests for which `happens` returns True."""
    throughout, ever = set(account.keys), set(account.keys)
    received: list[int] = []
    requests = 0

    def answer(ask: Ask) -> Seen:
        nonlocal requests, throughout
        requests += 1
        if requests > 1 and happens(requests):
            account.change()
            throughout &= set(account.keys)
            ever.update(account.keys)
        page = account.page(ask.start, ask.limit)
        received.extend(page)
        return Seen(page, len(account.keys), len(received) - len(page))

    whole = answered(proved(size), answer)
    keys = None if whole is None else [received[row] for row in whole.rows]
    assert keys is None or len(set(keys)) == len(keys), "a record came twice"
    return Load(keys, throughout, ever, requests)


def answered(steps: Generator[Ask, Seen, Whole], answer: Callable[[Ask], Seen]) -> Whole | None:
    """Answer every request; return None if the collection is not proved."""
    try:
        ask = next(steps)
        while True:
            ask = steps.send(answer(ask))
    except StopIteration as done:
        whole: Whole = done.value
        return whole
    except UnprovedError:
        return None


def every(count: int) -> Callable[[int], bool]:
    """A change before each request whose number is a multiple of `count`."""
    return lambda request: request % count == 0


def sometimes(share: float, chance: random.Random) -> Callable[[int], bool]:
    """A change before this share of the requests."""
    return lambda request: chance.random() < share


def ask_all(keys: Sequence[Any], size: int) -> list[tuple[int, int]]:
    """The pages that a reading requests from an unchanged collection."""
    asked: list[tuple[int, int]] = []

    def answer(ask: Ask) -> Seen:
        asked.append((ask.page, ask.limit))
        page = keys[ask.start : ask.start + ask.limit]
        return Seen(page, len(keys), 0)

    assert answered(proved(size), answer) is not None
    return asked
