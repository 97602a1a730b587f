"""Every table of this package as data: the name, type and meaning of each column.

The package builds, checks and documents its frames with these tables. Columns keep the names of the
API, except that `X_number` (yyyymmdd) becomes a Date column `X`.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from kpa_analytics.outcomes import LAPSED, OUTCOMES, PENDING, RENEWED_LATE, RENEWED_ON_TIME
from kpa_analytics.spreadsheet import flat as flat
from kpa_analytics.statuses import FROM_REQUIREMENTS, NAMES, STATUSES

if TYPE_CHECKING:
    from polars.datatypes import DataType, DataTypeClass

INSTANT = pl.Datetime("ms", "UTC")
SOURCES = ("special", "window", "fixed", "rolling", "never", "composed", "unknown")
#: The vendor's schedule types; any other type is unknown.
SCHEDULE_TYPES = ("rolling", "window")
STATUS = pl.Enum(STATUSES)
SOURCE = pl.Enum(SOURCES)
#: Why a completion decides a status, or does not.
STANDING = pl.Enum(["counts", "superseded", "future", "undated", "left"])
#: Why a status differs between two sets of records.
CAUSE = pl.Enum(["record", "rule", "person", "requirement", "time"])

#: The rule of the catalogue by which somebody must have a training.
ASSIGNED_BY = pl.Enum(["all", "job-title", "driver", "none", "cannot_tell"])
#: Why the catalogue's rule and the vendor's list of required trainings differ.
REQUIREMENT_CAUSE = pl.Enum(
    [
        *("window_in_neither_list", "person_not_listed", "newer_than_list", "not_in_catalogue"),
        *("not_in_user_list", "left", "part_of_composed", "condition_not_met"),
        *("assigned_otherwise", "cannot_tell", "not_known"),
    ]
)

#: What became of a certificate that came due.
OUTCOME = pl.Enum(OUTCOMES)


class Column(NamedTuple):
    """One column of a table.

    Attributes:
        name: its name.
        dtype: its polars type.
        meaning: what it says.
        unit: what a number counts, e.g. days; empty where the type or the name says it.
        origin: the tables and columns that it is taken from; empty if the function that returns the
            table, or the API method of a collection, is the origin.
    """

    name: str
    dtype: DataType | DataTypeClass
    meaning: str
    unit: str = ""
    origin: str = ""


class Table(NamedTuple):
    """A table: its name, the function that returns it, and its columns in order.

    Examples:
        >>> COMPLETIONS.schema["date"]
        Date
        >>> COMPLETIONS.empty().shape
        (0, 11)
    """

    name: str
    made_by: str
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pl.Schema:
        """The columns' names and types, in order."""
        return pl.Schema({column.name: column.dtype for column in self.columns})

    def fits(self, frame: pl.DataFrame) -> bool:
        """Whether a frame has exactly these columns, in this order and with these types."""
        ours = [(column.name, column.dtype) for column in self.columns]
        return list(zip(frame.columns, frame.dtypes, strict=True)) == ours

    def empty(self) -> pl.DataFrame:
        """The table without rows."""
        return pl.DataFrame(schema=self.schema)

    def describe(self) -> pl.DataFrame:
        """List the columns, one row each.

        Returns:
            A frame of column, type and meaning, all String.

        Examples:
            >>> COMPLETIONS.describe().row(0)
            ('id', 'Int64', "the completion's id")
        """
        rows = [(column.name, str(column.dtype), column.meaning) for column in self.columns]
        return pl.DataFrame(rows, schema=["column", "type", "meaning"], orient="row")

    def _repr_html_(self) -> str:
        """The columns as a table, for Jupyter."""
        about = self.describe()
        lines = (("th", about.columns), *(("td", row) for row in about.iter_rows()))
        rows = (
            "".join(f'<{kind} style="text-align: left">{escape(text)}</{kind}>' for text in texts)
            for kind, texts in lines
        )
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        caption = f"{escape(self.name)}, made by {escape(self.made_by)}"
        return f"<table><caption>{caption}</caption>{body}</table>"


def _table(name: str, made_by: str, *columns: Column) -> Table:
    return Table(name, made_by, columns)


def is_text(dtype: DataType | DataTypeClass) -> bool:
    """Whether a column can hold any text, in lists and structs too. An Enum does not count as text.

    Examples:
        >>> is_text(pl.List(pl.String)), is_text(pl.Date), is_text(pl.Enum(["late"]))
        (True, False, False)
    """
    if isinstance(dtype, pl.List | pl.Array):
        return is_text(dtype.inner)
    if isinstance(dtype, pl.Struct):
        return any(is_text(field.dtype) for field in dtype.fields)
    return dtype in (pl.String, pl.Categorical, pl.Binary, pl.Object)


