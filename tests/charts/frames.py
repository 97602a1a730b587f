"""Frames of every chart's input, built by schema and seed."""

from __future__ import annotations

import random
from datetime import date, timedelta

import polars as pl

from kpa_analytics.demo_mark import DEMO_ID_PREFIX
from kpa_analytics.schema import (
    EXPIRY_STATUS,
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
