"""The numbers that each text of the page must have, in their order, by the text's place."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from importlib.metadata import version

from tests.audit.recount.changed import CASES_AND_PEOPLE, since_rows
from tests.audit.recount.counted import Counted, gaps, in_order
from tests.audit.recount.pack_tables import (
    PackTables,
    printed_day,
    tenths,
    whole_percent,
)
from tests.audit.recount.past_months import PastMonths

#: What has a digit and counts nothing: the name of a hash, a command, and a file of the pack.
_NAMES = "SHA-256 sha256sum manifest-sha256.txt"


def statements(tables: PackTables, earlier: PackTables, past: PastMonths) -> dict[str, str]:
    """For each place of the page, a text with the numbers that it must have and no others.

    `earlier` is the pack that was given with `since`.
    """
    counted = Counted(tables)
    return {
        **_head(counted),
        **_tiles(counted),
        **_cases(counted),
        **_teaching(counted),
        **_sample(counted),
        **_changes(counted, earlier),
        **_origin(counted),
        **_charts(counted),
        **past.texts(),
    }


def _head(counted: Counted) -> dict[str, str]:
    facts = counted.tables.manifest
    on = _fetched(counted.tables)
    fetched = f"{printed_day(on.date())} {on:%H:%M}"
    (host,) = facts["hosts"]
    first = min(record["date"] for record in counted.happened if record["date"])
    entered = [
        record
        for record in counted.happened
        if record["date"] and record["created"].date() > counted.as_of
    ]
    texts = {
        "head title": counted.day,
        "head 1": counted.day,
        "head 2": f"{fetched} {host}",
        "head: Period": f"{printed_day(first)} {counted.day}",
        "head: Records fetched": fetched,
        "head: Organisation": facts["settings"]["organisation"],
    }
    days = (on.date() - counted.as_of).days
    if days > 7:
        texts["head 3"] = (
            f"{counted.day} {printed_day(on.date())} {days:,} {counted.day} {len(entered):,}"
        )
    return texts


def _fetched(tables: PackTables) -> datetime:
    """The moment at which the first collection was fetched."""
    return min(
        datetime.fromisoformat(source["fetched_at"]) for source in tables.manifest["sources"]
    )


def _tiles(counted: Counted) -> dict[str, str]:
    required, composed = counted.required, counted.composed
    signed, file, *neither = counted.on_file()
    of_composed = Counter(case["status"] for case in composed)

    def part(status: str) -> str:
        return f"{of_composed[status]:,}" if of_composed[status] else ""

    rules = Counter((case["status"], case["expiration_source"]) for case in counted.cases)
    no_rule = rules["current", "unknown"]
    return {
        "tile In order, required": f"{tenths(in_order(required), len(required))} {len(required):,}",
        "tile Expired": f"{counted.of_status['expired']:,} {part('expired')}",
        "tile Missing": f"{counted.of_status['missing']:,} {part('missing')}",
        "tile Expiring soon": f"{counted.of_status['expiring']:,}",
        "tile Current": f"{counted.of_status['current']:,} {no_rule or ''}",
        "tile Due within 30 days": f"{len(counted.soon):,} 30",
        "tile Signature or file": (
            f"{tenths(signed + file, len(counted.proofs))} {sum(neither):,} {len(counted.proofs):,}"
        ),
        "tile Composed trainings": (
            f"{tenths(in_order(composed), len(composed))} {in_order(composed):,} {len(composed):,}"
        ),
        "tile People in order": f"{counted.people_in_order:,} {len(counted.people):,}",
        "tile People": f"{len(counted.people):,} {len(counted.tables.records):,}",
    }


def _cases(counted: Counted) -> dict[str, str]:
    composed, required, cases = counted.composed, counted.required, counted.cases
    training, day, most = counted.peak()
    expired = {case["m_user_id"] for case in cases if case["status"] == "expired"}
    signed, file, named, nothing = counted.on_file()
    others = gaps(counted.due) - gaps(required) - gaps(composed)
    kinds = {row["finding"] for row in counted.tables.sheets["findings"]}
    about = 4 if "offering_not_recorded" in kinds else 3
    return {
        "standing 2": (
            f"{len(required):,} {in_order(required):,} "
            f"{len(counted.people):,} {counted.people_in_order:,} {len(counted.due):,} "
            f"{tenths(in_order(counted.due), len(counted.due))} {gaps(counted.due):,} "
            f"{gaps(composed):,} {gaps(required):,} {others:,} {in_order(composed):,} "
            f"{len(composed):,} {gaps(composed):,} {len(counted.soon):,} 30 "
            f"{counted.tables.training(training)}, {most:,} {printed_day(day)}"
        ),
        f"standing {about}": counted.listed({case["training_id"] for case in cases}),
        "overdue 1": (
            f"{counted.of_status['expired']:,} {len(expired):,} {counted.of_status['missing']:,}"
        ),
        "expiring 1": f"{counted.of_status['expiring']:,} 30",
        "on_file 1": (
            f"{len(counted.proofs):,} {signed:,} {file:,} {named + nothing:,} {named:,} {nothing:,}"
        ),
    }


def _teaching(counted: Counted) -> dict[str, str]:
    who = counted.instructors_of()
    alone = sum(len(each) == 1 for each in who.values())
    taught, recently = (
        len({record["m_instructor_id"] for record in rows})
        for rows in (counted.taught, counted.recent)
    )
    in_groups = sum(record["group_training_id"] is not None for record in counted.happened)
    share = whole_percent(in_groups, len(counted.happened))
    known = counted.catalogue | {record["training_id"] for record in counted.tables.records}
    findings = counted.tables.sheets["findings"]
    unknown = {row["value"] for row in findings if row["finding"] == "unknown_group_session"}
    return {
        "instructors 1": f"{taught:,} {recently:,} 24 {counted.day} 24 {alone:,}",
        "instructors 2": counted.listed(known),
        "sessions 1": (
            f"{len(counted.sessions()):,} {len(unknown) or ''} {share} "
            f"{len(counted.happened):,} {counted.not_drawn}"
        ),
    }


def _sample(counted: Counted) -> dict[str, str]:
    drawn = counted.tables.csv("sample.csv")
    chosen = counted.tables.manifest["settings"]["sample"]
    strata = {(case["training_id"], case["status"]) for case in counted.cases}
    from_strata = {(int(row["training_id"]), row["status"]) for row in drawn}
    assert from_strata <= strata
    return {
        "sample 1": (
            f"{len(drawn)} {len(counted.cases):,} {chosen['size']} {chosen['seed']} "
            f"{len(from_strata)} {len(strata)}"
        ),
        "sample 2": f"SHA-256 {chosen['seed']}:training_id:m_user_id",
    }


def _changes(counted: Counted, earlier: PackTables) -> dict[str, str]:
    tables = counted.tables
    differing = len(tables.sheets["vendor"])
    ours = {(case["m_user_id"], case["training_id"]) for case in counted.cases}
    only = sum((row["user id"], row["training id"]) not in ours for row in tables.sheets["vendor"])
    assert len(tables.required - ours) == only > 0
    kinds = Counter(row["change"] for row in since_rows(earlier, tables))
    order = (*CASES_AND_PEOPLE, "record_edited", "record_removed", "record_added")
    by_load = [
        len({row["id"] for row in tables.sheets["changes"] if row["change"] == kind})
        for kind in ("added", "removed", "edited")
    ]
    compared = len(tables.required)
    last_load = datetime.fromisoformat(tables.manifest["settings"]["changes_since"])
    return {
        "quality 1": f"{len(tables.sheets['findings']):,}",
        "vendor 1": (f"{compared:,} {counted.day} {compared - differing:,} {differing:,} {only:,}"),
        "since 1": (
            f"{printed_day(earlier.as_of)} {earlier.manifest['seal']} "
            f"{' '.join(f'{kinds[kind]:,}' for kind in order)} {kinds['record_added']:,}"
        ),
        "changes 1": (
            f"{printed_day(last_load)} {last_load:%H:%M} {' '.join(f'{n:,}' for n in by_load)}"
        ),
    }


def _origin(counted: Counted) -> dict[str, str]:
    (host,) = counted.tables.manifest["hosts"]
    return {
        "computed 1": counted.day,
        "computed 4": "100.0%",
        "origin 1": f"{host} {version('kpa-analytics')}",
        "origin 2": _NAMES,
    }


def _charts(counted: Counted) -> dict[str, str]:
    charts = {
        "expiry_timeline": counted.months(),
        "expirations_by_week": counted.weeks(),
        "evidence_coverage": counted.coverage(),
        "expiry_by_training": counted.by_training(),
        "expiry_by_field_office": counted.by_group("field_office"),
        "expiry_by_job_title": counted.by_group("job_title"),
        "training_matrix": counted.matrix(),
        "instructor_activity": counted.busiest(),
        "instructor_training": counted.single(),
        "group_sessions": counted.attendances(),
        "group_sizes": counted.sizes(),
        "group_share": counted.in_groups(),
    }
    return {f"chart {name}": text for name, text in charts.items()}