#: Columns that several results share.
_NAME = Column(
    "user",
    pl.String,
    '"Last, First", or the id if the name is unknown',
    origin="users.lastname, users.firstname",
)
_TRAINING = Column("training_id", pl.Int64, "the training")
_TITLE = Column(
    "training",
    pl.String,
    "its title, or the id as text if there is no title",
    origin="trainings.title",
)
_PERSON = Column("m_user_id", pl.String, "the person")
_CASE = (_PERSON, _NAME, _TRAINING, _TITLE)
_NUMBER = Column(
    "employeeNumber",
    pl.String,
    "the person's employee number, or null",
    origin="users.employeeNumber",
)
_INSTRUCTOR = (
    Column(
        "m_instructor_id",
        pl.String,
        "the instructor, or null",
        origin="completions.m_instructor_id",
    ),
    Column(
        "instructor",
        pl.String,
        '"Last, First", or the id',
        origin="users.lastname, users.firstname",
    ),
    Column(
        "instructor_employeeNumber",
        pl.String,
        "the instructor's employee number, or null",
        origin="users.employeeNumber",
    ),
)
_PERIOD = (
    Column("period", pl.Date, "first day of the period; null if the date is unknown"),
    Column("every", pl.String, "the length of a period, e.g. 1mo"),
)
_DEMO = Column("demo", pl.Boolean, "made from demo data")

#: The columns of a case: a person and a training.
CASE_KEY = ("m_user_id", "training_id")
#: The lists of required trainings in the vendor's employee status.
REQUIRED_LISTS = ("incomplete_training_ids", "complete_training_ids")

COMPLETIONS = _table(
    "completions",
    "load_completions()",
    Column("id", pl.Int64, "the completion's id"),
    Column("training_id", pl.Int64, "the training completed"),
    Column("m_user_id", pl.String, "the person who completed it, 24 hex characters"),
    Column("created", INSTANT, "when the record was created, UTC"),
    Column("date", pl.Date, "the day of completion; null if the API sent an impossible date"),
    Column(
        "special_expiration_date",
        pl.Date,
        "its own expiration date, which overrides the schedule; usually null",
    ),
    Column("m_instructor_id", pl.String, "the instructor; null if there is none"),
    Column("group_training_id", pl.Int64, "the group session it was recorded in, or null"),
    Column("notes", pl.String, "free text, or null; the API of 2020 has no notes"),
    Column("signed", pl.Boolean, "a signature is on file; null if the API does not say"),
    Column(
        "files",
        pl.Int64,
        "the number of attached files; null if the API does not say",
        unit="files",
    ),
)

TRAININGS = _table(
    "trainings",
    "load_trainings()",
    Column("id", pl.Int64, "the training's id"),
    Column("title", pl.String, "its title"),
    Column("created", INSTANT, "when it was created, UTC"),
    Column("lesson_id", pl.Int64, "the online lesson, or null"),
    Column("included_trainings_id", pl.List(pl.Int64), "the trainings that it includes"),
    Column("schedule_type", pl.String, "rolling or window; any other type is unknown"),
    Column("renewal_months", pl.Int64, "months until renewal; null or 0: never", unit="months"),
    Column("certificate_text", pl.String, "the text of the certificate"),
    Column("assigned_to_type", pl.String, "who must have it: all, limited, none"),
    Column("assigned_to_condition", pl.String, "the condition of `limited`, as JSON"),
    Column("is_highlighted", pl.Boolean, "the vendor shows it in green at the top of a profile"),
    Column("notes", pl.String, "free text"),
    Column(
        "expires_on_month", pl.Int64, "month of the fixed expiration day, 1-12", unit="month, 1-12"
    ),
    Column("expires_on_day", pl.Int64, "day of the fixed expiration day, 1-31", unit="day, 1-31"),
    Column(
        "expiring_days",
        pl.Int64,
        "number of days before expiration that count as expiring",
        unit="days",
    ),
    Column(
        "window_open_month",
        pl.Int64,
        "month in which the window opens each year",
        unit="month, 1-12",
    ),
    Column("window_open_day", pl.Int64, "day on which it opens, included", unit="day, 1-31"),
    Column("window_close_month", pl.Int64, "month in which it closes", unit="month, 1-12"),
    Column("window_close_day", pl.Int64, "day on which it closes, included", unit="day, 1-31"),
    Column("window_last_offered_date", pl.Date, "the day it was last offered, or null"),
    Column(
        "window_required_for_new_employees", pl.Boolean, "new employees must complete it at once"
    ),
)

