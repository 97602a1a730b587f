"""Replays an explanation: from its steps alone to the expiration date and the status.

It sees what a reader of the JSON sees, without the records and without any result: `blinded` takes
these out. It computes with the days of the tests' oracle, not with those of the package.
"""

import json
from datetime import date

from tests.analysis.oracle_schedule import judge, of_nothing

WORST_FIRST = ("expired", "expiring", "current")
#: The values that a step found, as opposed to those that it started from.
RESULTS = {
    *("expiration_date", "days_left", "starts_expiring", "status", "limited_by"),
    *("offering_opens", "in_time_since", "superseded_by_offering"),
}
DAYS = {
    *("as_of", "date", "special_expiration_date", "offered", "hired", "exists_since", "made"),
    *("expiration_date", "starts_expiring"),
}
FIELDS = {
    *("window_open_month", "window_open_day", "window_close_month", "window_close_day"),
    *("expires_on_month", "expires_on_day", "renewal_months", "window_last_offered_date"),
    "window_required_for_new_employees",
}


def blinded(trace):
    """The steps of a trace as JSON keeps them: each rule with its values, and no result."""
    steps = json.loads(json.dumps(trace))["steps"]
    return [
        (
            step["rule"].partition("#")[2],
            {name: value for name, value in step["values"].items() if name not in RESULTS},
        )
        for step in steps
    ]


def replay(steps):
    """The expiration date and the status that the steps lead to; (None, None) for no case."""
    rules = [rule for rule, _ in steps]
    values = _days({name: value for _, each in steps for name, value in each.items()})
    if rules[0] == "latest":
        judged = _judged(values, values["date"], values.get("special_expiration_date"))
        return judged.expiration_date, judged.status
    if rules[0] == "parts":
        return _composed(values)
    if values.get("counted") == 0 and values["required_by"] is None:
        return None, None
    return None, _never(values)


def _composed(values):
    parts = [_days(part) for part in values["parts"]]
    assert all(part["held"] for part in parts)
    done = max((part["date"] for part in parts if part["date"]), default=None)
    ends = [(part["expiration_date"], part["starts_expiring"]) for part in parts]
    if done:
        own = _judged(values, done, None)
        ends.append((own.expiration_date, own.starts_expiring))
    expires = min((end for end, _ in ends if end), default=None)
    starts = min((start for _, start in ends if start), default=None)
    as_of = values["as_of"]
    if expires and expires < as_of:
        return expires, "expired"
    return expires, "expiring" if starts and starts <= as_of else "current"


def _judged(values, done, special):
    return judge(done, special, _training(values), values["as_of"], values.get("expiring_days", 0))


def _never(values):
    known = [values[name] for name in ("exists_since", "made") if values[name]]
    if any(day > values["as_of"] for day in known):
        return None
    if "required_for_new_employees" not in values:
        return "missing"
    return of_nothing(values["hired"], _training(values), values["as_of"])


def _training(values):
    """The training, as far as the steps know it; a schedule is unknown if its days are."""
    kind = values.get("schedule", "unknown")
    known = {name: values.get(name) for name in FIELDS}
    offered, at_once = values.get("offered"), values.get("required_for_new_employees")
    is_window = kind == "window" or at_once is not None
    return {
        **known,
        "schedule_type": "window" if is_window else "rolling" if kind != "unknown" else "?",
        "window_last_offered_date": offered,
        "window_required_for_new_employees": at_once,
        "included_trainings_id": [],
        "expiring_days": None,
    }


def _days(values):
    return {
        name: date.fromisoformat(value) if name in DAYS and value else value
        for name, value in values.items()
    }
