"""Every sentence of an explanation. Other modules of `explain` choose among them."""

# Which completion counts.

RECORD = "record {id:d}"
#: Records of an account have ids; those of a frame made by hand may have none.
WITHOUT_ID = "a record without an id"

LATEST = "The latest completion on or before {as_of} is {record}, dated {done}."
UNDATED = "No completion has a date. {Record} counts, because it has a special expiration date."
SUPERSEDES = "{earlier:other record is|other records are} superseded."
LATER_SPECIAL = (
    "One of them has the special expiration date {special}, but only the latest completion counts."
)
NOT_COUNTED = "{later:completion is|completions are} dated after {as_of} and not counted."

# When it expires.

FROM_CATALOGUE = "(catalogue: {source})"
SPECIAL = (
    "{Record} has the special expiration date {special}, which overrides the schedule of "
    "{training} (training {training_id:d})."
)
#: What each kind of schedule says of a training.
SCHEDULES = {
    "window": "{training} (training {training_id:d}) is a window training: {schedule}",
    "fixed": "{training} (training {training_id:d}) expires {schedule}",
    "rolling": "{training} (training {training_id:d}) renews {schedule}",
    "never": "{training} (training {training_id:d}) has {schedule}",
    "unknown": "The schedule of {training} (training {training_id:d}) cannot be used: {schedule}",
}
NOT_IN_CATALOGUE = "Training {training_id:d} is not in the catalogue, so its schedule is not known."
NO_DATE = (
    "The completion has no date, so the schedule of {training} (training {training_id:d}) gives no "
    "expiration date."
)
WAS_VALID = "So it was valid through {expires}."
IS_VALID = "So it is valid through {expires}."
SHORTER_MONTH = "The month in which it expires has no day {day}, so its last day counts."
FIXED_WITHIN = "The last such day within {months:month|months} after {done} is {expires}."
FIXED_NEXT = "The first such day after {done} is {expires}."
NEVER = "So it does not expire."
UNKNOWN = "So no expiration date is known."

# Windows.

FUTURE_OFFERING = "The last offered date {offered} is after {as_of}, so it is ignored."
NOT_OFFERED = "No offering up to {as_of} is listed, so every completion is valid."
SINCE_OFFERING = (
    "The last offering began on {offering}. The completion is dated on or after that day, "
    "so it is valid."
)
BEFORE_OFFERING = (
    "The last offering began on {offering}. The completion is dated before that day, so it is "
    "superseded."
)
RENEWAL = (
    "It must be renewed in the window from {opens} to {closes}, so it is valid through {closes}."
)
TIME_LEFT = (
    "The window of that offering is still open, and the completion is dated on or after {since}, "
    "when the window one year earlier opened. So it can still be renewed through {closes}."
)
WINDOW_EXPIRED = (
    "It should have been renewed in the window from {opens} to {closes}, so it was valid through "
    "{closes}."
)
ENDED_EARLY = "So it was valid through {expires}, the day before the offering."
WINDOW_OPEN = "On {as_of} that window is open, with {days:day|days} left: {status}."
WINDOW_SHUT = "On {as_of} that window has not opened: {status}."
BY_WINDOW = "The window decides from when it counts as expiring soon, not a number of days."

# Composed trainings.

INCLUDED_TRAININGS = (
    "{user} has no completion of {training} (training {training_id:d}) itself, but has completed "
    "every training that it includes: {listed}."
)
INCLUDED = "{title} ({training_id:d})"
INCLUDED_UNTIL = "{title} ({training_id:d}, valid through {expires})"
DERIVED_DATE = "The latest of their dates, {done}, counts as its date."
NO_DERIVED_DATE = "None of their completions has a date, so it has none."
OWN_SCHEDULE = "By its own schedule ({schedule}), counted from that date, it {end}."
OWN_ENDS = "is valid through {expires}"
OWN_NEVER = "does not expire"
OWN_UNKNOWN = "has no known expiration date"
LIMITED = "The earliest expiration date counts, that of {limited_by}: valid through {expires}."
LIMITED_BY_ITSELF = "Its own schedule ends first: valid through {expires}."
NO_KNOWN_LIMIT = "The end of one of these is not known, so no expiration date is known."
NOT_LIMITED = "None of these has an expiration date, so it does not expire."
LACKS = (
    "{training} is completed by completing every training that it includes. {user} has not "
    "completed {lacking}."
)

# The status on the day.

EXPIRED = "As of {as_of}, it is {days:day|days} past its last valid day: {status}."
EXPIRING = (
    "As of {as_of}, {days:day is|days are} left. It has counted as expiring soon since {starts}, "
    "{expiring_days:day|days} before it expires ({source}): {status}."
)
EXPIRING_AT_ONCE = (
    "As of {as_of}, {days:day is|days are} left. It has counted as expiring soon since its first "
    "day, because it expires within {expiring_days:day|days} ({source}): {status}."
)
CURRENT = (
    "As of {as_of}, {days:day is|days are} left. It counts as expiring soon from {starts}, "
    "{expiring_days:day|days} before it expires ({source}): {status}."
)
COMPOSED_EXPIRING = (
    "As of {as_of}, {days:day is|days are} left. It has counted as expiring soon since {starts}, "
    "when the first of these did: {status}."
)
COMPOSED_CURRENT = (
    "As of {as_of}, {days:day is|days are} left. It counts as expiring soon from {starts}, when "
    "the first of these does: {status}."
)
NO_END = "As of {as_of}, no expiration date is known: {status}."
NEVER_ENDS = "As of {as_of} it is valid: {status}."
TRAININGS_OWN_DAYS = "the training's own number"
DEFAULT_DAYS = "the default, because the training sets no number"

