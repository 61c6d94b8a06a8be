"""The result of BEGIN, COMMIT and ROLLBACK sent as statements: no columns, no rows."""

from __future__ import annotations

from lithograph.server.backend import Fetched, Summary


class ControlRun:
    """A Run that is finished before it begins."""

    columns: tuple[str, ...] = ()
    kind = "rw"

    def fetch_now(self, n: int) -> Fetched | None:
        return Fetched([], has_more=False)

    async def fetch(self, n: int) -> Fetched:
        return Fetched([], has_more=False)

    async def drain(self) -> None:
        """There is nothing to drain."""

    def cancel(self) -> None:
        """There is nothing to cancel."""

    def close(self) -> None:
        """There is nothing to close."""

    def summary(self) -> Summary:
        return Summary()
