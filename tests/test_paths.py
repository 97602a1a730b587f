"""A path that this machine can't write is named by every function, whatever it would write."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.audit.atomic_folder import refuse_occupied
from kpa_analytics.audit.sign import public_key, signing_key
from kpa_analytics.audit.timestamp import authority
from kpa_analytics.errors import KPADataError
from kpa_analytics.publishing.local_folder import LocalFolder
from kpa_analytics.schema import EXPIRY_STATUS
from tests.publishing.small import AS_OF, small


def chart() -> Any:
    return kpa.charts.status_summary(EXPIRY_STATUS.empty())


def plan() -> Any:
    return kpa.plan_sessions(small(), as_of=AS_OF)


def transcript() -> Any:
    return kpa.transcript(small(), "zeb", as_of=AS_OF)


#: What functions do with a path that they are given; the other argument is a new folder.
USES: dict[str, Callable[[str, Path], object]] = {
    "audit": lambda path, _: kpa.export_audit(small(), path, as_of=AS_OF),
    "fleet": lambda path, _: kpa.export_audit(kpa.Fleet({"a": small()}), path, as_of=AS_OF),
    "key": lambda path, new: kpa.export_audit(small(), new, as_of=AS_OF, sign=path),
    "since": lambda path, new: kpa.export_audit(small(), new, as_of=AS_OF, since=path),
    "publish": lambda path, _: kpa.publish(small(), path),
    "publish URL": lambda path, _: kpa.publish(small(), f"file://{path}"),
    "plan": lambda path, _: kpa.export_plan(plan(), path),
    "earlier plan": lambda path, new: kpa.export_plan(plan(), new, previous=path),
    "supervisors": lambda path, _: kpa.export_supervisor_packs(small(), path, as_of=AS_OF),
    "earlier lists": lambda path, new: kpa.export_supervisor_packs(
        small(), new, as_of=AS_OF, previous=path
    ),
    "verify": lambda path, _: kpa.verify_audit(path),
    "changes": lambda path, _: kpa.changes(path, small()),
    "private key": lambda path, _: signing_key(path),
    "public key": lambda path, _: public_key(path),
    "authority": lambda path, _: authority(path),
    "save": lambda path, _: kpa.charts.save(chart(), f"{path}.svg"),
    "chart's save": lambda path, _: chart().save(f"{path}.json"),
    "document": lambda path, _: transcript().save(f"{path}.pdf"),
    "cache": lambda path, _: kpa.configure(cache_dir=path),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
@pytest.mark.parametrize(
    "name",
    [
        pytest.param("q\ud800", id="not UTF-8"),
        pytest.param(
            "x" * 300,
            marks=pytest.mark.skipif(sys.platform == "win32", reason="Windows has another error"),
            id="too long",
        ),
    ],
)
def test_a_path_that_cannot_be_written_is_named(tmp_path: Path, use: Any, name: str) -> None:
    wrong = "is not UTF-8: choose another path|it is too long, or a name in it is; choose a shorter"
    with pytest.raises(kpa.errors.KPAError, match=wrong) as error:
        use(f"{tmp_path}/{name}", tmp_path / "new")
    assert name.encode("utf-8", "backslashreplace").decode() in str(error.value)
    assert [*tmp_path.iterdir()] == []


#: They add a suffix to the path.
_FILES = ("save", "chart's save", "document")


@pytest.mark.parametrize("name", [name for name in USES if name not in _FILES])
def test_an_empty_path_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(kpa.errors.KPAError, match=r"is empty|path of a folder, not ''"):
        USES[name]("", tmp_path / "new")
    assert [*tmp_path.iterdir()] == []


#: A cache is made when it is needed, and the error about a specification is altair's own.
_LATER = ("cache", "chart's save")


@pytest.mark.parametrize("name", [name for name in USES if name not in _LATER])
def test_a_path_inside_a_file_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    inside = tmp_path / "file" / "inside"
    with pytest.raises(kpa.errors.KPAError, match=re.escape(str(inside))):
        USES[name](str(inside), tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("name", ["save", "document"])
def test_a_missing_folder_is_named(tmp_path: Path, name: str) -> None:
    inside = tmp_path / "missing" / "file"
    with pytest.raises(KPADataError, match=rf"{re.escape(str(inside))}\.\w+ can't be written: "):
        USES[name](str(inside), tmp_path)


def test_a_folder_of_spark_that_cannot_be_read_is_named() -> None:
    pytest.importorskip("pyspark")
    for folder in ("q\ud800", "s3a://q\ud800"):
        with pytest.raises(KPADataError, match="is not UTF-8"):
            kpa.spark.read(folder)
    with pytest.raises(KPADataError, match="it is too long, or a name in it is"):
        kpa.spark.read("x" * 300)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sftp://ann:hunter2@host/q\ud800", r"sftp://\.\.\. is not UTF-8"),
        ("s3://ann:hunter2@bucket/x", r"s3://bucket\.\.\. must not have a password"),
        ("s3://ann%3Ahunter2@bucket/x", r"s3://bucket\.\.\. must not have a password"),
        ("s3://ann:hunter2/and+more@bucket/x", "is not a valid URL"),
        ("simplecache::s3://ann:hunter2@bucket/x", "is not a valid URL"),
        ("file::s3://ann:hunter2@bucket/x", "is not a valid URL"),
        ("s3 ://ann:hunter2@bucket/x", "is not a valid URL"),
        ("://ann:hunter2@bucket/x", "is not a valid URL"),
        ("s3://ann:hunter2\n@bucket/x", "is not a valid URL"),
        (
            "https://host/x?key=hunter2",
            r"https://host\.\.\. must not have \? or # in it: give a key",
        ),
        ("file:///tmp/C#/hunter2", "must not have [?] or # in it: give the path, not a URL"),
        ("file:///tmp/what?", "must not have [?] or # in it: give the path, not a URL"),
        (Path("s3://ann:hunter2@bucket/x"), "give it as text, such as 's3://bucket/folder'"),
    ],
)
def test_a_password_in_an_address_is_not_shown(url: str | Path, said: str) -> None:
    pytest.importorskip("pyspark")
    for use in (lambda url: kpa.publish(small(), url, as_of=AS_OF), kpa.spark.read):
        with pytest.raises(KPADataError, match=said) as error:
            use(url)
        assert "hunter2" not in str(error.value)


def test_letters_of_another_encoding_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    folder = tmp_path / "caf\udce9"
    with pytest.raises(KPADataError, match=r"caf\\udce9 is not UTF-8"):
        kpa.publish(small(), folder, as_of=AS_OF)
    assert [*tmp_path.iterdir()] == []


@pytest.mark.skipif(sys.platform != "linux", reason="no folder can have this name")
def test_a_short_path_in_such_a_folder_is_refused_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "caf\udce9"
    folder.mkdir()
    monkeypatch.chdir(folder)
    with pytest.raises(KPADataError, match=r"caf\\udce9/out is not UTF-8"):
        kpa.publish(small(), "out", as_of=AS_OF)


@pytest.mark.parametrize("name", ["title", "standard", "organisation"])
def test_a_text_that_is_not_utf_8_is_named(tmp_path: Path, name: str) -> None:
    text: Any = {name: "Zo\udceb"}
    with pytest.raises(KPADataError, match=rf"{name} must be UTF-8 text, not 'Zo\\udceb'"):
        kpa.export_audit(small(), tmp_path / "pack", as_of=AS_OF, **text)
    assert [*tmp_path.iterdir()] == []


def test_a_title_of_a_fleet_is_checked_once(tmp_path: Path) -> None:
    fleet = kpa.Fleet({"north": small()})
    with pytest.raises(KPADataError, match=r"^standard must be UTF-8 text"):
        kpa.export_audit(fleet, tmp_path / "pack", as_of=AS_OF, standard="Zo\udceb")


def test_the_address_of_an_authority_is_utf_8(tmp_path: Path) -> None:
    with pytest.raises(KPADataError, match="timestamp must be the http or https address"):
        kpa.export_audit(
            small(), tmp_path / "pack", as_of=AS_OF, timestamp="https://example.com/\ud800"
        )


def test_a_folder_that_may_not_be_looked_at_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a folder of somebody else; the user root may look into every folder."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", refuse)
    with pytest.raises(KPADataError, match=r"out can't be written: Permission denied$"):
        refuse_occupied(tmp_path / "out")
    with (
        pytest.raises(KPADataError, match=r"out can't be written: Permission denied$"),
        LocalFolder(tmp_path / "out").opened(),
    ):
        raise AssertionError("never entered")


def test_other_letters_stay_as_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "Zoë 漢字 🦺"
    kpa.publish(small(), folder, account="north", as_of=AS_OF)
    assert pl.read_parquet(folder / "users/account=north/data.parquet").height == 2