USERS = _table(
    "users",
    "load_users()",
    Column("id", pl.String, "the person's id, 24 hex characters"),
    Column("created", INSTANT, "when the profile was created, UTC"),
    Column("firstname", pl.String, "first name"),
    Column("lastname", pl.String, "last name"),
    Column("employeeNumber", pl.String, "employee number in the company"),
    Column("email", pl.String, "e-mail address"),
    Column("username", pl.String, "login name"),
    Column("fieldOffice_id", pl.List(pl.String), "field offices"),
    Column("lineOfBusiness_id", pl.List(pl.String), "lines of business"),
    Column("clients_id", pl.List(pl.String), "clients worked for"),
    Column("projects_id", pl.List(pl.String), "projects worked on"),
    Column("isDriver", pl.Boolean, "drives for the company"),
    Column("isRegulatedDriver", pl.Boolean, "drives under transport regulation"),
    Column("role_id", pl.String, "role in the vendor's system"),
    Column("jobTitle_id", pl.String, "job title, or null"),
    Column("manager_id", pl.String, "manager, or null"),
    Column("supervisor_id", pl.String, "supervisor, or null"),
    Column("hireDate", INSTANT, "when the person was hired, UTC, or null"),
    Column("terminationDate", INSTANT, "when the person left, UTC; null if employed"),
)

GROUP_TRAININGS = _table(
    "group_trainings",
    "load_group_trainings()",
    Column("id", pl.Int64, "the session's id"),
    Column("created", INSTANT, "when it was recorded, UTC"),
    Column("m_trainees_id", pl.List(pl.String), "the people listed as attending"),
    Column("trainings_id", pl.List(pl.Int64), "the trainings that were taught"),
    Column("m_instructor_id", pl.String, "the instructor"),
    Column("notes", pl.String, "free text"),
)

EMPLOYEE_STATUS = _table(
    "employee_status",
    "load_employee_status()",
    Column("m_user_id", pl.String, "the person"),
    Column("status", pl.String, "the vendor's status: incomplete, expiring, active, ..."),
    Column(
        "percent_complete",
        pl.Float64,
        "completed share of the required trainings, percent",
        unit="percent",
    ),
    Column("incomplete_training_ids", pl.List(pl.Int64), "required, not completed or expired"),
    Column("complete_training_ids", pl.List(pl.Int64), "required and completed"),
    Column(
        "last_completed",
        pl.List(
            pl.Struct(
                {
                    "id": pl.Int64,
                    "date": pl.Date,
                    "expiresOn": pl.Date,
                    "startsExpiringOn": pl.Date,
                    "is_required": pl.Boolean,
                }
            )
        ),
        "per training (`id`): the date of the last completion and the vendor's expiration date",
    ),
    Column("last_updated", INSTANT, "when the vendor computed the status, UTC"),
)

GROUPS = _table(
    "groups",
    "load_groups()",
    Column("kind", pl.String, "field_office, line_of_business or job_title"),
    Column("id", pl.String, "the group's id"),
    Column("name", pl.String, "its name"),
)

EXPIRY_STATUS = _table(
    "expiry_status",
    "expiry_status()",
    *_CASE,
    Column("completion_id", pl.Int64, "the completion that counts; null if none or composed"),
    Column("date", pl.Date, "the day of completion"),
    Column(
        "expiration_date",
        pl.Date,
        "the last day on which it is valid; null if never or unknown. For a valid window "
        "training, the last day to renew it, which moves on with as_of",
    ),
    Column("expiration_source", SOURCE, "the rule that gave the expiration date"),
    Column(
        "days_left", pl.Int64, "expiration_date - as_of, days; negative if expired", unit="days"
    ),
    Column("starts_expiring", pl.Date, "the first day on which it counts as expiring"),
    Column("status", STATUS, NAMES),
)

WHAT_IF = _table(
    "what_if",
    "what_if()",
    *EXPIRY_STATUS.columns,
    Column(
        "hypothetical",
        pl.Boolean,
        "the row rests on a planned session that has not been held; its completion_id is negative, "
        "or null for a composed training",
    ),
)

STATUS_OVER_TIME = _table(
    "status_over_time",
    "status_over_time()",
    Column("day", pl.Date, "the day of the counts; the columns of `by` come after it"),
    *(
        Column(
            status,
            pl.Int64,
            f"number of cases that are {status.replace('_', ' ')}"
            + "; null if requirements are unknown" * (status in FROM_REQUIREMENTS),
            unit="cases",
        )
        for status in STATUSES
    ),
    Column("total", pl.Int64, "number of all these cases", unit="cases"),
)

RENEWALS = _table(
    "renewals",
    "renewals()",
    *_CASE,
    Column("completion_id", pl.Int64, "the completion that came due"),
    Column("expiration_date", pl.Date, "the last day on which it was valid, or to renew it"),
    Column("renewed_on", pl.Date, "the date of the next completion; null if there is none yet"),
    Column(
        "days_late",
        pl.Int64,
        "renewed_on - expiration_date, days; negative if early, null if not renewed",
        unit="days",
    ),
    Column("outcome", OUTCOME, f"{', '.join(OUTCOMES[:-1])} or {OUTCOMES[-1]}"),
)

