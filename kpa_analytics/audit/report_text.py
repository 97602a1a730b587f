"""Every text of the evidence pack's report: headings, sentences, captions, columns, sheet names.

The neighbours of this module decide what the report says and when; this module decides how it
reads, so that a second language changes this file. `count` is the one helper for numbers with their
nouns. The texts of the rules stand in `analysis.rule_texts`, those of findings in
`data.finding_texts` (other functions print them too, and imports run down), and those of the charts
in `charts`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum

from kpa_analytics.analysis.rule_texts import Mark
from kpa_analytics.charts.text import count, day, listing
from kpa_analytics.statuses import NO_REQUIREMENTS

#: The language of the texts, as HTML and PDF name it.
LANGUAGE = "en"
#: The title of a pack whose maker gives none.
TITLE = "Training records"
#: A figure that cannot be given.
NOT_KNOWN = "not known"
#: Items that a sentence names one by one before it counts the rest.
_NAMED = 12


class SheetName(StrEnum):
    """The sheets of the workbook."""

    SUMMARY = "summary"
    STATUS = "status"
    COMPLETIONS = "completions"
    MATRIX = "matrix"
    FINDINGS = "findings"
    INSTRUCTORS = "instructors"
    SESSIONS = "sessions"
    VENDOR = "vendor"
    RULES = "rules"
    TRAININGS = "trainings"
    CHANGES = "changes"


#: Where to find everything that a sheet cannot hold.
COMPLETE_SOURCES = {
    SheetName.SUMMARY: "report.html",
    SheetName.STATUS: "the result of kpa.expiry_status()",
    SheetName.COMPLETIONS: "records.csv and records.parquet",
    SheetName.MATRIX: "the result of kpa.training_matrix()",
    SheetName.FINDINGS: "the result of kpa.data_quality()",
    SheetName.INSTRUCTORS: "the result of kpa.instructor_coverage()",
    SheetName.SESSIONS: "the result of kpa.group_sessions()",
    SheetName.VENDOR: "the result of kpa.reconcile()",
    SheetName.RULES: "report.html",
    SheetName.TRAININGS: "the result of kpa.load_trainings()",
    SheetName.CHANGES: "the result of kpa.changes()",
}


class Heading(StrEnum):
    """The headings of the report's sections."""

    STANDING = "Where we stand"
    OVERDUE = "Expired and missing"
    GAPS = "Where the gaps are"
    INSTRUCTORS = "Instructors"
    SESSIONS = "Group sessions"
    QUALITY = "Data quality"
    VENDOR = "Our statuses and the vendor's"
    CHANGES = "What changed since the last load"
    METHOD = "How statuses were computed"
    ORIGIN = "Where the records come from"


class Caption(StrEnum):
    """The captions of the printed tables."""

    EXPIRED = "Expired cases, longest overdue first"
    MISSING = "Required and never completed, by person"
    EXPIRING = "Cases expiring soon, soonest first"
    SINGLE_INSTRUCTOR = "Trainings with a single instructor"
    SESSIONS = "The latest sessions"
    FINDING_KINDS = "Findings by kind"
    FINDINGS = "Findings"
    DISAGREEMENTS = "Cases in which we differ from the vendor"
    CHANGES = "Changed records"
    RULES = "The rules, and how many cases each decides"
    SCHEDULES = "The schedule of each training in the catalogue"
    SOURCES = "Sources"


class ColumnHeading(StrEnum):
    """The headings of the columns of the printed tables."""

    PERSON = "Person"
    TRAINING = "Training"
    TRAININGS = "Trainings"
    COMPLETED = "Completed"
    VALID_THROUGH = "Valid through"
    DAYS_OVERDUE = "Days overdue"
    DAYS_LEFT = "Days left"
    ONLY_INSTRUCTOR = "Only instructor"
    COMPLETIONS = "Completions"
    LAST_TAUGHT = "Last taught"
    DATE = "Date"
    INSTRUCTOR = "Instructor"
    LISTED = "Listed"
    RECORDED = "Recorded"
    FINDING = "Finding"
    RECORDS = "Records"
    DETAILS = "Details"
    OUR_STATUS = "Our status"
    OUR_EXPIRATION = "Our expiration"
    VENDOR_STATUS = "Vendor's status"
    VENDOR_EXPIRATION = "Vendor's expiration"
    CHANGE = "Change"
    RECORD = "Record"
    FIELD = "Field"
    BEFORE = "Before"
    AFTER = "After"
    RULE = "Rule"
    RULE_TEXT = "What it says"
    CASES = "Cases"
    KIND = "Kind"
    SCHEDULE = "Months, day or window"
    SCHEDULE_FROM = "Taken from the catalogue"
    EXPIRING_DAYS = "Expiring days"
    EXPIRING_DAYS_FROM = "Source of the expiring days"
    COLLECTION = "Collection"
    METHOD = "API method"
    PAGES = "Pages"
    FETCHED = "Fetched (UTC)"
    ROWS_HASH = "SHA-256 of the rows"


