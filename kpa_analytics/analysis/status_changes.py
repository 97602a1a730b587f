"""Why statuses differ between two sets of records: each case that changed, with its one cause."""

from __future__ import annotations

import polars as pl

from kpa_analytics.analysis.change_details import details
from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.analysis.situation import Situation
from kpa_analytics.schema import CASE_KEY, CAUSE, STATUS_CHANGES

#: What changes at each step, in this order; the names are the fields of `Situation`.
STEPS = {
    "time": ("as_of",),
    "requirement": ("required",),
    "person": ("users",),
    "rule": ("trainings", "expiring_days"),
    "record": ("completions",),
}


def changed_cases(
    before: Situation, after: Situation, *, include_terminated: bool = False
) -> pl.DataFrame:
    """Every case whose status differs between two situations, with exactly one cause.

    One thing changes at a time, in the order of `STEPS`: first the day, then the requirements, the
    people, the rules, and last the records. The last step that changes the status of a case is its
    cause, so `time` means that no other change matters.

    Returns:
        A frame in `schema.STATUS_CHANGES`, sorted by name, person and training.

    Raises:
        KPADataError: as `expiry_status()`.

    Examples:
        >>> from datetime import date
        >>> from kpa_analytics.schema import COMPLETIONS, TRAININGS, USERS
        >>> done = pl.DataFrame([{"id": 1, "training_id": 7, "m_user_id": "a",
        ...     "date": date(2025, 1, 31)}], schema=COMPLETIONS.schema)
        >>> yearly = pl.DataFrame([{"id": 7, "renewal_months": 12}], schema=TRAININGS.schema)
        >>> old = Situation(done, yearly, USERS.empty(), None, date(2026, 6, 30))
        >>> new = old._replace(trainings=yearly.with_columns(renewal_months=pl.lit(36, pl.Int64)))
        >>> changed_cases(old, new).select("cause", "detail").row(0)
        ('rule', '7: renewal_months 12 -> 36')
    """
    statuses = _steps(before, after, include_terminated)
    steps = [frame.select(*CASE_KEY, status=pl.col("status")) for frame in statuses]
    cases = pl.concat([frame.select(CASE_KEY) for frame in steps]).unique()
    for number, frame in enumerate(steps):
        named = frame.rename({"status": str(number)})
        cases = cases.join(named, on=CASE_KEY, how="left", nulls_equal=True)
    last = str(len(steps) - 1)
    changed = cases.filter(pl.col("0").ne_missing(pl.col(last))).with_columns(
        _cause().alias("cause"), before=pl.col("0"), after=pl.col(last)
    )
    names = pl.concat([statuses[-1], statuses[0]]).select(*CASE_KEY, "user", "training")
    known = names.unique(CASE_KEY, keep="first", maintain_order=True)
    rows = changed.join(known, on=CASE_KEY, nulls_equal=True)
    said = details(before, after, rows.select(*CASE_KEY, "cause"))
    return (
        rows.join(said, on=[*CASE_KEY, "cause"], how="left", nulls_equal=True)
        .select(STATUS_CHANGES.schema.names())
        .sort("user", "m_user_id", "training", "training_id")
    )


def _steps(before: Situation, after: Situation, include_terminated: bool) -> list[pl.DataFrame]:
    """The statuses before, and after each step."""
    situation, statuses = before, [_statuses(before, include_terminated)]
    for fields in STEPS.values():
        changes = {name: getattr(after, name) for name in fields}
        same = all(_equal(getattr(situation, name), value) for name, value in changes.items())
        situation = situation._replace(**changes)
        statuses.append(statuses[-1] if same else _statuses(situation, include_terminated))
    return statuses


def _statuses(situation: Situation, include_terminated: bool) -> pl.DataFrame:
    return expiry_status(
        situation.completions,
        situation.trainings,
        situation.users,
        as_of=situation.as_of,
        expiring_days=situation.expiring_days,
        required=situation.required,
        include_terminated=include_terminated,
    )


def _equal(old: object, new: object) -> bool:
    if isinstance(old, pl.DataFrame) and isinstance(new, pl.DataFrame):
        return old.schema == new.schema and old.equals(new)
    return type(old) is type(new) and old == new


def _cause() -> pl.Expr:
    """The last step that changes the status; the columns 0, 1, ... hold the status at each step."""
    cause = pl.lit(None, CAUSE)
    for number, step in enumerate(STEPS, start=1):
        changes = pl.col(str(number)).ne_missing(pl.col(str(number - 1)))
        cause = pl.when(changes).then(pl.lit(step, CAUSE)).otherwise(cause)
    return cause
