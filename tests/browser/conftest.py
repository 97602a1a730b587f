"""JupyterLab and Voila as a user has them, in a real Chromium that can reach nothing but us."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from tests.audit.conftest import data, hostile, hostile_pack, pack

__all__ = ["data", "hostile", "hostile_pack", "pack"]
TOKEN = secrets.token_hex(12)
_SCREENSHOTS = Path(__file__).parent / "screenshots"
#: Chromium's headless shell draws and runs pages as Chromium does. It has no windows and no menus,
#: so it needs half the processor time.
_BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = next(filter(None, map(shutil.which, _BROWSERS)), None)
#: Whatever is not on this machine can't even be looked up, so that it fails at once.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
#: What Notebook 7.6 itself says about any notebook, even an empty one.
OF_NOTEBOOK_7 = {
    "Cannot read properties of undefined (reading 'schema')",
    "Command 'filebrowser:open-path' not registered.",
}
#: How JupyterLab's debugger begins when a kernel restarts.
_OF_A_RESTART = "Could not restore the debugger state: "
_OURS = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:", "about:", "file:")
_HOMES = (
    "HOME",
    "IPYTHONDIR",
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR",
    "JUPYTERLAB_SETTINGS_DIR",
    "JUPYTERLAB_WORKSPACES_DIR",
    "KPA_CACHE_DIR",
)

expect.set_options(timeout=60_000)


@pytest.fixture(scope="session")
def base_url() -> None:
    """Replaces the fixture of pytest-base-url, which pytest 9 warns of."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium-headless-shell)")
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "viewport": {"width": 1400, "height": 1100}}


@contextmanager
def watched(page: Page) -> Iterator[None]:
    """A block in which nothing leaves this machine, and after which the console has no faults."""
    foreign: list[str] = []
    errors: list[tuple[str, str]] = []  # with the address that one is about
    page.on("request", lambda r: None if r.url.startswith(_OURS) else foreign.append(r.url))
    page.on("websocket", lambda w: None if w.url.startswith(_OURS) else foreign.append(w.url))
    page.on("console", lambda m: errors.append(_said(m)) if _is_fault(m) else None)
    page.on("pageerror", lambda error: errors.append((str(error), "")))
    yield
    assert foreign == []
    ours = [error for error in errors if not error[0].startswith(_OF_A_RESTART)]
    assert [error for error in ours if error[0] not in OF_NOTEBOOK_7] == []


def _is_fault(message: ConsoleMessage) -> bool:
    """Whether it is an error, or a warning of Vega."""
    return message.type == "error" or message.text.startswith("WARN")


def _said(message: ConsoleMessage) -> tuple[str, str]:
    return message.text, message.location["url"]


@pytest.fixture
def web(page: Page) -> Iterator[Page]:
    """A watched page; in the end its notebooks have no kernel."""
    page.set_default_timeout(120_000)
    with watched(page):
        yield page
        page.evaluate(
            "async () => { await window.jupyterapp?.serviceManager.sessions.shutdownAll() }"
        )  # the next notebook must not meet this one's kernel


@pytest.fixture(scope="session")
def report(pack: Path) -> str:
    """The address of the report of a small demo company."""
    return (pack / "report.html").as_uri()


@pytest.fixture(scope="session")
def hostile_report(hostile_pack: Path) -> str:
    """The address of a report whose every text is hostile."""
    return (hostile_pack / "report.html").as_uri()


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """An empty folder for notebooks, and an environment with nothing of the user's in it."""
    root = tmp_path_factory.mktemp("jupyter")
    return root, environment(root)


@pytest.fixture(scope="session")
def lab(jupyter: tuple[Path, dict[str, str]]) -> Iterator[Lab]:
    """A running JupyterLab."""
    with laboratory(*jupyter) as running_lab:
        yield running_lab


def environment(root: Path) -> dict[str, str]:
    """The settings that JupyterLab is started with; all that it keeps goes into a folder."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("KPA_")}
    for name in _HOMES:
        (root / name.lower()).mkdir()
        env[name] = str(root / name.lower())
    env["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), env["PATH"]])
    env["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    settings = root / "jupyterlab_settings_dir" / "@jupyterlab"
    for extension, name, values in (
        ("notebook-extension", "tracker", {"windowingMode": "none"}),
        ("apputils-extension", "notification", {"fetchNews": "false", "checkForUpdates": False}),
    ):
        (settings / extension).mkdir(parents=True)
        file = settings / extension / f"{name}.jupyterlab-settings"
        file.write_text(json.dumps(values))
    (root / "notebooks").mkdir()
    return env


@contextmanager
def laboratory(root: Path, env: dict[str, str]) -> Iterator[Lab]:
    """A JupyterLab for the length of a block."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        *("--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"),
        *(f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={root / 'notebooks'}"),
        *("--LabApp.expose_app_in_browser=True", "--LabApp.extension_manager=readonly"),
        "--JupyterNotebookApp.expose_app_in_browser=True",  # Notebook 7, on the same server
        *("--LabApp.news_url=", "--ServerApp.terminals_enabled=False"),
    ]
    with running(command, env, f"http://127.0.0.1:{port}/api", root / "lab.log"):
        yield Lab(f"http://127.0.0.1:{port}", root / "notebooks")


