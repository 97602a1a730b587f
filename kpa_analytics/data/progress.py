"""The progress bar over pages, with a note while a request waits."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Self


class PageBar:
    """A tqdm bar that counts the pages of a collection, in a terminal or in Jupyter.

    Inside `one_bar`, all collections share one bar.

    Examples:
        >>> with PageBar("completions", shown=False) as bar:
        ...     bar.page(1, of=3)
    """

    def __init__(self, label: str, *, shown: bool) -> None:
        shared = _SHARED.get() if shown else None
        self._own = shared is None
        self._bar: Any = shared.begin(label) if shared else _bar(label, shown)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._own:
            self._bar.close()

    def page(self, number: int, *, of: int) -> None:
        """Show that page `number` of `of` has arrived; a new reading resets the bar."""
        if self._bar.total != max(of, number):
            self._bar.reset(total=max(of, number))
        self._bar.set_postfix_str("", refresh=False)
        self._bar.update(number - self._bar.n)

    def note(self, text: str) -> None:
        """Show a note until the next page arrives."""
        self._bar.set_postfix_str(text)


class _OneBar:
    """One bar for several collections. It appears when the first of them is downloaded."""

    def __init__(self, labels: Sequence[str]) -> None:
        self._labels = list(labels)
        self._bar: Any = None

    def begin(self, label: str) -> Any:
        """The bar, which says that it loads this collection."""
        if self._bar is None:
            self._bar = _bar("Loading", shown=True)
        place = f"{self._labels.index(label) + 1} of {len(self._labels)}"
        self._bar.reset()
        self._bar.set_description_str(f"Loading {label.replace('_', ' ')} ({place})")
        return self._bar

    def end(self) -> None:
        """Say that everything is loaded."""
        if self._bar is not None:
            self._bar.set_description_str(f"Loaded all {len(self._labels)} collections")

    def close(self) -> None:
        """Leave the bar as it is."""
        if self._bar is not None:
            self._bar.close()


_IN_OUTPUT: ContextVar[bool] = ContextVar("in an Output widget", default=False)
_SHARED: ContextVar[_OneBar | None] = ContextVar("shared bar", default=None)


@contextmanager
def one_bar(labels: Sequence[str]) -> Iterator[None]:
    """Show one bar for these collections instead of one for each.

    Args:
        labels: the names of the collections, in the order in which they are loaded.
    """
    shared = _OneBar(labels)
    before = _SHARED.set(shared)
    try:
        yield
        shared.end()
    finally:
        _SHARED.reset(before)
        shared.close()


@contextmanager
def in_output() -> Iterator[None]:
    """Show bars as a stream: the widget `Output` does not follow a line that is replaced."""
    before = _IN_OUTPUT.set(True)
    try:
        yield
    finally:
        _IN_OUTPUT.reset(before)


@contextmanager
def account_bar(accounts: int, *, shown: bool) -> Iterator[Callable[[str], None]]:
    """Show one bar for several accounts; yield a function that counts an account.

    Args:
        accounts: the number of accounts.
        shown: whether to show the bar.
    """
    with counting_bar("Loading", "accounts", accounts, shown=shown) as loaded:
        yield loaded


@contextmanager
def counting_bar(
    label: str, unit: str, number: int, *, shown: bool
) -> Iterator[Callable[..., None]]:
    """Show a bar for a number of things; yield a function that counts one, and may name it.

    Args:
        label: what is done, e.g. "Writing".
        unit: what is counted, e.g. "lists".
        number: how many there are.
        shown: whether to show the bar.
    """
    bar = _bar(label, shown, unit, number)

    def count(name: str = "") -> None:
        bar.set_postfix_str(name, refresh=False)
        bar.update()

    try:
        yield count
    finally:
        bar.close()


def _bar(label: str, shown: bool, unit: str = "pages", number: int | None = None) -> Any:
    """A bar made of text, in Jupyter as well: a saved notebook keeps it, and no widget's error."""
    from tqdm import tqdm

    file: Any = sys.stderr
    if _in_notebook():  # it shows the error stream on red
        file = sys.stdout if _IN_OUTPUT.get() else _Line()
    return tqdm(desc=label, unit=f" {unit}", disable=not shown, total=number, file=file)


class _Line:
    """A file whose last line is shown in a notebook, in place of the line before.

    A stream cannot do that: after a warning, a carriage return does not go back to the line, and
    Voila shows what is before it as a line of its own.
    """

    encoding = "utf-8"

    def __init__(self) -> None:
        self._shown: Any = None

    def write(self, text: str) -> None:
        """Show the last line of a text, unless it is blank."""
        line = text.strip("\r\n").split("\r")[-1].rstrip()
        if not line:
            return
        from IPython.display import display

        bundle: Any = {"text/plain": line}
        if self._shown is None:
            show: Any = display
            self._shown = show(bundle, raw=True, display_id=True)
        else:
            self._shown.update(bundle, raw=True)

    def flush(self) -> None:
        """Do nothing: each line is shown at once."""


def _in_notebook() -> bool:
    """Whether a Jupyter kernel runs this."""
    if "IPython" not in sys.modules:
        return False
    from IPython.core.getipython import get_ipython

    return hasattr(get_ipython(), "kernel")
