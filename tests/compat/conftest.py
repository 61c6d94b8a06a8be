"""One empty server and two with graphs of the benchmarks, for all tests of a worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from neo4j import Driver

from benchmarks.server import ServerProcess
from support.servers import LoadedServer, emptied, serving, serving_graph


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with serving(tmp_path_factory.mktemp("server") / "data") as server:
        yield server


@pytest.fixture
def driver(server: ServerProcess) -> Iterator[Driver]:
    """Connected to ``server``, which is empty of vertices."""
    with emptied(server) as driver:
        yield driver


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoadedServer]:
    """Tests only read it."""
    with serving_graph(tmp_path_factory.mktemp("small") / "data", "small") as loaded:
        yield loaded


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoadedServer]:
    """Tests write to it, and must not rely on what others have left alone."""
    with serving_graph(tmp_path_factory.mktemp("tiny") / "data", "tiny") as loaded:
        yield loaded
