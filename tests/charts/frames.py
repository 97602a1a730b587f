"""Input frames for every chart, built from a schema and a seed."""

from __future__ import annotations

import random
from datetime import date, timedelta

import polars as pl

from kpa_analytics.demo_mark import DEMO_ID_PREFIX
from kpa_analytics.schema import (
    COMPLETIONS,
    EXPIRY_STATUS,
    GROUP_SESSIONS,
    GROUP_SHARE,
    INSTRUCTOR_ACTIVITY,
    INSTRUCTOR_COVERAGE,
    PLANNED_SESSIONS,
    RENEWAL_PUNCTUALITY,
    STATUS_OVER_TIME,
    TRAININGS,
    USERS,
)

AS_OF = date(2026, 6, 30)
TITLES = [
    *("Forklift operation", "Working at height", "Confined space entry", "First aid and CPR"),
    *("Lockout / tagout", "Fire extinguisher use", "Hazard communication", "Respirator fit test"),
    *("Hearing conservation", "Crane signalling", "Scaffold inspection", "Asbestos awareness"),
    *("Défense incendie, évacuation", "السلامة من الحرائق في مواقع العمل", "Winter driving"),
    *("Bloodborne pathogens", "Trenching and excavation", "Electrical safety, qualified persons"),
    *("Hot work permit", "Ladder safety"),
]
LAST = ("Ruiz", "Nguyen", "Okafor", "García", "Müller", "O'Brien", "Haddad", "Çelik", "Johansson")
FIRST = ("Ana", "Ben", "Chidi", "Dana", "Emma", "Farid", "Grace", "Hugo", "Ines", "Jörg", "Kofi")
LONG = "Annual refresher for supervisors of contractors working near energised equipment, " * 4
HOSTILE = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '=HYPERLINK("http://x","y")',
    "two\nlines\tand\u202e reversed",
    LONG[:300],
    "",
    "إجراءات السلامة " * 18,
    "{{7*7}} ' \" \\ ${datum} `",
    "x" + "\U0001f525" * 60,
    "\U0001f525" * 60,
]


def person_id(number: int, *, demo: bool = False) -> str:
    return (DEMO_ID_PREFIX if demo else "5e580f0cb7806000") + f"{number:08x}"


def person_name(number: int) -> str:
    return f"{LAST[number % len(LAST)]}, {FIRST[number * 7 % len(FIRST)]} {number}"


def training_title(number: int, titles: list[str]) -> str:
    title = titles[number % len(titles)]
    return title if number < len(titles) else f"{title} {number}"


def status_frame(
    people: int = 200,
    trainings: int = 20,
    *,
    demo: bool = False,
    titles: list[str] | None = None,
    density: float = 0.6,
    seed: int = 1,
) -> pl.DataFrame:
    """An expiry_status frame: mostly current, some overdue, some missing, some never expiring."""
    draw = random.Random(seed)
    rows = []
    for person in range(people):
        for training in range(trainings):
            if draw.random() < density:
                rows.append(_status_row(draw, person, training, demo, titles or TITLES))
    return pl.DataFrame(rows, schema=EXPIRY_STATUS.schema, orient="row")


def _status_row(
    draw: random.Random, person: int, training: int, demo: bool, titles: list[str]
) -> tuple:
    who = person_id(person, demo=demo), person_name(person)
    what = training, training_title(training, titles)
    luck = draw.random()
    if luck < 0.03:
        return (*who, *what, None, None, None, None, None, None, "missing")
    if luck < 0.05:
        return (*who, *what, None, None, None, None, None, None, "not_due")
    done = AS_OF - timedelta(days=int(draw.random() ** 1.5 * 420) + training)
    number = person * 1000 + training
    if training % 7 == 3:
        return (*who, *what, number, done, None, "never", None, None, "current")
    ends = done + timedelta(days=draw.choice([365, 365, 365, 730, 1095]))
    left = (ends - AS_OF).days
    starts = ends - timedelta(days=30)
    status = "expired" if left < 0 else "expiring" if left <= 30 else "current"
    return (*who, *what, number, done, ends, "rolling", left, starts, status)


