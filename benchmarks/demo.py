"""What Lithograph does, shown on a real server process: ``make demo``.

Loads a social graph, asks it everything on the list and checks each answer, kills the server while clients write, looks
for what it had acknowledged, takes a backup and a dump, and compares what they give with the original. Everything
happens in a temporary directory on free ports. Exit status 0: every check passed; 1: one did not, and stderr says which.
"""

from __future__ import annotations

import argparse
import logging
import random
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from neo4j import Driver, GraphDatabase
from neo4j.exceptions import Neo4jError

from benchmarks import writers
from benchmarks.bolt_client import RefusedError
from benchmarks.content import Content, content, observe, users_by_element_id
from benchmarks.load import load
from benchmarks.pokec import SIZES, Pokec, generate
from benchmarks.progress import progress
from benchmarks.queries import QUERIES
from benchmarks.reference import Reference
from benchmarks.server import ServerFailedError, ServerProcess

BATCH = 1_000
DRAWS = 3
"""Parameters tried with each query."""
KILLS = 3
CLIENTS = 4


class CheckFailedError(Exception):
    """The server did something else than it should."""


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__.partition("\n")[0])
    parser.add_argument("--size", choices=SIZES, default="small", help="of the graph (default: %(default)s)")
    arguments = parser.parse_args(argv)
    # The driver logs each connection that a killed server takes along; here that is no news.
    logging.getLogger("neo4j").setLevel(logging.CRITICAL)
    started = time.perf_counter()
    try:
        with tempfile.TemporaryDirectory(prefix="lithograph-demo-") as folder:
            _show(Path(folder), generate(arguments.size))
    except (CheckFailedError, ServerFailedError, RefusedError, Neo4jError, AssertionError) as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return 1
    print(f"\nEvery check passed; {time.perf_counter() - started:.0f} s in all.")
    return 0


def _show(folder: Path, graph: Pokec) -> None:
    server = ServerProcess(folder / "first")
    with server:
        _load(server, graph)
        _ask(server, graph)
        _kill(server)
        _back_up(server, folder)
        _dump(server, folder)
        status, seconds = _timed_stop(server)
        _say("Stop", f"SIGTERM: exit status {status} after {seconds:.1f} s")
        _require(status == 0, f"the server ended with status {status}")


def _load(server: ServerProcess, graph: Pokec) -> None:
    size = graph.size
    before = server.cpu_seconds()
    with _driver(server) as driver, progress("loading", size.vertices + size.edges) as advance:
        loaded = load(driver, graph, BATCH, advance)
        (record,) = driver.execute_query("MATCH (n) RETURN count(n) AS nodes, count(n.id) AS ids").records
        (edges,) = driver.execute_query("MATCH ()-[r:Friend]->() RETURN count(r) AS edges").records
    cpu = server.cpu_seconds() - before
    _require((record["nodes"], edges["edges"]) == (size.vertices, size.edges), "the graph is not whole")
    seconds = loaded.users + loaded.edges
    _say(
        "Load",
        f"{size.vertices:,} users and {size.edges:,} friendships in batches of {BATCH:,}: {seconds:.1f} s, "
        f"{size.edges / loaded.edges:,.0f} edges a second; server {cpu:.1f} s of CPU, {server.rss_bytes() / 1e6:.0f} MB",
    )


def _ask(server: ServerProcess, graph: Pokec) -> None:
    reference = Reference(graph)
    slowest, slowest_name, asked = 0.0, "", 0
    with (
        _driver(server) as driver,
        driver.session() as session,
        progress("asking", len(QUERIES) * DRAWS) as advance,
    ):
        users = users_by_element_id(driver)
        for query in QUERIES:
            for parameters in islice(query.parameters(graph), DRAWS):
                started = time.perf_counter()
                observed = observe(session, query.text, dict(parameters))
                taken = time.perf_counter() - started
                difference = reference.answer(query, parameters).difference(observed, users)
                _require(difference is None, f"{query.full_name} with {parameters}: {difference}")
                if taken > slowest:
                    slowest, slowest_name = taken, query.full_name
                asked += 1
                advance(1)
    _say(
        "Query",
        f"{len(QUERIES)} queries with {asked} sets of parameters: every answer equals the naive computation; "
        f"slowest: {slowest_name}, {slowest * 1000:.0f} ms",
    )


