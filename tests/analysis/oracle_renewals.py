"""The outcome of each certificate, in plain Python, written from docs/rules.md section 8."""

from datetime import date

from tests.analysis.oracle import by_id
from tests.analysis.oracle_people import has_left
from tests.analysis.oracle_schedule import judge


def counting(records):
    """The records that count one after the other: the last one of each day, oldest first."""

    def age(record):
        special = record["special_expiration_date"] or date.min
        return record["date"] or date.min, record["created"], record["id"], special

    of_day = {}
    for record in sorted(records, key=age):
        of_day[record["date"]] = record
    return list(of_day.values())


def certificates(completions, trainings, users, as_of, expiring_days=30, leavers_too=False):
    """The rows of renewals() without names."""
    trainings, users = by_id(trainings), by_id(users)
    pairs = {}
    for record in completions:
        if record["date"] is None or record["date"] <= as_of:
            pairs.setdefault((record["m_user_id"], record["training_id"]), []).append(record)
    for (person, training_id), records in sorted(pairs.items()):
        ordered = counting(records)
        for record, following in zip(ordered, [*ordered[1:], None], strict=True):
            if record["date"] is None and (following or not record["special_expiration_date"]):
                continue
            renewed = following and following["date"]
            judged = judge(
                record["date"],
                record["special_expiration_date"],
                trainings.get(training_id),
                renewed or as_of,
                expiring_days,
            )
            due = judged.expiration_date
            if due is None or judged.starts_expiring > as_of:
                continue
            user = users.get(person)
            if not leavers_too and user and has_left(user, min(due, as_of)):
                continue
            if renewed:
                outcome = "on_time" if renewed <= due else "late"
            else:
                outcome = "lapsed" if due < as_of else "pending"
            yield {
                "m_user_id": person,
                "training_id": training_id,
                "completion_id": record["id"],
                "expiration_date": due,
                "renewed_on": renewed,
                "days_late": (renewed - due).days if renewed else None,
                "outcome": outcome,
            }


def kaplan_meier(durations):
    """(day, at risk, renewed, censored, share) from pairs of a day and whether it was renewed."""
    share = 1.0
    for day in sorted({day for day, _ in durations}):
        at_risk = sum(other >= day for other, _ in durations)
        renewed = sum(other == day and event for other, event in durations)
        share *= 1 - renewed / at_risk
        yield day, at_risk, renewed, sum(other == day for other, _ in durations) - renewed, share
