"""The tiles and the table of the trend explorer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from kpa_analytics.analysis import case_groups
from kpa_analytics.charts.expirations_by_week import ALL_OTHERS, LARGEST
from kpa_analytics.outcomes import OUTCOME_LABELS, RENEWED_ON_TIME
from kpa_analytics.report_text import TODAYS
from kpa_analytics.statuses import (
    FROM_REQUIREMENTS,
    GAPS,
    MISSING,
    SEVERITY,
    SIGNED_LABELS,
    STATUS_LABELS,
)
from kpa_analytics.widgets import layout
from kpa_analytics.widgets.profiles import PROFILE_HEADINGS
from kpa_analytics.widgets.table_rows import PERSON_IDS, ColumnHeading
from kpa_analytics.wording import count, day, month, percent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

_UNKNOWN, _RENEWED = "not known", "Renewed on time"


#: The columns of the cases behind the selected bars.
CASE_HEADINGS = (
    ColumnHeading("user", "Person", "person"),
    ColumnHeading("training", "Training"),
    ColumnHeading("expiration_date", "Valid through", "date"),
    ColumnHeading("status", "Status", "status"),
    ColumnHeading("outcome", "Renewal", "status"),
    ColumnHeading("change", "Change", shown_at_first=False),
    *PROFILE_HEADINGS,
)


#: The same columns, so that a filter stays valid, where gaps that opened or closed are listed.
CHANGE_HEADINGS = tuple(
    heading._replace(shown_at_first=heading.column == "change")
    if heading.column in ("outcome", "change")
    else heading
    for heading in CASE_HEADINGS
)


#: The figures that count cases.
GAPS_NOW, GAPS_BEFORE, CHANGE, ON_TIME = "gaps", "gaps-before", "change", "on-time"
#: The entries of the weekly chart's legend. A click on one selects it as if it were a figure.
LARGEST_OF_WEEK, OTHERS_OF_WEEK = "largest-of-week", "others-of-week"
WEEK_LEGEND = {LARGEST: LARGEST_OF_WEEK, ALL_OTHERS: OTHERS_OF_WEEK}
TREND_FIGURES = (GAPS_NOW, GAPS_BEFORE, CHANGE, ON_TIME, LARGEST_OF_WEEK, OTHERS_OF_WEEK)


NO_CHANGE = "No gap was opened or closed between these days."
_CAPTIONS = {
    ON_TIME: _RENEWED,
    LARGEST_OF_WEEK: "Expirations of each week's largest training",
    OTHERS_OF_WEEK: "Expirations each week, without that week's largest training",
}


class Period(NamedTuple):
    """The period shown: its first day, its last, and the day of the first completion."""

    first: date
    as_of: date
    begun: date | None


def unknown_labels(known: bool) -> dict[str, dict[Any, str]]:
    """The labels of the table for counts that are not known.

    `known`: whether requirements were provided.
    """
    unknown = {None: _UNKNOWN} if known else {None: _UNKNOWN, 0: _UNKNOWN}
    return dict.fromkeys(FROM_REQUIREMENTS, unknown)


def bar_in_words(bar: Mapping[str, Any]) -> str:
    """A selected bar in the caption of its cases.

    Examples:
        >>> from datetime import date
        >>> bar_in_words({"week": date(2026, 7, 6)})
        'Expirations in the week of 6 Jul 2026'
    """
    if "week" in bar:
        return f"Expirations in the week of {day(bar['week'])}"
    if "month" in bar:
        return f"{OUTCOME_LABELS[bar['outcome']]}, expires in {month(bar['month'])}"
    return f"{STATUS_LABELS[bar['status']]} on {day(bar['day'])}"


def group_in_words(name: str, on: date, known: bool) -> str:
    """A selected day of a group in the caption of its cases.

    Examples:
        >>> from datetime import date
        >>> group_in_words("Rigging", date(2026, 6, 30), known=True)
        'Gaps of Rigging on 30 Jun 2026'
    """
    return f"{_kind(known)} of {name} on {day(on)}"


def no_group(by: str) -> str:
    """The name of the cases without a group."""
    return case_groups.no_group(by)


def headings(by: str | None, known: bool) -> list[ColumnHeading]:
    """The columns of the table; `known`: whether requirements were provided."""
    kind = "person" if by in PERSON_IDS else "text"
    group = [ColumnHeading(by, by.replace("_", " ").capitalize(), kind)] if by else []
    return [
        ColumnHeading("day", "Day", "date"),
        *group,
        ColumnHeading("total", "Cases", "number"),
        ColumnHeading("gaps", _kind(known), "number"),
        ColumnHeading("percent", f"{_kind(known)} (%)", "number"),
        *(ColumnHeading(status, STATUS_LABELS[status], "number") for status in SEVERITY),
    ]


def _kind(known: bool) -> str:
    """The name of the gaps: without requirements, most missing cases are not known."""
    return "Gaps" if known else "Known gaps"


def with_gap_shares(rows: pl.DataFrame, by: str | None) -> pl.DataFrame:
    """The rows of the table: `gaps`, and their share in `percent`, after the columns of `rows`.

    A percentage is 0 only if there are no gaps, 100 only if every case is a gap, and null if there
    are no cases.
    """
    nobody = [pl.col(by).fill_null(no_group(by))] if by else []
    share = 100 * pl.col("gaps") / pl.col("total")
    inside = (share > 0) & (share < 100)
    rounded = pl.when(inside).then(share.round(1).clip(0.1, 99.9)).otherwise(share)
    return rows.with_columns(pl.sum_horizontal(GAPS).alias("gaps"), *nobody).with_columns(
        pl.when(pl.col("total") > 0).then(rounded).alias("percent")
    )


def behind_figures(rows: pl.DataFrame, due: pl.DataFrame, as_of: date) -> dict[str, list[Any]]:
    """The bars whose cases each figure counts, of the figures that count a case.

    Args:
        rows: the counts of each day, of all cases together.
        due: the certificates that came due since the first day.
        as_of: the last day.
    """
    behind: dict[str, list[Any]] = {}
    for figure, at in ((GAPS_NOW, -1), (GAPS_BEFORE, 0)) if rows.height else ():
        row = rows.row(at, named=True)
        behind[figure] = [{"day": row["day"], "status": status} for status in GAPS if row[status]]
    if rows.height > 1 and (behind.get(GAPS_NOW) or behind.get(GAPS_BEFORE)):
        behind[CHANGE] = [{"since": rows["day"][0], "day": rows["day"][-1]}]
    if due.filter(pl.col("expiration_date") < as_of, pl.col("outcome") == RENEWED_ON_TIME).height:
        behind[ON_TIME] = [{"outcome": RENEWED_ON_TIME, "over": True}]
    return {figure: bars for figure, bars in behind.items() if bars}


def trend_caption(figure: str, rows: pl.DataFrame, known: bool) -> str:
    """A selected figure in the caption of its cases; the arguments are those of `trend_figures`."""
    if figure in _CAPTIONS:
        return _CAPTIONS[figure]
    if figure == CHANGE:
        first, last = day(rows["day"][0]), day(rows["day"][-1])
        return f"{_kind(known)} opened or closed between {first} and {last}"
    return f"{_kind(known)} on {day(rows['day'][-1 if figure == GAPS_NOW else 0])}"


def trend_figures(rows: pl.DataFrame, due: pl.DataFrame, period: Period, unknown: str) -> str:
    """The numbers above the charts, as HTML.

    Args:
        rows: the counts of each day, of all cases together.
        due: the certificates that came due since the first day.
        period: the period.
        unknown: which requirements are not known, in words; empty if all are.
    """
    if rows.is_empty():
        begins = f"The records begin on {day(period.begun)}" if period.begun else ""
        return layout.figure_tiles([(_UNKNOWN, f"Gaps on {day(period.as_of)}", begins, "kpa-all")])
    known = not unknown
    sampled = rows.with_columns(pl.sum_horizontal(GAPS).alias("gaps"))
    before, now = (sampled.row(at, named=True) for at in (0, -1))
    tiles = [
        (
            f"{now['gaps']:,}",
            *(trend_caption(GAPS_NOW, rows, known), _share(now), f"kpa-all kpa-{GAPS_NOW}"),
        ),
        (
            f"{before['gaps']:,}",
            *(trend_caption(GAPS_BEFORE, rows, known), _share(before), f"kpa-{GAPS_BEFORE}"),
        ),
        _change(before, now),
        _on_time(due, period),
    ]
    if unknown:
        tiles.append((_UNKNOWN, SIGNED_LABELS[MISSING], unknown, f"kpa-{MISSING}"))
    return layout.figure_tiles(tiles)


def _share(row: Mapping[str, Any]) -> str:
    if not row["total"]:
        return "there was no case"
    return f"{percent(row['gaps'], row['total'])} of {count(row['total'], 'case')}"


def _change(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, str, str, str]:
    change = now["gaps"] - before["gaps"]
    sign = "+" if change > 0 else "\N{MINUS SIGN}" if change < 0 else ""
    cases = now["total"] - before["total"]
    more = "more" if cases > 0 else "fewer"
    detail = (
        f"with {count(abs(cases), f'{more} case')} in all" if cases else "with as many cases in all"
    )
    worse = "kpa-worst" if change > 0 else ""
    return (f"{sign}{abs(change):,}", "Change", detail, f"kpa-{CHANGE} {worse}")


def _on_time(due: pl.DataFrame, period: Period) -> tuple[str, str, str, str]:
    over = due.filter(pl.col("expiration_date") < period.as_of)
    label, since = _RENEWED, day(period.first)
    if over.is_empty():
        return (_UNKNOWN, label, f"no certificate has come due since {since}", "")
    on_time = int((over["outcome"] == RENEWED_ON_TIME).sum())
    detail = f"{on_time:,} of {count(over.height, 'certificate')} due for renewal since {since}"
    later = due.height - over.height
    if later:
        left_out = count(later, "that expires later is", "that expire later are")
        detail += f"; {left_out} not counted"
    return (percent(on_time, over.height), label, detail, f"kpa-{ON_TIME}")


def note(period: Period) -> str:
    """A line about every figure, as HTML."""
    earlier = layout.before_records(period.begun, period.as_of)
    return earlier or f'<p class="kpa-time">{TODAYS}</p>'
