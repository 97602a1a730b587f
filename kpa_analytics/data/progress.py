"""The progress bar over pages, with a note while a request waits."""

from __future__ import annotations

from typing import Any, Self


class PageBar:
    """A tqdm bar that counts the pages of a collection, in a terminal or in Jupyter.

    Examples:
        >>> with PageBar("completions", shown=False) as bar:
        ...     bar.page(1, of=3)
    """

    def __init__(self, label: str, *, shown: bool) -> None:
        from tqdm.auto import tqdm

        self._bar: Any = tqdm(desc=label, unit=" pages", disable=not shown, total=None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.close()

    def page(self, number: int, *, of: int) -> None:
        """Show that page `number` of `of` has arrived; a new reading resets the bar."""
        if self._bar.total != max(of, number):  # only reset() changes the length in a notebook
            self._bar.reset(total=max(of, number))
        self._bar.set_postfix_str("", refresh=False)
        self._bar.update(number - self._bar.n)

    def note(self, text: str) -> None:
        """Show a note until the next page arrives."""
        self._bar.set_postfix_str(text)
