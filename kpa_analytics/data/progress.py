"""The progress bar over pages, and what it says while something has to be waited for."""

from __future__ import annotations

from typing import Any, Self


class PageBar:
    """A tqdm bar that counts pages: right in a terminal and in Jupyter, silent when not wanted.

    Args:
        label: what is being loaded, e.g. `"completions"`.
        shown: False silences it altogether (the setting `progress`).

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
        """Page `number` of `of` has come; a walk that starts again sets the bar back."""
        if self._bar.total != max(of, number):  # a notebook's bar learns its length only so
            self._bar.reset(total=max(of, number))
        self._bar.set_postfix_str("", refresh=False)
        self._bar.update(number - self._bar.n)

    def note(self, text: str) -> None:
        """Say what is being waited for, until the next page comes."""
        self._bar.set_postfix_str(text)
