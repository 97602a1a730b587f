"""The kernels of the dashboard's pages: each page has one of its own, and no other is kept."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

#: Seconds after a page has said goodbye in which it may be reloaded, and keep its kernel.
RELOAD = 5
#: Whether the page that is requested now is a reload.
reloaded: ContextVar[bool] = ContextVar("reloaded", default=False)


class PageKernels(AsyncMappingKernelManager):
    """The kernels of the dashboard's pages.

    One kernel starts with the server, so that it is ready when the first page opens. A page that
    is left says goodbye, and its kernel is stopped, unless the page was reloaded: then it keeps the
    kernel. A kernel whose page disappears without a goodbye is stopped when it has been idle and
    without a connection for a while.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        self._first: asyncio.Task[str] | None = None
        self._left: dict[str, asyncio.TimerHandle] = {}

    def start_first(self, kernel_name: str) -> None:
        """Start the first page's kernel before there is a page."""
        self._first = asyncio.ensure_future(super().start_kernel(kernel_name=kernel_name))

    async def start_kernel(self, **kwargs: Any) -> str:  # type: ignore[override]
        """Find a kernel for a page: the one it had, the first one, or a new one."""
        kernel_id = self._take_left() if reloaded.get() else None
        if kernel_id is None and self._first is not None:
            first, self._first = self._first, None
            kernel_id = await first
        if kernel_id is None:
            kernel_id = await super().start_kernel(**kwargs)
        self._touch(kernel_id)
        return kernel_id

    def _take_left(self) -> str | None:
        """The latest kernel that was left, if it can work at once."""
        for kernel_id in reversed([*self._left]):
            if self._state(kernel_id).execution_state == "idle":
                self._left.pop(kernel_id).cancel()
                return kernel_id
        return None

    def leave(self, kernel_id: str) -> None:
        """Stop a kernel whose page has said goodbye, unless that page is reloaded."""
        if kernel_id not in self._left:
            loop = asyncio.get_running_loop()
            self._left[kernel_id] = loop.call_later(RELOAD, self._stop, kernel_id)

    def _stop(self, kernel_id: str) -> None:
        del self._left[kernel_id]
        if kernel_id in self:
            stopping: Any = self.shutdown_kernel(kernel_id)  # type: ignore[no-untyped-call]
            self._stopping = asyncio.ensure_future(stopping)

    def notify_disconnect(self, kernel_id: str) -> None:
        """Count the time without a connection from the end of the last one."""
        super().notify_disconnect(kernel_id)  # type: ignore[no-untyped-call]
        self._touch(kernel_id)

    def _touch(self, kernel_id: str) -> None:
        if kernel_id in self:
            self._state(kernel_id).last_activity = datetime.now(UTC)

    def _state(self, kernel_id: str) -> Any:
        """A kernel, with what its manager notes about it."""
        return self.get_kernel(kernel_id)

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """Stop an idle kernel without a connection, but not the one that waits for a page."""
        first = self._first
        if first is None or not first.done() or first.result() != kernel_id:
            await super().cull_kernel_if_idle(kernel_id)  # type: ignore[no-untyped-call]
