"""Simulated Windows: it lacks the same functions, refuses the same calls, and uses cp1252."""

from __future__ import annotations

import ast
import multiprocessing
import os
import pickle
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

import kpa_analytics as kpa
from kpa_analytics import cli
from kpa_analytics.demo import Fault
from kpa_analytics.demo.records import COMPLETIONS, Records
from kpa_analytics.demo.server import DemoAPI
from kpa_analytics.errors import KPACacheWarning, KPASettingsError
from tests.conftest import VENDOR_RECORDS, completion, use
from tests.hard.loading import account, ended
from tests.hard.windows import refused_name

ROOT = Path(__file__).parents[2]
PACKAGE = Path(kpa.__file__).parent

#: A name with letters that no Windows console of western Europe has.
PERSON = {
    "id": VENDOR_RECORDS[0]["m_user_id"],
    "created": 1_500_000_000_000,
    "firstname": "Łukasz",
    "lastname": "Żółć",
    "employeeNumber": "7",
    "email": "",
    "username": "",
    "fieldOffice_id": "",
    "lineOfBusiness_id": "",
    "clients_id": [],
    "projects_id": [],
    "isDriver": False,
    "isRegulatedDriver": False,
    "role_id": "",
}


def _started(*arguments: object, **variables: str) -> subprocess.Popen[str]:
    """Start the jobs in a process with a Windows console and locale."""
    return subprocess.Popen(
        [sys.executable, "-m", *map(str, arguments)],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONIOENCODING": "cp1252",
            "PYTHONUTF8": "0",
            "PYTHONTZPATH": "",
            "PYTHONDONTWRITEBYTECODE": "1",
            **variables,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="cp1252",
    )


def _of(api: DemoAPI, folder: Path) -> dict[str, str]:
    return {
        "KPA_API_TOKEN": api.token,
        "KPA_API_URL": api.url,
        "KPA_CACHE_DIR": str(folder),
        "KPA_REQUESTS_PER_MINUTE": "100000",
    }


