"""When each record was seen: proof that a collection is whole, whatever its order.

An id that was deleted never comes back. So a record that came in two answers was there at every
moment between them. If the records that were there at one moment are as many as the total that was
given at that moment, they are the whole collection as it stood then. Neither the order of the
records nor what happened to them before and after makes any difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from typing import Any

from kpa_analytics.data.reading import Ask, Asking, Reading, Seen


class Sightings:
    """All the pages that were seen, in the order in which they were answered.

    Examples:
        >>> sightings = Sightings()
        >>> for keys, first_row in [((1, 2), 0), ((4,), 2), ((4, 3), 3), ((1, 2), 5)]:
        ...     sightings.note(Seen(keys, total=3, first_row=first_row))
        >>> sightings.whole_at_one_moment()  # 1, 2 and 4 were all there when page 2 was answered
        [5, 6, 3]
    """

    def __init__(self) -> None:
        self._pages: list[Seen] = []

    def note(self, page: Seen) -> None:
        """Add the page that was answered last."""
        self._pages.append(page)

    def noted(self, asking: Asking) -> Generator[Ask, Seen, Reading]:
        """Pass a reading's requests on, and note what comes back."""
        try:
            ask = next(asking)
            while True:
                page = yield ask
                self.note(page)
                ask = asking.send(page)
        except StopIteration as done:
            reading: Reading = done.value
            return reading

    def whole_at_one_moment(self) -> list[int] | None:
        """The numbers of the rows that were the whole collection at one moment, as seen last.

        Returns:
            None: at no moment are as many records known to have been there as the total says.
        """
        first: dict[Any, int] = {}
        last: dict[Any, tuple[int, int]] = {}
        for number, page in enumerate(self._pages):
            for row, key in enumerate(page.keys, start=page.first_row):
                first.setdefault(key, number)
                last[key] = number, row
        came, left = Counter(first.values()), Counter(number for number, _ in last.values())
        there = 0
        for moment, page in enumerate(self._pages):
            there += came[moment]
            if there == page.total:
                return [last[key][1] for key in first if first[key] <= moment <= last[key][0]]
            there -= left[moment]
        return None
