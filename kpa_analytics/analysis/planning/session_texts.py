"""The sentences of a plan of sessions."""

from __future__ import annotations

#: Why somebody has no place.
NO_PERSON = "the completion names no person"
NO_ELIGIBLE_INSTRUCTOR = "no eligible instructor ({reason})"
NOBODY_TAUGHT_IN_A_MONTH = "nobody taught it in the last month"
NOBODY_TAUGHT = "nobody taught it in the last {months:month|months}"
ONLY_INSTRUCTOR = "this person is the only eligible instructor"
ONLY_FREE_INSTRUCTOR = "this person is the only instructor free in the week of {week}"
NOT_USEFUL = "a session in these weeks would not give a later expiration date"
LEAVES = "leaves before a session can be held"
NO_ROOM = "no free place: the eligible instructors can hold no more sessions in these weeks"
NO_USEFUL_ROOM = (
    "no free place: the eligible instructors can hold no more sessions in the weeks that would "
    "give a later expiration date"
)

#: Why somebody has this place: the need, and the session.
EXPIRED = "expired on {day}"
EXPIRES = "expires on {day}"
COMPLETE_BY = "must be completed by {day}"
FOR_COMPOSED = "needed for {composed}"
FOR_EXPIRED = "needed for {composed}, which expired on {day}"
FOR_DUE = "needed for {composed}, which is due on {day}"
FIRST_SESSION = "the session of {week} is the first"
NEXT_SESSION = "the session of {week} is the first with a free place"
LAST_BEFORE = "the session of {week} is the last before it"
BEFORE = "the session of {week} is before it"
BEFORE_FULL = "the session of {week} is before it, and the later ones in time are full"
ON_THE_DAY = "the session of {week} is on that day"
NOT_EARLIER = (
    "the session of {week} is {late:day|days} late; one on an earlier Monday would not give a "
    "later expiration date"
)
FIRST_FREE = (
    "the session of {week} is {late:day|days} late; it is the first with a free place that gives "
    "a later expiration date"
)
OTHER_INSTRUCTOR = "the session of {week} is the best one taught by somebody else"
NEXT_NOT_CHEAPER = (
    "a session before that of {week} has a free place, but using it would not make the plan better"
)
LATE_NOT_CHEAPER = (
    "the session of {week} is {late:day|days} late; an earlier one has a free place, but using it "
    "would not make the plan better"
)
LATE_FIRST = "the session of {week} is {late:day|days} late, and none is held earlier"
LATE = "the session of {week} is {late:day|days} late, and no earlier one has a free place"

#: Why a session is in its week.
WITH_GAPS = "{gaps:person has|people have} no valid certificate now"
FIRST_DUE = "{filled:person is|people are} due, the first on {due}"
ONE_DUE = "1 person is due on {due}"

#: Which trainings nobody can teach any more before the plan ends.
LAST_INSTRUCTOR = (
    "{training}: nobody is eligible to teach it after {day}, unless a certificate is renewed "
    "(last eligible: {instructors})"
)
MORE_LAST_INSTRUCTORS = (
    "{more:more training loses its|more trainings lose their} last eligible instructor before the "
    "plan ends"
)

#: Which new certificates expire before the plan ends.
EXPIRING_AGAIN = (
    "{number:certificate|certificates} earned in these sessions will expire before the plan ends "
    "on {end} ({which}); no second session is planned"
)
ON_A_DAY = "{training}: {number} on {day}"
FROM_A_DAY = "{training}: {number}, the first on {day}"
MORE_TRAININGS = "and {more:more training|more trainings}"

#: Whose cases are not in the plan.
WITHOUT_REQUIREMENTS = (
    "{note}, so the plan leaves out people who must have a training that they never completed"
)

TITLE_OF_A_WEEK = "Sessions to hold in the week of {first}"
TITLE = "Sessions to hold in the {weeks:week|weeks} from {first}"
SUMMARY = (
    "{sessions:session|sessions} of {trainings:training|trainings}, "
    "{people:place|places} taken, cost {cost}; as of {as_of}"
)
UNPLACED = "{people:case has|cases have} no place"
MORE = "{more:more session is|more sessions are} in .sessions"
