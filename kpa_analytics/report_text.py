"""Every text of the report: headings, sentences, captions, columns, charts, rules, findings.

Other modules decide what the report says; this module has the words, so a translation of the
report changes this file. `wording.say` fills in days and numbers, with the right form of the noun.
Only these words are elsewhere: those of charts that no report draws, in `charts`; how Vega names
axes, titles and months on charts; the labels in `statuses` and `outcomes`; the definitions in
`glossary`; the meanings of columns in `schema`; the nouns of records in `endpoints`; months, "and n
more" and "(no title)" in `wording`, the one helper of sentences; what an error says; and the page
verify.html. The keys of rules and their marks are printed as they are: keys are also values in the
files and places in docs/rules.md.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, NamedTuple

from kpa_analytics import outcomes, statuses
from kpa_analytics.glossary import definition
from kpa_analytics.statuses import DUE_DAYS
from kpa_analytics.wording import say

#: The language of the texts, as HTML and PDF name it.
LANGUAGE = "en"
#: The title of a pack if its maker gives none.
TITLE = "Training records"
#: The text on every chart, page and file made from demo data.
DEMO_MARK = "DEMO DATA - invented people and records, not evidence"
#: The subject of a mail and the title of an event that are made from demo data.
DEMO_SUBJECT = "DEMO DATA - {subject}"
#: A figure that cannot be given.
NOT_KNOWN = "not known"
#: Why the number of missing cases is not known.
NO_REQUIREMENTS = "No requirements were provided"
#: Of some accounts of a fleet.
NO_REQUIREMENTS_OF = "No requirements of {name} were provided"


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
    TREND = "trend"
    RENEWALS = "renewals"
    TRAININGS = "trainings"
    PEOPLE = "people"
    REQUIRED = "required"
    CHANGES = "changes"
    SAMPLE = "sample"
    DICTIONARY = "data dictionary"
    SINCE = "since"


#: Where to find everything that a sheet cannot hold.
COMPLETE_SOURCES = {
    SheetName.SUMMARY: "report.html",
    SheetName.STATUS: "cases.csv and cases.parquet",
    SheetName.COMPLETIONS: "records.csv and records.parquet",
    SheetName.MATRIX: "the result of kpa.training_matrix()",
    SheetName.FINDINGS: "the result of kpa.data_quality()",
    SheetName.INSTRUCTORS: "the result of kpa.instructor_coverage()",
    SheetName.SESSIONS: "the result of kpa.group_sessions()",
    SheetName.VENDOR: "the result of kpa.reconcile()",
    SheetName.RULES: "report.html",
    SheetName.TREND: "trend.csv",
    SheetName.RENEWALS: "renewals.csv",
    SheetName.TRAININGS: "trainings.csv",
    SheetName.PEOPLE: "people.csv",
    SheetName.REQUIRED: "required.csv",
    SheetName.CHANGES: "the result of kpa.changes()",
    SheetName.SAMPLE: "sample.csv",
    SheetName.DICTIONARY: "kpa.schema",
    SheetName.SINCE: "since.csv",
}

#: The headings of sheets that are not the column's name with blanks for underscores.
SHEET_HEADINGS = {
    "m_user_id": "user id",
    "m_instructor_id": "instructor id",
    "m_instructor_ids": "instructor ids",
    "included_trainings_id": "included trainings' ids",
    "trainings_id": "trainings' ids",
    "employeeNumber": "employee number",
    "instructor_employeeNumber": "instructor's employee number",
}


def sheet_heading(column: str) -> str:
    """The heading of a column on a sheet: its name in words.

    Examples:
        >>> sheet_heading("expiration_date"), sheet_heading("m_user_id")
        ('expiration date', 'user id')
    """
    return SHEET_HEADINGS.get(column, column.replace("_", " "))


# The index of a fleet's pack.

FLEET_AS_OF = "All accounts, as of {day}"
FLEET_CAPTION = "The pack of each account, and the totals"
FLEET_ACCOUNT = "Account"
FLEET_TOTAL = "Total"
FLEET_DEMO = "demo data"
FLEET_NOT_LOADED = (
    "{account} is not in this pack and not in the totals: it could not be loaded ({error})"
)
FLEET_ALTERED = (
    "The records of {account} are not as they were downloaded. Its report says what was changed."
)
FLEET_PEOPLE = (
    "Each account is counted separately: somebody who is in two accounts counts twice. If a figure "
    "of an account is not known, its sum is not known."
)
FLEET_VERIFY = (
    "The manifest of this folder lists every file of every account's pack, and each pack can also "
    "be verified on its own."
)

# The data dictionary: how types and units are called.

TYPE_WORDS = {
    "Int64": "whole number",
    "Float64": "number",
    "String": "text",
    "Date": "day",
    "Datetime": "moment",
    "Boolean": "true or false",
}
ONE_OF = "one of: {values}"
IN_PARQUET_LIST_OF = "list of {type}"
LIST_OF = "list of {type}, separated by semicolons"
UNIT_WORDS = {"Date": "yyyy-mm-dd", "Datetime": "yyyy-mm-dd hh:mm:ss, UTC"}
UNIT_ID = "id"
UNIT_NONE = "none"
SHEET_OF_WORKBOOK = "audit.xlsx, sheet {sheet}"
FROM_API = "{methods}: {field}"
FROM_FUNCTION = "kpa.{function}"
EACH_TRAINING = "(one column per training)"
EACH_TRAINING_MEANING = "the sign of the person's status in this training; empty without a case"
DEMO_COLUMN_MEANING = "says that the data is invented; only in packs of demo data"


class Heading(StrEnum):
    """The headings of the report's sections."""

    STANDING = "Where we stand"
    OVERDUE = "Expired and missing"
    ON_FILE = "What is on file"
    GAPS = "Where the gaps are"
    PAST = "The last twelve months"
    INSTRUCTORS = "Instructors"
    SESSIONS = "Group sessions"
    QUALITY = "Data quality"
    SAMPLE = "Sample for an audit test"
    VENDOR = "Our statuses and the vendor's"
    CHANGES = "What changed since the last load"
    SINCE = "What changed since the last pack"
    METHOD = "How statuses were computed"
    ORIGIN = "Where the records come from"
    ANNEX = "Annex: more about group sessions"
    RECORDED = "What is on record"


class Caption(StrEnum):
    """The captions of the printed tables."""

    GAPS = "Every expired and missing case, by training, longest overdue first"
    COMPOSED_GAPS = "Expired and missing cases of composed trainings"
    EXPIRING = "Every case that expires soon, by training, soonest first"
    COMPOSED_EXPIRING = "Composed trainings that expire soon"
    PAST_DAYS = "Cases of each status through the twelve months"
    PAST_RENEWALS = "Renewals by the month in which certificates expire"
    SINGLE_INSTRUCTOR = "Trainings with a single instructor"
    SESSIONS = "The latest sessions"
    SAMPLE = "The drawn cases, with columns for the tester"
    FINDING_KINDS = "Findings by kind"
    FINDINGS = "Findings"
    DISAGREEMENTS = "Cases in which we differ from the vendor"
    CHANGES = "Changed records"
    SINCE = "Changes since the last pack"
    RULES = "The rules, and how many cases each decides"
    SCHEDULES = "The schedule of each training in the catalogue"
    SOURCES = "Sources"
    TRAININGS_OF_PERSON = "Every training, by title"
    PEOPLE_OF_TRAINING = "Every person, by name"


#: The heading of each column of the printed tables.
HEADINGS = {
    "user": "Person",
    "training": "Training",
    "trainings": "Trainings",
    "completed": "Completed",
    "expiration_date": "Valid through",
    "days_overdue": "Days overdue",
    "days_left": "Days left",
    "expiring_rule": "Counts as expiring soon",
    "limited_by": "Limited by",
    "only_instructor": "Only instructor",
    "completions": "Completions",
    "last_taught": "Last taught",
    "date": "Date",
    "instructor": "Instructor",
    "attendees": "Listed",
    "recorded": "Recorded",
    "finding": "Finding",
    "records": "Records",
    "message": "Details",
    "our_status": "Our status",
    "our_expiration_date": "Our expiration",
    "vendor_status": "Vendor's status",
    "vendor_expiration_date": "Vendor's expiration",
    "change": "Change",
    "record": "Record",
    "employeeNumber": "Employee number",
    "field_office": "Field office",
    "job_title": "Job title",
    "status": "Status",
    "signed": "Signed",
    "files": "Files",
    "field": "Field",
    "old": "Before",
    "new": "After",
    "rule": "Rule",
    "by_rule": "Rule",
    "number": "No.",
    "since_change": "Change",
    "day": "Day",
    "before": "Before",
    "after": "After",
    "result": "Result",
    "evidence_seen": "Evidence seen",
    "tester": "Tester",
    "tested_on": "Tested on",
    "text": "What it says",
    "cases": "Cases",
    **statuses.STATUS_LABELS,
    "gaps": "Gaps",
    "gap_share": "Share of gaps",
    "month": "Month",
    "n": "Certificates",
    **outcomes.OUTCOME_LABELS,
    "on_time_share": "On-time share",
    "kind": "Kind",
    "schedule": "Months, day or window",
    "schedule_from": "Taken from the catalogue",
    "expiring_days": "Expiring days",
    "expiring_days_from": "Source of the expiring days",
    "collection": "Collection",
    "method": "API method",
    "pages": "Pages",
    "fetched": "Fetched",
    "rows_sha256": "SHA-256 of the rows",
}

# The names of the page's parts for screen readers.

SKIP = "Skip to the report"
CONTENTS = "Sections"
CHART = "Chart: {name}"

# The head of the report.

SUBTITLE = "As of {as_of}"
ONLY_A_PART = "Covers only part of the records: {choice}"
FETCHED = "Fetched {moment}, {moment:%H:%M} UTC"
SUPPLIED = "Records supplied as data frames"
FROM_HOSTS = "from {hosts}"
PEOPLE_SHOWN = {True: "People shown by name", False: "People shown by pseudonym, notes left out"}


