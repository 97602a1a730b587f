"""A cell per person and training, the worst people and trainings first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from kpa_analytics.charts import axes
from kpa_analytics.charts.ranking import worst_first
from kpa_analytics.charts.status_rows import StatusRows, read_status, status_counts
from kpa_analytics.charts.styled import layered, nothing_to_show, rows_of
from kpa_analytics.charts.text import labels, short
from kpa_analytics.charts.theme import ink_on
from kpa_analytics.inputs import read
from kpa_analytics.report_text import ChartText, MatrixOfExpired, MatrixOfGaps
from kpa_analytics.report_text import MatrixText as Text
from kpa_analytics.schema import EXPIRY_STATUS
from kpa_analytics.statuses import EVERY_STATUS, SEVERITY, STATUS_SIGNS, status_colours
from kpa_analytics.whole_number import whole_number
from kpa_analytics.wording import say

if TYPE_CHECKING:
    from kpa_analytics.as_of import Day
    from kpa_analytics.inputs import AnyFrame

_READ = ("m_user_id", "user", "training_id", "training")
#: Pixels for a name beside the cells, or for a title above them.
ROOM = 190
#: Pixels for a column.
STEP = 22


def training_matrix_table(
    status: AnyFrame, *, people: int = 40, trainings: int = 25
) -> pl.DataFrame:
    """Keep the worst people and the worst trainings, with their statuses.

    Worst means most expired or missing, then most expiring, then most cases; ties by name.

    Args:
        status: the result of `expiry_status()`.
        people: number of people to keep, 1 to 60.
        trainings: number of trainings to keep, 1 to 40.

    Returns:
        One row per person and training that has a status: row (Int64, 0 for the worst person),
        m_user_id, user (String, unique per person), column (Int64, 0 for the worst
        training), training_id, training (String, unique per training), status, days_left; sorted by
        row, column.

    Raises:
        KPADataError: a column is missing, or `people` or `trainings` is out of range.

    Examples:
        >>> from kpa_analytics.schema import EXPIRY_STATUS
        >>> training_matrix_table(EXPIRY_STATUS.empty()).shape
        (0, 8)
    """
    for name, value, most in (("people", people, 60), ("trainings", trainings, 40)):
        whole_number(value, name, most)
    frame = read(status, EXPIRY_STATUS, *_READ, "days_left", "status")
    rows = _order(frame, "m_user_id", "user", people, "row", 100)
    columns = _order(frame, "training_id", "training", trainings, "column", 300)
    return (
        frame.select("m_user_id", "training_id", "status", "days_left")
        .join(rows, on="m_user_id")
        .join(columns, on="training_id")
        .select(
            *("row", "m_user_id", "user", "column", "training_id", "training"),
            *("status", "days_left"),
        )
        .sort("row", "column")
    )


def _order(
    frame: pl.DataFrame, key: str, label: str, top: int, place: str, limit: int
) -> pl.DataFrame:
    """The worst `top` people or trainings: key, label, place."""
    counts = frame.group_by(key).agg(pl.col(label).first(), *status_counts())
    worst = worst_first(counts, label, key).head(top).with_row_index(place)
    return labels(worst, label, key, limit, ROOM).select(key, label, pl.col(place).cast(pl.Int64))


def training_matrix(
    status: AnyFrame,
    *,
    as_of: Day | None = None,
    requirements_known: bool | None = None,
    people: int = 40,
    trainings: int = 25,
    dark: bool = False,
) -> alt.LayerChart:
    """Draw people and trainings as a heat map, worst first. Colour and sign show the status.

    Args:
        status: the result of `expiry_status()`, eager or lazy.
        as_of: the day to name if no row has an expiration date; by default, no day is named.
        requirements_known: whether requirements were provided; by default, True if `status` has a
            missing or not due row. If False, missing is shown as "not known".
        people: number of people to draw, 1 to 60; the subtitle counts the others.
        trainings: number of trainings to draw, 1 to 40; the subtitle counts the others.
        dark: True for a dark background.

    Returns:
        The chart; its data is `training_matrix_table(...)`.

    Raises:
        KPADataError: as `training_matrix_table`.

    Examples:
        >>> from kpa_analytics.schema import EXPIRY_STATUS
        >>> training_matrix(EXPIRY_STATUS.empty()).description
        'Who lacks what. No completions or requirements to show.'
    """
    rows = read_status(status, *_READ, as_of=as_of, known=requirements_known)
    if rows.frame.is_empty():
        return nothing_to_show(Text.TITLE, ChartText.NO_CASES, dark=dark, demo=rows.demo)
    table = training_matrix_table(rows.frame, people=people, trainings=trainings)
    left_out, every = rows.frame.height - table.height, rows.frame.height
    hidden = say(Text.NOT_DRAWN, left_out=left_out, every=every, **_numbers(rows.frame))
    columns = table.select("column", "training").unique().sort("column")
    columns = columns.with_columns(short(columns, "training", ROOM))
    packed = _packed(table)
    return layered(
        _cells(
            people=packed,
            columns=columns,
            statuses=table["status"].unique().to_list(),
            dark=dark,
        ),
        title=_title(table, rows),
        subtitle=[
            rows.dated(_shown(table, rows, left_out)),
            rows.not_known,
            hidden if left_out else "",
        ],
        demo=rows.demo,
        dark=dark,
        foot=14,
        width=axes.column_step(columns["short"], STEP),
        height=axes.row_step(packed["short"], 18),
    )


def _shown(table: pl.DataFrame, rows: StatusRows, left_out: int) -> str:
    """The people and the trainings that are drawn, and their order."""
    numbers = _numbers(table)
    if left_out:
        return say(_words(rows).COUNTS, **numbers)
    return say(Text.COUNTS if max(numbers.values()) > 1 else Text.COUNTS_OF_ONE, **numbers)


def _numbers(cases: pl.DataFrame) -> dict[str, int]:
    return {
        "people": cases["m_user_id"].n_unique(),
        "trainings": cases["training_id"].n_unique(),
    }


def _words(rows: StatusRows) -> type[MatrixOfGaps | MatrixOfExpired]:
    """The sentences about the gaps that can be found."""
    return MatrixOfGaps if rows.known else MatrixOfExpired


def _title(table: pl.DataFrame, rows: StatusRows) -> str:
    """The finding, as the title: how many of all gaps lie in its cells."""
    is_gap = pl.col("status").is_in(rows.gaps)
    every, drawn = rows.frame.filter(is_gap).height, table.filter(is_gap)
    words = _words(rows)
    if not every:
        return say(words.NONE)
    text = words.HAVE if drawn.height == every else words.ACCOUNT_FOR
    return say(text, drawn=drawn.height, gaps=every, **_numbers(drawn))


def _packed(table: pl.DataFrame) -> pl.DataFrame:
    """The cells, packed into one short text per person, so that the chart stays small."""
    place = pl.col("status").cast(pl.String).replace_strict(SEVERITY, range(len(SEVERITY)))
    packed = (
        table.group_by("row", "user", maintain_order=True)
        .agg(
            pl.col("column").cast(pl.String).str.join(",").alias("at"),
            place.cast(pl.String).str.join(",").alias("status"),
            pl.col("days_left").cast(pl.String).fill_null("").str.join(",").alias("days"),
        )
        .sort("row")
    )
    return packed.with_columns(short(packed, "user", ROOM))


def _cells(
    people: pl.DataFrame, columns: pl.DataFrame, statuses: list[str], dark: bool
) -> list[alt.Chart]:
    """The cells, and the sign of the status in each."""
    ink = {status: ink_on(colour) for status, colour in status_colours(dark).items()}
    ago = axes.sentence(Text.DAYS_AGO, ago="-datum.left")
    left = axes.sentence(Text.DAYS_LEFT)
    base = (
        rows_of(people)
        .transform_calculate(
            column="split(datum.at, ',')",
            place="split(datum.status, ',')",
            left="split(datum.days, ',')",
        )
        .transform_flatten(["column", "place", "left"])
        .transform_calculate(
            column="toNumber(datum.column)", status=f"{list(SEVERITY)}[datum.place]"
        )
        .transform_lookup(
            "column",
            alt.LookupData(columns, "column", ["training", "short"]),
            as_=["training", "title"],
        )
        .transform_calculate(
            signed=axes.signed_label(),
            sign=f"{STATUS_SIGNS}[datum.status]",
            ink=f"{ink}[datum.status]",
            days=f"datum.left == '' ? {say(Text.NO_DATE)!r} : datum.left < 0 ? {ago} : {left}",
        )
        .transform_calculate(spoken=axes.sentence(Text.SPOKEN))
        .encode(
            x=alt.X(
                "title:N",
                title=None,
                sort=alt.EncodingSortField("column", op="min"),
                axis=axes.label_axis(orient="top", labelAngle=-50, domain=False, ticks=False),
                scale=alt.Scale(paddingInner=0.12),
            ),
            y=alt.Y(
                "short:N",
                title=None,
                sort=alt.EncodingSortField("row", op="min"),
                axis=axes.label_axis(),
                scale=alt.Scale(paddingInner=0.14),
            ),
            tooltip=axes.tooltip(
                {
                    "user": Text.PERSON,
                    "training": ChartText.TRAINING,
                    "signed": ChartText.STATUS,
                    "days": Text.EXPIRATION,
                }
            ),
        )
    )
    cells = base.mark_rect(strokeWidth=1, stroke=axes.status_edge(dark)).encode(
        color=axes.status_colour(dark, statuses),
        description=axes.aria_label(),
    )
    shapes = alt.Scale(
        domain=[status.sign for status in EVERY_STATUS],
        range=[status.path for status in EVERY_STATUS],
    )
    signs = base.mark_point(filled=True, opacity=1, size=44, strokeWidth=0, aria=False).encode(
        shape=alt.Shape("sign:N", scale=shapes, legend=None), color=alt.Color("ink:N", scale=None)
    )
    return [cells, signs]
