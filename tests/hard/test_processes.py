"""Several processes on one account, some of them killed: no data and no page is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

import kpa_analytics as kpa
from kpa_analytics.demo import Fault
from kpa_analytics.demo.server import DemoAPI
from tests.conftest import completions, sent, use
from tests.hard.loading import LOAD, account, ended, files, killed, started, when

pytestmark = pytest.mark.slow

ALL = "import kpa_analytics as kpa; d = kpa.load_all(); print(d.completions.height)"


@pytest.fixture
def api() -> Iterator[DemoAPI]:
    with kpa.demo.serve(completions(6_500)) as opened:
        yield use(opened)


@pytest.mark.parametrize("number", [2, 5])
def test_after_a_killed_download_only_the_missing_pages_are_requested(
    api: DemoAPI, number: int
) -> None:
    api.faults.add(Fault.stall(60), page=number)
    process = started(api)
    when(lambda: number in sent(api), process)
    assert killed(process) != 0
    assert kpa.load_completions().height == 6_500
    assert sent(api) == [*range(1, number + 1), *range(number, 8)]


@pytest.mark.parametrize("name", [".parquet", "pages.sqlite"])
def test_a_process_killed_while_writing_leaves_no_file_in_the_end(api: DemoAPI, name: str) -> None:
    """Kill it as soon as the file grows: an unfinished file is not read, and is deleted later."""
    process = started(api)
    when(
        lambda: any(name in file.name for file in files(kpa.configure().cache_dir)),
        process,
    )
    killed(process)
    assert kpa.load_completions(refresh=True).height == 6_500
    left = [path.name for path in (account() / "snapshots" / "completions").iterdir()]
    assert all(not name.startswith(".") for name in left)
    assert kpa.load_completions().height == 6_500


def test_unfinished_snapshots_of_killed_processes_are_deleted(api: DemoAPI) -> None:
    kpa.load_trainings()
    folder = account() / "snapshots" / "trainings"
    (folder / ".20260101T000000000000Z-00.parquet.4711").write_bytes(b"half")
    kpa.load_trainings(refresh=True)
    assert [path.suffix for path in folder.iterdir()] == [".parquet", ".parquet"]


def test_four_processes_with_an_empty_cache_all_get_every_record(api: DemoAPI) -> None:
    api.faults.add(Fault.stall(0.05), times=None)
    four = [started(api, LOAD) for _ in range(4)]
    answers = [ended(process) for process in four]
    assert [code for code, _, _ in answers] == [0] * 4
    assert [out.strip() for _, out, _ in answers] == ["6500"] * 4
    assert Counter(sent(api)) == Counter(range(1, 8))
    assert not any("KPACacheWarning" in err for _, _, err in answers)


def test_four_processes_can_load_everything_at_once(api: DemoAPI) -> None:
    four = [started(api, ALL) for _ in range(4)]
    answers = [ended(process) for process in four]
    assert [(code, out.strip()) for code, out, _ in answers] == [(0, "6500")] * 4
    assert not any("Warning" in err for _, _, err in answers), answers
    assert len(api.requests) == 7 + 3 + 1 + 3  # pages, lists, employee status, names of groups


def test_threads_share_one_account_like_processes(api: DemoAPI) -> None:
    with ThreadPoolExecutor(6) as pool:
        frames = [*pool.map(lambda _: kpa.load_completions(), range(6))]
    assert all(frame.equals(frames[0]) for frame in frames)
    assert frames[0].height == 6_500
    assert Counter(sent(api)) == Counter(range(1, 8))


def test_one_client_may_serve_several_threads(api: DemoAPI) -> None:
    from kpa_analytics.api.client import Client

    with Client() as client, ThreadPoolExecutor(6) as pool:
        loads = (kpa.load_completions, kpa.load_trainings, kpa.load_users, kpa.load_groups)
        results = [pool.submit(load, client=client) for load in loads * 3]
        heights = {result.result().height for result in results}
    assert heights == {6_500, 0}


def test_clearing_the_cache_during_a_download_does_not_fail_the_download(api: DemoAPI) -> None:
    api.faults.add(Fault.change(lambda _: kpa.clear_cache()), page=4)
    assert kpa.load_completions().height == 6_500
    assert kpa.load_completions().height == 6_500
    assert sent(api) == [1, 2, 3, 4, 5, 6, 7]