#: The label and the note of the cases to renew within some days.
DUE_LABEL = "Due within {days:day|days}"
DUE_NOTE = (
    "at most {days:day|days} left to renew. "
    f"'{statuses.STATUS_LABELS[statuses.EXPIRING]}' uses each training's own days or window"
)


class TileLabel(StrEnum):
    """The labels of the tiles that show no status."""

    IN_ORDER = "In order"
    REQUIRED_IN_ORDER = "In order, required"
    ON_FILE = "Signature or file"
    IN_30_DAYS = say(DUE_LABEL, days=DUE_DAYS)
    COMPOSED = "Composed trainings"
    PEOPLE_IN_ORDER = "People in order"
    PEOPLE = "People"


#: The note below the figure of each status.
STATUS_NOTES = {
    statuses.EXPIRED: "past their last valid day",
    statuses.EXPIRING: "renew or complete soon",
    statuses.CURRENT: "valid, no renewal due yet",
    statuses.MISSING: "required, never completed",
}
#: The note below the share in order, by whether requirements were provided.
IN_ORDER_NOTES = {
    True: "current or expiring soon, of {cases:required case|required cases}",
    False: "current or expiring soon, of {cases:case|cases} on record",
}
#: The same if there are cases of composed trainings.
IN_ORDER_APART = "{note}, without composed trainings"
OF = "{part} of {whole}"
UNDATED_NOTE = (
    f"{NO_REQUIREMENTS}; {{undated:listed case has|listed cases have}} only a completion without a "
    "date"
)
OF_COMPOSED_NOTE = "{note}; {composed} of them in composed trainings"
#: The note below the current cases if the rule of some is not known.
UNKNOWN_RULE_NOTE = "{unknown} of them without a known expiration rule"
#: The same as a sentence.
UNKNOWN_RULE = "{unknown:current case has|current cases have} no known expiration rule."
IN_30_DAYS_NOTE = say(DUE_NOTE, days=DUE_DAYS)
COMPOSED_NOTE = "in order: {in_order} of {cases}; their parts are counted separately"
#: The note below the people in order, by whether requirements were provided.
PEOPLE_IN_ORDER_NOTES = {
    True: "people with nothing expired or missing",
    False: "people with nothing expired",
}
#: The note below the share of valid completions with a signature or a file.
ON_FILE_NOTE = "neither: {unproved} of {valid:valid completion|valid completions}"
ON_FILE_UNKNOWN_NOTE = (
    "the API does not say for {unknown} of {valid:valid completion|valid completions}"
)
PEOPLE_NOTE = "{completions:completion|completions}; people with at least one case"

# The sections, in their order.

#: Above the rows of a group on paper.
GROUP = "{group}: {cases:case|cases}"
MORE_ROWS = "{hidden:more row|more rows}"
MORE_ROWS_IN = f"{MORE_ROWS} in audit.xlsx, sheet {{sheet}}"

STANDING = (
    "A case is one person and one training that the person has completed or must complete. "
    "A case is in order if it is current or expiring soon."
)
CASES_COVER = "The cases cover {trainings}."
#: The trainings of which some were taught by only one person, by whether the pack is of some.
COVERAGE_IS_ABOUT = {
    False: "The last figure covers every training in the catalogue or the records: {trainings}.",
    True: "The last figure covers the trainings of this pack: {trainings}.",
}
TRAININGS = "{trainings:training|trainings}"
TRAININGS_UNLISTED = f"{TRAININGS} ({{unlisted}} not in the catalogue: {{ids}})"

#: By whether requirements were provided.
REQUIRED = {
    True: "{cases:case is|cases are} required, not counting {left_out}; {in_order:is|are} in "
    "order.",
    False: "{cases:case is|cases are} on record, not counting {left_out}; {in_order:is|are} in "
    "order.",
}
#: What these cases do not include, by whether there are cases of composed trainings.
LEFT_OUT = {
    False: "those that are not due yet",
    True: "those of composed trainings and those that are not due yet",
}
#: By whether requirements were provided.
PEOPLE_IN_ORDER = {
    True: "Of {people:person|people}, {in_order:has|have} no expired or missing case.",
    False: "Of {people:person|people}, {in_order:has|have} no expired case.",
}
ALL_CASES = (
    "All cases except those that are not due yet (required or not, including those of composed "
    "trainings): {due}. In order: {share}."
)
#: The same cases, so that the figures of the tiles can be added up.
ALL_GAPS = (
    "Of these, {gaps:case is|cases are} expired or missing (of composed trainings, required or "
    "not: {composed}; of other trainings, required: {required}, not required: {others})."
)
#: The findings of the kind `offering_not_recorded`, beside the figures.
RELYING_TRAININGS = (
    "Some people count as in order only because no later offering is recorded: in {titles}. The "
    "findings about the data give their number."
)
COMPOSED_APART = (
    "Composed trainings are counted separately, because otherwise a gap in a part would count "
    "twice. In order: {in_order} of {composed:case|cases}; expired or missing: {gaps}."
)
DUE = "For {due:case|cases}, the last day to renew is within the next {days:day|days}"
#: The largest group of these cases: the only one, the largest, or no smaller than another.
PEAKS = {
    "only": "{due}: {title}, on {on}.",
    "largest": "{due}; the largest group is {title}, with {cases:case|cases} on {on}.",
    "tied": "{due}; one of the largest groups is {title}, with {cases:case|cases} on {on}.",
}

NO_EXPIRED = "No case has expired."
EXPIRED_CASES = "{expired:case has|cases have} expired, affecting {people:person|people}."
MISSING = "In {missing:case|cases}, a required training was never completed."
MISSING_NOT_KNOWN = f"It is not known how many trainings are missing. {NO_REQUIREMENTS}."
#: Only said if no requirements were provided.
UNDATED = (
    "Listed as missing: {undated:case|cases} whose only completion has no date, because such a "
    "completion proves nothing."
)
NO_EXPIRING = "No case expires soon."
EXPIRING = (
    "{cases:case expires|cases expire} soon: within the training's own number of expiring days, "
    "within {expiring_days:day|days} if the training has none, or in a window that is open now. "
    "The person must soon renew the training, or complete it for the first time."
)
LIMITED = (
    "Composed trainings have a table of their own. A composed training is held through the "
    "trainings that it includes. It was completed on the day of the last of them. Its instructor, "
    "signature and files are those of the included training that limits it: the first to expire."
)
#: The included training that limits a composed one, and the day of its completion.
LIMITED_BY = "{limit}, completed {day}"
#: What limits a composed training whose own schedule ends before those of its parts.
OWN_SCHEDULE = "its own schedule"
#: What limits a composed training that is missing.
LACKS = "not completed: {parts}"

ON_FILE = (
    "{valid:case is|cases are} current or expiring soon through a completion. With a signature: "
    "{signed}; with a file but no signature: {file}; with neither: {unproved} "
    "({instructor_only:names|name} an instructor, {nothing:does|do} not)."
)
ON_FILE_NOT_KNOWN = "For {not_known:case|cases}, the API does not say what is on file."
#: What can be on file for a completion, the strongest first.
EVIDENCE_LABELS = {
    "signed": "Signed",
    "file": "File, not signed",
    "instructor_only": "Instructor's name only",
    "nothing": "Nothing",
    "not_known": "Not known",
}
NO_VALID = "No case is current or expiring soon through a completion."

# The chart of what is on file.

ON_FILE_CHART_TITLE = "{share} of valid completions have no signature or file"
ON_FILE_CHART_SUBTITLE = (
    "Of {valid:valid completion|valid completions}, {bare:has|have} neither a signature nor a "
    "file; {nothing:of these does|of these do} not name an instructor. Trainings with the most "
    "come first"
)
ON_FILE_CHART_NOT_KNOWN = "Not known for {unknown}: the API does not say"
ON_FILE_CHART_COMPOSED = (
    "For composed trainings, only completions of the training itself are counted: "
    "{through_included:case is|cases are} held through parts"
)
ON_FILE_CHART_NOTHING = "No valid completions to show"
VALID_COMPLETIONS = "Valid completions"
ON_FILE_CHART_KIND = "On file"
ON_FILE_CHART_TOTAL = "All of this training"
ON_FILE_CHART_SHARE = "{share} signed or file"
#: A part of a bar, for screen readers.
ON_FILE_CHART_SPOKEN = "{training}: {value:,} {kind}, of {total:,}"
OTHER_TRAININGS = "other trainings ({others})"

# Where the gaps are, and how they developed.

GAPS = (
    "The charts show which trainings and groups of people have the highest share of gaps, and "
    "which people have gaps. Each share is the number of gaps in a row, divided by its number of "
    "cases. The dashed line marks the share among all cases."
)