def activity_frame(
    instructors: int = 8, months: int = 24, *, demo: bool = False, seed: int = 2
) -> pl.DataFrame:
    """An instructor_activity frame, the first row of each month without an instructor."""
    draw = random.Random(seed)
    rows = []
    for back in range(months):
        year, month = divmod(2026 * 12 + 5 - back, 12)
        period = date(year, month + 1, 1)
        rows.append((None, "no instructor", period, "1mo", 40, 35, 6, 0, demo))
        for number in range(instructors):
            if draw.random() < 0.7:
                taught = draw.randrange(1, 12 + 60 // (number + 1))
                who = person_id(number, demo=demo), person_name(number)
                rows.append(
                    (*who, period, "1mo", taught, max(1, taught - 2), 1 + taught // 9, 1, demo)
                )
    return pl.DataFrame(rows, schema=INSTRUCTOR_ACTIVITY.schema, orient="row")


def coverage_frame(
    trainings: int = 20, *, demo: bool = False, titles: list[str] | None = None, seed: int = 3
) -> pl.DataFrame:
    """An instructor_coverage frame with trainings of none, one and several instructors."""
    draw = random.Random(seed)
    rows = []
    for training in range(trainings):
        people = draw.choice([0, 1, 1, 2, 3, 5, 8])
        rows.append(
            (
                training,
                training_title(training, titles or TITLES),
                people,
                [person_id(number, demo=demo) for number in range(people)],
                [person_name(number + training) for number in range(people)],
                people * draw.randrange(3, 90),
                AS_OF - timedelta(days=draw.randrange(900)) if people else None,
                people == 1,
                demo,
            )
        )
    return pl.DataFrame(rows, schema=INSTRUCTOR_COVERAGE.schema, orient="row")


def taught_frames(
    taught: int = 400, *, demo: bool = False, titles: list[str] | None = None, seed: int = 6
) -> list[pl.DataFrame]:
    """Completions of 12 trainings with 18 instructors, the catalogue, and the people."""
    draw = random.Random(seed)
    rows = []
    for number in range(taught):
        training = draw.randrange(12)
        teacher = person_id(50 + draw.randrange(1 + training * 3 // 2), demo=demo)
        rows.append(
            {
                "id": number,
                "training_id": training,
                "m_user_id": person_id(number % 30, demo=demo),
                "date": AS_OF - timedelta(days=draw.randrange(900)),
                "m_instructor_id": None if number % 9 == 0 else teacher,
            }
        )
    catalogue = [
        {"id": number, "title": training_title(number, titles or TITLES)} for number in range(12)
    ]
    names = [person_name(number) for number in range(50, 68)]
    people = {
        "id": [person_id(number, demo=demo) for number in range(50, 68)],
        "lastname": [name.split(", ")[0] for name in names],
        "firstname": [name.split(", ")[1] for name in names],
    }
    return [
        pl.DataFrame(rows, schema=COMPLETIONS.schema),
        pl.DataFrame(catalogue, schema=TRAININGS.schema),
        pl.concat([USERS.empty(), pl.DataFrame(people)], how="diagonal"),
    ]


def sessions_frame(
    sessions: int = 120, *, days: int = 700, demo: bool = False, seed: int = 4
) -> pl.DataFrame:
    """A group_sessions frame: some unlisted, one without a date, sizes 1 to 60."""
    draw = random.Random(seed)
    people = [person_id(number, demo=demo) for number in range(80)]
    rows = []
    for number in range(sessions):
        size = min(60, 1 + int(draw.expovariate(0.12)))
        listed = draw.random() < 0.9
        day = None if number == 0 else AS_OF - timedelta(days=draw.randrange(days))
        rows.append(
            (
                number,
                day,
                [1, 2],
                ["Forklift operation", "First aid"],
                people[0],
                "Ruiz, Ana",
                size if listed else None,
                max(1, size - 1),
                size,
                people[:size] if listed else None,
                [],
                [],
                listed,
                demo,
            )
        )
    return pl.DataFrame(rows, schema=GROUP_SESSIONS.schema, orient="row")


def taught_sessions_frame(*, demo: bool = False, titles: list[str] | None = None) -> pl.DataFrame:
    """The same sessions, each of one of eight trainings."""
    frame = sessions_frame(demo=demo)
    ids = [number % 8 for number in range(frame.height)]
    return frame.with_columns(
        pl.Series("trainings_id", [[number] for number in ids]),
        pl.Series("trainings", [[training_title(number, titles or TITLES)] for number in ids]),
    )


def planned_frame(
    trainings: int = 8,
    weeks: int = 20,
    *,
    demo: bool = False,
    titles: list[str] | None = None,
    seed: int = 9,
) -> pl.DataFrame:
    """The sessions of a plan: up to three of a training in a week, of 1 to 12 people."""
    draw = random.Random(seed)
    rows = []
    for week in range(weeks):
        for training in range(trainings):
            for _ in range(draw.choice([0, 0, 1, 3])):
                rows.append(
                    {
                        "session": len(rows) + 1,
                        "week": date(2026, 7, 6) + timedelta(weeks=week),
                        "training_id": training,
                        "training": training_title(training, titles or TITLES),
                        "seats": 12,
                        "filled": draw.randint(1, 12),
                        "m_instructor_id": person_id(training, demo=demo),
                        "instructor": person_name(training),
                        "cost": 500.0,
                    }
                )
    return pl.DataFrame(rows, schema=PLANNED_SESSIONS.schema)


def share_frame(months: int = 24, *, demo: bool = False, seed: int = 5) -> pl.DataFrame:
    """A group_share frame, oldest month first."""
    draw = random.Random(seed)
    rows = []
    for back in reversed(range(months)):
        year, month = divmod(2026 * 12 + 5 - back, 12)
        grouped, alone = draw.randrange(40, 400), draw.randrange(100, 500)
        period = date(year, month + 1, 1)
        rows.append((period, "1mo", grouped, alone, grouped / (grouped + alone), demo))
    return pl.DataFrame(rows, schema=GROUP_SHARE.schema, orient="row")


def trend_frame(
    months: int = 12, *, demo: bool = False, known: bool = True, seed: int = 8
) -> pl.DataFrame:
    """A status_over_time frame of all cases; demo data has the mark that readers add."""
    draw = random.Random(seed)
    rows = []
    for back in reversed(range(months)):
        year, month = divmod(2026 * 12 + 5 - back, 12)
        counts = [draw.randrange(300, 400), draw.randrange(20, 40), draw.randrange(9, 90)]
        required = [draw.randrange(9, 60), draw.randrange(5)] if known else [None, None]
        total = sum(counts) + sum(number or 0 for number in required)
        rows.append((date(year, month + 1, 28), *counts, *required, total))
    frame = pl.DataFrame(rows, schema=STATUS_OVER_TIME.schema, orient="row")
    return frame.with_columns(demo=pl.lit(demo))


def trend_by_training(
    trainings: int = 9, months: int = 12, *, titles: list[str] | None = None
) -> pl.DataFrame:
    """A status_over_time frame by training."""
    parts = [
        trend_frame(months, seed=number).select(
            "day",
            pl.lit(number, pl.Int64).alias("training_id"),
            pl.lit(training_title(number, titles or TITLES)).alias("training"),
            *STATUS_OVER_TIME.schema.names()[1:],
        )
        for number in range(trainings)
    ]
    return pl.concat(parts).sort("day", "training")


def punctuality_frame(
    months: int = 14, *, demo: bool = False, ahead: int = 1, seed: int = 9
) -> pl.DataFrame:
    """A renewal_punctuality frame by month; the share of the months ahead is not known."""
    draw = random.Random(seed)
    rows = []
    for back in reversed(range(-ahead, months - ahead)):
        year, month = divmod(2026 * 12 + 5 - back, 12)
        on_time, late, lapsed = draw.randrange(40, 90), draw.randrange(3, 30), draw.randrange(3, 9)
        if back < 0:
            late = lapsed = 0
        pending = draw.randrange(9, 50) if back < 1 else 0
        share = on_time / (on_time + late + lapsed) if back >= 0 else None
        counts = (on_time + late + lapsed + pending, on_time, late, lapsed, pending)
        rows.append((date(year, month + 1, 1), *counts, share))
    schema = {"month": pl.Date, **RENEWAL_PUNCTUALITY.schema}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(demo=pl.lit(demo))


def punctuality_by_training(
    trainings: int = 12, *, titles: list[str] | None = None
) -> pl.DataFrame:
    """A renewal_punctuality frame by training."""
    texts = [training_title(number, titles or TITLES) for number in range(trainings)]
    return punctuality_frame(trainings).select(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("training_id"),
        pl.Series("training", texts),
        *RENEWAL_PUNCTUALITY.schema,
    )


def person_frames(
    trainings: int = 8, *, demo: bool = False, titles: list[str] | None = None, seed: int = 10
) -> list[pl.DataFrame]:
    """The completions of one person, the catalogue, and the person."""
    draw = random.Random(seed)
    who = person_id(3, demo=demo)
    rows = [
        {
            "id": training * 100 + number,
            "training_id": training,
            "m_user_id": who,
            "date": AS_OF - timedelta(days=draw.randrange(30, 300) + 400 * number),
        }
        for training in range(trainings)
        for number in range(training % 4 + 1)
    ]
    catalogue = [
        {
            "id": number,
            "title": training_title(number, titles or TITLES),
            "schedule_type": "rolling",
            "renewal_months": [6, 12, 24][number % 3],
        }
        for number in range(trainings)
    ]
    person = {"id": [who], "lastname": ["Ruiz"], "firstname": ["Ana"]}
    return [
        pl.DataFrame(rows, schema=COMPLETIONS.schema),
        pl.DataFrame(catalogue, schema=TRAININGS.schema),
        pl.concat([USERS.empty(), pl.DataFrame(person)], how="diagonal"),
    ]


def users_frame(people: int = 200, *, demo: bool = False) -> pl.DataFrame:
    """The people of status_frame: some people without an office, some with two."""
    offices = [
        []
        if number % 10 == 0
        else [f"office-{number % 4}", *(["office-9"] if number % 3 == 0 else [])]
        for number in range(people)
    ]
    known = pl.DataFrame(
        {
            "id": [person_id(number, demo=demo) for number in range(people)],
            "fieldOffice_id": offices,
            "lineOfBusiness_id": [["line-1"]] * people,
            "jobTitle_id": [
                f"job-{number % 6}" if number % 7 else None for number in range(people)
            ],
        }
    )
    return pl.concat([USERS.empty(), known], how="diagonal")


MISTYPED = [date(1, 1, 1), date(1926, 5, 4), date(2206, 5, 4), date(9999, 12, 31)]


def completions(*days: date | None) -> pl.DataFrame:
    rows = [
        {
            "id": number,
            "training_id": 7,
            "m_user_id": person_id(number % 30),
            "date": day,
            "m_instructor_id": person_id(40),
            "group_training_id": number,
        }
        for number, day in enumerate(days)
    ]
    return pl.DataFrame(rows, schema=COMPLETIONS.schema)


USUAL = [AS_OF - timedelta(days=10 * number) for number in range(60)]
STATUS = status_frame(60, 30)
ACTIVITY = activity_frame(12, 70)
SESSIONS = sessions_frame(200)


def size(row: dict) -> int:
    return row["attendees"] if row["attendees"] is not None else row["recorded"]
