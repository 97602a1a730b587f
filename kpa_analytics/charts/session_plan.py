"""Planned sessions: a cell per training and week, with the people who have a place."""

from __future__ import annotations

from datetime import date

import altair as alt
import polars as pl

from kpa_analytics.analysis.planning.session_plan import SessionPlan
from kpa_analytics.charts import axes
from kpa_analytics.charts.styled import days_as_text, layered, nothing_to_show, rows_of
from kpa_analytics.charts.text import labels, not_drawn, short
from kpa_analytics.charts.theme import TEXT, ink_on, palette
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.inputs import AnyFrame, read
from kpa_analytics.schema import PLANNED_SESSIONS
from kpa_analytics.whole_number import whole_number
from kpa_analytics.wording import count, day, day_texts, month_texts

_READ = ("week", "training_id", "training", "seats", "filled", "m_instructor_id")
_TITLE = "Planned sessions"
_REST = (
    "{number:session|sessions} of {trainings:training|trainings} with at most as many people as "
    "the last row"
)
#: Pixels for a title beside the cells, for a column, and for a row.
_ROOM, _COLUMN, _ROW = 180, 21, 20
#: The most columns; a longer plan is drawn by month.
_MOST_WEEKS = 27
#: The most people in a cell of each step of colour; the last step has no limit.
_STEPS = {"1 to 5": 5, "6 to 11": 11, "12 to 23": 23, "24 to 47": 47}
_LAST_STEP = "48 or more"


def session_plan_table(plan: SessionPlan | AnyFrame, *, top: int = 25) -> pl.DataFrame:
    """Count the sessions and places of each training and week, or month in a long plan.

    Args:
        plan: the result of `plan_sessions()`, or its `sessions`.
        top: number of trainings to keep, 1 to 40: those with the most people.

    Returns:
        One row per training and period with sessions: row (Int64, from 0), training_id, training
        (String, unique), period (Date, a Monday or the first day of a month), every (String: 1w, or
        1mo if the plan has sessions in more than 27 weeks), sessions, filled, seats (Int64); sorted
        by row, period.

    Raises:
        KPADataError: a column is missing, or `top` is out of range.

    Examples:
        >>> session_plan_table(PLANNED_SESSIONS.empty()).shape
        (0, 8)
    """
    return _table(_sessions(plan), top)


def session_plan(
    plan: SessionPlan | AnyFrame, *, top: int = 25, dark: bool = False
) -> alt.LayerChart:
    """Draw planned sessions as a heat map: the people of each training and week.

    A click on a cell sets the selection `pick` (training_id and week, or month in a long plan).

    Args:
        plan: the result of `plan_sessions()`, or its `sessions`, eager or lazy.
        top: number of trainings to draw, 1 to 40: those with the most people; the subtitle counts
            the others.
        dark: True for a dark background.

    Returns:
        The chart; its data is `session_plan_table(...)`.

    Raises:
        KPADataError: as `session_plan_table`.

    Examples:
        >>> session_plan(PLANNED_SESSIONS.empty()).description
        'Planned sessions. No sessions to show.'
    """
    sessions = _sessions(plan)
    demo = is_demo(sessions)
    table = _table(sessions, top)
    if table.is_empty():
        return nothing_to_show(_TITLE, "No sessions to show", dark=dark, demo=demo)
    trainings = sessions["training_id"].n_unique()
    drawn = table["training_id"].n_unique()
    filled, seats = sessions.select(pl.col("filled", "seats").sum()).row(0)
    rest = sessions.height - int(table["sessions"].sum())
    columns = _columns(table)
    packed = _packed(table, columns)
    per = "week" if table["every"][0] == "1w" else "month"
    return layered(
        _cells(table, packed, columns, dark),
        title=_title(sessions),
        subtitle=[
            f"{_TITLE}: people of each training and {per}, most people first; "
            f"{filled:,} of {count(seats, 'place')} filled in {count(trainings, 'training')}",
            not_drawn({"rest": rest}, {"rest": _REST}, trainings=trainings - drawn),
        ],
        demo=demo,
        dark=dark,
        foot=14,
        width=alt.Step(_COLUMN),
        height=axes.row_step(packed["short"], _ROW),
    )


def _sessions(plan: SessionPlan | AnyFrame) -> pl.DataFrame:
    frame = plan.sessions if isinstance(plan, SessionPlan) else plan
    return read(frame, PLANNED_SESSIONS, *_READ)


def _table(sessions: pl.DataFrame, top: int) -> pl.DataFrame:
    whole_number(top, "top", 40)
    every = _every(sessions["week"])
    ranked = (
        sessions.group_by("training_id")
        .agg(pl.col("training").min(), pl.col("filled").sum())
        .sort("filled", "training", "training_id", descending=[True, False, False])
        .head(top)
        .select(pl.int_range(pl.len(), dtype=pl.Int64).alias("row"), "training_id", "training")
    )
    named = labels(ranked, "training", "training_id", room=_ROOM)
    return (
        sessions.drop("training")
        .join(named, on="training_id")
        .group_by(
            "row", "training_id", "training", pl.col("week").dt.truncate(every).alias("period")
        )
        .agg(pl.len().cast(pl.Int64).alias("sessions"), pl.col("filled", "seats").sum())
        .with_columns(pl.lit(every).alias("every"))
        .select(
            *("row", "training_id", "training", "period", "every"),
            *("sessions", "filled", "seats"),
        )
        .sort("row", "period")
    )