#: How the gaps developed, by whether requirements were provided.
PAST_GAPS = {
    True: (
        "Expired and missing cases: {before} of {cases_before:case|cases} ({share_before}) on "
        "{first}, and {gaps} of {cases:case|cases} ({share}) on {last}. All cases are counted, "
        "including those that nobody requires and those of composed trainings."
    ),
    False: (
        "Expired cases: {before} of {cases_before:case|cases} ({share_before}) on {first}, and "
        "{gaps} of {cases:case|cases} ({share}) on {last}."
    ),
}
PAST_MISSING_NOT_KNOWN = (
    f"{NO_REQUIREMENTS}, so it is not known how many trainings were missing on any of these days: "
    "a gap here is an expired case."
)
PAST_BEGINS = (
    "The first completion is dated {begun}. Earlier days are left out, because the records do not "
    "show them."
)
PAST_ONE_DAY = "The first completion is dated {begun}, so there is no earlier month to compare."
PAST_NO_CASES = "Fewer than two of these months have any cases, so there is nothing to compare."
PAST_NOTHING = (
    "No completion is dated on or before {as_of}, so nothing is known about earlier days."
)
_TODAYS = "Every day is counted with today's requirements, training schedules and {groups}"
_NOT_KEPT = "because KPA does not keep past ones."
#: For a chart, in which the whole sentence would need two lines.
BY_TODAYS = say(_TODAYS, groups="groups")
TODAYS = f"{BY_TODAYS}, {_NOT_KEPT}"
#: In a report, "groups" could mean group sessions.
PAST_TODAYS = (
    f"{say(_TODAYS, groups='field offices')}, {_NOT_KEPT} So the figures of a past day are "
    "computed by today's rules, from the records as they are today. They can differ from what "
    "people saw on that day."
)
PAST_RENEWALS = (
    "Of the certificates that expire on or after {since}, {n} had come due by {as_of}: {on_time} "
    "renewed on time, {late} renewed late, {lapsed} lapsed, {pending} pending."
)
PAST_OUTCOMES = (
    "Lapsed means expired and not renewed. Pending means not renewed yet, but still valid."
)
PAST_SHARE = (
    "Of those whose last valid day was before {as_of}, {share} were renewed on time ({on_time} of "
    "{over})."
)
PAST_SHARE_NOT_KNOWN = (
    "None of them was due for renewal before {as_of}, so the share that is renewed on time is not "
    "known."
)
PAST_NO_RENEWALS = (
    "No certificate that expires on or after {since} had come due by {as_of}, so nothing is known "
    "about renewals in these months."
)
PAST_FILES = "renewals.csv lists each of these certificates."
#: Said if the pack has cases of window trainings.
PAST_WINDOWS = (
    "A certificate of a window training is valid until the training is offered again. Until a "
    "later offering is recorded, it does not come due, even if the person missed a window, so it "
    "is not counted here."
)
#: Said if people hold composed trainings through the included trainings.
PAST_COMPOSED = (
    "A composed training that a person holds through the included trainings is not counted here; "
    "the included trainings are."
)

NO_INSTRUCTORS = "The records name no instructor."
#: By whether the pack covers only part of the records.
INSTRUCTORS = {
    False: "{taught:instructor has|instructors have} taught since the records began; {recently} "
    "did so in the 24 months up to {as_of}.",
    True: "The records in this pack name {taught:instructor|instructors}; {recently} of them "
    "taught in the 24 months up to {as_of}.",
}
#: By whether the pack covers only some people.
SINGLE_INSTRUCTOR = {
    False: "In those 24 months, {single:training was|trainings were} taught by only one person.",
    True: "Counting everyone in the account, {single:training was|trainings were} taught by only "
    "one person in those 24 months.",
}

SESSIONS = "{sessions:group session is|group sessions are} on record."
#: Sessions that only completions name.
SESSIONS_UNKNOWN = (
    "{unknown:of them is|of them are} not in the session list, but named by completions: the "
    "people of these completions are counted."
)
#: In a pack of some trainings.
SESSIONS_WHOLE = (
    "A session can have taught other trainings too: everyone who is listed or recorded in it is "
    "counted."
)
#: In a pack of some people.
SESSIONS_OF_PEOPLE = (
    "Everyone who is listed or recorded in these sessions is counted, not only the people of this "
    "pack. In the workbook, the columns of people who differ have only the ids of people in this "
    "pack."
)
SHARE = "{share} of {total:completion was|completions were} recorded in a group session."
NO_COMPLETIONS = "No completions are on record."
#: Completions that have not happened yet, in a sum and in a chart.
NOT_COUNTED = "Not counted: {later:completion|completions} dated after {as_of}."
NOT_DRAWN = "Not drawn: {later:completion|completions} dated after {as_of}"

ANNEX = "How large the group sessions were, and which share of completions was recorded in one."

QUALITY = (
    "The checks produced {findings:finding|findings}. No record was dropped. Impossible dates "
    "and blank ids count as empty, and implausible hire, termination and profile dates are not "
    "used."
)
#: Said if the table of findings has fewer lines.
QUALITY_SHARED = (
    "Completions of one person and training on the same day are shown in one row of the table."
)
NO_FINDINGS = "No findings: every record passed every check."

VENDOR_NOT_LOADED = "The vendor's own statuses were not loaded."
VENDOR = (
    "The vendor gives its own status for {compared:case|cases}, as of {on}. For that day, "
    "status and expiration date both agree with ours in {agreeing:case|cases}, and at least one "
    "of them differs in {differing:case|cases}."
)
#: Cases that the vendor has and we do not, such as those of people who left.
VENDOR_ONLY = "Of those that differ, {only:case is|cases are} only in the vendor's list."

CHANGED = "Completions since the load of {since}, {since:%H:%M} UTC: {numbers}."
CHANGED_NUMBER = "{number} {kind}"
#: What happened to a record between two loads.
CHANGES = {"added": "added", "removed": "removed", "edited": "edited"}
CHANGES_UNKNOWN = "The changes could not be determined: {reason}."

ROUNDED = (
    "Shares in the figures at the top are rounded down to a tenth of a percent, so that 100.0% "
    "means all."
)
METHOD = (
    "Each case is judged as of {as_of} by the rules below. A completion expires on its special "
    "expiration date if it has one. Otherwise the schedule of the training decides: its window if "
    "it has one, otherwise its fixed day, otherwise its renewal period. The mark after each rule "
    "says where the rule comes from. {marks}."
)
MARK = "[{mark}] means: {meaning}"
#: Where the requirements come from, by `Evidence.required`.
REQUIREMENTS = {
    "vendor": "The requirements come from the vendor's own list.",
    "given": "The requirements were provided by whoever made this report.",
    "unknown": f"{NO_REQUIREMENTS}, so it is not known which required trainings are missing.",
}
PAST_METHOD = (
    "For the last twelve months, the same rules are applied to each day in the table: completions "
    "after the day are not counted, people are counted while they were employed, and no training "
    "is missing before it was created or the person was hired (docs/rules.md, sections 1 to 6). A "
    "certificate is a completion with an expiration date. It has come due when it starts expiring, "
    "and the person's next completion of the same training renews it (docs/rules.md, section 8)."
)
#: For a report about an earlier day: the vendor lists only today's requirements.
NEWER_REQUIREMENTS = "That list dates from {listed_on}. The list for {as_of} is not known."

ORIGIN = (
    "The records were read from {hosts} with kpa_analytics {version}, an unofficial tool. "
    "{collections} was read to its last page and checked for completeness before it was used."
)
#: By whether only the newest pages of the completions were read.
COLLECTIONS = {False: "Every collection", True: "Every collection except the completions"}
ORIGIN_UNKNOWN = "The records were supplied as data frames. Their origin is not known."
ORIGIN_OF_PART = "This pack covers only part of the records: {choice}."
#: Of a collection that its maker changed after the download.
CHANGED_ROWS = (
    "The rows of the {collection} are not as they were downloaded: since then, a value was changed "
    "or they were put in another order. The SHA-256 of the download does not match them."
)
MORE_OR_FEWER_ROWS = (
    "Of the {collection}, {rows:row is|rows are} used, but {loaded:row was|rows were} downloaded. "
    "Rows were added or removed since, so the SHA-256 of the download does not match them."
)
#: Of a collection that was not downloaded, as others were.
SUPPLIED_ROWS = (
    "The rows of the {collection} were supplied as a data frame. Their origin is not known."
)
#: What is chosen for a part, as `choice` lists it.
CHOSEN_TRAININGS = "trainings"
CHOSEN_PEOPLE = "people"
CHOSEN_FIELD_OFFICES = "field offices"
#: The number of chosen people, where no name may be given.
CHOSEN_NUMBER = "{number:d} chosen"
#: Before the names of chosen people whose records are left out.
CHOSEN_OUTSIDE = "chosen, but in none of these field offices"
#: A part that can't be described without naming people.
CHOSEN_UNNAMED = "some people or trainings"
#: The description of a bag, in its bag-info.txt.
BAG = "{title}, as of {day}"
#: The name of each collection that a pack is made from, by its table.
COLLECTION_NAMES = {
    "completions": "completions",
    "trainings": "trainings",
    "users": "users",
    "group_trainings": "group trainings",
    "employee_status": "employee status",
    "groups": "groups",
}
HOW_TO_VERIFY = (
    "manifest.json lists every file of this pack with its size and SHA-256 hash. The command "
    "kpa-analytics verify FOLDER finds any file that was changed, removed or added since; so does "
    "verify.html in a browser, with the limits that it states. sha256sum -c manifest-sha256.txt "
    "finds changed and removed files, but not added ones. None of them notices if somebody rewrote "
    "the files and the manifests together."
)
INCREMENTAL = (
    "In the last update, only the newest pages of the completions were read. All pages were "
    "last read on {full_walk_at}, {full_walk_at:%H:%M} UTC. If an older record was edited since "
    "then, this pack may show the record as it was before. If a record was deleted and entered "
    "again, this pack may show the deleted record and lack the new one."
)
#: A person's name in a pack with pseudonyms, from the first eight digits.
PSEUDONYM = "Person {first}-{second}"
PSEUDONYMS = (
    "People are shown under stable pseudonyms, made with a key that stays with whoever made this "
    "pack. Notes are left out, because free text can contain names. Hire and termination dates "
    "stay in people.csv, because the statuses depend on them; the day on which a profile was "
    "created stays only for people without a usable hire date. Field offices, job titles and the "
    "days of records stay, too: whoever knows these people may recognize one of them."
)

# The schedule of each training.

#: The kind of schedule, by its rule.
SCHEDULE_KINDS = {
    "window": "window",
    "fixed": "fixed day",
    "rolling": "rolling",
    "never": "never",
    "unknown": NOT_KNOWN,
}
COMPOSED = "composed of {included:training|trainings}, own schedule: {kind}"
WITH_INCLUDED = "{source}, included trainings"
FROM_CATALOGUE = "the catalogue"
#: We cannot tell whether the caller chose the number or used the default, so both are called the
#: report's default.
FROM_REPORT = "this report's default"
FROM_REPORT_INSTEAD = f"{FROM_REPORT}: the catalogue's {{catalogue}} is impossible"
SPECIAL_DATES_ONLY = "; applies to special expiration dates only"

# The cover.


