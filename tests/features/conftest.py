"""A server for scenarios over Bolt; after the tests, a table of how many of the TCK's scenarios passed in each folder."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

import neo4j
import pytest

from lithograph.server.database import Database
from support.databases import open_database
from support.server_thread import ServerThread

OUTCOMES = ("passed", "xfailed", "failed")

Counts = defaultdict[str, Counter[str]]
"""Folder → outcome → how many."""


@pytest.fixture(scope="session")
def bolt_server() -> Iterator[ServerThread[Database]]:
    """In this process, one for all scenarios; each begins by emptying it."""
    with ServerThread(lambda: open_database(storage_wal_enabled=False)) as server:
        yield server
        server.do(server.backend.close())


@pytest.fixture(scope="session")
def bolt_driver(bolt_server: ServerThread[Database]) -> Iterator[neo4j.Driver]:
    with neo4j.GraphDatabase.driver(bolt_server.uri()) as driver:
        yield driver


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A table by folder of the features for each way to run them; nothing when none of them was played."""
    runs: defaultdict[str, Counts] = defaultdict(lambda: defaultdict(Counter))
    for outcome in OUTCOMES:
        for report in terminalreporter.getreports(outcome):
            properties = dict(report.user_properties)
            folder, run = properties.get("tck folder"), properties.get("tck run")
            if report.when == "call" and isinstance(folder, str) and isinstance(run, str):
                runs[run][folder][outcome] += 1
    for run, counts in sorted(runs.items()):
        _print_table(terminalreporter, run, counts)


def _print_table(terminalreporter: pytest.TerminalReporter, run: str, counts: Counts) -> None:
    total = sum(counts.values(), Counter[str]())
    terminalreporter.section(f"openCypher TCK {run}, scenarios by folder")
    width = max(map(len, counts))
    terminalreporter.line(f"{'':{width}}  {'passed':>7}{'of':>6}{'listed':>8}{'failed':>8}")
    for folder in sorted(counts):
        terminalreporter.line(_row(folder, counts[folder], width))
    terminalreporter.line(_row("all", total, width))


def _row(name: str, count: Counter[str], width: int) -> str:
    passed, listed, failed = (count[outcome] for outcome in OUTCOMES)
    share = passed / count.total()
    return f"{name:{width}}  {passed:7}{count.total():6}{listed:8}{failed:8}  {share:7.1%}"
