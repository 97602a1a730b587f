"""Whatever fails, the command line says it in one line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import kpa_analytics as kpa
from kpa_analytics import cli
from kpa_analytics.demo import Fault
from kpa_analytics.demo.server import DemoAPI
from kpa_analytics.errors import KPASettingsError
from tests.hard.commands import ROOT, environment_of, started
from tests.hard.loading import ended


def _command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str
) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["kpa-analytics", *arguments])
    with pytest.raises(SystemExit) as end:
        cli.main()
    return int(end.value.code or 0), capsys.readouterr().err


class _PanicError(BaseException):
    """Like polars' PanicException, which is not an Exception."""


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (RuntimeError("no place\nfor secret-token-1"), 2),
        (_PanicError("index out of bounds"), 2),
        (UnicodeEncodeError("charmap", "Ł", 0, 1, "character maps to <undefined>"), 2),
        (RecursionError("too deep"), 2),
        (BrokenPipeError(32, "Broken pipe"), 2),
        (SystemExit("no port is free"), 2),
        (KeyboardInterrupt(), 130),
    ],
)
def test_every_error_is_one_line_and_never_exits_like_a_finding(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    raised: BaseException,
    code: int,
) -> None:
    def fail(**_: object) -> None:
        raise raised

    monkeypatch.setenv("KPA_API_TOKEN", "secret-token-1")
    monkeypatch.setattr("kpa_analytics.data.snapshots.snapshots", fail)
    ended_with, err = _command(capsys, monkeypatch, "cache", "show")
    assert ended_with == code
    assert len(err.splitlines()) <= 1
    assert err.startswith("kpa-analytics: ") or isinstance(raised, BrokenPipeError)
    assert "secret-token" not in err


def test_ctrl_c_while_importing_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise KeyboardInterrupt")
    done = subprocess.run(
        [sys.executable, "-m", "kpa_analytics", "--version"],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "kpa-analytics: stopped; nothing more was done\n"


@pytest.mark.slow
def test_ctrl_c_while_loading_is_one_line(api: DemoAPI, tmp_path: Path) -> None:
    api.faults.add(Fault.change(lambda _: process.send_signal(signal.SIGINT)), page=2)
    api.faults.add(Fault.stall(60), page=2)
    process = started("kpa_analytics", "fetch", **environment_of(api, tmp_path / "kept"))
    code, _, err = ended(process)
    assert (code, "Traceback" in err) == (130, False), err
    assert err.splitlines()[-1].endswith("kpa-analytics: stopped; nothing more was done")


@pytest.mark.slow
def test_closed_output_does_not_exit_like_a_finding(api: DemoAPI, tmp_path: Path) -> None:
    kept = environment_of(api, tmp_path / "kept")
    assert ended(started("kpa_analytics", "fetch", **kept))[0] == 0
    process = started("kpa_analytics", "cache", "show", **kept)
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    code, _, err = ended(process)
    assert (code, "Traceback" in err, "Exception ignored" in err) == (2, False, False)


@pytest.mark.slow
def test_output_that_cannot_be_written_is_a_one_line_error(api: DemoAPI, tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "kpa_analytics", "cache", "show"],
            env={**os.environ, **environment_of(api, tmp_path / "kept")},
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=600,
        )
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
    assert done.stderr == "kpa-analytics: No space left on device\n"


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
def test_a_stream_that_was_never_open_is_no_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, closed: str
) -> None:
    monkeypatch.setattr(sys, closed, None)
    code, err = _command(capsys, monkeypatch, "--version")
    getattr(sys, closed).close()  # it is open now
    assert (code, err) == (0, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", "~nosuch/x"),
        ("changes", "~nosuch/x", "~nosuch/y"),
        ("audit", "~nosuch/x", "--demo"),
        ("demo", "--out", "~nosuch/x"),
    ],
)
def test_a_missing_home_folder_is_a_one_line_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    code, err = _command(capsys, monkeypatch, *arguments)
    assert (code, len(err.splitlines())) == (2, 1)
    assert "~nosuch/x: there is no such home folder" in err


def test_the_error_about_a_cache_folder_in_a_missing_home_names_the_setting() -> None:
    with pytest.raises(KPASettingsError, match="cache_dir: ~nosuch/x"):
        kpa.configure(cache_dir="~nosuch/x")


def test_without_any_home_the_error_names_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HOME", "KPA_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setitem(sys.modules, "pwd", None)  # type: ignore[arg-type]
    monkeypatch.setenv("KPA_API_TOKEN", "t")
    with pytest.raises(KPASettingsError, match="KPA_CACHE_DIR"):
        kpa.snapshots()


@pytest.mark.slow
def test_the_error_about_a_file_name_that_is_not_utf_8_names_the_file(tmp_path: Path) -> None:
    from kpa_analytics.audit.manifest import write_manifest

    write_manifest(tmp_path, {})
    Path(os.fsdecode(bytes(tmp_path) + b"/caf\xe9.txt")).write_bytes(b"x")
    code, out, err = ended(started("kpa_analytics", "verify", tmp_path))
    assert (code, err) == (1, "")
    assert out.startswith(r"added: caf\udce9.txt (")
