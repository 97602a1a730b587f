"""The progress bar, in a terminal and as Jupyter shows it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import IPython.core.getipython
import IPython.display
import pytest
import tqdm

import kpa_analytics as kpa
from kpa_analytics.api.client import Client
from kpa_analytics.config import Settings
from kpa_analytics.data.progress import PageBar, in_output, one_bar
from kpa_analytics.secret import Secret


class Cell:
    """The output of a notebook's cell: what is displayed in it can be replaced."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def display(self, bundle: dict[str, str], **_: object) -> SimpleNamespace:
        at = len(self.lines)
        self.lines.append(bundle["text/plain"])

        def update(bundle: dict[str, str], **_: object) -> None:
            self.lines[at] = bundle["text/plain"]

        return SimpleNamespace(update=update)


def load_pages() -> None:
    with PageBar("completions", shown=True) as bar:
        for page in range(1, 5):
            bar.page(page, of=4)
            bar.note(f"waits after page {page}")
        bar.page(5, of=4)


@pytest.fixture
def cell(monkeypatch: pytest.MonkeyPatch) -> Cell:
    shell, made = SimpleNamespace(kernel=object(), config={"IPKernelApp": {}}), Cell()
    monkeypatch.setattr(IPython.core.getipython, "get_ipython", lambda: shell)
    monkeypatch.setattr(IPython.display, "display", made.display)
    return made


def test_a_terminal_has_the_bar_beside_the_results(capsys: pytest.CaptureFixture[str]) -> None:
    load_pages()
    out, err = capsys.readouterr()
    assert out == ""
    _is_complete(err.splitlines()[-1].split("\r")[-1])


def test_a_notebook_has_one_line_whatever_else_it_prints(
    cell: Cell, capsys: pytest.CaptureFixture[str]
) -> None:
    load_pages()
    (line,) = cell.lines
    _is_complete(line)
    assert capsys.readouterr() == ("", "")


def test_an_output_widget_has_a_stream_because_it_replaces_no_line(
    cell: Cell, capsys: pytest.CaptureFixture[str]
) -> None:
    with in_output():
        load_pages()
    _is_complete(capsys.readouterr().out.splitlines()[-1].split("\r")[-1])
    assert cell.lines == []


def _is_complete(line: str) -> None:
    assert line.startswith("completions: 100%")
    assert "5/5" in line


class Heard(tqdm.tqdm):
    """A bar that keeps what it said."""

    bars: ClassVar[list[Heard]] = []

    def __init__(self, **options: Any) -> None:
        self.said: list[str] = []
        super().__init__(**{**options, "leave": False})
        self.bars.append(self)

    def set_description_str(self, desc: str | None = None, refresh: bool | None = True) -> None:
        self.said.append(desc or "")
        super().set_description_str(desc, refresh)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::kpa_analytics.errors.KPADataWarning")  # planted in the demo
def test_one_bar_says_which_collection_is_loaded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tqdm, "tqdm", Heard)
    monkeypatch.setattr(Heard, "bars", [])
    company = kpa.demo.organisation(people=20, completions=100)
    with (
        kpa.demo.serve(company) as api,
        Client(
            Settings(
                token=Secret(api.token),
                api_url=api.url,
                cache_dir=tmp_path,
                requests_per_minute=100_000,
                progress=True,
            )
        ) as client,
    ):
        kpa.load_all(client=client)
        (bar,) = Heard.bars
        assert bar.said[-2:] == ["Loading completions (6 of 6)", "Loaded all 6 collections"]
        assert len({*bar.said}) == 7
        kpa.load_all(client=client)
        assert len(Heard.bars) == 1  # everything is on disk
        kpa.load_users(client=client, refresh=True)
        assert (len(Heard.bars), Heard.bars[1].desc) == (2, "users")


def test_an_error_closes_the_bar_and_the_next_one_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tqdm, "tqdm", Heard)
    monkeypatch.setattr(Heard, "bars", [])
    with pytest.raises(ZeroDivisionError), one_bar(["users"]), PageBar("users", shown=True):
        raise ZeroDivisionError
    assert Heard.bars[0].said == ["Loading users (1 of 1)"]
    with PageBar("users", shown=True):
        assert len(Heard.bars) == 2
