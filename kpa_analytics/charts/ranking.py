"""Gaps per training or per group of people, the highest share of gaps first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import altair as alt
import polars as pl

from kpa_analytics.charts import axes
from kpa_analytics.charts.number_columns import number_columns
from kpa_analytics.charts.stacking import MIN_PART, stack
from kpa_analytics.charts.status_choice import chosen, only_words
from kpa_analytics.charts.status_rows import StatusRows
from kpa_analytics.charts.styled import layered, nothing_to_show, one_row, rows_of
from kpa_analytics.charts.text import labels, short, top_names
from kpa_analytics.charts.theme import SPACING, TEXT, ink_on, palette
from kpa_analytics.report_text import ChartText, ShareOfExpired, ShareOfGaps
from kpa_analytics.report_text import RankingText as Text
from kpa_analytics.statuses import EXPIRING, GAPS, SEVERITY, STATUSES, status_colours
from kpa_analytics.whole_number import whole_number
from kpa_analytics.wording import count, one_line, percent, say

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

#: Pixels for a label, for the bars, and for each column of numbers beside them.
_ROOM, _WIDTH, _COLUMN = 200, 210, 64
#: Pixels for names in the title.
_NAMES = 250
#: The headings of the labels.
_HEADINGS = {"training": ChartText.TRAINING, "group": ChartText.GROUP}


class _ShareAxis(NamedTuple):
    """The axis of the shares, up to `end`, and its title."""

    end: float
    title: str

    def of(self, field: str) -> alt.X:
        """The places of a field on the axis."""
        return alt.X(
            f"{field}:Q",
            title=self.title,
            scale=alt.Scale(domain=[0, self.end], nice=False),
            axis=alt.Axis(format=".0%" if self.end > 0.05 else ".1%", tickCount=5),
        )


def worst_first(counts: pl.DataFrame, *ties: str) -> pl.DataFrame:
    """Sort rows of status counts: most gaps first, then most expiring, most cases, and `ties`."""
    down = [pl.sum_horizontal(GAPS), pl.col(EXPIRING), pl.col("total")]
    return counts.sort(*down, *ties, descending=[True] * len(down) + [False] * len(ties))


class Ranked(NamedTuple):
    """The trainings or groups of people, the highest share of gaps first.

    Attributes:
        frame: key, label, the five statuses, total (Int64), share (Float64, 0 to 1; gaps of all
            cases). A row without a key is last: people without a group are not a group.
        key, label: the columns with the id and the name.
        nouns: one row and several, e.g. "training" and "trainings".
        gaps: the statuses that count as gaps.
    """

    frame: pl.DataFrame
    key: str
    label: str
    nouns: tuple[str, str]
    gaps: Sequence[str]

    @property
    def share(self) -> pl.Expr:
        """The share of gaps of all cases."""
        return (pl.sum_horizontal(self.gaps) / pl.col("total")).alias("share")

    def fold(self, top: int) -> pl.DataFrame:
        """Fold the rows after the first `top` into one, and make the labels unique.

        The folded row has no key; it is named e.g. "other trainings (7)".

        Returns:
            At most `top` + 1 rows: the columns of `frame` with folded (Int64; number of keys in the
            row) after the label.

        Raises:
            KPADataError: `top` is not 1 to 60.
        """
        whole_number(top, "top", 60)
        key, label = self.key, self.label
        figures = [*STATUSES, "total"]
        keys = pl.lit(1, pl.Int64).alias("folded")
        table = self.frame.select(key, label, keys, *figures, "share")
        if table.height > top + 1:
            rest = table.slice(top)
            folded = rest.select(
                pl.lit(None, table.schema[key]).alias(key),
                pl.lit(say(ChartText.OTHERS, groups=self.nouns[1], number=rest.height)).alias(
                    label
                ),
                pl.len().cast(pl.Int64).alias("folded"),
                pl.col(figures).sum(),
            )
            table = pl.concat([table.head(top), folded.with_columns(self.share)])
        return labels(table, label, key, room=_ROOM)


def rank(
    counts: pl.DataFrame, key: str, label: str, nouns: tuple[str, str], gaps: Sequence[str] = GAPS
) -> Ranked:
    """Sort rows of status counts by their share of `gaps`, then as `worst_first`."""
    ranked = Ranked(counts, key, label, nouns, gaps)
    rows = (
        worst_first(counts, label, key)
        .select(key, label, *STATUSES, "total", ranked.share)
        .sort(pl.col(key).is_null(), -pl.col("share"), maintain_order=True)
    )
    return ranked._replace(frame=rows)


def ranking(
    ranked: Ranked,
    rows: StatusRows,
    *,
    top: int,
    notes: Sequence[str] = (),
    statuses: Collection[str] = (),
    dark: bool,
) -> alt.LayerChart:
    """Draw the first `top` rows of `ranked`, a count of `rows`, and the others as one row.

    Each bar shows which share of the row's cases are gaps, with a line at the share of all cases. A
    row without a key has no bar if its bar would be longer than all others. Only the bars, not the
    numbers, follow `statuses` (empty: all).
    """
    table, key, label = ranked.fold(top), ranked.key, ranked.label
    if table.is_empty():
        title = say(Text.TITLE, group=ranked.nouns[0])
        return nothing_to_show(title, ChartText.NO_CASES, dark=dark, demo=rows.demo)
    words = _words(rows)
    every = rows.frame.height
    gaps, expiring = (int(rows.frame["status"].is_in(few).sum()) for few in (rows.gaps, [EXPIRING]))
    placed = table.with_columns(
        short(table, label, _ROOM),
        pl.sum_horizontal(rows.gaps).alias("gaps"),
        pl.Series("percent", [_percent(row, rows) for row in table.iter_rows(named=True)]),
    ).with_row_index("place")
    named = table.filter(pl.col(key).is_not_null())
    end = max(named["share"] if named.height else table["share"]) or 1.0
    drawn = placed.filter(pl.col("share") <= end)
    axis = _ShareAxis(end, words.AXIS)
    columns = {
        **{"percent": Text.SHARE, "gaps": words.NUMBER},
        **{EXPIRING: Text.EXPIRING, "total": ChartText.CASES},
    }
    share = percent(gaps, every)
    counts = say(
        words.COUNTS if table.height > 1 else words.COUNTS_OF_ONE,
        group=ranked.nouns[0],
        number=count(ranked.frame[key].count(), *ranked.nouns),
        gaps=gaps,
        every=every,
        share=share,
        expiring=expiring,
    )
    return layered(
        [
            *_average(gaps / every, share, axis, dark),
            *_bars(
                drawn, ranked, axis, [gap for gap in rows.gaps if gap in chosen(statuses)], dark
            ),
            *number_columns(placed, columns, start=_WIDTH, step=_COLUMN, dark=dark),
        ],
        title=_title(ranked, named[label], rows, gaps),
        subtitle=[
            rows.dated(counts),
            rows.not_known,
            *_without_bar(placed, drawn, label),
            *notes,
            only_words(statuses, gaps_only=True),
        ],
        demo=rows.demo,
        dark=dark,
        foot=54,
        width=_WIDTH,
        height=axes.row_step(placed["short"], 24),
    )


def _without_bar(rows: pl.DataFrame, drawn: pl.DataFrame, label: str) -> list[str]:
    """Name the row without a key, if its bar is not drawn."""
    names = rows.filter(pl.col("share") > drawn["share"].max())[label]
    return [say(Text.NO_BAR, name=one_line(name)) for name in names]


def _words(rows: StatusRows) -> type[ShareOfGaps | ShareOfExpired]:
    """The sentences about the gaps that can be found."""
    return ShareOfGaps if rows.known else ShareOfExpired


def _title(ranked: Ranked, names: pl.Series, rows: StatusRows, gaps: int) -> str:
    """The finding, as the title: the share of gaps, and the rows with the most.

    All rows count, not only those drawn, whose names are given.
    """
    words, every, (singular, plural) = _words(rows), rows.frame.height, ranked.nouns
    said = {"share": percent(gaps, every), "group": singular, "groups": plural}
    if not gaps:
        return say(words.NONE)
    has_key = pl.col(ranked.key).is_not_null()
    named, unnamed = ranked.frame.filter(has_key), ranked.frame.filter(~has_key)
    if named.height < 2:
        return say(words.ALL, **said)
    worst = named.filter(pl.col("share") == pl.col("share").max())
    said["highest"] = percent(*worst.select(pl.sum_horizontal(rows.gaps), "total").row(0))
    if worst.height == named.height:
        same = (ranked.frame["share"] == gaps / every).all()
        return say(words.SAME if same else words.EACH, **said)
    first = top_names(names.to_list(), worst.height, ranked.nouns, _NAMES)
    several = worst.height > 1
    if not (unnamed["share"] > worst["share"][0]).any():
        text = words.SEVERAL_HIGHEST if several else words.HIGHEST
    elif first.startswith(names[0]):
        text = words.SEVERAL_WORST if several else words.WORST
    else:
        text = words.WORST_COUNTED if several else words.WORST_UNNAMED
    return say(text, names=first, **said)


def _percent(row: dict[str, Any], rows: StatusRows) -> str:
    """The share of gaps in a row, in words if it has none."""
    gaps = sum(row[status] for status in rows.gaps)
    if gaps:
        return percent(gaps, row["total"])
    return say(_words(rows).NO_GAP)


def _bars(
    rows: pl.DataFrame, ranked: Ranked, axis: _ShareAxis, shown: Sequence[str], dark: bool
) -> list[alt.Chart]:
    """The bars of the shown statuses, with the number of cases in each part that has room."""
    if not shown:
        return []
    key, label = ranked.key, ranked.label
    shares = [pl.col(status) / pl.col("total") for status in shown]
    kept = ["place", key, label, "short", "folded", "total"]
    parts = stack(rows.select(*kept, *shares), shown, axis.end * MIN_PART / _WIDTH, "status")
    counts = rows.select("place", *shown).unpivot(shown, index="place", variable_name="status")
    parts = parts.drop("value", *shown).join(counts, on=["place", "status"])
    if parts.is_empty():
        return []
    order = {status: place for place, status in enumerate(SEVERITY)}
    parts = parts.sort("place", pl.col("status").replace_strict(order))
    statuses = [status for status in GAPS if status in parts["status"]]
    named, folded = (parts.filter(fold) for fold in (pl.col("folded") == 1, pl.col("folded") > 1))
    bars = _parts(named, label, statuses, axis, dark).properties(name=label)
    layers = [axes.pick(bars, key, "status")]
    if folded.height:
        layers.append(_parts(folded, label, statuses, axis, dark))
    return [*axes.with_one_legend(layers), *_figures(parts, axis, dark)]


def _parts(
    parts: pl.DataFrame, label: str, statuses: list[str], axis: _ShareAxis, dark: bool
) -> alt.Chart:
    bars: alt.Chart = (
        rows_of(parts.drop("folded"))
        .transform_calculate(
            signed=axes.signed_label(),
            spoken=axes.sentence(Text.SPOKEN, name=f"datum.{label}"),
        )
        .mark_bar(x2Offset=-SPACING, strokeWidth=1, stroke=axes.status_edge(dark))
        .encode(
            x=axis.of("low"),
            x2=alt.X2("high:Q"),
            y=axes.labelled_rows(),
            color=axes.status_colour(dark, statuses, offset=30),
            tooltip=axes.tooltip(
                {label: _HEADINGS[label], "signed": ChartText.STATUS},
                {"value": ChartText.CASES, "total": Text.ALL},
            ),
            description=axes.aria_label(),
        )
    )
    return bars


def _figures(parts: pl.DataFrame, axis: _ShareAxis, dark: bool) -> list[alt.Chart]:
    """The number of cases on each part of a bar that has room for it."""
    pixels = (pl.col("high") - pl.col("low")) / axis.end * _WIDTH
    figure = pl.col("value").cast(pl.String)
    ink = {status: ink_on(colour) for status, colour in status_colours(dark).items()}
    inside = parts.filter(pixels > 8 + 0.65 * TEXT * figure.str.len_chars()).select(
        "short",
        "value",
        ((pl.col("low") + pl.col("high")) / 2).alias("middle"),
        pl.col("status").replace_strict(ink).alias("ink"),
    )
    if inside.is_empty():  # Vega cannot measure a scale without rows
        return []
    return [
        rows_of(inside)
        .mark_text(baseline="middle", dx=-SPACING / 2, aria=False)
        .encode(
            x=axis.of("middle"),
            y=axes.labelled_rows(),
            text=alt.Text("value:Q", format=","),
            color=alt.Color("ink:N", scale=None),
        )
    ]


def _average(share: float, shown: str, axis: _ShareAxis, dark: bool) -> list[alt.Chart]:
    """A line at the share of gaps of all cases."""
    base = one_row(share=share, label=say(Text.ALL_CASES, share=shown))
    line = base.mark_rule(
        strokeDash=[5, 3], strokeWidth=1.25, color=palette(dark).ink, aria=False
    ).encode(x=axis.of("share"))
    label = base.mark_text(align="left" if share < axis.end / 2 else "right", clip=False).encode(
        x=axis.of("share"),
        y=alt.YValue(-9),
        text=alt.Text("label:N"),
        description=axes.aria_label("label"),
    )
    return [line, label]
