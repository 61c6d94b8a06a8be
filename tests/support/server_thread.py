"""A Bolt server in this process, on a thread and an event loop of its own, as the blocking driver needs it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from lithograph.server.backend import Backend
from lithograph.server.listener import BoltServer, new_event_loop

PATIENCE = 20.0
"""Seconds that work on the loop may take."""

T = TypeVar("T")
B = TypeVar("B", bound=Backend)


class ServerThread(Generic[B]):
    """Serves what ``make`` gives (called on the loop) on a free port of the loopback address until it is closed."""

    def __init__(self, make: Callable[[], B]) -> None:
        self.loop = new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="bolt-server")
        self._thread.start()
        try:
            self.backend: B = self.do(self._start(make))
        except BaseException:
            self._end()
            raise

    async def _start(self, make: Callable[[], B]) -> B:
        backend = make()
        self.server = BoltServer(backend)
        await self.server.start("127.0.0.1", 0)
        return backend

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine that runs on the server's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE)

    def uri(self, scheme: str = "bolt") -> str:
        host, port = self.server.address
        return f"{scheme}://{host}:{port}"

    def close(self) -> None:
        """Stop serving; the backend stays as it is."""
        try:
            self.do(self.server.close())
        finally:
            self._end()

    def _end(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