def _written(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def api() -> Iterator[DemoAPI]:
    records = [completion(number) for number in range(1, 1_500)]
    with kpa.demo.serve(Records({COMPLETIONS: records, "users.list": [PERSON]})) as opened:
        yield use(opened)


@pytest.mark.slow
def test_the_main_jobs_work_on_an_account(api: DemoAPI, tmp_path: Path) -> None:
    code, out, err = ended(
        _started("tests.hard.windows_jobs", "records", tmp_path, **_of(api, tmp_path / "kept"))
    )
    assert (code, "Traceback" in err) == (0, False), out + err
    assert "AttributeError" not in err
    assert "kpa-analytics:" not in err, err
    for line in ("warn", "note"):
        assert f"{line}: " not in err.lower(), err
    assert out.splitlines()[0] == r"warm True '\u017b\xf3\u0142\u0107'"
    codes = re.findall(r"^(\w+) ?.* -> (\w+)$", out, re.MULTILINE)
    assert codes == [
        *(("fetch", "0"), ("audit", "0"), ("audit", "0"), ("verify", "0"), ("changes", "0")),
        *(("verify", "1"), ("cache", "0"), ("cache", "0")),
    ]
    assert "kept 2\ncleared True" in out
    assert r"\u0141ód\u017a 2025" in out, "as cp1252 can say it"
    assert r"added: \u0141.txt" in out
    assert not [path for path in _written(tmp_path) if refused_name(f"/{path.name}")]


@pytest.mark.slow
def test_the_demo_pack_is_written_and_replaced(tmp_path: Path) -> None:
    code, out, err = ended(_started("tests.hard.windows_jobs", "demo", tmp_path))
    assert (code, "Traceback" in err, "kpa-analytics:" in err) == (0, False, False), err
    assert re.findall(r"-> (\w+)$", out, re.MULTILINE) == ["0", "0", "0"]
    assert len(_written(tmp_path / "first")) == 6
    assert not [path for path in _written(tmp_path) if refused_name(f"/{path.name}")]


def test_the_simulation_refuses_what_windows_refuses(tmp_path: Path) -> None:
    """Otherwise the two tests above would prove nothing."""
    (tmp_path / "held").mkdir()
    (tmp_path / "held" / "open.txt").write_text("x")
    code = f"""
import os
from pathlib import Path
from tests.hard.windows import become_windows
become_windows()
exec(compile('''
import os
print(hasattr(os, "fchmod"), hasattr(os, "fork"))
''', "<ours>", "exec"), {{"__name__": "kpa_analytics.probe"}})
place = Path({str(tmp_path)!r})
def tried(action):
    try:
        action()
    except OSError as error:
        print(type(error).__name__)
file = (place / "held" / "open.txt").open("rb")
tried((place / "held" / "open.txt").unlink)
tried(lambda: (place / "held").rename(place / "other"))
tried(lambda: (place / "a:b").write_bytes(b""))
tried(lambda: (place / "nul.txt").write_bytes(b""))
file.close()
(place / "held" / "open.txt").unlink()
tried(lambda: (place / "new.txt").write_text("Ł"))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=600
    )
    assert done.stdout.split() == [
        *("False", "False", "PermissionError", "PermissionError", "OSError", "OSError"),
    ]
    assert "UnicodeEncodeError" in done.stderr


def _refusing(
    monkeypatch: pytest.MonkeyPatch, name: str, times: float, when: Callable[[str], bool]
) -> list[str]:
    """Let os.NAME refuse some paths a number of times, as Windows does for an open file."""
    real, refused = getattr(os, name), []

    def act(path: os.PathLike[str], *args: object, **kwargs: object) -> None:
        if when(str(path)) and len(refused) < times:
            refused.append(str(path))
            raise PermissionError(13, "The process cannot access the file", str(path))
        real(path, *args, **kwargs)

    monkeypatch.setattr(os, name, act)
    return refused


def test_a_new_snapshot_is_kept_although_old_ones_are_open(
    vendor: DemoAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    kpa.configure(keep_snapshots=1)
    kpa.load_completions()
    with monkeypatch.context() as held:
        _refusing(held, "unlink", float("inf"), lambda path: path.endswith(".parquet"))
        with pytest.warns(KPACacheWarning, match="an old snapshot can't be deleted"):
            kpa.load_completions(refresh=True)
        assert kpa.snapshots().height == 2
    vendor.requests.clear()
    kpa.load_completions()
    assert vendor.requests == [], "the new one is kept and fresh"
    kpa.load_completions(refresh=True)
    assert kpa.snapshots().height == 1, "deleted once nobody holds them"


def test_a_snapshot_is_kept_although_another_program_opens_it_during_the_rename(
    vendor: DemoAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = _refusing(monkeypatch, "replace", 3, lambda path: ".parquet." in path)
    kpa.load_completions()
    assert len(refused) == 3
    assert kpa.snapshots().height == 1


def test_clear_cache_renames_before_it_deletes(
    vendor: DemoAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    kpa.load_completions()
    folder = account()
    held = _refusing(monkeypatch, "unlink", 1, lambda path: path.endswith(".parquet"))
    with pytest.raises(OSError, match="not deleted") as refused:
        kpa.clear_cache()
    assert not folder.exists()
    assert Path(held[0]).name in str(refused.value)
    assert _written(folder.parent) == [Path(held[0])]
    kpa.clear_cache()
    assert not folder.parent.exists(), "what remained is deleted next time"


def test_clear_cache_of_a_folder_in_use_deletes_the_rest_and_names_it(
    vendor: DemoAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    kpa.load_completions()
    monkeypatch.setattr("kpa_analytics.patience.PATIENCE", 0.05)
    _refusing(monkeypatch, "replace", float("inf"), lambda path: "account-" in path)
    _refusing(monkeypatch, "unlink", float("inf"), lambda path: path.endswith(".sqlite"))
    with pytest.raises(OSError, match=r"pages\.sqlite"):
        kpa.clear_cache()
    assert {path.suffix for path in _written(account())} == {".sqlite"}


@pytest.mark.parametrize("content", [b"x" * 9_000, None])
@pytest.mark.parametrize("name", ["pages.sqlite", "budget.sqlite"])
def test_a_damaged_database_is_closed_before_it_is_set_aside(
    vendor: DemoAPI, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes | None
) -> None:
    kpa.load_completions()
    path = account() / name
    if content is None:
        path.unlink()
        with closing(sqlite3.connect(path)) as foreign:
            for table in ("pages", "rate_bucket"):
                foreign.execute(f"CREATE TABLE {table} (something TEXT)")
            foreign.commit()
    else:
        path.write_bytes(content)
    moves, real = [], os.replace

    def move(source: Path, target: Path) -> None:
        if str(target).endswith(".damaged"):
            links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
            moves.append([one for one in map(os.path.realpath, links) if name in one])
        real(source, target)

    monkeypatch.setattr(os, "replace", move)
    with pytest.warns(KPACacheWarning, match=f"{name} was damaged"):
        kpa.load_completions(refresh=True)
    assert moves == [[]]


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
    def fail() -> None:
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
    process = _started("kpa_analytics", "fetch", **_of(api, tmp_path / "kept"))
    code, _, err = ended(process)
    assert (code, "Traceback" in err) == (130, False), err
    assert err.splitlines()[-1].endswith("kpa-analytics: stopped; nothing more was done")


@pytest.mark.slow
def test_closed_output_does_not_exit_like_a_finding(api: DemoAPI, tmp_path: Path) -> None:
    kept = _of(api, tmp_path / "kept")
    assert ended(_started("kpa_analytics", "fetch", **kept))[0] == 0
    process = _started("kpa_analytics", "cache", "show", **kept)
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
            env={**os.environ, **_of(api, tmp_path / "kept")},
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=600,
        )
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr


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
    code, out, err = ended(_started("kpa_analytics", "verify", tmp_path))
    assert (code, err) == (1, "")
    assert out.startswith(r"added: caf\udce9.txt (")


@pytest.mark.parametrize("zone", ["", " -0000", " GMT"])
def test_a_retry_after_before_1970_is_read_in_every_form(zone: str) -> None:
    from kpa_analytics.api.client import _moment

    assert _moment(f"Thu, 01 Jan 1959 00:00:00{zone}") == -347_155_200


@pytest.mark.slow
def test_spawned_processes_can_load_and_return_errors(api: DemoAPI) -> None:
    """Windows and macOS spawn processes, so arguments and results are pickled."""
    variables = _of(api, kpa.configure().cache_dir)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            data = pool.submit(kpa.load_all).result(timeout=600)
            again = pool.submit(
                kpa.expiry_status, data.completions, data.trainings, as_of="2026-06-30"
            )
            assert again.result(timeout=600).height == data.completions["m_user_id"].n_unique()
            with pytest.raises(KPASettingsError, match="cache_dir"):
                pool.submit(kpa.configure, cache_dir=7).result(timeout=600)
            assert (
                pool.submit(kpa.verify_audit, ROOT / "nowhere").exception(timeout=600) is not None
            )


@pytest.mark.parametrize("name", [name for name in kpa.__all__ if callable(getattr(kpa, name))])
def test_every_public_function_can_go_to_another_process(name: str) -> None:
    function = getattr(kpa, name)
    assert pickle.loads(pickle.dumps(function)) is function


#: What must not stand in the package, each with what is to stand instead.
_CALLS = {
    "expanduser": "paths.typed_path, which says what is wrong",
    "fchmod": "Path.chmod",
    "home": "the setting cache_dir",
    "fork": "subprocess",
    "getuid": "nothing: Windows has none",
    "rename": "patience.move, or patiently()",
    "symlink_to": "a copy",
    "mktime": "datetime with UTC",
    "utcnow": "datetime.now(UTC)",
    "utcfromtimestamp": "datetime.fromtimestamp(..., UTC)",
}
_TEXT_CALLS = {"open", "fdopen", "read_text", "write_text", "NamedTemporaryFile"}


def _calls() -> Iterator[tuple[str, str, ast.Call]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                yield f"{file.relative_to(PACKAGE).as_posix()}:{node.lineno}", name, node


def test_no_code_calls_functions_that_only_some_systems_have() -> None:
    allowed = {("paths.py", "expanduser")}
    calls = [*_calls()]
    patient = [
        inside for _, name, call in calls if name == "patiently" for inside in ast.walk(call)
    ]
    found = [
        f"{place} {name}: use {_CALLS[name]}"
        for place, name, call in calls
        if name in _CALLS
        and (place.partition(":")[0], name) not in allowed
        and not (name == "rename" and any(call is inside for inside in patient))
        # frames are renamed by a dictionary, files by a path
        and not (name == "rename" and call.args and isinstance(call.args[0], ast.Dict))
    ]
    assert found == []


def test_every_text_file_says_its_encoding() -> None:
    def says(call: ast.Call) -> bool:
        modes = [value.value for value in call.args if isinstance(value, ast.Constant)]
        binary = any(isinstance(mode, str) and "b" in mode and len(mode) < 4 for mode in modes)
        owner = getattr(getattr(call.func, "value", None), "id", "")
        other = owner in ("os", "webbrowser") and getattr(call.func, "attr", "") == "open"
        return binary or other or any(word.arg == "encoding" for word in call.keywords)

    found = [place for place, name, call in _calls() if name in _TEXT_CALLS and not says(call)]
    assert found == []


def test_no_cache_path_is_too_long_for_windows(api: DemoAPI) -> None:
    """A user's folder may take 100 characters of the 260 that Windows allows."""
    kpa.load_completions(training_id=1046, user_id=VENDOR_RECORDS[0]["m_user_id"])
    kpa.load_all()
    cache = kpa.configure().cache_dir
    beside = len(".") + len(".1234567")  # as it is called while it is written
    longest = max(len(str(path.relative_to(cache))) for path in _written(cache))
    assert longest + beside + len(".damaged") < 260 - 100


def test_tzdata_is_a_requirement_on_windows() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert [
        one for one in project["dependencies"] if re.match("tzdata.*sys_platform == 'win32'", one)
    ]
    assert project["scripts"]["kpa-analytics"] == "kpa_analytics.__main__:main"


def test_the_readme_has_every_command_for_powershell() -> None:
    """The commands are the same, in the same order, but PowerShell sets the token differently."""

    def commands(block: str) -> list[str]:
        lines = [line.partition(" #")[0].strip() for line in block.splitlines()]
        return [part.strip() for line in lines for part in re.split("&&|;", line) if part]

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = {
        shell: [
            one
            for text in re.findall(rf"```{shell}\n(.*?)```", readme, re.S)
            for one in commands(text)
        ]
        for shell in ("bash", "powershell")
    }
    token = {'$env:KPA_API_TOKEN = "..."': "export KPA_API_TOKEN=..."}
    assert [token.get(one, one) for one in blocks["powershell"]] == blocks["bash"]
    assert blocks["powershell"].index("kpa-analytics demo --out audit-demo") < blocks[
        "powershell"
    ].index('$env:KPA_API_TOKEN = "..."')
    assert "On Windows" in readme.partition("## What is kept, and where")[2]
