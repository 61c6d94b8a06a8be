"""Real server processes for tests, graphs in them, and drivers for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from neo4j import Driver, GraphDatabase

from benchmarks.content import users_by_element_id
from benchmarks.load import load
from benchmarks.pokec import Pokec, generate
from benchmarks.reference import Reference
from benchmarks.server import ServerProcess

IMPATIENT = "--data-dir-lock-acquisition-timeout-sec=0"
"""Flag of a server that gives up at once when its data directory is in use."""


@dataclass(frozen=True)
class LoadedServer:
    """A server with ``graph`` in it, the right answers, and element id → user id."""

    server: ServerProcess
    graph: Pokec
    reference: Reference
    users: dict[str, int]


@contextmanager
def serving(data_directory: Path, *flags: str) -> Iterator[ServerProcess]:
    """A server on ``data_directory`` while the block runs; killed at the end if it still lives."""
    with ServerProcess(data_directory, *flags) as server:
        yield server


@contextmanager
def serving_graph(data_directory: Path, size: str) -> Iterator[LoadedServer]:
    """A server with a graph of the benchmarks, loaded by the driver in batches of 1,000."""
    graph = generate(size)
    with serving(data_directory) as server, connected(server) as driver:
        load(driver, graph)
        yield LoadedServer(server, graph, Reference(graph), users_by_element_id(driver))


@contextmanager
def connected(server: ServerProcess) -> Iterator[Driver]:
    """A driver for ``server``; tests with threads need one for each (a fault of driver 6.4)."""
    with GraphDatabase.driver(server.uri) as driver:
        yield driver


@contextmanager
def emptied(server: ServerProcess) -> Iterator[Driver]:
    """A driver for ``server``, from which what earlier tests left has been deleted."""
    with connected(server) as driver:
        driver.execute_query("MATCH (n) DETACH DELETE n")
        yield driver
