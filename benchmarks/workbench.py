"""A server with the graph in it, loaded once and measured while it is loaded."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks import load
from benchmarks.bolt_client import BoltClient, statement
from benchmarks.pokec import Pokec, generate
from benchmarks.progress import progress
from benchmarks.server import HOST, ServerProcess

BATCH = 10_000


@dataclass(frozen=True, slots=True)
class LoadFigures:
    """Of the edges alone, but for the memory, which is that of the whole graph beyond the empty server."""

    cpu_seconds: float
    seconds: float
    rss_bytes: int


class Workbench:
    """What the measurements of one size share; servers are started when first asked for, and killed at the end."""

    def __init__(self, size: str, folder: Path) -> None:
        self.folder = folder
        self.graph: Pokec = generate(size)
        self._server: ServerProcess | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._server is not None and self._server.running:
            self._server.kill()

    @property
    def size(self) -> str:
        return self.graph.size.name

    @property
    def server(self) -> ServerProcess:
        """Holds the graph."""
        assert self.loaded.seconds, "the load has been measured"
        assert self._server is not None, "loading starts the server"
        return self._server

    @cached_property
    def loaded(self) -> LoadFigures:
        """Load the graph by UNWIND batches over a bare client, every commit synced (the default settings)."""
        self._server = server = ServerProcess(self.folder / "loaded")
        server.start()
        return load_measured(server, self.graph)


def load_measured(server: ServerProcess, graph: Pokec) -> LoadFigures:
    """Load the graph into an empty server, and look at what that costs the server."""
    size = graph.size
    with (
        BoltClient(HOST, server.port) as client,
        progress("loading", size.vertices + size.edges) as advance,
    ):
        # The first query makes the server import and build what it builds once; that is no part of the graph.
        client.run("MATCH (n:User {id: 0}) RETURN n.age")
        empty = server.rss_bytes()
        load_users(client, graph)
        advance(size.vertices)
        cpu, seconds = server.cpu_seconds(), 0.0
        for rows in graph.edge_batches(BATCH):
            packed = statement(load.FRIENDS, {"rows": rows})
            started = time.perf_counter()
            client.exchange(packed)
            seconds += time.perf_counter() - started
            advance(len(rows))
        return LoadFigures(server.cpu_seconds() - cpu, seconds, server.rss_bytes() - empty)


def load_users(client: BoltClient, graph: Pokec) -> None:
    """The index and the users."""
    client.run(load.INDEX)
    for rows in graph.user_batches(BATCH):
        client.run(load.USERS, {"rows": rows})
