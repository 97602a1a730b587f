"""The kernels of the dashboard's pages: each page has one of its own, and no other is kept."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

#: Seconds after a page has said goodbye in which it may be reloaded, and keep its kernel. A slow
#: computer needs many of them.
RELOAD = 20.0
#: Seconds in which the kernel of a page that is reloaded may finish its work.
PATIENCE = 15.0
#: The kernel of the page that is reloaded now: "" if the page did not know it yet, and `None` if
#: the page that is requested now is not a reload.
reloaded: ContextVar[str | None] = ContextVar("reloaded", default=None)


class PageKernels(AsyncMappingKernelManager):
    """The kernels of the dashboard's pages.

    One kernel starts with the server, so that it is ready when the first page opens. A page that
    is left says goodbye, and its kernel is stopped, unless the page was reloaded: then it keeps the
    kernel, even if its goodbye arrives after the request for the new page. A kernel whose page
    disappears without a goodbye is stopped when it has been idle and without a connection for a
    while.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        self._first: asyncio.Task[str] | None = None
        self._latest: asyncio.Task[str] | None = None
        self._left: dict[str, asyncio.TimerHandle] = {}
        self._early: set[str] = set()  # taken back before the goodbye of the old page arrived
        self._stopping: dict[str, asyncio.Future[None]] = {}

    def start_first(self, kernel_name: str) -> None:
        """Start the first page's kernel before there is a page."""
        self._first = asyncio.ensure_future(super().start_kernel(kernel_name=kernel_name))

    async def start_kernel(self, **kwargs: Any) -> str:  # type: ignore[override]
        """Find a kernel for a page: the one it had, the first one, or a new one."""
        before = reloaded.get()
        if before == "":
            before = await self._latest_kernel()
        self._latest = asyncio.ensure_future(self._kernel_of_page(before or "", **kwargs))
        return await self._latest

    async def _latest_kernel(self) -> str:
        """The kernel of the page that was opened last; "" without such a page."""
        latest = self._latest
        if latest is None:
            return ""
        await asyncio.wait([latest])
        return "" if latest.exception() else latest.result()

    async def _kernel_of_page(self, before: str, **kwargs: Any) -> str:
        kernel_id = await self._take_back(before)
        if kernel_id is None and self._first is not None:
            first, self._first = self._first, None
            kernel_id = await first
        if kernel_id is None:
            kernel_id = await super().start_kernel(**kwargs)
        self._touch(kernel_id)
        return kernel_id

    async def _take_back(self, kernel_id: str) -> str | None:
        """The kernel that a page had before it was reloaded, if it can soon work for the page."""
        if kernel_id not in self or kernel_id in self._stopping:
            return None
        stop = self._left.pop(kernel_id, None)
        if stop is None:
            self._early.add(kernel_id)
        else:
            stop.cancel()
        if await self._is_soon_free(kernel_id):
            return kernel_id
        self._early.discard(kernel_id)
        if stop is not None:
            self.leave(kernel_id)
        return None

    async def _is_soon_free(self, kernel_id: str) -> bool:
        """Wait until a kernel has finished its work and the old page is disconnected from it."""
        now = asyncio.get_running_loop().time
        end = now() + PATIENCE
        while kernel_id in self:
            state: dict[str, Any] = self.kernel_model(kernel_id)  # type: ignore[no-untyped-call]
            if state["execution_state"] == "idle" and state["connections"] == 0:
                return True
            if now() > end:
                return False
            await asyncio.sleep(PATIENCE / 200)
        return False

    def leave(self, kernel_id: str) -> None:
        """Stop a kernel whose page has said goodbye, unless that page is reloaded."""
        if kernel_id in self._early:
            self._early.discard(kernel_id)
        elif kernel_id not in self._left:
            loop = asyncio.get_running_loop()
            self._left[kernel_id] = loop.call_later(RELOAD, self._stop, kernel_id)

    def _stop(self, kernel_id: str) -> None:
        del self._left[kernel_id]
        if kernel_id in self:
            stopping: Any = self.shutdown_kernel(kernel_id)  # type: ignore[no-untyped-call]
            self._stopping[kernel_id] = asyncio.ensure_future(stopping)

    def notify_connect(self, kernel_id: str) -> None:
        """Take the next goodbye as that of the page that connects now."""
        super().notify_connect(kernel_id)  # type: ignore[no-untyped-call]
        self._early.discard(kernel_id)

    def notify_disconnect(self, kernel_id: str) -> None:
        """Count the time without a connection from the end of the last one."""
        super().notify_disconnect(kernel_id)  # type: ignore[no-untyped-call]
        self._touch(kernel_id)

    def _touch(self, kernel_id: str) -> None:
        if kernel_id in self:
            state: Any = self.get_kernel(kernel_id)
            state.last_activity = datetime.now(UTC)

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """Stop an idle kernel without a connection, but not the one that waits for a page."""
        first = self._first
        if first is None or not first.done() or first.result() != kernel_id:
            await super().cull_kernel_if_idle(kernel_id)  # type: ignore[no-untyped-call]
