"""The list of scenarios that fail today: ``feature file | scenario name [| example]``, one a line.

A line that begins with ``#`` gives the reason for the lines below it. A line without the number of an
example stands for all examples of an outline. Nothing may be on the list that passes, or that does not exist.
"""

from __future__ import annotations

from pathlib import Path

from support.tck.features import Scenario


def read_list(path: Path) -> dict[str, str]:
    """Key (as ``Scenario.key``, with or without the example) → reason.

    Raises:
        ValueError: a line stands twice, or has no reason above it.
    """
    listed: dict[str, str] = {}
    reason = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        entry = " | ".join(part.strip() for part in line.split(" | "))
        if entry.startswith("#"):
            reason = entry.lstrip("# ")
        elif entry:
            if entry in listed or not reason:
                raise ValueError(
                    f"{path.name}, line {number}: {'twice' if reason else 'without a reason'}: {line}"
                )
            listed[entry] = reason
    return listed


def names_of(scenario: Scenario) -> tuple[str, str]:
    """The keys under which a scenario may be listed."""
    return scenario.key, f"{scenario.feature} | {scenario.name}"


def reason_for(scenario: Scenario, listed: dict[str, str]) -> str | None:
    """Why the scenario fails, if it is listed."""
    return next((listed[name] for name in names_of(scenario) if name in listed), None)
