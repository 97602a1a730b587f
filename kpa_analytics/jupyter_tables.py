"""How Jupyter shows our tables: names first, the 24-digit ids behind them.

Only what a cell displays is rearranged. The frame keeps its columns in their order, and frames
without names, such as completions, are shown as they are.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

#: The columns with names and statuses, in the order in which they are shown.
_NAMES = ("user", "training", "instructor", "supervisor", "status", "before", "after")
_FRAME = ("polars.dataframe.frame", "DataFrame")
_HTML, _PLAIN = "text/html", "text/plain"


def names_first(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame as it is shown: names and statuses, other columns, ids.

    Examples:
        >>> import polars as pl
        >>> names_first(pl.DataFrame({"m_user_id": ["5e58"], "days_left": [3], "user": ["Ann"]}))
        shape: (1, 3)
        ┌──────┬───────────┬───────────┐
        │ user ┆ days_left ┆ m_user_id │
        │ ---  ┆ ---       ┆ ---       │
        │ str  ┆ i64       ┆ str       │
        ╞══════╪═══════════╪═══════════╡
        │ Ann  ┆ 3         ┆ 5e58      │
        └──────┴───────────┴───────────┘
    """
    names = [name for name in _NAMES if name in frame.columns]
    ids = [name for name in frame.columns if name.endswith("_id")]
    if not ids or names in ([], ["status"]):
        return frame
    others = [name for name in frame.columns if name not in (*names, *ids)]
    return frame.select(*names, *others, *ids)


def show_names_first() -> None:
    """In IPython and Jupyter, display frames this way; elsewhere, do nothing.

    A formatter of the user's own stays.
    """
    if "IPython" not in sys.modules:
        return
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()
    if shell is None:
        return
    formatters = shell.display_formatter.formatters
    for kind, show in ((_HTML, _html), (_PLAIN, _plain)):
        if _FRAME not in formatters[kind].deferred_printers:
            formatters[kind].for_type_by_name(*_FRAME, show)


def _plain(frame: pl.DataFrame, printer: Any, _: bool) -> None:
    printer.text(repr(names_first(frame)))


def _html(frame: pl.DataFrame) -> str:
    page: str = names_first(frame)._repr_html_()
    return page