# The head of the report.


def subtitle(as_of: date) -> str:
    """The line below the title."""
    return f"As of {day(as_of)}"


def covers_only(choice: str) -> str:
    """The fact that the pack covers a part of the records."""
    return f"Only a part: {choice}"


def fetched(moment: datetime | None) -> str:
    """The fact of when the records were fetched."""
    if moment is None:
        return "Records supplied as data frames"
    return f"Fetched {day(moment)}, {moment:%H:%M} UTC"


def from_hosts(hosts: str) -> str:
    """The fact of where the records were fetched."""
    return f"from {hosts}"


def people_shown(names: bool) -> str:
    """The fact of how people are shown."""
    return "People shown by name" if names else "People shown by pseudonym, notes left out"


class TileLabel(StrEnum):
    """The labels of the tiles that show no status."""

    IN_ORDER = "In order"
    PEOPLE = "People"


#: The note below the figure of each status that can always be given.
STATUS_NOTES = {
    "expired": "past their last valid day",
    "expiring": "still valid, renew now",
    "current": "valid for longer",
}


def in_order_note(cases: int, requirements_known: bool) -> str:
    """The note below the share in order."""
    return f"of {cases:,} cases due" if requirements_known else f"of {cases:,} cases on record"


def missing_note(requirements_known: bool) -> str:
    """The note below the number of missing cases."""
    return "required, never completed" if requirements_known else NO_REQUIREMENTS


def people_note(completions: int) -> str:
    """The note below the number of people."""
    return f"with at least one case; {count(completions, 'completion')} on record"


# The sections, in their order.


def more_rows(hidden: int, sheet: SheetName | None) -> str:
    """The line below a table that prints only its first rows."""
    rest = count(hidden, "more row")
    return f"{rest} in audit.xlsx, sheet {sheet}" if sheet else rest


STANDING = (
    "A case is one person and one training that the person has completed or must complete. "
    "A case is in order if it is current or expiring soon; the share in order is of all cases that "
    "are due."
)


def cases_are_about(trainings: Sequence[int], unlisted: Sequence[int]) -> str:
    """How many trainings the cases are about; `unlisted` are not in the catalogue."""
    return f"The cases are about {_trainings(trainings, unlisted)}."


def coverage_is_about(trainings: Sequence[int], unlisted: Sequence[int]) -> str:
    """How many trainings the chart of instructors counts."""
    return (
        "The chart of trainings counts every training in the catalogue or in a completion: "
        f"{_trainings(trainings, unlisted)}."
    )


def _trainings(trainings: Sequence[int], unlisted: Sequence[int]) -> str:
    all_of_them = count(len(trainings), "training")
    if not unlisted:
        return all_of_them
    verb = "is" if len(unlisted) == 1 else "are"
    ids = listing([str(training) for training in unlisted])
    return f"{all_of_them}, of which {len(unlisted):,} {verb} not in the catalogue ({ids})"


def overdue(expired: int, people: int, missing: int | None) -> str:
    """How many cases have expired or are missing; `missing` is None where it is not known."""
    held = (
        f"{count(expired, 'case has', 'cases have')} expired, affecting "
        f"{count(people, 'person', 'people')}."
    )
    if missing is None:
        return f"{held} What is missing is not known. {NO_REQUIREMENTS}."
    return f"{held} In {count(missing, 'case')}, a required training was never completed."


def expiring(cases: int, expiring_days: int) -> str:
    """How many cases expire soon, and what soon means."""
    return (
        f"{count(cases, 'case expires', 'cases expire')} soon: within the training's own number of "
        f"expiring days, within {count(expiring_days, 'day')} where the training has none, or in a "
        "renewal window that is open now."
    )


#: A training that the person holds through those it includes; `{}` is its title.
THROUGH_INCLUDED = "{} (through its included trainings)"


