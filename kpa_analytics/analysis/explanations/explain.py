"""`explain()`: why one person has this status for one training, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import polars as pl

from kpa_analytics.analysis.engine import Rules
from kpa_analytics.analysis.explanations import explain_texts as text
from kpa_analytics.analysis.explanations.case_facts import CaseFacts, by_person, case_facts
from kpa_analytics.analysis.explanations.explain_case import Case, left
from kpa_analytics.analysis.explanations.explain_completion import completion_steps
from kpa_analytics.analysis.explanations.explain_composed import composed_steps
from kpa_analytics.analysis.explanations.explain_never import never_steps, no_case_steps
from kpa_analytics.analysis.explanations.explain_next import NextSteps, check_plan
from kpa_analytics.analysis.explanations.explanation import Explanation
from kpa_analytics.analysis.explanations.explanation_step import Step
from kpa_analytics.analysis.find import need_person, need_training
from kpa_analytics.analysis.planning.session_plan import SessionPlan
from kpa_analytics.analysis.requirements import required_pairs, requirements
from kpa_analytics.analysis.schedules import as_expiring_days
from kpa_analytics.as_of import Day, day_of
from kpa_analytics.data.training_data import TrainingData, need_training_data
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import AnyFrame
from kpa_analytics.names import people_names
from kpa_analytics.whole_number import plain_number
from kpa_analytics.wording import one_line, say

#: The number of people whose cases are kept.
_KEPT = 64


def explain(
    data: TrainingData,
    m_user_id: str,
    training_id: int,
    *,
    as_of: Day | None = None,
    expiring_days: int = 30,
    required: AnyFrame | None = None,
    plan: SessionPlan | None = None,
) -> Explanation:
    """Why a person has this status for a training, in at most six steps.

    The steps lead from the record to the status that `expiry_status()` gives: which completion
    counts, by which schedule it expires, until when it is valid, and what that means on the day.
    For a training that was never completed, they say who requires it. Each step has the id of the
    record, the rule with its mark, and the values, so that it can be computed again.

    For an expired, missing or expiring case, sentences below the steps say what to do next: whose
    list the case is on (`supervisor_lists()`), who may teach the training until when
    (`eligible_instructors()`), and with a plan, in which session the person has a place. Each of
    them cites its rule. A session that was not held is not a record: see `what_if()`.

    People who left are explained, too; a step says that they are counted only if
    `include_terminated` is set. To explain many cases of the same records, use an `Explainer`.

    Args:
        data: the records, as `load_all()` returns them.
        m_user_id: the person's id.
        training_id: the training's id.
        as_of: the day of the status; a date or ISO text. Default: today, or for
            demo data `demo.AS_OF`.
        expiring_days: days before expiration that count as expiring, for trainings that do not
            set their own number; default 30.
        required: the requirements, as for `expiry_status()`; default: the vendor's employee status,
            if `data` has it.
        plan: the result of `plan_sessions()`; the explanation then says in which session the person
            has a place and why, or why there is none. Default: no plan. A plan does not change the
            status or the steps.

    Returns:
        An `Explanation`: `print()` shows it as text, Jupyter as HTML. It has `.status`,
        `.expiration_date`, `.steps`, `.next_steps` (sentences; none for a case that is current or
        not due, or of a person who left) and `.to_dict()`. If all completions are after the day, or
        the person or the training did not exist yet, the status is None and the steps say so.

    Raises:
        KPADataError: the person neither completed the training nor is known to need it, nobody in
            the records has this id, no training has, or an argument is invalid; the message names
            it.

    Examples:
        >>> from datetime import date
        >>> from kpa_analytics.schema import COMPLETIONS, TRAININGS
        >>> done = pl.DataFrame(
        ...     [{"id": 12, "training_id": 7, "m_user_id": "a", "date": date(2025, 6, 10)}],
        ...     schema=COMPLETIONS.schema)
        >>> catalogue = pl.DataFrame(
        ...     [{"id": 7, "title": "Ladders", "schedule_type": "rolling", "renewal_months": 12}],
        ...     schema=TRAININGS.schema)
        >>> data = TrainingData(completions=done, trainings=catalogue)
        >>> print(explain(data, "a", 7, as_of="2026-06-30"))
        a: Ladders
        Expired as of 30 Jun 2026, valid through 10 Jun 2026
        1. The latest completion on or before 30 Jun 2026 is record 12, dated 10 Jun 2025. [ours]
        2. Ladders (training 7) renews every 12 months (catalogue: renewal months). [vendor]
        3. So it was valid through 10 Jun 2026. [vendor]
        4. As of 30 Jun 2026, it is 20 days past its last valid day: expired. [ours]
        What to do next:
        - The case is on no supervisor's list, because a is not in the user list.
          (docs/rules.md#11-whose-list-a-case-is-on)
        - Nobody may teach Ladders next (nobody taught it in the last 24 months).
          (docs/rules.md#10-who-may-teach)
    """
    explainer = Explainer(data, as_of=as_of, expiring_days=expiring_days, required=required)
    return explainer.of(m_user_id, training_id, plan=plan)


class Explainer:
    """Explains the cases of one set of records as of one day; the rules are prepared once.

    Args:
        data: the records, as `load_all()` returns them.
        as_of: the day of the statuses; a date or ISO text. Default: today, or for
            demo data `demo.AS_OF`.
        expiring_days: as for `explain()`.
        required: as for `explain()`.
        rules: the prepared rules of the catalogue, if there are any.

    Raises:
        KPADataError: an argument is invalid; the message names it.

    Examples:
        >>> from datetime import date
        >>> from kpa_analytics.schema import COMPLETIONS
        >>> done = pl.DataFrame(
        ...     [{"id": 12, "training_id": 7, "m_user_id": "a", "date": date(2025, 6, 10),
        ...       "special_expiration_date": date(2026, 7, 10)}], schema=COMPLETIONS.schema)
        >>> explainer = Explainer(TrainingData(completions=done), as_of="2026-06-30")
        >>> explainer.of("a", 7).status
        'expiring'
        >>> [step.mark for explanation in explainer.every() for step in explanation.steps]
        ['ours', 'vendor', 'ours', 'ours']
    """

    def __init__(
        self,
        data: TrainingData,
        *,
        as_of: Day | None = None,
        expiring_days: int = 30,
        required: AnyFrame | None = None,
        rules: Rules | None = None,
    ) -> None:
        need_training_data(data)
        self._data, self._demo = data, data.demo
        self.as_of = day_of(as_of, data.completions, data.users)
        self._days = as_expiring_days(expiring_days)
        self._rules = rules or Rules(data.trainings)
        self._required = requirements(data, required)
        required_pairs(self._required)
        self._required_by = "vendor" if required is None else "given"
        catalogue = data.trainings.unique("id", keep="first", maintain_order=True)
        self._catalogue = {row["id"]: row for row in catalogue.iter_rows(named=True)}
        self._next_steps = NextSteps(data, self._rules, self.as_of)
        self._of_person = lru_cache(maxsize=_KEPT)(self._person)

    def of(
        self, m_user_id: str, training_id: int, *, plan: SessionPlan | None = None
    ) -> Explanation:
        """The explanation of one case, and what to do next about it.

        Args:
            m_user_id: the person's id.
            training_id: the training's id.
            plan: as for `explain()`.

        Raises:
            KPADataError: as `explain()`.
        """
        check_plan(plan)
        training_id = plain_number(training_id)
        cases = self._of_person(m_user_id) if isinstance(m_user_id, str) else {}
        if type(training_id) is not int or training_id not in cases:
            raise self._nothing(m_user_id, training_id)
        return self._explained(cases, training_id, plan)

    def every(self) -> Iterator[Explanation]:
        """The explanation of every case that names a person, by person and training.

        Cases that are not counted are explained, too.
        """
        data = self._data
        for cases in by_person(self._facts(data.completions, data.users, self._required)):
            yield from (self._explained(cases, training_id) for training_id in cases)

    def _person(self, m_user_id: str) -> dict[int, CaseFacts]:
        """The facts of all cases of a person, by training."""
        of_person = pl.col("m_user_id") == m_user_id
        facts = self._facts(
            self._data.completions.filter(of_person),
            self._data.users.filter(pl.col("id") == m_user_id),
            None if self._required is None else self._required.filter(of_person),
        )
        return next(iter(by_person(facts)), {})

    def _facts(
        self, completions: pl.DataFrame, users: pl.DataFrame, required: pl.DataFrame | None
    ) -> pl.DataFrame:
        return case_facts(
            completions,
            self._data.trainings,
            users,
            self._rules,
            required,
            self._required_by,
            self.as_of,
            self._days,
        )

    def _explained(
        self, person: dict[int, CaseFacts], training_id: int, plan: SessionPlan | None = None
    ) -> Explanation:
        facts = person[training_id]
        case = Case(
            facts=facts,
            person=person,
            catalogue=self._catalogue,
            as_of=self.as_of,
            expiring_days=self._days,
        )
        return Explanation(
            m_user_id=facts["m_user_id"],
            user=facts["user"],
            training_id=training_id,
            training=facts["training"],
            as_of=self.as_of,
            status=facts["status"],
            expiration_date=facts["expiration_date"],
            steps=(*_steps(case), *left(case)),
            demo=self._demo,
            next_steps=self._next_steps.of(case, plan),
        )

    def _nothing(self, m_user_id: str, training_id: int) -> KPADataError:
        """The error about a pair without a record and without a requirement."""
        data = self._data
        need_person(data, m_user_id)
        title = need_training(data, training_id, self._required)
        names: dict[str, Any] = dict(people_names(data.users, "id", "name").collect().iter_rows())
        return KPADataError(
            say(
                text.NOTHING,
                user=one_line(names.get(m_user_id, m_user_id)),
                m_user_id=m_user_id,
                training=one_line(title),
                training_id=training_id,
            )
        )


def _steps(case: Case) -> list[Step]:
    facts = case.facts
    if facts["status"] is None:
        return no_case_steps(case)
    if not facts["completed"]:
        return never_steps(case)
    if facts["expiration_source"] == "composed":
        return composed_steps(case)
    return completion_steps(case)