class CoverLabel(StrEnum):
    """The labels of the rows on the cover."""

    ORGANISATION = "Organisation"
    SCOPE = "Scope"
    FIELD_OFFICES = "Field offices"
    PERIOD = "Period"
    STANDARD = "Standard"
    FETCHED = "Records fetched"
    CHECK = "Is the pack unchanged?"


WHOLE_SCOPE = "all people and trainings of the account"
NO_FIELD_OFFICE = "people without a field office"
#: The choice of people without a field office, beside the names of field offices.
NO_OFFICE_CHOICE = "No field office"
PERIOD = "completions from {first} to {as_of}"
PERIOD_EMPTY = "no completions up to {as_of}"
NO_STANDARD = "none named"
FETCHED_AT = "{moment}, {moment:%H:%M} UTC"
HOW_TO_CHECK = "drop its folder on verify.html, or run kpa-analytics verify FOLDER"
SIGNERS_HEADING = "Sign-off"
SIGNERS = ("Prepared by", "Reviewed by", "Approved by")
SIGNER_COLUMNS = ("Step", "Name", "Date", "Signature")
LOOKS_BACK = (
    "Looking back: the statuses are as of {as_of}, but the records were fetched on {on}, "
    "{days:day|days} later. Completions that were entered after {as_of} but dated on or before it "
    "are counted: {later}. Records that were edited in between are used as they are now; how many "
    "there are is not known."
)
GLOSSARY_HEADING = "Glossary"
_GLOSSARY = {
    "As of": definition("as of"),
    "Case": definition("case"),
    "Certificate": definition("certificate"),
    "Completion": definition("completion"),
    "Composed training": definition("composed training"),
    "Gap": definition("gap"),
    "In order": definition("in order"),
    HEADINGS["expiration_date"]: definition("expiration"),
    **{status.label: definition(status.name.replace("_", " ")) for status in statuses.EVERY_STATUS},
}
#: The words in a report, as `glossary` defines them.
GLOSSARY = dict(sorted(_GLOSSARY.items()))

# The controls above a table of the page.

#: `tables.js` replaces the braces.
CONTROLS = {
    "search": "Search",
    "all": "all",
    "clear": "Show all rows",
    "every_row": "rows: {all}",
    "some_rows": "rows: {shown} of {all}",
}

# Rows, columns, texts and characters that the files of the pack could not hold.

#: The end of a cell that was cut.
CELL_CUT = " [cut here: Excel holds no more]"
IN_WORKBOOK = "In audit.xlsx: {sentence}"
ROWS_CUT = (
    "Sheet {sheet}: only the first {kept} of {all} rows are here, because an Excel sheet can hold "
    "no more. All rows are in {source}."
)
COLUMNS_CUT = (
    "Sheet {sheet}: only the first {kept} of {all} columns are here, because an Excel sheet can "
    "hold no more. All columns are in {source}."
)
CELLS_CUT = (
    "Sheet {sheet}: {cut:text was|texts were} cut, because an Excel cell can hold {units} "
    "characters: {cells}. The whole texts are in {source}."
)

#: The places of a character that is in no section: the title, and all else above the sections.
IN_TITLE = "title"
IN_HEAD = "head"
CHARACTER = "{name} (in {places})"
#: The name of a character without a name in Unicode.
NAMELESS_CHARACTER = "without a name"
CHARACTERS_MISSING = (
    "The machine that made this pack has no font for these characters, so audit.pdf and the charts "
    "show a box or nothing instead: {characters}. records.csv and audit.xlsx contain them "
    "unchanged. So audit.pdf is a plain PDF, without the standards PDF/A-2a and PDF/UA-1."
)
CHARACTERS_MISSING_IN_DOCUMENT = (
    "The machine that made this document has no font for these characters, so the document shows "
    "a box or nothing instead: {characters}."
)
PLAIN_PDF = "This document is a plain PDF, without the standards PDF/A-2a and PDF/UA-1."
CHART_OF_PART = "From a pack that covers only part of the records: {choice}"
#: Of charts that count everyone, even in a pack of some people.
CHART_OF_EVERYONE = {
    "instructor_training": "Counted: completions of everyone in the account",
    "group_sessions": "Counted: everyone in these sessions, not only the people of this pack",
    "group_sizes": "Counted: everyone in these sessions, not only the people of this pack",
}

# Transcripts and rosters.

#: One rule of a transcript or roster, with its mark.
RULE = "{rule}: {cited}"
COMPLETIONS_HASH = (
    "Fetched {moment}, {moment:%H:%M} UTC. The SHA-256 of the rows of all completions, as they "
    "were downloaded, is {sha256}."
)
TRANSCRIPT = "Training transcript"
ROSTER = "Training roster"
#: The title of a transcript or roster: its kind, and the person or training that it is about.
ABOUT = "{kind}: {subject}"
EMPLOYEE_NUMBER = "Employee number: {value}"
FIELD_OFFICE = "Field office: {value}"
JOB_TITLE = "Job title: {value}"
HIRED = "Hired: {value}"
LEFT = "Left: {value}"
PERSON_ID = "Id: {value}"
TRAINING_ID = "Training id: {value:d}"
SCHEDULE = "Schedule: {value}"
#: Of a composed training.
OWN_SCHEDULE_FACT = "Own schedule: {value}"
INCLUDES = "Composed of: {titles}"
#: A signature on file, as a table shows it.
SIGNED = {True: "yes", False: "no"}
#: The rule of a case, if the training's schedule does not decide it.
CASE_RULES = {
    "special": "special: the record's own date",
    "composed": "composed: through its included trainings",
}
COMPOSED_RULE = "composed: limited by {limits}"
COMPOSED_OWN_RULE = "composed: limited by its own schedule"
COMPOSED_MISSING_RULE = "missing: still lacks {limits}"
#: The rule of a case without a completion, by its status.
NEVER_COMPLETED_RULES = {
    statuses.MISSING: "missing: required, never completed",
    statuses.EXPIRING: "never completed: the window is open",
    statuses.NOT_DUE: "never completed: not due yet",
}
ON_RECORD = (
    "{completions:completion is|completions are} on record. The table lists the latest of each "
    "training, and every required training."
)
LATER = "{later:completion is|completions are} dated after {as_of} and not listed."
ON_ROSTER = "The table lists {cases:person|people} who completed the training or must complete it."
GONE = "Not listed: {gone:person|people} with a completion who left on or before {as_of}."
NOTHING_ON_RECORD = "No training is on record and none is required."
NOBODY = "Nobody completed this training, and nobody must complete it."

# The sample for an audit test.

_WORST_FIRST = ", ".join(statuses.STATUS_LABELS[status].lower() for status in statuses.SEVERITY)

SAMPLE = (
    "A sample was drawn to test whether the evidence exists: {drawn} of {cases:case|cases} (sample "
    "size {size}, seed {seed}), from {strata_drawn} of {strata:stratum|strata}. sample.csv has "
    "columns for the result of each test."
)
SAMPLE_METHOD = (
    "Method: all cases with the same training and status form one stratum. First, each stratum "
    "gets one place while places remain: the largest stratum of each status comes first, then the "
    "others, the largest first. Each remaining place goes to the stratum that is furthest below "
    "its share of all cases and still has cases to draw. Ties go to the stratum with the lower "
    f"training id; within one training, to the worse status ({_WORST_FIRST}). In each stratum, "
    "the cases are sorted by the SHA-256 hash (in hexadecimal digits) of the text "
    "{seed}:training_id:m_user_id, and the first ones are drawn. So the same cases and seed give "
    "the same sample on every machine."
)
SAMPLE_IS_ALL = (
    "Method: the sample size is {size} and the pack has {cases:case|cases}, so the sample is the "
    "whole pack."
)

# What changed since an earlier pack.

NO_EARLIER_PACK = (
    "There is nothing to compare: this pack was made without an earlier pack (option --since PACK)."
)
EARLIER_PACK_EMPTY = (
    "There is nothing to compare: the earlier pack, as of {as_of}, has no case and no record."
)
NOTHING_CHANGED = (
    "Since the pack as of {as_of} (seal {seal}), no status changed, nobody renewed a training, "
    "joined or left, and no record was added, edited or removed."
)
SINCE = "Since the pack as of {as_of} (seal {seal}): {cases}. People and records: {others}."
#: How many changes of cases there are, by kind.
SINCE_CASES = {
    "newly_expired": "{n:case|cases} newly expired",
    "newly_missing": "{n:case|cases} newly missing",
    "renewed": "{n:case|cases} renewed",
    "first_completed": "{n:case|cases} completed for the first time",
    "other_status": "{n:other change|other changes} of status",
}
#: How many changes of people and records there are, by kind.
SINCE_OTHERS = {
    "joined": "{n:person|people} joined",
    "left": "{n:person|people} left",
    "moved_in": "{n:person|people} moved into this part of the records",
    "moved_out": "{n:person|people} moved out of this part of the records",
    "record_edited": "{n:field of a record|fields of records} edited",
    "record_removed": "{n:record|records} removed",
    "record_added": "{n:record|records} added",
}
#: Each of these changes in a table.
SINCE_CHANGES = {
    "newly_expired": "newly expired",
    "newly_missing": "newly missing",
    "renewed": "renewed",
    "first_completed": "first completed",
    "other_status": "other status",
    "joined": "joined",
    "left": "left",
    "moved_in": "moved in",
    "moved_out": "moved out",
    "record_edited": "record edited",
    "record_removed": "record removed",
    "record_added": "record added",
}
#: Why a status may differ, or is not compared.
SINCE_UNKNOWN_THEN = (
    "No requirements were provided for the earlier pack, so trainings that are missing or not due "
    "now are not compared."
)
SINCE_UNKNOWN_NOW = (
    "No requirements were provided for this pack, so trainings that were missing or not due in the "
    "earlier pack are not compared."
)
SINCE_OTHER_DAYS = (
    "The earlier pack counted {then:day|days} before expiration as expiring soon, and this pack "
    "counts {now:day|days}. This alone may change a status."
)
SINCE_ALTERED = (
    "The records of the earlier pack were changed between their download and that pack, so some of "
    "these changes may not be changes in KPA."
)
SINCE_NO_RECORDS = (
    "The records were not compared, because some of their ids are missing or repeated."
)
SINCE_DAYS = "Each row has the day of expiration, completion, hire or leaving, if it is known."
SINCE_TABLE = "{added:added record is|added records are} not printed here, but in since.csv."
NO_EARLIER_LOAD = "There is nothing to compare: no earlier load of the completions is kept."

