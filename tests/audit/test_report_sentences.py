"""Sentences of the report that depend on what the records have."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

import kpa_analytics as kpa
from kpa_analytics.audit.cover import cover
from kpa_analytics.audit.evidence import Evidence, gather
from kpa_analytics.audit.people import people_rows
from kpa_analytics.audit.report import report
from kpa_analytics.report_text import NO_FIELD_OFFICE, CoverLabel
from kpa_analytics.schema import COMPLETIONS, GROUP_TRAININGS, GROUPS, TRAININGS, USERS
from tests.frames import frame_of

AS_OF = date(2026, 6, 30)
WINDOW = {
    "schedule_type": "window",
    "window_open_month": 2,
    "window_open_day": 1,
    "window_close_month": 2,
    "window_close_day": 28,
}


def evidence_of(**frames: Any) -> Evidence:
    data = kpa.TrainingData(**frames)
    options = {"expiring_days": 30, "required": None, "title": "", "names": True}
    return gather(data, as_of=AS_OF, earlier=None, **options)


def sentences(evidence: Evidence, key: str) -> str:
    (section,) = (each for each in report(evidence, [])["sections"] if each["key"] == key)
    return " ".join(section["sentences"])


def done(number: int, **fields: Any) -> dict[str, Any]:
    first = {"id": number, "training_id": 7, "m_user_id": "ann", "date": date(2025, 1, 10)}
    return first | fields


@pytest.fixture(scope="module")
def of_windows() -> Evidence:
    """A completion that let a window pass, and a composed training held through its part."""
    trainings = [
        {"id": 7, "title": "Hearing Conservation", **WINDOW},
        {"id": 9, "title": "Passport", "included_trainings_id": [7], "schedule_type": "rolling"},
    ]
    return evidence_of(
        completions=frame_of(COMPLETIONS, done(1), done(2, group_training_id=5)),
        trainings=frame_of(TRAININGS, *trainings),
        group_trainings=frame_of(GROUP_TRAININGS, {"id": 4, "date": date(2025, 1, 10)}),
    )


@pytest.mark.slow
def test_who_relies_on_an_offering_that_is_not_recorded_is_beside_the_figures(
    of_windows: Evidence,
) -> None:
    said = sentences(of_windows, "standing")
    assert "in order only because no later offering is recorded: in Hearing Conservation." in said
    assert "no later offering" not in sentences(
        evidence_of(completions=COMPLETIONS.empty()), "standing"
    )


@pytest.mark.slow
def test_the_renewals_say_what_has_no_certificate_of_its_own() -> None:
    months = {"schedule_type": "rolling", "renewal_months": 12}
    trainings = [
        {"id": 7, "title": "Ladders", **months},
        {"id": 8, "title": "Hearing Conservation", **WINDOW},
        {"id": 9, "title": "Passport", "included_trainings_id": [7], "schedule_type": "rolling"},
    ]
    rows = [done(1, date=date(2025, 5, 4)), done(2, training_id=8)]
    window, composed = "Until a later offering is recorded", "through the included trainings"
    for few in (1, 2, 3):
        said = sentences(
            evidence_of(
                completions=frame_of(COMPLETIONS, *rows),
                trainings=frame_of(TRAININGS, *trainings[:few]),
            ),
            "past",
        )
        assert "1 had come due" in said
        assert [window in said, composed in said] == [few >= 2, few == 3]


@pytest.mark.slow
def test_sessions_that_only_completions_name_are_counted_apart(of_windows: Evidence) -> None:
    assert (
        "2 group sessions are on record. 1 of them is not in the session list, but named by "
        "completions" in sentences(of_windows, "sessions")
    )


@pytest.mark.slow
def test_nothing_is_said_in_numbers_of_zero() -> None:
    empty = evidence_of(completions=COMPLETIONS.empty())
    assert sentences(empty, "expiring") == "No case expires soon."
    assert sentences(empty, "instructors") == "The records name no instructor."


@pytest.mark.slow
def test_the_cover_names_people_without_a_field_office() -> None:
    rows = frame_of(COMPLETIONS, done(1), done(2, m_user_id="bob"))
    offices = frame_of(GROUPS, {"kind": "field_office", "id": "n", "name": "North"})
    for of_bob, said in (([], f"North, {NO_FIELD_OFFICE}"), (["n"], "North")):
        people = frame_of(
            USERS, {"id": "ann", "fieldOffice_id": ["n"]}, {"id": "bob", "fieldOffice_id": of_bob}
        )
        evidence = evidence_of(completions=rows, users=people, groups=offices)
        assert [CoverLabel.FIELD_OFFICES, said] in cover(evidence)["rows"]


@pytest.mark.parametrize(
    ("hired", "left", "employed"),
    [
        (None, None, True),
        ((2026, 6, 30), None, True),
        ((2026, 7, 1), None, False),
        ((2020, 1, 1), (2026, 6, 30), False),
        ((2020, 1, 1), (2026, 7, 1), True),
        ((2026, 7, 1), (2026, 6, 1), False),  # hired again in July
        ((2026, 8, 1), (2026, 7, 1), True),  # hired again in August
    ],
)
def test_nobody_is_employed_before_the_hire_date(
    hired: tuple[int, int, int] | None, left: tuple[int, int, int] | None, employed: bool
) -> None:
    days = {"hireDate": hired, "terminationDate": left}
    moments = {name: day and datetime(*day, 5, tzinfo=UTC) for name, day in days.items()}
    data = kpa.TrainingData(
        completions=COMPLETIONS.empty(), users=frame_of(USERS, {"id": "ann", **moments})
    )
    assert people_rows(data, AS_OF)["employed"].item() is employed


@pytest.mark.slow
def test_a_roster_of_a_composed_training_names_its_parts() -> None:
    trainings = [
        {"id": 7, "title": "Ladders", "schedule_type": "rolling", "renewal_months": 12},
        {"id": 9, "title": "Passport", "included_trainings_id": [7], "schedule_type": "rolling"},
    ]
    data = kpa.TrainingData(
        completions=frame_of(COMPLETIONS, done(1)), trainings=frame_of(TRAININGS, *trainings)
    )
    page = kpa.roster(data, 9, as_of=AS_OF).html
    assert "Composed of: Ladders" in page
    assert "Own schedule: no renewal" in page
    assert "Composed of" not in kpa.roster(data, 7, as_of=AS_OF).html
