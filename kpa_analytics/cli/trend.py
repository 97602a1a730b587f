"""`kpa-analytics trend`: how the statuses changed through time, as a table, a chart or CSV."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kpa_analytics import chart_scripts
from kpa_analytics.cli.loading import chosen_day, load_demo, load_evidence, need_one_choice
from kpa_analytics.cli.options import Account, named_path
from kpa_analytics.cli.output import terminal_line
from kpa_analytics.errors import KPADataError
from kpa_analytics.paths import typed_path
from kpa_analytics.statuses import STATUS_LABELS, STATUSES
from kpa_analytics.wording import count
from kpa_analytics.wording import day as in_words

if TYPE_CHECKING:
    import polars as pl

    from kpa_analytics.analysis.sampled_days import SampledDays
    from kpa_analytics.data.training_data import TrainingData


#: How many rows are printed, the last ones; a file has them all.
LISTED = 60
_CHARTS = (".html", ".svg", ".png")
#: Letters of a group's name.
_NAME = 32


def trend(
    start: Annotated[
        str | None,
        typer.Option(
            help="The first day, e.g. 2025-06-30. By default, the days are counted back from the "
            "last day, for a year."
        ),
    ] = None,
    end: Annotated[
        str | None, typer.Option(help="The last day. Default: today, or the demo's day.")
    ] = None,
    every: Annotated[
        str, typer.Option(help="The time from one day to the next, e.g. 1d, 1w, 1mo, 1q, 1y.")
    ] = "1mo",
    by: Annotated[
        str | None,
        typer.Option(
            help="Count each group separately: field_office, job_title, line_of_business, "
            "supervisor or training."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=named_path,
            metavar="FILE",
            help="Write the chart (.html, .svg, .png) or the counts (.csv); an existing file is "
            "replaced.",
        ),
    ] = None,
    demo: Annotated[
        bool,
        typer.Option(
            "--demo", help="Use the invented company. Without --end, the last day is 2026-06-30."
        ),
    ] = False,
    account: Account = None,
) -> None:
    """Count the cases of each status through time.

    Every day is counted with today's requirements, training schedules and groups of people.
    """
    from kpa_analytics.report_text import DEMO_MARK, TODAYS

    need_one_choice({"--demo": demo, "--account": account})
    last = chosen_day(end, demo, "end")
    _check(start, last, every, by)  # before the download
    target = _checked(out)
    if target is not None and target.suffix.lower() == ".html":
        chart_scripts.begin()
    data = load_demo() if demo else load_evidence(account=account)
    days = _days(start, chosen_day(end, data.demo, "end"), every, data.begun)
    counts = _counts(days, data, by)
    if data.demo:
        typer.echo(f"{DEMO_MARK}\n")
    _print(counts, by)
    typer.echo(TODAYS)
    if target:
        _write(counts, target, data.demo)
        typer.echo(f"written to {target}")


def _days(start: str | None, last: date, every: str, begun: date | None = None) -> SampledDays:
    """The days to count; without `start`, they are counted back from the last day.

    `begun` is the day of the first completion, if it is known.
    """
    from kpa_analytics.analysis.sampled_days import SampledDays
    from kpa_analytics.analysis.status_over_time import need_period, usual_start

    if start is None:
        return SampledDays.up_to(last, usual_start(last, begun), every)
    return SampledDays.between(*need_period(start, last), every)


def _counts(days: SampledDays, data: TrainingData, by: Any) -> pl.DataFrame:
    from kpa_analytics.analysis.status_over_time import counts_on

    return counts_on(
        days,
        data.completions,
        data.trainings,
        data.users,
        by=by,
        required=data.requirements,
        groups=data.groups,
    )


def _check(start: str | None, last: date, every: str, by: str | None) -> None:
    """Check all options as the analysis does, on no records."""
    from kpa_analytics.data.training_data import TrainingData
    from kpa_analytics.schema import COMPLETIONS, USERS

    nothing = TrainingData(completions=COMPLETIONS.empty(), users=USERS.empty())
    _counts(_days(start, last, every), nothing, by)


def _checked(out: Path | None) -> Path | None:
    if out is None:
        return None
    target = typed_path(out)
    if target.suffix.lower() not in (*_CHARTS, ".csv"):
        raise KPADataError(f"{target.name}: a trend can be written as .html, .svg, .png or .csv")
    if not target.absolute().parent.is_dir():
        raise KPADataError(f"{target.parent} is not a folder")
    return target


def _print(counts: pl.DataFrame, by: str | None) -> None:
    """Print the counts, one line per day or per day and group; of a long trend the last ones."""
    from kpa_analytics.analysis.case_groups import no_group
    from kpa_analytics.audit.figures import figure_text

    width = _NAME + 2 if by else 0
    headings = [*(STATUS_LABELS[status].lower() for status in STATUSES), "total"]
    head = f"{'day':<12}{(by or '').replace('_', ' '):<{width}}"
    typer.echo(head + "".join(f"{heading:>15}" for heading in headings))
    for row in counts.tail(LISTED).iter_rows(named=True):
        group = terminal_line(row[by] or no_group(by))[:_NAME] if by else ""
        figures = [row[name] for name in (*STATUSES, "total")]
        shown = "".join(f"{figure_text(figure):>15}" for figure in figures)
        typer.echo(f"{in_words(row['day']):<12}{group:<{width}}{shown}")
    if (left_out := counts.height - LISTED) > 0:
        earlier = count(left_out, "earlier line is", "earlier lines are")
        typer.echo(f"{earlier} not shown; --out FILE.csv has every line")


def _write(counts: pl.DataFrame, target: Path, demo: bool) -> None:
    if target.suffix.lower() in _CHARTS:
        from kpa_analytics import charts

        charts.save(charts.status_over_time(counts, demo=demo), target)
    else:
        from kpa_analytics.audit.csv import marked, write_csv
        from kpa_analytics.charts.save import replace_file

        content = BytesIO()
        write_csv(marked(counts, demo=demo), content)
        replace_file(target, content.getvalue())
