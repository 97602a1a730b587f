"""plan_sessions for 3,000 people and 40 trainings, and what_if at 20,000 completions.

Run: python -m pytest tests/benchmarks/bench_planning.py -s
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import polars as pl

import kpa_analytics as kpa
from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.schema import COMPLETIONS, TRAININGS, USERS
from tests.benchmarks.yardstick import compare

AS_OF = date(2026, 6, 30)
PEOPLE, TRAINED = 3000, 40
INSTRUCTORS = 6


def invented(people: int, trainings: int) -> kpa.TrainingData:
    """Everyone holds every training for a year, from a random day; a few gaps.

    Each training has six instructors of its own, who renewed their certificates lately.
    """
    rng = Random(7)
    ids = [f"{number:024x}" for number in range(people)]
    rows = []
    for training in range(trainings):
        first = 10**6 + training * INSTRUCTORS
        teachers = [f"{first + number:024x}" for number in range(INSTRUCTORS)]
        held = [(person, rng.randrange(370)) for person in ids] + [(each, 10) for each in teachers]
        rows += [
            (training, person, AS_OF - timedelta(days=days), rng.choice(teachers))
            for person, days in held
        ]
    everyone = sorted({row[1] for row in rows})
    done = pl.DataFrame(
        rows, schema=["training_id", "m_user_id", "date", "m_instructor_id"], orient="row"
    ).with_row_index("id", offset=1)
    return kpa.TrainingData(
        completions=pl.concat([COMPLETIONS.empty(), done.cast({"id": pl.Int64})], how="diagonal"),
        trainings=pl.DataFrame(
            [
                {"id": training, "title": f"T{training}", "renewal_months": 12,
                 "schedule_type": "rolling"}
                for training in range(trainings)
            ],
            schema=TRAININGS.schema,
        ),
        users=pl.DataFrame([{"id": person} for person in everyone], schema=USERS.schema),
    )  # fmt: skip


def test_a_plan_for_3000_people_and_40_trainings() -> None:
    data = invented(PEOPLE, TRAINED)
    plan = kpa.plan_sessions(data, as_of=AS_OF)
    needed = plan.people.height + plan.unplaced.height
    assert needed > PEOPLE * TRAINED / 2 * 0.9

    def status() -> pl.DataFrame:
        return expiry_status(data.completions, data.trainings, data.users, as_of=AS_OF)

    what = f"a plan of {plan.sessions.height:,} sessions for {needed:,} cases / expiry_status"
    ratio = compare(lambda: kpa.plan_sessions(data, as_of=AS_OF), status, turns=3)
    print("\n" + ratio.report(what, "ours <= 1000 ms"))


def test_what_if_at_20000_completions() -> None:
    data = invented(500, TRAINED)
    plan = kpa.plan_sessions(data, as_of=AS_OF)

    def status() -> pl.DataFrame:
        return expiry_status(data.completions, data.trainings, data.users, as_of=AS_OF)

    what = (
        f"what_if of {plan.people.height:,} places / expiry_status of {data.completions.height:,}"
    )
    ratio = compare(lambda: kpa.what_if(data, plan, as_of=AS_OF), status)
    print("\n" + ratio.report(what, "ours <= 100 ms"))