_OUTCOMES = (
    Column(RENEWED_ON_TIME, pl.Int64, "renewed by the expiration date", unit="certificates"),
    Column(RENEWED_LATE, pl.Int64, "renewed after it", unit="certificates"),
    Column(LAPSED, pl.Int64, "expired and not renewed", unit="certificates"),
    Column(PENDING, pl.Int64, "not renewed, but still valid", unit="certificates"),
)

RENEWAL_PUNCTUALITY = _table(
    "renewal_punctuality",
    "renewal_punctuality()",
    Column("n", pl.Int64, "number of certificates that came due", unit="certificates"),
    *_OUTCOMES,
    Column(
        "share",
        pl.Float64,
        "on_time / all, of those with an expiration date before as_of; null if there are none",
        unit="share, 0-1",
    ),
)

RENEWAL_CURVE = _table(
    "renewal_curve",
    "renewal_curve()",
    Column("days_late", pl.Int64, "days after the expiration date; negative: before", unit="days"),
    Column(
        "at_risk",
        pl.Int64,
        "certificates neither renewed nor last seen before this day",
        unit="certificates",
    ),
    Column("renewed", pl.Int64, "certificates renewed on this day", unit="certificates"),
    Column(
        "censored",
        pl.Int64,
        "certificates that were last seen on this day without a renewal",
        unit="certificates",
    ),
    Column(
        "not_renewed",
        pl.Float64,
        "estimated share that is not renewed after this day (Kaplan-Meier)",
        unit="share, 0-1",
    ),
)

STATUS_CHANGES = _table(
    "status_changes",
    "status_changes()",
    *_CASE,
    Column("before", STATUS, "the earlier status; null if there was no such case"),
    Column("after", STATUS, "the later status; null if there is no such case"),
    Column(
        "cause", CAUSE, "the one change that explains it: record, rule, person, requirement or time"
    ),
    Column("detail", pl.String, "the records, fields or days that differ"),
)

TRAINING_MATRIX_KEYS = ("m_user_id", "user")

RECONCILIATION = _table(
    "reconciliation",
    "reconcile()",
    *_CASE,
    Column("our_expiration_date", pl.Date, "by our rules"),
    Column("vendor_expiration_date", pl.Date, "the vendor's expiresOn"),
    Column("our_status", STATUS, "by our rules"),
    Column("vendor_status", STATUS, "the vendor's status in our terms"),
    Column("agree", pl.Boolean, "dates and statuses are the same"),
    Column(
        "days_apart",
        pl.Int64,
        "our date minus the vendor's, days; null if one is null",
        unit="days",
    ),
)

_ASSIGNMENT = (
    Column("required", pl.Boolean, "the catalogue requires it; null if the API does not tell"),
    Column(
        "rule", ASSIGNED_BY, "all, job-title, driver or none; cannot_tell if the API does not tell"
    ),
    Column("reason", pl.String, "the rule in words"),
)

REQUIRED_TRAININGS = _table(
    "required_trainings",
    "required_trainings()",
    *_CASE,
    *_ASSIGNMENT,
    Column(
        "listed",
        pl.Boolean,
        "in incomplete_training_ids or complete_training_ids of the vendor's list; null without it",
    ),
    Column(
        "cause",
        REQUIREMENT_CAUSE,
        "why the catalogue and the vendor's list differ; null if they agree",
    ),
)

REQUIRED_FOR = _table(
    "required_for",
    "required_for()",
    _TRAINING,
    _TITLE,
    *_ASSIGNMENT,
    Column("held", pl.Boolean, "the person has a valid completion; false for a new employee"),
    Column("status", STATUS, NAMES),
    Column("date", pl.Date, "the day of completion"),
    Column("expiration_date", pl.Date, "the last day on which it is valid, or null"),
)

INSTRUCTOR_ACTIVITY = _table(
    "instructor_activity",
    "instructor_activity()",
    Column("m_instructor_id", pl.String, "the instructor; null if there is none"),
    Column("instructor", pl.String, '"Last, First", the id, or "no instructor"'),
    *_PERIOD,
    Column("completions", pl.Int64, "number of completions", unit="completions"),
    Column("trainees", pl.Int64, "number of different people", unit="people"),
    Column("trainings", pl.Int64, "number of different trainings", unit="trainings"),
    Column("group_sessions", pl.Int64, "number of different group sessions", unit="sessions"),
    _DEMO,
)