# People who never completed it.

NO_RECORD = (
    "No completion of {training} (training {training_id:d}) by {user} on or before {as_of} is on "
    "record."
)
PROVES_NOTHING = (
    "{Record} has neither a date nor a special expiration date, so it proves no "
    "completion of {training} (training {training_id:d})."
)
LISTED = "The vendor's employee status of {listed_on} lists it as {listed} for {user}."
LISTED_UNDATED = "The vendor's employee status lists it as {listed} for {user}."
LISTED_IN = {
    "incomplete_training_ids": "required and incomplete",
    "complete_training_ids": "required and complete",
}
GIVEN = "The requirements that were provided list it for {user}."
NOT_LISTED = (
    "{training} is not known to be required of {user}. It is a case only because a completion is "
    "on record."
)
SINCE = (
    "It counts from {since}: before that, the person was not yet known or the training did not "
    "exist yet."
)
NEWER_LIST = "The list for {as_of} is not known."
#: The catalogue's own rule; nothing is said where it cannot be determined.
ASSIGNED = {
    "all": "The catalogue assigns it to everyone.",
    "job-title": "The catalogue assigns it by job title.",
    "driver": "The catalogue assigns it by whether the person drives.",
    "none": "The catalogue assigns it to nobody.",
}
SINCE_NOT_KNOWN = "When it became required is not known."
NEW = "{user} was hired after that, on {hired}, and may wait for the next window."
NOT_NEW = (
    "No record shows that {user} was hired after that, so {user} is not allowed to wait for the "
    "next window."
)
REQUIRED_AT_ONCE = (
    "It is required for new employees, so {user} is not allowed to wait for the next window."
)
NEVER_OFFERED = "Because it was not offered, {user} may wait for the next window."
NEVER_OPEN = "On {as_of} the window is open, through {closes}: {status}."
NEVER_SHUT = "On {as_of} the window is closed; it opens on {opens}: {status}."
NO_WINDOW = "The days of its window do not exist in the calendar: {status}."
MISSING = "It is required and was never completed: {status}."
MISSING_RECORD = "There is no valid completion: {status}."

# Cases that do not count.

LEFT = "{user} left on {left}, so the case is counted only if people who left are included."
ONLY_LATER = (
    "The only completion on record, {record}, is dated {done}. It is after {as_of} and not counted."
)
ALL_LATER = (
    "Every completion on record ({later}) is dated after {as_of} and not counted. The first is "
    "{record}, dated {done}."
)
NO_CASE = "So there is no case on {as_of}."
PERSON_NOT_YET = "{user} was first known on {since}, after {as_of}: there was no case yet."
TRAINING_NOT_YET = "{training} was created on {since}, after {as_of}: there was no case yet."
NOTHING = (
    "{user} ({m_user_id}) has not completed {training} (training {training_id:d}) and is not known "
    "to need it, so there is nothing to explain"
)

# What to do next, and the rules that it follows.

NEXT_STEPS = "What to do next:"
TEACHING = "docs/rules.md#10-who-may-teach"
LISTS = "docs/rules.md#11-whose-list-a-case-is-on"
SESSIONS = "docs/rules.md#12-sessions-to-hold"
ON_LIST = "This case is on the list of the supervisor, {supervisor}."
NO_PROFILE = "The case is on no supervisor's list, because {user} is not in the user list."
NO_SUPERVISOR = (
    "The case is on no supervisor's list, because the profile of {user} names no supervisor."
)
SUPERVISOR_UNKNOWN = (
    "The case is on no supervisor's list, because the supervisor ({supervisor}) is not in the user "
    "list."
)
SUPERVISOR_LEFT = (
    "The case is on no supervisor's list, because the supervisor ({supervisor}) left on {left}."
)
UNTITLED = "Training {training:d}"
THROUGH = "Still needed for {training}: {listed}."
TAUGHT_BY = "{title} can be taught next by {names}."
LAST_DAY = "{instructor} (through {until})"
NO_LAST_DAY = "{instructor} (no end date)"
TAUGHT_BY_NOBODY = "Nobody may teach {title} next ({reason})."
PLACE = (
    "The plan has a place for {user} in the {title} session in the week of {week}, taught by "
    "{instructor}: {reason}."
)
NO_PLACE = "The plan has no place for {user} in a {title} session: {reason}."
NOT_IN_PLAN = (
    "This case is not in the plan, which covers gaps on {day} and certificates that expire by "
    "{end}, unless the person leaves first."
)

# The heading.

HEADING = "{user}: {training}"
SUBTITLE = "{status} as of {as_of}"
SUBTITLE_UNTIL = "{status} as of {as_of}, valid through {expires}"
NOT_COUNTED_STATUS = "Not counted"
RULE = "Rule: {rule} [{mark}], {meaning}"