def _kill(server: ServerProcess) -> None:
    numbers = random.Random()
    with _driver(server) as driver:
        before = content(driver).nodes.total()
        writers.set_up(driver, CLIENTS)
    reached, restart_seconds = [0] * CLIENTS, 0.0
    with progress("killing", KILLS) as advance:
        for _ in range(KILLS):
            clients = writers.Writers(server.uri, CLIENTS)
            clients.go_on_from(reached)
            with clients:
                clients.wait_for(numbers.randint(20, 120))
                server.kill()
            started = time.perf_counter()
            server.start()
            restart_seconds = max(restart_seconds, time.perf_counter() - started)
            with _driver(server) as driver:
                reached = writers.check(driver, clients.acknowledged)
            advance(1)
    with _driver(server) as driver:
        rest = "MATCH (n) WHERE NOT n:Writer AND NOT n:Batch AND NOT n:Item RETURN count(n) AS rest"
        kept = driver.execute_query(rest).records[0]["rest"]
    _require(kept == before, f"{before:,} vertices were loaded, {kept:,} are there")
    _say(
        "Kill",
        f"kill -9 with {CLIENTS} clients writing, {KILLS} times: all {sum(reached)} acknowledged transactions are there, "
        f"whole, and no other in part; ready again after {restart_seconds:.1f} s at most",
    )


def _back_up(server: ServerProcess, folder: Path) -> None:
    copy = folder / "copy"
    with _driver(server) as driver:
        original = content(driver)
        path = driver.execute_query("CREATE SNAPSHOT").records[0]["path"]
        driver.execute_query("LOCK DATA DIRECTORY")
        shutil.copytree(server.data_directory, copy)
        driver.execute_query("UNLOCK DATA DIRECTORY")
    size = sum(file.stat().st_size for file in copy.rglob("*") if file.is_file())
    with ServerProcess(copy) as second, _driver(second) as driver:
        _compare(original, content(driver), "the copy")
        refused = ServerProcess(copy, "--data-dir-lock-acquisition-timeout-sec=0", log=folder / "refused.log")
        refused.launch()
        status = refused.wait(30)
        _require(status != 0, "a second server on the same directory started")
    _say(
        "Back up",
        f"CREATE SNAPSHOT ({Path(path).stat().st_size / 1e6:.1f} MB), LOCK, copy of {size / 1e6:.1f} MB, UNLOCK: a second "
        f"server on the copy has the same {original}; a further one on the same directory is refused",
    )


def _dump(server: ServerProcess, folder: Path) -> None:
    """As a user would: ``lithograph dump``, then ``lithograph load`` into an empty server."""
    file = folder / "graph.cypherl"
    with _driver(server) as driver:
        original = content(driver)
    _command("dump", f"--port={server.port}", f"--output={file}")
    with file.open("rb") as lines:
        statements = sum(1 for _ in lines)
    with ServerProcess(folder / "third") as third:
        started = time.perf_counter()
        _command("load", str(file), f"--port={third.port}")
        seconds = time.perf_counter() - started
        with _driver(third) as driver:
            _compare(original, content(driver), "the loaded dump")
    _say(
        "Dump",
        f"lithograph dump: {statements:,} statements; lithograph load: {seconds:.1f} s into an empty third server: the "
        "same graph",
    )


def _command(*words: str) -> None:
    """A command of ``lithograph``, with its progress on stderr."""
    done = subprocess.run(
        [sys.executable, "-m", "lithograph.server", *words], stdout=subprocess.DEVNULL, check=False
    )
    _require(done.returncode == 0, f"lithograph {words[0]} ended with status {done.returncode}")


def _timed_stop(server: ServerProcess) -> tuple[int, float]:
    started = time.perf_counter()
    return server.stop(), time.perf_counter() - started


@contextmanager
def _driver(server: ServerProcess) -> Iterator[Driver]:
    with GraphDatabase.driver(server.uri) as driver:
        yield driver


def _compare(original: Content, other: Content, name: str) -> None:
    _require(original == other, f"{name} has {other}, the original {original}, or they differ in detail")


def _require(right: bool, complaint: str) -> None:
    if not right:
        raise CheckFailedError(complaint)


def _say(title: str, text: str) -> None:
    width = min(shutil.get_terminal_size((100, 24)).columns, 110)
    print(textwrap.fill(f"{title:<8} {text}", width, subsequent_indent=" " * 9), flush=True)


if __name__ == "__main__":
    sys.exit(main())
