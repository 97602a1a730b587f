"""Save a chart as a self-contained file."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import altair as alt

from kpa_analytics.busy_files import move
from kpa_analytics.charts.render import page, png, specification, svg
from kpa_analytics.errors import KPADataError
from kpa_analytics.paths import typed_path

if TYPE_CHECKING:
    from collections.abc import Callable

#: How each kind of file is written.
WRITERS: dict[str, Callable[[dict[str, Any]], str | bytes]] = {
    ".html": page,
    ".png": png,
    ".svg": svg,
}


def save(chart: Any, path: str | os.PathLike[str]) -> Path:
    """Save a chart to a file. The same chart gives the same bytes.

    Args:
        chart: a chart of this package, or any altair chart.
        path: the file. Its suffix is `.html` (one page with every script inside, interactive
            without network), `.png` (at twice the size) or `.svg`. An existing file is replaced
            only once the new one is complete.

    Returns:
        The path.

    Raises:
        KPADataError: the suffix is not one of these, the file can't be written, or `chart` is not a
            chart.

    Examples:
        >>> import kpa_analytics.charts as charts
        >>> from kpa_analytics.schema import EXPIRY_STATUS
        >>> save(charts.status_summary(EXPIRY_STATUS.empty()), "summary.gif")
        Traceback (most recent call last):
        kpa_analytics.errors.KPADataError: summary.gif: a chart can be saved as .html, .png or .svg
    """
    if not isinstance(chart, alt.TopLevelMixin):
        raise KPADataError(f"chart must be an altair chart, not {type(chart).__name__}")
    target = typed_path(path)
    if target.suffix.lower() not in WRITERS:
        raise KPADataError(f"{target.name}: a chart can be saved as .html, .png or .svg")
    return save_as(chart, target.suffix.lower(), target)


def save_as(chart: Any, suffix: str, path: str | os.PathLike[str]) -> Path:
    """Save a chart as the kind of file that a suffix of `WRITERS` names."""
    target, content = typed_path(path), WRITERS[suffix](specification(chart))
    replace_file(target, content.encode() if isinstance(content, str) else content)
    return target


def replace_file(target: Path, content: bytes) -> None:
    """Write a file beside its place and move it there, so that it is complete or not there.

    Raises:
        KPADataError: the file can't be written.
    """
    try:
        _replace(target, content)
    except OSError as error:
        raise KPADataError(f"{target} can't be written: {error.strerror or error}") from error


def _replace(target: Path, content: bytes) -> None:
    handle, beside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(beside).chmod(0o666 & ~_umask())
        move(Path(beside), target)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
