"""The rows that each table of the page must have, by its caption."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from tests.audit.recount.counted import Counted
from tests.audit.recount.pack_tables import (
    GAPS,
    LABELS,
    NOTHING,
    PackTables,
    Row,
    as_day,
    printed_day,
)
from tests.audit.recount.past_months import PastMonths

_SIGNED = {"true": "yes", "false": "no", "": "not known"}
_MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def printed_tables(tables: PackTables, past: PastMonths) -> dict[str, list[list[str]]]:
    """For each caption, its rows in any order."""
    counted = Counted(tables)
    return {
        **_tables_of_cases(counted),
        **past.tables(),
        "Trainings with a single instructor": _single_instructor(counted),
        "The latest sessions": _sessions(counted),
        "The drawn cases, with columns for the tester": _sample(tables),
        "Findings by kind": _finding_kinds(tables),
        "Findings": _findings(tables),
        "Cases in which we differ from the vendor": _vendor(tables),
        "Changes since the last pack": _since(tables),
        "Changed records": _changes(tables),
        "The rules, and how many cases each decides": _rules(counted),
        "The schedule of each training in the catalogue": _schedules(tables),
        "Sources": _sources(tables),
        "sign-off": [[f"{step} by", "", "", ""] for step in ("Prepared", "Reviewed", "Approved")],
    }


def _number(value: int | None) -> str:
    return NOTHING if value is None else f"{value:,}"


def _tables_of_cases(counted: Counted) -> dict[str, list[list[str]]]:
    captions = {
        "Every expired and missing case, by training, longest overdue first": (True, False),
        "Expired and missing cases of composed trainings": (True, True),
        "Every case that expires soon, by training, soonest first": (False, False),
        "Composed trainings that expire soon": (False, True),
    }
    return {
        caption: [
            _case(counted.tables, case, overdue=overdue, composed=composed)
            for case in counted.cases
            if case["status"] in (GAPS if overdue else ("expiring",))
            and (case["training_id"] in counted.composed_ids) == composed
        ]
        for caption, (overdue, composed) in captions.items()
    }


def _case(tables: PackTables, case: Row, *, overdue: bool, composed: bool) -> list[str]:
    left = case["days_left"]
    if overdue and left is not None:
        left = -left
    recorded = case["completion_id"] or case["limited_by_date"]
    files = case["files"]
    return [
        tables.person(case["m_user_id"]),
        tables.training(case["training_id"]),
        *([LABELS[case["status"]]] if overdue else []),
        *([_limit(case)] if composed else []),
        printed_day(case["date"]),
        printed_day(case["expiration_date"]),
        _number(left),
        *([] if overdue or composed else [_expiring_rule(tables, case)]),
        tables.person(case["m_instructor_id"]),
        _SIGNED[case["signed"]] if recorded else NOTHING,
        ("not known" if files is None else str(files)) if recorded else NOTHING,
    ]


def _expiring_rule(tables: PackTables, case: Row) -> str:
    """Why a case that is not composed counts as expiring soon."""
    if case["expiration_source"] in ("window", None, ""):
        return "renewal window"
    own = {row["id"]: row["expiring_days"] for row in tables.trainings}.get(case["training_id"])
    return "last 30 days (default)" if own is None else f"last {own} days (own)"


def _limit(case: Row) -> str:
    if case["limited_by_id"] == case["training_id"]:
        return "its own schedule"
    lacks = "not completed: " if case["status"] == "missing" else ""
    day = f", completed {printed_day(case['limited_by_date'])}" if case["limited_by_date"] else ""
    return f"{lacks}{case['limited_by']}{day}" if case["limited_by"] else NOTHING


def _single_instructor(counted: Counted) -> list[list[str]]:
    rows = []
    for training, who in counted.instructors_of().items():
        done = [record for record in counted.recent if record["training_id"] == training]
        if len(who) == 1:
            last = max(record["date"] for record in done)
            person = counted.tables.person(*who)
            title = counted.tables.training(training)
            rows.append([title, person, f"{len(done):,}", printed_day(last)])
    return rows


def _sessions(counted: Counted) -> list[list[str]]:
    tables = counted.tables
    return [
        [
            printed_day(as_day(row["date"])),
            row["trainings"],
            tables.person(row["instructor id"]) if row["instructor id"] else row["instructor"],
            _number(row["attendees"]),
            _number(row["recorded"]),
        ]
        for row in counted.sessions()
    ]


def _sample(tables: PackTables) -> list[list[str]]:
    return [
        [
            row["number"],
            tables.person(row["m_user_id"]),
            row["training"],
            LABELS[row["status"]],
            printed_day(_iso_day(row["date"])),
            *("" for _ in range(4)),
        ]
        for row in tables.csv("sample.csv")
    ]


def _iso_day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _kind_in_words(kind: str) -> str:
    named = {
        "attendees_differ": "List and completions differ",
        "completion_in_future": "Completion in the future",
        "same_day_repeat": "Completed twice on one day",
    }
    if kind in named:
        return named[kind]
    return kind.replace("_", " ").capitalize()


def _finding_kinds(tables: PackTables) -> list[list[str]]:
    kinds = Counter(row["finding"] for row in tables.sheets["findings"])
    return [[_kind_in_words(kind), f"{records:,}"] for kind, records in kinds.items()]


def _findings(tables: PackTables) -> list[list[str]]:
    printed = {(row["finding"], row["message"]) for row in tables.sheets["findings"]}
    return [[_kind_in_words(kind), message] for kind, message in printed]


def _vendor(tables: PackTables) -> list[list[str]]:
    cases = {(case["m_user_id"], case["training_id"]): case for case in tables.cases}
    rows = []
    for row in tables.sheets["vendor"]:
        ours = cases.get((row["user id"], row["training id"]), {})
        assert row["our status"] == ours.get("status")
        assert as_day(row["our expiration date"]) == ours.get("expiration_date")
        rows.append(
            [
                tables.person(row["user id"]),
                tables.training(row["training id"]),
                LABELS.get(ours.get("status"), NOTHING),
                printed_day(ours.get("expiration_date")),
                LABELS[row["vendor status"]],
                printed_day(as_day(row["vendor expiration date"])),
            ]
        )
    return rows


def _since(tables: PackTables) -> list[list[str]]:
    def cell(text: str) -> str:
        return LABELS.get(text, text) or NOTHING

    return [
        [
            row["change"].replace("_", " "),
            tables.person(row["m_user_id"]),
            tables.training(int(row["training_id"])) if row["training_id"] else NOTHING,
            printed_day(_iso_day(row["day"])),
            f"{row['field']}: {cell(row['before'])}" if row["field"] else cell(row["before"]),
            cell(row["after"]),
        ]
        for row in tables.csv("since.csv")
        if row["change"] != "record_added"
    ]


def _changes(tables: PackTables) -> list[list[str]]:
    return [
        [
            row["change"],
            str(row["id"]),
            tables.person(row["user id"]),
            tables.training(row["training id"]),
            row["field"] or NOTHING,
            row["old"] or NOTHING,
            row["new"] or NOTHING,
        ]
        for row in tables.sheets["changes"]
    ]


def _rules(counted: Counted) -> list[list[str]]:
    sheet = counted.tables.sheets["rules"]
    decided = Counter(case["expiration_source"] or case["status"] for case in counted.cases)
    for row in sheet:
        assert row["cases"] in (None, decided.pop(row["rule"], 0)), row["rule"]
    assert not decided, decided
    return [[row["rule"], row["text"], _number(row["cases"])] for row in sheet]


def _schedules(tables: PackTables) -> list[list[str]]:
    return [_schedule(tables, training) for training in tables.trainings]


def _schedule(tables: PackTables, training: Row) -> list[str]:
    months, included = training["renewal_months"] or 0, training["included_trainings_id"]
    period = f"{months} {'month' if months == 1 else 'months'}"
    if training["schedule_type"] == "window" and training["window_open_month"]:
        kind, source = "window", "window"
        offered = training["window_last_offered_date"]
        last = f"last offered {printed_day(offered)}" if offered else "no offering listed so far"
        opens, closes = (_yearly(training, f"window_{name}") for name in ("open", "close"))
        says = f"{opens} to {closes} each year, {last}"
    elif training["expires_on_month"]:
        kind, on = "fixed day", f"on {_yearly(training, 'expires_on')}"
        says = f"{on}, within {period} of completion" if months else f"{on} each year"
        source = "fixed day and renewal months" if months else "fixed day"
    elif months:
        kind, says, source = "rolling", f"every {period}", "renewal months"
    else:
        kind, says, source = "never", "no renewal", "renewal months"
    own = training["expiring_days"]
    days = "the catalogue" if own is not None else "this report's default"
    if kind in ("window", "never"):
        days += "; applies to special expiration dates only"
    if included:
        parts = f"{len(included)} {'training' if len(included) == 1 else 'trainings'}"
        kind, source = f"composed of {parts}, own schedule: {kind}", f"{source}, included trainings"
    return [
        tables.training(training["id"]),
        kind,
        says,
        source,
        _number(30 if own is None else own),
        days,
    ]


def _yearly(training: Row, name: str) -> str:
    return f"{training[f'{name}_day']} {_MONTHS[training[f'{name}_month']]}"


def _sources(tables: PackTables) -> list[list[str]]:
    """The sources of the manifest; the pack has the rows of all but two of them."""
    listed = sum(row["listed"] for row in tables.sheets["sessions"])
    counted = {
        "completions": len(tables.records),
        "group_trainings": listed,
        "trainings": len(tables.trainings),
        "users": sum(bool(person["created"]) for person in tables.people.values()),
    }
    rows = []
    for source in tables.manifest["sources"]:
        fetched = datetime.fromisoformat(source["fetched_at"])
        records = counted.pop(source["table"], source["rows"])
        rows.append(
            [
                source["table"].replace("_", " "),
                source["method"],
                f"{records:,}",
                f"{source['pages']:,}",
                f"{printed_day(fetched.date())}, {fetched:%H:%M} UTC",
                source["rows_sha256"],
            ]
        )
    assert not counted
    return rows
