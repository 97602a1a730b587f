"""A published folder has whole tables under stable names, and nothing personal unless wanted."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from filelock import FileLock
from polars.testing import assert_frame_equal

import kpa_analytics as kpa
from kpa_analytics.endpoints import endpoint_of
from kpa_analytics.errors import KPADataError, KPAError
from kpa_analytics.publishing.datasets import PUBLISHED_TABLES, published_columns
from kpa_analytics.schema import Column
from tests.publishing.small import (
    AS_OF,
    PERSONAL,
    circular,
    downloaded,
    small,
    updated_from_newest_pages,
)


def read(folder: Path, table: str) -> pl.DataFrame:
    return pl.scan_parquet(folder / table).collect()


def files(folder: Path) -> dict[str, tuple[int, int]]:
    """The inode and the time of each Parquet file: both change if it is written again."""
    paths = sorted(folder.glob("*/*/*.parquet"))
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in paths
    }


@pytest.mark.slow
def test_every_table_is_a_partition_of_its_account(tmp_path: Path) -> None:
    published = kpa.publish(small(), tmp_path, account="north", as_of=AS_OF)
    kpa.publish(small(), tmp_path, account="south", as_of=AS_OF)
    assert published["table"].to_list() == list(PUBLISHED_TABLES)
    for table, rows in published.select("table", "rows").iter_rows():
        assert (tmp_path / table / "account=north" / "data.parquet").is_file()
        assert read(tmp_path, table)["account"].to_list() == ["north"] * rows + ["south"] * rows


@pytest.mark.slow
def test_records_that_were_changed_since_the_download_are_marked(tmp_path: Path) -> None:
    data = downloaded()
    changed = replace(data, completions=data.completions.with_columns(notes=pl.lit("was there")))
    for records, altered in [(data, False), (changed, True), (small(), None)]:
        kpa.publish(records, tmp_path, account="north", as_of=AS_OF)
        accounts = pl.read_parquet(tmp_path / "accounts.parquet")
        assert accounts["altered"].to_list() == [altered]


@pytest.mark.slow
def test_invented_data_does_not_replace_real_data(tmp_path: Path) -> None:
    completions = small().completions.with_columns(m_user_id=pl.lit("64656d6f64656d6f00000001"))
    invented = small(completions=completions)
    kpa.publish(invented, tmp_path, account="north", as_of=AS_OF)
    kpa.publish(small(), tmp_path, account="north", as_of=AS_OF)
    before = files(tmp_path)
    with pytest.raises(KPADataError, match="has real data of the account 'north', and invented"):
        kpa.publish(invented, tmp_path, account="north", as_of=AS_OF)
    assert files(tmp_path) == before


@pytest.mark.slow
def test_the_tables_say_what_the_functions_say(tmp_path: Path) -> None:
    data = small()
    kpa.publish(data, tmp_path, account="north", as_of=AS_OF, personal=True)
    status = kpa.expiry_status(
        data.completions, data.trainings, data.users, as_of=AS_OF, required=data.requirements
    )
    texts = status.with_columns(pl.col(pl.Enum).cast(pl.String))
    assert_frame_equal(read(tmp_path, "status").drop("as_of", "demo", "account"), texts)
    assert_frame_equal(read(tmp_path, "completions").drop("demo", "account"), data.completions)
    assert read(tmp_path, "required").drop("demo", "account").rows() == [("ann", 8)]
    last = read(tmp_path, "trend").row(-1, named=True)
    assert (last["day"], last["total"], last["expired"]) == (AS_OF, 3, 1)
    assert read(tmp_path, "sessions").row(0, named=True)["listed_not_recorded_ids"] == ["zeb"]


@pytest.mark.parametrize("personal", [False, True])
def test_personal_fields_are_written_only_if_wanted(tmp_path: Path, personal: bool) -> None:
    kpa.publish(small(), tmp_path, account="north", as_of=AS_OF, personal=personal)
    tables = [read(tmp_path, table) for table in PUBLISHED_TABLES]
    texts = "".join(table.write_json() for table in tables)
    for text in PERSONAL:
        assert (text in texts) is personal
    columns = {name for table in tables for name in table.columns}
    hidden = {"firstname", "lastname", "employeeNumber", "email", "username", "user", "notes"}
    assert (columns & hidden) == (hidden if personal else set())


def test_a_column_that_nobody_listed_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    new = {
        "users": Column("birthDate", pl.Date, "the day of birth"),
        "completions": Column("mood", pl.String, "free text"),
        "status": Column("nickname", pl.String, "another name"),
    }
    more = {
        name: PUBLISHED_TABLES[name]._replace(columns=(*PUBLISHED_TABLES[name].columns, new[name]))
        for name in new
    }
    monkeypatch.setattr(
        "kpa_analytics.publishing.datasets.PUBLISHED_TABLES", {**PUBLISHED_TABLES, **more}
    )
    for name, column in new.items():
        assert column not in published_columns(name, personal=False)
        assert column in published_columns(name, personal=True)


@pytest.mark.parametrize("name", ["users", "employee_status"])
@pytest.mark.parametrize(
    "dtype",
    [pl.Int64(), pl.Date(), pl.Boolean(), pl.List(pl.Int64()), pl.Struct({"n": pl.Int64()})],
)
def test_of_people_a_column_that_nobody_listed_is_hidden_whatever_its_type(
    name: str, dtype: pl.DataType
) -> None:
    endpoint = endpoint_of(name)
    assert endpoint.hides("birth", dtype)
    kept = {
        column for column, kind in endpoint.table.schema.items() if not endpoint.hides(column, kind)
    }
    assert kept == {*endpoint.people, *endpoint.public, *endpoint.facts}


@pytest.mark.slow
def test_an_unchanged_file_is_not_written_again(tmp_path: Path) -> None:
    kpa.publish(small(), tmp_path, account="north", as_of=AS_OF)
    before = files(tmp_path)
    again = kpa.publish(small(), tmp_path, account="north", as_of=AS_OF)
    assert set(again["change"]) == {"unchanged"}
    assert files(tmp_path) == before
    groups = small().groups.with_columns(name=pl.lit("Midland"))
    changed = kpa.publish(small(groups=groups), tmp_path, account="north", as_of=AS_OF)
    assert changed.filter(pl.col("change") == "written")["table"].to_list() == ["groups"]
    assert read(tmp_path, "groups")["name"].to_list() == ["Midland"]


def test_an_account_of_a_folder_stays_when_another_is_published(tmp_path: Path) -> None:
    kpa.publish(small(), tmp_path, account="north", as_of=AS_OF)
    north = files(tmp_path)
    kpa.publish(small(), tmp_path, account="south", as_of=AS_OF)
    assert north.items() < files(tmp_path).items()
    index = json.loads((tmp_path / "index.json").read_bytes())
    assert list(index["accounts"]) == ["north", "south"]
    assert index["complete"] is True
    for account in index["accounts"].values():
        for file in account["files"].values():
            content = (tmp_path / file["path"]).read_bytes()
            assert hashlib.sha256(content).hexdigest() == file["sha256"]
            assert len(content) == file["bytes"]


@pytest.mark.slow
def test_an_account_whose_files_were_deleted_is_not_complete(tmp_path: Path) -> None:
    for name in ("north", "south"):
        kpa.publish(small(), tmp_path, account=name, as_of=AS_OF)
    (tmp_path / "users" / "account=south" / "data.parquet").unlink()
    kpa.publish(small(), tmp_path, account="north", as_of=AS_OF)
    south = pl.read_parquet(tmp_path / "accounts.parquet").row(1, named=True)
    assert (south["complete"], south["failure"]) == (False, "its files were deleted: users")
    for table in PUBLISHED_TABLES:
        shutil.rmtree(tmp_path / table / "account=south")
    kpa.publish(small(), tmp_path, account="north", as_of=AS_OF, personal=True)
    assert pl.read_parquet(tmp_path / "accounts.parquet")["account"].to_list() == ["north"]
    assert json.loads((tmp_path / "index.json").read_bytes())["complete"] is True


def test_two_programs_do_not_publish_into_a_folder_at_once(tmp_path: Path) -> None:
    with (
        FileLock(tmp_path / ".publish.lock"),
        pytest.raises(KPADataError, match="another program is publishing into this folder"),
    ):
        kpa.publish(small(), tmp_path, as_of=AS_OF)


def test_a_full_disk_is_an_error_that_names_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise pl.exceptions.ComputeError("parquet: IO error: No space left on device (os error 28)")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(KPAError, match=r"published can't be written: No space left on device$"):
        kpa.publish(small(), tmp_path / "published", as_of=AS_OF)
    assert not [*(tmp_path / "published").rglob("*.parquet")]


def test_a_file_url_is_a_folder_of_this_machine(tmp_path: Path) -> None:
    kpa.publish(small(), (tmp_path / "a folder").as_uri(), account="north", as_of=AS_OF)
    assert read(tmp_path / "a folder", "users").height == 2


@pytest.mark.slow
def test_a_stopped_publish_leaves_whole_files_and_an_index_that_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kpa.publish(small(), tmp_path, account="north", as_of=AS_OF)
    other = small(completions=small().completions.head(1))

    class Stopped(BaseException):
        pass

    def stop(written: Path, target: Path) -> None:
        if target.parents[1].name == "status":
            raise Stopped
        written.replace(target)

    with monkeypatch.context() as patch:
        patch.setattr("kpa_analytics.publishing.local_folder.put", stop)
        with pytest.raises(Stopped):
            kpa.publish(other, tmp_path, account="north", as_of=AS_OF)
    assert read(tmp_path, "completions").height == 1
    assert read(tmp_path, "status").height == 3
    assert json.loads((tmp_path / "index.json").read_bytes())["complete"] is False
    assert not (tmp_path / ".publishing").exists()
    kpa.publish(other, tmp_path, account="north", as_of=AS_OF)
    assert json.loads((tmp_path / "index.json").read_bytes())["complete"] is True


class Held:
    """Windows does not replace a file that a program holds open, here the completions."""

    def __init__(self, times: float) -> None:
        self.times = times

    def rename(self, written: Path, target: Path) -> None:
        if target.parents[1].name == "completions" and self.times > 0:
            self.times -= 1
            raise PermissionError(13, "The process cannot access the file")
        written.replace(target)


@pytest.mark.slow
def test_a_file_that_is_open_elsewhere_is_named_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kpa.publish(small(), tmp_path, account="north", as_of=AS_OF)
    other = small(completions=small().completions.head(1))
    with monkeypatch.context() as patch:
        patch.setattr("kpa_analytics.publishing.local_folder.put", Held(float("inf")).rename)
        patch.setattr("kpa_analytics.publishing.local_folder._READERS_PATIENCE", 0)
        named = r"has completions/account=north/data\.parquet open.*says which accounts are not com"
        with pytest.raises(KPAError, match=named):
            kpa.publish(other, tmp_path, account="north", as_of=AS_OF)
    assert (read(tmp_path, "completions").height, read(tmp_path, "status").height) == (2, 2)
    assert pl.read_parquet(tmp_path / "accounts.parquet")["complete"].to_list() == [False]
    kpa.publish(other, tmp_path, account="north", as_of=AS_OF)
    assert read(tmp_path, "completions").height == 1
    assert pl.read_parquet(tmp_path / "accounts.parquet")["complete"].to_list() == [True]


@pytest.mark.slow
def test_a_file_that_is_closed_after_a_moment_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kpa.publish(small(), tmp_path, account="north", as_of=AS_OF)
    monkeypatch.setattr("kpa_analytics.publishing.local_folder.put", Held(2).rename)
    other = small(completions=small().completions.head(1))
    kpa.publish(other, tmp_path, account="north", as_of=AS_OF)
    assert read(tmp_path, "completions").height == 1


def test_what_a_killed_publish_left_is_deleted(tmp_path: Path) -> None:
    left = tmp_path / ".publishing" / "data.parquet.0a1b2c3d.part"
    left.parent.mkdir()
    left.write_bytes(b"half")
    kpa.publish(small(), tmp_path, account="north", as_of=AS_OF)
    assert not left.parent.exists()


def test_accounts_of_another_version_with_other_columns_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = {
        **PUBLISHED_TABLES,
        "groups": PUBLISHED_TABLES["groups"]._replace(
            columns=PUBLISHED_TABLES["groups"].columns[:2]
        ),
    }
    with monkeypatch.context() as patch:
        patch.setattr("kpa_analytics.publishing.datasets.PUBLISHED_TABLES", older)
        kpa.publish(small(), tmp_path, account="north", as_of=AS_OF)
    kpa.publish(small(), tmp_path, account="south", as_of=AS_OF)
    accounts = pl.read_parquet(tmp_path / "accounts.parquet")
    assert accounts["complete"].to_list() == [False, True]
    assert "published it with other columns" in accounts["failure"][0]
    kpa.publish(small(), tmp_path, account="north", as_of=AS_OF)
    assert pl.read_parquet(tmp_path / "accounts.parquet")["complete"].all()


@pytest.mark.parametrize(
    "name", ["", "../north", "a/b", "2024", "CON", "true", "Inf", "n" * 65, "north ", 7, ["n"]]
)
def test_a_name_that_is_no_safe_folder_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(KPADataError, match="can't be the name of an account") as caught:
        kpa.publish(small(), tmp_path / "new", account=name, as_of=AS_OF)
    assert repr(name) in str(caught.value)
    assert not (tmp_path / "new").exists()


def test_other_bad_input_is_named(tmp_path: Path) -> None:
    with pytest.raises(KPADataError, match="data must be the result of load_all"):
        kpa.publish(small().completions, tmp_path)  # type: ignore[arg-type]
    with pytest.raises(KPADataError, match="as_of must be a day"):
        kpa.publish(small(), tmp_path, as_of="soon")
    with pytest.raises(KPADataError, match="personal must be True or False"):
        kpa.publish(small(), tmp_path, personal="no")  # type: ignore[arg-type]
    (tmp_path / "file").write_text("")
    with pytest.raises(KPADataError, match="file is not a folder"):
        kpa.publish(small(), tmp_path / "file")
    for folder, message in (("", "folder is empty"), ("s3://", "s3:// names no folder")):
        with pytest.raises(KPADataError, match=message):
            kpa.publish(small(), folder)
    for content in (
        "{",
        '{"format": 1}',
        '{"format": 1, "accounts": {"n": {}}, "personal": false}',
    ):
        (tmp_path / "index.json").write_text(content)
        with pytest.raises(KPADataError, match=r"index\.json is damaged"):
            kpa.publish(small(), tmp_path)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "status").write_text("no folder")
    with pytest.raises(KPAError, match=r"status.*can't be written"):
        kpa.publish(small(), tmp_path / "other")


def test_accounts_of_a_folder_have_the_same_columns(tmp_path: Path) -> None:
    kpa.publish(small(), tmp_path, account="north", as_of=AS_OF)
    with pytest.raises(KPADataError, match=r"other accounts \(north\).*choose the same"):
        kpa.publish(small(), tmp_path, account="south", as_of=AS_OF, personal=True)
    for personal in (True, False):
        kpa.publish(small(), tmp_path, account="north", as_of=AS_OF, personal=personal)
        columns = pl.read_parquet(tmp_path / "users/account=north/data.parquet").columns
        assert ("lastname" in columns) is personal


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (circular(), "trainings: included_trainings_id has a circle"),
        (updated_from_newest_pages(), "the completions were only updated"),
    ],
)
def test_an_error_about_an_account_of_a_fleet_names_it(
    tmp_path: Path, data: kpa.TrainingData, said: str
) -> None:
    with pytest.raises(KPADataError, match=f"^south: {said}"):
        kpa.publish(kpa.Fleet({"north": small(), "south": data}), tmp_path, as_of=AS_OF)
    with pytest.raises(KPADataError, match=f"^{said}"):
        kpa.publish(data, tmp_path, account="south", as_of=AS_OF)


def test_an_error_about_an_argument_names_no_account(tmp_path: Path) -> None:
    with pytest.raises(KPADataError, match=r"^incremental must be True or False"):
        kpa.publish(kpa.Fleet({"north": small()}), tmp_path, incremental="no")  # type: ignore[arg-type]
