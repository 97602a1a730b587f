"""Other programs read a published folder at any time, and see whole tables."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset
import pytest

import kpa_analytics as kpa
from kpa_analytics.errors import KPADataError, KPADataWarning, KPAError, KPATokenInactiveError
from kpa_analytics.publishing.datasets import PUBLISHED_TABLES
from tests.publishing.small import AS_OF, PERSONAL, small


@pytest.fixture
def fleet() -> kpa.Fleet:
    return kpa.Fleet({"north": small(), "south": small(completions=small().completions.head(1))})


@pytest.mark.slow
def test_duckdbs_views_have_every_table_with_its_account(tmp_path: Path, fleet: kpa.Fleet) -> None:
    folder = tmp_path / ("it's [2026]" if sys.platform == "win32" else "it's [2026] (a*?b)")
    kpa.publish(fleet, folder, as_of=AS_OF)
    with duckdb.connect() as connection:
        connection.execute((folder / "duckdb.sql").read_text(encoding="utf-8"))
        for table in PUBLISHED_TABLES:
            rows = connection.sql(f"SELECT * FROM {table}").pl()
            assert rows.columns[0] == "account"
            assert set(rows["account"]) == {"north", "south"}
        counts = connection.sql("SELECT account, count(*) FROM completions GROUP BY 1").fetchall()
        assert sorted(counts) == [("north", 2), ("south", 1)]
        accounts = connection.sql("SELECT account, complete, demo FROM accounts").fetchall()
        assert accounts == [("north", True, False), ("south", True, False)]


@pytest.mark.slow
def test_other_programs_read_the_partitions(tmp_path: Path, fleet: kpa.Fleet) -> None:
    kpa.publish(fleet, tmp_path, as_of=AS_OF)
    for table in ("completions", "sessions"):  # sessions have lists
        rows = pl.scan_parquet(tmp_path / table).collect().height
        folder = pyarrow.dataset.dataset(tmp_path / table, partitioning="hive")
        assert folder.count_rows() == rows
        assert len(pd.read_parquet(tmp_path / table)) == rows


def test_power_bi_opens_the_folder(tmp_path: Path) -> None:
    kpa.publish(small(), tmp_path, as_of=AS_OF)
    content = json.loads((tmp_path / "power_bi.pbids").read_text(encoding="utf-8"))
    details = content["connections"][0]["details"]
    assert details == {"protocol": "folder", "address": {"path": str(tmp_path)}}


@pytest.mark.parametrize("personal", [False, True])
def test_the_data_dictionary_describes_every_column(tmp_path: Path, personal: bool) -> None:
    kpa.publish(small(), tmp_path, as_of=AS_OF, personal=personal)
    dictionary = pl.read_csv(tmp_path / "data_dictionary.csv")
    assert not dictionary.select(pl.any_horizontal(pl.all().is_null()).any()).item()
    assert dictionary.filter(column="m_trainees_id")["type"].unique().to_list() == ["list of text"]
    for table in PUBLISHED_TABLES:
        columns = pl.scan_parquet(tmp_path / table).collect_schema().names()
        listed = dictionary.filter(file=f"{table}/")["column"].to_list()
        assert listed == ["account", *columns[:-1]]
    accounts = pl.read_parquet(tmp_path / "accounts.parquet")
    assert dictionary.filter(file="accounts.parquet")["column"].to_list() == accounts.columns


@pytest.mark.slow
def test_a_reader_sees_whole_tables_at_every_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fleet: kpa.Fleet
) -> None:
    """Between any two steps, each table of each account is the old one or the new one."""
    more = small(completions=pl.concat([small().completions] * 2).with_columns(id=pl.int_range(4)))
    kpa.publish(fleet, tmp_path, as_of=AS_OF)
    seen: list[dict[str, Any]] = []

    def look(written: Path, target: Path) -> None:
        written.replace(target)
        rows = pl.scan_parquet(tmp_path / "completions").collect()
        index = json.loads((tmp_path / "index.json").read_bytes())
        accounts = pl.read_parquet(tmp_path / "accounts.parquet")
        complete = index["complete"] and accounts["complete"].all()
        seen.append({**dict(rows.group_by("account").len().iter_rows()), "complete": complete})
        north = accounts.row(0, named=True)
        assert north["complete"] is (north["replaced_at"] is not None)

    monkeypatch.setattr("kpa_analytics.publishing.local_folder.put", look)
    kpa.publish(kpa.Fleet({"north": more, "south": fleet["south"]}), tmp_path, as_of=AS_OF)
    assert {moment["north"] for moment in seen} == {2, 4}
    assert {moment["south"] for moment in seen} == {1}
    changing = seen[1:-1]  # the first moment and the last are before and after the index
    assert not any(moment["complete"] for moment in changing)
    assert seen[-1]["complete"]


@pytest.mark.slow
def test_a_program_that_has_a_file_open_reads_the_old_one_to_its_end(tmp_path: Path) -> None:
    """A link to a file shows what a program sees that opened it before."""
    folder = tmp_path / "published"
    kpa.publish(small(), folder, account="north", as_of=AS_OF)
    for number, path in enumerate([*folder.rglob("*.parquet")]):
        (tmp_path / str(number)).hardlink_to(path)
    opened = {path: path.read_bytes() for path in tmp_path.glob("[0-9]*")}
    people = small().users.with_columns(id=pl.col("id") + "x")
    kpa.publish(small(users=people), folder, account="north", as_of=AS_OF)
    assert {path: path.read_bytes() for path in opened} == opened


@pytest.mark.slow
def test_a_reader_can_tell_that_tables_were_replaced_meanwhile(tmp_path: Path) -> None:
    def replaced_at(data: kpa.TrainingData) -> Any:
        kpa.publish(data, tmp_path, account="north", as_of=AS_OF)
        return pl.read_parquet(tmp_path / "accounts.parquet")["replaced_at"].item()

    first = replaced_at(small())
    assert replaced_at(small()) == first
    assert replaced_at(small(groups=small().groups.head(0))) > first


@pytest.mark.slow
def test_an_account_that_failed_keeps_its_files_and_is_named(
    tmp_path: Path, fleet: kpa.Fleet
) -> None:
    kpa.publish(fleet, tmp_path, as_of=AS_OF)
    failed = {"south": KPATokenInactiveError("token_inactive"), "east": KPAError("no network")}
    with pytest.warns(KPADataWarning, match="only 1 of 3 accounts; not loaded: south"):
        kpa.publish(kpa.Fleet({"north": small()}, failed), tmp_path, as_of=AS_OF)
    assert pl.scan_parquet(tmp_path / "completions").collect().height == 3
    accounts = pl.read_parquet(tmp_path / "accounts.parquet")
    assert accounts.select("account", "complete", "as_of").rows() == [
        ("east", False, None),
        ("north", True, AS_OF),
        ("south", False, AS_OF),
    ]
    assert "token_inactive" in accounts["failure"][2]
    assert json.loads((tmp_path / "index.json").read_bytes())["complete"] is False


@pytest.mark.slow
def test_demo_accounts_are_marked_in_every_table(tmp_path: Path) -> None:
    demo_id = "64656d6f64656d6f00000001"
    users = small().users.with_columns(id=pl.lit(demo_id))
    both = kpa.Fleet({"north": small(), "training": small(users=users)})
    kpa.publish(both, tmp_path, as_of=AS_OF)
    for table in PUBLISHED_TABLES:
        rows = pl.scan_parquet(tmp_path / table).collect()
        assert set(rows.select("account", "demo").rows()) == {("north", False), ("training", True)}
    accounts = pl.read_parquet(tmp_path / "accounts.parquet")
    assert accounts["demo"].to_list() == [False, True]
    named = kpa.publish(small(users=users), tmp_path / "alone", as_of=AS_OF)
    assert named["account"].unique().to_list() == ["demo"]


@pytest.mark.slow
def test_bad_input_of_a_fleet_is_named(tmp_path: Path, fleet: kpa.Fleet) -> None:
    with pytest.raises(KPADataError, match="account must be left out: a fleet already has"):
        kpa.publish(fleet, tmp_path, account="north")
    with pytest.raises(KPADataError, match="'North' is named twice"):
        kpa.publish(kpa.Fleet({"north": small(), "North": small()}), tmp_path)
    kpa.publish(fleet, tmp_path, as_of=AS_OF)
    with pytest.raises(KPADataError, match=r"has the account 'north'.*can't tell it from"):
        kpa.publish(small(), tmp_path, account="NORTH", as_of=AS_OF)


@pytest.mark.slow
def test_a_url_is_a_folder_of_a_store(fleet: kpa.Fleet) -> None:
    import fsspec

    store: Any = fsspec.filesystem("memory")
    first = kpa.publish(fleet, "memory://published", as_of=AS_OF)
    assert set(first["change"]) == {"written"}
    store.pipe("/published/.publishing/left-by-a-killed-publish.part", b"half")
    assert set(kpa.publish(fleet, "memory://published", as_of=AS_OF)["change"]) == {"unchanged"}
    for path in first["path"]:
        with store.open(f"/published/{path}") as file:
            assert pl.read_parquet(file).height
    names = {Path(name).name for name in store.find("/published")}
    assert names == {
        "data.parquet",
        "accounts.parquet",
        "data_dictionary.csv",
        "duckdb.sql",
        "index.json",
    }
    assert (
        "'memory://published/completions/*/*.parquet'"
        in store.cat("/published/duckdb.sql").decode()
    )
    store.rm("/published", recursive=True)


@pytest.mark.slow
@pytest.mark.parametrize("step", ["put_file", "mv"])
def test_a_store_that_failed_in_between_gets_every_file_next_time(
    monkeypatch: pytest.MonkeyPatch, fleet: kpa.Fleet, step: str
) -> None:
    """While files are sent, nothing has changed. While they are renamed, it is not complete."""
    import fsspec

    store: Any = fsspec.filesystem("memory")
    kpa.publish(fleet, "memory://broken", as_of=AS_OF)
    longer = small().trainings.with_columns(title=pl.col("title").str.reverse())
    changed = kpa.Fleet({"north": small(trainings=longer), "south": fleet["south"]})
    works = getattr(type(store), step)

    def fail(self: Any, written: str, target: str, **options: Any) -> None:
        if "data.parquet" in target:
            raise ConnectionError("the line is dead")
        works(self, written, target, **options)

    with monkeypatch.context() as patch:
        patch.setattr(type(store), step, fail)
        with pytest.raises(KPAError, match="memory://broken: ConnectionError: the line is dead"):
            kpa.publish(changed, "memory://broken", as_of=AS_OF)
    index = json.loads(store.cat("/broken/index.json"))
    changed_files = {"trainings", "status"} & {*index["accounts"]["north"]["files"]}
    assert (index["complete"], bool(changed_files)) == ((step == "put_file"),) * 2
    again = kpa.publish(changed, "memory://broken", as_of=AS_OF)
    written = again.filter(pl.col("change") == "written")["table"].to_list()
    assert {"trainings", "status"} <= {*written}
    assert json.loads(store.cat("/broken/index.json"))["complete"] is True
    store.rm("/broken", recursive=True)


@pytest.mark.slow
def test_a_folder_in_s3_is_read_as_on_this_machine(
    monkeypatch: pytest.MonkeyPatch, fleet: kpa.Fleet
) -> None:
    import s3fs
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        login = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "hidden-key"}
        for name, value in {**login, "AWS_ENDPOINT_URL": f"http://{host}:{port}"}.items():
            monkeypatch.setenv(name, value)
        store = s3fs.S3FileSystem()
        store.mkdir("bucket")
        first = kpa.publish(fleet, "s3://bucket/published", as_of=AS_OF)
        changed = kpa.Fleet(
            {"north": small(groups=small().groups.head(0)), "south": fleet["south"]}
        )
        again = kpa.publish(changed, "s3://bucket/published", as_of=AS_OF)
        assert again.filter(pl.col("change") == "written").select("account", "table").rows() == [
            ("north", "groups")
        ]
        options = {
            "aws_endpoint_url": f"http://{host}:{port}",
            "aws_allow_http": "true",
            "aws_access_key_id": "key",
            "aws_secret_access_key": "hidden-key",
            "aws_region": "us-east-1",
        }
        rows = pl.scan_parquet(
            "s3://bucket/published/completions/", storage_options=options, hive_partitioning=True
        ).collect()
        assert rows["account"].to_list() == ["north", "north", "south"]
        for path in store.find("bucket/published"):
            content = store.cat_file(path)
            assert b"hidden-key" not in content
            assert not any(text.encode() in content for text in PERSONAL)
        assert first.height == 2 * len(PUBLISHED_TABLES)
        with pytest.raises(KPAError, match=r"s3://missing/published: .*(NoSuchBucket|bucket)"):
            kpa.publish(fleet, "s3://missing/published", as_of=AS_OF)
    finally:
        server.stop()


def test_a_url_that_can_not_be_used_is_named(fleet: kpa.Fleet, monkeypatch: Any) -> None:
    with pytest.raises(KPADataError, match=r"no-such-store://folder can't be opened"):
        kpa.publish(fleet, "no-such-store://folder")
    with pytest.raises(KPADataError, match=r"github://x can't be opened: .*'repo'"):
        kpa.publish(fleet, "github://x")
    for host in ("[bucket", "bucket\N{ACCOUNT OF}"):  # Python's error quotes the second
        with pytest.raises(KPADataError, match="folder is not a valid URL") as caught:
            kpa.publish(fleet, f"s3://key:hidden@{host}/x")
        assert "hidden" not in str(caught.value)
    monkeypatch.setitem(sys.modules, "adlfs", None)
    with pytest.raises(KPADataError, match=r"abfs://data/x can't be opened: Install adlfs"):
        kpa.publish(fleet, "abfs://data/x")
    for login in ("s3://key:hidden@bucket/x", "abfs://data@host/x?sig=hidden"):
        with pytest.raises(KPADataError, match="must not have") as caught:
            kpa.publish(fleet, login)
        assert "hidden" not in str(caught.value)
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(KPAError, match=r"pip install .*\[fsspec\]"):
        kpa.publish(fleet, "memory://published")