#: The name of each kind of finding.
FINDING_NAMES = {
    "impossible_date": "Impossible date",
    "expiration_before_completion": "Expiration before completion",
    "completion_in_future": "Completion in the future",
    "implausible_date": "Implausible date",
    "implausible_profile_date": "Implausible profile date",
    "implausible_hire_date": "Implausible hire date",
    "implausible_termination_date": "Implausible termination date",
    "hired_after_leaving": "Hired after leaving",
    "duplicate_id": "Duplicate id",
    "shared_employee_number": "Shared employee number",
    "same_day_repeat": "Completed twice on one day",
    "unknown_user": "Unknown user",
    "unknown_training": "Unknown training",
    "unknown_group_session": "Unknown group session",
    "unknown_instructor": "Unknown instructor",
    "supervisor_unknown": "Supervisor unknown",
    "supervisor_left": "Supervisor left",
    "supervisor_circle": "Supervisor circle",
    "attendees_differ": "List and completions differ",
    "unknown_schedule": "Unknown schedule",
    "training_circle": "Training circle",
    "offering_not_recorded": "Offering not recorded",
    "blank_ids": "Blank ids",
    "recorded_late": "Recorded late",
    "recorded_after_expiry": "Recorded after expiry",
    "taught_while_expired": "Taught while expired",
}

# What findings say. A name in braces is a column of the finding's rows; `record`, `person` and
# `training` are ids with the name or title beside them. `data.checks.row_sentences` fills in all
# rows at once, by the forms of `wording.say`.

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
#: The day is left out if it is not known.
EXPIRED_ON = " on {last_valid:day}"
SHARED_ID = "In {table}, {count:record has|records have} the id {record}."
SHARED_NUMBER = (
    "Person {record} has the same employee number as person {person}{more}. If they are one "
    "person, the completions of one profile do not count for the other."
)
MORE_PROFILES = " and {others:other person|other people}"
REPEATED = (
    "Person {person} completed training {training} more than once on {date:day}: completions "
    "{listed}{more}."
)
MORE_REPEATS = " and {others} more"

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

UNKNOWN_ID = {
    "unknown_user": "{noun} {record} refers to person {value}, who is not in the user list.",
    "unknown_training": "{noun} {record} refers to training {value}, which is not in the "
    "catalogue.",
    "unknown_group_session": "{noun} {record} refers to group session {value}, which is not in the "
    "session list.",
    "unknown_instructor": "{noun} {record} refers to instructor {value}, who is not in the user "
    "list.",
}
#: What somebody is whom a field of a profile names.
ROLES = {"supervisor_id": "supervisor", "manager_id": "manager"}
SUPERVISOR_UNKNOWN = "Person {record} has the {role} {person}, who is not in the user list."
SUPERVISOR_LEFT = "Person {record} has the {role} {person}, who left on {left:day}."
SUPERVISOR_CIRCLE = (
    "Person {record} is in a circle, in which each person's {role} is the next: {circle}."
)
OWN_SUPERVISOR = "Person {record} is listed as their own {role}."
LISTED_ONLY = "Group session {record} lists person {person}, who has no completion in it."
RECORDED_ONLY = (
    "Group session {record} has a completion by person {person}, who is not on its list."
)

