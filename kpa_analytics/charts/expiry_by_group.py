"""Gaps per field office, line of business or job title, the highest share first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import polars as pl

from kpa_analytics.analysis.case_groups import (
    as_by,
    group_columns,
    names_of_groups,
    no_group,
    with_groups,
)
from kpa_analytics.charts.ranking import Ranked, rank, ranking
from kpa_analytics.charts.status_rows import (
    gaps_found,
    null_if_unknown,
    read_status,
    requirements_are_known,
    status_counts,
)
from kpa_analytics.data.training_data import FLEET_ACCOUNT
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import ACCOUNT, need, need_same_account, read
from kpa_analytics.report_text import GROUP_NOUNS
from kpa_analytics.report_text import RankingText as Text
from kpa_analytics.schema import EXPIRY_STATUS
from kpa_analytics.statuses import FROM_REQUIREMENTS, MISSING, STATUS_LABELS
from kpa_analytics.wording import one_line, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    import altair as alt

    from kpa_analytics.as_of import Day
    from kpa_analytics.inputs import AnyFrame

GroupKind = Literal["field_office", "line_of_business", "job_title", "account"]
_KINDS: tuple[str, ...] = get_args(GroupKind)


def expiry_by_group_table(
    status: AnyFrame,
    users: AnyFrame | None = None,
    *,
    by: GroupKind = "field_office",
    groups: AnyFrame | None = None,
    requirements_known: bool | None = None,
    top: int = 20,
) -> pl.DataFrame:
    """Count every status per group of people, the highest share of gaps first.

    A person in two offices counts in both, so the totals may add up to more than the rows.

    Args:
        status: the result of `expiry_status()`; for accounts, that of `fleet.status()`, or the
            statuses and users of `fleet.together()`.
        users: the result of `load_users()`, which says who is in which group; not for the result of
            `fleet.status()` by account.
        by: field_office, line_of_business, job_title or account.
        groups: the result of `load_groups()`, for names; without it, ids are shown.
        requirements_known: whether requirements were provided; by default, True if `status` has a
            missing or not due row.
        top: number of groups to keep, 1 to 60; the others become one row.

    Returns:
        At most `top` + 1 rows: group_id (String; null in the row of other groups and for people
        without a group), group (String, unique), folded (Int64; number of groups in the row),
        current, expiring, expired, missing, not_due, total (Int64), share (Float64, 0 to 1; expired
        or missing of all cases). Without requirements, the numbers of missing and not due are not
        known, and null.

    Raises:
        KPADataError: a column is missing, `by` is unknown, or `top` is out of range.

    Examples:
        >>> from kpa_analytics.schema import EXPIRY_STATUS, USERS
        >>> expiry_by_group_table(EXPIRY_STATUS.empty(), USERS.empty()).shape
        (0, 10)
    """
    statuses = read(_alone(status), EXPIRY_STATUS, "status")
    known = requirements_are_known(statuses, requirements_known)
    ranked = _ranked(status, users, by, groups, gaps_found(known))
    return null_if_unknown(ranked.fold(top), known)


def _ranked(
    status: AnyFrame,
    users: AnyFrame | None,
    by: GroupKind,
    groups: AnyFrame | None,
    gaps: Sequence[str],
) -> Ranked:
    if by not in _KINDS:
        raise KPADataError(f"by must be one of {', '.join(_KINDS)}, not {by!r}")
    of_fleet = by == ACCOUNT and (users is None or _has_accounts(status))
    if by != ACCOUNT:
        need_same_account(status, users, groups)
    counts = _of_accounts(status) if of_fleet else _of_people(status, users, by)
    group = pl.col("group_id").replace(names_of_groups(groups, by)).fill_null(no_group(by))
    named = counts.with_columns(group.alias("group"))
    return rank(named, "group_id", "group", GROUP_NOUNS[by], gaps)


def _of_accounts(status: AnyFrame) -> pl.DataFrame:
    """The counts of each account."""
    if not _has_accounts(status):
        raise KPADataError(f"by={ACCOUNT!r} needs the statuses of a fleet: fleet.status()")
    need(status.drop(ACCOUNT), EXPIRY_STATUS, "status")
    counts = status.lazy().group_by(pl.col(ACCOUNT).alias("group_id")).agg(status_counts())
    return counts.collect(engine="in-memory")


def _alone(status: AnyFrame) -> AnyFrame:
    """The statuses without the column of the account."""
    return status.drop(ACCOUNT) if _has_accounts(status) else status


def _has_accounts(status: object) -> bool:
    if not isinstance(status, pl.DataFrame | pl.LazyFrame):
        return False
    return ACCOUNT in status.collect_schema()


def _not_known(accounts: pl.DataFrame) -> str:
    """Name the accounts without a case that follows from requirements; empty if there is none."""
    without = accounts.filter(pl.sum_horizontal(FROM_REQUIREMENTS) == 0)["group"]
    names = ", ".join(sorted(one_line(name) for name in without))
    return say(Text.NOT_KNOWN_IN, missing=STATUS_LABELS[MISSING], names=names) if names else ""


def _of_people(status: AnyFrame, users: AnyFrame | None, by: str) -> pl.DataFrame:
    """The counts of each group of people."""
    if users is None:
        raise KPADataError(f"by={by!r} needs users, as load_users() returns them")
    as_by(by, users)
    identifier, _ = group_columns(by)
    cases = read(status, EXPIRY_STATUS, "m_user_id", "status")
    of_each = cases.lazy().group_by("m_user_id").agg(status_counts())
    return (
        with_groups(of_each, users, by)
        .group_by(pl.col(identifier).alias("group_id"))
        .agg(pl.exclude("m_user_id", identifier).sum())
        .collect(engine="in-memory")
    )


def expiry_by_group(
    status: AnyFrame,
    users: AnyFrame | None = None,
    *,
    by: GroupKind = "field_office",
    groups: AnyFrame | None = None,
    as_of: Day | None = None,
    requirements_known: bool | None = None,
    top: int = 20,
    dark: bool = False,
) -> alt.LayerChart:
    """Draw the share of gaps per group of people, the highest first, beside the numbers of cases.

    A line marks the share of all cases; the title names the groups with the highest share.

    A click on a bar sets the selection `pick` (group_id, status).

    Args:
        status: the result of `expiry_status()`, eager or lazy; for accounts, that of
            `fleet.status()`, or the statuses and users of `fleet.together()`.
        users: the result of `load_users()`, which says who is in which group; not for the result of
            `fleet.status()` by account.
        by: field_office, line_of_business, job_title or account.
        groups: the result of `load_groups()`, for names; without it, ids are shown.
        as_of: the day to name if no row has an expiration date; by default, no day is named.
        requirements_known: whether requirements were provided; by default, True if `status` has a
            missing or not due row. If False, missing is shown as "not known", not 0.
        top: number of groups to draw, 1 to 60; the others become one row.
        dark: True for a dark background.

    Returns:
        The chart; its data is `expiry_by_group_table(...)`.

    Raises:
        KPADataError: as `expiry_by_group_table`.

    Examples:
        >>> from kpa_analytics.schema import EXPIRY_STATUS, USERS
        >>> expiry_by_group(EXPIRY_STATUS.empty(), USERS.empty(), by="job_title").description
        'Status by job title. No completions or requirements to show.'
    """
    rows = read_status(_alone(status), "m_user_id", as_of=as_of, known=requirements_known)
    ranked = _ranked(status, users, by, groups, rows.gaps)
    of_fleet = by == ACCOUNT or (users is not None and FLEET_ACCOUNT in users.collect_schema())
    notes = []
    if of_fleet and rows.known:
        notes.append(_not_known(_ranked(status, users, "account", groups, rows.gaps).frame))
    if int(ranked.frame["total"].sum()) > rows.frame.height:
        notes.append(say(Text.SEVERAL, group=ranked.nouns[0]))
    return ranking(
        ranked,
        rows,
        top=top,
        notes=notes,
        dark=dark,
    )
