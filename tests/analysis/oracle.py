"""The rules of expiry a second time, in plain Python days, one person and one training at a time.

Written from the rules' text, not from the package: it lists candidate days and picks, where the
package computes; it recurses, where the package goes level by level. Slow and easy to believe.
"""

from datetime import date
from functools import cache

from tests.analysis.oracle_people import existed, has_left, hired_on
from tests.analysis.oracle_schedule import Judged, judge, of_nothing

WORST_FIRST = ("expired", "expiring", "current")


def by_id(rows):
    """The first row of each id."""
    return {row["id"]: row for row in reversed(rows)}


class Oracle:
    """Everything the rules say of everybody on one day."""

    def __init__(self, completions, trainings, users, as_of, expiring_days=30, required=()):
        self.trainings, self.users = by_id(trainings), by_id(users)
        self.as_of, self.expiring_days = as_of, expiring_days
        self.required = set(required)
        self.records = {}
        for record in completions:
            if record["date"] is None or record["date"] <= as_of:
                pair = record["m_user_id"], record["training_id"]
                self.records.setdefault(pair, []).append(record)
        self.holds = cache(self._holds)

    def counting(self, pair):
        """The latest completion, whichever expires later."""

        def age(record):
            return record["date"] or date.min, record["created"], record["id"]

        return max(self.records.get(pair, ()), key=age, default=None)

    def judge(self, done, special, training):
        return judge(done, special, training, self.as_of, self.expiring_days)

    def _holds(self, person, training_id):
        """The person's evidence for the training: a completion, or its parts."""
        record, training = self.counting((person, training_id)), self.trainings.get(training_id)
        if record and (record["date"] or record["special_expiration_date"]):
            judged = self.judge(record["date"], record["special_expiration_date"], training)
            return {"completion_id": record["id"], "date": record["date"], **judged._asdict()}
        parts = training and training["included_trainings_id"]
        if not parts:
            return None
        held = [part in self.trainings and self.holds(person, part) for part in parts]
        if not all(held):
            return None
        derived = max((part["date"] for part in held if part["date"]), default=None)
        strictest = [Judged(*(part[name] for name in Judged._fields)) for part in held]
        if derived:
            strictest.append(self.judge(derived, None, training))
        ends = [limit.expiration_date for limit in strictest if limit.expiration_date]
        starts = [limit.starts_expiring for limit in strictest if limit.starts_expiring]
        return {
            "completion_id": None,
            "date": derived,
            "expiration_date": min(ends, default=None),
            "expiration_source": "composed",
            "starts_expiring": min(starts, default=None),
            "status": min((limit.status for limit in strictest), key=WORST_FIRST.index),
        }

    def never(self, person, training_id):
        """The status of somebody who must have it, or has a record that proves nothing."""
        record = self.counting((person, training_id))
        training, user = self.trainings.get(training_id), self.users.get(person)
        if not record and (person, training_id) not in self.required:
            return None
        if user and not existed(user, self.as_of):
            return None
        if training and training["created"] and training["created"].date() > self.as_of:
            return None
        return {
            "completion_id": record and record["id"],
            "date": None,
            "expiration_date": None,
            "expiration_source": "unknown" if record else None,
            "starts_expiring": None,
            "status": of_nothing(user and hired_on(user), training, self.as_of),
        }

    def row(self, person, training_id):
        answer = self.holds(person, training_id) or self.never(person, training_id)
        if not answer:
            return None
        training, user = self.trainings.get(training_id), self.users.get(person)
        names = [user["lastname"], user["firstname"]] if user else []
        ends = answer["expiration_date"]
        return {
            "m_user_id": person,
            "user": ", ".join(name for name in names if name) or person,
            "training_id": training_id,
            "training": (training and training["title"]) or str(training_id),
            "days_left": (ends - self.as_of).days if ends else None,
            **answer,
        }

    def rows(self, include_terminated=False):
        people = {person for person, _ in [*self.records, *self.required]}
        trainings = {t for _, t in [*self.records, *self.required]} | set(self.trainings)
        for person in sorted(people):
            user = self.users.get(person)
            if include_terminated or not (user and has_left(user, self.as_of)):
                judged = (self.row(person, training) for training in sorted(trainings))
                yield from (row for row in judged if row)