INSTRUCTOR_COVERAGE = _table(
    "instructor_coverage",
    "instructor_coverage()",
    _TRAINING,
    _TITLE,
    Column("instructors", pl.Int64, "number of different instructors in the period", unit="people"),
    Column("m_instructor_ids", pl.List(pl.String), "these instructors, most active first"),
    Column("instructor_names", pl.List(pl.String), "their names, in the same order"),
    Column(
        "completions", pl.Int64, "their number of completions in the period", unit="completions"
    ),
    Column("last_taught", pl.Date, "the last day on which anyone taught it"),
    Column("single_instructor", pl.Boolean, "the training has only one instructor"),
    _DEMO,
)

ELIGIBLE_INSTRUCTORS = _table(
    "eligible_instructors",
    "eligible_instructors()",
    _TRAINING,
    _TITLE,
    Column("m_instructor_id", pl.String, "who taught it in the period; null if nobody did"),
    Column("instructor", pl.String, '"Last, First", or the id; null if nobody taught it'),
    Column(
        "completions",
        pl.Int64,
        "number of completions that the person taught in the period",
        unit="completions",
    ),
    Column("last_taught", pl.Date, "the last day on which the person taught it"),
    Column(
        "expiration_date",
        pl.Date,
        "when the instructor's own certificate of the training expires; null if never, or if "
        "there is no certificate",
    ),
    Column(
        "status",
        STATUS,
        "the status of the instructor's own certificate; null if there is none",
    ),
    Column("eligible", pl.Boolean, "employed on as_of, with a valid certificate of their own"),
    Column("reason", pl.String, "why the person is not eligible; null if eligible"),
    Column(
        "eligible_until",
        pl.Date,
        "the last day on which the person is eligible: their own expiration date, or their last "
        "day of employment if that is earlier; null if there is no end",
    ),
    Column(
        "last_eligible_until",
        pl.Date,
        "the latest eligible_until of the training: it has no eligible instructor after this day; "
        "null if nobody is eligible, or if there is no end",
    ),
    _DEMO,
)

GROUP_SESSIONS = _table(
    "group_sessions",
    "group_sessions()",
    Column("group_training_id", pl.Int64, "the session"),
    Column("date", pl.Date, "the date of its completions, or the day it was recorded"),
    Column("trainings_id", pl.List(pl.Int64), "the trainings that were taught"),
    Column("trainings", pl.List(pl.String), "their titles or ids"),
    Column("m_instructor_id", pl.String, "the instructor"),
    Column("instructor", pl.String, '"Last, First", or the id'),
    Column(
        "attendees",
        pl.Int64,
        "number of people listed; 0 if the list is empty, null if there is none",
        unit="people",
    ),
    Column(
        "recorded", pl.Int64, "number of people with a completion recorded in it", unit="people"
    ),
    Column("completions", pl.Int64, "number of completions recorded in it", unit="completions"),
    Column("m_trainees_id", pl.List(pl.String), "the people listed"),
    Column("listed_not_recorded_ids", pl.List(pl.String), "people listed without a completion"),
    Column("recorded_not_listed_ids", pl.List(pl.String), "people who are not listed"),
    Column("listed", pl.Boolean, "the session is in the group trainings list"),
    _DEMO,
)

#: Columns of plans of sessions.
_GROUP = Column("group", pl.String, "the name of the field office; null if there is none")
_DUE = Column("due", pl.Date, "the last day for a renewal in time; for a gap, the day of the plan")
_NOW = Column(
    "status",
    STATUS,
    "the status on the day of the plan; null if only a composed training needs it",
)
_WEEK = Column("week", pl.Date, "the Monday of its week")

PLANNED_SESSIONS = _table(
    "planned_sessions",
    "plan_sessions().sessions",
    Column("session", pl.Int64, "the session's number, from 1"),
    _WEEK,
    _TRAINING,
    _TITLE,
    _GROUP,
    Column("seats", pl.Int64, "the most people in the session", unit="people"),
    Column("filled", pl.Int64, "number of people who have a place in it", unit="people"),
    Column("m_instructor_id", pl.String, "the eligible instructor"),
    Column("instructor", pl.String, '"Last, First", or the id'),
    Column(
        "cost",
        pl.Float64,
        "of the session, and of the days by which its people are early or late",
        unit="the unit of the costs",
    ),
    Column("reason", pl.String, "why it is in this week"),
)

PLANNED_PEOPLE = _table(
    "planned_people",
    "plan_sessions().people",
    Column("session", pl.Int64, "the number of the session"),
    _WEEK,
    *_CASE,
    _GROUP,
    _NOW,
    _DUE,
    Column("reason", pl.String, "why the person needs a session, and why this one"),
)

UNPLACED = _table(
    "unplaced",
    "plan_sessions().unplaced",
    *_CASE,
    _GROUP,
    _NOW,
    _DUE,
    Column("reason", pl.String, "why there is no place, e.g. no eligible instructor"),
)

