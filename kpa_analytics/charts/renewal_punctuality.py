"""The share of certificates that were renewed on time, by month or by group."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import altair as alt
import polars as pl

from kpa_analytics.analysis.case_groups import BY_IN_A_FLEET, group_columns, no_group
from kpa_analytics.analysis.periods import part_of
from kpa_analytics.charts.periods import AFTER, BEFORE, drawn_periods
from kpa_analytics.charts.punctuality_months import months
from kpa_analytics.charts.punctuality_rows import ROOM, ranked_rows, share_text
from kpa_analytics.charts.styled import nothing_to_show
from kpa_analytics.charts.text import labels, not_drawn, top_names
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import need
from kpa_analytics.report_text import GROUP_NOUNS
from kpa_analytics.report_text import RenewalText as Text
from kpa_analytics.schema import RENEWAL_PUNCTUALITY
from kpa_analytics.whole_number import whole_number
from kpa_analytics.wording import month, say

if TYPE_CHECKING:
    from kpa_analytics.as_of import Day
    from kpa_analytics.inputs import AnyFrame

_COUNTS = RENEWAL_PUNCTUALITY.schema.names()[:-1]
_PARTS = ("earlier", "drawn", "later", "no month")
#: Why certificates are not drawn.
_REASONS = {
    "earlier": Text.EARLIER,
    "later": Text.LATER,
    "no month": Text.NO_MONTH,
    "others": Text.OTHERS,
}
#: Pixels for names in the title.
_NAMES = 300
#: A person can be in several of them.
_SEVERAL = ("field_office", "line_of_business")


class _Read(NamedTuple):
    """The frame with the columns key, group and period, its groups, and whether it is demo data."""

    frame: pl.DataFrame
    by: str | None
    demo: bool


def renewal_punctuality_table(
    punctuality: AnyFrame, *, as_of: Day | None = None, top: int = 20
) -> pl.DataFrame:
    """Keep the months around a day, or the groups with the lowest share, and count the rest.

    Args:
        punctuality: the result of `kpa_analytics.renewal_punctuality()`.
        as_of: the day that the months surround: 60 months up to its own and 12 after it. By
            default, the latest month of the frame up to today or, for demo data, `demo.AS_OF`.
        top: number of groups to keep, 1 to 60.

    Returns:
        part (String: "drawn", or the reason why not: "earlier", "later", "no month" or "others"),
        month (Date), key, group (String, unique), n, on_time, late, lapsed, pending (Int64), share
        (Float64, 0 to 1; null if not known, and in rows that are not drawn). Months are sorted,
        groups begin with the lowest share, and people without a group come last. The certificates
        add up to those of `punctuality`.

    Raises:
        KPADataError: a column is missing, a count is null, a month or group occurs twice, `as_of`
            is not a date, or `top` is out of range.

    Examples:
        >>> renewal_punctuality_table(RENEWAL_PUNCTUALITY.empty()).shape
        (0, 10)
    """
    drawn, rest = _drawn_and_rest(_read(punctuality), as_of, top)
    whole = drawn.select(pl.lit("drawn").alias("part"), pl.all())
    return pl.concat([whole, rest], how="diagonal")


def renewal_punctuality(
    punctuality: AnyFrame,
    *,
    as_of: Day | None = None,
    top: int = 20,
    demo: bool = False,
    dark: bool = False,
) -> alt.VConcatChart | alt.LayerChart:
    """Draw the share of certificates that were renewed on time, with the counts.

    Months are a line of the share above bars of the outcomes. Groups are bars of the share beside
    the counts, the lowest share at the top.

    A click on a bar of a month sets the selection `pick` (month, outcome).

    Args:
        punctuality: the result of `kpa_analytics.renewal_punctuality()`, eager or lazy.
        as_of: the day that the months surround, as for `renewal_punctuality_table`.
        top: number of groups to draw, 1 to 60; the subtitle counts the certificates of the others.
        demo: True for demo data. The counts do not show it, except those by supervisor.
        dark: True for a dark background.

    Returns:
        The chart; its data is `renewal_punctuality_table(...)`.

    Raises:
        KPADataError: as `renewal_punctuality_table`.

    Examples:
        >>> renewal_punctuality(RENEWAL_PUNCTUALITY.empty()).description
        'On-time renewal. No certificates to show.'
    """
    read = _read(punctuality)
    demo = demo or read.demo
    drawn, rest = _drawn_and_rest(read, as_of, top)
    undrawn = dict(rest.select("part", "n").iter_rows())
    left_out = not_drawn(undrawn, _REASONS, before=BEFORE, after=AFTER)
    if not drawn["n"].sum():
        return nothing_to_show(Text.TITLE, Text.NOTHING, left_out, dark=dark, demo=demo)
    numbers = drawn.select(pl.col(_COUNTS).sum()).row(0, named=True)
    several = Text.SEVERAL if read.by in _SEVERAL else ""
    subtitle = [say(Text.COUNTS, **numbers), Text.OF_WHICH, several, left_out]
    draw = months if read.by == "month" else ranked_rows
    title = _of_month(drawn) if read.by == "month" else _of_groups(read, drawn)
    return draw(drawn, title, subtitle, demo, dark)


def _read(punctuality: AnyFrame) -> _Read:
    lazy = need(punctuality, RENEWAL_PUNCTUALITY, *RENEWAL_PUNCTUALITY.schema)
    schema = lazy.collect_schema()
    kinds = [by for by in BY_IN_A_FLEET if {*group_columns(by)} <= {*schema}]
    by = "month" if schema.get("month") == pl.Date else next(iter(kinds), None)
    whole = lazy.collect(engine="in-memory")
    key, group = group_columns(kinds[0]) if kinds else ("", "")
    none = pl.lit(None, pl.String)
    nobody = no_group(kinds[0]) if kinds else say(Text.ALL)
    frame = whole.select(
        (pl.col("month") if by == "month" else pl.lit(None, pl.Date)).alias("period"),
        (pl.col(key).cast(pl.String) if kinds else none).alias("key"),
        (pl.col(group).fill_null(nobody) if kinds else pl.lit(nobody)).alias("group"),
        *RENEWAL_PUNCTUALITY.schema,
    )
    _check(frame, by)
    return _Read(frame, by, is_demo(whole))


def _check(frame: pl.DataFrame, by: str | None) -> None:
    for name in _COUNTS:
        if frame[name].null_count():
            raise KPADataError(f"renewal_punctuality: {name} is null in some rows")
    names = frame["period" if by == "month" else "group"]
    twice = names.filter(frame[["period", "key"]].is_duplicated())
    if twice.len():
        raise KPADataError(f"renewal_punctuality: {twice[0]} occurs more than once")


def _drawn_and_rest(read: _Read, as_of: Day | None, top: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of `renewal_punctuality_table` that are drawn, without `part`, and the others."""
    whole_number(top, "top", 60)
    if read.by == "month":
        drawn = drawn_periods(read.frame.with_columns(every=pl.lit("1mo")), as_of, None)
        part = part_of(pl.col("period"), drawn.first, drawn.last, _PARTS)
        ordered = read.frame.sort("period").with_columns(group=pl.lit(None, pl.String))
    else:
        # People without a group are not a group, so they come last.
        ordered = read.frame.sort(
            pl.col("key").is_null(),
            *("share", "n", "group", "key"),
            descending=[False, False, True, False, False],
            nulls_last=True,
        )
        part = (
            pl.when(pl.int_range(pl.len()) < top).then(pl.lit("drawn")).otherwise(pl.lit("others"))
        )
    parts = ordered.with_columns(part.alias("part")).rename({"period": "month"})
    kept = parts.filter(pl.col("part") == "drawn")
    if read.by != "month":
        kept = labels(kept, "group", "key", room=ROOM)
    rest = (
        parts.lazy()
        .filter(pl.col("part") != "drawn")
        .group_by("part")
        .agg(pl.col(_COUNTS).sum())
        .sort("part")
        .collect(engine="in-memory")
    )
    return kept.select("month", "key", "group", *RENEWAL_PUNCTUALITY.schema), rest


