"""The rules of expiry once more, in plain Python days, one person and one training at a time.

Written from the rules' text, not from the package: it lists candidate days and picks, where the
package computes; it recurses, where the package goes level by level. Slow and easy to believe.
"""

from datetime import date, timedelta
from functools import cache

from dateutil.relativedelta import relativedelta

WORST_FIRST = ("expired", "expiring", "current")


def day_in(year, month, day):
    """relativedelta cuts day 31 to the month's length, 29 February included."""
    return date(year, month, 1) + relativedelta(day=day)


def possible(month, day):
    return month in range(1, 13) and day in range(1, 32)


def windows(training, near):
    """The windows that open in the years around a day, oldest first; none where impossible."""
    opens = training["window_open_month"], training["window_open_day"]
    closes = training["window_close_month"], training["window_close_day"]
    if not possible(*opens) or not possible(*closes):
        return []
    later = 1 if closes < opens else 0
    return [
        (day_in(year, *opens), day_in(year + later, *closes))
        for year in range(near.year - 2, near.year + 3)
    ]


def window_around(training, day):
    holding = [w for w in windows(training, day) if w[0] <= day <= w[1]]
    return holding[-1] if holding else None


def expiration(record, training, expiring_days):
    """(expiration date, source, starts expiring) of one completion."""
    lead = expiring_days
    if training and training["expiring_days"] is not None and training["expiring_days"] >= 0:
        lead = training["expiring_days"]

    def ending(day, source):
        return day, source, day - timedelta(days=lead)

    done, special = record["date"], record["special_expiration_date"]
    if special:
        return ending(special, "special")
    if not training:
        return None, "unknown", None
    if training["schedule_type"] == "window":
        coming = [w for w in windows(training, done) if w[0] > done]
        return (coming[0][1], "window", coming[0][0]) if coming else (None, "unknown", None)
    months = training["renewal_months"] or 0
    renewal = done + relativedelta(months=months) if months > 0 else None
    fixed = training["expires_on_month"], training["expires_on_day"]
    if all(part is not None and part > 0 for part in fixed):
        if not possible(*fixed):
            return None, "unknown", None
        last = (renewal or done).year
        days = [day_in(year, *fixed) for year in range(done.year, last + 2)]
        after = [day for day in days if day > done]
        allowed = [day for day in after if renewal and day <= renewal]
        return ending(allowed[-1] if allowed else after[0], "fixed")
    return ending(renewal, "rolling") if renewal else (None, "never", None)


def status_of_completion(record, training, as_of, expiring_days):
    expires, source, starts = expiration(record, training, expiring_days)
    status = "current"
    if starts and as_of >= starts:
        status = "expiring"
    if training and training["schedule_type"] == "window" and source != "special":
        offered = training["window_last_offered_date"]
        if offered and offered <= as_of and record["date"] < offered:
            again = window_around(training, offered)
            status = "expiring" if again and as_of <= again[1] else "expired"
    if expires and as_of > expires:
        status = "expired"
    return {
        "completion_id": record["id"],
        "date": record["date"],
        "expiration_date": expires,
        "expiration_source": source,
        "starts_expiring": starts,
        "status": status,
    }


def status_of_nothing(person, training, as_of):
    if not training or training["schedule_type"] != "window" or training["included_trainings_id"]:
        return "missing"
    offered = training["window_last_offered_date"]
    if offered and offered > as_of:
        offered = None
    hired = person and (person["hireDate"] or person["created"])
    is_new = bool(offered and hired and hired.date() > offered)
    if training["window_required_for_new_employees"] or (offered and not is_new):
        return "missing"
    return "expiring" if window_around(training, as_of) else "not_due"


def by_id(rows):
    """The first row of each id."""
    return {row["id"]: row for row in reversed(rows)}


class Verdict:
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
        def age(record):
            return record["date"] or date.min, record["created"], record["id"]

        return max(self.records.get(pair, ()), key=age, default=None)

    def _holds(self, person, training_id):
        """What the person can show for the training, by a completion or by its parts."""
        record, training = self.counting((person, training_id)), self.trainings.get(training_id)
        if record and (record["date"] or record["special_expiration_date"]):
            return status_of_completion(record, training, self.as_of, self.expiring_days)
        parts = training and training["included_trainings_id"]
        if not parts:
            return None
        held = [part in self.trainings and self.holds(person, part) for part in parts]
        if not all(held):
            return None
        ends = [one["expiration_date"] for one in held if one["expiration_date"]]
        starts = [one["starts_expiring"] for one in held if one["starts_expiring"]]
        days = [one["date"] for one in held if one["date"]]
        return {
            "completion_id": None,
            "date": max(days, default=None),
            "expiration_date": min(ends, default=None),
            "expiration_source": "composed",
            "starts_expiring": min(starts, default=None),
            "status": min((one["status"] for one in held), key=WORST_FIRST.index),
        }

    def row(self, person, training_id):
        pair = person, training_id
        training, user = self.trainings.get(training_id), self.users.get(person)
        answer = self.holds(person, training_id)
        record = self.counting(pair)
        if not answer and (record or pair in self.required):
            answer = {
                "completion_id": record and record["id"],
                "date": None,
                "expiration_date": None,
                "expiration_source": "unknown" if record else None,
                "starts_expiring": None,
                "status": status_of_nothing(user, training, self.as_of),
            }
        if not answer:
            return None
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

    def has_left(self, person):
        left = person in self.users and self.users[person]["terminationDate"]
        return bool(left) and left.date() <= self.as_of

    def rows(self, include_terminated=False):
        people = {person for person, _ in [*self.records, *self.required]}
        trainings = {t for _, t in [*self.records, *self.required]} | set(self.trainings)
        for person in sorted(people):
            if include_terminated or not self.has_left(person):
                found = (self.row(person, training) for training in sorted(trainings))
                yield from (row for row in found if row)
