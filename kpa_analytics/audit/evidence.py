"""Everything a pack says, computed once; page, document, workbook and files only show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.analysis.group_sessions import group_sessions, group_share
from kpa_analytics.analysis.instructors import instructor_activity, instructor_coverage
from kpa_analytics.analysis.reconcile import reconcile
from kpa_analytics.audit.figures import Figures, figures
from kpa_analytics.audit.findings import findings
from kpa_analytics.audit.records import audit_records
from kpa_analytics.data.changes import changes
from kpa_analytics.data.snapshots import Kept
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import AnyFrame
from kpa_analytics.schema import CHANGES, RECONCILIATION


@dataclass(frozen=True, kw_only=True, eq=False)
class Evidence:
    """The frames and figures of a pack.

    Attributes:
        data: the records they come from.
        as_of: the day asked for.
        expiring_days: days before expiration that count as expiring, where a training has none.
        title: the pack's title.
        names: people go by their names; otherwise by pseudonyms.
        required: where the required pairs come from: "given", "vendor" or "unknown".
        status: `schema.EXPIRY_STATUS`.
        figures: the headline figures.
        records: `schema.RECORDS`, every completion.
        findings: `schema.FINDINGS`.
        activity, coverage, sessions, share: instructors and group sessions.
        compared: how many cases both sides judge, as of `compared_on`.
        compared_on: the day of the vendor's verdict; None where there is none.
        disagreements: `schema.RECONCILIATION`, where the vendor judges and we do not agree.
        changed: `schema.CHANGES` since `changed_since`.
        changed_since: when the earlier snapshot was fetched; None where there is none.
        not_told: why it can't be told what changed; empty where it can.
    """

    data: TrainingData
    as_of: date
    expiring_days: int
    title: str
    names: bool
    required: str
    status: pl.DataFrame
    figures: Figures
    records: pl.DataFrame
    findings: pl.DataFrame
    activity: pl.DataFrame
    coverage: pl.DataFrame
    sessions: pl.DataFrame
    share: pl.DataFrame
    compared: int
    compared_on: date | None
    disagreements: pl.DataFrame
    changed: pl.DataFrame
    changed_since: datetime | None
    not_told: str


def gather(
    data: TrainingData,
    *,
    as_of: date,
    expiring_days: int,
    required: AnyFrame | None,
    title: str,
    names: bool,
    earlier: Kept | None,
) -> Evidence:
    """Compute all that a pack says.

    Args:
        data: the records.
        as_of: the day asked for.
        expiring_days: days before expiration that count as expiring, where a training has none.
        required: who must have what; None takes the vendor's employee status where there is one.
        title: the pack's title.
        names: whether people go by their names in `data`.
        earlier: the completions of the snapshot before this one, to tell what changed.

    Returns:
        The evidence.

    Raises:
        KPADataError: as the analyses.
    """
    whole, is_meant = data.whole, data.scope.cases
    known = data.employee_status if whole.employee_status.height else None
    needed = known if required is None else required

    def judged(day: date) -> pl.DataFrame:
        return expiry_status(
            data.completions,
            data.trainings,
            data.users,
            as_of=day,
            expiring_days=expiring_days,
            required=needed,
        )

    cases = judged(as_of)
    status = cases.filter(is_meant)
    happened = (data.completions.filter(_by(as_of)), data.trainings, data.users)
    everyone = whole.completions.filter(_by(as_of))
    sessions = group_sessions(data.completions, data.group_trainings, *happened[1:])
    compared_on = _day_of_verdict(data)
    both = RECONCILIATION.empty()
    if compared_on:
        ours = cases if compared_on == as_of else judged(compared_on)
        both = reconcile(ours, data.employee_status).filter(
            pl.col("vendor_status").is_not_null(), is_meant
        )
    changed, not_told = _changed(earlier, whole)
    return Evidence(
        data=data,
        as_of=as_of,
        expiring_days=expiring_days,
        title=title,
        names=names,
        required="given" if required is not None else "unknown" if needed is None else "vendor",
        status=status,
        figures=figures(status, data.completions, requirements_known=needed is not None),
        records=audit_records(data, cases, as_of=as_of, expiring_days=expiring_days),
        findings=findings(data, as_of),
        activity=instructor_activity(*happened),
        # Who could teach is the same whoever is asked about: a part would look thinner than it is.
        coverage=instructor_coverage(everyone, *happened[1:], as_of=as_of).filter(is_meant),
        sessions=sessions.filter(_by(as_of)),
        share=group_share(happened[0]),
        compared=both.height,
        compared_on=compared_on,
        disagreements=both.filter(~pl.col("agree")),
        changed=changed.filter(data.scope.records(whole.trainings)),
        changed_since=earlier.snapshot.fetched_at if earlier else None,
        not_told=not_told,
    )


def _changed(earlier: Kept | None, data: TrainingData) -> tuple[pl.DataFrame, str]:
    """What changed, or why that can't be told: a shared id must not stop a pack."""
    if earlier is None:
        return CHANGES.empty(), ""
    try:
        return changes(earlier.frame, data.completions), ""
    except KPADataError as error:
        return CHANGES.empty(), str(error)


def _by(day: date) -> pl.Expr:
    """What had happened by a day; what has no day may have."""
    return pl.col("date").is_null() | (pl.col("date") <= day)


def _day_of_verdict(data: TrainingData) -> date | None:
    told = data.employee_status.select(pl.col("last_updated").dt.date().max()).item()
    return told if isinstance(told, date) else None
