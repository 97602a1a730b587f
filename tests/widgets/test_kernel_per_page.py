"""A page that is reloaded keeps its kernel on a slow computer too; a page that is left does not."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

from kpa_analytics.widgets import kernel_per_page
from kpa_analytics.widgets.kernel_per_page import PageKernels, reloaded

Story = Callable[[PageKernels], Coroutine[Any, Any, None]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[[Story], None]:
    """Run a story with kernels that need no processes, in short seconds."""
    states: dict[str, dict[str, Any]] = {}
    numbers = itertools.count(1)

    async def start(_: Any, **__: Any) -> str:
        await asyncio.sleep(0)
        kernel_id = f"kernel {next(numbers)}"
        states[kernel_id] = {"execution_state": "idle", "connections": 0}
        return kernel_id

    async def stop(_: Any, kernel_id: str) -> None:
        del states[kernel_id]

    kind: Any = AsyncMappingKernelManager
    monkeypatch.setattr(kind, "start_kernel", start)
    monkeypatch.setattr(kind, "shutdown_kernel", stop)
    monkeypatch.setattr(kind, "kernel_model", lambda _, kernel_id: states[kernel_id])
    monkeypatch.setattr(kind, "get_kernel", lambda _, kernel_id: SimpleNamespace())
    monkeypatch.setattr(kind, "__contains__", lambda _, kernel_id: kernel_id in states)
    monkeypatch.setattr(kernel_per_page, "RELOAD", 0.03)
    monkeypatch.setattr(kernel_per_page, "PATIENCE", 0.02)

    def tell(story: Story) -> None:
        with ThreadPoolExecutor(1) as thread:  # the tests' browser has a loop in this one
            thread.submit(lambda: asyncio.run(story(PageKernels()))).result()

    return tell


async def opened(kernels: PageKernels, before: str | None = None) -> str:
    """The kernel of a page that is opened, or reloaded by a page with the kernel `before`."""
    reloaded.set(before)
    return await kernels.start_kernel(kernel_name="kpa-analytics")


def model(kernels: PageKernels, kernel_id: str) -> dict[str, Any]:
    """The state of a kernel, which a story changes."""
    state: dict[str, Any] = kernels.kernel_model(kernel_id)  # type: ignore[no-untyped-call]
    return state


async def is_stopped(kernels: PageKernels, kernel_id: str) -> bool:
    """Whether a kernel has been stopped after the time that a page has for coming back."""
    await asyncio.sleep(2 * kernel_per_page.RELOAD)
    return kernel_id not in kernels


def test_a_page_that_is_left_loses_its_kernel(run: Callable[[Story], None]) -> None:
    async def story(kernels: PageKernels) -> None:
        kernel_id = await opened(kernels)
        kernels.leave(kernel_id)
        kernels.leave(kernel_id)
        assert kernel_id in kernels
        assert await is_stopped(kernels, kernel_id)
        assert await opened(kernels, before=kernel_id) != kernel_id

    run(story)


@pytest.mark.slow
def test_a_reloaded_page_keeps_its_kernel_and_not_that_of_another_page(
    run: Callable[[Story], None],
) -> None:
    async def story(kernels: PageKernels) -> None:
        own, other = await opened(kernels), await opened(kernels)
        assert own != other
        kernels.leave(own)
        assert await opened(kernels, before=own) == own
        assert not await is_stopped(kernels, own)
        kernels.leave(own)
        assert await is_stopped(kernels, own)
        assert other in kernels

    run(story)


@pytest.mark.slow
def test_a_goodbye_that_is_slower_than_the_reload_does_not_stop_the_kernel(
    run: Callable[[Story], None],
) -> None:
    async def story(kernels: PageKernels) -> None:
        own = await opened(kernels)
        assert await opened(kernels, before=own) == own
        kernels.leave(own)
        assert not await is_stopped(kernels, own)
        kernels.notify_connect(own)
        kernels.leave(own)  # that of the new page
        assert await is_stopped(kernels, own)

    run(story)


def test_without_its_goodbye_a_reloaded_page_says_goodbye_once(
    run: Callable[[Story], None],
) -> None:
    async def story(kernels: PageKernels) -> None:
        own = await opened(kernels)
        assert await opened(kernels, before=own) == own
        kernels.notify_connect(own)
        kernels.leave(own)
        assert await is_stopped(kernels, own)

    run(story)


@pytest.mark.parametrize("change", [{"execution_state": "busy"}, {"connections": 1}])
def test_a_reload_waits_for_a_kernel_at_work_but_not_for_ever(
    run: Callable[[Story], None], change: dict[str, Any]
) -> None:
    async def story(kernels: PageKernels) -> None:
        own = await opened(kernels)
        before = {**model(kernels, own)}
        model(kernels, own).update(change)
        kernels.leave(own)
        later = asyncio.get_running_loop().call_later
        later(kernel_per_page.PATIENCE / 2, model(kernels, own).update, before)
        assert await opened(kernels, before=own) == own

        model(kernels, own).update(change)
        kernels.leave(own)
        assert await opened(kernels, before=own) != own
        assert await is_stopped(kernels, own)

    run(story)


def test_a_page_that_is_reloaded_before_it_knows_its_kernel_keeps_it(
    run: Callable[[Story], None],
) -> None:
    async def story(kernels: PageKernels) -> None:
        kernels.start_first("kpa-analytics")
        impatient = [opened(kernels), opened(kernels, before=""), opened(kernels, before="")]
        assert len({*await asyncio.gather(*impatient)}) == 1

    run(story)


def test_a_reload_of_a_page_from_an_earlier_server_gets_the_first_kernel(
    run: Callable[[Story], None],
) -> None:
    async def story(kernels: PageKernels) -> None:
        kernels.start_first("kpa-analytics")
        assert await opened(kernels, before="") == "kernel 1"
        assert await opened(kernels, before="of an earlier server") == "kernel 2"

    run(story)
