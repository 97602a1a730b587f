"""All frames and figures of a pack, computed once.

The HTML page, the PDF, the workbook and the other files show them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import polars as pl

from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.analysis.group_sessions import group_sessions, group_share
from kpa_analytics.analysis.instructors import instructor_activity, instructor_coverage
from kpa_analytics.analysis.reconcile import reconcile, vendor_day
from kpa_analytics.analysis.requirements import required_sources
from kpa_analytics.audit.cases import audit_cases
from kpa_analytics.audit.figures import Figures, figures
from kpa_analytics.audit.findings import findings
from kpa_analytics.audit.headline import Headline, headline
from kpa_analytics.audit.identity import labels_of
from kpa_analytics.audit.past_year import Past, past
from kpa_analytics.audit.record_rows import audit_records
from kpa_analytics.audit.sample import Sample
from kpa_analytics.audit.since_earlier_pack import Since
from kpa_analytics.data.changes import completion_changes
from kpa_analytics.data.included_trainings import included_trainings
from kpa_analytics.data.snapshots import Kept
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import AnyFrame
from kpa_analytics.schema import CHANGES, RECONCILIATION

#: The columns with ids of the people in a session.
_PEOPLE_OF_SESSION = ("m_trainees_id", "listed_not_recorded_ids", "recorded_not_listed_ids")


@dataclass(frozen=True, kw_only=True, eq=False)
class Evidence:
    """The frames and figures of a pack.

    Attributes:
        data: the records they come from.
        as_of: the day of the statuses.
        expiring_days: days before expiration that count as expiring, for trainings that
            do not set their own number.
        title: the pack's title.
        names: whether people are shown by name; otherwise by pseudonym.
        required: where the required pairs come from: "given", "vendor" or "unknown".
        required_pairs: every required pair, and where it comes from.
        status: `schema.EXPIRY_STATUS`.
        cases: `schema.CASES`, the same cases with the evidence behind each.
        figures: the headline figures.
        headline: the headline without mixing required, other and composed cases.
        standard: the standard of the audit, or empty.
        organisation: whose records these are, or empty if it is not known.
        records: `schema.RECORDS`, every completion.
        findings: `schema.FINDINGS`.
        activity, coverage, sessions, share: instructors and group sessions.
        past: the twelve months up to `as_of`.
        later: completions dated after `as_of`, which those four leave out.
        compared: the number of cases with a status from us and from the vendor, as of
            `compared_on`.
        compared_on: the day of the vendor's statuses, or None.
        disagreements: `schema.RECONCILIATION`, the cases in which we differ from the vendor.
        changed: `schema.CHANGES` since `changed_since`.
        changed_since: when the earlier snapshot was fetched, or None.
        sample: the sample for an audit test, or None.
        since: the changes since an earlier pack, or None.
        changes_unknown: why the changes could not be determined; empty if they could.
    """

    data: TrainingData
    as_of: date
    expiring_days: int
    title: str
    names: bool
    required: str
    required_pairs: pl.DataFrame
    status: pl.DataFrame
    cases: pl.DataFrame
    figures: Figures
    headline: Headline
    standard: str
    organisation: str
    records: pl.DataFrame
    findings: pl.DataFrame
    activity: pl.DataFrame
    coverage: pl.DataFrame
    sessions: pl.DataFrame
    share: pl.DataFrame
    past: Past
    later: int
    compared: int
    compared_on: date | None
    disagreements: pl.DataFrame
    changed: pl.DataFrame
    changed_since: datetime | None
    changes_unknown: str
    sample: Sample | None = None
    since: Since | None = None

    @property
    def composed(self) -> pl.Series:
        """The ids of the composed trainings."""
        return composed_ids(self.data.trainings)


def composed_ids(trainings: pl.DataFrame) -> pl.Series:
    """The ids of the composed trainings."""
    included = included_trainings(trainings)
    return pl.Series("id", [training for training in included if included[training]], pl.Int64)


def gather(
    data: TrainingData,
    *,
    as_of: date,
    expiring_days: int,
    required: AnyFrame | None,
    title: str,
    names: bool,
    earlier: Kept | None,
    standard: str = "",
    organisation: str = "",
) -> Evidence:
    """Compute everything that a pack shows; the arguments are those of `export_audit`.

    Without `required`, the requirements are the vendor's employee status, if there is one.
    `earlier` has the completions of the previous snapshot, to find what changed.
    """
    whole, in_scope = data.whole, data.scope.cases
    needed = data.requirements if required is None else required

    def statuses_on(day: date) -> pl.DataFrame:
        return expiry_status(
            data.completions,
            data.trainings,
            data.users,
            as_of=day,
            expiring_days=expiring_days,
            required=needed,
        )

    by = "vendor" if required is None else "given"
    cases = statuses_on(as_of)
    status = cases.filter(in_scope)
    happened = (data.completions.filter(_by(as_of)), data.trainings, data.users)
    everyone = whole.completions.filter(_by(as_of))
    compared_on = vendor_day(data.employee_status)
    both = RECONCILIATION.empty()
    if compared_on:
        ours = cases if compared_on == as_of else statuses_on(compared_on)
        both = reconcile(ours, data.employee_status).filter(
            pl.col("vendor_status").is_not_null(), in_scope
        )
    changed, changes_unknown = _changed(earlier, whole)
    return Evidence(
        data=data,
        as_of=as_of,
        expiring_days=expiring_days,
        title=title,
        names=names,
        required="unknown" if needed is None else by,
        required_pairs=required_sources(needed, by=by),
        status=status,
        cases=audit_cases(data, cases).filter(in_scope),
        headline=headline(status, composed_ids(data.trainings), needed),
        standard=standard,
        organisation=organisation,
        figures=figures(status, data.completions, requirements_known=needed is not None),
        records=audit_records(data, cases, as_of=as_of, expiring_days=expiring_days),
        findings=findings(data, as_of),
        activity=instructor_activity(*happened),
        # Count all completions, even for a pack of only a part: its people may be taught by anyone
        # in the company.
        coverage=instructor_coverage(everyone, *happened[1:], as_of=as_of).filter(in_scope),
        sessions=_sessions(data, everyone).filter(_by(as_of)),
        share=group_share(happened[0]),
        past=past(data, as_of=as_of, expiring_days=expiring_days, required=needed),
        later=data.completions.height - happened[0].height,
        compared=both.height,
        compared_on=compared_on,
        disagreements=both.filter(~pl.col("agree")),
        changed=changed.filter(data.scope.records(whole.trainings)),
        changed_since=earlier.snapshot.fetched_at if earlier else None,
        changes_unknown=changes_unknown,
    )


def _sessions(data: TrainingData, everyone: pl.DataFrame) -> pl.DataFrame:
    """The sessions of the part. Everyone in a session counts, not only the people of the part.

    So a session is as large in a part as in all records; but only people of the part have ids here.
    A session that teaches two trainings has one list of people, and some complete only one of them.
    """
    in_part = [data.group_trainings["id"], data.completions["group_training_id"].drop_nulls()]
    ids = pl.concat(in_part).unique().implode()
    listed = data.whole.group_trainings.filter(pl.col("id").is_in(ids))
    recorded = everyone.filter(pl.col("group_training_id").is_in(ids))
    sessions = group_sessions(recorded, listed, data.whole.trainings, data.users)
    if data.scope.people is None:
        return sessions
    in_scope = pl.element().is_in(data.scope.people.to_list())
    return sessions.with_columns(pl.col(_PEOPLE_OF_SESSION).list.filter(in_scope))


def _changed(earlier: Kept | None, data: TrainingData) -> tuple[pl.DataFrame, str]:
    """The changes, or why they could not be determined: a duplicate id must not stop a pack."""
    if earlier is None:
        return CHANGES.empty(), ""
    try:
        return completion_changes(earlier.frame, data.completions), ""
    except KPADataError as error:
        return CHANGES.empty(), str(error)


def _by(day: date) -> pl.Expr:
    """Whether a record's date is on or before a day; a record without a date counts."""
    return pl.col("date").is_null() | (pl.col("date") <= day)


def with_labels(evidence: Evidence) -> Evidence:
    """The same evidence with labels in place of names and titles, for the report and the charts."""
    of = labels_of(evidence.data).of
    names = ("status", "cases", "records", "activity", "coverage", "sessions", "disagreements")
    frames: dict[str, Any] = {name: of(getattr(evidence, name)) for name in names}
    if peak := evidence.headline.peak:
        case = pl.DataFrame({"training_id": [peak.training_id], "training": [peak.training]})
        title = of(case)["training"].item()
        frames["headline"] = evidence.headline._replace(peak=peak._replace(training=title))
    if evidence.sample:
        frames["sample"] = evidence.sample._replace(rows=of(evidence.sample.rows))
    return replace(evidence, **frames)