def instructors(taught: int, recently: int, single: int, as_of: date) -> str:
    """How many instructors taught ever and lately, and how many trainings depend on one person."""
    return (
        f"{count(taught, 'instructor has', 'instructors have')} taught since the records began, "
        f"{recently:,} of them in the 24 months up to {day(as_of)}. In those 24 months, "
        f"{count(single, 'training was', 'trainings were')} taught by only one person."
    )


def sessions(held: int, in_groups: int, alone: int) -> str:
    """How many group sessions there are, and the share of completions recorded in them."""
    on_record = f"{count(held, 'group session is', 'group sessions are')} on record."
    total = in_groups + alone
    if total == 0:
        return f"{on_record} No completions are on record."
    of_all = f"{in_groups / total:.0%} of {count(total, 'completion')}"
    return f"{on_record} {of_all} {'was' if total == 1 else 'were'} recorded in a group session."


def not_counted(later: int, as_of: date) -> str:
    """The completions that the share leaves out, because they have not happened yet."""
    return f"Not counted: {count(later, 'completion')} dated after {day(as_of)}."


def not_drawn(later: int, as_of: date) -> str:
    """The completions that a chart leaves out, because they have not happened yet."""
    return f"Not drawn: {count(later, 'completion')} dated after {day(as_of)}"


def quality(findings: int) -> str:
    """How many findings there are, and what was done about them."""
    if findings == 0:
        return "No findings: every record passed every check."
    return (
        f"The checks made {count(findings, 'finding')}. No record was corrected or dropped: the "
        "figures include every record as it was received."
    )


VENDOR_NOT_LOADED = "The vendor's own statuses were not loaded."


def vendor(compared: int, differing: int, on: date) -> str:
    """In how many cases we agree with the vendor."""
    return (
        f"The vendor gives its own status for {count(compared, 'of these cases')}, as of "
        f"{day(on)}. For that day, {compared - differing:,} of them agree with ours in both status "
        f"and expiration date; {count(differing, 'differs', 'differ')}."
    )


def changed(since: datetime, numbers: dict[str, int]) -> str:
    """How many records were changed, by kind of change."""
    listed = ", ".join(f"{number:,} {kind}" for kind, number in numbers.items())
    return f"Completion records since the load of {since:%Y-%m-%d %H:%M} UTC: {listed}."


def changes_unknown(reason: str) -> str:
    """Why it is not known what changed."""
    return f"The changes could not be determined: {reason}."


def method(as_of: date, marks: Mapping[Mark, str]) -> str:
    """How a status is computed, and what the marks after the rules mean."""
    meanings = "; ".join(f"[{mark}]: {meaning}" for mark, meaning in marks.items())
    return (
        f"Each case is judged as of {day(as_of)} by the rules below. A completion expires on its "
        "special expiration date if it has one. Otherwise the training decides: by its window, or "
        "else its fixed day, or else its renewal period. The mark after each rule says where the "
        f"rule comes from: {meanings}."
    )


#: Where the requirements come from, by `Evidence.required`.
REQUIREMENTS = {
    "vendor": "The requirements come from the vendor's own list.",
    "given": "The requirements were provided by whoever made this report.",
    "unknown": f"{NO_REQUIREMENTS}, so it is not known which required trainings are missing.",
}


def requirements_are_newer(listed_on: date, as_of: date) -> str:
    """What a look back cannot know: the vendor lists only today's requirements."""
    return f"That list dates from {day(listed_on)}: what was required on {day(as_of)} is not known."


def origin(hosts: str, version: str) -> str:
    """Where the records were read, and how it was checked that they are complete."""
    return (
        f"The records were read from {hosts} with kpa_analytics {version}, an unofficial tool. "
        "Every collection was read to its last page and checked for completeness before it was "
        "used."
    )


ORIGIN_UNKNOWN = "The records were supplied as data frames. Where they came from is not known here."


def origin_of_part(choice: str) -> str:
    """Which part of the records the pack covers."""
    return f"This pack covers only a part of the records: {choice}."


HOW_TO_VERIFY = (
    "manifest.json lists every file of this pack with its size and SHA-256 hash. The command "
    "kpa-analytics verify FOLDER finds any file that was changed, removed or added since."
)


def incremental(full_walk_at: datetime) -> str:
    """What completions that were updated from their newest pages may lack."""
    return (
        "The completions were updated from their newest pages only. They were last read in full on "
        f"{full_walk_at:%Y-%m-%d %H:%M} UTC. If an older record was edited since then, this pack "
        "may show the record as it was before. If a record was deleted and entered again, this "
        "pack may show the deleted record and lack the new one."
    )