def _of_month(drawn: pl.DataFrame) -> str:
    """The finding, as the title: the share of the last month."""
    known = drawn.filter(pl.col("share").is_not_null())
    if known.is_empty():
        return Text.NOT_KNOWN
    share, last = known["share"][-1], month(known["month"][-1])
    return say(Text.OF_MONTH, share=share_text(share), month=last)


def _of_groups(read: _Read, drawn: pl.DataFrame) -> str:
    """The finding, as the title: the lowest share of the groups, also of those not drawn."""
    known = read.frame.filter(pl.col("share").is_not_null())
    if known.is_empty():
        return Text.NOT_KNOWN
    has_key = pl.col("key").is_not_null()
    named, unnamed = known.filter(has_key), known.filter(~has_key)
    lowest = (named if named.height else unnamed).filter(pl.col("share") == pl.col("share").min())
    share = share_text(lowest["share"][0])
    nouns = GROUP_NOUNS[read.by] if read.by else ("", "")
    names = drawn.filter(has_key)["group"].to_list()
    if read.frame.height == 1 or named.is_empty():
        return say(Text.OF_ALL, share=share)
    if named.height == 1:
        return say(Text.OF_ONE, name=top_names(names, 1, nouns, _NAMES, start=True), share=share)
    if lowest.height == read.frame["key"].count():
        return say(Text.OF_EACH, group=nouns[0], share=share)
    among = (unnamed["share"] < lowest["share"][0]).any()
    if lowest.height > 1:
        text = Text.SEVERAL_LOWEST_OF if among else Text.SEVERAL_LOWEST
    else:
        text = Text.LOWEST_OF if among else Text.LOWEST
    name = top_names(names, lowest.height, nouns, _NAMES)
    return say(text, name=name, groups=nouns[1], share=share)
