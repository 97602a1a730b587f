"""Every table of this package, as data: column, type, unit, origin and meaning, in one place.

Frames are built from these tables, checked against them, and documented by them. Tables of records
keep the wire's names, with one rule: `X_number` (yyyymmdd) becomes a Date column `X`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from kpa_analytics.statuses import STATUSES

if TYPE_CHECKING:
    from polars.datatypes import DataType, DataTypeClass

INSTANT = pl.Datetime("ms", "UTC")
SOURCES = ("special", "window", "fixed", "rolling", "never", "composed", "unknown")
#: How a training recurs, in the vendor's words; any other text is not understood.
SCHEDULE_TYPES = ("rolling", "window")
STATUS = pl.Enum(STATUSES)
SOURCE = pl.Enum(SOURCES)
#: Why a completion decides a status, or does not.
STANDING = pl.Enum(["counts", "superseded", "future", "undated", "left"])


class Column(NamedTuple):
    """One column: its name, polars type, and what it means (unit and origin included)."""

    name: str
    dtype: DataType | DataTypeClass
    meaning: str


class Table(NamedTuple):
    """A table: its name, the function that makes it, and its columns in order.

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
        """Whether a frame has these columns in this order and of these types."""
        ours = [(column.name, column.dtype) for column in self.columns]
        return list(zip(frame.columns, frame.dtypes, strict=True)) == ours

    def empty(self) -> pl.DataFrame:
        """This table with no rows."""
        return pl.DataFrame(schema=self.schema)

    def describe(self) -> pl.DataFrame:
        """List the columns for a reader: one row each.

        Returns:
            column, type (as text) and meaning, all String.

        Examples:
            >>> COMPLETIONS.describe().row(0)
            ('id', 'Int64', "the completion's id")
        """
        rows = [(column.name, str(column.dtype), column.meaning) for column in self.columns]
        return pl.DataFrame(rows, schema=["column", "type", "meaning"], orient="row")


def _table(name: str, made_by: str, *columns: Column) -> Table:
    return Table(name, made_by, columns)


#: Columns that several results share.
_NAME = Column("user", pl.String, '"Last, First"; the id where there is no name')
_TRAINING = Column("training_id", pl.Int64, "the training")
_TITLE = Column("training", pl.String, "its title; the id as text where there is none")
_PERSON = Column("m_user_id", pl.String, "the person")
_CASE = (_PERSON, _NAME, _TRAINING, _TITLE)
_PERIOD = (
    Column("period", pl.Date, "first day of the period; null: the day is not known"),
    Column("every", pl.String, "the length of a period, e.g. 1mo"),
)
_DEMO = Column("demo", pl.Boolean, "made from demo data")

COMPLETIONS = _table(
    "completions",
    "load_completions()",
    Column("id", pl.Int64, "the completion's id"),
    Column("training_id", pl.Int64, "the training completed"),
    Column("m_user_id", pl.String, "the person who completed it, 24 hex characters"),
    Column("created", INSTANT, "when the record was made, UTC"),
    Column("date", pl.Date, "the day completed; null where the wire's day is impossible"),
    Column(
        "special_expiration_date",
        pl.Date,
        "the day this one completion expires, overriding the training's rule; usually null",
    ),
    Column("m_instructor_id", pl.String, "the instructor; null: online or self-taught"),
    Column("group_training_id", pl.Int64, "the group session it was recorded in, or null"),
    Column("notes", pl.String, "free text; null where there is none (or a 2020 API)"),
    Column("signed", pl.Boolean, "a signature is on file; null where the API does not say"),
    Column("files", pl.Int64, "how many files are attached; null where the API does not say"),
)

TRAININGS = _table(
    "trainings",
    "load_trainings()",
    Column("id", pl.Int64, "the training's id"),
    Column("title", pl.String, "its title, as its author wrote it"),
    Column("created", INSTANT, "when it was made, UTC"),
    Column("lesson_id", pl.Int64, "the online lesson, or null"),
    Column("included_trainings_id", pl.List(pl.Int64), "the trainings it is composed of"),
    Column("schedule_type", pl.String, "how it recurs: rolling or window; else unknown"),
    Column("renewal_months", pl.Int64, "months until renewal; null or 0: never"),
    Column("certificate_text", pl.String, "text of the certificate"),
    Column("assigned_to_type", pl.String, "who must have it: all, limited, none"),
    Column("assigned_to_condition", pl.String, "the condition of `limited`, as JSON"),
    Column("is_highlighted", pl.Boolean, "shown first in the vendor's lists"),
    Column("notes", pl.String, "free text"),
    Column("expires_on_month", pl.Int64, "month of the fixed expiration day, 1-12"),
    Column("expires_on_day", pl.Int64, "day of the fixed expiration day, 1-31"),
    Column("expiring_days", pl.Int64, "days before expiration that count as expiring"),
    Column("window_open_month", pl.Int64, "month in which the yearly window opens"),
    Column("window_open_day", pl.Int64, "day on which it opens, included"),
    Column("window_close_month", pl.Int64, "month in which it closes"),
    Column("window_close_day", pl.Int64, "day on which it closes, included"),
    Column("window_last_offered_date", pl.Date, "the day it was last offered, or null"),
    Column("window_required_for_new_employees", pl.Boolean, "new employees need it at once"),
)

