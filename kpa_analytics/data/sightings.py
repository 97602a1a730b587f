"""When each record was seen: proof that a collection is whole, whatever its order.

A deleted id never comes back. So a record that came on two pages was there at every moment between
them. If the number of records that were there at one moment equals the total given at that moment,
those records are the whole collection at that moment. The order of the records does not matter, and
changes before and after that moment do not matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from typing import Any

from kpa_analytics.data.reading import Ask, Reading, ReadingSteps, Seen


class Sightings:
    """All received pages, in the order in which they were answered.

    Examples:
        >>> sightings = Sightings()
        >>> for keys, first_row in [((1, 2), 0), ((4,), 2), ((4, 3), 3), ((1, 2), 5)]:
        ...     sightings.note(Seen(keys, total=3, first_row=first_row))
        >>> sightings.whole_at_one_moment()  # 1, 2 and 4 were all there when page 2 was answered
        [0, 1, 2]
    """

    def __init__(self) -> None:
        self._pages: list[Seen] = []

    def note(self, page: Seen) -> None:
        """Add the page that was answered last."""
        self._pages.append(page)

    def noted(self, steps: ReadingSteps) -> Generator[Ask, Seen, Reading]:
        """Pass on a reading's requests, and note the pages that come back."""
        try:
            ask = next(steps)
            while True:
                page = yield ask
                self.note(page)
                ask = steps.send(page)
        except StopIteration as done:
            reading: Reading = done.value
            return reading

    def whole_at_one_moment(self) -> list[int] | None:
        """The numbers of the rows that were the whole collection at one moment.

        Each row is from the last page before that moment that held the record, so no row is older
        than it must be.

        Returns:
            The row numbers; None if at no moment the known records are as many as the total.
        """
        first: dict[Any, int] = {}
        last: dict[Any, int] = {}
        for number, page in enumerate(self._pages):
            for key in page.keys:
                first.setdefault(key, number)
                last[key] = number
        came, left = Counter(first.values()), Counter(last.values())
        there = 0
        for moment, page in enumerate(self._pages):
            there += came[moment]
            if there == page.total:
                return self._rows(
                    {key for key in last if first[key] <= moment <= last[key]}, moment
                )
            there -= left[moment]
        return None

    def _rows(self, keys: set[Any], moment: int) -> list[int]:
        """The last row of each of these records, up to a moment."""
        rows = {
            key: row
            for page in self._pages[: moment + 1]
            for row, key in enumerate(page.keys, start=page.first_row)
            if key in keys
        }
        return list(rows.values())