EXPIRING_AGAIN = _table(
    "expiring_again",
    "plan_sessions().expiring_again",
    Column("session", pl.Int64, "the number of the session"),
    _WEEK,
    *_CASE,
    Column(
        "expiration_date",
        pl.Date,
        "the last day on which the new certificate is valid, before the plan ends",
    ),
)

LAST_INSTRUCTORS = _table(
    "last_instructors",
    "plan_sessions().last_instructors",
    _TRAINING,
    _TITLE,
    Column(
        "last_eligible_until",
        pl.Date,
        "nobody is eligible to teach it after this day, unless a certificate is renewed",
    ),
    Column("instructors", pl.String, "who is eligible until this day"),
)

GROUP_SHARE = _table(
    "group_share",
    "group_share()",
    *_PERIOD,
    Column("in_groups", pl.Int64, "number of completions in group sessions", unit="completions"),
    Column("alone", pl.Int64, "number of completions outside group sessions", unit="completions"),
    Column("share", pl.Float64, "in_groups / (in_groups + alone), 0 to 1", unit="share, 0-1"),
    _DEMO,
)

FINDINGS = _table(
    "findings",
    "data_quality()",
    Column("finding", pl.String, "what is wrong, e.g. impossible_date"),
    Column("table", pl.String, "the table of the record; of blank ids, all tables"),
    Column("record_id", pl.String, "the record's id, as text; null for blank ids"),
    Column("field", pl.String, "the field; of blank ids, all fields"),
    Column("value", pl.String, "the value, as text; of blank ids, their number"),
    Column("message", pl.String, "a sentence that describes the finding"),
)

CHANGES = _table(
    "changes",
    "changes()",
    Column("change", pl.Enum(["added", "removed", "edited"]), "what happened to the record"),
    Column("id", pl.Int64, "the completion's id; null in other tables"),
    _PERSON._replace(meaning="the person; null for a training"),
    _TRAINING._replace(meaning="the training; null for a person"),
    Column("field", pl.String, "the edited field; null for added and removed records"),
    Column("old", pl.String, "the old value, as text"),
    Column("new", pl.String, "the new value, as text"),
    Column(
        "table",
        pl.Enum(["completions", "trainings", "users", "required"]),
        "the table of the record; required: who must have which training",
    ),
)


def _of(table: Table, name: str) -> Column:
    """A column of a table that another table takes over unchanged."""
    column = next(column for column in table.columns if column.name == name)
    return column._replace(origin=f"{table.name}.{name}")


RECORDS = _table(
    "records",
    "export_audit()",
    _of(COMPLETIONS, "id"),
    _of(COMPLETIONS, "m_user_id"),
    _NAME,
    _NUMBER,
    _of(COMPLETIONS, "training_id"),
    _TITLE,
    _of(COMPLETIONS, "date"),
    Column("expiration_date", pl.Date, "the last day on which this completion is valid"),
    Column("expiration_source", SOURCE, "the rule that gave the expiration date"),
    Column("standing", STANDING, "counts, superseded, future, undated, or left the company"),
    Column("status", STATUS, "the person's status, if the completion counts"),
    Column("days_left", pl.Int64, "expiration_date - as_of, days, if it counts", unit="days"),
    *_INSTRUCTOR,
    _of(COMPLETIONS, "group_training_id"),
    _of(COMPLETIONS, "created"),
    _of(COMPLETIONS, "special_expiration_date"),
    _of(COMPLETIONS, "signed"),
    _of(COMPLETIONS, "files"),
    _of(COMPLETIONS, "notes")._replace(meaning="free text; null if names are replaced"),
)

PEOPLE = _table(
    "people",
    "export_audit()",
    _PERSON,
    _NAME,
    _of(USERS, "employeeNumber")._replace(meaning="employee number in the company, or null"),
    Column(
        "field_office",
        pl.String,
        "the names of the field offices, or null",
        origin="users.fieldOffice_id, groups.name",
    ),
    Column(
        "job_title",
        pl.String,
        "the name of the job title, or null",
        origin="users.jobTitle_id, groups.name",
    ),
    Column("hired", pl.Date, "the day of hire; null if it is not known", origin="users.hireDate"),
    Column(
        "left",
        pl.Date,
        "the first day after the person's employment, or null",
        origin="users.terminationDate",
    ),
    Column("employed", pl.Boolean, "employed on as_of, as far as the profile says"),
    _of(USERS, "created"),
)