UNKNOWN_SCHEDULE_TYPE = (
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
WINDOW_RANGE = "{opens} to {closes}"
INCLUDES_ITSELF = "Training {record} includes itself, so no statuses can be computed."
TRAINING_CIRCLE = (
    "Training {record} is in a circle, in which each training includes the next, so no statuses "
    "can be computed: {circle}."
)

OFFERING_NOT_RECORDED = (
    "Training {record} {offered}: {relying} only because no later offering is recorded."
)
LAST_OFFERED = (
    "was last offered on {window_last_offered_date:day}, and one of its windows has closed since "
    "then"
)
NEXT_OFFERED = (
    "has the last offered date {offered_later:day}, which is after the as-of date {as_of:day}, and "
    "one of its windows has closed since its oldest completion"
)
NEVER_OFFERED = (
    "has no last offered date, and one of its windows has closed since its oldest completion"
)
RELYING_PEOPLE = "{people:person holds|people hold} a valid completion"

# The schedule of a training in words, and the field of the catalogue that it is taken from.

NO_RENEWAL = "no renewal"
IMPOSSIBLE_DAYS = "its days do not exist in the calendar"
EVERY_MONTHS = "every {months:month|months}"
YEARLY_DAY = "on {yearly_day} each year"
YEARLY_DAY_AND_RENEWAL = "on {yearly_day}, within {months:month|months} of completion"
YEARLY_WINDOW = "{opens} to {closes} each year, {offered}"
WINDOW_OFFERED = "last offered {day}"
WINDOW_NOT_OFFERED = "no offering listed so far"
UNKNOWN_SCHEDULE = "schedule type {kind!r} is not known"


class ScheduleSource(StrEnum):
    """The field of the catalogue that a schedule is taken from."""

    WINDOW = "window"
    RENEWAL = "renewal months"
    FIXED_DAY = "fixed day"
    FIXED_DAY_AND_RENEWAL = "fixed day and renewal months"
    IMPOSSIBLE_DAYS = "days of the window or the fixed day"
    TYPE = "schedule type"


# What a document means by expiring soon, of all its trainings.

EXPIRING_MEANS = f"'{statuses.STATUS_LABELS[statuses.EXPIRING]}' means {{rules}}."
EXPIRING_WITHIN = "at most {days:day|days} left"
EXPIRING_WITHIN_OWN = "at most the training's own number of days"
EXPIRING_OWN_OF = "{days} for {trainings}"
EXPIRING_OPEN_WINDOW = "an open renewal window"
# The rule by which a case counts as expiring soon.
EXPIRING_RULE_OWN = "last {days:day|days} (own)"
EXPIRING_RULE_DEFAULT = "last {days:day|days} (default)"
EXPIRING_RULE_WINDOW = "renewal window"
EXPIRING_RULE_INCLUDED = "included trainings"

# The rules. The docs quote their texts, too, so each rule is worded only once.

#: Where a rule comes from.
Mark = Literal["vendor", "inferred", "ours"]

MARKS: dict[Mark, str] = {
    "vendor": "the vendor's published page or help article says so",
    "inferred": "the only interpretation we found that fits what the vendor says",
    "ours": "a decision of this project",
}


class Rule(NamedTuple):
    """One rule.

    Attributes:
        key: its short name; the expiration source if the rule gives an expiration date.
        section: its section in docs/rules.md.
        text: the rule in full sentences.
        mark: where the rule comes from.
    """

    key: str
    section: int
    text: str
    mark: Mark

    @property
    def cited(self) -> str:
        """The rule with its mark, as the report prints it."""
        return f"{self.text} [{self.mark}]"

    @property
    def link(self) -> str:
        """The place in the docs, e.g. `docs/rules.md#window-offering`."""
        return f"docs/rules.md#{self.key.replace(' ', '-')}"


RULES: tuple[Rule, ...] = (
    Rule(
        "special",
        1,
        "If the record has a special expiration date, the completion expires on that date, "
        "whatever the schedule says.",
        "vendor",
    ),
    Rule(
        "fixed",
        1,
        "The completion expires on a fixed day of the year. This is the last such day within the "
        "renewal period. If the period contains no such day, it is the first one after the "
        "completion. The vendor names only rolling and window trainings, so our confidence in "
        "this rule is low.",
        "inferred",
    ),
    Rule(
        "rolling",
        1,
        "The training is renewed after a number of months. The completion expires that many "
        "calendar months later, on the same day of the month.",
        "vendor",
    ),
    Rule(
        "shorter month",
        1,
        "If that month is too short, the completion expires on the last day of that month: one "
        "month after 31 Jan 2024 is 29 Feb 2024.",
        "ours",
    ),
    Rule(
        "never",
        1,
        "If the training has no renewal period, the completion does not expire.",
        "ours",
    ),
    Rule(
        "unknown",
        1,
        "The expiration date is unknown if the training is not in the catalogue, if its schedule "
        "has an unknown type or impossible days, or if the completion has no date. A completion "
        "without a date and without a special expiration date proves nothing: the case has the "
        "status of a person who must have the training and never completed it.",
        "ours",
    ),
    Rule(
        "good through",
        1,
        "A completion is valid through its expiration date and expired from the next day. In the "
        "last days up to and including that date, its status is expiring. The training sets how "
        "many days that is; if it does not, the number chosen for the report applies.",
        "ours",
    ),
    Rule(
        "window",
        2,
        "A completion stops being valid when the training is offered again, not when a window "
        "closes. A completion from the last offering or later is valid. If no last offered date "
        "is listed, every completion is valid.",
        "vendor",
    ),
    Rule(
        "window offering",
        2,
        "An offering is the whole window that contains the last offered date; if no window "
        "contains that date, the offering is that one day. Completions before the offering are "
        "superseded.",
        "inferred",
    ),
    Rule(
        "window time left",
        2,
        "While the window of the last offering is open, a superseded completion is expiring, not "
        "expired, if its date is on or after the opening day of the window one year earlier. The "
        "person still has time to renew it.",
        "inferred",
    ),
    Rule("window expired", 2, "Every other superseded completion is expired.", "ours"),
    Rule(
        "window renewal",
        2,
        "A valid completion is expiring while a window is open, if that window opened after the "
        "completion date. Its expiration date is the last day of the next window in which it can "
        "be renewed. That date moves to the next year if the training is not offered again.",
        "vendor",
    ),
    Rule(
        "future offering",
        2,
        "A last offered date after the day of the report is ignored.",
        "ours",
    ),
    Rule(
        "missing",
        3,
        "If a person must have a training and never completed it, the status is missing.",
        "ours",
    ),
    Rule(
        "new employee",
        3,
        "A window training is missing if it is required for new employees, or if it was offered "
        "since the person was hired. Otherwise it is expiring while the window is open, and not "
        "due while it is closed.",
        "vendor",
    ),
    Rule(
        "looking back",
        3,
        "The requirements are those of the day when the records were loaded. A training is not "
        "missing before the person was hired or the training was created.",
        "ours",
    ),
    Rule(
        "local midnight",
        3,
        "KPA records hire and termination dates as midnight, local time. If the recorded time is "
        "a full hour from 13:00 to 23:00 UTC, we read it as midnight east of Greenwich, so the "
        "date is the next day. For any other time, the date is the UTC date.",
        "inferred",
    ),
    Rule(
        "latest",
        4,
        "The latest completion counts: by date, then by the time when it was recorded, then by "
        "id. Earlier ones are superseded, even if one of them expires later.",
        "ours",
    ),
    Rule(
        "parts",
        5,
        "A training that includes others is completed when all included trainings are completed.",
        "vendor",
    ),
    Rule(
        "composed",
        5,
        "The date of a composed training is the latest date of the included trainings. It expires "
        "on the earliest of these dates: the expiration dates of the included trainings, and the "
        "date that its own schedule gives, counted from the completion date. Its status is the "
        "worst of the statuses of the included trainings and of its own schedule.",
        "inferred",
    ),
    Rule("order of parts", 5, "The order of the included trainings does not matter.", "ours"),
    Rule(
        "left",
        6,
        "People are not counted from the day of their termination until the day when they are "
        "hired again.",
        "ours",
    ),
    Rule("future", 6, "A completion after the day of the report is not counted.", "ours"),
    Rule(
        "quality",
        7,
        "Impossible or implausible records are listed under data quality. No record is left out. "
        "Impossible dates and blank ids count as empty, and implausible hire, termination and "
        "profile dates are not used.",
        "ours",
    ),
)

#: The rules for people who never completed a training, by the status that they give.
NEVER_COMPLETED = {
    statuses.MISSING: statuses.MISSING,
    statuses.EXPIRING: "new employee",
    statuses.NOT_DUE: "new employee",
}

# The charts. What their tooltips and screen readers say is filled in by `charts.axes.sentence`.

#: A group of cases as a noun: one, and several.
GROUP_NOUNS = {
    "field_office": ("field office", "field offices"),
    "job_title": ("job title", "job titles"),
    "line_of_business": ("line of business", "lines of business"),
    "supervisor": ("supervisor", "supervisors"),
    "training": ("training", "trainings"),
    "account": ("account", "accounts"),
}
INSTRUCTOR_NOUNS = ("instructor", "instructors")
#: The name of the cases without a group.
NO_GROUP = "(no {group})"
#: A period as a noun: one, and several.
PERIOD_NOUNS = {
    "1mo": ("month", "months"),
    "3mo": ("quarter", "quarters"),
    "1y": ("year", "years"),
}
OTHER_PERIODS = ("period", "periods")
PERIOD_LABELS = {"1mo": "Month", "3mo": "Quarter", "1y": "Year"}


class _Drawn(StrEnum):
    """The words of a chart; specifications and expressions show them as plain texts."""

    def __repr__(self) -> str:
        return repr(self.value)


class ChartText(_Drawn):
    """The words of several charts."""

    NO_CASES = "No completions or requirements to show"
    AS_OF = "as of {day}"
    OF_DAY = "{sentence}, as of {day}"
    HYPOTHETICAL = "{sentence}, hypothetical: if the planned sessions are held"
    MISSING_NOT_KNOWN = "{missing}: not known. {why}"
    NOT_DRAWN = "Not drawn: {reasons}"
    TWO_NAMES = "{first} and {second}"
    NAMES_AND_MORE = "{names} and {more} more"
    AT_THE_TOP = "the {noun} at the top"
    AT_THE_TOP_FIRST = "The {noun} at the top"
    OTHERS = "other {groups} ({number})"
    LEGEND = "Legend"
    UNTITLED = "Chart"
    TRAINING = "Training"
    GROUP = "Group"
    STATUS = "Status"
    CASES = "Cases"
    PEOPLE = "People"
    CERTIFICATES = "Certificates"


class PeriodText(_Drawn):
    """The periods of the charts over time."""

    OTHER = "Period"
    FROM = "from {day}"
    QUARTER = "Q{quarter} {year}"
    EARLIER = "{number} in earlier {periods} (more than {before} back)"
    LATER = "{number} in later {periods} (more than {after} ahead)"
    EARLIER_COMPLETIONS = (
        "{number:completion|completions} in earlier {periods} (more than {before} back)"
    )
    LATER_COMPLETIONS = (
        "{number:completion|completions} in later {periods} (more than {after} ahead)"
    )


class ChosenBarsText(_Drawn):
    """The statuses that have bars, if not all have."""

    BARS = "Bars: only {names}; the title counts every status"
    BARS_AND_TITLE = "Bars and title: only {names}; the other lines count every status"
    BARS_OF_GAPS = "Bars: only {names}; the title and the columns count every status"
    NO_GAP = "No bars: this chart shows only gaps, and {name} is not a gap"
    NO_GAPS = "No bars: this chart shows only gaps, and {names} and {name} are not gaps"


class SummaryText(_Drawn):
    """The chart of all cases by status."""

    TITLE = "Training status"
    GAPS = "{share} of cases are gaps: {gaps} of {every}"
    EXPIRED = "{share} of cases are expired: {gaps} of {every}"
    COUNTS = (
        "Training status: {cases:case|cases} (one person and one training each) of "
        "{people:person|people} and {trainings:training|trainings}"
    )
    PEOPLE = "{people:person|people}"
    SPOKEN = "{cases} {status}"
    SPOKEN_NOT_KNOWN = "{status} not known"


class TimelineText(_Drawn):
    """The chart of expirations per month."""

    TITLE = "Expirations per month"
    NOTHING = "No expirations to show"
    HAVE_EXPIRED = "{expired:certificate has|certificates have} expired"
    COUNTS = (
        "Expirations per month: {certificates:certificate|certificates} by expiration date, "
        "{expired} of them expired, as of {day}"
    )
    BEYOND = "More than {months:month|months} from {month}: {numbers}"
    NO_DATE = "{number} without an expiration date"
    MISSING = "{number} missing (never completed)"
    NOT_DUE = "{number} not due"
    AXIS = "Month of expiration"
    EXPIRES = "Expires"
    IN_MONTH = "in {month}"
    ALL_STATUSES = "All statuses"
    SPOKEN = "Expires {name}: {value:,} {status}, of {total:,}"
    EARLIER = "earlier"
    LATER = "later"
    BEFORE_MONTHS = "before these months"
    AFTER_MONTHS = "after these months"
    NUMBER_EARLIER = "{number} earlier"
    NUMBER_LATER = "{number} later"
    CUT_EARLIER = "{number} earlier (bar cut short)"
    CUT_LATER = "{number} later (bar cut short)"
    NUMBER = "{total:,}"
    CUT_NUMBER = "{total:,} (cut)"


class CertificatesAhead(_Drawn):
    """The title of that chart: when certificates will expire."""

    LATER = "{n:certificate expires|certificates expire} after {last}"
    ONE_MONTH = "{n:certificate expires|certificates expire} in {month}"
    BUSIEST = "The busiest month ahead is {month}: {n:certificate expires|certificates expire}"
    BUSIEST_THROUGH = (
        "Through {last}, the busiest month is {month}: {n:certificate expires|certificates expire}"
    )
    SEVERAL_BUSIEST = (
        "The busiest months ahead are {month} and {others:other month|other months}: "
        "{n:certificate expires|certificates expire} in each"
    )
    SEVERAL_BUSIEST_THROUGH = (
        "Through {last}, the busiest months are {month} and {others:other month|other months}: "
        "{n:certificate expires|certificates expire} in each"
    )


class CurrentAhead(_Drawn):
    """The same, if only current certificates have bars."""

    LATER = "{n:current certificate expires|current certificates expire} after {last}"
    ONE_MONTH = "{n:current certificate expires|current certificates expire} in {month}"
    BUSIEST = (
        "The busiest month ahead is {month}: "
        "{n:current certificate expires|current certificates expire}"
    )
    BUSIEST_THROUGH = (
        "Through {last}, the busiest month is {month}: "
        "{n:current certificate expires|current certificates expire}"
    )
    SEVERAL_BUSIEST = (
        "The busiest months ahead are {month} and {others:other month|other months}: "
        "{n:current certificate expires|current certificates expire} in each"
    )
    SEVERAL_BUSIEST_THROUGH = (
        "Through {last}, the busiest months are {month} and {others:other month|other months}: "
        "{n:current certificate expires|current certificates expire} in each"
    )


class WeeksText(_Drawn):
    """The chart of expirations per week."""

    TITLE = "Expirations per week"
    NOTHING = "No expirations to show"
    ONE_WEEK = "{most:certificate expires|certificates expire} in the week of {week}"
    MOST = (
        "{most:certificate expires|certificates expire} in the week of {week}, more than in any "
        "other of the {weeks:week|weeks}"
    )
    AS_MANY = (
        "{most:certificate expires|certificates expire} in the week of {week}; none of the "
        "{weeks:week|weeks} has more"
    )
    COUNTS = (
        "Expirations per week: {certificates:valid certificate|valid certificates} by last valid "
        "day, in {weeks:week|weeks}"
    )
    OF_WEEK = (
        "In the week of {week}: {certificates:certificate|certificates}, {largest} of them for "
        "{training}"
    )
    LATER = "{number} expiring later"
    NO_DATE = "{number} without an expiration date"
    AXIS = "Week of the last valid day"
    WEEK = "Week of"
    LARGEST = "Largest training of the week"
    OTHERS = "All other trainings"
    ALL_OTHERS = "all others"
    ALL = "All in this week"
    LABEL = "{cases} of {training}"
    UNNAMED_LABEL = "{cases} of one training"
    SPOKEN = "Week of {name}: {total:certificate|certificates}, {value:,} of them for {largest}"
    SPOKEN_OTHERS = (
        "Week of {name}: {total:certificate|certificates}, {value:,} of them for all other "
        "trainings"
    )


class RankingText(_Drawn):
    """The charts of gaps by training and by group of people."""

    TITLE = "Status by {group}"
    NO_BAR = "No bar: {name}, which would be longer than all others"
    SEVERAL = "A person in more than one {group} counts in each"
    NOT_KNOWN_IN = "{missing}: none, or not known, in {names}"
    SHARE = "Share"
    EXPIRING = "Expiring"
    ALL = "All cases"
    ALL_CASES = "all cases {share}"
    SPOKEN = "{name}: {value:,} {status}, of {total:case|cases}"


class ShareOfGaps(_Drawn):
    """The same charts, if requirements were provided."""

    NONE = "No case is a gap"
    ALL = "{share} of cases are gaps"
    SAME = "{share} of cases are gaps, the same share in each {group}"
    EACH = "{share} of cases are gaps, {highest} in each {group}"
    HIGHEST = "{share} of cases are gaps, the highest share in {names} ({highest})"
    SEVERAL_HIGHEST = "{share} of cases are gaps, the highest share in {names} ({highest} each)"
    WORST = "{share} of cases are gaps; the worst {group}: {names} ({highest})"
    SEVERAL_WORST = "{share} of cases are gaps; the worst {groups}: {names} ({highest} each)"
    WORST_UNNAMED = "{share} of cases are gaps; the worst {group}: {highest}"
    WORST_COUNTED = "{share} of cases are gaps; the worst {names}: {highest} each"
    COUNTS_OF_ONE = (
        "Status by {group}: {number}: {gaps} of {every:case|cases} expired or missing ({share}), "
        "{expiring} expiring soon"
    )
    COUNTS = (
        "Status by {group}: {number}, worst first: {gaps} of {every:case|cases} expired or missing "
        "({share}), {expiring} expiring soon"
    )
    AXIS = "Share of cases that are gaps"
    NUMBER = "Gaps"
    NO_GAP = "no gap"


class ShareOfExpired(_Drawn):
    """The same charts without requirements: missing cases are not known."""

    NONE = "No case is expired"
    ALL = "{share} of cases are expired"
    SAME = "{share} of cases are expired, the same share in each {group}"
    EACH = "{share} of cases are expired, {highest} in each {group}"
    HIGHEST = "{share} of cases are expired, the highest share in {names} ({highest})"
    SEVERAL_HIGHEST = "{share} of cases are expired, the highest share in {names} ({highest} each)"
    WORST = "{share} of cases are expired; the worst {group}: {names} ({highest})"
    SEVERAL_WORST = "{share} of cases are expired; the worst {groups}: {names} ({highest} each)"
    WORST_UNNAMED = "{share} of cases are expired; the worst {group}: {highest}"
    WORST_COUNTED = "{share} of cases are expired; the worst {names}: {highest} each"
    COUNTS_OF_ONE = (
        "Status by {group}: {number}: {gaps} of {every:case|cases} expired ({share}), "
        "{expiring} expiring soon"
    )
    COUNTS = (
        "Status by {group}: {number}, worst first: {gaps} of {every:case|cases} expired "
        "({share}), {expiring} expiring soon"
    )
    AXIS = "Share of cases that are expired"
    NUMBER = statuses.STATUS_LABELS[statuses.EXPIRED]
    NO_GAP = "none"


class MatrixText(_Drawn):
    """The chart of people and trainings."""

    TITLE = "Who lacks what"
    COUNTS_OF_ONE = "Who lacks what: {people:person|people} and {trainings:training|trainings}"
    COUNTS = (
        "Who lacks what: {people:person|people} and {trainings:training|trainings}, worst first"
    )
    NOT_DRAWN = (
        "Not drawn: {left_out} of {every:case|cases}; in all: {people:person|people} and "
        "{trainings:training|trainings}"
    )
    PERSON = "Person"
    EXPIRATION = "Expiration"
    NO_DATE = "no expiration date"
    DAYS_AGO = "expired {ago:day|days} ago"
    DAYS_LEFT = "{left:day|days} left"
    SPOKEN = "{user}, {training}: {status}, {days}"


class MatrixOfGaps(_Drawn):
    """The same chart, if requirements were provided."""

    NONE = "No gap"
    HAVE = "{people:person has|people have} {gaps:gap|gaps}"
    ACCOUNT_FOR = (
        "{people:person|people} in {trainings:training|trainings} account for {drawn} of "
        "{gaps:gap|gaps}"
    )
    COUNTS = (
        "Who lacks what: the {people:person|people} and {trainings:training|trainings} with the "
        "most expired or missing, worst first"
    )


class MatrixOfExpired(_Drawn):
    """The same chart without requirements: missing cases are not known."""

    NONE = "No expired case"
    HAVE = "{people:person has|people have} {gaps:expired case|expired cases}"
    ACCOUNT_FOR = (
        "{people:person|people} in {trainings:training|trainings} account for {drawn} of "
        "{gaps:expired case|expired cases}"
    )
    COUNTS = (
        "Who lacks what: the {people:person|people} and {trainings:training|trainings} with the "
        "most expired, worst first"
    )


class TrendText(_Drawn):
    """The chart of gaps through time."""

    TITLE = "Gaps through time"
    NOTHING = "No cases to show"
    HIGHEST = "Highest share on {on}: {share}, {gaps} of {total:case|cases}"
    SEVERAL = "A person in several of them counts in each"
    WITHOUT = "The last row also has people without a {group}"
    NOT_KNOWN_IN = "{missing}: not known, in {groups}"
    DAYS_LEFT_OUT = "Not drawn: {left_out:day|days} of {days}, between those drawn"
    DAY = "Day"
    GROUP = "Group"
    STATUS = "Status"
    CASES = "Cases"
    ALL_CASES = "All cases"
    SHARE = "Share"
    NO_CASE = "no case"
    OTHERS = "other {groups} ({number})"
    ON = "on {day}"
    OF_TOTAL = "{gaps:,} of {total:,}"
    SPOKEN_SHARE = "{name}: {percent}, {gaps:,} of {total:case|cases}"
    SPOKEN_STATUS = "{name}: {value:,} {status}, of {total:case|cases}"
    SPOKEN_GROUP = "{group}, {name}: {percent}, {gaps:,} of {total:case|cases}"


class GapsThroughTime(_Drawn):
    """The same chart, if requirements were provided."""

    ONE_DAY = "The share of gaps is {after} on {last}"
    UNCHANGED = "The share of gaps is {after} on {last}, as on {first}"
    ROSE = "The share of gaps rose from {before} to {after}"
    FELL = "The share of gaps fell from {before} to {after}"
    NONE = "No case is a gap on {on}"
    OF_ALL = "{share} of cases are gaps on {on}"
    OF_ONE = "{name}: {share} of cases are gaps on {on}"
    OF_EACH = "For each {group}, {share} of cases are gaps on {on}"
    WORST = "{name} has the highest share of gaps: {share} on {on}"
    WORST_OF = "Of the {groups}, {name} has the highest share of gaps: {share} on {on}"
    SEVERAL_WORST = "{name} have the highest share of gaps: {share} each on {on}"
    SEVERAL_WORST_OF = (
        "Of the {groups}, {name} have the highest share of gaps: {share} each on {on}"
    )
    COUNTS_OF_DAY = "Gaps through time: {gaps} of {total:case|cases} expired or missing on {last}"
    COUNTS = (
        "Gaps through time: {gaps} of {total:case|cases} expired or missing on {last}, "
        "{first_gaps} of {first_total:case|cases} on {first}"
    )
    BY_GROUP = (
        "Gaps through time: share of cases expired or missing for {groups}, highest on {on} first; "
        "the highest point is {share}"
    )
    ONE_ROW = (
        "Gaps through time: share of cases expired or missing for {groups}; the highest point is "
        "{share}"
    )
    AXIS = "Expired or missing (%)"
    NUMBER = "Gaps"


class ExpiredThroughTime(_Drawn):
    """The same chart without requirements: missing cases are not known."""

    ONE_DAY = "The share of expired cases is {after} on {last}"
    UNCHANGED = "The share of expired cases is {after} on {last}, as on {first}"
    ROSE = "The share of expired cases rose from {before} to {after}"
    FELL = "The share of expired cases fell from {before} to {after}"
    NONE = "No case is expired on {on}"
    OF_ALL = "{share} of cases are expired on {on}"
    OF_ONE = "{name}: {share} of cases are expired on {on}"
    OF_EACH = "For each {group}, {share} of cases are expired on {on}"
    WORST = "{name} has the highest share of expired cases: {share} on {on}"
    WORST_OF = "Of the {groups}, {name} has the highest share of expired cases: {share} on {on}"
    SEVERAL_WORST = "{name} have the highest share of expired cases: {share} each on {on}"
    SEVERAL_WORST_OF = (
        "Of the {groups}, {name} have the highest share of expired cases: {share} each on {on}"
    )
    COUNTS_OF_DAY = "Gaps through time: {gaps} of {total:case|cases} expired on {last}"
    COUNTS = (
        "Gaps through time: {gaps} of {total:case|cases} expired on {last}, {first_gaps} of "
        "{first_total:case|cases} on {first}"
    )
    BY_GROUP = (
        "Gaps through time: share of cases expired for {groups}, highest on {on} first; the "
        "highest point is {share}"
    )
    ONE_ROW = "Gaps through time: share of cases expired for {groups}; the highest point is {share}"
    AXIS = "Expired (%)"
    NUMBER = statuses.STATUS_LABELS[statuses.EXPIRED]


class RenewalText(_Drawn):
    """The chart of on-time renewal."""

    TITLE = "On-time renewal"
    NOTHING = "No certificates to show"
    NOT_KNOWN = "The share that is renewed on time is not known yet"
    OF_MONTH = "{share} of the certificates due for renewal in {month} were renewed on time"
    OF_ALL = "{share} of the certificates due for renewal were renewed on time"
    OF_ONE = "{name}: {share} of the certificates due for renewal were renewed on time"
    OF_EACH = "For each {group}, {share} of the certificates due for renewal were renewed on time"
    LOWEST = "The lowest on-time share is that of {name}: {share}"
    LOWEST_OF = "Of the {groups}, the lowest on-time share is that of {name}: {share}"
    SEVERAL_LOWEST = "The lowest on-time share is that of {name}: {share} each"
    SEVERAL_LOWEST_OF = "Of the {groups}, the lowest on-time share is that of {name}: {share} each"
    EARLIER = "{number:certificate|certificates} due earlier (more than {before:month|months} back)"
    LATER = "{number:certificate|certificates} due later (more than {after:month|months} ahead)"
    NO_MONTH = "{number:certificate|certificates} without a month"
    OTHERS = "{number:certificate|certificates} in other groups"
    COUNTS = (
        "On-time renewal: {n:certificate|certificates} that came due: {on_time} on time, {late} "
        "late, {lapsed} lapsed, {pending} pending"
    )
    OF_WHICH = "The share is of the certificates whose expiration date has passed"
    SEVERAL = "A person in several groups counts in each"
    ALL = "all certificates"
    GROUP = "Group"
    MONTH = "Month"
    EXPIRES_IN = "Expires in"
    EXPIRATION = "Month of expiration"
    OUTCOME = "Outcome"
    CERTIFICATES = "Certificates"
    ALL_OF_MONTH = "All of this month"
    ON_TIME = "Renewed on time"
    ON_TIME_AXIS = "On time (%)"
    DUE = "Due"
    SPOKEN_MONTH = "{name}: {percent} on time, of {n:certificate|certificates}"
    SPOKEN_GROUP = "{group}: {percent} on time, of {n:certificate|certificates}"
    SPOKEN_OUTCOME = "{name}: {value:,} of {n:certificate|certificates}, {outcome}"


class SessionsText(_Drawn):
    """The charts of group sessions: over time, and by size."""

    OVER_TIME = "Group sessions over time"
    BY_SIZE = "Group sessions by size"
    NOTHING = "No group sessions to show"
    UNKNOWN_SIZES = "{sessions:group session|group sessions} of unknown size"
    ONE_SESSION = "1 group session, with {people:person|people}"
    AVERAGE = "{average:.1f} people per session on average"
    AVERAGE_OF_KNOWN = (
        "{average:.1f} people per session on average (the size of {unknown} is not known)"
    )
    BY_MONTH = (
        "Group sessions over time: {sessions:session|sessions} with "
        "{people:attendance|attendances}; each bar is a month"
    )
    BY_QUARTER = (
        "Group sessions over time: {sessions:session|sessions} with "
        "{people:attendance|attendances}; each bar is a quarter"
    )
    BY_YEAR = (
        "Group sessions over time: {sessions:session|sessions} with "
        "{people:attendance|attendances}; each bar is a year"
    )
    ONE_WITHOUT_LIST = "For 1 session, nobody is listed: the people recorded in it are counted"
    WITHOUT_LIST = (
        "For {sessions:session|sessions}, nobody is listed: the people recorded in them are counted"
    )
    TOO_EARLY = "{number:session|sessions} more than {before:year|years} earlier"
    TOO_LATE = "{number:session|sessions} more than {after:year|years} later"
    NO_DATE = "{number:session|sessions} without a date"
    WHEN = "When"
    DATE = "Date"
    SESSIONS = "Sessions"
    PEOPLE = "People in the session"
    ATTENDANCES = "Attendances"
    SPOKEN = "{name}, {size_words}: {sessions:session|sessions}"
    SIZES_NOT_KNOWN = "The size of {sessions:group session|group sessions} is not known"
    ONLY_SESSION = "The only group session has {people}"
    COUNTS_BY_SIZE = "Group sessions by size: {sizes}"
    NUMBER = "{sessions:session|sessions}"
    MEDIAN = "median {median}, largest {largest}"
    WITH_NOBODY = "{sessions} with nobody"
    SIZE_NOT_KNOWN = "the size of {sessions} is not known"
    ONE_PERSON = "{figure} person"
    PEOPLE_OF_SIZE = "{figure} people"
    FROM_TO = "{start:d} to {end:d}"
    SIZE_OF_BAR = "{people:person|people} in the session"
    SIZES_OF_BAR = "{start} to {end} people in the session"
    SPOKEN_SIZE = "{size}: {sessions:session|sessions}"


class HalfOfSessions(_Drawn):
    """The size that half of the group sessions do not exceed."""

    OR_FEWER = "Half of the group sessions have {people} or fewer"
    NOBODY = "Half of the group sessions have nobody in them"
    ONLY_ONE = "Half of the group sessions have only 1 person"
    AT_MOST_ONE = "Half of the group sessions have at most 1 person"


class HalfOfKnownSessions(_Drawn):
    """The same, if the size of some is not known."""

    OR_FEWER = "Half of the group sessions of known size have {people} or fewer"
    NOBODY = "Half of the group sessions of known size have nobody in them"
    ONLY_ONE = "Half of the group sessions of known size have only 1 person"
    AT_MOST_ONE = "Half of the group sessions of known size have at most 1 person"


class SessionSize(_Drawn):
    """The sizes of group sessions, from the smallest."""

    NOT_KNOWN = "size not known"
    NOBODY = "nobody"
    ONE = "1 person"
    FROM_2 = "2 to 5"
    FROM_6 = "6 to 10"
    FROM_11 = "11 to 20"
    FROM_21 = "21 or more"


class SessionSizeWords(_Drawn):
    """The same sizes in words."""

    NOT_KNOWN = "size not known"
    NOBODY = "nobody in the session"
    ONE = "1 person in the session"
    FROM_2 = "2 to 5 people in the session"
    FROM_6 = "6 to 10 people in the session"
    FROM_11 = "11 to 20 people in the session"
    FROM_21 = "21 or more people in the session"


class ShareText(_Drawn):
    """The chart of completions in group sessions."""

    TITLE = "Completions in group sessions"
    NOTHING = "No completions to show"
    SHARE_RECORDED = "{share} of completions were recorded in a group session"
    COUNTS = (
        "Completions in group sessions: {grouped} of {total:completion|completions} recorded in a "
        "group session"
    )
    NO_DATE = "{number} without a date"
    IN_GROUPS = "In groups"
    ALONE = "Alone"
    IN_GROUPS_BELOW = "In groups (lower part)"
    ALONE_ABOVE = "Alone (upper part)"
    SHARE = "Share in groups"
    SHARE_AXIS = "Share in groups (%)"
    COMPLETIONS = "Completions"
    COMPLETIONS_IN_GROUPS = "Completions in groups"
    COMPLETIONS_ALONE = "Completions alone"
    SPOKEN_SHARE = "{name}: {percent} in groups, {in_groups:,} of {total:completion|completions}"
    SPOKEN_IN_GROUPS = "{name}: {value:,} in groups"
    SPOKEN_ALONE = "{name}: {value:,} alone"


class ActivityText(_Drawn):
    """The chart of how much each instructor teaches."""

    TITLE = "How much each instructor teaches"
    NOTHING = "No completions with an instructor to show"
    TAUGHT = "{name} taught {every:completion|completions}"
    TAUGHT_EACH = "{instructors:instructor|instructors} taught {most:completion|completions} each"
    TAUGHT_MOST = "{name} taught the most: {most} of {every:completion|completions}"
    SEVERAL_TAUGHT_MOST = (
        "{name} taught the most: {most:completion|completions} each, of "
        "{every:completion|completions}"
    )
    COUNTS_OF_ONE = (
        "How much each instructor teaches: the completions of "
        "{instructors:instructor|instructors} in each {period}; the highest bar is "
        "{highest:completion|completions}"
    )
    COUNTS = (
        "How much each instructor teaches: the completions of "
        "{instructors:instructor|instructors} in each {period}, most first; the highest bar is "
        "{highest:completion|completions}"
    )
    NO_INSTRUCTOR = "{number:completion|completions} with no instructor"
    NO_DATE = "{number:completion|completions} without a date"
    OTHER_INSTRUCTORS = "{number:completion|completions} with other instructors"
    INSTRUCTOR = "Instructor"
    COMPLETIONS = "Completions"
    PEOPLE = "People trained"
    SESSIONS = "Group sessions"
    SPOKEN_TOTAL = "{instructor}: {completions:completion|completions} in total"
    SPOKEN = "{instructor}, {name}: {completions:completion|completions}"


class TeachingText(_Drawn):
    """The chart of who teaches what."""

    TITLE = "Who teaches what"
    NOTHING = "No completions with an instructor to show"
    ONE_TAUGHT_BY_ONE = "1 of {every:training|trainings} is taught by only one person"
    TAUGHT_BY_ONE = "{alone} of {every:training|trainings} are taught by only one person"
    THE_TRAINING = "The training"
    NOT_TAUGHT = "{training} was not taught by an instructor in the period"
    ONLY_ONE = "{training} is taught by only one person"
    TAUGHT_BY = "{training} is taught by {instructors:person|people}"
    COUNTS = (
        "Who teaches what: completions of each training and instructor in the "
        "{months:month|months} up to {last}, trainings with the fewest instructors first"
    )
    MORE = "{number:training|trainings} with at least as many instructors as the last row"
    OTHERS = "others ({number})"
    ALONE = "only 1"
    PEOPLE = "{number:d} people"
    TRAINING = "Training"
    INSTRUCTOR = "Instructor"
    COMPLETIONS = "Completions"
    SPOKEN = "{instructor}, {training}: {completions:completion|completions}"


class TeachingStep(_Drawn):
    """The numbers of completions that have the same colour in that chart."""

    FROM_1 = "1 to 4"
    FROM_5 = "5 to 9"
    FROM_10 = "10 to 24"
    FROM_25 = "25 to 99"
    FROM_100 = "100 or more"
