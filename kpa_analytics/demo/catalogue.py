"""The demo company's courses: titles, schedules of every kind, and how people take them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from typing import Any

from kpa_analytics.demo.sources import Wire

FIRST_TRAINING_ID = 1001


@dataclass(frozen=True)
class Course:
    """One training, with facts that the API does not send.

    Attributes:
        title: its title.
        schedule: the API's fields of its schedule.
        parts: titles of the trainings that it is composed of.
        jobs: numbers of the job titles that require it; `()`: everyone; None: nobody.
        grouped: share of its completions in group sessions.
        coached: share of the other completions that have an instructor.
        bundle: people take the courses of a bundle on the same days, in the same sessions.
        lone: whether only one instructor teaches it.
    """

    title: str
    schedule: Wire
    jobs: tuple[int, ...] | None = ()
    grouped: float = 0.6
    coached: float = 0.2
    parts: tuple[str, ...] = ()
    bundle: str = ""
    lone: bool = False
    number: int = field(default=0, compare=False)

    @property
    def interval(self) -> int | None:
        """Months from one completion to the next; None if people take it only once."""
        months: int | None = self.schedule.get("renewal_months")
        return months

    @property
    def yearly(self) -> bool:
        """Whether people take it around a day, or in a window, of the year."""
        return "expires_on_month" in self.schedule or "window_open_month" in self.schedule


def _rolling(months: int | None, expiring_days: int | None = None) -> Wire:
    return {"renewal_months": months, "expiring_days": expiring_days}


def _fixed(month: int, day: int, months: int | None, expiring_days: int | None = None) -> Wire:
    return _rolling(months, expiring_days) | {"expires_on_month": month, "expires_on_day": day}


def _window(
    opens: tuple[int, int], closes: tuple[int, int], offered: int | None, newcomers: bool
) -> Wire:
    return {
        "schedule_type": "window",
        "window_open_month": opens[0],
        "window_open_day": opens[1],
        "window_close_month": closes[0],
        "window_close_day": closes[1],
        "window_last_offered_date_number": offered,
        "window_required_for_new_employees": newcomers,
    }


_NEVER: Wire = {}
_CREW = (0, 1, 2, 3)
_SHOP = (4, 5)
_DRIVERS = (3, 6)
_LEADS = (7, 8)
_READY = "Field Readiness"

# The first fourteen cover every kind of schedule, so a small catalogue has all kinds too.
_COURSES = (
    Course("H2S Awareness", _rolling(12, 30), grouped=0.95),
    Course("First Aid", _rolling(24, 60), grouped=0.9, bundle="medic"),
    Course("CPR / AED", _rolling(24, 60), grouped=0.9, bundle="medic"),
    Course("Hazard Communication (GHS)", _rolling(12), grouped=0.6),
    Course(_READY, _rolling(12), _CREW, 0, 0, ("H2S Awareness", "First Aid", "CPR / AED")),
    Course("New Hire Orientation", _NEVER, grouped=0.85),
    Course("Lockout / Tagout", _fixed(12, 31, 12, 45), (0, 1, 2, 4, 5, 7, 8), 0.9),
    Course("Drug and Alcohol Policy", _fixed(1, 31, None), grouped=0.1, coached=0.0),
    Course("Heat Illness Prevention", _window((4, 15), (6, 15), 20260415, True), grouped=0.9),
    Course("Winter Driving and Cold Stress", _window((12, 15), (1, 15), 20251215, False), _CREW),
    Course("Hearing Conservation", _window((2, 1), (2, 29), None, True), (0, 1, 2, 4), 0.85),
    Course("Safety Stand-Down", _window((6, 1), (7, 15), 20260601, False), grouped=0.9),
    Course(
        "Site Supervisor Passport",
        _NEVER,
        _LEADS,
        0,
        0,
        (_READY, "Lockout / Tagout", "Confined Space Entry"),
    ),
    Course("Confined Space Entry", _rolling(12, 45), (0, 1, 2, 7, 8), 0.9, bundle="space"),
    Course("Confined Space Rescue", _rolling(12, 45), (1, 2), 0.9, bundle="space"),
    Course("Fall Protection", _rolling(24, 30), (0, 1, 2, 4), 0.85),
    Course("Forklift Operator", _rolling(36, 90), _SHOP, 0.3, 0.9),
    Course("Respirator Fit Test", _window((3, 1), (4, 30), None, False), (0, 1, 4), 0.7, 0.9),
    Course("HAZWOPER 40 h", _NEVER, (0, 2), 0.9),
    Course("HAZWOPER 8 h Refresher", _rolling(12, 60), (0, 2, 7), 0.9),
    Course("Respirable Silica", _rolling(12), (0, 1, 4), 0.7),
    Course("Defensive Driving", _rolling(36, 60), (0, 3, 6, 7), 0.55, 0.6),
    Course("DOT Hazardous Materials", _rolling(36, 90), _DRIVERS, 0.4, 0.5),
    Course("Bloodborne Pathogens", _rolling(12, 60), grouped=0.8, bundle="pathogens"),
    Course("Fire Extinguisher Use", _rolling(12), grouped=0.85),
    Course("Emergency Action Plan", _fixed(7, 15, 12, 14), grouped=0.55, coached=0.1),
    Course("Code of Conduct", _fixed(3, 31, 24), grouped=0.05, coached=0.0),
    Course("Rigging and Signal Person", _rolling(36, 90), (1, 2), 0.8, 0.7),
    Course("Overhead Crane Operator", _rolling(36, 60), (4,), 0.2, 0.9, lone=True),
    Course("Aerial Work Platform", _rolling(36, 60), (0, 1, 4), 0.7, 0.8),
    Course("Hot Work and Fire Watch", _rolling(12), (1, 4, 5), 0.8),
    Course("Electrical Safety (Arc Flash)", _rolling(36, 90), (5,), 0.8, 0.6),
    Course("Excavation and Trenching", _rolling(24), (0, 2), 0.8),
    Course("Well Control", _rolling(24, 90), (1, 2), 0.9),
    Course("Hours of Service", _rolling(12, 30), _DRIVERS, 0.3, 0.1),
    Course("Incident Investigation", _rolling(24), _LEADS, 0.7, 0.3),
    Course("Office Ergonomics", _rolling(24), (8, 9), 0.1, 0.0),
    Course("Stop Work Authority", _NEVER, grouped=0.7),
    Course("Train the Trainer", _rolling(36), None, 0.9),
    Course("Mental Health First Aid", _rolling(36), None, 0.9),
    Course("Spill Response", _rolling(12), None, 0.8),
    Course("Bear and Wildlife Awareness", _fixed(4, 30, 12), None, 0.7),
)


#: Fields that are null if a schedule does not use them.
_UNSET = (
    *("renewal_months", "expires_on_month", "expires_on_day", "expiring_days"),
    *("window_open_month", "window_open_day", "window_close_month", "window_close_day"),
    "window_last_offered_date_number",
)


def courses(count: int) -> list[Course]:
    """Return this many courses: first the list, then site editions, each for one job."""
    listed = list(_COURSES)
    singles = [course for course in _COURSES if not course.parts]
    while len(listed) < count:
        edition = 2 + (len(listed) - len(_COURSES)) // len(singles)
        original = singles[(len(listed) - len(_COURSES)) % len(singles)]
        bundle = f"{original.bundle}{edition}" if original.bundle else ""
        title = f"{original.title} - site edition {edition}"
        jobs = None if original.jobs is None else (len(listed) % 10,)
        listed.append(replace(original, title=title, bundle=bundle, jobs=jobs))
    chosen = listed[:count]
    titles = {course.title for course in chosen}
    return [
        replace(course, number=number, parts=tuple(part for part in course.parts if part in titles))
        for number, course in enumerate(chosen)
    ]


def wire_trainings(
    chosen: list[Course], job_ids: list[str], began_ms: int, seed: int
) -> list[Wire]:
    """Write the courses as the API's training records."""
    chance = random.Random(seed)  # noqa: S311 - an invention, not a secret
    numbers = {course.title: FIRST_TRAINING_ID + course.number for course in chosen}
    return [
        {
            "id": numbers[course.title],
            "title": course.title,
            "created": began_ms - chance.randrange(1_000_000_000, 100_000_000_000),
            "lesson_id": 9000 + course.number if course.grouped < 0.2 else None,
            "course_id": None,
            "folder": "Safety",
            "training_folders_id": [],
            "included_trainings_id": [numbers[part] for part in course.parts],
            "schedule_type": "rolling",
            "certificate_text": f"has completed {course.title}",
            **_assignment(course, job_ids),
            "is_highlighted": course.number < 5,
            "notes": "",
            **dict.fromkeys(_UNSET),
            "window_required_for_new_employees": False,
            **course.schedule,
        }
        for course in chosen
    ]


def _assignment(course: Course, job_ids: list[str]) -> dict[str, Any]:
    if course.jobs is None:
        return {"assigned_to_type": "none", "assigned_to_condition": {}}
    if not course.jobs:
        return {"assigned_to_type": "all", "assigned_to_condition": {}}
    values = [job_ids[job] for job in course.jobs]
    condition = {"data": {"fieldId": "job-title", "settings": {"values": values}}}
    return {"assigned_to_type": "limited", "assigned_to_condition": condition}
