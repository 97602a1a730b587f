"""kpa.changes between loads, kept snapshots and packs."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.analysis.chosen_scope import chosen_scope
from kpa_analytics.data.scope import Scope
from kpa_analytics.demo import Records
from kpa_analytics.errors import KPADataError
from tests.audit.packs import AS_OF, completion, load, person
from tests.drawn_once import page_alone


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """Two loads of an account, with an edit, a removal and an addition between them."""
    folder = tmp_path_factory.mktemp("account")
    source = Records(
        {
            "completedtrainings.v2.list": [
                completion(1, 7, person(1), 20260105),
                completion(2, 7, person(2), 20260105),
            ]
        }
    )
    with kpa.demo.serve(source) as api:
        old = load(folder, api)
        source.edit_completion(1, date_number=20260501)
        source.remove_completions(2)
        source.add_completions(completion(3, 8, person(2), 20260106))
        return old, load(folder, api, refresh=True)


@pytest.fixture(scope="module")
def packs(two, tmp_path_factory):
    return written(two, tmp_path_factory.mktemp("packs"))


def written(loads, folder: Path) -> list[Path]:
    """A pack of each load. Nothing here looks at its pictures, PDFs and workbook."""
    with page_alone():
        return [
            kpa.export_audit(data, folder / name, as_of=AS_OF)
            for data, name in zip(loads, ("old", "new"), strict=False)
        ]


def test_a_pack_has_no_changes_from_its_records(data, pack):
    assert kpa.changes(data, pack).is_empty()
    assert kpa.changes(pack, data).is_empty()
    assert kpa.status_changes(pack, data, as_of=AS_OF).is_empty()


@pytest.mark.slow
def test_what_a_pack_cannot_show_of_the_catalogue_is_no_change(edited, tmp_path):
    """It shows the id of a training without a title, and no empty place in a list."""
    (data, _), part = edited, [None, 9]
    catalogue = pl.concat([data.trainings] * 2).with_columns(
        id=pl.Series([7, 8]), title=None, included_trainings_id=pl.Series([[], part])
    )
    odd = replace(data, trainings=catalogue.cast(data.trainings.schema), snapshots={})
    [pack] = written([odd], tmp_path)
    assert kpa.changes(pack, odd).is_empty()
    assert kpa.changes(odd, pack).is_empty()


@pytest.mark.slow
def test_a_demo_is_compared_as_of_its_own_day(data):
    longer = data.trainings.with_columns(renewal_months=pl.col("renewal_months") * 3)
    edited = replace(data, trainings=longer)
    rows = kpa.status_changes(data, edited)
    assert rows.height > 0
    assert rows.equals(kpa.status_changes(data, edited, as_of=AS_OF))


EXPECTED = [
    ("added", 3, person(2), 8, None, None, None, "completions"),
    ("removed", 2, person(2), 7, None, None, None, "completions"),
    ("edited", 1, person(1), 7, "date", "2026-01-05", "2026-05-01", "completions"),
]


@pytest.mark.slow
def test_every_kind_of_side_gives_the_same_changes(two, packs):
    snapshots = [data.snapshots["completions"] for data in two]
    ways = {
        "data": two,
        "frames": [data.completions for data in two],
        "snapshots": snapshots,
        "paths": [str(snapshot.path) for snapshot in snapshots],
        "packs": packs,
        "mixed": [packs[0], two[1]],
    }
    for way, (old, new) in ways.items():
        assert kpa.changes(old, new).rows() == EXPECTED, way
    assert kpa.changes(packs[1], two[1]).is_empty()


@pytest.mark.parametrize("name", ["records.csv", "audit.xlsx", "charts/status_summary.svg"])
@pytest.mark.parametrize("side", [0, 1])
def test_a_pack_with_an_altered_file_is_refused(packs, name, side):
    path = packs[side] / name
    content = path.read_bytes()
    for altered in (content + b"\n", None):
        path.unlink() if altered is None else path.write_bytes(altered)
        try:
            with pytest.raises(KPADataError, match=rf"{name} was damaged"):
                kpa.changes(*packs)
        finally:
            path.write_bytes(content)


@pytest.mark.slow
def test_a_damaged_side_is_refused(two, packs, tmp_path):
    snapshot = two[0].snapshots["completions"].path
    bent = tmp_path / snapshot.name
    bent.write_bytes(snapshot.read_bytes()[:-1] + b"?")
    with pytest.raises(KPADataError, match="was damaged"):
        kpa.changes(bent, two[1])
    assert bent.exists(), "nothing is moved away"
    records = packs[0] / "records.parquet"
    content = records.read_bytes()
    pl.read_parquet(records).head(0).write_parquet(records)
    try:
        with pytest.raises(KPADataError, match=r"records\.parquet was damaged"):
            kpa.changes(packs[0], packs[1])
    finally:
        records.write_bytes(content)


@pytest.mark.slow
def test_what_is_neither_is_named(tmp_path, two):
    (tmp_path / "empty").mkdir()
    (tmp_path / "letter.parquet").write_text("dear")
    for wrong, message in (
        (tmp_path / "empty", "empty is not a pack of this package: it has no manifest.json"),
        (tmp_path / "letter.parquet", "letter.parquet is not a snapshot"),
        (tmp_path / "nowhere.parquet", "nowhere.parquet can't be read"),
        (7, "expected a polars frame"),
    ):
        with pytest.raises(KPADataError, match=message):
            kpa.changes(wrong, two[1])


@pytest.mark.usefixtures("only_its_page")
@pytest.mark.slow
def test_pseudonyms_are_not_compared_with_names(two, tmp_path, packs):
    hidden = kpa.export_audit(two[0], tmp_path / "hidden", as_of=AS_OF, names=False)
    said = f"{hidden} has pseudonyms and {packs[1]} has names, so they cannot be compared"
    for sides in ((hidden, packs[1]), (packs[1], hidden)):
        with pytest.raises(KPADataError, match=re.escape(said)):
            kpa.changes(*sides)
    assert kpa.changes(hidden, hidden).is_empty()
    with pytest.raises(KPADataError, match="hidden has pseudonyms and the other side has names"):
        kpa.status_changes(hidden, two[1])


@pytest.mark.slow
def test_invented_data_are_not_compared_with_real_data(two, packs, data, pack):
    said = "the earlier side has {} data and the later one {} data, so they cannot be compared"
    real = [two[1], two[1].completions, two[1].completions.lazy(), packs[1]]
    for this in [data, data.completions, pack]:
        for that in real:
            with pytest.raises(KPADataError, match=said.format("invented", "real")):
                kpa.changes(this, that)
            with pytest.raises(KPADataError, match=said.format("real", "invented")):
                kpa.changes(that, this)
    for compared in [(data, two[1]), (pack, packs[1]), (data, packs[1])]:
        with pytest.raises(KPADataError, match="so they cannot be compared"):
            kpa.status_changes(*compared)
    nothing = data.completions.clear()
    assert kpa.changes(nothing, two[1].completions)["change"].unique().to_list() == ["added"]
    assert kpa.changes(nothing, data.completions).height == data.completions.height


@pytest.mark.parametrize("compare", [kpa.changes, kpa.status_changes])
def test_a_load_is_invented_even_without_completions_or_people(compare, two, data):
    nobody = pl.lit(None, pl.String)
    completions = data.completions.with_columns(m_user_id=nobody, m_instructor_id=nobody)
    nothing = Scope(description="training 1", trainings=(1,))
    for invented, real in [
        (replace(data, completions=completions), two[1]),
        (replace(data, completions=completions.clear()), two[1]),
        (data.part(nothing), two[1].part(nothing)),
        (replace(two[1], users=data.users), two[1]),
    ]:
        with pytest.raises(KPADataError, match="has invented data and the later one real data"):
            compare(invented, real)


@pytest.mark.slow
@pytest.mark.parametrize("compare", [kpa.changes, kpa.status_changes])
def test_a_part_is_compared_only_with_the_same_part(compare, two, packs, tmp_path):
    data = two[0]
    with page_alone():
        pack = kpa.export_audit(data, tmp_path / "part", as_of=AS_OF, people=person(1))
    part = data.part(chosen_scope(data, person(1), None, None))
    for before, after, said in (
        (packs[0], pack, "old covers other records (all records) than "),
        (pack, packs[0], "part covers other records (people: "),
        (data, pack, "the load covers other records (all records) than "),
        (part, packs[0], "the load covers other records (people: "),
    ):
        with pytest.raises(KPADataError, match=re.escape(said)):
            compare(before, after)
    assert compare(pack, part).is_empty()
    assert compare(pack, pack).is_empty()


def test_a_snapshot_of_another_table_is_named(two):
    users = two[0].snapshots["users"]
    for side in (users, users.path):
        with pytest.raises(KPADataError, match="is a snapshot of users: a snapshot of the comple"):
            kpa.changes(side, two[1])


def test_a_snapshot_that_was_not_kept_is_named(two):
    nowhere = replace(two[0].snapshots["completions"], path=None)
    with pytest.raises(KPADataError, match="completions"):
        kpa.changes(nowhere, two[1])


HIRED = {"id": person(1), "lastname": "Moe", "firstname": "Ann", "created": 1_400_000_000_000}


@pytest.fixture(scope="module")
def edited(tmp_path_factory):
    """Two loads with one edited rule, one person who left, and one new requirement between them."""
    folder = tmp_path_factory.mktemp("edited")
    rule = {"id": 7, "title": "Ladders", "renewal_months": 12, "schedule_type": "rolling"}
    lists = {"status": "active", "complete_training_ids": [7], "last_completed": []}
    source = Records(
        {
            "completedtrainings.v2.list": [
                completion(1, 7, person(1), 20240105),
                completion(2, 7, person(2), 20240105),
            ],
            "trainings.v2.list": [rule],
            "users.list": [HIRED, {**HIRED, "id": person(2), "lastname": "Roe"}],
            "training-employee-status.list": [
                {"m_user_id": person(1), **lists, "incomplete_training_ids": []}
            ],
        }
    )
    with kpa.demo.serve(source) as api:
        old = load(folder, api)
        rule["renewal_months"] = 36
        source.records["users.list"][1]["terminationDate"] = 1_700_000_000_000
        source.records["training-employee-status.list"][0]["incomplete_training_ids"] = [8]
        return old, load(folder, api, refresh=True)


def ways_of(two, packs):
    snapshots = [data.snapshots["completions"] for data in two]
    return {
        "data": two,
        "snapshots": snapshots,
        "paths": [str(snapshot.path) for snapshot in snapshots],
        "packs": packs,
        "mixed": [packs[0], two[1]],
    }


@pytest.fixture(scope="module")
def edited_packs(edited, tmp_path_factory):
    return written(edited, tmp_path_factory.mktemp("edited-packs"))


@pytest.mark.slow
def test_an_edited_rule_profile_and_requirement_are_changes(edited, edited_packs):
    rule = ("edited", None, None, 7, "renewal_months", "12", "36", "trainings")
    need = ("added", None, person(1), 8, None, None, None, "required")
    for way, (old, new) in ways_of(edited, edited_packs).items():
        rows = kpa.changes(old, new).rows()
        assert {row for row in rows if row[-1] != "users"} == {rule, need}, way
        left = [row[1:5] for row in rows if row[-1] == "users"]
        field = {"packs": ["left"], "mixed": []}.get(way, ["terminationDate"])
        assert left == [(None, person(2), None, name) for name in field], way


@pytest.mark.slow
def test_every_kind_of_side_gives_the_same_causes(edited, edited_packs):
    expected = [
        (person(1), 7, "expired", "current", "rule"),
        (person(1), 8, None, "missing", "requirement"),
        (person(2), 7, "expired", None, "person"),
    ]
    for way, (old, new) in ways_of(edited, edited_packs).items():
        rows = kpa.status_changes(old, new, as_of=AS_OF)
        columns = rows.select("m_user_id", "training_id", "before", "after", "cause")
        assert sorted(columns.rows()) == expected, way
        assert rows["detail"].null_count() == 0, way


@pytest.mark.usefixtures("only_its_page")
@pytest.mark.slow
def test_a_pack_is_as_of_its_own_day(edited, edited_packs, tmp_path):
    later = kpa.export_audit(edited[1], tmp_path / "later", as_of="2028-01-01")
    rows = kpa.status_changes(edited_packs[1], later)
    assert rows.select("before", "after", "cause").rows() == [("current", "expired", "time")]
    with pytest.raises(KPADataError, match="is as of 1 Jan 2028, which is after"):
        kpa.status_changes(later, edited_packs[1])


@pytest.mark.slow
def test_a_rule_edit_moves_expired_cases_of_the_demo(data):
    longer = pl.when(pl.col("renewal_months") == 12).then(36).otherwise("renewal_months")
    edited = replace(data, trainings=data.trainings.with_columns(renewal_months=longer))
    rows = kpa.status_changes(data, edited, as_of=AS_OF)
    counts = [
        kpa.expiry_status(
            each.completions,
            each.trainings,
            each.users,
            as_of=AS_OF,
            required=each.employee_status,
        )["status"].value_counts()
        for each in (data, edited)
    ]
    expired = [dict(count.rows())["expired"] for count in counts]
    assert expired[0] - expired[1] > 20
    assert set(rows["cause"]) == {"rule"}
    left, come = (rows.filter(pl.col(side) == "expired").height for side in ("before", "after"))
    assert left - come == expired[0] - expired[1]


@pytest.mark.parametrize(
    ("before", "options", "said"),
    [
        ("a frame", {}, "before must be the result of load_all"),
        ("data", {"as_of": ("2026-06-30", "2026-06-29")}, "30 Jun 2026 is after 29 Jun 2026"),
        (
            "data",
            {"as_of": ("2026-06-30",)},
            r"or a tuple of two such days, not \('2026-06-30',",
        ),
        ("data", {"as_of": ["2026-06-30"] * 2}, r"or a tuple of two such days, not \['2026-06-30'"),
        ("data", {"as_of": "June"}, "as_of must be a day such as 2026-06-30, not 'June'"),
        ("data", {"expiring_days": -1}, "expiring_days must be a whole number"),
    ],
)
def test_bad_input_of_status_changes_is_named(two, before, options, said):
    side = two[0].completions if before == "a frame" else two[0]
    with pytest.raises(KPADataError, match=said):
        kpa.status_changes(side, two[1], **options)


def test_a_file_of_records_only_is_named_where_statuses_are_needed(two, tmp_path):
    path = tmp_path / "records.parquet"
    two[0].completions.write_parquet(path)
    for sides, name in (((path, two[1]), "before"), ((two[1], str(path)), "after")):
        said = f"{name}: {path} has only records, so their statuses are not known: give an evidence"
        with pytest.raises(KPADataError, match=re.escape(said)):
            kpa.status_changes(*sides)


@pytest.mark.slow
def test_a_table_that_was_not_kept_is_not_known(monkeypatch, tmp_path):
    """Only the completions were loaded before: the trainings are not new, they are unknown."""
    source = Records(
        {
            "completedtrainings.v2.list": [completion(1, 7, person(1), 20240105)],
            "trainings.v2.list": [{"id": 7, "title": "Ladders", "renewal_months": 12}],
        }
    )
    with kpa.demo.serve(source) as api:
        kpa.configure(token=api.token, api_url=api.url, progress=False, cache_dir=tmp_path)
        kpa.load_completions()
        old = Path(kpa.snapshots()["path"][0])
        alone = tmp_path / "alone" / "snapshots" / "completions"
        alone.mkdir(parents=True)
        shutil.copy(old, alone)
        data = kpa.load_all(refresh=True)
    copied = alone / old.name
    assert kpa.changes(copied, data).is_empty()
    with pytest.raises(KPADataError, match="before: no snapshot of trainings and users and"):
        kpa.status_changes(copied, data, as_of=AS_OF)
    monkeypatch.chdir(alone)
    assert kpa.changes(old.name, data).is_empty(), "a path in the current folder"