PSEUDONYMS = (
    "People are shown under stable pseudonyms, made with a key that stays with whoever made this "
    "pack. Notes are left out, because free text can contain names."
)


# The schedule of each training.


def schedule_kind(kind: str, included: int) -> str:
    """The kind of a training's schedule; one that includes others has its own besides theirs."""
    name = {"fixed": "fixed day", "unknown": NOT_KNOWN}.get(kind, kind)
    if not included:
        return name
    return f"composed of {count(included, 'training')}, own schedule: {name}"


NO_RENEWAL = "no renewal"
IMPOSSIBLE_DAYS = "its days do not exist in the calendar"


def rolling(months: int) -> str:
    """A schedule that counts months."""
    return f"every {count(months, 'month')}"


def fixed_day(yearly_day: str, months: int) -> str:
    """A schedule with a fixed day, in every year or only within the renewal period."""
    return f"on {yearly_day}, {rolling(months)}" if months else f"on {yearly_day} each year"


def window(opens: str, closes: str, offered: date | None) -> str:
    """A schedule with a yearly window, and the day the training was last offered."""
    when = f"last offered {day(offered)}" if offered else "not offered up to this day"
    return f"{opens} to {closes} each year, {when}"


def unknown_schedule(kind: str) -> str:
    """A schedule of a type that is not known."""
    return f"schedule type {kind!r} is not known"


class ScheduleSource(StrEnum):
    """What in the catalogue a schedule is taken from."""

    WINDOW = "window"
    RENEWAL = "renewal months"
    FIXED_DAY = "fixed day"
    FIXED_DAY_AND_RENEWAL = "fixed day and renewal months"
    IMPOSSIBLE_DAYS = "days of the window or the fixed day"
    TYPE = "schedule type"


def with_included(source: str) -> str:
    """The sources of the schedule of a training that includes others."""
    return f"{source}, included trainings"


FROM_CATALOGUE = "the catalogue"
#: Nobody can tell whether the caller named the number or took the default: both are the report's.
FROM_REPORT = "this report's default"
SPECIAL_DATES_ONLY = "; applies to special expiration dates only"


def from_report_instead_of(catalogue: int) -> str:
    """The source of expiring days where the catalogue's own number is impossible."""
    return f"{FROM_REPORT}: the catalogue's {catalogue:,} is impossible"


# What the pack's files could not hold.

#: Stands at the end of a cell that was cut.
CELL_CUT = " [cut here: Excel holds no more]"


def in_workbook(sentence: str) -> str:
    """A sentence about the workbook, where the report repeats it."""
    return f"In audit.xlsx: {sentence}"


def rows_cut(sheet: str, kept: int, rows: int, source: str) -> str:
    """Say that a sheet lacks rows, and where all of them are."""
    return (
        f"Sheet {sheet}: only the first {kept:,} of {rows:,} rows are here, because an Excel sheet "
        f"holds no more. All of them are in {source}."
    )


def columns_cut(sheet: str, kept: int, columns: int, source: str) -> str:
    """Say that a sheet lacks columns, and where all of them are."""
    return (
        f"Sheet {sheet}: only the first {kept:,} of {columns:,} columns are here, because an Excel "
        f"sheet holds no more. All of them are in {source}."
    )


def cells_cut(sheet: str, cells: Sequence[str], units: int, source: str) -> str:
    """Say which cells of a sheet were cut, and where the whole texts are."""
    named = ", ".join(cells[:_NAMED])
    rest = f" and {len(cells) - _NAMED:,} more" if len(cells) > _NAMED else ""
    return (
        f"Sheet {sheet}: {count(len(cells), 'text was', 'texts were')} cut, because an Excel cell "
        f"holds {units:,} characters: {named}{rest}. The whole texts are in {source}."
    )


#: The place of a letter that stands in the title.
IN_TITLE = "title"


def letters_missing(letters: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Name the letters that no font has, each with the parts of the pack that it stands in."""
    named = [f"{name} (in {', '.join(places)})" for name, places in letters[:_NAMED]]
    rest = f"; and {len(letters) - _NAMED:,} more" if len(letters) > _NAMED else ""
    return (
        "The machine that made this pack has no font with these letters, so audit.pdf and the "
        f"charts show a box or nothing in their place: {'; '.join(named)}{rest}. records.csv and "
        "audit.xlsx contain them unchanged."
    )


def chart_of_part(choice: str) -> str:
    """The line on a chart of a pack that covers a part of the records."""
    return f"From a pack that covers only a part of the records: {choice}"
