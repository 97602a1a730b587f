"""The section of the report about the twelve months up to its day.

This module chooses the sentences; `report_text` has the texts.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from kpa_analytics import report_text as text
from kpa_analytics.audit.evidence import Evidence
from kpa_analytics.audit.figures import figure_text
from kpa_analytics.audit.past_year import Past
from kpa_analytics.audit.report_model import NOTHING, Section, Sheet, printed
from kpa_analytics.charts.punctuality_rows import share_text
from kpa_analytics.outcomes import OUTCOMES, RENEWED_ON_TIME
from kpa_analytics.report_text import Caption, Heading
from kpa_analytics.statuses import GAPS, STATUSES
from kpa_analytics.wording import month, percent, say


def last_months(evidence: Evidence, drawn: list[str]) -> Section:
    """Say how the gaps developed and how punctual renewals were; `drawn` names the charts."""
    past = evidence.past
    sentences = [
        " ".join(_gaps(evidence, past)),
        *([text.PAST_TODAYS] if past.is_trend else []),
        " ".join(_renewals(evidence, past)),
    ]
    charts = [name for name in drawn if name in ("status_over_time", "renewal_punctuality")]
    tables = [
        *([_days(past)] if past.is_trend else []),
        *([_months(past)] if past.punctuality.height else []),
    ]
    return Section("past", Heading.PAST, sentences, charts, tables)


def _gaps(evidence: Evidence, past: Past) -> list[str]:
    if past.begun is None:
        return [say(text.PAST_NOTHING, as_of=evidence.as_of)]
    if not past.is_trend and past.trend.height > 1:
        return [text.PAST_NO_CASES]
    if not past.is_trend:
        return [say(text.PAST_ONE_DAY, begun=past.begun)]
    known = evidence.required != "unknown"
    first, *_, last = past.trend.filter(pl.col("total") > 0).iter_rows(named=True)
    sentences = [
        say(
            text.PAST_GAPS[known],
            first=first["day"],
            before=_of(first),
            cases_before=first["total"],
            share_before=_share(first),
            last=last["day"],
            gaps=_of(last),
            cases=last["total"],
            share=_share(last),
        )
    ]
    if not known:
        sentences.append(text.PAST_MISSING_NOT_KNOWN)
    if past.begun > past.first:
        sentences.append(say(text.PAST_BEGINS, begun=past.begun))
    return sentences


def _renewals(evidence: Evidence, past: Past) -> list[str]:
    period = {"since": past.since, "as_of": evidence.as_of}
    if past.punctuality.is_empty():
        return [say(text.PAST_NO_RENEWALS, **period)]
    numbers = past.punctuality.select(pl.col("n", *OUTCOMES).sum()).row(0, named=True)
    over = past.renewals.filter(pl.col("expiration_date") < evidence.as_of)
    in_time = over.filter(pl.col("outcome") == RENEWED_ON_TIME).height
    share = say(
        text.PAST_SHARE,
        share=percent(in_time, over.height),
        on_time=in_time,
        over=over.height,
        **period,
    )
    return [
        say(text.PAST_RENEWALS, **period, **numbers),
        text.PAST_OUTCOMES,
        share if over.height else say(text.PAST_SHARE_NOT_KNOWN, **period),
        text.PAST_FILES,
        *_not_among(evidence),
    ]


def _not_among(evidence: Evidence) -> list[str]:
    """Which cases have no certificate of their own among the renewals."""
    sources = {*evidence.status["expiration_source"]}
    notes = {"window": text.PAST_WINDOWS, "composed": text.PAST_COMPOSED}
    return [note for source, note in notes.items() if source in sources]


def _days(past: Past) -> Sheet:
    rows = [_row_of_day(row) for row in past.trend.iter_rows(named=True)]
    frame = pl.DataFrame(rows, schema_overrides={"day": pl.Date})
    return printed(frame, "day", "cases", *STATUSES, "gaps", "gap_share", caption=Caption.PAST_DAYS)


def _row_of_day(row: dict[str, Any]) -> dict[str, Any]:
    figures = {status: figure_text(row[status]) for status in STATUSES}
    counts = {"cases": row["total"], "gaps": _of(row), "gap_share": _share(row)}
    return {"day": row["day"], **figures, **counts}


def _months(past: Past) -> Sheet:
    shares = [
        text.NOT_KNOWN if share is None else share_text(share)
        for share in past.punctuality["share"]
    ]
    frame = past.punctuality.with_columns(
        pl.Series("month", [month(first) for first in past.punctuality["month"]], pl.String),
        pl.Series("on_time_share", shares, pl.String),
    )
    return printed(frame, "month", "n", *OUTCOMES, "on_time_share", caption=Caption.PAST_RENEWALS)


def _of(row: dict[str, Any]) -> int:
    """The number of gaps on a day, as far as they are known."""
    return sum(row[gap] or 0 for gap in GAPS)


def _share(row: dict[str, Any]) -> str:
    return percent(_of(row), row["total"]) if row["total"] else NOTHING