#: The evidence on file for the completion that decides a case.
_LIMITS = (
    Column(
        "limited_by_id",
        pl.Int64,
        "for a composed training that is held through its included trainings: the one that expires "
        "first, or the composed training itself if its own schedule ends first. Instructor, "
        "signature and files are those of that training's completion",
    ),
    Column(
        "limited_by", pl.String, "its title; of a missing composed training: what it still lacks"
    ),
    Column("limited_by_date", pl.Date, "the day on which the limiting training was completed"),
)
_ON_FILE = (
    Column("status", STATUS, NAMES),
    Column("completion_id", pl.Int64, "the completion that counts; null if none or composed"),
    Column("date", pl.Date, "the day of completion"),
    Column("expiration_date", pl.Date, "the last day on which it is valid, or null"),
    Column(
        "days_left", pl.Int64, "expiration_date - as_of, days; negative if expired", unit="days"
    ),
    Column("rule", pl.String, "the rule that decides the case, and the training's schedule"),
    *_LIMITS,
    *_INSTRUCTOR,
    Column("signed", pl.Boolean, "a signature is on file; null if the API does not say"),
    Column(
        "files", pl.Int64, "number of attached files; null if the API does not say", unit="files"
    ),
)

TRANSCRIPT = _table("transcript", "transcript()", _TRAINING, _TITLE, *_ON_FILE)

ROSTER = _table("roster", "roster()", *PEOPLE.columns[:5], *_ON_FILE)

CASES = _table(
    "cases",
    "export_audit()",
    _PERSON,
    _NAME,
    _NUMBER,
    *EXPIRY_STATUS.columns[2:],
    *_INSTRUCTOR,
    Column("signed", pl.Boolean, "a signature is on file; null if none or not known"),
    Column("files", pl.Int64, "number of attached files; null if none or not known", unit="files"),
    *_LIMITS,
)

SAMPLE = _table(
    "sample",
    "export_audit(sample=)",
    Column("number", pl.Int64, "the number of the case in the sample, from 1", unit="cases"),
    *PEOPLE.columns[:3],
    _TRAINING,
    _TITLE,
    *_ON_FILE,
    Column("stratum_cases", pl.Int64, "all cases of this training and status", unit="cases"),
    Column("stratum_drawn", pl.Int64, "how many of them are in the sample", unit="cases"),
    Column("result", pl.String, "for the tester: passed or failed"),
    Column("evidence_seen", pl.String, "for the tester: what was seen, and where"),
    Column("tester", pl.String, "for the tester: who tested the case"),
    Column("tested_on", pl.String, "for the tester: on which day"),
)

PACK_TRAININGS = _table(
    "pack_trainings",
    "export_audit()",
    _of(TRAININGS, "id")._replace(name="training_id"),
    _of(TRAININGS, "title")._replace(name="training"),
    _of(TRAININGS, "created"),
    _of(TRAININGS, "lesson_id"),
    _of(TRAININGS, "included_trainings_id")._replace(dtype=pl.String),
    *(_of(TRAININGS, column.name) for column in TRAININGS.columns[5:]),
    Column("kind", pl.String, "the rule by which its completions are judged"),
    Column("schedule", pl.String, "its months, day or window, as a text"),
    Column("schedule_from", pl.String, "the fields of the catalogue that give the schedule"),
    Column(
        "expiring_days_used",
        pl.Int64,
        "the training's own expiring_days, or else those of the report",
        unit="days",
    ),
    Column("expiring_days_from", pl.String, "where expiring_days_used comes from"),
)

PACK_REQUIRED = _table(
    "pack_required",
    "export_audit()",
    _PERSON,
    _NAME,
    _NUMBER,
    _TRAINING,
    _TITLE,
    Column(
        "required_by",
        pl.Enum(["vendor", "given"]),
        "vendor: the vendor's own list; given: whoever made the pack",
    ),
    Column(
        "listed_in",
        pl.String,
        "the field of the vendor's list: incomplete_training_ids or complete_training_ids",
    ),
    Column(
        "listed_at",
        INSTANT,
        "when the vendor computed its list, UTC; null if the requirements were given",
        origin="employee_status.last_updated",
    ),
)

RULES = _table(
    "rules",
    "export_audit()",
    Column("rule", pl.String, "the rule, or the kind of case"),
    Column("section", pl.Int64, "the section of the rules", unit="section number"),
    Column("text", pl.String, "what the rule says"),
    Column("mark", pl.String, "where the rule comes from: vendor, inferred or ours"),
    Column(
        "cases",
        pl.Int64,
        "number of cases that it decides; null if it never decides a case alone",
        unit="cases",
    ),
)

DATA_DICTIONARY = _table(
    "data_dictionary",
    "export_audit()",
    Column("file", pl.String, "the file of the pack, or the sheet of audit.xlsx"),
    Column("column", pl.String, "the column, as CSV and Parquet files name it"),
    Column("heading", pl.String, "its heading in audit.xlsx"),
    Column("type", pl.String, "the type of its values"),
    Column("unit", pl.String, "what a value counts or is written in"),
    Column("meaning", pl.String, "what it says"),
    Column("origin", pl.String, "the field of the API, or the function, that it comes from"),
)

