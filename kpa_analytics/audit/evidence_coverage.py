"""The evidence on file for the valid completions of each training: a chart of the pack."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from kpa_analytics import report_text as text
from kpa_analytics.audit.cases import (
    EVIDENCE,
    FILE,
    INSTRUCTOR_ONLY,
    NOT_KNOWN,
    NOTHING,
    SIGNED,
    held_through_included,
    valid_completions,
)
from kpa_analytics.charts import axes
from kpa_analytics.charts.stacking import MIN_PART, stack
from kpa_analytics.charts.styled import layered, nothing_to_show, rows_of
from kpa_analytics.charts.text import labels, short
from kpa_analytics.charts.theme import SPACING, palette
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.wording import percent, say

#: Trainings that are drawn; the others become one row.
MOST = 40
_ROOM, _WIDTH = 200, 330


def evidence_coverage_table(cases: pl.DataFrame, *, top: int = MOST) -> pl.DataFrame:
    """Count what is on file for the valid completions of each training, the barest first.

    Args:
        cases: in `schema.CASES`.
        top: number of trainings to keep; the others become one row, "other trainings (n)".

    Returns:
        At most `top` + 1 rows: training_id (Int64; null in the row of other trainings), training
        (String, unique), signed, file, instructor_only, nothing, not_known, total (Int64). A
        completion with a signature and a file counts as signed.
    """
    counts = [(pl.col("evidence") == kind).sum().cast(pl.Int64).alias(kind) for kind in EVIDENCE]
    table = (
        valid_completions(cases)
        .group_by("training_id")
        .agg(pl.col("training").first(), *counts, pl.len().cast(pl.Int64).alias("total"))
        .sort(
            -pl.sum_horizontal(INSTRUCTOR_ONLY, NOTHING),
            -pl.col("total"),
            "training",
            "training_id",
        )
    )
    if table.height > top + 1:
        rest = table.slice(top)
        others = rest.select(
            pl.lit(None, pl.Int64).alias("training_id"),
            pl.lit(say(text.OTHER_TRAININGS, others=rest.height)).alias("training"),
            pl.col(*EVIDENCE, "total").sum(),
        )
        table = pl.concat([table.head(top), others])
    return labels(table, "training", "training_id", room=_ROOM)


def evidence_coverage(cases: pl.DataFrame) -> alt.LayerChart:
    """Draw `evidence_coverage_table`: one bar per training, from signed to nothing at all."""
    table, demo = evidence_coverage_table(cases), is_demo(cases)
    if table.is_empty():
        return nothing_to_show(
            text.Heading.ON_FILE.value, text.ON_FILE_CHART_NOTHING, dark=False, demo=demo
        )
    sums = table.select(pl.col(*EVIDENCE, "total").sum()).row(0, named=True)
    composed = held_through_included(cases)
    bare = sums[INSTRUCTOR_ONLY] + sums[NOTHING]
    shown = [kind for kind in EVIDENCE if sums[kind]]
    placed = table.with_columns(short(table, "training", _ROOM)).with_row_index("place")
    return layered(
        [_bars(placed, shown), _shares(placed)],
        title=say(text.ON_FILE_CHART_TITLE, share=percent(bare, sums["total"])),
        subtitle=[
            say(text.ON_FILE_CHART_SUBTITLE, valid=sums["total"], bare=bare, nothing=sums[NOTHING]),
            say(text.ON_FILE_CHART_NOT_KNOWN, unknown=sums[NOT_KNOWN]) if sums[NOT_KNOWN] else "",
            say(text.ON_FILE_CHART_COMPOSED, through_included=composed) if composed else "",
        ],
        demo=demo,
        dark=False,
        foot=54,
        width=_WIDTH,
        height=axes.row_step(placed["short"], 20),
    )


def _bars(placed: pl.DataFrame, shown: list[str]) -> alt.Chart:
    longest = placed.select(pl.col("total").max()).item()
    bars: alt.Chart = (
        rows_of(_parts(placed, shown, longest))
        .transform_calculate(spoken=axes.sentence(text.ON_FILE_CHART_SPOKEN))
        # The gap separates parts of similar colours. The outline makes every part visible, and
        # shows "nothing" as an empty box.
        .mark_bar(x2Offset=-SPACING, stroke=palette().muted, strokeWidth=1)
        .encode(
            x=alt.X("low:Q", **axes.counting(text.VALID_COMPLETIONS, longest)),
            x2=alt.X2("high:Q"),
            y=axes.labelled_rows(),
            color=_fill(shown),
            tooltip=axes.tooltip(
                {"training": text.HEADINGS["training"], "kind": text.ON_FILE_CHART_KIND},
                {"value": text.VALID_COMPLETIONS, "total": text.ON_FILE_CHART_TOTAL},
            ),
            description=axes.aria_label(),
        )
    )
    return bars


def _parts(placed: pl.DataFrame, shown: list[str], longest: int) -> pl.DataFrame:
    """One row per part of a bar, with its start and its end."""
    bars = placed.select("place", "short", "training", "total", *shown)
    parts = stack(bars, shown, longest * MIN_PART / _WIDTH, "kind").drop(shown)
    return parts.with_columns(
        pl.col("kind").replace_strict(text.EVIDENCE_LABELS, return_dtype=pl.String)
    )


def _fill(shown: list[str]) -> alt.Color:
    p = palette()
    fills = {
        SIGNED: p.steps[-1],
        FILE: p.steps[2],
        INSTRUCTOR_ONLY: p.quiet,
        NOTHING: p.background,
        NOT_KNOWN: p.grid,
    }
    names = [text.EVIDENCE_LABELS[kind] for kind in shown]
    outline: dict[str, Any] = {"symbolStrokeColor": p.muted, "symbolStrokeWidth": 1}
    return alt.Color(
        "kind:N",
        scale=alt.Scale(domain=names, range=[fills[kind] for kind in shown]),
        legend=axes.legend(names, **outline),
    )


def _shares(placed: pl.DataFrame) -> alt.Chart:
    """The share with a signature or a file at the end of each row."""
    numbers = placed.select(pl.sum_horizontal(SIGNED, FILE), "total").iter_rows()
    texts = [
        say(text.ON_FILE_CHART_SHARE, share=percent(proved, total)) for proved, total in numbers
    ]
    shares: alt.Chart = (
        rows_of(placed.select("place", "short", pl.Series("share", texts, pl.String)))
        .mark_text(dx=8, align="left", color=palette().muted, clip=False, aria=False)
        .encode(x=alt.XValue("width"), y=axes.labelled_rows(), text=alt.Text("share:N"))
    )
    return shares
