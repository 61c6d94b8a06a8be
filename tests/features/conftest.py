"""Prints, after the tests, how many of the TCK's scenarios passed in each folder."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

OUTCOMES = ("passed", "xfailed", "failed")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A table by folder of the features; nothing when none of them was played."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for outcome in OUTCOMES:
        for report in terminalreporter.getreports(outcome):
            folder = dict(report.user_properties).get("tck folder")
            if report.when == "call" and isinstance(folder, str):
                counts[folder][outcome] += 1
    if not counts:
        return
    total = sum(counts.values(), Counter[str]())
    terminalreporter.section("openCypher TCK, scenarios by folder")
    width = max(map(len, counts))
    terminalreporter.line(f"{'':{width}}  {'passed':>7}{'of':>6}{'listed':>8}{'failed':>8}")
    for folder in sorted(counts):
        terminalreporter.line(_row(folder, counts[folder], width))
    terminalreporter.line(_row("all", total, width))


def _row(name: str, count: Counter[str], width: int) -> str:
    passed, listed, failed = (count[outcome] for outcome in OUTCOMES)
    share = passed / count.total()
    return f"{name:{width}}  {passed:7}{count.total():6}{listed:8}{failed:8}  {share:7.1%}"