FLEET_PARTS = _table(
    "fleet_parts",
    "export_audit(fleet)",
    Column("account", pl.String, "the account"),
    Column("report", pl.String, "the path of the report of its pack, in the folder"),
    Column("demo", pl.Boolean, "made from demo data"),
    Column("fetched_at", pl.String, "when its oldest records were fetched, UTC"),
    Column("seal", pl.String, "the seal of its manifest"),
    Column("people", pl.Int64, "people with at least one case", unit="people"),
    Column("completions", pl.Int64, "all completions", unit="completions"),
    Column("cases", pl.Int64, "all cases", unit="cases"),
    *(
        Column(
            status,
            pl.Int64,
            f"number of cases that are {status.replace('_', ' ')}"
            + "; null if requirements are unknown" * (status in FROM_REQUIREMENTS),
            unit="cases",
        )
        for status in STATUSES
    ),
    Column("in_30_days", pl.Int64, "cases to renew with at most 30 days left", unit="cases"),
    Column("findings", pl.Int64, "findings about the quality of the records", unit="findings"),
)

SINCE = _table(
    "since",
    "export_audit(since=)",
    Column(
        "change",
        pl.Enum(
            [
                *("newly_expired", "newly_missing", "renewed", "first_completed", "other_status"),
                *("joined", "left", "moved_in", "moved_out"),
                *("record_edited", "record_removed", "record_added"),
            ]
        ),
        "what happened to the case, the person or the record",
    ),
    _PERSON,
    _NAME,
    _NUMBER,
    Column("training_id", pl.Int64, "the training; null for a person who joined or left"),
    Column("training", pl.String, "its title, or null"),
    Column("day", pl.Date, "the day of expiration, completion, hire or leaving, if known"),
    Column("record_id", pl.Int64, "the completion's id, if a record changed"),
    Column("field", pl.String, "the field of the record that was edited"),
    Column("before", pl.String, "the status, or the value of the field, in the earlier pack"),
    Column("after", pl.String, "the same in this pack"),
)

VERIFICATION = _table(
    "verification",
    "verify_audit()",
    Column("path", pl.String, "path in the pack, of a file or an added folder"),
    Column(
        "finding",
        pl.Enum(["changed", "missing", "added", "unverified", "litter"]),
        "what is wrong; unverified is a signature that the key does not accept; litter is a "
        "harmless file from a file manager or an office program",
    ),
    Column("detail", pl.String, "more about the finding"),
)

PUBLISHED = _table(
    "published",
    "publish()",
    Column("account", pl.String, "the account"),
    Column("table", pl.String, "the published table: completions, status, ..."),
    Column("path", pl.String, "the path of its file, in the folder"),
    Column("rows", pl.Int64, "number of rows", unit="rows"),
    Column("bytes", pl.Int64, "size of the file", unit="bytes"),
    Column("sha256", pl.String, "hash of the file's bytes"),
    Column("change", pl.Enum(["written", "unchanged"]), "whether the file was written again"),
)

FAULTS = _table(
    "faults",
    "load_all().faults",
    Column("table", pl.String, "the table of the record"),
    Column("record_id", pl.String, "the record's id, as text"),
    Column("field", pl.String, "the field that held an impossible date"),
    Column("value", pl.String, "the impossible value, as text"),
)

BLANK_IDS = _table(
    "blank_ids",
    "load_all().blank_ids",
    Column("table", pl.String, "the table of the records"),
    Column("field", pl.String, "the optional field with blank ids"),
    Column("count", pl.Int64, "number of blank values or list entries", unit="values"),
    Column("walk", pl.String, "full, or incremental (counted since the last full download)"),
)

SNAPSHOTS = _table(
    "snapshots",
    "snapshots()",
    Column("table", pl.String, "the collection: completions, trainings, ..."),
    Column("method", pl.String, "the API method it came from"),
    Column("params", pl.String, "its parameters, as JSON"),
    Column("host", pl.String, "the API's host"),
    Column("fetched_at", INSTANT, "when the API answered the oldest page, UTC"),
    Column("rows", pl.Int64, "number of records", unit="records"),
    Column("pages", pl.Int64, "number of pages", unit="pages"),
    Column("walk", pl.String, "full, or incremental (refresh='recent')"),
    Column(
        "full_walk_at", INSTANT, "time of the last full download, UTC; null for a full download"
    ),
    Column("demo", pl.Boolean, "whether it came from the demo server"),
    Column("package_version", pl.String, "version of kpa_analytics that wrote it"),
    Column("sha256", pl.String, "hash of the file's bytes"),
    Column("bytes", pl.Int64, "size of the file", unit="bytes"),
    Column("path", pl.String, "the file"),
)
