"""Random companies for the expiry rules: small, dense, and full of the odd cases."""

import random
from datetime import UTC, date, datetime, timedelta

import polars as pl

from kpa_analytics.schema import COMPLETIONS, TRAININGS, USERS

FIRST, LAST = date(2022, 1, 1), date(2026, 12, 31)
WINDOWS = [
    ((6, 1), (6, 30)),
    ((12, 15), (1, 15)),
    ((2, 29), (3, 10)),
    ((2, 1), (2, 29)),
    ((4, 31), (5, 31)),
    ((3, 1), (2, 28)),
    ((7, 4), (7, 4)),
    ((None, None), (5, 1)),
    ((13, 1), (12, 40)),
]


def some_day(rng, first=FIRST, last=LAST):
    return first + timedelta(days=rng.randrange((last - first).days + 1))


def instant(day, rng):
    """A moment of a day: an exact hour, as midnights elsewhere are, or a minute in between."""
    minute = rng.choice([0, 0, 0, 30])
    return datetime(day.year, day.month, day.day, rng.randrange(24), minute, tzinfo=UTC)


def frame(table, rows):
    return pl.DataFrame(rows, schema=table.schema)


def training(rng, **fields):
    made = instant(some_day(rng, date(2019, 1, 1)), rng) if rng.random() < 0.9 else None
    plain = {"schedule_type": "rolling", "included_trainings_id": [], "created": made}
    return {**plain, "title": f"Training {fields['id']}", **fields}


def opening_day(rng, month, day):
    """The first day of a window of some year."""
    return date(rng.randint(FIRST.year, LAST.year), month, min(day, 28 if month == 2 else 30))


def window(rng, **fields):
    (open_month, open_day), (close_month, close_day) = rng.choice(WINDOWS)
    opening = some_day(rng) if open_month in (None, 13) else opening_day(rng, open_month, open_day)
    inside = opening + timedelta(days=rng.choice([0, 0, 5, 20]))
    return training(
        rng,
        schedule_type="window",
        window_open_month=open_month,
        window_open_day=open_day,
        window_close_month=close_month,
        window_close_day=close_day,
        window_last_offered_date=rng.choice([None, some_day(rng), inside, inside]),
        window_required_for_new_employees=rng.choice([None, False, True]),
        renewal_months=rng.choice([None, 12]),
        **fields,
    )


def fixed(rng, **fields):
    month, day = rng.choice(
        [(7, 15), (2, 29), (12, 31), (1, 1), (6, 31), (13, 1), (4, None), (0, 0)]
    )
    return training(
        rng,
        expires_on_month=month,
        expires_on_day=day,
        renewal_months=rng.choice([None, 0, 1, 6, 12, 13, 36]),
        **fields,
    )


def rolling(rng, **fields):
    return training(rng, renewal_months=rng.choice([None, 0, -1, 1, 6, 12, 18, 60]), **fields)


def unheard_of(rng, **fields):
    """A type of schedule that nobody knows, with the fields of one that everybody knows."""
    row = rng.choice([window, fixed, rolling])(rng, **fields)
    return {**row, "schedule_type": rng.choice(["Window", "annual", "ROLLING", "", None])}


def catalogue(rng):
    """Some 36 trainings: every schedule, six of them composed (nested, one with a lost part)."""
    rows = [
        rng.choice([window, window, fixed, rolling, rolling, unheard_of])(
            rng, id=100 + n, expiring_days=rng.choice([None, None, 0, 10, 90, -5])
        )
        for n in range(30)
    ]
    included = [[100, 101], [102, 103, 104], [130, 131], [105, 132, 105], [106, 999], [133]]
    for n, parts in enumerate(included):
        make = rng.choice([window, rolling, fixed, unheard_of])
        rows.append({**make(rng, id=130 + n), "included_trainings_id": parts})
    rows[3]["title"] = rows[4]["title"]
    rows[5]["title"] = ""
    return frame(TRAININGS, [*rows, {**rows[0], "title": "a duplicate id", "renewal_months": 1}])


#: Moments that nobody was hired or left at, and those that just may be.
ODD_MOMENTS = [
    datetime(*moment, tzinfo=UTC)
    for moment in (
        (1969, 12, 31),
        (1970, 1, 1),
        (1970, 1, 2),
        (1970, 1, 2, 1),
        (1800, 7, 1, 5),
        (1929, 12, 31, 12),
        (1929, 12, 31, 13),
        (2099, 12, 31, 12),
        (2099, 12, 31, 13),
        (2206, 5, 1),
    )
]


def employed(rng, share):
    """A date of employment in a profile: often none, now and then an odd one."""
    if rng.random() >= share:
        return None
    return rng.choice(ODD_MOMENTS) if rng.random() < 0.1 else instant(some_day(rng), rng)


def roster(rng, people):
    rows = []
    for n in range(people):
        rows.append(
            {
                "id": f"{n:024x}",
                "created": instant(some_day(rng), rng) if rng.random() < 0.97 else None,
                "hireDate": employed(rng, 0.7),
                "terminationDate": employed(rng, 0.2),
                "firstname": rng.choice(["Ann", "Bo", "", None]),
                "lastname": rng.choice(["Moe", "Roe", None]),
            }
        )
    rows[0]["lastname"] = "Abel"
    return frame(USERS, [*rows, {**rows[0], "lastname": "a duplicate id"}])


def completions(rng, people, count):
    rows = []
    for number in range(count):
        day = some_day(rng)
        special = rng.random() < 0.08
        rows.append(
            {
                "id": number,
                "training_id": rng.choice([*range(100, 136), *range(100, 107), 777]),
                "m_user_id": f"{rng.randrange(people + 3):024x}",
                "created": instant(day, rng) + timedelta(days=rng.choice([0, 0, 0, 3, 40])),
                "date": None if rng.random() < 0.03 else day,
                "special_expiration_date": some_day(rng) if special else None,
            }
        )
    again = [{**row, "id": row["id"] + count} for row in rng.sample(rows, count // 20)]
    return frame(COMPLETIONS, [*rows, *again, *rows[: count // 100]])


def required(rng, people):
    pairs = {
        (f"{rng.randrange(people + 5):024x}", rng.choice([*range(100, 136), 888]))
        for _ in range(people * 8)
    }
    return sorted(pairs)


def company(seed, people=300, count=6000):
    rng = random.Random(seed)
    return (
        completions(rng, people, count),
        catalogue(rng),
        roster(rng, people),
        required(rng, people),
    )
