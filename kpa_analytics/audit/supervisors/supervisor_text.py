"""Every sentence of the packs for supervisors: pages, calendars, workbooks and mails."""

from __future__ import annotations

from kpa_analytics import report_text
from kpa_analytics.statuses import EXPIRED, EXPIRING, MISSING, STATUS_LABELS

#: The title of a pack, by whose list it is.
TITLES = {
    "supervisor": "Trainings of the team of {name}",
    "manager": "Trainings of the people managed by {name}",
    "field_office": "Trainings of the field office {name}",
    "job_title": "Trainings of people with the job title {name}",
}
#: The title of the cases that are on nobody's list.
NOBODY = {
    "supervisor": "Trainings of people without a supervisor",
    "manager": "Trainings of people without a manager",
    "field_office": "Trainings of people without a field office",
    "job_title": "Trainings of people without a job title",
}
#: The name of that list in the index.
NOBODY_NAMED = "nobody is named"
AS_OF = "as of {day}"

SUMMARY = "{people:person has|people have} {cases:open case|open cases}: {counts}."
NOT_KNOWN = f"{STATUS_LABELS[MISSING]}: not known, because no requirements were provided."
MEANINGS = (
    f"{STATUS_LABELS[EXPIRED]}: the certificate is no longer valid. {STATUS_LABELS[MISSING]}: "
    f"required and never completed. {STATUS_LABELS[EXPIRING]}: the person must soon renew the "
    "training, or complete it for the first time."
)
COMPOSED = (
    "Composed trainings (each is valid only while all of its included trainings are): {trainings}."
)
CASES = "Every open case"
NOBODY_NOTE = (
    "The profiles of these people name nobody, or somebody who is not in the user list or has left."
)

INDEX_TITLE = "Lists for every {group}"
INDEX_CAPTION = "The lists, and their totals"
INDEX_PEOPLE = "People"
INDEX_OPEN_CASES = "Open cases"
INDEX_ADDRESS = "E-mail"
INDEX_TOTAL = "Total"
INDEX_MAIL = "draft to"
NO_ADDRESS = "no address"
NO_DRAFT = "no draft"
NOT_SENT = (
    "Nothing has been sent. Each folder has a draft, mail.eml: open it, read it, and send it "
    "yourself. This page names everybody, so it is for the safety manager only."
)
EMPTIED = "Lists that have become empty since the earlier run"
EMPTIED_NOTE = (
    "Each of these lists has a calendar that cancels its earlier events. Import it, or send it to "
    "whoever has the list."
)
EMPTIED_LIST = "{title}: {events:event is|events are} cancelled"
FINDINGS = "Profiles to correct"
SUPERVISOR_LEFT = (
    "{supervisor} left on {left}, and is still the {role} of {people:person|people}: {names}"
)
SUPERVISOR_UNKNOWN = (
    "{supervisor} is not in the user list, and is the {role} of {people:person|people}: {names}"
)
OWN_SUPERVISOR = "{person} is their own {role}"
SUPERVISOR_CIRCLE = "A circle, in which each person's {role} is the next: {names}"
FINDINGS_NOTE = "The cases of people whose supervisor is unknown or has left are on nobody's list."
GROUPS = {
    "supervisor": "supervisor",
    "manager": "manager",
    "field_office": "field office",
    "job_title": "job title",
}

EVENT = "{training}: {people:person|people} ({counts})"
EVENT_CANCELLED = "No longer on this list: {event}"
EVENT_LINE = "{person}: {status}"
EVENT_LINE_DATED = "{person}: {status}, {valid} {day}"
EVENT_FOOT = "As of {day}. The next list replaces this event."

MAIL_SUBJECT = "Trainings of your team: {counts}"
MAIL_HELLO = "Hello,"
MAIL_BODY = "{summary}\n\nThe attached page, workbook and calendar have the list as of {day}."
MAIL_CASES = "The cases:"
MAIL_FIRST_CASES = "The most urgent cases:"
MAIL_LINE = "- {person}: {training}, {status}"
MAIL_LINE_DATED = "- {person}: {training}, {status}, {valid} {day}"
VALID_THROUGH, WAS_VALID_THROUGH = "valid through", "was valid through"
MAIL_MORE = "... and {more:other case|other cases}."

#: The sheet of the workbook, and the heading of its column that marks invented data.
SHEET = "Open cases"
DEMO_HEADING = "Demo data"
_COLUMNS = ("user", "employeeNumber", "training", "status", "date", "expiration_date", "days_left")
#: As in the report, where other days than that of the completion are a `date`, too.
HEADINGS = {name: report_text.HEADINGS[name] for name in _COLUMNS} | {"date": "Completed"}

OTHER_LISTS = "previous: {folder} has a list for every {was}; this run makes one for every {by}"
LEFT = (
    "only: {name} left on {day}, so there is no list for {name}; the cases of that team are on "
    "nobody's list"
)
NO_LIST = "only: no {by} with an open case is called {name!r}"
EMPTY_LIST = "only: there is no list for {name}, because no open case belongs on it"