def _every(weeks: pl.Series) -> str:
    """The length of a period, so that there are few columns."""
    first, last = weeks.min(), weeks.max()
    if isinstance(first, date) and isinstance(last, date):
        return "1w" if (last - first).days < 7 * _MOST_WEEKS else "1mo"
    return "1w"


def _title(sessions: pl.DataFrame) -> str:
    """The finding, as the title: how many sessions, and the busiest week."""
    weeks = sessions.group_by("week").len().sort("len", "week", descending=[True, False])
    busiest, most = weeks.row(0)
    said = count(sessions.height, "session is planned", "sessions are planned")
    if weeks.height == 1:
        return f"{said}, in the week of {day(busiest)}"
    alone = weeks.filter(pl.col("len") == most).height == 1
    rank = ", more than in any other" if alone else "; no week has more"
    return f"{said}, {most:,} of them in the week of {day(busiest)}{rank}"


def _columns(table: pl.DataFrame) -> pl.DataFrame:
    """Every period from the first to the last, those without sessions too, with its name."""
    every = table["every"][0]
    first, last = table["period"].min(), table["period"].max()
    frame = pl.select(period=pl.date_range(first, last, interval=every))  # type: ignore[arg-type]
    period = pl.col("period")
    if every != "1w":
        named = frame.with_columns(month_texts(period).alias("name"), label=month_texts(period))
    else:
        new_year = period.dt.year() != period.dt.year().shift(1, fill_value=0)
        label = pl.when(new_year).then(day_texts(period)).otherwise(period.dt.strftime("%-d %b"))
        named = frame.with_columns(day_texts(period).alias("name"), label=label)
    return named.with_row_index("column")


def _packed(table: pl.DataFrame, columns: pl.DataFrame) -> pl.DataFrame:
    """The cells, packed into one short text per training, so that the chart stays small."""
    placed = table.join(columns, on="period", maintain_order="left")
    packed = placed.group_by("row", "training_id", "training", maintain_order=True).agg(
        pl.col("column").cast(pl.String).str.join(",").alias("at"),
        *(
            pl.col(name).cast(pl.String).str.join(",").alias(f"{name}_at")
            for name in ("sessions", "filled", "seats")
        ),
    )
    return packed.with_columns(short(packed, "training", _ROOM))


def _cells(
    table: pl.DataFrame, packed: pl.DataFrame, columns: pl.DataFrame, dark: bool
) -> list[alt.Chart]:
    """The cells, and the number of people in each."""
    p = palette(dark)
    steps = [*_STEPS, _LAST_STEP]
    limits = " : ".join(f"datum.filled <= {most} ? '{name}'" for name, most in _STEPS.items())
    ink = {step: ink_on(colour) for step, colour in zip(steps, p.steps, strict=True)}
    numbers = ("sessions", "filled", "seats")
    period = "week" if table["every"][0] == "1w" else "month"
    lookup = alt.LookupData(days_as_text(columns), "column", ["name", "label", "period"])
    base = (
        rows_of(packed)
        .transform_calculate(
            column="split(datum.at, ',')",
            **{name: f"split(datum.{name}_at, ',')" for name in numbers},
        )
        .transform_flatten(["column", *numbers])
        .transform_calculate(
            column="toNumber(datum.column)",
            **{name: f"toNumber(datum.{name})" for name in numbers},
        )
        .transform_lookup("column", lookup)
        .transform_calculate(
            **{period: "toDate(datum.period)"},
            step=f"{limits} : '{_LAST_STEP}'",
            figure="format(datum.filled, datum.filled < 1000 ? 'd' : '.1~s')",
            spoken=axes.sentence(
                "{training}, {name}: {filled:,} of {seats:place}, {sessions:session}"
            ),
        )
        .transform_calculate(ink=f"{ink}[datum.step]")
        .encode(
            x=alt.X(
                "label:N",
                title=None,
                axis=axes.label_axis(orient="top", labelAngle=-50, domain=False, ticks=False),
                scale=alt.Scale(domain=columns["label"].to_list(), paddingInner=0.1),
            ),
            y=alt.Y(
                "short:N",
                title=None,
                sort=alt.EncodingSortField("row", op="min"),
                axis=axes.label_axis(),
                scale=alt.Scale(paddingInner=0.14),
            ),
            tooltip=axes.tooltip(
                {"training": "Training", "name": "When"},
                {"filled": "People", "seats": "Places", "sessions": "Sessions"},
            ),
        )
    )
    colours = dict(zip(steps, p.steps, strict=True))
    drawn = {colour_step(filled) for filled in table["filled"]}
    cells = base.mark_rect().encode(
        color=alt.Color(
            "step:N",
            scale=alt.Scale(domain=steps, range=list(p.steps)),
            legend=axes.legend(
                [step for step in steps if step in drawn], title="People", titleOrient="left"
            ),
        ),
        description=axes.aria_label(),
    )
    # A number of three digits has no room in a cell at the usual size.
    size = alt.ExprRef(f"datum.filled < 100 ? {TEXT} : 10")
    figures = base.mark_text(aria=False, fontSize=size).encode(
        text=alt.Text("figure:N"), color=alt.Color("ink:N", scale=None)
    )
    edge = axes.outline(colours, "step", dark)
    return [axes.pick_cell(cells, "training_id", period, edge=edge, ink=p.ink), figures]


def colour_step(filled: int) -> str:
    """The step of colour of a number of people."""
    return next((name for name, most in _STEPS.items() if filled <= most), _LAST_STEP)