USERS = _table(
    "users",
    "load_users()",
    Column("id", pl.String, "the person's id, 24 hex characters"),
    Column("created", INSTANT, "when the profile was made, UTC"),
    Column("firstname", pl.String, "first name"),
    Column("lastname", pl.String, "last name"),
    Column("employeeNumber", pl.String, "the company's own number"),
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
    Column("hireDate", INSTANT, "hired, UTC, or null"),
    Column("terminationDate", INSTANT, "left the company, UTC; null: still there"),
)

GROUP_TRAININGS = _table(
    "group_trainings",
    "load_group_trainings()",
    Column("id", pl.Int64, "the session's id"),
    Column("created", INSTANT, "when it was recorded, UTC"),
    Column("m_trainees_id", pl.List(pl.String), "the people listed as attending"),
    Column("trainings_id", pl.List(pl.Int64), "the trainings it gave"),
    Column("m_instructor_id", pl.String, "who taught it"),
    Column("notes", pl.String, "free text"),
)

EMPLOYEE_STATUS = _table(
    "employee_status",
    "load_employee_status()",
    Column("m_user_id", pl.String, "the person"),
    Column("status", pl.String, "the vendor's status: incomplete, expiring, active, ..."),
    Column("percent_complete", pl.Float64, "share of required trainings done, percent"),
    Column("incomplete_training_ids", pl.List(pl.Int64), "required, not done or expired"),
    Column("complete_training_ids", pl.List(pl.Int64), "required and done"),
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
        "per training (`id`): the last completion's day and the vendor's own expiration",
    ),
    Column("last_updated", INSTANT, "when the vendor computed this, UTC"),
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
    Column("completion_id", pl.Int64, "the completion that counts; null: none, or composed"),
    Column("date", pl.Date, "the day completed"),
    Column(
        "expiration_date",
        pl.Date,
        "the last day it is good; null: never, or unknown. The day to renew a valid window "
        "training by moves on with as_of",
    ),
    Column("expiration_source", SOURCE, "the rule that gave the expiration date"),
    Column("days_left", pl.Int64, "expiration_date - as_of, days; negative: overdue"),
    Column("starts_expiring", pl.Date, "the first day that counts as expiring"),
    Column("status", STATUS, "current, expiring, expired, missing or not_due"),
)

TRAINING_MATRIX_KEYS = ("m_user_id", "user")

RECONCILIATION = _table(
    "reconciliation",
    "reconcile()",
    *_CASE,
    Column("our_expiration_date", pl.Date, "by our rules"),
    Column("vendor_expiration_date", pl.Date, "the vendor's expiresOn"),
    Column("our_status", STATUS, "by our rules"),
    Column("vendor_status", STATUS, "the vendor's status, in our words"),
    Column("agree", pl.Boolean, "both dates and both statuses are the same"),
    Column("days_apart", pl.Int64, "ours minus the vendor's, days; null where one is null"),
)

INSTRUCTOR_ACTIVITY = _table(
    "instructor_activity",
    "instructor_activity()",
    Column("m_instructor_id", pl.String, "the instructor; null: no instructor"),
    Column("instructor", pl.String, '"Last, First", the id, or "no instructor"'),
    *_PERIOD,
    Column("completions", pl.Int64, "completions recorded"),
    Column("trainees", pl.Int64, "distinct people trained"),
    Column("trainings", pl.Int64, "distinct trainings taught"),
    Column("group_sessions", pl.Int64, "distinct group sessions"),
    _DEMO,
)

INSTRUCTOR_COVERAGE = _table(
    "instructor_coverage",
    "instructor_coverage()",
    _TRAINING,
    _TITLE,
    Column("instructors", pl.Int64, "distinct instructors active in the last months"),
    Column("m_instructor_ids", pl.List(pl.String), "those instructors, most active first"),
    Column("instructor_names", pl.List(pl.String), "their names, same order"),
    Column("completions", pl.Int64, "completions they recorded in those months"),
    Column("last_taught", pl.Date, "last day anyone taught it, ever"),
    Column("single_instructor", pl.Boolean, "one person alone carries it"),
    _DEMO,
)