class Lab:
    """A JupyterLab that opens and runs notebooks made of cells."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder

    def run(self, page: Page, name: str, *cells: str) -> None:
        """Write a notebook of code cells, open it, and run all of it."""
        self.run_notebook(page, name, notebook_of(*cells))

    def run_notebook(
        self, page: Page, name: str, notebook: Any, *, in_notebook_7: bool = False
    ) -> None:
        """Open a notebook in a workspace of its own, or in Notebook 7, and run all of it."""
        nbformat.write(notebook, self.folder / f"{name}.ipynb")
        place = (
            f"notebooks/{name}.ipynb?"
            if in_notebook_7
            else f"lab/workspaces/{name}/tree/{name}.ipynb?reset&"
        )
        page.goto(f"{self.url}/{place}token={TOKEN}")
        page.wait_for_function("window.jupyterapp !== undefined")
        page.evaluate("async () => { await jupyterapp.started; await jupyterapp.restored }")
        page.locator(".jp-NotebookPanel").wait_for()
        page.wait_for_function("jupyterapp.shell.currentWidget?.sessionContext !== undefined")
        page.evaluate(
            """async () => {
                const notebook = jupyterapp.shell.currentWidget;
                await notebook.context.ready;
                await notebook.sessionContext.ready;
                const sides = "application:toggle-left-area";
                if (jupyterapp.commands.isVisible(sides)) await jupyterapp.commands.execute(sides);
                jupyterapp.commands.execute("notebook:run-all-cells");
            }"""
        )

    def notebook(self, page: Page) -> Any:
        """The notebook that is open, with its outputs."""
        model = "jupyterapp.shell.currentWidget.context.model"
        return nbformat.reads(page.evaluate(f"JSON.stringify({model}.toJSON())"), 4)

    def ask(self, page: Page, code: str) -> Any:
        """The value of an expression in the notebook's kernel."""
        text = page.evaluate(
            """async (code) => {
                const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
                const told = kernel.requestExecute({code, store_history: false});
                let said = "";
                told.onIOPub = ({ content }) => { said += content.text ?? content.evalue ?? "" };
                const { content } = await told.done;
                if (content.status !== "ok") throw new Error(said);
                return said;
            }""",
            f"import json; print(json.dumps({code}, default=str))",
        )
        return json.loads(text)

    def becomes(self, page: Page, code: str, value: Any) -> None:
        """Wait until an expression has a value: a control may work in another thread."""
        end = time.monotonic() + 60
        while (now := self.ask(page, code)) != value:
            assert time.monotonic() < end, f"{code} is {now}, not {value}"
            page.wait_for_timeout(100)


def notebook_of(*cells: str) -> Any:
    """A notebook of code cells."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    return notebook


def keep(view: Locator, name: str) -> None:
    """Show the whole of a view, and keep a screenshot of it if the user wants screenshots."""
    view.page.set_viewport_size({"width": 1400, "height": 2300})
    view.scroll_into_view_if_needed()
    save_screenshot(view, name)


def save_screenshot(view: Locator | Page, name: str) -> None:
    """Save a screenshot if the variable KEEP_SCREENSHOTS is set; no test reads one."""
    if os.environ.get("KEEP_SCREENSHOTS"):
        _SCREENSHOTS.mkdir(exist_ok=True)
        view.screenshot(path=_SCREENSHOTS / f"{name}.png", animations="disabled")


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


@contextmanager
def running(
    command: list[str], env: dict[str, str], ready: str, log: Path, folder: Path | None = None
) -> Iterator[int]:
    """A server for the length of a block; it and what it started are gone in the end."""
    with log.open("wb") as out:
        server = subprocess.Popen(
            command,
            env=env,
            cwd=folder,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until(lambda: _answers(ready), server, log)
        yield server.pid
    finally:
        is_running = server.poll() is None
        started = psutil.Process(server.pid).children(recursive=True) if is_running else []
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        for kernel in psutil.wait_procs(started, timeout=5)[1]:
            kernel.kill()


def _wait_until(done: Any, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 180
    while not done():
        if server.poll() is not None or time.monotonic() > end:
            raise RuntimeError(
                f"the server did not start: {log.read_text(encoding='utf-8')[-3000:]}"
            )
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
