"""Every sentence that a finding prints, so a translation changes only this file.

A name in braces is a column of the finding's rows; `record`, `person` and `training` are ids with
the name or title beside them. `:day` writes a day as people do, and `:person is|people are` a
number with the form that it needs, as in `wording.say`. These sentences are not in
`audit.report_text`, because `data_quality()` prints them without a report, and `data` may not
import from `audit`.
"""

from __future__ import annotations

import re

import polars as pl

from kpa_analytics.wording import count_texts, day_texts

#: A column in a sentence, and how its values are written.
_COLUMN = re.compile(r"{(\w+)(?::([^{}]+))?}")


def columns_in(text: str) -> list[str]:
    """The columns that a sentence names.

    Examples:
        >>> columns_in("Completion {record} is dated {date:day}.")
        ['record', 'date']
    """
    return [column for column, _ in _COLUMN.findall(text)]


def sentence(text: str) -> pl.Expr:
    """The sentence about each row, with the row's values."""
    written = [_written(pl.col(column), form) for column, form in _COLUMN.findall(text)]
    return pl.format(_COLUMN.sub("{}", text), *written)


def _written(column: pl.Expr, form: str) -> pl.Expr:
    if form == "day":
        return day_texts(column)
    return count_texts(column, *form.split("|")) if form else column


NO_DATE = "Completion {record} has no date."
IMPOSSIBLE_DATE = "{noun} {record}: {field} is {value}, which is not a calendar date."
EXPIRES_FIRST = (
    "Completion {record} is dated {date:day}, but its special expiration date, "
    "{special_expiration_date:day}, is earlier."
)
IN_FUTURE = "Completion {record} is dated {date:day}, after the as-of date {as_of:day}."
RECORDED_LATE = (
    "Completion {record} is dated {date:day}, but it was recorded on {created_day:day}, "
    "{days:day|days} later."
)
RECORDED_AFTER_EXPIRY = (
    "Completion {record} of training {training} by person {person} is dated {date:day}, but it was "
    "recorded on {created_day:day}, after the previous completion had expired on {expired_on:day}."
)
TAUGHT_WHILE_EXPIRED = (
    "Person {person} taught training {training} in group session {record} on {date:day}, but that "
    "person's own certificate had expired{expired_on}."
)
COACHED_WHILE_EXPIRED = (
    "Person {person} taught training {training} on {date:day} (completion {record}), but that "
    "person's own certificate had expired{expired_on}."
)
SHARED_ID = "In {table}, {count:record has|records have} the id {record}."
REPEATED = (
    "Person {person} completed training {training} more than once on {date:day}: completions "
    "{listed}{more}."
)
AND_MORE = " and {others} more"

BLANK_IDS = "{value:optional id was|optional ids were} blank or 0, and treated as empty: {listed}."
BLANKS_OF_FIELD = "{field} in {table} ({count}{since})"
SINCE_FULL_DOWNLOAD = " since the last full download"

IMPLAUSIBLE_DATE = "Completion {record} is dated {date:day}{created_on}: the year may be mistyped."
BUT_CREATED_ON = ", but its record was created on {created_day:day}"
IMPLAUSIBLE_PROFILE = (
    "Person {record} has a profile that was created on {created_day:day}, which is implausible: "
    "this date is not used."
)
IMPLAUSIBLE_HIRE = (
    "Person {record} has the hire date {hireDate_day:day}, which is implausible: the person is "
    "treated as {instead}."
)
HIRED_WITH_PROFILE = "hired on {profile_created:day}, when the profile was created"
NO_HIRE_DATE = "having no hire date"
IMPLAUSIBLE_TERMINATION = (
    "Person {record} has the termination date {terminationDate_day:day}, which is implausible: the "
    "person is treated as still employed."
)
HIRED_AFTER_LEAVING = (
    "Person {record} has the hire date {hireDate_day:day}, after the termination date "
    "{terminationDate_day:day}: the person is treated as employed before the termination date, not "
    "employed from then until the hire date, and employed again from the hire date on."
)

UNKNOWN = {
    "unknown_user": "{noun} {record} refers to person {value}, who is not in the user list.",
    "unknown_training": "{noun} {record} refers to training {value}, which is not in the "
    "catalogue.",
    "unknown_group_session": "{noun} {record} refers to group session {value}, which is not in the "
    "session list.",
    "unknown_instructor": "{noun} {record} refers to instructor {value}, who is not in the user "
    "list.",
}
SUPERVISOR_UNKNOWN = "Person {record} has the {role} {person}, who is not in the user list."
SUPERVISOR_LEFT = "Person {record} has the {role} {person}, who left on {left:day}."
SUPERVISOR_CIRCLE = "Person {record} is in a circle of {role}s: {circle}."
OWN_SUPERVISOR = "Person {record} is listed as their own {role}."
LISTED_ONLY = "Group session {record} lists person {person}, who has no completion in it."
RECORDED_ONLY = (
    "Group session {record} has a completion by person {person}, who is not on its list."
)

UNKNOWN_TYPE = (
    "Training {record} has the schedule type {schedule}, which is not recognized, so its "
    "expiration dates are unknown."
)
IMPOSSIBLE_WINDOW = (
    "Training {record} has a window from {schedule}, which is not a valid range of days "
    "(month-day), so its expiration dates are unknown."
)
IMPOSSIBLE_FIXED_DAY = (
    "Training {record} has the fixed day {schedule}, which is not a valid day (month-day), so its "
    "expiration dates are unknown."
)
RANGE = "{opens} to {closes}"

OFFERING_NOT_RECORDED = (
    "Training {record} {offered}: {relying} only because no later offering is recorded."
)
LAST_OFFERED = (
    "was last offered on {window_last_offered_date:day}, and one of its windows has closed since "
    "then"
)
NEXT_OFFERED = (
    "is next offered on {offered_later:day}, after the as-of date {as_of:day}, and one of its "
    "windows has closed since its oldest completion"
)
NEVER_OFFERED = (
    "has no last offered date, and one of its windows has closed since its oldest completion"
)
RELYING = "{people:person is|people are} up to date"