GROUP_SESSIONS = _table(
    "group_sessions",
    "group_sessions()",
    Column("group_training_id", pl.Int64, "the session"),
    Column("date", pl.Date, "its day: the completions' day, else the day it was recorded"),
    Column("trainings_id", pl.List(pl.Int64), "trainings given"),
    Column("trainings", pl.List(pl.String), "their titles, or ids"),
    Column("m_instructor_id", pl.String, "who taught it"),
    Column("instructor", pl.String, '"Last, First", or the id'),
    Column("attendees", pl.Int64, "people listed; null: no list is known"),
    Column("recorded", pl.Int64, "people with a completion recorded in it"),
    Column("completions", pl.Int64, "completions recorded in it"),
    Column("m_trainees_id", pl.List(pl.String), "the people listed"),
    Column("listed_not_recorded_ids", pl.List(pl.String), "listed, no completion recorded"),
    Column("recorded_not_listed_ids", pl.List(pl.String), "completion recorded, not listed"),
    Column("listed", pl.Boolean, "the session is in the group trainings list"),
    _DEMO,
)

GROUP_SHARE = _table(
    "group_share",
    "group_share()",
    *_PERIOD,
    Column("in_groups", pl.Int64, "completions recorded in a group session"),
    Column("alone", pl.Int64, "completions outside any group session"),
    Column("share", pl.Float64, "in_groups / (in_groups + alone), 0 to 1"),
    _DEMO,
)

FINDINGS = _table(
    "findings",
    "data_quality()",
    Column("finding", pl.String, "what is wrong, e.g. impossible_date"),
    Column("table", pl.String, "the table of the record"),
    Column("record_id", pl.String, "the record's id, as text"),
    Column("field", pl.String, "the field"),
    Column("value", pl.String, "the value found there, as text"),
    Column("message", pl.String, "one sentence for a person"),
)

CHANGES = _table(
    "changes",
    "changes()",
    Column("change", pl.Enum(["added", "removed", "edited"]), "what happened to the record"),
    Column("id", pl.Int64, "the completion's id"),
    _PERSON,
    _TRAINING,
    Column("field", pl.String, "the edited field; null for added and removed"),
    Column("old", pl.String, "its value before, as text"),
    Column("new", pl.String, "its value now, as text"),
)

RECORDS = _table(
    "records",
    "export_audit()",
    Column("id", pl.Int64, "the completion's id"),
    *_CASE,
    Column("date", pl.Date, "the day completed"),
    Column("expiration_date", pl.Date, "the last day this completion is good"),
    Column("expiration_source", SOURCE, "the rule that gave the expiration date"),
    Column("standing", STANDING, "counts, superseded, future, undated, or left the company"),
    Column("status", STATUS, "where it counts: the person's status for the training"),
    Column("days_left", pl.Int64, "where it counts: expiration_date - as_of, days"),
    Column("m_instructor_id", pl.String, "the instructor, or null"),
    Column("instructor", pl.String, '"Last, First", or the id'),
    Column("group_training_id", pl.Int64, "the group session it was recorded in, or null"),
    Column("created", INSTANT, "when the record was made, UTC"),
    Column("special_expiration_date", pl.Date, "the date that overrides the rule; mostly null"),
    Column("signed", pl.Boolean, "a signature is on file"),
    Column("files", pl.Int64, "how many files are attached"),
    Column("notes", pl.String, "free text; null where names are replaced"),
)

VERIFICATION = _table(
    "verification",
    "verify_audit()",
    Column("path", pl.String, "the file's, or an added folder's, path in the pack"),
    Column(
        "finding",
        pl.Enum(["changed", "missing", "added", "litter"]),
        "what is wrong with it; litter: left by a file manager or an office program, no harm",
    ),
    Column("detail", pl.String, "one clause for a person"),
)

FAULTS = _table(
    "faults",
    "load_all().faults",
    Column("table", pl.String, "the table of the record"),
    Column("record_id", pl.String, "the record's id, as text"),
    Column("field", pl.String, "the field that held an impossible date"),
    Column("value", pl.String, "the number that was there, as text"),
)

BLANK_IDS = _table(
    "blank_ids",
    "load_all().blank_ids",
    Column("table", pl.String, "the table of the records"),
    Column("field", pl.String, "the optional id that was blank"),
    Column("count", pl.Int64, "how many values, or entries of lists, were blank"),
    Column("walk", pl.String, "full, or incremental: counted since the last full walk"),
)

SNAPSHOTS = _table(
    "snapshots",
    "snapshots()",
    Column("table", pl.String, "which collection: completions, trainings, ..."),
    Column("method", pl.String, "the API method it came from"),
    Column("params", pl.String, "its parameters, as JSON"),
    Column("host", pl.String, "the API's host"),
    Column("fetched_at", INSTANT, "when its oldest page was answered, UTC"),
    Column("rows", pl.Int64, "records"),
    Column("pages", pl.Int64, "pages they came in"),
    Column("walk", pl.String, "full, or incremental (refresh='recent')"),
    Column("full_walk_at", INSTANT, "incremental: when all pages were last walked, UTC"),
    Column("demo", pl.Boolean, "from the demo server"),
    Column("package_version", pl.String, "version of kpa_analytics that wrote it"),
    Column("sha256", pl.String, "hash of the file's bytes"),
    Column("bytes", pl.Int64, "size of the file"),
    Column("path", pl.String, "where it is kept"),
)
